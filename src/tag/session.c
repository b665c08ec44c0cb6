#include <stdlib.h>

#include "base/buffer.h"
#include "tag/engine.h"
#include "tag/forms.h"
#include "tag/inspect.h"
#include "tag/opinion.h"
#include "tag/pairs.h"

/* Below this confidence (thousandths) a comment also gets what only the neighbour language knows. */
enum { SURE = 900, FOREIGN = 200, SENTENCE_SURE = 970, SENTENCE_WORDS = 4 };

typedef struct evidence {
    int64_t sums[DK_LANGUAGE_CLASSES];
    uint64_t nwords;
    size_t end; /* of the sentence: the token behind it */
} evidence;

struct dk_session {
    const dk_engine *engine;
    dk_tag_plan plan;
    dk_tokens tokens;
    dk_forms forms;
    dk_reading reading;
    dk_regex_scratch *regex;
    const dk_word **words; /* by token: what it means in the language at hand */
    size_t words_cap;
    uint8_t *flags; /* by token: those of its form in the language at hand, 0 where it is read in another */
    size_t flags_cap;
    evidence *sentences; /* what the tokens of each say about the language */
    size_t nsentences, sentences_cap;
    uint8_t *languages; /* by token: the language it is read in, DK_LANG_OTHER for none */
    size_t languages_cap;
    unsigned used; /* bit l: some token is read in language l */
    uint64_t limited; /* patterns given up */
    dk_weigher weigher;
    dk_pairs pairs;
    dk_pair *beside; /* by token: what it and the token before it say together in the language at hand */
    size_t beside_cap;
    int32_t *pair_values; /* by token: the value of that, in whatever language both are read */
    size_t pair_values_cap;
    dk_callers callers; /* of patterns in the language at hand */
    uint64_t resets; /* of the forms that pairs is of */
    bool cross_fitted; /* see dk_session_set_customer */
    uint64_t customer; /* 0: not known */
    dk_language main; /* what most of the comment is read in */
    uint32_t *seen;   /* by form: for dk_inspect_features */
    size_t seen_cap;
    uint32_t seen_mark;
};

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
    dk_tokens_dispose(&s->tokens);
    dk_forms_dispose(&s->forms);
    dk_reading_dispose(&s->reading);
    dk_weigher_dispose(&s->weigher);
    dk_pairs_dispose(&s->pairs);
    free(s->beside);
    free(s->pair_values);
    free(s->callers.tokens);
    free(s->seen);
    dk_regex_scratch_free(s->regex);
    free(s->words);
    free(s->flags);
    free(s->languages);
    free(s->sentences);
    free(s);
}

static dk_language decide(const dk_session *s, const evidence *e, const dk_language_prior *prior, int32_t *confidence) {
    return dk_language_decide(s->engine->languages, e->sums, e->nwords, prior, confidence);
}

static dk_language neighbour(dk_language language) { return language == DK_LANG_SV ? DK_LANG_DA : DK_LANG_SV; }

/* Whether one of our other languages has more evidence than the main one: without that no decision can go its way. */
static bool leads_elsewhere(const evidence *e, dk_language main) {
    bool leads = false;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++) leads |= e->sums[l] > e->sums[main];
    return leads;
}

/* What the comment says about its language, and each of its sentences. */
static dk_status find_evidence(dk_session *s, evidence *sum, dk_error *err) {
    enum { BEFORE_OVERFLOW = INT32_MAX / DK_LANGUAGE_SCORE_MAX };
    typedef int32_t scores __attribute__((vector_size(4 * DK_LANGUAGE_CLASSES))); /* compilers add them one by one otherwise */
    const dk_token *tokens = s->tokens.items;
    const dk_form *forms = s->forms.forms;
    evidence e = {{0}, 0, 0};
    scores sums = {0}; /* not yet in e, as nwords */
    uint32_t nwords = 0;
    s->nsentences = 0;
    for (size_t i = 0, first = 0; i < s->tokens.count; i++) {
        const dk_form *f = &forms[tokens[i].form]; /* zeros when it does not speak */
        scores one;
        memcpy(&one, f->language, sizeof one);
        sums += one;
        nwords += f->speaks;
        bool ends = tokens[i].flags & DK_TOKEN_ENDS_SENTENCE; /* the last token does */
        if (DK_LIKELY(!ends && i - first < BEFORE_OVERFLOW - 1)) continue;
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) e.sums[c] += sums[c];
        e.nwords += nwords;
        sums = (scores){0};
        nwords = 0;
        first = i + 1;
        if (!ends) continue;
        e.end = i + 1;
        if (DK_UNLIKELY(s->nsentences == s->sentences_cap) && !dk_grow(&s->sentences, &s->sentences_cap, s->nsentences + 1))
            return dk_fail_memory(err);
        s->sentences[s->nsentences++] = e;
        for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) sum->sums[c] += e.sums[c];
        sum->nwords += e.nwords;
        e = (evidence){{0}, 0, 0};
    }
    return DK_OK;
}

