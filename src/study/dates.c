#include "study/dates.h"

#include <string.h>
#include <strings.h>

#include "io/cell.h"

/* Howard Hinnant's days_from_civil, http://howardhinnant.github.io/date_algorithms.html */
int32_t dk_date_of(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void dk_date_split(int32_t date, int *year, int *month, int *day) {
    int z = date + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

static int32_t checked(int year, int month, int day) {
    if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return DK_NO_DATE;
    int y, m, d;
    int32_t date = dk_date_of(year, month, day);
    dk_date_split(date, &y, &m, &d);
    return m == month && d == day ? date : DK_NO_DATE;
}

/* The numbers of a cell up to its time: how many, their values and digits, what parts them. */
typedef struct numbers {
    int value[3], digits[3], count;
    char mark;
} numbers;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* 1 to 12 for a word that begins as a month does in Swedish, Danish or English, else 0. */
static int month_of(const char *word, size_t len) {
    static const char *const names[] = {"january", "januari", "januar", "february", "februari", "februar", "march", "mars", "marts",
                                        "april", "may", "maj", "june", "juni", "july", "juli", "august", "augusti", "september",
                                        "october", "oktober", "november", "december"};
    static const char months[] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 10, 10, 11, 12};
    for (size_t i = 0; len >= 3 && i < sizeof months; i++)
        if (len <= strlen(names[i]) && strncasecmp(word, names[i], len) == 0) return months[i];
    return 0;
}

/* "2 mars 2026", "2. marts 2026", "March 2, 2026", "2-Mar-2026": a day, a month in letters and a year of four digits. */
static int32_t parse_named(dk_str cell) {
    int day = 0, month = 0, year = 0;
    for (size_t i = 0; i < cell.len && (day == 0 || month == 0 || year == 0);) {
        size_t from = i;
        if (is_letter(cell.ptr[i])) {
            while (i < cell.len && is_letter(cell.ptr[i])) i++;
            if (month != 0 || (month = month_of(cell.ptr + from, i - from)) == 0) return DK_NO_DATE;
        } else if (is_digit(cell.ptr[i])) {
            int value = 0;
            for (; i < cell.len && i - from < 5 && is_digit(cell.ptr[i]); i++) value = value * 10 + (cell.ptr[i] - '0');
            if (i - from == 4 && day != 0) year = value;
            else if (i - from <= 2 && day == 0) day = value;
            else return DK_NO_DATE;
        } else if (strchr(" .,-/", cell.ptr[i++]) == NULL) {
            return DK_NO_DATE;
        }
    }
    return checked(year, month, day);
}

static bool read_numbers(dk_str cell, numbers *n) {
    cell = dk_cell_trim(cell);
    memset(n, 0, sizeof *n);
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];
        if (is_digit(c)) {
            if (n->count == 0 || (i > 0 && !is_digit(cell.ptr[i - 1]))) {
                if (n->count == 3) return false;
                n->count++;
            }
            int *v = &n->value[n->count - 1];
            if (++n->digits[n->count - 1] > 8) return false;
            *v = *v * 10 + (c - '0');
        } else if ((c == ' ' || c == '-') && n->count == 2 && n->mark == '/' && i + 1 < cell.len && is_digit(cell.ptr[i - 1]) &&
                   is_digit(cell.ptr[i + 1])) {
            n->mark = '.'; /* 2/3 2026 and 2/3-2026 are Nordic: as with points, the day is first */
        } else if ((c == ' ' || c == 'T') && (n->count == 3 || (n->count == 1 && n->digits[0] == 8))) {
            return true; /* a time follows */
        } else if ((c == '-' || c == '/' || c == '.') && n->count > 0 && i + 1 < cell.len && (n->count == 1 || n->mark == c)) {
            n->mark = c;
            if (!is_digit(cell.ptr[i - 1])) return false;
        } else {
            return false;
        }
    }
    return n->count == 3 || (n->count == 1 && (n->digits[0] == 8 || n->digits[0] == 5));
}

