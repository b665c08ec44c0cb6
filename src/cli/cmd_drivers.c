/* drivkraft drivers: which columns of a table move an outcome, how much, and how sure that is. */
#include <stdlib.h>
#include <string.h>

#include "cli/study_options.h"
#include "stats/linalg.h"
#include "study/drivers_output.h"
#include "study/drivers_partial.h"

static dk_driver_model model_of(const char *name) {
    return strcmp(name, "binary") == 0    ? DK_MODEL_BINARY
           : strcmp(name, "ordinal") == 0 ? DK_MODEL_ORDINAL
                                          : DK_MODEL_LINEAR;
}

static dk_status run_drivers(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    dk_drivers_spec spec = {0};
    dk_opt_list predictors = {0}, controls = {0};
    dk_driver_options o;
    dk_driver_options_init(&o);
    const char *missing = "drop", *model = "linear", *format = "text", *hc = "3", *partial = NULL,
               *r2 = "mcfadden", *q = "fdr";
    dk_format_options in = {0};
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
        {"predictors", 'x', DK_OPT_LIST, &predictors, "A,B|GROUP=A+B",
         "columns or groups of columns to rank; commas part them, a group is one driver; STAGE/GROUP=A+B "
         "adds groups up to stages",
         0, 0},
        {"controls", 'c', DK_OPT_LIST, &controls, "A,B", "columns held fixed and not ranked", 0, 0},
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
        DK_FORMAT_OPTIONS(in),
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
    dk_buf answer;
    dk_buf_init(&answer);
    dk_study_watch bars = {.cli = cli};
    const dk_drivers_watch watch = dk_study_drivers_watch(&bars);
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) goto done;
    if (nwords != 1) {
        status = dk_fail(err, DK_EUSAGE,
                         "which table? drivkraft drivers table.csv --outcome nps --predictors a,b");
        goto done;
    }
    if (spec.outcome == NULL || predictors.count == 0) {
        status = dk_fail(err, DK_EUSAGE, "--outcome COL and --predictors A,B are needed");
        goto done;
    }
    if (spec.cluster == NULL) { /* one way is one way, whatever it was called */
        spec.cluster = spec.cluster2;
        spec.cluster2 = NULL;
    }
    status = dk_format_apply(&in, &spec.reader, err);
    if (status != DK_OK) goto done;
    spec.table = words[0];
    spec.part = partial != NULL;
    spec.predictors = predictors.items;
    spec.npredictors = predictors.count;
    spec.controls = controls.items;
    spec.ncontrols = controls.count;
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
    status = dk_buf_status(&label, err);
    if (status == DK_OK) status = dk_drivers_read(&spec, &watch, &data, err);
    data.permutations = (int)permutations;
    if (status == DK_OK && partial != NULL)
        status = dk_drivers_write_partial(&data, &o, dk_buf_cstr(&label), partial, err);
    else if (status == DK_OK)
        status = dk_drivers_answer_all(&data, &o, &watch, format, dk_buf_cstr(&label), &answer, err);
    dk_study_watch_end(&bars);
    if (status == DK_OK && partial == NULL) status = dk_study_options_write(cli, &answer, err);
done:
    dk_buf_dispose(&answer);
    dk_buf_dispose(&label);
    dk_drivers_data_dispose(&data);
    dk_opt_list_dispose(&predictors);
    dk_opt_list_dispose(&controls);
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
    "  drivkraft drivers postgresql://host/base --query \"SELECT * FROM scores\" --outcome score --predictors a,b\n"
    "  drivkraft drivers survey.csv --outcome churned --model binary --predictors price,service --format "
    "json -o drivers.json\n",
    run_drivers,
    true};
