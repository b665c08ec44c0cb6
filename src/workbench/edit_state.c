/* Steps: tried, taken, undone, saved. */
#include <stdlib.h>

#include "base/hash.h"
#include "workbench/edit_private.h"

void edit_state_dispose(edit_state *s) {
    dk_engine_free(s->engine);
    free(s->results);
    free(s->said);
    memset(s, 0, sizeof *s);
}

void edit_forget(dk_edit *edit, edit_state *s) {
    if (s != &edit->saved && s->engine == edit->saved.engine) memset(s, 0, sizeof *s);
    if (s->engine != NULL && s->engine == edit->searched && s->engine != edit->base) edit->orphaned = true;
    if (s->engine == edit->base || s->engine == edit->searched) s->engine = NULL;
    edit_state_dispose(s);
}

/* ---- Steps ------------------------------------------------------------------------------------------- */

void edit_step_dispose(edit_step *step) {
    for (size_t i = 0; i < step->count; i++) {
        free(step->changes[i].before);
        free(step->changes[i].after);
    }
    free(step->changes);
    memset(step, 0, sizeof *step);
}

static bool copy(char **to, dk_str from) {
    *to = from.ptr != NULL ? strndup(from.ptr, from.len) : NULL;
    return from.ptr == NULL || *to != NULL;
}

dk_status edit_step_add(edit_step *step, uint32_t file, int64_t line, dk_str before, dk_str after,
                        dk_error *err) {
    edit_change *grown = realloc(step->changes, (step->count + 1) * sizeof *grown);
    if (grown == NULL) return dk_fail_memory(err);
    step->changes = grown;
    edit_change *c = &grown[step->count++];
    *c = (edit_change){.file = file, .line = line};
    return copy(&c->before, before) && copy(&c->after, after) ? DK_OK : dk_fail_memory(err);
}

static dk_str text_of(const char *text) {
    return text != NULL ? dk_str_from(text) : (dk_str){NULL, 0};
}

/* Does a change, or with back undoes it. */
static dk_status apply(dk_edit *edit, const edit_change *c, bool back, dk_error *err) {
    dk_edit_file *f = &edit->files[c->file];
    dk_str before = text_of(back ? c->after : c->before), after = text_of(back ? c->before : c->after), line;
    if (before.ptr != NULL && (!dk_edit_file_line(f, c->line, &line) || !dk_str_eq(line, before)))
        return dk_fail(err, DK_EUSAGE, "%s:%lld is another line by now", f->shown, (long long)c->line);
    return dk_edit_file_put(f, c->line, before.ptr != NULL, after, err);
}

dk_status edit_apply(dk_edit *edit, const edit_step *step, bool back, dk_error *err) {
    dk_status status = DK_OK;
    size_t done = 0;
    for (; status == DK_OK && done < step->count; done++)
        status = apply(edit, &step->changes[back ? step->count - 1 - done : done], back, err);
    if (status == DK_OK) return status;
    for (done--; done > 0; done--)
        (void)apply(edit, &step->changes[back ? step->count - done : done - 1], !back, NULL);
    return status;
}

/* ---- Trying ------------------------------------------------------------------------------------------ */

static bool find_text(void *context, const char *shown, dk_str *text) {
    const dk_edit *edit = context;
    for (size_t i = 0; i < edit->nfiles; i++)
        if (strcmp(edit->files[i].shown, shown) == 0) {
            *text = (dk_str){edit->files[i].text.ptr, edit->files[i].text.len};
            return true;
        }
    return false;
}

uint32_t edit_entry_at(const dk_lexicon *lex, uint32_t file, int64_t line) {
    size_t lo = 0, hi = lex->count; /* entries stand in the order of files and lines */
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        const dk_entry_source *s = &lex->sources[mid];
        if (s->file < file || (s->file == file && s->line < line))
            lo = mid + 1;
        else
            hi = mid;
    }
    bool there = lo < lex->count && lex->sources[lo].file == file && lex->sources[lo].line == line;
    return there ? (uint32_t)lo : DK_NO_ID;
}

static int added(const edit_change *c) {
    return (c->after != NULL) - (c->before != NULL);
}

/* The line that change i found, as it was numbered before the step. */
static int64_t line_before(const edit_step *step, size_t i) {
    int64_t line = step->changes[i].line;
    for (size_t k = i; k-- > 0;) {
        const edit_change *c = &step->changes[k];
        if (c->file != step->changes[i].file) continue;
        if (added(c) > 0 && c->line < line) line--;
        if (added(c) < 0 && c->line <= line) line++;
    }
    return line;
}

int64_t edit_line_after(const edit_step *step, size_t i) {
    int64_t line = step->changes[i].line;
    for (size_t k = i + 1; k < step->count; k++) {
        const edit_change *c = &step->changes[k];
        if (c->file != step->changes[i].file) continue;
        if (added(c) > 0 && c->line <= line) line++;
        if (added(c) < 0 && c->line < line) line--;
    }
    return line;
}

/* The entries that the step takes away, and those that it brings. */
static size_t find_entries(const edit_step *step, const dk_lexicon *a, const dk_lexicon *b, edit_entry *out) {
    size_t n = 0;
    for (size_t i = 0; i < step->count; i++) {
        const edit_change *c = &step->changes[i];
        uint32_t old = c->before != NULL ? edit_entry_at(a, c->file, line_before(step, i)) : DK_NO_ID;
        uint32_t new = c->after != NULL ? edit_entry_at(b, c->file, edit_line_after(step, i)) : DK_NO_ID;
        if (old != DK_NO_ID) out[n++] = (edit_entry){a, old};
        if (new != DK_NO_ID) out[n++] = (edit_entry){b, new};
    }
    return n;
}

