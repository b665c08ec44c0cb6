#include "study/touchpoint_cover.h"

#include <stdlib.h>

dk_status dk_touchpoints_hide(const dk_fit_context *x, bool *hidden, dk_error *err) {
    const dk_survey *s = x->survey;
    const dk_tagging *t = x->tagging;
    const dk_taxonomy *taxonomy = x->taxonomy;
    int64_t *themes = calloc(taxonomy->count + taxonomy->ntouchpoints + 1, sizeof *themes);
    size_t *last = calloc(taxonomy->count + taxonomy->ntouchpoints + 1,
                          sizeof *last); /* the response counted last, from 1 */
    if (themes == NULL || last == NULL) {
        free(themes);
        free(last);
        return dk_fail_memory(err);
    }
    int64_t *points = themes + taxonomy->count;
    for (size_t i = 0; i < s->n; i++) {
        if (s->dropped[i]) continue;
        for (size_t k = t->first[i]; k < t->first[i + 1]; k++) {
            size_t theme = t->marks[k].theme, point = taxonomy->count + taxonomy->themes[theme].touchpoint;
            if (last[theme] != i + 1) themes[theme]++;
            if (last[point] != i + 1) themes[point]++;
            last[theme] = last[point] = i + 1;
        }
    }
    for (size_t k = 0; k < taxonomy->count; k++) {
        uint32_t point = taxonomy->themes[k].touchpoint;
        int64_t others = points[point] - themes[k];
        if (themes[k] > 0 && others > 0 && others < x->result->min_privacy) hidden[point] = true;
    }
    free(themes);
    free(last);
    return DK_OK;
}
