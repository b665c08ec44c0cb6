/* Themes by segment, notes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/cell.h"
#include "stats/nps.h"
#include "study/describe.h"
#include "study/privacy.h"
#include "tag/rows.h"

/* ---- Themes ------------------------------------------------------------------------------------------ */

/* What one theme's mentions add up to in a segment. */
typedef struct theme_sum {
    dk_nps_sum nps;
    int64_t polarity;
} theme_sum;

/* What a response says of one theme. */
typedef struct said {
    uint16_t theme;
    bool negative, positive;
    int64_t mentions, polarity;
} said;

static size_t gather(const dk_tagging *t, size_t response, said *out, size_t max) {
    size_t n = 0;
    for (size_t k = t->first[response]; k < t->first[response + 1]; k++) {
        const dk_mark *m = t->marks + k;
        size_t i = 0;
        while (i < n && out[i].theme != m->theme) i++;
        if (i == n && n == max) continue;
        if (i == n) out[n++] = (said){.theme = m->theme};
        out[i].negative = out[i].negative || m->sign < 0;
        out[i].positive = out[i].positive || m->sign > 0;
        out[i].mentions++;
        out[i].polarity += m->polarity;
    }
    return n;
}

static void add_use(dk_theme_use *use, theme_sum *sum, const said *what, int score, double weight) {
    use->mentions += what->mentions;
    use->responses++;
    if (what->negative && what->positive) use->mixed++;
    else if (what->negative) use->negative++;
    else if (what->positive) use->positive++;
    else use->neutral++;
    sum->polarity += what->polarity;
    if (score >= 0) dk_nps_add(&sum->nps, score, weight);
}

static dk_status add_themes(dk_fit_context *x, int *theme_of, dk_error *err) {
    const dk_taxonomy *taxonomy = x->taxonomy;
    dk_study_result *r = x->result;
    for (size_t i = 0; i < taxonomy->count; i++) theme_of[i] = -1;
    for (size_t k = 0; k < x->tagging->nmarks; k++) theme_of[x->tagging->marks[k].theme] = 0;
    for (size_t i = 0; i < taxonomy->count; i++) r->nthemes += theme_of[i] == 0;
    r->themes = dk_arena_calloc(&r->arena, r->nthemes + 1, sizeof *r->themes);
    if (r->themes == NULL) return dk_fail_memory(err);
    size_t n = 0;
    bool failed = false;
    for (uint32_t point = 0; point < taxonomy->ntouchpoints; point++)
        for (size_t i = 0; i < taxonomy->count; i++) {
            const dk_theme *from = taxonomy->themes + i;
            if (from->touchpoint != point || theme_of[i] != 0) continue;
            dk_study_theme *to = r->themes + n;
            const char *texts[] = {from->id, taxonomy->touchpoints[point], from->name, from->stage, from->owner};
            const char **places[] = {&to->id, &to->touchpoint, &to->name, &to->stage, &to->owner};
            for (int k = 0; k < 5; k++) {
                if (texts[k] == NULL) continue;
                *places[k] = dk_arena_strdup(&r->arena, texts[k], strlen(texts[k]));
                failed = failed || *places[k] == NULL;
            }
            for (int l = 0; l < DK_LANGUAGES; l++) {
                const char *label = from->label[l] != NULL ? from->label[l] : from->id;
                to->label[l] = dk_arena_strdup(&r->arena, label, strlen(label));
                failed = failed || to->label[l] == NULL;
            }
            to->outcome = from->outcome;
            to->use = dk_arena_calloc(&r->arena, r->nsegments, sizeof *to->use);
            failed = failed || to->use == NULL;
            theme_of[i] = (int)n++;
        }
    return failed ? dk_fail_memory(err) : DK_OK;
}

/* The segments' uses of a theme make up that of everybody. */
static void hide_uses(dk_study_result *r) {
    for (size_t t = 0; t < r->nthemes; t++) {
        dk_theme_use *use = r->themes[t].use;
        int64_t counts[DK_SEGMENTS_MAX];
        bool hidden[DK_SEGMENTS_MAX];
        for (size_t k = 1; k < r->nsegments; k++) {
            counts[k - 1] = use[k].responses;
            hidden[k - 1] = use[k].hidden;
        }
        dk_privacy_hide(counts, r->nsegments - 1, r->min_privacy, hidden);
        for (size_t k = 1; k < r->nsegments; k++) use[k].hidden = hidden[k - 1];
    }
}

