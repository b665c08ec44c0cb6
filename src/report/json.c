/* report.json; the order and the names of the fields are those of docs/report.md. */
#include <limits.h>

#include "report/json_put.h"
#include "report/json_sections.h"
#include "report/report.h"

/* FORMAT is raised when a field changes its meaning or goes; new fields do not raise it. Problems beyond the first are
   in rejected.csv. */
enum { FORMAT = 1, MOST_PROBLEMS = 1000 };

static void put_files(dk_json *j, const dk_study_result *r) {
    begin_list(j, "files");
    for (size_t i = 0; i < r->nfiles; i++) {
        const dk_study_file *f = &r->files[i];
        dk_json_object(j);
        text(j, "name", f->name);
        text(j, "content", f->content);
        text(j, "description", f->description);
        count(j, "rows", f->rows);
        count(j, "rejected", f->rejected);
        count(j, "repaired_cells", f->repaired_cells);
        count(j, "control_cells", f->control_cells);
        count(j, "short_rows", f->short_rows);
        count(j, "stray_quotes", f->stray_quotes);
        begin_list(j, "columns");
        for (size_t c = 0; c < f->ncolumns; c++) {
            const dk_column_use *u = &f->columns[c];
            dk_json_object(j);
            text(j, "name", u->name);
            text(j, "role", dk_role_name(u->role));
            text(j, "detail", u->detail);
            flag(j, "guessed", u->guessed);
            count(j, "missing", u->missing);
            count(j, "bad", u->bad);
            dk_json_end(j);
        }
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_join(j, r);
}

static void put_problems(dk_json *j, const dk_study_result *r) {
    begin_object(j, "problem_counts");
    for (int k = 0; k < DK_PROBLEMS; k++) count(j, dk_problem_name((dk_problem_kind)k), r->problem_counts[k]);
    dk_json_end(j);
    begin_list(j, "problems");
    for (size_t i = 0; i < r->nproblems && i < MOST_PROBLEMS; i++) {
        const dk_problem *p = &r->problems[i];
        dk_json_object(j);
        text(j, "problem", dk_problem_name(p->kind));
        text(j, "file", p->file >= 0 ? r->files[p->file].name : NULL);
        count(j, "row", p->row);
        dk_json_key(j, "line");
        if (p->line > 0)
            dk_json_int(j, p->line);
        else
            dk_json_null(j);
        text(j, "column", p->column);
        text(j, "value", p->value);
        text(j, "message", p->message);
        flag(j, "kept", p->kept);
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_segments(dk_json *j, const dk_study_result *r) {
    begin_list(j, "segments");
    for (size_t i = 0; i < r->nsegments; i++) {
        const dk_study_segment *s = &r->segments[i];
        dk_json_object(j);
        text(j, "name", s->name);
        number(j, "from", s->from);
        number(j, "below", s->below);
        flag(j, "hidden", s->hidden);
        if (!s->hidden) {
            count(j, "responses", s->responses);
            count(j, "customers", s->customers);
            count(j, "comments", s->comments);
            count(j, "scored", s->scored);
            put_nps(j, "nps", &s->nps);
            put_mean(j, "score", &s->score);
            put_mean(j, "profit", &s->profit);
            number(j, "profit_share", s->profit_share);
            number(j, "commented", s->commented);
            number(j, "commented_promoters", s->commented_promoters);
            number(j, "commented_passives", s->commented_passives);
            number(j, "commented_detractors", s->commented_detractors);
            number(j, "sentiment", s->sentiment);
        }
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_waves(dk_json *j, const dk_study_result *r) {
    begin_list(j, "waves");
    for (size_t w = 0; w < r->nwaves; w++) {
        dk_json_object(j);
        text(j, "name", r->waves[w].name);
        text(j, "first", r->waves[w].first);
        text(j, "last", r->waves[w].last);
        begin_list(j, "segments");
        for (size_t s = 0; s < r->nsegments; s++) {
            const dk_study_point *p = &r->series[w * r->nsegments + s];
            bool hidden = p->hidden || r->segments[s].hidden;
            dk_json_object(j);
            text(j, "segment", r->segments[s].name);
            flag(j, "hidden", hidden);
            if (!hidden) {
                count(j, "responses", p->responses);
                put_nps(j, "nps", &p->nps);
                put_mean(j, "profit", &p->profit);
                number(j, "smoothed", p->smoothed);
                interval(j, "band", p->band);
            }
            dk_json_end(j);
        }
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_link(dk_json *j, const dk_study_result *r) {
    const dk_study_link *l = &r->link;
    dk_json_key(j, "profit_link");
    if (!l->tested) {
        dk_json_null(j);
        return;
    }
    dk_json_object(j);
    text(j, "verdict", dk_verdict_name(l->verdict));
    count(j, "n", l->n);
    count(j, "customers", l->customers);
    number(j, "effect", l->effect);
    number(j, "se", l->se);
    number(j, "p", l->p);
    interval(j, "ci", l->ci);
    number(j, "periods_a_year", l->per_year);
    number(j, "ruled_out", l->ruled_out);
    number(j, "correlation", l->correlation);
    text(j, "about", l->about);
    dk_json_end(j);
}

static void put_terms(dk_json *j, const dk_study_result *r, const dk_study_fit *fit) {
    const dk_driver_result *d = fit->drivers;
    begin_list(j, "touchpoints");
    for (size_t i = 0; i < d->ndrivers; i++) {
        const dk_driver *g = &d->drivers[i];
        dk_json_object(j);
        text(j, "name", g->name);
        if (g->stage != NULL) text(j, "stage", g->stage);
        count(j, "rank", g->rank);
        count(j, "tie", g->tie);
        number(j, "p", g->p);
        number(j, "q", g->q);
        number(j, "importance", g->importance);
        interval(j, "importance_ci", g->importance_ci);
        number(j, "share", g->share);
        number(j, "prob_top3", g->prob_top3);
        dk_json_end(j);
    }
    dk_json_end(j);
    begin_list(j, "stages");
    for (size_t i = 0; i < d->nstages; i++) {
        const dk_driver_stage *s = &d->stages[i];
        dk_json_object(j);
        text(j, "name", s->name);
        number(j, "importance", s->importance);
        interval(j, "importance_ci", s->importance_ci);
        number(j, "share", s->share);
        dk_json_end(j);
    }
    dk_json_end(j);
    begin_list(j, "drivers");
    for (size_t i = 0; i < fit->nlevers; i++) {
        const dk_study_lever *l = &fit->levers[i];
        const dk_study_predictor *p = &fit->predictors[l->predictor];
        dk_json_object(j);
        count(j, "rank", (int64_t)i + 1);
        text(j, "touchpoint", p->touchpoint);
        text(j, "theme", p->theme >= 0 ? r->themes[p->theme].id : NULL);
        text(j, "polarity", sign_name(p->polarity));
        count(j, "pooled", p->pooled);
        flag(j, "supported", l->supported);
        count(j, "mentions", l->term->mentions);
        number(j, "prevalence", l->term->prevalence);
        number(j, "effect", l->term->effect);
        number(j, "se", l->term->se);
        interval(j, "ci", l->term->ci);
        number(j, "p", l->term->p);
        number(j, "impact", l->term->impact);
        if (l->term->impact_from != NULL) text(j, "impact_from", l->term->impact_from);
        number(j, "impact_part", l->term->impact_part);
        number(j, "importance", l->term->importance);
        number(j, "opportunity", l->term->opportunity);
        interval(j, "opportunity_ci", l->term->opportunity_ci);
        number(j, "moves", l->moves);
        interval(j, "moves_ci", l->moves_ci);
        number(j, "worth", l->worth);
        interval(j, "worth_ci", l->worth_ci);
        flag(j, "worth_supported", l->worth_supported);
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_fits(dk_json *j, const dk_study_result *r) {
    begin_list(j, "fits");
    for (size_t i = 0; i < r->nfits; i++) {
        const dk_study_fit *fit = &r->fits[i];
        if (r->segments[fit->segment].hidden) continue;
        const dk_study_outcome *o = &r->outcomes[fit->outcome];
        static const char *const models[] = {"linear", "binary", "ordinal"};
        dk_json_object(j);
        text(j, "outcome", o->name);
        text(j, "unit", o->unit);
        text(j, "model", models[o->model]);
        text(j, "segment", r->segments[fit->segment].name);
        flag(j, "fitted", fit->fitted);
        text(j, "reason", fit->fitted ? NULL : fit->reason);
        if (fit->fitted) {
            const dk_driver_result *d = fit->drivers;
            count(j, "n", d->rows);
            count(j, "clusters", d->clusters);
            text(j, "verdict", dk_verdict_name(d->verdict));
            number(j, "r2", d->r2);
            number(j, "r2_controls", d->r2_controls);
            number(j, "p_model", d->p_model);
            number(j, "ruled_out", d->ruled_out);
            number(j, "detectable", d->detectable);
            number(j, "condition", d->condition);
            begin_list(j, "controls");
            for (size_t k = 0; k < fit->ncontrols; k++) dk_json_text(j, fit->controls[k]);
            dk_json_end(j);
            begin_list(j, "notes");
            for (size_t k = 0; k < d->nnotes; k++) dk_json_text(j, d->notes[k]);
            dk_json_end(j);
            put_terms(j, r, fit);
        }
        dk_json_end(j);
    }
    dk_json_end(j);
}

/* How many mentions come with a feeling, and with which; those that none has are left out. */
static void put_feelings(dk_json *j, const dk_theme_use *u) {
    begin_object(j, "feelings");
    count(j, "any", u->feelings[DK_EMOTION_NONE]);
    for (int e = 1; e < DK_EMOTIONS; e++)
        if (u->feelings[e] > 0) count(j, dk_emotion_name((dk_emotion)e), u->feelings[e]);
    dk_json_end(j);
}

static void put_themes(dk_json *j, const dk_study_result *r) {
    begin_list(j, "themes");
    for (size_t i = 0; i < r->nthemes; i++) {
        const dk_study_theme *t = &r->themes[i];
        dk_json_object(j);
        text(j, "id", t->id);
        text(j, "touchpoint", t->touchpoint);
        begin_object(j, "label");
        text(j, "en", t->label[DK_LANG_EN]);
        text(j, "sv", t->label[DK_LANG_SV]);
        text(j, "da", t->label[DK_LANG_DA]);
        dk_json_end(j);
        text(j, "stage", t->stage);
        text(j, "owner", t->owner);
        text(j, "role", t->outcome ? "outcome" : "driver");
        begin_list(j, "segments");
        for (size_t s = 0; s < r->nsegments; s++) {
            const dk_theme_use *u = &t->use[s];
            bool hidden = u->hidden || r->segments[s].hidden;
            dk_json_object(j);
            text(j, "segment", r->segments[s].name);
            flag(j, "hidden", hidden);
            if (!hidden) {
                count(j, "mentions", u->mentions);
                count(j, "responses", u->responses);
                count(j, "negative", u->negative);
                count(j, "neutral", u->neutral);
                count(j, "positive", u->positive);
                count(j, "mixed", u->mixed);
                number(j, "share", u->share);
                number(j, "polarity", u->polarity);
                number(j, "nps", u->nps);
                number(j, "impact", u->impact);
                put_feelings(j, u);
            }
            dk_json_end(j);
        }
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_quotes(dk_json *j, const dk_study_result *r) {
    begin_list(j, "quotes");
    for (size_t i = 0; i < r->nquotes; i++) {
        const dk_quote *q = &r->quotes[i];
        dk_json_object(j);
        text(j, "id", q->id);
        text(j, "theme", q->theme >= 0 ? r->themes[q->theme].id : NULL);
        text(j, "polarity", sign_name(q->polarity));
        text(j, "language", dk_language_name(q->language));
        text(j, "segment", q->segment >= 0 && !r->segments[q->segment].hidden ? r->segments[q->segment].name : NULL);
        text(j, "wave", q->wave >= 0 ? r->waves[q->wave].name : NULL);
        dk_json_key(j, "score");
        if (q->score != INT_MIN)
            dk_json_int(j, q->score);
        else
            dk_json_null(j);
        number(j, "sentiment", q->sentiment);
        text(j, "text", q->text);
        begin_list(j, "mentions");
        for (size_t k = 0; k < q->nmentions; k++) {
            const dk_quote_mention *m = &q->mentions[k];
            dk_json_object(j);
            count(j, "start", m->start);
            count(j, "end", m->end);
            text(j, "theme", m->theme >= 0 ? r->themes[m->theme].id : NULL);
            text(j, "polarity", sign_name(m->polarity));
            number(j, "value", m->value);
            text(j, "entry", m->entry);
            text(j, "rules", m->rules);
            dk_json_end(j);
        }
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
}

static void put_texts(dk_json *j, const dk_study_result *r) {
    begin_object(j, "languages");
    for (int l = 0; l < DK_LANGUAGES; l++) {
        const dk_language_use *u = &r->languages[l];
        begin_object(j, dk_language_name((dk_language)l));
        if (u->hidden) dk_json_key(j, "responses"), dk_json_null(j);
        else count(j, "responses", u->responses);
        number(j, "share", u->hidden ? NAN : u->share);
        put_nps(j, "nps", &u->nps);
        dk_json_end(j);
    }
    dk_json_end(j);
    count(j, "uncertain_language", r->uncertain_language);
    count(j, "without_theme", r->without_theme);
    begin_object(j, "labels");
    static const char *const labels[] = {"neutral", "negative", "positive", "mixed"};
    for (int l = 0; l < 4; l++) count(j, labels[l], r->labels[l]);
    dk_json_end(j);
}

static void put_notes(dk_json *j, const dk_study_result *r) {
    static const char *const kinds[] = {"method", "limit", "data"};
    begin_list(j, "notes");
    for (size_t i = 0; i < r->nnotes; i++) {
        dk_json_object(j);
        text(j, "kind", kinds[r->notes[i].kind]);
        text(j, "text", r->notes[i].text);
        dk_json_end(j);
    }
    dk_json_end(j);
}

void dk_report_json(const dk_study_result *r, dk_buf *out) {
    dk_json json, *j = &json;
    dk_json_init(j, out, true);
    dk_json_object(j);
    count(j, "format", FORMAT);
    text(j, "title", r->title);
    text(j, "version", r->version);
    text(j, "stamp", r->stamp);
    dk_json_key(j, "seed"); /* 64 bits do not fit a JavaScript number */
    dk_buf seed;
    dk_buf_init(&seed);
    dk_buf_putf(&seed, "%llu", (unsigned long long)r->seed);
    dk_json_text(j, dk_buf_cstr(&seed));
    dk_buf_dispose(&seed);
    text(j, "report_language", dk_language_name(r->report_language));
    text(j, "currency", r->currency);
    number(j, "confidence", r->confidence);
    number(j, "alpha", r->alpha);
    count(j, "min_privacy", r->min_privacy);
    count(j, "min_mentions", r->min_mentions);
    count(j, "replicates", r->replicates);
    count(j, "responses", r->responses);
    count(j, "comments", r->comments);
    count(j, "scored", r->scored);
    count(j, "customers", r->customers);
    number(j, "score_lowest", r->score_lowest);
    number(j, "score_highest", r->score_highest);
    flag(j, "score_is_nps", r->score_is_nps);
    text(j, "first_date", r->first_date);
    text(j, "last_date", r->last_date);
    text(j, "segment_source", r->segment_source);
    text(j, "wave_unit", r->wave_unit);
    put_segments(j, r);
    put_waves(j, r);
    put_link(j, r);
    put_fits(j, r);
    dk_json_movement(j, r);
    dk_json_lifetime(j, r);
    dk_json_worth(j, r);
    put_themes(j, r);
    dk_json_theme_groups(j, r);
    put_quotes(j, r);
    dk_json_kpis(j, r);
    dk_json_trend(j, r);
    dk_json_profiles(j, r);
    dk_json_answering(j, r);
    dk_json_followup(j, r);
    dk_json_journeys(j, r);
    put_texts(j, r);
    put_files(j, r);
    put_problems(j, r);
    put_notes(j, r);
    dk_json_end(j);
}
