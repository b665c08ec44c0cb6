#include "workbench/edit_text.h"

#include <stdlib.h>

#include "base/hash.h"

/* Bytes shown before the first mark of a long comment, and in all. */
enum { BEFORE = 240, SHOWN = 720 };

edit_span edit_span_of(const dk_match *m, const dk_comment *c) {
    if (m->end > m->start) return (edit_span){m->start, m->end};
    return (edit_span){c->tokens[m->first].start, c->tokens[m->last].end};
}

static int by_start(const void *a, const void *b) {
    const edit_span *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->end > y->end) - (x->end < y->end);
}

/* The nearest beginning of a code point at or before a byte. */
static size_t whole(dk_str text, size_t at) {
    while (at > 0 && at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) at--;
    return at;
}

static void put_piece(dk_json *j, dk_str text, size_t from, size_t end, bool cut_before, bool cut_behind) {
    dk_buf piece;
    dk_buf_init(&piece);
    if (cut_before) dk_buf_puts(&piece, "\xE2\x80\xA6 ");
    dk_buf_put(&piece, text.ptr + from, end - from);
    if (cut_behind) dk_buf_puts(&piece, " \xE2\x80\xA6");
    dk_json_string(j, (dk_str){piece.len > 0 ? piece.ptr : "", piece.len});
    dk_buf_dispose(&piece);
}

void edit_put_comment(const dk_corpus_comment *c, edit_span *spans, size_t n, dk_json *j) {
    dk_str text = c->text;
    if (n > 0) qsort(spans, n, sizeof *spans, by_start);
    size_t from = 0, end = text.len;
    if (text.len > SHOWN) {
        size_t first = n > 0 ? spans[0].start : 0;
        from = first > BEFORE ? whole(text, first - BEFORE) : 0;
        if (text.len - from > SHOWN) end = whole(text, from + SHOWN);
    }
    dk_json_key(j, "id");
    dk_json_string(j, c->id);
    dk_json_key(j, "line");
    dk_json_int(j, c->line);
    dk_json_key(j, "language");
    dk_json_text(j, dk_language_name((dk_language)c->language));
    dk_json_key(j, "parts");
    dk_json_array(j);
    size_t at = from;
    for (size_t i = 0; i < n && at < end; i++) {
        size_t start = spans[i].start < at ? at : spans[i].start,
               stop = spans[i].end < end ? spans[i].end : end;
        while (i + 1 < n && spans[i + 1].start <= stop) {
            i++;
            if (spans[i].end > stop) stop = spans[i].end < end ? spans[i].end : end;
        }
        if (start >= stop) continue;
        put_piece(j, text, at, start, at == from && from > 0, false);
        put_piece(j, text, start, stop, false, false);
        at = stop;
    }
    put_piece(j, text, at, end, at == from && from > 0, end < text.len);
    dk_json_end(j);
}

uint64_t edit_draw(const dk_corpus *k, size_t comment, uint32_t place) {
    return dk_hash_seeded(k->comments[comment].id.ptr, k->comments[comment].id.len, place);
}

static int by_draw(const void *a, const void *b) {
    const edit_drawn *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_number(const void *a, const void *b) {
    const edit_drawn *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

size_t edit_choose(edit_drawn *drawn, size_t n, size_t wanted) {
    if (n == 0) return 0;
    qsort(drawn, n, sizeof *drawn, by_draw);
    if (n > wanted) n = wanted;
    qsort(drawn, n, sizeof *drawn, by_number);
    return n;
}

void edit_customer(const dk_edit *edit, dk_session *session, size_t comment) {
    if (!edit->options->has_weights) return;
    uint32_t customer = dk_corpus_extra(&edit->corpus, comment, DK_EDIT_CUSTOMER);
    dk_session_set_customer(session, customer != DK_NO_ID ? dk_intern_text(&edit->corpus.values, customer)
                                                          : (dk_str){"", 0});
}
