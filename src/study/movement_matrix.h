/* Transition matrices of all customers and of respondents, with intervals, and what noise alone would make of them.
 *
 * Shares have Wilson intervals over the number of customers that their customer-clustered variance is worth. Noise: each
 * customer's figure is taken as a fixed true value plus independent normal noise. The noise's size is found from how much
 * the figure changes over one period and over two, in groups of customers of like level, by medians so that those who really
 * move do not count as noise: 2 s1^2 - s2^2 = 2 s_noise^2, where true changes accumulate and noise does not. With two periods
 * all change is taken as noise, an upper bound. True values are the customers' means between moves that noise
 * cannot have made, drawn together so that their variance is
 * that of true values (Louis 1984, J. Am. Stat. Assoc. 79). Then the chance of each pair of segments is added up.
 */
#ifndef DK_STUDY_MOVEMENT_MATRIX_H
#define DK_STUDY_MOVEMENT_MATRIX_H

#include "study/fits.h"
#include "study/movement_joint.h"
#include "study/panel.h"

/* All customers from one period to the next. State 0 is lost; live states are 1 .. n. */
typedef struct dk_chain {
    size_t n;
    double *p, *p_replicate; /* n x (n + 1): row s - 1, column to; x replicates */
    double *m, *m_replicate; /* n: profit of a period; NULL without profit */
    double *m_se;
    int64_t *count, *at_risk; /* n x (n + 1); n */
    double *p_se;             /* n x (n + 1) */
    int64_t *now;             /* n: customers in each state in the last complete period */
    int64_t total, censored, customers;
} dk_chain;

dk_status dk_chain_make(dk_chain *chain, const dk_fit_context *context, const dk_panel *panel,
                        const dk_joint *joint, dk_error *err);
void dk_chain_dispose(dk_chain *chain);

/* Fills result->movement.matrices (of all customers, and of respondents) and .noise. */
dk_status dk_movement_matrices(dk_fit_context *context, const dk_panel *panel, const dk_chain *chain,
                               dk_error *err);

/* The noise's part. values: by record, in the order of the records' customers; NaN: none. weight: by customer (of those whose
   records begin at first_of[c]), how much each counts. expected: n x n by rows, of those who stay. noise->known is false when too
   few have two values. from, below: the bands of states 1 .. n. periods: by record. */
dk_status dk_noise_expect(const double *values, const uint32_t *periods, const size_t *first_of,
                          size_t ncustomers, const double *from, const double *below, size_t n,
                          const double *weight, double *expected, dk_move_noise *noise, dk_error *err);

#endif
