/* A made-up result of an analysis with everything in it: three segments and a hidden one, four quarters, fitted and failed
 * fits, hostile comments. Figures are invented but go together. */
#ifndef TEST_REPORT_RESULT_H
#define TEST_REPORT_RESULT_H

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/result.h"

#define HOSTILE \
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"quoted\" 'x' & =cmd|' /C calc'!A0"

enum { SAMPLE_SEGMENTS = 5, SAMPLE_WAVES = 4, SAMPLE_THEMES = 7, SAMPLE_HIDDEN = 4 };

static void *take(dk_study_result *r, size_t count, size_t size) {
    void *p = dk_arena_calloc(&r->arena, count, size);
    if (p == NULL) abort();
    return p;
}

static dk_nps sample_nps(int64_t n, double nps, double half) {
    double promoters = 0.5 + nps / 200, detractors = 0.5 - nps / 200;
    return (dk_nps){n,
                    (double)n,
                    (double)n,
                    promoters - 0.1,
                    0.2,
                    detractors - 0.1,
                    nps,
                    half / 1.96,
                    {nps - half, nps + half}};
}

static void sample_segments(dk_study_result *r) {
    static const char *const names[] = {"all", "blå <b>", "silver", "guld", "dold"};
    static const double nps[] = {31, 12, 33, 52, -77}, profit[] = {1480, 420, 1510, 3980, 99991};
    static const int64_t n[] = {12377, 4105, 5160, 3104, 8};
    r->nsegments = SAMPLE_SEGMENTS;
    r->segments = take(r, r->nsegments, sizeof *r->segments);
    for (int i = 0; i < SAMPLE_SEGMENTS; i++) {
        dk_study_segment *s = &r->segments[i];
        s->name = names[i];
        s->from = s->below = NAN;
        s->responses = n[i] + 31;
        s->customers = n[i] / 2;
        s->comments = n[i] * 2 / 3;
        s->scored = n[i];
        s->hidden = i == SAMPLE_HIDDEN;
        s->nps = sample_nps(n[i], nps[i], i == 0 ? 3 : 5);
        s->score = (dk_mean_figure){n[i], 7.5, 0.02, {7.4, 7.6}};
        s->profit = (dk_mean_figure){n[i], profit[i], 20, {profit[i] - 40, profit[i] + 40}};
        s->profit_share = 0.25;
        s->commented = 0.66;
        s->commented_promoters = 0.6;
        s->commented_passives = 0.62;
        s->commented_detractors = 0.81;
        s->sentiment = 0.12;
    }
    static const char *const waves[][3] = {{"2025 Q1", "2025-01-01", "2025-03-31"},
                                           {"2025 Q2", "2025-04-01", "2025-06-30"},
                                           {"2025 Q3", "2025-07-01", "2025-09-30"},
                                           {"2025 Q4", "2025-10-01", "2025-12-31"}};
    r->nwaves = SAMPLE_WAVES;
    r->waves = take(r, r->nwaves, sizeof *r->waves);
    r->series = take(r, r->nwaves * r->nsegments, sizeof *r->series);
    for (size_t w = 0; w < r->nwaves; w++) {
        r->waves[w] = (dk_study_wave){waves[w][0], waves[w][1], waves[w][2]};
        for (size_t s = 0; s < r->nsegments; s++) {
            dk_study_point *p = &r->series[w * r->nsegments + s];
            double level = nps[s] + (w == 2 ? -6 : (double)w);
            p->responses = n[s] / 4;
            p->hidden = s == SAMPLE_HIDDEN;
            p->nps = sample_nps(n[s] / 4, level, 6);
            p->smoothed = nps[s] + 0.3 * (double)w;
            p->band = (dk_interval){p->smoothed - 3, p->smoothed + 3};
        }
    }
    r->wave_unit = "quarter";
    r->segment_source = "column profit_segment";
}

