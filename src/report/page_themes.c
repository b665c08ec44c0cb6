/* What they say: themes with their share and polarity, and comments that show them. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "report/chart.h"

/* Themes by how many mention them; equal ones in the order of the taxonomy. */
typedef struct ranked {
    const dk_theme_use *use;
    size_t theme;
} ranked;

static int by_responses(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->use->responses != y->use->responses) return x->use->responses < y->use->responses ? 1 : -1;
    return (x->theme > y->theme) - (x->theme < y->theme);
}

static void theme_row(dk_page *p, size_t index, const dk_theme_use *u) {
    static const char *const css[] = {"neg", "mix", "neu", "pos"};
    const dk_study_theme *t = &p->result->themes[index];
    double parts[] = {(double)u->negative, (double)u->mixed, (double)u->neutral, (double)u->positive};
    dk_page_raw(p, "<tr><th scope=\"row\">");
    dk_page_text(p, dk_page_theme(p, (int)index));
    dk_page_raw(p, "<small>");
    dk_page_text(p, dk_message_word(t->touchpoint, p->language));
    if (t->owner != NULL) {
        dk_page_raw(p, " · ");
        dk_page_text(p, dk_message_owner(t->owner, p->language));
    }
    if (t->outcome) {
        dk_page_raw(p, " · ");
        dk_page_tell(p, MSG_restates);
    }
    dk_page_raw(p, "</small></th>");
    dk_page_cell(p, "num strong", MSG_said_by, dk_page_share(p, u->share));
    dk_page_raw(p, "<td class=\"chart\">");
    dk_chart_stack(p, parts, css, 4, (double)u->responses);
    dk_page_raw(p, "</td>");
    dk_page_cell(p, "num", MSG_negative, dk_page_count(p, u->negative));
    dk_page_cell(p, "num", MSG_mixed, dk_page_count(p, u->mixed));
    dk_page_cell(p, "num", MSG_positive, dk_page_count(p, u->positive));
    if (p->result->score_is_nps) {
        dk_page_cell(p, "num", MSG_nps, dk_page_number(p, u->nps, 0));
        dk_page_cell(p, "num", MSG_impact, isfinite(u->impact) ? dk_page_signed(p, u->impact, 1) : "–");
    }
    dk_page_raw(p, "</tr>\n");
}

void dk_page_themes(dk_page *p) {
    const dk_study_result *r = p->result;
    if (r->nthemes == 0) return;
    ranked *order = calloc(r->nthemes, sizeof *order);
    if (order == NULL) {
        p->out->failed = true;
        return;
    }
    size_t shown = 0;
    for (size_t i = 0; i < r->nthemes; i++) {
        const dk_theme_use *u = &r->themes[i].use[0];
        if (!u->hidden && u->responses > 0) order[shown++] = (ranked){u, i};
    }
    qsort(order, shown, sizeof *order, by_responses);
    dk_page_raw(p, "<section id=\"themes\">\n");
    dk_page_element(p, "h2", NULL, MSG_themes);
    dk_page_raw(p, "<p class=\"small\">");
    dk_page_tell(p, MSG_themes_read, dk_page_count(p, (int64_t)(r->nthemes - shown)),
                 dk_page_count(p, r->min_privacy));
    dk_page_raw(p, "</p>\n<table class=\"rows themes\"><thead><tr>");
    dk_page_head_cell(p, NULL, MSG_theme);
    dk_page_head_cell(p, "num", MSG_said_by);
    dk_page_raw(p, "<th scope=\"col\" class=\"chart legend\"><i class=\"neg\"></i>");
    dk_page_tell(p, MSG_negative);
    dk_page_raw(p, " <i class=\"mix\"></i>");
    dk_page_tell(p, MSG_mixed);
    dk_page_raw(p, " <i class=\"neu\"></i>");
    dk_page_tell(p, MSG_neutral);
    dk_page_raw(p, " <i class=\"pos\"></i>");
    dk_page_tell(p, MSG_positive);
    dk_page_raw(p, "</th>");
    dk_page_head_cell(p, "num", MSG_negative);
    dk_page_head_cell(p, "num", MSG_mixed);
    dk_page_head_cell(p, "num", MSG_positive);
    if (r->score_is_nps) {
        dk_page_head_cell(p, "num", MSG_nps);
        dk_page_head_cell(p, "num", MSG_impact);
    }
    dk_page_raw(p, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < shown; i++) theme_row(p, order[i].theme, order[i].use);
    dk_page_raw(p, "</tbody></table>\n");
    if (r->score_is_nps) {
        dk_page_raw(p, "<p class=\"small\">");
        dk_page_tell(p, MSG_impact_read);
        dk_page_raw(p, "</p>\n");
    }
    dk_page_raw(p, "</section>\n");
    free(order);
}

