#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/leftover.h"

enum { HELD = 64 * 1024, NAME_TRIES = 100, LINKS = 40, AHEAD = 8 << 20 };

struct dk_output {
    char *name;   /* as the caller gave it */
    char *target; /* what is renamed over; NULL when written in place */
    char *part;   /* the file beside it; NULL while it has no name */
    int fd;
    bool lasting;         /* is to be on the disk before it shows */
    off_t written, begun; /* bytes given to the kernel, and of those the ones that it was asked to write to the disk */
    char *held;
    size_t held_len;
};

const char *dk_output_name(const dk_output *o) {
    return o->name;
}

int dk_output_fd(const dk_output *o) {
    return o->fd;
}

static void discard(dk_output *o) {
    if (o->fd > STDERR_FILENO) close(o->fd);
    if (o->part != NULL) unlink(o->part);
    dk_leftover_forget(o->part);
    free(o->name);
    free(o->target);
    free(o->part);
    free(o->held);
    free(o);
}

/* The folder of a path with its slash, or "./". */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? strdup("./") : strndup(path, (size_t)(slash - path) + 1);
}

static char *joined(const char *folder, const char *name) {
    size_t a = strlen(folder), b = strlen(name);
    char *path = malloc(a + b + 1);
    if (path == NULL) return NULL;
    memcpy(path, folder, a);
    memcpy(path + a, name, b + 1);
    return path;
}

/* What a path names once its symlinks are followed; the end of the chain need not exist. */
static dk_status follow(const char *path, char **target, dk_error *err) {
    char *at = strdup(path);
    for (int i = 0; at != NULL && i < LINKS; i++) {
        char link[PATH_MAX];
        ssize_t n = readlink(at, link, sizeof link - 1);
        if (n < 0) {
            *target = at;
            return DK_OK;
        }
        link[n] = '\0';
        char *folder = folder_of(at);
        char *next = link[0] == '/' ? strdup(link) : folder != NULL ? joined(folder, link) : NULL;
        free(folder);
        free(at);
        at = next;
    }
    if (at == NULL) return dk_fail_memory(err);
    free(at);
    return dk_fail_errno(err, ELOOP, path, "cannot write");
}

/* A name beside the target that nobody uses: .NAME.PID-N.part */
static char *part_name(const char *target, int n) {
    char *folder = folder_of(target);
    const char *slash = strrchr(target, '/');
    const char *base = slash != NULL ? slash + 1 : target;
    size_t room = (folder != NULL ? strlen(folder) : 0) + strlen(base) + 64;
    char *path = folder != NULL ? malloc(room) : NULL;
    if (path != NULL) snprintf(path, room, "%s.%.200s.%ld-%d.part", folder, base, (long)getpid(), n);
    free(folder);
    return path;
}

/* A file without a name where the file system has that, else one beside the target. */
static dk_status open_part(dk_output *o, mode_t mode, dk_error *err) {
    char *folder = folder_of(o->target);
    if (folder == NULL) return dk_fail_memory(err);
    o->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    free(folder);
    for (int n = 0; o->fd < 0 && n < NAME_TRIES; n++) {
        char *part = part_name(o->target, n);
        if (part == NULL) return dk_fail_memory(err);
        dk_leftover_add(part); /* before it is there; the name is this process's alone */
        o->fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (o->fd >= 0) {
            o->part = part;
            break;
        }
        dk_leftover_forget(part);
        free(part);
        if (errno != EEXIST) return dk_fail_errno(err, errno, o->name, "cannot write");
    }
    return o->fd >= 0 ? DK_OK : dk_fail_errno(err, EEXIST, o->name, "cannot write");
}

static dk_status open_target(dk_output *o, const char *path, dk_error *err) {
    if (strcmp(path, "-") == 0) {
        o->fd = STDOUT_FILENO;
        return DK_OK;
    }
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode))
        return dk_fail_at(err, DK_EIO, path, 0, 0, "cannot write: this is a folder");
    if (exists && !S_ISREG(st.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC);
        return o->fd >= 0 ? DK_OK : dk_fail_errno(err, errno, path, "cannot write");
    }
    /* renaming needs no right to the file itself, so ask for it: a read-only file stays as it is */
    if (exists && access(path, W_OK) != 0) return dk_fail_errno(err, errno, path, "cannot write");
    const char *loose = getenv("DRIVKRAFT_NO_SYNC");
    o->lasting = loose == NULL || *loose == '\0';
    dk_status status = follow(path, &o->target, err);
    if (status == DK_OK) status = open_part(o, 0666, err);
    if (status == DK_OK && exists && fchmod(o->fd, st.st_mode & 07777) != 0)
        status = dk_fail_errno(err, errno, path, "cannot write");
    return status;
}

