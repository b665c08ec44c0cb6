/* A tagged comment as rows of a writer. */
#include "tag/engine.h"
#include "tag/rows.h"

static const dk_out_column comment_columns[] = {
    {"number", DK_OUT_COUNT},     {"id", DK_OUT_TEXT},
    {"language", DK_OUT_TEXT},    {"language_confidence", DK_OUT_NUMBER},
    {"sentiment", DK_OUT_NUMBER}, {"label", DK_OUT_TEXT},
    {"themes", DK_OUT_TEXT},
};
static const dk_out_column mention_columns[] = {
    {"number", DK_OUT_COUNT},    {"id", DK_OUT_TEXT},          {"theme", DK_OUT_TEXT},
    {"touchpoint", DK_OUT_TEXT}, {"stage", DK_OUT_TEXT},       {"label", DK_OUT_TEXT},
    {"polarity", DK_OUT_NUMBER}, {"start_byte", DK_OUT_COUNT}, {"end_byte", DK_OUT_COUNT},
    {"matched", DK_OUT_TEXT},    {"entry", DK_OUT_TEXT},       {"rules", DK_OUT_TEXT},
};
const dk_out_table dk_rows_comments = {"comments", comment_columns,
                                       sizeof comment_columns / sizeof *comment_columns};
const dk_out_table dk_rows_mentions = {"mentions", mention_columns,
                                       sizeof mention_columns / sizeof *mention_columns};

/* theme:label of each theme in the order of the text, joined by | */
static void put_themes(dk_buf *out, const dk_engine *engine, const dk_comment *c) {
    uint64_t seen[(DK_THEMES_MAX + 63) / 64] = {0};
    for (size_t i = 0; i < c->nmentions; i++) {
        uint32_t theme = c->mentions[i].theme;
        if (seen[theme / 64] >> (theme % 64) & 1) continue;
        seen[theme / 64] |= 1ull << (theme % 64);
        if (out->len > 0) dk_buf_putc(out, '|');
        dk_buf_puts(out, dk_engine_theme(engine, theme));
        dk_buf_putc(out, ':');
        dk_buf_puts(out, dk_label_name(dk_rows_theme_label(c, i)));
    }
}

void dk_rows_add_comment(dk_out_rows *rows, const dk_engine *engine, int64_t number, dk_str id,
                         const dk_comment *c) {
    dk_buf themes;
    dk_buf_init(&themes);
    put_themes(&themes, engine, c);
    rows->bytes.failed |= themes.failed;
    dk_out_count(rows, number);
    dk_out_text(rows, id);
    dk_out_words(rows, dk_language_name(c->language));
    dk_out_milli(rows, c->confidence);
    dk_out_milli(rows, c->sentiment);
    dk_out_words(rows, dk_label_name(c->label));
    dk_out_text(rows, (dk_str){themes.ptr, themes.len});
    dk_out_end(rows);
    dk_buf_dispose(&themes);
}

void dk_rows_add_mentions(dk_out_rows *rows, const dk_engine *engine, int64_t number, dk_str id, dk_str text,
                          const dk_comment *c) {
    const dk_taxonomy *taxonomy = dk_engine_taxonomy(engine);
    dk_buf rules;
    dk_buf_init(&rules);
    for (size_t i = 0; i < c->nmentions; i++) {
        const dk_mention *m = &c->mentions[i];
        const dk_theme *theme = &taxonomy->themes[m->theme];
        char entry[300];
        dk_engine_entry(engine, m->entry, entry, sizeof entry);
        dk_buf_clear(&rules);
        if (m->rules != 0) dk_rules_put(&rules, m->rules);
        dk_out_count(rows, number);
        dk_out_text(rows, id);
        dk_out_words(rows, theme->id);
        dk_out_words(rows, taxonomy->touchpoints[theme->touchpoint]);
        dk_out_words(rows, theme->stage);
        dk_out_words(rows, dk_label_name(m->label));
        dk_out_milli(rows, m->polarity);
        dk_out_count(rows, m->start);
        dk_out_count(rows, m->end);
        dk_out_text(rows, (dk_str){text.ptr + m->start, m->end - m->start});
        dk_out_words(rows, entry);
        dk_out_text(rows, (dk_str){rules.ptr, rules.len});
        dk_out_end(rows);
    }
    rows->bytes.failed |= rules.failed;
    dk_buf_dispose(&rules);
}
