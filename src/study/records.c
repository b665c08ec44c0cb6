#include "study/records.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "io/cell.h"
#include "study/worth_config.h"

/* ---- Opening ----------------------------------------------------------------------------------------- */

static dk_status look_at_columns(dk_records *r, const dk_survey *s, dk_error *err) {
    dk_block *block = dk_block_new();
    dk_column_look *looks = calloc(dk_reader_columns(r->reader) + 1, sizeof *looks);
    bool done = false;
    dk_status status = block != NULL && looks != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK) status = dk_reader_read_block(r->reader, block, &done, err);
    if (status == DK_OK && !done) status = dk_reader_parse(r->reader, block, err);
    if (status == DK_OK && !done) status = dk_columns_look(block, 2000, looks, err);
    if (status == DK_OK)
        status = dk_columns_recognise(r->reader, &s->config->customers, s->config->name, looks, true, r->column, r->named, NULL, err);
    dk_block_free(block);
    free(looks);
    return status == DK_OK ? dk_reader_rewind(r->reader, err) : status;
}

/* Variables of the study that the responses do not have must be here. */
static dk_status find_variables(dk_records *r, dk_survey *s, dk_error *err) {
    const dk_study_config *c = s->config;
    for (size_t i = 0; i < s->nvariables; i++) {
        dk_variable *v = s->variables + i;
        if (!v->of_records) continue;
        dk_error found;
        if (dk_reader_find_column(r->reader, v->name, dk_role_name(v->role), &v->column, &found) == DK_OK) continue;
        dk_fail_at(err, DK_EDATA, c->name, v->line, 0, "neither file has this column: %s", found.message);
        dk_error_remedy(err, "%s", found.remedy);
        return DK_EDATA;
    }
    return DK_OK;
}

dk_status dk_records_open(dk_records *r, dk_survey *s, dk_error *err) {
    memset(r, 0, sizeof *r);
    const dk_study_config *c = s->config;
    dk_reader_options options = c->customers.reader;
    options.rewindable = true;
    if (s->column[DK_ROLE_CUSTOMER] == DK_NO_COLUMN)
        return dk_fail_at(err, DK_EDATA, dk_reader_source(s->reader), 1, 0,
                          "no column with the customer was recognised, so the customers' file cannot be joined; name it as customer:");
    dk_status status = dk_reader_open(&r->reader, c->customers.path, &options, err);
    if (status == DK_OK) status = look_at_columns(r, s, err);
    if (status == DK_OK && r->column[DK_ROLE_CUSTOMER] == DK_NO_COLUMN)
        status = dk_fail_at(err, DK_EDATA, dk_reader_source(r->reader), 1, 0, "no column with the customer was recognised; name it as customer:");
    if (status == DK_OK && r->column[DK_ROLE_PERIOD] == DK_NO_COLUMN) r->column[DK_ROLE_PERIOD] = r->column[DK_ROLE_DATE];
    if (status == DK_OK) status = find_variables(r, s, err);
    if (status != DK_OK) return status;
    static const dk_role used[] = {DK_ROLE_CUSTOMER, DK_ROLE_PERIOD, DK_ROLE_PROFIT, DK_ROLE_SEGMENT, DK_ROLE_CHURNED};
    enum { USED = sizeof used / sizeof *used };
    size_t selected[USED + 64], n = 0;
    if (s->nvariables > 64) return dk_fail_at(err, DK_EDATA, c->name, 0, 0, "more than 64 outcomes and controls");
    for (int k = 0; k < DK_ROLES; k++) r->place[k] = DK_NO_COLUMN;
    for (size_t k = 0; k < USED; k++) {
        if (r->column[used[k]] == DK_NO_COLUMN) continue;
        r->place[used[k]] = n;
        selected[n++] = r->column[used[k]];
    }
    for (size_t k = 0; k < s->nvariables; k++)
        if (s->variables[k].of_records) selected[n++] = s->variables[k].column;
    r->nselected = n;
    r->nvalues = s->nvariables + 2; /* profit and the segment stand behind the variables */
    r->values = calloc(r->nvalues, sizeof *r->values);
    r->levels = calloc(r->nvalues, sizeof *r->levels);
    r->value_caps = calloc(r->nvalues, sizeof *r->value_caps);
    r->amounts = calloc(r->nvalues, sizeof *r->amounts);
    r->level_caps = calloc(r->nvalues, sizeof *r->level_caps);
    if (r->values == NULL || r->levels == NULL || r->value_caps == NULL || r->level_caps == NULL || r->amounts == NULL)
        return dk_fail_memory(err);
    for (size_t k = 0; k < s->nvariables; k++) r->amounts[k].name = s->variables[k].name;
    r->amounts[s->nvariables].name = r->column[DK_ROLE_PROFIT] != DK_NO_COLUMN ? dk_reader_column_name(r->reader, r->column[DK_ROLE_PROFIT]).ptr : NULL;
    return dk_reader_select(r->reader, selected, n, err);
}

