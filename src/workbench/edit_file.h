/* A lexicon file that is being edited: its lines in memory, and how it gets back to the disk.
 *
 * All lines stay as they are but those that are edited: remarks, blank lines, the order, line ends. A file is written beside its place and
 * renamed, in the folder that it was found in when it was opened, never through a symlink, and never over content that somebody
 * else has written since it was read.
 */
#ifndef DK_WORKBENCH_EDIT_FILE_H
#define DK_WORKBENCH_EDIT_FILE_H

#include "base/buffer.h"
#include "lexicon/lexicon.h"

enum { DK_EDIT_CELLS = 5 };

/* The columns of a kind of file, in the order in which the program speaks of them; a file may have them in another, or lack some. */
extern const char *const dk_edit_columns[3][DK_EDIT_CELLS + 1];

typedef struct dk_edit_file {
    const char *shown; /* as in dk_lexicon.files; borrowed */
    char *path;        /* without symlinks */
    const char *name;  /* the last part of path */
    int folder;        /* -1 when the file cannot be written: */
    char closed[160];  /* why, or empty */
    dk_entry_kind kind;
    dk_language language;
    int pack;
    dk_buf text;
    uint64_t disk[2]; /* hash and length of what was read or written last */
    bool dirty;
    int position[DK_EDIT_CELLS]; /* of each column among the cells of a line, -1 for none */
    int ncells;
    int64_t header; /* line number of the header row */
    bool crlf;
} dk_edit_file;

/* Reads the file at path. file is all zero. Files that cannot be written are read all the same, and say why. */
dk_status dk_edit_file_open(dk_edit_file *file, const char *path, const char *shown, dk_entry_kind kind,
                            dk_error *err);
void dk_edit_file_dispose(dk_edit_file *file);

/* Line number n from 1, without its end; false when there is none. Lines are borrowed until the next change. */
bool dk_edit_file_line(const dk_edit_file *file, int64_t n, dk_str *line);
int64_t dk_edit_file_lines(const dk_edit_file *file);

/* The cells of a line by column, empty where the line has none; false for a remark, a blank line and the header row. */
bool dk_edit_file_cells(const dk_edit_file *file, int64_t n, dk_str cells[DK_EDIT_CELLS]);

/* Writes cells as a line of this file. DK_EDATA, with the number of the column (from 1) in err->column and what is wrong, for a cell that
   cannot stand in one, or that the file has no column for. */
dk_status dk_edit_file_compose(const dk_edit_file *file, const dk_str cells[DK_EDIT_CELLS], dk_buf *line,
                               dk_error *err);

/* Replaces `count` lines (0 or 1) from line n on by one line, or by none (a NULL ptr). */
dk_status dk_edit_file_put(dk_edit_file *file, int64_t n, int count, dk_str line, dk_error *err);

/* Whether the file on the disk still is what was read. DK_EDATA when it was changed, is gone, or has become something else. */
dk_status dk_edit_file_unchanged(const dk_edit_file *file, dk_error *err);

/* Writes the file; it is not dirty any more. DK_EDATA as above: then nothing was written. */
dk_status dk_edit_file_save(dk_edit_file *file, dk_error *err);

#endif