int32_t dk_date_parse(dk_str cell, dk_date_order order) {
    numbers n;
    if (!read_numbers(cell, &n)) return parse_named(dk_cell_trim(cell));
    if (n.count == 1 && n.digits[0] == 5) /* days since 1899-12-30, as a spreadsheet shows an unformatted date */
        return n.value[0] >= 25569 && n.value[0] < 73051 ? n.value[0] - 25569 : DK_NO_DATE;
    if (n.count == 1) return checked(n.value[0] / 10000, n.value[0] / 100 % 100, n.value[0] % 100);
    if (n.digits[0] == 4) return checked(n.value[0], n.value[1], n.value[2]);
    int year = n.value[2];
    if (n.digits[2] == 2) year += year < 70 ? 2000 : 1900;
    else if (n.digits[2] != 4) return DK_NO_DATE;
    bool day_first = order == DK_DAY_FIRST || n.mark == '.'; /* points are never American */
    return day_first ? checked(year, n.value[1], n.value[0]) : checked(year, n.value[0], n.value[1]);
}

int dk_date_hint(dk_str cell) {
    numbers n;
    if (!read_numbers(cell, &n) || n.count != 3 || n.digits[0] == 4 || n.mark == '.') return 0;
    bool day = n.value[0] > 12, month = n.value[1] > 12;
    return day == month ? 0 : day ? 1 : -1;
}

bool dk_period_parse(dk_str cell, dk_date_order order, int32_t *first, int32_t *last) {
    int year = 0, part = 0, digits = 0, group = 0, years = 0;
    char unit = 0;
    cell = dk_cell_trim(cell);
    *first = *last = dk_date_parse(cell, order);
    if (*first != DK_NO_DATE) return true;
    if (cell.len < 4 || cell.len > 9) return false;
    for (size_t i = 0; i <= cell.len; i++) {
        char c = i < cell.len ? cell.ptr[i] : ' ';
        if (is_digit(c)) {
            group = group * 10 + (c - '0');
            digits++;
            continue;
        }
        if (digits == 4 && years++ == 0) year = group;
        else if (digits == 1 || digits == 2) part = part == 0 ? group : -1;
        else if (digits != 0) return false;
        group = digits = 0;
        if (c == 'q' || c == 'Q' || c == 'k' || c == 'K' || c == 'm' || c == 'M') {
            if (unit != 0) return false;
            unit = c == 'm' || c == 'M' ? 'm' : 'q'; /* K as in kvartal */
        } else if (c != ' ' && c != '-' && c != '/' && c != '.') {
            return false;
        }
    }
    if (years != 1 || part < 0 || (unit != 0 && part == 0)) return false;
    if (unit == 0 && part != 0) unit = 'm';
    int months = unit == 'q' ? 3 : unit == 'm' ? 1 : 12, from = unit == 0 ? 1 : (part - 1) * months + 1;
    if (from > 12 || checked(year, from, 1) == DK_NO_DATE) return false;
    *first = dk_date_of(year, from, 1);
    *last = (from + months > 12 ? dk_date_of(year + 1, 1, 1) : dk_date_of(year, from + months, 1)) - 1;
    return true;
}

static void put_padded(dk_buf *buf, int value, int width) { dk_buf_putf(buf, "%0*d", width, value); }

void dk_date_put(dk_buf *buf, int32_t date) {
    int y, m, d;
    dk_date_split(date, &y, &m, &d);
    put_padded(buf, y, 4);
    dk_buf_putc(buf, '-');
    put_padded(buf, m, 2);
    dk_buf_putc(buf, '-');
    put_padded(buf, d, 2);
}

/* Waves in a year. */
static int in_year(dk_wave_unit unit) { return unit == DK_WAVE_MONTH ? 12 : unit == DK_WAVE_QUARTER ? 4 : 1; }

int32_t dk_wave_of(int32_t date, dk_wave_unit unit) {
    int y, m, d;
    dk_date_split(date, &y, &m, &d);
    return y * in_year(unit) + (m - 1) * in_year(unit) / 12;
}

void dk_wave_put(dk_buf *buf, int32_t wave, dk_wave_unit unit) {
    int n = in_year(unit);
    put_padded(buf, wave / n, 4);
    if (unit == DK_WAVE_QUARTER) dk_buf_putf(buf, " Q%d", wave % n + 1);
    if (unit == DK_WAVE_MONTH) dk_buf_putf(buf, "-%02d", wave % n + 1);
}

void dk_wave_days(int32_t wave, dk_wave_unit unit, int32_t *first, int32_t *last) {
    int n = in_year(unit);
    *first = dk_date_of(wave / n, wave % n * 12 / n + 1, 1);
    wave++;
    *last = dk_date_of(wave / n, wave % n * 12 / n + 1, 1) - 1;
}
