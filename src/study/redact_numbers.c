/* Numbers: read as groups of digits with what parts them, and told apart by the shape of the groups.
 *
 * From each group the longest row of groups is taken that is a card, a personal number or a telephone number. Check digits are
 * used to tell kinds apart, never to let a number pass: people mistype them. Sources of the forms: Skatteverket SKV 704
 * (personnummer; samordningsnummer has 60 added to the day), CPR-kontoret (CPR; since 2007 without a check digit that holds), ISO/IEC 7812
 * (cards, Luhn), ISO 13616 (IBAN), ITU-T E.123 and E.164 (telephone numbers).
 */
#include "study/redact_parts.h"

enum { GROUPS = 9, DIGITS = 24 };

typedef struct groups {
    size_t from[GROUPS], to[GROUPS];
    int len[GROUPS];
    char sep[GROUPS]; /* before group i: ' ', '-', '.', '/' */
    int count;
    bool plus;    /* + before the first */
    size_t begin; /* with the + or bracket */
} groups;

/* ---- Reading groups ---------------------------------------------------------------------------------- */

static bool four_digits(const dk_redaction *r, size_t i) {
    for (size_t k = 0; k < 4; k++)
        if (!dk_is_digit(dk_redact_at(r, i + k))) return false;
    return !dk_is_digit(dk_redact_at(r, i + 4));
}

/* The separator at a place: one character, or a hyphen with blanks about it; 0 for none. *at is moved behind it. */
static char separator(const dk_redaction *r, size_t *at) {
    size_t i = *at;
    char found = 0;
    for (; i < r->len && i < *at + 6; i++) {
        unsigned char c = (unsigned char)r->text[i];
        if (c == 0xC2 && (unsigned char)dk_redact_at(r, i + 1) == 0xA0) { /* no-break space */
            c = ' ';
            i++;
        } else if (c == 0xE2 && i + 2 < r->len && memcmp(r->text + i, "\xE2\x80", 2) == 0 &&
                   ((unsigned char)r->text[i + 2] & 0xFEu) == 0x92u) {
            c = '-'; /* figure dash, en dash */
            i += 2;
        }
        if (c == '(' || c == ')') continue;
        if (c == '+' && i == *at && four_digits(r, i + 1)) c = '-'; /* personnummer of those over a hundred */
        if (c != ' ' && c != '-' && c != '.' && c != '/') break;
        if (found != 0 && found != ' ' && c != ' ') return 0;
        if (found == ' ' && c == ' ') return 0;
        if (found == 0 || c != ' ') found = (char)c;
    }
    if (i == *at || !dk_is_digit(dk_redact_at(r, i))) return 0;
    *at = i;
    return found == 0 ? ' ' : found; /* brackets alone part like a blank */
}

static void read_groups(const dk_redaction *r, size_t at, groups *g) {
    *g = (groups){.begin = at};
    if (r->text[at] == '+') {
        g->plus = true;
        at++;
    }
    for (char sep = ' '; g->count < GROUPS; g->count++) {
        size_t end = at;
        while (end < r->len && dk_is_digit(r->text[end])) end++;
        if (end == at) return;
        g->from[g->count] = at;
        g->to[g->count] = end;
        g->len[g->count] = end - at > 99 ? 99 : (int)(end - at);
        g->sep[g->count] = sep;
        at = end;
        sep = separator(r, &at);
        if (sep == 0) {
            g->count++;
            return;
        }
    }
}

/* The digits of the first n groups; their number, or 0 when there are more than any number has. */
static int digits_of(const dk_redaction *r, const groups *g, int n, char out[DIGITS]) {
    int total = 0;
    for (int k = 0; k < n; k++) {
        if (total + g->len[k] > DIGITS) return 0;
        memcpy(out + total, r->text + g->from[k], (size_t)g->len[k]);
        total += g->len[k];
    }
    return total;
}

