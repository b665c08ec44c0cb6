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
