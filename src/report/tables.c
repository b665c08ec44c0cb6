#include "report/tables.h"

#include <math.h>
#include <stdio.h>

#include "report/sentences.h"

enum { MOST_CELLS = 40 };

typedef struct walk {
    const dk_report_table *table;
    const dk_json_value *report, *items[DK_TABLE_LISTS];
    int depth;
    dk_language language;
    dk_report_row *row;
    void *context;
    dk_buf texts[MOST_CELLS];
} walk;

dk_message dk_report_timed(dk_message message, const dk_json_value *report) {
    double periods = dk_json_num(dk_json_at(report, "profit_link.periods_a_year"));
    bool timed = isfinite(periods) && periods != 1;
    if (message == MSG_profit_period && !timed) return MSG_profit;
    if (message != MSG_worth) return message;
    if (dk_json_get(dk_json_get(report, "worth"), "levers") != NULL) return MSG_worth_respondents;
    return timed || dk_json_get(dk_json_get(report, "join"), "responses") != NULL ? MSG_worth : MSG_worth_plain;
}

void dk_report_heading(dk_buf *out, const dk_report_column *column, const dk_json_value *report, dk_language language) {
    dk_buf_puts(out, dk_message_text(dk_report_timed(column->heading, report), language));
    if (column->part == DK_PART_WHOLE) return;
    dk_buf_puts(out, ", ");
    dk_buf_puts(out, dk_message_text(column->part == DK_PART_LOWER ? MSG_lower : MSG_upper, language));
}

static const char *label_of(const dk_json_value *labels, dk_language language) {
    const char *text =
        dk_json_str(dk_json_get(labels, dk_language_name(language == DK_LANG_OTHER ? DK_LANG_EN : language)));
    return text != NULL ? text : dk_json_str(dk_json_get(labels, "en"));
}

static void put_theme(dk_buf *out, const walk *w, const dk_json_value *item, const char *id) {
    if (id == NULL) { /* what was pooled has only its touchpoint */
        const char *touchpoint = dk_json_str(dk_json_get(item, "touchpoint"));
        const char *args[] = {touchpoint != NULL ? dk_message_word(touchpoint, w->language) : ""};
        if (touchpoint != NULL) dk_message_put(out, MSG_pooled_name, w->language, args, 1);
        return;
    }
    const dk_json_value *themes = dk_json_get(w->report, "themes");
    for (size_t i = 0; i < dk_json_count(themes); i++) {
        const dk_json_value *theme = dk_json_item(themes, i);
        const char *found = dk_json_str(dk_json_get(theme, "id"));
        if (found == NULL || strcmp(found, id) != 0) continue;
        const char *label = label_of(dk_json_get(theme, "label"), w->language);
        dk_buf_puts(out, label != NULL ? label : id);
        return;
    }
    dk_buf_puts(out, id);
}

/* "customer service|logistics": each in the language. */
static void put_owners(dk_buf *out, const char *text, dk_language language) {
    char name[96];
    for (bool first = true; *text != '\0'; first = false) {
        size_t len = strcspn(text, "|");
        snprintf(name, sizeof name, "%.*s", (int)len, text);
        dk_buf_puts(out, first ? "" : ", ");
        dk_buf_puts(out, dk_message_owner(name, language));
        text += len + (text[len] == '|');
    }
}

