#include "lexicon/lexicon.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/nearest.h"
#include "lexicon/tsv.h"

static const char *const theme_columns[] = {"theme", "term", "valence", "note", NULL};
static const char *const valence_columns[] = {"term", "valence", "emotion", "note", NULL};
static const char *const modifier_columns[] = {"term", "kind", "strength", "reach", "note", NULL};

static const char *const emotions[DK_EMOTIONS] = {"",            "joy",   "gratitude", "trust",          "relief", "surprise",
                                                  "frustration", "anger", "worry",     "disappointment", "sadness"};

/* Each kind of modifier with its defaults: strength in thousandths (of a factor, or of valence / 5) and reach. */
static const struct modifier_kind {
    const char *name;
    int32_t strength;
    uint8_t before, after;
    bool is_valence, must_give;
} kinds[DK_MODS] = {
    [DK_MOD_NONE] = {"", 0, 0, 0, false, false},
    [DK_MOD_NEGATOR] = {"negator", -800, 0, 4, false, false},
    [DK_MOD_INTENSIFIER] = {"intensifier", 1400, 0, 2, false, false},
    [DK_MOD_DIMINISHER] = {"diminisher", 600, 0, 2, false, false},
    [DK_MOD_CONTRAST] = {"contrast", 1300, 0, 255, false, false},
    [DK_MOD_WISH] = {"wish", -200, 255, 255, true, false},
    [DK_MOD_COMPARISON] = {"comparison", -700, 3, 4, false, false},
    [DK_MOD_EXCESS] = {"excess", -400, 0, 2, true, false},
    [DK_MOD_LACK] = {"lack", -800, 0, 3, false, false},
    [DK_MOD_IDIOM] = {"idiom", 0, 0, 0, true, true},
    [DK_MOD_QUESTION] = {"question", 500, 255, 255, false, false},
    [DK_MOD_NEUTRAL] = {"neutral", 0, 0, 0, false, false},
};

const char *dk_modifier_name(dk_modifier modifier) { return kinds[modifier].name; }
const char *dk_emotion_name(dk_emotion emotion) { return emotions[emotion]; }

/* What a file's entries have in common. */
typedef struct source {
    dk_entry_kind kind;
    dk_language language;
    int pack;
} source;

static dk_status parse_reach(const dk_tsv *tsv, dk_str cell, dk_entry *e, dk_error *err) {
    if (cell.len == 0) return DK_OK;
    unsigned before = 0, after = 0;
    size_t at = 0;
    while (at < cell.len) {
        char sign = cell.ptr[at++];
        unsigned n = 0, digits = 0;
        while (at < cell.len && cell.ptr[at] >= '0' && cell.ptr[at] <= '9' && digits < 3)
            n = n * 10 + (unsigned)(cell.ptr[at++] - '0'), digits++;
        if ((sign != '+' && sign != '-') || digits == 0 || n > 255)
            return dk_tsv_fail(tsv, cell.ptr, err, "%.*s is no reach; +n, -n or -m+n was expected", (int)cell.len, cell.ptr);
        if (sign == '+') after = n;
        else before = n;
    }
    e->before = (uint8_t)before;
    e->after = (uint8_t)after;
    return DK_OK;
}

static dk_status parse_modifier(const dk_tsv *tsv, const dk_str *cells, dk_entry *e, dk_error *err) {
    int kind = 1;
    while (kind < DK_MODS && !dk_str_is(cells[1], kinds[kind].name)) kind++;
    if (kind == DK_MODS)
        return dk_tsv_fail(tsv, cells[1].ptr, err,
                           "%.*s is no kind of modifier; negator, intensifier, diminisher, contrast, wish, comparison, excess, "
                           "lack, idiom, question or neutral was expected",
                           (int)cells[1].len, cells[1].ptr);
    e->modifier = (uint8_t)kind;
    e->strength = kinds[kind].strength;
    e->before = kinds[kind].before;
    e->after = kinds[kind].after;
    if (cells[2].len == 0 && kinds[kind].must_give)
        return dk_tsv_fail(tsv, cells[0].ptr, err, "an idiom needs its valence in the column strength");
    double value = kinds[kind].is_valence ? e->strength / 200.0 : e->strength / 1000.0;
    dk_status status = dk_tsv_number(tsv, cells[2], "strength", -5, 5, &value, err);
    if (status != DK_OK) return status;
    e->strength = (int32_t)((kinds[kind].is_valence ? value * 200 : value * 1000) + (value < 0 ? -0.5 : 0.5));
    if (kind == DK_MOD_IDIOM) {
        e->has_valence = e->strength != 0;
        e->valence = (int16_t)e->strength;
    }
    return parse_reach(tsv, cells[3], e, err);
}

