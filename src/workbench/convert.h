/* Lexicons in the formats of other programs: reading them into lexicon files, and writing them. */
#ifndef DK_WORKBENCH_CONVERT_H
#define DK_WORKBENCH_CONVERT_H

#include "lexicon/import.h"

typedef struct dk_convert_options {
    const char *format; /* a name of dk_convert_formats */
    const char *path;
    const char *
        table; /* SentiStrength: emotion, emoticon, idiom, booster, negating or question; NULL: by the file's name */
    const char *const *valences; /* "CATEGORY=V" or "V": these are opinions of that valence, not themes */
    size_t nvalences;
    const char *const *themes; /* "CATEGORY=THEME": the theme of that category */
    size_t nthemes;
    const char *touchpoint;              /* of categories of one level; NULL: imported */
    const char *term, *value, *category; /* columns of csv; NULL: the first column, none, none */
    bool inflect;                        /* words stand for their inflections */
    const dk_taxonomy *taxonomy;         /* themes that need no row of their own; NULL: none */
} dk_convert_options;

/* The three files of a lexicon's folder and its taxonomy, each with how many entries; empty ones are not to be written. */
typedef struct dk_converted {
    dk_buf themes, valence, modifiers, taxonomy;
    size_t nthemes, nvalence, nmodifiers, ntaxonomy;
} dk_converted;

/* "afinn|vader|...": what can be read and what can be written. */
extern const char dk_convert_readable[], dk_convert_writable[];

/* Reads options->path into import. DK_EDATA with file and line when it is not of the format at all. */
dk_status dk_convert_read(dk_import *import, const dk_convert_options *options, dk_error *err);

/* Makes lexicon files of what was read. Values become valences: VADER's -4..4 are spread to -5..5, others stay and are cut at 5. A
   category becomes a theme touchpoint.theme. Of a term that stands twice in one category or list the first counts, and a remark says so. */
dk_status dk_convert_files(dk_import *import, const dk_convert_options *options, dk_converted *out,
                           dk_error *err);
void dk_converted_dispose(dk_converted *converted);

/* Writes the user's own entries of a lexicon (those of its first nuser_files) in a format. What has no equivalent there is
   remarked in losses, whose messages begin with the entry's place. */
dk_status dk_convert_write(const dk_lexicon *lexicon, const char *format, dk_buf *out, dk_import *losses,
                           dk_error *err);

#endif
