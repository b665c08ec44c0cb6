#include "study/simulate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "io/csv_write.h"
#include "io/json_write.h"
#include "io/output.h"
#include "study/dates.h"
#include "study/simulate_text.h"
#include "study/simulate_truth.h"

enum { RESPONSES, CUSTOMERS, INVITATIONS, SAID, OUTPUTS };
enum { DRAW_CUSTOMER = 1, DRAW_QUARTER, DRAW_ANSWER, DRAW_COMMENT, DRAW_MEET };

typedef struct customer {
    double margin, level;  /* own mean margin; own level of the contribution, NPS points */
    double observed;       /* margin of the quarter before the one at hand */
    double lift;           /* what the score of the quarter before adds to the margin */
    dk_met met;            /* the quarter before, and the score it gave */
    int last_score;
    bool met_any;          /* false in the first quarter */
    dk_language language;
    bool lost;
    int8_t segment;        /* that the customer's own margin is made for */
    uint8_t products;
    double contract;
} customer;

typedef struct simulation {
    const dk_study_config *c;
    const dk_scenario *s;
    dk_simulated *done;
    dk_truth *truth;
    dk_phrases phrases[DK_LANGUAGES];
    customer *customers;
    dk_output *out[OUTPUTS];
    dk_buf buf[OUTPUTS], comment;
    int64_t *mentions;   /* planted x (segments + 1): comments that mention it; the last column is all */
    double *effects;     /* planted: sum of the effects of those mentions */
    int64_t responses_of[DK_SCENARIO_SEGMENTS];
} simulation;

/* ---- Customers and their records --------------------------------------------------------------------- */

/* The index of the first share that the draw falls in. */
static size_t pick(const double *shares, size_t n, double draw) {
    size_t k = 0;
    while (k + 1 < n && draw >= shares[k]) draw -= shares[k++];
    return k;
}

static void make_customer(const simulation *m, customer *p, uint64_t which) {
    dk_rng rng = dk_rng_of((uint64_t)m->s->seed, DRAW_CUSTOMER, which);
    p->segment = (int8_t)pick(m->s->share, m->c->nbands, dk_rng_unit(&rng));
    p->margin = dk_world_margin(m->s, (size_t)p->segment, &rng);
    p->level = m->s->spread * dk_rng_normal(&rng);
    p->language = (dk_language)(1 + pick(m->s->language + 1, DK_LANGUAGES - 1, dk_rng_unit(&rng)));
    p->products = (uint8_t)(1 + dk_rng_below(&rng, 3) + (size_t)p->segment);
    p->contract = 4 * p->margin * (2.5 + dk_rng_unit(&rng));
}

static void put_money(dk_buf *out, double value) { dk_buf_putf(out, ",%.2f", value); }

/* Margin and the operational columns of one quarter; churned tells that it is the customer's last. */
static void put_record(simulation *m, size_t which, int32_t quarter, double margin, bool churned, dk_rng *rng) {
    const customer *p = m->customers + which;
    dk_buf *out = &m->buf[CUSTOMERS];
    double revenue = margin * (2.8 + 0.6 * dk_rng_unit(rng));
    size_t orders = 1 + dk_rng_below(rng, 4 + (size_t)p->segment * 3), contacts = dk_rng_below(rng, 10) < 7 ? 0 : 1 + dk_rng_below(rng, 3);
    size_t returns = dk_rng_below(rng, orders + 1) / 2;
    dk_buf_putf(out, "K%06zu,%d-Q%d", which + 1, quarter / 4, quarter % 4 + 1);
    put_money(out, revenue < 0 ? 0 : revenue);
    put_money(out, margin);
    dk_buf_putf(out, ",%zu,%zu,%u", orders, returns, p->products);
    put_money(out, p->contract);
    dk_buf_putf(out, ",%zu", contacts);
    put_money(out, (double)contacts * (45 + 30 * dk_rng_unit(rng)));
    dk_buf_putf(out, ",%zu,%d\n", dk_rng_below(rng, 40), churned);
    m->done->records++;
}

/* ---- Answers ----------------------------------------------------------------------------------------- */

static int draw_score(double m, dk_rng *rng) {
    double chance[11], draw = dk_rng_unit(rng);
    dk_world_scores(m, chance);
    return (int)pick(chance, 11, draw);
}

static void count_mentions(simulation *m, const dk_planted *const *said, size_t n, int segment) {
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)(said[i] - m->s->planted);
        m->mentions[at * (m->c->nbands + 1) + (size_t)segment]++;
        m->mentions[at * (m->c->nbands + 1) + m->c->nbands]++;
        m->effects[at] += said[i]->nps[segment];
        dk_buf_putf(&m->buf[SAID], "R%06lld,%s,%s\n", (long long)m->done->responses, said[i]->theme, said[i]->sign < 0 ? "negative" : "positive");
    }
}

