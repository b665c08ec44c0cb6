/* How a delimited file is written: found from a sample, and the plain way to split a record. */
#ifndef DK_IO_DIALECT_H
#define DK_IO_DIALECT_H

#include "io/reader.h"

typedef struct dk_dialect {
    char delimiter; /* 0: one column, nothing separates */
    bool quoted;    /* fields may be quoted */
    char eol;       /* '\n', a '\r' before it belonging to it, or '\r' */
    size_t skip;    /* bytes before the header: a line "sep=;" as Excel writes it */
} dk_dialect;

/* Finds the dialect of a sample that begins at the first line. whole: the sample is all there is, so that a last
   record without line end counts. tab_named: the file is called .tsv or .tab. What options say is taken as it is.
   Of the delimiters that occur in the first record, the one wins that gives most records its number of fields. */
void dk_dialect_detect(dk_dialect *d, const char *sample, size_t len, bool whole, bool tab_named,
                       const dk_reader_options *options);

typedef struct dk_field {
    const char *ptr;
    size_t len;  /* within the quotes, doubled ones still doubled */
    size_t tail; /* bytes behind the closing quote */
    bool quoted, doubled, closed;
} dk_field;

/* Splits the record that begins at p, byte by byte. Stores at most cap fields and counts all of them in *count.
   Returns where the next record begins, or NULL when the record is not complete before end (*count is then what there
   was; the end of the data counts as a line end when at_end). */
const char *dk_record_split(const dk_dialect *d, const char *p, const char *end, bool at_end,
                            dk_field *fields, size_t cap, size_t *count);

/* The name of a delimiter for messages: "comma". */
const char *dk_delimiter_name(char delimiter);

/* Whether quotes in a tab-separated text enclose fields: each field that begins with a quote must be closed, and none may
   hold both a tab and a line end (then a stray quote has swallowed rows). Fed piece by piece. All-zero begins. */
typedef struct dk_tab_quotes {
    bool inside, tab, line, ended; /* ended: the last byte may have closed the field, or doubled a quote */
    bool open;                     /* some field is not closed: decided */
    bool any;                      /* some field begins with a quote */
    char before;                   /* the last byte of the piece before; 0 at the start */
} dk_tab_quotes;

void dk_tab_quotes_feed(dk_tab_quotes *t, const char *p, size_t len);

/* The answer for what was fed; at_end when that was all of it. */
bool dk_tab_quotes_closed(const dk_tab_quotes *t, bool at_end);

#endif
