/* drivkraft explain: why one comment is tagged as it is, for people or as JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/input.h"
#include "cli/study_options.h"
#include "tag/explain.h"
#include "text/utf8.h"

enum { LINE_WIDTH = 100, ROWS = 4 };

/* What stands under a token: its base form, the theme it names, what it says or does. */
typedef struct column {
    char rows[ROWS][160];
    size_t width;
} column;

static const char *tint(const dk_cli *cli, int32_t value) {
    if (!cli->color_out) return "";
    return value >= DK_NEUTRAL_BAND ? "\033[32m" : value <= -DK_NEUTRAL_BAND ? "\033[31m" : "";
}

static const char *plain(const dk_cli *cli) { return cli->color_out ? "\033[0m" : ""; }

static size_t shown_width(const char *text) { return dk_utf8_length(text, strlen(text)); }

static void note(column *c, int row, const char *text) {
    size_t len = strlen(c->rows[row]);
    snprintf(c->rows[row] + len, sizeof c->rows[row] - len, "%s%s", len > 0 ? "/" : "", text);
}

static void fill_columns(const dk_engine *engine, dk_session *session, dk_str text, const dk_comment *comment,
                         column *columns) {
    const dk_reading *r = dk_inspect_reading(session);
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    for (size_t i = 0; i < comment->ntokens; i++) {
        const dk_token *t = &comment->tokens[i];
        dk_token_view view;
        dk_inspect_token(session, i, &view);
        int len = (int)(t->end - t->start);
        snprintf(columns[i].rows[0], sizeof columns[i].rows[0], "%.*s", len, text.ptr + t->start);
        if (t->kind != DK_TOKEN_WORD) continue;
        if (view.parts[0] != '\0') note(&columns[i], 1, view.parts);
        else if (!dk_str_is(view.norm, view.lemma)) note(&columns[i], 1, view.lemma);
    }
    for (size_t i = 0; i < r->nthemes; i++) {
        const char *theme = lexicon->taxonomy.themes[lexicon->entries[r->themes[i].entry].theme].id;
        for (uint32_t t = r->themes[i].first; t <= r->themes[i].last; t++)
            if (r->themes[i].mask >> (t - r->themes[i].first) & 1)
                note(&columns[t], 2, t == r->themes[i].first ? theme : "--");
    }
    for (size_t i = 0; i < r->nopinions; i++) {
        char value[32];
        snprintf(value, sizeof value, "%+.2g", r->opinions[i].base / 200.0);
        note(&columns[r->opinions[i].first], 3, value);
        for (uint32_t t = r->opinions[i].first + 1; t <= r->opinions[i].last; t++) note(&columns[t], 3, "--");
    }
    for (size_t i = 0; i < r->nshifts; i++)
        note(&columns[r->shifts[i].first], 3, dk_modifier_name((dk_modifier)lexicon->entries[r->shifts[i].entry].modifier));
    for (size_t i = 0; i < comment->ntokens; i++)
        for (int row = 0; row < ROWS; row++) {
            size_t w = shown_width(columns[i].rows[row]);
            if (w > columns[i].width) columns[i].width = w;
        }
}

static void put_columns(dk_buf *out, const column *columns, size_t n) {
    for (size_t first = 0; first < n;) {
        size_t last = first, width = 2;
        while (last < n && (last == first || width + columns[last].width + 2 <= LINE_WIDTH)) width += columns[last++].width + 2;
        for (int row = 0; row < ROWS; row++) {
            bool any = false;
            for (size_t i = first; i < last; i++) any |= columns[i].rows[row][0] != '\0';
            if (!any) continue;
            dk_buf_putf(out, "  ");
            for (size_t i = first; i < last; i++) {
                dk_buf_putf(out, "%s", columns[i].rows[row]);
                if (i + 1 < last) dk_buf_putf(out, "%*s", (int)(columns[i].width - shown_width(columns[i].rows[row]) + 2), "");
            }
            dk_buf_putf(out, "\n");
        }
        dk_buf_putf(out, "\n");
        first = last;
    }
}

