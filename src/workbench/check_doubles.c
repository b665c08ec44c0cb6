/* The same term twice: with the same meaning, or with another. */
#include <stdio.h>
#include <stdlib.h>

#include "base/intern.h"
#include "workbench/check_private.h"

/* A term as a key: what it matches, however it is written; with what it does not share with others: kind, language, pack, and
   whether it is the user's own, since that is there to override. */
static void put_key(dk_buf *key, const dk_lexicon *lex, uint32_t entry) {
    const dk_entry *e = &lex->entries[entry];
    const dk_term *term = &lex->sources[entry].term;
    dk_buf_clear(key);
    dk_buf_putf(key, "%d %d %d %d", e->kind, e->language, e->pack,
                lex->sources[entry].file < lex->nuser_files);
    if (term->comment_regex) {
        dk_buf_puts(key, "\t//");
        dk_buf_put(key, term->pattern.ptr, term->pattern.len);
    }
    for (size_t s = 0; s < term->nsteps; s++) {
        dk_buf_puts(key, term->steps[s].gap ? "\t..." : "\t");
        for (size_t a = 0; a < term->steps[s].nalternatives; a++) {
            const dk_alternative *alternative = &term->steps[s].alternatives[a];
            dk_buf_putf(key, "%c%d", a > 0 ? '/' : ' ', alternative->matcher);
            for (size_t t = 0; t < alternative->ntexts; t++) {
                dk_buf_putc(key, '\n'); /* in no text */
                dk_buf_put(key, alternative->texts[t].ptr, alternative->texts[t].len);
            }
        }
    }
}

static const char *theme_of(const dk_lexicon *lex, const dk_entry *e) {
    return lex->taxonomy.themes[e->theme].id;
}

static void put_valence(char out[16], const dk_entry *e) {
    if (e->has_valence)
        snprintf(out, 16, "%g", e->valence / 200.0);
    else
        snprintf(out, 16, "none");
}

/* What the later of two entries of one term is: fills why for a conflict; returns DK_CHECK_KINDS when both may stand. */
static dk_check_kind compare(const dk_lexicon *lex, const dk_entry *a, const dk_entry *b, char *why,
                             size_t size) {
    char va[16], vb[16];
    put_valence(va, a);
    put_valence(vb, b);
    bool same = a->has_valence == b->has_valence && a->valence == b->valence;
    switch ((dk_entry_kind)a->kind) {
    case DK_ENTRY_THEME:
        if (a->theme != b->theme && a->touchpoint == b->touchpoint) {
            snprintf(
                why, size,
                "the theme %s has this term already; of two themes of a touchpoint only the first counts",
                theme_of(lex, a));
            return DK_CHECK_CONFLICT;
        }
        if (a->theme != b->theme) {
            if (!a->has_valence || !b->has_valence || (a->valence > 0) == (b->valence > 0))
                return DK_CHECK_KINDS;
            snprintf(why, size, "valence %s, but %s under %s; only the first counts", vb, va,
                     theme_of(lex, a));
            return DK_CHECK_CONFLICT;
        }
        break;
    case DK_ENTRY_VALENCE:
        if (same && a->emotion != b->emotion) {
            snprintf(why, size, "emotion %s, but %s before; only the first counts",
                     b->emotion ? dk_emotion_name(b->emotion) : "none",
                     a->emotion ? dk_emotion_name(a->emotion) : "none");
            return DK_CHECK_CONFLICT;
        }
        break;
    case DK_ENTRY_MODIFIER:
        if (a->modifier != b->modifier) {
            snprintf(why, size, "%s, but %s before; only the first counts", dk_modifier_name(b->modifier),
                     dk_modifier_name(a->modifier));
            return DK_CHECK_CONFLICT;
        }
        same = a->strength == b->strength && a->before == b->before && a->after == b->after;
        if (!same) {
            snprintf(why, size, "another strength or reach than before; only the first counts");
            return DK_CHECK_CONFLICT;
        }
        break;
    }
    if (same) return DK_CHECK_DOUBLED;
    snprintf(why, size, "valence %s, but %s before; only the first counts", vb, va);
    return DK_CHECK_CONFLICT;
}

dk_status check_doubles(checker *c, findings *f, dk_error *err) {
    const dk_lexicon *lex = c->lexicon;
    dk_intern keys = {0};
    uint32_t *last = NULL, *before = calloc(lex->count + 1, sizeof *before); /* entry + 1 of the same key */
    size_t cap = 0;
    dk_buf key;
    dk_buf_init(&key);
    dk_status status = before == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t i = 0; status == DK_OK && i < lex->count; i++) {
        put_key(&key, lex, (uint32_t)i);
        size_t had = keys.count;
        uint32_t id = key.failed ? DK_NO_ID : dk_intern_add(&keys, (dk_str){key.ptr, key.len});
        if (id == DK_NO_ID || !dk_grow(&last, &cap, (size_t)id + 1)) {
            status = dk_fail_memory(err);
            break;
        }
        before[i] = id == had ? 0 : last[id];
        last[id] = (uint32_t)i + 1;
        dk_check_kind worst = DK_CHECK_KINDS;
        char why[240] = "", first_why[240] = "";
        uint32_t other = DK_NO_ID;
        unsigned looked = 0;
        for (uint32_t p = before[i]; p != 0 && looked < 64; p = before[p - 1], looked++) {
            dk_check_kind kind = compare(lex, &lex->entries[p - 1], &lex->entries[i], why, sizeof why);
            if (kind == DK_CHECK_KINDS || (worst != DK_CHECK_KINDS && worst < kind)) continue;
            worst = kind;
            other = p - 1;
            snprintf(first_why, sizeof first_why, "%s", why);
        }
        if (worst == DK_CHECK_KINDS) continue;
        c->settled[i] = 1;
        if (!checker_wants(c, (uint32_t)i)) continue;
        findings_add(f, c, worst, (uint32_t)i, other, "%s",
                     worst == DK_CHECK_DOUBLED ? "stands here already" : first_why);
    }
    dk_buf_dispose(&key);
    dk_intern_dispose(&keys);
    free(last);
    free(before);
    return status;
}
