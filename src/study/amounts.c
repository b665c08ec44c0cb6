#include "study/amounts.h"

#include <math.h>
#include <stdlib.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char signs[2] = {'.', ','};

/* The part from the first to the last digit; what surrounds it is a sign or a mark of money. */
static dk_str digits_of(dk_str cell, bool *marked) {
    size_t from = 0, to = cell.len;
    while (from < to && !is_digit(cell.ptr[from])) from++;
    while (to > from && !is_digit(cell.ptr[to - 1])) to--;
    *marked = to < cell.len || (from > 0 && (from > 1 || (*cell.ptr != '-' && *cell.ptr != '+')));
    return (dk_str){cell.ptr + from, to - from};
}

dk_status dk_amounts_note(dk_amounts *a, dk_str cell, size_t index, dk_error *err) {
    bool marked;
    dk_str s = digits_of(cell, &marked);
    size_t count[2] = {0, 0}, last = 0, others = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (is_digit(s.ptr[i])) continue;
        if (s.ptr[i] != '.' && s.ptr[i] != ',') {
            others++;
            continue;
        }
        count[s.ptr[i] == ',']++;
        last = i;
    }
    a->marked += marked;
    if (count[0] + count[1] == 0) {
        if (others == 0) *(s.len > 3 ? &a->large : &a->small) += 1;
        return DK_OK;
    }
    int sign = s.ptr[last] == ',';
    if (count[0] > 0 && count[1] > 0) {
        a->grouped[!sign]++;
        if (count[sign] == 1) a->decimal[sign]++;
        return DK_OK;
    }
    if (count[sign] > 1) {
        a->grouped[sign]++;
        return DK_OK;
    }
    /* one sign: groups parted by spaces or apostrophes leave it the decimal sign, and so does an exponent */
    if (others > 0 || s.len - last - 1 != 3 || last > 3 || s.ptr[0] == '0') {
        a->decimal[sign]++;
        return DK_OK;
    }
    if (!dk_grow(&a->places, &a->cap, a->nplaces + 1)) return dk_fail_memory(err);
    a->places[a->nplaces++] = 2 * index + (size_t)sign;
    a->doubtful[sign]++;
    return DK_OK;
}

void dk_amounts_settle(dk_amounts *a, bool money, double *values) {
    for (int k = 0; k < 2; k++) {
        int64_t for_groups = a->grouped[k] + a->decimal[!k], against = a->decimal[k] + a->grouped[!k];
        bool usual = a->large == 0 && (money || a->marked > 0);
        a->thousands[k] = a->doubtful[k] > 0 && (for_groups != against ? for_groups > against : for_groups == 0 && usual);
    }
    for (size_t i = 0; i < a->nplaces; i++)
        if (a->thousands[a->places[i] & 1]) values[a->places[i] >> 1] = round(values[a->places[i] >> 1] * 1000);
    free(a->places);
    a->places = NULL;
    a->nplaces = a->cap = 0;
    a->settled = true;
}

void dk_amounts_say(const dk_amounts *a, dk_buf *out) {
    for (int k = 0; k < 2; k++) {
        if (a->doubtful[k] == 0) continue;
        bool evidence = a->grouped[k] + a->decimal[!k] != a->decimal[k] + a->grouped[!k];
        dk_buf_putf(out, "%s%s: %lld values such as 12%c345 could be thousands or decimals; they are read as %s, ", out->len > 0 ? " " : "",
                    a->name != NULL ? a->name : "amounts", (long long)a->doubtful[k], signs[k], a->thousands[k] ? "12345" : "12.345");
        dk_buf_puts(out, evidence ? "as the other values of the column tell."
                    : a->thousands[k] ? "since it is money, every value has three digits behind the sign, and no whole number of four digits is without it."
                    : a->large > 0 ? "since whole numbers of four digits stand in the column without a sign."
                                   : "since nothing in the column says otherwise; write 12345 or 12345.00 to be sure.");
    }
}

void dk_amounts_dispose(dk_amounts *a) {
    free(a->places);
    memset(a, 0, sizeof *a);
}
