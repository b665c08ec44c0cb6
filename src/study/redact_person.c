/* Names of persons: first names from lists with the surname behind them, surnames that are nothing else, whatever stands before a
 * surname's form, and whatever follows a greeting, a title or a role with a capital. */
#include "study/redact_names.h"
#include "study/redact_parts.h"
#include "study/redact_rare.h"

/* Whether only blanks (and some of the characters in also) lie between two words. */
static bool adjacent(const dk_redaction *r, size_t from, size_t to, const char *also) {
    if (to < from || to - from > 3) return false;
    for (size_t i = from; i < to; i++)
        if (r->text[i] != ' ' && strchr(also, r->text[i]) == NULL) return false;
    return true;
}

static int compare(const void *key, const void *item) {
    return strcmp(key, *(const char *const *)item);
}

/* What a list holds. Rare names are no words, but unknown enough to want a capital; maybe names are words too. */
typedef enum how_sure { SURE, RARE, MAYBE } how_sure;

static bool in_names(const char *folded, how_sure how) {
    const char *const *list = how == SURE ? sure_names : how == RARE ? rare_names : maybe_names;
    size_t count = how == SURE   ? sizeof sure_names / sizeof *sure_names
                   : how == RARE ? sizeof rare_names / sizeof *rare_names
                                 : sizeof maybe_names / sizeof *maybe_names;
    return bsearch(folded, list, count, sizeof *list, compare) != NULL;
}

/* A name, or its genitive (Annas). */
static bool is_name(const dk_redact_word *w, how_sure how) {
    char stem[DK_REDACT_LONGEST + 1];
    size_t n = strlen(w->folded);
    if (n < 2) return false;
    if (in_names(w->folded, how)) return true;
    if (strcmp(w->folded, "jeans") == 0) return false;
    if (w->folded[n - 1] != 's' || n < 4 || w->folded[n - 2] == 's') return false; /* Clas has none: class */
    memcpy(stem, w->folded, n - 1);
    stem[n - 1] = '\0';
    return in_names(stem, how);
}

static bool is_surname(const dk_redact_word *w) {
    size_t n = strlen(w->folded);
    if (n > 5 && strcmp(w->folded + n - 4, "sson") == 0) return strcmp(w->folded, "ericsson") != 0;
    return DK_REDACT_IN(surnames, w->folded);
}

/* What ends like a surname but may be a place or a word: only beside another capitalised word. */
static bool ends_like_surname(const dk_redact_word *w) {
    static const char *const ends[] = {"berg",  "dahl", "gaard", "gren",   "holm",  "kvist", "lund",
                                       "qvist", "sen",  "skov",  "strand", "ström", "toft",  "vall"};
    static const char *const places[] = {"bornholm",  "carlsberg", "falkenberg", "heidelberg",
                                         "kongsberg", "nürnberg",  "stockholm"};
    size_t n = strlen(w->folded);
    if (DK_REDACT_IN(places, w->folded)) return false;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        size_t e = strlen(ends[k]);
        if (n >= e + 3 && strcmp(w->folded + n - e, ends[k]) == 0) return true;
    }
    return false;
}

/* Behind these stands a name, whatever it is. */
static const char *const before_names[] = {"called",  "doktor", "dr",      "fru",      "frøken",     "fröken",
                                           "hed",     "hedder", "herr",    "heter",    "hette",      "hilsen",
                                           "hilsner", "hr",     "hälsar",  "hälsning", "hälsningar", "kaldet",
                                           "miss",    "mr",     "mrs",     "ms",       "mvh",        "named",
                                           "namn",    "navn",   "regards", "signed",   "sincerely",  "vh"};

