/* Tables of results, and a book of several: written as text for a terminal, as CSV or as JSON.
 *
 *     dk_book book;
 *     dk_book_init(&book, stamp);
 *     dk_sheet *s = dk_book_add(&book, "themes", "Themes", columns, 3);
 *     dk_sheet_text(s, theme); dk_sheet_int(s, 12); dk_sheet_real(s, 0.25);   a row is full after its last cell
 *     dk_book_put(&book, DK_SHEET_JSON, NULL, &out, err);
 *
 * What runs out of memory while filling shows in dk_book_put. Numbers in CSV and JSON read back as the same double; as text they are
 * rounded. Texts are copied.
 */
#ifndef DK_WORKBENCH_SHEET_H
#define DK_WORKBENCH_SHEET_H

#include "base/arena.h"
#include "base/buffer.h"

typedef enum dk_sheet_kind {
    DK_SHEET_TEXT,
    DK_SHEET_TEXT_RIGHT, /* flush right, and cut at its left end: what stands before a keyword */
    DK_SHEET_COUNT,
    DK_SHEET_SHARE, /* 0..1, shown as per cent */
    DK_SHEET_REAL   /* shown with two decimals */
} dk_sheet_kind;

typedef struct dk_sheet_column {
    const char *name; /* as in CSV and JSON; shown with blanks for _ */
    dk_sheet_kind kind;
    int widest;  /* of a text shown on a terminal, in its columns; 0: any */
    bool hidden; /* not shown on a terminal: for those who compute with it */
} dk_sheet_column;

typedef struct dk_sheet dk_sheet;

typedef struct dk_book {
    dk_arena arena;
    dk_sheet **sheets;
    size_t count, cap;
    const char *stamp; /* of lexicons and models; borrowed */
    bool failed;
} dk_book;

typedef enum dk_sheet_format { DK_SHEET_AS_TEXT, DK_SHEET_AS_CSV, DK_SHEET_AS_JSON } dk_sheet_format;

void dk_book_init(dk_book *book, const char *stamp);
void dk_book_dispose(dk_book *book);

/* A new table; columns are borrowed for the life of the book (static arrays). NULL when memory ran out: the functions below take it. */
dk_sheet *dk_book_add(dk_book *book, const char *name, const char *title, const dk_sheet_column *columns,
                      size_t ncolumns);

/* The next cell. */
void dk_sheet_text(dk_sheet *sheet, dk_str text);
void dk_sheet_textf(dk_sheet *sheet, const char *format, ...) DK_PRINTF(2, 3);
void dk_sheet_int(dk_sheet *sheet, int64_t value);
void dk_sheet_real(dk_sheet *sheet, double value); /* NaN is an empty cell, also for a count or a share */
size_t dk_sheet_rows(const dk_sheet *sheet);

/* A line below the table as text; not in CSV, "notes" in JSON. */
void dk_sheet_note(dk_sheet *sheet, const char *format, ...) DK_PRINTF(2, 3);

/* Appends the book. CSV holds one table: the one named, or the first. JSON is one object with "version" (the stamp) and an
   array of objects for each table; text has all tables, or the named one. DK_EUSAGE for a name that is none. */
dk_status dk_book_put(const dk_book *book, dk_sheet_format format, const char *only, dk_buf *out,
                      dk_error *err);

#endif