/* The text of a cell in the language, or as it is for DK_LANG_OTHER. */
static void put_text(dk_buf *out, const walk *w, dk_text_as as, const dk_json_value *item,
                     const dk_json_value *value) {
    const char *text = dk_json_str(value);
    dk_language language = w->language;
    if (as == DK_AS_FLAG) {
        bool yes = dk_json_is_true(value);
        dk_buf_puts(out, language == DK_LANG_OTHER ? (yes ? "yes" : "no")
                                                   : dk_message_text(yes ? MSG_yes : MSG_no, language));
    } else if (as == DK_AS_LABEL) {
        const char *label = label_of(value, language);
        if (label != NULL) dk_buf_puts(out, label);
    } else if (as == DK_AS_THEME && language != DK_LANG_OTHER) {
        put_theme(out, w, item, text);
    } else if (text == NULL) {
        return;
    } else if (language == DK_LANG_OTHER || as == DK_AS_IS || as == DK_AS_THEME) {
        dk_buf_puts(out, text);
    } else if (as == DK_AS_SENTENCE) {
        if (!dk_sentence_put(out, dk_str_from(text), language)) dk_buf_puts(out, text);
    } else if (as == DK_AS_SEGMENT) {
        dk_buf_puts(out, strcmp(text, "all") == 0 ? dk_message_text(MSG_everybody, language) : text);
    } else {
        if (as == DK_AS_OWNER)
            put_owners(out, text, language);
        else
            dk_buf_puts(out, dk_message_word(text, language));
        if (as == DK_AS_UPPER && out->len > 0 && out->ptr[0] >= 'a' && out->ptr[0] <= 'z')
            out->ptr[0] -= 'a' - 'A';
    }
}

static dk_status put_row(walk *w, dk_error *err) {
    dk_report_cell cells[MOST_CELLS];
    for (size_t i = 0; i < w->table->ncolumns; i++) {
        const dk_report_column *column = &w->table->columns[i];
        const char *path = column->path;
        int at = w->depth - 1;
        for (; *path == '^' && at > 0; path++) at--;
        const dk_json_value *value = dk_json_at(w->items[at], path);
        cells[i] = (dk_report_cell){.number = dk_json_num(value)};
        if (!dk_column_is_text(column)) continue;
        dk_buf_clear(&w->texts[i]);
        put_text(&w->texts[i], w, column->as, w->items[at], value);
        if (w->texts[i].failed) return dk_fail_memory(err);
        cells[i].text = (dk_str){w->texts[i].ptr, w->texts[i].len};
    }
    return w->row(w->context, w->table, cells, err);
}

static bool is_hidden(const dk_json_value *item) {
    return item == NULL || dk_json_is_true(dk_json_get(item, "hidden"));
}

static dk_status put_items(walk *w, const dk_json_value *item, dk_error *err) {
    dk_status status = DK_OK;
    if (is_hidden(item)) return DK_OK;
    w->items[w->depth++] = item;
    if (w->depth == DK_TABLE_LISTS || w->table->lists[w->depth] == NULL) {
        status = put_row(w, err);
    } else {
        const dk_json_value *list = dk_json_at(item, w->table->lists[w->depth]);
        for (size_t i = 0; i < dk_json_count(list) && status == DK_OK; i++)
            status = put_items(w, dk_json_item(list, i), err);
    }
    w->depth--;
    return status;
}

/* All first items of the inner lists, then all second ones. */
static dk_status put_across(walk *w, const dk_json_value *list, dk_error *err) {
    dk_status status = DK_OK;
    bool any = true;
    for (size_t place = 0; any && status == DK_OK; place++) {
        any = false;
        for (size_t i = 0; i < dk_json_count(list) && status == DK_OK; i++) {
            const dk_json_value *outer = dk_json_item(list, i),
                                *inner = dk_json_at(outer, w->table->lists[1]);
            if (place >= dk_json_count(inner)) continue;
            any = true;
            if (is_hidden(outer) || is_hidden(dk_json_item(inner, place))) continue;
            w->items[0] = outer;
            w->items[1] = dk_json_item(inner, place);
            w->depth = 2;
            status = put_row(w, err);
            w->depth = 0;
        }
    }
    return status;
}

dk_status dk_report_table_rows(const dk_report_table *table, const dk_json_value *report,
                               dk_language language, dk_report_row *row, void *context, dk_error *err) {
    walk w = {.table = table, .report = report, .language = language, .row = row, .context = context};
    dk_status status = DK_OK;
    const dk_json_value *list = dk_json_at(report, table->lists[0]);
    if (table->across)
        status = put_across(&w, list, err);
    else
        for (size_t i = 0; i < dk_json_count(list) && status == DK_OK; i++)
            status = put_items(&w, dk_json_item(list, i), err);
    for (int i = 0; i < MOST_CELLS; i++) dk_buf_dispose(&w.texts[i]);
    return status;
}
