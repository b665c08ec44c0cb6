/* A tagged comment as one line of JSON. */
#include "io/json_write.h"
#include "tag/engine.h"
#include "tag/rows.h"

static void put_text(dk_json *j, const char *key, const char *text) {
    dk_json_key(j, key);
    dk_json_text(j, text);
}

static void put_milli(dk_json *j, const char *key, int32_t thousandths) {
    dk_json_key(j, key);
    dk_json_double(j, (double)thousandths / 1000);
}

static void put_int(dk_json *j, const char *key, int64_t value) {
    dk_json_key(j, key);
    dk_json_int(j, value);
}

static void put_rules(dk_json *j, uint32_t rules) {
    dk_json_key(j, "rules");
    dk_json_array(j);
    for (int i = 0; i < DK_RULES; i++)
        if (rules >> i & 1) dk_json_text(j, dk_rule_name(i));
    dk_json_end(j);
}

static void put_mention(dk_json *j, const dk_engine *engine, dk_str text, const dk_mention *m) {
    const dk_taxonomy *taxonomy = dk_engine_taxonomy(engine);
    const dk_theme *theme = &taxonomy->themes[m->theme];
    char entry[300];
    dk_engine_entry(engine, m->entry, entry, sizeof entry);
    dk_json_object(j);
    put_text(j, "theme", theme->id);
    put_text(j, "touchpoint", taxonomy->touchpoints[theme->touchpoint]);
    put_text(j, "stage", theme->stage);
    put_text(j, "label", dk_label_name(m->label));
    put_milli(j, "polarity", m->polarity);
    put_int(j, "start", m->start);
    put_int(j, "end", m->end);
    dk_json_key(j, "match");
    dk_json_string(j, (dk_str){text.ptr + m->start, m->end - m->start});
    put_text(j, "entry", entry);
    put_rules(j, m->rules);
    dk_json_end(j);
}

void dk_rows_put_json(dk_buf *buf, const dk_engine *engine, dk_str id, dk_str text, const dk_comment *c) {
    dk_json json, *j = &json;
    uint64_t seen[(DK_THEMES_MAX + 63) / 64] = {0};
    dk_json_init(j, buf, false);
    dk_json_object(j);
    dk_json_key(j, "id");
    dk_json_string(j, id);
    put_text(j, "language", dk_language_name(c->language));
    put_milli(j, "language_confidence", c->confidence);
    put_milli(j, "sentiment", c->sentiment);
    put_text(j, "label", dk_label_name(c->label));
    dk_json_key(j, "themes");
    dk_json_array(j);
    for (size_t i = 0; i < c->nmentions; i++) {
        uint32_t theme = c->mentions[i].theme;
        if (seen[theme / 64] >> (theme % 64) & 1) continue;
        seen[theme / 64] |= 1ull << (theme % 64);
        dk_json_object(j);
        put_text(j, "theme", dk_engine_theme(engine, theme));
        put_text(j, "label", dk_label_name(dk_rows_theme_label(c, i)));
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_key(j, "mentions");
    dk_json_array(j);
    for (size_t i = 0; i < c->nmentions; i++) put_mention(j, engine, text, &c->mentions[i]);
    dk_json_end(j);
    dk_json_end(j);
    dk_buf_putc(buf, '\n');
}
