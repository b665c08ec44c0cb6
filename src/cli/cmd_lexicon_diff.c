/* drivkraft lexicon diff: what two lexicons make of the same comments. */
#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "cli/lexicon.h"
#include "cli/workbench.h"
#include "workbench/diff.h"
#include "workbench/evaluate.h"

typedef struct options {
    dk_bench_options bench;
    const char *score, *codes, *polarity, *map;
    int64_t changes, causes, seed;
} options;

/* The engine of A or B: "shipped", a data folder with lexicons/ in it, or a lexicon of the user's before the shipped ones. */
static dk_status open_side(dk_engine **engine, const dk_cli *cli, const options *o, const char *what,
                           dk_error *err) {
    char *inner = dk_path_join(what, "lexicons");
    if (inner == NULL) return dk_fail_memory(err);
    dk_cli with = *cli;
    dk_bench_options b = o->bench;
    b.lexicons = (dk_opt_list){0};
    bool extra = false;
    if (dk_is_folder(inner))
        with.data_dir = what;
    else
        extra = strcmp(what, "shipped") != 0;
    free(inner);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < o->bench.lexicons.count + extra; i++) {
        if (!dk_grow(&b.lexicons.items, &b.lexicons.cap, i + 1)) {
            status = dk_fail_memory(err);
            break;
        }
        b.lexicons.items[b.lexicons.count++] = extra && i == 0 ? what : o->bench.lexicons.items[i - extra];
    }
    if (status == DK_OK) status = dk_bench_engine(engine, &with, &b, err);
    dk_opt_list_dispose(&b.lexicons);
    return status;
}

/* A hash of the models that a side reads: those of its own data folder, or the shipped ones. Names and contents count, not the
   order in which the folder lists them. */
static dk_status hash_models(const char *what, uint64_t *hash, dk_error *err) {
    char *models = dk_path_join(what, "models");
    *hash = 0;
    if (models == NULL) return dk_fail_memory(err);
    DIR *dir = opendir(models);
    dk_status status = DK_OK;
    dk_buf text;
    dk_buf_init(&text);
    for (struct dirent *d; status == DK_OK && dir != NULL && (d = readdir(dir)) != NULL;) {
        size_t len = strlen(d->d_name);
        if (len < 4 || strcmp(d->d_name + len - 4, ".tsv") != 0) continue;
        char *path = dk_path_join(models, d->d_name);
        status = path == NULL ? dk_fail_memory(err) : dk_file_read(path, &text, err);
        if (status == DK_OK) *hash += dk_hash_seeded(text.ptr, text.len, dk_hash(d->d_name, len));
        free(path);
    }
    if (dir != NULL) closedir(dir);
    dk_buf_dispose(&text);
    free(models);
    return status;
}

static dk_status compare_models(const dk_cli *cli, const char *a, const char *b, bool *differ,
                                dk_error *err) {
    const char *sides[2] = {a, b};
    uint64_t hashes[2] = {0, 0};
    char *shipped = NULL;
    dk_status status = dk_data_find(cli->data_dir, cli->executable, &shipped, err);
    for (int s = 0; status == DK_OK && s < 2; s++) {
        char *inner = dk_path_join(sides[s], "lexicons");
        if (inner == NULL)
            status = dk_fail_memory(err);
        else
            status = hash_models(dk_is_folder(inner) ? sides[s] : shipped, &hashes[s], err);
        free(inner);
    }
    free(shipped);
    *differ = hashes[0] != hashes[1];
    return status;
}

static const dk_sheet_column eval_columns[] = {{"measure", DK_SHEET_TEXT, 0, 0},
                                               {"a", DK_SHEET_REAL, 0, 0},
                                               {"b", DK_SHEET_REAL, 0, 0},
                                               {"change", DK_SHEET_REAL, 0, 0}};

/* The figures of eval on the same file by one engine. */
static dk_status evaluate(const options *o, const dk_cli *cli, const dk_engine *engine, const char *source,
                          dk_evaluate_figures *f, dk_error *err) {
    const char *extras[DK_CODED_PAIRS] = {
        [DK_CODED_CODES] = o->codes, [DK_CODED_POLARITY] = o->polarity, [DK_CODED_SCORE] = o->score};
    static const char *const names[DK_CODED_PAIRS] = {"--coder", "--codes", "--polarity", "--sentiment",
                                                      "--score"};
    dk_corpus_options co = {.extras = extras, .options = names, .nextras = DK_CODED_PAIRS};
    dk_corpus corpus = {0};
    dk_scheme scheme = {0};
    dk_coded coded;
    dk_book book;
    dk_coded_init(&coded);
    dk_book_init(&book, NULL);
    dk_status status = dk_bench_corpus_options(&co, cli, &o->bench, source, err);
    if (status == DK_OK) status = dk_scheme_make(&scheme, dk_engine_taxonomy(engine), o->map, false, err);
    if (status == DK_OK) status = dk_bench_corpus(&corpus, engine, cli, &o->bench, &co, err);
    if (status == DK_OK) status = dk_coded_add(&coded, &scheme, &corpus, "coder", o->score != NULL, err);
    if (status == DK_OK)
        status = dk_evaluate_make(&book, &coded, &scheme, engine, &(dk_evaluate_options){.seed = 1}, f, err);
    dk_book_dispose(&book);
    dk_coded_dispose(&coded);
    dk_scheme_dispose(&scheme);
    if (corpus.source != NULL) dk_corpus_dispose(&corpus);
    return status;
}

