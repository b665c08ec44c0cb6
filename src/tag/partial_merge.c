/* Reading partial results and joining them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "tag/partial.h"
#include "tag/partial_format.h"
#include "tag/rows.h"

/* A part while it is merged. Files are opened for a chunk at a time, so that any number of parts will do. */
typedef struct source {
    const char *path;
    dk_buf head; /* holds the texts */
    dk_partial what;
    int64_t total, left_out, chunks;
    uint64_t content;
    long at;                          /* of the next chunk, or of the tail */
    uint64_t next[DK_PARTIAL_CHUNK];     /* its numbers */
} source;

static dk_status damaged(const source *s, const char *what, dk_error *err) {
    dk_fail_at(err, DK_EDATA, s->path, 0, 0, "not a whole partial result: %s", what);
    dk_error_remedy(err, "make this part again");
    return DK_EDATA;
}

static dk_status open_at(const source *s, FILE **file, dk_error *err) {
    *file = fopen(s->path, "rb");
    if (*file != NULL && fseek(*file, s->at, SEEK_SET) == 0) return DK_OK;
    int code = errno;
    if (*file != NULL) fclose(*file);
    return dk_fail_errno(err, code, s->path, "cannot read");
}

/* len bytes into buf, which is cleared first; false at the end of the file. Grows as it reads: a length may be a lie. */
static bool take(FILE *file, dk_buf *buf, uint64_t len) {
    enum { STEP = 1 << 20 };
    dk_buf_clear(buf);
    while (len > 0) {
        size_t n = len < STEP ? (size_t)len : STEP;
        if (!dk_buf_reserve(buf, n) || fread(buf->ptr + buf->len, 1, n, file) != n) return false;
        buf->len += n;
        len -= n;
    }
    return true;
}

static bool take_numbers(FILE *file, uint64_t *numbers, size_t n) {
    char bytes[8 * DK_PARTIAL_CHUNK];
    if (fread(bytes, 8, n, file) != n) return false;
    for (size_t i = 0; i < n; i++) numbers[i] = dk_load_8(bytes + 8 * i);
    return true;
}

/* The numbers of the chunk at s->at. */
static dk_status look_ahead(source *s, FILE *file, dk_error *err) {
    if (!take_numbers(file, s->next, DK_PARTIAL_CHUNK)) return damaged(s, "its end is missing", err);
    return s->next[0] > INT64_MAX || s->next[1] > INT64_MAX ? damaged(s, "a row number cannot be", err) : DK_OK;
}

static dk_status read_head(source *s, dk_error *err) {
    FILE *file = NULL;
    uint64_t frame[2];
    dk_status status = open_at(s, &file, err);
    if (status != DK_OK) return status;
    bool whole = take(file, &s->head, sizeof DK_PARTIAL_TITLE - 1) && memcmp(s->head.ptr, DK_PARTIAL_TITLE, s->head.len) == 0;
    whole = whole && take_numbers(file, frame, 2) && frame[0] > 8 * DK_PARTIAL_HEAD && frame[0] < (uint64_t)1 << 20 &&
            take(file, &s->head, frame[0]) && dk_hash(s->head.ptr, s->head.len) == frame[1] && s->head.ptr[s->head.len - 1] == '\0';
    const char *texts[3];
    if (whole) {
        const char *p = s->head.ptr, *end = p + s->head.len;
        s->what.part = (uint32_t)dk_load_8(p);
        s->what.parts = (uint32_t)dk_load_8(p + 8);
        s->what.has_id = dk_load_8(p + 16) != 0;
        p += 8 * DK_PARTIAL_HEAD;
        for (int i = 0; whole && i < 3; i++) {
            whole = p < end;
            texts[i] = p;
            if (whole) p += strlen(p) + 1;
        }
        whole = whole && s->what.parts > 0 && s->what.part > 0 && s->what.part <= s->what.parts;
    }
    if (whole) {
        s->what.plan = texts[0];
        s->what.options = texts[1];
        s->what.source = texts[2];
        s->at = ftell(file);
        status = look_ahead(s, file, err);
    } else {
        status = damaged(s, "its head does not hold", err);
    }
    /* The tail stands at a known place from the end. More rows than any run could have are none: their sum over parts would overflow. */
    const uint64_t MOST_ROWS = (uint64_t)1 << 48;
    uint64_t tail[DK_PARTIAL_CHUNK];
    if (status == DK_OK && (fseek(file, -8 * DK_PARTIAL_CHUNK, SEEK_END) != 0 || !take_numbers(file, tail, DK_PARTIAL_CHUNK) || tail[0] != 0 ||
                            tail[1] > MOST_ROWS || tail[2] > tail[1] || tail[3] > MOST_ROWS))
        status = damaged(s, "its end is missing", err);
    if (status == DK_OK) {
        s->total = (int64_t)tail[1];
        s->left_out = (int64_t)tail[2];
        s->chunks = (int64_t)tail[3];
        s->content = tail[4];
    }
    fclose(file);
    return status;
}

