/* What changes between two states: how many comments, which themes, and examples with the reason. */
#include <stdlib.h>

#include "base/hash.h"
#include "workbench/diff_private.h"
#include "workbench/edit_text.h"

/* ---- Counts ------------------------------------------------------------------------------------------ */

typedef struct theme_counts {
    int64_t all[2], negative[2], positive[2]; /* comments, before and after */
} theme_counts;

static void count_themes(const dk_edit *edit, const edit_state *const states[2], theme_counts *counts) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < edit->corpus.count; i++) {
            const edit_result *r = &states[s]->results[i];
            for (unsigned k = 0; k < r->count; k++) {
                uint32_t said = states[s]->said[r->first + k];
                theme_counts *c = &counts[said >> 2];
                unsigned label = said & 3;
                c->all[s]++;
                c->negative[s] += label == DK_NEGATIVE || label == DK_MIXED;
                c->positive[s] += label == DK_POSITIVE || label == DK_MIXED;
            }
        }
}

static void put_pair(dk_json *j, const char *key, const int64_t pair[2]) {
    dk_json_key(j, key);
    dk_json_array(j);
    dk_json_int(j, pair[0]);
    dk_json_int(j, pair[1]);
    dk_json_end(j);
}

static dk_status put_themes(const dk_edit *edit, const edit_state *const states[2], dk_json *j,
                            dk_error *err) {
    const dk_taxonomy *t = dk_engine_taxonomy(edit->base);
    theme_counts *counts = calloc(t->count + 1, sizeof *counts);
    if (counts == NULL) return dk_fail_memory(err);
    count_themes(edit, states, counts);
    dk_json_key(j, "themes");
    dk_json_array(j);
    for (size_t i = 0; i < t->count; i++) {
        const theme_counts *c = &counts[i];
        if (c->all[0] == c->all[1] && c->negative[0] == c->negative[1] && c->positive[0] == c->positive[1])
            continue;
        dk_json_object(j);
        dk_json_key(j, "theme");
        dk_json_text(j, t->themes[i].id);
        put_pair(j, "comments", c->all);
        put_pair(j, "negative", c->negative);
        put_pair(j, "positive", c->positive);
        dk_json_end(j);
    }
    dk_json_end(j);
    free(counts);
    return DK_OK;
}

static void put_labels(const dk_edit *edit, const edit_state *const states[2], dk_json *j) {
    int64_t counts[4][2] = {{0}};
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < edit->corpus.count; i++) counts[states[s]->results[i].label & 3][s]++;
    dk_json_key(j, "labels");
    dk_json_object(j);
    for (int l = 0; l < 4; l++) put_pair(j, dk_label_name((dk_label)l), counts[l]);
    dk_json_end(j);
}

/* ---- Examples ---------------------------------------------------------------------------------------- */

