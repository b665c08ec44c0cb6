/* Samples of regular expressions, and whether one may take very many steps. */
#include <stdio.h>

#include "text/regex.h"
#include "text/utf8.h"
#include "workbench/check_private.h"

enum { TRIES = 160, REPEAT_MAX = 3, SAMPLE_BYTES = 400, GROUP_DEPTH = 32 };

typedef struct sampler {
    dk_str pattern;
    dk_buf *out;
    uint64_t state; /* of the choices */
    bool least;     /* the first sample: first branches, fewest repeats */
    int depth;
} sampler;

static unsigned choose(sampler *s, unsigned n) {
    s->state += 0x9E3779B97F4A7C15ull; /* splitmix64, Steele et al. 2014 */
    uint64_t z = s->state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    return s->least || n == 0 ? 0 : (unsigned)(z % n);
}

static char at(const sampler *s, size_t i) {
    return i < s->pattern.len ? s->pattern.ptr[i] : '\0';
}

static size_t character_size(const sampler *s, size_t i) {
    unsigned size;
    dk_utf8_decode(s->pattern.ptr, s->pattern.len, i, &size);
    return size;
}

/* The end of a class that begins at i with [. */
static size_t class_end(const sampler *s, size_t i) {
    size_t p = i + 1;
    if (at(s, p) == '^') p++;
    if (at(s, p) == ']') p++;
    while (p < s->pattern.len && at(s, p) != ']') {
        if (at(s, p) == '\\')
            p++;
        else if (at(s, p) == '[' && at(s, p + 1) == ':')
            while (p + 1 < s->pattern.len && !(at(s, p) == ':' && at(s, p + 1) == ']')) p++;
        p++;
    }
    return p < s->pattern.len ? p + 1 : s->pattern.len;
}

/* The end of the group that begins at i with (, past its ). */
static size_t group_end(const sampler *s, size_t i) {
    int depth = 0;
    for (size_t p = i; p < s->pattern.len;) {
        char c = at(s, p);
        if (c == '\\')
            p += 2;
        else if (c == '[')
            p = class_end(s, p);
        else {
            if (c == '(') depth++;
            if (c == ')' && --depth == 0) return p + 1;
            p++;
        }
    }
    return s->pattern.len;
}

/* The end of the atom at i, without its quantifier. */
static size_t atom_end(const sampler *s, size_t i) {
    size_t end;
    char c = at(s, i);
    if (c == '(')
        end = group_end(s, i);
    else if (c == '[')
        end = class_end(s, i);
    else if (c == '\\' && (at(s, i + 1) == 'p' || at(s, i + 1) == 'P' || at(s, i + 1) == 'x') &&
             at(s, i + 2) == '{') {
        end = i + 3;
        while (end < s->pattern.len && at(s, end) != '}') end++;
        end++;
    } else if (c == '\\')
        end = i + 1 + (i + 1 < s->pattern.len ? character_size(s, i + 1) : 0);
    else
        end = i + character_size(s, i);
    return end < s->pattern.len ? end : s->pattern.len;
}

typedef struct quantifier {
    unsigned low, high; /* high UINT32_MAX: without bound */
    size_t end;
} quantifier;

static quantifier read_quantifier(const sampler *s, size_t i) {
    quantifier q = {1, 1, i};
    char c = at(s, i);
    if (c == '*')
        q = (quantifier){0, UINT32_MAX, i + 1};
    else if (c == '+')
        q = (quantifier){1, UINT32_MAX, i + 1};
    else if (c == '?')
        q = (quantifier){0, 1, i + 1};
    else if (c == '{' && at(s, i + 1) >= '0' && at(s, i + 1) <= '9') {
        size_t p = i + 1;
        unsigned n = 0;
        while (at(s, p) >= '0' && at(s, p) <= '9') n = n > 99999 ? n : n * 10 + (unsigned)(at(s, p++) - '0');
        q.low = q.high = n;
        if (at(s, p) == ',') {
            p++;
            q.high = UINT32_MAX;
            if (at(s, p) >= '0' && at(s, p) <= '9') {
                q.high = 0;
                while (at(s, p) >= '0' && at(s, p) <= '9')
                    q.high = q.high > 99999 ? q.high : q.high * 10 + (unsigned)(at(s, p++) - '0');
            }
        }
        if (at(s, p) != '}') return (quantifier){1, 1, i};
        q.end = p + 1;
    } else
        return q;
    if (at(s, q.end) == '?' || at(s, q.end) == '+') q.end++; /* lazy, possessive */
    return q;
}

static const char *pick(sampler *s, const char *const *list, unsigned n) {
    return list[choose(s, n)];
}

