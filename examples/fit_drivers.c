/* Fits drivers on arrays: what complaints about waiting, price and staff do to the score of 600 responses of 200 customers.
 *
 *     fit_drivers
 *
 * Shows: columns of three kinds, two predictors as one group, a control, responses of one customer as a cluster, reading a result,
 * and NPS with its interval. The responses are made here, with known effects: -4 of waiting, -1 of price, +1 of staff.
 */
#include <drivkraft.h>
#include <math.h>
#include <stdio.h>

enum { ROWS = 600 };

static uint8_t waiting_bad[ROWS], staff_bad[ROWS];
static uint32_t price_bad[ROWS]; /* the numbers of the rows that say it: shorter than a column of zeros */
static size_t nprice;
static int64_t visits[ROWS]; /* in hundredths */
static double staff_good[ROWS];
static int8_t scores[ROWS];
static int64_t outcome[ROWS];
static uint64_t customers[ROWS];

/* Numbers from 0 to 1 that are the same everywhere (splitmix64). */
static double draw(void) {
    static uint64_t state = 7;
    uint64_t z = state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void make_responses(void) {
    for (uint32_t i = 0; i < ROWS; i++) {
        bool price = draw() < 0.2;
        if (price) price_bad[nprice++] = i;
        waiting_bad[i] = draw() < 0.25;
        staff_good[i] = draw() < 0.3;
        staff_bad[i] = staff_good[i] == 0 && draw() < 0.1;
        visits[i] = (int64_t)(draw() * 1000);
        double score = 8 - 4 * waiting_bad[i] - 1 * price + 1 * staff_good[i] - 2 * staff_bad[i] + 3 * (draw() - 0.5);
        outcome[i] = scores[i] = (int8_t)fmin(10, fmax(0, round(score)));
        customers[i] = i % 200;
    }
}

static void print_result(const dk_driver_result *r) {
    printf("%s: %lld responses of %lld customers, R2 %.2f\n", dk_verdict_name(r->verdict), (long long)r->rows,
           (long long)r->clusters, r->r2);
    for (size_t i = 0; i < r->ndrivers; i++) {
        const dk_driver *d = &r->drivers[i];
        printf("%d %-8s importance %.3f (%.3f to %.3f), q %.4f\n", d->rank, d->name, d->importance, d->importance_ci.lo,
               d->importance_ci.hi, d->q);
        for (size_t k = 0; k < d->nterms; k++) {
            const dk_driver_term *t = &d->terms[k];
            printf("  %-12s effect %+.2f (%+.2f to %+.2f), in %2.0f %% of responses, opportunity %+.2f\n", t->predictor, t->effect,
                   t->ci.lo, t->ci.hi, 100 * t->prevalence, t->opportunity);
        }
    }
    for (size_t i = 0; i < r->nnotes; i++) printf("note: %s\n", r->notes[i]);
}

int main(void) {
    make_responses();
    const dk_column predictors[] = {
        {.name = "waiting_bad", .kind = DK_COLUMN_MENTION, .values = waiting_bad},
        {.name = "price_bad", .kind = DK_COLUMN_ROWS, .values = price_bad, .count = nprice},
        {.name = "staff_bad", .kind = DK_COLUMN_MENTION, .values = staff_bad},
        {.name = "staff_good", .kind = DK_COLUMN_REAL, .values = staff_good},
    };
    const char *const groups[] = {"waiting", "price", "staff"};
    const uint32_t group_of[] = {0, 1, 2, 2};
    const dk_column controls[] = {{.name = "visits", .kind = DK_COLUMN_FIXED, .values = visits, .scale = 100}};
    const dk_driver_table table = {
        .rows = ROWS,
        .outcome = {.name = "score", .kind = DK_COLUMN_FIXED, .values = outcome, .scale = 1},
        .predictors = predictors, .npredictors = 4, .group_of = group_of, .groups = groups, .ngroups = 3,
        .controls = controls, .ncontrols = 1,
        .clusters = customers,
    };
    dk_driver_options options;
    dk_driver_options_init(&options);
    dk_driver_result *result = NULL;
    dk_nps nps;
    dk_error err = {0};
    if (dk_drivers_fit(&table, &options, &result, &err) != DK_OK ||
        dk_nps_compute(scores, NULL, customers, NULL, ROWS, options.confidence, &nps, &err) != DK_OK) {
        fprintf(stderr, "%s\n", err.message);
        dk_drivers_free(result);
        return 1;
    }
    printf("NPS %.0f (%.0f to %.0f)\n", nps.nps, nps.ci.lo, nps.ci.hi);
    print_result(result);
    dk_drivers_free(result);
    return 0;
}
