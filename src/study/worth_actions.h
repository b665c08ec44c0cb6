/* What to do about a driver: a table that people edit, lexicons/actions.tsv, and the study's own before it.
 *
 * Columns: about (a theme, or a touchpoint for all of its themes), polarity (negative, positive, or empty for both), en, sv, da. */
#ifndef DK_STUDY_WORTH_ACTIONS_H
#define DK_STUDY_WORTH_ACTIONS_H

#include "base/arena.h"
#include "lexicon/taxonomy.h"

typedef struct dk_action {
    const char *about;
    int polarity;                   /* -1, 1, or 0 for both */
    const char *text[DK_LANGUAGES]; /* [DK_LANG_OTHER] is the English one; empty cells are too */
} dk_action;

typedef struct dk_actions {
    dk_action *items;
    size_t count, cap;
    dk_arena arena;
} dk_actions;

/* Adds the rows of a file behind those that are there. DK_EDATA with its line for a theme or touchpoint that is none. */
dk_status dk_actions_read(dk_actions *actions, const char *path, const dk_taxonomy *taxonomy, dk_error *err);
void dk_actions_dispose(dk_actions *actions);

/* The first row of the theme, else the first of its touchpoint; NULL without. theme may be NULL. */
const dk_action *dk_actions_find(const dk_actions *actions, const char *theme, const char *touchpoint,
                                 int polarity);

#endif
