/* Runs the examples of a specification: tables in Markdown whose rows are a comment, the themes it must give, its label.
 *
 *   run_spec DATA_DIR LANGUAGE FILE.md
 *
 * The header of a table names its columns: comment, themes, label, and optionally language, pack and rules. themes lists
 * theme:label separated by spaces, in any order and complete; "-" is none and "*" leaves them open. rules lists what must be
 * among the rules of the mentions. A column today that says "wrong" marks what a careful reader would expect and the engine
 * does not do yet: such an example must still fail, so that the mark goes when the engine learns it. What differs is shown with
 * the line of the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tag/rows.h"

enum { COMMENT, THEMES, LABEL, LANGUAGE, PACK, RULES, TODAY, COLUMNS, CELLS = 8 };
static const char *const names[COLUMNS] = {"comment", "themes", "label", "language", "pack", "rules", "today"};

typedef struct spec {
    const char *path, *default_language;
    dk_engine *engine;
    int line, examples, failures, known;
    int column[COLUMNS]; /* of the table at hand, -1 for none */
} spec;

/* Cuts a table row into trimmed cells; \| is a literal bar. Returns their number. */
static int cut_row(char *line, char *cells[CELLS]) {
    int n = 0;
    char *at = line + 1;
    while (*at != '\0' && n < CELLS) {
        while (*at == ' ') at++;
        char *to = at;
        cells[n] = at;
        while (*at != '\0' && *at != '|') {
            if (at[0] == '\\' && at[1] == '|') at++;
            *to++ = *at++;
        }
        bool more = *at == '|';
        while (to > cells[n] && to[-1] == ' ') to--;
        *to = '\0';
        if (!more) break;
        n++;
        at++;
    }
    return n;
}

static int compare_strings(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Sorts the words of a text, joined by single spaces. */
static void sort_words(char *text, const char *separators) {
    char *words[64], copy[2048] = "";
    size_t n = 0;
    for (char *w = strtok(text, separators); w != NULL && n < 64; w = strtok(NULL, separators)) words[n++] = w;
    qsort(words, n, sizeof *words, compare_strings);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) strncat(copy, " ", sizeof copy - strlen(copy) - 1);
        strncat(copy, words[i], sizeof copy - strlen(copy) - 1);
    }
    strcpy(text, n > 0 ? copy : "-");
}

static bool has_rules(const dk_comment *c, const char *wanted) {
    dk_buf all;
    dk_buf_init(&all);
    for (size_t i = 0; i < c->nmentions; i++) {
        dk_buf_putc(&all, '|');
        dk_rules_put(&all, c->mentions[i].rules);
    }
    dk_buf_putc(&all, '|');
    bool ok = true;
    char copy[256], rule[64];
    snprintf(copy, sizeof copy, "%s", wanted);
    for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " ")) {
        snprintf(rule, sizeof rule, "|%s|", w);
        ok &= strstr(dk_buf_cstr(&all), rule) != NULL;
    }
    dk_buf_dispose(&all);
    return ok;
}

