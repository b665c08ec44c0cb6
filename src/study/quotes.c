#include "study/quotes.h"

#include <stdlib.h>

#include "study/redact.h"

/* Longer comments show no single theme. */
enum { LONGEST = 2000 };

dk_status dk_quotes_init(dk_quotes *q, const dk_survey *survey, const dk_taxonomy *taxonomy, const dk_segments *segments, dk_error *err) {
    *q = (dk_quotes){.survey = survey, .taxonomy = taxonomy, .segments = segments, .waves = dk_waves_find(survey)};
    q->ngroups = segments->count + q->waves.count + DK_LANGUAGES;
    q->nplaces = 2 * taxonomy->count * DK_KEPT_EACH + 2 * taxonomy->ntouchpoints * q->ngroups * DK_KEPT_GROUP;
    q->places = calloc(q->nplaces + 1, sizeof *q->places);
    return q->places != NULL ? DK_OK : dk_fail_memory(err);
}

void dk_quotes_dispose(dk_quotes *q) {
    free(q->places);
    dk_arena_dispose(&q->arena);
    memset(q, 0, sizeof *q);
}

/* Comments of two or three lines that say one thing clearly show a theme best. */
static int quality_of(const dk_comment *c, const dk_mention *m, size_t len) {
    int size = len < 20 ? (int)len * 10 : len <= 160 ? 300 : len <= 400 ? 200 : len <= 1000 ? 50 : 1;
    int strength = m->polarity < 0 ? -m->polarity : m->polarity;
    int clear = c->nmentions <= 2 ? 150 : c->nmentions <= 4 ? 80 : 0;
    int doubt = (m->rules & (DK_RULE_COMMENT | DK_RULE_SPELLING | DK_RULE_QUESTION)) != 0 ? 200 : 0;
    return 1000 + size + strength / 4 + clear + c->confidence / 10 - doubt;
}

/* A comment that is a candidate; its copy is made when the first place takes it. */
typedef struct candidate {
    size_t response;
    dk_str text, copy;
    const dk_comment *comment;
    dk_mention *mentions;
} candidate;

static dk_status copy_comment(dk_quotes *q, candidate *c, dk_error *err) {
    if (c->mentions != NULL) return DK_OK;
    char *copy = dk_arena_strdup(&q->arena, c->text.ptr, c->text.len);
    dk_mention *mentions = dk_arena_alloc(&q->arena, c->comment->nmentions * sizeof *mentions);
    if (copy == NULL || mentions == NULL) return dk_fail_memory(err);
    if (!q->survey->config->no_redact) dk_redact(copy, c->text.len);
    memcpy(mentions, c->comment->mentions, c->comment->nmentions * sizeof *mentions);
    c->copy = (dk_str){copy, c->text.len};
    c->mentions = mentions;
    return DK_OK;
}

/* Puts the comment in the place of the worst of n, when it is better and none says the same. */
static dk_status offer(dk_quotes *q, dk_kept *places, int n, candidate *c, const dk_mention *m, int quality, dk_error *err) {
    dk_kept *worst = places;
    for (int k = 0; k < n; k++) {
        if (places[k].quality > 0 && (places[k].response == c->response || dk_str_eq(places[k].text, c->text))) return DK_OK;
        if (places[k].quality < worst->quality) worst = places + k;
    }
    if (quality <= worst->quality) return DK_OK;
    dk_status status = copy_comment(q, c, err);
    if (status == DK_OK)
        *worst = (dk_kept){quality,     m->theme,    m->label == DK_POSITIVE, c->response, c->copy,
                           c->mentions, c->comment->nmentions, c->comment->language,    c->comment->sentiment};
    return status;
}

dk_status dk_quotes_consider(dk_quotes *q, size_t response, dk_str text, const dk_comment *comment, dk_error *err) {
    candidate c = {.response = response, .text = text, .comment = comment};
    dk_status status = DK_OK;
    if (text.len > LONGEST || comment->language == DK_LANG_OTHER) return DK_OK;
    int segment = q->segments->of != NULL ? q->segments->of[response] : -1;
    int wave = q->survey->date != NULL ? dk_waves_at(&q->waves, q->survey->date[response]) : -1;
    const int groups[] = {segment > 0 ? segment : -1, wave >= 0 ? (int)q->segments->count + wave : -1,
                          (int)(q->segments->count + q->waves.count) + (int)comment->language};
    dk_kept *of_groups = q->places + 2 * q->taxonomy->count * DK_KEPT_EACH;
    for (size_t i = 0; i < comment->nmentions && status == DK_OK; i++) {
        const dk_mention *m = comment->mentions + i;
        if (m->label != DK_NEGATIVE && m->label != DK_POSITIVE) continue;
        size_t positive = m->label == DK_POSITIVE, point = q->taxonomy->themes[m->theme].touchpoint;
        int quality = quality_of(comment, m, text.len);
        status = offer(q, q->places + (2 * (size_t)m->theme + positive) * DK_KEPT_EACH, DK_KEPT_EACH, &c, m, quality, err);
        for (int k = 0; k < 3 && status == DK_OK; k++) {
            if (groups[k] < 0) continue;
            size_t place = (2 * point + positive) * q->ngroups + (size_t)groups[k];
            status = offer(q, of_groups + place * DK_KEPT_GROUP, DK_KEPT_GROUP, &c, m, quality, err);
        }
    }
    return status;
}
