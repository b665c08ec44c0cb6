#include "study/invitations.h"

#include <stdlib.h>
#include <strings.h>

#include "io/cell.h"

/* What a file of invitations has beside what records have. */
typedef struct layout {
    size_t place[DK_ROLES];
    size_t id, flag; /* places among the selected; DK_NO_COLUMN */
} layout;

static size_t column_called(const dk_reader *r, const char *const *names) {
    for (; *names != NULL; names++)
        for (size_t c = 0; c < dk_reader_columns(r); c++) {
            dk_str name = dk_reader_column_name(r, c);
            if (name.len == strlen(*names) && strncasecmp(name.ptr, *names, name.len) == 0) return c;
        }
    return DK_NO_COLUMN;
}

static dk_status find_columns(dk_invitations *v, const dk_survey *s, layout *l, dk_error *err) {
    static const char *const ids[] = {"response_id", "responseid", "svars_id", "svarsid", "svar_id", "svarid", NULL};
    static const char *const flags[] = {"answered", "responded", "besvarad", "besvaret", "svarat", "svaret", NULL};
    dk_study_source source = s->config->invitations;
    const char *id = source.column[DK_ROLE_ID];
    source.column[DK_ROLE_ID] = NULL;
    dk_block *block = dk_block_new();
    dk_column_look *looks = calloc(dk_reader_columns(v->reader) + 1, sizeof *looks);
    dk_role *unfit = calloc(dk_reader_columns(v->reader) + 1, sizeof *unfit);
    bool done = false;
    dk_status status = block != NULL && looks != NULL && unfit != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK) status = dk_reader_read_block(v->reader, block, &done, err);
    if (status == DK_OK && !done) status = dk_reader_parse(v->reader, block, err);
    if (status == DK_OK && !done) status = dk_columns_look(block, 2000, looks, err);
    if (status == DK_OK)
        status = dk_columns_recognise(v->reader, &source, s->config->name, looks, true, v->column, v->named, unfit, err);
    dk_block_free(block);
    free(looks);
    free(unfit);
    if (status == DK_OK && id != NULL) {
        status = dk_reader_find_column(v->reader, id, "id", &l->id, err);
        if (status != DK_OK && err != NULL) {
            dk_error found = *err;
            dk_fail_at(err, DK_EDATA, s->config->name, source.line[DK_ROLE_ID], 0, "invitations: %s", found.message);
            dk_error_remedy(err, "%s", found.remedy);
            status = DK_EDATA;
        }
    } else if (status == DK_OK) {
        l->id = column_called(v->reader, ids);
    }
    if (status == DK_OK) l->flag = column_called(v->reader, flags);
    v->column[DK_ROLE_ID] = l->id;
    v->named[DK_ROLE_ID] = id != NULL;
    return status != DK_OK ? status : dk_reader_rewind(v->reader, err);
}

static dk_status open_file(dk_invitations *v, const dk_survey *s, layout *l, dk_error *err) {
    static const dk_role used[] = {DK_ROLE_CUSTOMER, DK_ROLE_PERIOD, DK_ROLE_DATE, DK_ROLE_SEGMENT};
    dk_reader_options options = s->config->invitations.reader;
    options.rewindable = true;
    dk_status status = dk_reader_open(&v->reader, s->config->invitations.path, &options, err);
    if (status == DK_OK) status = find_columns(v, s, l, err);
    if (status != DK_OK) return status;
    size_t selected[6], n = 0;
    for (size_t k = 0; k < 4; k++) {
        l->place[used[k]] = v->column[used[k]] != DK_NO_COLUMN ? n : DK_NO_COLUMN;
        if (v->column[used[k]] != DK_NO_COLUMN) selected[n++] = v->column[used[k]];
    }
    size_t *const more[] = {&l->id, &l->flag};
    for (size_t k = 0; k < 2; k++) {
        if (*more[k] == DK_NO_COLUMN) continue;
        selected[n] = *more[k];
        *more[k] = n++;
    }
    if (l->place[DK_ROLE_CUSTOMER] == DK_NO_COLUMN && l->id == DK_NO_COLUMN)
        return dk_fail_at(err, DK_EDATA, dk_reader_source(v->reader), 1, 0,
                          "neither a column with the customer nor one with the response's id was recognised; name it as customer: or id: under invitations");
    return dk_reader_select(v->reader, selected, n, err);
}

