#include "workbench/edit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "text/utf8.h"

const char *const dk_edit_columns[3][DK_EDIT_CELLS + 1] = {
    [DK_ENTRY_THEME] = {"theme", "term", "valence", "note", NULL},
    [DK_ENTRY_VALENCE] = {"term", "valence", "emotion", "note", NULL},
    [DK_ENTRY_MODIFIER] = {"term", "kind", "strength", "reach", "note", NULL},
};

/* ---- Lines ------------------------------------------------------------------------------------------- */

/* Where line n begins, and its length with its end; false when there is none. */
static bool find_line(const dk_edit_file *f, int64_t n, size_t *at, size_t *len) {
    *at = 0;
    for (int64_t line = 1; *at < f->text.len; line++) {
        const char *stop = memchr(f->text.ptr + *at, '\n', f->text.len - *at);
        *len = stop != NULL ? (size_t)(stop + 1 - f->text.ptr) - *at : f->text.len - *at;
        if (line == n) return true;
        *at += *len;
    }
    *len = 0;
    return false;
}

bool dk_edit_file_line(const dk_edit_file *f, int64_t n, dk_str *line) {
    size_t at, len;
    if (!find_line(f, n, &at, &len)) return false;
    if (len > 0 && f->text.ptr[at + len - 1] == '\n') len--;
    if (len > 0 && f->text.ptr[at + len - 1] == '\r') len--;
    *line = (dk_str){f->text.ptr + at, len};
    return true;
}

int64_t dk_edit_file_lines(const dk_edit_file *f) {
    int64_t n = 0;
    for (size_t i = 0; i < f->text.len; i++) n += f->text.ptr[i] == '\n';
    return n + (f->text.len > 0 && f->text.ptr[f->text.len - 1] != '\n');
}

static dk_str cut_cell(dk_str *line) {
    const char *tab = line->len > 0 ? memchr(line->ptr, '\t', line->len) : NULL;
    size_t len = tab != NULL ? (size_t)(tab - line->ptr) : line->len, skip = len + (tab != NULL);
    dk_str cell = {line->ptr, len};
    *line = (dk_str){line->ptr + skip, line->len - skip};
    while (cell.len > 0 && cell.ptr[0] == ' ') cell.ptr++, cell.len--;
    while (cell.len > 0 && cell.ptr[cell.len - 1] == ' ') cell.len--;
    return cell;
}

bool dk_edit_file_cells(const dk_edit_file *f, int64_t n, dk_str cells[DK_EDIT_CELLS]) {
    dk_str line;
    for (int i = 0; i < DK_EDIT_CELLS; i++) cells[i] = (dk_str){"", 0};
    if (n <= f->header || !dk_edit_file_line(f, n, &line) || line.len == 0 || line.ptr[0] == '#')
        return false;
    for (int at = 0; at < f->ncells && line.len > 0; at++) {
        dk_str cell = cut_cell(&line);
        for (int i = 0; i < DK_EDIT_CELLS; i++)
            if (f->position[i] == at) cells[i] = cell;
    }
    return true;
}

static dk_status wrong_cell(const dk_edit_file *f, int column, dk_error *err, const char *message) {
    return dk_fail_at(err, DK_EDATA, f->shown, 0, column + 1, "%s", message);
}

dk_status dk_edit_file_compose(const dk_edit_file *f, const dk_str cells[DK_EDIT_CELLS], dk_buf *line,
                               dk_error *err) {
    const char *const *names = dk_edit_columns[f->kind];
    int last = -1;
    for (int i = 0; i < DK_EDIT_CELLS; i++) {
        if (cells[i].len == 0) continue;
        if (names[i] == NULL || f->position[i] < 0) {
            dk_fail_at(err, DK_EDATA, f->shown, 0, i + 1, "%s has no column %s", f->shown,
                       names[i] != NULL ? names[i] : "of this kind");
            return DK_EDATA;
        }
        for (size_t k = 0; k < cells[i].len; k++) {
            unsigned char c = (unsigned char)cells[i].ptr[k];
            if (c < 0x20 || c == 0x7F)
                return wrong_cell(f, i, err,
                                  "tabs, line breaks and other control characters cannot stand in an entry");
        }
        if (!dk_utf8_valid(cells[i].ptr, cells[i].len)) return wrong_cell(f, i, err, "not UTF-8");
        if (f->position[i] == 0 && cells[i].ptr[0] == '#')
            return wrong_cell(f, i, err,
                              "a line that begins with # would be a remark; write the term in quotes");
        if (f->position[i] > last) last = f->position[i];
    }
    for (int at = 0; at <= last; at++) {
        if (at > 0) dk_buf_putc(line, '\t');
        for (int i = 0; i < DK_EDIT_CELLS; i++)
            if (f->position[i] == at) dk_buf_put(line, cells[i].ptr, cells[i].len);
    }
    return dk_buf_status(line, err);
}

