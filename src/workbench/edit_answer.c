/* Questions and answers. */
#include <stdlib.h>

#include "workbench/check.h"
#include "workbench/edit_text.h"

enum { EXAMPLES = 20, LINES = 30, LINES_MAX = 200 };

/* ---- Steps that are asked for ------------------------------------------------------------------------ */

dk_status edit_open_for(const dk_edit *edit, const dk_json_value *ask, uint32_t *file, dk_error *err) {
    int64_t n = edit_whole(dk_json_get(ask, "file"), 0, (int64_t)edit->nfiles - 1, -1);
    if (n < 0) return dk_fail(err, DK_EUSAGE, "no such file");
    *file = (uint32_t)n;
    const dk_edit_file *f = &edit->files[n];
    return f->closed[0] != '\0' ? dk_fail(err, DK_EUSAGE, "%s: %s", f->shown, f->closed) : DK_OK;
}

/* Behind the last entry of its theme, or of the file. */
static int64_t place_for(const dk_edit_file *f, const dk_str cells[DK_EDIT_CELLS]) {
    int64_t lines = dk_edit_file_lines(f), last = 0;
    if (f->kind != DK_ENTRY_THEME) return lines + 1;
    dk_str text = {f->text.ptr, f->text.len};
    int64_t line = 1;
    for (size_t at = 0; at < text.len; line++) {
        const char *stop = memchr(text.ptr + at, '\n', text.len - at);
        size_t len = stop != NULL ? (size_t)(stop - text.ptr) - at : text.len - at;
        bool same = line > f->header && len > cells[0].len &&
                    memcmp(text.ptr + at, cells[0].ptr, cells[0].len) == 0 &&
                    text.ptr[at + cells[0].len] == '\t';
        if (same) last = line;
        at += len + 1;
    }
    return last > 0 ? last + 1 : lines + 1;
}

static dk_status stale(const dk_edit_file *f, int64_t line, dk_error *err) {
    dk_fail(err, DK_EUSAGE, "%s:%lld is another entry by now", f->shown, (long long)line);
    dk_error_remedy(err, "search anew");
    return DK_EUSAGE;
}

/* The step that a question describes, with one change. */
static dk_status step_of(const dk_edit *edit, const dk_json_value *ask, edit_step *step, dk_error *err) {
    uint32_t file;
    dk_status status = edit_open_for(edit, ask, &file, err);
    if (status != DK_OK) return status;
    const dk_edit_file *f = &edit->files[file];
    dk_str cells[DK_EDIT_CELLS], line = {NULL, 0}, new = {NULL, 0};
    int64_t number = edit_whole(dk_json_get(ask, "line"), 1, INT32_MAX, 0);
    const char *was = dk_json_str(dk_json_get(ask, "was"));
    if (number > 0) {
        if (!dk_edit_file_cells(f, number, cells) || !dk_edit_file_line(f, number, &line))
            return stale(f, number, err);
        if (was != NULL && !dk_str_is(line, was)) return stale(f, number, err);
    }
    dk_buf text;
    dk_buf_init(&text);
    if (!dk_json_is_true(dk_json_get(ask, "remove"))) {
        const dk_json_value *given = dk_json_get(ask, "cells");
        for (int i = 0; i < DK_EDIT_CELLS; i++) {
            const char *column = dk_edit_columns[f->kind][i],
                       *cell = column != NULL ? dk_json_str(dk_json_get(given, column)) : NULL;
            cells[i] = dk_str_from(cell != NULL ? cell : "");
            while (cells[i].len > 0 && cells[i].ptr[0] == ' ') cells[i].ptr++, cells[i].len--;
            while (cells[i].len > 0 && cells[i].ptr[cells[i].len - 1] == ' ') cells[i].len--;
        }
        int term = f->kind == DK_ENTRY_THEME ? 1 : 0;
        if (cells[term].len == 0)
            status = dk_fail_at(err, DK_EDATA, f->shown, 0, term + 1, "a term is missing");
        if (status == DK_OK) status = dk_edit_file_compose(f, cells, &text, err);
        new = (dk_str){text.ptr, text.len};
    } else if (number == 0) {
        status = dk_fail(err, DK_EUSAGE, "which line is to be removed?");
    }
    if (status == DK_OK)
        status = edit_step_add(step, file, number > 0 ? number : place_for(f, cells), line, new, err);
    dk_buf_dispose(&text);
    return status;
}