/* ---- Reading ----------------------------------------------------------------------------------------- */

static bool says_yes(dk_str cell) {
    static const char *const yes[] = {"1", "yes", "y", "true", "ja", "j"};
    for (size_t k = 0; k < sizeof yes / sizeof *yes; k++)
        if (cell.len == strlen(yes[k]) && strncasecmp(cell.ptr, yes[k], cell.len) == 0) return true;
    return false;
}

static dk_str cell_at(const dk_block *b, size_t row, size_t place) {
    return place != DK_NO_COLUMN ? dk_cell_trim(dk_block_cell(b, row, place)) : (dk_str){"", 0};
}

static int8_t segment_named(const dk_segments *g, dk_str name) {
    for (size_t k = 1; k < g->count; k++)
        if (strlen(g->name[k]) == name.len && strncasecmp(g->name[k], name.ptr, name.len) == 0) return (int8_t)k;
    return -1;
}

/* response_of: by id of the survey, the response that has it. */
static dk_status take_row(dk_invitations *v, dk_survey *s, const dk_segments *g, const layout *l, const uint32_t *response_of, const dk_block *b,
                          size_t at, dk_problems *problems, dk_error *err) {
    const dk_row *row = b->row + at;
    dk_invitation i = {.customer = DK_NO_ID, .response = DK_NO_ID, .first = DK_NO_DATE, .last = DK_NO_DATE, .segment = -1, .line = row->line};
    dk_str customer = cell_at(b, at, l->place[DK_ROLE_CUSTOMER]), id = cell_at(b, at, l->id);
    if (!dk_cell_missing(id) && s->id != NULL) {
        uint32_t known = dk_intern_find(&s->ids, id);
        if (known != DK_NO_ID) i.response = response_of[known];
    }
    if (!dk_cell_missing(customer)) i.customer = dk_intern_add(&s->customers, customer);
    else if (i.response != DK_NO_ID && s->customer != NULL) i.customer = s->customer[i.response];
    if (dk_cell_missing(customer) && (l->id == DK_NO_COLUMN || dk_cell_missing(id))) {
        v->bad++;
        const char *name = v->column[DK_ROLE_CUSTOMER] != DK_NO_COLUMN ? dk_reader_column_name(v->reader, v->column[DK_ROLE_CUSTOMER]).ptr : NULL;
        return dk_problems_add(problems, DK_PROBLEM_RECORD, v->file, row->number, row->line, name, customer,
                               "expected a customer; the invitation is not used", false, err);
    }
    if (!dk_cell_missing(customer) && i.customer == DK_NO_ID) return dk_fail_memory(err);
    dk_str when = cell_at(b, at, l->place[l->place[DK_ROLE_DATE] != DK_NO_COLUMN ? DK_ROLE_DATE : DK_ROLE_PERIOD]);
    if (!dk_period_parse(when, s->date_order, &i.first, &i.last)) i.first = i.last = DK_NO_DATE;
    v->dated = v->dated || i.first != DK_NO_DATE;
    i.segment = segment_named(g, cell_at(b, at, l->place[DK_ROLE_SEGMENT]));
    i.answered = i.response != DK_NO_ID || (l->flag != DK_NO_COLUMN && says_yes(cell_at(b, at, l->flag)));
    if (!dk_grow(&v->items, &v->cap, v->count + 1)) return dk_fail_memory(err);
    v->items[v->count++] = i;
    return DK_OK;
}

static dk_status read_all(dk_invitations *v, dk_survey *s, const dk_segments *g, const layout *l, dk_problems *problems, dk_error *err) {
    dk_block *block = dk_block_new();
    uint32_t *response_of = malloc((s->ids.count + 1) * sizeof *response_of);
    dk_status status = block != NULL && response_of != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t i = s->n; status == DK_OK && s->id != NULL && i-- > 0;) response_of[s->id[i]] = (uint32_t)i; /* the first of doubles */
    for (bool done = false; status == DK_OK;) {
        status = dk_reader_read_block(v->reader, block, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(v->reader, block, err);
        for (size_t i = 0; i < block->nrejects && status == DK_OK; i++) {
            const dk_reject *bad = block->rejects + i;
            status = dk_problems_add(problems, DK_PROBLEM_ROW, v->file, bad->number, bad->line, NULL, bad->raw, bad->reason, false, err);
        }
        for (size_t i = 0; i < block->rows && status == DK_OK; i++) status = take_row(v, s, g, l, response_of, block, i, problems, err);
        dk_read_counts_add(&v->counts, &block->counts);
    }
    dk_block_free(block);
    free(response_of);
    return status;
}