dk_status dk_output_open(dk_output **output, const char *path, dk_error *err) {
    *output = NULL;
    dk_output *o = calloc(1, sizeof *o);
    if (o == NULL) return dk_fail_memory(err);
    o->fd = -1;
    o->name = strdup(strcmp(path, "-") == 0 ? "standard output" : path);
    o->held = malloc(HELD);
    dk_status status = o->name == NULL || o->held == NULL ? dk_fail_memory(err) : open_target(o, path, err);
    if (status != DK_OK)
        discard(o);
    else
        *output = o;
    return status;
}

static dk_status write_through(dk_output *o, const char *p, size_t len, dk_error *err) {
    while (len > 0) {
        ssize_t n = write(o->fd, p, len < (1u << 30) ? len : (1u << 30));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return dk_fail_errno(err, errno, o->name, "cannot write");
        p += n;
        len -= (size_t)n;
        o->written += n;
    }
    if (o->lasting && o->written - o->begun >= AHEAD) {
        /* so that little is left to wait for at the end; a failure shows there */
        (void)sync_file_range(o->fd, o->begun, o->written - o->begun, SYNC_FILE_RANGE_WRITE);
        o->begun = o->written;
    }
    return DK_OK;
}

dk_status dk_output_flush(dk_output *o, dk_error *err) {
    size_t len = o->held_len;
    o->held_len = 0;
    return write_through(o, o->held, len, err);
}

dk_status dk_output_write(dk_output *o, const void *bytes, size_t len, dk_error *err) {
    if (len > HELD - o->held_len) {
        dk_status status = dk_output_flush(o, err);
        if (status != DK_OK) return status;
    }
    if (len >= HELD) return write_through(o, bytes, len, err);
    if (len > 0) memcpy(o->held + o->held_len, bytes, len);
    o->held_len += len;
    return DK_OK;
}

dk_status dk_output_put(dk_output *o, dk_buf *buf, dk_error *err) {
    dk_status status = dk_buf_status(buf, err);
    if (status == DK_OK) status = dk_output_write(o, buf->ptr, buf->len, err);
    dk_buf_clear(buf);
    return status;
}

/* Gives a file without a name one beside the target, since a link cannot replace a file and a rename can. */
static dk_status name_part(dk_output *o, dk_error *err) {
    char self[48];
    snprintf(self, sizeof self, "/proc/self/fd/%d", o->fd);
    for (int n = 0; n < NAME_TRIES; n++) {
        char *part = part_name(o->target, n);
        if (part == NULL) return dk_fail_memory(err);
        dk_leftover_add(part);
        if (linkat(AT_FDCWD, self, AT_FDCWD, part, AT_SYMLINK_FOLLOW) == 0) {
            o->part = part;
            return DK_OK;
        }
        dk_leftover_forget(part);
        free(part);
        if (errno != EEXIST) return dk_fail_errno(err, errno, o->name, "cannot write");
    }
    return dk_fail_errno(err, EEXIST, o->name, "cannot write");
}

/* Has the disk keep what fd holds; 0 or errno. A file system that cannot do that (EINVAL and such) is no reason to refuse it the file. */
static int sync_file(int fd) {
    while (fsync(fd) != 0) {
        if (errno == EINVAL || errno == ENOTSUP || errno == EROFS) break;
        if (errno != EINTR) return errno;
    }
    return 0;
}

/* And the new name. The file is whole and there by now; a folder that one may put into but not read is left to the system. */
static dk_status sync_folder(const dk_output *o, dk_error *err) {
    char *folder = folder_of(o->target);
    if (folder == NULL) return dk_fail_memory(err);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = fd >= 0 ? sync_file(fd) : errno == EACCES ? 0 : errno;
    free(folder);
    if (fd >= 0) close(fd);
    return code == 0 ? DK_OK : dk_fail_errno(err, code, o->name, "written, but it may not outlast a power cut");
}

static dk_status publish(dk_output *o, dk_error *err) {
    if (o->target != NULL) {
        int code = o->lasting ? sync_file(o->fd) : 0;
        if (code != 0) return dk_fail_errno(err, code, o->name, "cannot write");
        dk_status status = o->part == NULL ? name_part(o, err) : DK_OK;
        if (status != DK_OK) return status;
    }
    if (o->fd > STDERR_FILENO) {
        int fd = o->fd;
        o->fd = -1;
        if (close(fd) != 0) return dk_fail_errno(err, errno, o->name, "cannot write");
    }
    if (o->target == NULL) return DK_OK;
    if (rename(o->part, o->target) != 0) return dk_fail_errno(err, errno, o->name, "cannot write");
    dk_leftover_forget(o->part);
    free(o->part);
    o->part = NULL;
    return o->lasting ? sync_folder(o, err) : DK_OK;
}

dk_status dk_output_close(dk_output *o, dk_error *err) {
    if (o == NULL) return DK_OK;
    dk_status status = dk_output_flush(o, err);
    if (status == DK_OK) status = publish(o, err);
    discard(o);
    return status;
}

void dk_output_abort(dk_output *o) {
    if (o != NULL) discard(o);
}