dk_status dk_edit_file_put(dk_edit_file *f, int64_t n, int count, dk_str line, dk_error *err) {
    size_t at, len = 0;
    bool there = find_line(f, n, &at, &len);
    if (count > 0 && !there) return dk_fail(err, DK_EDATA, "%s has no line %lld", f->shown, (long long)n);
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_put(&text, f->text.ptr, at);
    if (line.ptr != NULL) {
        const char *end = f->crlf ? "\r\n" : "\n";
        if (at > 0 && f->text.ptr[at - 1] != '\n') dk_buf_puts(&text, end); /* the last line had no end */
        dk_buf_put(&text, line.ptr, line.len);
        dk_buf_puts(&text, end);
    }
    size_t skip = count > 0 ? len : 0;
    if (at + skip < f->text.len) dk_buf_put(&text, f->text.ptr + at + skip, f->text.len - at - skip);
    dk_status status = dk_buf_status(&text, err);
    if (status != DK_OK) {
        dk_buf_dispose(&text);
        return status;
    }
    dk_buf_dispose(&f->text);
    f->text = text;
    f->dirty = f->disk[1] != text.len || f->disk[0] != dk_hash(text.ptr, text.len);
    return DK_OK;
}

/* ---- Reading ----------------------------------------------------------------------------------------- */

static void read_header(dk_edit_file *f) {
    dk_str line = {"", 0};
    for (int i = 0; i < DK_EDIT_CELLS; i++) f->position[i] = -1;
    for (f->header = 1; dk_edit_file_line(f, f->header, &line); f->header++) {
        bool marked = f->header == 1 && line.len >= 3 && memcmp(line.ptr, "\xEF\xBB\xBF", 3) == 0;
        if (marked) line = (dk_str){line.ptr + 3, line.len - 3};
        if (line.len > 0 && line.ptr[0] != '#') break;
    }
    for (f->ncells = 0; line.len > 0; f->ncells++) {
        dk_str cell = cut_cell(&line);
        for (int i = 0; dk_edit_columns[f->kind][i] != NULL; i++)
            if (dk_str_is(cell, dk_edit_columns[f->kind][i])) f->position[i] = f->ncells;
    }
    const char *end = f->text.len > 0 ? memchr(f->text.ptr, '\n', f->text.len) : NULL;
    f->crlf = end != NULL && end > f->text.ptr && end[-1] == '\r';
}