static void put_because(dk_buf *out, const dk_engine *engine, uint32_t entry, uint32_t rules) {
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    dk_buf line;
    dk_buf_init(&line);
    dk_entry_put_place(&line, lexicon, entry);
    dk_buf_putc(&line, ' ');
    dk_str term = lexicon->sources[entry].text;
    enum { MOST = 40 }; /* bytes of a term: one with many alternatives would hide what follows, and its line is named */
    size_t shown = term.len <= MOST + 3 ? term.len : MOST;
    while (shown < term.len && shown > 0 && ((unsigned char)term.ptr[shown] & 0xC0) == 0x80) shown--;
    dk_buf_put(&line, term.ptr, shown);
    if (shown < term.len) dk_buf_puts(&line, "...");
    if (rules != 0) {
        dk_buf_puts(&line, "; ");
        dk_rules_put(&line, rules);
    }
    dk_buf_putf(out, "%s\n", dk_buf_cstr(&line));
    dk_buf_dispose(&line);
}

static void put_learned(dk_buf *out, const dk_cli *cli, const dk_reading *r, dk_str text, const dk_comment *comment) {
    dk_learned_word words[DK_LEARNED_WORDS];
    int64_t all;
    if (r->learned == NULL) return;
    size_t n = dk_explain_strongest(r, comment, words, &all);
    dk_buf_putf(out, "  learned  ");
    for (size_t i = 0; i < n; i++) {
        const dk_token *t = &comment->tokens[words[i].token];
        dk_buf_putf(out, " %s%.*s %+.2f%s%s", tint(cli, (int32_t)words[i].weight), (int)(t->end - t->start), text.ptr + t->start,
               (double)words[i].weight / 1000, plain(cli), i + 1 < n ? "," : "");
    }
    dk_buf_putf(out, "%swords %+.2f, rules %+.2f: logit %+.2f\n", n > 0 ? "; all " : " ", (double)all / 1000,
           (double)(r->logit - all) / 1000, (double)r->logit / 1000);
}

static dk_status put_people(dk_buf *out, const dk_cli *cli, const dk_engine *engine, dk_session *session, dk_str text,
                            const dk_comment *comment, dk_error *err) {
    column *columns = calloc(comment->ntokens + 1, sizeof *columns);
    if (columns == NULL) return dk_fail_memory(err);
    const dk_reading *r = dk_inspect_reading(session);
    const dk_taxonomy *taxonomy = dk_engine_taxonomy(engine);
    fill_columns(engine, session, text, comment, columns);
    dk_buf_putf(out, "%s %.2f\n", dk_language_name(comment->language), comment->confidence / 1000.0);
    put_columns(out, columns, comment->ntokens);
    if (comment->nmentions > 0) dk_buf_putf(out, "  themes\n");
    for (size_t i = 0; i < comment->nmentions; i++) {
        const dk_mention *m = &comment->mentions[i];
        dk_buf_putf(out, "  clause %d  %-26s %s%-8s %5.2f%s   ", comment->tokens[r->themes[i].first].clause + 1,
               taxonomy->themes[m->theme].id, tint(cli, m->polarity), dk_label_name(m->label), m->polarity / 1000.0, plain(cli));
        put_because(out, engine, m->entry, m->rules);
    }
    if (comment->nmentions > 0) dk_buf_putf(out, "\n");
    if (r->nopinions > 0) dk_buf_putf(out, "  opinions\n");
    for (size_t i = 0; i < r->nopinions; i++) {
        const dk_opinion *o = &r->opinions[i];
        size_t start = comment->tokens[o->first].start, end = comment->tokens[o->last].end;
        dk_buf_putf(out, "  clause %d  %s%+.2f%s", o->clause + 1, tint(cli, o->value), o->value / 200.0, plain(cli));
        if (o->value != o->base) dk_buf_putf(out, " (from %+.2g)", o->base / 200.0);
        dk_buf_putf(out, " %.*s   ", (int)(end - start), text.ptr + start);
        put_because(out, engine, o->entry, o->rules);
    }
    for (size_t i = 0; i < r->nclauses; i++)
        if (r->clauses[i].weight != 1000) dk_buf_putf(out, "  clause %zu  counts %.2f times\n", i + 1, r->clauses[i].weight / 1000.0);
    put_learned(out, cli, r, text, comment);
    dk_buf_putf(out, "  comment   %s%s%s, sentiment %.2f\n", tint(cli, comment->sentiment), dk_label_name(comment->label), plain(cli),
           comment->sentiment / 1000.0);
    free(columns);
    return DK_OK;
}

