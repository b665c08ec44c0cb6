#include "workbench/coded.h"

#include <stdlib.h>

#include "io/cell.h"
#include "lexicon/tsv.h"
#include "workbench/coverage.h"

/* ---- The scheme -------------------------------------------------------------------------------------- */

static bool accepts_prefix(const dk_taxonomy *t, uint32_t theme, dk_str prefix) {
    dk_str id = dk_str_from(t->themes[theme].id);
    if (prefix.len > 0 && prefix.ptr[prefix.len - 1] == '.')
        return id.len > prefix.len && memcmp(id.ptr, prefix.ptr, prefix.len) == 0;
    return dk_str_eq(id, prefix) || dk_str_is(prefix, t->touchpoints[t->themes[theme].touchpoint]);
}

static dk_status add_code(dk_scheme *s, size_t *cap, dk_str name, uint32_t *code, dk_error *err) {
    size_t known = s->codes.count;
    *code = dk_intern_add(&s->codes, name);
    if (*code == DK_NO_ID || !dk_grow(&s->accepts, cap, (size_t)(*code + 1) * s->nthemes + 1))
        return dk_fail_memory(err);
    if (*code >= known) memset(s->accepts + *code * s->nthemes, 0, s->nthemes);
    return DK_OK;
}

/* Marks the themes of "staff.|delivery.speed". Themes of packs and others that the taxonomy lacks must at least be touchpoints. */
static dk_status read_themes(dk_scheme *s, const dk_taxonomy *t, const dk_tsv *tsv, uint32_t code,
                             dk_str list, dk_error *err) {
    for (const char *p = list.ptr, *end = list.ptr + list.len; p < end;) {
        const char *bar = memchr(p, '|', (size_t)(end - p)), *stop = bar != NULL ? bar : end;
        bool any = false;
        for (uint32_t theme = 0; theme < s->nthemes; theme++) {
            if (!accepts_prefix(t, theme, (dk_str){p, (size_t)(stop - p)})) continue;
            s->accepts[code * s->nthemes + theme] = 1;
            any = true;
        }
        if (!any) {
            dk_tsv_fail(tsv, p, err, "the taxonomy has no theme %.*s", (int)(stop - p), p);
            dk_error_remedy(err,
                            "a theme such as delivery.speed, or a touchpoint such as staff. is expected");
            return DK_EDATA;
        }
        p = stop + 1;
    }
    return DK_OK;
}

static dk_status read_map(dk_scheme *s, const dk_taxonomy *t, const char *path, size_t *cap, dk_error *err) {
    static const char *const names[] = {"code", "themes", NULL};
    dk_tsv tsv;
    dk_str cells[DK_TSV_COLUMNS];
    dk_status status = dk_tsv_open(&tsv, path, names, 2, err);
    for (bool end = false; status == DK_OK;) {
        uint32_t code;
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (status != DK_OK || end) break;
        status = add_code(s, cap, dk_cell_trim(cells[0]), &code, err);
        if (status == DK_OK) status = read_themes(s, t, &tsv, code, cells[1], err);
    }
    dk_tsv_dispose(&tsv);
    return status;
}

dk_status dk_scheme_make(dk_scheme *s, const dk_taxonomy *t, const char *map, bool touchpoints,
                         dk_error *err) {
    memset(s, 0, sizeof *s);
    dk_intern_init(&s->codes);
    s->nthemes = t->count;
    s->touchpoints = touchpoints;
    size_t cap = 0;
    dk_status status = DK_OK;
    if (map != NULL) status = read_map(s, t, map, &cap, err);
    for (uint32_t theme = 0; status == DK_OK && map == NULL && theme < s->nthemes; theme++) {
        uint32_t code;
        const char *name = touchpoints ? t->touchpoints[t->themes[theme].touchpoint] : t->themes[theme].id;
        status = add_code(s, &cap, dk_str_from(name), &code, err);
        if (status == DK_OK) s->accepts[code * s->nthemes + theme] = 1;
    }
    s->primary = malloc((s->nthemes + 1) * sizeof *s->primary);
    if (status == DK_OK && s->primary == NULL) status = dk_fail_memory(err);
    for (uint32_t theme = 0; status == DK_OK && theme < s->nthemes; theme++) {
        s->primary[theme] = DK_NO_ID;
        for (uint32_t code = (uint32_t)s->codes.count; code-- > 0;)
            if (s->accepts[code * s->nthemes + theme]) s->primary[theme] = code;
    }
    return status;
}

