/* drivkraft: what customers write, and what it is worth.
 *
 * The public interface of libdrivkraft. Every function that can fail returns a dk_status and describes the
 * failure in the dk_error that the caller passes (which may be NULL). The library never prints, never exits
 * and never touches the locale.
 */
#ifndef DRIVKRAFT_H
#define DRIVKRAFT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DK_VERSION "0.1.0"

/* ---- Status and errors ------------------------------------------------------------------------------- */

/* The first four are the exit codes of the program. */
typedef enum dk_status {
    DK_OK = 0,
    DK_EDATA = 1,  /* the data, a lexicon, a study file or a fit is not as it must be */
    DK_EUSAGE = 2, /* the caller asked for something that does not exist or does not go together */
    DK_EIO = 3,    /* a file could not be opened, read or written */
    DK_ENOMEM = 4  /* memory ran out */
} dk_status;

/* Where and why something failed. Filled once, at the place where the failure was found. */
typedef struct dk_error {
    dk_status status;
    int64_t line;       /* 1-based; 0 when there is none */
    int64_t column;     /* 1-based, in bytes; 0 when there is none */
    char file[256];     /* empty when there is none; a long path keeps its end */
    char message[512];  /* one sentence, lower case, without a full stop */
    char excerpt[160];  /* the part of the input that is wrong, or empty */
    char remedy[200];   /* what to do about it, or empty */
} dk_error;

/* A borrowed piece of text, not ended by a NUL. */
typedef struct dk_str {
    const char *ptr;
    size_t len;
} dk_str;

/* The version of the library, such as "0.1.0". */
const char *dk_version(void);

#ifdef __cplusplus
}
#endif
#endif
