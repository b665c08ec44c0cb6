#include "tag/rows.h"

#include "io/csv_write.h"

enum { HITS_PER_COMMENT = 10, SHARE_OF_FOREMOST = 2 };

/* The label of a theme over all its mentions in the comment from the first on. */
static dk_label theme_label(const dk_comment *c, size_t first) {
    bool good = false, bad = false;
    for (size_t i = first; i < c->nmentions; i++) {
        if (c->mentions[i].theme != c->mentions[first].theme) continue;
        good |= c->mentions[i].label == DK_POSITIVE;
        bad |= c->mentions[i].label == DK_NEGATIVE;
    }
    return good && bad ? DK_MIXED : good ? DK_POSITIVE : bad ? DK_NEGATIVE : DK_NEUTRAL;
}

void dk_rows_put_comment(dk_buf *buf, const dk_engine *engine, dk_str id, const dk_comment *c) {
    const dk_taxonomy *taxonomy = dk_engine_taxonomy(engine);
    dk_csv_put(buf, id);
    dk_buf_putc(buf, ',');
    dk_buf_puts(buf, dk_language_name(c->language));
    dk_buf_putc(buf, ',');
    dk_buf_put_milli(buf, c->confidence);
    dk_buf_putc(buf, ',');
    dk_buf_put_milli(buf, c->sentiment);
    dk_buf_putc(buf, ',');
    dk_buf_puts(buf, dk_label_name(c->label));
    dk_buf_putc(buf, ',');
    uint64_t seen[(DK_THEMES_MAX + 63) / 64] = {0};
    bool first = true;
    for (size_t i = 0; i < c->nmentions; i++) {
        uint32_t theme = c->mentions[i].theme;
        if (seen[theme / 64] >> (theme % 64) & 1) continue;
        seen[theme / 64] |= 1ull << (theme % 64);
        if (!first) dk_buf_putc(buf, '|');
        first = false;
        dk_buf_puts(buf, taxonomy->themes[theme].id);
        dk_buf_putc(buf, ':');
        dk_buf_puts(buf, dk_label_name(theme_label(c, i)));
    }
    dk_buf_putc(buf, '\n');
}

void dk_rows_put_mentions(dk_buf *buf, const dk_engine *engine, dk_str id, dk_str text, const dk_comment *c) {
    const dk_taxonomy *taxonomy = dk_engine_taxonomy(engine);
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    for (size_t i = 0; i < c->nmentions; i++) {
        const dk_mention *m = &c->mentions[i];
        const dk_theme *theme = &taxonomy->themes[m->theme];
        dk_csv_put(buf, id);
        dk_buf_putc(buf, ',');
        dk_buf_puts(buf, theme->id);
        dk_buf_putc(buf, ',');
        dk_buf_puts(buf, taxonomy->touchpoints[theme->touchpoint]);
        dk_buf_putc(buf, ',');
        dk_buf_puts(buf, theme->stage);
        dk_buf_putc(buf, ',');
        dk_buf_puts(buf, dk_label_name(m->label));
        dk_buf_putc(buf, ',');
        dk_buf_put_milli(buf, m->polarity);
        dk_buf_putc(buf, ',');
        dk_buf_put_int(buf, m->start);
        dk_buf_putc(buf, ',');
        dk_buf_put_int(buf, m->end);
        dk_buf_putc(buf, ',');
        dk_csv_put(buf, (dk_str){text.ptr + m->start, m->end - m->start});
        dk_buf_putc(buf, ',');
        dk_entry_put_place(buf, lexicon, m->entry);
        dk_buf_putc(buf, ',');
        dk_rules_put(buf, m->rules);
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
