/* What was read and how good it is, and how the figures came about. */
#include <math.h>

#include "report/page.h"

enum { MOST_PROBLEMS = 50 };

static void put_columns(dk_page *p, const dk_study_file *f) {
    dk_page_raw(p, "<table class=\"rows plain\"><thead><tr>");
    dk_page_head_cell(p, NULL, MSG_column);
    dk_page_head_cell(p, NULL, MSG_taken_for);
    dk_page_head_cell(p, NULL, MSG_holds);
    dk_page_head_cell(p, "num", MSG_missing);
    dk_page_head_cell(p, "num", MSG_unusable);
    dk_page_raw(p, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < f->ncolumns; i++) {
        const dk_column_use *c = &f->columns[i];
        dk_page_raw(p, "<tr><th scope=\"row\">");
        dk_page_text(p, c->name);
        dk_page_raw(p, "</th><td data-label=\"");
        dk_page_tell(p, MSG_taken_for);
        dk_page_raw(p, "\">");
        dk_page_text(p, dk_message_word(dk_role_name(c->role), p->language));
        if (c->guessed && c->role != DK_ROLE_LEFT_OUT) {
            dk_page_raw(p, " <small>");
            dk_page_tell(p, MSG_guessed);
            dk_page_raw(p, "</small>");
        }
        dk_page_raw(p, "</td>");
        dk_page_raw(p, "<td data-label=\"");
        dk_page_tell(p, MSG_holds);
        dk_page_raw(p, "\">");
        if (c->detail != NULL && c->role == DK_ROLE_SEGMENT) dk_page_text(p, c->detail); /* names of the user's */
        else if (c->detail != NULL) dk_page_sentence(p, c->detail);
        dk_page_raw(p, "</td>");
        bool used = c->role != DK_ROLE_LEFT_OUT;
        dk_page_cell(p, "num", MSG_missing, used ? dk_page_count(p, c->missing) : "");
        dk_page_cell(p, "num", MSG_unusable, used ? dk_page_count(p, c->bad) : "");
        dk_page_raw(p, "</tr>\n");
    }
    dk_page_raw(p, "</tbody></table>\n");
}

static void put_files(dk_page *p) {
    const dk_study_result *r = p->result;
    for (size_t i = 0; i < r->nfiles; i++) {
        const dk_study_file *f = &r->files[i];
        dk_page_raw(p, "<h3>");
        dk_page_text(p, f->name);
        if (f->content != NULL) {
            dk_page_raw(p, " <small>");
            dk_page_text(p, dk_message_word(f->content, p->language));
            dk_page_raw(p, "</small>");
        }
        dk_page_raw(p, "</h3>\n<p>");
        dk_page_sentence(p, f->description);
        dk_page_raw(p, "</p>\n");
        if (f->ncolumns > 0) put_columns(p, f);
    }
    if (!r->join.joined) return;
    dk_page_raw(p, "<p>");
    dk_page_tell(p, MSG_joined, dk_page_count(p, r->join.matched), dk_page_count(p, r->join.responses),
                 dk_page_count(p, r->join.unmatched), dk_page_count(p, r->join.out_of_window),
                 dk_page_count(p, r->join.customers_without_response),
                 dk_page_count(p, r->join.duplicate_records));
    dk_page_raw(p, "</p>\n");
}

static void put_languages(dk_page *p) {
    const dk_study_result *r = p->result;
    static const dk_language order[] = {DK_LANG_SV, DK_LANG_DA, DK_LANG_EN, DK_LANG_OTHER};
    if (r->comments == 0) return;
    dk_page_raw(p, "<p>");
    dk_page_tell(p, MSG_languages);
    bool any = false;
    for (int i = 0; i < DK_LANGUAGES; i++) {
        const dk_language_use *u = &r->languages[order[i]];
        if (u->responses == 0) continue;
        dk_page_raw(p, any ? ", " : " ");
        any = true;
        dk_page_text(p, dk_message_word(dk_language_name(order[i]), p->language));
        dk_page_raw(p, "&nbsp;");
        dk_page_text(p, dk_page_share(p, u->share));
    }
    dk_page_raw(p, ". ");
    dk_page_tell(p, MSG_language_limits, dk_page_count(p, r->languages[DK_LANG_OTHER].responses),
                 dk_page_count(p, r->uncertain_language), dk_page_count(p, r->without_theme));
    dk_page_raw(p, "</p>\n");
    const dk_study_segment *all = &r->segments[0];
    if (all->hidden || !isfinite(all->commented_promoters) || all->nps.n == 0) return;
    dk_page_raw(p, "<p>");
    dk_page_tell(p, MSG_comment_rate, dk_page_share(p, all->commented),
                 dk_page_share(p, all->commented_promoters), dk_page_share(p, all->commented_passives),
                 dk_page_share(p, all->commented_detractors));
    dk_page_raw(p, "</p>\n");
}

