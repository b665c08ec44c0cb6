#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/clean.h"

enum { HEAD = 64 * 1024, RAW = 64 * 1024, ONE_READ = 1 << 30 };

static size_t take_ahead(char *to, size_t room, const char *ahead, size_t *at, size_t len) {
    size_t n = len - *at < room ? len - *at : room;
    if (n > 0) memcpy(to, ahead + *at, n);
    *at += n;
    return n;
}

/* The bytes of the file as they lie there. */
static dk_status file_read(void *source, char *to, size_t room, size_t *got, dk_error *err) {
    dk_source *s = source;
    *got = take_ahead(to, room, s->peek, &s->peek_at, s->peek_len);
    while (*got < room) {
        size_t want = room - *got < ONE_READ ? room - *got : ONE_READ;
        ssize_t n = read(s->fd, to + *got, want);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return dk_fail_errno(err, errno, s->name, "cannot read");
        if (n == 0) break;
        *got += (size_t)n;
        s->taken += n;
        if (s->eager) break;
    }
    return DK_OK;
}

/* The bytes of the text: unpacked, not yet decoded. */
static dk_status raw_read(dk_source *s, char *to, size_t room, size_t *got, dk_error *err) {
    *got = s->head_len > 0 ? take_ahead(to, room, s->head, &s->head_at, s->head_len) : 0;
    if (*got == room || (s->eager && *got > 0)) return DK_OK;
    size_t more;
    dk_status status = s->unpack != NULL ? dk_unpack_read(s->unpack, to + *got, room - *got, &more, err)
                                         : file_read(s, to + *got, room - *got, &more, err);
    *got += status == DK_OK ? more : 0;
    return status;
}

/* Copies a stream to a file without a name and reads from there. */
static dk_status spool(dk_source *s, dk_error *err) {
    FILE *f = tmpfile();
    char *chunk = malloc(RAW);
    dk_status status = DK_OK;
    if (f == NULL) {
        status = dk_fail_errno(err, errno, s->name, "cannot make a temporary file to read it twice");
    } else if (chunk == NULL) {
        status = dk_fail_memory(err);
    }
    while (status == DK_OK) {
        size_t n;
        status = file_read(s, chunk, RAW, &n, err);
        if (status != DK_OK || n == 0) break;
        if (fwrite(chunk, 1, n, f) != n)
            status = dk_fail_errno(err, errno, s->name,
                                   "cannot write the temporary copy that is needed to read it twice");
    }
    int copy = -1;
    if (status == DK_OK && (fflush(f) != 0 || (copy = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3)) < 0 ||
                            lseek(copy, 0, SEEK_SET) != 0)) {
        status = dk_fail_errno(err, errno, s->name, "cannot keep a temporary copy");
    }
    free(chunk);
    if (f != NULL) fclose(f);
    if (status != DK_OK) {
        if (copy >= 0) close(copy);
        return status;
    }
    if (s->fd != STDIN_FILENO) close(s->fd);
    s->fd = copy;
    s->seekable = true;
    s->size = s->taken;
    s->taken = 0;
    return DK_OK;
}

typedef struct magic {
    const char *bytes;
    size_t len;
    const char *what, *remedy;
} magic;

static const magic magics[] = {
    {"\x1f\x8b", 2, "a file packed twice", "unpack it once: gunzip -c FILE, and - for standard input"},
    {"\x28\xb5\x2f\xfd", 4, "a file packed twice", "unpack it once: zstdcat FILE, and - for standard input"},
    {"BZh91AY&SY", 10, "a bzip2 file", "unpack it first: bzcat FILE, and - for standard input"},
    {"\xfd"
     "7zXZ",
     5, "an xz file", "unpack it first: xzcat FILE, and - for standard input"},
    {"PK\x03\x04", 4, "a zip file or an Excel workbook", "unzip it; a workbook is read by its own name, not packed and not from standard input"},
    {"\xd0\xcf\x11\xe0\xa1\xb1", 6, "an old Excel workbook", "save it as .xlsx or as CSV (UTF-8)"},
    {"SQLite format 3", 16, "an SQLite database", "it is read by its own name, not packed and not from standard input"},
    {"$FL2", 4, "an SPSS file", "it is read by its own name, not packed and not from standard input"},
    {"$FL3", 4, "an SPSS file", "it is read by its own name, not packed and not from standard input"},
    {"<stata_dta>", 11, "a Stata file", "it is read by its own name, not packed and not from standard input"},
    {"%PDF-", 5, "a PDF document", "export the responses as CSV"},
};