/* Writes an answer of what the customer met and thinks. */
static void answer(simulation *m, size_t which, int32_t quarter, int segment, bool commented, const dk_met *met, double expected, int score, dk_rng *rng) {
    static const char *const channels[] = {"web", "store", "phone"};
    const customer *p = m->customers + which;
    int32_t first, last;
    dk_wave_days(quarter, DK_WAVE_QUARTER, &first, &last);
    dk_buf *out = &m->buf[RESPONSES];
    dk_buf_putf(out, "R%06lld,K%06zu,", (long long)++m->done->responses, which + 1);
    dk_date_put(out, first + (int32_t)dk_rng_below(rng, (size_t)(last - first + 1)));
    dk_buf_putf(out, ",%s,%d,", channels[dk_rng_below(rng, 3)], score);
    m->responses_of[segment]++;
    if (commented) {
        dk_rng words = dk_rng_of((uint64_t)m->s->seed, DRAW_COMMENT, (uint64_t)m->done->responses);
        count_mentions(m, met->items, met->n, segment);
        dk_simulate_comment(&m->phrases[p->language], p->language, met->items, met->n, expected / 100, &words, &m->comment);
        dk_csv_put(out, (dk_str){m->comment.ptr, m->comment.len});
        m->done->comments++;
    }
    dk_buf_putc(out, '\n');
}

/* ---- Quarters ---------------------------------------------------------------------------------------- */

/* Whether the customer leaves, or moves to another segment for good, after the quarter before. */
static void move(simulation *m, customer *p, dk_rng *rng) {
    size_t class = (size_t)p->segment;
    double leaves = dk_rng_unit(rng), moves = dk_rng_unit(rng);
    if (!p->met_any) return;
    dk_chances c = dk_world_chances(m->s, m->c->nbands, class, p->last_score, &p->met);
    p->lost = leaves < c.lost;
    if (p->lost || moves >= c.up + c.down) return;
    p->segment = (int8_t)(moves < c.up ? class + 1 : class - 1);
    p->margin = dk_world_margin(m->s, (size_t)p->segment, rng);
}

/* Whether the customer is asked, and answers. */
static void survey(simulation *m, size_t which, int64_t number, int32_t quarter, bool commented, double base, double expected) {
    customer *p = m->customers + which;
    const dk_scenario *s = m->s;
    dk_rng draws = dk_rng_of((uint64_t)s->seed, DRAW_ANSWER, which * 64 + (uint64_t)number);
    if (dk_rng_unit(&draws) >= s->invited) return;
    bool answered = dk_rng_unit(&draws) < s->answered;
    int band = dk_world_band(m->c, p->observed);
    m->done->invitations++;
    if (answered) {
        answer(m, which, quarter, band, commented, &p->met, expected, p->last_score, &draws);
        dk_truth_answer(m->truth, band, (size_t)p->segment, p->margin, base, &p->met);
    }
    dk_buf_putf(&m->buf[INVITATIONS], "K%06zu,%d-Q%d,%s", which + 1, quarter / 4, quarter % 4 + 1, answered ? "yes," : "no,\n");
    if (answered) dk_buf_putf(&m->buf[INVITATIONS], "R%06lld\n", (long long)m->done->responses);
}

static void live_quarter(simulation *m, size_t which, int64_t number) {
    customer *p = m->customers + which;
    const dk_scenario *s = m->s;
    int32_t quarter = s->first_quarter + (int32_t)number - 1;
    dk_rng rng = dk_rng_of((uint64_t)s->seed, DRAW_QUARTER, which * 64 + (uint64_t)number);
    move(m, p, &rng);
    double margin = p->margin + p->lift + DK_WORLD_NOISE * fabs(p->margin) * dk_rng_normal(&rng);
    if (p->lost) { /* who leaves brings a part of the quarter, and is not asked */
        put_record(m, which, quarter, margin * dk_rng_unit(&rng), true, &rng);
        return;
    }
    dk_rng meets = dk_rng_of((uint64_t)s->seed, DRAW_MEET, which * 64 + (uint64_t)number);
    bool commented = dk_rng_unit(&meets) < s->commented, clamped;
    int band = dk_world_band(m->c, number > 0 ? p->observed : margin);
    double base = s->nps[band] + p->level;
    p->met.n = 0;
    if (commented) dk_world_meet(s, &meets, &p->met);
    double expected = dk_world_expected(base, &p->met, band, &clamped);
    p->last_score = draw_score(expected / 100, &meets);
    p->met_any = true;
    if (number >= 1 && number <= s->quarters) {
        m->done->clamped += clamped;
        survey(m, which, number, quarter, commented, base, expected);
    }
    put_record(m, which, quarter, margin, false, &rng);
    p->lift = s->profit_a_step * (p->last_score - 7);
    p->observed = round(margin * 100) / 100; /* as it is written, so that the band is that of the file */
    if (number == s->quarters + 1) dk_truth_customer(m->truth, dk_world_band(m->c, p->observed), (size_t)p->segment, p->margin);
}