/* What n responses say of theme i. */
static dk_theme_use sample_use(int i, int64_t n, size_t segment) {
    dk_theme_use use = {.mentions = n + n / 9,
                        .responses = n,
                        .negative = n / 2,
                        .neutral = n / 10,
                        .positive = n - n / 2 - n / 10 - n / 20,
                        .mixed = n / 20,
                        .share = (double)n / 8189,
                        .polarity = i * 0.2 - 0.6,
                        .impact = 4.2 - i * 1.7,
                        .nps = i * 10 - 20.0,
                        .hidden = n < 10 || segment == SAMPLE_HIDDEN};
    use.feelings[DK_FRUSTRATION] = n / 7;
    use.feelings[DK_JOY] = n / 20 * i;
    use.feelings[DK_EMOTION_NONE] = use.feelings[DK_FRUSTRATION] + use.feelings[DK_JOY];
    return use;
}

static void sample_themes(dk_study_result *r) {
    static const char *const themes[SAMPLE_THEMES][7] = {
        {"delivery.speed", "delivery", "Delivery speed", "Leveranstid", "Leveringstid", "receive",
         "logistics"},
        {"delivery.reliability", "delivery", "Delivery reliability", "Leveranssäkerhet", "Leveringssikkerhed",
         "receive", "logistics"},
        {"staff.friendliness", "staff", "Friendliness", "Bemötande", "Imødekommenhed", "support",
         "human resources"},
        {"support.waiting", "support", "Waiting time", "Väntetid", "Ventetid", "support", "customer service"},
        {"billing.invoice", "billing", "Invoice", "Faktura", "Faktura", "pay", "finance"},
        {"overall.satisfaction", "overall", "Overall", "Helhet", "Helhed", "stay", "management"},
        {"account.privacy", "account", "Privacy", "Integritet", "Privatliv", "stay", "management"}};
    static const int64_t said[] = {2210, 1004, 1730, 1890, 640, 3001, 6};
    r->nthemes = SAMPLE_THEMES;
    r->themes = take(r, r->nthemes, sizeof *r->themes);
    for (int i = 0; i < SAMPLE_THEMES; i++) {
        dk_study_theme *t = &r->themes[i];
        *t = (dk_study_theme){
            .id = themes[i][0], .touchpoint = themes[i][1], .name = strchr(themes[i][0], '.') + 1};
        t->label[DK_LANG_EN] = t->label[DK_LANG_OTHER] = themes[i][2];
        t->label[DK_LANG_SV] = themes[i][3];
        t->label[DK_LANG_DA] = themes[i][4];
        t->stage = themes[i][5];
        t->owner = themes[i][6];
        t->outcome = i == 5;
        t->use = take(r, r->nsegments, sizeof *t->use);
        for (size_t s = 0; s < r->nsegments; s++) {
            int64_t n = s == 0 ? said[i] : said[i] / 3;
            t->use[s] = sample_use(i, n, s);
        }
    }
}

/* Two segments, two waves and a language alone, and one of each together; a group of four is hidden. */
static void sample_groups(dk_study_result *r) {
    static const dk_theme_group groups[] = {{-1, 0, -1, false, 2000}, {-1, 2, -1, false, 2100}, {-1, -1, DK_LANG_SV, false, 4995}, {-1, -1, DK_LANG_DA, false, 1965},
                                            {-1, -1, DK_LANG_EN, false, 1064}, {2, 0, -1, false, 500}, {2, 2, -1, true, 4}, {2, 0, DK_LANG_SV, false, 300}};
    enum { GROUPS = sizeof groups / sizeof *groups };
    r->groups = take(r, GROUPS, sizeof *r->groups);
    memcpy(r->groups, groups, sizeof groups);
    r->ngroups = GROUPS;
    r->group_depth = 3;
    r->group_uses = take(r, GROUPS * SAMPLE_THEMES, sizeof *r->group_uses);
    for (int g = 0; g < GROUPS; g++)
        for (int t = 0; t < SAMPLE_THEMES - 1 && !groups[g].hidden; t++)
            r->group_uses[r->ngroup_uses++] = (dk_group_use){t, g, sample_use(t, groups[g].comments / (t + 5) + g, 0)};
}