static dk_status refuse_binary(const dk_source *s, dk_error *err) {
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const magic *m = &magics[i];
        if (s->head_len < m->len || memcmp(s->head, m->bytes, m->len) != 0) continue;
        dk_fail_at(err, DK_EDATA, s->name, 0, 0, "this is %s, not a table of text", m->what);
        dk_error_remedy(err, "%s", m->remedy);
        return DK_EDATA;
    }
    return DK_OK;
}

/* Text may have control characters or bytes of another encoding, but not much of both. */
static dk_status refuse_noise(const dk_source *s, dk_error *err) {
    enum { LOOKED_AT = 4096 };
    size_t len = s->head_len < LOOKED_AT ? s->head_len : LOOKED_AT, control = 0, broken = 0, zeros = 0;
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)s->head[i];
        size_t n = dk_utf8_sequence((const unsigned char *)s->head + i, s->head_len - i);
        control += c < 0x20 && memchr("\t\n\r\f\x1a", c, 5) == NULL; /* NUL is one */
        broken += n == 0;
        zeros += c == 0;
        i += n == 0 ? 1 : n;
    }
    if (len == 0 || (zeros * 2 < len && (control * 14 < len || broken * 14 < len))) return DK_OK; /* of random bytes one in ten is a control */
    dk_fail_at(err, DK_EDATA, s->name, 0, 0, "this is no text: it is full of control characters and bytes of no encoding");
    dk_error_remedy(err, "expected CSV or TSV with a header row");
    return DK_EDATA;
}

/* UTF-16 without a mark: Latin letters have every second byte 0, and text has no other NUL bytes. */
static const char *guess_utf16(const char *p, size_t len) {
    if (len > 4096) len = 4096;
    size_t zeros[2] = {0, 0}, pairs = len / 2;
    for (size_t i = 0; i < 2 * pairs; i++) zeros[i & 1] += p[i] == '\0';
    if (pairs < 2) return NULL;
    if (zeros[1] * 10 >= pairs * 6 && zeros[0] * 20 <= pairs) return "UTF-16LE";
    if (zeros[0] * 10 >= pairs * 6 && zeros[1] * 20 <= pairs) return "UTF-16BE";
    return NULL;
}

static void look_at_encoding(dk_source *s) {
    static const struct {
        const char *bytes;
        size_t len;
        const char *encoding;
    } marks[] = {{"\xef\xbb\xbf", 3, NULL},
                 {"\xff\xfe\0\0", 4, "UTF-32LE"},
                 {"\0\0\xfe\xff", 4, "UTF-32BE"},
                 {"\xff\xfe", 2, "UTF-16LE"},
                 {"\xfe\xff", 2, "UTF-16BE"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (s->head_len < marks[i].len || memcmp(s->head, marks[i].bytes, marks[i].len) != 0) continue;
        s->mark_len = marks[i].len;
        s->encoding = marks[i].encoding;
        return;
    }
    s->encoding = guess_utf16(s->head, s->head_len);
}

static dk_status open_decoder(dk_source *s, dk_error *err) {
    iconv_t cd = iconv_open("UTF-8", s->encoding);
    if (cd == (iconv_t)-1) {
        dk_fail(err, DK_EUSAGE, "--encoding %s: no such encoding", s->encoding);
        dk_error_remedy(
            err,
            "iconv --list shows the names; UTF-8, UTF-16 and Windows-1252 are found without this option");
        return DK_EUSAGE;
    }
    s->decoder = (void *)cd;
    s->raw = malloc(RAW);
    return s->raw == NULL ? dk_fail_memory(err) : DK_OK;
}

static bool names_utf8(const char *encoding) {
    return strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0;
}

static dk_status open_file(dk_source *s, const char *path, dk_error *err) {
    bool standard = strcmp(path, "-") == 0;
    s->name = strdup(standard ? "standard input" : path);
    if (s->name == NULL) return dk_fail_memory(err);
    s->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0) return dk_fail_errno(err, errno, path, "cannot open");
    struct stat st;
    if (fstat(s->fd, &st) != 0) return dk_fail_errno(err, errno, s->name, "cannot read");
    if (S_ISDIR(st.st_mode)) return dk_fail_at(err, DK_EIO, s->name, 0, 0, "cannot read: this is a folder");
    /* standard input may be a file that others have read a part of: only what is left counts */
    if (S_ISREG(st.st_mode) && lseek(s->fd, 0, SEEK_CUR) == 0) {
        s->seekable = true;
        s->size = st.st_size;
    }
    return DK_OK;
}