/* ---- Answers ----------------------------------------------------------------------------------------- */

static int by_customer(const void *a, const void *b) {
    const dk_invitation *x = a, *y = b;
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* A response with what it is sorted by. */
typedef struct answer {
    uint32_t customer, response;
    int32_t date;
} answer;

static int by_time(const void *a, const void *b) {
    const answer *x = a, *y = b;
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    if (x->date != y->date) return x->date < y->date ? -1 : 1;
    return (x->response > y->response) - (x->response < y->response);
}

/* Both sorted by customer and time: each invitation takes the first response from its day to that of the next one. */
static dk_status find_answers(dk_invitations *v, const dk_survey *s, dk_error *err) {
    answer *answers = malloc((s->n + 1) * sizeof *answers);
    size_t n = 0, a = 0;
    if (answers == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < s->n; i++)
        if (s->customer[i] != DK_NO_ID && !s->dropped[i])
            answers[n++] = (answer){s->customer[i], (uint32_t)i, s->date != NULL ? s->date[i] : DK_NO_DATE};
    qsort(answers, n, sizeof *answers, by_time);
    for (size_t k = 0; k < v->count; k++) {
        dk_invitation *i = v->items + k;
        if (i->customer == DK_NO_ID) continue;
        bool more = k + 1 < v->count && v->items[k + 1].customer == i->customer;
        while (a < n && (answers[a].customer < i->customer || (answers[a].customer == i->customer && answers[a].date != DK_NO_DATE && answers[a].date < i->first))) a++;
        if (a == n || answers[a].customer != i->customer) continue;
        if (more && answers[a].date != DK_NO_DATE && v->items[k + 1].first != DK_NO_DATE && answers[a].date >= v->items[k + 1].first) continue;
        i->response = answers[a++].response;
        i->answered = true;
    }
    free(answers);
    return DK_OK;
}

/* The segment of the last record that ended before the invitation. */
static void find_segments(dk_invitations *v, const dk_records *r, const dk_segments *g) {
    for (size_t k = 0; k < v->count; k++) {
        dk_invitation *i = v->items + k;
        if (i->segment >= 0 || i->customer == DK_NO_ID || i->customer >= r->ncustomers) continue;
        for (size_t at = r->first_of[i->customer]; at < r->first_of[i->customer + 1]; at++)
            if (!r->periods || i->first == DK_NO_DATE || r->items[at].last < i->first) i->segment = g->of_record[at];
    }
}

dk_status dk_invitations_read(dk_invitations *v, dk_survey *s, const dk_records *r, const dk_segments *g, dk_problems *problems, dk_error *err) {
    layout l;
    memset(v, 0, sizeof *v);
    v->file = r != NULL ? 2 : 1;
    dk_status status = open_file(v, s, &l, err);
    if (status == DK_OK) status = read_all(v, s, g, &l, problems, err);
    if (status == DK_OK && v->count == 0)
        status = dk_fail_at(err, DK_EDATA, dk_reader_source(v->reader), 0, 0, "the file has no invitation that can be used");
    if (status != DK_OK) return status;
    qsort(v->items, v->count, sizeof *v->items, by_customer);
    v->by_id = l.id != DK_NO_COLUMN && s->id != NULL;
    v->by_flag = !v->by_id && l.flag != DK_NO_COLUMN;
    if (!v->by_id && !v->by_flag && s->customer != NULL) status = find_answers(v, s, err);
    if (status == DK_OK && r != NULL && g->of_record != NULL) find_segments(v, r, g);
    int64_t found = 0;
    for (size_t k = 0; k < v->count; k++) found += v->items[k].response != DK_NO_ID;
    v->unasked = v->by_flag ? 0 : (int64_t)s->n - found;
    return status;
}

void dk_invitations_dispose(dk_invitations *v) {
    dk_reader_free(v->reader);
    free(v->items);
    memset(v, 0, sizeof *v);
}
