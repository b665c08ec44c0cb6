/* Names of persons: first names from a list with the surname behind them, surnames that are nothing else, and whatever follows a
 * greeting, a title or a role with a capital. */
#include "study/redact_names.h"
#include "study/redact_parts.h"

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

static bool in_names(const char *folded, bool sure) {
    const char *const *list = sure ? sure_names : maybe_names;
    size_t count = sure ? sizeof sure_names / sizeof *sure_names : sizeof maybe_names / sizeof *maybe_names;
    return bsearch(folded, list, count, sizeof *list, compare) != NULL;
}

/* A name, or its genitive (Annas). */
static bool is_name(const dk_redact_word *w, bool sure) {
    char stem[DK_REDACT_LONGEST + 1];
    size_t n = strlen(w->folded);
    if (n < 2) return false;
    if (in_names(w->folded, sure)) return true;
    if (w->folded[n - 1] != 's' || n < 4 || w->folded[n - 2] == 's') return false; /* Clas has none: class */
    memcpy(stem, w->folded, n - 1);
    stem[n - 1] = '\0';
    return in_names(stem, sure);
}

static bool is_surname(const dk_redact_word *w) {
    size_t n = strlen(w->folded);
    if (n > 5 && strcmp(w->folded + n - 4, "sson") == 0) return strcmp(w->folded, "ericsson") != 0;
    return DK_REDACT_IN(surnames, w->folded);
}

/* Behind these stands a name, whatever it is. */
static const char *const before_names[] = {
    "called", "doktor", "dr",     "fru",      "frøken",     "fröken",  "hedder",    "heter",
    "hette",  "hilsen", "hälsar", "hälsning", "hälsningar", "hilsner", "mr",        "mrs",
    "ms",     "mvh",    "named",  "navn",     "namn",       "regards", "sincerely", "vh"};

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
        } else if (joined ? w.capital || is_name(&w, true)
                          : (w.capital && !DK_REDACT_IN(no_surnames, w.folded)) ||
                                (!name->capital && is_surname(&w))) {
            end = w.to;
        } else {
            break;
        }
    }
    return end;
}

void dk_redact_names(dk_redaction *r) {
    dk_redact_word w, before = {.folded = ""};
    for (size_t at = 0; dk_redact_next(r, r->len, &at, &w); before = w) {
        bool greeted =
            w.capital && DK_REDACT_IN(before_names, before.folded) && adjacent(r, before.to, w.from, ",.:\n");
        bool role = w.capital && !w.shouted && DK_REDACT_IN(roles, before.folded) &&
                    adjacent(r, before.to, w.from, "") && !DK_REDACT_IN(no_surnames, w.folded);
        bool cued = (greeted && !DK_REDACT_IN(no_surnames, w.folded)) || role;
        bool sure = is_name(&w, true) && (w.capital || w.to - w.from >= 4);
        bool shortened = dk_redact_at(r, w.to) == '\'' && dk_redact_at(r, w.to + 1) != 's'; /* Don't, I'll */
        bool maybe = w.capital && !w.shouted && !shortened && is_name(&w, false);
        bool surname = w.capital && is_surname(&w);
        if (!cued && !sure && !maybe && !surname) continue;
        size_t end = surname_end(r, &w);
        if (!cued && !sure && !surname && w.first && end == w.to)
            continue; /* "Per telefon", "Will you ..." */
        dk_redact_mark(r, DK_PERSONAL_NAME, w.from, end);
        at = end;
        w.to = end;
        w.folded[0] = '\0';
    }
}
