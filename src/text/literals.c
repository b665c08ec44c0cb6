#include "text/literals.h"

#include <string.h>

/* A reading of the pattern by recursive descent: of what stands in a row the best set counts, of alternatives their union. */
typedef struct parser {
    const char *begin, *p, *end;
    bool unknown; /* something that is not read here: nothing is sure */
} parser;

enum { DEPTH_MAX = 12 };

static size_t shortest(const dk_literals *set) {
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].len < least) least = set->items[i].len;
    return least;
}

/* Keeps the set that will be met less often: its shortest string is longer, or it has fewer. */
static void keep_better(dk_literals *best, const dk_literals *other) {
    if (other->count == 0) return;
    if (best->count > 0) {
        size_t a = shortest(best), b = shortest(other);
        if (a > b || (a == b && best->count <= other->count)) return;
    }
    memcpy(best->items, other->items, other->count * sizeof *other->items);
    best->count = other->count;
    best->from = other->from;
    best->leads = other->leads;
}

/* Letters in a row that begin at a place of the pattern. */
typedef struct letters {
    dk_literal text;
    size_t from;
} letters;

static void end_run(dk_literals *best, letters *run) {
    if (run->text.len >= DK_LITERAL_MIN && (best->count == 0 || run->text.len > shortest(best))) {
        best->items[0] = run->text;
        best->count = 1;
        best->from = run->from;
        best->leads = true;
    }
    run->text.len = 0;
}

/* The letter at p, folded: its length in bytes, or 0. Beyond ASCII only Latin-1 (C3 80 to C3 BF less the two signs). */
static unsigned letter_at(const parser *s, char folded[2]) {
    unsigned char c = (unsigned char)s->p[0];
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
        folded[0] = (char)(c | 0x20);
        return 1;
    }
    if (c != 0xC3 || s->end - s->p < 2) return 0;
    unsigned char d = (unsigned char)s->p[1];
    if (d < 0x80 || d > 0xBF || d == 0x97 || d == 0xB7) return 0;
    folded[0] = (char)c;
    folded[1] = (char)(d < 0x9F ? d | 0x20 : d); /* 9F is the sharp s, which has no capital here */
    return 2;
}

/* Whether a quantifier stands at p, and whether it lets the thing before it be left out; a count is taken to do so. */
static bool quantifier(const parser *s, bool *optional) {
    *optional = s->p < s->end && (*s->p == '?' || *s->p == '*' || *s->p == '{');
    return *optional || (s->p < s->end && *s->p == '+');
}

static void skip_class(parser *s) {
    s->p++;
    if (s->p < s->end && *s->p == '^') s->p++;
    if (s->p < s->end && *s->p == ']') s->p++;
    while (s->p < s->end && *s->p != ']') {
        if (s->p[0] == '[' && s->end - s->p > 1 && s->p[1] == ':') { /* [:alpha:] */
            while (s->p < s->end && *s->p != ']') s->p++;
        } else if (s->p[0] == '\\') {
            s->p++;
        }
        if (s->p < s->end) s->p++;
    }
    if (s->p < s->end) s->p++;
}

/* Escapes of one letter that stand for classes and places, and marks taken literally. */
static void skip_escape(parser *s) {
    s->p++;
    if (s->p == s->end) return;
    unsigned char c = (unsigned char)*s->p;
    bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    if (alnum && strchr("bBdDsSwWnrtAzZhHvVRK", c) == NULL) s->unknown = true;
    s->p++;
}

/* Moves behind the head of a group; false when what it holds is no part of the match. */
static bool open_group(parser *s) {
    s->p++;
    if (s->p < s->end && *s->p == '*') s->unknown = true;
    if (s->p == s->end || *s->p != '?') return true;
    s->p++;
    size_t left = (size_t)(s->end - s->p);
    if (left >= 1 && (*s->p == ':' || *s->p == '>')) {
        s->p++;
        return true;
    }
    bool behind = left >= 2 && s->p[0] == '<' && (s->p[1] == '=' || s->p[1] == '!');
    if (behind || (left >= 1 && (*s->p == '=' || *s->p == '!'))) {
        s->p += behind ? 2 : 1;
        return false;
    }
    s->unknown = true;
    return true;
}