/* A sentence that is surely in another of our languages than the comment is read in that one. */
static void mark_sentences(dk_session *s, dk_language main) {
    dk_language_prior prior = {{0}};
    prior.add[main] = 2 * DK_LANGUAGE_UNIT;
    if (s->nsentences < 2) return;
    for (size_t k = 0, first = 0; k < s->nsentences; first = s->sentences[k++].end) {
        const evidence *e = &s->sentences[k];
        if (e->end - first < SENTENCE_WORDS || e->nwords < SENTENCE_WORDS || !leads_elsewhere(e, main)) continue;
        int32_t confidence;
        dk_language language = decide(s, e, &prior, &confidence);
        if (language == main || language == DK_LANG_OTHER || confidence < SENTENCE_SURE) continue;
        memset(s->languages + first, language, e->end - first);
        s->used |= 1u << language;
    }
}

/* Which of our languages a few words are in that were taken for another one's: the one whose dictionary knows most of them, the likeliest
   when it knows as many as any. Norwegian looks like Danish, but "dyr frakt" is all Swedish. */
static dk_language known_best(const dk_session *s, dk_language likeliest) {
    enum { A_FEW = 8 };
    if (s->tokens.count > A_FEW) return likeliest;
    unsigned known[DK_LANGUAGES] = {0};
    for (size_t i = 0; i < s->tokens.count; i++)
        for (int l = DK_LANG_SV; l < DK_LANGUAGES && s->tokens.items[i].kind == DK_TOKEN_WORD; l++)
            if (s->engine->morphs[l] != NULL) known[l] += dk_morph_known(s->engine->morphs[l], s->forms.folded[s->tokens.items[i].form]);
    dk_language best = likeliest;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++)
        if (known[l] > known[best]) best = (dk_language)l;
    return best;
}

/* Sets the language of the comment and of each token; *readable is false when it is none of ours and nothing is to be read. */
static dk_status choose_languages(dk_session *s, dk_comment *c, bool *readable, dk_error *err) {
    size_t n = s->tokens.count;
    if (s->plan.language_fixed) {
        c->language = s->plan.language;
        c->confidence = 1000;
        memset(s->languages, c->language, n);
        s->used = 1u << c->language;
        s->main = c->language;
        *readable = c->language != DK_LANG_OTHER;
        return DK_OK;
    }
    evidence e = {{0}, 0, 0};
    dk_status status = find_evidence(s, &e, err);
    if (status != DK_OK) return status;
    c->language = decide(s, &e, &s->plan.prior, &c->confidence);
    dk_language read_in = c->language;
    *readable = read_in != DK_LANG_OTHER || e.nwords == 0 || c->confidence < 1000 - FOREIGN;
    if (!*readable) return DK_OK;
    if (read_in == DK_LANG_OTHER) {
        /* perhaps one of ours after all: read it in the likeliest of them */
        dk_language_prior ours = s->plan.prior;
        ours.add[DK_LANG_OTHER] -= 64 * DK_LANGUAGE_UNIT;
        int32_t confidence;
        read_in = e.nwords > 0 ? decide(s, &e, &ours, &confidence) : DK_LANG_EN;
        if (read_in == DK_LANG_OTHER) read_in = DK_LANG_EN; /* emoji alone: the shared entries are in every index */
        read_in = known_best(s, read_in);
    }
    memset(s->languages, read_in, n);
    s->used = 1u << read_in;
    s->main = read_in;
    if (e.nwords > SENTENCE_WORDS) mark_sentences(s, read_in);
    return DK_OK;
}

