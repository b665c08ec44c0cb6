/* drivkraft drivers: which columns of a table move an outcome, how much, and how sure that is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pipeline.h"
#include "cli/drivers_input.h"
#include "cli/drivers_output.h"
#include "cli/drivers_partial.h"
#include "io/output.h"
#include "stats/linalg.h"

static void bar_progress(void *context, double done) {
    dk_progress_update(context, (int64_t)(1000 * done));
}

/* What reading left out, as notes of the whole. */
static size_t reading_notes(const dk_drivers_data *d, dk_buf notes[3], const char *text[3]) {
    size_t n = 0;
    const struct {
        int64_t count;
        const char *what, *most;
        int64_t most_count;
    } left[] = {{d->missing, "a missing value", d->missing_most, d->missing_count},
                {d->unreadable, "something that is no number", d->unreadable_most, d->unreadable_count},
                {d->rejected, "a damaged line", NULL, 0}};
    for (size_t i = 0; i < 3; i++) {
        dk_buf_init(&notes[i]);
        if (left[i].count == 0) continue;
        dk_buf_putf(&notes[n], "%lld of %lld rows left out: %s", (long long)left[i].count,
                    (long long)(d->read + d->rejected), left[i].what);
        if (left[i].most != NULL && left[i].most_count == left[i].count)
            dk_buf_putf(&notes[n], " (in %s)", left[i].most);
        else if (left[i].most != NULL && 2 * left[i].most_count > left[i].count)
            dk_buf_putf(&notes[n], " (most often in %s, %lld)", left[i].most, (long long)left[i].most_count);
        text[n] = dk_buf_cstr(&notes[n]);
        n++;
    }
    return n;
}

dk_status dk_drivers_answer_all(const dk_drivers_data *d, const dk_driver_options *options, const dk_cli *cli,
                                const char *format, const char *outcome, dk_error *err) {
    dk_drivers_answer *answers = calloc(d->nsegments + 1, sizeof *answers);
    dk_driver_result **results = calloc(d->nsegments + 1, sizeof *results);
    dk_frame *frames = calloc(d->nsegments + 1, sizeof *frames);
    dk_buf notes[3], out;
    const char *text[3];
    dk_output *file = NULL;
    dk_arena arena = {0};
    dk_drivers_across *across = NULL;
    size_t nacross = 0, tail = strlen(" (log)"), length = strlen(outcome);
    bool logarithm = length > tail && strcmp(outcome + length - tail, " (log)") == 0;
    dk_buf_init(&out);
    size_t nnotes = reading_notes(d, notes, text);
    dk_status status = answers == NULL || results == NULL || frames == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t s = 0; s < d->nsegments && status == DK_OK; s++) {
        dk_progress bar;
        dk_driver_options o = *options;
        dk_progress_begin(&bar, cli, s == 0 ? "drivers" : "segments", 1000);
        o.progress = bar_progress;
        o.progress_context = &bar;
        status = dk_drivers_frame(d, s, &frames[s], err);
        dk_error why = {0};
        dk_status fitted = status;
        if (status == DK_OK)
            fitted = d->impute ? dk_drivers_fit_filled(d, s, &o, &results[s], &why)
                               : dk_frame_fit(&frames[s], &o, &results[s], &why);
        dk_progress_end(&bar, 1000);
        if (s > 0 && fitted == DK_EDATA) { /* a segment that cannot be fitted does not take the whole down */
            dk_cli_note(cli, "segment %.*s: %s", (int)d->segments[s].name.len, d->segments[s].name.ptr,
                        why.message);
            continue;
        }
        if (status == DK_OK && fitted != DK_OK) {
            if (err != NULL) *err = why;
            status = fitted;
        }
        answers[s] =
            (dk_drivers_answer){d->segments[s].name, results[s], text, s == 0 ? nnotes : 0, NAN, logarithm};
        if (status == DK_OK && d->permutations > 0)
            status =
                dk_drivers_permute(d, s, d->permutations, o.seed, o.threads, &answers[s].p_permutation, err);
    }
    size_t n = 0;
    for (size_t s = 0; s < d->nsegments && answers != NULL; s++)
        if (answers[s].result != NULL) answers[n++] = answers[s];
    if (status == DK_OK && n > 1) status = dk_drivers_compare(answers, n, &arena, &across, &nacross, err);
    if (status == DK_OK) {
        if (strcmp(format, "json") == 0)
            dk_drivers_put_json(&out, answers, n, across, nacross);
        else if (strcmp(format, "csv") == 0)
            dk_drivers_put_csv(&out, answers, n, across, nacross);
        else
            dk_drivers_put_text(&out, answers, n, across, nacross, outcome);
        status = dk_output_open(&file, cli->output != NULL ? cli->output : "-", err);
    }
    if (status == DK_OK) status = dk_output_put(file, &out, err);
    if (status == DK_OK)
        status = dk_output_close(file, err);
    else
        dk_output_abort(file);
    for (size_t s = 0; s < d->nsegments; s++) {
        if (results != NULL) dk_drivers_free(results[s]);
        if (frames != NULL) free(frames[s].unit);
    }
    free(answers);
    free(results);
    free(frames);
    dk_buf_dispose(&out);
    dk_arena_dispose(&arena);
    for (int i = 0; i < 3; i++) dk_buf_dispose(&notes[i]);
    return status;
}