static uint64_t key_of(const dk_edit *edit, const edit_step *step) {
    uint64_t key = dk_hash_mix(edit->nsteps, step->count);
    for (size_t i = 0; i < step->count; i++) {
        const edit_change *c = &step->changes[i];
        key = dk_hash_mix(key, dk_hash_mix(c->file, (uint64_t)c->line));
        key = dk_hash_mix(key, c->before != NULL ? dk_hash(c->before, strlen(c->before)) : 1);
        key = dk_hash_mix(key, c->after != NULL ? dk_hash(c->after, strlen(c->after)) : 1);
    }
    return key;
}

dk_status edit_read_lexicon(dk_edit *edit, dk_lexicon **lexicon, dk_error *err) {
    const dk_engine_options *o = &edit->options->engine;
    dk_lexicon_texts texts = {find_text, edit};
    return dk_lexicon_open_texts(lexicon, o->data_dir, o->lexicons, o->nlexicons, &texts, err);
}

static dk_status make_state(dk_edit *edit, const edit_step *step, edit_state *next, dk_error *err) {
    dk_lexicon *lexicon = NULL;
    uint32_t *comments = NULL;
    size_t n = 0;
    edit_entry *entries = malloc((2 * step->count + 1) * sizeof *entries);
    dk_status status = entries == NULL ? dk_fail_memory(err) : edit_read_lexicon(edit, &lexicon, err);
    if (status == DK_OK)
        status = dk_engine_with_lexicon(&next->engine, edit->base, lexicon,
                                        !edit->options->engine.no_spelling, edit->options->threads, err);
    if (status == DK_OK) {
        size_t count =
            find_entries(step, dk_engine_lexicon(edit->now.engine), dk_engine_lexicon(next->engine), entries);
        status = edit_reach(edit, entries, count, &comments, &n, err);
    }
    if (status == DK_OK) status = edit_results(edit, next, &edit->now, comments, n, err);
    free(comments);
    free(entries);
    if (status != DK_OK) edit_state_dispose(next);
    return status;
}

dk_status edit_try(dk_edit *edit, const edit_step *step, dk_error *err) {
    uint64_t key = key_of(edit, step);
    if (edit->tried.engine != NULL && edit->tried_key == key) return DK_OK;
    if (edit->tried.engine != NULL) edit_state_dispose(&edit->tried);
    dk_status status = edit_apply(edit, step, false, err);
    if (status != DK_OK) return status;
    status = make_state(edit, step, &edit->tried, err);
    dk_status back = edit_apply(edit, step, true, status == DK_OK ? err : NULL);
    if (status == DK_OK) status = back;
    edit->tried_key = key;
    return status;
}

/* ---- Taking ------------------------------------------------------------------------------------------ */

/* The files are as the tried state has them: it is the one from now on. */
static void become(dk_edit *edit) {
    edit_forget(edit, &edit->now);
    edit->now = edit->tried;
    edit->changes++;
    memset(&edit->tried, 0, sizeof edit->tried);
}

dk_status edit_take(dk_edit *edit, edit_step *step, dk_error *err) {
    dk_status status = edit_try(edit, step, err);
    if (status == DK_OK && !dk_grow(&edit->steps, &edit->steps_cap, edit->nsteps + 1))
        status = dk_fail_memory(err);
    if (status == DK_OK) status = edit_apply(edit, step, false, err);
    if (status != DK_OK) return status;
    become(edit);
    if (edit->saved_steps != SIZE_MAX && edit->saved_steps > edit->nsteps) edit->saved_steps = SIZE_MAX;
    edit->steps[edit->nsteps++] = *step;
    memset(step, 0, sizeof *step);
    return DK_OK;
}

dk_status edit_undo(dk_edit *edit, dk_error *err) {
    if (edit->nsteps == 0) return dk_fail(err, DK_EUSAGE, "there is nothing to undo");
    const edit_step *last = &edit->steps[edit->nsteps - 1];
    edit_step back = {0};
    dk_status status = DK_OK;
    for (size_t i = last->count; status == DK_OK && i-- > 0;)
        status = edit_step_add(&back, last->changes[i].file, last->changes[i].line,
                               text_of(last->changes[i].after), text_of(last->changes[i].before), err);
    if (status == DK_OK) status = edit_try(edit, &back, err);
    if (status == DK_OK) status = edit_apply(edit, &back, false, err);
    edit_step_dispose(&back);
    if (status != DK_OK) return status;
    become(edit);
    edit_step_dispose(&edit->steps[--edit->nsteps]);
    return DK_OK;
}

size_t dk_edit_unsaved(const dk_edit *edit) {
    bool dirty = false;
    for (size_t i = 0; i < edit->nfiles; i++) dirty |= edit->files[i].dirty;
    if (!dirty) return 0;
    if (edit->saved_steps == SIZE_MAX) return edit->nsteps + 1;
    size_t apart = edit->nsteps > edit->saved_steps ? edit->nsteps - edit->saved_steps
                                                    : edit->saved_steps - edit->nsteps;
    return apart > 0 ? apart : 1;
}

dk_status edit_save(dk_edit *edit, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < edit->nfiles; i++)
        if (edit->files[i].dirty) status = dk_edit_file_unchanged(&edit->files[i], err);
    for (size_t i = 0; status == DK_OK && i < edit->nfiles; i++)
        if (edit->files[i].dirty) status = dk_edit_file_save(&edit->files[i], err);
    if (status != DK_OK) return status;
    if (edit->saved.engine != edit->now.engine) {
        edit_forget(edit, &edit->saved);
        edit->saved = edit->now;
    }
    edit->saved_steps = edit->nsteps;
    return DK_OK;
}
