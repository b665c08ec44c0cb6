/* Shared by the files of the evaluation alone. */
#ifndef DK_WORKBENCH_EVALUATE_PRIVATE_H
#define DK_WORKBENCH_EVALUATE_PRIVATE_H

#include "workbench/evaluate.h"

/* What one coder's reading of one comment adds to a code. */
typedef struct dk_count {
    uint32_t unit, code;
    uint8_t right, wrong, missed; /* 0 or 1; wrong may be more */
    uint8_t polar, right_polar;   /* found, and coded with a polarity; and with the engine's */
} dk_count;

typedef struct dk_evaluation {
    const dk_coded *coded;
    const dk_scheme *scheme;
    const dk_engine *engine;
    const dk_evaluate_options *o;
    dk_book *book;
    dk_count *counts; /* by unit */
    size_t ncounts, counts_cap;
    uint64_t *hashes; /* by unit, of its id */
} dk_evaluation;

/* Agreement of coders with each other and with the engine: table agreement, and alphas by code (arrays of codes, NaN). */
dk_status dk_evaluate_agreement(dk_evaluation *e, double *human, double *machine, double *kappa,
                                dk_error *err);

/* Tables sentiment, confusion, errors. */
dk_status dk_evaluate_sentiment(dk_evaluation *e, dk_evaluate_figures *figures, dk_error *err);
dk_status dk_evaluate_errors(dk_evaluation *e, dk_error *err);

static inline bool dk_accepts(const dk_scheme *s, uint32_t code, uint32_t theme) {
    return s->accepts[(size_t)code * s->nthemes + theme] != 0;
}

/* Whether a code was found, and by which of the themes; a theme with the coded polarity goes first. SIZE_MAX: no. */
size_t dk_find_code(const dk_scheme *s, const dk_code *code, const dk_found *found, size_t n);

/* Whether any of a rating's codes stands for the theme. */
bool dk_theme_coded(const dk_evaluation *e, const dk_rating *r, uint32_t theme);

#endif
