#include "workbench/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/pipeline.h"
#include "text/regex.h"
#include "tag/session.h"
#include "text/utf8.h"
#include "workbench/check_private.h"

static const struct kind {
    const char *name;
    dk_check_level level;
} kinds[DK_CHECK_KINDS] = {
    [DK_CHECK_SYNTAX] = {"syntax", DK_CHECK_ERROR},
    [DK_CHECK_UNREACHABLE] = {"unreachable", DK_CHECK_ERROR},
    [DK_CHECK_CONFLICT] = {"conflict", DK_CHECK_ERROR},
    [DK_CHECK_SHADOWED] = {"shadowed", DK_CHECK_ERROR},
    [DK_CHECK_PATTERN] = {"pattern", DK_CHECK_WARNING},
    [DK_CHECK_DOUBLED] = {"doubled", DK_CHECK_WARNING},
    [DK_CHECK_STYLE] = {"style", DK_CHECK_WARNING},
    [DK_CHECK_UNKNOWN] = {"unknown", DK_CHECK_WARNING},
    [DK_CHECK_COVERED] = {"covered", DK_CHECK_NOTE},
    [DK_CHECK_FRIEND] = {"friend", DK_CHECK_NOTE},
};

const char *dk_check_kind_name(dk_check_kind kind) {
    return kinds[kind].name;
}
dk_check_level dk_check_kind_level(dk_check_kind kind) {
    return kinds[kind].level;
}

const char *dk_check_level_name(dk_check_level level) {
    static const char *const names[] = {"note", "warning", "error"};
    return names[level];
}

/* ---- Findings ---- */

void findings_dispose(findings *f) {
    free(f->items);
    dk_arena_dispose(&f->arena);
    memset(f, 0, sizeof *f);
}

static const char *kept(findings *f, const char *text, size_t len) {
    const char *copy = dk_arena_strdup(&f->arena, text, len);
    if (copy == NULL) f->failed = true;
    return copy != NULL ? copy : "";
}

/* Text that is no UTF-8, for people and for CSV: U+FFFD where it is not. */
static const char *readable(findings *f, dk_str text) {
    dk_buf folded;
    dk_buf_init(&folded);
    if (dk_utf8_fold(&folded, text.ptr, text.len, NULL) != DK_OK) f->failed = true;
    const char *copy = kept(f, folded.len > 0 ? folded.ptr : "", folded.len);
    dk_buf_dispose(&folded);
    return copy;
}

static dk_finding *new_finding(findings *f) {
    if (!dk_grow(&f->items, &f->cap, f->count + 1)) {
        f->failed = true;
        return NULL;
    }
    return &f->items[f->count++];
}

void findings_take(findings *f, const dk_finding *from) {
    dk_finding *to = new_finding(f);
    if (to == NULL) return;
    *to = *from;
    to->file = kept(f, from->file, strlen(from->file));
    to->term = kept(f, from->term, strlen(from->term));
    to->message = kept(f, from->message, strlen(from->message));
    to->other = kept(f, from->other, strlen(from->other));
}

void findings_add(findings *f, const checker *c, dk_check_kind kind, uint32_t entry, uint32_t other,
                  const char *format, ...) {
    if (!checker_does(c, kind)) return;
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    dk_finding *to = new_finding(f);
    if (to == NULL) return;
    const dk_entry_source *s = &c->lexicon->sources[entry];
    dk_buf place;
    dk_buf_init(&place);
    if (other != DK_NO_ID) dk_entry_put_place(&place, c->lexicon, other);
    const char *file = c->lexicon->files[s->file];
    *to = (dk_finding){.kind = kind,
                       .file = kept(f, file, strlen(file)),
                       .line = s->line,
                       .column = s->column,
                       .order = s->file,
                       .language = (dk_language)c->lexicon->entries[entry].language};
    to->term = kept(f, s->text.ptr, s->text.len);
    if (!dk_utf8_valid(s->text.ptr, s->text.len)) to->term = readable(f, s->text);
    to->message = kept(f, message, strlen(message));
    to->other = kept(f, place.len > 0 ? place.ptr : "", place.len);
    dk_buf_dispose(&place);
}

/* ---- Which files ---- */

static bool wants_file(const checker *c, uint32_t file) {
    if (c->options->npaths == 0) return true;
    if (c->filter == NULL) return file < c->lexicon->nuser_files;
    size_t len = strlen(c->filter);
    const char *name = c->lexicon->files[file];
    return len == 0 || (strncmp(name, c->filter, len) == 0 && (name[len] == '\0' || name[len] == '/'));
}

bool checker_wants(const checker *c, uint32_t entry) {
    if (c->only != DK_NO_ID) return entry == c->only;
    return wants_file(c, c->lexicon->sources[entry].file);
}

