/* drivkraft learn language, lemmas, compounds and words: the models of languages, each from its sources. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/learn.h"
#include "workbench/learn_compound.h"
#include "workbench/learn_language.h"
#include "workbench/learn_lemma.h"
#include "workbench/learn_words.h"

static const char *target(const dk_cli *cli) { return cli->output != NULL ? cli->output : "-"; }

/* What lemmas, compounds and words share: one file in one language. */
typedef struct options {
    const char *language, *source, *date, *report;
    int64_t folds;
    const char *path; /* of the file */
    char *models;
} options;

static dk_status parse(const dk_command *command, dk_cli *cli, int argc, char **argv, options *o, bool *answered,
                       dk_error *err) {
    const dk_opt table[] = {
        {"language", 'l', DK_OPT_CHOICE, &o->language, "sv|da|en", "the language of the words", 0, 0},
        {"source", 0, DK_OPT_STRING, &o->source, "TEXT", "where the data come from, for the head of the model", 0, 0},
        {"date", 0, DK_OPT_STRING, &o->date, "YYYY-MM", "when, for the head of the model", 0, 0},
        {"folds", 'k', DK_OPT_INT, &o->folds, "K", "of the cross-validation (5)", 2, 100},
        {"report", 0, DK_OPT_STRING, &o->report, "FILE", "what the cross-validation got wrong", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, answered, err);
    if (status != DK_OK || *answered) return status;
    if (nwords != 1) return dk_fail(err, DK_EUSAGE, "one file is needed: drivkraft %s %s", command->name, command->usage);
    if (o->language == NULL) return dk_fail(err, DK_EUSAGE, "--language is missing");
    o->path = words[0];
    char *data_dir = NULL;
    status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    o->models = status == DK_OK ? dk_path_join(data_dir, "models") : NULL;
    if (status == DK_OK && o->models == NULL) status = dk_fail_memory(err);
    free(data_dir);
    return status;
}

static dk_status finish(const dk_cli *cli, const options *o, dk_buf *model, dk_buf *report, dk_error *err) {
    dk_status status = o->report != NULL ? dk_learn_write(o->report, report, err) : DK_OK;
    return status == DK_OK ? dk_learn_write(target(cli), model, err) : status;
}

static dk_status run_lemmas(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.folds = 5, .date = "2026-11"};
    bool answered = false;
    dk_buf model, report;
    dk_buf_init(&model);
    dk_buf_init(&report);
    dk_status status = parse(command, cli, argc, argv, &o, &answered, err);
    if (status == DK_OK && !answered) {
        dk_learn_lemma_options lo = {.language = o.language, .treebank = o.path, .source = o.source, .date = o.date,
                                     .morph = {.models = o.models}, .folds = (int)o.folds, .verbose = o.report != NULL};
        dk_learn_lemma_figures f;
        status = dk_learn_lemmas(&lo, &model, &report, &f, err);
        if (status == DK_OK) {
            dk_cli_note(cli, "%zu words in %zu sentences: %.4f of lemmas right in cross-validation (forms not seen: %.4f)",
                        f.tokens, f.sentences, f.accuracy, f.unseen_accuracy);
            status = finish(cli, &o, &model, &report, err);
        }
    }
    free(o.models);
    dk_buf_dispose(&model);
    dk_buf_dispose(&report);
    return status;
}

static dk_status run_compounds(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.folds = 5, .date = "2026-11"};
    bool answered = false;
    dk_buf model, report;
    dk_buf_init(&model);
    dk_buf_init(&report);
    dk_status status = parse(command, cli, argc, argv, &o, &answered, err);
    if (status == DK_OK && !answered) {
        dk_learn_compound_options lo = {.language = o.language, .words = o.path, .source = o.source, .date = o.date,
                                        .morph = {.models = o.models}, .folds = (int)o.folds};
        dk_learn_compound_figures f;
        status = dk_learn_compounds(&lo, &model, &report, &f, err);
        if (status == DK_OK) {
            dk_cli_note(cli, "%zu compounds, %zu simple words: heads %.4f, all parts %.4f, simple words cut %.4f", f.compounds,
                        f.simple, f.head, f.exact, f.false_split);
            status = finish(cli, &o, &model, &report, err);
        }
    }
    free(o.models);
    dk_buf_dispose(&model);
    dk_buf_dispose(&report);
    return status;
}

static dk_status run_words(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.date = "2026-11"};
    bool answered = false;
    size_t words = 0;
    dk_buf model;
    dk_buf_init(&model);
    dk_status status = parse(command, cli, argc, argv, &o, &answered, err);
    if (status == DK_OK && !answered) {
        dk_learn_words_options lo = {.language = o.language, .list = o.path, .source = o.source, .date = o.date};
        status = dk_learn_words(&lo, &model, &words, err);
        if (status == DK_OK) dk_cli_note(cli, "%zu words", words);
        if (status == DK_OK) status = dk_learn_write(target(cli), &model, err);
    }
    free(o.models);
    dk_buf_dispose(&model);
    return status;
}

/* ---- Language ---------------------------------------------------------------------------------------- */

/* Adds the sources of "FILE" (labelled) or "sv=FILE". The path borrows from the argument. */
static dk_status add_sources(dk_learn_source *sources, size_t *n, size_t max, const dk_opt_list *list, dk_learn_kind kind,
                             dk_error *err) {
    for (size_t i = 0; i < list->count; i++) {
        dk_learn_source s = {.kind = kind, .path = list->items[i]};
        const char *equals = strchr(list->items[i], '=');
        if (kind != DK_LEARN_LABELLED) {
            int c = 0;
            dk_str name = {list->items[i], equals != NULL ? (size_t)(equals - list->items[i]) : 0};
            while (c < DK_LANGUAGE_CLASSES && !dk_str_is(name, dk_language_class_name(c))) c++;
            if (equals == NULL || c == DK_LANGUAGE_CLASSES)
                return dk_fail(err, DK_EUSAGE, "%s: a language and a file were expected, as in sv=words.txt", list->items[i]);
            s.class_index = c;
            s.path = equals + 1;
        }
        if (*n == max) return dk_fail(err, DK_EUSAGE, "more than %zu sources", max);
        sources[(*n)++] = s;
    }
    return DK_OK;
}

