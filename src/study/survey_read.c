/* The first pass over the responses. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pipeline.h"
#include "io/cell.h"
#include "study/survey.h"
#include "tag/rows.h"

/* Of files larger than this one comment in LOOK_AT is looked at for languages and packs, chosen by its row number. */
enum { LOOK_AT_ALL = 8 << 20, LOOK_AT = 16, CONFIDENT = 900 };

typedef struct batch {
    dk_block *block;
    uint64_t languages[DK_LANGUAGES], packs[DK_MAX_PACKS], texts;
} batch;

typedef struct first_pass {
    dk_survey *s;
    const dk_engine *engine;
    dk_problems *problems;
    uint64_t packs[DK_MAX_PACKS], texts;
    int64_t day_first, month_first; /* dates that can only be read so */
    int32_t *other_date;            /* each date in the other order */
    size_t row_cap, line_cap, id_cap, customer_cap, date_cap, other_cap, score_cap, weight_cap, profit_cap, segment_cap, touchpoint_cap,
        commented_cap, dropped_cap;
    size_t *value_caps, *level_caps;
    bool look_at_all, packs_auto;
} first_pass;

/* ---- Comments: which languages, which packs ---------------------------------------------------------- */

static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    first_pass *p = context;
    return dk_reader_read_block(p->s->reader, ((batch *)item)->block, done, err);
}

static dk_status work(void *context, void *worker, void *item, dk_error *err) {
    const first_pass *p = context;
    batch *b = item;
    memset(b->languages, 0, sizeof b->languages);
    memset(b->packs, 0, sizeof b->packs);
    b->texts = 0;
    dk_status status = dk_reader_parse(p->s->reader, b->block, err);
    size_t place = p->s->place[DK_ROLE_COMMENT];
    if (worker == NULL || place == DK_NO_COLUMN) return status;
    for (size_t r = 0; r < b->block->rows && status == DK_OK; r++) {
        dk_str text = dk_block_cell(b->block, r, place);
        if (dk_cell_missing(text)) continue;
        if (!p->look_at_all && dk_hash_mix(1, (uint64_t)b->block->row[r].number) % LOOK_AT != 0) continue;
        dk_comment comment;
        status = dk_session_tag(worker, text, &comment, err);
        if (status != DK_OK) break;
        if (comment.confidence >= CONFIDENT) b->languages[comment.language]++;
        b->texts++;
        if (p->packs_auto) status = dk_session_count_packs(worker, text, b->packs, err);
    }
    return status;
}

/* ---- Rows -------------------------------------------------------------------------------------------- */

static dk_str cell_of(const first_pass *p, const dk_block *b, size_t row, dk_role role) {
    size_t place = p->s->place[role];
    return place != DK_NO_COLUMN ? dk_cell_trim(dk_block_cell(b, row, place)) : (dk_str){"", 0};
}

static dk_status complain(first_pass *p, dk_problem_kind kind, const dk_row *row, dk_role role, dk_str value,
                          const char *message, dk_error *err) {
    dk_str name = dk_reader_column_name(p->s->reader, p->s->column[role]);
    p->s->bad[role]++;
    return dk_problems_add(p->problems, kind, p->s->file, row->number, row->line, name.ptr, value, message, true, err);
}

static dk_status take_date(first_pass *p, const dk_row *row, dk_str cell, size_t i, dk_error *err) {
    dk_survey *s = p->s;
    s->date[i] = p->other_date[i] = DK_NO_DATE;
    if (dk_cell_missing(cell)) {
        s->missing[DK_ROLE_DATE]++;
        return DK_OK;
    }
    s->date[i] = dk_date_parse(cell, DK_DAY_FIRST);
    p->other_date[i] = dk_date_parse(cell, DK_MONTH_FIRST);
    int hint = dk_date_hint(cell);
    p->day_first += hint > 0;
    p->month_first += hint < 0;
    if (s->date[i] != DK_NO_DATE || p->other_date[i] != DK_NO_DATE) return DK_OK;
    return complain(p, DK_PROBLEM_DATE, row, DK_ROLE_DATE, cell, "expected a date such as 2026-03-02; the row stays, without a date", err);
}