static dk_status parse_valence(const dk_tsv *tsv, dk_str cell, bool needed, dk_entry *e, dk_error *err) {
    if (cell.len == 0) return needed ? dk_tsv_fail(tsv, cell.ptr, err, "a valence from -5 to 5 was expected") : DK_OK;
    double value = 0;
    dk_status status = dk_tsv_number(tsv, cell, "valence", -5, 5, &value, err);
    if (status != DK_OK) return status;
    if (value == 0) return dk_tsv_fail(tsv, cell.ptr, err, "a valence of 0 says nothing; leave such a word out");
    e->has_valence = true;
    e->valence = (int16_t)(value * 200 + (value < 0 ? -0.5 : 0.5));
    return DK_OK;
}

static dk_status parse_emotion(const dk_tsv *tsv, dk_str cell, dk_entry *e, dk_error *err) {
    if (cell.len == 0) return DK_OK;
    for (int i = 1; i < DK_EMOTIONS; i++)
        if (dk_str_is(cell, emotions[i])) {
            e->emotion = (uint8_t)i;
            return DK_OK;
        }
    return dk_tsv_fail(tsv, cell.ptr, err,
                       "%.*s is no emotion; joy, gratitude, trust, relief, surprise, frustration, anger, worry, disappointment or "
                       "sadness was expected",
                       (int)cell.len, cell.ptr);
}

static dk_status unknown_theme(const dk_lexicon *lex, const dk_tsv *tsv, dk_str id, dk_error *err) {
    const char *names[DK_THEMES_MAX];
    for (size_t i = 0; i < lex->taxonomy.count; i++) names[i] = lex->taxonomy.themes[i].id;
    const char *near = dk_nearest(id, names, lex->taxonomy.count);
    dk_tsv_fail(tsv, id.ptr, err, "the taxonomy has no theme %.*s", (int)id.len, id.ptr);
    if (near != NULL) dk_error_remedy(err, "did you mean %s?", near);
    return DK_EDATA;
}

static dk_status add_entry(dk_lexicon *lex, const dk_tsv *tsv, const dk_str *cells, const source *from, dk_error *err) {
    if (!dk_grow(&lex->entries, &lex->cap, lex->count + 1) || !dk_grow(&lex->sources, &lex->sources_cap, lex->count + 1))
        return dk_fail_memory(err);
    dk_entry *e = &lex->entries[lex->count];
    dk_entry_source *place = &lex->sources[lex->count];
    memset(e, 0, sizeof *e);
    memset(place, 0, sizeof *place);
    e->kind = (uint8_t)from->kind;
    e->language = (uint8_t)from->language;
    e->pack = (int8_t)from->pack;
    e->theme = DK_NO_ID;
    place->file = (uint32_t)lex->nfiles - 1;
    place->line = (uint32_t)tsv->line;
    dk_str term = cells[from->kind == DK_ENTRY_THEME ? 1 : 0];
    place->column = (uint32_t)(term.ptr - tsv->line_text + 1);
    dk_status status = DK_OK;
    switch (from->kind) {
    case DK_ENTRY_THEME:
        e->theme = dk_taxonomy_find(&lex->taxonomy, cells[0]);
        if (e->theme == DK_NO_ID) return unknown_theme(lex, tsv, cells[0], err);
        e->touchpoint = lex->taxonomy.themes[e->theme].touchpoint;
        status = parse_valence(tsv, cells[2], false, e, err);
        break;
    case DK_ENTRY_VALENCE:
        status = parse_valence(tsv, cells[1], true, e, err);
        if (status == DK_OK) status = parse_emotion(tsv, cells[2], e, err);
        break;
    case DK_ENTRY_MODIFIER: status = parse_modifier(tsv, cells, e, err); break;
    }
    if (status != DK_OK) return status;
    dk_error mistake = {0};
    status = dk_term_parse(&place->term, term, &lex->arena, &mistake);
    if (status == DK_EDATA)
        return dk_tsv_fail(tsv, term.ptr + (mistake.column > 0 ? mistake.column - 1 : 0), err, "%s", mistake.message);
    if (status != DK_OK) return dk_fail_memory(err);
    char *copy = dk_arena_strdup(&lex->arena, term.ptr, term.len);
    if (copy == NULL) return dk_fail_memory(err);
    place->text = (dk_str){copy, term.len};
    lex->count++;
    return DK_OK;
}

