#include "study/followup.h"

#include <math.h>
#include <stdlib.h>

#include "io/cell.h"
#include "study/redact.h"

/* The part of urgency that each reason gives. */
enum { THREAT = 35, NEGATIVITY = 25, VALUE = 25, ACTIONABLE = 15 };

typedef struct candidate {
    uint32_t response;
    int urgency;
    double rank;     /* of the customer's value, 0 to 1; NaN without */
    bool threat, actionable;
} candidate;

/* ---- What a customer is worth ------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Profit before the answer, or what the file says of it. */
static double value_of(const dk_fit_context *x, size_t i) {
    const dk_records *r = x->records;
    if (r != NULL && r->values[x->survey->nvariables] != NULL)
        return r->baseline[i] != DK_NO_RECORD ? r->values[x->survey->nvariables][r->items[r->baseline[i]].source] : NAN;
    return x->survey->profit != NULL ? x->survey->profit[i] : NAN;
}

static double share_below(const double *sorted, size_t n, double value) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (sorted[mid] < value) low = mid + 1;
        else high = mid;
    }
    return n > 1 ? (double)low / (double)(n - 1) : 0;
}

/* ---- Choosing ---------------------------------------------------------------------------------------- */

static bool threatens(const dk_theme *theme, int sign) {
    return (strcmp(theme->id, "overall.loyalty") == 0 && sign < 0) || (strcmp(theme->id, "account.cancellation") == 0 && sign <= 0);
}

static bool was_replied(const dk_survey *s, size_t i) {
    const char *name = s->config->kpi.input[DK_INPUT_REPLIED];
    const dk_variable *v = name != NULL ? dk_survey_variable(s, name) : NULL;
    return v != NULL && !v->of_records && v->levels[i] != DK_NO_ID;
}

static bool consider(const dk_fit_context *x, size_t i, const double *sorted, size_t n, candidate *c) {
    const dk_tagging *t = x->tagging;
    const dk_theme *themes = x->taxonomy->themes;
    bool negative = t->label[i] == DK_NEGATIVE || t->label[i] == DK_MIXED;
    *c = (candidate){.response = (uint32_t)i, .rank = NAN};
    for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
        const dk_theme *theme = themes + t->marks[k].theme;
        c->threat = c->threat || threatens(theme, t->marks[k].sign);
        c->actionable = c->actionable || (t->marks[k].sign < 0 && !theme->outcome);
    }
    if (!negative && !c->threat) return false;
    double value = value_of(x, i), badness = fmin(1, fmax(0, -t->sentiment[i] / 1000.0));
    if (!isnan(value)) c->rank = share_below(sorted, n, value);
    double urgency = THREAT * c->threat + NEGATIVITY * badness + ACTIONABLE * c->actionable + (isnan(c->rank) ? 0 : VALUE * c->rank);
    c->urgency = (int)lround(urgency);
    return true;
}

static int by_urgency(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->urgency != y->urgency) return x->urgency > y->urgency ? -1 : 1;
    return (x->response > y->response) - (x->response < y->response);
}

/* Comments of the last days, as candidates; *considered counts those that were looked at. */
static dk_status choose(dk_fit_context *x, candidate **list, size_t *count, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    double *sorted = malloc((s->n + 1) * sizeof *sorted);
    *list = malloc((s->n + 1) * sizeof **list);
    *count = 0;
    size_t n = 0;
    int32_t latest = DK_NO_DATE;
    if (sorted == NULL || *list == NULL) {
        free(sorted);
        return dk_fail_memory(err);
    }
    for (size_t i = 0; i < s->n; i++) {
        double value = value_of(x, i);
        if (!isnan(value)) sorted[n++] = value;
        if (s->date != NULL && s->date[i] != DK_NO_DATE && s->date[i] > latest) latest = s->date[i];
    }
    qsort(sorted, n, sizeof *sorted, by_number);
    for (size_t i = 0; i < s->n; i++) {
        if (s->dropped[i] || !s->commented[i] || x->tagging->language[i] == DK_LANG_OTHER || was_replied(s, i)) continue;
        if (latest != DK_NO_DATE && s->date[i] != DK_NO_DATE && latest - s->date[i] >= s->config->kpi.followup_days) continue;
        r->kpi.considered++;
        if (consider(x, i, sorted, n, *list + *count)) ++*count;
    }
    qsort(*list, *count, sizeof **list, by_urgency);
    free(sorted);
    if ((int64_t)*count > s->config->kpi.followup_most) *count = (size_t)s->config->kpi.followup_most;
    return DK_OK;
}

/* ---- Describing -------------------------------------------------------------------------------------- */

static const char *keep(dk_fit_context *x, dk_buf *text) {
    const char *copy = dk_arena_strdup(&x->result->arena, dk_buf_cstr(text), text->len);
    dk_buf_clear(text);
    return copy;
}

