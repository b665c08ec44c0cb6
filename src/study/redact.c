#include "study/redact_parts.h"

const char *dk_personal_name(dk_personal kind) {
    static const char *const names[DK_PERSONAL_KINDS] = {"link",   "phone", "identity", "card",    "account",
                                                         "number", "code",  "plate",    "address", "name"};
    return names[kind];
}

void dk_redact_mark(dk_redaction *r, dk_personal kind, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (dk_is_letter(r->text[i]) || dk_is_digit(r->text[i])) r->text[i] = 'x';
    if (r->tell != NULL) r->tell(r->context, kind, from, to);
}

bool dk_redact_listed(const char *const *list, size_t count, const char *text) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], text) == 0) return true;
    return false;
}

/* ---- Words ------------------------------------------------------------------------------------------- */

/* Lower case of ASCII and of the letters of Latin-1 in UTF-8 (ÅÄÖÆØÉÜ and their like). */
static void fold(dk_redact_word *w, const char *text) {
    size_t n = w->to - w->from;
    bool lower = false;
    w->folded[0] = '\0';
    w->capital = w->shouted = false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[w->from + i];
        bool after_c3 = i > 0 && (unsigned char)text[w->from + i - 1] == 0xC3;
        bool upper = dk_is_upper((char)c) || (after_c3 && c >= 0x80 && c <= 0x9E && c != 0x97);
        if (upper && i <= (after_c3 ? 1 : 0)) w->capital = true;
        lower = lower || (!upper && c != 0xC3);
        if (i < DK_REDACT_LONGEST) w->folded[i] = (char)(upper ? c + 0x20 : c);
    }
    w->shouted = w->capital && !lower && n > 1 && !(n == 2 && (unsigned char)text[w->from] == 0xC3);
    w->folded[n <= DK_REDACT_LONGEST ? n : 0] = '\0';
}

bool dk_redact_next(const dk_redaction *r, size_t end, size_t *at, dk_redact_word *w) {
    bool first = *at == 0;
    while (*at < end && !dk_is_letter(r->text[*at])) {
        first = first || strchr(".!?\n:", r->text[*at]) != NULL;
        (*at)++;
    }
    if (*at >= end) return false;
    w->from = *at;
    while (*at < end && dk_is_letter(r->text[*at])) (*at)++;
    w->to = *at;
    w->first = first;
    fold(w, r->text);
    return true;
}

bool dk_redact_before(const dk_redaction *r, size_t at, size_t gap, dk_redact_word *w) {
    size_t end = at;
    while (end > 0 && !dk_is_letter(r->text[end - 1])) {
        if (at - end >= gap) return false;
        end--;
    }
    if (end == 0) return false;
    w->to = end;
    while (end > 0 && dk_is_letter(r->text[end - 1])) end--;
    w->from = end;
    w->first = end == 0;
    fold(w, r->text);
    return true;
}

bool dk_redact_cue(const dk_redaction *r, size_t at, int words, const char *const *list, size_t count) {
    dk_redact_word w;
    for (int k = 0; k < words && dk_redact_before(r, at, 4, &w); k++, at = w.from)
        if (dk_redact_listed(list, count, w.folded)) return true;
    return false;
}

/* ---- Amounts ----------------------------------------------------------------------------------------- */

static const char *const units[] = {
    "antal",   "anställda", "dage",      "dagar",   "days",    "dkk",      "dollar",   "dollars", "eur",
    "euro",    "euros",     "g",         "gange",   "gb",      "gbp",      "gånger",   "hours",   "kb",
    "kbit",    "kg",        "kilometer", "km",      "kr",      "krona",    "krone",    "kroner",  "kronor",
    "kunder",  "kvm",       "kwh",       "lux",     "mah",     "mb",       "mbit",     "meter",   "mil",
    "miles",   "miljoner",  "millioner", "million", "min",     "minuter",  "minutter", "mio",     "mkr",
    "mm",      "mnkr",      "nok",       "people",  "percent", "personer", "poäng",    "points",  "pounds",
    "procent", "pund",      "rpm",       "sek",     "st",      "steg",     "stk",      "stycken", "tb",
    "times",   "timer",     "timmar",    "tkr",     "usd",     "users",    "w",        "watt",    "weeks",
    "øre",     "år",        "öre"};

/* Signs of money: euro E2 82 AC, pound C2 A3, dollar. */
static bool money_sign(const dk_redaction *r, size_t at) {
    const char *p = r->text + at;
    size_t left = r->len - at;
    return left > 0 && (*p == '$' || (left > 1 && memcmp(p, "\xC2\xA3", 2) == 0) ||
                        (left > 2 && memcmp(p, "\xE2\x82\xAC", 3) == 0));
}

