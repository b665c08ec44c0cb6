#include "base/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/leftover.h"

enum { PATH_MAX_HERE = 2048, PRUNE_MAX = 1024 };

/* Writes the path of the folder; false when there is to be no cache. */
static bool folder_path(const char *folder, char out[PATH_MAX_HERE]) {
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (folder != NULL) n = snprintf(out, PATH_MAX_HERE, "%s", folder);
    else if (xdg != NULL && *xdg == '/') n = snprintf(out, PATH_MAX_HERE, "%s/drivkraft", xdg);
    else if (home != NULL && *home == '/') n = snprintf(out, PATH_MAX_HERE, "%s/.cache/drivkraft", home);
    return n > 0 && n < PATH_MAX_HERE;
}

bool dk_cache_folder(char *out, size_t room) {
    char path[PATH_MAX_HERE];
    int n = folder_path(NULL, path) ? snprintf(out, room, "%s", path) : -1;
    return n > 0 && (size_t)n < room;
}

static bool file_path(const char *folder, const char *name, char out[PATH_MAX_HERE]) {
    char path[PATH_MAX_HERE];
    if (!folder_path(folder, path) || strlen(path) + strlen(name) + 16 > PATH_MAX_HERE) return false;
    int n = snprintf(out, PATH_MAX_HERE, "%.1900s/%.100s", path, name);
    return n > 0 && n < PATH_MAX_HERE && strlen(path) <= 1900;
}

static bool map(int fd, size_t size, void **bytes) {
    /* all at once: what is mapped here is read from end to end by a checksum */
    void *at = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : MAP_FAILED;
    *bytes = at;
    return at != MAP_FAILED;
}

bool dk_cache_map(const char *folder, const char *name, void **bytes, size_t *size) {
    char path[PATH_MAX_HERE];
    struct stat st;
    if (!file_path(folder, name, path)) return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    /* a file of someone else could change under the mapping */
    bool mine = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
    bool mapped = mine && map(fd, (size_t)st.st_size, bytes);
    close(fd);
    if (mapped) *size = (size_t)st.st_size;
    return mapped;
}

void dk_cache_unmap(void *bytes, size_t size) {
    if (size > 0) munmap(bytes, size);
}

dk_status dk_file_map(const char *path, void **bytes, size_t *size, dk_error *err) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return dk_fail_errno(err, errno, path, "cannot open");
    dk_status status = DK_OK;
    if (fstat(fd, &st) != 0) status = dk_fail_errno(err, errno, path, "cannot read");
    else if (!S_ISREG(st.st_mode)) status = dk_fail_at(err, DK_EIO, path, 0, 0, "this is no regular file");
    else if (st.st_size == 0) status = dk_fail_at(err, DK_EDATA, path, 0, 0, "the file is empty");
    else if (!map(fd, (size_t)st.st_size, bytes)) status = dk_fail_errno(err, errno, path, "cannot read");
    close(fd);
    if (status == DK_OK) *size = (size_t)st.st_size;
    return status;
}

static bool write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, bytes, size < (1u << 24) ? size : 1u << 24);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

void dk_cache_store(const char *folder, const char *name, const void *bytes, size_t size) {
    char path[PATH_MAX_HERE], parent[PATH_MAX_HERE], beside[PATH_MAX_HERE + 16];
    if (!folder_path(folder, parent) || !file_path(folder, name, path)) return;
    if (dk_folder_make(parent, NULL) != DK_OK) return;
    if (folder == NULL) chmod(parent, 0700); /* our own folder; one that the caller named is the caller's */
    snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    int fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) return;
    dk_leftover_add(beside);
    bool whole = write_all(fd, bytes, size);
    if (close(fd) != 0) whole = false;
    if (!whole || rename(beside, path) != 0) unlink(beside);
    dk_leftover_forget(beside);
}

void dk_cache_touch(const char *folder, const char *name) {
    char path[PATH_MAX_HERE];
    if (file_path(folder, name, path)) utimensat(AT_FDCWD, path, NULL, 0);
}

typedef struct aged {
    struct timespec time;
    char name[112];
} aged;

static int compare_ages(const void *a, const void *b) {
    const aged *x = a, *y = b;
    if (x->time.tv_sec != y->time.tv_sec) return x->time.tv_sec > y->time.tv_sec ? -1 : 1;
    if (x->time.tv_nsec != y->time.tv_nsec) return x->time.tv_nsec > y->time.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

void dk_cache_prune(const char *folder, const char *prefix, int keep) {
    char path[PATH_MAX_HERE];
    if (!folder_path(folder, path)) return;
    DIR *dir = opendir(path);
    aged *files = dir != NULL ? calloc(PRUNE_MAX, sizeof *files) : NULL;
    int n = 0;
    for (struct dirent *d; files != NULL && n < PRUNE_MAX && (d = readdir(dir)) != NULL;) {
        struct stat st;
        if (strncmp(d->d_name, prefix, strlen(prefix)) != 0 || strlen(d->d_name) >= sizeof files->name) continue;
        if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue;
        files[n].time = st.st_mtim;
        strcpy(files[n++].name, d->d_name);
    }
    if (files != NULL && n > keep) qsort(files, (size_t)n, sizeof *files, compare_ages);
    for (int i = keep; i < n; i++) unlinkat(dirfd(dir), files[i].name, 0);
    free(files);
    if (dir != NULL) closedir(dir);
}
