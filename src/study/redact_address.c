/* Addresses: a street with a house number, and a postcode with a town. A street without a number is left: it is where a shop is. */
#include "study/redact_parts.h"

/* Ends of Swedish and Danish names of streets, compounds or words of their own. Those that begin many other words (plats, plads) want
   a compound with a capital. */
static const char *const endings[] = {
    "allé",    "allén",    "alléen",     "backe",   "backen", "bakke",   "bakken", "boulevard", "boulevarden",
    "brink",   "brinken",  "gade",       "gaden",   "gata",   "gatan",   "gränd",  "gränden",   "kajen",
    "parkvej", "plads",    "pladsen",    "platsen", "ringen", "slingan", "stien",  "stig",      "stigen",
    "strand",  "stranden", "stræde",     "strædet", "torg",   "torget",  "torv",   "torvet",    "toften",
    "vang",    "vangen",   "vej",        "vejen",   "vænge",  "vænget",  "väg",    "vägen",     "åsen",
    "højen",   "haven",    "esplanaden", "kroken",  "løkken", "lunden",  "kaj"};
/* Ends that also end places and parts of towns: a street only with what only a house has (a letter, a floor, a postcode) or one who lives there. */
static const char *const weak_endings[] = {"berget", "bron",   "byn",     "dalen",      "gården", "gärdet",
                                           "hagen",  "hamnen", "kullen",  "leden",      "lyckan", "parken",
                                           "parket", "rundan", "stråket", "promenaden", "varvet", "ängen"};
static const char *const streets[] = {"avenue", "close", "court", "crescent", "drive",  "gardens", "grove",
                                      "hill",   "lane",  "mead",  "mews",     "parade", "place",   "quay",
                                      "rise",   "road",  "row",   "square",   "street", "terrace", "vale",
                                      "walk",   "way",   "wharf", "yard"};
/* Ends of English names of streets in one word: Broadway, Hillcrest, Deansgate. */
static const char *const english_endings[] = {"crest", "fields", "gate", "mead", "side", "view", "way"};
static const char *const short_streets[] = {"ave", "blvd", "dr", "ln", "rd", "sq", "st"};

static bool ends_in(const char *text, const char *end) {
    size_t n = strlen(text), e = strlen(end);
    return n >= e && strcmp(text + n - e, end) == 0;
}

/* Whether a word names a street; *alone when it is the ending and no more (Södra vägen), so that a name must stand before it. */
static bool names_street(const dk_redact_word *w, bool *alone) {
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++)
        if (ends_in(w->folded, endings[k])) {
            *alone = strlen(w->folded) < strlen(endings[k]) + 2;
            return true;
        }
    return false;
}

static bool ends_in_any(const char *text, const char *const *ends, size_t count) {
    for (size_t k = 0; k < count; k++)
        if (strlen(text) > strlen(ends[k]) + 2 && ends_in(text, ends[k])) return true;
    return false;
}

/* Blanks, or a comma and blanks. */
static size_t skip(const dk_redaction *r, size_t at) {
    if (dk_redact_at(r, at) == ',') at++;
    while (at < r->len && (r->text[at] == ' ' || r->text[at] == '\n')) at++;
    return at;
}

static size_t digits(const dk_redaction *r, size_t at, size_t most) {
    size_t end = at;
    while (end < r->len && dk_is_digit(r->text[end])) end++;
    return end - at <= most ? end : at;
}

