/* drivkraft lexicon kwic: a concordance of an entry, a theme or a pattern. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/nearest.h"
#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "workbench/kwic.h"

typedef struct options {
    dk_bench_options bench;
    const char *pattern, *entry, *theme, *label, *sort;
    int64_t lines, seed, width, window, collocates, min_count;
} options;

/* A lexicon of the pattern alone, as a file in memory that the engine reads like any other of the user's. */
typedef struct pattern_file {
    int fd;
    char path[64];
} pattern_file;

/* The theme that the pattern's entry names: any will do, as it has no valence and so moves no label. */
static dk_status any_theme(const dk_cli *cli, char out[128], dk_error *err) {
    char *data_dir = NULL, *lexicons = NULL, *path = NULL;
    dk_taxonomy taxonomy;
    dk_taxonomy_init(&taxonomy);
    dk_status status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    if (status == DK_OK) lexicons = dk_path_join(data_dir, "lexicons");
    if (lexicons != NULL) path = dk_path_join(lexicons, "taxonomy.tsv");
    if (status == DK_OK && path == NULL) status = dk_fail_memory(err);
    if (status == DK_OK) status = dk_taxonomy_read(&taxonomy, path, -1, err);
    if (status == DK_OK && taxonomy.count == 0) status = dk_fail_at(err, DK_EDATA, path, 0, 0, "no themes");
    if (status == DK_OK) snprintf(out, 128, "%s", taxonomy.themes[0].id);
    dk_taxonomy_dispose(&taxonomy);
    free(data_dir);
    free(lexicons);
    free(path);
    return status;
}

static dk_status open_pattern(pattern_file *file, const dk_cli *cli, const char *pattern, dk_error *err) {
    char theme[128];
    dk_arena arena;
    dk_term term;
    dk_arena_init(&arena);
    dk_status status = dk_term_parse(&term, dk_str_from(pattern), &arena, err);
    if (status != DK_OK && err != NULL) {
        snprintf(err->file, sizeof err->file, "pattern");
        dk_error_excerpt(err, pattern, strlen(pattern));
    }
    dk_arena_dispose(&arena);
    if (status == DK_OK) status = any_theme(cli, theme, err);
    if (status != DK_OK) return status;
    file->fd = memfd_create("pattern", MFD_CLOEXEC);
    snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->fd);
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_putf(&text, "theme\tterm\n%s\t%s\n", theme, pattern);
    status = dk_buf_status(&text, err);
    if (status == DK_OK && (file->fd < 0 || write(file->fd, text.ptr, text.len) != (ssize_t)text.len))
        status = dk_fail(err, DK_EIO, "the pattern cannot be kept in memory");
    dk_buf_dispose(&text);
    return status;
}

/* Marks the entry that stands at "sv/themes.tsv:611", or all of a file of the user's. */
static dk_status choose_entries(const dk_engine *engine, const char *place, const char *file, bool *wanted,
                                dk_error *err) {
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    dk_buf name;
    dk_buf_init(&name);
    size_t found = 0;
    for (uint32_t i = 0; i < lexicon->count; i++) {
        dk_buf_clear(&name);
        if (file != NULL)
            dk_buf_puts(&name, lexicon->files[lexicon->sources[i].file]);
        else
            dk_entry_put_place(&name, lexicon, i);
        wanted[i] = strcmp(dk_buf_cstr(&name), file != NULL ? file : place) == 0;
        found += wanted[i];
    }
    dk_buf_dispose(&name);
    if (found > 0) return DK_OK;
    dk_fail(err, DK_EUSAGE, "--entry %s: no entry stands there", place);
    dk_error_remedy(err, "file and line as explain and mentions.csv show them: sv/themes.tsv:611");
    return DK_EUSAGE;
}

static dk_status choose_theme(const dk_engine *engine, const char *theme, uint32_t *out, dk_error *err) {
    const dk_taxonomy *t = dk_engine_taxonomy(engine);
    *out = dk_taxonomy_find(t, dk_str_from(theme));
    if (*out != DK_NO_ID) return DK_OK;
    const char *names[DK_THEMES_MAX];
    for (size_t i = 0; i < t->count; i++) names[i] = t->themes[i].id;
    const char *near = dk_nearest(dk_str_from(theme), names, t->count);
    dk_fail(err, DK_EUSAGE, "--theme %s: no such theme", theme);
    if (near != NULL) dk_error_remedy(err, "did you mean %s?", near);
    return DK_EUSAGE;
}

static int label_of(const char *name) {
    for (int l = DK_NEUTRAL; name != NULL && l <= DK_MIXED; l++)
        if (strcmp(name, dk_label_name((dk_label)l)) == 0) return l;
    return -1;
}

