#include "tag/rows.h"

#include "io/csv_write.h"
#include "tag/engine.h"

enum { HITS_PER_COMMENT = 10, SHARE_OF_FOREMOST = 2 };

dk_label dk_rows_theme_label(const dk_comment *c, size_t first) {
    bool good = false, bad = false;
    for (size_t i = first; i < c->nmentions; i++) {
        if (c->mentions[i].theme != c->mentions[first].theme) continue;
        good |= c->mentions[i].label == DK_POSITIVE;
        bad |= c->mentions[i].label == DK_NEGATIVE;
    }
    return good && bad ? DK_MIXED : good ? DK_POSITIVE : bad ? DK_NEGATIVE : DK_NEUTRAL;
}

/* Appending to room that is known to be there. Most texts are shorter than the call that would copy them. */
static inline char *put(char *p, dk_str text) {
    if (DK_LIKELY(text.len >= 8 && text.len <= 16)) {
        memcpy(p, text.ptr, 8);
        memcpy(p + text.len - 8, text.ptr + text.len - 8, 8);
    } else if (text.len >= 4 && text.len < 8) {
        memcpy(p, text.ptr, 4);
        memcpy(p + text.len - 4, text.ptr + text.len - 4, 4);
    } else {
        memcpy(p, text.ptr, text.len);
    }
    return p + text.len;
}

static inline char *put_number(char *p, uint32_t value) {
    char digits[16] = {0};
    unsigned at = 10;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    if (DK_LIKELY(at >= 6)) memcpy(p, digits + at, 4); /* what is behind the number will be written over */
    else memcpy(p, digits + at, 10 - at);
    return p + 10 - at;
}

/* As dk_buf_put_milli, for -1000..1000. */
static inline char *put_milli(char *p, int32_t thousandths) {
    unsigned rest = (unsigned)(thousandths < 0 ? -thousandths : thousandths), whole = rest >= 1000, fraction = rest - 1000 * whole;
    *p = '-';
    p += thousandths < 0;
    *p++ = (char)('0' + whole);
    if (fraction == 0) return p;
    unsigned tens = fraction % 100, units = tens % 10;
    p[0] = '.';
    p[1] = (char)('0' + fraction / 100);
    p[2] = (char)('0' + tens / 10);
    p[3] = (char)('0' + units);
    return p + (units != 0 ? 4 : tens != 0 ? 3 : 2);
}

static const dk_str labels[] = {{"neutral", 7}, {"negative", 8}, {"positive", 8}, {"mixed", 5}};

/* More than the short cells of a row take together: numbers, a label, all rules. */
enum { SHORT_CELLS = 256 };

void dk_rows_put_themes(dk_buf *buf, const dk_taxonomy *taxonomy, const dk_comment *c) {
    uint64_t seen[(DK_THEMES_MAX + 63) / 64] = {0};
    bool first = true;
    for (size_t i = 0; i < c->nmentions; i++) {
        uint32_t theme = c->mentions[i].theme;
        if (seen[theme / 64] >> (theme % 64) & 1) continue;
        seen[theme / 64] |= 1ull << (theme % 64);
        dk_str name = dk_str_from(taxonomy->themes[theme].id);
        if (!dk_buf_reserve(buf, name.len + SHORT_CELLS)) return;
        char *p = buf->ptr + buf->len;
        *p = '|';
        p = put(p + !first, name);
        *p++ = ':';
        p = put(p, labels[dk_rows_theme_label(c, i)]);
        buf->len = (size_t)(p - buf->ptr);
        first = false;
    }
}

void dk_rows_put_comment(dk_buf *buf, const dk_engine *engine, dk_str id, const dk_comment *c) {
    const dk_taxonomy *taxonomy = dk_engine_taxonomy(engine);
    dk_csv_put(buf, id);
    if (!dk_buf_reserve(buf, SHORT_CELLS)) return;
    char *p = buf->ptr + buf->len;
    *p++ = ',';
    p = put(p, dk_str_from(dk_language_name(c->language)));
    *p++ = ',';
    p = put_milli(p, c->confidence);
    *p++ = ',';
    p = put_milli(p, c->sentiment);
    *p++ = ',';
    p = put(p, labels[c->label]);
    *p++ = ',';
    buf->len = (size_t)(p - buf->ptr);
    dk_rows_put_themes(buf, taxonomy, c);
    dk_buf_putc(buf, '\n');
}

void dk_rows_put_mentions(dk_buf *buf, const dk_engine *engine, dk_str id, dk_str text, const dk_comment *c) {
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    size_t cell = buf->len, cell_len = 0; /* where the first row has the id */
    for (size_t i = 0; i < c->nmentions; i++) {
        const dk_mention *m = &c->mentions[i];
        const dk_entry_source *source = &lexicon->sources[m->entry];
        dk_str theme = engine->theme_cells[m->theme], file = engine->file_cells[source->file];
        if (i == 0) {
            dk_csv_put(buf, id);
            cell_len = buf->len - cell;
        }
        if (!dk_buf_reserve(buf, cell_len + theme.len + SHORT_CELLS)) return;
        char *p = buf->ptr + buf->len;
        if (i > 0) p = put(p, (dk_str){buf->ptr + cell, cell_len});
        p = put(p, theme);
        p = put(p, labels[m->label]);
        *p++ = ',';
        p = put_milli(p, m->polarity);
        *p++ = ',';
        p = put_number(p, m->start);
        *p++ = ',';
        p = put_number(p, m->end);
        *p++ = ',';
        buf->len = (size_t)(p - buf->ptr);
        dk_csv_put(buf, (dk_str){text.ptr + m->start, m->end - m->start});
        if (!dk_buf_reserve(buf, file.len + SHORT_CELLS)) return;
        p = put(buf->ptr + buf->len, file);
        p = put_number(p, source->line);
        *p++ = ',';
        buf->len = (size_t)(p - buf->ptr);
        if (m->rules != 0) dk_rules_put(buf, m->rules);
        dk_buf_putc(buf, '\n');
    }
}

uint32_t dk_packs_choose(const dk_lexicon *lexicon, const uint64_t counts[DK_MAX_PACKS], uint64_t ncomments) {
    uint64_t most = 0;
    uint32_t packs = 0;
    for (size_t i = 0; i < lexicon->npacks; i++) most = counts[i] > most ? counts[i] : most;
    for (size_t i = 0; i < lexicon->npacks; i++)
        if (counts[i] * HITS_PER_COMMENT >= ncomments && counts[i] * SHARE_OF_FOREMOST >= most && counts[i] > 0)
            packs |= 1u << i;
    return packs;
}

dk_status dk_packs_parse(const dk_lexicon *lexicon, const char *names, uint32_t *packs, dk_error *err) {
    *packs = 0;
    if (strcmp(names, "none") == 0) return DK_OK;
    for (const char *p = names; *p != '\0';) {
        size_t len = strcspn(p, ",");
        int pack = dk_lexicon_find_pack(lexicon, (dk_str){p, len});
        if (pack < 0) {
            dk_fail(err, DK_EUSAGE, "no pack %.*s", (int)len, p);
            if (lexicon->npacks > 0) dk_error_remedy(err, "packs are in lexicons/packs, such as %s", lexicon->packs[0]);
            return DK_EUSAGE;
        }
        *packs |= 1u << pack;
        p += len + (p[len] == ',');
    }
    return DK_OK;
}