void dk_records_dispose(dk_records *r) {
    dk_reader_free(r->reader);
    for (size_t i = 0; i < r->nvalues; i++) {
        if (r->values != NULL) free(r->values[i]);
        if (r->levels != NULL) free(r->levels[i]);
        if (r->amounts != NULL) dk_amounts_dispose(&r->amounts[i]);
    }
    free(r->values);
    free(r->levels);
    free(r->value_caps);
    free(r->amounts);
    free(r->level_caps);
    free(r->items);
    free(r->churned);
    free(r->first_of);
    free(r->baseline);
    free(r->followup);
    memset(r, 0, sizeof *r);
}

/* ---- Reading ----------------------------------------------------------------------------------------- */

static dk_status complain(dk_records *r, dk_problems *problems, dk_problem_kind kind, const dk_row *row, dk_role role,
                          dk_str value, const char *message, bool kept, dk_error *err) {
    r->bad[role]++;
    const char *name = r->column[role] != DK_NO_COLUMN ? dk_reader_column_name(r->reader, r->column[role]).ptr : NULL;
    return dk_problems_add(problems, kind, r->file, row->number, row->line, name, value, message, kept, err);
}

static dk_status take_value(dk_records *r, size_t slot, dk_intern *texts, dk_str cell, dk_error *err) {
    size_t i = r->source_count;
    if (!dk_grow(&r->values[slot], &r->value_caps[slot], i + 1) || !dk_grow(&r->levels[slot], &r->level_caps[slot], i + 1))
        return dk_fail_memory(err);
    r->values[slot][i] = NAN;
    r->levels[slot][i] = DK_NO_ID;
    if (dk_cell_missing(cell)) return DK_OK;
    if (!dk_cell_amount(cell, &r->values[slot][i])) r->values[slot][i] = NAN;
    else if (dk_amounts_note(&r->amounts[slot], cell, i, err) != DK_OK) return DK_ENOMEM;
    if (texts == NULL) return DK_OK;
    r->levels[slot][i] = dk_intern_add(texts, cell);
    return r->levels[slot][i] != DK_NO_ID ? DK_OK : dk_fail_memory(err);
}

/* 1 and 0, or yes and no in three languages. */
static dk_status take_churned(dk_records *r, dk_str cell, const dk_row *row, dk_problems *problems, dk_error *err) {
    static const char *const yes[] = {"1", "yes", "y", "true", "ja", "j", "sant", "sand"}, *const no[] = {"0", "no", "n", "false", "nej", "falskt", "falsk"};
    if (!dk_grow(&r->churned, &r->churned_cap, r->source_count + 1)) return dk_fail_memory(err);
    int8_t *value = r->churned + r->source_count;
    *value = -1;
    if (dk_cell_missing(cell)) return DK_OK;
    for (size_t k = 0; k < sizeof yes / sizeof *yes; k++)
        if (cell.len == strlen(yes[k]) && strncasecmp(cell.ptr, yes[k], cell.len) == 0) *value = 1;
    for (size_t k = 0; k < sizeof no / sizeof *no; k++)
        if (cell.len == strlen(no[k]) && strncasecmp(cell.ptr, no[k], cell.len) == 0) *value = 0;
    return *value >= 0 ? DK_OK : complain(r, problems, DK_PROBLEM_NUMBER, row, DK_ROLE_CHURNED, cell, "expected 1 or 0, yes or no; the record stays, without it", true, err);
}