/* A mistake that reading the lexicon found in the new line: its column becomes that of the cell. */
static void place_mistake(const dk_edit *edit, const edit_step *step, dk_status status, dk_error *err) {
    if (status != DK_EDATA || err == NULL || err->line == 0) return;
    const edit_change *c = &step->changes[0];
    const dk_edit_file *f = &edit->files[c->file];
    int64_t column = err->column;
    err->column = 0;
    if (c->after == NULL || err->line != c->line || column <= 0) return;
    int at = 0;
    for (int64_t i = 0; i < column - 1 && c->after[i] != '\0'; i++) at += c->after[i] == '\t';
    for (int i = 0; i < DK_EDIT_CELLS; i++)
        if (f->position[i] == at) err->column = i + 1;
}

/* ---- Answers ----------------------------------------------------------------------------------------- */

static dk_status answer_state(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    (void)ask;
    return edit_put_state(edit, j, err);
}

static dk_status answer_places(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    int64_t file = edit_whole(dk_json_get(ask, "file"), 0, (int64_t)edit->nfiles - 1, -1);
    int64_t line = edit_whole(dk_json_get(ask, "line"), 1, INT32_MAX, 0);
    uint32_t entry =
        file < 0 ? DK_NO_ID : edit_entry_at(dk_engine_lexicon(edit->now.engine), (uint32_t)file, line);
    if (entry == DK_NO_ID) return dk_fail(err, DK_EUSAGE, "no entry stands there");
    return edit_put_places(edit, entry, (size_t)edit_whole(dk_json_get(ask, "lines"), 1, LINES_MAX, LINES), j,
                           err);
}

static void put_findings(const dk_edit *edit, const dk_check *check, uint32_t file, dk_json *j) {
    int term = edit->files[file].kind == DK_ENTRY_THEME ? 2 : 1;
    for (size_t i = 0; i < check->count; i++) {
        const dk_finding *x = &check->findings[i];
        dk_json_object(j);
        dk_json_key(j, "kind");
        dk_json_text(j, dk_check_kind_name(x->kind));
        dk_json_key(j, "level");
        dk_json_text(j, dk_check_level_name(dk_check_kind_level(x->kind)));
        dk_json_key(j, "cell");
        dk_json_int(j, term);
        dk_json_key(j, "message");
        dk_json_text(j, x->message);
        dk_json_key(j, "other");
        dk_json_text(j, x->other);
        dk_json_end(j);
    }
}

static dk_status check_step(dk_edit *edit, const edit_step *step, dk_json *j, dk_error *err) {
    const dk_engine_options *o = &edit->options->engine;
    const edit_change *c = &step->changes[0];
    dk_lexicon *lexicon = NULL;
    dk_check *check = NULL;
    dk_check_options co = {
        .data_dir = o->data_dir, .paths = o->lexicons, .npaths = o->nlexicons, .threads = 1};
    dk_status status = edit_apply(edit, step, false, err);
    if (status != DK_OK) return status;
    status = edit_read_lexicon(edit, &lexicon, err);
    dk_status back = edit_apply(edit, step, true, status == DK_OK ? err : NULL);
    if (status == DK_OK) status = back;
    uint32_t entry =
        status == DK_OK && c->after != NULL ? edit_entry_at(lexicon, c->file, c->line) : DK_NO_ID;
    if (entry != DK_NO_ID) status = dk_check_entry(&check, &co, lexicon, entry, edit->base, err);
    dk_json_key(j, "findings");
    dk_json_array(j);
    if (check != NULL) put_findings(edit, check, c->file, j);
    dk_json_end(j);
    dk_check_free(check);
    dk_lexicon_free(lexicon);
    return status;
}

static dk_status answer_check(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    edit_step step = {0};
    dk_status status = step_of(edit, ask, &step, err);
    if (status == DK_OK) status = check_step(edit, &step, j, err);
    place_mistake(edit, &step, step.count > 0 ? status : DK_OK, err);
    edit_step_dispose(&step);
    return status;
}

static dk_status answer_try(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    edit_step step = {0};
    dk_status status = step_of(edit, ask, &step, err);
    if (status == DK_OK) status = edit_try(edit, &step, err);
    if (status == DK_OK) status = edit_put_effect(edit, &edit->now, &edit->tried, EXAMPLES, j, err);
    place_mistake(edit, &step, step.count > 0 ? status : DK_OK, err);
    edit_step_dispose(&step);
    return status;
}

