/* A search for suggestions on a thread of its own, so that the page is answered meanwhile. It reads the corpus and an engine, which both
 * must stay as they are until it has ended. */
#ifndef DK_WORKBENCH_EDIT_SEARCH_H
#define DK_WORKBENCH_EDIT_SEARCH_H

#include "workbench/suggest.h"

typedef struct edit_search edit_search;

dk_status edit_search_begin(edit_search **out, const dk_corpus *corpus, const dk_engine *engine,
                            bool has_score, dk_error *err);

/* Whether it is still at work, and how far: a share of the whole. */
bool edit_search_running(edit_search *search, double *done);

/* Asks it to end soon, within a fraction of a second; what it has is of no use then. */
void edit_search_stop(edit_search *search);

/* Waits until it has ended, and frees it. found is the caller's when *whole; a search that was stopped is none and no failure. */
dk_status edit_search_end(edit_search *search, dk_suggestions *found, bool *whole, dk_error *err);

#endif
