/* Where the records of a delimited text end: the sequential half of reading, some gigabytes a second. It knows only what
 * it must to tell a line end within quotes from one that ends a record; io/delimited_parse.c reads by the same rules. */
#ifndef DK_IO_BOUNDARY_H
#define DK_IO_BOUNDARY_H

#include "io/dialect.h"

/* Found over pieces of a growing buffer; all positions are offsets into it. All-zero but for skip_blanks begins, at the
   start of a record. */
typedef struct dk_boundary {
    bool skip_blanks;    /* blank lines are no records */
    size_t seen;         /* bytes looked at */
    size_t record;       /* where the record at hand begins: all before it is complete */
    size_t open, closed; /* the opening quote of the last quoted field; its closing quote + 1, 0: none yet */
    bool inside;         /* between them */
    int64_t records, blanks; /* complete ones */
    int64_t lines;           /* line ends so far */
    int64_t lines_complete;  /* line ends before record */
    int64_t unended;         /* 1 when the last record has no line end */
} dk_boundary;

/* Looks at the bytes from b->seen to len. DK_SCAN_PAD bytes behind them must be readable. */
void dk_boundary_find(dk_boundary *b, const dk_dialect *d, const char *bytes, size_t len);

/* The text ends at len, and with it the record at hand. */
void dk_boundary_end(dk_boundary *b, const dk_dialect *d, const char *bytes, size_t len);

#endif