static dk_status flush(simulation *m, dk_error *err) {
    dk_status status = DK_OK;
    for (int k = 0; k < OUTPUTS && status == DK_OK; k++) status = dk_output_put(m->out[k], &m->buf[k], err);
    return status;
}

/* Quarter by quarter, so that responses stand in the order of time. */
static dk_status live(simulation *m, dk_error *err) {
    dk_status status = DK_OK;
    for (int64_t number = 0; number <= m->s->quarters + 1 && status == DK_OK; number++)
        for (size_t which = 0; which < (size_t)m->s->customers && status == DK_OK; which++) {
            if (!m->customers[which].lost) live_quarter(m, which, number);
            if (which % 1024 == 0) status = flush(m, err);
        }
    return status == DK_OK ? flush(m, err) : status;
}

/* ---- The truth --------------------------------------------------------------------------------------- */

static void put_truth_row(dk_buf *out, const char *segment, const dk_planted *p, int64_t mentions, int64_t responses, double effect) {
    dk_csv_puts(out, segment);
    dk_buf_putf(out, ",%s,%s,%lld,", p->theme, p->sign < 0 ? "negative" : "positive", (long long)mentions);
    dk_buf_put_double(out, responses > 0 ? (double)mentions / (double)responses : 0);
    dk_buf_putc(out, ',');
    dk_buf_put_double(out, effect);
    dk_buf_putc(out, '\n');
}

/* For everybody the effect is the mean over the mentions there were. */
static void put_truth(const simulation *m, dk_buf *out) {
    const dk_study_config *c = m->c;
    dk_buf_puts(out, "segment,theme,polarity,mentions,share,effect\n");
    for (size_t i = 0; i < m->s->nplanted; i++) {
        const dk_planted *p = m->s->planted + i;
        const int64_t *mentions = m->mentions + i * (c->nbands + 1);
        put_truth_row(out, "all", p, mentions[c->nbands], m->done->responses, mentions[c->nbands] > 0 ? m->effects[i] / (double)mentions[c->nbands] : 0);
        for (size_t k = 0; k < c->nbands; k++) put_truth_row(out, c->bands[k].name, p, mentions[k], m->responses_of[k], p->nps[k]);
    }
}

static void put_truth_json(const simulation *m, dk_buf *out) {
    dk_json j;
    dk_json_init(&j, out, true);
    dk_json_object(&j);
    dk_json_key(&j, "seed");
    dk_json_int(&j, m->s->seed);
    dk_json_key(&j, "customers");
    dk_json_int(&j, m->done->customers);
    dk_json_key(&j, "invitations");
    dk_json_int(&j, m->done->invitations);
    dk_json_key(&j, "responses");
    dk_json_int(&j, m->done->responses);
    dk_json_key(&j, "comments");
    dk_json_int(&j, m->done->comments);
    dk_json_key(&j, "clamped");
    dk_json_int(&j, m->done->clamped);
    dk_json_key(&j, "profit_a_step_and_quarter");
    dk_json_double(&j, m->s->profit_a_step);
    dk_json_key(&j, "profit_a_step_and_year");
    dk_json_double(&j, 4 * m->s->profit_a_step);
    dk_json_key(&j, "churn");
    dk_json_double(&j, m->s->churn);
    dk_json_key(&j, "churn_log_odds_a_step");
    dk_json_double(&j, m->s->churn_a_step);
    dk_json_key(&j, "laws");
    dk_json_text(&j, "log odds of leaving, and of moving up or down, add up over what was met the quarter before; see truth_movement.csv and truth_worth.csv");
    dk_json_end(&j);
    dk_buf_putc(out, '\n');
}

/* ---- Files ------------------------------------------------------------------------------------------- */

static dk_status open_file(const char *folder, const char *name, dk_output **out, dk_error *err) {
    char *path = dk_path_join(folder, name);
    if (path == NULL) return dk_fail_memory(err);
    dk_status status = dk_output_open(out, path, err);
    free(path);
    return status;
}

static dk_status write_file(const char *folder, const char *name, dk_buf *content, dk_error *err) {
    dk_output *out = NULL;
    dk_status status = open_file(folder, name, &out, err);
    if (status == DK_OK) status = dk_output_put(out, content, err);
    if (status == DK_OK) return dk_output_close(out, err);
    dk_output_abort(out);
    return status;
}