dk_status dk_describe_themes(dk_fit_context *x, int *theme_of, dk_error *err) {
    enum { MOST_SAID = 256 };
    const dk_survey *s = x->survey;
    dk_study_result *r = x->result;
    dk_status status = add_themes(x, theme_of, err);
    size_t ns = r->nsegments;
    theme_sum *sums = calloc(r->nthemes * ns + 1, sizeof *sums);
    dk_nps_sum *all = calloc(ns + 1, sizeof *all);
    int64_t *spoken = calloc(ns + 1, sizeof *spoken);
    if (status == DK_OK && (sums == NULL || all == NULL || spoken == NULL)) status = dk_fail_memory(err);
    for (size_t i = 0; status == DK_OK && i < s->n; i++) {
        said what[MOST_SAID];
        if (s->dropped[i]) continue;
        size_t n = gather(x->tagging, i, what, MOST_SAID);
        int score = s->score_is_nps && !isnan(s->score[i]) ? (int)s->score[i] : -1;
        double weight = s->weight != NULL ? s->weight[i] : 1;
        for (size_t k = 0; k < ns; k++) {
            if (!dk_segment_has(x->segments, k, i)) continue;
            if (score >= 0) dk_nps_add(&all[k], score, weight);
            spoken[k] += s->commented[i] && x->tagging->language[i] != DK_LANG_OTHER;
            for (size_t j = 0; j < n; j++) {
                size_t theme = (size_t)theme_of[what[j].theme];
                add_use(&r->themes[theme].use[k], &sums[theme * ns + k], &what[j], score, weight);
            }
        }
    }
    for (size_t t = 0; status == DK_OK && t < r->nthemes; t++)
        for (size_t k = 0; k < ns; k++) {
            dk_theme_use *use = r->themes[t].use + k;
            const theme_sum *sum = sums + t * ns + k;
            dk_nps nps;
            dk_nps_finish(&sum->nps, r->confidence, &nps);
            use->hidden = use->responses < r->min_privacy || r->segments[k].hidden || use[-(ptrdiff_t)k].hidden;
            use->share = spoken[k] > 0 ? (double)use->responses / (double)spoken[k] : NAN;
            use->polarity = use->mentions > 0 ? (double)sum->polarity / (double)use->mentions / 1000 : NAN;
            use->impact = s->score_is_nps && sum->nps.n > 0 ? dk_nps_impact(&all[k], &sum->nps) : NAN;
            use->nps = s->score_is_nps && sum->nps.n >= r->min_privacy ? nps.nps : NAN;
        }
    if (status == DK_OK) hide_uses(r);
    free(sums);
    free(all);
    free(spoken);
    return status;
}

/* ---- Notes ------------------------------------------------------------------------------------------- */