/* A number for a role; NaN when missing or none. */
static dk_status take_number(first_pass *p, const dk_row *row, dk_role role, dk_str cell, double *value,
                             dk_problem_kind kind, const char *message, dk_error *err) {
    *value = NAN;
    if (dk_cell_missing(cell)) {
        p->s->missing[role]++;
        return DK_OK;
    }
    if (role == DK_ROLE_SCORE ? dk_score_parse(cell, value) : dk_cell_amount(cell, value)) return DK_OK;
    *value = NAN;
    return complain(p, kind, row, role, cell, message, err);
}

static dk_status take_text(dk_survey *s, dk_role role, dk_intern *texts, dk_str cell, uint32_t *id, dk_error *err) {
    *id = DK_NO_ID;
    if (dk_cell_missing(cell)) {
        s->missing[role]++;
        return DK_OK;
    }
    *id = dk_intern_add(texts, cell);
    return *id != DK_NO_ID ? DK_OK : dk_fail_memory(err);
}

static dk_status take_id(first_pass *p, const dk_row *row, dk_str cell, size_t i, dk_error *err) {
    dk_survey *s = p->s;
    char number[24];
    if (dk_cell_missing(cell)) {
        s->missing[DK_ROLE_ID]++;
        cell = (dk_str){number, (size_t)snprintf(number, sizeof number, "%lld", (long long)row->number)};
    }
    size_t before = s->ids.count;
    s->id[i] = dk_intern_add(&s->ids, cell);
    if (s->id[i] == DK_NO_ID) return dk_fail_memory(err);
    if (s->ids.count > before) return DK_OK;
    s->dropped[i] = s->config->drop_duplicates;
    dk_status status = complain(p, DK_PROBLEM_DUPLICATE, row, DK_ROLE_ID, cell,
                                s->dropped[i] ? "this id came before; the row is left out"
                                              : "this id came before; both rows stay (analysis.duplicates: first keeps one)", err);
    if (status == DK_OK && s->dropped[i]) p->problems->items[p->problems->count - 1].kept = false;
    return status;
}

static dk_status take_variables(first_pass *p, const dk_block *b, size_t r, size_t i, dk_error *err) {
    dk_survey *s = p->s;
    size_t place = s->nselected;
    for (size_t k = s->nvariables; k-- > 0;) {
        dk_variable *v = s->variables + k;
        if (v->of_records) continue;
        dk_str cell = dk_cell_trim(dk_block_cell(b, r, --place));
        v->values[i] = NAN;
        v->levels[i] = DK_NO_ID;
        if (dk_cell_missing(cell)) {
            v->missing++;
            continue;
        }
        bool number = dk_cell_amount(cell, &v->values[i]);
        if (number && dk_amounts_note(&v->amounts, cell, i, err) != DK_OK) return DK_ENOMEM;
        if (number) v->numbers++;
        else v->values[i] = NAN, v->others++;
        v->levels[i] = dk_intern_add(&v->texts, cell);
        if (v->levels[i] == DK_NO_ID) return dk_fail_memory(err);
    }
    return DK_OK;
}

static bool make_room(first_pass *p, size_t need) {
    dk_survey *s = p->s;
    const size_t *place = s->place;
    bool good = dk_grow(&s->row, &p->row_cap, need) && dk_grow(&s->line, &p->line_cap, need) &&
                dk_grow(&s->commented, &p->commented_cap, need) && dk_grow(&s->dropped, &p->dropped_cap, need);
    if (place[DK_ROLE_ID] != DK_NO_COLUMN) good = good && dk_grow(&s->id, &p->id_cap, need);
    if (place[DK_ROLE_CUSTOMER] != DK_NO_COLUMN) good = good && dk_grow(&s->customer, &p->customer_cap, need);
    if (place[DK_ROLE_DATE] != DK_NO_COLUMN)
        good = good && dk_grow(&s->date, &p->date_cap, need) && dk_grow(&p->other_date, &p->other_cap, need);
    if (place[DK_ROLE_SCORE] != DK_NO_COLUMN) good = good && dk_grow(&s->score, &p->score_cap, need);
    if (place[DK_ROLE_WEIGHT] != DK_NO_COLUMN) good = good && dk_grow(&s->weight, &p->weight_cap, need);
    if (place[DK_ROLE_PROFIT] != DK_NO_COLUMN) good = good && dk_grow(&s->profit, &p->profit_cap, need);
    if (place[DK_ROLE_SEGMENT] != DK_NO_COLUMN) good = good && dk_grow(&s->segment, &p->segment_cap, need);
    if (place[DK_ROLE_TOUCHPOINT] != DK_NO_COLUMN) good = good && dk_grow(&s->touchpoint, &p->touchpoint_cap, need);
    for (size_t k = 0; k < s->nvariables; k++)
        if (!s->variables[k].of_records)
            good = good && dk_grow(&s->variables[k].values, &p->value_caps[k], need) &&
                   dk_grow(&s->variables[k].levels, &p->level_caps[k], need);
    return good;
}