bool dk_redact_amount(const dk_redaction *r, size_t from, size_t to) {
    size_t at = to;
    if (dk_redact_at(r, at) == ',' && dk_is_digit(dk_redact_at(r, at + 1))) return true; /* decimals */
    while (at < r->len &&
           (r->text[at] == ' ' || (unsigned char)r->text[at] == 0xC2 || (unsigned char)r->text[at] == 0xA0)) {
        if ((unsigned char)r->text[at] == 0xC2 && (unsigned char)dk_redact_at(r, at + 1) == 0xA3) break;
        at++;
    }
    if (dk_redact_at(r, at) == '%' || money_sign(r, at)) return true;
    if ((dk_redact_at(r, at) == ':' || dk_redact_at(r, at) == ',') && dk_redact_at(r, at + 1) == '-')
        return true;
    dk_redact_word w;
    size_t next = at;
    if (at < r->len && dk_is_letter(r->text[at]) && dk_redact_next(r, r->len, &next, &w) &&
        DK_REDACT_IN(units, w.folded))
        return true;
    for (size_t back = 1; back <= 4 && back <= from; back++)
        if (money_sign(r, from - back)) return true;
    static const char *const money[] = {"dkk",    "eur", "gbp",  "kr",  "kostar",
                                        "koster", "nok", "pris", "sek", "usd"};
    return DK_REDACT_CUED(r, from, 1, money);
}

/* ---- Links ------------------------------------------------------------------------------------------- */

static bool is_blank(char c) {
    return strchr(" \t\n\r<>,;()[]\"", c) != NULL;
}

static bool ends_sentence(char c) {
    return strchr(".!?:'", c) != NULL;
}

/* anna@firma.se, @anna. An @ alone is a price (2 @ 10). */
static void cross_at(dk_redaction *r, size_t i, size_t *behind) {
    size_t from = i, to = i + 1;
    while (from > 0 && !is_blank(r->text[from - 1])) from--;
    while (to < r->len && !is_blank(r->text[to])) to++;
    while (to > i + 1 && ends_sentence(r->text[to - 1])) to--;
    *behind = to;
    size_t digits = 0;
    for (size_t k = i + 1; k < to; k++) digits += dk_is_digit(r->text[k]);
    if (to > i + 1 && digits < to - i - 1 && !dk_redact_amount(r, i + 1, i + 1 + digits))
        dk_redact_mark(r, DK_PERSONAL_LINK, from, to);
}

static bool starts(const dk_redaction *r, size_t at, const char *text) {
    size_t n = strlen(text);
    if (r->len - at < n) return false;
    for (size_t k = 0; k < n; k++) {
        char c = r->text[at + k];
        if ((dk_is_upper(c) ? c + 32 : c) != text[k]) return false;
    }
    return true;
}

/* An @ that was written around: anna (at) firma punkt se, anna snabel-a firma.dk. */
static void cross_spelled_at(dk_redaction *r, size_t i) {
    static const char *const forms[] = {" (at) ",     " [at] ",    "(at)",      "[at]",
                                        " snabel-a ", " snabela ", " snabel a "};
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        size_t n = strlen(forms[f]);
        if (!starts(r, i, forms[f])) continue;
        size_t from = i, to = i + n;
        while (from > 0 && !is_blank(r->text[from - 1])) from--;
        while (to < r->len && !is_blank(r->text[to])) to++;
        static const char *const dots[] = {" punkt ", " dot ", " prik ", " (dot) ", " [dot] "};
        for (size_t d = 0; d < sizeof dots / sizeof *dots; d++)
            if (starts(r, to, dots[d])) {
                to += strlen(dots[d]);
                while (to < r->len && !is_blank(r->text[to])) to++;
                break;
            }
        if (from < i && to > i + n) dk_redact_mark(r, DK_PERSONAL_LINK, from, to);
        return;
    }
}

void dk_redact_links(dk_redaction *r) {
    static const char *const profiles[] = {"facebook.com/", "instagram.com/", "linkedin.com/in/",
                                           "tiktok.com/",   "x.com/",         "wa.me/"};
    for (size_t i = 0; i < r->len; i++) {
        if (r->text[i] == '@') {
            size_t behind = i;
            cross_at(r, i, &behind);
            i = behind > i ? behind - 1 : i;
            continue;
        }
        cross_spelled_at(r, i);
        for (size_t p = 0; p < sizeof profiles / sizeof *profiles; p++) {
            if ((i > 0 && dk_is_letter(r->text[i - 1])) || !starts(r, i, profiles[p])) continue;
            size_t from = i + strlen(profiles[p]), to = from;
            while (to < r->len && !is_blank(r->text[to])) to++;
            while (to > from && ends_sentence(r->text[to - 1])) to--;
            if (to > from) dk_redact_mark(r, DK_PERSONAL_LINK, from, to);
        }
    }
}

void dk_redact_telling(char *text, size_t len, dk_redact_tell *tell, void *context) {
    dk_redaction r = {text, len, tell, context};
    dk_redact_links(&r);
    dk_redact_accounts(&r);
    dk_redact_plates(&r);
    dk_redact_numbers(&r);
    dk_redact_codes(&r);
    dk_redact_addresses(&r);
    dk_redact_names(&r);
}

void dk_redact(char *text, size_t len) {
    dk_redact_telling(text, len, NULL, NULL);
}
