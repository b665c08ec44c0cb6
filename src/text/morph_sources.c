#include "text/morph_sources.h"

#include <stdio.h>

#include "base/file.h"
#include "base/hash.h"
#include "text/morph_image.h"

static const struct {
    const char *language, *package;
    const char *names[MORPH_DICTIONARIES_MAX];
} dictionaries[] = {
    {"sv", "hunspell-sv", {"sv_SE"}},
    {"da", "hunspell-da", {"da_DK"}},
    {"en", "hunspell-en-us and hunspell-en-gb", {"en_US", "en_GB"}},
};

static dk_status read_one(morph_file *file, const char *folder, const char *name, const char *ending,
                          dk_error *err) {
    int n = snprintf(file->path, sizeof file->path, "%s/%s%s", folder, name, ending);
    if (n < 0 || (size_t)n >= sizeof file->path) return dk_fail(err, DK_EIO, "path too long: %s", folder);
    return dk_file_read(file->path, &file->text, err);
}

dk_status morph_sources_read(morph_sources *s, const char *language, const dk_morph_options *options,
                             unsigned without, dk_error *err) {
    const char *folder = options->dictionaries != NULL ? options->dictionaries : "/usr/share/hunspell";
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < sizeof dictionaries / sizeof *dictionaries; i++) {
        if (strcmp(dictionaries[i].language, language) != 0) continue;
        snprintf(s->language, sizeof s->language, "%s", language);
        for (int d = 0; d < MORPH_DICTIONARIES_MAX && dictionaries[i].names[d] != NULL; d++) {
            dk_status status = read_one(&s->aff[d], folder, dictionaries[i].names[d], ".aff", err);
            if (status == DK_OK) status = read_one(&s->dic[d], folder, dictionaries[i].names[d], ".dic", err);
            if (status != DK_OK) {
                dk_error_remedy(err, "install the Debian package %s", dictionaries[i].package);
                return status;
            }
            s->ndictionaries++;
        }
        char name[32];
        snprintf(name, sizeof name, "_%s.tsv", language);
        dk_status status = read_one(&s->words, options->models, "words", name, err);
        if (status == DK_OK) status = read_one(&s->irregulars, options->models, "irregular", name, err);
        if (status == DK_OK && (without & MORPH_WITHOUT_LEMMAS) == 0) {
            status = read_one(&s->lemmas, options->models, "lemma", name, err);
            if (status != DK_OK) dk_error_remedy(err, "make it with: drivkraft learn lemmas");
        }
        bool compounding = strcmp(language, "en") != 0;
        if (status == DK_OK && compounding)
            status = read_one(&s->simple, options->models, "simple", name, err);
        if (status == DK_OK && compounding && (without & MORPH_WITHOUT_COMPOUNDS) == 0) {
            status = read_one(&s->compounds, options->models, "compound", name, err);
            if (status != DK_OK) dk_error_remedy(err, "make it with: drivkraft learn compounds");
        }
        if (status == DK_OK) morph_sources_stamp(s);
        return status;
    }
    return dk_fail(err, DK_EUSAGE, "no morphology for language %s; there are sv, da and en", language);
}

void morph_sources_stamp(morph_sources *s) {
    const uint64_t version = MORPH_VERSION;
    dk_stamp stamp;
    dk_stamp_init(&stamp);
    dk_stamp_add(&stamp, &version, sizeof version);
    const morph_file *files[5 + 2 * MORPH_DICTIONARIES_MAX] = {&s->words, &s->irregulars, &s->lemmas,
                                                               &s->simple, &s->compounds};
    int n = 5;
    for (int d = 0; d < s->ndictionaries; d++) {
        files[n++] = &s->aff[d];
        files[n++] = &s->dic[d];
    }
    for (int i = 0; i < n; i++) {
        uint64_t len = files[i]->text.len; /* so that bytes cannot move from one file to the next unseen */
        dk_stamp_add(&stamp, &len, sizeof len);
        dk_stamp_add(&stamp, files[i]->text.ptr, files[i]->text.len);
    }
    dk_stamp_text(&stamp, s->stamp);
}

void morph_sources_dispose(morph_sources *s) {
    for (int d = 0; d < MORPH_DICTIONARIES_MAX; d++) {
        dk_buf_dispose(&s->aff[d].text);
        dk_buf_dispose(&s->dic[d].text);
    }
    dk_buf_dispose(&s->words.text);
    dk_buf_dispose(&s->irregulars.text);
    dk_buf_dispose(&s->lemmas.text);
    dk_buf_dispose(&s->simple.text);
    dk_buf_dispose(&s->compounds.text);
}

bool morph_next_line(const morph_file *file, const char *header, size_t *at, morph_line *line) {
    enum { COLUMNS = (int)(sizeof line->columns / sizeof *line->columns) };
    if (*at == 0) line->number = 0;
    line->file = file->path;
    while (*at < file->text.len) {
        const char *start = file->text.ptr + *at;
        const char *end = memchr(start, '\n', file->text.len - *at);
        size_t len = end != NULL ? (size_t)(end - start) : file->text.len - *at;
        *at += len + 1;
        line->number++;
        if (len > 0 && start[len - 1] == '\r') len--;
        if (len == 0 || *start == '#') continue;
        line->ncolumns = 0;
        for (size_t i = 0, from = 0; i <= len && line->ncolumns < COLUMNS; i++) {
            if (i < len && start[i] != '\t') continue;
            line->columns[line->ncolumns++] = (dk_str){start + from, i - from};
            from = i + 1;
        }
        if (!dk_str_is(line->columns[0], header)) return true;
    }
    return false;
}

dk_status morph_number(const morph_line *line, int column, int64_t least, int64_t most, int64_t *out,
                       dk_error *err) {
    dk_str text = column < line->ncolumns ? line->columns[column] : (dk_str){"", 0};
    bool minus = text.len > 0 && *text.ptr == '-';
    int64_t n = 0;
    bool good = text.len > (size_t)minus && text.len < 18;
    for (size_t i = minus; good && i < text.len; i++) {
        good = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        n = n * 10 + (text.ptr[i] - '0');
    }
    if (minus) n = -n;
    if (good && n >= least && n <= most) {
        *out = n;
        return DK_OK;
    }
    int64_t place = text.len > 0 ? text.ptr - line->columns[0].ptr + 1 : 0;
    return dk_fail_at(err, DK_EDATA, line->file, line->number, place, "expected a number from %lld to %lld",
                      (long long)least, (long long)most);
}