static void put_side(const dk_edit *edit, const edit_state *s, uint32_t comment, dk_json *j) {
    const edit_result *r = &s->results[comment];
    const dk_taxonomy *t = dk_engine_taxonomy(edit->base);
    dk_json_object(j);
    dk_json_key(j, "label");
    dk_json_text(j, dk_label_name((dk_label)r->label));
    dk_json_key(j, "sentiment");
    dk_json_double(j, r->sentiment / 1000.0);
    dk_json_key(j, "themes");
    dk_json_array(j);
    for (unsigned k = 0; k < r->count; k++) {
        uint32_t said = s->said[r->first + k];
        dk_json_object(j);
        dk_json_key(j, "theme");
        dk_json_text(j, t->themes[said >> 2].id);
        dk_json_key(j, "label");
        dk_json_text(j, dk_label_name((dk_label)(said & 3)));
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}

/* The places of the entries that are a reason. */
static size_t find_spans(const dk_why *why, size_t nwhy, const dk_reading *const readings[2],
                         const dk_comment comments[2], edit_span *spans, size_t max) {
    size_t n = 0;
    for (size_t w = 0; w < nwhy; w++) {
        if (why[w].entry == DK_NO_ID) continue;
        const dk_matches *all = &readings[why[w].side]->matches;
        for (size_t i = 0; i < all->count && n < max; i++)
            if (all->items[i].entry == why[w].entry)
                spans[n++] = edit_span_of(&all->items[i], &comments[why[w].side]);
    }
    return n;
}

static void put_why(const dk_why *why, size_t nwhy, const edit_state *const states[2], dk_json *j) {
    dk_buf place;
    dk_buf_init(&place);
    dk_json_key(j, "why");
    dk_json_array(j);
    for (size_t w = 0; w < nwhy; w++) {
        const dk_lexicon *lex = dk_engine_lexicon(states[why[w].side]->engine);
        dk_json_object(j);
        dk_json_key(j, "cause");
        dk_json_text(j, dk_cause_name((dk_cause)why[w].cause));
        if (why[w].entry != DK_NO_ID) {
            dk_buf_clear(&place);
            dk_entry_put_place(&place, lex, why[w].entry);
            dk_json_key(j, "place");
            dk_json_text(j, dk_buf_cstr(&place));
            dk_json_key(j, "term");
            dk_json_string(j, lex->sources[why[w].entry].text);
        }
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_buf_dispose(&place);
}

static dk_status put_example(const dk_edit *edit, const edit_state *const states[2],
                             dk_session *const sessions[2], const dk_pairing *pairing, uint32_t number,
                             dk_json *j, dk_error *err) {
    enum { SPANS = 32 };
    const dk_corpus_comment *k = &edit->corpus.comments[number];
    dk_comment comments[2];
    const dk_reading *readings[2];
    dk_why why[DK_DIFF_WHY];
    edit_span spans[SPANS];
    for (int s = 0; s < 2; s++) {
        edit_customer(edit, sessions[s], number);
        dk_status status = dk_session_tag(sessions[s], k->text, &comments[s], err);
        if (status != DK_OK) return status;
        readings[s] = dk_inspect_reading(sessions[s]);
    }
    size_t nwhy = dk_diff_explain(pairing, readings, false, why);
    size_t nspans = find_spans(why, nwhy, readings, comments, spans, SPANS);
    dk_json_object(j);
    edit_put_comment(k, spans, nspans, j);
    dk_json_key(j, "before");
    put_side(edit, states[0], number, j);
    dk_json_key(j, "after");
    put_side(edit, states[1], number, j);
    put_why(why, nwhy, states, j);
    dk_json_end(j);
    return DK_OK;
}

static dk_status put_examples(const dk_edit *edit, const edit_state *const states[2], const edit_drawn *drawn,
                              size_t n, dk_json *j, dk_error *err) {
    dk_session *sessions[2] = {NULL, NULL};
    dk_pairing pairing = {0};
    dk_status status = DK_OK;
    if (n > 0) {
        status = dk_pairing_make(&pairing, dk_engine_lexicon(states[0]->engine),
                                 dk_engine_lexicon(states[1]->engine), err);
        for (int s = 0; s < 2 && status == DK_OK; s++)
            status = dk_session_new(&sessions[s], states[s]->engine, &edit->corpus.plan, err);
    }
    dk_json_key(j, "examples");
    dk_json_array(j);
    for (size_t i = 0; status == DK_OK && i < n; i++)
        status = put_example(edit, states, sessions, &pairing, (uint32_t)drawn[i].number, j, err);
    dk_json_end(j);
    for (int s = 0; s < 2; s++) dk_session_free(sessions[s]);
    dk_pairing_dispose(&pairing);
    return status;
}

dk_status edit_put_effect(dk_edit *edit, const edit_state *a, const edit_state *b, size_t examples,
                          dk_json *j, dk_error *err) {
    const edit_state *const states[2] = {a, b};
    const dk_corpus *k = &edit->corpus;
    edit_drawn *drawn = NULL;
    size_t n = 0, cap = 0;
    int64_t labels = 0;
    for (size_t i = 0; i < k->count; i++) {
        if (!edit_differs(a, b, i)) continue;
        if (!dk_grow(&drawn, &cap, n + 1)) {
            free(drawn);
            return dk_fail_memory(err);
        }
        labels += a->results[i].label != b->results[i].label;
        drawn[n++] = (edit_drawn){edit_draw(k, i, 0), i};
    }
    dk_json_key(j, "comments");
    dk_json_int(j, (int64_t)k->count);
    dk_json_key(j, "read");
    dk_json_int(j, (int64_t)b->read);
    dk_json_key(j, "changed");
    dk_json_int(j, (int64_t)n);
    dk_json_key(j, "labels_changed");
    dk_json_int(j, labels);
    put_labels(edit, states, j);
    dk_status status = put_themes(edit, states, j, err);
    size_t shown = edit_choose(drawn, n, examples);
    if (status == DK_OK) status = put_examples(edit, states, drawn, shown, j, err);
    free(drawn);
    return status;
}
