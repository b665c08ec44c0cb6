#include "stats/dist.h"

#include <math.h>

double dk_norm_cdf(double x) {
    return 0.5 * erfc(-x * M_SQRT1_2);
}

static double polynomial(const double *c, int n, double x) {
    double r = c[n - 1];
    for (int i = n - 2; i >= 0; i--) r = r * x + c[i];
    return r;
}

double dk_norm_quantile(double p) {
    static const double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                               1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                               3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[] = {1.0,
                               4.2313330701600911252e+1,
                               6.8718700749205790830e+2,
                               5.3941960214247511077e+3,
                               2.1213794301586595867e+4,
                               3.9307895800092710610e+4,
                               2.8729085735721942674e+4,
                               5.2264952788528545610e+3};
    static const double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                               3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[] = {1.0,
                               2.05319162663775882187e0,
                               1.67638483018380384940e0,
                               6.89767334985100004550e-1,
                               1.48103976427480074590e-1,
                               1.51986665636164571966e-2,
                               5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
    static const double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                               1.78482653991729133580e0,  2.96560571828504891230e-1,
                               2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[] = {1.0,
                               5.99832206555887937690e-1,
                               1.36929880922735805310e-1,
                               1.48753612908506148525e-2,
                               7.86869131145613259100e-4,
                               1.84631831751005468180e-5,
                               1.42151175831644588870e-7,
                               2.04426310338993978564e-15};
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(a, 8, r) / polynomial(b, 8, r);
    }
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? polynomial(c, 8, r - 1.6) / polynomial(d, 8, r - 1.6)
                      : polynomial(e, 8, r - 5) / polynomial(f, 8, r - 5);
    return q < 0 ? -z : z;
}

static double log_gamma(double x) {
    int sign; /* lgamma would set a global */
    return lgamma_r(x, &sign);
}

/* Continued fraction of the incomplete beta by Lentz's method. */
static double beta_fraction(double x, double a, double b) {
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    if (fabs(d) < tiny) d = tiny;
    d = 1 / d;
    double h = d;
    for (int m = 1; m <= 10000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + even * d;
        if (fabs(d) < tiny) d = tiny;
        c = 1 + even / c;
        if (fabs(c) < tiny) c = tiny;
        d = 1 / d;
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + odd * d;
        if (fabs(d) < tiny) d = tiny;
        c = 1 + odd / c;
        if (fabs(c) < tiny) c = tiny;
        d = 1 / d;
        double step = d * c;
        h *= step;
        if (fabs(step - 1) < 1e-16) break;
    }
    return h;
}

double dk_beta_inc(double x, double a, double b) {
    if (!(x > 0)) return 0;
    if (x >= 1) return 1;
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double dk_gamma_q(double a, double x) {
    if (!(x > 0)) return 1;
    if (isinf(x)) return 0;
    double front = exp(a * log(x) - x - log_gamma(a));
    if (x < a + 1) {
        double term = 1 / a, sum = term;
        for (int n = 1; n < 100000 && fabs(term) > fabs(sum) * 1e-17; n++) {
            term *= x / (a + n);
            sum += term;
        }
        return 1 - front * sum;
    }
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int i = 1; i < 100000; i++) {
        double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        if (fabs(d) < 1e-300) d = 1e-300;
        c = b + an / c;
        if (fabs(c) < 1e-300) c = 1e-300;
        d = 1 / d;
        double step = d * c;
        h *= step;
        if (fabs(step - 1) < 1e-16) break;
    }
    return front * h;
}

double dk_t_p(double t, double df) {
    if (isnan(t) || !(df > 0)) return NAN;
    if (isinf(df) || df > 1e10) return erfc(fabs(t) * M_SQRT1_2);
    return dk_beta_inc(df / (df + t * t), df / 2, 0.5);
}

double dk_t_quantile(double p, double df) {
    if (isnan(p) || !(df > 0)) return NAN;
    if (p == 0.5) return 0;
    double tail = 2 * (p < 0.5 ? p : 1 - p), z = fabs(dk_norm_quantile(p));
    if (isinf(df) || df > 1e10) return p < 0.5 ? -z : z;
    double lo = 0, hi = z + 1;
    while (dk_t_p(hi, df) > tail && hi < 1e150) hi *= 2;
    for (int i = 0; i < 200 && hi - lo > 1e-15 * hi; i++) {
        double mid = (lo + hi) / 2;
        if (dk_t_p(mid, df) > tail)
            lo = mid;
        else
            hi = mid;
    }
    return p < 0.5 ? -hi : hi;
}

double dk_f_p(double f, double df1, double df2) {
    if (isnan(f) || !(df1 > 0) || !(df2 > 0)) return NAN;
    if (!(f > 0)) return 1;
    if (isinf(df2) || df2 > 1e10) return dk_chi2_p(f * df1, df1);
    return dk_beta_inc(df2 / (df2 + df1 * f), df2 / 2, df1 / 2);
}

double dk_chi2_p(double x, double df) {
    return dk_gamma_q(df / 2, x / 2);
}

/* Poisson mixture of central distributions, summed outwards from its mode. */
static double noncentral_chi2_cdf(double x, double df, double lambda) {
    double half = lambda / 2, sum = 0;
    int mode = (int)half;
    for (int direction = 0; direction < 2; direction++) {
        for (int j = direction == 0 ? mode : mode - 1; j >= 0; j += direction == 0 ? 1 : -1) {
            double weight = half > 0 ? exp(j * log(half) - half - log_gamma(j + 1.0)) : j == 0;
            sum += weight * (1 - dk_gamma_q(df / 2 + j, x / 2));
            if (weight < 1e-14) break;
        }
    }
    return sum;
}

double dk_chi2_noncentrality_upper(double x, double df, double tail) {
    if (noncentral_chi2_cdf(x, df, 0) <= tail) return 0;
    double lo = 0, hi = x + df + 10;
    if (hi > 1e7) { /* normal limit: the statistic has mean df + lambda and variance 2 (df + 2 lambda) */
        double z = dk_norm_quantile(1 - tail);
        return x - df + z * sqrt(2 * (df + 2 * x));
    }
    while (noncentral_chi2_cdf(x, df, hi) > tail) hi *= 1.5;
    for (int i = 0; i < 60 && hi - lo > 1e-9 * hi; i++) {
        double mid = (lo + hi) / 2;
        if (noncentral_chi2_cdf(x, df, mid) > tail)
            lo = mid;
        else
            hi = mid;
    }
    return hi;
}