static void sample_fit(dk_study_result *r, dk_study_fit *fit, int outcome, int segment) {
    static const struct {
        int theme;
        const char *touchpoint;
        dk_sign sign;
        double effect, half, prevalence, moves, worth;
        bool supported;
    } levers[] = {{3, "support", DK_SIGN_NEGATIVE, -41, 8, 0.18, 7.4, 1.9e6, true},
                  {1, "delivery", DK_SIGN_NEGATIVE, -38, 9, 0.11, 4.2, 1.0e6, true},
                  {2, "staff", DK_SIGN_POSITIVE, 21, 6, 0.15, 3.1, 640000, true},
                  {4, "billing", DK_SIGN_NEGATIVE, -22, 13, 0.07, 1.5, 310000, true},
                  {-1, "account", DK_SIGN_NEGATIVE, -9, 19, 0.02, 0.2, NAN, false},
                  {0, "delivery", DK_SIGN_POSITIVE, 3, 7, 0.1, 0.3, 70000, false}};
    enum { LEVERS = sizeof levers / sizeof *levers, GROUPS = 5 };
    static const char *const groups[GROUPS] = {"support", "delivery", "staff", "billing", "account"};
    static const char *const notes[] = {"account.privacy has 6 mentions and was pooled with its touchpoint"};
    static const char *const controls[] = {"language", "commented"};
    dk_driver_result *d = take(r, 1, sizeof *d);
    dk_driver *drivers = take(r, GROUPS, sizeof *drivers);
    dk_driver_term *terms = take(r, LEVERS, sizeof *terms);
    *fit = (dk_study_fit){.outcome = outcome,
                          .segment = segment,
                          .fitted = true,
                          .drivers = d,
                          .controls = controls,
                          .ncontrols = 2};
    fit->npredictors = fit->nlevers = LEVERS;
    fit->predictors = take(r, LEVERS, sizeof *fit->predictors);
    fit->levers = take(r, LEVERS, sizeof *fit->levers);
    for (int g = 0; g < GROUPS; g++) {
        double share = (5.0 - g) / 15;
        drivers[g] = (dk_driver){.name = groups[g],
                                 .effect = NAN,
                                 .se = NAN,
                                 .ci = {NAN, NAN},
                                 .p = 0.0001 * (g + 1),
                                 .q = g < 4 ? 0.001 : 0.4,
                                 .importance = 0.25 * share,
                                 .importance_ci = {0.25 * share - 0.01, 0.25 * share + 0.02},
                                 .share = share,
                                 .prob_top3 = g < 2 ? 0.97 : 0.3,
                                 .rank = g + 1,
                                 .tie = g < 2 ? 1 : 2};
    }
    for (int i = 0; i < LEVERS; i++) {
        double scale = r->outcomes[outcome].money ? 10 : 1, n = (double)r->segments[segment].scored;
        terms[i] = (dk_driver_term){
            .predictor = "x",
            .column = (size_t)i,
            .effect = scale * levers[i].effect,
            .se = scale * levers[i].half / 1.96,
            .p = levers[i].supported ? 0.0004 : 0.4,
            .ci = {scale * (levers[i].effect - levers[i].half), scale * (levers[i].effect + levers[i].half)},
            .prevalence = levers[i].prevalence,
            .mentions = (int64_t)(n * levers[i].prevalence),
            .opportunity = levers[i].moves,
            .importance = 0.03};
        int g = 0;
        while (strcmp(groups[g], levers[i].touchpoint) != 0) g++;
        fit->predictors[i] = (dk_study_predictor){levers[i].theme, levers[i].touchpoint, levers[i].sign,
                                                  terms[i].mentions, levers[i].theme < 0 ? 3 : 0};
        double moves = scale * levers[i].moves, spread = scale * levers[i].half * levers[i].prevalence;
        fit->levers[i] = (dk_study_lever){(size_t)i,
                                          &drivers[g],
                                          &terms[i],
                                          moves,
                                          {moves - spread, moves + spread},
                                          levers[i].worth,
                                          {levers[i].worth * 0.6, levers[i].worth * 1.5},
                                          levers[i].supported && levers[i].sign == DK_SIGN_NEGATIVE,
                                          levers[i].supported};
    }
    d->rows = r->segments[segment].scored;
    d->clusters = d->rows / 2;
    d->r2 = 0.27;
    d->r2_controls = 0.02;
    d->p_model = 1e-9;
    d->verdict = DK_LINK;
    d->detectable = 8.25;
    d->ruled_out = 1.5;
    d->condition = 11.5;
    d->replicates = 1000;
    d->drivers = drivers;
    d->ndrivers = GROUPS;
    d->notes = notes;
    d->nnotes = 1;
}