/* Looks at the first bytes of the file, and unpacks from here on when they say so. */
static dk_status look_at_packing(dk_source *s, double limit, dk_error *err) {
    size_t len;
    dk_status status = file_read(s, s->peek, DK_SOURCE_PEEK, &len, err);
    if (status != DK_OK) return status;
    s->peek_len = len;
    s->peek_at = 0;
    const dk_unpack_kind *kind = dk_unpack_recognise(s->peek, len);
    return kind != NULL ? dk_unpack_open(&s->unpack, kind, s->name, limit, file_read, s, err) : DK_OK;
}

/* The first bytes; of an eager source at least its first line, which tells what it is. */
static dk_status read_head(dk_source *s, dk_error *err) {
    char *fresh = s->head;
    size_t got, len = 0;
    dk_status status;
    do {
        status = raw_read(s, fresh + len, HEAD - len, &got, err);
        if (status != DK_OK) return status;
        len += got;
    } while (s->eager && got > 0 && len < HEAD && memchr(fresh + len - got, '\n', got) == NULL);
    s->head_len = len;
    return DK_OK;
}

static dk_status refuse_eager(const dk_source *s, const char *is, const char *remedy, dk_error *err) {
    dk_fail_at(err, DK_EUSAGE, s->name, 0, 0, "this is %s, which cannot be answered line by line", is);
    dk_error_remedy(err, "%s", remedy);
    return DK_EUSAGE;
}

static dk_status prepare(dk_source *s, const char *path, const dk_source_options *o, dk_error *err) {
    dk_status status = open_file(s, path, err);
    if (status == DK_OK && o->keep && !s->seekable) status = spool(s, err);
    if (status == DK_OK) status = look_at_packing(s, o->unpack_limit, err);
    if (status != DK_OK) return status;
    s->head = malloc(HEAD);
    if (s->head == NULL) return dk_fail_memory(err);
    if (o->eager && s->unpack != NULL) return refuse_eager(s, "packed", "unpack it on the way: zcat or zstdcat FILE |", err);
    status = read_head(s, err);
    if (status == DK_OK) status = refuse_binary(s, err);
    if (status != DK_OK) return status;
    look_at_encoding(s);
    if (s->encoding == NULL) status = refuse_noise(s, err);
    if (status != DK_OK) return status;
    s->head_at = s->mark_len;
    if (o->encoding != NULL) {
        s->encoding_copy = strdup(o->encoding);
        if (s->encoding_copy == NULL) return dk_fail_memory(err);
        /* plain "UTF-16" leaves the byte order to the mark, which is skipped here */
        bool open_order = strcasecmp(o->encoding, "utf-16") == 0 || strcasecmp(o->encoding, "utf-32") == 0;
        if (!open_order || s->encoding == NULL) s->encoding = names_utf8(o->encoding) ? NULL : s->encoding_copy;
    }
    if (o->eager && s->encoding != NULL) return refuse_eager(s, s->encoding, "decode it on the way: iconv -f ENCODING -t UTF-8 |", err);
    return s->encoding != NULL ? open_decoder(s, err) : DK_OK;
}