static void put_problem(dk_page *p, const dk_problem *x) {
    dk_page_raw(p, "<tr><th scope=\"row\">");
    if (x->file >= 0) dk_page_text(p, p->result->files[x->file].name);
    if (x->line > 0) dk_page_rawf(p, ":%lld", (long long)x->line);
    dk_page_raw(p, "</th>");
    dk_page_cell(p, NULL, MSG_column, x->column != NULL ? x->column : "");
    dk_page_cell(p, "value", MSG_value, x->value != NULL ? x->value : "");
    dk_page_raw(p, "<td data-label=\"");
    dk_page_tell(p, MSG_what);
    dk_page_raw(p, "\">");
    dk_page_sentence(p, x->message != NULL ? x->message : dk_problem_name(x->kind));
    dk_page_raw(p, "</td></tr>\n");
}

static void put_problems(dk_page *p) {
    const dk_study_result *r = p->result;
    int64_t total = 0;
    for (int k = 0; k < DK_PROBLEMS; k++) total += r->problem_counts[k];
    dk_page_element(p, "h3", NULL, MSG_problems);
    if (total == 0) {
        dk_page_element(p, "p", NULL, MSG_no_problems);
        return;
    }
    dk_page_raw(p, "<ul>");
    for (int k = 0; k < DK_PROBLEMS; k++) {
        if (r->problem_counts[k] == 0) continue;
        dk_page_raw(p, "<li>");
        dk_page_tell(p, (dk_message)(MSG_problem_row + k), dk_page_count(p, r->problem_counts[k]));
        dk_page_raw(p, "</li>");
    }
    dk_page_raw(p, "</ul>\n<details><summary>");
    size_t shown = r->nproblems < MOST_PROBLEMS ? r->nproblems : MOST_PROBLEMS;
    dk_page_tell(p, MSG_problem_list, dk_page_count(p, (int64_t)shown), dk_page_count(p, total));
    dk_page_raw(p, "</summary>\n<table class=\"rows plain\"><thead><tr>");
    dk_page_head_cell(p, NULL, MSG_place);
    dk_page_head_cell(p, NULL, MSG_column);
    dk_page_head_cell(p, NULL, MSG_value);
    dk_page_head_cell(p, NULL, MSG_what);
    dk_page_raw(p, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < shown; i++) put_problem(p, &r->problems[i]);
    dk_page_raw(p, "</tbody></table>\n</details>\n");
}

static void put_notes(dk_page *p, dk_note_kind kind, dk_message heading) {
    const dk_study_result *r = p->result;
    bool any = false;
    for (size_t i = 0; i < r->nnotes; i++) {
        if (r->notes[i].kind != kind) continue;
        if (!any) {
            dk_page_element(p, "h3", NULL, heading);
            dk_page_raw(p, "<ul>");
            any = true;
        }
        dk_page_raw(p, "<li>");
        dk_page_sentence(p, r->notes[i].text);
        dk_page_raw(p, "</li>");
    }
    if (any) dk_page_raw(p, "</ul>\n");
}

void dk_page_quality(dk_page *p) {
    dk_page_raw(p, "<section id=\"data\">\n");
    dk_page_element(p, "h2", NULL, MSG_data);
    put_files(p);
    dk_page_element(p, "h3", NULL, MSG_comments);
    put_languages(p);
    put_problems(p);
    put_notes(p, DK_NOTE_DATA, MSG_peculiar);
    dk_page_raw(p, "</section>\n");
}

void dk_page_methods(dk_page *p) {
    const dk_study_result *r = p->result;
    dk_page_raw(p, "<section id=\"methods\">\n");
    dk_page_element(p, "h2", NULL, MSG_methods);
    put_notes(p, DK_NOTE_LIMIT, MSG_limits);
    dk_page_raw(p, "<h3>");
    dk_page_tell(p, MSG_how);
    dk_page_raw(p, "</h3>\n<ul>");
    if (r->segments[0].nps.n > 0) dk_page_element(p, "li", NULL, MSG_how_nps);
    if (r->nfits > 0) {
        dk_page_element(p, "li", NULL, MSG_how_effect);
        dk_page_element(p, "li", NULL, MSG_how_moves);
        dk_page_element(p, "li", NULL, MSG_how_association);
    }
    dk_page_raw(p, "<li>");
    dk_page_tell(p, MSG_how_privacy, dk_page_count(p, r->min_privacy), dk_page_count(p, r->min_mentions));
    dk_page_raw(p, "</li></ul>\n");
    put_notes(p, DK_NOTE_METHOD, MSG_choices);
    dk_page_raw(p, "<p class=\"small\">drivkraft ");
    dk_page_text(p, r->version);
    dk_page_raw(p, " · ");
    dk_page_text(p, r->stamp);
    dk_page_rawf(p, " · seed %llu · ", (unsigned long long)r->seed);
    dk_page_tell(p, MSG_replicates, dk_page_count(p, r->replicates));
    dk_page_raw(p, "</p>\n</section>\n");
}
