/* drivkraft learn: sentiment weights from scores, the shipped ones and the user's own. The other models are in learn_models.c. */
#include "cli/learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/nearest.h"
#include "io/output.h"
#include "workbench/learn_sentiment_transfer.h"

typedef struct options {
    const char *language, *text, *score, *scale, *customer, *recipe, *from;
    int64_t folds, features, min_count;
    double l2;
} options;

dk_status dk_learn_write(const char *path, dk_buf *text, dk_error *err) {
    dk_output *out = NULL;
    dk_status status = dk_output_open(&out, path, err);
    if (status != DK_OK) return status;
    status = dk_output_put(out, text, err);
    if (status == DK_OK) return dk_output_close(out, err);
    dk_output_abort(out);
    return status;
}

static void note_measure(const dk_cli *cli, const char *name, const dk_learn_measure *m) {
    if (!isnan(m->accuracy))
        dk_cli_note(cli, "  %-22s accuracy %.3f  macro-F1 %.3f  AUC %.3f", name, m->accuracy, m->macro_f1, m->auc);
}

static void note_figures(const dk_cli *cli, const dk_learn_sentiment_options *lo, const dk_learn_sentiment_figures *f) {
    for (size_t s = 0; s < lo->nsources; s++) {
        const dk_learn_source_figures *x = &f->sources[s];
        dk_cli_note(cli, "%s: %zu positive, %zu negative, %zu neutral", dk_path_name(lo->sources[s].path), x->positive,
                    x->negative, x->neutral);
        note_measure(cli, "rules alone", &x->rules);
        note_measure(cli, "weights alone", &x->weights);
        note_measure(cli, "both", &x->both);
        note_measure(cli, "both, other sources", &x->left_out);
        if (!isnan(x->three)) dk_cli_note(cli, "  %-22s accuracy %.3f  macro-F1 %.3f", "three classes", x->three, x->three_f1);
    }
    dk_cli_note(cli, "%zu weights; slope %.3f; neutral below %.2f, or %.2f without an opinion of the rules", f->weights, f->slope,
                f->bands[1] / 1000.0, f->bands[0] / 1000.0);
    if (f->unusable > 0)
        dk_cli_note(cli, "%zu rows had no score of that scale, the first in line %lld", f->unusable,
                    (long long)f->unusable_line);
}

static dk_status fit(const dk_cli *cli, const dk_learn_sentiment_options *lo, dk_error *err) {
    dk_learn_sentiment_figures figures;
    dk_buf model;
    dk_buf_init(&model);
    dk_status status = dk_learn_sentiment(lo, &model, &figures, err);
    if (status == DK_OK) {
        note_figures(cli, lo, &figures);
        status = dk_learn_write(cli->output != NULL ? cli->output : "-", &model, err);
    }
    free(figures.sources);
    dk_buf_dispose(&model);
    return status;
}

static dk_status fit_recipe(const dk_cli *cli, const options *o, dk_learn_sentiment_options *lo, dk_error *err) {
    dk_sentiment_recipe recipe;
    dk_sentiment_transfer *transfer = NULL;
    char *models = dk_path_join(lo->data_dir, "models");
    dk_status status = dk_sentiment_recipe_read(&recipe, o->recipe, o->from, err);
    if (status == DK_OK && models == NULL) status = dk_fail_memory(err);
    if (status == DK_OK) status = dk_sentiment_transfer_new(&transfer, &recipe, models, err);
    if (status == DK_OK && transfer != NULL) {
        dk_cli_note(cli, "carried over: %zu words from %zu sentence pairs, %zu of them by spelling alone",
                    transfer->words.count, transfer->aligned, transfer->cognates);
        lo->prior_words = &transfer->words;
        lo->prior_weights = transfer->weights;
    }
    lo->sources = recipe.sources;
    lo->nsources = recipe.nsources;
    lo->note = recipe.note.len > 0 ? dk_buf_cstr(&recipe.note) : NULL;
    if (status == DK_OK) status = fit(cli, lo, err);
    dk_sentiment_transfer_free(transfer);
    dk_sentiment_recipe_dispose(&recipe);
    free(models);
    return status;
}

static dk_status fit_own(const dk_cli *cli, const options *o, const char *path, dk_learn_sentiment_options *lo, dk_error *err) {
    dk_sentiment_source own = {.path = path, .text = o->text, .label = o->score, .cluster = o->customer, .weight = 1};
    dk_buf head;
    dk_buf_init(&head);
    if (!dk_scale_from_name(dk_str_from(o->scale), &own.scale)) return dk_fail(err, DK_EUSAGE, "no scale %s", o->scale);
    dk_buf_putf(&head, "# Learned by `drivkraft learn sentiment` from %s: %s as %s.\n", dk_path_name(path), o->score, o->scale);
    lo->sources = &own;
    lo->nsources = 1;
    lo->cross_fit = true;
    lo->note = dk_buf_cstr(&head);
    dk_status status = fit(cli, lo, err);
    lo->sources = NULL; /* both were of this call */
    lo->note = NULL;
    dk_buf_dispose(&head);
    return status;
}