/* Persons by what they do or are: a capital behind one of these is a name. */
static const char *const roles[] = {"advisor",       "agent",           "barnmorskan",
                                    "bartendern",    "brother",         "butikschefen",
                                    "chaufför",      "chauffören",      "chauffør",
                                    "chaufføren",    "chefen",          "colleague",
                                    "daughter",      "doctor",          "dotter",
                                    "driver",        "ejeren",          "ekspedient",
                                    "ekspedienten",  "expediten",       "father",
                                    "frisøren",      "frisören",        "handläggare",
                                    "handläggaren",  "hostess",         "husband",
                                    "husband's",     "kollega",         "kollegan",
                                    "konsulent",     "konsulenten",     "kundservicemedarbetaren",
                                    "kypare",        "kyparen",         "lege",
                                    "läkare",        "läkaren",         "lægen",
                                    "lærer",         "manager",         "mechanic",
                                    "medarbejder",   "medarbejderen",   "medarbetare",
                                    "medarbetaren",  "mekaniker",       "mekanikern",
                                    "montør",        "montøren",        "montör",
                                    "montören",      "mother",          "nurse",
                                    "ombudet",       "personalen",      "partner",
                                    "receptionist",  "receptionisten",  "rådgivare",
                                    "rådgivaren",    "rådgiver",        "rådgiveren",
                                    "sagsbehandler", "sagsbehandleren", "servitrisen",
                                    "servitør",      "servitøren",      "servitören",
                                    "sister",        "sjuksköterskan",  "sköterskan",
                                    "son",           "sonen",           "stylist",
                                    "sygeplejerske", "sygeplejersken",  "säljare",
                                    "säljaren",      "sælger",          "sælgeren",
                                    "tandläkaren",   "tandlægen",       "technician",
                                    "tekniker",      "teknikern",       "teknikeren",
                                    "therapist",     "tjener",          "tjeneren",
                                    "waiter",        "waitress",        "wife"};

/* Capitalised because they begin something, not because they name anyone. */
static const char *const no_surnames[] = {
    "and",  "da",         "de",   "den",  "der", "det", "do",  "du",  "en",   "et",   "ett",   "for",
    "för",  "ha",         "had",  "hade", "han", "has", "he",  "hej", "her",  "hi",   "hon",   "hun",
    "hvis", "hälsningar", "i",    "if",   "is",  "it",  "jag", "jeg", "kan",  "med",  "men",   "mvh",
    "my",   "ni",         "och",  "og",   "på",  "she", "so",  "så",  "tack", "tak",  "thank", "thanks",
    "that", "the",        "they", "this", "var", "vi",  "vil", "was", "we",   "when", "you",   "är"};

/* The capitalised words that follow a name are its surname. Returns where the name ends. */
static size_t surname_end(const dk_redaction *r, const dk_redact_word *name) {
    static const char *const particles[] = {"af", "al", "av", "bin", "da", "de",
                                            "di", "el", "le", "van", "von"};
    size_t end = name->to;
    for (int parts = 0; parts < 3; parts++) {
        dk_redact_word w;
        size_t next = end;
        if (!dk_redact_next(r, r->len, &next, &w) || !adjacent(r, end, w.from, "-'.")) break;
        if (memchr(r->text + end, '.', w.from - end) != NULL && end - name->from > 2 && w.from - end > 1)
            break;                                   /* a new sentence */
        if (name->shouted && !is_surname(&w)) break; /* all is in capitals */
        bool joined = w.from == end + 1 && r->text[end] == '-';
        if (!joined && DK_REDACT_IN(particles, w.folded) && !w.capital) {
            dk_redact_word last;
            size_t after = w.to;
            if (!dk_redact_next(r, r->len, &after, &last) || !last.capital ||
                !adjacent(r, w.to, last.from, ""))
                break;
            end = last.to;
        } else if (joined ? w.capital || is_name(&w, SURE)
                          : (w.capital && !DK_REDACT_IN(no_surnames, w.folded)) ||
                                (!name->capital && is_surname(&w))) {
            end = w.to;
        } else {
            break;
        }
    }
    return end;
}