static void sample_fits(dk_study_result *r) {
    r->noutcomes = 2;
    r->outcomes = take(r, r->noutcomes, sizeof *r->outcomes);
    r->outcomes[0] = (dk_study_outcome){"nps", "NPS points", DK_MODEL_LINEAR, false};
    r->outcomes[1] = (dk_study_outcome){"profit", "SEK", DK_MODEL_LINEAR, true};
    r->nfits = 2 * SAMPLE_SEGMENTS;
    r->fits = take(r, r->nfits, sizeof *r->fits);
    for (int i = 0; i < 2 * SAMPLE_SEGMENTS; i++) {
        int outcome = i / SAMPLE_SEGMENTS, segment = i % SAMPLE_SEGMENTS;
        if (outcome == 1 && segment == 3)
            r->fits[i] = (dk_study_fit){
                .outcome = outcome, .segment = segment, .reason = "Only 12 customers have a profit."};
        else
            sample_fit(r, &r->fits[i], outcome, segment);
    }
    r->fits[1].drivers->verdict = DK_NO_LINK;
    r->fits[2].drivers->verdict = DK_INCONCLUSIVE;
    for (size_t i = 0; i < r->fits[1].nlevers; i++) r->fits[1].levers[i].supported = false;
}

static void sample_quotes(dk_study_result *r) {
    static const char waiting[] =
        "Snabb leverans men kundtjänsten svarar aldrig, tredje gången nu.\nRing ███ ███ ██ ██!";
    static const char hostile[] = HOSTILE " slow delivery";
    r->nquotes = 3;
    r->quotes = take(r, r->nquotes, sizeof *r->quotes);
    dk_quote_mention *m = take(r, 5, sizeof *m);
    m[0] = (dk_quote_mention){0, 5, 0, DK_SIGN_POSITIVE, 0.62, "lexicons/sv/themes.tsv:1204", "own"};
    m[1] = (dk_quote_mention){
        19, 46, 3, DK_SIGN_NEGATIVE, -0.81, "lexicons/sv/themes.tsv:611 <x>", "negated|intensified"};
    m[2] = (dk_quote_mention){33, 46, 2, DK_SIGN_NEGATIVE, -0.4, "lexicons/sv/themes.tsv:99", ""};
    r->quotes[0] = (dk_quote){"88213", waiting, DK_LANG_SV, 1, 2, 3, 3, DK_SIGN_NEGATIVE, -0.38, m, 3};
    size_t at = (size_t)(strstr(hostile, "slow") - hostile);
    m[3] = (dk_quote_mention){(uint32_t)at, (uint32_t)at + 4,           0,    DK_SIGN_NEGATIVE,
                              -0.7,         "lexicons/en/themes.tsv:7", "own"};
    m[4] = (dk_quote_mention){(uint32_t)at + 5, 9999, 0, DK_SIGN_NEGATIVE, -0.7, "beyond the end", ""};
    r->quotes[1] = (dk_quote){"<id>", hostile,          DK_LANG_EN, SAMPLE_HIDDEN, -1, INT_MIN,
                              0,      DK_SIGN_NEGATIVE, -0.7,       m + 3,         2};
    r->quotes[2] = (dk_quote){
        "7",
        "Rigtig god og venlig betjening, og leveringen kom dagen efter. Det er dejligt at handle hos jer, "
        "og jeg kommer helt sikkert igen næste gang jeg mangler noget til huset.",
        DK_LANG_DA,
        3,
        0,
        10,
        0,
        DK_SIGN_POSITIVE,
        0.9,
        NULL,
        0};
}

