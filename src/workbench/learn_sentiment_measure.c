#include "workbench/learn_sentiment_measure.h"

#include <math.h>
#include <stdlib.h>

enum { BAND_STEP = 10, BAND_MOST = 600, PLAIN_LEAST = 700, PLAIN_MOST = 900, BAND_USUAL = 350, SENTIMENTS = 2001 };

static int compare_rows(const void *a, const void *b) {
    const dk_verdict_row *x = a, *y = b;
    return (x->z > y->z) - (x->z < y->z);
}

static double f1_of(double right, double wrong, double missed) {
    return right > 0 ? 2 * right / (2 * right + wrong + missed) : 0;
}

dk_status dk_measure(const dk_verdict_row *rows, size_t n, dk_learn_measure *out, dk_error *err) {
    *out = (dk_learn_measure){NAN, NAN, NAN};
    dk_verdict_row *sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL) return dk_fail_memory(err);
    double good = 0, bad = 0, hit_good = 0, hit_bad = 0;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].y != 0 && rows[i].y != 1) continue;
        sorted[m++] = rows[i];
        double hit = rows[i].z == 0 ? 0.5 : (rows[i].z > 0) == (rows[i].y == 1);
        if (rows[i].y == 1) good++, hit_good += hit;
        else bad++, hit_bad += hit;
    }
    if (good > 0 && bad > 0) {
        out->accuracy = (hit_good + hit_bad) / (good + bad);
        out->macro_f1 = (f1_of(hit_good, bad - hit_bad, good - hit_good) + f1_of(hit_bad, good - hit_good, bad - hit_bad)) / 2;
        qsort(sorted, m, sizeof *sorted, compare_rows);
        double below = 0, area = 0; /* pairs in which the good row stands above the bad one, ties half */
        for (size_t i = 0, j; i < m; i = j) {
            double g = 0, b = 0;
            for (j = i; j < m && sorted[j].z == sorted[i].z; j++) sorted[j].y == 1 ? g++ : b++;
            area += g * (below + b / 2);
            below += b;
        }
        out->auc = area / (good * bad);
    }
    free(sorted);
    return DK_OK;
}

double dk_calibrate(const dk_verdict_row *rows, size_t n) {
    double a = 1;
    for (int step = 0; step < 50; step++) {
        double gradient = 0, curvature = 0;
        for (size_t i = 0; i < n; i++) {
            if (rows[i].y != 0 && rows[i].y != 1) continue;
            double p = 1 / (1 + exp(-a * rows[i].z));
            gradient += rows[i].weight * (p - rows[i].y) * rows[i].z;
            curvature += rows[i].weight * p * (1 - p) * rows[i].z * rows[i].z;
        }
        if (!(curvature > 0)) return 1;
        double next = a - gradient / curvature;
        if (next < a / 2) next = a / 2;
        if (next > a * 2) next = a * 2;
        if (fabs(next - a) < 1e-6) return next;
        a = next;
    }
    return a;
}

static int sentiment_of(const dk_verdict_row *row, double slope) {
    return dk_weights_squeeze((int64_t)llround(row->z * slope * 1000));
}

static int class_of(double y) { return y == 1 ? 2 : y == 0 ? 0 : 1; }

void dk_three_classes(const dk_verdict_row *rows, size_t n, double slope, const int32_t bands[2], double *share, double *f1) {
    double table[3][3] = {{0}}, right = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        int s = sentiment_of(&rows[i], slope), band = bands[rows[i].opinions];
        int got = s >= band ? 2 : s <= -band ? 0 : 1, gold = class_of(rows[i].y);
        table[gold][got] += rows[i].weight;
        all += rows[i].weight;
        right += gold == got ? rows[i].weight : 0;
    }
    *share = all > 0 ? right / all : NAN;
    *f1 = 0;
    for (int c = 0; c < 3; c++) {
        double wrong = 0, missed = 0;
        for (int o = 0; o < 3; o++) {
            if (o == c) continue;
            wrong += table[o][c];
            missed += table[c][o];
        }
        *f1 += f1_of(table[c][c], wrong, missed) / 3;
    }
}

/* Weight of the rows at each sentiment, by opinions and class. */
typedef double histogram[2][3][SENTIMENTS];

static double f1_at(const histogram *h, const int32_t bands[2]) {
    double table[3][3] = {{0}}, f1 = 0;
    for (int o = 0; o < 2; o++)
        for (int gold = 0; gold < 3; gold++)
            for (int s = 0; s < SENTIMENTS; s++) {
                int value = s - 1000;
                table[gold][value >= bands[o] ? 2 : value <= -bands[o] ? 0 : 1] += (*h)[o][gold][s];
            }
    for (int c = 0; c < 3; c++)
        f1 += f1_of(table[c][c], table[(c + 1) % 3][c] + table[(c + 2) % 3][c], table[c][(c + 1) % 3] + table[c][(c + 2) % 3]) / 3;
    return f1;
}

void dk_bands_choose(const dk_verdict_row *rows, size_t n, double slope, int32_t bands[2]) {
    bands[0] = bands[1] = BAND_USUAL;
    histogram *h = calloc(1, sizeof *h);
    bool neutral = false;
    if (h == NULL) return;
    for (size_t i = 0; i < n; i++) {
        (*h)[rows[i].opinions][class_of(rows[i].y)][sentiment_of(&rows[i], slope) + 1000] += rows[i].weight;
        neutral |= rows[i].y != 0 && rows[i].y != 1;
    }
    double best = -1;
    for (int32_t plain = PLAIN_LEAST; neutral && plain <= PLAIN_MOST; plain += BAND_STEP)
        for (int32_t opinion = BAND_STEP; opinion <= BAND_MOST; opinion += BAND_STEP) {
            int32_t now[2] = {plain, opinion};
            double f1 = f1_at(h, now);
            if (f1 > best) best = f1, bands[0] = plain, bands[1] = opinion;
        }
    free(h);
}
