/* Codes of one's own: the number of an order, a booking, a customer, a case, told by the word before it; and licence plates. */
#include "study/redact_parts.h"

/* ---- Codes ------------------------------------------------------------------------------------------- */

/* Words behind which a number is one's own. As the beginning of a compound (ordernummer, kundnr) they are surer than alone. */
static const char *const stems[] = {
    "abonnemang",    "abonnement",   "account",         "bankgiro",    "beställning",  "bestilling",
    "bestillings",   "beställnings", "billet",          "biljett",     "bokning",      "boknings",
    "booking",       "bookings",     "bordreservation", "case",        "claim",        "clearing",
    "confirmation",  "customer",     "faktura",         "försäkring",  "försäkrings",  "försändelse",
    "forsendelse",   "forsendelses", "forsikring",      "forsikrings", "gavekort",     "inlogg",
    "invoice",       "kolli",        "konto",           "kund",        "kunde",        "kvittering",
    "kvitterings",   "kvitto",       "medlem",          "medlems",     "member",       "membership",
    "ocr",           "order",        "ordre",           "pakke",       "paket",        "parcel",
    "plusgiro",      "pnr",          "police",          "policy",      "presentkort",  "receipt",
    "ref",           "reference",    "referens",        "reservation", "reservations", "resenär",
    "sag",           "sags",         "sändning",        "sändnings",   "serial",       "serie",
    "skade",         "skadeanmälan", "sporing",         "sporings",    "spårnings",    "spårning",
    "supportärende", "ticket",       "track",           "tracking",    "transaktion",  "transaktions",
    "ärende",        "ærende"};
static const char *const endings[] = {"id", "kod",    "koden",    "kode",   "koden",
                                      "nr", "nummer", "nummeret", "numret", "number"};

typedef enum cue { NO_CUE, WEAK, STRONG } cue;

static bool is_stem(const char *text, size_t len) {
    for (size_t k = 0; k < sizeof stems / sizeof *stems; k++)
        if (strlen(stems[k]) == len && memcmp(stems[k], text, len) == 0) return true;
    return false;
}

static cue cue_of(const char *folded) {
    size_t n = strlen(folded);
    if (n == 0) return NO_CUE;
    if (is_stem(folded, n)) return WEAK;
    /* ordern, ordren, fakturan, ärendet, sagen */
    if (n > 4 && (folded[n - 1] == 'n' || folded[n - 1] == 't') &&
        (is_stem(folded, n - 1) || (folded[n - 2] == 'e' && is_stem(folded, n - 2))))
        return WEAK;
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
        size_t e = strlen(endings[k]);
        if (n > e && strcmp(folded + n - e, endings[k]) == 0 && is_stem(folded, n - e)) return STRONG;
    }
    return NO_CUE;
}

static bool is_code(char c) {
    return dk_is_letter(c) || dk_is_digit(c) || c == '-' || c == '_';
}

/* A word that may stand between the cue and the code; *surer when it says that a number comes. */
static bool between(const char *folded, bool *surer) {
    static const char *const numbers[] = {"code", "id",     "kod",    "kode", "no",       "nr",
                                          "num",  "number", "nummer", "ref",  "reference"};
    static const char *const others[] = {"er",  "har", "hade", "is",  "lyder", "med",
                                         "mit", "my",  "var",  "was", "with",  "är"};
    bool number = DK_REDACT_IN(numbers, folded);
    *surer = *surer || number;
    return number || DK_REDACT_IN(others, folded);
}

typedef struct code {
    size_t from, to;
    int digits, capitals, letters;
} code;

static code read_code(const dk_redaction *r, size_t at) {
    code c = {at, at, 0, 0, 0};
    for (; c.to < r->len && is_code(r->text[c.to]); c.to++) {
        c.digits += dk_is_digit(r->text[c.to]);
        c.capitals += dk_is_upper(r->text[c.to]);
        c.letters += dk_is_letter(r->text[c.to]);
    }
    while (c.to > c.from && (r->text[c.to - 1] == '-' || r->text[c.to - 1] == '_')) c.to--;
    return c;
}

static bool is_year(const dk_redaction *r, const code *c) {
    const char *p = r->text + c->from;
    return c->to - c->from == 4 && c->digits == 4 && (memcmp(p, "19", 2) == 0 || memcmp(p, "20", 2) == 0);
}

static bool tells(const dk_redaction *r, const code *c, bool strong) {
    size_t n = c->to - c->from;
    size_t number = c->from;
    while (number < c->to && dk_is_digit(r->text[number])) number++;
    if (number > c->from && dk_redact_amount(r, c->from, number)) return false; /* 2620kr */
    if (strong)
        return c->digits >= 3 || (c->digits >= 1 && n >= 5) ||
               (c->capitals >= 5 && c->capitals == c->letters && n <= 8);
    return (c->digits >= 4 && !is_year(r, c)) || (c->digits >= 2 && c->capitals >= 2 && n >= 5);
}

/* A number that goes on behind a blank: kundnr 123 456. */
static size_t goes_on(const dk_redaction *r, size_t end, int first) {
    while (first <= 4 && dk_redact_at(r, end) == ' ' && dk_is_digit(dk_redact_at(r, end + 1))) {
        code c = read_code(r, end + 1);
        if (c.digits < 3 || c.letters > 0 || dk_redact_amount(r, c.from, c.to)) break;
        end = c.to;
    }
    return end;
}