static void read_alternatives(parser *s, int depth, dk_literals *out);

static void read_branch(parser *s, int depth, dk_literals *best) {
    letters run = {.text = {.len = 0}};
    best->count = 0;
    best->from = SIZE_MAX;
    best->leads = false;
    while (s->p < s->end && *s->p != '|' && *s->p != ')' && !s->unknown) {
        char folded[2];
        bool optional;
        unsigned n = letter_at(s, folded);
        if (n > 0) {
            if (run.text.len == 0) run.from = (size_t)(s->p - s->begin);
            s->p += n;
            bool quantified = quantifier(s, &optional);
            if (!optional && run.text.len + n <= DK_LITERAL_MAX) {
                memcpy(run.text.text + run.text.len, folded, n);
                run.text.len = (uint8_t)(run.text.len + n);
            } else if (!optional) {
                end_run(best, &run);
            }
            if (quantified) end_run(best, &run);
            continue;
        }
        end_run(best, &run);
        if (*s->p == '(') {
            dk_literals inside = {.count = 0};
            size_t from = (size_t)(s->p - s->begin);
            bool counts = open_group(s);
            read_alternatives(s, depth + 1, &inside);
            if (s->p < s->end) s->p++;
            (void)quantifier(s, &optional);
            inside.from = from;
            if (counts && !optional) keep_better(best, &inside);
        } else if (*s->p == '[') {
            skip_class(s);
        } else if (*s->p == '\\') {
            skip_escape(s);
        } else if (*s->p == '{') {
            while (s->p < s->end && *s->p != '}') s->p++;
        } else {
            s->p++;
        }
    }
    end_run(best, &run);
}

/* Adds the literals of one branch; false when there is no room. */
static bool join(dk_literals *out, const dk_literals *branch) {
    for (size_t i = 0; i < branch->count; i++) {
        bool there = false;
        for (size_t k = 0; k < out->count && !there; k++)
            there = out->items[k].len == branch->items[i].len &&
                    memcmp(out->items[k].text, branch->items[i].text, branch->items[i].len) == 0;
        if (there) continue;
        if (out->count == DK_LITERALS_MAX) return false;
        out->items[out->count++] = branch->items[i];
    }
    return true;
}

/* Reads up to the end or the closing bracket of the group. */
static void read_alternatives(parser *s, int depth, dk_literals *out) {
    out->count = 0;
    out->leads = true;
    bool sure = true;
    if (depth > DEPTH_MAX) s->unknown = true;
    for (size_t branches = 1; !s->unknown; branches++) {
        dk_literals branch;
        size_t begin = (size_t)(s->p - s->begin);
        read_branch(s, depth, &branch);
        sure = sure && branch.count > 0 && join(out, &branch);
        out->leads = out->leads && branch.leads && (depth == 0 || branch.from == begin);
        out->from = branches == 1 ? branch.from : SIZE_MAX;
        if (s->p == s->end || *s->p != '|') break;
        s->p++;
    }
    if (!sure || s->unknown) {
        out->count = 0;
        out->from = SIZE_MAX;
        out->leads = false;
    }
}

void dk_regex_literals(dk_str pattern, dk_literals *out) {
    parser s = {.begin = pattern.ptr, .p = pattern.ptr, .end = pattern.ptr + pattern.len};
    read_alternatives(&s, 0, out);
    if (s.unknown || s.p < s.end) out->count = 0;
}

/* ---- How many words ------------------------------------------------------------------------------------ */

static size_t most_of_alternatives(parser *s, int depth);

/* SIZE_MAX stays what it is. */
static size_t add_words(size_t a, size_t b) { return a == SIZE_MAX || b == SIZE_MAX ? SIZE_MAX : a + b; }

