#include "io/survey_export.h"

#include <ctype.h>

static bool begins(dk_str s, const char *start) {
    size_t n = strlen(start);
    return s.len >= n && memcmp(s.ptr, start, n) == 0;
}

/* "Respondent ID", "RespondentID", "Respondent-ID", in any case. */
static bool is_respondent_id(dk_str s) {
    static const char wanted[] = "respondentid";
    size_t at = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == ' ' || c == '-' || c == '_') continue;
        if (at == sizeof wanted - 1 || tolower(c) != wanted[at]) return false;
        at++;
    }
    return at == sizeof wanted - 1;
}

static bool any_text(const dk_str *cells, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (cells[i].len > 0) return true;
    return false;
}

static bool join(dk_str *name, dk_str question, dk_str choice, dk_arena *arena) {
    char *text = dk_arena_alloc(arena, question.len + 2 + choice.len + 1);
    if (text == NULL) return false;
    memcpy(text, question.ptr, question.len);
    memcpy(text + question.len, ": ", 2);
    memcpy(text + question.len + 2, choice.ptr, choice.len);
    *name = (dk_str){text, question.len + 2 + choice.len};
    return true;
}

static bool name_by_question(dk_str *names, const dk_str *second, size_t count, dk_arena *arena) {
    for (size_t i = 0; i < count;) {
        size_t next = i + 1;
        while (next < count && names[next].len == 0) next++;
        dk_str question = names[i];
        for (size_t c = i; next - i > 1 && c < next; c++)
            if (second[c].len > 0 && !join(&names[c], question, second[c], arena)) return false;
        i = next;
    }
    return true;
}

bool dk_survey_recognise(dk_survey_export *found, dk_str *names, const dk_str *second, const dk_str *third, size_t count,
                         dk_arena *arena) {
    *found = (dk_survey_export){NULL, 0};
    if (count == 0) return true;
    if (begins(third[0], "{\"ImportId\"") || begins(third[0], "{'ImportId'")) {
        *found = (dk_survey_export){"Qualtrics", 2};
    } else if (is_respondent_id(names[0]) && second[0].len == 0 && any_text(second, count)) {
        *found = (dk_survey_export){"SurveyMonkey", 1};
        return name_by_question(names, second, count, arena);
    }
    return true;
}