/* The part of a path behind the shipped lexicons' folder, when it lies within; "" for that folder itself. */
static char *within_shipped(const char *data_dir, const char *path) {
    char *folder = dk_path_join(data_dir, "lexicons");
    char *base = folder != NULL ? realpath(folder, NULL) : NULL, *real = realpath(path, NULL), *rest = NULL;
    if (base != NULL && real != NULL) {
        size_t len = strlen(base);
        if (strncmp(real, base, len) == 0 && (real[len] == '\0' || real[len] == '/'))
            rest = strdup(real + len + (real[len] == '/'));
    }
    free(folder);
    free(base);
    free(real);
    return rest;
}

/* ---- Stages ---- */

static void hear(void *context, const dk_error *mistake) {
    findings *f = context;
    dk_finding *to = new_finding(f);
    if (to == NULL) return;
    *to = (dk_finding){
        .kind = DK_CHECK_SYNTAX, .line = mistake->line, .column = mistake->column, .term = "", .other = ""};
    to->file = kept(f, mistake->file, strlen(mistake->file));
    char text[sizeof mistake->message + sizeof mistake->remedy + 4];
    int len = snprintf(text, sizeof text, "%s%s%s", mistake->message, *mistake->remedy != '\0' ? "; " : "",
                       mistake->remedy);
    to->message = kept(f, text, (size_t)len);
}

/* Mistakes of reading know their file by name only. */
static void place_mistakes(const checker *c, findings *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++) {
        dk_finding *x = &f->items[i];
        uint32_t file = 0;
        while (file < c->lexicon->nfiles && strcmp(c->lexicon->files[file], x->file) != 0) file++;
        if (file < c->lexicon->nfiles && (!wants_file(c, file) || !checker_does(c, DK_CHECK_SYNTAX)))
            continue;
        x->order = file;
        f->items[n++] = *x;
    }
    f->count = n;
}

static size_t ways(const dk_term *term) {
    size_t n = 1;
    for (size_t s = 0; s < term->nsteps && n <= 1u << 20; s++) n *= term->steps[s].nalternatives;
    return n;
}

static bool compiles(dk_str pattern, dk_error *err) {
    dk_regex *regex = NULL;
    bool ok = dk_regex_new(&regex, pattern, err) == DK_OK;
    dk_regex_free(regex);
    return ok;
}

/* The mistake that would keep an index from being built with the entry; false when there is none. */
static bool cannot_be_built(const dk_term *term, dk_error *mistake) {
    enum { WAYS_MAX = 4096 };
    if (term->comment_regex) return !compiles(term->pattern, mistake);
    for (size_t s = 0; s < term->nsteps; s++) {
        const dk_alternative *a = &term->steps[s].alternatives[0];
        if (a->matcher == DK_MATCH_REGEX && !compiles(a->texts[0], mistake)) return true;
    }
    if (ways(term) <= WAYS_MAX) return false;
    dk_fail(mistake, DK_EDATA, "more than %d ways to match; write fewer alternatives", WAYS_MAX);
    return true;
}

dk_status check_patterns_compile(checker *c, findings *f, dk_error *err) {
    (void)err;
    dk_lexicon *lex = c->lexicon;
    size_t n = 0;
    for (size_t i = 0; i < lex->count; i++) {
        dk_error mistake;
        if (cannot_be_built(&lex->sources[i].term, &mistake)) {
            if (checker_wants(c, (uint32_t)i))
                findings_add(f, c, DK_CHECK_SYNTAX, (uint32_t)i, DK_NO_ID, "%s", mistake.message);
            continue;
        }
        lex->entries[n] = lex->entries[i];
        lex->sources[n++] = lex->sources[i];
    }
    lex->count = n;
    return DK_OK;
}

static dk_status open_morphs(checker *c, dk_error *err) {
    const char *const names[] = {"sv", "da", "en"};
    char *models = dk_path_join(c->options->data_dir, "models");
    if (models == NULL) return dk_fail_memory(err);
    dk_morph_options mo = {.models = models};
    dk_status status = dk_morph_open_all(&c->morphs[DK_LANG_SV], names, 3, &mo, c->options->threads, err);
    free(models);
    return status;
}

static dk_status open_lexicon(checker *c, findings *f, dk_error *err) {
    const dk_check_options *o = c->options;
    dk_mistakes mistakes = {hear, f};
    bool own = o->npaths > 0 && c->filter == NULL;
    dk_status status = dk_lexicon_open_told(&c->lexicon, o->data_dir, own ? o->paths : NULL,
                                            own ? o->npaths : 0, &mistakes, err);
    if (status != DK_OK) return status;
    place_mistakes(c, f);
    status = check_patterns_compile(c, f, err);
    c->settled = calloc(c->lexicon->count + 1, 1);
    return status == DK_OK && c->settled == NULL ? dk_fail_memory(err) : status;
}

static dk_status build_index(void *context, size_t i, dk_error *err) {
    checker *c = context;
    dk_language l = (dk_language)(i + 1);
    return dk_index_new(&c->indexes[l], c->lexicon, l, c->morphs[l], false, err);
}

