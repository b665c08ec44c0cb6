/* The columns of a reader: names, look-up with suggestions, selection. */
#include <stdlib.h>

#include "base/nearest.h"
#include "io/cell.h"
#include "io/reader_kind.h"

dk_status dk_reader_set_columns(dk_reader *r, const dk_str *names, size_t count, dk_error *err) {
    r->names = dk_arena_calloc(&r->arena, count, sizeof *r->names);
    r->slot = malloc(count * sizeof *r->slot);
    if (r->names == NULL || r->slot == NULL) return dk_fail_memory(err);
    size_t *all = malloc(count * sizeof *all);
    if (all == NULL) return dk_fail_memory(err);
    dk_status status = DK_OK;
    r->ncolumns = count;
    for (size_t i = 0; i < count && status == DK_OK; i++) {
        dk_str name = dk_cell_trim(names[i]);
        all[i] = i;
        r->names[i] = (dk_str){dk_arena_strdup(&r->arena, name.ptr, name.len), name.len};
        if (r->names[i].ptr == NULL) status = dk_fail_memory(err);
    }
    if (status == DK_OK) status = dk_reader_select(r, all, count, err);
    free(all);
    return status;
}

dk_status dk_reader_select(dk_reader *r, const size_t *columns, size_t count, dk_error *err) {
    if (r->started) return dk_fail(err, DK_EUSAGE, "columns are chosen before the first row is read");
    uint32_t *twin = malloc((count > 0 ? count : 1) * sizeof *twin);
    if (twin == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < r->ncolumns; i++) r->slot[i] = DK_UNSELECTED;
    for (size_t i = 0; i < count; i++) {
        if (columns[i] >= r->ncolumns) {
            free(twin);
            return dk_fail_at(err, DK_EUSAGE, r->source, 0, 0, "there is no column %zu: it has %zu",
                              columns[i] + 1, r->ncolumns);
        }
        uint32_t *slot = &r->slot[columns[i]];
        if (*slot == DK_UNSELECTED) *slot = (uint32_t)i;
        twin[i] = *slot;
    }
    free(r->twin);
    r->twin = twin;
    r->nselected = count;
    return DK_OK;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_folded(dk_str a, dk_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

static dk_status no_column(const dk_reader *r, dk_str name, const char *option, dk_error *err) {
    size_t nearest = 0, distance = SIZE_MAX;
    for (size_t i = 0; i < r->ncolumns; i++) {
        size_t d = dk_edits(name, r->names[i]);
        if (d >= distance || r->names[i].len == 0) continue;
        distance = d;
        nearest = i;
    }
    dk_buf text;
    dk_buf_init(&text);
    if (distance <= name.len / 3 + 1 && distance < name.len) {
        dk_buf_puts(&text, "; did you mean ");
        dk_buf_put(&text, r->names[nearest].ptr, r->names[nearest].len);
        dk_buf_putc(&text, '?');
    } else {
        dk_buf_putc(&text, ';');
    }
    dk_buf_puts(&text, " (");
    for (size_t i = 0; i < r->ncolumns; i++) {
        if (i > 0) dk_buf_puts(&text, ", ");
        if (text.len > 300) {
            dk_buf_putf(&text, "... %zu columns", r->ncolumns);
            break;
        }
        dk_buf_put(&text, r->names[i].ptr, r->names[i].len);
    }
    dk_buf_putc(&text, ')');
    dk_status status = dk_buf_status(&text, err);
    if (status == DK_OK)
        status = dk_fail(err, DK_EUSAGE, "%s%s%.*s: no such column%s", option != NULL ? option : "",
                         option != NULL ? " " : "", (int)(name.len < 100 ? name.len : 100), name.ptr,
                         dk_buf_cstr(&text));
    dk_buf_dispose(&text);
    return status;
}

dk_status dk_reader_find_column(const dk_reader *r, const char *name, const char *option, size_t *column,
                                dk_error *err) {
    dk_str want = dk_cell_trim(dk_str_from(name));
    for (int folded = 0; folded < 2; folded++) {
        size_t found[2] = {0, 0}, n = 0;
        for (size_t i = 0; i < r->ncolumns && n < 2; i++) {
            if (want.len == 0 || !(folded ? same_folded(r->names[i], want) : dk_str_eq(r->names[i], want)))
                continue;
            found[n++] = i;
        }
        if (n == 1) {
            *column = found[0];
            return DK_OK;
        }
        if (n == 2) {
            dk_fail_at(err, DK_EDATA, r->source, 0, 0, "%s%s%s: several columns have this name (%zu and %zu)",
                       option != NULL ? option : "", option != NULL ? " " : "", name, found[0] + 1,
                       found[1] + 1);
            dk_error_remedy(err, "give the columns different names");
            return DK_EDATA;
        }
    }
    return no_column(r, want, option, err);
}