dk_status dk_source_open(dk_source *s, const char *path, const dk_source_options *options, dk_error *err) {
    memset(s, 0, sizeof *s);
    s->fd = -1;
    s->eager = options->eager;
    dk_status status = prepare(s, path, options, err);
    if (status != DK_OK) dk_source_close(s);
    return status;
}

void dk_source_close(dk_source *s) {
    if (s->fd > STDIN_FILENO) close(s->fd);
    if (s->decoder != NULL) iconv_close((iconv_t)s->decoder);
    dk_unpack_free(s->unpack);
    free(s->name);
    free(s->head);
    free(s->raw);
    free(s->encoding_copy);
    memset(s, 0, sizeof *s);
    s->fd = -1;
}

/* Replaces one unit that the decoder cannot read by U+FFFD. */
static void skip_broken(dk_source *s, char **in, size_t *left, char **out, size_t *room) {
    size_t unit = strncasecmp(s->encoding, "UTF-16", 6) == 0   ? 2
                  : strncasecmp(s->encoding, "UTF-32", 6) == 0 ? 4
                                                               : 1;
    if (unit > *left) unit = *left;
    *in += unit;
    *left -= unit;
    memcpy(*out, "\xef\xbf\xbd", 3);
    *out += 3;
    *room -= 3;
    s->broken++;
}

static dk_status decoded_read(dk_source *s, char *to, size_t room, size_t *got, dk_error *err) {
    char *out = to;
    size_t left = room;
    bool stuck = false; /* the decoder waits for more than is there */
    while (left >= 4) {
        if (!s->raw_ended && (stuck || s->raw_len == 0)) {
            size_t n;
            dk_status status = raw_read(s, s->raw + s->raw_len, RAW - s->raw_len, &n, err);
            if (status != DK_OK) return status;
            s->raw_ended = n < RAW - s->raw_len;
            s->raw_len += n;
        }
        if (s->raw_len == 0) break;
        char *in = s->raw;
        size_t in_left = s->raw_len;
        stuck = false;
        if (iconv((iconv_t)s->decoder, &in, &in_left, &out, &left) == (size_t)-1) {
            if (errno == EILSEQ || (errno == EINVAL && s->raw_ended)) {
                if (left >= 4) skip_broken(s, &in, &in_left, &out, &left);
            } else if (errno == EINVAL) {
                stuck = true;
            } else if (errno == E2BIG) {
                memmove(s->raw, in, in_left);
                s->raw_len = in_left;
                break;
            }
        }
        memmove(s->raw, in, in_left);
        s->raw_len = in_left;
    }
    *got = (size_t)(out - to);
    return DK_OK;
}

dk_status dk_source_read(dk_source *s, char *to, size_t room, size_t *got, dk_error *err) {
    if (s->decoder == NULL) return raw_read(s, to, room, got, err);
    *got = 0;
    while (room - *got >= 4) {
        size_t n;
        dk_status status = decoded_read(s, to + *got, room - *got, &n, err);
        if (status != DK_OK) return status;
        if (n == 0) break;
        *got += n;
    }
    return DK_OK;
}

dk_status dk_source_rewind(dk_source *s, dk_error *err) {
    if (!s->seekable)
        return dk_fail_at(err, DK_EUSAGE, s->name, 0, 0, "cannot be read a second time: it is a stream");
    if (lseek(s->fd, 0, SEEK_SET) != 0) return dk_fail_errno(err, errno, s->name, "cannot read again");
    size_t len;
    s->head_len = s->head_at = 0;
    s->peek_len = s->peek_at = 0;
    s->taken = 0;
    dk_status status = s->unpack != NULL ? dk_unpack_restart(s->unpack, err) : DK_OK;
    if (status == DK_OK) status = raw_read(s, s->head, HEAD, &len, err);
    if (status != DK_OK) return status;
    s->head_len = len;
    s->head_at = s->mark_len < len ? s->mark_len : len;
    s->raw_len = 0;
    s->raw_ended = false;
    s->broken = 0;
    if (s->decoder != NULL) iconv((iconv_t)s->decoder, NULL, NULL, NULL, NULL);
    return DK_OK;
}
