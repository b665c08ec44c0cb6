#include <stdlib.h>

#include "base/buffer.h"
#include "tag/inspect.h"
#include "tag/session_private.h"

dk_status dk_session_new(dk_session **out, const dk_engine *engine, const dk_tag_plan *plan, dk_error *err) {
    dk_session *s = calloc(1, sizeof *s);
    if (s == NULL) return dk_fail_memory(err);
    s->engine = engine;
    if (plan != NULL) s->plan = *plan;
    for (int l = 0; l < DK_LANGUAGES; l++) s->weigher.weights[l] = engine->weights[l];
    dk_status status = dk_forms_init(&s->forms, engine->languages, err);
    s->regex = dk_regex_scratch_new();
    if (status == DK_OK && (s->regex == NULL || !dk_pairs_clear(&s->pairs))) status = dk_fail_memory(err);
    if (status != DK_OK) dk_session_free(s);
    else *out = s;
    return status;
}

void dk_session_free(dk_session *s) {
    if (s == NULL) return;
    for (size_t i = 0; i < DK_TOGETHER; i++) {
        dk_work *w = &s->works[i];
        dk_tokens_dispose(&w->tokens);
        dk_reading_dispose(&w->reading);
        free(w->languages);
        free(w->pair_values);
        free(w->learned);
    }
    dk_forms_dispose(&s->forms);
    dk_weigher_dispose(&s->weigher);
    dk_pairs_dispose(&s->pairs);
    free(s->beside);
    free(s->callers.tokens);
    free(s->seen);
    dk_regex_scratch_free(s->regex);
    free(s->words);
    free(s->flags);
    free(s->sentences);
    free(s);
}

/* Empties what is remembered of words when there is too much of it. */
static dk_status trim(dk_session *s, dk_error *err) {
    dk_status status = dk_forms_trim(&s->forms, err);
    if (status != DK_OK || DK_LIKELY(s->resets == s->forms.counts.resets)) return status;
    s->resets = s->forms.counts.resets;
    return dk_pairs_clear(&s->pairs) ? DK_OK : dk_fail_memory(err);
}

/* Tokens, forms, languages and matches of the first n works, whose texts and comments are set. */
static dk_status match_comments(dk_session *s, size_t n, dk_error *err) {
    dk_work *works = s->works;
    dk_status status = trim(s, err);
    s->inspected = n - 1;
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        memset(works[i].comment, 0, sizeof *works[i].comment);
        dk_reading_clear(&works[i].reading);
        status = dk_tokenize(&works[i].tokens, works[i].text.ptr, works[i].text.len, err);
    }
    for (size_t i = 0; status == DK_OK && i < n; i++) status = dk_forms_look_up(&s->forms, works[i].text, &works[i].tokens, err);
    dk_forms_score(&s->forms);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        works[i].comment->tokens = works[i].tokens.items;
        works[i].comment->ntokens = works[i].tokens.count;
        status = dk_session_choose_languages(s, &works[i], err);
    }
    for (size_t i = 0; status == DK_OK && i < n; i++)
        if (works[i].readable) status = dk_session_match(s, &works[i], err);
    return status;
}

void dk_session_set_customer(dk_session *s, dk_str customer) {
    s->cross_fitted = customer.ptr != NULL;
    s->customer = s->cross_fitted ? dk_fold_hash(customer) : 0;
}

/* Whether the rules found opinions, clear ones, and all on one side. */
static bool agreed(const dk_reading *r) {
    for (size_t i = 0; i < r->nopinions; i++)
        if ((r->opinions[i].value > 0) != (r->by_rules > 0)) return false;
    return dk_label_of(r->by_rules) != DK_NEUTRAL;
}

/* Joins the learned weights to what the rules say. */
static dk_status weigh(dk_session *s, dk_work *w, dk_error *err) {
    const dk_weights *weights = s->engine->weights[w->main];
    dk_reading *r = &w->reading;
    if (!dk_grow(&w->learned, &w->learned_cap, w->tokens.count)) return dk_fail_memory(err);
    s->weigher.fold_hash = !s->cross_fitted ? 0 : s->customer != 0 ? s->customer : dk_fold_hash(w->text);
    r->logit = dk_weigher_run(&s->weigher, &s->forms, &w->tokens, w->languages, w->pair_values, w->main, w->used == 1u << w->main, r,
                              s->engine->lexicon, w->learned);
    r->learned = w->learned;
    r->sentiment = dk_weights_squeeze(r->logit);
    if (r->label == DK_MIXED) return DK_OK;
    /* where every opinion of the rules says the same and the words agree, there is nothing to be in doubt about */
    bool sure = agreed(r) && (r->by_rules > 0) == (r->sentiment > 0);
    r->label = sure ? dk_label_of(r->by_rules) : dk_weights_label(weights, r->sentiment, r->nopinions > 0);
    return DK_OK;
}

/* Tags the first n works, whose texts and comments are set. */
static dk_status tag(dk_session *s, size_t n, dk_error *err) {
    dk_work *works = s->works;
    const dk_lexicon *lexicon = s->engine->lexicon;
    dk_status status = match_comments(s, n, err);
    for (size_t i = 0; status == DK_OK && i < n; i++)
        if (works[i].readable) status = dk_reading_run(&works[i].reading, lexicon, &works[i].tokens, works[i].text, err);
    for (size_t i = 0; status == DK_OK && i < n; i++)
        if (works[i].readable && s->engine->weights[works[i].main] != NULL) status = weigh(s, &works[i], err);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        dk_reading *r = &works[i].reading;
        dk_comment *c = works[i].comment;
        if (!works[i].readable) continue;
        status = dk_reading_mentions(r, lexicon, &works[i].tokens, err);
        c->sentiment = r->sentiment;
        c->label = r->label;
        c->mentions = r->mentions;
        c->nmentions = r->nmentions;
    }
    return status;
}