static dk_status take_row(dk_records *r, dk_survey *s, const dk_block *b, size_t at, dk_problems *problems, dk_error *err) {
    const dk_row *row = b->row + at;
    dk_record record = {.first = DK_NO_DATE, .last = DK_NO_DATE, .line = row->line, .source = (uint32_t)r->source_count};
    dk_str customer = dk_cell_trim(dk_block_cell(b, at, r->place[DK_ROLE_CUSTOMER]));
    if (dk_cell_missing(customer))
        return complain(r, problems, DK_PROBLEM_RECORD, row, DK_ROLE_CUSTOMER, customer, "expected a customer; the record is not used", false, err);
    if (r->place[DK_ROLE_PERIOD] != DK_NO_COLUMN) {
        dk_str period = dk_cell_trim(dk_block_cell(b, at, r->place[DK_ROLE_PERIOD]));
        if (!dk_period_parse(period, s->date_order, &record.first, &record.last))
            return complain(r, problems, DK_PROBLEM_RECORD, row, DK_ROLE_PERIOD, period,
                            "expected a period such as 2025-Q1, 2025-03 or 2025; the record is not used", false, err);
    }
    record.customer = dk_intern_add(&s->customers, customer);
    if (record.customer == DK_NO_ID || !dk_grow(&r->items, &r->cap, r->count + 1)) return dk_fail_memory(err);
    size_t place = r->nselected;
    dk_status status = DK_OK;
    for (size_t k = s->nvariables; k-- > 0 && status == DK_OK;)
        if (s->variables[k].of_records)
            status = take_value(r, k, &s->variables[k].texts, dk_cell_trim(dk_block_cell(b, at, --place)), err);
    if (status == DK_OK && r->place[DK_ROLE_PROFIT] != DK_NO_COLUMN) {
        dk_str cell = dk_cell_trim(dk_block_cell(b, at, r->place[DK_ROLE_PROFIT]));
        status = dk_worth_config_cell(s->config, cell, dk_path_name(dk_reader_source(r->reader)), row->line, err);
        if (status != DK_OK) return status;
        status = take_value(r, s->nvariables, NULL, cell, err);
        if (status == DK_OK && !dk_cell_missing(cell) && isnan(r->values[s->nvariables][r->source_count]))
            status = complain(r, problems, DK_PROBLEM_NUMBER, row, DK_ROLE_PROFIT, cell, "expected a number; the record stays, without it", true, err);
        r->missing[DK_ROLE_PROFIT] += dk_cell_missing(cell);
    }
    if (status == DK_OK && r->place[DK_ROLE_SEGMENT] != DK_NO_COLUMN)
        status = take_value(r, s->nvariables + 1, &s->segments, dk_cell_trim(dk_block_cell(b, at, r->place[DK_ROLE_SEGMENT])), err);
    if (status == DK_OK && r->place[DK_ROLE_CHURNED] != DK_NO_COLUMN)
        status = take_churned(r, dk_cell_trim(dk_block_cell(b, at, r->place[DK_ROLE_CHURNED])), row, problems, err);
    if (status != DK_OK) return status;
    r->items[r->count++] = record;
    r->source_count++;
    return DK_OK;
}

