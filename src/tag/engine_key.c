/* What decides an engine: the key under which its image is cached. */
#include <dirent.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "tag/engine.h"

enum { DEPTH_MAX = 6 };

static void add_text(dk_stamp *stamp, const char *text) { dk_stamp_add(stamp, text, strlen(text) + 1); }

/* The length first, so that bytes cannot move from one file to the next unseen; a file that is not there has none. */
static bool add_file(dk_stamp *stamp, const char *path, dk_buf *text) {
    uint64_t len = UINT64_MAX;
    if (dk_file_exists(path)) {
        if (dk_file_read(path, text, NULL) != DK_OK) return false;
        len = text->len;
    }
    dk_stamp_add(stamp, &len, sizeof len);
    if (len != UINT64_MAX) dk_stamp_add(stamp, text->ptr, text->len);
    return true;
}

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static bool add_folder(dk_stamp *stamp, const char *path, int depth, dk_buf *text);

/* A name in a folder, and what is below it: a folder, or a table. */
static bool add_name(dk_stamp *stamp, const char *folder, const char *name, int depth, dk_buf *text) {
    char *path = dk_path_join(folder, name);
    size_t len = strlen(name);
    bool ok = path != NULL;
    add_text(stamp, name);
    if (ok && dk_is_folder(path)) ok = depth < DEPTH_MAX && add_folder(stamp, path, depth + 1, text);
    else if (ok && len > 4 && strcmp(name + len - 4, ".tsv") == 0) ok = add_file(stamp, path, text);
    free(path);
    return ok;
}

/* All names of a folder in their order, which is more than the lexicon reads. */
static bool add_folder(dk_stamp *stamp, const char *path, int depth, dk_buf *text) {
    char **names = NULL;
    size_t count = 0, cap = 0;
    DIR *dir = opendir(path);
    bool ok = dir != NULL;
    for (struct dirent *d; ok && (d = readdir(dir)) != NULL;) {
        if (d->d_name[0] == '.') continue;
        ok = dk_grow(&names, &cap, count + 1) && (names[count] = strdup(d->d_name)) != NULL;
        count += ok;
    }
    if (dir != NULL) closedir(dir);
    if (ok && count > 0) qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; ok && i < count; i++) ok = add_name(stamp, path, names[i], depth, text);
    dk_stamp_add(stamp, "/", 1); /* the folder ends here */
    for (size_t i = 0; i < count; i++) free(names[i]);
    free(names);
    return ok;
}

typedef struct build_id {
    dk_stamp *stamp;
    bool found;
} build_id;

/* The linker's name of the program or of a library it has loaded (a GNU note of type 3). */
static int add_build_id(struct dl_phdr_info *info, size_t size, void *context) {
    build_id *id = context;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_NOTE) continue;
        const char *at = (const char *)(uintptr_t)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
        const char *end = at + info->dlpi_phdr[i].p_memsz;
        while ((size_t)(end - at) >= sizeof(ElfW(Nhdr))) {
            const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(const void *)at;
            size_t name = ((size_t)note->n_namesz + 3) & ~(size_t)3, text = ((size_t)note->n_descsz + 3) & ~(size_t)3;
            if (name + text > (size_t)(end - at) - sizeof *note) break;
            if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(note + 1, "GNU", 4) == 0) {
                dk_stamp_add(id->stamp, (const char *)(note + 1) + name, note->n_descsz);
                id->found = true;
            }
            at += sizeof *note + name + text;
        }
    }
    return 1; /* the first is the program, where the code of engines lies or which is built with it */
}

bool dk_engine_key(const dk_engine_options *o, dk_morph *const morphs[DK_LANGUAGES], char out[33]) {
    dk_stamp stamp;
    dk_stamp_init(&stamp);
    dk_buf text;
    dk_buf_init(&text);
    build_id id = {&stamp, false};
    dl_iterate_phdr(add_build_id, &id);
    const char options[2] = {o->no_spelling, o->no_learned};
    add_text(&stamp, DK_VERSION);
    dk_stamp_add(&stamp, options, sizeof options);
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++) add_text(&stamp, dk_morph_stamp(morphs[l]));
    char *lexicons = dk_path_join(o->data_dir, "lexicons");
    bool ok = id.found && lexicons != NULL && add_folder(&stamp, lexicons, 0, &text);
    free(lexicons);
    for (size_t i = 0; ok && i < o->nlexicons; i++) {
        add_text(&stamp, o->lexicons[i]); /* people see the path as they gave it */
        ok = dk_is_folder(o->lexicons[i]) ? add_folder(&stamp, o->lexicons[i], 0, &text) : add_file(&stamp, o->lexicons[i], &text);
    }
    for (int l = DK_LANG_OTHER; ok && l < DK_LANGUAGES; l++) {
        char name[48];
        if (l == DK_LANG_OTHER) snprintf(name, sizeof name, "models/language.tsv");
        else snprintf(name, sizeof name, "models/sentiment_%s.tsv", dk_language_name((dk_language)l));
        char *path = dk_path_join(o->data_dir, name);
        ok = path != NULL && add_file(&stamp, path, &text);
        free(path);
    }
    for (size_t i = 0; ok && i < o->nweights; i++) ok = add_file(&stamp, o->weights[i], &text);
    dk_buf_dispose(&text);
    dk_stamp_text(&stamp, out);
    return ok;
}