/* Finds out about a form that is met for the first time in a language. */
static dk_status meet(dk_session *s, uint32_t form, dk_language language, dk_error *err) {
    dk_bases bases;
    dk_status status =
        dk_forms_analyse(&s->forms, form, s->engine->indexes[language], language, s->regex, &bases, err);
    return status == DK_OK ? dk_weigher_meet(&s->weigher, &s->forms, form, language, &bases, err) : status;
}

/* What a token means in one of our languages. */
static inline dk_status word_of(dk_session *s, size_t i, dk_language language, dk_error *err) {
    dk_status status = DK_OK;
    uint32_t form = s->tokens.items[i].form;
    if (DK_UNLIKELY(!(s->forms.forms[form].flags[language - 1] & DK_FORM_MET))) status = meet(s, form, language, err);
    s->words[i] = s->forms.forms[form].words[language - 1];
    return status;
}

/* Finds out what tokens i - 1 and i, which are read in one language, say together. */
static void learn_pair(dk_session *s, size_t i, dk_language language, dk_pair *place) {
    uint32_t left = s->tokens.items[i - 1].form, right = s->tokens.items[i].form;
    place->key = dk_pair_key(left, right, language);
    place->value = dk_weigher_pair(&s->weigher, &s->forms.forms[left], &s->forms.forms[right], language);
    place->leads = dk_index_leads(s->engine->indexes[language], s->words[i - 1], s->words[i]);
}

/* Pairs are found so many tokens before they are followed, while their edges come: so far beside is silent behind the last token. */
enum { AHEAD = 3 };

/* Finds what the tokens mean that are read in one language, and the callers of patterns. Leaves in the key of beside[i] the
   number + 1 of the line of pairs where tokens i - 1 and i belong, or 0 when they can say nothing together. */
static dk_status find_words(dk_session *s, dk_language language, dk_error *err) {
    static const dk_pair silent = {0, 0, DK_LEADS_NOWHERE};
    const dk_token *tokens = s->tokens.items;
    const dk_form *forms = s->forms.forms;
    const dk_word **words = s->words;
    const uint8_t *languages = s->languages;
    dk_pair *beside = s->beside;
    unsigned before = 0; /* flags of the form before */
    size_t n = s->tokens.count;
    s->callers.count = 0;
    s->callers.whole = s->used != 1u << language;
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
        s->pair_values[i] = 0;
        unsigned flags = s->flags[i] = form->flags[language - 1];
        words[i] = form->words[language - 1];
        if (DK_UNLIKELY(flags & DK_FORM_PATTERNS)) s->callers.tokens[s->callers.count++] = (uint32_t)i; /* there is room for all */
        if (flags & (DK_FORM_SPEAKS | DK_FORM_BEGINS | DK_FORM_GOES_ON)) __builtin_prefetch(words[i]);
        if (dk_may_speak(before, flags)) {
            size_t line = dk_pairs_line(tokens[i - 1].form, tokens[i].form);
            beside[i].key = line + 1;
            __builtin_prefetch(&s->pairs.places[line * DK_PAIR_PLACES]);
        }
        before = flags;
    }
    for (size_t i = n; i < n + AHEAD; i++) beside[i] = silent;
    return DK_OK;
}

/* Finds what tokens i - 1 and i say together, whose line of pairs is known. */
static void find_pair(dk_session *s, size_t i, dk_language language) {
    dk_pair *beside = &s->beside[i];
    uint64_t key = dk_pair_key(s->tokens.items[i - 1].form, s->tokens.items[i].form, language);
    dk_pair *place = dk_pairs_find(&s->pairs.places[(beside->key - 1) * DK_PAIR_PLACES], key);
    s->pairs.asked++;
    if (DK_LIKELY(place->key == key)) s->pairs.known++;
    else learn_pair(s, i, language, place);
    *beside = *place;
    s->pair_values[i] = place->value;
    if (place->leads == DK_LEADS_NOWHERE) return;
    dk_index_fetch(s->engine->indexes[language], place->leads);
    __builtin_prefetch(s->words[i - 1]->hooks); /* who follows the path reads both */
    __builtin_prefetch(s->words[i]->hooks);
}

