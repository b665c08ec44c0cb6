#include "study/analyze.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/pipeline.h"
#include "study/answering.h"
#include "study/describe.h"
#include "study/figures.h"
#include "study/journey.h"
#include "study/preview.h"
#include "study/theme_groups.h"
#include "study/worth.h"
#include "study/worth_config.h"
#include "tag/rows.h"
#include "tag/plan.h"

/* All that an analysis opens, so that one place closes it. */
typedef struct analysis {
    const dk_study_config *config;
    const dk_analyze_options *options;
    dk_engine *engine;
    dk_survey survey;
    dk_records records;
    bool has_records;
    dk_problems problems;
    dk_segments segments;
    dk_invitations invitations;
    double *answering, *plain; /* weights of the answering; those of the file where the survey has both */
    int64_t cells;
    dk_panel panel;
    bool has_panel;
    dk_tagging tagging;
    uint64_t *clusters;
    int *theme_of;
    dk_output *comments, *mentions;
    dk_study_result *result;
} analysis;

static dk_status open_output(const analysis *a, const char *name, const char *header, dk_output **out, dk_error *err) {
    char *path = dk_path_join(a->options->folder, name);
    if (path == NULL) return dk_fail_memory(err);
    dk_status status = dk_output_open(out, path, err);
    free(path);
    return status == DK_OK ? dk_output_write(*out, header, strlen(header), err) : status;
}

static dk_status open_engine(analysis *a, dk_error *err) {
    dk_engine_options options = {.data_dir = a->options->data_dir, .lexicons = a->config->lexicons, .nlexicons = a->config->nlexicons, .weights = a->config->weights, .nweights = a->config->nweights,
                                 .no_spelling = a->options->no_spelling, .no_learned = a->config->score_blind, .engine = a->options->engine};
    return dk_engine_open(&a->engine, &options, err);
}

/* A file that is not there is the study file's mistake, and is told before the others are read. */
static dk_status find_files(const dk_study_config *c, dk_error *err) {
    const dk_study_source *sources[] = {&c->responses, &c->customers, &c->invitations};
    static const char *const names[] = {"responses", "customers", "invitations"};
    for (int k = 0; k < 3; k++) {
        const char *path = sources[k]->path;
        if (path == NULL || sources[k]->file_line == 0 || strcmp(path, "-") == 0 || strncmp(path, "postgresql:", 11) == 0 || strncmp(path, "postgres:", 9) == 0) continue;
        if (strncmp(path, "sqlite:", 7) == 0) path += 7;
        char *file = strndup(path, path == sources[k]->path ? strlen(path) : strcspn(path, "?"));
        if (file == NULL) return dk_fail_memory(err);
        dk_status status = DK_OK;
        if (!dk_file_exists(file)) status = dk_fail_at(err, DK_EIO, c->name, sources[k]->file_line, 0, "%s.file: there is no file %s", names[k], file);
        else if (dk_is_folder(file)) status = dk_fail_at(err, DK_EIO, c->name, sources[k]->file_line, 0, "%s.file: %s is a folder", names[k], file);
        free(file);
        if (status != DK_OK) return status;
    }
    return DK_OK;
}

/* What depends on files alone, before anything is written. */
static dk_status read_files(analysis *a, dk_error *err) {
    int threads = a->options->threads;
    a->survey.file = 0;
    dk_status status = find_files(a->config, err);
    if (status == DK_OK) status = dk_survey_open(&a->survey, a->config, err);
    a->has_records = a->config->customers.path != NULL;
    if (status == DK_OK && a->has_records) status = dk_records_open(&a->records, &a->survey, err);
    a->records.file = 1;
    if (status == DK_OK) status = open_engine(a, err);
    if (status == DK_OK) status = dk_survey_read(&a->survey, a->engine, threads, &a->problems, err);
    if (status == DK_OK && a->has_records) status = dk_records_join(&a->records, &a->survey, &a->problems, err);
    if (status == DK_OK) status = dk_segments_make(&a->segments, &a->survey, a->has_records ? &a->records : NULL, &a->problems, err);
    if (status == DK_OK) status = dk_worth_config_check(a->config, dk_engine_taxonomy(a->engine), a->segments.name, a->segments.count, err);
    if (status == DK_OK) status = dk_panel_make(&a->panel, &a->survey, a->has_records ? &a->records : NULL, &a->segments, &a->has_panel, err);
    return status;
}

/* Invitations, and the weights that they give; where the study wants them, all figures take them. */
static dk_status read_invitations(analysis *a, dk_error *err) {
    dk_survey *s = &a->survey;
    if (a->config->invitations.path == NULL) return DK_OK;
    dk_status status = dk_invitations_read(&a->invitations, s, a->has_records ? &a->records : NULL, &a->segments, &a->problems, err);
    if (status == DK_OK && !a->invitations.by_flag) status = dk_answering_weights(s, &a->invitations, &a->answering, &a->cells, err);
    if (status != DK_OK || !a->config->kpi.weight) return status;
    if (a->answering == NULL)
        return dk_fail_at(err, DK_EDATA, dk_reader_source(a->invitations.reader), 1, 0,
                          "which invitation a response belongs to is not known, so that it cannot be weighted; a column with the response's id, or dates, would tell");
    double *both = malloc((s->n + 1) * sizeof *both);
    if (both == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < s->n; i++) both[i] = a->answering[i] * (s->weight != NULL ? s->weight[i] : 1);
    a->plain = s->weight;
    s->weight = both;
    return DK_OK;
}