static void cross_code(dk_redaction *r, size_t from, bool strong) {
    size_t at = from;
    for (int words = 0; words < 4; words++) {
        size_t begin = at;
        for (; at < r->len && strchr(" :#.-(=\"'\n", r->text[at]) != NULL; at++) {
            strong = strong || r->text[at] == '#';
            if (r->text[at] == '.' && dk_redact_at(r, at + 1) == ' ' && words > 0) break;
        }
        if (at - begin > 6) return;
        code c = read_code(r, at);
        if (c.to == c.from) return;
        if (tells(r, &c, strong)) {
            dk_redact_mark(r, DK_PERSONAL_CODE, c.from, goes_on(r, c.to, c.digits));
            return;
        }
        size_t next = at;
        dk_redact_word w;
        if (c.digits > 0 || !dk_redact_next(r, c.to, &next, &w) || !between(w.folded, &strong)) return;
        at = c.to;
    }
}

/* Told by themselves: #48213 (shorter ones are flights and lists), and words of letters and six digits or more. */
static void cross_bare_codes(dk_redaction *r) {
    for (size_t i = 0; i < r->len; i++) {
        bool begins = i == 0 || !is_code(r->text[i - 1]);
        if (!begins || !is_code(r->text[i])) continue;
        code c = read_code(r, i);
        bool parted = memchr(r->text + c.from, '-', c.to - c.from) != NULL; /* 777-300ER, 25-DEC-2013 */
        bool hash = i > 0 && r->text[i - 1] == '#' && c.digits >= 5 && c.letters <= 3;
        bool mixed = dk_is_upper(r->text[c.from]) && c.digits >= (parted ? 7 : 6) && c.letters <= 6;
        if ((hash || mixed) && !dk_redact_amount(r, c.from, c.to))
            dk_redact_mark(r, DK_PERSONAL_CODE, c.from, c.to);
        i = c.to > i ? c.to - 1 : i;
    }
}

void dk_redact_codes(dk_redaction *r) {
    dk_redact_word w;
    for (size_t at = 0; dk_redact_next(r, r->len, &at, &w);) {
        cue how = cue_of(w.folded);
        if (how != NO_CUE) cross_code(r, w.to, how == STRONG);
    }
    cross_bare_codes(r);
}

/* ---- Licence plates ---------------------------------------------------------------------------------- */

/* Whether the text at i has this form: A a capital, 9 a digit, X either, _ at most one blank (or hyphen); the end, or 0. */
static size_t matches(const dk_redaction *r, size_t i, const char *form) {
    for (; *form != '\0'; form++) {
        char c = dk_redact_at(r, i);
        if (*form == '_') {
            if (c == ' ' || c == '-') i++;
            continue;
        }
        bool fits = *form == '9'   ? dk_is_digit(c)
                    : *form == 'A' ? dk_is_upper(c)
                    : *form == ' ' ? c == ' '
                                   : dk_is_digit(c) || dk_is_upper(c);
        if (!fits) return 0;
        i++;
    }
    char next = dk_redact_at(r, i);
    return dk_is_letter(next) || dk_is_digit(next) ? 0 : i;
}

static bool plate_cued(const dk_redaction *r, size_t at) {
    static const char *const cues[] = {"bil",
                                       "bilen",
                                       "bilens",
                                       "bilnummer",
                                       "car",
                                       "license",
                                       "licence",
                                       "nummerplade",
                                       "parked",
                                       "parkerad",
                                       "parkeret",
                                       "plade",
                                       "plate",
                                       "plates",
                                       "reg",
                                       "registration",
                                       "registreringsnummer",
                                       "regnr",
                                       "skylt",
                                       "vehicle"};
    return DK_REDACT_CUED(r, at, 4, cues);
}

/* Letters before a number that are no plate: money, makes, norms. */
static bool known_letters(const char *at, size_t n) {
    static const char *const known[] = {"AMD", "ATM", "BMW", "CAN", "CHF", "CRJ", "DHL", "DKK", "ERJ",
                                        "EUR", "GBP", "GLS", "GPS", "GTX", "HDD", "HTC", "JBL", "KIA",
                                        "KLM", "LED", "MSI", "NOK", "PDF", "RAM", "RTX", "SAS", "SEK",
                                        "SMS", "SSD", "TCL", "UPS", "USB", "USD", "WWW"};
    for (size_t k = 0; n == 3 && k < sizeof known / sizeof *known; k++)
        if (memcmp(known[k], at, 3) == 0) return true;
    /* letters that no Swedish plate has */
    for (size_t k = 0; k < n; k++)
        if (memchr("IQV", at[k], 3) != NULL) return true;
    return false;
}

void dk_redact_plates(dk_redaction *r) {
    for (size_t i = 0; i < r->len; i++) {
        if (!dk_is_upper(r->text[i]) || (i > 0 && is_code(r->text[i - 1]))) continue;
        size_t end = matches(r, i, "AA 99 999");                                    /* Denmark */
        if (end == 0) end = matches(r, i, "AA99_AAA");                              /* Britain */
        if (end == 0) end = matches(r, i, plate_cued(r, i) ? "AAA_99X" : "AAA99X"); /* Sweden */
        if (end > 0 && dk_is_upper(r->text[i + 2]) && known_letters(r->text + i, 3)) end = 0;
        if (end == 0) end = matches(r, i, "AA99999");
        if (end == 0 && plate_cued(r, i)) end = matches(r, i, "AA_99_999");
        if (end == 0 || dk_redact_amount(r, end, end)) continue;
        dk_redact_mark(r, DK_PERSONAL_PLATE, i, end);
        i = end - 1;
    }
}