static void sample_files(dk_study_result *r) {
    r->nfiles = 1;
    r->files = take(r, 1, sizeof *r->files);
    dk_column_use *c = take(r, 7, sizeof *c);
    c[0] = (dk_column_use){"response_id", DK_ROLE_ID, NULL, true, 0, 2};
    c[1] = (dk_column_use){"nps", DK_ROLE_SCORE, "0 to 10", true, 28, 3};
    c[2] = (dk_column_use){"comment", DK_ROLE_COMMENT, NULL, true, 4210, 0};
    c[3] = (dk_column_use){"answered", DK_ROLE_DATE, "2025-01-02 to 2025-12-30", false, 0, 1};
    c[4] = (dk_column_use){"profit_segment", DK_ROLE_SEGMENT, "blue < silver < gold", true, 0, 0};
    c[5] = (dk_column_use){"margin", DK_ROLE_PROFIT, NULL, true, 12, 0};
    c[6] = (dk_column_use){"channel", DK_ROLE_LEFT_OUT, NULL, true, 0, 0};
    r->files[0] = (dk_study_file){"survey.csv",
                                  "data/survey.csv",
                                  "responses",
                                  "12,408 rows, comma, UTF-8 (3 cells repaired, 2 rows rejected)",
                                  12408,
                                  2,
                                  3,
                                  0,
                                  0,
                                  0,
                                  c,
                                  7};
    r->nproblems = 3;
    r->problems = take(r, r->nproblems, sizeof *r->problems);
    r->problems[0] = (dk_problem){DK_PROBLEM_ROW,
                                  0,
                                  4030,
                                  4031,
                                  NULL,
                                  "88213,2026-03-02,9,\"x,y\",1,2,3,4",
                                  "9 cells where the header has 7",
                                  false};
    r->problems[1] = (dk_problem){DK_PROBLEM_SCORE,
                                  0,
                                  5000,
                                  5001,
                                  "nps",
                                  "11",
                                  "a score from 0 to 10 was expected; kept without a score",
                                  true};
    r->problems[2] = (dk_problem){DK_PROBLEM_DATE,
                                  0,
                                  5001,
                                  5002,
                                  "answered",
                                  HOSTILE,
                                  "a date was expected; kept without a date",
                                  true};
    r->problem_counts[DK_PROBLEM_ROW] = 2;
    r->problem_counts[DK_PROBLEM_SCORE] = 3;
    r->problem_counts[DK_PROBLEM_DATE] = 1;
    r->join = (dk_join){true, 12377, 12001, 376, 12, 40211, 28210, 3};
    r->nnotes = 3;
    r->notes = take(r, r->nnotes, sizeof *r->notes);
    r->notes[0] = (dk_note){DK_NOTE_METHOD, "Language and whether there is a comment are controls."};
    r->notes[1] = (dk_note){DK_NOTE_LIMIT, "Who did not answer is not known to feel the same."};
    r->notes[2] = (dk_note){DK_NOTE_DATA, "3 responses were answered before they were sent."};
}

/* Freed with sample_free: the driver results lie in the arena too, and are not for dk_drivers_free. */
static void sample_free(dk_study_result *r) {
    for (size_t i = 0; i < r->nfits; i++) r->fits[i].drivers = NULL;
    dk_study_result_free(r);
}

static dk_study_result *sample_result(void) {
    dk_study_result *r = dk_study_result_new();
    if (r == NULL) abort();
    r->title = "Nordisk handel 2025 <&>";
    r->version = "0.1.0";
    r->stamp = "00112233445566778899aabbccddeeff";
    r->seed = UINT64_MAX;
    r->report_language = DK_LANG_SV;
    r->currency = "SEK";
    r->confidence = 0.95;
    r->alpha = 0.05;
    r->min_privacy = 10;
    r->min_mentions = 30;
    r->replicates = 1000;
    r->responses = 12408;
    r->comments = 8189;
    r->scored = 12377;
    r->customers = 9120;
    r->score_lowest = 0;
    r->score_highest = 10;
    r->score_is_nps = true;
    r->first_date = "2025-01-02";
    r->last_date = "2025-12-30";
    static const double shares[] = {0.02, 0.61, 0.24, 0.13};
    for (int l = 0; l < DK_LANGUAGES; l++)
        r->languages[l] = (dk_language_use){.responses = (int64_t)(8189 * shares[l]), .share = shares[l], .nps = sample_nps(1000, 30, 4)};
    r->uncertain_language = 311;
    r->without_theme = 1420;
    static const int64_t labels[] = {2100, 2300, 3100, 689};
    memcpy(r->labels, labels, sizeof labels);
    sample_segments(r);
    sample_themes(r);
    sample_groups(r);
    sample_fits(r);
    sample_quotes(r);
    sample_files(r);
    r->link = (dk_study_link){
        true,  DK_LINK,
        12001, 9007,
        118,   27,
        1e-5,  {64, 171},
        4,     210,
        0.11,  "Margin of the four quarters after the answer, with segment at the answer held fixed."};
    return r;
}

#endif