/* The lines of a file, each with # before it. */
static dk_status read_note(const char *path, dk_buf *note, dk_error *err) {
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = dk_file_read(path, &text, err);
    for (size_t at = 0; status == DK_OK && at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - text.ptr) - at : text.len - at;
        dk_buf_puts(note, "# ");
        dk_buf_put(note, text.ptr + at, len);
        dk_buf_putc(note, '\n');
        at += len + 1;
    }
    dk_buf_dispose(&text);
    return status == DK_OK ? dk_buf_status(note, err) : status;
}

static void note_language(const dk_cli *cli, const dk_learn_language_report *r) {
    static const char *const lengths[DK_LEARN_LENGTHS] = {"1-3", "4-8", "9-20", "21-"};
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++)
        for (int k = 0; k < DK_LEARN_LENGTHS; k++)
            if (r->rows[l][k] > 0)
                dk_cli_note(cli, "  %s, %s words: %.3f of %llu", dk_language_name((dk_language)l), lengths[k],
                            (double)r->right[l][k] / (double)r->rows[l][k], (unsigned long long)r->rows[l][k]);
    if (r->other_rows > 0)
        dk_cli_note(cli, "  other languages taken for one of ours: %.3f of %llu", (double)r->other_claimed / (double)r->other_rows,
                    (unsigned long long)r->other_rows);
}

static dk_status run_language(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    enum { SOURCES = 64 };
    dk_learn_language_options lo;
    dk_learn_language_defaults(&lo);
    dk_opt_list labelled = {0}, texts = {0}, lists = {0};
    const char *note_path = NULL;
    int64_t folds = lo.folds, features = (int64_t)lo.max_features;
    const dk_opt table[] = {
        {"labelled", 0, DK_OPT_LIST, &labelled, "FILE", "TSV with columns origin (or language) and text", 0, 0},
        {"texts", 0, DK_OPT_LIST, &texts, "L=FILE", "TSV with a column text, all in language L", 0, 0},
        {"words", 0, DK_OPT_LIST, &lists, "L=FILE", "words and counts of language L", 0, 0},
        {"folds", 'k', DK_OPT_INT, &folds, "K", "of the cross-validation; 0 leaves it out", 0, 100},
        {"features", 0, DK_OPT_INT, &features, "N", "how many weights at most", 1, 10000000},
        {"note", 0, DK_OPT_STRING, &note_path, "FILE", "lines for the head of the model: data, licences, date", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_learn_source sources[SOURCES];
    size_t n = 0;
    dk_learn_language_report report;
    dk_buf model, note;
    dk_buf_init(&model);
    dk_buf_init(&note);
    memset(&report, 0, sizeof report);
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        lo.folds = (int)folds;
        lo.max_features = (size_t)features;
        if (nwords != 0 || labelled.count == 0) status = dk_fail(err, DK_EUSAGE, "at least one --labelled FILE is needed");
        if (status == DK_OK) status = add_sources(sources, &n, SOURCES, &labelled, DK_LEARN_LABELLED, err);
        if (status == DK_OK) status = add_sources(sources, &n, SOURCES, &texts, DK_LEARN_TEXTS, err);
        if (status == DK_OK) status = add_sources(sources, &n, SOURCES, &lists, DK_LEARN_WORDS, err);
        if (status == DK_OK && note_path != NULL) status = read_note(note_path, &note, err);
        lo.note = note.len > 0 ? dk_buf_cstr(&note) : NULL;
        if (status == DK_OK) status = dk_learn_language(sources, n, &lo, &model, &report, err);
        if (status == DK_OK) note_language(cli, &report);
        if (status == DK_OK) status = dk_learn_write(target(cli), &model, err);
    }
    dk_opt_list_dispose(&labelled);
    dk_opt_list_dispose(&texts);
    dk_opt_list_dispose(&lists);
    dk_buf_dispose(&model);
    dk_buf_dispose(&note);
    return status;
}

const dk_command dk_learn_language_command = {
    "learn language", "Makes the model that knows the language of a text.", "--labelled FILE [options] -o FILE",
    "  drivkraft learn language --labelled sentences.tsv --words sv=sv_50k.txt --words da=da_50k.txt -o models/language.tsv\n",
    run_language};
const dk_command dk_learn_lemmas_command = {
    "learn lemmas", "Makes the model of base forms from a treebank.", "TREEBANK --language L [options] -o FILE",
    "  drivkraft learn lemmas lemmas_sv.tsv --language sv --source \"UD Talbanken\" -o models/lemma_sv.tsv\n", run_lemmas};
const dk_command dk_learn_compounds_command = {
    "learn compounds", "Makes the model that splits compounds.", "WORDS --language sv|da [options] -o FILE",
    "  drivkraft learn compounds compounds.tsv --language da --source Wikidata -o models/compound_da.tsv\n", run_compounds};
const dk_command dk_learn_words_command = {
    "learn words", "Makes the list of word frequencies.", "LIST --language L [options] -o FILE",
    "  drivkraft learn words sv_50k.txt --language sv --source OpenSubtitles -o models/words_sv.tsv\n", run_words};
