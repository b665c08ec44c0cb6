/* What the words of a comment mean, and which entries they match. */
#include <stdlib.h>

#include "base/buffer.h"
#include "tag/session_private.h"

/* Below this confidence (thousandths) a comment also gets what only the neighbour language knows. */
enum { SURE = 900 };

static dk_language neighbour(dk_language language) { return language == DK_LANG_SV ? DK_LANG_DA : DK_LANG_SV; }

/* Finds out about a form that is met for the first time in a language. */
static dk_status meet(dk_session *s, uint32_t form, dk_language language, dk_error *err) {
    dk_bases bases;
    dk_status status =
        dk_forms_analyse(&s->forms, form, s->engine->indexes[language], language, s->regex, &bases, err);
    return status == DK_OK ? dk_weigher_meet(&s->weigher, &s->forms, form, language, &bases, err) : status;
}

/* Finds out what tokens i - 1 and i, which are read in one language, say together. */
static void learn_pair(const dk_session *s, const dk_work *w, size_t i, dk_language language, dk_pair *place) {
    uint32_t left = w->tokens.items[i - 1].form, right = w->tokens.items[i].form;
    place->key = dk_pair_key(left, right, language);
    place->leads = dk_index_leads(s->engine->indexes[language], s->words[i - 1], s->words[i]);
    place->value = dk_weigher_pair(&s->weigher, &s->forms, left, right, language);
}

/* Pairs are found so many tokens before they are followed, while their edges come: so far beside is silent behind the last token. */
enum { AHEAD = 3 };

/* Finds what the tokens mean that are read in one language, and the callers of patterns. Leaves in the key of beside[i] the
   number + 1 of the line of pairs where tokens i - 1 and i belong, or 0 when they can say nothing together. */
static dk_status find_words(dk_session *s, dk_work *w, dk_language language, dk_error *err) {
    static const dk_pair silent = {0, 0, DK_LEADS_NOWHERE};
    const dk_token *tokens = w->tokens.items;
    const dk_form *forms = s->forms.forms;
    const dk_word **words = s->words;
    const uint8_t *languages = w->languages;
    dk_pair *beside = s->beside;
    unsigned before = 0; /* flags of the form before */
    size_t n = w->tokens.count;
    s->callers.count = 0;
    s->callers.whole = w->used != 1u << language;
    for (size_t i = 0; i < n; i++) {
        words[i] = NULL;
        beside[i] = silent;
        s->flags[i] = 0;
        if (languages[i] != language) {
            before = 0;
            continue;
        }
        const dk_form *form = &forms[tokens[i].form];
        if (DK_UNLIKELY(!(form->flags[language - 1] & DK_FORM_MET))) {
            dk_status status = meet(s, tokens[i].form, language, err);
            if (status != DK_OK) return status;
        }
        w->pair_values[i] = 0;
        unsigned flags = s->flags[i] = form->flags[language - 1];
        words[i] = form->words[language - 1];
        if (DK_UNLIKELY(flags & DK_FORM_PATTERNS)) s->callers.tokens[s->callers.count++] = (uint32_t)i; /* there is room for all */
        __builtin_prefetch(words[i]); /* those that mean nothing share one: to ask would cost more */
        bool may = dk_may_speak(before, flags);
        size_t line = may ? dk_pairs_line(tokens[i - (i > 0)].form, tokens[i].form) : 0;
        beside[i].key = line + may;
        __builtin_prefetch(&s->pairs.places[line * DK_PAIR_PLACES]);
        before = flags;
    }
    for (size_t i = n; i < n + AHEAD; i++) beside[i] = silent;
    return DK_OK;
}

