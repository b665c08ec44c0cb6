#include "io/cell.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

/* The length of the space that begins at p: 1 for ASCII white space, 2 or 3 for U+00A0, U+2009 and U+202F; else 0. */
static size_t space_at(const char *p, size_t len) {
    if (len >= 1 && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) return 1;
    if (len >= 2 && memcmp(p, "\xC2\xA0", 2) == 0) return 2;
    if (len >= 3 && (memcmp(p, "\xE2\x80\x89", 3) == 0 || memcmp(p, "\xE2\x80\xAF", 3) == 0)) return 3;
    return 0;
}

dk_str dk_cell_trim(dk_str cell) {
    size_t n;
    while ((n = space_at(cell.ptr, cell.len)) > 0) {
        cell.ptr += n;
        cell.len -= n;
    }
    for (;;) {
        size_t before = cell.len;
        for (size_t k = 1; k <= 3 && k <= cell.len; k++) {
            if (space_at(cell.ptr + cell.len - k, k) != k) continue;
            cell.len -= k;
            break;
        }
        if (cell.len == before) return cell;
    }
}

bool dk_cell_missing(dk_str cell) {
    cell = dk_cell_trim(cell);
    switch (cell.len) {
    case 0: return true;
    case 1: return cell.ptr[0] == '.';
    case 2: return strncasecmp(cell.ptr, "NA", 2) == 0;
    case 3: return strncasecmp(cell.ptr, "N/A", 3) == 0;
    default: return false;
    }
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

enum { MOST_DIGITS = 400 };

/* How often c occurs, and where it does last. */
static size_t count(dk_str s, char c, size_t *last) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != c) continue;
        *last = i;
        n++;
    }
    return n;
}

/* Three digits follow at i, and then none. */
static bool group_follows(dk_str s, size_t i) {
    if (i + 3 > s.len || !is_digit(s.ptr[i]) || !is_digit(s.ptr[i + 1]) || !is_digit(s.ptr[i + 2]))
        return false;
    return i + 3 == s.len || !is_digit(s.ptr[i + 3]);
}

/* Rewrites the number with a point for the decimal sign and without groups; 0 when it is none. */
static size_t plain_number(dk_str s, char *out) {
    size_t comma = 0, point = 0, len = 0;
    size_t commas = count(s, ',', &comma), points = count(s, '.', &point);
    char decimal = commas > 0 && points > 0 ? (comma > point ? ',' : '.') : commas == 1 ? ',' : '.';
    if (commas > 1 && points == 0) decimal = '\0';
    if (points > 1 && commas == 0) decimal = '\0';
    size_t i = 0, digits = 0;
    bool fraction = false;
    if (s.len >= 3 && memcmp(s.ptr, "\xE2\x88\x92", 3) == 0) {
        out[len++] = '-';
        i = 3;
    } else if (s.len > 0 && (*s.ptr == '-' || *s.ptr == '+')) {
        out[len++] = s.ptr[i++];
    }
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_digit(c)) {
            out[len++] = c;
            digits++;
        } else if (c == decimal && !fraction) {
            out[len++] = '.';
            fraction = true;
        } else if ((c == 'e' || c == 'E') && digits > 0) {
            break;
        } else {
            size_t n = c == '\'' || c == ',' || c == '.' ? 1 : space_at(s.ptr + i, s.len - i);
            if (n == 0 || fraction || digits == 0 || !group_follows(s, i + n)) return 0;
            i += n - 1;
        }
    }
    if (digits == 0) return 0;
    if (i < s.len) { /* the exponent */
        out[len++] = 'e';
        i++;
        if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+')) out[len++] = s.ptr[i++];
        size_t first = i;
        for (; i < s.len && is_digit(s.ptr[i]); i++) out[len++] = s.ptr[i];
        if (i == first || i < s.len) return 0;
    }
    out[len] = '\0';
    return len;
}

/* Up to 15 digits and a power of ten up to 10^22 are both exact, so one division rounds correctly (Clinger 1990). */
static bool quick(const char *p, double *value) {
    static const double power[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = *p == '-', fraction = false;
    if (*p == '-' || *p == '+') p++;
    uint64_t n = 0;
    int digits = 0, places = 0;
    for (; *p != '\0'; p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        if (!is_digit(*p) || ++digits > 15) return false;
        n = n * 10 + (uint64_t)(*p - '0');
        places += fraction;
    }
    *value = (double)n / power[places];
    if (negative) *value = -*value;
    return true;
}

bool dk_cell_number(dk_str cell, double *value) {
    cell = dk_cell_trim(cell);
    char text[MOST_DIGITS + 8];
    if (cell.len == 0 || cell.len > MOST_DIGITS || plain_number(cell, text) == 0) return false;
    if (quick(text, value)) return true;
    *value = strtod(text, NULL);
    return isfinite(*value);
}

bool dk_cell_amount(dk_str cell, double *value) {
    static const char *const marks[] = {"kr.", "kr",  "sek", "dkk",          "nok",      "isk",      "euro", "eur",
                                        "usd", "gbp", "$",   "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", ":-",   ",-", "%"};
    if (dk_cell_number(cell, value)) return true;
    cell = dk_cell_trim(cell);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        if (cell.len <= n) continue;
        if (strncasecmp(cell.ptr + cell.len - n, marks[i], n) == 0) return dk_cell_number((dk_str){cell.ptr, cell.len - n}, value);
        if (strncasecmp(cell.ptr, marks[i], n) == 0) return dk_cell_number((dk_str){cell.ptr + n, cell.len - n}, value);
    }
    return false;
}

bool dk_cell_integer(dk_str cell, int64_t *value) {
    cell = dk_cell_trim(cell);
    char text[32];
    if (cell.len == 0 || cell.len >= sizeof text) return false;
    memcpy(text, cell.ptr, cell.len);
    text[cell.len] = '\0';
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    for (const char *p = digits; *p != '\0'; p++)
        if (!is_digit(*p)) return false;
    if (*digits == '\0') return false;
    errno = 0;
    *value = strtoll(text, NULL, 10);
    return errno == 0;
}
