/* Output files that appear only when they are whole.
 *
 * A regular file is written beside its target and renamed over it when it is closed, so that a reader of the target
 * sees the old file or the new one and never a part, and so that nothing is left behind when the run fails, not
 * even when it is killed (the file has no name until then, where the file system can do that). A symlink is followed
 * and stays. A target that exists and is no regular file (a pipe, a terminal, /dev/null) is written in place. "-" is
 * standard output. Renaming guards against a failing program, fsync of the file before it and of its folder after it against a
 * power cut: what a run that ended well has written is there, and nothing else ever stands under the name. DRIVKRAFT_NO_SYNC in the
 * environment leaves fsync out, for files that may be lost (tests, temporary folders). Cached files (base/cache.h) are never
 * fsync'ed: a checksum tells what a power cut left of them, and they are made anew.
 *
 * Every failure to write is DK_EIO and names the file and the reason: a full disk, a closed pipe (the program must
 * ignore SIGPIPE for that), a folder that may not be written.
 */
#ifndef DK_IO_OUTPUT_H
#define DK_IO_OUTPUT_H

#include "base/buffer.h"

typedef struct dk_output dk_output;

/* Begins to write. An output is used by one thread at a time. */
dk_status dk_output_open(dk_output **output, const char *path, dk_error *err);

dk_status dk_output_write(dk_output *output, const void *bytes, size_t len, dk_error *err);

/* Writes what buf holds and clears it; also reports an append to buf that failed. */
dk_status dk_output_put(dk_output *output, dk_buf *buf, dk_error *err);

/* Pushes out what is held back, for streams whose reader waits. */
dk_status dk_output_flush(dk_output *output, dk_error *err);

/* Makes the file whole and visible under its name. Frees the output also when it fails; NULL is fine. */
dk_status dk_output_close(dk_output *output, dk_error *err);

/* Gives up: the target is left as it was. NULL is fine. */
void dk_output_abort(dk_output *output);

/* The open file, for a library that reads and writes it by itself: then nothing else is written. */
int dk_output_fd(const dk_output *output);

/* The path as the caller gave it, or "standard output". */
const char *dk_output_name(const dk_output *output);

#endif
