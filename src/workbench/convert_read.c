/* Which reader a format has; those whose files need another room's reader: delimited tables and YAML. */
#include <ctype.h>
#include <stdio.h>

#include "base/file.h"
#include "io/clean.h"
#include "io/reader.h"
#include "io/scan.h"
#include "study/yaml.h"
#include "workbench/convert.h"

const char dk_convert_readable[] = "afinn|vader|sentistrength|dds|csv|list|liwc|yaml|lexicoder|wordstat";

/* Reads a file as UTF-8: bytes that are none are read as Windows-1252, in which older dictionaries are written. */
static dk_status load(const char *path, dk_buf *text, dk_arena *arena, dk_str *content, dk_error *err) {
    dk_status status = dk_file_read(path, text, err);
    if (status != DK_OK) return status;
    if (!dk_buf_reserve(text, DK_SCAN_PAD)) return dk_fail_memory(err);
    memset(text->ptr + text->len, 0, DK_SCAN_PAD);
    if (text->len >= 2 && (memcmp(text->ptr, "\xFF\xFE", 2) == 0 || memcmp(text->ptr, "\xFE\xFF", 2) == 0))
        return dk_fail_at(err, DK_EDATA, path, 0, 0, "this file is UTF-16; save it as UTF-8");
    size_t mark = text->len >= 3 && memcmp(text->ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    *content = (dk_str){text->ptr + mark, text->len - mark};
    dk_read_counts counts = {0};
    return dk_cell_clean(content, arena, &counts) ? DK_OK : dk_fail_memory(err);
}

/* ---- SentiStrength ---- */

static const struct table {
    const char *name;
    dk_modifier modifier;
} tables[] = {{"emotion", DK_MOD_NONE},        {"emoticon", DK_MOD_NONE},    {"idiom", DK_MOD_IDIOM},
              {"booster", DK_MOD_INTENSIFIER}, {"negating", DK_MOD_NEGATOR}, {"question", DK_MOD_QUESTION}};
enum { TABLES = sizeof tables / sizeof *tables };

/* The table that options name, or that is in the file's name: NegatingWordList.txt. */
static const struct table *find_table(const dk_convert_options *o) {
    const char *name = dk_path_name(o->path);
    for (size_t t = 0; t < TABLES; t++) {
        if (o->table != NULL && strcmp(o->table, tables[t].name) == 0) return &tables[t];
        for (const char *at = name; o->table == NULL && *at != '\0'; at++) {
            size_t n = 0;
            while (tables[t].name[n] != '\0' && tolower((unsigned char)at[n]) == tables[t].name[n]) n++;
            if (tables[t].name[n] == '\0') return &tables[t];
        }
    }
    return &tables[0];
}

/* A strength of 1 is how SentiStrength says that a word says nothing. */
static dk_status drop_neutral(dk_import *import, dk_error *err) {
    size_t n = 0;
    dk_status status = DK_OK;
    for (size_t i = 0; i < import->count && status == DK_OK; i++) {
        dk_import_item *item = &import->items[i];
        if (item->value == 1 || item->value == -1)
            status = dk_import_remark(import, DK_REMARK_LOST, item->line, 0, err,
                                      "%.*s: a strength of 1 is neutral in SentiStrength",
                                      (int)(item->term.len < 80 ? item->term.len : 80), item->term.ptr);
        else
            import->items[n++] = *item;
    }
    import->count = n;
    return status;
}

static dk_status read_sentistrength(dk_import *import, const dk_convert_options *o, dk_str text,
                                    dk_error *err) {
    const struct table *t = find_table(o);
    dk_status status = dk_import_list(import, DK_LIST_SENTISTRENGTH, t->modifier, text, err);
    return status == DK_OK && strcmp(t->name, "emotion") == 0 ? drop_neutral(import, err) : status;
}

/* ---- Tables ---- */

typedef struct table_columns {
    size_t columns[3]; /* of term, value, category in what is selected; SIZE_MAX for none */
    size_t selected[3], count;
    bool forms; /* DDS: the third holds the forms of the headword, separated by ; */
} table_columns;

static dk_status select_column(dk_reader *r, table_columns *t, int which, const char *name,
                               const char *option, dk_error *err) {
    t->columns[which] = SIZE_MAX;
    if (name == NULL) return DK_OK;
    dk_status status = dk_reader_find_column(r, name, option, &t->selected[t->count], err);
    t->columns[which] = t->count++;
    return status;
}

static dk_status take_forms(dk_import *import, dk_str forms, const double *value, int64_t line,
                            dk_error *err) {
    dk_status status = DK_OK;
    dk_str none = {"", 0};
    for (size_t at = 0; at < forms.len && status == DK_OK;) {
        size_t end = at;
        while (end < forms.len && forms.ptr[end] != ';') end++;
        dk_str form = {forms.ptr + at, end - at};
        while (form.len > 0 && (form.ptr[form.len - 1] == '\'' || form.ptr[form.len - 1] == ' '))
            form.len--; /* genitives: luksus' */
        if (form.len > 0) status = dk_import_add(import, form, 0, none, value, DK_MOD_NONE, line, 0, err);
        at = end + 1;
    }
    return status;
}

static dk_status take_row(dk_import *import, const table_columns *t, const dk_block *b, size_t row,
                          dk_error *err) {
    dk_str none = {"", 0}, cells[3];
    for (int i = 0; i < 3; i++)
        cells[i] = t->columns[i] == SIZE_MAX ? none : dk_block_cell(b, row, t->columns[i]);
    int64_t line = b->row[row].line;
    double value = 0;
    if (t->columns[1] != SIZE_MAX && !dk_import_number(cells[1], &value))
        return dk_import_remark(import, DK_REMARK_WRONG, line, 0, err, "%.*s: %.*s is no number",
                                (int)(cells[0].len < 80 ? cells[0].len : 80), cells[0].ptr,
                                (int)(cells[1].len < 40 ? cells[1].len : 40), cells[1].ptr);
    if (t->columns[1] != SIZE_MAX && value == 0)
        return dk_import_remark(import, DK_REMARK_LOST, line, 0, err, "%.*s: a value of 0 says nothing",
                                (int)(cells[0].len < 80 ? cells[0].len : 80), cells[0].ptr);
    const double *given = t->columns[1] != SIZE_MAX ? &value : NULL;
    if (t->forms && !import->inflect && cells[2].len > 0)
        return take_forms(import, cells[2], given, line, err);
    return dk_import_add(import, cells[0], t->forms ? 0 : DK_FOREIGN_STAR, t->forms ? none : cells[2], given,
                         DK_MOD_NONE, line, 0, err);
}

static dk_status read_table(dk_import *import, const dk_convert_options *o, bool dds, dk_error *err) {
    dk_reader *r = NULL;
    dk_block *b = dk_block_new();
    table_columns t = {.forms = dds};
    dk_reader_options ro = {
        .no_header = dds, .delimiter = dds ? ',' : '\0', .quoting = dds ? DK_QUOTE_DOUBLE : DK_QUOTE_AUTO};
    dk_status status = b == NULL ? dk_fail_memory(err) : dk_reader_open(&r, o->path, &ro, err);
    if (status == DK_OK && dds && dk_reader_columns(r) != 6)
        status = dk_fail_at(err, DK_EDATA, o->path, 1, 0,
                            "no file of DDS: 6 columns were expected, headword, homograph, part of speech, "
                            "id, polarity and forms");
    char first[256] = "1";
    if (status == DK_OK && !dds) {
        dk_str name = dk_reader_column_name(r, 0);
        snprintf(first, sizeof first, "%.*s", (int)name.len, name.ptr);
    }
    if (status == DK_OK)
        status = select_column(r, &t, 0, dds ? "1" : o->term != NULL ? o->term : first, "--term", err);
    if (status == DK_OK) status = select_column(r, &t, 1, dds ? "5" : o->value, "--value", err);
    if (status == DK_OK) status = select_column(r, &t, 2, dds ? "6" : o->category, "--category", err);
    if (status == DK_OK) status = dk_reader_select(r, t.selected, t.count, err);
    for (bool done = false; status == DK_OK;) {
        status = dk_reader_read_block(r, b, &done, err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(r, b, err);
        for (size_t i = 0; status == DK_OK && i < b->rows; i++) status = take_row(import, &t, b, i, err);
        for (size_t i = 0; status == DK_OK && i < b->nrejects; i++)
            status = dk_import_remark(import, DK_REMARK_WRONG, b->rejects[i].line, b->rejects[i].column, err,
                                      "%s", b->rejects[i].reason);
    }
    dk_reader_free(r);
    dk_block_free(b);
    return status;
}

/* ---- quanteda's YAML: maps of categories, lists of terms with * and ? ---- */

static dk_status take_node(dk_import *import, const dk_yaml *node, dk_buf *path, int depth, dk_error *err) {
    dk_status status = DK_OK;
    dk_str category = {path->len > 0 ? path->ptr : "", path->len};
    if (node->kind == DK_YAML_SCALAR) {
        if (node->text == NULL || *node->text == '\0') return DK_OK;
        if (path->len == 0)
            return dk_import_remark(import, DK_REMARK_WRONG, node->line, node->column, err,
                                    "a term outside of all categories");
        return dk_import_add(import, dk_str_from(node->text), DK_FOREIGN_STAR | DK_FOREIGN_QUESTION, category,
                             NULL, DK_MOD_NONE, node->line, node->column, err);
    }
    for (size_t i = 0; i < node->count && status == DK_OK; i++) {
        size_t len = path->len;
        if (node->kind == DK_YAML_MAP) dk_buf_putf(path, "%s%s", len > 0 ? "." : "", node->keys[i]);
        if (path->failed) return dk_fail_memory(err);
        status = take_node(import, node->items[i], path, depth + 1, err);
        path->len = len;
    }
    return status;
}

static dk_status read_yaml(dk_import *import, const dk_convert_options *o, dk_error *err) {
    dk_yaml_file file = {0};
    dk_buf path;
    dk_buf_init(&path);
    dk_status status = dk_yaml_read(&file, o->path, err);
    if (status == DK_OK) status = take_node(import, file.root, &path, 0, err);
    dk_yaml_dispose(&file);
    dk_buf_dispose(&path);
    return status;
}

dk_status dk_convert_read(dk_import *import, const dk_convert_options *o, dk_error *err) {
    import->inflect = o->inflect;
    if (strcmp(o->format, "csv") == 0) return read_table(import, o, false, err);
    if (strcmp(o->format, "dds") == 0) return read_table(import, o, true, err);
    if (strcmp(o->format, "yaml") == 0) return read_yaml(import, o, err);
    dk_buf bytes;
    dk_arena arena = {0};
    dk_str text;
    dk_buf_init(&bytes);
    dk_status status = load(o->path, &bytes, &arena, &text, err);
    if (status == DK_OK) {
        if (strcmp(o->format, "afinn") == 0)
            status = dk_import_list(import, DK_LIST_AFINN, DK_MOD_NONE, text, err);
        else if (strcmp(o->format, "vader") == 0)
            status = dk_import_list(import, DK_LIST_VADER, DK_MOD_NONE, text, err);
        else if (strcmp(o->format, "sentistrength") == 0)
            status = read_sentistrength(import, o, text, err);
        else if (strcmp(o->format, "list") == 0)
            status = dk_import_list(import, DK_LIST_PLAIN, DK_MOD_NONE, text, err);
        else if (strcmp(o->format, "liwc") == 0)
            status = dk_import_liwc(import, text, err);
        else if (strcmp(o->format, "lexicoder") == 0)
            status = dk_import_lexicoder(import, text, err);
        else if (strcmp(o->format, "wordstat") == 0)
            status = dk_import_wordstat(import, text, err);
        else
            status = dk_fail(err, DK_EUSAGE, "no format %s; %s can be read", o->format, dk_convert_readable);
        /* the readers know lines, not files */
        if (status == DK_EDATA && err != NULL && err->file[0] == '\0') {
            dk_error place = *err;
            dk_fail_at(err, DK_EDATA, o->path, place.line, place.column, "%s", place.message);
        }
    }
    dk_arena_dispose(&arena);
    dk_buf_dispose(&bytes);
    return status;
}