/* Adds a name to a list joined by bars unless it is there. */
static void put_once(dk_buf *out, const char *name) {
    const char *at = dk_buf_cstr(out);
    size_t n = strlen(name);
    while ((at = strstr(at, name)) != NULL) {
        if ((at == out->ptr || at[-1] == '|') && (at[n] == '\0' || at[n] == '|')) return;
        at += n;
    }
    dk_buf_putf(out, "%s%s", out->len > 0 ? "|" : "", name);
}

static void put_reason(dk_buf *out, const dk_fit_context *x, const candidate *c, const char *mends) {
    const dk_survey *s = x->survey;
    double score = s->score != NULL ? s->score[c->response] : NAN;
    if (c->threat) dk_buf_puts(out, "threatens to leave");
    int sentiment = x->tagging->sentiment[c->response];
    if (sentiment < 0) dk_buf_putf(out, "%s%s negative", out->len > 0 ? "; " : "", sentiment <= -600 ? "very" : sentiment <= -300 ? "clearly" : "somewhat");
    if (s->score_is_nps && score <= 6) dk_buf_putf(out, "%sgave %g of 10", out->len > 0 ? "; " : "", score);
    if (c->rank >= 0.9) dk_buf_putf(out, "%samong the most valuable tenth of customers", out->len > 0 ? "; " : "");
    else if (c->rank >= 0.75) dk_buf_putf(out, "%samong the most valuable quarter of customers", out->len > 0 ? "; " : "");
    if (mends[0] != '\0') dk_buf_putf(out, "%scan be mended: %s", out->len > 0 ? "; " : "", mends);
}

static dk_status describe(dk_fit_context *x, const candidate *c, dk_followup *f, dk_error *err) {
    const dk_survey *s = x->survey;
    const dk_tagging *t = x->tagging;
    size_t i = c->response;
    char scratch[24];
    dk_buf text, owners, mends;
    dk_buf_init(&text);
    dk_buf_init(&owners);
    dk_buf_init(&mends);
    dk_str id = dk_survey_id(s, i, scratch);
    f->response = i;
    f->urgency = c->urgency;
    f->score = s->score != NULL ? s->score[i] : NAN;
    f->value = value_of(x, i);
    f->sentiment = t->sentiment[i] / 1000.0;
    f->language = dk_language_name((dk_language)t->language[i]);
    f->id = dk_arena_strdup(&x->result->arena, id.ptr, id.len);
    if (s->customer != NULL && s->customer[i] != DK_NO_ID) {
        dk_buf_put(&text, dk_intern_text(&s->customers, s->customer[i]).ptr, dk_intern_text(&s->customers, s->customer[i]).len);
        f->customer = keep(x, &text);
    }
    if (s->date != NULL && s->date[i] != DK_NO_DATE) {
        dk_date_put(&text, s->date[i]);
        f->date = keep(x, &text);
    }
    int segment = x->segments->of != NULL ? x->segments->of[i] : -1;
    if (segment > 0) f->segment = x->result->segments[segment].name;
    for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
        const dk_theme *theme = x->taxonomy->themes + t->marks[k].theme;
        if (t->marks[k].sign >= 0 && !threatens(theme, t->marks[k].sign)) continue;
        put_once(&text, theme->id);
        if (theme->outcome || t->marks[k].sign >= 0) continue;
        put_once(&mends, theme->id);
        if (theme->owner != NULL) put_once(&owners, theme->owner);
    }
    f->themes = keep(x, &text);
    f->owner = owners.len > 0 ? keep(x, &owners) : NULL;
    put_reason(&text, x, c, dk_buf_cstr(&mends));
    f->reason = keep(x, &text);
    dk_buf_dispose(&text);
    dk_buf_dispose(&owners);
    dk_buf_dispose(&mends);
    return f->id != NULL && f->themes != NULL && f->reason != NULL ? DK_OK : dk_fail_memory(err);
}

/* ---- The texts --------------------------------------------------------------------------------------- */

