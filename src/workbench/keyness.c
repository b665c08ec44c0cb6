#include "workbench/keyness.h"

#include <math.h>

double dk_log_odds(const dk_keyness_counts *c, double *se) {
    /* a word of the parts that the background never saw still has a prior above 0 */
    double share =
        (c->background > 0.5 ? c->background : 0.5) / (c->all_background > 1 ? c->all_background : 1);
    double a = c->prior * share;
    double here = c->here + a, there = c->there + a;
    double rest_here = c->all_here + c->prior - here, rest_there = c->all_there + c->prior - there;
    *se = sqrt(1 / here + 1 / there);
    if (rest_here <= 0 || rest_there <= 0) return 0; /* one part holds nothing but this word */
    return log(here / rest_here) - log(there / rest_there);
}

static double part(double k, double expected) {
    return k > 0 ? k * log(k / expected) : 0;
}

double dk_log_likelihood(double both, double first_only, double second_only, double neither) {
    double first = both + first_only, second = both + second_only, n = first + second_only + neither;
    if (n <= 0) return 0;
    double sum = part(both, first * second / n) + part(first_only, first * (n - second) / n) +
                 part(second_only, (n - first) * second / n) + part(neither, (n - first) * (n - second) / n);
    return sum > 0 ? 2 * sum : 0;
}

double dk_mutual_information(double both, double first_only, double second_only, double neither) {
    double n = both + first_only + second_only + neither;
    if (both <= 0) return -INFINITY;
    return log2(both * n / ((both + first_only) * (both + second_only)));
}