/* The end of a house number with what belongs to it: 12, 12B, 12 B, 12-14, 4, 2. tv, 3 tr; `at` when there is none. */
static size_t house_end(const dk_redaction *r, size_t at) {
    static const char *const floors[] = {
        "apartment", "apt", "dør",      "etage", "flat", "floor", "kld", "kælderen", "lejl",
        "lejlighed", "lgh", "lägenhet", "mf",    "nb",   "ög",    "sal", "st",       "stuen",
        "th",        "tr",  "trappor",  "tv",    "unit", "van",   "vån", "våning",   "våningen"};
    static const char *const numbered[] = {"apartment", "apt", "flat",     "lejl",
                                           "lejlighed", "lgh", "lägenhet", "unit"};
    size_t end = digits(r, at, 4);
    if (end == at || dk_redact_amount(r, at, end)) return at;
    char c = dk_redact_at(r, end);
    if (c == '.' && dk_is_digit(dk_redact_at(r, end + 1))) return at; /* 2.5 km */
    if (c == '-' && digits(r, end + 1, 4) > end + 1) end = digits(r, end + 1, 4);
    size_t letter = dk_redact_at(r, end) == ' ' ? end + 1 : end;
    c = dk_redact_at(r, letter);
    if (((letter == end && c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'H')) &&
        !dk_is_letter(dk_redact_at(r, letter + 1)) && !dk_is_digit(dk_redact_at(r, letter + 1)))
        end = letter + 1;
    for (int parts = 0; parts < 3; parts++) {
        size_t next = skip(r, end), number = digits(r, next, 4), word = skip(r, number);
        if (dk_redact_at(r, number) == '.') word = skip(r, number + 1);
        dk_redact_word w;
        size_t behind = word;
        if (word >= r->len || !dk_is_letter(r->text[word]) || !dk_redact_next(r, r->len, &behind, &w) ||
            !DK_REDACT_IN(floors, w.folded))
            break;
        end = w.to;
        size_t door = skip(r, end);
        if (door > end && digits(r, door, 4) > door && DK_REDACT_IN(numbered, w.folded))
            end = digits(r, door, 4);
    }
    return end;
}

/* The end of a capitalised word (with a second: København Ø), or `at`. */
static size_t town_end(const dk_redaction *r, size_t at) {
    size_t end = at;
    for (int words = 0; words < 2; words++) {
        dk_redact_word w;
        size_t from = skip(r, end), next = from;
        if (from >= r->len || !dk_is_letter(r->text[from]) || (words > 0 && r->text[end] != ' ')) break;
        if (!dk_redact_next(r, r->len, &next, &w) || !w.capital || (words > 0 && w.to - w.from > 2)) break;
        end = w.to;
    }
    return end;
}

/* The end of a postcode and its town behind an address, else `at`: 123 45 Göteborg, 2100 København Ø, SW1A 1AA. */
static size_t postcode_end(const dk_redaction *r, size_t at) {
    size_t from = skip(r, at), end = digits(r, from, 5);
    if (from == at) return at;
    if (end - from == 3 && dk_redact_at(r, end) == ' ' && digits(r, end + 1, 2) == end + 3) end += 3;
    if (end - from < 4) return at;
    size_t town = town_end(r, end);
    return town > end ? town : end - from >= 5 ? end : at;
}

/* Capitalised words before a street's last word, and up to two short ones between them (Gamle Kongevej, H.C. Andersens Boulevard). */
static size_t name_begin(const dk_redaction *r, size_t from, int most) {
    dk_redact_word w;
    for (int k = 0; k < most && dk_redact_before(r, from, 2, &w) && w.capital; k++) {
        bool joined = true;
        for (size_t i = w.to; i < from; i++)
            joined = joined && (r->text[i] == ' ' || r->text[i] == '.' || r->text[i] == '-');
        if (!joined || (w.from > 0 && dk_is_digit(r->text[w.from - 1]))) break; /* 12B is a house */
        from = w.from;
    }
    return from;
}

/* Where a house number directly before a name begins (12 High, 221B Baker); the name's place when there is none. */
static size_t english_house(const dk_redaction *r, size_t name) {
    size_t end = name;
    if (end == 0 || r->text[end - 1] != ' ') return name;
    end--;
    if (end > 0 && r->text[end - 1] == ',') end--;
    if (end > 1 && dk_is_letter(r->text[end - 1]) && dk_is_digit(r->text[end - 2])) end--; /* 221B */
    size_t begin = end;
    while (begin > 0 && dk_is_digit(r->text[begin - 1])) begin--;
    bool goes_on = begin > 0 && (dk_is_letter(r->text[begin - 1]) || r->text[begin - 1] == '.');
    return begin == end || end - begin > 5 || goes_on ? name : begin;
}

