#include "text/utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

uint32_t dk_utf8_decode(const char *text, size_t len, size_t at, unsigned *size) {
    const unsigned char *s = (const unsigned char *)text + at;
    size_t rest = len - at;
    unsigned char a = s[0];
    *size = 1;
    if (a < 0x80) return a;
    if (a >= 0xC2 && a <= 0xDF && rest >= 2 && (s[1] & 0xC0) == 0x80) {
        *size = 2;
        return (uint32_t)(a & 0x1F) << 6 | (s[1] & 0x3F);
    }
    if ((a & 0xF0) == 0xE0 && rest >= 3 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80) {
        uint32_t c = (uint32_t)(a & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
        if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) {
            *size = 3;
            return c;
        }
    }
    if (a >= 0xF0 && a <= 0xF4 && rest >= 4 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80 &&
        (s[3] & 0xC0) == 0x80) {
        uint32_t c = (uint32_t)(a & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 | (uint32_t)(s[2] & 0x3F) << 6 |
                     (s[3] & 0x3F);
        if (c >= 0x10000 && c <= 0x10FFFF) {
            *size = 4;
            return c;
        }
    }
    return 0xFFFD;
}

unsigned dk_utf8_encode(uint32_t c, char out[4]) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static bool is_pictograph(uint32_t c) {
    return (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x1F1E6 && c <= 0x1F1FF) || (c >= 0x2600 && c <= 0x27BF) ||
           (c >= 0x2B00 && c <= 0x2BFF) || (c >= 0x1F000 && c <= 0x1F2FF) || c == 0x203C || c == 0x2049 ||
           (c >= 0x231A && c <= 0x23FF);
}

dk_char_class dk_utf8_class(uint32_t c) {
    if (c < 0x80) {
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') return DK_CHAR_LETTER;
        if (c >= '0' && c <= '9') return DK_CHAR_DIGIT;
        if (c == ' ' || (c >= '\t' && c <= '\r')) return DK_CHAR_SPACE;
        return c < 0x20 || c == 0x7F ? DK_CHAR_CONTROL : DK_CHAR_PUNCT;
    }
    if (c >= 0xC0 && c < 0x250) return c == 0xD7 || c == 0xF7 ? DK_CHAR_PUNCT : DK_CHAR_LETTER;
    if (c == 0xAD || c == 0x200B || c == 0x200C || c == 0x200D || c == 0x2060 || (c >= 0xFE00 && c <= 0xFE0F))
        return DK_CHAR_JOINER;
    if (c == 0xFEFF || c == 0xFFFD) return DK_CHAR_CONTROL;
    if (is_pictograph(c)) return DK_CHAR_EMOJI;
    switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return DK_CHAR_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return DK_CHAR_DIGIT;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return DK_CHAR_SPACE;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN: return DK_CHAR_CONTROL;
    case UTF8PROC_CATEGORY_CF: return DK_CHAR_JOINER;
    default: return DK_CHAR_PUNCT;
    }
}

bool dk_utf8_extends(uint32_t c) {
    if (c < 0x300) return c == 0xAD;
    dk_char_class k = dk_utf8_class(c);
    if (k == DK_CHAR_JOINER) return true;
    if (k != DK_CHAR_LETTER) return false;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

/* Straight for curly quotes and dashes that stand for a hyphen; 0 drops the character. */
static uint32_t plain(uint32_t c) {
    switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032:
    case 0x00B4: return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0x00AB:
    case 0x00BB: return '"';
    case 0x2010:
    case 0x2011: return '-';
    case 0x00A0:
    case 0x202F: return ' ';
    case 0x00AD:
    case 0x200B:
    case 0x200C:
    case 0x2060:
    case 0xFE0E:
    case 0xFE0F:
    case 0xFEFF: return 0;
    default: return c >= 0x1F3FB && c <= 0x1F3FF ? 0 : c; /* skin tones */
    }
}

static void put_char(dk_buf *out, uint32_t c) {
    char bytes[4];
    dk_buf_put(out, bytes, dk_utf8_encode(c, bytes));
}

/* NFC of what was appended from begin on: for the rare text that has combining marks or composed forms. */
static dk_status compose(dk_buf *out, size_t begin, dk_error *err) {
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)out->ptr + begin, (utf8proc_ssize_t)(out->len - begin),
                                      &composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0) return n == UTF8PROC_ERROR_NOMEM ? dk_fail_memory(err) : DK_OK; /* valid by construction */
    out->len = begin;
    dk_buf_put(out, composed, (size_t)n);
    free(composed);
    return dk_buf_status(out, err);
}

dk_status dk_utf8_fold(dk_buf *out, const char *text, size_t len, dk_error *err) {
    size_t begin = out->len;
    bool needs_nfc = false;
    if (!dk_buf_reserve(out, len + 8)) return dk_fail_memory(err);
    for (size_t at = 0; at < len;) {
        unsigned char a = (unsigned char)text[at];
        if (a < 0x80) {
            dk_buf_putc(out, a >= 'A' && a <= 'Z' ? (char)(a | 0x20) : (char)a);
            at++;
            continue;
        }
        unsigned size;
        uint32_t c = plain(dk_utf8_decode(text, len, at, &size));
        at += size;
        if (c == 0) continue;
        if (c >= 0x250) needs_nfc |= c < 0x2000 || (c >= 0x20D0 && c < 0x2200) || (c >= 0x3000 && c < 0xFFF0);
        put_char(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)c));
    }
    if (out->failed) return dk_fail_memory(err);
    return needs_nfc ? compose(out, begin, err) : DK_OK;
}

bool dk_utf8_valid(const char *text, size_t len) {
    for (size_t at = 0; at < len;) {
        if ((unsigned char)text[at] < 0x80) {
            at++;
            continue;
        }
        unsigned size;
        uint32_t c = dk_utf8_decode(text, len, at, &size);
        if (c == 0xFFFD && size == 1) return false;
        at += size;
    }
    return true;
}

size_t dk_utf8_length(const char *text, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++) n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

size_t dk_utf8_width(const char *text, size_t len) {
    size_t width = 0;
    for (size_t at = 0; at < len;) {
        unsigned size;
        int columns = utf8proc_charwidth((utf8proc_int32_t)dk_utf8_decode(text, len, at, &size));
        width += columns > 0 ? (size_t)columns : 0;
        at += size;
    }
    return width;
}
