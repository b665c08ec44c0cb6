#include "lexicon/lexicon_image.h"

#include <stdlib.h>

#include "base/image.h"

enum { IMAGE_KIND = 0x6978656C, IMAGE_VERSION = 1 }; /* "lexi" */
enum { SECTION_FIGURES = 1, SECTION_ENTRIES, SECTION_PLACES, SECTION_TEXTS, SECTION_THEMES, SECTION_NAMES };

typedef struct figures {
    uint64_t nentries, nfiles, nuser_files, npacks, ntouchpoints, nthemes;
} figures;

/* Where an entry stands; its text follows that of the entry before. */
typedef struct kept_place {
    uint32_t file, line, column, len;
} kept_place;

typedef struct kept_theme {
    uint32_t touchpoint;
    int32_t pack;
    uint32_t outcome;
} kept_theme;

/* ---- Writing ----------------------------------------------------------------------------------------- */

/* Names follow each other, each ended by a NUL: files, packs, touchpoints, and of each theme what theme_names lists. */
static void put_name(dk_buf *names, const char *name) { dk_buf_put(names, name, strlen(name) + 1); }

enum { THEME_NAMES = 7 };

/* The names of a theme in their order. */
static void theme_names(dk_theme *t, const char **out[THEME_NAMES]) {
    out[0] = &t->id;
    out[1] = &t->stage;
    out[2] = &t->owner;
    out[3] = &t->label[DK_LANG_EN];
    out[4] = &t->label[DK_LANG_SV];
    out[5] = &t->label[DK_LANG_DA];
    out[6] = &t->covers;
}

static void put_names(const dk_lexicon *lex, dk_buf *names) {
    for (size_t i = 0; i < lex->nfiles; i++) put_name(names, lex->files[i]);
    for (size_t i = 0; i < lex->npacks; i++) put_name(names, lex->packs[i]);
    for (size_t i = 0; i < lex->taxonomy.ntouchpoints; i++) put_name(names, lex->taxonomy.touchpoints[i]);
    for (size_t i = 0; i < lex->taxonomy.count; i++) {
        const char **of[THEME_NAMES];
        theme_names(&lex->taxonomy.themes[i], of);
        for (int k = 0; k < THEME_NAMES; k++) put_name(names, *of[k]);
    }
}

dk_status dk_lexicon_write(const dk_lexicon *lex, dk_buf *image, dk_error *err) {
    const dk_taxonomy *t = &lex->taxonomy;
    dk_buf texts, names;
    dk_buf_init(&texts);
    dk_buf_init(&names);
    kept_place *places = malloc((lex->count + 1) * sizeof *places);
    kept_theme *themes = malloc((t->count + 1) * sizeof *themes);
    bool ok = places != NULL && themes != NULL;
    for (size_t i = 0; ok && i < lex->count; i++) {
        const dk_entry_source *s = &lex->sources[i];
        places[i] = (kept_place){s->file, s->line, s->column, (uint32_t)s->text.len};
        dk_buf_put(&texts, s->text.ptr, s->text.len);
    }
    for (size_t i = 0; ok && i < t->count; i++)
        themes[i] = (kept_theme){t->themes[i].touchpoint, t->themes[i].pack, t->themes[i].outcome};
    put_names(lex, &names);
    ok = ok && !texts.failed && !names.failed;
    figures f = {lex->count, lex->nfiles, lex->nuser_files, lex->npacks, t->ntouchpoints, t->count};
    dk_image_begin(image, IMAGE_KIND, IMAGE_VERSION);
    if (ok) {
        dk_image_put(image, SECTION_FIGURES, &f, 1, sizeof f);
        dk_image_put(image, SECTION_ENTRIES, lex->entries, lex->count, sizeof *lex->entries);
        dk_image_put(image, SECTION_PLACES, places, lex->count, sizeof *places);
        dk_image_put(image, SECTION_TEXTS, texts.ptr, texts.len, 1);
        dk_image_put(image, SECTION_THEMES, themes, t->count, sizeof *themes);
        dk_image_put(image, SECTION_NAMES, names.ptr, names.len, 1);
    }
    dk_status status = ok ? dk_image_end(image, err) : dk_fail_memory(err);
    dk_buf_dispose(&texts);
    dk_buf_dispose(&names);
    free(places);
    free(themes);
    return status;
}

/* ---- Taking ------------------------------------------------------------------------------------------ */

/* The next name, or NULL when there is none. */
static const char *next_name(const char **at, const char *end) {
    const char *name = *at, *nul = name < end ? memchr(name, '\0', (size_t)(end - name)) : NULL;
    if (nul == NULL) return NULL;
    *at = nul + 1;
    return name;
}

/* Takes count names; false when there are not so many. */
static bool take_names(const char **out, size_t count, const char **at, const char *end) {
    for (size_t i = 0; i < count; i++)
        if ((out[i] = next_name(at, end)) == NULL) return false;
    return true;
}

