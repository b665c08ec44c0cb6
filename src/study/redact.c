#include "study/tagging.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '<' || c == '>' || c == ',' || c == ';'; }

static void cross(char *text, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (text[i] != '@' && text[i] != '.') text[i] = 'x';
}

static void cross_addresses(char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '@') continue;
        size_t from = i, to = i + 1;
        while (from > 0 && !is_blank(text[from - 1])) from--;
        while (to < len && !is_blank(text[to])) to++;
        if (to > i + 1) cross(text, from, to);
        i = to;
    }
}

/* A run of digits, single blanks, points, hyphens, slashes and brackets between them. */
static void cross_numbers(char *text, size_t len) {
    enum { MANY = 7 };
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text[i])) continue;
        size_t digits = 0, end = i;
        for (size_t j = i; j < len; j++) {
            if (is_digit(text[j])) {
                digits++;
                end = j + 1;
            } else if (strchr(" .-/()+", text[j]) == NULL || j > end + 1) {
                break;
            }
        }
        for (size_t j = i; digits >= MANY && j < end; j++)
            if (is_digit(text[j])) text[j] = 'x';
        i = end;
    }
}

void dk_redact(char *text, size_t len) {
    cross_addresses(text, len);
    cross_numbers(text, len);
}