/* A text of the kind of characters that an escape stands for; NULL when it stands for itself or for no character. */
static const char *kind_text(sampler *s, char escape) {
    static const char *const letters[] = {"a", "e", "k", "n", "r", "5"},
                             *const digits[] = {"5", "2", "0", "12"}, *const marks[] = {".", " ", ",", "!"},
                             *const spaces[] = {" "};
    switch (escape) {
    case 'w':
    case 'D':
    case 'S':
    case 'N': return pick(s, letters, 6);
    case 'd': return pick(s, digits, 4);
    case 'W': return pick(s, marks, 4);
    case 's':
    case 'h':
    case 'R':
    case 'v': return pick(s, spaces, 1);
    case 'p': return pick(s, letters, 5);
    case 'P': return pick(s, marks, 4);
    case 'n': return "\n";
    case 't': return "\t";
    case 'r': return "\r";
    default: return NULL;
    }
}

/* One of the characters of a class. */
static void put_class(sampler *s, size_t i, size_t end) {
    static const char *const others[] = {"a", " ", "5", ".", "\xC3\xA5", "x", "!"};
    size_t p = i + 1;
    if (at(s, p) == '^') { /* any that is not named, by the letter alone */
        for (unsigned n = 0, first = choose(s, 7); n < 7; n++) {
            const char *c = others[(first + n) % 7];
            bool named = false;
            for (size_t k = p + 1; k + 1 < end; k++) named = named || at(s, k) == c[0];
            if (!named) {
                dk_buf_puts(s->out, c);
                return;
            }
        }
        return;
    }
    size_t begins[64], n = 0;
    for (size_t k = p; k + 1 < end && n < 64;) {
        begins[n++] = k;
        k += at(s, k) == '\\'                         ? 2
             : at(s, k) == '[' && at(s, k + 1) == ':' ? class_end(s, k) - k
                                                      : character_size(s, k);
        if (at(s, k) == '-' && k + 2 < end) k += 1 + character_size(s, k + 1);
    }
    if (n == 0) return;
    size_t k = begins[choose(s, (unsigned)n)];
    const char *text = at(s, k) == '\\' ? kind_text(s, at(s, k + 1)) : NULL;
    if (text != NULL)
        dk_buf_puts(s->out, text);
    else if (at(s, k) == '[' && at(s, k + 1) == ':')
        dk_buf_putc(s->out, at(s, k + 2) == 'd' ? '5' : at(s, k + 2) == 's' ? ' ' : 'a');
    else if (at(s, k) == '\\')
        dk_buf_putc(s->out, at(s, k + 1));
    else
        dk_buf_put(s->out, s->pattern.ptr + k, character_size(s, k));
}

static void put_choice(sampler *s, size_t begin, size_t end);

/* A group; assertions stand for no text. */
static void put_group(sampler *s, size_t i, size_t end) {
    size_t begin = i + 1;
    if (at(s, begin) == '?') {
        char c = at(s, begin + 1), d = at(s, begin + 2);
        bool named = (c == '<' && d != '=' && d != '!') || (c == 'P' && d == '<') || c == '\'';
        if (c == ':' || c == '|' || c == '>')
            begin += 2;
        else if (named) {
            begin += 2;
            while (begin < end && at(s, begin) != '>' && at(s, begin) != '\'') begin++;
            begin++;
        } else
            return;
    } else if (at(s, begin) == '*')
        return;
    if (end > begin && s->depth < GROUP_DEPTH) put_choice(s, begin, end - 1);
}

static void put_atom(sampler *s, size_t i, size_t end) {
    static const char *const any[] = {"a", " ", "x"};
    char c = at(s, i);
    if (c == '(')
        put_group(s, i, end);
    else if (c == '[')
        put_class(s, i, end);
    else if (c == '.')
        dk_buf_puts(s->out, pick(s, any, 3));
    else if (c == '^' || c == '$')
        return;
    else if (c == '\\') {
        char e = at(s, i + 1);
        const char *text = kind_text(s, e);
        if (text != NULL)
            dk_buf_puts(s->out, text);
        else if (strchr("bBAzZGKQE", e) == NULL && !(e >= '0' && e <= '9'))
            dk_buf_put(s->out, s->pattern.ptr + i + 1, end - i - 1);
    } else
        dk_buf_put(s->out, s->pattern.ptr + i, end - i);
}

static void put_sequence(sampler *s, size_t begin, size_t end) {
    for (size_t i = begin; i < end && s->out->len < SAMPLE_BYTES;) {
        size_t stop = atom_end(s, i);
        quantifier q = read_quantifier(s, stop);
        unsigned most = q.high - q.low > REPEAT_MAX ? q.low + REPEAT_MAX : q.high;
        unsigned n = q.low + choose(s, most - q.low + 1);
        for (unsigned k = 0; k < n && s->out->len < SAMPLE_BYTES; k++) put_atom(s, i, stop);
        i = q.end;
    }
}