static bool take_theme(dk_taxonomy *t, size_t i, const kept_theme *kept, const char **at, const char *end) {
    dk_theme *theme = &t->themes[i];
    const char **of[THEME_NAMES];
    theme_names(theme, of);
    for (int k = 0; k < THEME_NAMES; k++)
        if ((*of[k] = next_name(at, end)) == NULL) return false;
    theme->label[DK_LANG_OTHER] = theme->label[DK_LANG_EN];
    const char *dot = strchr(theme->id, '.');
    theme->name = dot != NULL ? dot + 1 : theme->id;
    theme->touchpoint = kept->touchpoint;
    theme->pack = kept->pack;
    theme->outcome = kept->outcome != 0;
    theme->general = dk_theme_is_general(theme->id);
    return theme->touchpoint < t->ntouchpoints;
}

/* Memory for all that is not left in the image. */
static dk_status make_room(dk_lexicon *lex, const figures *f, dk_error *err) {
    dk_taxonomy *t = &lex->taxonomy;
    lex->entries = calloc(f->nentries + 1, sizeof *lex->entries);
    lex->sources = calloc(f->nentries + 1, sizeof *lex->sources);
    lex->files = calloc(f->nfiles + 1, sizeof *lex->files);
    t->themes = calloc(f->nthemes + 1, sizeof *t->themes);
    t->touchpoints = calloc(f->ntouchpoints + 1, sizeof *t->touchpoints);
    bool ok = lex->entries != NULL && lex->sources != NULL && lex->files != NULL && t->themes != NULL && t->touchpoints != NULL;
    return ok ? DK_OK : dk_fail_memory(err);
}

/* Fills the lexicon; false when the sections do not go together. */
static bool fill(dk_lexicon *lex, dk_image_reader *r, const figures *f) {
    size_t ntexts, nnames;
    dk_taxonomy *t = &lex->taxonomy;
    const dk_entry *entries = dk_image_take_exactly(r, SECTION_ENTRIES, sizeof *entries, f->nentries);
    const kept_place *places = dk_image_take_exactly(r, SECTION_PLACES, sizeof *places, f->nentries);
    const kept_theme *themes = dk_image_take_exactly(r, SECTION_THEMES, sizeof *themes, f->nthemes);
    const char *text = dk_image_take(r, SECTION_TEXTS, 1, &ntexts), *name = dk_image_take(r, SECTION_NAMES, 1, &nnames);
    if (r->failed) return false;
    const char *names_end = name + nnames, *texts_end = text + ntexts;
    if (!take_names(lex->files, f->nfiles, &name, names_end) || !take_names(lex->packs, f->npacks, &name, names_end) ||
        !take_names(t->touchpoints, f->ntouchpoints, &name, names_end))
        return false;
    lex->nfiles = f->nfiles;
    lex->nuser_files = f->nuser_files;
    lex->npacks = f->npacks;
    t->ntouchpoints = f->ntouchpoints;
    for (size_t i = 0; i < f->nthemes; i++)
        if (!take_theme(t, i, &themes[i], &name, names_end) || dk_intern_add(&t->ids, dk_str_from(t->themes[i].id)) != i)
            return false;
    t->count = f->nthemes;
    if (f->nentries > 0) memcpy(lex->entries, entries, f->nentries * sizeof *entries);
    for (size_t i = 0; i < f->nentries; i++) {
        const kept_place *p = &places[i];
        bool good = p->len <= (size_t)(texts_end - text) && p->file < f->nfiles && entries[i].kind <= DK_ENTRY_MODIFIER &&
                    (entries[i].theme == DK_NO_ID || entries[i].theme < f->nthemes);
        if (!good) return false;
        lex->sources[i].file = p->file;
        lex->sources[i].line = p->line;
        lex->sources[i].column = p->column;
        lex->sources[i].text = (dk_str){text, p->len};
        text += p->len;
    }
    lex->count = f->nentries;
    return true;
}

dk_status dk_lexicon_attach(dk_lexicon **out, const void *image, size_t size, dk_error *err) {
    dk_image_reader r = {.failed = false};
    dk_lexicon *lex = calloc(1, sizeof *lex);
    if (lex == NULL) return dk_fail_memory(err);
    dk_taxonomy_init(&lex->taxonomy);
    dk_stamp_init(&lex->stamp);
    r.failed = !dk_image_open(&r.image, image, size, IMAGE_KIND, IMAGE_VERSION, false);
    const figures *f = r.failed ? NULL : dk_image_take_exactly(&r, SECTION_FIGURES, sizeof *f, 1);
    bool good = f != NULL && f->nentries <= size / sizeof(dk_entry) && f->nfiles <= size && f->npacks <= DK_MAX_PACKS &&
                f->nthemes <= DK_THEMES_MAX && f->ntouchpoints <= DK_THEMES_MAX;
    dk_status status = good ? make_room(lex, f, err) : DK_OK;
    if (status == DK_OK && (!good || !fill(lex, &r, f))) status = dk_fail(err, DK_EDATA, "the compiled lexicon is damaged");
    if (status != DK_OK) dk_lexicon_free(lex);
    else *out = lex;
    return status;
}