/* Matches the tokens that are read in one language. */
static dk_status match_language(dk_session *s, dk_language language, dk_error *err) {
    dk_status status = find_words(s, language, err);
    if (status != DK_OK) return status;
    const dk_index *index = s->engine->indexes[language];
    const dk_pair *beside = s->beside;
    const uint8_t *flags = s->flags;
    size_t n = s->tokens.count;
    for (size_t ahead = 1; ahead < n + AHEAD; ahead++) {
        if (beside[ahead].key != 0) find_pair(s, ahead, language);
        if (ahead < AHEAD) continue;
        size_t i = ahead - AHEAD;
        uint32_t leads = beside[i + 1].leads;
        if (leads == DK_LEADS_NOWHERE && !(flags[i] & DK_FORM_SPEAKS)) continue;
        status = dk_index_match_at(index, s->words, &s->tokens, (uint32_t)i, leads, s->plan.packs, &s->reading.matches, err);
        if (status != DK_OK) return status;
    }
    return DK_OK;
}

/* In a short comment that may as well be Danish as Swedish, words that the language at hand does not know at all are looked up
   in the other. Words that both know are never taken from the other: they may be false friends. */
static dk_status match_neighbour(dk_session *s, dk_language language, dk_error *err) {
    dk_language other = neighbour(language);
    bool any = false;
    for (size_t i = 0; i < s->tokens.count; i++) {
        uint32_t form = s->tokens.items[i].form;
        const dk_form *f = &s->forms.forms[form];
        const dk_word *here = f->words[language - 1];
        bool unknown = f->kind == DK_TOKEN_WORD && here != NULL && here->nhooks == 0 &&
                       !dk_morph_known(s->engine->morphs[language], s->forms.folded[form]);
        s->words[i] = NULL;
        if (!unknown) continue;
        dk_status status = word_of(s, i, other, err);
        if (status != DK_OK) return status;
        any |= s->words[i]->nstarts != 0;
    }
    if (!any) return DK_OK;
    return dk_index_match(s->engine->indexes[other], s->words, &s->tokens, s->plan.packs, &s->reading.matches, err);
}

