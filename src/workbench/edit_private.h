/* Shared by the files of the editor alone. */
#ifndef DK_WORKBENCH_EDIT_PRIVATE_H
#define DK_WORKBENCH_EDIT_PRIVATE_H

#include "io/json_read.h"
#include "io/json_write.h"
#include "tag/inspect.h"
#include "workbench/edit.h"
#include "workbench/edit_file.h"
#include "workbench/suggest.h"

/* What became of a comment: its label, and its themes, each once, in the order of their numbers. A said is a theme's number << 2 | its
   dk_label. */
typedef struct edit_result {
    uint32_t first; /* into said */
    uint16_t count;
    int16_t sentiment;
    uint8_t label;
} edit_result;

/* Lexicon and results at one time. */
typedef struct edit_state {
    dk_engine *engine;
    edit_result *results; /* by comment of the corpus */
    uint32_t *said;
    size_t nsaid, said_cap;
    size_t read; /* comments that were read anew to make it */
} edit_state;

/* A line of a file that becomes another: either may be missing (a NULL ptr). */
typedef struct edit_change {
    uint32_t file;
    int64_t line; /* as lines are numbered when the earlier changes of its step are done */
    char *before, *after;
} edit_change;

/* What is undone at once. */
typedef struct edit_step {
    edit_change *changes; /* done in this order */
    size_t count;
} edit_step;

/* A folder laid out like lexicons/, or like lexicons/LANGUAGE. */
typedef struct edit_root {
    int folder;        /* opened when the editor was: what is put in its place later is not written to */
    const char *shown; /* as the lexicon names what is in it; empty for the shipped one */
    char *path;
    bool flat; /* its own lists are those of a language */
} edit_root;

struct dk_edit {
    const dk_edit_options *options;
    dk_engine *base; /* as opened: owner of models and dictionaries */
    dk_corpus corpus;
    bool has_corpus;
    dk_edit_file *files; /* by file of the lexicon, which an edit does not change */
    size_t nfiles;
    edit_state saved, now; /* of the same engine where nothing was changed: then now.engine == saved.engine */
    edit_state tried;      /* what the step tried last would make; engine NULL for none */
    uint64_t tried_key;
    edit_step *steps;
    size_t nsteps, steps_cap,
        saved_steps; /* saved_steps: SIZE_MAX when undoing cannot lead back to the files any more */
    uint64_t changes; /* counts what was taken and undone */
    dk_suggestions suggestions;
    bool suggested;
    struct edit_search *search; /* NULL when none is at work */
    dk_engine *searched;        /* that it reads; when orphaned, of no state any more, and freed when the search has ended */
    bool orphaned;
    uint64_t suggested_of, searched_of; /* what `changes` was then */
    edit_root *roots;                   /* folders in which a list may be made (edit_create.c) */
    size_t nroots;
    dk_arena names; /* of files that were made */
};

/* ---- Steps (edit_state.c) ----------------------------------------------------------------------------- */

void edit_step_dispose(edit_step *step);

/* Adds a change to a step. before or after may have a NULL ptr. */
dk_status edit_step_add(edit_step *step, uint32_t file, int64_t line, dk_str before, dk_str after,
                        dk_error *err);

/* Makes the state that the step leads to from `now`, without taking it: the files are as before afterwards. DK_EDATA with file, line and
   column for what the lexicon cannot read; DK_EUSAGE when a line is not what the step takes it for. */
dk_status edit_try(dk_edit *edit, const edit_step *step, dk_error *err);

/* Does the changes of a step in the files alone, or with back undoes them; all or nothing. */
dk_status edit_apply(dk_edit *edit, const edit_step *step, bool back, dk_error *err);

/* Reads the lexicon as the files are in memory. */
dk_status edit_read_lexicon(dk_edit *edit, dk_lexicon **lexicon, dk_error *err);

/* The line that change i left, as it is numbered behind the step. */
int64_t edit_line_after(const edit_step *step, size_t i);

