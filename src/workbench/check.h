/* Checking lexicons: what is wrong, doubtful or remarkable in them, each with its file, line and column.
 *
 * Whether an entry is ever of use is not guessed from its letters but tried: texts are made that it ought to match (its
 * alternatives, inflections, compounds, words in its gaps, samples of its patterns), read by the tokenizer and the index that
 * tag comments, and settled by the same rule of overlap. An entry that no such text reaches is unreachable; one that is matched but
 * always gives way to another on the same words is shadowed. Packs are tried together with the shipped entries alone,
 * the user's own together with both.
 */
#ifndef DK_WORKBENCH_CHECK_H
#define DK_WORKBENCH_CHECK_H

#include "lexicon/lexicon.h"

typedef enum dk_check_kind {
    DK_CHECK_SYNTAX, /* error: a line that cannot be read, an unknown theme, emotion or kind, a pattern that does not compile */
    DK_CHECK_UNREACHABLE, /* error: nothing that a comment can hold matches it */
    DK_CHECK_CONFLICT, /* error: the same term with another valence, theme or kind, of which only the first counts */
    DK_CHECK_SHADOWED, /* error: another entry always wins on the same words */
    DK_CHECK_PATTERN,  /* warning: a pattern that may take very many steps */
    DK_CHECK_DOUBLED,  /* warning: the same term with the same meaning */
    DK_CHECK_STYLE,    /* warning: what --fix mends: capitals, spaces, no NFC */
    DK_CHECK_UNKNOWN,  /* warning: a word that no dictionary and no list of known words has */
    DK_CHECK_COVERED, /* note: an opinion that a theme entry or an idiom with a valence of the same term already gives */
    DK_CHECK_FRIEND, /* note: the same word means something else in a neighbouring language */
    DK_CHECK_KINDS
} dk_check_kind;

typedef enum dk_check_level {
    DK_CHECK_NOTE,
    DK_CHECK_WARNING,
    DK_CHECK_ERROR,
    DK_CHECK_LEVELS
} dk_check_level;

const char *dk_check_kind_name(dk_check_kind kind);
const char *dk_check_level_name(dk_check_level level);
dk_check_level dk_check_kind_level(dk_check_kind kind);

typedef struct dk_finding {
    dk_check_kind kind;
    const char *file; /* as in dk_lexicon.files */
    int64_t line, column;
    dk_language language;
    const char *term;    /* as written; "" when there is none */
    const char *message; /* a sentence */
    const char *other;   /* file:line of the entry that it is about too; "" when there is none */
    uint32_t order;      /* of the file */
} dk_finding;

typedef struct dk_check {
    dk_finding *findings; /* by file, line, column, kind */
    size_t count, cap;
    size_t by_kind[DK_CHECK_KINDS];
    size_t entries, files; /* looked at */
    dk_arena arena;
} dk_check;

typedef struct dk_check_options {
    const char *data_dir;
    const char *const
        *paths; /* files or folders: the user's own, or parts of the shipped ones; none: all shipped ones */
    size_t npaths;
    unsigned kinds; /* bit by kind; 0: all */
    int threads;
    void (*progress)(void *context, int64_t done,
                     int64_t total); /* NULL: none; on the calling thread, at whole stages */
    void *progress_context;
} dk_check_options;

/* Runs the checks. What is wrong with lexicons is found, not failed on; failures are those of files and memory. The result is freed by
   dk_check_free; it does not depend on the number of threads. */
dk_status dk_check_run(dk_check **out, const dk_check_options *options, dk_error *err);
void dk_check_free(dk_check *check);

/* The findings about one entry of a lexicon that was read from files (so that its terms are parsed), which is changed on the way: entries
   that no index can be built with are left out. options.paths: the user's own; engine: of the same data folder. */
dk_status dk_check_entry(dk_check **out, const dk_check_options *options, dk_lexicon *lexicon, uint32_t entry,
                         const dk_engine *engine, dk_error *err);

#endif