/* One of the alternatives between begin and end. */
static void put_choice(sampler *s, size_t begin, size_t end) {
    size_t starts[65], n = 1;
    starts[0] = begin;
    for (size_t i = begin; i < end;) {
        if (at(s, i) == '|' && n < 64) starts[n++] = i + 1;
        i = at(s, i) == '|' ? i + 1 : atom_end(s, i);
    }
    starts[n] = end + 1;
    unsigned k = choose(s, (unsigned)n);
    s->depth++;
    put_sequence(s, starts[k], starts[k + 1] - 1);
    s->depth--;
}

size_t pattern_samples(dk_str pattern, dk_arena *arena, const char **out, size_t max) {
    dk_error err;
    dk_regex *regex;
    if (dk_regex_new(&regex, pattern, &err) != DK_OK) return 0;
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    dk_buf text;
    dk_buf_init(&text);
    size_t n = 0;
    for (unsigned try = 0; try < TRIES && n < max && scratch != NULL; try++) {
        sampler s = {.pattern = pattern, .out = &text, .state = try, .least = try == 0};
        size_t start, end;
        bool limited, known = false;
        dk_buf_clear(&text);
        put_choice(&s, 0, pattern.len);
        dk_str found = {dk_buf_cstr(&text), text.len};
        if (!dk_regex_find(regex, scratch, found, 0, &start, &end, &limited)) continue;
        for (size_t i = 0; i < n && !known; i++) known = dk_str_is(found, out[i]);
        char *copy = known ? NULL : dk_arena_strdup(arena, found.ptr, found.len);
        if (copy != NULL) out[n++] = copy;
    }
    dk_buf_dispose(&text);
    dk_regex_scratch_free(scratch);
    dk_regex_free(regex);
    return n;
}

/* Whether a group that may repeat without bound holds something that may. */
static bool nests_repeats(const sampler *s, size_t begin, size_t end, bool inside, int depth) {
    for (size_t i = begin; i < end && depth < GROUP_DEPTH;) {
        size_t stop = atom_end(s, i);
        quantifier q = read_quantifier(s, stop);
        bool unbounded = q.high == UINT32_MAX && at(s, q.end - 1) != '+';
        if (at(s, stop) == '+' && q.end == stop + 1) unbounded = true;
        if (inside && unbounded) return true;
        if (at(s, i) == '(' &&
            nests_repeats(s, i + 1, stop - 1, inside || (unbounded && q.high == UINT32_MAX), depth + 1))
            return true;
        i = q.end;
    }
    return false;
}

/* Whether the pattern runs out of steps on unit written over and over behind head, with an end that it cannot match. */
static bool runs_out(dk_regex *regex, dk_regex_scratch *scratch, const char *head, const char *unit) {
    enum { LONG = 3000 };
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, head);
    for (size_t len = strlen(unit); len > 0 && text.len < LONG && !text.failed;) dk_buf_put(&text, unit, len);
    dk_buf_puts(&text, "\x01\x01");
    size_t start, end;
    bool limited = false;
    if (!text.failed) dk_regex_find(regex, scratch, (dk_str){text.ptr, text.len}, 0, &start, &end, &limited);
    dk_buf_dispose(&text);
    return limited;
}

const char *pattern_risk(dk_str pattern, dk_regex_scratch *scratch) {
    static const char *const units[] = {"a", " ", "a ", "5", ".", "ab ", "aa. "};
    enum { UNITS = sizeof units / sizeof *units, SAMPLES = 8 };
    dk_error err;
    dk_regex *regex;
    if (dk_regex_new(&regex, pattern, &err) != DK_OK) return NULL;
    dk_arena arena = {0};
    const char *samples[SAMPLES];
    size_t n = pattern_samples(pattern, &arena, samples, SAMPLES);
    bool out = false;
    for (size_t u = 0; u < UNITS && !out; u++) {
        out = runs_out(regex, scratch, "", units[u]);
        for (size_t i = 0; i < n && !out; i++) {
            char head[SAMPLE_BYTES + 8];
            snprintf(head, sizeof head, "%.*s", (int)(strlen(samples[i]) / 2), samples[i]);
            out = runs_out(regex, scratch, head, units[u]) || runs_out(regex, scratch, "", samples[i]);
        }
    }
    dk_arena_dispose(&arena);
    dk_regex_free(regex);
    if (out)
        return "it runs out of its 20,000 steps on a comment of 3,000 characters, and matches nothing then";
    sampler s = {.pattern = pattern};
    return nests_repeats(&s, 0, pattern.len, false, 0)
               ? "a repeat within a repeat may take exponentially many steps"
               : NULL;
}
