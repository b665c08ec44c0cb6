/* Crossing out what would tell who wrote, or whom they wrote of: addresses, numbers, names. Every byte becomes an x, so that
 * the places of mentions stay right. It errs on the side of crossing out; what it cannot see is said in docs/report.md. */
#include <stdlib.h>

#include "study/redact_names.h"
#include "study/tagging.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '<' || c == '>' || c == ',' || c == ';';
}
static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

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

/* Letters and digits alone. */
static void cross_words(char *text, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (is_letter(text[i]) || is_digit(text[i])) text[i] = 'x';
}

/* A run of digits, single blanks, points, hyphens, slashes and brackets between them: telephone, personal, card numbers. */
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

/* ---- Words ------------------------------------------------------------------------------------------- */

enum { LONGEST = 24 };

typedef struct word {
    size_t from, to;
    char folded[LONGEST + 1]; /* lower case; empty when longer than any that is looked for */
    bool capital, first;      /* first: begins the comment or a sentence */
} word;

static int compare(const void *key, const void *item) {
    return strcmp(key, *(const char *const *)item);
}

#define IN(list, text) (bsearch(text, list, sizeof list / sizeof *list, sizeof *list, compare) != NULL)

/* Lower case of ASCII and of the letters of Latin-1 in UTF-8 (ÅÄÖÆØÉÜ and their like). */
static void fold(word *w, const char *text) {
    size_t n = w->to - w->from;
    w->folded[0] = '\0';
    if (n > LONGEST) return;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[w->from + i];
        bool after_c3 = i > 0 && (unsigned char)text[w->from + i - 1] == 0xC3;
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + 32);
        else if (after_c3 && c >= 0x80 && c <= 0x9E && c != 0x97)
            c = (unsigned char)(c + 0x20);
        w->folded[i] = (char)c;
    }
    w->folded[n] = '\0';
    unsigned char a = (unsigned char)text[w->from], b = n > 1 ? (unsigned char)text[w->from + 1] : 0;
    w->capital = (a >= 'A' && a <= 'Z') || (a == 0xC3 && b >= 0x80 && b <= 0x9E);
}

/* The next word from *at on; false at the end. Hyphens within belong to it (Anna-Karin is looked up by its first part). */
static bool next_word(const char *text, size_t len, size_t *at, word *w) {
    bool first = *at == 0;
    while (*at < len && !is_letter(text[*at])) {
        char c = text[*at];
        first = first || c == '.' || c == '!' || c == '?' || c == '\n' || c == ':';
        (*at)++;
    }
    if (*at == len) return false;
    w->from = *at;
    while (*at < len && is_letter(text[*at])) (*at)++;
    w->to = *at;
    w->first = first;
    fold(w, text);
    return true;
}

/* Whether only blanks (and one full stop, as of an initial) lie between two words. */
static bool adjacent(const char *text, size_t from, size_t to, const char *also) {
    if (to < from || to - from > 3) return false;
    for (size_t i = from; i < to; i++)
        if (text[i] != ' ' && strchr(also, text[i]) == NULL) return false;
    return true;
}

static bool is_name(const word *w, bool sure_only) {
    char stem[LONGEST + 1];
    size_t n = strlen(w->folded);
    if (n < 2) return false;
    if (IN(sure_names, w->folded) || (!sure_only && IN(maybe_names, w->folded))) return true;
    if (w->folded[n - 1] != 's') return false; /* the genitive: Annas */
    memcpy(stem, w->folded, n - 1);
    stem[n - 1] = '\0';
    return IN(sure_names, stem) || (!sure_only && IN(maybe_names, stem));
}

/* Behind these stands a name, whatever it is. */
static const char *const before_names[] = {"fru",   "frøken", "fröken", "hedder",   "herr",       "heter",
                                           "hette", "hilsen", "hälsar", "hälsning", "hälsningar", "mr",
                                           "mrs",   "ms",     "mvh",    "regards",  "sincerely",  "vh"};