static dk_status answer_take(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    edit_step step = {0};
    dk_status status = step_of(edit, ask, &step, err);
    const edit_change *c = step.count > 0 ? &step.changes[0] : NULL;
    if (status == DK_OK && c->before != NULL && c->after != NULL && strcmp(c->before, c->after) == 0)
        status = dk_fail(err, DK_EUSAGE, "nothing is different");
    if (status == DK_OK) {
        uint32_t file = c->file;
        int64_t line = c->line;
        bool stays = c->after != NULL;
        status = edit_take(edit, &step, err);
        if (status == DK_OK && stays) {
            dk_json_key(j, "entry");
            dk_json_object(j);
            edit_put_entry(edit, file, line, j);
            dk_json_end(j);
        }
    }
    place_mistake(edit, &step, step.count > 0 ? status : DK_OK, err);
    edit_step_dispose(&step);
    return status;
}

static dk_status answer_effect(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    (void)ask;
    return edit_put_effect(edit, &edit->saved, &edit->now, EXAMPLES, j, err);
}

static dk_status answer_undo(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    (void)ask;
    (void)j;
    return edit_undo(edit, err);
}

static dk_status answer_save(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    (void)ask;
    dk_json_key(j, "saved");
    dk_json_array(j);
    for (size_t i = 0; i < edit->nfiles; i++)
        if (edit->files[i].dirty) dk_json_text(j, edit->files[i].shown);
    dk_json_end(j);
    return edit_save(edit, err);
}

/* ---- All --------------------------------------------------------------------------------------------- */

static const struct question {
    const char *name;
    dk_status (*answer)(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err);
} questions[] = {
    {"state", answer_state}, {"entries", edit_put_list},  {"places", answer_places}, {"check", answer_check},
    {"try", answer_try},     {"take", answer_take},       {"effect", answer_effect}, {"undo", answer_undo},
    {"save", answer_save},   {"suggest", edit_put_suggestions}, {"stop", edit_stop_suggestions}, {"accept", edit_accept},
    {"create", edit_create},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static const struct question *find(const char *name) {
    for (size_t i = 0; i < QUESTIONS; i++)
        if (strcmp(name, questions[i].name) == 0) return &questions[i];
    return NULL;
}

bool dk_edit_knows(const char *question) {
    return find(question) != NULL;
}

dk_status dk_edit_answer(dk_edit *edit, const char *question, const dk_json_value *ask, dk_buf *out,
                         dk_error *err) {
    const struct question *q = find(question);
    if (q == NULL) return dk_fail(err, DK_EUSAGE, "no such question");
    dk_json j;
    dk_json_init(&j, out, false);
    dk_json_object(&j);
    dk_status status = q->answer(edit, ask, &j, err);
    dk_json_key(&j, "unsaved");
    dk_json_int(&j, (int64_t)dk_edit_unsaved(edit));
    dk_json_key(&j, "steps");
    dk_json_int(&j, (int64_t)edit->nsteps);
    dk_json_end(&j);
    return status == DK_OK ? dk_buf_status(out, err) : status;
}

static void put_error(const dk_edit *edit, const dk_error *e, dk_buf *out) {
    dk_json j;
    dk_buf_clear(out);
    dk_json_init(&j, out, false);
    dk_json_object(&j);
    dk_json_key(&j, "error");
    dk_json_object(&j);
    dk_json_key(&j, "message");
    dk_json_text(&j, e->message);
    dk_json_key(&j, "remedy");
    dk_json_text(&j, e->remedy[0] != '\0' ? e->remedy : NULL);
    dk_json_key(&j, "cell");
    dk_json_int(&j, e->column);
    dk_json_end(&j);
    dk_json_key(&j, "unsaved");
    dk_json_int(&j, (int64_t)dk_edit_unsaved(edit));
    dk_json_key(&j, "steps");
    dk_json_int(&j, (int64_t)edit->nsteps);
    dk_json_end(&j);
}

dk_status dk_edit_reply(dk_edit *edit, const char *question, dk_str body, dk_buf *out) {
    dk_error mistake = {0};
    dk_json_value *ask = NULL;
    dk_status status = dk_json_parse(&ask, "question", body.len > 0 ? body : dk_str_from("{}"), &mistake);
    if (status == DK_EDATA) status = DK_EUSAGE;
    if (status != DK_OK)
        mistake.column = 0; /* of the JSON */
    else if (!dk_json_is_object(ask))
        status = dk_fail(&mistake, DK_EUSAGE, "a JSON object was expected");
    if (status == DK_OK) status = dk_edit_answer(edit, question, ask, out, &mistake);
    dk_json_free(ask);
    if (status != DK_OK) put_error(edit, &mistake, out);
    return status;
}