static dk_status take_row(first_pass *p, const dk_block *b, size_t r, dk_error *err) {
    dk_survey *s = p->s;
    const dk_row *row = b->row + r;
    size_t i = s->n;
    dk_status status = DK_OK;
    s->row[i] = row->number;
    s->line[i] = row->line;
    s->dropped[i] = 0;
    s->commented[i] = s->place[DK_ROLE_COMMENT] != DK_NO_COLUMN && !dk_cell_missing(cell_of(p, b, r, DK_ROLE_COMMENT));
    s->missing[DK_ROLE_COMMENT] += !s->commented[i];
    if (s->id != NULL) status = take_id(p, row, cell_of(p, b, r, DK_ROLE_ID), i, err);
    if (status == DK_OK && s->customer != NULL)
        status = take_text(s, DK_ROLE_CUSTOMER, &s->customers, cell_of(p, b, r, DK_ROLE_CUSTOMER), &s->customer[i], err);
    if (status == DK_OK && s->segment != NULL)
        status = take_text(s, DK_ROLE_SEGMENT, &s->segments, cell_of(p, b, r, DK_ROLE_SEGMENT), &s->segment[i], err);
    if (status == DK_OK && s->touchpoint != NULL)
        status = take_text(s, DK_ROLE_TOUCHPOINT, &s->touchpoints, cell_of(p, b, r, DK_ROLE_TOUCHPOINT), &s->touchpoint[i], err);
    if (status == DK_OK && s->date != NULL) status = take_date(p, row, cell_of(p, b, r, DK_ROLE_DATE), i, err);
    if (status == DK_OK && s->score != NULL)
        status = take_number(p, row, DK_ROLE_SCORE, cell_of(p, b, r, DK_ROLE_SCORE), &s->score[i], DK_PROBLEM_SCORE,
                             "expected a number; the row stays, without a score", err);
    if (status == DK_OK && s->profit != NULL)
        status = take_number(p, row, DK_ROLE_PROFIT, cell_of(p, b, r, DK_ROLE_PROFIT), &s->profit[i], DK_PROBLEM_NUMBER,
                             "expected a number; the row stays, without it", err);
    if (status == DK_OK && s->profit != NULL && !isnan(s->profit[i]))
        status = dk_amounts_note(&s->profit_amounts, cell_of(p, b, r, DK_ROLE_PROFIT), i, err);
    if (status == DK_OK && s->weight != NULL) {
        dk_str cell = cell_of(p, b, r, DK_ROLE_WEIGHT);
        status = take_number(p, row, DK_ROLE_WEIGHT, cell, &s->weight[i], DK_PROBLEM_WEIGHT, "expected a number; the row counts with weight 1", err);
        if (status == DK_OK && s->weight[i] < 0)
            status = complain(p, DK_PROBLEM_WEIGHT, row, DK_ROLE_WEIGHT, cell, "expected a weight of 0 or more; the row counts with weight 1", err);
        if (!(s->weight[i] >= 0)) s->weight[i] = 1;
    }
    if (status == DK_OK) status = take_variables(p, b, r, i, err);
    if (status == DK_OK) s->n++;
    return status;
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    first_pass *p = context;
    const batch *b = item;
    dk_survey *s = p->s;
    dk_status status = make_room(p, s->n + b->block->rows + 1) ? DK_OK : dk_fail_memory(err);
    for (size_t i = 0; i < b->block->nrejects && status == DK_OK; i++) {
        const dk_reject *bad = b->block->rejects + i;
        status = dk_problems_add(p->problems, DK_PROBLEM_ROW, s->file, bad->number, bad->line, NULL, bad->raw, bad->reason, false, err);
    }
    for (size_t r = 0; r < b->block->rows && status == DK_OK; r++) status = take_row(p, b->block, r, err);
    for (int l = 0; l < DK_LANGUAGES; l++) s->languages[l] += b->languages[l];
    for (int k = 0; k < DK_MAX_PACKS; k++) p->packs[k] += b->packs[k];
    p->texts += b->texts;
    dk_read_counts_add(&s->counts, &b->block->counts);
    return status;
}

