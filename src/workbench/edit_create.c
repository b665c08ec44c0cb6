/* Lists that are not there yet. Their names are those that reading a lexicon folder looks for, in folders that were opened with the
 * editor, and nothing else: a question picks one of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "workbench/edit_private.h"

enum { FOLDERS = 4, KINDS = 3 };

static const char *const folders[FOLDERS] = {"shared", "sv", "da", "en"};
static const char *const names[KINDS] = {"themes.tsv", "valence.tsv", "modifiers.tsv"};
static const char *const beginnings[KINDS] = {
    "# What is said of each theme, with a valence where that says good or bad\ntheme\tterm\tvalence\tnote\n",
    "# Opinion words from -5 (worst) to 5 (best), with the emotion where one is "
    "clear\nterm\tvalence\temotion\tnote\n",
    "# Words that turn, strengthen, weaken or frame the opinions near "
    "them\nterm\tkind\tstrength\treach\tnote\n",
};

/* ---- Where ------------------------------------------------------------------------------------------- */

static dk_status add_root(dk_edit *edit, const char *path, const char *shown, dk_error *err) {
    edit_root *grown = realloc(edit->roots, (edit->nroots + 1) * sizeof *grown);
    if (grown == NULL) return dk_fail_memory(err);
    edit->roots = grown;
    edit_root *r = &grown[edit->nroots];
    *r = (edit_root){.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .path = strdup(path)};
    r->shown = dk_arena_strdup(&edit->names, shown, strlen(shown));
    if (r->path == NULL || r->shown == NULL) {
        free(r->path);
        if (r->folder >= 0) close(r->folder);
        return dk_fail_memory(err);
    }
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/') end--;
    size_t at = end;
    while (at > 0 && path[at - 1] != '/') at--;
    dk_language language;
    r->flat = dk_language_from_name((dk_str){path + at, end - at}, &language);
    edit->nroots++;
    return DK_OK;
}

dk_status edit_find_roots(dk_edit *edit, dk_error *err) {
    const dk_engine_options *o = &edit->options->engine;
    const dk_lexicon *lex = dk_engine_lexicon(edit->base);
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < o->nlexicons; i++)
        if (dk_is_folder(o->lexicons[i])) status = add_root(edit, o->lexicons[i], o->lexicons[i], err);
    if (o->nlexicons > 0) return status; /* the shipped ones are closed then */
    char *shipped = dk_path_join(o->data_dir, "lexicons");
    status = shipped == NULL ? dk_fail_memory(err) : add_root(edit, shipped, "", err);
    for (size_t i = 0; status == DK_OK && i < lex->npacks; i++) {
        char *shown = dk_path_join("packs", lex->packs[i]);
        char *path = shown != NULL ? dk_path_join(shipped, shown) : NULL;
        status = path == NULL ? dk_fail_memory(err) : add_root(edit, path, shown, err);
        free(shown);
        free(path);
    }
    free(shipped);
    return status;
}

void edit_forget_roots(dk_edit *edit) {
    for (size_t i = 0; i < edit->nroots; i++) {
        if (edit->roots[i].folder >= 0) close(edit->roots[i].folder);
        free(edit->roots[i].path);
    }
    free(edit->roots);
}

/* A list that might be: below a root, in the folder of a language or (NULL) in the root itself. */
typedef struct place {
    const edit_root *root;
    const char *folder;
    int kind;
} place;

/* Place number n of all that may be; false behind the last. */
static bool place_at(const dk_edit *edit, size_t n, place *p) {
    for (size_t i = 0; i < edit->nroots; i++) {
        const edit_root *r = &edit->roots[i];
        size_t here = r->flat ? KINDS : FOLDERS * KINDS;
        if (n < here) {
            *p = (place){r, r->flat ? NULL : folders[n / KINDS], (int)(n % KINDS)};
            return true;
        }
        n -= here;
    }
    return false;
}

/* The name of a place below a folder, as the lexicon joins it; the caller frees it. NULL when memory ran out. */
static char *join(const char *folder, const place *p) {
    char *within = p->folder == NULL ? strdup(folder)
                   : *folder != '\0' ? dk_path_join(folder, p->folder)
                                     : strdup(p->folder);
    char *name = within != NULL ? dk_path_join(within, names[p->kind]) : NULL;
    free(within);
    return name;
}

static bool is_open(const dk_edit *edit, const char *shown) {
    for (size_t i = 0; i < edit->nfiles; i++)
        if (strcmp(edit->files[i].shown, shown) == 0) return true;
    return false;
}

dk_status edit_put_possible(const dk_edit *edit, dk_json *j, dk_error *err) {
    place p;
    dk_status status = DK_OK;
    dk_json_key(j, "possible");
    dk_json_array(j);
    for (size_t n = 0; status == DK_OK && place_at(edit, n, &p); n++) {
        char *shown = join(p.root->shown, &p);
        if (shown == NULL) status = dk_fail_memory(err);
        if (status == DK_OK && p.root->folder >= 0 && !is_open(edit, shown)) dk_json_text(j, shown);
        free(shown);
    }
    dk_json_end(j);
    return status;
}

/* ---- On the disk ------------------------------------------------------------------------------------- */

