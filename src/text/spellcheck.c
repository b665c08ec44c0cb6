#include "text/spellcheck.h"

#include <hunspell/hunspell.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { DICTIONARIES_MAX = 2, WORD_MAX = 255 };

struct dk_spellcheck {
    Hunhandle *handles[DICTIONARIES_MAX];
    int count;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct {
    const char *language, *package;
    const char *names[DICTIONARIES_MAX];
} dictionaries[] = {{"sv", "hunspell-sv", {"sv_SE"}},
                    {"da", "hunspell-da", {"da_DK"}},
                    {"en", "hunspell-en-us and hunspell-en-gb", {"en_US", "en_GB"}}};

static dk_status open_one(dk_spellcheck *check, const char *folder, const char *name, const char *package,
                          dk_error *err) {
    char aff[1024], dic[1024];
    int n = snprintf(aff, sizeof aff, "%s/%s.aff", folder, name);
    if (n < 0 || (size_t)n >= sizeof aff) return dk_fail(err, DK_EIO, "path too long: %s", folder);
    snprintf(dic, sizeof dic, "%s/%s.dic", folder, name);
    if (!dk_file_exists(aff) ||
        !dk_file_exists(dic)) { /* Hunspell itself opens a missing dictionary without a word */
        dk_fail_at(err, DK_EIO, dic, 0, 0, "no such dictionary");
        dk_error_remedy(err, "install the Debian package %s", package);
        return DK_EIO;
    }
    pthread_mutex_lock(&lock);
    Hunhandle *handle = Hunspell_create(aff, dic);
    pthread_mutex_unlock(&lock);
    if (handle == NULL) return dk_fail_memory(err);
    check->handles[check->count++] = handle;
    return DK_OK;
}

dk_status dk_spellcheck_open(dk_spellcheck **out, const char *language, const char *folder, dk_error *err) {
    *out = NULL;
    for (size_t i = 0; i < sizeof dictionaries / sizeof *dictionaries; i++) {
        if (strcmp(dictionaries[i].language, language) != 0) continue;
        dk_spellcheck *check = calloc(1, sizeof *check);
        if (check == NULL) return dk_fail_memory(err);
        dk_status status = DK_OK;
        for (int d = 0; status == DK_OK && d < DICTIONARIES_MAX && dictionaries[i].names[d] != NULL; d++)
            status = open_one(check, folder != NULL ? folder : "/usr/share/hunspell",
                              dictionaries[i].names[d], dictionaries[i].package, err);
        if (status == DK_OK)
            *out = check;
        else
            dk_spellcheck_free(check);
        return status;
    }
    return dk_fail(err, DK_EUSAGE, "no dictionary for language %s; there are sv, da and en", language);
}

void dk_spellcheck_free(dk_spellcheck *check) {
    if (check == NULL) return;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < check->count; i++) Hunspell_destroy(check->handles[i]);
    pthread_mutex_unlock(&lock);
    free(check);
}

bool dk_spellcheck_accepts(dk_spellcheck *check, dk_str word) {
    char text[WORD_MAX + 1];
    if (word.len == 0 || word.len > WORD_MAX || memchr(word.ptr, '\0', word.len) != NULL) return false;
    memcpy(text, word.ptr, word.len);
    text[word.len] = '\0';
    bool accepted = false;
    pthread_mutex_lock(&lock);
    for (int i = 0; !accepted && i < check->count; i++)
        accepted = Hunspell_spell(check->handles[i], text) != 0;
    pthread_mutex_unlock(&lock);
    return accepted;
}
