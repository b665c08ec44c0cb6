/* Bytes from a file or a stream, as UTF-8 where the encoding is known: the bottom of the readers of text formats. */
#ifndef DK_IO_SOURCE_H
#define DK_IO_SOURCE_H

#include "base/buffer.h"
#include "io/unpack.h"

enum { DK_SOURCE_PEEK = 8 };

typedef struct dk_source {
    char *name; /* the path, or "standard input" */
    int fd;
    bool seekable;
    int64_t size, taken; /* bytes of the file (0: unknown), bytes read so far; both before unpacking and decoding */
    char peek[DK_SOURCE_PEEK]; /* the first bytes of the file, read ahead to see whether it is packed */
    size_t peek_len, peek_at;
    dk_unpack *unpack;   /* NULL: not packed */
    char *head;          /* the first bytes, read ahead to look at them */
    size_t head_len, head_at;
    size_t mark_len;      /* bytes of a byte order mark, skipped */
    const char *encoding; /* what is decoded to UTF-8, such as "UTF-16LE"; NULL when bytes are passed on */
    char *encoding_copy;
    void *decoder; /* iconv_t, or NULL */
    char *raw;     /* bytes that wait for the decoder */
    size_t raw_len;
    int64_t broken; /* sequences that the decoder could not read; each became U+FFFD */
    bool raw_ended;
    bool eager;
} dk_source;

typedef struct dk_source_options {
    const char *encoding; /* a name for iconv, or NULL to look: UTF-16 and UTF-32 by byte order mark, UTF-16 by its NUL bytes,
                             else bytes are passed on */
    bool keep;            /* copy a stream to a temporary file first, so that it can be rewound */
    double unpack_limit;  /* as in dk_unpack_open */
    bool eager;           /* do not wait for more than there is: see dk_source_read. Of plain UTF-8 text only */
} dk_source_options;

/* Opens path ("-": standard input). gzip and Zstandard are unpacked on the way. Refuses folders and, naming them, the
   known binary formats. */
dk_status dk_source_open(dk_source *s, const char *path, const dk_source_options *options, dk_error *err);
void dk_source_close(dk_source *s);

/* Fills `to` except for up to 3 bytes where a character did not fit; room is at least 4. Only at the end it gets
   less, and then nothing. An eager source gives what one read() gave, and nothing only at the end; opening it waits for
   the first line. */
dk_status dk_source_read(dk_source *s, char *to, size_t room, size_t *got, dk_error *err);

/* To the first byte behind the byte order mark; DK_EUSAGE when the source cannot seek. */
dk_status dk_source_rewind(dk_source *s, dk_error *err);

#endif
