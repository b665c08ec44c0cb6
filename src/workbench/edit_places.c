/* Where an entry stands in the corpus: a concordance of the comments in memory. */
#include <stdlib.h>

#include "workbench/edit_text.h"

typedef struct place {
    uint32_t comment;
    edit_span span;
    bool decided; /* it won over what overlaps it */
} place;

typedef struct part {
    place *places;
    size_t count, cap;
    int64_t comments;
} part;

typedef struct search {
    uint32_t entry;
    part *parts;
} search;

static dk_status look(void *context, size_t number, uint32_t comment, dk_session *session,
                      const dk_comment *c, dk_error *err) {
    const search *s = context;
    part *p = &s->parts[number];
    const dk_reading *r = dk_inspect_reading(session);
    size_t before = p->count;
    for (size_t i = 0; i < r->matches.count; i++) {
        const dk_match *m = &r->matches.items[i];
        if (m->entry != s->entry) continue;
        place found = {comment, edit_span_of(m, c), m->won != 0};
        bool known = false; /* another way to read the same words */
        for (size_t k = before; k < p->count && !known; k++) {
            known = p->places[k].span.start == found.span.start && p->places[k].span.end == found.span.end;
            if (known) p->places[k].decided |= found.decided;
        }
        if (known) continue;
        if (!dk_grow(&p->places, &p->cap, p->count + 1)) return dk_fail_memory(err);
        p->places[p->count++] = found;
    }
    p->comments += p->count > before;
    return DK_OK;
}

/* Brings the places of all parts together in the first of them. */
static dk_status gather(part *parts, size_t nparts, dk_error *err) {
    for (size_t i = 1; i < nparts; i++) {
        if (!dk_grow(&parts[0].places, &parts[0].cap, parts[0].count + parts[i].count + 1))
            return dk_fail_memory(err);
        if (parts[i].count > 0)
            memcpy(parts[0].places + parts[0].count, parts[i].places,
                   parts[i].count * sizeof *parts[i].places);
        parts[0].count += parts[i].count;
        parts[0].comments += parts[i].comments;
    }
    return DK_OK;
}

static dk_status put_lines(const dk_edit *edit, const part *all, size_t wanted, dk_json *j, dk_error *err) {
    edit_drawn *drawn = malloc((all->count + 1) * sizeof *drawn);
    if (drawn == NULL) return dk_fail_memory(err);
    for (size_t i = 0; i < all->count; i++)
        drawn[i] =
            (edit_drawn){edit_draw(&edit->corpus, all->places[i].comment, all->places[i].span.start), i};
    size_t n = edit_choose(drawn, all->count, wanted);
    dk_json_key(j, "lines");
    dk_json_array(j);
    for (size_t i = 0; i < n; i++) {
        const place *p = &all->places[drawn[i].number];
        edit_span span = p->span;
        dk_json_object(j);
        edit_put_comment(&edit->corpus.comments[p->comment], &span, 1, j);
        dk_json_key(j, "decided");
        dk_json_bool(j, p->decided);
        dk_json_key(j, "label");
        dk_json_text(j, dk_label_name((dk_label)edit->now.results[p->comment].label));
        dk_json_end(j);
    }
    dk_json_end(j);
    free(drawn);
    return DK_OK;
}

dk_status edit_put_places(dk_edit *edit, uint32_t entry, size_t lines, dk_json *j, dk_error *err) {
    edit_entry one = {dk_engine_lexicon(edit->now.engine), entry};
    uint32_t *comments = NULL;
    size_t n = 0, nparts = edit_parts(edit);
    part *parts = calloc(nparts, sizeof *parts);
    search s = {entry, parts};
    dk_status status = parts == NULL ? dk_fail_memory(err) : edit_reach(edit, &one, 1, &comments, &n, err);
    if (status == DK_OK) status = edit_read(edit, edit->now.engine, comments, n, look, &s, err);
    if (status == DK_OK) status = gather(parts, nparts, err);
    if (status == DK_OK) {
        int64_t decided = 0;
        for (size_t i = 0; i < parts[0].count; i++) decided += parts[0].places[i].decided;
        dk_json_key(j, "places");
        dk_json_int(j, (int64_t)parts[0].count);
        dk_json_key(j, "decided");
        dk_json_int(j, decided);
        dk_json_key(j, "comments");
        dk_json_int(j, parts[0].comments);
        status = put_lines(edit, &parts[0], lines, j, err);
    }
    for (size_t i = 0; parts != NULL && i < nparts; i++) free(parts[i].places);
    free(parts);
    free(comments);
    return status;
}
