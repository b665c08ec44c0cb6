/* Reading other programs' dictionaries: what each says, in this project's term language, and what it says that has no equivalent here.
 *
 * A format is read from a text in memory (UTF-8; lines end in LF, CRLF or CR) into a dk_import: items in the order of the
 * file, and remarks. A line that is not as the format has it is a remark and left out; only a file that is not of the format at all fails.
 * Words of dictionaries mean the very form they are written in: they become "form", unless asked to stand for their
 * inflections too. Nothing here knows files or the taxonomy: see workbench/convert.h.
 */
#ifndef DK_LEXICON_IMPORT_H
#define DK_LEXICON_IMPORT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "lexicon/lexicon.h"

typedef struct dk_import_item {
    dk_str term;     /* in the term language */
    dk_str category; /* its parts joined by dots, empty when there is none */
    bool has_value;
    double value;         /* as the format has it */
    dk_modifier modifier; /* DK_MOD_NONE for none */
    int64_t line;
} dk_import_item;

typedef enum dk_remark_kind {
    DK_REMARK_WRONG,   /* not as the format has it: left out */
    DK_REMARK_LOST,    /* has no equivalent: left out */
    DK_REMARK_CHANGED, /* taken, but not with all it says */
    DK_REMARK_DOUBLED, /* said before in the same words: left out */
    DK_REMARKS
} dk_remark_kind;

typedef struct dk_remark {
    dk_remark_kind kind;
    int64_t line, column; /* 1-based, column in bytes; 0 when there is none */
    const char *message;
} dk_remark;

typedef struct dk_import {
    dk_import_item *items;
    size_t count, cap;
    dk_remark *remarks;
    size_t nremarks, remarks_cap;
    bool inflect; /* words stand for their inflections: set before reading */
    dk_arena arena;
    dk_buf scratch;
} dk_import;

/* All-zero is an empty one. */
void dk_import_dispose(dk_import *import);

/* term TAB value: AFINN (-5..5), VADER (-4..4, more columns ignored), SentiStrength's tables (1..5 and -1..-5; * ends a stem; a line of
   modifier is a term and perhaps a strength), and plain lists of one term a line, where ; and # begin comments. */
typedef enum dk_list_format {
    DK_LIST_AFINN,
    DK_LIST_VADER,
    DK_LIST_SENTISTRENGTH,
    DK_LIST_PLAIN
} dk_list_format;
dk_status dk_import_list(dk_import *import, dk_list_format format, dk_modifier modifier, dk_str text,
                         dk_error *err);

/* LIWC 2007 and 2015 .dic: categories between two lines of %, then terms with the numbers of theirs. */
dk_status dk_import_liwc(dk_import *import, dk_str text, dk_error *err);

/* Lexicoder .lc3: +CATEGORY (++ for one below it), then a term a line. */
dk_status dk_import_lexicoder(dk_import *import, dk_str text, dk_error *err);

/* Provalis WordStat .cat: a tree by indentation; TERM (weight) is a leaf, _ stands for a space. */
dk_status dk_import_wordstat(dk_import *import, dk_str text, dk_error *err);

/* ---- For readers of other formats ---- */

enum {
    DK_FOREIGN_STAR = 1,       /* * stands for any letters */
    DK_FOREIGN_QUESTION = 2,   /* ? stands for one letter */
    DK_FOREIGN_UNDERSCORE = 4, /* _ stands for a space */
};

/* Adds an item whose term is written as flags say; what cannot be written in the term language becomes a remark. category may be
   empty; value NULL for none. Only memory fails. */
dk_status dk_import_add(dk_import *import, dk_str term, unsigned flags, dk_str category, const double *value,
                        dk_modifier modifier, int64_t line, int64_t column, dk_error *err);

dk_status dk_import_remark(dk_import *import, dk_remark_kind kind, int64_t line, int64_t column,
                           dk_error *err, const char *format, ...) DK_PRINTF(6, 7);

/* The next line of text, without its end; false when there is none left. */
bool dk_import_line(dk_str *text, dk_str *line);

/* A decimal number that is all of cell. */
bool dk_import_number(dk_str cell, double *value);

#endif
