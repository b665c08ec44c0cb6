/* How many responses an effect needs. */
#include <math.h>

#include "stats/dist.h"
#include "study/simulate.h"

/* Variance of the contribution in a segment beyond what the mentions explain, in NPS points squared. */
static double residual_variance(const dk_scenario *s, size_t segment) {
    double m = s->nps[segment] / 100, passive = 0.35 * (1 - fabs(m));
    return 1e4 * (1 - passive - m * m);
}

static double needed(double effect, double share, double variance, double power) {
    double z = dk_norm_quantile(0.975) + dk_norm_quantile(power);
    return ceil(z * z * variance / (effect * effect * share * (1 - share)));
}

static void put_needed(dk_buf *out, double n) {
    if (n < 1e9) dk_buf_putf(out, "%12.0f", n);
    else dk_buf_putf(out, "%12s", "-");
}

/* Answers of a segment that the study may expect, and their share of mentions of the planted theme. */
static double expected_answers(const dk_scenario *s, size_t segment) {
    return s->share[segment] * (double)s->customers * (double)s->quarters * s->invited * s->answered;
}

dk_status dk_simulate_plan(const dk_study_config *c, const dk_scenario *s, double power, dk_buf *out, dk_error *err) {
    static const double sizes[] = {5, 10, 15, 20, 30, 40}, shares[] = {0.02, 0.05, 0.1, 0.2};
    dk_buf_putf(out, "Responses that a driver needs to be found (two-sided 5 %%, power %.0f %%)\n\n", 100 * power);
    dk_buf_putf(out, "%-28s %-9s %-10s %8s %8s %12s %12s\n", "theme", "polarity", "segment", "effect", "said by", "needed", "study has");
    for (size_t i = 0; i < s->nplanted; i++)
        for (size_t k = 0; k < c->nbands; k++) {
            const dk_planted *p = s->planted + i;
            double share = p->said * s->commented, answers = expected_answers(s, k);
            if (p->nps[k] == 0) continue;
            double n = share > 0 ? needed(p->nps[k], share, residual_variance(s, k), power) : 1e18;
            dk_buf_putf(out, "%-28s %-9s %-10s %8.0f %6.1f %%", p->theme, p->sign < 0 ? "negative" : "positive", c->bands[k].name, p->nps[k], 100 * share);
            put_needed(out, n);
            dk_buf_putf(out, "%13.0f%s\n", answers, n > answers ? "  too few" : "");
        }
    double variance = 0;
    for (size_t k = 0; k < c->nbands; k++) variance += s->share[k] * residual_variance(s, k);
    dk_buf_puts(out, "\nOf any effect, by the share of responses that mention it\n\neffect on NPS");
    for (size_t j = 0; j < sizeof shares / sizeof *shares; j++) dk_buf_putf(out, "%10.0f %%", 100 * shares[j]);
    dk_buf_putc(out, '\n');
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        dk_buf_putf(out, "%13.0f", sizes[i]);
        for (size_t j = 0; j < sizeof shares / sizeof *shares; j++) put_needed(out, needed(sizes[i], shares[j], variance, power));
        dk_buf_putc(out, '\n');
    }
    dk_buf_puts(out, "\nOther predictors that go along with a theme raise these numbers by its variance inflation; several answers of one\n"
                     "customer count for less than as many customers; mentions that the lexicon misses make effects look smaller.\n");
    return dk_buf_status(out, err);
}