void dk_scheme_dispose(dk_scheme *s) {
    dk_intern_dispose(&s->codes);
    free(s->accepts);
    free(s->primary);
}

/* ---- Codes ------------------------------------------------------------------------------------------- */

int dk_polarity_parse(dk_str word) {
    static const struct {
        const char *word;
        int label;
        bool head; /* longer words that begin so count too */
    } words[] = {{"neg", DK_NEGATIVE, true},     {"pos", DK_POSITIVE, true}, {"neu", DK_NEUTRAL, true},
                 {"mixed", DK_MIXED, false},     {"bland", DK_MIXED, true},  {"-", DK_NEGATIVE, false},
                 {"+", DK_POSITIVE, false},      {"0", DK_NEUTRAL, false},   {"-1", DK_NEGATIVE, false},
                 {"1", DK_POSITIVE, false},      {"+1", DK_POSITIVE, false}, {"best", DK_POSITIVE, false},
                 {"improve", DK_NEGATIVE, false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].word);
        if (word.len < n || (word.len > n && !words[i].head)) continue;
        bool same = true;
        for (size_t c = 0; same && c < n; c++) {
            char x = word.ptr[c];
            same = (x >= 'A' && x <= 'Z' ? x + 32 : x) == words[i].word[c];
        }
        if (same) return words[i].label;
    }
    return -1;
}

void dk_coded_init(dk_coded *c) {
    memset(c, 0, sizeof *c);
    dk_intern_init(&c->ids);
    dk_intern_init(&c->coders);
}

void dk_coded_dispose(dk_coded *c) {
    free(c->units);
    free(c->ratings);
    free(c->codes);
    dk_intern_dispose(&c->ids);
    dk_intern_dispose(&c->coders);
}

typedef struct adding {
    dk_coded *c;
    const dk_scheme *scheme;
    const dk_corpus *k;
} adding;

static dk_status add_one(const adding *a, dk_str name, int label, int64_t line, dk_error *err) {
    dk_coded *c = a->c;
    if (a->scheme->touchpoints) {
        const char *dot = memchr(name.ptr, '.', name.len);
        if (dot != NULL) name.len = (size_t)(dot - name.ptr);
    }
    uint32_t code = dk_intern_find(&a->scheme->codes, name);
    if (code == DK_NO_ID) {
        if (c->unknown++ == 0) {
            c->unknown_corpus = a->k;
            c->unknown_line = line;
            c->unknown_code = name;
        }
        return DK_OK;
    }
    size_t first = c->ratings[c->nratings].first;
    for (size_t i = first; i < c->ncodes; i++)
        if (c->codes[i].code == code) { /* said twice: with both polarities it is mixed */
            if (c->codes[i].label < 0)
                c->codes[i].label = (int8_t)label;
            else if (label >= 0 && label != c->codes[i].label)
                c->codes[i].label = DK_MIXED;
            return DK_OK;
        }
    if (!dk_grow(&c->codes, &c->codes_cap, c->ncodes + 1)) return dk_fail_memory(err);
    c->codes[c->ncodes++] = (dk_code){code, (int8_t)label};
    return DK_OK;
}

/* "delivery.speed:negative|staff.care", or one code of a map, which may hold a colon itself. */
static dk_status add_list(const adding *a, dk_str cell, int label, int64_t line, dk_error *err) {
    dk_status status = DK_OK;
    if (dk_str_is(cell, "none")) return DK_OK;
    for (const char *p = cell.ptr, *end = cell.ptr + cell.len; status == DK_OK && p < end;) {
        const char *bar = memchr(p, '|', (size_t)(end - p)), *stop = bar != NULL ? bar : end;
        const char *colon = memrchr(p, ':', (size_t)(stop - p)), *name_end = stop;
        int own = colon != NULL ? dk_polarity_parse((dk_str){colon + 1, (size_t)(stop - colon - 1)}) : -1;
        if (own >= 0) name_end = colon;
        status =
            add_one(a, dk_cell_trim((dk_str){p, (size_t)(name_end - p)}), own >= 0 ? own : label, line, err);
        p = stop + 1;
    }
    return status;
}

static dk_str value_of(const dk_corpus *k, size_t comment, size_t extra) {
    uint32_t v = dk_corpus_extra(k, comment, extra);
    return v != DK_NO_ID ? dk_intern_text(&k->values, v) : (dk_str){"", 0};
}