/* Headers by the names that the study gives its columns. */
static void put_headers(simulation *m) {
    const char *const *r = m->c->responses.column, *const *k = m->c->customers.column;
#define NAME(name, otherwise) (name) != NULL ? (name) : (otherwise)
    dk_buf_putf(&m->buf[RESPONSES], "%s,%s,%s,channel,%s,%s\n", NAME(r[DK_ROLE_ID], "response_id"), NAME(r[DK_ROLE_CUSTOMER], "customer_id"),
                NAME(r[DK_ROLE_DATE], "answered"), NAME(r[DK_ROLE_SCORE], "nps"), NAME(r[DK_ROLE_COMMENT], "comment"));
    dk_buf_putf(&m->buf[CUSTOMERS],
                "%s,%s,revenue,%s,orders,returns,products,contract_value,support_contacts,support_cost,visits,churned\n",
                NAME(k[DK_ROLE_CUSTOMER], "customer_id"), NAME(k[DK_ROLE_PERIOD], "quarter"), NAME(k[DK_ROLE_PROFIT], "margin"));
#undef NAME
    dk_buf_puts(&m->buf[INVITATIONS], "customer_id,quarter,answered,response_id\n");
    dk_buf_puts(&m->buf[SAID], "response_id,theme,polarity\n");
}

static dk_status read_phrases(simulation *m, dk_study_config *config, dk_error *err) {
    const char *folder = dk_study_config_path(config, m->s->phrases);
    if (folder == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES && status == DK_OK; l++) {
        char name[8];
        if (m->s->language[l] == 0) continue;
        snprintf(name, sizeof name, "%s.tsv", dk_language_name((dk_language)l));
        char *path = dk_path_join(folder, name);
        status = path != NULL ? dk_phrases_read(&m->phrases[l], path, err) : dk_fail_memory(err);
        for (size_t i = 0; i < m->s->nplanted && status == DK_OK; i++) {
            const dk_planted *p = m->s->planted + i;
            if (dk_phrases_count(&m->phrases[l], p->theme, p->sign) == 0)
                status = dk_fail_at(err, DK_EDATA, path, 0, 0, "no phrase for %s %s, which the study plants", p->theme, p->sign < 0 ? "negative" : "positive");
        }
        free(path);
    }
    return status;
}

dk_status dk_simulate(dk_study_config *config, const dk_scenario *scenario, const char *folder, dk_simulated *done, dk_error *err) {
    simulation m = {.c = config, .s = scenario, .done = done};
    dk_buf text;
    dk_buf_init(&text);
    memset(done, 0, sizeof *done);
    done->customers = scenario->customers;
    m.customers = calloc((size_t)scenario->customers, sizeof *m.customers);
    m.mentions = calloc(scenario->nplanted * (config->nbands + 1) + 1, sizeof *m.mentions);
    m.effects = calloc(scenario->nplanted + 1, sizeof *m.effects);
    dk_status status = m.customers != NULL && m.mentions != NULL && m.effects != NULL ? read_phrases(&m, config, err) : dk_fail_memory(err);
    const char *names[OUTPUTS] = {dk_path_name(config->responses.path), dk_path_name(config->customers.path), "invitations.csv", "truth_mentions.csv"};
    if (status == DK_OK) status = dk_truth_new(&m.truth, config, scenario, err);
    if (status == DK_OK) status = dk_folder_make(folder, err);
    for (int k = 0; k < OUTPUTS && status == DK_OK; k++) status = open_file(folder, names[k], &m.out[k], err);
    for (int64_t i = 0; i < scenario->customers && status == DK_OK; i++) make_customer(&m, m.customers + i, (uint64_t)i);
    if (status == DK_OK) put_headers(&m);
    if (status == DK_OK) status = live(&m, err);
    if (status == DK_OK) put_truth(&m, &text);
    if (status == DK_OK) status = write_file(folder, "truth.csv", &text, err);
    if (status == DK_OK) dk_truth_put_movement(m.truth, &text);
    if (status == DK_OK) status = write_file(folder, "truth_movement.csv", &text, err);
    if (status == DK_OK) dk_truth_put_worth(m.truth, &text);
    if (status == DK_OK) status = write_file(folder, "truth_worth.csv", &text, err);
    if (status == DK_OK) put_truth_json(&m, &text);
    if (status == DK_OK) status = write_file(folder, "truth.json", &text, err);
    if (status == DK_OK) status = dk_file_read(config->name, &text, err);
    if (status == DK_OK) status = write_file(folder, dk_path_name(config->name), &text, err);
    for (int k = 0; k < OUTPUTS; k++) {
        if (status == DK_OK) status = dk_output_close(m.out[k], err);
        else dk_output_abort(m.out[k]);
        dk_buf_dispose(&m.buf[k]);
    }
    for (int l = 0; l < DK_LANGUAGES; l++) dk_phrases_dispose(&m.phrases[l]);
    dk_buf_dispose(&m.comment);
    dk_buf_dispose(&text);
    dk_truth_free(m.truth);
    free(m.customers);
    free(m.mentions);
    free(m.effects);
    return status;
}