/* Words that call for a person behind them (spoke to Adrian, tack Ben), so that a known name needs no capital. */
static bool spoken_of(const dk_redaction *r, size_t at) {
    static const char *const cues[] = {
        "pratade",     "mvh",       "vh",       "kh",      "hälsning", "hälsningar", "hilsen",  "regards",
        "sincerely",   "cheers",    "pratat",   "pratar",  "pratte",   "talade",     "talat",   "talte",
        "talt",        "snakkede",  "snakket",  "spoke",   "spoken",   "talked",     "hjälp",   "hjælp",
        "hjulpet",     "hjälpt",    "betjent",  "help",    "helped",   "served",     "tack",    "tak",
        "thank",       "thanks",    "heter",    "hedder",  "hette",    "called",     "named",   "hed",
        "handläggare", "rådgivare", "rådgiver", "advisor", "säljare",  "sælger",     "kollega", "colleague"};
    static const char *const between[] = {"med", "av",   "af",   "fra", "från", "to", "with",
                                          "by",  "from", "till", "til", "you",  "dig"};
    dk_redact_word w;
    if (!dk_redact_before(r, at, 3, &w)) return false;
    if (DK_REDACT_IN(between, w.folded) && !dk_redact_before(r, w.from, 2, &w)) return false;
    return DK_REDACT_IN(cues, w.folded);
}

/* These, and what could be a plural, are so often words that a name in lower case cannot be told. */
static bool everyday(const dk_redact_word *w) {
    static const char *const words[] = {
        "bill",  "don",  "else", "even",   "gun",   "hans",  "hope",  "ib",  "inga", "inge",
        "kid",   "love", "maj",  "mark",   "ole",   "one",   "per",   "una", "will", "ville",
        "sol",   "tone", "art",  "bror",   "faith", "grace", "guy",   "joy", "lin",  "liv",
        "rob",   "ray",  "saga", "storm",  "sten",  "stig",  "mille", "lea", "lage", "patience",
        "penny", "rosa", "milo", "viking", "vibe",  "wade",  "flora"};
    size_t n = strlen(w->folded);
    return DK_REDACT_IN(words, w->folded) || (n > 1 && w->folded[n - 1] == 's');
}

/* Where a person's name begins before its surname: at the capitalised words and initials before it (Eira Holmström, A. Berg). */
static size_t given_begin(const dk_redaction *r, const dk_redact_word *surname) {
    static const char *const things[] = {
        "at",       "by",       "din", "from",  "från",       "hos",        "min",   "cafe",   "café",
        "familjen", "familien", "fru", "gamla", "gamle",      "herr",       "hotel", "hotell", "hr",
        "mr",       "mrs",      "ms",  "nya",   "restaurang", "restaurant", "the",   "villa"};
    size_t from = surname->from;
    for (int k = 0; k < 2; k++) {
        dk_redact_word w;
        if (!dk_redact_before(r, from, 2, &w) || !w.capital || w.shouted || DK_REDACT_IN(things, w.folded) ||
            DK_REDACT_IN(no_surnames, w.folded))
            break;
        bool initial = w.to - w.from <= 2 && r->text[w.to] == '.';
        if (!initial && !adjacent(r, w.to, from, "-")) break;
        from = w.from;
    }
    return from;
}

/* Whether somebody stands where staff does (Carl i kassan, Glen at the till): a name, though it begins the sentence. */
static bool stands_at(const dk_redaction *r, const dk_redact_word *name) {
    static const char *const at_words[] = {"at", "behind", "från", "fra", "from",
                                           "i",  "in",     "on",   "på",  "ved"};
    static const char *const places[] = {
        "bar",     "baren", "butik",  "butiken",      "butikken",    "counter",    "desk",      "kassa",
        "kassan",  "kasse", "kassen", "kundeservice", "kundservice", "kundtjänst", "reception", "receptionen",
        "service", "shop",  "store",  "support",      "supporten",   "till",       "växeln"};
    dk_redact_word w;
    size_t at = name->to;
    if (!dk_redact_next(r, r->len, &at, &w) || w.from != name->to + 1 || !DK_REDACT_IN(at_words, w.folded))
        return false;
    for (int words = 0; words < 2; words++) {
        size_t before = w.to;
        if (!dk_redact_next(r, r->len, &at, &w) || w.from != before + 1) return false;
        if (DK_REDACT_IN(places, w.folded)) return true;
    }
    return false;
}