static dk_status note(dk_study_result *r, size_t cap, dk_note_kind kind, dk_error *err, const char *format, ...) DK_PRINTF(5, 6);
static dk_status note(dk_study_result *r, size_t cap, dk_note_kind kind, dk_error *err, const char *format, ...) {
    char text[600];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (r->nnotes == cap) return DK_OK;
    char *copy = dk_arena_strdup(&r->arena, text, n > 0 && (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    if (copy == NULL) return dk_fail_memory(err);
    r->notes[r->nnotes++] = (dk_note){kind, copy};
    return DK_OK;
}

enum { MOST_NOTES = 40 };
#define NOTE(kind, ...)                                                                        \
    do {                                                                                       \
        if (status == DK_OK) status = note(r, MOST_NOTES, kind, err, __VA_ARGS__);             \
    } while (0)

static dk_status note_data(dk_fit_context *x, const dk_engine *engine, dk_error *err) {
    dk_study_result *r = x->result;
    const dk_survey *s = x->survey;
    dk_status status = DK_OK;
    dk_buf packs;
    dk_buf_init(&packs);
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    for (size_t i = 0; i < lexicon->npacks; i++)
        if (s->plan.packs >> i & 1) dk_buf_putf(&packs, "%s%s", packs.len > 0 ? ", " : "", lexicon->packs[i]);
    if (packs.len > 0) NOTE(DK_NOTE_METHOD, "Industry lexicons used: %s.", dk_buf_cstr(&packs));
    if (x->survey->config->nweights > 0)
        NOTE(DK_NOTE_METHOD, "Sentiment and mentions use weights learned from scores, cross-fitted: each response without those learned from its own customer's fold.");
    dk_buf_dispose(&packs);
    if (s->score == NULL)
        NOTE(DK_NOTE_LIMIT, "There is no score in the data: themes and sentiment are shown, but drivers need a score (name it with --score).");
    else if (!s->score_is_nps)
        NOTE(DK_NOTE_DATA, "The score runs from %g to %g, which is not the 0 to 10 of NPS: its mean is used instead.", s->score_low, s->score_high);
    if (s->place[DK_ROLE_COMMENT] == DK_NO_COLUMN) NOTE(DK_NOTE_LIMIT, "There is no comment column: nothing can be said of themes.");
    if (r->comments > 0 && r->languages[DK_LANG_OTHER].responses * 20 > r->comments)
        NOTE(DK_NOTE_DATA, "%lld comments are in a language other than Swedish, Danish and English; their themes are not read.", (long long)r->languages[DK_LANG_OTHER].responses);
    if (s->customer == NULL)
        NOTE(DK_NOTE_LIMIT, "There is no customer column: each response counts as its own customer, and intervals are too narrow where customers answered several times.");
    if (r->problem_counts[DK_PROBLEM_DUPLICATE] > 0)
        NOTE(DK_NOTE_DATA, "%lld responses have an id that came before; %s.", (long long)r->problem_counts[DK_PROBLEM_DUPLICATE],
             s->config->drop_duplicates ? "only the first of each is used" : "all are used");
    for (size_t k = 0; k <= s->nvariables; k++) {
        const dk_amounts *const of[] = {k < s->nvariables ? &s->variables[k].amounts : &s->profit_amounts, x->records != NULL ? &x->records->amounts[k] : NULL};
        for (int f = 0; f < 2; f++) {
            dk_buf amounts;
            dk_buf_init(&amounts);
            if (of[f] != NULL) dk_amounts_say(of[f], &amounts);
            if (amounts.len > 0) NOTE(DK_NOTE_DATA, "%s", dk_buf_cstr(&amounts));
            dk_buf_dispose(&amounts);
        }
    }
    if (s->config->kpi.weight)
        NOTE(DK_NOTE_METHOD, "All figures are weighted by the inverse of the rate of answering by segment and wave; both results of NPS stand side by side under who answers.");
    size_t numbers = 0, columns = dk_reader_columns(s->reader);
    double value;
    for (size_t c = 0; c < columns; c++) numbers += dk_cell_number(dk_reader_column_name(s->reader, c), &value);
    if (numbers > 0 && 2 * numbers >= columns)
        NOTE(DK_NOTE_DATA, "%zu of %zu columns have a number for a name: the file may lack its header row, and the first response was then taken for one.", numbers, columns);
    if (x->records != NULL && !x->records->periods)
        NOTE(DK_NOTE_LIMIT, "The customers' file has no periods: profit is that of the same time as the answer, so that cause and effect cannot be told apart.");
    if (x->panel != NULL && x->panel->complete < x->panel->nperiods)
        NOTE(DK_NOTE_DATA, "The last period of the customers' file holds fewer than half of the customers of the one before it: it is taken as not complete, and nobody as lost for want of a record there.");
    if (x->records != NULL && x->records->periods && s->date == NULL)
        NOTE(DK_NOTE_LIMIT, "The answers have no dates: each customer's last period stands for both before and after.");
    return status;
}

static const char *say_redaction(const dk_fit_context *x) {
    return x->survey->config->no_redact ? "Quotes stand as they were written, with whatever they tell of persons."
                                        : "What tells of persons (addresses, numbers, names that are common or stand where names stand) is crossed out in quotes; rare names and what else tells of somebody is not recognised.";
}

static dk_status note_methods(dk_fit_context *x, dk_error *err) {
    dk_study_result *r = x->result;
    dk_status status = DK_OK;
    bool any = false, both = false;
    for (size_t i = 0; i < r->nfits; i++) {
        const dk_study_fit *f = r->fits + i;
        any = any || f->fitted;
        if (!f->fitted || f->segment != 0) continue;
        for (size_t k = 0; k < f->npredictors; k++) both = both || f->predictors[k].pooled > 0;
        for (size_t k = 0; k < f->drivers->nnotes; k++) NOTE(DK_NOTE_METHOD, "%s: %s", r->outcomes[f->outcome].name, f->drivers->notes[k]);
    }
    if (any) {
        NOTE(DK_NOTE_METHOD, "Effects are coefficients of a regression of the outcome on what each response mentions, negative and positive apart, "
             "with language, missing comments and the study's controls held fixed; intervals are robust%s.", x->clusters != NULL ? " and clustered by customer" : "");
        NOTE(DK_NOTE_METHOD, "Importance shares out R2 among touchpoints by the Shapley value, with intervals from %d bootstrap replicates (seed %llu).",
             r->replicates, (unsigned long long)r->seed);
        NOTE(DK_NOTE_METHOD, "Themes that restate the score (overall satisfaction, recommendation, loyalty, expectations, reputation) are reported but never ranked.");
        NOTE(DK_NOTE_LIMIT, "An effect says what goes with a mention; only a design with a control group could say what causes it.");
        NOTE(DK_NOTE_LIMIT, "Those who write are not all customers: responses without a comment stay in with an indicator of their own.");
    }
    if (both) NOTE(DK_NOTE_METHOD, "Themes that fewer than %lld responses mention are pooled with the others of their touchpoint (named .other).", (long long)r->min_mentions);
    if (r->link.tested && r->link.verdict == DK_LINK && r->nfits > 0)
        NOTE(DK_NOTE_LIMIT, "Worth assumes that a step of the score is worth to every customer what it goes with on average, and that what is improved is the cause; it covers the customers who answered.");
    if (r->nquotes > 0) NOTE(DK_NOTE_LIMIT, "%s", say_redaction(x));
    return status;
}

dk_status dk_describe_notes(dk_fit_context *x, const dk_engine *engine, dk_error *err) {
    dk_study_result *r = x->result;
    r->notes = dk_arena_calloc(&r->arena, MOST_NOTES, sizeof *r->notes);
    if (r->notes == NULL) return dk_fail_memory(err);
    dk_status status = note_data(x, engine, err);
    return status == DK_OK ? note_methods(x, err) : status;
}
