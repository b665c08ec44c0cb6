/* Suggestions: looked for on a thread of their own, listed and accepted on that of the questions. */
#include <math.h>
#include <stdlib.h>

#include "workbench/edit_search.h"
#include "workbench/edit_text.h"

enum { SUGGESTED = 60, ACCEPTED_MAX = 200 };

static void put_suggestion(const dk_edit *edit, const dk_suggestion *x, dk_json *j) {
    dk_json_object(j);
    dk_json_key(j, "term");
    dk_json_string(j, x->term);
    dk_json_key(j, "forms");
    dk_json_string(j, x->forms);
    dk_json_key(j, "language");
    dk_json_text(j, dk_language_name(x->language));
    dk_json_key(j, "probability");
    dk_json_double(j, x->probability);
    dk_json_key(j, "valence");
    dk_json_int(j, (int64_t)x->valence);
    dk_json_key(j, "support");
    dk_json_int(j, x->support);
    dk_json_key(j, "z");
    dk_json_double(j, x->z);
    dk_json_key(j, "variant_of");
    dk_json_string(j, x->variant_of);
    dk_json_key(j, "near");
    dk_json_string(j, x->near);
    dk_json_key(j, "examples");
    dk_json_array(j);
    for (int e = 0; e < 3; e++) {
        if (x->examples[e] == DK_NO_ID) continue;
        dk_json_object(j);
        edit_put_comment(&edit->corpus.comments[x->examples[e]], NULL, 0, j);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}

static void put_running(double done, bool running, dk_json *j) {
    dk_json_key(j, "running");
    dk_json_bool(j, running);
    dk_json_key(j, "done");
    dk_json_double(j, done);
}

/* Takes over what a search that has ended found; a failure is told once. */
static dk_status collect(dk_edit *edit, dk_error *err) {
    dk_suggestions found;
    bool whole = false;
    dk_status status = edit_end_search(edit, &found, &whole, err);
    if (!whole) return status;
    if (edit->suggested) dk_suggest_dispose(&edit->suggestions);
    edit->suggestions = found;
    edit->suggested = true;
    edit->suggested_of = edit->searched_of;
    return status;
}

dk_status edit_end_search(dk_edit *edit, dk_suggestions *found, bool *whole, dk_error *err) {
    dk_status status = edit_search_end(edit->search, found, whole, err);
    edit->search = NULL;
    if (edit->orphaned) dk_engine_free(edit->searched);
    edit->searched = NULL;
    edit->orphaned = false;
    return status;
}

dk_status edit_put_suggestions(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    const char *name = dk_json_str(dk_json_get(ask, "language"));
    dk_language language;
    bool one = name != NULL && dk_language_from_name(dk_str_from(name), &language);
    if (!edit->has_corpus)
        return dk_fail(err, DK_EUSAGE, "suggestions are made from comments: give a corpus");
    dk_status status = DK_OK;
    double done = 1;
    if (edit->search != NULL && !edit_search_running(edit->search, &done)) status = collect(edit, err);
    bool stale = !edit->suggested ||
                 (dk_json_is_true(dk_json_get(ask, "fresh")) && edit->suggested_of != edit->changes);
    if (status == DK_OK && edit->search == NULL && stale) {
        status =
            edit_search_begin(&edit->search, &edit->corpus, edit->now.engine, edit->options->has_score, err);
        if (status == DK_OK) edit->searched = edit->now.engine;
        edit->searched_of = edit->changes;
        done = 0;
    }
    if (status != DK_OK) return status;
    put_running(done, edit->search != NULL, j);
    if (edit->search != NULL) return DK_OK;
    size_t put = 0;
    dk_json_key(j, "suggestions");
    dk_json_array(j);
    for (size_t i = 0; i < edit->suggestions.count && put < SUGGESTED; i++) {
        if (one && edit->suggestions.items[i].language != language) continue;
        put_suggestion(edit, &edit->suggestions.items[i], j);
        put++;
    }
    dk_json_end(j);
    return DK_OK;
}

dk_status edit_stop_suggestions(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    (void)ask;
    (void)err;
    if (edit->search != NULL) {
        edit_search_stop(edit->search);
        (void)collect(edit, NULL);
    }
    put_running(0, false, j);
    return DK_OK;
}

static void put_note(const dk_edit *edit, const char *term, dk_buf *note) {
    dk_buf_puts(note, "suggested");
    for (size_t i = 0; edit->suggested && i < edit->suggestions.count; i++) {
        const dk_suggestion *x = &edit->suggestions.items[i];
        if (!dk_str_is(x->term, term)) continue;
        dk_buf_putf(note, ": %u comments", x->support);
        if (!isnan(x->z)) dk_buf_putf(note, ", z %.1f", x->z);
        return;
    }
}

/* One line of the valence list for a term that was accepted. */
static dk_status accept_one(const dk_edit *edit, uint32_t file, int64_t line, const dk_json_value *item,
                            edit_step *step, dk_error *err) {
    const char *term = dk_json_str(dk_json_get(item, "term"));
    int64_t valence = edit_whole(dk_json_get(item, "valence"), -5, 5, 0);
    if (term == NULL || *term == '\0' || valence == 0)
        return dk_fail(err, DK_EUSAGE, "a term and a valence are needed");
    dk_buf note, number, text;
    dk_buf_init(&note);
    dk_buf_init(&number);
    dk_buf_init(&text);
    put_note(edit, term, &note);
    dk_buf_put_int(&number, valence);
    dk_str cells[DK_EDIT_CELLS] = {
        dk_str_from(term), {number.ptr, number.len}, {"", 0}, {note.ptr, note.len}, {"", 0}};
    if (edit->files[file].position[3] < 0) cells[3].len = 0; /* a list without notes */
    dk_status status = dk_edit_file_compose(&edit->files[file], cells, &text, err);
    if (status == DK_OK)
        status = edit_step_add(step, file, line, (dk_str){NULL, 0}, (dk_str){text.ptr, text.len}, err);
    dk_buf_dispose(&note);
    dk_buf_dispose(&number);
    dk_buf_dispose(&text);
    return status;
}

dk_status edit_accept(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    const dk_json_value *items = dk_json_get(ask, "items");
    size_t n = dk_json_count(items);
    uint32_t file;
    edit_step step = {0};
    (void)j;
    dk_status status = edit_open_for(edit, ask, &file, err);
    if (status != DK_OK) return status;
    if (edit->files[file].kind != DK_ENTRY_VALENCE)
        return dk_fail(err, DK_EUSAGE, "%s is no valence list", edit->files[file].shown);
    if (n == 0 || n > ACCEPTED_MAX)
        return dk_fail(err, DK_EUSAGE, "1 to %d suggestions at a time", ACCEPTED_MAX);
    int64_t line = dk_edit_file_lines(&edit->files[file]);
    for (size_t i = 0; status == DK_OK && i < n; i++)
        status = accept_one(edit, file, line + 1 + (int64_t)i, dk_json_item(items, i), &step, err);
    if (status == DK_OK) status = edit_take(edit, &step, err);
    edit_step_dispose(&step);
    return status;
}
