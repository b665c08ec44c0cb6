/* The tools of the page and its frame. */
#include "report/page.h"

#include <math.h>
#include <stdio.h>

#include "report/locale.h"
#include "report/page_data.h"
#include "report/report.h"
#include "report/sentences.h"

void dk_page_raw(dk_page *p, const char *markup) {
    dk_buf_puts(p->out, markup);
}

void dk_page_rawf(dk_page *p, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text)
        p->out->failed = true; /* markup cut in two is no markup */
    else
        dk_buf_put(p->out, text, (size_t)n);
}

void dk_page_str(dk_page *p, dk_str text) {
    const char *at = text.ptr, *end = at + text.len;
    while (at < end) {
        size_t plain = 0;
        while (at + plain < end && strchr("<>&\"'", at[plain]) == NULL) plain++;
        dk_buf_put(p->out, at, plain);
        at += plain;
        if (at == end) break;
        switch (*at++) {
        case '<': dk_buf_puts(p->out, "&lt;"); break;
        case '>': dk_buf_puts(p->out, "&gt;"); break;
        case '&': dk_buf_puts(p->out, "&amp;"); break;
        case '"': dk_buf_puts(p->out, "&quot;"); break;
        case '\'': dk_buf_puts(p->out, "&#39;"); break;
        default: break; /* a NUL, which strchr finds too, has no place in HTML */
        }
    }
}

void dk_page_text(dk_page *p, const char *text) {
    if (text != NULL) dk_page_str(p, dk_str_from(text));
}

void dk_page_say(dk_page *p, dk_message message, ...) {
    const char *args[9];
    size_t count = 0;
    va_list list;
    va_start(list, message);
    for (const char *arg; count < 9 && (arg = va_arg(list, const char *)) != NULL;) args[count++] = arg;
    va_end(list);
    dk_buf_clear(&p->work);
    dk_message_put(&p->work, message, p->language, args, count);
    if (p->work.failed) p->out->failed = true;
    dk_page_str(p, (dk_str){p->work.ptr, p->work.len});
}

void dk_page_sentence(dk_page *p, const char *english) {
    dk_buf_clear(&p->work);
    bool known = dk_sentence_put(&p->work, dk_str_from(english), p->language);
    if (p->work.failed) p->out->failed = true;
    if (known) {
        dk_page_str(p, (dk_str){p->work.ptr, p->work.len});
        return;
    }
    for (size_t i = 0; i < p->result->noutcomes; i++) { /* notes of a fit begin with its outcome */
        const char *name = p->result->outcomes[i].name;
        size_t n = strlen(name);
        if (strncmp(english, name, n) != 0 || strncmp(english + n, ": ", 2) != 0) continue;
        dk_page_text(p, dk_message_word(name, p->language));
        dk_page_raw(p, ": ");
        dk_page_sentence(p, english + n + 2);
        return;
    }
    dk_page_raw(p, "<span lang=\"en\">");
    dk_page_text(p, english);
    dk_page_raw(p, "</span>");
}

void dk_page_element(dk_page *p, const char *tag, const char *css, dk_message message) {
    if (css != NULL)
        dk_page_rawf(p, "<%s class=\"%s\">", tag, css);
    else
        dk_page_rawf(p, "<%s>", tag);
    dk_page_tell(p, message);
    dk_page_rawf(p, "</%s>\n", tag);
}

void dk_page_head_cell(dk_page *p, const char *css, dk_message message) {
    dk_page_raw(p, "<th scope=\"col\"");
    if (css != NULL) dk_page_rawf(p, " class=\"%s\"", css);
    dk_page_raw(p, ">");
    dk_page_tell(p, message);
    dk_page_raw(p, "</th>");
}

void dk_page_cell(dk_page *p, const char *css, dk_message label, const char *text) {
    dk_page_raw(p, "<td");
    if (css != NULL) dk_page_rawf(p, " class=\"%s\"", css);
    dk_page_raw(p, " data-label=\"");
    dk_page_tell(p, label);
    dk_page_raw(p, "\">");
    dk_page_text(p, text);
    dk_page_raw(p, "</td>");
}

/* Moves what the work buffer holds to the next slot. */
static const char *keep(dk_page *p) {
    char *slot = p->slots[p->slot++ % PAGE_SLOTS];
    size_t len = p->work.len < PAGE_SLOT_BYTES ? p->work.len : PAGE_SLOT_BYTES - 1;
    if (len > 0) memcpy(slot, p->work.ptr, len);
    slot[len] = '\0';
    return slot;
}

const char *dk_page_number(dk_page *p, double value, int decimals) {
    dk_buf_clear(&p->work);
    dk_locale_number(&p->work, p->language, value, decimals);
    return keep(p);
}

const char *dk_page_signed(dk_page *p, double value, int decimals) {
    dk_buf_clear(&p->work);
    dk_locale_signed(&p->work, p->language, value, decimals);
    return keep(p);
}

const char *dk_page_count(dk_page *p, int64_t value) {
    return dk_page_number(p, (double)value, 0);
}

const char *dk_page_share(dk_page *p, double share) {
    dk_buf_clear(&p->work);
    dk_locale_share(&p->work, p->language, share);
    return keep(p);
}

const char *dk_page_money(dk_page *p, double amount, bool sign) {
    dk_buf_clear(&p->work);
    dk_locale_money(&p->work, p->language, amount, p->result->currency, sign);
    return keep(p);
}

