/* Suggestions: words that a valence list lacks, from three sides.
 *
 *   score      the log-odds of the word in comments with high against low scores (or labels). Cross-fitted: z is the least of those that
 *              leave out one fold of the comments, 0 where they do not agree in sign
 *   variant    a word of the list that it is an inflection, a compound, a negation or a misspelling of
 *   neighbours the share of list words, and their mean valence, among the words that keep the same company (neighbours.h)
 * What each is worth is learned from the list itself: a logistic regression that tells words of the list from others by these
 * figures gives every other word its probability, and a linear one its valence. Words of the list are judged without their own entry.
 *
 * For coded comments: words, parts and phrases that belong to the comments in which a code was missed.
 */
#ifndef DK_WORKBENCH_SUGGEST_H
#define DK_WORKBENCH_SUGGEST_H

#include "workbench/coded.h"
#include "workbench/sheet.h"
#include "workbench/watch.h"

typedef struct dk_suggestion {
    dk_str term, forms; /* forms: those that occur, joined by | when there are several */
    dk_language language;
    double probability; /* of belonging into a valence list */
    double valence;     /* proposed, -5..5, a whole number but 0 */
    double z, log_odds; /* of the score; NaN without scores */
    int folds;          /* that agree with the sign of log_odds */
    double company;     /* share of list words among its neighbours */
    uint32_t support;   /* comments */
    dk_str variant_of;  /* of which list word, and how: "friendly (inflection)"; or empty */
    dk_str near;        /* list words among its neighbours */
    uint32_t examples[3];
} dk_suggestion;

typedef struct dk_suggest_options {
    bool has_score; /* the corpus has the extra DK_SUGGEST_SCORE; a score or one of negative, positive ... */
    uint32_t min_count;
    double prior;     /* see keyness.h */
    size_t max_words; /* for the neighbours; 0: none are looked for */
    const dk_watch *watch; /* NULL: nobody */
} dk_suggest_options;

enum { DK_SUGGEST_SCORE, DK_SUGGEST_EXTRAS };

typedef struct dk_suggestions {
    dk_suggestion *items; /* the most probable first */
    size_t count, cap;
    dk_arena arena;
    size_t candidates, known; /* words looked at, and words of the list that occur often enough */
} dk_suggestions;

/* engine: with the shipped and the user's lexicons; the corpus was read by it. */
dk_status dk_suggest_make(dk_suggestions *out, const dk_corpus *corpus, const dk_engine *engine,
                          const dk_suggest_options *options, dk_error *err);
void dk_suggest_dispose(dk_suggestions *suggestions);

/* Adds the table valence with the first `top` that are at least so probable. */
void dk_suggest_put(dk_book *book, const dk_suggestions *s, const dk_corpus *corpus, size_t top,
                    double least);

/* A term that is said where a code was missed. */
typedef struct dk_theme_suggestion {
    const char *theme; /* the first that the code stands for; the engine's */
    dk_str term, code; /* as a lexicon has terms: +part for a part of compounds */
    dk_language language;
    uint32_t support; /* comments in which the code was missed */
    double z;
    size_t rank; /* among those of its code, from 0 */
} dk_theme_suggestion;

typedef struct dk_theme_suggestions {
    dk_theme_suggestion *items;
    size_t count, cap;
    dk_arena arena;
} dk_theme_suggestions;
void dk_theme_suggestions_dispose(dk_theme_suggestions *suggestions);

/* Adds the table themes: what stands in comments in which a code was missed, `top` terms a code. kept (all zero) gets them too. */
dk_status dk_suggest_themes(dk_book *book, const dk_coded *coded, const dk_scheme *scheme,
                            const dk_corpus *corpus, const dk_engine *engine, uint32_t min_count, size_t top,
                            double prior, dk_theme_suggestions *kept, dk_error *err);

/* The text of a valence list (term, valence, emotion, note) with the suggestions of one language behind what it holds already; a
   term that stands there is left out. *added counts. old may be empty. */
dk_status dk_suggest_accept(const dk_suggestions *s, dk_language language, size_t top, double least,
                            dk_str old, dk_buf *out, size_t *added, dk_error *err);

/* The same for a list of themes (theme, term, valence, note): the first `top` terms of each code in one language. */
dk_status dk_suggest_accept_themes(const dk_theme_suggestions *s, dk_language language, size_t top, dk_str old, dk_buf *out,
                                   size_t *added, dk_error *err);

#endif
