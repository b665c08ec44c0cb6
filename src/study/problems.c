#include "study/problems.h"

#include <stdlib.h>

#include "base/buffer.h"

enum { VALUE_CUT = 200 };

void dk_problems_dispose(dk_problems *problems) {
    free(problems->items);
    dk_arena_dispose(&problems->arena);
    memset(problems, 0, sizeof *problems);
}

dk_status dk_problems_add(dk_problems *problems, dk_problem_kind kind, int file, int64_t row, int64_t line,
                          const char *column, dk_str value, const char *message, bool kept, dk_error *err) {
    size_t len = value.len < VALUE_CUT ? value.len : VALUE_CUT;
    while (len > 0 && len < value.len && ((unsigned char)value.ptr[len] & 0xC0) == 0x80) len--;
    char *copy = value.ptr != NULL ? dk_arena_strdup(&problems->arena, value.ptr, len) : NULL;
    /* messages of the reader live no longer than its block */
    char *text = dk_arena_strdup(&problems->arena, message, strlen(message));
    char *name = column != NULL ? dk_arena_strdup(&problems->arena, column, strlen(column)) : NULL;
    if ((value.ptr != NULL && copy == NULL) || text == NULL || (column != NULL && name == NULL) ||
        !dk_grow(&problems->items, &problems->cap, problems->count + 1))
        return dk_fail_memory(err);
    problems->items[problems->count++] =
        (dk_problem){.kind = kind, .file = file, .row = row, .line = line, .column = name, .value = copy, .message = text, .kept = kept};
    return DK_OK;
}

static int by_place(const void *a, const void *b) {
    const dk_problem *x = a, *y = b;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return strcmp(x->column != NULL ? x->column : "", y->column != NULL ? y->column : "");
}

static const char *copy(dk_arena *arena, const char *text, bool *failed) {
    if (text == NULL) return NULL;
    const char *to = dk_arena_strdup(arena, text, strlen(text));
    *failed = *failed || to == NULL;
    return to;
}

dk_status dk_problems_finish(dk_problems *problems, dk_study_result *result, dk_error *err) {
    bool failed = false;
    if (problems->count > 0) qsort(problems->items, problems->count, sizeof *problems->items, by_place);
    result->problems = dk_arena_calloc(&result->arena, problems->count + 1, sizeof *result->problems);
    if (result->problems == NULL) return dk_fail_memory(err);
    result->nproblems = problems->count;
    for (size_t i = 0; i < problems->count; i++) {
        const dk_problem *p = problems->items + i;
        result->problem_counts[p->kind]++;
        result->problems[i] = *p;
        result->problems[i].column = copy(&result->arena, p->column, &failed);
        result->problems[i].value = copy(&result->arena, p->value, &failed);
        result->problems[i].message = copy(&result->arena, p->message, &failed);
    }
    return failed ? dk_fail_memory(err) : DK_OK;
}