static bool check(spec *s, char *cells[CELLS], dk_error *err) {
    const char *language = s->column[LANGUAGE] >= 0 ? cells[s->column[LANGUAGE]] : s->default_language;
    const char *text = cells[s->column[COMMENT]];
    dk_tag_plan plan = {0};
    plan.language_fixed = dk_language_from_name(dk_str_from(language), &plan.language);
    dk_session *session = NULL;
    dk_comment c;
    if (s->column[PACK] >= 0 && *cells[s->column[PACK]] != '\0' &&
        dk_packs_parse(dk_engine_lexicon(s->engine), cells[s->column[PACK]], &plan.packs, err) != DK_OK)
        return false;
    if (dk_session_new(&session, s->engine, &plan, err) != DK_OK ||
        dk_session_tag(session, dk_str_from(text), &c, err) != DK_OK) {
        dk_session_free(session);
        return false;
    }
    dk_buf row;
    dk_buf_init(&row);
    dk_rows_put_comment(&row, s->engine, dk_str_from("x"), &c);
    char line[4096], got[2048], wanted[2048];
    snprintf(line, sizeof line, "%.*s", (int)row.len - 1, dk_buf_cstr(&row));
    char *label = line, *themes;
    for (int comma = 0; comma < 4; comma++) label = strchr(label, ',') + 1;
    themes = strchr(label, ',');
    *themes++ = '\0';
    snprintf(got, sizeof got, "%s", themes);
    snprintf(wanted, sizeof wanted, "%s", cells[s->column[THEMES]]);
    sort_words(got, "|");
    if (strcmp(wanted, "*") != 0 && strcmp(wanted, "-") != 0) sort_words(wanted, " ");
    bool themes_ok = strcmp(wanted, "*") == 0 || strcmp(wanted, got) == 0;
    bool label_ok = strcmp(cells[s->column[LABEL]], label) == 0 || strcmp(cells[s->column[LABEL]], "*") == 0;
    bool rules_ok = s->column[RULES] < 0 || has_rules(&c, cells[s->column[RULES]]);
    s->examples++;
    bool right = themes_ok && label_ok && rules_ok;
    if (s->column[TODAY] >= 0 && strcmp(cells[s->column[TODAY]], "wrong") == 0) {
        s->known += !right;
        s->failures += right;
        if (right) printf("%s:%d: %s\n    is right now: take its mark away\n", s->path, s->line, text);
    } else if (!right) {
        s->failures++;
        printf("%s:%d: %s\n", s->path, s->line, text);
        if (!themes_ok) printf("    themes  expected %s\n            got      %s\n", wanted, got);
        if (!label_ok) printf("    label   expected %s\n            got      %s (%.2f)\n", cells[s->column[LABEL]], label, c.sentiment / 1000.0);
        if (!rules_ok) printf("    rules   expected %s\n", cells[s->column[RULES]]);
    }
    dk_buf_dispose(&row);
    dk_session_free(session);
    return true;
}

/* Takes the header of a table; false when it has not the columns of examples. */
static bool take_header(spec *s, char *cells[CELLS], int n) {
    for (int c = 0; c < COLUMNS; c++) {
        s->column[c] = -1;
        for (int i = 0; i < n; i++)
            if (strcmp(cells[i], names[c]) == 0) s->column[c] = i;
    }
    return s->column[COMMENT] >= 0 && s->column[THEMES] >= 0 && s->column[LABEL] >= 0;
}

static bool run(spec *s, char *text, dk_error *err) {
    bool in_table = false, skip = false;
    char *next = text;
    while (next != NULL && *next != '\0') {
        char *line = next;
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        s->line++;
        if (line[0] != '|') {
            in_table = false;
            continue;
        }
        if (in_table && strncmp(line, "|-", 2) == 0) continue;
        char *cells[CELLS];
        int n = cut_row(line, cells);
        if (!in_table) {
            in_table = true;
            skip = !take_header(s, cells, n);
        } else if (!skip) {
            static char none[] = "";
            for (int i = n; i < CELLS; i++) cells[i] = none;
            if (!check(s, cells, err)) return false;
        }
    }
    return true;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: run_spec DATA_DIR LANGUAGE FILE.md\n");
        return 2;
    }
    dk_error err = {0};
    dk_buf text;
    dk_buf_init(&text);
    spec s = {.path = argv[3], .default_language = argv[2]};
    dk_engine_options options = {.data_dir = argv[1]};
    bool ok = dk_file_read(argv[3], &text, &err) == DK_OK && dk_engine_open(&s.engine, &options, &err) == DK_OK &&
              (dk_buf_cstr(&text), run(&s, text.ptr, &err));
    if (!ok) fprintf(stderr, "run_spec: %s:%lld: %s\n", err.file, (long long)err.line, err.message);
    else printf("%s: %d examples, %d of them known to be wrong, %d fail\n", argv[3], s.examples, s.known, s.failures);
    dk_engine_free(s.engine);
    dk_buf_dispose(&text);
    return ok && s.failures == 0 && s.examples > 0 ? 0 : 1;
}
