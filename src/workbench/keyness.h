/* How much a word belongs to one part of a corpus rather than to another, and which words keep company. */
#ifndef DK_WORKBENCH_KEYNESS_H
#define DK_WORKBENCH_KEYNESS_H

/* Counts of one word, and of all words, in the two parts and in the background that the prior is taken from. */
typedef struct dk_keyness_counts {
    double here, there;         /* of the word */
    double all_here, all_there; /* of all words */
    double background, all_background;
    double prior; /* alpha 0: how many words of background each part is given beforehand */
} dk_keyness_counts;

/* The difference of log-odds with an informative Dirichlet prior and its standard error (Monroe, Colaresi & Quinn 2008,
   equations 16, 19 and 20: se^2 = 1 / (y_i + a) + 1 / (y_j + a)); z is their quotient. Above 0: more here than there. */
double dk_log_odds(const dk_keyness_counts *c, double *se);

/* Dunning (1993): -2 log lambda of a 2 x 2 table with both is counted: k(A B), k(A ~B), k(~A B), k(~A ~B). Never below 0. */
double dk_log_likelihood(double both, double first_only, double second_only, double neither);

/* Pointwise mutual information in bits of the same table: log2(p(A B) / (p(A) p(B))); -infinity when both is 0. */
double dk_mutual_information(double both, double first_only, double second_only, double neither);

#endif