/* ---- Whether the parts go together ------------------------------------------------------------------- */

/* The value of the line `version` of a plan. */
static dk_str version_of(const char *plan) {
    const char *at = strstr(plan, "version\t");
    return at == NULL ? (dk_str){"", 0} : (dk_str){at + 8, strcspn(at + 8, "\n")};
}

static dk_status check_alike(const source *first, const source *s, dk_error *err) {
    const dk_partial *a = &first->what, *b = &s->what;
    if (!dk_str_eq(version_of(a->plan), version_of(b->plan))) {
        dk_str x = version_of(b->plan), y = version_of(a->plan);
        dk_fail_at(err, DK_EDATA, s->path, 0, 0, "tagged with version %.8s of lexicons, models and program, %s with version %.8s", x.ptr,
                   dk_path_name(first->path), y.ptr);
        dk_error_remedy(err, "tag all parts with one version: drivkraft lexicon compile -o ENGINE makes one file of it, for tag --engine");
        return DK_EDATA;
    }
    if (strcmp(a->plan, b->plan) != 0) {
        dk_fail_at(err, DK_EDATA, s->path, 0, 0, "tagged with another plan than %s", dk_path_name(first->path));
        dk_error_remedy(err, "tag all parts with --plan and the file of one drivkraft prepare");
        return DK_EDATA;
    }
    if (strcmp(a->options, b->options) != 0)
        return dk_fail_at(err, DK_EDATA, s->path, 0, 0, "tagged with \"%s\", %s with \"%s\"", b->options, dk_path_name(first->path), a->options);
    if (a->parts != b->parts)
        return dk_fail_at(err, DK_EDATA, s->path, 0, 0, "a part of %u, but %s is one of %u", b->parts, dk_path_name(first->path), a->parts);
    if (a->parts > 1 && (strcmp(a->source, b->source) != 0 || first->total != s->total))
        return dk_fail_at(err, DK_EDATA, s->path, 0, 0, "a part of %s with %lld rows, but %s is one of %s with %lld rows", b->source,
                          (long long)s->total, dk_path_name(first->path), a->source, (long long)first->total);
    return DK_OK;
}

static int by_part(const void *a, const void *b) {
    const source *x = a, *y = b;
    return (x->what.part > y->what.part) - (x->what.part < y->what.part);
}

/* Shares of one source: each once. Sorts them. */
static dk_status check_shares(source *sources, size_t n, dk_error *err) {
    qsort(sources, n, sizeof *sources, by_part);
    for (size_t i = 0; i < n; i++) {
        const source *s = &sources[i];
        if (i > 0 && s->what.part == sources[i - 1].what.part)
            return dk_fail_at(err, DK_EDATA, s->path, 0, 0, "part %u of %u comes twice, also in %s", s->what.part, s->what.parts, sources[i - 1].path);
        if (s->what.part != i + 1)
            return dk_fail(err, DK_EDATA, "part %zu of %u is missing: %zu parts were given", i + 1, s->what.parts, n);
    }
    if (n < sources[0].what.parts)
        return dk_fail(err, DK_EDATA, "part %zu of %u is missing: %zu parts were given", n + 1, sources[0].what.parts, n);
    return DK_OK;
}

static int by_content(const void *a, const void *b) {
    const source *x = *(source *const *)a, *y = *(source *const *)b;
    return (x->content > y->content) - (x->content < y->content);
}

/* Whole sources: what overlaps cannot be known, but the same rows twice can. */
static dk_status check_wholes(source *sources, size_t n, dk_error *err) {
    if (n > 1 && !sources[0].what.has_id) {
        dk_fail_at(err, DK_EDATA, sources[0].path, 0, 0, "rows without ids are numbered in each part from 1 on, so that numbers would come again");
        dk_error_remedy(err, "tag the parts with --id COL, or one file in shares: --part 1/8 to --part 8/8");
        return DK_EDATA;
    }
    source **order = malloc(n * sizeof(source *));
    if (order == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < n; i++) order[i] = &sources[i];
    qsort(order, n, sizeof *order, by_content);
    dk_status status = DK_OK;
    for (size_t i = 1; i < n && status == DK_OK; i++)
        if (order[i]->chunks > 0 && order[i]->content == order[i - 1]->content && order[i]->total == order[i - 1]->total)
            status = dk_fail_at(err, DK_EDATA, order[i]->path, 0, 0, "holds the same rows as %s", order[i - 1]->path);
    free(order);
    return status;
}

/* ---- Joining ----------------------------------------------------------------------------------------- */

typedef struct merging {
    dk_output *out[2];
    dk_buf text[2];
} merging;

