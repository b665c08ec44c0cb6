#include "study/result.h"

#include <stdlib.h>

dk_study_result *dk_study_result_new(void) { return calloc(1, sizeof(dk_study_result)); }

void dk_study_result_free(dk_study_result *result) {
    if (result == NULL) return;
    for (size_t i = 0; i < result->nfits; i++) dk_drivers_free(result->fits[i].drivers);
    dk_arena_dispose(&result->arena);
    free(result);
}

const dk_study_fit *dk_study_find_fit(const dk_study_result *result, int outcome, int segment) {
    for (size_t i = 0; i < result->nfits; i++)
        if (result->fits[i].outcome == outcome && result->fits[i].segment == segment) return result->fits + i;
    return NULL;
}

const char *dk_role_name(dk_role role) {
    static const char *const names[DK_ROLES] = {
        "left out", "id",     "comment",    "score",    "customer", "date",    "segment",
        "weight",   "profit", "period",     "touchpoint", "language", "outcome", "control", "kpi", "churned"};
    return (unsigned)role < DK_ROLES ? names[role] : names[0];
}

const char *dk_problem_name(dk_problem_kind kind) {
    static const char *const names[DK_PROBLEMS] = {"unreadable row", "duplicate id", "score",  "date",    "weight",
                                                   "number",         "segment",      "record", "customer"};
    return (unsigned)kind < DK_PROBLEMS ? names[kind] : "";
}
