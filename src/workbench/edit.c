#include "workbench/edit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "workbench/edit_private.h"
#include "workbench/edit_search.h"

/* Which of the three kinds a file is: its header tells. */
static dk_entry_kind kind_of(const char *path) {
    dk_buf text;
    dk_entry_kind kind = DK_ENTRY_VALENCE;
    dk_buf_init(&text);
    if (dk_file_read(path, &text, NULL) == DK_OK) {
        const char *at = text.ptr, *end = at + text.len;
        while (at < end && (*at == '#' || *at == '\n' || *at == '\r')) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            at = stop != NULL ? stop + 1 : end;
        }
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t len = at < end ? (size_t)((stop != NULL ? stop : end) - at) : 0;
        if (len > 0 && memmem(at, len, "kind", 4) != NULL)
            kind = DK_ENTRY_MODIFIER;
        else if (len > 0 && memmem(at, len, "theme", 5) != NULL)
            kind = DK_ENTRY_THEME;
    }
    dk_buf_dispose(&text);
    return kind;
}

/* The language of the last folder of a path that is one. */
static dk_language language_of(const char *path) {
    dk_language found = DK_LANG_OTHER;
    for (const char *at = path, *slash; (slash = strchr(at, '/')) != NULL; at = slash + 1) {
        dk_language language;
        if (dk_language_from_name((dk_str){at, (size_t)(slash - at)}, &language)) found = language;
    }
    return found;
}

dk_status edit_open_file(dk_edit_file *file, const char *path, const char *shown, dk_error *err) {
    dk_status status = dk_edit_file_open(file, path, shown, kind_of(path), err);
    file->language = language_of(shown);
    file->pack = -1;
    return status;
}

static dk_status open_files(dk_edit *edit, dk_error *err) {
    const dk_lexicon *lex = dk_engine_lexicon(edit->base);
    const dk_engine_options *o = &edit->options->engine;
    char *folder = dk_path_join(o->data_dir, "lexicons");
    edit->files = calloc(lex->nfiles + 1, sizeof *edit->files);
    dk_status status = folder == NULL || edit->files == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < lex->nfiles; i++) {
        bool own = i < lex->nuser_files;
        char *path = own ? strdup(lex->files[i]) : dk_path_join(folder, lex->files[i]);
        dk_edit_file *f = &edit->files[i];
        if (path == NULL) {
            status = dk_fail_memory(err);
            break;
        }
        edit->nfiles++;
        status = edit_open_file(f, path, lex->files[i], err);
        free(path);
    }
    for (size_t i = 0; status == DK_OK && i < lex->count; i++) {
        edit->files[lex->sources[i].file].pack = lex->entries[i].pack;
        edit->files[lex->sources[i].file].language = (dk_language)lex->entries[i].language;
    }
    for (size_t i = lex->nuser_files; status == DK_OK && lex->nuser_files > 0 && i < edit->nfiles; i++)
        snprintf(edit->files[i].closed, sizeof edit->files[i].closed,
                 "shipped; only what --lexicon names is edited");
    free(folder);
    return status;
}

dk_status dk_edit_open(dk_edit **out, const dk_edit_options *options, dk_error *err) {
    dk_edit *edit = calloc(1, sizeof *edit);
    if (edit == NULL) return dk_fail_memory(err);
    edit->options = options;
    dk_status status = dk_engine_open(&edit->base, &options->engine, err);
    if (status == DK_OK) status = open_files(edit, err);
    if (status == DK_OK) status = edit_find_roots(edit, err);
    if (status == DK_OK && options->corpus.source != NULL) {
        edit->has_corpus = true;
        status = dk_corpus_read(&edit->corpus, edit->base, &options->corpus, err);
    }
    if (status == DK_OK) status = edit_first_results(edit, &edit->saved, err);
    edit->saved.engine = edit->base;
    edit->now = edit->saved;
    if (status != DK_OK)
        dk_edit_free(edit);
    else
        *out = edit;
    return status;
}

const dk_corpus *dk_edit_corpus(const dk_edit *edit) {
    return edit->has_corpus ? &edit->corpus : NULL;
}

void dk_edit_free(dk_edit *edit) {
    if (edit == NULL) return;
    if (edit->search != NULL) {
        dk_suggestions found;
        bool whole;
        edit_search_stop(edit->search);
        (void)edit_end_search(edit, &found, &whole, NULL);
    }
    edit_state_dispose(&edit->tried);
    edit_forget(edit, &edit->now);
    edit_forget(edit, &edit->saved);
    for (size_t i = 0; i < edit->nsteps; i++) edit_step_dispose(&edit->steps[i]);
    free(edit->steps);
    for (size_t i = 0; i < edit->nfiles; i++) dk_edit_file_dispose(&edit->files[i]);
    free(edit->files);
    edit_forget_roots(edit);
    dk_arena_dispose(&edit->names);
    if (edit->suggested) dk_suggest_dispose(&edit->suggestions);
    if (edit->has_corpus) dk_corpus_dispose(&edit->corpus);
    dk_engine_free(edit->base);
    free(edit);
}