static dk_status run_sentiment(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.scale = "nps", .folds = 5, .features = 20000, .min_count = 3, .l2 = 3};
    const dk_opt table[] = {
        {"language", 'l', DK_OPT_CHOICE, &o.language, "sv|da|en", "the language of the comments", 0, 0},
        {"text", 't', DK_OPT_STRING, &o.text, "COL", "the column of the comments", 0, 0},
        {"score", 0, DK_OPT_STRING, &o.score, "COL", "the column of the scores", 0, 0},
        {"scale", 0, DK_OPT_CHOICE, &o.scale, "nps|stars|sign|valence", "0 to 10, 1 to 5, words, or numbers by their sign", 0, 0},
        {"customer", 0, DK_OPT_STRING, &o.customer, "COL", "keeps the rows of a customer in one fold", 0, 0},
        {"folds", 'k', DK_OPT_INT, &o.folds, "K", "parts for cross-fitting (5)", 2, DK_WEIGHT_FOLDS},
        {"l2", 0, DK_OPT_NUMBER, &o.l2, "X", "how strongly weights are held near 0 (3)", 1e-6, 1e6},
        {"features", 0, DK_OPT_INT, &o.features, "N", "how many weights at most (20000)", 1, 10000000},
        {"min-count", 0, DK_OPT_INT, &o.min_count, "N", "rows that a word must stand in (3)", 1, 1000000},
        {"recipe", 0, DK_OPT_STRING, &o.recipe, "FILE", "makes a shipped model: what it is learned from", 0, 0},
        {"from", 0, DK_OPT_STRING, &o.from, "FOLDER", "where the files of the recipe are", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    dk_learn_sentiment_options lo = {.folds = (int)o.folds, .l2 = o.l2, .max_features = (size_t)o.features,
                                     .min_count = (uint32_t)o.min_count, .threads = (int)cli->threads};
    if (o.language == NULL || !dk_language_from_name(dk_str_from(o.language), &lo.language))
        return dk_fail(err, DK_EUSAGE, "--language is missing: sv, da or en");
    if (o.recipe == NULL && (nwords != 1 || o.text == NULL || o.score == NULL))
        return dk_fail(err, DK_EUSAGE, "one file, --text and --score are needed, or --recipe and --from");
    if (o.recipe != NULL && (nwords != 0 || o.from == NULL))
        return dk_fail(err, DK_EUSAGE, "--recipe names the files itself: --from says where they are");
    char *data_dir = NULL;
    status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    lo.data_dir = data_dir;
    if (status == DK_OK)
        status = o.recipe != NULL ? fit_recipe(cli, &o, &lo, err) : fit_own(cli, &o, words[0], &lo, err);
    free(data_dir);
    return status;
}

static const dk_command sentiment = {
    "learn sentiment", "Learns the sentiment of words from scores.",
    "DATA --text COL --score COL --language L [options] -o FILE",
    "  drivkraft learn sentiment survey.csv --text comment --score nps --language sv --customer customer_id -o weights.tsv\n"
    "  drivkraft learn sentiment --language da --recipe models/sentiment_da.recipe.tsv --from data -o models/sentiment_da.tsv\n",
    run_sentiment};

static const dk_command *const subjects[] = {&sentiment, &dk_learn_language_command, &dk_learn_lemmas_command,
                                             &dk_learn_compounds_command, &dk_learn_words_command, NULL};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] - 1 };

static dk_status run_learn(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *names[SUBJECTS];
    for (size_t i = 0; i < SUBJECTS; i++) {
        names[i] = subjects[i]->name + strlen("learn ");
        if (argc > 1 && strcmp(argv[1], names[i]) == 0) return subjects[i]->run(subjects[i], cli, argc - 1, argv + 1, err);
    }
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, NULL, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    const char *near = nwords > 0 ? dk_nearest(dk_str_from(words[0]), names, SUBJECTS) : NULL;
    dk_fail(err, DK_EUSAGE, "learn what? sentiment, language, lemmas, compounds or words");
    if (near != NULL) dk_error_remedy(err, "did you mean drivkraft learn %s?", near);
    return DK_EUSAGE;
}

const dk_command dk_cmd_learn = {
    "learn", "Learns sentiment from scores; makes the models of languages anew.",
    "sentiment|language|lemmas|compounds|words [options] -o FILE",
    "  drivkraft learn sentiment survey.csv --text comment --score nps --language sv -o weights.tsv\n"
    "  drivkraft learn sentiment --help\n",
    run_learn, false, subjects};
