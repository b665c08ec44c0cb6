/* Compressed bytes on their way to a reader: gzip and Zstandard, whatever the file is called.
 *
 * A packed file is read once from front to back in bounded memory. Several members one behind the other, as
 * `cat a.gz b.gz` makes them, are one text. What claims to unpack to more than limit times its own size, beyond
 * the first 64 MB, is refused: such a file is made to fill memory or disk, not to be read. */
#ifndef DK_IO_UNPACK_H
#define DK_IO_UNPACK_H

#include "base/status.h"

typedef struct dk_unpack dk_unpack;

/* What a compression implements; one file each (unpack_gzip.c, unpack_zstd.c). */
typedef struct dk_unpack_kind {
    const char *name; /* "gzip" */
    const char *magic;
    size_t magic_len;
    void *(*open)(void); /* NULL when memory ran out */
    /* Takes from *in and puts at *to, moving both on. Sets *ended when a member is complete. Returns NULL, or what
       is wrong with the data; running out of input is not wrong. */
    const char *(*step)(void *state, const char **in, size_t *in_len, char **to, size_t *room, bool *ended);
    bool (*reset)(void *state); /* to the start of a member */
    void (*close)(void *state);
} dk_unpack_kind;

extern const dk_unpack_kind dk_unpack_gzip, dk_unpack_zstd;

/* The compression whose magic the bytes begin with, or NULL. */
const dk_unpack_kind *dk_unpack_recognise(const char *head, size_t len);

/* Where packed bytes come from: fills up to room bytes, *got 0 at the end. */
typedef dk_status (*dk_unpack_pull)(void *from, char *to, size_t room, size_t *got, dk_error *err);

/* name is for messages and must outlive it. limit: 0 for the default of 250; below 0: none. */
dk_status dk_unpack_open(dk_unpack **unpack, const dk_unpack_kind *kind, const char *name, double limit,
                         dk_unpack_pull pull, void *from, dk_error *err);

/* Fills to, except at the end. DK_EDATA when the data are damaged, cut short or blow up. */
dk_status dk_unpack_read(dk_unpack *unpack, char *to, size_t room, size_t *got, dk_error *err);

/* From the start; the caller takes `from` back to its first byte. */
dk_status dk_unpack_restart(dk_unpack *unpack, dk_error *err);

const char *dk_unpack_name(const dk_unpack *unpack);
void dk_unpack_free(dk_unpack *unpack);

#endif