/* "Waiting time, negative: themes.tsv:611 (negated)" */
static void mark_title(dk_page *p, const dk_quote_mention *m) {
    if (m->theme >= 0) dk_page_text(p, dk_page_theme(p, m->theme));
    dk_page_raw(p, ", ");
    dk_page_tell(p, m->polarity == DK_SIGN_NEGATIVE   ? MSG_negative
                    : m->polarity == DK_SIGN_POSITIVE ? MSG_positive
                                                      : MSG_neutral);
    dk_page_raw(p, " ");
    dk_page_text(p, dk_page_signed(p, m->value, 2));
    if (m->entry != NULL) {
        dk_page_raw(p, ": ");
        dk_page_text(p, m->entry);
    }
    if (m->rules != NULL && m->rules[0] != '\0') {
        dk_page_raw(p, " (");
        for (const char *c = m->rules; *c != '\0'; c++) {
            const char *bar = strchr(c, '|');
            size_t len = bar != NULL ? (size_t)(bar - c) : strlen(c);
            dk_page_str(p, (dk_str){c, len});
            if (bar == NULL) break;
            dk_page_raw(p, ", ");
            c = bar;
        }
        dk_page_raw(p, ")");
    }
}

/* The comment with its mentions marked. Spans that overlap share one mark with the rules of all of them. */
static void marked_text(dk_page *p, const dk_quote *q) {
    size_t len = strlen(q->text), at = 0;
    for (size_t i = 0; i < q->nmentions;) {
        size_t start = q->mentions[i].start, end = q->mentions[i].end, next = i + 1;
        if (start < at || start >= end || end > len) {
            i++;
            continue;
        }
        while (next < q->nmentions && q->mentions[next].start < end) {
            if (q->mentions[next].end > end && q->mentions[next].end <= len) end = q->mentions[next].end;
            next++;
        }
        dk_sign sign = q->mentions[i].polarity;
        for (size_t k = i; k < next; k++)
            if (q->mentions[k].theme == q->theme)
                sign = q->mentions[k].polarity; /* what the quote is shown for */
        dk_page_str(p, (dk_str){q->text + at, start - at});
        dk_page_rawf(p, "<mark class=\"%s\" title=\"",
                     sign == DK_SIGN_NEGATIVE   ? "neg"
                     : sign == DK_SIGN_POSITIVE ? "pos"
                                                : "neu");
        for (size_t k = i; k < next; k++) {
            if (k > i) dk_page_raw(p, "&#10;");
            mark_title(p, &q->mentions[k]);
        }
        dk_page_raw(p, "\">");
        dk_page_str(p, (dk_str){q->text + start, end - start});
        dk_page_raw(p, "</mark>");
        at = end;
        i = next;
    }
    dk_page_str(p, (dk_str){q->text + at, len - at});
}

static void put_quote(dk_page *p, const dk_quote *q) {
    const dk_study_result *r = p->result;
    dk_page_rawf(p, "<blockquote class=\"%s\"><p dir=\"auto\"",
                 q->polarity == DK_SIGN_NEGATIVE   ? "neg"
                 : q->polarity == DK_SIGN_POSITIVE ? "pos"
                                                   : "neu");
    if (q->language != DK_LANG_OTHER) dk_page_rawf(p, " lang=\"%s\"", dk_language_name(q->language));
    dk_page_raw(p, ">");
    marked_text(p, q);
    dk_page_raw(p, "</p><footer>");
    dk_page_text(p, q->id);
    if (q->score != INT_MIN) {
        dk_page_raw(p, " · ");
        dk_page_tell(p, MSG_scored, dk_page_count(p, q->score));
    }
    if (q->segment >= 0 && !r->segments[q->segment].hidden) {
        dk_page_raw(p, " · ");
        dk_page_text(p, dk_page_segment(p, q->segment));
    }
    if (q->wave >= 0) {
        dk_page_raw(p, " · ");
        dk_page_text(p, r->waves[q->wave].name);
    }
    dk_page_raw(p, "</footer></blockquote>\n");
}

void dk_page_quotes(dk_page *p) {
    const dk_study_result *r = p->result;
    if (r->nquotes == 0) return;
    dk_page_raw(p, "<section id=\"quotes\">\n");
    dk_page_element(p, "h2", NULL, MSG_quotes);
    dk_page_element(p, "p", "small", MSG_quotes_read);
    for (size_t i = 0; i < r->nquotes;) {
        int theme = r->quotes[i].theme;
        dk_page_raw(p, "<details><summary>");
        dk_page_text(p, theme >= 0 ? dk_page_theme(p, theme) : dk_page_words(p, MSG_no_theme));
        dk_page_raw(p, "</summary>\n");
        for (; i < r->nquotes && r->quotes[i].theme == theme; i++) put_quote(p, &r->quotes[i]);
        dk_page_raw(p, "</details>\n");
    }
    dk_page_raw(p, "</section>\n");
}