static dk_status put_evaluation(dk_book *book, const options *o, const dk_cli *cli,
                                dk_engine *const engines[2], const char *source, dk_error *err) {
    dk_evaluate_figures f[2];
    dk_status status = DK_OK;
    for (int s = 0; status == DK_OK && s < 2; s++) status = evaluate(o, cli, engines[s], source, &f[s], err);
    if (status != DK_OK) return status;
    dk_sheet *sheet = dk_book_add(book, "eval", "Against the coders", eval_columns,
                                  sizeof eval_columns / sizeof *eval_columns);
    static const char *const names[] = {"F1",
                                        "precision",
                                        "recall",
                                        "macro-F1",
                                        "F1 with polarity",
                                        "sentiment, share right",
                                        "sentiment, macro-F1"};
    const double *a =
        (const double[]){f[0].f1,          f[0].precision,          f[0].recall,      f[0].macro_f1,
                         f[0].polarity_f1, f[0].sentiment_accuracy, f[0].sentiment_f1};
    const double *b =
        (const double[]){f[1].f1,          f[1].precision,          f[1].recall,      f[1].macro_f1,
                         f[1].polarity_f1, f[1].sentiment_accuracy, f[1].sentiment_f1};
    for (int m = 0; m < 7; m++) {
        if (a[m] != a[m] && b[m] != b[m]) continue;
        dk_sheet_text(sheet, dk_str_from(names[m]));
        dk_sheet_real(sheet, a[m]);
        dk_sheet_real(sheet, b[m]);
        dk_sheet_real(sheet, b[m] - a[m]);
    }
    return DK_OK;
}

static dk_status make(const options *o, const dk_cli *cli, const char **words, dk_error *err) {
    dk_engine *engines[2] = {NULL, NULL};
    const char *extras[1] = {o->score};
    static const char *const names[1] = {"--score"};
    dk_corpus_options co = {.extras = extras, .options = names, .nextras = 1};
    dk_diff_options d = {.changes = o->changes == 0 ? SIZE_MAX : (size_t)o->changes,
                         .causes = (size_t)o->causes,
                         .seed = (uint64_t)o->seed,
                         .has_score = o->score != NULL};
    dk_diff_figures figures = {0};
    dk_bench_watch watch;
    dk_book book;
    dk_status status = dk_bench_corpus_options(&co, cli, &o->bench, words[2], err);
    for (int s = 0; status == DK_OK && s < 2; s++) status = open_side(&engines[s], cli, o, words[s], err);
    if (status == DK_OK) status = compare_models(cli, words[0], words[1], &d.models_differ, err);
    dk_book_init(&book, engines[1] != NULL ? dk_engine_stamp(engines[1]) : NULL);
    dk_bench_watch_begin(&watch, &co, cli, "comparing");
    if (status == DK_OK)
        status =
            dk_diff_make(&book, (const dk_engine *const[]){engines[0], engines[1]}, &co, &d, &figures, err);
    dk_bench_watch_end(&watch, figures.comments);
    if (status == DK_OK && (o->codes != NULL || o->score != NULL))
        status = put_evaluation(&book, o, cli, engines, words[2], err);
    if (status == DK_OK) status = dk_bench_write(&book, cli, &o->bench, err);
    dk_book_dispose(&book);
    dk_engine_free(engines[0]);
    dk_engine_free(engines[1]);
    return status;
}

static dk_status run_diff(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.changes = 20, .causes = 40, .seed = 1};
    const dk_opt table[] = {
        {"score", 0, DK_OPT_STRING, &o.score, "COL",
         "compare the ranking of the drivers, and sentiment against the score", 0, 0},
        {"codes", 0, DK_OPT_STRING, &o.codes, "COL",
         "compare precision, recall and F1 against hand-coded themes", 0, 0},
        {"polarity", 0, DK_OPT_STRING, &o.polarity, "COL", "the column of the codes' polarity", 0, 0},
        {"map", 0, DK_OPT_STRING, &o.map, "FILE", "TSV of code and themes, for codes of your own", 0, 0},
        DK_BENCH_OPTIONS(o.bench),
        {"changes", 'n', DK_OPT_INT, &o.changes, "N",
         "how many comments are listed, drawn from all (20; 0 for all)", 0, 1e9},
        {"causes", 0, DK_OPT_INT, &o.causes, "N", "how many entries are listed (40)", 0, 1e9},
        {"seed", 0, DK_OPT_INT, &o.seed, "N", "of the draw (1)", 0, 9e15},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered && nwords != 3)
        status = dk_fail(err, DK_EUSAGE,
                         "two lexicons and a corpus are needed: drivkraft lexicon diff shipped my/lexicon "
                         "survey.csv --text comment");
    if (status == DK_OK && !answered) status = make(&o, cli, words, err);
    dk_bench_dispose(&o.bench);
    return status;
}

const dk_command dk_lexicon_diff_command = {
    "lexicon diff", "Shows which comments two lexicons read differently, and why.",
    "A B CORPUS --text COL [options]",
    "  drivkraft lexicon diff shipped my/lexicon survey.csv --text comment --id response_id\n"
    "  drivkraft lexicon diff old/data new/data survey.csv --text comment --score nps      data folders with "
    "lexicons/ and models/\n"
    "  drivkraft lexicon diff shipped mine.tsv coded.csv --text comment --codes themes\n"
    "  drivkraft lexicon diff shipped mine.tsv survey.csv --text comment --changes 0 --format csv --table "
    "changes -o changes.csv\n",
    run_diff};
