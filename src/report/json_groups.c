/* Themes by segment, wave and language in report.json: rows without names, since they are many. */
#include "report/json_put.h"
#include "report/json_sections.h"

static void put_row(dk_json *j, const char *theme, const dk_theme_use *u) {
    const int64_t counts[] = {u->responses, u->negative, u->neutral, u->positive, u->mixed, u->mentions};
    dk_json_array(j);
    dk_json_text(j, theme);
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) dk_json_int(j, counts[k]);
    dk_json_double(j, u->polarity);
    dk_json_double(j, u->nps);
    for (int e = 0; e < DK_EMOTIONS && u->feelings[DK_EMOTION_NONE] > 0; e++) dk_json_int(j, u->feelings[e]);
    dk_json_end(j);
}

void dk_json_theme_groups(dk_json *j, const dk_study_result *r) {
    static const char *const columns[] = {"theme", "responses", "negative", "neutral", "positive", "mixed", "mentions", "polarity", "nps", "any"};
    begin_object(j, "theme_groups");
    count(j, "depth", r->group_depth);
    begin_list(j, "columns");
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) dk_json_text(j, columns[k]);
    for (int e = 1; e < DK_EMOTIONS; e++) dk_json_text(j, dk_emotion_name((dk_emotion)e));
    dk_json_end(j);
    begin_list(j, "groups");
    for (size_t g = 0, k = 0; g < r->ngroups; g++) {
        const dk_theme_group *group = r->groups + g;
        dk_json_object(j);
        text(j, "segment", group->segment >= 0 ? r->segments[group->segment].name : NULL);
        text(j, "wave", group->wave >= 0 ? r->waves[group->wave].name : NULL);
        text(j, "language", group->language >= 0 ? dk_language_name((dk_language)group->language) : NULL);
        flag(j, "hidden", group->hidden);
        if (!group->hidden) {
            count(j, "comments", group->comments);
            begin_list(j, "themes");
            for (; k < r->ngroup_uses && r->group_uses[k].group == (int)g; k++)
                put_row(j, r->themes[r->group_uses[k].theme].id, &r->group_uses[k].use);
            dk_json_end(j);
        }
        dk_json_end(j);
    }
    dk_json_end(j);
    dk_json_end(j);
}