/* By the text of the customer's id, so that the order of the rows does not matter. */
static dk_status hash_customers(analysis *a, dk_error *err) {
    const dk_survey *s = &a->survey;
    if (s->customer == NULL) return DK_OK;
    a->clusters = malloc((s->n + 1) * sizeof *a->clusters);
    if (a->clusters == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < s->n; i++) {
        char scratch[24];
        dk_str id = s->customer[i] != DK_NO_ID ? dk_intern_text(&s->customers, s->customer[i]) : dk_survey_id(s, i, scratch);
        a->clusters[i] = dk_hash_seeded(id.ptr, id.len, s->customer[i] == DK_NO_ID);
    }
    return DK_OK;
}

static dk_status begin_result(analysis *a, dk_error *err) {
    const dk_study_config *c = a->config;
    dk_study_result *r = a->result = dk_study_result_new();
    if (r == NULL) return dk_fail_memory(err);
    const char *title = c->title != NULL ? c->title : dk_path_name(dk_reader_source(a->survey.reader));
    const char *stamp = dk_engine_stamp(a->engine);
    r->title = dk_arena_strdup(&r->arena, title, strlen(title));
    r->stamp = dk_arena_strdup(&r->arena, stamp, strlen(stamp));
    r->currency = c->currency != NULL ? dk_arena_strdup(&r->arena, c->currency, strlen(c->currency)) : NULL;
    if (r->title == NULL || r->stamp == NULL || (c->currency != NULL && r->currency == NULL)) return dk_fail_memory(err);
    r->version = dk_version();
    r->seed = (uint64_t)c->seed;
    r->report_language = c->report_language;
    r->confidence = c->confidence;
    r->alpha = c->fdr;
    r->min_privacy = c->min_privacy;
    r->min_mentions = c->min_mentions;
    r->replicates = (int)c->bootstrap;
    return DK_OK;
}

static dk_status tag_comments(analysis *a, dk_error *err) {
    const dk_analyze_options *o = a->options;
    dk_status status = DK_OK;
    if (o->folder != NULL) {
        status = open_output(a, "comments.csv", DK_COMMENTS_HEADER, &a->comments, err);
        if (status == DK_OK) status = open_output(a, "mentions.csv", DK_MENTIONS_HEADER, &a->mentions, err);
    }
    if (status == DK_OK && o->writer != NULL) status = dk_writer_begin(o->writer, dk_engine_stamp(a->engine), dk_reader_source(a->survey.reader), err);
    if (status != DK_OK) return status;
    return dk_tagging_run(&a->tagging, &a->survey, &a->segments, a->engine, o->threads, a->comments, a->mentions, o->writer, o->progress, o->progress_context, err);
}

/* What was decided for the whole file, so that parts of it, or the next wave, can be tagged alike. */
static dk_status write_plan(analysis *a, dk_error *err) {
    if (a->options->folder == NULL) return DK_OK;
    dk_output *out = NULL;
    dk_buf text;
    dk_buf_init(&text);
    dk_plan_put(&text, a->engine, &a->survey.plan);
    dk_status status = open_output(a, "plan.tsv", "", &out, err);
    if (status == DK_OK) status = dk_output_put(out, &text, err);
    if (status == DK_OK) status = dk_output_close(out, err);
    else dk_output_abort(out);
    dk_buf_dispose(&text);
    return status;
}

/* Movement and worth with a panel; between segments seen once there are only gaps. */
static dk_status move_and_worth(analysis *a, dk_fit_context *x, dk_error *err) {
    if (x->panel == NULL) return x->segments->count > 2 ? dk_movement_gap(x, err) : DK_OK;
    dk_movers movers = {0};
    dk_status status = dk_movers_make(&movers, x, err);
    if (status == DK_OK && !a->options->no_fits) status = dk_worth_make(&movers, a->options->data_dir, err);
    if (status == DK_OK && !a->options->no_fits) dk_worth_into_fits(a->result);
    dk_movers_dispose(&movers);
    return status;
}

static dk_fit_context make_context(analysis *a) {
    return (dk_fit_context){.survey = &a->survey, .records = a->has_records ? &a->records : NULL, .segments = &a->segments,
                        .panel = a->has_panel ? &a->panel : NULL,
                        .invitations = a->config->invitations.path != NULL ? &a->invitations : NULL,
                        .tagging = &a->tagging, .taxonomy = dk_engine_taxonomy(a->engine), .waves = dk_waves_find(&a->survey), .clusters = a->clusters,
                        .threads = a->options->threads, .progress = a->options->progress,
                        .progress_context = a->options->progress_context, .result = a->result};
}