/* Writes the chunk at s->at and looks at the next one. */
static dk_status take_chunk(merging *m, source *s, dk_error *err) {
    FILE *file = NULL;
    dk_status status = open_at(s, &file, err);
    if (status != DK_OK) return status;
    const uint64_t *n = s->next;
    if (!take_numbers(file, s->next, DK_PARTIAL_CHUNK) || !take(file, &m->text[0], n[2]) || !take(file, &m->text[1], n[3]) ||
        dk_partial_hash(m->text[0].ptr, m->text[0].len, m->text[1].ptr, m->text[1].len) != n[4])
        status = damaged(s, "rows have changed", err);
    s->at = ftell(file);
    for (int i = 0; i < 2 && status == DK_OK; i++) status = dk_output_put(m->out[i], &m->text[i], err);
    if (status == DK_OK) status = look_ahead(s, file, err);
    fclose(file);
    return status;
}

/* Shares hold every parts-th block, so the next rows are in the part whose next chunk has the smallest number. */
static dk_status join_shares(merging *m, source *sources, size_t n, dk_error *err) {
    uint64_t row = 1;
    for (size_t turn = 0;; turn++) {
        source *s = &sources[turn % n];
        if (s->next[0] == 0) break;
        if (s->next[0] != row) return damaged(s, "its rows do not follow on those of the part before it", err);
        row += s->next[1];
        dk_status status = take_chunk(m, s, err);
        if (status != DK_OK) return status;
    }
    for (size_t i = 0; i < n; i++)
        if (sources[i].next[0] != 0 || row != (uint64_t)sources[i].total + 1) return damaged(&sources[i], "rows are missing", err);
    return DK_OK;
}

static dk_status join_wholes(merging *m, source *sources, size_t n, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        source *s = &sources[i];
        uint64_t row = 1;
        while (status == DK_OK && s->next[0] != 0) {
            if (s->next[0] != row) return damaged(s, "rows are missing", err);
            row += s->next[1];
            status = take_chunk(m, s, err);
        }
        if (status == DK_OK && row != (uint64_t)s->total + 1) return damaged(s, "rows are missing", err);
    }
    return status;
}

static dk_status open_in(const char *folder, const char *name, const char *header, dk_output **out, dk_error *err) {
    char *path = dk_path_join(folder, name);
    if (path == NULL) return dk_fail_memory(err);
    dk_status status = dk_output_open(out, path, err);
    free(path);
    return status == DK_OK ? dk_output_write(*out, header, strlen(header), err) : status;
}

static dk_status join(source *sources, size_t n, const char *folder, dk_error *err) {
    merging m = {{NULL, NULL}, {{0}, {0}}};
    dk_output *plan = NULL;
    dk_buf_init(&m.text[0]);
    dk_buf_init(&m.text[1]);
    dk_status status = open_in(folder, "comments.csv", DK_COMMENTS_HEADER, &m.out[0], err);
    if (status == DK_OK) status = open_in(folder, "mentions.csv", DK_MENTIONS_HEADER, &m.out[1], err);
    if (status == DK_OK) status = open_in(folder, "plan.tsv", sources[0].what.plan, &plan, err);
    if (status == DK_OK) status = (sources[0].what.parts > 1 ? join_shares : join_wholes)(&m, sources, n, err);
    dk_output **outs[] = {&m.out[0], &m.out[1], &plan};
    for (int i = 0; i < 3; i++) {
        if (status == DK_OK) status = dk_output_close(*outs[i], err);
        else dk_output_abort(*outs[i]);
    }
    dk_buf_dispose(&m.text[0]);
    dk_buf_dispose(&m.text[1]);
    return status;
}

dk_status dk_partial_merge(const char *const *paths, size_t n, const char *folder, dk_partial_facts *facts, dk_error *err) {
    source *sources = calloc(n + 1, sizeof *sources);
    dk_status status = sources != NULL ? DK_OK : dk_fail_memory(err);
    *facts = (dk_partial_facts){0};
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        sources[i].path = paths[i];
        dk_buf_init(&sources[i].head);
        status = read_head(&sources[i], err);
        if (status == DK_OK && i > 0) status = check_alike(&sources[0], &sources[i], err);
    }
    if (status == DK_OK) status = sources[0].what.parts > 1 ? check_shares(sources, n, err) : check_wholes(sources, n, err);
    if (status == DK_OK) status = join(sources, n, folder, err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        facts->left_out += sources[i].left_out;
        if (sources[0].what.parts == 1 || i == 0) facts->rows += sources[i].total;
    }
    facts->rows -= facts->left_out;
    for (size_t i = 0; i < n && sources != NULL; i++) dk_buf_dispose(&sources[i].head);
    free(sources);
    return status;
}

dk_status dk_partial_recognise(const char *path, bool *is, dk_error *err) {
    char title[sizeof DK_PARTIAL_TITLE];
    FILE *file = fopen(path, "rb");
    *is = false;
    if (file == NULL) return dk_fail_errno(err, errno, path, "cannot read");
    size_t n = fread(title, 1, sizeof title - 1, file);
    int code = ferror(file) ? errno : 0;
    fclose(file);
    if (code != 0) return dk_fail_errno(err, code, path, "cannot read");
    *is = n == sizeof title - 1 && memcmp(title, DK_PARTIAL_TITLE, n) == 0;
    return DK_OK;
}