static dk_status build_indexes(checker *c, findings *f, dk_error *err) {
    (void)f;
    return dk_parallel_for(c->options->threads, DK_LANGUAGES - 1, build_index, c, err);
}

static dk_status open_words(checker *c, findings *f, dk_error *err) {
    (void)f;
    return open_morphs(c, err);
}

static int compare_findings(const void *a, const void *b) {
    const dk_finding *x = a, *y = b;
    if (x->order != y->order) return x->order < y->order ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return strcmp(x->message, y->message);
}

static void finish(checker *c, findings *f) {
    dk_check *check = c->check;
    if (f->count > 0) qsort(f->items, f->count, sizeof *f->items, compare_findings);
    check->findings = f->items;
    check->count = f->count;
    check->cap = f->cap;
    check->arena = f->arena;
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < check->count; i++) check->by_kind[check->findings[i].kind]++;
    for (uint32_t i = 0; i < c->lexicon->nfiles; i++) check->files += wants_file(c, i);
    for (uint32_t i = 0; i < c->lexicon->count; i++) check->entries += checker_wants(c, i);
}

dk_status dk_check_run(dk_check **out, const dk_check_options *options, dk_error *err) {
    static dk_status (*const stages[])(checker * c, findings * f, dk_error * err) = {
        open_lexicon,   open_words,  check_doubles, build_indexes, check_reach,
        check_patterns, check_words, check_friends, check_style};
    enum { STAGES = sizeof stages / sizeof *stages };
    checker c = {.options = options, .only = DK_NO_ID, .check = calloc(1, sizeof *c.check)};
    findings found = {0};
    char *filter = NULL;
    dk_status status = c.check == NULL ? dk_fail_memory(err) : DK_OK;
    if (options->npaths > 0) filter = within_shipped(options->data_dir, options->paths[0]);
    c.filter = filter;
    if (filter != NULL && options->npaths > 1)
        status = dk_fail(err, DK_EUSAGE, "one file or folder of the shipped lexicons at a time, or your own");
    for (size_t i = 0; i < STAGES && status == DK_OK; i++) {
        status = stages[i](&c, &found, err);
        if (status == DK_OK && found.failed) status = dk_fail_memory(err);
        if (options->progress != NULL) options->progress(options->progress_context, (int64_t)i + 1, STAGES);
    }
    if (status == DK_OK) finish(&c, &found);
    findings_dispose(&found);
    for (int l = 0; l < DK_LANGUAGES; l++) {
        dk_index_free(c.indexes[l]);
        dk_morph_free(c.morphs[l]);
    }
    dk_lexicon_free(c.lexicon);
    free(c.settled);
    free(filter);
    if (status != DK_OK)
        dk_check_free(c.check);
    else
        *out = c.check;
    return status;
}

static dk_status look_at_one(checker *c, findings *f, dk_error *err) {
    static dk_status (*const stages[])(checker *, findings *, dk_error *) = {
        check_doubles, check_reach, check_patterns, check_words, check_friends, check_style};
    dk_status status = check_patterns_compile(c, f, err);
    if (status != DK_OK || f->count > 0) return status; /* what cannot be built was left out, and others moved up */
    c->settled = calloc(c->lexicon->count + 1, 1);
    if (c->settled == NULL) return dk_fail_memory(err);
    dk_language own = (dk_language)c->lexicon->entries[c->only].language;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES && status == DK_OK; l++)
        if (own == DK_LANG_OTHER || own == (dk_language)l)
            status = dk_index_new(&c->indexes[l], c->lexicon, (dk_language)l, c->morphs[l], false, err);
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == DK_OK; i++) status = stages[i](c, f, err);
    return status;
}

dk_status dk_check_entry(dk_check **out, const dk_check_options *options, dk_lexicon *lexicon, uint32_t entry,
                         const dk_engine *engine, dk_error *err) {
    checker c = {.options = options, .only = entry, .lexicon = lexicon, .check = calloc(1, sizeof *c.check)};
    findings found = {0};
    if (c.check == NULL) return dk_fail_memory(err);
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++) /* only read */
        c.morphs[l] = (dk_morph *)(uintptr_t)dk_engine_morph(engine, (dk_language)l);
    dk_status status = look_at_one(&c, &found, err);
    if (status == DK_OK && found.failed) status = dk_fail_memory(err);
    if (status == DK_OK) finish(&c, &found);
    findings_dispose(&found);
    for (int l = 0; l < DK_LANGUAGES; l++) dk_index_free(c.indexes[l]);
    free(c.settled);
    if (status != DK_OK)
        dk_check_free(c.check);
    else
        *out = c.check;
    return status;
}

void dk_check_free(dk_check *check) {
    if (check == NULL) return;
    free(check->findings);
    dk_arena_dispose(&check->arena);
    free(check);
}
