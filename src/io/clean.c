#include "io/clean.h"

#include "io/scan.h"

/* Windows-1252, 0x80 to 0x9F; 0 where it has no character. From 0xA0 on it is Latin-1. */
static const uint16_t windows_1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                          0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                          0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

size_t dk_utf8_sequence(const unsigned char *p, size_t len) {
    unsigned char a = p[0];
    if (a < 0x80) return 1;
    if (a < 0xC2 || a > 0xF4 || len < 2) return 0;
    unsigned char b = p[1];
    if ((b & 0xC0) != 0x80) return 0;
    if (a < 0xE0) return 2;
    if (len < 3 || (p[2] & 0xC0) != 0x80) return 0;
    if (a < 0xF0) return (a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F) ? 0 : 3;
    if (len < 4 || (p[3] & 0xC0) != 0x80) return 0;
    return (a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F) ? 0 : 4;
}

static size_t put_windows_1252(char *to, unsigned char byte) {
    unsigned code = byte >= 0xA0 ? byte : windows_1252[byte - 0x80];
    if (code == 0) code = 0xFFFD;
    if (code < 0x800) {
        to[0] = (char)(0xC0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    to[0] = (char)(0xE0 | code >> 12);
    to[1] = (char)(0x80 | (code >> 6 & 0x3F));
    to[2] = (char)(0x80 | (code & 0x3F));
    return 3;
}

static bool is_control(unsigned char c) {
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/* The slow path, from the first bad byte on. */
static bool repair(dk_str *cell, size_t from, dk_arena *arena, bool *control) {
    const unsigned char *p = (const unsigned char *)cell->ptr;
    size_t rest = cell->len - from;
    if (rest > (SIZE_MAX - from) / 3 - DK_SCAN_PAD) return false;
    char *to = dk_arena_alloc(arena, from + 3 * rest + DK_SCAN_PAD);
    if (to == NULL) return false;
    memcpy(to, p, from);
    size_t len = from;
    for (size_t i = from; i < cell->len;) {
        size_t n = dk_utf8_sequence(p + i, cell->len - i);
        if (n == 0) {
            len += put_windows_1252(to + len, p[i++]);
        } else if ((n == 1 && is_control(p[i])) || (n == 2 && p[i] == 0xC2 && p[i + 1] < 0xA0)) {
            *control = true;
            for (; n > 0; n--, i++) to[len++] = ' ';
        } else {
            for (; n > 0; n--, i++) to[len++] = (char)p[i];
        }
    }
    memset(to + len, 0, DK_SCAN_PAD);
    cell->ptr = to;
    cell->len = len;
    return true;
}

bool dk_cell_clean(dk_str *cell, dk_arena *arena, dk_read_counts *counts) {
    char *text = (char *)cell->ptr; /* cells lie in memory of the block that is being parsed */
    size_t len = cell->len, skip = 0;
    if (len <= 16 && (dk_scan_unplain16(text) & dk_scan_first(len)) == 0) return true; /* most cells */
    bool multibyte = false, control = false, broken = false;
    for (size_t base = 0; base < len && !broken; base += 64) {
        uint64_t hits = dk_scan_unplain(text + base) & dk_scan_first(len - base);
        if (skip > 0) hits &= ~dk_scan_first(skip); /* the rest of a sequence that began before */
        skip = 0;
        while (hits != 0) {
            int bit = dk_scan_lowest(hits);
            size_t at = base + (size_t)bit, n = 1;
            unsigned char c = (unsigned char)text[at];
            if (c < 0x20) {
                if (is_control(c)) {
                    text[at] = ' ';
                    control = true;
                }
            } else {
                n = dk_utf8_sequence((unsigned char *)text + at, len - at);
                if (n == 0) {
                    broken = true;
                    if (!repair(cell, at, arena, &control)) return false;
                    break;
                }
                multibyte = true;
                if (c == 0xC2 && (unsigned char)text[at + 1] < 0xA0) {
                    text[at] = text[at + 1] = ' ';
                    control = true;
                }
            }
            size_t next = (size_t)bit + n;
            if (next >= 64) {
                skip = next - 64;
                break;
            }
            hits &= ~dk_scan_first(next);
        }
    }
    counts->utf8_cells += multibyte;
    counts->control_cells += control;
    counts->repaired_cells += broken;
    return true;
}
