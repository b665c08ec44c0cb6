/* Files: whole files in, and paths. Output files that appear only when whole are in io/output.h. */
#ifndef DK_BASE_FILE_H
#define DK_BASE_FILE_H

#include "base/buffer.h"

/* Reads a whole file into buf (cleared first). DK_EIO names the file and the reason. */
dk_status dk_file_read(const char *path, dk_buf *buf, dk_error *err);

bool dk_file_exists(const char *path);
bool dk_is_folder(const char *path);

/* folder/name in a new string that the caller frees; NULL when memory ran out. */
char *dk_path_join(const char *folder, const char *name);

/* The last part of a path. */
const char *dk_path_name(const char *path);

/* The folder of temporary files: $TMPDIR, or /tmp. Borrowed. */
const char *dk_temp_folder(void);

/* Makes a folder and its parents; existing folders are fine. */
dk_status dk_folder_make(const char *path, dk_error *err);

/* The folder that holds lexicons/ and models/: wanted when not NULL, else $DRIVKRAFT_DATA, else beside the executable (the
   folder itself, or ../share/drivkraft), the install prefix, the build's source tree. *out is the caller's to free.
   DK_EIO when none has a lexicons folder; the message lists where it looked. */
dk_status dk_data_find(const char *wanted, const char *executable, char **out, dk_error *err);

#endif