/* Tokens, forms, language and matches; *readable is false for a comment in another language. */
static dk_status match_comment(dk_session *s, dk_str text, dk_comment *c, bool *readable, dk_error *err) {
    dk_status status = dk_forms_trim(&s->forms, err);
    if (status == DK_OK) status = dk_tokenize(&s->tokens, text.ptr, text.len, err);
    if (status == DK_OK) status = dk_forms_look_up(&s->forms, text, &s->tokens, err);
    if (status != DK_OK) return status;
    size_t n = s->tokens.count;
    if (!dk_grow(&s->words, &s->words_cap, n) || !dk_grow(&s->languages, &s->languages_cap, n) ||
        !dk_grow(&s->flags, &s->flags_cap, n) || !dk_grow(&s->beside, &s->beside_cap, n + AHEAD) ||
        !dk_grow(&s->pair_values, &s->pair_values_cap, n) || !dk_grow(&s->callers.tokens, &s->callers.cap, n))
        return dk_fail_memory(err);
    if (DK_UNLIKELY(s->resets != s->forms.counts.resets)) {
        if (!dk_pairs_clear(&s->pairs)) return dk_fail_memory(err);
        s->resets = s->forms.counts.resets;
    }
    dk_reading_clear(&s->reading);
    c->tokens = s->tokens.items;
    c->ntokens = n;
    if (n > 0) memset(s->languages, DK_LANG_OTHER, n);
    *readable = false;
    if (n > 0) status = choose_languages(s, c, readable, err);
    if (status != DK_OK || !*readable) return status;
    for (int l = DK_LANG_SV; status == DK_OK && l < DK_LANGUAGES; l++) {
        if (!(s->used >> l & 1)) continue;
        status = match_language(s, (dk_language)l, err);
        if (status == DK_OK && (s->callers.count > 0 || dk_index_always_searches(s->engine->indexes[l])))
            status = dk_index_match_patterns(s->engine->indexes[l], s->regex, text, s->words, &s->tokens, &s->callers,
                                             s->plan.packs, &s->reading.matches, &s->limited, err);
    }
    bool close = c->language == DK_LANG_SV || c->language == DK_LANG_DA;
    if (status == DK_OK && close && !s->plan.language_fixed && c->confidence < SURE)
        status = match_neighbour(s, c->language, err);
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
static dk_status weigh(dk_session *s, dk_str text, dk_error *err) {
    const dk_weights *weights = s->engine->weights[s->main];
    dk_reading *r = &s->reading;
    s->weigher.fold_hash = !s->cross_fitted ? 0 : s->customer != 0 ? s->customer : dk_fold_hash(text);
    dk_status status = dk_weigher_run(&s->weigher, &s->forms, &s->tokens, s->languages, s->pair_values, s->main,
                                      s->used == 1u << s->main, r, s->engine->lexicon,
                                      &r->logit, err);
    if (status != DK_OK) return status;
    r->learned = s->weigher.tokens;
    r->sentiment = dk_weights_squeeze(r->logit);
    if (r->label == DK_MIXED) return DK_OK;
    /* where every opinion of the rules says the same and the words agree, there is nothing to be in doubt about */
    bool sure = agreed(r) && (r->by_rules > 0) == (r->sentiment > 0);
    r->label = sure ? dk_label_of(r->by_rules) : dk_weights_label(weights, r->sentiment, r->nopinions > 0);
    return DK_OK;
}

dk_status dk_session_tag(dk_session *s, dk_str text, dk_comment *c, dk_error *err) {
    bool readable;
    memset(c, 0, sizeof *c);
    dk_status status = match_comment(s, text, c, &readable, err);
    if (status != DK_OK || !readable) return status;
    status = dk_reading_run(&s->reading, s->engine->lexicon, &s->tokens, text, err);
    if (status == DK_OK && s->engine->weights[s->main] != NULL) status = weigh(s, text, err);
    if (status == DK_OK) status = dk_reading_mentions(&s->reading, s->engine->lexicon, &s->tokens, err);
    if (status != DK_OK) return status;
    c->sentiment = s->reading.sentiment;
    c->label = s->reading.label;
    c->mentions = s->reading.mentions;
    c->nmentions = s->reading.nmentions;
    return status;
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
    dk_comment c = {0};
    bool readable;
    uint32_t packs = s->plan.packs;
    s->plan.packs = UINT32_MAX;
    dk_status status = match_comment(s, text, &c, &readable, err);
    s->plan.packs = packs;
    if (status != DK_OK || !readable) return status;
    uint32_t hit = 0; /* words of feeling belong to no industry, and a comment speaks once */
    for (size_t i = 0; i < s->reading.matches.count; i++) {
        const dk_entry *e = &s->engine->lexicon->entries[s->reading.matches.items[i].entry];
        if (e->pack >= 0 && e->kind == DK_ENTRY_THEME) hit |= 1u << e->pack;
    }
    for (; hit != 0; hit &= hit - 1) counts[__builtin_ctz(hit)]++;
    return DK_OK;
}

dk_status dk_inspect_features(dk_session *s, dk_feature_function each, void *context, dk_error *err) {
    size_t had = s->seen_cap;
    if (!dk_grow(&s->seen, &s->seen_cap, s->forms.count)) return dk_fail_memory(err);
    memset(s->seen + had, 0, (s->seen_cap - had) * sizeof *s->seen);
    if (++s->seen_mark == 0) {
        memset(s->seen, 0, s->seen_cap * sizeof *s->seen);
        s->seen_mark = 1;
    }
    return dk_features_each(s->engine->morphs[s->main], &s->forms, &s->tokens, &s->reading, s->engine->lexicon, s->seen,
                            s->seen_mark, each, context, err);
}

const dk_reading *dk_inspect_reading(const dk_session *s) { return &s->reading; }

void dk_inspect_token(dk_session *s, size_t i, dk_token_view *view) {
    const dk_token *t = &s->tokens.items[i];
    const dk_form *f = &s->forms.forms[t->form];
    view->norm = s->forms.folded[t->form];
    view->language = (dk_language)s->languages[i];
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
