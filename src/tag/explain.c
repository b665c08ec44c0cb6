#include "tag/explain.h"

#include "io/json_write.h"
#include "tag/session.h"

enum { LEARNED_LEAST = 20 };

static int64_t strength(int64_t x) { return x < 0 ? -x : x; }

size_t dk_explain_strongest(const dk_reading *r, const dk_comment *comment, dk_learned_word out[DK_LEARNED_WORDS], int64_t *all) {
    size_t n = 0;
    int64_t damp = dk_weights_damp(comment->ntokens), sum = 0;
    for (size_t i = 0; r->learned != NULL && i < comment->ntokens; i++) {
        sum += r->learned[i];
        dk_learned_word w = {i, r->learned[i] * damp / 4096};
        if (strength(w.weight) < LEARNED_LEAST) continue;
        size_t at = n < DK_LEARNED_WORDS ? n++ : DK_LEARNED_WORDS;
        for (; at > 0 && strength(out[at - 1].weight) < strength(w.weight); at--)
            if (at < DK_LEARNED_WORDS) out[at] = out[at - 1];
        if (at < DK_LEARNED_WORDS) out[at] = w;
    }
    *all = sum * damp / 4096;
    return n;
}

static void json_milli(dk_json *j, const char *key, int64_t value) {
    dk_json_key(j, key);
    dk_json_double(j, (double)value / 1000.0);
}

static void json_entry(dk_json *j, const dk_lexicon *lexicon, uint32_t entry, uint32_t rules) {
    dk_buf text;
    dk_buf_init(&text);
    dk_entry_put_place(&text, lexicon, entry);
    dk_json_key(j, "entry");
    dk_json_string(j, (dk_str){text.ptr, text.len});
    dk_json_key(j, "term");
    dk_json_string(j, lexicon->sources[entry].text);
    dk_buf_clear(&text);
    dk_rules_put(&text, rules);
    dk_json_key(j, "rules");
    dk_json_string(j, (dk_str){text.ptr, text.len});
    dk_buf_dispose(&text);
}

static void json_span(dk_json *j, size_t start, size_t end) {
    dk_json_key(j, "start");
    dk_json_int(j, (int64_t)start);
    dk_json_key(j, "end");
    dk_json_int(j, (int64_t)end);
}

static void json_tokens(dk_json *j, dk_session *session, dk_str text, const dk_comment *comment) {
    dk_json_key(j, "tokens");
    dk_json_array(j);
    for (size_t i = 0; i < comment->ntokens; i++) {
        const dk_token *t = &comment->tokens[i];
        dk_token_view view;
        dk_inspect_token(session, i, &view);
        dk_json_object(j);
        json_span(j, t->start, t->end);
        dk_json_key(j, "text");
        dk_json_string(j, (dk_str){text.ptr + t->start, t->end - t->start});
        dk_json_key(j, "lemma");
        dk_json_text(j, view.lemma);
        dk_json_key(j, "parts");
        dk_json_text(j, view.parts);
        dk_json_key(j, "language");
        dk_json_text(j, dk_language_name(view.language));
        dk_json_key(j, "clause");
        dk_json_int(j, t->clause + 1);
        dk_json_end(j);
    }
    dk_json_end(j);
}