/* A mistake in a file is told and forgotten when somebody listens. */
static dk_status told(const dk_lexicon *lex, const char *shown, dk_status status, dk_error *err) {
    if (status != DK_EDATA || lex->mistakes == NULL) return status;
    if (shown != NULL) snprintf(err->file, sizeof err->file, "%s", shown);
    lex->mistakes->tell(lex->mistakes->context, err);
    return DK_OK;
}

/* Reads a file that is there; shown is its name for people. */
static dk_status read_file(dk_lexicon *lex, const char *path, const char *shown, const source *from, dk_error *err) {
    char *name = dk_arena_strdup(&lex->arena, shown, strlen(shown));
    if (name == NULL || !dk_grow(&lex->files, &lex->files_cap, lex->nfiles + 1)) return dk_fail_memory(err);
    lex->files[lex->nfiles++] = name;
    const char *const *columns = from->kind == DK_ENTRY_THEME     ? theme_columns
                                 : from->kind == DK_ENTRY_VALENCE ? valence_columns
                                                                  : modifier_columns;
    dk_tsv tsv;
    dk_str text;
    bool edited = lex->texts != NULL && lex->texts->find(lex->texts->context, shown, &text);
    dk_status status = edited ? dk_tsv_open_text(&tsv, path, text, columns, 2, err) : dk_tsv_open(&tsv, path, columns, 2, err);
    if (status != DK_OK) return told(lex, shown, status, err);
    dk_stamp_add(&lex->stamp, tsv.text.ptr, tsv.text.len);
    dk_str cells[DK_TSV_COLUMNS];
    for (bool end = false; status == DK_OK;) {
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (end) break;
        if (status == DK_OK) status = add_entry(lex, &tsv, cells, from, err);
        status = told(lex, shown, status, err);
    }
    dk_tsv_dispose(&tsv);
    return status;
}

static const char *const file_names[] = {"themes.tsv", "valence.tsv", "modifiers.tsv"};

/* Reads the three files of a language's folder, as far as they are there. */
static dk_status read_language(dk_lexicon *lex, const char *folder, const char *shown, dk_language language, int pack,
                               dk_error *err) {
    for (int kind = 0; kind < 3; kind++) {
        char *path = dk_path_join(folder, file_names[kind]), *label = dk_path_join(shown, file_names[kind]);
        dk_status status = path == NULL || label == NULL ? dk_fail_memory(err) : DK_OK;
        source from = {(dk_entry_kind)kind, language, pack};
        if (status == DK_OK && dk_file_exists(path)) status = read_file(lex, path, label, &from, err);
        free(path);
        free(label);
        if (status != DK_OK) return status;
    }
    return DK_OK;
}