static dk_status preview(analysis *a, dk_error *err) {
    dk_fit_context x = make_context(a);
    return dk_preview_make(&x, a->engine, &a->tagging, &a->problems, err);
}

static dk_status describe(analysis *a, dk_error *err) {
    dk_fit_context x = make_context(a);
    a->theme_of = malloc((x.taxonomy->count + 1) * sizeof *a->theme_of);
    dk_status status = a->theme_of != NULL ? dk_describe_standing(&x, err) : dk_fail_memory(err);
    if (status == DK_OK) status = dk_describe_files(&x, err);
    if (status == DK_OK) status = dk_problems_finish(&a->problems, a->result, err);
    if (status == DK_OK) status = dk_describe_themes(&x, a->theme_of, err);
    if (status == DK_OK) status = dk_theme_groups_make(&x, a->theme_of, err);
    if (status == DK_OK) status = dk_stages_apply(&x, err);
    if (status == DK_OK) status = dk_fits_link(&x, err);
    if (status == DK_OK && !a->options->no_fits) status = dk_fits_make(&x, err);
    if (status == DK_OK) status = move_and_worth(a, &x, err);
    if (status == DK_OK) dk_fits_name_themes(a->result, a->theme_of);
    if (status == DK_OK) dk_worth_name_themes(a->result, a->theme_of);
    if (status == DK_OK) status = dk_worth_config_owners(a->config, a->result, err);
    dk_figures_input in = {.answering = a->answering, .cells = a->cells, .plain = a->plain, .weighted = a->config->kpi.weight};
    if (status == DK_OK) status = dk_figures_make(&x, &in, a->theme_of, err);
    if (status == DK_OK && !a->options->no_fits) status = dk_describe_quotes(&x, a->engine, a->theme_of, err);
    if (status == DK_OK) status = dk_describe_notes(&x, a->engine, err);
    return status;
}

dk_status dk_analyze(const dk_study_config *config, const dk_analyze_options *options, dk_study_result **result, dk_error *err) {
    analysis *a = calloc(1, sizeof *a);
    *result = NULL;
    if (a == NULL) return dk_fail_memory(err);
    a->config = config;
    a->options = options;
    dk_status status = read_files(a, err);
    if (status == DK_OK) status = read_invitations(a, err);
    if (status == DK_OK) status = hash_customers(a, err);
    if (status == DK_OK) status = begin_result(a, err);
    if (status == DK_OK && options->preview) status = preview(a, err);
    if (status == DK_OK && !options->preview) status = tag_comments(a, err);
    if (status == DK_OK && !options->preview) status = describe(a, err);
    if (status == DK_OK) {
        status = dk_output_close(a->comments, err);
        a->comments = NULL;
    }
    if (status == DK_OK) {
        status = dk_output_close(a->mentions, err);
        a->mentions = NULL;
    }
    if (status == DK_OK && !options->preview) status = write_plan(a, err);
    dk_output_abort(a->comments);
    dk_output_abort(a->mentions);
    if (status == DK_OK) *result = a->result;
    else dk_study_result_free(a->result);
    dk_tagging_dispose(&a->tagging);
    if (a->has_panel) dk_panel_dispose(&a->panel);
    dk_invitations_dispose(&a->invitations);
    free(a->answering);
    free(a->plain);
    dk_segments_dispose(&a->segments);
    dk_problems_dispose(&a->problems);
    if (a->has_records) dk_records_dispose(&a->records);
    dk_survey_dispose(&a->survey);
    dk_engine_free(a->engine);
    free(a->clusters);
    free(a->theme_of);
    free(a);
    return status;
}

dk_status dk_prepare(const dk_study_config *config, const dk_analyze_options *options, dk_buf *plan, dk_error *err) {
    analysis *a = calloc(1, sizeof *a);
    if (a == NULL) return dk_fail_memory(err);
    a->config = config;
    a->options = options;
    dk_status status = find_files(config, err);
    if (status == DK_OK) status = dk_survey_open(&a->survey, config, err);
    if (status == DK_OK) status = open_engine(a, err);
    if (status == DK_OK) status = dk_survey_read(&a->survey, a->engine, options->threads, &a->problems, err);
    if (status == DK_OK && a->survey.place[DK_ROLE_COMMENT] == DK_NO_COLUMN) {
        status = dk_fail_at(err, DK_EDATA, dk_reader_source(a->survey.reader), 0, 0, "no column holds comments, so that there is nothing to plan");
        dk_error_remedy(err, "name it: --text COL");
    }
    if (status == DK_OK) dk_plan_put(plan, a->engine, &a->survey.plan);
    dk_problems_dispose(&a->problems);
    dk_survey_dispose(&a->survey);
    dk_engine_free(a->engine);
    free(a);
    return status;
}