/* The words that turn or strengthen others, and the clauses that bound them with what they count for. */
static void json_scopes(dk_json *j, const dk_reading *r, const dk_lexicon *lexicon, const dk_comment *comment) {
    dk_json_key(j, "modifiers");
    dk_json_array(j);
    for (size_t i = 0; i < r->nshifts; i++) {
        const dk_shift *s = &r->shifts[i];
        const dk_entry *e = &lexicon->entries[s->entry];
        dk_json_object(j);
        json_span(j, comment->tokens[s->first].start, comment->tokens[s->last].end);
        dk_json_key(j, "kind");
        dk_json_text(j, dk_modifier_name((dk_modifier)e->modifier));
        json_milli(j, "strength", e->strength);
        dk_json_key(j, "before");
        dk_json_int(j, e->before);
        dk_json_key(j, "after");
        dk_json_int(j, e->after);
        json_entry(j, lexicon, s->entry, 0);
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_key(j, "clauses");
    dk_json_array(j);
    for (size_t i = 0; i < r->nclauses && comment->ntokens > 0; i++) {
        dk_buf rules;
        dk_buf_init(&rules);
        dk_rules_put(&rules, r->clauses[i].rules);
        dk_json_object(j);
        json_span(j, comment->tokens[r->clauses[i].first].start, comment->tokens[r->clauses[i].last].end);
        json_milli(j, "weight", r->clauses[i].weight);
        dk_json_key(j, "rules");
        dk_json_string(j, (dk_str){rules.ptr, rules.len});
        dk_json_end(j);
        dk_buf_dispose(&rules);
    }
    dk_json_end(j);
}

void dk_explain_put_json(dk_buf *out, const dk_engine *engine, dk_session *session, dk_str text, const dk_comment *comment) {
    const dk_reading *r = dk_inspect_reading(session);
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    dk_json j;
    dk_json_init(&j, out, true);
    dk_json_object(&j);
    dk_json_key(&j, "language");
    dk_json_text(&j, dk_language_name(comment->language));
    json_milli(&j, "language_confidence", comment->confidence);
    json_milli(&j, "sentiment", comment->sentiment);
    dk_json_key(&j, "label");
    dk_json_text(&j, dk_label_name(comment->label));
    json_tokens(&j, session, text, comment);
    dk_json_key(&j, "mentions");
    dk_json_array(&j);
    for (size_t i = 0; i < comment->nmentions; i++) {
        const dk_mention *m = &comment->mentions[i];
        dk_json_object(&j);
        dk_json_key(&j, "theme");
        dk_json_text(&j, lexicon->taxonomy.themes[m->theme].id);
        dk_json_key(&j, "label");
        dk_json_text(&j, dk_label_name(m->label));
        json_milli(&j, "polarity", m->polarity);
        json_span(&j, m->start, m->end);
        json_entry(&j, lexicon, m->entry, m->rules);
        dk_json_end(&j);
    }
    dk_json_end(&j);
    dk_json_key(&j, "opinions");
    dk_json_array(&j);
    for (size_t i = 0; i < r->nopinions; i++) {
        const dk_opinion *o = &r->opinions[i];
        dk_json_object(&j);
        json_span(&j, comment->tokens[o->first].start, comment->tokens[o->last].end);
        json_milli(&j, "base", o->base);
        json_milli(&j, "value", o->value);
        dk_json_key(&j, "clause");
        dk_json_int(&j, o->clause + 1);
        json_entry(&j, lexicon, o->entry, o->rules);
        dk_json_end(&j);
    }
    dk_json_end(&j);
    json_scopes(&j, r, lexicon, comment);
    if (r->learned != NULL) {
        dk_learned_word words[DK_LEARNED_WORDS];
        int64_t all;
        size_t n = dk_explain_strongest(r, comment, words, &all);
        dk_json_key(&j, "learned");
        dk_json_object(&j);
        json_milli(&j, "logit", r->logit);
        json_milli(&j, "words", all);
        json_milli(&j, "rules", r->logit - all);
        json_milli(&j, "sentiment_by_rules", r->by_rules);
        dk_json_key(&j, "strongest");
        dk_json_array(&j);
        for (size_t i = 0; i < n; i++) {
            dk_json_object(&j);
            json_span(&j, comment->tokens[words[i].token].start, comment->tokens[words[i].token].end);
            json_milli(&j, "weight", words[i].weight);
            dk_json_end(&j);
        }
        dk_json_end(&j);
        dk_json_end(&j);
    }
    dk_json_key(&j, "version");
    dk_json_text(&j, dk_engine_stamp(engine));
    dk_json_end(&j);
    dk_buf_putc(out, '\n');
}