/* Reads folder/taxonomy.tsv when it is there. */
static dk_status read_taxonomy(dk_lexicon *lex, const char *folder, int pack, dk_error *err) {
    char *path = dk_path_join(folder, "taxonomy.tsv");
    if (path == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    if (dk_file_exists(path)) {
        dk_buf content;
        dk_buf_init(&content);
        status = dk_file_read(path, &content, err);
        dk_stamp_add(&lex->stamp, content.ptr, content.len);
        dk_buf_dispose(&content);
        if (status == DK_OK) status = told(lex, NULL, dk_taxonomy_read(&lex->taxonomy, path, pack, err), err);
    }
    free(path);
    return status;
}

/* Reads the entries of a folder laid out like lexicons/: a folder each for shared, sv, da and en. */
static dk_status read_folder(dk_lexicon *lex, const char *folder, const char *shown, int pack, dk_error *err) {
    dk_status status = DK_OK;
    static const char *const names[] = {"shared", "sv", "da", "en"};
    for (int i = 0; status == DK_OK && i < 4; i++) {
        char *sub = dk_path_join(folder, names[i]);
        char *label = *shown != '\0' ? dk_path_join(shown, names[i]) : strdup(names[i]);
        if (sub == NULL || label == NULL) status = dk_fail_memory(err);
        else if (dk_is_folder(sub)) status = read_language(lex, sub, label, (dk_language)i, pack, err);
        free(sub);
        free(label);
    }
    return status;
}

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Finds the packs, in the order of their names. */
static dk_status find_packs(dk_lexicon *lex, const char *folder, dk_error *err) {
    DIR *dir = opendir(folder);
    if (dir == NULL) return DK_OK; /* a data folder without packs */
    dk_status status = DK_OK;
    for (struct dirent *d; status == DK_OK && (d = readdir(dir)) != NULL;) {
        if (d->d_name[0] == '.') continue;
        if (lex->npacks == DK_MAX_PACKS)
            status = dk_fail_at(err, DK_EDATA, folder, 0, 0, "more than %d packs", DK_MAX_PACKS);
        else if ((lex->packs[lex->npacks++] = dk_arena_strdup(&lex->arena, d->d_name, strlen(d->d_name))) == NULL)
            status = dk_fail_memory(err);
    }
    closedir(dir);
    if (status == DK_OK) qsort(lex->packs, lex->npacks, sizeof *lex->packs, compare_names);
    return status;
}

/* Reads the entries of all packs, or with taxonomies their taxonomies. */
static dk_status read_packs(dk_lexicon *lex, const char *folder, bool taxonomies, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < lex->npacks; i++) {
        char *sub = dk_path_join(folder, lex->packs[i]), *label = dk_path_join("packs", lex->packs[i]);
        if (sub == NULL || label == NULL) status = dk_fail_memory(err);
        else if (taxonomies) status = read_taxonomy(lex, sub, (int)i, err);
        else status = read_folder(lex, sub, label, (int)i, err);
        free(sub);
        free(label);
    }
    return status;
}

static dk_language language_of_path(const char *path, bool parent) {
    const char *end = path + strlen(path);
    if (parent)
        while (end > path && end[-1] != '/') end--;
    while (end > path && end[-1] == '/') end--;
    const char *begin = end;
    while (begin > path && begin[-1] != '/') begin--;
    dk_language language;
    return dk_language_from_name((dk_str){begin, (size_t)(end - begin)}, &language) ? language : DK_LANG_OTHER;
}

/* The kind of a single file is told by its header. */
static dk_status read_user_file(dk_lexicon *lex, const char *path, dk_error *err) {
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = dk_file_read(path, &text, err);
    source from = {DK_ENTRY_VALENCE, language_of_path(path, true), -1};
    const char *header = text.ptr, *stop = text.ptr + text.len;
    while (status == DK_OK && header < stop && (*header == '#' || *header == '\n')) {
        const char *line_end = memchr(header, '\n', (size_t)(stop - header));
        header = line_end != NULL ? line_end + 1 : stop;
    }
    if (status == DK_OK && header < stop) {
        const char *line_end = memchr(header, '\n', (size_t)(stop - header));
        size_t len = (size_t)((line_end != NULL ? line_end : stop) - header);
        if (memmem(header, len, "kind", 4) != NULL) from.kind = DK_ENTRY_MODIFIER;
        else if (memmem(header, len, "theme", 5) != NULL) from.kind = DK_ENTRY_THEME;
    }
    dk_buf_dispose(&text);
    return status == DK_OK ? read_file(lex, path, path, &from, err) : status;
}