/* What a quantifier at p, which is read, makes of something of so many words; a run of the same letter is one word. */
static size_t repeat(parser *s, size_t words, bool letter) {
    if (s->p == s->end || strchr("?*+{", *s->p) == NULL || *s->p == '\0') return words;
    char sign = *s->p++;
    size_t most = 0;
    bool bounded = sign == '?';
    if (sign == '{') {
        for (; s->p < s->end && *s->p != '}'; s->p++) {
            bool digit = *s->p >= '0' && *s->p <= '9';
            if (!digit && *s->p != ',') s->unknown = true;
            bounded = digit; /* {3,} has no end */
            most = digit && most < 1000 ? most * 10 + (size_t)(*s->p - '0') : 0;
        }
        if (s->p < s->end) s->p++;
    }
    if (s->p < s->end && (*s->p == '?' || *s->p == '+')) s->p++; /* lazy or possessive */
    if (words == 0 || sign == '?' || letter) return words;
    return bounded && words != SIZE_MAX ? words * most : SIZE_MAX;
}

/* Whether a class in brackets, from p to end, holds nothing but blanks and marks. */
static bool holds_no_letters(const char *p, const char *end) {
    for (p++; p < end - 1; p++) {
        if (p[0] == '\\' && (p[1] == 's' || p[1] == 'W' || p[1] == 'n' || p[1] == 'r' || p[1] == 't' || p[1] == '-')) p++;
        else if (strchr(" .,;:!?*'\"/()", *p) == NULL || *p == '\0') return false;
    }
    return true;
}

static size_t most_of_branch(parser *s, int depth) {
    size_t sum = 0;
    bool in_word = false; /* a letter stands before */
    while (s->p < s->end && *s->p != '|' && *s->p != ')' && !s->unknown) {
        char folded[2];
        unsigned n = letter_at(s, folded);
        size_t words = 0;
        const char *from = s->p;
        bool letter = n > 0;
        if (letter) {
            words = !in_word;
            s->p += n;
        } else if (*s->p == '(') {
            bool counts = open_group(s);
            words = most_of_alternatives(s, depth + 1);
            if (s->p < s->end) s->p++;
            if (!counts) words = 0; /* what is only looked at stands elsewhere too */
        } else if (*s->p == '[') {
            skip_class(s);
            words = !holds_no_letters(from, s->p);
        } else if (*s->p == '\\') {
            skip_escape(s);
            words = strchr("bBsWnrtAzZhvR", from[1]) == NULL && letter_at(&(parser){.p = from + 1, .end = s->end}, folded) > 0;
        } else {
            words = *s->p == '.' || (*s->p >= '0' && *s->p <= '9') || (unsigned char)*s->p >= 0x80;
            s->p++;
        }
        in_word = letter;
        sum = add_words(sum, repeat(s, words, letter));
    }
    return sum;
}

/* Reads up to the end or the closing bracket of the group. */
static size_t most_of_alternatives(parser *s, int depth) {
    size_t most = 0;
    if (depth > DEPTH_MAX) s->unknown = true;
    while (!s->unknown) {
        size_t words = most_of_branch(s, depth);
        if (words > most) most = words;
        if (s->p == s->end || *s->p != '|') break;
        if (depth == 0) s->unknown = true; /* ^ and $ are of two branches */
        s->p++;
    }
    return most;
}

size_t dk_regex_most_words(dk_str pattern) {
    bool held = pattern.len >= 2 && pattern.ptr[0] == '^' && pattern.ptr[pattern.len - 1] == '$' && pattern.ptr[pattern.len - 2] != '\\';
    parser s = {.begin = pattern.ptr, .p = pattern.ptr, .end = pattern.ptr + pattern.len};
    size_t most = held ? most_of_alternatives(&s, 0) : SIZE_MAX;
    return s.unknown || s.p < s.end ? SIZE_MAX : most;
}
