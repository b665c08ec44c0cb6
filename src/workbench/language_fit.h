/* Softmax regression over bags of words, the words being bags of features: the fit under learn_language. */
#ifndef DK_WORKBENCH_LANGUAGE_FIT_H
#define DK_WORKBENCH_LANGUAGE_FIT_H

#include "base/status.h"
#include "text/language.h"

/* One example: words[first..first+count-1] of the corpus. */
typedef struct dk_fit_example {
    uint32_t first, count;
    float weight;
    float target[DK_LANGUAGE_CLASSES]; /* sums to 1 */
    uint8_t source_kind;               /* which prior, and which classes compete */
    int8_t fold;                       /* -1: always in training */
} dk_fit_example;

#define DK_FIT_KINDS 3

/* What the fit reads; all arrays borrowed. */
typedef struct dk_fit_corpus {
    const dk_fit_example *examples;
    size_t nexamples;
    const uint32_t *words;       /* word ids of the examples */
    const uint32_t *word_first;  /* nwords + 1: where the features of a word begin */
    const uint32_t *features;    /* feature ids of the words */
    size_t nfeatures;
    bool competes[DK_FIT_KINDS][DK_LANGUAGE_CLASSES];
} dk_fit_corpus;

typedef struct dk_fit_settings {
    int epochs;
    int leave_out; /* fold that is not trained on, -1 for none */
    float l2, rate;
    uint64_t seed;
} dk_fit_settings;

/* Weights (nfeatures x classes) and priors, from zero. keep (nfeatures, or NULL) marks the features that take part. */
dk_status dk_fit_softmax(const dk_fit_corpus *corpus, const dk_fit_settings *settings, const uint8_t *keep,
                         float *weights, float prior[DK_FIT_KINDS][DK_LANGUAGE_CLASSES], dk_error *err);

#endif
