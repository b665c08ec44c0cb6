#include "lexicon/tsv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

void dk_tsv_dispose(dk_tsv *tsv) { dk_buf_dispose(&tsv->text); }

/* Takes the next physical line; false at the end. */
static bool take_line(dk_tsv *tsv, dk_str *line) {
    if (tsv->at >= tsv->text.len) return false;
    const char *begin = tsv->text.ptr + tsv->at;
    const char *stop = memchr(begin, '\n', tsv->text.len - tsv->at);
    size_t len = stop != NULL ? (size_t)(stop - begin) : tsv->text.len - tsv->at;
    tsv->at += len + 1;
    tsv->line++;
    tsv->line_text = begin;
    if (len > 0 && begin[len - 1] == '\r') len--;
    *line = (dk_str){begin, len};
    return true;
}

/* Cuts the first cell off line; false when there is none left. */
static bool take_cell(dk_str *line, dk_str *cell) {
    if (line->ptr == NULL) return false;
    const char *tab = memchr(line->ptr, '\t', line->len);
    size_t len = tab != NULL ? (size_t)(tab - line->ptr) : line->len;
    *cell = (dk_str){line->ptr, len};
    if (tab != NULL)
        *line = (dk_str){tab + 1, line->len - len - 1};
    else
        *line = (dk_str){NULL, 0};
    return true;
}

static dk_str trimmed(dk_str s) {
    while (s.len > 0 && (s.ptr[0] == ' ')) s.ptr++, s.len--;
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ')) s.len--;
    return s;
}

dk_status dk_tsv_fail(const dk_tsv *tsv, const char *at, dk_error *err, const char *format, ...) {
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    int64_t column = at != NULL ? at - tsv->line_text + 1 : 0;
    dk_fail_at(err, DK_EDATA, tsv->path, tsv->line, column, "%s", message);
    if (at != NULL) {
        const char *end = tsv->text.ptr + tsv->text.len;
        const char *stop = memchr(tsv->line_text, '\n', (size_t)(end - tsv->line_text));
        dk_error_excerpt(err, tsv->line_text, (size_t)((stop != NULL ? stop : end) - tsv->line_text));
    }
    return DK_EDATA;
}

static dk_status read_header(dk_tsv *tsv, const char *const *names, int required, dk_error *err) {
    dk_str line, cell;
    do {
        if (!take_line(tsv, &line))
            return dk_fail_at(err, DK_EDATA, tsv->path, 0, 0, "empty file: a header row with the column %s was expected",
                              names[0]);
    } while (line.len == 0 || line.ptr[0] == '#');
    while (names[tsv->nwanted] != NULL && tsv->nwanted < DK_TSV_COLUMNS) tsv->position[tsv->nwanted++] = -1;
    while (take_cell(&line, &cell)) {
        int found = 0;
        while (found < tsv->nwanted && !dk_str_is(cell, names[found])) found++;
        if (found == tsv->nwanted) {
            char all[200] = "";
            for (int i = 0; i < tsv->nwanted; i++)
                snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > 0 ? ", " : "", names[i]);
            return dk_tsv_fail(tsv, cell.ptr, err, "unknown column %.*s; the columns here are %s", (int)cell.len, cell.ptr,
                               all);
        }
        if (tsv->position[found] >= 0) return dk_tsv_fail(tsv, cell.ptr, err, "the column %s stands twice", names[found]);
        tsv->position[found] = tsv->ncolumns++;
    }
    for (int i = 0; i < required; i++)
        if (tsv->position[i] < 0)
            return dk_tsv_fail(tsv, tsv->line_text, err, "the header row has no column %s", names[i]);
    return DK_OK;
}

static dk_status begin(dk_tsv *tsv, dk_status status, const char *const *names, int required, dk_error *err) {
    if (status == DK_OK && tsv->text.len >= 3 && memcmp(tsv->text.ptr, "\xEF\xBB\xBF", 3) == 0) tsv->at = 3;
    if (status == DK_OK) status = read_header(tsv, names, required, err);
    if (status != DK_OK) dk_tsv_dispose(tsv);
    return status;
}

dk_status dk_tsv_open(dk_tsv *tsv, const char *path, const char *const *names, int required, dk_error *err) {
    *tsv = (dk_tsv){.path = path};
    return begin(tsv, dk_file_read(path, &tsv->text, err), names, required, err);
}

dk_status dk_tsv_open_text(dk_tsv *tsv, const char *path, dk_str text, const char *const *names, int required, dk_error *err) {
    *tsv = (dk_tsv){.path = path};
    dk_buf_put(&tsv->text, text.ptr, text.len);
    return begin(tsv, dk_buf_status(&tsv->text, err), names, required, err);
}

dk_status dk_tsv_next(dk_tsv *tsv, dk_str *cells, bool *end, dk_error *err) {
    dk_str line;
    *end = false;
    do {
        if (!take_line(tsv, &line)) {
            *end = true;
            return DK_OK;
        }
    } while (line.len == 0 || line.ptr[0] == '#');
    for (int i = 0; i < tsv->nwanted; i++) cells[i] = (dk_str){line.ptr + line.len, 0};
    dk_str cell;
    for (int column = 0; take_cell(&line, &cell); column++) {
        if (column >= tsv->ncolumns) {
            if (cell.len == 0) continue;
            return dk_tsv_fail(tsv, cell.ptr, err, "a cell too many: the header row has %d columns", tsv->ncolumns);
        }
        for (int i = 0; i < tsv->nwanted; i++)
            if (tsv->position[i] == column) cells[i] = trimmed(cell);
    }
    return DK_OK;
}

dk_status dk_tsv_number(const dk_tsv *tsv, dk_str cell, const char *what, double min, double max, double *value,
                        dk_error *err) {
    if (cell.len == 0) return DK_OK;
    char text[32], *stop;
    if (cell.len < sizeof text) {
        memcpy(text, cell.ptr, cell.len);
        text[cell.len] = '\0';
        char *comma = strchr(text, ',');
        if (comma != NULL) *comma = '.';
        double v = strtod(text, &stop);
        if (*stop == '\0' && v >= min && v <= max) {
            *value = v;
            return DK_OK;
        }
    }
    return dk_tsv_fail(tsv, cell.ptr, err, "%.*s is no %s; a number from %g to %g was expected", (int)cell.len, cell.ptr,
                       what, min, max);
}
