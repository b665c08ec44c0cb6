#include "tag/partial.h"

#include <stdlib.h>

#include "base/hash.h"
#include "tag/partial_format.h"

struct dk_partial_writer {
    dk_output *file;
    dk_buf head;
    int64_t chunks;
    uint64_t content;
};

static void put_text(dk_buf *out, const char *text) { dk_buf_put(out, text, strlen(text) + 1); }

dk_status dk_partial_open(dk_partial_writer **out, const char *path, const dk_partial *part, dk_error *err) {
    dk_partial_writer *w = calloc(1, sizeof *w);
    dk_buf body;
    *out = NULL;
    if (w == NULL) return dk_fail_memory(err);
    dk_buf_init(&w->head);
    dk_buf_init(&body);
    const uint64_t numbers[DK_PARTIAL_HEAD] = {part->part, part->parts, part->has_id};
    dk_partial_put_numbers(&body, numbers, DK_PARTIAL_HEAD);
    put_text(&body, part->plan);
    put_text(&body, part->options);
    put_text(&body, part->source);
    dk_status status = dk_buf_status(&body, err);
    if (status == DK_OK) {
        const uint64_t frame[2] = {body.len, dk_hash(body.ptr, body.len)};
        dk_buf_puts(&w->head, DK_PARTIAL_TITLE);
        dk_partial_put_numbers(&w->head, frame, 2);
        dk_buf_put(&w->head, body.ptr, body.len);
        status = dk_output_open(&w->file, path, err);
    }
    if (status == DK_OK) status = dk_output_put(w->file, &w->head, err);
    dk_buf_dispose(&body);
    if (status == DK_OK) *out = w;
    else dk_partial_abort(w);
    return status;
}

dk_status dk_partial_put(dk_partial_writer *w, int64_t first, int64_t numbered, dk_buf *comments, dk_buf *mentions, dk_error *err) {
    dk_status status = dk_buf_status(comments, err);
    if (status == DK_OK) status = dk_buf_status(mentions, err);
    if (status != DK_OK) return status;
    uint64_t hash = dk_partial_hash(comments->ptr, comments->len, mentions->ptr, mentions->len);
    const uint64_t numbers[DK_PARTIAL_CHUNK] = {(uint64_t)first, (uint64_t)numbered, comments->len, mentions->len, hash};
    dk_partial_put_numbers(&w->head, numbers, DK_PARTIAL_CHUNK);
    w->chunks++;
    w->content = dk_hash_mix(w->content, hash);
    status = dk_output_put(w->file, &w->head, err);
    if (status == DK_OK) status = dk_output_put(w->file, comments, err);
    if (status == DK_OK) status = dk_output_put(w->file, mentions, err);
    return status;
}

dk_status dk_partial_close(dk_partial_writer *w, int64_t total, int64_t left_out, dk_error *err) {
    const uint64_t numbers[DK_PARTIAL_CHUNK] = {0, (uint64_t)total, (uint64_t)left_out, (uint64_t)w->chunks, w->content};
    dk_partial_put_numbers(&w->head, numbers, DK_PARTIAL_CHUNK);
    dk_status status = dk_output_put(w->file, &w->head, err);
    if (status == DK_OK) {
        status = dk_output_close(w->file, err);
        w->file = NULL;
    }
    dk_partial_abort(w);
    return status;
}

void dk_partial_abort(dk_partial_writer *w) {
    if (w == NULL) return;
    dk_output_abort(w->file);
    dk_buf_dispose(&w->head);
    free(w);
}