/* Finds what tokens i - 1 and i say together, whose line of pairs is known. */
static void find_pair(dk_session *s, dk_work *w, size_t i, dk_language language) {
    dk_pair *beside = &s->beside[i];
    uint64_t key = dk_pair_key(w->tokens.items[i - 1].form, w->tokens.items[i].form, language);
    dk_pair *place = dk_pairs_find(&s->pairs.places[(beside->key - 1) * DK_PAIR_PLACES], key);
    s->pairs.asked++;
    if (DK_LIKELY(place->key == key)) s->pairs.known++;
    else learn_pair(s, w, i, language, place);
    *beside = *place;
    w->pair_values[i] = place->value;
    if (place->leads == DK_LEADS_NOWHERE) return;
    dk_index_fetch(s->engine->indexes[language], place->leads);
    __builtin_prefetch(s->words[i - 1]->hooks); /* who follows the path reads both */
    __builtin_prefetch(s->words[i]->hooks);
}

/* Matches the tokens that are read in one language. */
static dk_status match_language(dk_session *s, dk_work *w, dk_language language, dk_error *err) {
    dk_status status = find_words(s, w, language, err);
    if (status != DK_OK) return status;
    const dk_index *index = s->engine->indexes[language];
    const dk_pair *beside = s->beside;
    const uint8_t *flags = s->flags;
    size_t n = w->tokens.count;
    for (size_t ahead = 1; ahead < n + AHEAD; ahead++) {
        if (beside[ahead].key != 0) find_pair(s, w, ahead, language);
        if (ahead < AHEAD) continue;
        size_t i = ahead - AHEAD;
        uint32_t leads = beside[i + 1].leads;
        if (leads == DK_LEADS_NOWHERE && !(flags[i] & DK_FORM_SPEAKS)) continue;
        status = dk_index_match_at(index, s->words, &w->tokens, (uint32_t)i, leads, s->plan.packs, &w->reading.matches, err);
        if (status != DK_OK) return status;
    }
    if (s->callers.count == 0 && !dk_index_always_searches(index)) return DK_OK;
    return dk_index_match_patterns(index, s->regex, w->text, s->words, &w->tokens, &s->callers, s->plan.packs, &w->reading.matches,
                                   &s->limited, err);
}

/* In a short comment that may as well be Danish as Swedish, words that the language at hand does not know at all are looked up
   in the other. Words that both know are never taken from the other: they may be false friends. */
static dk_status match_neighbour(dk_session *s, dk_work *w, dk_language language, dk_error *err) {
    dk_language other = neighbour(language);
    bool any = false;
    for (size_t i = 0; i < w->tokens.count; i++) {
        uint32_t form = w->tokens.items[i].form;
        const dk_form *f = &s->forms.forms[form];
        const dk_word *here = f->words[language - 1];
        bool unknown = f->kind == DK_TOKEN_WORD && here != NULL && here->nhooks == 0 &&
                       !dk_morph_known(s->engine->morphs[language], s->forms.folded[form]);
        s->words[i] = NULL;
        if (!unknown) continue;
        dk_status status = f->flags[other - 1] & DK_FORM_MET ? DK_OK : meet(s, form, other, err);
        if (status != DK_OK) return status;
        s->words[i] = f->words[other - 1];
        any |= s->words[i]->nstarts != 0;
    }
    if (!any) return DK_OK;
    return dk_index_match(s->engine->indexes[other], s->words, &w->tokens, s->plan.packs, &w->reading.matches, err);
}

dk_status dk_session_match(dk_session *s, dk_work *w, dk_error *err) {
    size_t n = w->tokens.count;
    if (!dk_grow(&s->words, &s->words_cap, n) || !dk_grow(&s->flags, &s->flags_cap, n) || !dk_grow(&s->beside, &s->beside_cap, n + AHEAD) ||
        !dk_grow(&w->pair_values, &w->pair_values_cap, n) || !dk_grow(&s->callers.tokens, &s->callers.cap, n))
        return dk_fail_memory(err);
    dk_status status = DK_OK;
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++)
        if (w->used >> l & 1) status = match_language(s, w, (dk_language)l, err);
    dk_language language = w->comment->language;
    bool close = language == DK_LANG_SV || language == DK_LANG_DA;
    if (status == DK_OK && close && !s->plan.language_fixed && w->comment->confidence < SURE)
        status = match_neighbour(s, w, language, err);
    return status;
}