typedef struct options {
    const char *language, *prior, *pack, *format, *engine;
    dk_opt_list lexicons, weights;
    bool no_spelling, no_learned;
} options;

static dk_status explain(dk_cli *cli, const options *o, dk_str text, dk_error *err) {
    dk_engine *engine = NULL;
    dk_session *session = NULL;
    dk_tag_plan plan = {0};
    dk_comment comment;
    dk_engine_options eo = {.lexicons = o->lexicons.items, .nlexicons = o->lexicons.count, .weights = o->weights.items,
                            .nweights = o->weights.count, .no_spelling = o->no_spelling, .no_learned = o->no_learned,
                            .engine = o->engine};
    plan.language_fixed = dk_language_from_name(dk_str_from(o->language), &plan.language);
    dk_status status = o->prior != NULL ? dk_language_prior_parse(o->prior, &plan.prior, err) : DK_OK;
    if (status == DK_OK) status = dk_input_engine(&engine, cli, &eo, err);
    if (status == DK_OK) status = dk_packs_parse(dk_engine_lexicon(engine), o->pack, &plan.packs, err);
    if (status == DK_OK) status = dk_session_new(&session, engine, &plan, err);
    if (status == DK_OK) status = dk_session_tag(session, text, &comment, err);
    dk_buf out;
    dk_buf_init(&out);
    if (status == DK_OK && strcmp(o->format, "json") == 0) dk_explain_put_json(&out, engine, session, text, &comment);
    else if (status == DK_OK) status = put_people(&out, cli, engine, session, text, &comment, err);
    if (status == DK_OK) status = dk_study_options_write(cli, &out, err);
    dk_buf_dispose(&out);
    dk_session_free(session);
    dk_engine_free(engine);
    return status;
}

static dk_status run_explain(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.language = "auto", .pack = "none", .format = "text"};
    const dk_opt table[] = {
        {"language", 'l', DK_OPT_CHOICE, &o.language, "sv|da|en|auto", "the language of the comment", 0, 0},
        {"language-prior", 0, DK_OPT_STRING, &o.prior, "SHARES", "how common languages are, for short comments: sv, or sv=0.6,da=0.3,en=0.1", 0, 0},
        {"pack", 'p', DK_OPT_STRING, &o.pack, "NAME|none", "industry packs, comma-separated", 0, 0},
        {"lexicon", 0, DK_OPT_LIST, &o.lexicons, "PATH", "your own lexicon, before the shipped ones", 0, 0},
        {"weights", 0, DK_OPT_LIST, &o.weights, "FILE", "sentiment learned from your own scores (drivkraft learn)", 0, 0},
        {"no-spelling", 0, DK_OPT_FLAG, &o.no_spelling, NULL, "do not match words with typing errors", 0, 0},
        {"no-learned", 0, DK_OPT_FLAG, &o.no_learned, NULL, "hand-written entries and rules alone, no learned weights", 0, 0},
        {"engine", 0, DK_OPT_STRING, &o.engine, "FILE", "lexicons and models as one file (drivkraft lexicon compile)", 0, 0},
        {"format", 'f', DK_OPT_CHOICE, &o.format, "text|json", "for people or for programs", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        dk_buf text;
        dk_buf_init(&text);
        for (int i = 0; i < nwords; i++) {
            if (i > 0) dk_buf_putc(&text, ' ');
            dk_buf_puts(&text, words[i]);
        }
        if (nwords == 0) status = dk_fail(err, DK_EUSAGE, "which comment? drivkraft explain \"Snabb leverans men dyr frakt\"");
        else status = explain(cli, &o, (dk_str){dk_buf_cstr(&text), text.len}, err);
        dk_buf_dispose(&text);
    }
    dk_opt_list_dispose(&o.lexicons);
    dk_opt_list_dispose(&o.weights);
    return status;
}

const dk_command dk_cmd_explain = {
    "explain", "Shows why one comment is tagged as it is.", "[options] \"COMMENT\"",
    "  drivkraft explain \"Snabb leverans men kundtjänsten svarar aldrig\"\n"
    "  drivkraft explain --language da --format json \"Hurtig levering, men dyr fragt\"\n",
    run_explain};