dk_status dk_edit_file_open(dk_edit_file *f, const char *path, const char *shown, dk_entry_kind kind,
                            dk_error *err) {
    f->folder = -1;
    f->shown = shown;
    f->kind = kind;
    dk_buf_init(&f->text);
    f->path = realpath(path, NULL);
    if (f->path == NULL) return dk_fail_errno(err, errno, path, "cannot be read");
    f->name = dk_path_name(f->path);
    dk_status status = dk_file_read(f->path, &f->text, err);
    if (status != DK_OK) return status;
    f->disk[0] = dk_hash(f->text.ptr, f->text.len);
    f->disk[1] = f->text.len;
    read_header(f);
    char *folder = strndup(f->path, (size_t)(f->name - f->path));
    if (folder == NULL) return dk_fail_memory(err);
    struct stat s;
    if (stat(f->path, &s) != 0 || !S_ISREG(s.st_mode))
        snprintf(f->closed, sizeof f->closed, "no regular file");
    else if (access(f->path, W_OK) != 0 || access(folder, W_OK) != 0)
        snprintf(f->closed, sizeof f->closed, "may not be written by you");
    else if ((f->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        snprintf(f->closed, sizeof f->closed, "its folder cannot be opened: %s", strerror(errno));
    free(folder);
    return DK_OK;
}

void dk_edit_file_dispose(dk_edit_file *f) {
    if (f->folder >= 0) close(f->folder);
    dk_buf_dispose(&f->text);
    free(f->path);
}

/* ---- Writing ----------------------------------------------------------------------------------------- */

static dk_status changed(const dk_edit_file *f, dk_error *err, const char *what) {
    dk_fail(err, DK_EDATA, "%s %s since it was read; nothing was written", f->shown, what);
    dk_error_remedy(err,
                    "your changes are still here: end this, and make them again in the file as it is now");
    return DK_EDATA;
}

/* Reads what is on the disk now into text. */
static dk_status read_again(const dk_edit_file *f, dk_buf *text, struct stat *s, dk_error *err) {
    int fd = openat(f->folder, f->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return changed(f, err,
                       errno == ELOOP    ? "has become a symlink"
                       : errno == ENOENT ? "was removed"
                                         : "can no longer be read");
    dk_status status = DK_OK;
    if (fstat(fd, s) != 0 || !S_ISREG(s->st_mode))
        status = changed(f, err, "has become something else than a file");
    while (status == DK_OK) {
        if (!dk_buf_reserve(text, 1 << 16)) {
            status = dk_fail_memory(err);
            break;
        }
        ssize_t n = read(fd, text->ptr + text->len, 1 << 16);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) status = dk_fail_errno(err, errno, f->shown, "cannot be read");
        if (n <= 0) break;
        text->len += (size_t)n;
    }
    close(fd);
    return status;
}

/* The same, compared with what was read; *s is of the file that was compared. */
static dk_status compare_disk(const dk_edit_file *f, struct stat *s, dk_error *err) {
    if (f->folder < 0) return dk_fail(err, DK_EIO, "%s cannot be written: %s", f->shown, f->closed);
    dk_buf text;
    dk_buf_init(&text);
    dk_status status = read_again(f, &text, s, err);
    if (status == DK_OK && (text.len != f->disk[1] || dk_hash(text.ptr, text.len) != f->disk[0]))
        status = changed(f, err, "was changed by somebody else");
    dk_buf_dispose(&text);
    return status;
}

dk_status dk_edit_file_unchanged(const dk_edit_file *f, dk_error *err) {
    struct stat s;
    return compare_disk(f, &s, err);
}

static dk_status write_all(const dk_edit_file *f, int fd, dk_error *err) {
    for (size_t at = 0; at < f->text.len;) {
        ssize_t n = write(fd, f->text.ptr + at, f->text.len - at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return dk_fail_errno(err, errno, f->shown, "cannot be written");
        at += (size_t)n;
    }
    return fsync(fd) == 0 ? DK_OK : dk_fail_errno(err, errno, f->shown, "cannot be written");
}

dk_status dk_edit_file_save(dk_edit_file *f, dk_error *err) {
    struct stat before, now;
    char beside[300];
    dk_status status = compare_disk(f, &before, err);
    if (status != DK_OK) return status;
    snprintf(beside, sizeof beside, ".%.200s.edit-%ld", f->name, (long)getpid());
    int fd = openat(f->folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    before.st_mode & 0777);
    if (fd < 0) return dk_fail_errno(err, errno, f->shown, "cannot be written");
    (void)fchmod(fd, before.st_mode & 07777); /* whatever the umask says */
    status = write_all(f, fd, err);
    if (close(fd) != 0 && status == DK_OK) status = dk_fail_errno(err, errno, f->shown, "cannot be written");
    /* the last look before the name changes hands */
    bool same = status == DK_OK && fstatat(f->folder, f->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
                now.st_ino == before.st_ino && now.st_dev == before.st_dev && now.st_size == before.st_size &&
                now.st_mtim.tv_sec == before.st_mtim.tv_sec && now.st_mtim.tv_nsec == before.st_mtim.tv_nsec;
    if (status == DK_OK && !same) status = changed(f, err, "was changed by somebody else");
    if (status == DK_OK && renameat(f->folder, beside, f->folder, f->name) != 0)
        status = dk_fail_errno(err, errno, f->shown, "cannot be renamed into place");
    if (status != DK_OK) {
        unlinkat(f->folder, beside, 0);
        return status;
    }
    (void)fsync(f->folder);
    f->disk[0] = dk_hash(f->text.ptr, f->text.len);
    f->disk[1] = f->text.len;
    f->dirty = false;
    return DK_OK;
}