/* Takes the step, which is emptied: it can be undone. */
dk_status edit_take(dk_edit *edit, edit_step *step, dk_error *err);
dk_status edit_undo(dk_edit *edit, dk_error *err);

/* Writes all files that differ from the disk, after all were found unchanged there. */
dk_status edit_save(dk_edit *edit, dk_error *err);

void edit_state_dispose(edit_state *state);

/* Frees `saved` or `now`, whose engine may be the one that was opened first, or one that is being searched with; of `now` nothing when it is
   the same as `saved`. */
void edit_forget(dk_edit *edit, edit_state *state);

/* The number of the entry at a line of a file; DK_NO_ID when none stands there. */
uint32_t edit_entry_at(const dk_lexicon *lexicon, uint32_t file, int64_t line);

/* ---- Which comments, and what becomes of them (edit_read.c) -------------------------------------------- */

/* The comments that the entries (of several lexicons) may have a part in, ascending; the caller frees *out. */
typedef struct edit_entry {
    const dk_lexicon *lexicon;
    uint32_t entry;
} edit_entry;
dk_status edit_reach(const dk_edit *edit, const edit_entry *entries, size_t count, uint32_t **out, size_t *n,
                     dk_error *err);

/* Tags comments on the threads of the options. visit is called for each on the thread that tagged it, in order within one part; parts are
   numbered from 0, in the order of the comments, and there are edit_parts of them. */
typedef dk_status (*edit_visit)(void *context, size_t part, uint32_t comment, dk_session *session,
                                const dk_comment *c, dk_error *err);
size_t edit_parts(const dk_edit *edit);
dk_status edit_read(const dk_edit *edit, const dk_engine *engine, const uint32_t *comments, size_t n,
                    edit_visit visit, void *context, dk_error *err);

/* Fills next, which has its engine, from the results of `from` and anew those of n comments. */
dk_status edit_results(const dk_edit *edit, edit_state *next, const edit_state *from,
                       const uint32_t *comments, size_t n, dk_error *err);

/* Results of the corpus as it was read. */
dk_status edit_first_results(dk_edit *edit, edit_state *state, dk_error *err);

bool edit_differs(const edit_state *a, const edit_state *b, size_t comment);

/* ---- Answers (edit_answer.c, edit_list.c, edit_effect.c, edit_places.c) --------------------------------- */

/* Members of the object that j has open. */
dk_status edit_put_effect(dk_edit *edit, const edit_state *a, const edit_state *b, size_t examples,
                          dk_json *j, dk_error *err);
dk_status edit_put_places(dk_edit *edit, uint32_t entry, size_t lines, dk_json *j, dk_error *err);
dk_status edit_put_list(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err);
void edit_put_entry(const dk_edit *edit, uint32_t file, int64_t line, dk_json *j);
dk_status edit_put_state(const dk_edit *edit, dk_json *j, dk_error *err);

/* Questions about suggestions (edit_suggest.c). */
dk_status edit_put_suggestions(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err);
dk_status edit_stop_suggestions(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err);
dk_status edit_end_search(dk_edit *edit, dk_suggestions *found, bool *whole, dk_error *err);
dk_status edit_accept(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err);

/* Lists that are not there yet (edit_create.c): finds where some may be made; puts their names as the member `possible`; makes one. */
dk_status edit_find_roots(dk_edit *edit, dk_error *err);
dk_status edit_put_possible(const dk_edit *edit, dk_json *j, dk_error *err);
dk_status edit_create(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err);
void edit_forget_roots(dk_edit *edit);

/* Opens file i of the lexicon, which is at path: fills *file. */
dk_status edit_open_file(dk_edit_file *file, const char *path, const char *shown, dk_error *err);

/* The file that a question names by its number, when it may be edited. */
dk_status edit_open_for(const dk_edit *edit, const dk_json_value *ask, uint32_t *file, dk_error *err);

/* A whole number within bounds, or `otherwise` for anything else. */
int64_t edit_whole(const dk_json_value *value, int64_t least, int64_t most, int64_t otherwise);

#endif
