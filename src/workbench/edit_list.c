/* Browsing: the files, and the entries that fit a search. */
#include "text/utf8.h"
#include "workbench/edit_private.h"

enum { LISTED = 100, LISTED_MAX = 500 };

static const char *const kind_names[] = {"theme", "valence", "modifier"};

void edit_put_entry(const dk_edit *edit, uint32_t file, int64_t line, dk_json *j) {
    const dk_edit_file *f = &edit->files[file];
    dk_str cells[DK_EDIT_CELLS], text = {"", 0};
    dk_edit_file_cells(f, line, cells);
    (void)dk_edit_file_line(f, line, &text);
    dk_json_key(j, "file");
    dk_json_int(j, file);
    dk_json_key(j, "line");
    dk_json_int(j, line);
    dk_json_key(j, "was");
    dk_json_string(j, text);
    dk_json_key(j, "cells");
    dk_json_object(j);
    for (int i = 0; dk_edit_columns[f->kind][i] != NULL; i++) {
        dk_json_key(j, dk_edit_columns[f->kind][i]);
        dk_json_string(j, cells[i]);
    }
    dk_json_end(j);
}

/* What a list is cut by. */
typedef struct wanted {
    int64_t file;      /* -1: all */
    int language;      /* -1 */
    int kind;          /* -1 */
    const char *theme; /* a theme, or with a full stop at its end a touchpoint; NULL: all */
    dk_str text;       /* folded; stands in the term */
} wanted;

static bool fits(const wanted *w, const dk_lexicon *lex, uint32_t i) {
    const dk_entry *e = &lex->entries[i];
    const dk_entry_source *s = &lex->sources[i];
    if (w->file >= 0 && s->file != (uint64_t)w->file) return false;
    if (w->language >= 0 && e->language != w->language) return false;
    if (w->kind >= 0 && e->kind != w->kind) return false;
    if (w->theme != NULL) {
        if (e->theme == DK_NO_ID) return false;
        const char *id = lex->taxonomy.themes[e->theme].id;
        size_t len = strlen(w->theme);
        bool all = len > 0 && w->theme[len - 1] == '.';
        if (all ? strncmp(id, w->theme, len) != 0 : strcmp(id, w->theme) != 0) return false;
    }
    return w->text.len == 0 || memmem(s->text.ptr, s->text.len, w->text.ptr, w->text.len) != NULL;
}

static int number_of(const char *name, const char *const *names, int n) {
    for (int i = 0; name != NULL && i < n; i++)
        if (strcmp(name, names[i]) == 0) return i;
    return -1;
}

int64_t edit_whole(const dk_json_value *value, int64_t least, int64_t most, int64_t otherwise) {
    double x = dk_json_num(value);
    return x >= (double)least && x <= (double)most && x == (double)(int64_t)x ? (int64_t)x : otherwise;
}

dk_status edit_put_list(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    static const char *const languages[] = {"shared", "sv", "da", "en"};
    const dk_lexicon *lex = dk_engine_lexicon(edit->now.engine);
    const char *text = dk_json_str(dk_json_get(ask, "text"));
    int64_t from = edit_whole(dk_json_get(ask, "from"), 0, INT32_MAX, 0),
            most = edit_whole(dk_json_get(ask, "count"), 1, LISTED_MAX, LISTED), n = 0;
    dk_buf folded;
    dk_buf_init(&folded);
    dk_status status = text != NULL ? dk_utf8_fold(&folded, text, strlen(text), err) : DK_OK;
    wanted w = {.file = edit_whole(dk_json_get(ask, "file"), 0, (int64_t)edit->nfiles - 1, -1),
                .language = number_of(dk_json_str(dk_json_get(ask, "language")), languages, 4),
                .kind = number_of(dk_json_str(dk_json_get(ask, "kind")), kind_names, 3),
                .theme = dk_json_str(dk_json_get(ask, "theme")),
                .text = {folded.ptr, folded.len}};
    if (w.theme != NULL && *w.theme == '\0') w.theme = NULL;
    dk_json_key(j, "entries");
    dk_json_array(j);
    for (uint32_t i = 0; status == DK_OK && i < lex->count; i++) {
        if (!fits(&w, lex, i) || n++ < from || n > from + most) continue;
        dk_json_object(j);
        edit_put_entry(edit, lex->sources[i].file, lex->sources[i].line, j);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_key(j, "found");
    dk_json_int(j, n);
    dk_buf_dispose(&folded);
    return status;
}

static void put_files(const dk_edit *edit, dk_json *j) {
    dk_json_key(j, "files");
    dk_json_array(j);
    for (size_t i = 0; i < edit->nfiles; i++) {
        const dk_edit_file *f = &edit->files[i];
        dk_json_object(j);
        dk_json_key(j, "name");
        dk_json_text(j, f->shown);
        dk_json_key(j, "kind");
        dk_json_text(j, kind_names[f->kind]);
        dk_json_key(j, "language");
        dk_json_text(j, f->language == DK_LANG_OTHER ? "shared" : dk_language_name(f->language));
        dk_json_key(j, "closed");
        dk_json_text(j, f->closed[0] != '\0' ? f->closed : NULL);
        dk_json_key(j, "dirty");
        dk_json_bool(j, f->dirty);
        dk_json_key(j, "columns");
        dk_json_array(j);
        for (int c = 0; dk_edit_columns[f->kind][c] != NULL; c++)
            if (f->position[c] >= 0) dk_json_text(j, dk_edit_columns[f->kind][c]);
        dk_json_end(j);
        dk_json_end(j);
    }
    dk_json_end(j);
}

dk_status edit_put_state(const dk_edit *edit, dk_json *j, dk_error *err) {
    const dk_taxonomy *t = dk_engine_taxonomy(edit->base);
    put_files(edit, j);
    dk_status status = edit_put_possible(edit, j, err);
    dk_json_key(j, "themes");
    dk_json_array(j);
    for (size_t i = 0; i < t->count; i++) dk_json_text(j, t->themes[i].id);
    dk_json_end(j);
    dk_json_key(j, "kinds");
    dk_json_array(j);
    for (int i = DK_MOD_NONE + 1; i < DK_MODS; i++) dk_json_text(j, dk_modifier_name((dk_modifier)i));
    dk_json_end(j);
    dk_json_key(j, "emotions");
    dk_json_array(j);
    for (int i = DK_EMOTION_NONE + 1; i < DK_EMOTIONS; i++) dk_json_text(j, dk_emotion_name((dk_emotion)i));
    dk_json_end(j);
    dk_json_key(j, "entries");
    dk_json_int(j, (int64_t)dk_engine_lexicon(edit->now.engine)->count);
    dk_json_key(j, "corpus");
    dk_json_text(j, edit->has_corpus ? edit->corpus.source : NULL);
    dk_json_key(j, "comments");
    dk_json_int(j, (int64_t)edit->corpus.count);
    dk_json_key(j, "scored");
    dk_json_bool(j, edit->options->has_score);
    return status;
}
