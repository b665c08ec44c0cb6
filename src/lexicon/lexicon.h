/* Lexicons as they stand in their files: every entry with its place. What matches is built from this by index.h.
 *
 * The order of the entries is their priority: the user's own lexicons, then packs by name, then the shipped ones.
 */
#ifndef DK_LEXICON_LEXICON_H
#define DK_LEXICON_LEXICON_H

#include "base/buffer.h"
#include "base/hash.h"
#include "lexicon/taxonomy.h"
#include "lexicon/term.h"

#define DK_MAX_PACKS 32

typedef enum dk_entry_kind { DK_ENTRY_THEME, DK_ENTRY_VALENCE, DK_ENTRY_MODIFIER } dk_entry_kind;

typedef enum dk_modifier {
    DK_MOD_NONE,
    DK_MOD_NEGATOR,
    DK_MOD_INTENSIFIER,
    DK_MOD_DIMINISHER,
    DK_MOD_CONTRAST,
    DK_MOD_WISH,
    DK_MOD_COMPARISON,
    DK_MOD_EXCESS,
    DK_MOD_LACK,
    DK_MOD_IDIOM,
    DK_MOD_QUESTION,
    DK_MOD_NEUTRAL,
    DK_MODS
} dk_modifier;

typedef enum dk_emotion {
    DK_EMOTION_NONE,
    DK_JOY,
    DK_GRATITUDE,
    DK_TRUST,
    DK_RELIEF,
    DK_SURPRISE,
    DK_FRUSTRATION,
    DK_ANGER,
    DK_WORRY,
    DK_DISAPPOINTMENT,
    DK_SADNESS,
    DK_EMOTIONS
} dk_emotion;

/* What matching and reading need of an entry, kept small: 24 bytes. */
typedef struct dk_entry {
    uint8_t kind;          /* dk_entry_kind */
    uint8_t modifier;      /* dk_modifier */
    uint8_t before, after; /* reach of a modifier in tokens */
    int8_t pack;           /* index of the pack, -1 for none */
    bool has_valence;
    int16_t valence;       /* thousandths: a valence of 5 is 1000 */
    int32_t strength;      /* of a modifier, thousandths (of the factor, or of valence / 5) */
    uint32_t theme;        /* DK_NO_ID when the kind is not DK_ENTRY_THEME */
    uint32_t touchpoint;   /* of the theme */
    uint8_t language;      /* dk_language; DK_LANG_OTHER: every language */
    uint8_t emotion;       /* dk_emotion */
} dk_entry;

/* What an entry is to those who weigh matches against each other, as bits: the index keeps them with what it matches. */
enum {
    DK_IS_THEME = 1,
    DK_IS_MODIFIER = 2,
    DK_IS_IDIOM = 4,   /* a phrase with an opinion of its own, */
    DK_IS_NEUTRAL = 8, /* or that says nothing */
    DK_IS_NEGATION = 16,
    DK_HAS_VALENCE = 32
};
static inline uint8_t dk_entry_role(const dk_entry *e) {
    return (uint8_t)((e->kind == DK_ENTRY_THEME ? DK_IS_THEME : 0) | (e->kind == DK_ENTRY_MODIFIER ? DK_IS_MODIFIER : 0) |
                     (e->modifier == DK_MOD_IDIOM ? DK_IS_IDIOM : 0) | (e->modifier == DK_MOD_NEUTRAL ? DK_IS_NEUTRAL : 0) |
                     (e->modifier == DK_MOD_NEGATOR || e->modifier == DK_MOD_LACK ? DK_IS_NEGATION : 0) |
                     (e->has_valence ? DK_HAS_VALENCE : 0));
}

/* Where an entry stands and how it is written. */
typedef struct dk_entry_source {
    uint32_t file;         /* index into the files */
    uint32_t line, column; /* of the term */
    dk_str text;           /* the term as written */
    dk_term term;
} dk_entry_source;

/* Who is told of the mistakes of lexicon files, one call a mistake. */
typedef struct dk_mistakes {
    void (*tell)(void *context, const dk_error *mistake);
    void *context;
} dk_mistakes;

/* Texts that are read in place of files: those that somebody is editing. find is asked by the name of dk_lexicon.files, and returns
   false for a file that is to be read from the disk. */
typedef struct dk_lexicon_texts {
    bool (*find)(void *context, const char *file, dk_str *text);
    void *context;
} dk_lexicon_texts;

typedef struct dk_lexicon {
    dk_entry *entries;
    dk_entry_source *sources; /* by entry */
    size_t count, cap, sources_cap;
    const char **files; /* as shown to people: sv/themes.tsv, packs/telecom/da/themes.tsv, or the path the user gave */
    size_t nfiles, files_cap, nuser_files; /* the user's own come first */
    const char *packs[DK_MAX_PACKS];
    size_t npacks;
    dk_taxonomy taxonomy;
    dk_arena arena;
    dk_stamp stamp; /* over the content of all files in order */
    const dk_mistakes *mistakes; /* while it is read; NULL: the first mistake ends the reading */
    const dk_lexicon_texts *texts; /* while it is read; NULL: all from the disk */
} dk_lexicon;

/* Reads data_dir/lexicons with all its packs, and before it the user's own: folders laid out like lexicons/ or
   lexicons/LANGUAGE, or single files whose language is that of their folder's name (every language when it has none).
   DK_EDATA names file, line and column of the first mistake. */
dk_status dk_lexicon_open(dk_lexicon **out, const char *data_dir, const char *const *user, size_t nuser,
                          dk_error *err);

/* The same, but a line with a mistake is told and left out, and so is a file whose header is wrong or that is not there. */
dk_status dk_lexicon_open_told(dk_lexicon **out, const char *data_dir, const char *const *user, size_t nuser,
                               const dk_mistakes *mistakes, dk_error *err);

/* The same as dk_lexicon_open with some files read from memory. */
dk_status dk_lexicon_open_texts(dk_lexicon **out, const char *data_dir, const char *const *user, size_t nuser,
                                const dk_lexicon_texts *texts, dk_error *err);
void dk_lexicon_free(dk_lexicon *lexicon);

/* The index of a pack by name, -1 when there is none. */
int dk_lexicon_find_pack(const dk_lexicon *lexicon, dk_str name);

/* "packs/telecom/da/themes.tsv:12" */
void dk_entry_put_place(dk_buf *buf, const dk_lexicon *lexicon, uint32_t entry);

const char *dk_modifier_name(dk_modifier modifier);
const char *dk_emotion_name(dk_emotion emotion);

#endif