/* A column that the user named and that holds nothing of the kind is a mistake, not data. */
static dk_status check_named(const first_pass *p, dk_error *err) {
    static const struct {
        dk_role role;
        const char *what;
    } needs[] = {{DK_ROLE_SCORE, "number"}, {DK_ROLE_PROFIT, "number"}, {DK_ROLE_WEIGHT, "number"}, {DK_ROLE_DATE, "date"}};
    const dk_survey *s = p->s;
    const dk_study_source *source = &s->config->responses;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        dk_role role = needs[i].role;
        int64_t values = (int64_t)s->n - s->missing[role];
        if (!s->named[role] || values == 0 || s->bad[role] < values) continue;
        bool option = source->line[role] == 0;
        return dk_fail_at(err, DK_EDATA, option || s->config->name == NULL ? dk_reader_source(s->reader) : s->config->name, source->line[role], 0,
                          "%s%s %s: none of its %lld values is a %s", option ? "--" : "", dk_role_name(role), source->column[role],
                          (long long)values, needs[i].what);
    }
    return DK_OK;
}

/* ---- What the whole file decides --------------------------------------------------------------------- */

static dk_status settle_dates(first_pass *p, dk_error *err) {
    dk_survey *s = p->s;
    if (s->date == NULL) return DK_OK;
    s->date_order = p->month_first > 0 && p->day_first == 0 ? DK_MONTH_FIRST : DK_DAY_FIRST;
    dk_status status = DK_OK;
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        int32_t taken = s->date_order == DK_MONTH_FIRST ? p->other_date[i] : s->date[i];
        bool any = s->date[i] != DK_NO_DATE || p->other_date[i] != DK_NO_DATE;
        s->date[i] = taken;
        dk_row row = {s->row[i], s->line[i]};
        if (any && taken == DK_NO_DATE)
            status = complain(p, DK_PROBLEM_DATE, &row, DK_ROLE_DATE, (dk_str){NULL, 0},
                              s->date_order == DK_MONTH_FIRST ? "day and month stand in another order than in the other rows; the row stays, without a date"
                                                              : "the date can only be month first, others can only be day first; the row stays, without a date", err);
    }
    return status;
}

/* The scale of the score: the smallest usual one that holds 95 % of the scores and could have given them. A column
   called nps has 0 to 10. From the lowest to the highest when no usual one does, as for -5 to 5. */
static void find_scale(dk_survey *s) {
    static const double scales[][2] = {{1, 5}, {1, 7}, {0, 10}, {0, 100}};
    int64_t all = 0, within[4] = {0}, whole = 0;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        double x = s->score[i];
        if (isnan(x)) continue;
        low = fmin(low, x);
        all++;
        whole += x == floor(x);
        high = fmax(high, x);
        for (int k = 0; k < 4; k++) within[k] += x >= scales[k][0] && x <= scales[k][1];
    }
    dk_str name = dk_reader_column_name(s->reader, s->column[DK_ROLE_SCORE]);
    bool called_nps = false;
    for (size_t i = 0; i + 3 <= name.len; i++) called_nps = called_nps || strncasecmp(name.ptr + i, "nps", 3) == 0;
    int best = -1;
    for (int k = called_nps ? 2 : 0; k < 4; k++) {
        /* strays must not shrink a scale: 99 % for the short ones; a name is worth more than a few strays */
        double least = k < 2 ? 0.99 : called_nps && k == 2 ? 0.5 : 0.95;
        if ((double)within[k] < least * (double)all) continue;
        best = k;
        break;
    }
    s->score_low = isnan(s->config->score_low) ? (best < 0 ? low : scales[best][0]) : s->config->score_low;
    s->score_high = isnan(s->config->score_high) ? (best < 0 ? high : scales[best][1]) : s->config->score_high;
    s->score_is_nps = s->score_low == 0 && s->score_high == 10 && (double)whole >= 0.95 * (double)all;
}

static dk_status settle_scores(first_pass *p, dk_error *err) {
    dk_survey *s = p->s;
    s->score_low = s->score_high = NAN;
    if (s->score == NULL) return DK_OK;
    find_scale(s);
    char message[100], value[40];
    snprintf(message, sizeof message, "expected a score of %g to %g; the row stays, without a score", s->score_low, s->score_high);
    dk_status status = DK_OK;
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        double x = s->score[i];
        if (isnan(x) || (x >= s->score_low && x <= s->score_high && (!s->score_is_nps || x == floor(x)))) continue;
        dk_row row = {s->row[i], s->line[i]};
        int n = snprintf(value, sizeof value, "%.15g", x);
        s->score[i] = NAN;
        status = complain(p, DK_PROBLEM_SCORE, &row, DK_ROLE_SCORE, (dk_str){value, (size_t)n}, message, err);
    }
    return status;
}