/* The folder of a place, opened; made when it is not there, which *made tells. */
static dk_status open_folder(const place *p, const char *shown, int *folder, bool *made, dk_error *err) {
    const char *name = p->folder != NULL ? p->folder : ".";
    *made = p->folder != NULL && mkdirat(p->root->folder, name, 0777) == 0;
    *folder = openat(p->root->folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return *folder >= 0 ? DK_OK
                        : dk_fail_errno(err, errno, shown, "its folder cannot be opened, or is a symlink");
}

static dk_status write_list(const place *p, int folder, const char *shown, dk_error *err) {
    const char *text = beginnings[p->kind];
    size_t len = strlen(text);
    int fd = openat(folder, names[p->kind], O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) return dk_fail_errno(err, errno, shown, "cannot be made");
    bool whole = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    int code = errno;
    close(fd);
    if (whole) return DK_OK;
    unlinkat(folder, names[p->kind], 0);
    return dk_fail_errno(err, code, shown, "cannot be written");
}

/* ---- In the editor ----------------------------------------------------------------------------------- */

/* Takes the files in the order of a lexicon that has one more: `fresh`, whose number is returned. */
static uint32_t renumber(dk_edit *edit, const dk_lexicon *lex, dk_edit_file *files,
                         const dk_edit_file *fresh) {
    uint32_t at = DK_NO_ID;
    for (uint32_t i = 0; i < lex->nfiles; i++) {
        uint32_t old = 0;
        while (old < edit->nfiles && strcmp(edit->files[old].shown, lex->files[i]) != 0) old++;
        files[i] = old < edit->nfiles ? edit->files[old] : *fresh;
        if (old == edit->nfiles) at = i;
    }
    for (size_t s = 0; s < edit->nsteps; s++)
        for (size_t c = 0; c < edit->steps[s].count; c++)
            edit->steps[s].changes[c].file +=
                edit->steps[s].changes[c].file >= at; /* the others keep their order */
    free(edit->files);
    edit->files = files;
    edit->nfiles = lex->nfiles;
    return at;
}

/* What the editor knows, with a list that lies on the disk by now: nothing reads otherwise, as it is empty. */
static dk_status take_in(dk_edit *edit, const place *p, const char *shown, uint32_t *number, dk_error *err) {
    dk_lexicon *lex = NULL;
    edit_state next = {0};
    dk_edit_file fresh = {.folder = -1}, *files = calloc(edit->nfiles + 2, sizeof *files);
    char *path = join(p->root->path, p), *name = dk_arena_strdup(&edit->names, shown, strlen(shown));
    dk_status status = files == NULL || path == NULL || name == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK) status = edit_open_file(&fresh, path, name, err);
    if (status == DK_OK) status = edit_read_lexicon(edit, &lex, err);
    if (status == DK_OK && lex->nfiles != edit->nfiles + 1) {
        dk_lexicon_free(lex);
        status = dk_fail(err, DK_EDATA, "%s: the lexicon's files are others by now; end this and begin anew",
                         shown);
    }
    if (status == DK_OK) {
        if (strncmp(shown, "packs/", 6) == 0)
            fresh.pack = dk_lexicon_find_pack(lex, dk_str_from(p->root->shown + 6));
        status = dk_engine_with_lexicon(&next.engine, edit->base, lex, !edit->options->engine.no_spelling,
                                        edit->options->threads, err);
    }
    if (status == DK_OK) status = edit_results(edit, &next, &edit->now, NULL, 0, err);
    free(path);
    if (status != DK_OK) {
        edit_state_dispose(&next);
        dk_edit_file_dispose(&fresh);
        free(files);
        return status;
    }
    *number = renumber(edit, dk_engine_lexicon(next.engine), files, &fresh);
    if (edit->tried.engine != NULL) edit_state_dispose(&edit->tried);
    edit_forget(edit, &edit->now);
    edit_forget(edit, &edit->saved);
    edit->saved = edit->now = next;
    return DK_OK;
}

dk_status edit_create(dk_edit *edit, const dk_json_value *ask, dk_json *j, dk_error *err) {
    const char *wanted = dk_json_str(dk_json_get(ask, "name"));
    place p;
    char *shown = NULL;
    for (size_t n = 0; wanted != NULL && place_at(edit, n, &p); n++) {
        shown = join(p.root->shown, &p);
        if (shown == NULL) return dk_fail_memory(err);
        if (strcmp(shown, wanted) == 0 && p.root->folder >= 0 && !is_open(edit, shown)) break;
        free(shown);
        shown = NULL;
    }
    if (shown == NULL) return dk_fail(err, DK_EUSAGE, "no list of that name can be made here");
    int folder = -1;
    bool made = false;
    uint32_t number = 0;
    dk_status status = DK_OK;
    if (dk_edit_unsaved(edit) > 0) {
        status = dk_fail(err, DK_EUSAGE, "a list can be made when nothing is unsaved");
        dk_error_remedy(err, "save or undo first");
    }
    if (status == DK_OK) status = open_folder(&p, shown, &folder, &made, err);
    if (status == DK_OK) status = write_list(&p, folder, shown, err);
    if (status == DK_OK) {
        status = take_in(edit, &p, shown, &number, err);
        if (status != DK_OK) unlinkat(folder, names[p.kind], 0);
    }
    if (folder >= 0) close(folder);
    if (status != DK_OK && made) unlinkat(p.root->folder, p.folder, AT_REMOVEDIR);
    free(shown);
    dk_json_key(j, "file");
    dk_json_int(j, number);
    return status;
}