/* Number before, as the English write it: 12 High Street, Flat 3, 12 Old Kent Rd. */
static size_t english_begin(const dk_redaction *r, size_t street) {
    size_t from = name_begin(r, street, 3);
    size_t house = english_house(r, from);
    return house < from ? house : street;
}

/* SW1A 1AA, M1 1AE, EH12 5PL: the end, or 0. */
static size_t british_postcode(const dk_redaction *r, size_t i) {
    size_t at = i;
    for (int k = 0; k < 2 && dk_is_upper(dk_redact_at(r, at)); k++) at++;
    if (at == i || !dk_is_digit(dk_redact_at(r, at))) return 0;
    at++;
    if (dk_is_digit(dk_redact_at(r, at)) || dk_is_upper(dk_redact_at(r, at))) at++;
    if (dk_redact_at(r, at) != ' ') return 0;
    at++;
    if (!dk_is_digit(dk_redact_at(r, at)) || !dk_is_upper(dk_redact_at(r, at + 1)) ||
        !dk_is_upper(dk_redact_at(r, at + 2)))
        return 0;
    return dk_is_letter(dk_redact_at(r, at + 3)) || dk_is_digit(dk_redact_at(r, at + 3)) ? 0 : at + 3;
}

static void cross_postcodes(dk_redaction *r) {
    for (size_t i = 0; i < r->len; i++) {
        if (i > 0 && (dk_is_letter(r->text[i - 1]) || dk_is_digit(r->text[i - 1]))) continue;
        size_t end = british_postcode(r, i), five = digits(r, i, 5);
        if (end == 0 && five == i + 3 && dk_redact_at(r, five) == ' ' && digits(r, five + 1, 2) == five + 3 &&
            r->text[i] != '0' && dk_redact_at(r, five + 3) == ' ' && town_end(r, five + 3) > five + 3 &&
            !dk_redact_amount(r, i, five + 3))
            end = town_end(r, five + 3);
        if (end == 0) continue;
        dk_redact_mark(r, DK_PERSONAL_ADDRESS, i, end);
        i = end;
    }
}

/* The end of up to three more capitalised words behind one. */
static size_t capitals_end(const dk_redaction *r, size_t at) {
    dk_redact_word w;
    for (int k = 0; k < 3; k++) {
        size_t next = at;
        if (dk_redact_at(r, at) != ' ' || !dk_redact_next(r, r->len, &next, &w) || w.from != at + 1 ||
            !w.capital)
            break;
        at = w.to;
    }
    return at;
}

/* A line of an address written without a street's ending: "bor på Lilla Essingen 4" is told by what stands before. */
static bool lives(const dk_redaction *r, size_t from) {
    static const char *const cues[] = {"address", "addresse", "adress", "adressen", "adresse",
                                       "bo",      "boende",   "boet",   "bodde",    "bor",
                                       "bosatt",  "live",     "lived",  "lives",    "living"};
    static const char *const to[] = {"till", "til", "to"};
    static const char *const sent[] = {"delivered", "flyttade", "flyttede", "flytter",   "levererades",
                                       "levererat", "leverert", "leveret",  "moved",     "sendt",
                                       "sent",      "shipped",  "skickad",  "skickades", "skickat"};
    for (size_t k = 0; k < 3; k++) {
        dk_redact_word w;
        if (!dk_redact_before(r, from, 3, &w)) return false;
        if (DK_REDACT_IN(cues, w.folded)) return true;
        if (k == 0 && DK_REDACT_IN(to, w.folded) && DK_REDACT_CUED(r, w.from, 1, sent)) return true;
        from = w.from;
    }
    return false;
}

/* "... is my address" behind it. */
static bool called_address(const dk_redaction *r, size_t at) {
    static const char *const is[] = {"er", "is", "var", "was", "är"}, *const words[] = {"address", "adress",
                                                                                        "adresse"};
    for (int k = 0; k < 3; k++) {
        dk_redact_word w;
        size_t from = at;
        if (!dk_redact_next(r, r->len, &at, &w) || w.from != from + 1) return false;
        if (k == 0 && !DK_REDACT_IN(is, w.folded)) return false;
        if (DK_REDACT_IN(words, w.folded)) return true;
    }
    return false;
}

