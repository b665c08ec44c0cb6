#include "study/worth_actions.h"

#include <stdlib.h>

#include "lexicon/tsv.h"

void dk_actions_dispose(dk_actions *a) {
    free(a->items);
    dk_arena_dispose(&a->arena);
    memset(a, 0, sizeof *a);
}

static bool is_known(const dk_taxonomy *t, dk_str about) {
    if (dk_taxonomy_find(t, about) != DK_NO_ID) return true;
    for (size_t i = 0; i < t->ntouchpoints; i++)
        if (dk_str_is(about, t->touchpoints[i])) return true;
    return false;
}

dk_status dk_actions_read(dk_actions *a, const char *path, const dk_taxonomy *taxonomy, dk_error *err) {
    static const char *const names[] = {"about", "polarity", "en", "sv", "da", NULL};
    static const dk_language languages[] = {DK_LANG_EN, DK_LANG_SV, DK_LANG_DA};
    dk_tsv tsv;
    dk_str cells[5];
    bool end = false;
    dk_status status = dk_tsv_open(&tsv, path, names, 3, err);
    if (status != DK_OK) return status;
    while (status == DK_OK) {
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (status != DK_OK || end) break;
        if (!is_known(taxonomy, cells[0])) {
            status = dk_tsv_fail(&tsv, cells[0].ptr, err, "expected a theme or a touchpoint of the taxonomy");
            break;
        }
        int polarity = dk_str_is(cells[1], "negative") ? -1 : dk_str_is(cells[1], "positive") ? 1 : 0;
        if (polarity == 0 && cells[1].len > 0) {
            status = dk_tsv_fail(&tsv, cells[1].ptr, err, "expected negative, positive or nothing");
            break;
        }
        dk_action action = {.polarity = polarity,
                            .about = dk_arena_strdup(&a->arena, cells[0].ptr, cells[0].len)};
        bool good = action.about != NULL && dk_grow(&a->items, &a->cap, a->count + 1);
        for (size_t k = 0; k < 3 && good; k++) {
            dk_str text = cells[2 + k].len > 0 ? cells[2 + k] : cells[2];
            action.text[languages[k]] = dk_arena_strdup(&a->arena, text.ptr, text.len);
            good = action.text[languages[k]] != NULL;
        }
        if (!good) {
            status = dk_fail_memory(err);
            break;
        }
        action.text[DK_LANG_OTHER] = action.text[DK_LANG_EN];
        a->items[a->count++] = action;
    }
    dk_tsv_dispose(&tsv);
    return status;
}

static const dk_action *find(const dk_actions *a, const char *about, int polarity) {
    for (size_t i = 0; about != NULL && i < a->count; i++)
        if (strcmp(a->items[i].about, about) == 0 &&
            (a->items[i].polarity == 0 || a->items[i].polarity == polarity))
            return a->items + i;
    return NULL;
}

const dk_action *dk_actions_find(const dk_actions *a, const char *theme, const char *touchpoint,
                                 int polarity) {
    const dk_action *found = find(a, theme, polarity);
    return found != NULL ? found : find(a, touchpoint, polarity);
}
