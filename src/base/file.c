#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

dk_status dk_file_read(const char *path, dk_buf *buf, dk_error *err) {
    dk_buf_clear(buf);
    FILE *f = fopen(path, "rb");
    if (f == NULL) return dk_fail_errno(err, errno, path, "cannot open");
    dk_status status = DK_OK;
    for (;;) {
        if (!dk_buf_reserve(buf, 64 * 1024)) {
            status = dk_fail_memory(err);
            break;
        }
        size_t n = fread(buf->ptr + buf->len, 1, buf->cap - buf->len, f);
        buf->len += n;
        if (n == 0) {
            if (ferror(f)) status = dk_fail_errno(err, errno, path, "cannot read");
            break;
        }
    }
    fclose(f);
    return status;
}

bool dk_file_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

bool dk_is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *dk_temp_folder(void) {
    const char *folder = getenv("TMPDIR");
    return folder != NULL && folder[0] != '\0' ? folder : "/tmp";
}

char *dk_path_join(const char *folder, const char *name) {
    size_t a = strlen(folder), b = strlen(name);
    bool slash = a > 0 && folder[a - 1] != '/';
    char *path = malloc(a + b + 2);
    if (path == NULL) return NULL;
    memcpy(path, folder, a);
    if (slash) path[a++] = '/';
    memcpy(path + a, name, b + 1);
    return path;
}

const char *dk_path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

dk_status dk_folder_make(const char *path, dk_error *err) {
    char *copy = dk_path_join(path, "");
    if (copy == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (char *p = copy + 1; *p != '\0'; p++) {
        if (*p != '/') continue;
        *p = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            status = dk_fail_errno(err, errno, path, "cannot make the folder");
            break;
        }
        *p = '/';
    }
    if (status == DK_OK && !dk_is_folder(path))
        status = dk_fail_at(err, DK_EIO, path, 0, 0, "cannot make the folder: a file of that name is in the way");
    free(copy);
    return status;
}

/* Takes folder (malloc'ed, or NULL) when it holds lexicons; frees it otherwise. */
static bool take_data(char *folder, char **out) {
    char *lexicons = folder != NULL ? dk_path_join(folder, "lexicons") : NULL;
    bool found = lexicons != NULL && dk_is_folder(lexicons);
    free(lexicons);
    if (found) *out = folder;
    else free(folder);
    return found;
}

static char *beside(const char *executable, const char *more) {
    if (executable == NULL) return NULL;
    char *folder = strdup(executable);
    if (folder == NULL) return NULL;
    char *slash = strrchr(folder, '/');
    if (slash != NULL) *slash = '\0';
    char *joined = dk_path_join(slash != NULL ? folder : ".", more);
    free(folder);
    return joined;
}

dk_status dk_data_find(const char *wanted, const char *executable, char **out, dk_error *err) {
    const char *named = wanted != NULL ? wanted : getenv("DRIVKRAFT_DATA");
    if (named != NULL && *named != '\0') {
        if (take_data(strdup(named), out)) return DK_OK;
        return dk_fail_at(err, DK_EIO, named, 0, 0, "this data folder holds no lexicons");
    }
    if (take_data(beside(executable, ""), out) || take_data(beside(executable, "../share/drivkraft"), out) ||
        take_data(strdup(DK_INSTALL_DATA), out) || take_data(strdup(DK_SOURCE_DIR), out))
        return DK_OK;
    dk_fail(err, DK_EIO, "no folder with lexicons beside the program, in %s or in %s", DK_INSTALL_DATA, DK_SOURCE_DIR);
    dk_error_remedy(err, "name it with --data-dir or in $DRIVKRAFT_DATA");
    return DK_EIO;
}