dk_status dk_session_tag_some(dk_session *s, const dk_str *texts, size_t n, dk_comment *comments, size_t *taken, dk_error *err) {
    enum { BYTES = 16 << 10 }; /* more text than this is not worth doing together, and its memory would be kept */
    size_t bytes = 0, k = 0;
    for (; k < n && k < DK_TOGETHER && (k == 0 || bytes + texts[k].len <= BYTES); k++) {
        bytes += texts[k].len;
        s->works[k].text = texts[k];
        s->works[k].comment = &comments[k];
    }
    *taken = k;
    return k > 0 ? tag(s, k, err) : DK_OK;
}

dk_status dk_session_tag(dk_session *s, dk_str text, dk_comment *c, dk_error *err) {
    size_t taken;
    return dk_session_tag_some(s, &text, 1, c, &taken, err);
}

void dk_session_counts_add(const dk_session *s, dk_session_counts *sum) {
    const dk_form_counts *c = &s->forms.counts;
    sum->tokens += c->tokens;
    sum->spellings += c->spelt;
    sum->forms += c->forms;
    sum->analysed += c->analysed;
    sum->resets += c->resets;
    sum->given_up += s->limited;
    sum->pairs += s->pairs.asked;
    sum->pairs_known += s->pairs.known;
}

dk_status dk_session_count_packs(dk_session *s, dk_str text, uint64_t counts[DK_MAX_PACKS], dk_error *err) {
    dk_comment c;
    uint32_t packs = s->plan.packs;
    s->plan.packs = UINT32_MAX;
    s->works[0].text = text;
    s->works[0].comment = &c;
    dk_status status = match_comments(s, 1, err);
    s->plan.packs = packs;
    if (status != DK_OK || !s->works[0].readable) return status;
    uint32_t hit = 0; /* words of feeling belong to no industry, and a comment speaks once */
    const dk_matches *matches = &s->works[0].reading.matches;
    for (size_t i = 0; i < matches->count; i++) {
        const dk_entry *e = &s->engine->lexicon->entries[matches->items[i].entry];
        if (e->pack >= 0 && e->kind == DK_ENTRY_THEME) hit |= 1u << e->pack;
    }
    for (; hit != 0; hit &= hit - 1) counts[__builtin_ctz(hit)]++;
    return DK_OK;
}

void dk_inspect_comment(dk_session *s, size_t i) { s->inspected = i; }

dk_status dk_inspect_features(dk_session *s, dk_feature_function each, void *context, dk_error *err) {
    const dk_work *w = &s->works[s->inspected];
    size_t had = s->seen_cap;
    if (!dk_grow(&s->seen, &s->seen_cap, s->forms.count)) return dk_fail_memory(err);
    memset(s->seen + had, 0, (s->seen_cap - had) * sizeof *s->seen);
    if (++s->seen_mark == 0) {
        memset(s->seen, 0, s->seen_cap * sizeof *s->seen);
        s->seen_mark = 1;
    }
    return dk_features_each(s->engine->morphs[w->main], &s->forms, &w->tokens, &w->reading, s->engine->lexicon, s->seen, s->seen_mark,
                            each, context, err);
}

const dk_reading *dk_inspect_reading(const dk_session *s) { return &s->works[s->inspected].reading; }

void dk_inspect_token(dk_session *s, size_t i, dk_token_view *view) {
    const dk_work *w = &s->works[s->inspected];
    const dk_token *t = &w->tokens.items[i];
    const dk_form *f = &s->forms.forms[t->form];
    view->norm = s->forms.folded[t->form];
    view->language = (dk_language)w->languages[i];
    view->word = view->language != DK_LANG_OTHER ? f->words[view->language - 1] : NULL;
    view->lemma[0] = view->parts[0] = '\0';
    if (view->norm.len > DK_MORPH_WORD_MAX) return;
    memcpy(view->lemma, view->norm.ptr, view->norm.len);
    view->lemma[view->norm.len] = '\0';
    const dk_morph *morph = s->engine->morphs[view->language];
    if (morph == NULL || f->kind != DK_TOKEN_WORD) return;
    unsigned hints = t->flags & DK_TOKEN_UPPER_FIRST && !(t->flags & DK_TOKEN_BEGINS_SENTENCE) ? DK_MORPH_CAPITAL : 0;
    dk_lemma lemma;
    if (dk_morph_lemmas(morph, view->norm, hints, &lemma, 1) > 0) memcpy(view->lemma, lemma.text, lemma.len + 1u);
    dk_part parts[DK_MORPH_PARTS_MAX];
    size_t n = dk_morph_split(morph, view->norm, parts, DK_MORPH_PARTS_MAX), at = 0;
    for (size_t p = 0; p < n && at + parts[p].len + 2 < sizeof view->parts; p++) {
        if (p > 0) view->parts[at++] = '+';
        memcpy(view->parts + at, parts[p].text, parts[p].len + 1u);
        at += parts[p].len;
    }
}