/* And behind these a number or code of one's own, however short. */
static const char *const before_codes[] = {"bestillingsnummer",
                                           "beställningsnummer",
                                           "bokningsnummer",
                                           "bookingnummer",
                                           "booking",
                                           "case",
                                           "faktura",
                                           "fakturanr",
                                           "fakturanummer",
                                           "invoice",
                                           "kundenr",
                                           "kundenummer",
                                           "kundnr",
                                           "kundnummer",
                                           "ocr",
                                           "order",
                                           "ordernr",
                                           "ordernummer",
                                           "ordre",
                                           "ordrenr",
                                           "ordrenummer",
                                           "reference",
                                           "sag",
                                           "sagsnr",
                                           "sagsnummer",
                                           "ticket",
                                           "ærende",
                                           "ärende",
                                           "ärendenr",
                                           "ärendenummer"};

static bool in_list(const char *const *list, size_t count, const char *text) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], text) == 0) return true;
    return false;
}

/* The capitalised words that follow a name are its surname. Returns where the name ends; at is behind it. */
static size_t surname_end(const char *text, size_t len, size_t end, size_t *at) {
    static const char *const particles[] = {"af", "av", "de", "van", "von"};
    for (int parts = 0; parts < 3; parts++) {
        word w;
        size_t next = end;
        if (!next_word(text, len, &next, &w) || !adjacent(text, end, w.from, "-'.")) break;
        bool particle = in_list(particles, 5, w.folded);
        if (memchr(text + end, '.', w.from - end) != NULL && parts == 0) break; /* a new sentence */
        if (!w.capital && !particle) break;
        if (particle) {
            word last;
            size_t after = w.to;
            if (!next_word(text, len, &after, &last) || !last.capital || !adjacent(text, w.to, last.from, ""))
                break;
            end = last.to;
        } else {
            end = w.to;
        }
        *at = end;
    }
    return end;
}

static void cross_names(char *text, size_t len) {
    word w, before = {.folded = ""};
    for (size_t at = 0; next_word(text, len, &at, &w); before = w) {
        size_t end = w.to, beyond = w.to;
        bool cued = w.capital && before.folded[0] != '\0' &&
                    in_list(before_names, sizeof before_names / sizeof *before_names, before.folded) &&
                    adjacent(text, before.to, w.from, ",.:\n");
        bool sure = is_name(&w, true) && (w.capital || w.to - w.from >= 4),
             maybe = w.capital && is_name(&w, false);
        if (!cued && !sure && !maybe) continue;
        if (w.capital) end = surname_end(text, len, w.to, &beyond);
        if (!cued && !sure && w.first && end == w.to) continue; /* "Per telefon", "Will you ..." */
        cross_words(text, w.from, end);
        at = beyond;
        w.to = end;
        w.folded[0] = '\0';
    }
}

/* ---- Codes ------------------------------------------------------------------------------------------- */

/* The word with digits behind from, if it follows within a few characters and words such as "nr" and "is". */
static void cross_code(char *text, size_t len, size_t from) {
    static const char *const between[] = {"er",     "id",     "is",  "no",   "nr",
                                          "number", "nummer", "var", "with", "är"};
    size_t at = from;
    for (int words = 0; words < 3; words++) {
        while (at < len && (text[at] == ' ' || text[at] == ':' || text[at] == '#' || text[at] == '.' ||
                            text[at] == '-' || text[at] == '('))
            at++;
        size_t begin = at, digits = 0;
        while (at < len && (is_letter(text[at]) || is_digit(text[at]) || text[at] == '-' || text[at] == '_'))
            digits += is_digit(text[at++]);
        if (digits >= 3) {
            cross_words(text, begin, at);
            return;
        }
        word w = {.from = begin, .to = at};
        fold(&w, text);
        if (digits > 0 || at == begin || !in_list(between, sizeof between / sizeof *between, w.folded))
            return;
    }
}

static void cross_codes(char *text, size_t len) {
    word w;
    for (size_t at = 0; next_word(text, len, &at, &w);)
        if (in_list(before_codes, sizeof before_codes / sizeof *before_codes, w.folded))
            cross_code(text, len, w.to);
}

void dk_redact(char *text, size_t len) {
    cross_addresses(text, len);
    cross_codes(text, len);
    cross_numbers(text, len);
    cross_names(text, len);
}