const char *dk_page_date(dk_page *p, const char *date) {
    dk_buf_clear(&p->work);
    if (date != NULL) dk_locale_date(&p->work, p->language, date);
    return keep(p);
}

static const char *between(dk_page *p, dk_message message, const char *first, const char *second,
                           const char *third) {
    const char *args[3] = {first, second, third};
    dk_buf_clear(&p->work);
    dk_message_put(&p->work, message, p->language, args, 3);
    return keep(p);
}

const char *dk_page_range(dk_page *p, dk_interval ci, int decimals) {
    return between(p, MSG_range, dk_page_number(p, ci.lo, decimals), dk_page_number(p, ci.hi, decimals), "");
}

const char *dk_page_money_range(dk_page *p, dk_interval ci) {
    return between(p, MSG_range, dk_page_money(p, ci.lo, false), dk_page_money(p, ci.hi, false), "");
}

const char *dk_page_figure(dk_page *p, double value, dk_interval ci, int decimals) {
    return between(p, MSG_figure, dk_page_number(p, value, decimals), dk_page_number(p, ci.lo, decimals),
                   dk_page_number(p, ci.hi, decimals));
}

const char *dk_page_words(const dk_page *p, dk_message message) {
    return dk_message_text(message, p->language);
}

const char *dk_page_theme(const dk_page *p, int theme) {
    const dk_study_theme *t = &p->result->themes[theme];
    const char *label = t->label[p->language];
    if (label == NULL) label = t->label[DK_LANG_EN];
    return label != NULL ? label : t->id;
}

const char *dk_page_segment(const dk_page *p, int segment) {
    return segment == 0 ? dk_page_words(p, MSG_everybody) : p->result->segments[segment].name;
}

int dk_page_main_outcome(const dk_page *p) {
    for (size_t i = 0; i < p->result->nfits; i++)
        if (p->result->fits[i].fitted) return p->result->fits[i].outcome;
    return p->result->nfits > 0 ? p->result->fits[0].outcome : -1;
}

bool dk_page_yearly(const dk_page *p) {
    return p->result->join.joined || p->result->link.per_year != 1;
}

const char *dk_page_lever_name(dk_page *p, const dk_study_predictor *predictor) {
    if (predictor->theme >= 0) return dk_page_theme(p, predictor->theme);
    return between(p, MSG_pooled_name, dk_message_word(predictor->touchpoint, p->language), "", "");
}

/* Figures behind the decimal point: NPS points need none in an effect and one in what a driver moves. */
static int outcome_decimals(const dk_page *p, int outcome, bool effect) {
    const char *name = p->result->outcomes[outcome].name;
    return strcmp(name, "nps") == 0 ? !effect : 2;
}

const char *dk_page_outcome_value(dk_page *p, int outcome, double value, bool effect) {
    if (p->result->outcomes[outcome].money) return dk_page_money(p, value, true);
    return dk_page_signed(p, value, outcome_decimals(p, outcome, effect));
}

const char *dk_page_outcome_size(dk_page *p, int outcome, double value) {
    const dk_study_outcome *o = &p->result->outcomes[outcome];
    if (o->money) return dk_page_money(p, fabs(value), false);
    const char *number = dk_page_number(p, fabs(value), outcome_decimals(p, outcome, true));
    if (o->unit == NULL) return number;
    return between(p, MSG_size_in, number, dk_message_word(o->unit, p->language), "");
}

const char *dk_page_outcome_range(dk_page *p, int outcome, dk_interval ci, bool effect) {
    if (p->result->outcomes[outcome].money) return dk_page_money_range(p, ci);
    return dk_page_range(p, ci, outcome_decimals(p, outcome, effect));
}

/* The frame with {name} replaced; the style is the one whose hash the policy names. */
static void write_frame(dk_page *p, const char *frame) {
    for (const char *at = frame; *at != '\0';) {
        const char *open = strchr(at, '{');
        if (open == NULL) open = at + strlen(at);
        dk_buf_put(p->out, at, (size_t)(open - at));
        at = open;
        if (*at == '\0') break;
        if (strncmp(at, "{language}", 10) == 0) {
            dk_page_raw(p, dk_language_name(p->language));
            at += 10;
        } else if (strncmp(at, "{title}", 7) == 0) {
            dk_page_text(p, p->result->title);
            at += 7;
        } else if (strncmp(at, "{style-hash}", 12) == 0) {
            dk_page_raw(p, dk_page_style_hash);
            at += 12;
        } else if (strncmp(at, "{style}", 7) == 0) {
            dk_page_raw(p, dk_page_style);
            at += 7;
        } else {
            dk_buf_putc(p->out, *at++);
        }
    }
}

void dk_report_html(const dk_study_result *result, dk_language language, dk_buf *out) {
    dk_page page = {.result = result, .out = out, .language = language};
    if (page.language == DK_LANG_OTHER) page.language = result->report_language;
    if (page.language == DK_LANG_OTHER) page.language = DK_LANG_EN;
    write_frame(&page, dk_page_head);
    dk_page_headline(&page);
    dk_page_raw(&page, "<main>\n");
    dk_page_standing(&page);
    dk_page_drivers(&page);
    dk_page_themes(&page);
    dk_page_quotes(&page);
    dk_page_quality(&page);
    dk_page_methods(&page);
    dk_page_raw(&page, "</main>\n</body>\n</html>\n");
    if (page.work.failed) out->failed = true;
    dk_buf_dispose(&page.work);
}
