/* A virtual file system (https://www.sqlite.org/vfs.html) whose only file is a descriptor; all else is as in the usual one. */
#include "io/sqlite_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct file {
    sqlite3_file base;
    int fd;
} file;

static int fd_of(sqlite3_file *f) {
    return ((file *)f)->fd;
}

static int close_file(sqlite3_file *f) {
    (void)f;
    return SQLITE_OK;
}

static int read_file(sqlite3_file *f, void *to, int size, sqlite3_int64 at) {
    char *p = to;
    while (size > 0) {
        ssize_t n = pread(fd_of(f), p, (size_t)size, at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return SQLITE_IOERR_READ;
        if (n == 0) {
            memset(p, 0, (size_t)size);
            return SQLITE_IOERR_SHORT_READ;
        }
        p += n;
        at += n;
        size -= (int)n;
    }
    return SQLITE_OK;
}

static int write_file(sqlite3_file *f, const void *from, int size, sqlite3_int64 at) {
    const char *p = from;
    while (size > 0) {
        ssize_t n = pwrite(fd_of(f), p, (size_t)size, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        p += n;
        at += n;
        size -= (int)n;
    }
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *f, sqlite3_int64 size) {
    return ftruncate(fd_of(f), size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int size_of_file(sqlite3_file *f, sqlite3_int64 *size) {
    struct stat st;
    if (fstat(fd_of(f), &st) != 0) return SQLITE_IOERR_FSTAT;
    *size = st.st_size;
    return SQLITE_OK;
}

/* Nobody else knows the file: there is nothing to lock, and what a crash leaves has no name. */
static int sync_file(sqlite3_file *f, int flags) {
    (void)f, (void)flags;
    return SQLITE_OK;
}
static int lock_file(sqlite3_file *f, int level) {
    (void)f, (void)level;
    return SQLITE_OK;
}
static int check_lock(sqlite3_file *f, int *locked) {
    (void)f;
    *locked = 0;
    return SQLITE_OK;
}
static int control_file(sqlite3_file *f, int operation, void *argument) {
    (void)f, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}
static int zero(sqlite3_file *f) { /* of sector size and characteristics: nothing is known */
    (void)f;
    return 0;
}

static const sqlite3_io_methods methods = {
    1,         close_file, read_file,  write_file,   truncate_file, sync_file, size_of_file,
    lock_file, lock_file,  check_lock, control_file, zero,          zero};

static sqlite3_vfs ours;
static sqlite3_vfs *usual;

/* The name of the main file is its descriptor. */
static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out) {
    (void)vfs;
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0 || name == NULL) return usual->xOpen(usual, name, f, flags, out);
    *(file *)f = (file){{&methods}, atoi(name)};
    if (out != NULL) *out = flags;
    return SQLITE_OK;
}

static int keep_name(sqlite3_vfs *vfs, const char *name, int size, char *out) {
    (void)vfs;
    return snprintf(out, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* No journal lies beside a descriptor. */
static int has_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
    (void)vfs, (void)name, (void)flags;
    *out = 0;
    return SQLITE_OK;
}

static void register_ours(void) {
    usual = sqlite3_vfs_find(NULL);
    if (usual == NULL) return;
    ours = *usual;
    ours.pNext = NULL;
    ours.zName = "drivkraft-descriptor";
    if (ours.szOsFile < (int)sizeof(file)) ours.szOsFile = (int)sizeof(file);
    ours.xOpen = open_file;
    ours.xFullPathname = keep_name;
    ours.xAccess = has_access;
    sqlite3_vfs_register(&ours, 0);
}

int dk_sqlite_open_fd(int fd, sqlite3 **db) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char name[16];
    pthread_once(&once, register_ours);
    snprintf(name, sizeof name, "%d", fd);
    return sqlite3_open_v2(name, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "drivkraft-descriptor");
}
