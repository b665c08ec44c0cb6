#include "report/sentences.h"

#include "io/cell.h"
#include "report/locale.h"
#include "report/messages.h"

typedef struct sentence {
    const char *en, *sv, *da;
} sentence;

static const sentence sentences[] = {
#define SENTENCE(en, sv, da) {en, sv, da},
#include "report/sentences.def"
#undef SENTENCE
};

enum { SLOTS = 9, DEEPEST = 4 };

static bool is_slot(const char *p) { return p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}'; }

/* Matches all of text with the pattern; a slot takes as little as it can, and at least one byte. */
static bool match(const char *pattern, dk_str text, dk_str slots[SLOTS]) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (*pattern != '\0' && !is_slot(pattern)) {
        if (at == end || *at != *pattern) return false;
        at++, pattern++;
    }
    if (*pattern == '\0') return at == end;
    const char *literal = pattern + 3;
    size_t n = strcspn(literal, "{");
    for (const char *stop = at + 1; stop <= end; stop++) {
        if ((size_t)(end - stop) < n || memcmp(stop, literal, n) != 0) continue;
        if (!match(literal, (dk_str){stop, (size_t)(end - stop)}, slots)) continue;
        slots[pattern[1] - '1'] = (dk_str){at, (size_t)(stop - at)};
        return true;
    }
    return false;
}

/* A pattern of slots and marks or "to" begins with one and says nothing by itself: each of its slots must be known. */
static bool is_join(const char *pattern) {
    size_t n = strcspn(pattern + strcspn(pattern, "}"), "{");
    return is_slot(pattern) && n <= sizeof "} to " - 1;
}

static bool put_number(dk_buf *out, dk_str text, dk_language language) {
    char digits[32];
    size_t n = 0, decimals = 0;
    bool fraction = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ',' && !fraction && i > 0) continue; /* English groups */
        if (!(c >= '0' && c <= '9') && !(c == '.' && !fraction && i > 0) && !(c == '-' && i == 0)) return false;
        if (n + 1 == sizeof digits) return false;
        digits[n++] = c;
        decimals += fraction;
        fraction = fraction || c == '.';
    }
    double value;
    if (decimals > 6 || !dk_cell_number((dk_str){digits, n}, &value)) return false;
    dk_locale_number(out, language, value, (int)decimals);
    return true;
}

static bool put_date(dk_buf *out, dk_str text, dk_language language) {
    char date[11] = "";
    if (text.len != 10) return false;
    for (size_t i = 0; i < 10; i++) {
        char c = date[i] = text.ptr[i];
        if (i == 4 || i == 7 ? c != '-' : c < '0' || c > '9') return false;
    }
    dk_locale_date(out, language, date);
    return true;
}

static bool translate(dk_buf *out, dk_str text, dk_language language, int depth);

static void fill(dk_buf *out, const char *pattern, const dk_str slots[SLOTS], bool *known, dk_language language, int depth) {
    for (const char *p = pattern; *p != '\0'; p++) {
        if (!is_slot(p)) {
            dk_buf_putc(out, *p);
            continue;
        }
        dk_str slot = slots[p[1] - '1'];
        if (!put_number(out, slot, language) && !put_date(out, slot, language) && !translate(out, slot, language, depth + 1)) {
            dk_buf_put(out, slot.ptr, slot.len);
            *known = false;
        }
        p += 2;
    }
}

static bool translate(dk_buf *out, dk_str text, dk_language language, int depth) {
    if (depth > DEEPEST) return false;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        const sentence *s = &sentences[i];
        dk_str slots[SLOTS] = {{NULL, 0}};
        size_t before = out->len;
        bool known = true;
        if (!match(s->en, text, slots)) continue;
        fill(out, language == DK_LANG_SV ? s->sv : s->da, slots, &known, language, depth);
        if (known || !is_join(s->en)) return true;
        out->len = before;
    }
    return false;
}

/* Notes of a fit begin with its outcome, "nps: 30 responses are too few", which may also be a column of the user's. */
static bool translate_named(dk_buf *out, dk_str english, dk_language language, bool known_only) {
    enum { LONGEST = 40 };
    char name[LONGEST + 1];
    size_t n = 0, before = out->len;
    while (n < english.len && n <= LONGEST && english.ptr[n] != ':') n++;
    if (n == 0 || n > LONGEST || n + 2 >= english.len || english.ptr[n + 1] != ' ') return false;
    memcpy(name, english.ptr, n);
    name[n] = '\0';
    const char *known = dk_message_word(name, language);
    if (known == name && known_only) return false;
    dk_buf_puts(out, known);
    dk_buf_puts(out, ": ");
    if (translate(out, (dk_str){english.ptr + n + 2, english.len - n - 2}, language, 0)) return true;
    out->len = before;
    return false;
}

bool dk_sentence_put(dk_buf *out, dk_str english, dk_language language) {
    if (language == DK_LANG_SV || language == DK_LANG_DA)
        return translate_named(out, english, language, true) || translate(out, english, language, 0) ||
               translate_named(out, english, language, false);
    dk_buf_put(out, english.ptr, english.len);
    return true;
}
