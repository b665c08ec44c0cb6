/* What the figures of a word say of it: learned from the words of the list. */
#include <math.h>
#include <stdlib.h>

#include "stats/linalg.h"
#include "workbench/suggest_private.h"

enum { FEATURES = 12, VALENCES = 4 };

static void features_of(const dk_candidates *c, const dk_candidate_word *w, double x[FEATURES]) {
    double z = c->scored ? fabs(w->z) : 0;
    x[0] = 1;
    x[1] = sqrt(z);
    x[2] = c->scored ? fmin(fabs(w->log_odds), 4) : 0;
    x[3] = w->company;
    x[4] = w->company * w->company;
    x[5] = w->variant_weight;
    x[6] = log((double)w->support);
    x[7] = x[6] * x[6] / 10;
    x[8] = fabs(w->company_valence) * w->company;
    x[9] = x[1] * x[3];
    x[10] = w->company_likeness;
    x[11] = w->frame_likeness;
}

static double linear(const double *b, const double *x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += b[i] * x[i];
    return sum;
}

/* One step of iteratively reweighted least squares with a ridge (McCullagh & Nelder 1989), or the whole of a linear fit. */
static dk_status solve(double *a, double *b, int n, double ridge, dk_error *err) {
    for (int i = 0; i < n; i++) a[i * n + i] += ridge;
    return dk_spd_solve((size_t)n, a, b, 1, err);
}

/* Known words against the others. Words beyond doubt are few, so that unknown ones that belong to the list do little harm. */
static dk_status fit_probability(dk_candidates *c, dk_error *err) {
    enum { STEPS = 25 };
    double b[FEATURES] = {0}, x[FEATURES];
    for (int step = 0; step < STEPS; step++) {
        double a[FEATURES * FEATURES] = {0}, g[FEATURES] = {0};
        for (size_t i = 0; i < c->count; i++) {
            const dk_candidate_word *w = &c->items[i];
            if (w->closed) continue;
            features_of(c, w, x);
            double p = 1 / (1 + exp(-linear(b, x, FEATURES))), v = p * (1 - p) + 1e-9;
            for (int j = 0; j < FEATURES; j++) {
                g[j] += (w->known - p) * x[j];
                for (int k = 0; k < FEATURES; k++) a[j * FEATURES + k] += v * x[j] * x[k];
            }
        }
        for (int j = 0; j < FEATURES; j++) g[j] -= 0.1 * b[j];
        dk_status status = solve(a, g, FEATURES, 0.1, err);
        if (status != DK_OK) return status;
        double most = 0;
        for (int j = 0; j < FEATURES; j++) {
            double move = fmax(-5, fmin(5, g[j]));
            b[j] += move;
            most = fmax(most, fabs(move));
        }
        if (most < 1e-8) break;
    }
    for (size_t i = 0; i < c->count; i++) {
        features_of(c, &c->items[i], x);
        c->items[i].probability = 1 / (1 + exp(-linear(b, x, FEATURES)));
    }
    return DK_OK;
}

static void valences_of(const dk_candidates *c, const dk_candidate_word *w, double x[VALENCES]) {
    x[0] = c->scored ? fmax(-4, fmin(4, w->log_odds)) : 0;
    x[1] = c->scored ? w->z / sqrt(1 + fabs(w->z)) : 0;
    x[2] = w->company_valence;
    x[3] = w->variant_valence * w->variant_weight;
}

static dk_status fit_valence(dk_candidates *c, dk_error *err) {
    double a[VALENCES * VALENCES] = {0}, b[VALENCES] = {0}, x[VALENCES];
    for (size_t i = 0; i < c->count; i++) {
        const dk_candidate_word *w = &c->items[i];
        if (!w->known) continue;
        valences_of(c, w, x);
        for (int j = 0; j < VALENCES; j++) {
            b[j] += x[j] * w->valence / 200.0;
            for (int k = 0; k < VALENCES; k++) a[j * VALENCES + k] += x[j] * x[k];
        }
    }
    dk_status status = solve(a, b, VALENCES, 1, err);
    for (size_t i = 0; status == DK_OK && i < c->count; i++) {
        valences_of(c, &c->items[i], x);
        double v = linear(b, x, VALENCES), whole = floor(fabs(v) + 0.5);
        whole = fmax(1, fmin(5, whole));
        c->items[i].proposed = v < 0 ? -whole : whole;
    }
    return status;
}

dk_status dk_suggest_fit(dk_candidates *c, dk_error *err) {
    dk_status status = fit_probability(c, err);
    return status == DK_OK ? fit_valence(c, err) : status;
}

void dk_suggest_company(dk_candidates *c) {
    const dk_neighbours *n = &c->neighbours;
    for (size_t r = 0; n->nearest != NULL && r < n->count; r++) {
        uint32_t place = c->of_word[n->words[r]];
        if (place == DK_NO_ID) continue;
        double all = 0, listed = 0, valence = 0;
        for (int i = 0; i < DK_NEAR; i++) {
            const dk_neighbour *near = &n->nearest[r * DK_NEAR + (size_t)i];
            if (near->row == DK_NO_ID || near->cosine <= 0) continue;
            uint32_t other = c->of_word[n->words[near->row]];
            const dk_candidate_word *w = &c->items[place];
            if (other != DK_NO_ID && w->known && c->items[other].known && c->items[other].entry == w->entry)
                continue;
            all += near->cosine;
            if (other == DK_NO_ID || !c->items[other].known) continue;
            listed += near->cosine;
            valence += near->cosine * c->items[other].valence / 200.0;
        }
        c->items[place].company = all > 0 ? listed / all : 0;
        c->items[place].company_valence = listed > 0 ? valence / listed : 0;
    }
}
