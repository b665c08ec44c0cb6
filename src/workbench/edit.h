/* The editor of lexicons: entries, what they do on a corpus, and what a change would do, live.
 *
 * A change is tried in memory: the lexicon is read with the changed line, the index of its language is built anew, and of
 * the comments those are tagged again that hold a word the change can touch. The result is what tagging everything with the changed
 * file would give. Nothing reaches the disk before it is saved.
 *
 * Questions and answers are JSON (dk_edit_answer); how they travel is not known here. One thread at a time asks.
 */
#ifndef DK_WORKBENCH_EDIT_H
#define DK_WORKBENCH_EDIT_H

#include "io/json_read.h"
#include "workbench/corpus.h"

typedef struct dk_edit dk_edit;

typedef struct dk_edit_options {
    dk_engine_options engine; /* engine.lexicons: the user's own; they are edited, or else the shipped ones */
    dk_corpus_options
        corpus; /* source NULL: none. Its only extras are the score, and the customer when customers is set */
    bool has_score, has_weights;
    int threads;
} dk_edit_options;

enum { DK_EDIT_SCORE, DK_EDIT_CUSTOMER, DK_EDIT_EXTRAS };

/* Opens the lexicon and reads the corpus. options are borrowed as long as the editor is open. */
dk_status dk_edit_open(dk_edit **out, const dk_edit_options *options, dk_error *err);
void dk_edit_free(dk_edit *edit);

const dk_corpus *dk_edit_corpus(const dk_edit *edit); /* NULL without one */

/* Steps taken that are not saved. */
size_t dk_edit_unsaved(const dk_edit *edit);

/* Answers a question by appending a JSON object to out:
     state     files, languages, themes and kinds, number of comments, unsaved steps
     entries   {file?, language?, theme?, text?, kind?, from?, count?} those that fit, and how many
     places    {file, line, lines?} where an entry stands in the corpus
     check     {file, line?, cells} what `lexicon check` says of it: findings, each with the field it belongs to
     try       {file, line?, cells | remove} what it would change
     take      the same, and takes it
     effect    {} of all steps that are not saved
     undo      {} the last step
     save      {} writes the files
     suggest   {language?, fresh?} suggestions for the valence list. They are looked for on a thread of their own: as long as that is at work the
               answer is running and done (0 to 1); ask again. fresh: look anew when entries were changed since
     stop      {} ends that
     accept    {file, items: [{term, valence}]} takes suggestions as one step
     create    {name} makes an empty list, one of the names that `state` holds as possible, on the disk at once. Files are numbered anew
   A file is its number in `state`. line is that of an entry to change; without one an entry is added. cells are texts by column.
   Each answer says too how many steps there are, and how many are unsaved. Errors: DK_EUSAGE for a question that cannot be asked, DK_EDATA for an entry that cannot stand
   (err->column: number of the cell), or for a file changed on the disk. */
dk_status dk_edit_answer(dk_edit *edit, const char *question, const dk_json_value *ask, dk_buf *out,
                         dk_error *err);

/* The same from the text of a question to the text of an answer. When it fails out holds {"error": {"message", "remedy", "cell"}}. */
dk_status dk_edit_reply(dk_edit *edit, const char *question, dk_str body, dk_buf *out);

/* Whether there is such a question. */
bool dk_edit_knows(const char *question);

#endif