/* A day of a month (moved to 12 October), or a year behind a name (bodde på Grant 1998), is no house. */
static bool is_date(const dk_redaction *r, const dk_redact_word *w, size_t number) {
    static const char *const months[] = {"april",   "august",   "augusti", "december", "februari", "february",
                                         "februar", "januar",   "januari", "january",  "juli",     "july",
                                         "june",    "juni",     "maj",     "march",    "mars",     "marts",
                                         "may",     "november", "october", "oktober",  "september"};
    bool year = digits(r, number, 4) == number + 4 &&
                (memcmp(r->text + number, "19", 2) == 0 || memcmp(r->text + number, "20", 2) == 0);
    return year || DK_REDACT_IN(months, w->folded);
}

/* Where "Flat 3, " begins before an English house number, else its place. */
static size_t flat_begin(const dk_redaction *r, size_t house) {
    static const char *const flats[] = {"apartment", "apt", "flat", "unit"};
    size_t at = house;
    while (at > 0 && (r->text[at - 1] == ' ' || r->text[at - 1] == ',')) at--;
    size_t end = at;
    if (end > 1 && dk_is_letter(r->text[end - 1]) && dk_is_digit(r->text[end - 2])) end--;
    while (end > 0 && dk_is_digit(r->text[end - 1])) end--;
    dk_redact_word w;
    return end < at && dk_redact_before(r, end, 1, &w) && DK_REDACT_IN(flats, w.folded) ? w.from : house;
}

void dk_redact_addresses(dk_redaction *r) {
    dk_redact_word w;
    for (size_t at = 0; dk_redact_next(r, r->len, &at, &w);) {
        bool alone = false, nordic = names_street(&w, &alone);
        bool weak = !nordic && w.capital &&
                    ends_in_any(w.folded, weak_endings, sizeof weak_endings / sizeof *weak_endings);
        bool english =
            DK_REDACT_IN(streets, w.folded) || (DK_REDACT_IN(short_streets, w.folded) && !w.shouted) ||
            ends_in_any(w.folded, english_endings, sizeof english_endings / sizeof *english_endings);
        size_t from = w.from, end = w.to;
        /* a street's name may go on behind its kind: Overgaden Oven Vandet 33 */
        size_t named = nordic && !alone && w.capital ? capitals_end(r, w.to) : w.to, house = skip(r, named);
        if (house == named || house_end(r, house) == house) house = skip(r, named = w.to);
        size_t number = w.capital ? english_house(r, w.from) : w.from; /* "live at 7 Hillcrest" */
        if (english && w.capital)
            from = english_begin(r, w.from);
        else if (number < w.from && !is_date(r, &w, number) &&
                 (lives(r, number) || called_address(r, capitals_end(r, w.to)))) {
            from = number;
            end = capitals_end(r, w.to);
        }
        if (from < w.from) {
            from = flat_begin(r, from);
            if (DK_REDACT_IN(short_streets, w.folded) && dk_redact_at(r, end) == '.') end++;
        } else if (house > named && house_end(r, house) > house) {
            size_t begin = name_begin(r, w.from, alone ? 3 : 2), behind = house_end(r, house);
            bool lived = lives(r, begin) || called_address(r, behind);
            bool sure = behind > digits(r, house, 4) || postcode_end(r, behind) > behind;
            bool street =
                (nordic && (alone ? begin < w.from : w.capital || lives(r, w.from))) || (weak && sure);
            if (!street && (!w.capital || !lived || is_date(r, &w, house))) continue;
            if (!alone && w.capital && !lives(r, begin)) begin = w.first || begin == w.from ? w.from : begin;
            from = begin;
            end = behind;
        } else {
            continue;
        }
        end = postcode_end(r, end);
        dk_redact_mark(r, DK_PERSONAL_ADDRESS, from, end);
        at = end;
    }
    cross_postcodes(r);
}