static dk_driver_model model_of(const char *name) {
    return strcmp(name, "binary") == 0    ? DK_MODEL_BINARY
           : strcmp(name, "ordinal") == 0 ? DK_MODEL_ORDINAL
                                          : DK_MODEL_LINEAR;
}

static dk_status run_drivers(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    dk_drivers_spec spec = {0};
    dk_driver_options o;
    dk_driver_options_init(&o);
    const char *missing = "drop", *model = "linear", *format = "text", *hc = "3", *partial = NULL,
               *r2 = "mcfadden", *q = "fdr";
    double winsor = 0.01;
    int64_t permutations = 0, bootstrap = o.bootstrap, seed = (int64_t)o.seed, min_rows = o.min_rows;
    const dk_opt table[] = {
        {"outcome", 'y', DK_OPT_STRING, &spec.outcome, "COL", "the column to explain", 0, 0},
        {"as", 0, DK_OPT_CHOICE, &spec.as, "level|contribution|promoter|detractor|log|winsor",
         "what is made of the outcome: of scores 0 to 10 the NPS contribution (-100, 0, 100), ...; of "
         "amounts the logarithm, or the "
         "largest and smallest cut",
         0, 0},
        {"winsor", 0, DK_OPT_NUMBER, &winsor, "SHARE", "of the rows at each end that --as winsor cuts (0.01)",
         1e-6, 0.25},
        {"predictors", 'x', DK_OPT_LIST, &spec.predictors, "A,B|GROUP=A+B",
         "columns or groups of columns to rank; commas part them, a group is one driver; STAGE/GROUP=A+B "
         "adds groups up to stages",
         0, 0},
        {"controls", 'c', DK_OPT_LIST, &spec.controls, "A,B", "columns held fixed and not ranked", 0, 0},
        {"model", 'm', DK_OPT_CHOICE, &model, "linear|binary|ordinal", "the kind of outcome", 0, 0},
        {"weight", 'w', DK_OPT_STRING, &spec.weight, "COL", "a weight for each row", 0, 0},
        {"cluster", 0, DK_OPT_STRING, &spec.cluster, "COL",
         "rows with the same value belong together (customer)", 0, 0},
        {"cluster2", 0, DK_OPT_STRING, &spec.cluster2, "COL", "a second such column, for standard errors", 0,
         0},
        {"absorb", 0, DK_OPT_STRING, &spec.absorb, "COL",
         "a constant for each value of this column (fixed effects)", 0, 0},
        {"segment", 0, DK_OPT_STRING, &spec.segment, "COL", "also fit each value of this column alone", 0, 0},
        {"missing", 0, DK_OPT_CHOICE, &missing, "drop|indicator|impute",
         "rows without a control: left out, kept with an indicator, or filled in 20 times", 0, 0},
        {"bootstrap", 'b', DK_OPT_INT, &bootstrap, "N", "replicates for intervals (1000); 0 for none", 0,
         1000000},
        {"permutations", 0, DK_OPT_INT, &permutations, "N",
         "also test all predictors together by so many shuffles (linear)", 0, 100000},
        {"seed", 's', DK_OPT_INT, &seed, "S", "another seed draws other replicates (1)", 0, 9e15},
        {"confidence", 0, DK_OPT_NUMBER, &o.confidence, "C", "of intervals (0.95)", 0.5, 0.9999},
        {"alpha", 0, DK_OPT_NUMBER, &o.alpha, "A", "a driver has q at most this (0.05)", 1e-6, 0.5},
        {"hc", 0, DK_OPT_CHOICE, &hc, "0|1|2|3", "robust errors without clusters (3)", 0, 0},
        {"min-rows", 0, DK_OPT_INT, &min_rows, "N", "fewer rows are inconclusive (30)", 1, 1e9},
        {"negligible", 0, DK_OPT_NUMBER, &o.negligible_r2, "R2", "a part of R2 that would not matter (0.02)",
         1e-6, 1},
        {"r2", 0, DK_OPT_CHOICE, &r2, "mcfadden|estrella",
         "what importance is a part of in binary and ordinal models (mcfadden)", 0, 0},
        {"q", 0, DK_OPT_CHOICE, &q, "fdr|familywise",
         "what q is: the share of false names among the drivers, or the chance that any is false (fdr)", 0,
         0},
        {"format", 'f', DK_OPT_CHOICE, &format, "json|csv|text", "text by default", 0, 0},
        {"partial", 0, DK_OPT_STRING, &partial, "PART", "only gather the rows into PART, for drivkraft merge",
         0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_drivers_data data = {0};
    dk_buf label; /* the outcome and what was made of it: parts that differ there do not merge */
    dk_buf_init(&label);
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) goto done;
    if (nwords != 1) {
        status = dk_fail(err, DK_EUSAGE,
                         "which table? drivkraft drivers table.csv --outcome nps --predictors a,b");
        goto done;
    }
    if (spec.outcome == NULL || spec.predictors.count == 0) {
        status = dk_fail(err, DK_EUSAGE, "--outcome COL and --predictors A,B are needed");
        goto done;
    }
    if (spec.cluster == NULL) { /* one way is one way, whatever it was called */
        spec.cluster = spec.cluster2;
        spec.cluster2 = NULL;
    }
    spec.table = words[0];
    spec.indicator = strcmp(missing, "drop") != 0;
    spec.impute = strcmp(missing, "impute") == 0;
    o.model = model_of(model);
    if (permutations > 0 && (o.model != DK_MODEL_LINEAR || spec.weight != NULL || spec.cluster != NULL ||
                             spec.absorb != NULL || spec.indicator || partial != NULL)) {
        status =
            dk_fail(err, DK_EUSAGE,
                    "--permutations is for the linear model of rows that can be exchanged: without weights, "
                    "clusters, --absorb, --missing and --partial");
        goto done;
    }
    o.bootstrap = (int)bootstrap;
    o.seed = (uint64_t)seed;
    o.min_rows = min_rows;
    o.hc = hc[0] - '0';
    o.threads = (int)cli->threads;
    o.r2 = strcmp(r2, "estrella") == 0 ? DK_R2_ESTRELLA : DK_R2_MCFADDEN;
    o.family_wise = strcmp(q, "familywise") == 0;
    o.winsor = spec.as != NULL && strcmp(spec.as, "winsor") == 0 ? winsor : 0;
    dk_linalg_set_threads(1); /* the workers are ours */
    dk_buf_puts(&label, spec.outcome);
    if (spec.as != NULL && strcmp(spec.as, "level") != 0) dk_buf_putf(&label, " (%s)", spec.as);
    status = dk_drivers_read(&spec, cli, &data, err);
    data.permutations = (int)permutations;
    if (status == DK_OK && partial != NULL)
        status = dk_drivers_write_partial(&data, &o, dk_buf_cstr(&label), partial, err);
    else if (status == DK_OK)
        status = dk_drivers_answer_all(&data, &o, cli, format, dk_buf_cstr(&label), err);
done:
    dk_buf_dispose(&label);
    dk_drivers_data_dispose(&data);
    dk_opt_list_dispose(&spec.predictors);
    dk_opt_list_dispose(&spec.controls);
    return status;
}

const dk_command dk_cmd_drivers = {
    "drivers",
    "Ranks what moves an outcome: effects, importance, opportunity, with intervals.",
    "TABLE --outcome COL --predictors A,B|GROUP=A+B [--controls ..] [--model linear|binary|ordinal]",
    "  drivkraft drivers survey.csv --outcome score --predictors price,service,delivery\n"
    "  drivkraft drivers survey.csv --outcome score --predictors \"support=support_neg+support_pos,price\" "
    "--cluster customer\n"
    "  drivkraft drivers survey.csv --outcome score --predictors "
    "buying/price,buying/shop=staff+queue,use/quality\n"
    "  drivkraft drivers survey.csv --outcome churned --model binary --predictors price,service --format "
    "json -o drivers.json\n",
    run_drivers,
    true};
