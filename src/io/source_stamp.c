#include "io/source_stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/postgres_read.h"

static void add_text(dk_stamp *s, const char *text) {
    if (text == NULL) text = "";
    dk_stamp_add(s, text, strlen(text) + 1);
}

static dk_status no_content(const char *source, dk_error *err) {
    dk_fail(err, DK_EUSAGE, "%s can be read only once, so the id of the run cannot come from it",
            strcmp(source, "-") == 0 ? "standard input" : source);
    dk_error_remedy(err, "name the run: --run 2026-03-01");
    return DK_EUSAGE;
}

static dk_status add_bytes(dk_stamp *s, int fd, const char *path, dk_error *err) {
    enum { PIECE = 1 << 20 };
    char *bytes = malloc(PIECE);
    dk_status status = bytes != NULL ? DK_OK : dk_fail_memory(err);
    for (ssize_t n = 1; status == DK_OK && n > 0;) {
        n = read(fd, bytes, PIECE);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n < 0)
            status = dk_fail_errno(err, errno, path, "cannot read");
        else
            dk_stamp_add(s, bytes, (size_t)n);
    }
    free(bytes);
    return status;
}

/* The place of a file, the same whatever folder one is in. */
static void add_place(dk_stamp *s, const char *path) {
    char *whole = realpath(path, NULL);
    add_text(s, whole != NULL ? whole : path);
    free(whole);
}

dk_status dk_stamp_source(dk_stamp *s, const char *source, const dk_reader_options *options, dk_error *err) {
    static const char magic[] = "SQLite format 3";
    const char *query = options != NULL ? options->query : NULL;
    if (dk_postgres_recognise(source)) {
        dk_postgres_stamp(source, s);
        add_text(s, query);
        return DK_OK;
    }
    if (strncmp(source, "sqlite:", 7) == 0) {
        const char *mark = strchr(source, '?');
        size_t len = mark != NULL ? (size_t)(mark - source) - 7 : strlen(source) - 7;
        char *path = strndup(source + 7, len);
        if (path == NULL) return dk_fail_memory(err);
        add_place(s, path);
        add_text(s, mark != NULL ? mark + 1 : query);
        free(path);
        return DK_OK;
    }
    struct stat st;
    if (strcmp(source, "-") == 0 || (stat(source, &st) == 0 && !S_ISREG(st.st_mode)))
        return no_content(source, err);
    int fd = open(source, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return dk_fail_errno(err, errno, source, "cannot open");
    char head[sizeof magic] = "";
    bool database =
        pread(fd, head, sizeof magic, 0) == (ssize_t)sizeof magic && memcmp(head, magic, sizeof magic) == 0;
    dk_status status = DK_OK;
    if (database)
        add_place(s, source);
    else
        status = add_bytes(s, fd, source, err);
    add_text(s, query);
    add_text(s, options != NULL ? options->sheet : NULL);
    close(fd);
    return status;
}