static dk_status read_all(dk_records *r, dk_survey *s, dk_problems *problems, dk_error *err) {
    dk_block *block = dk_block_new();
    dk_status status = block != NULL ? DK_OK : dk_fail_memory(err);
    for (bool done = false; status == DK_OK;) {
        status = dk_reader_read_block(r->reader, block, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(r->reader, block, err);
        for (size_t i = 0; i < block->nrejects && status == DK_OK; i++) {
            const dk_reject *bad = block->rejects + i;
            status = dk_problems_add(problems, DK_PROBLEM_ROW, r->file, bad->number, bad->line, NULL, bad->raw, bad->reason, false, err);
        }
        for (size_t i = 0; i < block->rows && status == DK_OK; i++) status = take_row(r, s, block, i, problems, err);
        dk_read_counts_add(&r->counts, &block->counts);
    }
    dk_block_free(block);
    for (size_t k = 0; k <= s->nvariables && status == DK_OK; k++)
        if (r->values[k] != NULL) dk_amounts_settle(&r->amounts[k], k == s->nvariables || dk_survey_is_money(s, &s->variables[k], r->column[DK_ROLE_PROFIT]), r->values[k]);
    return status;
}

/* ---- Joining ----------------------------------------------------------------------------------------- */

static int by_customer(const void *a, const void *b) {
    const dk_record *x = a, *y = b;
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

/* Sorts, takes out records of the same customer and period (the first stays), and notes where each customer begins. */
static dk_status index_records(dk_records *r, dk_survey *s, dk_problems *problems, dk_error *err) {
    size_t kept = 0;
    dk_status status = DK_OK;
    if (r->count > 0) qsort(r->items, r->count, sizeof *r->items, by_customer);
    for (size_t i = 0; i < r->count && status == DK_OK; i++) {
        const dk_record *now = r->items + i, *before = kept > 0 ? r->items + kept - 1 : NULL;
        if (before != NULL && before->customer == now->customer && before->first == now->first) {
            dk_row row = {(int64_t)now->source + 1, now->line};
            r->join.duplicate_records++;
            if (r->join.first_duplicate == 0 || now->line < r->join.first_duplicate) r->join.first_duplicate = now->line;
            status = complain(r, problems, DK_PROBLEM_RECORD, &row, DK_ROLE_CUSTOMER, dk_intern_text(&s->customers, now->customer),
                              "the customer has a record of this period already; this one is not used", false, err);
            continue;
        }
        r->items[kept++] = *now;
    }
    r->count = kept;
    r->ncustomers = s->customers.count;
    r->first_of = calloc(r->ncustomers + 1, sizeof *r->first_of);
    if (r->first_of == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < kept; i++) r->first_of[r->items[i].customer + 1]++;
    for (size_t c = 0; c < r->ncustomers; c++) {
        r->join.customers += r->first_of[c + 1] > 0;
        r->first_of[c + 1] += r->first_of[c];
    }
    int64_t days = 0;
    for (size_t i = 0; i < kept; i++)
        if (r->items[i].first != DK_NO_DATE) days += r->items[i].last - r->items[i].first + 1;
    r->periods = kept > 0 && r->items[0].first != DK_NO_DATE;
    /* a day alone is a point of time, no period */
    r->periods_a_year = r->periods && days > (int64_t)kept ? round(365.25 * (double)kept / (double)days) : NAN;
    double length = isnan(r->periods_a_year) ? 365.25 : 365.25 / r->periods_a_year;
    r->window = s->config->window > 0 ? (int32_t)s->config->window : (int32_t)ceil(2 * length);
    r->join.window_days = r->periods ? r->window : 0;
    r->join.records = (int64_t)kept;
    return status;
}

static void find_records(dk_records *r, const dk_survey *s, size_t i) {
    r->baseline[i] = r->followup[i] = DK_NO_RECORD;
    uint32_t customer = s->customer[i];
    if (customer == DK_NO_ID) return;
    size_t first = r->first_of[customer], end = r->first_of[customer + 1];
    if (first == end) return;
    bool dated = r->periods && s->date != NULL && s->date[i] != DK_NO_DATE;
    if (!dated) {
        r->baseline[i] = r->followup[i] = (uint32_t)(end - 1);
        return;
    }
    for (size_t k = first; k < end; k++) {
        if (r->items[k].last < s->date[i] && r->items[k].last >= s->date[i] - r->window) r->baseline[i] = (uint32_t)k;
        if (r->items[k].first <= s->date[i] || r->items[k].first > s->date[i] + r->window) continue;
        if (r->followup[i] == DK_NO_RECORD) r->followup[i] = (uint32_t)k;
    }
}

/* Copies values of a record to the response; what is not of the records is not touched. */
static dk_status spread(dk_records *r, dk_survey *s, dk_error *err) {
    if (r->place[DK_ROLE_PROFIT] != DK_NO_COLUMN) {
        free(s->profit);
        s->profit = malloc((s->n + 1) * sizeof *s->profit);
        if (s->profit == NULL) return dk_fail_memory(err);
        for (size_t i = 0; i < s->n; i++)
            s->profit[i] = r->followup[i] != DK_NO_RECORD ? r->values[s->nvariables][r->items[r->followup[i]].source] : NAN;
    }
    if (r->place[DK_ROLE_SEGMENT] != DK_NO_COLUMN && s->segment == NULL) {
        s->segment = malloc((s->n + 1) * sizeof *s->segment);
        if (s->segment == NULL) return dk_fail_memory(err);
        for (size_t i = 0; i < s->n; i++)
            s->segment[i] = r->baseline[i] != DK_NO_RECORD ? r->levels[s->nvariables + 1][r->items[r->baseline[i]].source] : DK_NO_ID;
    }
    for (size_t k = 0; k < s->nvariables; k++) {
        dk_variable *v = s->variables + k;
        if (!v->of_records) continue;
        v->values = malloc((s->n + 1) * sizeof *v->values);
        v->levels = malloc((s->n + 1) * sizeof *v->levels);
        if (v->values == NULL || v->levels == NULL) return dk_fail_memory(err);
        for (size_t i = 0; i < s->n; i++) {
            uint32_t from = v->role == DK_ROLE_OUTCOME ? r->followup[i] : r->baseline[i];
            v->values[i] = from != DK_NO_RECORD ? r->values[k][r->items[from].source] : NAN;
            v->levels[i] = from != DK_NO_RECORD ? r->levels[k][r->items[from].source] : DK_NO_ID;
            v->missing += v->levels[i] == DK_NO_ID;
            v->numbers += !isnan(v->values[i]);
            v->others += v->levels[i] != DK_NO_ID && isnan(v->values[i]);
        }
    }
    return DK_OK;
}

static dk_status count_join(dk_records *r, const dk_survey *s, dk_problems *problems, dk_error *err) {
    uint32_t *answered = calloc(r->ncustomers + 1, sizeof *answered);
    dk_status status = answered != NULL ? DK_OK : dk_fail_memory(err);
    dk_join *j = &r->join;
    j->joined = true;
    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        uint32_t c = s->customer[i];
        bool known = c != DK_NO_ID && r->first_of[c] < r->first_of[c + 1];
        j->responses++;
        j->matched += known;
        j->unmatched += !known;
        bool outside = known && r->baseline[i] == DK_NO_RECORD;
        j->out_of_window += outside;
        j->with_baseline += known && !outside;
        j->with_followup += known && r->followup[i] != DK_NO_RECORD;
        if (!known && j->first_unmatched == 0) j->first_unmatched = s->line[i];
        if (outside && j->first_out_of_window == 0) j->first_out_of_window = s->line[i];
        if (c != DK_NO_ID && (int64_t)++answered[c] > j->most_responses) j->most_responses = answered[c];
        if (known || c == DK_NO_ID) continue;
        status = dk_problems_add(problems, DK_PROBLEM_CUSTOMER, s->file, s->row[i], s->line[i],
                                 dk_reader_column_name(s->reader, s->column[DK_ROLE_CUSTOMER]).ptr, dk_intern_text(&s->customers, c),
                                 "the customers' file has no record of this customer; the row stays, without profit and segment", true, err);
    }
    for (size_t c = 0; status == DK_OK && c < r->ncustomers; c++)
        j->customers_without_response += r->first_of[c] < r->first_of[c + 1] && answered[c] == 0, j->repeat_customers += answered[c] > 1;
    free(answered);
    return status;
}

/* Shows an id of either side, so that the reader sees what differs. */
static dk_status no_match(const dk_records *r, const dk_survey *s, dk_error *err) {
    const dk_study_source *source = &s->config->customers;
    int64_t line = source->line[DK_ROLE_CUSTOMER] != 0 ? source->line[DK_ROLE_CUSTOMER] : source->file_line;
    dk_str here = {"", 0}, there = {"", 0};
    for (size_t i = 0; i < s->n && here.len == 0; i++)
        if (s->customer[i] != DK_NO_ID) here = dk_intern_text(&s->customers, s->customer[i]);
    if (r->count > 0) there = dk_intern_text(&s->customers, r->items[0].customer);
    dk_fail_at(err, DK_EDATA, s->config->name, line, 0, "no customer of the responses (%s, such as %.*s) is in %s (%s, such as %.*s)",
               dk_reader_column_name(s->reader, s->column[DK_ROLE_CUSTOMER]).ptr, (int)(here.len < 40 ? here.len : 40), here.ptr,
               dk_path_name(dk_reader_source(r->reader)), dk_reader_column_name(r->reader, r->column[DK_ROLE_CUSTOMER]).ptr,
               (int)(there.len < 40 ? there.len : 40), there.ptr);
    dk_error_remedy(err, "name the columns that hold the same kind of id, as customer: in responses and in customers");
    return DK_EDATA;
}

dk_status dk_records_join(dk_records *r, dk_survey *s, dk_problems *problems, dk_error *err) {
    dk_status status = read_all(r, s, problems, err);
    if (status == DK_OK) status = index_records(r, s, problems, err);
    if (status != DK_OK) return status;
    r->baseline = malloc((s->n + 1) * sizeof *r->baseline);
    r->followup = malloc((s->n + 1) * sizeof *r->followup);
    if (r->baseline == NULL || r->followup == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < s->n; i++) find_records(r, s, i);
    status = count_join(r, s, problems, err);
    if (status == DK_OK && r->join.matched == 0)
        status = no_match(r, s, err);
    return status == DK_OK ? spread(r, s, err) : status;
}
