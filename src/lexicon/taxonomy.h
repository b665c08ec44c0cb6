/* The taxonomy: themes, their touchpoints, stages and owners. */
#ifndef DK_LEXICON_TAXONOMY_H
#define DK_LEXICON_TAXONOMY_H

#include "base/intern.h"
#include "text/language.h"

/* A taxonomy holds at most so many themes, packs included. */
#define DK_THEMES_MAX 1024

typedef struct dk_theme {
    const char *id;        /* touchpoint.theme */
    const char *name;      /* the part behind the full stop */
    uint32_t touchpoint;   /* index into the touchpoints */
    const char *stage, *owner;
    bool outcome;          /* restates the score: reported, never ranked */
    bool general;          /* ease and satisfaction with the whole: a theme only where nothing else is named */
    const char *label[DK_LANGUAGES]; /* for people; [DK_LANG_OTHER] is the English one */
    const char *covers;
    int pack; /* index of the pack that adds it, -1 for the taxonomy itself */
} dk_theme;

/* Whether a theme of this id is general. */
bool dk_theme_is_general(const char *id);

typedef struct dk_taxonomy {
    dk_theme *themes;
    size_t count, cap;
    const char **touchpoints;
    size_t ntouchpoints, touchpoints_cap;
    dk_intern ids; /* id i is theme i */
    dk_arena arena;
} dk_taxonomy;

void dk_taxonomy_init(dk_taxonomy *taxonomy);
void dk_taxonomy_dispose(dk_taxonomy *taxonomy);

/* Adds the themes of a file; with pack >= 0 a theme that stands already gets its stage and owner anew. */
dk_status dk_taxonomy_read(dk_taxonomy *taxonomy, const char *path, int pack, dk_error *err);

/* The index of a theme id, or DK_NO_ID. */
uint32_t dk_taxonomy_find(const dk_taxonomy *taxonomy, dk_str id);

#endif