static bool shape(const groups *g, int n, const char *lengths) {
    if ((int)strlen(lengths) != n) return false;
    for (int k = 0; k < n; k++)
        if (g->len[k] != lengths[k] - '0') return false;
    return true;
}

/* Whether all separators from group `first` on are the same. */
static bool even(const groups *g, int n, int first) {
    for (int k = first + 1; k < n; k++)
        if (g->sep[k] != g->sep[first]) return false;
    return true;
}

static int number_at(const char *digits, int n) {
    int value = 0;
    for (int k = 0; k < n; k++) value = 10 * value + digits[k] - '0';
    return value;
}

/* ---- What is no personal number: dates, hours, steps -------------------------------------------------- */

static bool day_month(int day, int month) {
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

static bool is_year(int y) {
    return y >= 1900 && y <= 2099;
}

static bool is_hour(const char *digits) {
    return number_at(digits, 2) <= 24 && number_at(digits + 2, 2) < 60;
}

/* The length in groups of a date at the beginning, 0 for none; both 2025-03-02 and 02.03.25. */
static int date_groups(const groups *g, const char *d) {
    if (g->count >= 3 && g->sep[1] == g->sep[2]) {
        int a = g->len[0], b = g->len[1], c = g->len[2], at = a + b;
        if (b > 2 || b < 1) return 0;
        int first = number_at(d, a < 9 ? a : 8), second = number_at(d + a, b),
            third = number_at(d + at, c < 9 ? c : 8);
        if (a == 4 && c <= 2 && is_year(first) && day_month(third, second)) return 3;
        if (a <= 2 && c == 4 && is_year(third) && (day_month(first, second) || day_month(second, first)))
            return 3;
        if (a <= 2 && c == 2 && g->sep[1] != ' ' && (day_month(first, second) || day_month(third, second)) &&
            !(g->count > 3 && g->sep[3] == g->sep[2]))
            return 3;
    }
    if (g->count >= 2 && g->sep[1] == '/' && g->len[0] <= 2 && g->len[1] == 4 &&
        number_at(d, g->len[0]) <= 12 && is_year(number_at(d + g->len[0], 4)))
        return 2; /* 01/2020 */
    if (g->len[0] == 8 && (is_year(number_at(d, 4)) && day_month(number_at(d + 6, 2), number_at(d + 4, 2))))
        return 1;
    if (g->len[0] == 8 && is_year(number_at(d + 4, 4)) && day_month(number_at(d, 2), number_at(d + 2, 2)))
        return 1;
    return 0;
}

/* 36 38 40 42: sizes, steps. */
static bool steps(const groups *g, int n, const char *d) {
    if (n < 3) return false;
    for (int k = 0; k < n; k++)
        if (g->len[k] != 2) return false;
    int step = number_at(d + 2, 2) - number_at(d, 2);
    for (int k = 1; k < n; k++)
        if (number_at(d + 2 * k, 2) - number_at(d + 2 * k - 2, 2) != step) return false;
    return step > 0 && step <= 10;
}

/* ---- Kinds ------------------------------------------------------------------------------------------- */

static const char *const phone_cues[] = {
    "call",        "cell",    "contact",   "kontakta",  "mobil",         "mobile",    "mobilnr",
    "mobilnummer", "nr",      "number",    "nummer",    "nummeret",      "numret",    "nås",
    "phone",       "ring",    "ringa",     "ringe",     "ringede",       "ringt",     "sms",
    "tel",         "telefon", "telefonen", "telefonnr", "telefonnummer", "telephone", "tlf"};

static bool luhn(const char *d, int n) {
    int sum = 0;
    for (int k = 0; k < n; k++) {
        int v = d[n - 1 - k] - '0';
        if (k % 2 == 1) v = v > 4 ? 2 * v - 9 : 2 * v;
        sum += v;
    }
    return sum % 10 == 0;
}

static bool is_card(const groups *g, int n, const char *d, int total) {
    if (total < 13 || total > 19 || !even(g, n, 1)) return false;
    if (n > 1 && g->sep[1] != ' ' && g->sep[1] != '-' && g->sep[1] != '.') return false;
    if (shape(g, n, "4444") || shape(g, n, "465") || shape(g, n, "44443")) return true;
    return (n == 1 || shape(g, n, "4443") || shape(g, n, "4445")) && luhn(d, total);
}

/* YYMMDD-NNNN, YYYYMMDD-NNNN, DDMMYY-NNNN, also with a date that cannot be: mistyped is still told. */
static bool is_identity(const groups *g, int n, const char *d, int total) {
    if (shape(g, n, "64") || shape(g, n, "84")) return true;
    if (total == 12 && shape(g, n, "4224")) return is_year(number_at(d, 4));
    if (total == 10 && shape(g, n, "2224")) return true;
    if (n != 1 || (total != 10 && total != 12)) return false;
    int month = number_at(d + total - 8, 2), day = number_at(d + total - 6, 2);
    if (day > 60) day -= 60; /* samordningsnummer */
    bool swedish = day_month(day, month) && (total == 10 || is_year(number_at(d, 4)));
    bool danish = total == 10 && day_month(number_at(d, 2), number_at(d + 2, 2));
    return swedish || danish;
}

/* With a country's code: +46 70 123 45 67, 0045 12 34 56 78, +44 (0)20 7946 0958. */
static bool is_international(const groups *g, int n, const char *d, int total) {
    int skip = g->plus ? 0 : 2;
    if (!g->plus && (d[0] != '0' || d[1] != '0' || d[2] == '0' || total < 11)) return false;
    total -= skip;
    d += skip;
    int most = d[0] == '1' ? 11 : 15, least = 8;
    if (strncmp(d, "45", 2) == 0 || strncmp(d, "47", 2) == 0) least = most = 10;
    if (strncmp(d, "46", 2) == 0) most = 12; /* with the 0 that some leave in */
    if (strncmp(d, "44", 2) == 0) most = 13;
    return total >= least && total <= most && (n < 3 || g->len[n - 1] >= 2);
}

/* Swedish and British numbers begin with the 0 of the area; then blanks, or the same separator throughout. */
static bool is_national(const groups *g, int n, const char *d, int total) {
    if (d[0] != '0' || d[1] == '0' || total < 8 || total > 11) return false;
    if (n == 1) return true;
    if (g->len[0] < 2 || g->len[0] > 5 || total - g->len[0] < 5 || g->len[n - 1] < 2) return false;
    for (int k = 1; k < n; k++)
        if (g->len[k] < 2) return false;
    if (g->sep[1] == '.' && !even(g, n, 1)) return false;
    for (int k = 2; k < n; k++)
        if (g->sep[k] != ' ' && g->sep[k] != g->sep[1]) return false;
    return n < 3 || even(g, n, 2);
}

/* Danish numbers, and local ones: nothing but their shape tells them from other numbers, so the surroundings have a say. */
static bool is_local(const dk_redaction *r, const groups *g, int n, const char *d, int total, bool cued) {
    char sep = n > 1 ? g->sep[1] : ' ';
    size_t end = g->to[n - 1];
    if (sep == '/') return false;
    if (shape(g, n, "334") || (shape(g, n, "1334") && d[0] == '1')) return true; /* (555) 123-4567 */
    if (!even(g, n, 1)) return false;
    if (!cued && dk_redact_amount(r, g->begin, end)) return false;
    if (shape(g, n, "2222")) return d[0] >= '2' && (cued || !steps(g, n, d));
    if (shape(g, n, "44")) {
        bool years = is_year(number_at(d, 4)) && is_year(number_at(d + 4, 4));
        bool hours = sep == '-' && is_hour(d) && is_hour(d + 4);
        bool round = number_at(d + 2, 2) == 0 && number_at(d + 6, 2) == 0;
        return d[0] >= '2' && (cued || (!years && !hours && !round && sep != '.'));
    }
    if (shape(g, n, "322") || shape(g, n, "332") || shape(g, n, "323")) return sep != '.' || cued;
    return cued && ((n == 1 && (total == 6 || total == 7 || total == 8)) || shape(g, n, "222") ||
                    shape(g, n, "33") || shape(g, n, "233") || shape(g, n, "26"));
}

/* Long, and no date or amount: of an account, an order, a parcel, or of a kind not known here. */
static bool is_long(const dk_redaction *r, const groups *g, int n, const char *d, int total) {
    static const char *const things[] = {"art",    "artikel",    "artikelnr",     "artikelnummer",
                                         "build",  "ean",        "isbn",          "modell",
                                         "model",  "product",    "produktnummer", "serie",
                                         "varenr", "varenummer", "varunummer",    "version"};
    if (total < 7 || (n > 1 && (n > 3 || total < 9 || !even(g, n, 1) || g->sep[1] == '.'))) return false;
    if (n > 1 &&
        (g->len[0] < 3 || g->len[n - 1] < 2 || (g->len[0] < 5 && g->len[1] < 5 && g->len[n - 1] < 5)))
        return false;
    if (number_at(d + total - 4, 4) == 0) return false; /* round */
    if (n == 2 && g->len[0] == 8 && g->len[1] == 8 && date_groups(g, d) == 1)
        return false; /* from a day to another */
    return !dk_redact_amount(r, g->begin, g->to[n - 1]) && !DK_REDACT_CUED(r, g->begin, 2, things);
}

/* The kind of the first n groups; DK_PERSONAL_KINDS for none. */
static dk_personal kind_of(const dk_redaction *r, const groups *g, int n) {
    char d[DIGITS] = "";
    int total = digits_of(r, g, n, d);
    if (total < 6) return DK_PERSONAL_KINDS;
    if ((g->plus || strncmp(d, "00", 2) == 0) && is_international(g, n, d, total)) return DK_PERSONAL_PHONE;
    if (g->plus) return DK_PERSONAL_KINDS;
    if (is_card(g, n, d, total)) return DK_PERSONAL_CARD;
    if (is_identity(g, n, d, total)) return DK_PERSONAL_IDENTITY;
    bool cued = total <= 11 && DK_REDACT_CUED(r, g->begin, 3, phone_cues);
    if (!cued && n == 1 && date_groups(g, d) == 1) return DK_PERSONAL_KINDS;
    if (total <= 11 && (is_national(g, n, d, total) || is_local(r, g, n, d, total, cued)))
        return DK_PERSONAL_PHONE;
    return is_long(r, g, n, d, total) ? DK_PERSONAL_NUMBER : DK_PERSONAL_KINDS;
}

/* A birthday is personal when it is called one. */
static bool birthday(const dk_redaction *r, const groups *g) {
    static const char *const cues[] = {
        "birth", "birthday",   "born",        "cpr",          "dob",  "fødselsdag",  "fødselsdato",
        "född",  "födelsedag", "födelsedata", "födelsedatum", "født", "personnummer"};
    return DK_REDACT_CUED(r, g->begin, 2, cues);
}

/* What stands at g: crossed out or passed. Returns where to go on. */
static size_t settle(dk_redaction *r, const groups *g) {
    char d[DIGITS] = "";
    int longest = g->count;
    while (longest > 1 && digits_of(r, g, longest, d) == 0) longest--;
    digits_of(r, g, longest, d);
    int date = g->plus ? 0 : date_groups(g, d);
    bool number_behind = date == 3 && g->count > 3 && g->len[3] == 4 &&
                         (g->sep[3] == '-' || g->sep[3] == ' ') &&
                         !is_hour(r->text + g->from[3]); /* 19850312-1234 written with hyphens */
    if (date >= 2 && !number_behind) {
        if (birthday(r, g)) dk_redact_mark(r, DK_PERSONAL_IDENTITY, g->begin, g->to[date - 1]);
        return g->to[date - 1];
    }
    for (int n = longest; n >= 1; n--) {
        dk_personal kind = kind_of(r, g, n);
        if (kind == DK_PERSONAL_KINDS) continue;
        dk_redact_mark(r, kind, g->begin, g->to[n - 1]);
        return g->to[n - 1];
    }
    if (date == 1 && birthday(r, g)) dk_redact_mark(r, DK_PERSONAL_IDENTITY, g->begin, g->to[0]);
    if (g->len[0] >= DIGITS) dk_redact_mark(r, DK_PERSONAL_NUMBER, g->begin, g->to[0]);
    return g->to[0];
}

void dk_redact_numbers(dk_redaction *r) {
    for (size_t i = 0; i < r->len;) {
        bool plus = r->text[i] == '+' && dk_is_digit(dk_redact_at(r, i + 1));
        if (!plus && !dk_is_digit(r->text[i])) {
            i++;
            continue;
        }
        groups g;
        read_groups(r, i, &g);
        /* 1.234 and V70 go on from something: only a long number is one in spite of that */
        char before = i > 0 ? r->text[i - 1] : ' ';
        bool goes_on = !plus && i > 0 &&
                       (dk_is_letter(before) ||
                        ((before == '.' || before == ',') && i > 1 && dk_is_digit(r->text[i - 2])));
        if (goes_on && g.len[0] < 7)
            i = g.to[0];
        else
            i = settle(r, &g);
    }
}

/* ---- IBAN -------------------------------------------------------------------------------------------- */

static bool mod_97(const char *iban, int n) {
    unsigned rest = 0;
    for (int k = 0; k < n; k++) {
        char c = iban[(k + 4) % n];
        rest = dk_is_digit(c) ? (rest * 10 + (unsigned)(c - '0')) % 97
                              : (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest == 1;
}

/* Lengths of the countries whose accounts are written most here: without a right check sum they are told by it. */
static bool known_length(const char *iban, int n) {
    static const struct {
        char country[3];
        int length;
    } known[] = {{"DE", 22}, {"DK", 18}, {"ES", 24}, {"FI", 18}, {"FR", 27},
                 {"GB", 22}, {"NL", 18}, {"NO", 15}, {"PL", 28}, {"SE", 24}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strncmp(iban, known[k].country, 2) == 0) return n == known[k].length;
    return false;
}

void dk_redact_accounts(dk_redaction *r) {
    enum { LONGEST = 34, SHORTEST = 15 };
    for (size_t i = 0; i + SHORTEST <= r->len; i++) {
        char iban[LONGEST];
        int n = 0;
        size_t end = 0;
        bool parted = false;
        if (i > 0 && (dk_is_letter(r->text[i - 1]) || dk_is_digit(r->text[i - 1]))) continue;
        for (size_t j = i; j < r->len && n < LONGEST; j++) {
            char c = r->text[j];
            if (c >= 'a' && c <= 'z') c = (char)(c - 32);
            if ((c == ' ' || c == '-') && n >= 4 && n % 4 == 0 &&
                r->text[j - 1] != c) { /* in fours or in one */
                if (!parted && n > 4) break;
                parted = true;
                continue;
            }
            if (parted && n % 4 == 0 && r->text[j - 1] != ' ' && r->text[j - 1] != '-') break;
            if (!dk_is_digit(c) && !dk_is_upper(c)) break;
            if ((n < 2) != dk_is_upper(c) && n < 4) break;
            iban[n++] = c;
            char next = dk_redact_at(r, j + 1);
            bool whole = !dk_is_letter(next) && !dk_is_digit(next);
            if (n >= SHORTEST && whole && (mod_97(iban, n) || known_length(iban, n))) end = j + 1;
        }
        if (end > 0) {
            dk_redact_mark(r, DK_PERSONAL_ACCOUNT, i, end);
            i = end;
        }
    }
}