/* A slash before the last words of a comment, or at the beginning of its line: how many sign in Sweden and Denmark. */
static bool signs(const dk_redaction *r, const dk_redact_word *w) {
    if (w->from == 0 || r->text[w->from - 1] != '/') return false;
    size_t slash = w->from - 1;
    while (slash > 0 && r->text[slash - 1] == '/') slash--;
    if (slash > 0 && strchr(" \n.!?", r->text[slash - 1]) == NULL) return false;
    size_t end = w->to;
    for (int words = 1; end < r->len && words <= 2; end++) {
        if (r->text[end] == '\n') return true;
        if (r->text[end] == ' ')
            words++;
        else if (!dk_is_letter(r->text[end]) && strchr("-.!", r->text[end]) == NULL)
            return false;
    }
    return end == r->len;
}

/* Whether the hr at a place is an hour (1 hr, an hr), no title. */
static bool hours(const dk_redaction *r, size_t at) {
    static const char *const counts[] = {"a", "an", "half", "per", "the"};
    dk_redact_word w;
    return (at > 0 && dk_is_digit(r->text[at - 1])) || (at > 1 && dk_is_digit(r->text[at - 2])) ||
           (dk_redact_before(r, at, 2, &w) && DK_REDACT_IN(counts, w.folded));
}

void dk_redact_names(dk_redaction *r) {
    dk_redact_word w, before = {.folded = ""};
    for (size_t at = 0; dk_redact_next(r, r->len, &at, &w); before = w) {
        bool greeted = w.capital && DK_REDACT_IN(before_names, before.folded) &&
                       adjacent(r, before.to, w.from, ",.:\n") &&
                       !(strcmp(before.folded, "hr") == 0 && hours(r, before.from));
        bool role = w.capital && !w.shouted && DK_REDACT_IN(roles, before.folded) &&
                    adjacent(r, before.to, w.from, "") && !DK_REDACT_IN(no_surnames, w.folded);
        bool cued = (greeted && !DK_REDACT_IN(no_surnames, w.folded)) || role || (w.capital && signs(r, &w));
        bool shortened = dk_redact_at(r, w.to) == '\'' && dk_redact_at(r, w.to + 1) != 's'; /* Don't, I'll */
        bool rare = !shortened && is_name(&w, RARE), word = !shortened && is_name(&w, MAYBE);
        bool spoken =
            !w.capital && (rare || word || is_name(&w, SURE)) && !everyday(&w) && spoken_of(r, w.from);
        bool sure = (is_name(&w, SURE) && (w.capital || w.to - w.from >= 4)) ||
                    (rare && w.capital && !w.shouted) || spoken;
        bool maybe = w.capital && !w.shouted && word;
        bool surname = w.capital && is_surname(&w);
        bool formed = w.capital && !w.shouted && ends_like_surname(&w);
        size_t from = surname || formed ? given_begin(r, &w) : w.from;
        if (!cued && !sure && !maybe && !surname && from == w.from) continue;
        size_t end = surname_end(r, &w);
        if (!cued && !sure && !surname && from == w.from && w.first && end == w.to && !stands_at(r, &w))
            continue; /* "Per telefon", "Will you ..." */
        dk_redact_mark(r, DK_PERSONAL_NAME, from, end);
        at = end;
        w.to = end;
        w.folded[0] = '\0';
    }
}
