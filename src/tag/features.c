#include "tag/features.h"

#include <math.h>

static const char *const feature_names[DK_FEATURE_KINDS] = {"word", "lemma", "head", "negated", "pair", "mark"};
static const char *const figure_names[DK_FIGURES] = {"bias", "score", "good", "bad", "balance", "first", "last"};

const char *dk_feature_name(dk_feature_kind kind) { return feature_names[kind]; }
const char *dk_figure_name(int figure) { return figure_names[figure]; }

/* The first three marks of a run of ! ? or full stops. */
static dk_str mark_of(dk_str folded) {
    if (folded.len == 0 || strchr("!?.", folded.ptr[0]) == NULL) return (dk_str){"", 0};
    return (dk_str){folded.ptr, folded.len < 3 ? folded.len : 3};
}

void dk_form_features_of(dk_str folded, dk_token_kind kind, const dk_bases *bases, dk_str out[DK_FEATURE_KINDS]) {
    for (int i = 0; i < DK_FEATURE_KINDS; i++) out[i] = (dk_str){"", 0};
    if (kind == DK_TOKEN_PUNCT) out[DK_FEATURE_MARK] = mark_of(folded);
    if (kind == DK_TOKEN_EMOJI) out[DK_FEATURE_WORD] = folded;
    if (kind != DK_TOKEN_WORD) return;
    out[DK_FEATURE_WORD] = out[DK_FEATURE_PAIR] = folded;
    dk_str lemma = bases->lemma_len > 0 ? (dk_str){bases->lemma, bases->lemma_len} : folded;
    out[DK_FEATURE_LEMMA] = out[DK_FEATURE_NEGATED] = lemma;
    if (bases->head_len > 0) out[DK_FEATURE_HEAD] = (dk_str){bases->head, bases->head_len};
}

static int32_t thousandths(double x) { return (int32_t)(x < 0 ? x * 1000 - 0.5 : x * 1000 + 0.5); }

static int32_t clause_score(const dk_reading *r, uint16_t clause) {
    int64_t sum = 0;
    for (size_t i = 0; i < r->nopinions; i++)
        if (r->opinions[i].clause == clause) sum += dk_opinion_weight(r, i);
    return dk_squeeze(sum);
}

void dk_figures_of(const dk_reading *r, int32_t figures[DK_FIGURES]) {
    memset(figures, 0, DK_FIGURES * sizeof *figures);
    figures[DK_FIGURE_BIAS] = 1000;
    if (r->nopinions == 0) return;
    int64_t good = 0, bad = 0, ngood = 0, nbad = 0;
    for (size_t i = 0; i < r->nopinions; i++) {
        int64_t v = dk_opinion_weight(r, i);
        if (v > 0) good += v, ngood++;
        if (v < 0) bad -= v, nbad++;
    }
    figures[DK_FIGURE_SCORE] = dk_squeeze(good - bad);
    figures[DK_FIGURE_GOOD] = thousandths(sqrt((double)good / 1000.0));
    figures[DK_FIGURE_BAD] = -thousandths(sqrt((double)bad / 1000.0));
    figures[DK_FIGURE_BALANCE] = (int32_t)((ngood - nbad) * 1000 / (ngood + nbad + 1));
    uint16_t first = r->opinions[0].clause, last = r->opinions[r->nopinions - 1].clause;
    figures[DK_FIGURE_FIRST] = clause_score(r, first);
    figures[DK_FIGURE_LAST] = last == first ? figures[DK_FIGURE_FIRST] : clause_score(r, last);
}

typedef struct learner {
    const dk_morph *morph;
    const dk_forms *forms;
    const dk_tokens *tokens;
    dk_feature_function each;
    void *context;
} learner;

static dk_status give(const learner *l, uint32_t form, dk_token_kind kind, bool negated, dk_error *err) {
    dk_bases bases = {.lemma_len = 0};
    dk_str text[DK_FEATURE_KINDS];
    if (kind == DK_TOKEN_WORD) dk_morph_bases(l->morph, l->forms->folded[form], &bases);
    dk_form_features_of(l->forms->folded[form], kind, &bases, text);
    dk_status status = DK_OK;
    for (int k = 0; status == DK_OK && k < DK_FEATURE_KINDS; k++)
        if (text[k].len > 0 && k != DK_FEATURE_PAIR && (k == DK_FEATURE_NEGATED) == negated)
            status = l->each(l->context, (dk_feature_kind)k, text[k], (dk_str){"", 0}, err);
    return status;
}

dk_status dk_features_each(const dk_morph *morph, const dk_forms *forms, const dk_tokens *tokens, const dk_reading *r,
                           const dk_lexicon *lexicon, uint32_t *seen, uint32_t mark, dk_feature_function each,
                           void *context, dk_error *err) {
    learner l = {morph, forms, tokens, each, context};
    dk_status status = DK_OK;
    bool after_word = false;
    for (size_t i = 0; status == DK_OK && i < tokens->count; i++) {
        const dk_token *t = &tokens->items[i], *before = t - 1;
        bool pairs = after_word;
        after_word = dk_takes_part(t);
        if (!after_word) continue;
        if (seen[t->form] != mark) status = give(&l, t->form, (dk_token_kind)t->kind, false, err);
        seen[t->form] = mark;
        if (status == DK_OK && pairs && t->kind == DK_TOKEN_WORD && before->kind == DK_TOKEN_WORD)
            status = each(context, DK_FEATURE_PAIR, forms->folded[before->form], forms->folded[t->form], err);
    }
    for (size_t s = 0; status == DK_OK && s < r->nshifts; s++) {
        size_t end;
        if (!dk_negated_tokens(tokens, lexicon, &r->shifts[s], &end)) continue;
        for (size_t i = (size_t)r->shifts[s].last + 1; status == DK_OK && i < end; i++)
            if (tokens->items[i].kind == DK_TOKEN_WORD) status = give(&l, tokens->items[i].form, DK_TOKEN_WORD, true, err);
    }
    return status;
}
