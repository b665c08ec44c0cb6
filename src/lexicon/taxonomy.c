#include "lexicon/taxonomy.h"

#include <stdlib.h>

#include "lexicon/tsv.h"

static const char *const columns[] = {"theme", "stage", "owner", "role", "en", "sv", "da", "covers", NULL};
enum { THEME, STAGE, OWNER, ROLE, LABEL_EN, LABEL_SV, LABEL_DA, COVERS };

void dk_taxonomy_init(dk_taxonomy *taxonomy) { memset(taxonomy, 0, sizeof *taxonomy); }

void dk_taxonomy_dispose(dk_taxonomy *taxonomy) {
    free(taxonomy->themes);
    free(taxonomy->touchpoints);
    dk_intern_dispose(&taxonomy->ids);
    dk_arena_dispose(&taxonomy->arena);
}

uint32_t dk_taxonomy_find(const dk_taxonomy *taxonomy, dk_str id) { return dk_intern_find(&taxonomy->ids, id); }

static bool find_touchpoint(dk_taxonomy *t, dk_str name, uint32_t *index) {
    for (size_t i = 0; i < t->ntouchpoints; i++)
        if (dk_str_is(name, t->touchpoints[i])) {
            *index = (uint32_t)i;
            return true;
        }
    char *copy = dk_arena_strdup(&t->arena, name.ptr, name.len);
    if (copy == NULL || !dk_grow(&t->touchpoints, &t->touchpoints_cap, t->ntouchpoints + 1)) return false;
    *index = (uint32_t)t->ntouchpoints;
    t->touchpoints[t->ntouchpoints++] = copy;
    return true;
}

static const char *copied(dk_taxonomy *t, dk_str cell, bool *ok) {
    const char *copy = dk_arena_strdup(&t->arena, cell.ptr, cell.len);
    if (copy == NULL) *ok = false;
    return copy;
}

bool dk_theme_is_general(const char *id) {
    return strcmp(id, "overall.ease") == 0 || strcmp(id, "overall.satisfaction") == 0;
}

static dk_status add_theme(dk_taxonomy *t, const dk_tsv *tsv, const dk_str *cells, int pack, dk_error *err) {
    const char *dot = memchr(cells[THEME].ptr, '.', cells[THEME].len);
    if (dot == NULL || dot == cells[THEME].ptr || dot + 1 == cells[THEME].ptr + cells[THEME].len)
        return dk_tsv_fail(tsv, cells[THEME].ptr, err, "a theme is written touchpoint.theme");
    if (!dk_str_is(cells[ROLE], "driver") && !dk_str_is(cells[ROLE], "outcome"))
        return dk_tsv_fail(tsv, cells[ROLE].ptr, err, "the role is driver or outcome");
    bool ok = true;
    uint32_t at = dk_taxonomy_find(t, cells[THEME]);
    if (at != DK_NO_ID) {
        if (pack < 0 || t->themes[at].pack == pack)
            return dk_tsv_fail(tsv, cells[THEME].ptr, err, "the theme %s stands twice", t->themes[at].id);
        t->themes[at].stage = copied(t, cells[STAGE], &ok);
        t->themes[at].owner = copied(t, cells[OWNER], &ok);
        return ok ? DK_OK : dk_fail_memory(err);
    }
    if (t->count == DK_THEMES_MAX) return dk_tsv_fail(tsv, cells[THEME].ptr, err, "more than %d themes", DK_THEMES_MAX);
    if (!dk_grow(&t->themes, &t->cap, t->count + 1)) return dk_fail_memory(err);
    dk_theme *theme = &t->themes[t->count];
    memset(theme, 0, sizeof *theme);
    theme->id = copied(t, cells[THEME], &ok);
    ok = ok && find_touchpoint(t, (dk_str){cells[THEME].ptr, (size_t)(dot - cells[THEME].ptr)}, &theme->touchpoint);
    if (!ok) return dk_fail_memory(err);
    theme->name = theme->id + (dot - cells[THEME].ptr) + 1;
    theme->stage = copied(t, cells[STAGE], &ok);
    theme->owner = copied(t, cells[OWNER], &ok);
    theme->outcome = dk_str_is(cells[ROLE], "outcome");
    theme->general = dk_theme_is_general(theme->id);
    theme->label[DK_LANG_EN] = theme->label[DK_LANG_OTHER] = copied(t, cells[LABEL_EN], &ok);
    theme->label[DK_LANG_SV] = copied(t, cells[LABEL_SV], &ok);
    theme->label[DK_LANG_DA] = copied(t, cells[LABEL_DA], &ok);
    theme->covers = copied(t, cells[COVERS], &ok);
    theme->pack = pack;
    if (!ok || dk_intern_add(&t->ids, cells[THEME]) != t->count) return dk_fail_memory(err);
    t->count++;
    return DK_OK;
}

dk_status dk_taxonomy_read(dk_taxonomy *t, const char *path, int pack, dk_error *err) {
    dk_tsv tsv;
    dk_status status = dk_tsv_open(&tsv, path, columns, COVERS, err);
    if (status != DK_OK) return status;
    dk_str cells[DK_TSV_COLUMNS];
    for (bool end = false; status == DK_OK;) {
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (end || status != DK_OK) break;
        status = add_theme(t, &tsv, cells, pack, err);
    }
    dk_tsv_dispose(&tsv);
    return status;
}
