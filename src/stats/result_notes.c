/* The verdict, and what is said about it and about the data. */
#include <math.h>
#include <string.h>

#include "stats/dist.h"
#include "stats/impact.h"
#include "stats/result.h"

static bool few_clusters(const dk_maker *k) {
    return dk_rows_shape_of(k->f->rows)->clusters && k->e->clusters < 40;
}

void dk_maker_judge(dk_maker *k, double statistic, size_t rank) {
    const dk_estimate *e = k->e;
    const dk_driver_options *o = k->o;
    dk_driver_result *r = k->r;
    double named = 0;
    for (size_t g = 0; g < r->ndrivers; g++) named += r->drivers[g].q <= o->alpha;
    /* The robust statistic estimates rank + noncentrality; the noncentrality over n is R2 / (1 - R2) of the predictors. */
    double bound = dk_chi2_noncentrality_upper(statistic, (double)rank, 1 - o->confidence) / e->n_effective;
    r->r2_upper = rank > 0 ? bound / (1 + bound) * (1 - e->r2_controls) : NAN;
    r->ruled_out = e->outcome_sd * sqrt(r->r2_upper);
    r->verdict = DK_INCONCLUSIVE;
    if (rank == 0) {
        dk_estimate_note(
            k->e, "no predictor can be judged: none varies, or there are no more rows than predictors");
        return;
    }
    if (e->rows < o->min_rows) {
        dk_estimate_note(k->e, "%lld rows are fewer than %lld: nothing is concluded", (long long)e->rows,
                         (long long)o->min_rows);
    } else if (named > 0) {
        r->verdict = DK_LINK;
    } else if (r->r2_upper <= o->negligible_r2) {
        r->verdict = DK_NO_LINK;
        dk_estimate_note(
            k->e,
            "no driver found; together the predictors explain at most %.2g of the outcome's variance "
            "(%.0f %% confidence), an effect above %.4g per standard deviation of a predictor is ruled out",
            r->r2_upper, 100 * o->confidence, r->ruled_out);
    } else {
        double more = (double)e->rows * r->r2_upper / o->negligible_r2;
        if (few_clusters(k))
            dk_estimate_note(k->e, "no driver found, but %lld clusters are too few to say there is none",
                             (long long)e->clusters);
        else
            dk_estimate_note(
                k->e,
                "no driver found, but %lld rows are too few to say there is none: an effect under %.4g "
                "would mostly not show; about %.0f rows would tell",
                (long long)e->rows, r->detectable, ceil(more));
    }
}

void dk_maker_notes(dk_maker *k) {
    dk_estimate *e = k->e;
    const dk_driver_options *o = k->o;
    if (k->r->outcome_low <= k->r->outcome_high)
        dk_estimate_note(e,
                         "%lld of %lld outcomes below %.6g or above %.6g count as these (winsorised, %.3g %% "
                         "at each end): effects are on "
                         "the mean of such outcomes, and too small for the largest customers",
                         (long long)e->winsor.cut, (long long)e->rows, e->winsor.low, e->winsor.high,
                         100 * o->winsor);
    for (size_t i = 0; i < e->n; i++) {
        if (e->use[i] && k->terms[i].mentions < o->min_rows && k->terms[i].mentions < e->rows)
            dk_estimate_note(e, "%s is not 0 in %lld rows only: its figures are rough", k->terms[i].predictor,
                             (long long)k->terms[i].mentions);
        if (e->vif[i] > 10)
            dk_estimate_note(e,
                             "%s overlaps with the other predictors (VIF %.3g): its error is %.2g times what "
                             "it would be alone",
                             k->terms[i].predictor, e->vif[i], sqrt(e->vif[i]));
    }
    if (e->condition > 30)
        dk_estimate_note(
            e, "the predictors are nearly dependent (condition number %.3g): read effects in groups",
            e->condition);
    if (k->r->exact == 0)
        dk_estimate_note(e, "importance was sampled over %zu orders; importance_se is its sampling error",
                         e->plan.norders);
    if (e->plan.few != NULL)
        dk_estimate_note(e, "importance intervals use %zu sampled orders a replicate", e->plan.nfew);
    if (e->max_leverage > 0.5)
        dk_estimate_note(
            e, "a single row decides an effect (leverage %.2g): look at predictors with few mentions",
            e->max_leverage);
    if (e->max_cook > 1 && e->r2 < 1 - 1e-9)
        dk_estimate_note(e,
                         "a single row moves the fit (Cook's distance %.3g; %lld of %lld rows are above 4 / "
                         "n): look for an outlier in the outcome",
                         e->max_cook, (long long)e->influential, (long long)e->rows);
    if (e->boot.replicates > 0 && e->boot.replicates < 200)
        dk_estimate_note(e, "%d replicates make rough intervals; 1000 are usual", e->boot.replicates);
    dk_impact_note(k->f, e);
    double least = INFINITY;
    for (size_t i = 0; i < e->n; i++)
        if (e->use[i]) least = fmin(least, e->df_of[i]);
    if (few_clusters(k)) {
        if (least < e->df)
            dk_estimate_note(e,
                             "%lld clusters are few: intervals and p are widened for it (small-sample "
                             "errors, from %.3g degrees of "
                             "freedom), importance and opportunity are rough",
                             (long long)e->clusters, least);
        else
            dk_estimate_note(e, "%lld clusters are few: errors are likely too small", (long long)e->clusters);
    }
}

dk_status dk_maker_keep_notes(dk_maker *k, dk_error *err) {
    const dk_estimate *e = k->e;
    const char **notes = dk_arena_calloc(k->arena, e->nnotes + 1, sizeof *notes), *at = e->notes.ptr;
    if (notes == NULL || dk_buf_status(&e->notes, err) != DK_OK) return dk_fail_memory(err);
    for (size_t i = 0; i < e->nnotes; i++, at += strlen(at) + 1) {
        notes[i] = dk_arena_strdup(k->arena, at, strlen(at));
        if (notes[i] == NULL) return dk_fail_memory(err);
    }
    k->r->notes = notes;
    k->r->nnotes = e->nnotes;
    return DK_OK;
}