static dk_status make(options *o, const dk_cli *cli, const char *source, dk_error *err) {
    static const char *const sorts[] = {"place", "left", "right", "match"};
    dk_kwic_options ko = {.theme = DK_NO_ID,
                          .label = label_of(o->label),
                          .pattern = o->pattern,
                          .lines = (size_t)o->lines,
                          .seed = (uint64_t)o->seed,
                          .width = (int)o->width,
                          .window = (int)o->window,
                          .collocates = (size_t)o->collocates,
                          .min_count = (uint32_t)o->min_count};
    for (int i = 0; i < 4; i++)
        if (strcmp(o->sort, sorts[i]) == 0) ko.sort = (dk_kwic_sort)i;
    dk_corpus_options co = {0};
    dk_engine *engine = NULL;
    pattern_file file = {.fd = -1};
    bool *wanted = NULL;
    dk_kwic_figures figures = {0};
    dk_book book;
    dk_bench_watch watch;
    dk_status status = dk_bench_corpus_options(&co, cli, &o->bench, source, err);
    if (status == DK_OK && o->pattern != NULL && o->bench.engine != NULL)
        status = dk_fail(err, DK_EUSAGE, "a pattern cannot be joined to %s, which is compiled; --entry and --theme are found in it",
                         o->bench.engine);
    if (status == DK_OK && o->pattern != NULL) {
        status = open_pattern(&file, cli, o->pattern, err);
        dk_opt_list *l = &o->bench.lexicons;
        if (status == DK_OK && !dk_grow(&l->items, &l->cap, l->count + 1)) status = dk_fail_memory(err);
        if (status == DK_OK) l->items[l->count++] = file.path;
    }
    if (status == DK_OK) status = dk_bench_engine(&engine, cli, &o->bench, err);
    if (status == DK_OK && o->theme != NULL) status = choose_theme(engine, o->theme, &ko.theme, err);
    if (status == DK_OK && o->theme == NULL) {
        wanted = calloc(dk_engine_lexicon(engine)->count + 1, sizeof *wanted);
        status = wanted == NULL
                     ? dk_fail_memory(err)
                     : choose_entries(engine, o->entry, o->pattern != NULL ? file.path : NULL, wanted, err);
        ko.entries = wanted;
    }
    dk_book_init(&book, engine != NULL ? dk_engine_stamp(engine) : NULL);
    dk_bench_watch_begin(&watch, &co, cli, "searching");
    if (status == DK_OK) status = dk_kwic_make(&book, engine, &co, &ko, &figures, err);
    dk_bench_watch_end(&watch, figures.comments);
    if (status == DK_OK) status = dk_bench_write(&book, cli, &o->bench, err);
    dk_book_dispose(&book);
    dk_engine_free(engine);
    free(wanted);
    if (file.fd >= 0) close(file.fd);
    return status;
}

static dk_status run_kwic(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {
        .sort = "place", .lines = 25, .seed = 1, .width = 40, .window = 5, .collocates = 15, .min_count = 3};
    const dk_opt table[] = {
        {"entry", 'e', DK_OPT_STRING, &o.entry, "FILE:LINE",
         "the entry that stands there, also where another one won", 0, 0},
        {"theme", 0, DK_OPT_STRING, &o.theme, "THEME", "every mention of a theme", 0, 0},
        {"label", 0, DK_OPT_CHOICE, &o.label, "negative|neutral|positive|mixed",
         "only mentions of a theme, or comments, that came out so", 0, 0},
        DK_BENCH_OPTIONS(o.bench),
        DK_BENCH_ENGINE_OPTION(o.bench),
        {"sort", 's', DK_OPT_CHOICE, &o.sort, "place|left|right|match", "order of the lines (place)", 0, 0},
        {"lines", 'n', DK_OPT_INT, &o.lines, "N", "how many, drawn from all (25)", 0, 1e7},
        {"seed", 0, DK_OPT_INT, &o.seed, "N", "of the draw (1)", 0, 9e15},
        {"width", 'w', DK_OPT_INT, &o.width, "N", "columns of context on each side (40)", 1, 240},
        {"window", 0, DK_OPT_INT, &o.window, "N", "words on each side that count as beside it (5)", 1, 100},
        {"collocates", 'c', DK_OPT_INT, &o.collocates, "N",
         "how many words that stand beside it (15; 0 for none)", 0, 1e6},
        {"min-count", 0, DK_OPT_INT, &o.min_count, "N", "times that a word must stand beside it (3)", 1, 1e9},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        o.pattern = nwords == 2 ? words[1] : NULL;
        int asked = (o.pattern != NULL) + (o.entry != NULL) + (o.theme != NULL);
        if (nwords == 0 || nwords > 2)
            status =
                dk_fail(err, DK_EUSAGE,
                        "which file? drivkraft lexicon kwic survey.csv \"ring ... tillbaka\" --text comment");
        else if (asked != 1)
            status = dk_fail(err, DK_EUSAGE, "one of a pattern, --entry and --theme is needed");
        else
            status = make(&o, cli, words[0], err);
    }
    dk_bench_dispose(&o.bench);
    return status;
}

const dk_command dk_lexicon_kwic_command = {
    "lexicon kwic", "Shows an entry, a theme or a pattern where it stands, and the words beside it.",
    "CORPUS [PATTERN] --text COL [options]",
    "  drivkraft lexicon kwic survey.csv \"ring ... tillbaka\" --text comment --sort right\n"
    "  drivkraft lexicon kwic survey.csv --entry sv/themes.tsv:611 --text comment\n"
    "  drivkraft lexicon kwic survey.csv --theme delivery.speed --label negative --text comment --lines 100 "
    "--format csv\n",
    run_kwic};