/* One more pass over the file, for the comments of those on the list: keeping every comment would need memory for all. */
static dk_status fetch_texts(dk_fit_context *x, dk_error *err) {
    const dk_survey *s = x->survey;
    dk_kpi_results *k = &x->result->kpi;
    size_t column = s->column[DK_ROLE_COMMENT], at = 0;
    uint32_t *place = calloc(s->n + 1, sizeof *place); /* 1 + index into the list */
    dk_block *block = dk_block_new();
    dk_status status = place != NULL && block != NULL ? dk_reader_rewind(s->reader, err) : dk_fail_memory(err);
    for (size_t i = 0; status == DK_OK && i < k->nfollowups; i++) place[k->followups[i].response] = (uint32_t)i + 1;
    if (status == DK_OK) status = dk_reader_select(s->reader, &column, 1, err);
    for (bool done = false; status == DK_OK;) {
        status = dk_reader_read_block(s->reader, block, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(s->reader, block, err);
        for (size_t r = 0; r < block->rows && at < s->n && status == DK_OK; r++, at++) {
            if (place[at] == 0) continue;
            dk_str cell = dk_cell_trim(dk_block_cell(block, r, 0));
            char *copy = dk_arena_strdup(&x->result->arena, cell.ptr, cell.len);
            if (copy == NULL) status = dk_fail_memory(err);
            else if (!s->config->no_redact) dk_redact(copy, cell.len);
            k->followups[place[at] - 1].text = copy;
        }
    }
    dk_block_free(block);
    free(place);
    return status;
}

dk_status dk_followups_make(dk_fit_context *x, dk_error *err) {
    dk_kpi_results *k = &x->result->kpi;
    candidate *list;
    size_t n;
    if (x->survey->place[DK_ROLE_COMMENT] == DK_NO_COLUMN) return DK_OK;
    dk_status status = choose(x, &list, &n, err);
    if (status == DK_OK) {
        k->followups = dk_arena_calloc(&x->result->arena, n + 1, sizeof *k->followups);
        if (k->followups == NULL) status = dk_fail_memory(err);
    }
    for (size_t i = 0; i < n && status == DK_OK; i++) status = describe(x, &list[i], &k->followups[k->nfollowups++], err);
    if (status == DK_OK && n > 0) status = fetch_texts(x, err);
    free(list);
    return status;
}

/* ---- Who is asked too often -------------------------------------------------------------------------- */

typedef struct asked {
    uint32_t customer;
    int32_t day;
} asked;

static int by_day(const void *a, const void *b) {
    const asked *x = a, *y = b;
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static int most_asked(const void *a, const void *b) {
    const dk_contact *x = a, *y = b;
    if (x->surveys != y->surveys) return x->surveys > y->surveys ? -1 : 1;
    return strcmp(x->customer, y->customer);
}

static dk_status add_contact(dk_fit_context *x, const asked *first, const asked *last, int64_t surveys, dk_error *err) {
    dk_contact_rule *rule = &x->result->kpi.contact;
    dk_str name = dk_intern_text(&x->survey->customers, first->customer);
    dk_buf text;
    dk_buf_init(&text);
    dk_contact *c = rule->over + rule->nover++;
    c->surveys = surveys;
    dk_buf_put(&text, name.ptr, name.len);
    c->customer = keep(x, &text);
    dk_date_put(&text, first->day);
    c->first = keep(x, &text);
    dk_date_put(&text, last->day);
    c->last = keep(x, &text);
    dk_buf_dispose(&text);
    return c->customer != NULL && c->first != NULL && c->last != NULL ? DK_OK : dk_fail_memory(err);
}

/* The window of days with the most surveys of one customer; of equal ones the first. */
static void fullest(const asked *a, size_t n, int64_t days, size_t *from, size_t *count) {
    *count = 0;
    for (size_t low = 0, high = 0; high < n; high++) {
        while (a[high].day - a[low].day >= days) low++;
        if (high - low + 1 <= *count) continue;
        *count = high - low + 1;
        *from = low;
    }
}

dk_status dk_contacts_make(dk_fit_context *x, const dk_invitations *v, dk_error *err) {
    const dk_survey *s = x->survey;
    const dk_kpi_config *c = &s->config->kpi;
    dk_contact_rule *rule = &x->result->kpi.contact;
    bool invited = v != NULL && v->dated;
    if (c->contact_most == 0 || s->customer == NULL || (!invited && s->date == NULL)) return DK_OK;
    *rule = (dk_contact_rule){.most = c->contact_most, .days = c->contact_days, .by_invitations = invited};
    size_t n = invited ? v->count : s->n, kept = 0;
    asked *list = malloc((n + 1) * sizeof *list);
    rule->over = dk_arena_calloc(&x->result->arena, s->customers.count + 1, sizeof *rule->over);
    dk_status status = list != NULL && rule->over != NULL ? DK_OK : dk_fail_memory(err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        asked a = invited ? (asked){v->items[i].customer, v->items[i].first} : (asked){s->customer[i], s->date[i]};
        if (a.customer != DK_NO_ID && a.day != DK_NO_DATE && (invited || !s->dropped[i])) list[kept++] = a;
    }
    if (status == DK_OK) qsort(list, kept, sizeof *list, by_day);
    for (size_t i = 0, end; i < kept && status == DK_OK; i = end) {
        size_t from = 0, most;
        for (end = i + 1; end < kept && list[end].customer == list[i].customer; end++) {}
        rule->customers++;
        fullest(list + i, end - i, c->contact_days, &from, &most);
        if ((int64_t)most > c->contact_most) status = add_contact(x, &list[i + from], &list[i + from + most - 1], (int64_t)most, err);
    }
    if (status == DK_OK) qsort(rule->over, rule->nover, sizeof *rule->over, most_asked);
    free(list);
    return status;
}