static void settle_amounts(dk_survey *s) {
    if (s->profit != NULL) dk_amounts_settle(&s->profit_amounts, true, s->profit);
    for (size_t i = 0; i < s->nvariables; i++)
        if (!s->variables[i].of_records)
            dk_amounts_settle(&s->variables[i].amounts, dk_survey_is_money(s, &s->variables[i], s->column[DK_ROLE_PROFIT]), s->variables[i].values);
}

static dk_status settle_plan(first_pass *p, dk_error *err) {
    dk_survey *s = p->s;
    const dk_study_config *c = s->config;
    memset(&s->plan, 0, sizeof s->plan);
    s->plan.language_fixed = dk_language_from_name(dk_str_from(c->language), &s->plan.language);
    if (c->has_prior) s->plan.prior = c->prior;
    else if (!s->plan.language_fixed) dk_language_prior_learn(s->languages, &s->plan.prior);
    if (p->engine == NULL) return DK_OK;
    const dk_lexicon *lexicon = dk_engine_lexicon(p->engine);
    if (!p->packs_auto) return dk_packs_parse(lexicon, c->packs, &s->plan.packs, err);
    s->plan.packs = dk_packs_choose(lexicon, p->packs, p->texts);
    return DK_OK;
}

/* ---- The pass ---------------------------------------------------------------------------------------- */

static dk_status run(first_pass *p, int threads, dk_error *err) {
    int nitems = dk_pipeline_items(threads);
    batch *batches = calloc((size_t)nitems, sizeof *batches);
    void **items = calloc((size_t)nitems, sizeof *items), **workers = calloc((size_t)threads, sizeof *workers);
    dk_status status = batches != NULL && items != NULL && workers != NULL ? DK_OK : dk_fail_memory(err);
    for (int i = 0; i < nitems && status == DK_OK; i++) {
        items[i] = batches + i;
        batches[i].block = dk_block_new();
        if (batches[i].block == NULL) status = dk_fail_memory(err);
    }
    dk_tag_plan plan = {0};
    plan.language_fixed = dk_language_from_name(dk_str_from(p->s->config->language), &plan.language);
    for (int i = 0; i < threads && status == DK_OK && p->engine != NULL; i++)
        status = dk_session_new((dk_session **)&workers[i], p->engine, &plan, err);
    dk_pipeline pipeline = {p, produce, work, deliver, items, workers, threads};
    if (status == DK_OK) status = dk_pipeline_run(&pipeline, err);
    for (int i = 0; batches != NULL && i < nitems; i++) dk_block_free(batches[i].block);
    for (int i = 0; workers != NULL && i < threads; i++) dk_session_free(workers[i]);
    free(batches);
    free(items);
    free(workers);
    return status;
}

dk_status dk_survey_read(dk_survey *s, const dk_engine *engine, int threads, dk_problems *problems, dk_error *err) {
    first_pass p = {.s = s, .engine = engine, .problems = problems};
    int64_t taken, total;
    dk_reader_progress(s->reader, &taken, &total);
    p.look_at_all = total > 0 && total <= LOOK_AT_ALL;
    p.packs_auto = strcmp(s->config->packs, "auto") == 0;
    p.value_caps = calloc(s->nvariables + 1, sizeof *p.value_caps);
    p.level_caps = calloc(s->nvariables + 1, sizeof *p.level_caps);
    dk_status status = p.value_caps != NULL && p.level_caps != NULL && make_room(&p, 1) ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK) status = run(&p, threads, err);
    if (status == DK_OK && s->n == 0)
        status = dk_fail_at(err, DK_EDATA, dk_reader_source(s->reader), 0, 0, "the file has columns but no rows that can be read");
    if (status == DK_OK) status = check_named(&p, err);
    if (status == DK_OK) status = settle_dates(&p, err);
    if (status == DK_OK) status = settle_scores(&p, err);
    if (status == DK_OK) settle_amounts(s);
    if (status == DK_OK) status = settle_plan(&p, err);
    free(p.value_caps);
    free(p.level_caps);
    free(p.other_date);
    return status;
}