/* Begins a rating behind the last; it counts when nratings is raised. */
static dk_status begin_rating(const adding *a, size_t comment, dk_str coder, dk_error *err) {
    dk_coded *c = a->c;
    size_t known = c->nunits;
    uint32_t unit = dk_intern_add(&c->ids, a->k->comments[comment].id),
             who = dk_intern_add(&c->coders, coder);
    if (unit == DK_NO_ID || who == DK_NO_ID || !dk_grow(&c->units, &c->units_cap, (size_t)unit + 1) ||
        !dk_grow(&c->ratings, &c->ratings_cap, c->nratings + 1))
        return dk_fail_memory(err);
    if (unit >= known) {
        c->units[unit] = (dk_unit){a->k, comment};
        c->nunits = (size_t)unit + 1;
    }
    c->ratings[c->nratings] =
        (dk_rating){.unit = unit, .coder = who, .first = (uint32_t)c->ncodes, .label = -1};
    return DK_OK;
}

static dk_status add_row(const adding *a, size_t i, const char *coder, bool has_score, dk_error *err) {
    const dk_corpus *k = a->k;
    dk_coded *c = a->c;
    int64_t line = k->comments[i].line;
    dk_str who = value_of(k, i, DK_CODED_CODER), list = value_of(k, i, DK_CODED_CODES);
    int sentiment = dk_polarity_parse(value_of(k, i, DK_CODED_SENTIMENT));
    bool any = list.len > 0;
    for (size_t e = DK_CODED_PAIRS; e < k->nextras; e += 2) any |= dk_corpus_extra(k, i, e) != DK_NO_ID;
    if (!any && sentiment < 0) {
        c->uncoded += !has_score;
        return DK_OK;
    }
    dk_status status = begin_rating(a, i, who.len > 0 ? who : dk_str_from(coder), err);
    dk_rating *r = &c->ratings[c->nratings];
    if (status == DK_OK)
        status = add_list(a, list, dk_polarity_parse(value_of(k, i, DK_CODED_POLARITY)), line, err);
    for (size_t e = DK_CODED_PAIRS; status == DK_OK && e < k->nextras; e += 2)
        status = add_list(a, value_of(k, i, e), dk_polarity_parse(value_of(k, i, e + 1)), line, err);
    if (status != DK_OK) return status;
    r->label = (int8_t)sentiment;
    r->themes =
        any || k->nextras > DK_CODED_PAIRS; /* in a sheet of our own a sentiment without a theme says: none */
    r->count = (uint32_t)c->ncodes - r->first;
    c->nratings++;
    return DK_OK;
}

static int by_unit_and_coder(const void *a, const void *b) {
    const dk_rating *x = a, *y = b;
    if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
    if (x->coder != y->coder) return x->coder < y->coder ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static dk_status add_scores(const adding *a, dk_error *err) {
    double *scores, highest;
    dk_status status = dk_corpus_scores(a->k, DK_CODED_SCORE, &scores, &highest, err);
    for (size_t i = 0; status == DK_OK && i < a->k->count; i++) {
        int side = dk_score_side(scores[i], highest);
        if (side == 0) continue;
        status = begin_rating(a, i, dk_str_from("score"), err);
        if (status != DK_OK) break;
        a->c->ratings[a->c->nratings].label = side < 0 ? DK_NEGATIVE : DK_POSITIVE;
        a->c->nratings++;
    }
    free(scores);
    return status;
}

dk_status dk_coded_add(dk_coded *c, const dk_scheme *scheme, const dk_corpus *k, const char *coder,
                       bool has_score, dk_error *err) {
    adding a = {c, scheme, k};
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < k->count; i++) status = add_row(&a, i, coder, has_score, err);
    if (status == DK_OK && has_score) status = add_scores(&a, err);
    if (status != DK_OK || c->nratings == 0) return status;
    qsort(c->ratings, c->nratings, sizeof *c->ratings, by_unit_and_coder);
    size_t to = 1;
    for (size_t i = 1; i < c->nratings; i++) {
        if (c->ratings[i].unit == c->ratings[to - 1].unit && c->ratings[i].coder == c->ratings[to - 1].coder)
            c->doubled++;
        else
            c->ratings[to++] = c->ratings[i];
    }
    c->nratings = to;
    return DK_OK;
}
