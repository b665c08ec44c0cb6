/* The page while it is written: where the text goes, in which language, and the small tools that every part uses. */
#ifndef DK_REPORT_PAGE_H
#define DK_REPORT_PAGE_H

#include "base/buffer.h"
#include "report/messages.h"
#include "study/result.h"

enum { PAGE_SLOTS = 24, PAGE_SLOT_BYTES = 128 };

typedef struct dk_page {
    const dk_study_result *result;
    dk_buf *out;
    dk_language language;
    dk_buf work; /* a text on its way to be escaped */
    char slots[PAGE_SLOTS][PAGE_SLOT_BYTES];
    int slot;
} dk_page;

/* ---- Writing ---- */

/* Markup of the program's own. */
void dk_page_raw(dk_page *p, const char *markup);
void dk_page_rawf(dk_page *p, const char *format, ...) DK_PRINTF(2, 3);

/* Text from anywhere: escaped so that it is text in an element and in a quoted attribute. */
void dk_page_text(dk_page *p, const char *text);
void dk_page_str(dk_page *p, dk_str text);

/* A message, its arguments (const char *, ended by NULL) put in, escaped. */
void dk_page_say(dk_page *p, dk_message message, ...);
#define dk_page_tell(page, ...) dk_page_say(page, __VA_ARGS__, (const char *)NULL)

/* An English sentence of the analysis in the language of the page; marked as English where it has no translation. */
void dk_page_sentence(dk_page *p, const char *english);

/* <tag>message</tag> with the tag's class or NULL. */
void dk_page_element(dk_page *p, const char *tag, const char *css, dk_message message);

/* A column head. css may be NULL. */
void dk_page_head_cell(dk_page *p, const char *css, dk_message message);

/* A table cell: text under a label that shows where the table is too narrow to be a table. css may be NULL. */
void dk_page_cell(dk_page *p, const char *css, dk_message label, const char *text);

/* ---- Texts, valid for the next PAGE_SLOTS - 1 calls ---- */

const char *dk_page_number(dk_page *p, double value, int decimals);
const char *dk_page_signed(dk_page *p, double value, int decimals);
const char *dk_page_count(dk_page *p, int64_t value);
const char *dk_page_share(dk_page *p, double share);
const char *dk_page_money(dk_page *p, double amount, bool sign);
const char *dk_page_date(dk_page *p, const char *date);

/* "-49 to -33" */
const char *dk_page_range(dk_page *p, dk_interval ci, int decimals);
const char *dk_page_money_range(dk_page *p, dk_interval ci);

/* "31 (28 to 34)" */
const char *dk_page_figure(dk_page *p, double value, dk_interval ci, int decimals);

/* The name of a theme in the language of the page, and of a segment (the first is everybody). */
const char *dk_page_theme(const dk_page *p, int theme);
const char *dk_page_segment(const dk_page *p, int segment);

/* A message without arguments, not escaped. */
const char *dk_page_words(const dk_page *p, dk_message message);

/* ---- The parts of the page, from top to bottom ---- */

void dk_page_headline(dk_page *p);
void dk_page_standing(dk_page *p);
void dk_page_drivers(dk_page *p);
void dk_page_themes(dk_page *p);
void dk_page_quotes(dk_page *p);
void dk_page_quality(dk_page *p);
void dk_page_methods(dk_page *p);

/* The outcome that the page leads with (the first that has a fit), or -1. */
int dk_page_main_outcome(const dk_page *p);

/* Whether money is known to be that of a year: a single file need not say which time its profit is of. */
bool dk_page_yearly(const dk_page *p);

/* What a driver is called: "Waiting time", or of what was pooled "Delivery: other themes". */
const char *dk_page_lever_name(dk_page *p, const dk_study_predictor *predictor);

/* An amount of an outcome in its unit: NPS points, score, money. */
const char *dk_page_outcome_value(dk_page *p, int outcome, double value, bool effect);
/* How large an effect is, without sign and with its unit: "8 NPS points". */
const char *dk_page_outcome_size(dk_page *p, int outcome, double value);

const char *dk_page_outcome_range(dk_page *p, int outcome, dk_interval ci, bool effect);

#endif
