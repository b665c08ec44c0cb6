#include "workbench/sample.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"

enum { STRATA = DK_LANGUAGES * 4 * 2 };

typedef struct drawn {
    size_t comment;
    uint64_t draw;
    double worth;
    const char *why;
} drawn;

static int by_draw(const void *a, const void *b) {
    const drawn *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    return (x->comment > y->comment) - (x->comment < y->comment);
}

static int by_worth(const void *a, const void *b) {
    const drawn *x = a, *y = b;
    if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
    return by_draw(a, b);
}

static int by_comment(const void *a, const void *b) {
    const dk_sampled *x = a, *y = b;
    return (x->comment > y->comment) - (x->comment < y->comment);
}

static size_t stratum_of(const dk_corpus_comment *c) {
    return ((size_t)c->language * 4 + c->label) * 2 + (c->nmentions > 0);
}

/* How much a coder's reading of the comment would tell, and which reason weighs most. */
static double worth_of(const dk_corpus *k, const dk_corpus_comment *c, const double *theme_share,
                       const char **why) {
    double unsure = 1 - fabs(c->sentiment / 1000.0), unread = 1, rare = 0;
    if (c->label == DK_MIXED) unsure = fmax(unsure, 0.8);
    unsure = fmin(1, unsure + 0.5 * (1 - c->confidence / 1000.0));
    double words = 0, outside = 0;
    for (uint32_t t = 0; t < c->ntokens; t++) {
        uint32_t token = k->tokens[c->first + t];
        if ((token & DK_CORPUS_WORD) == DK_CORPUS_BREAK) continue;
        words++;
        outside += (token & DK_CORPUS_THEMED) == 0;
    }
    /* two words without a theme are no riddle; twenty are */
    if (c->nmentions > 0) unread = words > 0 ? outside / words : 0;
    unread *= words / (words + 5);
    for (uint32_t m = 0; m < c->nmentions; m++)
        rare = fmax(rare, 1 / (1 + 50 * theme_share[k->mentions[c->first_mention + m].theme]));
    *why = unsure >= unread && unsure >= rare ? "unsure" : unread >= rare ? "unread" : "rare";
    return unsure + unread + rare;
}

static dk_status theme_shares(const dk_corpus *k, const dk_engine *engine, double **shares, dk_error *err) {
    size_t n = dk_engine_themes(engine);
    *shares = calloc(n + 1, sizeof **shares);
    size_t *last = calloc(n + 1, sizeof *last);
    bool ok = *shares != NULL && last != NULL;
    for (size_t i = 0; ok && i < k->count; i++)
        for (uint32_t m = 0; m < k->comments[i].nmentions; m++) {
            uint32_t theme = k->mentions[k->comments[i].first_mention + m].theme;
            if (last[theme] == i + 1) continue;
            last[theme] = i + 1;
            (*shares)[theme] += 1 / (double)k->count;
        }
    free(last);
    return ok ? DK_OK : dk_fail_memory(err);
}

/* How many of each stratum: in proportion, at least one, no more than there are; what rounding leaves goes to the largest. */
static void allot(const size_t *sizes, size_t all, size_t wanted, size_t *quotas) {
    size_t given = 0;
    for (size_t s = 0; s < STRATA; s++) {
        quotas[s] = sizes[s] == 0 ? 0 : (size_t)((double)wanted * (double)sizes[s] / (double)all);
        if (sizes[s] > 0 && quotas[s] == 0) quotas[s] = 1;
        given += quotas[s];
    }
    while (given != wanted) {
        size_t best = STRATA;
        for (size_t s = 0; s < STRATA; s++) {
            bool can = given < wanted ? quotas[s] < sizes[s] : quotas[s] > 1;
            if (can && (best == STRATA || sizes[s] > sizes[best])) best = s;
        }
        if (best == STRATA) return; /* fewer comments than were wanted, or more strata */
        if (given < wanted)
            quotas[best]++, given++;
        else
            quotas[best]--, given--;
    }
}

dk_status dk_sample_choose(const dk_corpus *k, const dk_engine *engine, const dk_sample_options *o,
                           dk_sampled **out, size_t *count, dk_error *err) {
    size_t sizes[STRATA] = {0}, firsts[STRATA + 1], quotas[STRATA], all = 0, n = 0;
    double *shares = NULL;
    drawn *list = malloc((k->count + 1) * sizeof *list);
    *out = malloc((k->count + 1) * sizeof **out);
    dk_status status =
        list == NULL || *out == NULL ? dk_fail_memory(err) : theme_shares(k, engine, &shares, err);
    for (size_t i = 0; status == DK_OK && i < k->count; i++)
        if (o->skip == NULL || !o->skip[i]) sizes[stratum_of(&k->comments[i])]++, all++;
    if (status == DK_OK && all == 0) status = dk_fail(err, DK_EDATA, "no comment is left to code");
    size_t fill[STRATA], at = 0;
    for (size_t s = 0; s < STRATA; s++) {
        firsts[s] = fill[s] = at;
        at += sizes[s];
    }
    firsts[STRATA] = at;
    for (size_t i = 0; status == DK_OK && i < k->count; i++) {
        if (o->skip != NULL && o->skip[i]) continue;
        const dk_corpus_comment *c = &k->comments[i];
        drawn *d = &list[fill[stratum_of(c)]++];
        *d = (drawn){.comment = i, .draw = dk_hash_seeded(c->id.ptr, c->id.len, o->seed)};
        d->worth = worth_of(k, c, shares, &d->why);
    }
    if (status == DK_OK) allot(sizes, all, o->size < all ? o->size : all, quotas);
    for (size_t s = 0; status == DK_OK && s < STRATA; s++) {
        drawn *stratum = list + firsts[s];
        if (sizes[s] == 0) continue;
        size_t random = (size_t)(o->random * (double)quotas[s] + 0.5);
        qsort(stratum, sizes[s], sizeof *stratum, by_draw);
        for (size_t i = 0; i < random; i++)
            (*out)[n++] = (dk_sampled){stratum[i].comment, stratum[i].worth,
                                       (double)sizes[s] / (double)random, "random"};
        qsort(stratum + random, sizes[s] - random, sizeof *stratum, by_worth);
        for (size_t i = random; i < quotas[s]; i++)
            (*out)[n++] = (dk_sampled){stratum[i].comment, stratum[i].worth, NAN, stratum[i].why};
    }
    if (status == DK_OK) qsort(*out, n, sizeof **out, by_comment);
    *count = n;
    free(list);
    free(shares);
    if (status != DK_OK) {
        free(*out);
        *out = NULL;
    }
    return status;
}