static dk_status read_user(dk_lexicon *lex, const char *path, dk_error *err) {
    if (!dk_file_exists(path)) return dk_fail_at(err, DK_EIO, path, 0, 0, "no such lexicon file or folder");
    if (!dk_is_folder(path)) return read_user_file(lex, path, err);
    dk_status status = read_taxonomy(lex, path, -1, err);
    if (status == DK_OK) status = read_language(lex, path, path, language_of_path(path, false), -1, err);
    return status == DK_OK ? read_folder(lex, path, path, -1, err) : status;
}

static dk_status open_lexicon(dk_lexicon **out, const char *data_dir, const char *const *user, size_t nuser,
                              const dk_mistakes *mistakes, const dk_lexicon_texts *texts, dk_error *err) {
    dk_lexicon *lex = calloc(1, sizeof *lex);
    char *folder = dk_path_join(data_dir, "lexicons");
    char *packs = folder != NULL ? dk_path_join(folder, "packs") : NULL;
    dk_status status = lex == NULL || packs == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) {
        dk_taxonomy_init(&lex->taxonomy);
        dk_stamp_init(&lex->stamp);
        lex->mistakes = mistakes;
        lex->texts = texts;
        status = read_taxonomy(lex, folder, -1, err);
    }
    if (status == DK_OK && lex->taxonomy.count == 0)
        status = dk_fail_at(err, DK_EIO, folder, 0, 0, "no taxonomy.tsv in this folder");
    /* all themes are known before any entry names one */
    if (status == DK_OK) status = find_packs(lex, packs, err);
    if (status == DK_OK) status = read_packs(lex, packs, true, err);
    for (size_t i = 0; status == DK_OK && i < nuser; i++) status = read_user(lex, user[i], err);
    if (status == DK_OK) lex->nuser_files = lex->nfiles;
    if (status == DK_OK) status = read_packs(lex, packs, false, err);
    if (status == DK_OK) status = read_folder(lex, folder, "", -1, err);
    free(folder);
    free(packs);
    if (lex != NULL) lex->mistakes = NULL, lex->texts = NULL;
    if (status != DK_OK) dk_lexicon_free(lex);
    else *out = lex;
    return status;
}

dk_status dk_lexicon_open(dk_lexicon **out, const char *data_dir, const char *const *user, size_t nuser,
                          dk_error *err) {
    return open_lexicon(out, data_dir, user, nuser, NULL, NULL, err);
}

dk_status dk_lexicon_open_told(dk_lexicon **out, const char *data_dir, const char *const *user, size_t nuser,
                               const dk_mistakes *mistakes, dk_error *err) {
    return open_lexicon(out, data_dir, user, nuser, mistakes, NULL, err);
}

dk_status dk_lexicon_open_texts(dk_lexicon **out, const char *data_dir, const char *const *user, size_t nuser,
                                const dk_lexicon_texts *texts, dk_error *err) {
    return open_lexicon(out, data_dir, user, nuser, NULL, texts, err);
}

void dk_lexicon_free(dk_lexicon *lexicon) {
    if (lexicon == NULL) return;
    free(lexicon->entries);
    free(lexicon->sources);
    free(lexicon->files);
    dk_taxonomy_dispose(&lexicon->taxonomy);
    dk_arena_dispose(&lexicon->arena);
    free(lexicon);
}

int dk_lexicon_find_pack(const dk_lexicon *lexicon, dk_str name) {
    for (size_t i = 0; i < lexicon->npacks; i++)
        if (dk_str_is(name, lexicon->packs[i])) return (int)i;
    return -1;
}

void dk_entry_put_place(dk_buf *buf, const dk_lexicon *lexicon, uint32_t entry) {
    const dk_entry_source *place = &lexicon->sources[entry];
    dk_buf_puts(buf, lexicon->files[place->file]);
    dk_buf_putc(buf, ':');
    dk_buf_put_int(buf, place->line);
}
