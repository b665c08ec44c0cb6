#include "workbench/language_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { C = DK_LANGUAGE_CLASSES };

static void add_words(const dk_fit_corpus *corpus, const dk_fit_example *e, const float *weights, float score[C]) {
    for (uint32_t w = e->first; w < e->first + e->count; w++) {
        uint32_t word = corpus->words[w];
        for (uint32_t f = corpus->word_first[word]; f < corpus->word_first[word + 1]; f++) {
            const float *row = weights + (size_t)C * corpus->features[f];
            for (int c = 0; c < C; c++) score[c] += row[c];
        }
    }
}

/* score becomes the gradient of the loss: probability less target, for the classes that compete. */
static void to_gradient(const dk_fit_example *e, const bool *competes, float score[C]) {
    float top = -INFINITY, sum = 0;
    for (int c = 0; c < C; c++)
        if (competes[c] && score[c] > top) top = score[c];
    for (int c = 0; c < C; c++) {
        score[c] = competes[c] ? expf(score[c] - top) : 0;
        sum += score[c];
    }
    for (int c = 0; c < C; c++) score[c] = e->weight * (score[c] / sum - (competes[c] ? e->target[c] : 0));
}

/* AdaGrad: each weight's step shrinks with the root of its own squared gradients. */
static void step_row(float *row, float *squares, const float gradient[C], float l2, float rate) {
    for (int c = 0; c < C; c++) {
        float g = gradient[c] + l2 * row[c];
        squares[c] += g * g;
        row[c] -= rate * g / (sqrtf(squares[c]) + 1e-6f);
    }
}

/* A fixed shuffle: Fisher and Yates with hashed numbers. */
static void shuffle(uint32_t *order, size_t n, uint64_t seed) {
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(dk_hash_mix(seed, i) % i);
        uint32_t t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
    }
}

dk_status dk_fit_softmax(const dk_fit_corpus *corpus, const dk_fit_settings *settings, const uint8_t *keep,
                         float *weights, float prior[DK_FIT_KINDS][C], dk_error *err) {
    size_t cells = corpus->nfeatures * C, n = 0;
    float *squares = calloc(cells != 0 ? cells : 1, sizeof *squares);
    uint32_t *order = malloc((corpus->nexamples + 1) * sizeof *order);
    float prior_squares[DK_FIT_KINDS][C] = {{0}};
    dk_status status = squares != NULL && order != NULL ? DK_OK : dk_fail_memory(err);
    memset(weights, 0, cells * sizeof *weights);
    memset(prior, 0, DK_FIT_KINDS * sizeof *prior);
    for (size_t i = 0; status == DK_OK && i < corpus->nexamples; i++)
        if (settings->leave_out < 0 || corpus->examples[i].fold != settings->leave_out) order[n++] = (uint32_t)i;
    for (int epoch = 0; status == DK_OK && epoch < settings->epochs; epoch++) {
        shuffle(order, n, dk_hash_mix(settings->seed, (uint64_t)epoch));
        /* the last epochs take small steps, so that the end does not hang on the order of the last examples */
        float rate = settings->rate * (1 - (float)epoch / (float)settings->epochs);
        for (size_t i = 0; i < n; i++) {
            const dk_fit_example *e = corpus->examples + order[i];
            int kind = e->source_kind;
            float g[C];
            memcpy(g, prior[kind], sizeof g);
            add_words(corpus, e, weights, g);
            to_gradient(e, corpus->competes[kind], g);
            step_row(prior[kind], prior_squares[kind], g, 0, rate);
            for (uint32_t w = e->first; w < e->first + e->count; w++) {
                uint32_t word = corpus->words[w];
                for (uint32_t f = corpus->word_first[word]; f < corpus->word_first[word + 1]; f++) {
                    size_t id = corpus->features[f];
                    if (keep != NULL && !keep[id]) continue;
                    step_row(weights + C * id, squares + C * id, g, settings->l2, rate);
                }
            }
        }
    }
    free(squares);
    free(order);
    return status;
}
