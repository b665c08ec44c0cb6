/* The user's cache folder: files that can be made anew at any time, mapped when they are read.
 *
 * The folder is $XDG_CACHE_HOME/drivkraft, else ~/.cache/drivkraft, entered by the user alone. Files have mode 0600 and are
 * written beside their place and renamed, so that two processes may write the same one. Whether a file is whole and is what its
 * name says is for the caller to check: a file that is not counts as none. No cache is no error.
 */
#ifndef DK_BASE_CACHE_H
#define DK_BASE_CACHE_H

#include "base/status.h"

/* Writes the path of the user's cache folder to out; false when there is none (no HOME). */
bool dk_cache_folder(char *out, size_t room);

/* Maps the file `name` of folder (NULL: the user's own; "": no cache) for reading, when it is the user's and holds anything. The
   caller unmaps it. */
bool dk_cache_map(const char *folder, const char *name, void **bytes, size_t *size);
void dk_cache_unmap(void *bytes, size_t size);

/* Writes a file, if that can be done. */
void dk_cache_store(const char *folder, const char *name, const void *bytes, size_t size);

/* Says that a file was of use, and removes all but the `keep` files of this prefix that were last. */
void dk_cache_touch(const char *folder, const char *name);
void dk_cache_prune(const char *folder, const char *prefix, int keep);

/* Maps any file for reading. DK_EIO names it. An empty file is DK_EDATA. */
dk_status dk_file_map(const char *path, void **bytes, size_t *size, dk_error *err);

#endif
