#include "text/token.h"

#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/bytes.h"
#include "text/utf8.h"

enum byte_class { B_SPACE, B_ALPHA, B_DIGIT, B_PUNCT, B_HIGH };

/* The class of every byte; HIGH bytes begin or continue a character that has to be decoded. */
#define X8(c) c, c, c, c, c, c, c, c
static const uint8_t classes[256] = {
    X8(B_PUNCT), B_PUNCT, B_SPACE, B_SPACE, B_SPACE, B_SPACE, B_SPACE, B_PUNCT, B_PUNCT, X8(B_PUNCT), X8(B_PUNCT),
    B_SPACE, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, X8(B_PUNCT),
    X8(B_DIGIT), B_DIGIT, B_DIGIT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT,
    B_PUNCT, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, X8(B_ALPHA), X8(B_ALPHA),
    B_ALPHA, B_ALPHA, B_ALPHA, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT,
    B_PUNCT, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, B_ALPHA, X8(B_ALPHA), X8(B_ALPHA),
    B_ALPHA, B_ALPHA, B_ALPHA, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT, B_PUNCT,
    X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH),
    X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH), X8(B_HIGH)};

/* Abbreviations that keep their full stop, without it: dotted ones are written with their inner stops, the others stand by their length. */
static const char dotted[][8] = {
    "t.ex", "t.o.m", "fr.o.m", "m.m", "m.fl", "o.s.v", "d.v.s", "bl.a", "p.g.a", "s.k", "f.d", "o.d",
    "e.d", "e.dyl", "o.dyl", "f.ö", "i.o.m", "m.a.o", "f.eks", "m.v", "m.h.t", "f.x", "e.g", "i.e", "a.m",
    "p.m", "u.s", "u.k", "o.l", "og.l", "t.h", "t.v", "s.u", "f.m", "e.m", "s.a.s", "u.å", "d.d", "m.i"};
static const char letters_2[][8] = {"ca", "ev", "mr", "ms", "dr", "vs", "kl", "hr"};
static const char letters_3[][8] = {"osv", "dvs", "tex", "mht", "ift", "iht", "pga", "evt", "ang", "etc", "mrs", "eks", "mvh", "vha", "ifm"};
static const char letters_4[][8] = {"resp", "inkl", "exkl", "feks", "vedr"};
static const char letters_6[][8] = {"approx"};

typedef struct word_list {
    const char (*words)[8]; /* shorter than 8 bytes */
    size_t count;
} word_list;
#define LIST(words) {words, sizeof(words) / sizeof *(words)}
enum { ABBREVIATION_MAX = 6 };
static const word_list plain_abbreviations[ABBREVIATION_MAX + 1] = {[2] = LIST(letters_2), [3] = LIST(letters_3), [4] = LIST(letters_4), [6] = LIST(letters_6)};

/* Top-level domains by which a dotted word without http or www is seen to be an address. */
static const char domains[][8] = {"se", "dk", "com", "no", "nu", "net", "org", "eu", "io", "fi", "uk", "de"};

typedef struct scanner {
    const char *text;
    size_t len, at;
    dk_tokens *out;
    bool space;          /* white space stands before at */
    bool begins;         /* the next token begins a sentence */
} scanner;

void dk_tokens_dispose(dk_tokens *tokens) {
    free(tokens->items);
    memset(tokens, 0, sizeof *tokens);
}

static int byte_at(const scanner *s, size_t at) { return at < s->len ? (unsigned char)s->text[at] : 0; }

static bool is_alnum(int c) { return classes[c & 0xFF] == B_ALPHA || classes[c & 0xFF] == B_DIGIT; }

/* Size in bytes of the letter or digit at this place, 0 when there is none. */
static unsigned word_char(const scanner *s, size_t at) {
    if (at >= s->len) return 0;
    unsigned char c = (unsigned char)s->text[at];
    if (c < 0x80) return is_alnum(c) ? 1 : 0;
    unsigned size;
    uint32_t decoded = dk_utf8_decode(s->text, s->len, at, &size);
    dk_char_class k = dk_utf8_class(decoded);
    return (k == DK_CHAR_LETTER || k == DK_CHAR_DIGIT) && !dk_utf8_extends(decoded) ? size : 0;
}

/* The same, but marks, soft hyphens and joiners count too: they may stand inside a word, not begin one. */
static unsigned inner_char(const scanner *s, size_t at) {
    unsigned n = word_char(s, at);
    if (n != 0 || at >= s->len || (unsigned char)s->text[at] < 0x80) return n;
    unsigned size;
    return dk_utf8_extends(dk_utf8_decode(s->text, s->len, at, &size)) ? size : 0;
}

/* Capitals, looked at once a token; letters beyond ASCII count as capitals only in the Latin-1 block. */
static void mark_case(const char *text, dk_tokens *tokens, dk_token *t) {
    unsigned char head = (unsigned char)text[t->start];
    if (head >= 'a' && head <= 'z') return; /* most words */
    unsigned upper = 0, lower = 0;
    for (size_t i = t->start; i < t->end; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 'A' && c <= 'Z') {
            upper++;
            if (i == t->start) t->flags |= DK_TOKEN_UPPER_FIRST;
        } else if (c >= 'a' && c <= 'z') {
            lower++;
        } else if (c == 0xC3 && i + 1 < t->end) {
            unsigned char d = (unsigned char)text[++i];
            if (d >= 0x80 && d <= 0x9E && d != 0x97) {
                upper++;
                if (i == t->start + 1u) t->flags |= DK_TOKEN_UPPER_FIRST;
            } else {
                lower++;
            }
        } else if (c >= 0x80) {
            lower++;
        }
        if (lower != 0) return;
    }
    if (upper < 2) return;
    t->flags |= DK_TOKEN_UPPER_ALL;
    tokens->capitals++;
}

/* The end of a token with the marks and joiners that follow it (UAX #29, WB4). The byte behind most tokens is ASCII. */
static inline size_t with_marks(const scanner *s, size_t end) {
    unsigned size;
    while (DK_UNLIKELY(end < s->len && ((unsigned char)s->text[end] >= 0xCC || (unsigned char)s->text[end] == 0xC2)) &&
           dk_utf8_extends(dk_utf8_decode(s->text, s->len, end, &size)))
        end += size;
    return end;
}

static bool emit(scanner *s, size_t start, size_t end, dk_token_kind kind) {
    end = with_marks(s, end);
    dk_tokens *t = s->out;
    if (DK_UNLIKELY(t->count == t->cap) && !dk_grow(&t->items, &t->cap, t->count + 1)) return false;
    dk_token *k = &t->items[t->count++];
    k->start = (uint32_t)start;
    k->end = (uint32_t)end;
    k->form = 0;
    k->kind = (uint8_t)kind;
    k->flags = (uint8_t)((s->space ? DK_TOKEN_SPACE_BEFORE : 0) | (s->begins ? DK_TOKEN_BEGINS_SENTENCE : 0));
    k->clause = 0;
    s->space = false;
    if (kind != DK_TOKEN_PUNCT) s->begins = false;
    if (kind == DK_TOKEN_WORD) mark_case(s->text, t, k);
    s->at = end;
    return true;
}

static void end_sentence(scanner *s) {
    if (s->out->count > 0) s->out->items[s->out->count - 1].flags |= DK_TOKEN_ENDS_SENTENCE;
    s->begins = true;
}

/* Whether a word stands in a list, whatever its capitals; eight bytes are compared at once. */
static bool listed(word_list list, const char *text, size_t len) {
    char folded[8] = {0};
    if (len >= sizeof folded) return false;
    for (size_t i = 0; i < len; i++) folded[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]);
    uint64_t word = dk_load_8(folded);
    for (size_t i = 0; i < list.count; i++)
        if (dk_load_8(list.words[i]) == word) return true;
    return false;
}

static bool is_plain_abbreviation(const char *text, size_t len) {
    return len <= ABBREVIATION_MAX && listed(plain_abbreviations[len], text, len);
}

/* The apostrophe at this place, straight or curly: its size, or 0. */
static unsigned apostrophe(const scanner *s, size_t at) {
    if (at >= s->len) return 0;
    if (s->text[at] == '\'') return 1;
    return at + 2 < s->len && memcmp(s->text + at, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
}

/* Where the clitic begins when a word from start stands before an apostrophe at `at`: n't takes its n from the word.
   Returns 0 when there is none; *end is where it ends. */
static size_t clitic(const scanner *s, size_t start, size_t at, size_t *end) {
    size_t after = at + apostrophe(s, at);
    int a = byte_at(s, after) | 0x20, b = byte_at(s, after + 1) | 0x20;
    if (a == 't' && at > start + 1 && (byte_at(s, at - 1) | 0x20) == 'n' && word_char(s, after + 1) == 0) {
        *end = after + 1;
        return at - 1;
    }
    if ((a == 's' || a == 'd' || a == 'm') && word_char(s, after + 1) == 0) {
        *end = after + 1;
        return at;
    }
    bool two = (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l');
    if (two && word_char(s, after + 2) == 0) {
        *end = after + 2;
        return at;
    }
    return 0;
}

/* The end of an address that begins at start (http://, www., name@host.tld, shop.se), or 0. */
static size_t address_end(const scanner *s, size_t start) {
    size_t end = start, dot = 0, sign = 0;
    bool scheme = false;
    while (end < s->len && classes[(unsigned char)s->text[end]] != B_SPACE && s->text[end] != '<' &&
           s->text[end] != '>' && s->text[end] != '"' && end - start < 2048) {
        if (s->text[end] == '@' && sign == 0) sign = end;
        if (s->text[end] == '.' && is_alnum(byte_at(s, end + 1))) dot = end;
        if (s->text[end] == ':' && end - start <= 5 && end + 2 < s->len && memcmp(s->text + end, "://", 3) == 0)
            scheme = end > start;
        else if (!scheme && s->text[end] == '/' && dot == 0)
            return 0;
        end++;
    }
    while (end > start && strchr(".,!?;:)]'*", s->text[end - 1]) != NULL) end--;
    if (end <= start) return 0;
    if (scheme) return end;
    if (dot <= start || dot >= end) return 0;
    if (sign > start) {
        size_t host = sign + 1, stop = host;
        while (stop < end && (is_alnum(byte_at(s, stop)) || s->text[stop] == '-' || s->text[stop] == '.')) stop++;
        return dot > host && stop > dot ? stop : 0;
    }
    if (end - start > 4 && (memcmp(s->text + start, "www.", 4) == 0 || memcmp(s->text + start, "Www.", 4) == 0))
        return end;
    /* a dotted word: only when its last part is a domain we know and it is written as one, small letters throughout */
    size_t host_end = start;
    while (host_end < end && (is_alnum(byte_at(s, host_end)) || s->text[host_end] == '-' || s->text[host_end] == '.'))
        host_end++;
    size_t last = host_end;
    while (last > start && s->text[last - 1] != '.') last--;
    if (last <= start + 2 || (host_end < end && s->text[host_end] != '/')) return 0;
    for (size_t i = start + 1; i < host_end; i++)
        if (s->text[i] >= 'A' && s->text[i] <= 'Z') return 0;
    return listed((word_list)LIST(domains), s->text + last, host_end - last) ? end : 0;
}

/* The end of a dotted abbreviation such as t.ex. that begins at start and has its first stop at dot, or 0. */
static size_t abbreviation_end(const scanner *s, size_t start, size_t dot) {
    size_t best = 0, at = dot;
    for (int parts = 0; parts < 4; parts++) {
        if (listed((word_list)LIST(dotted), s->text + start, at - start) || is_plain_abbreviation(s->text + start, at - start))
            best = byte_at(s, at) == '.' ? at + 1 : at;
        if (byte_at(s, at) != '.') break;
        size_t next = at + 1;
        while (next - at <= 4 && inner_char(s, next) != 0) next += inner_char(s, next);
        if (next == at + 1) break;
        at = next;
    }
    return best;
}

/* Digits with inner separators from start; returns the end. */
static size_t number_end(const scanner *s, size_t start) {
    size_t at = start;
    while (at < s->len) {
        int c = byte_at(s, at);
        if (classes[c] == B_DIGIT ||
            (c != 0 && strchr(".,:/-", c) != NULL && at > start && classes[byte_at(s, at + 1)] == B_DIGIT))
            at++;
        else
            break;
    }
    return at;
}

#if defined(__SSE2__)
enum { AT_ONCE = 16 };

/* How many of sixteen bytes are letters, ASCII or Latin-1, before the first byte of something else. A letter that is cut at the end does not
   count. */
static inline unsigned leading_letters(const char *text) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i from_a = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    unsigned ascii = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(25)), from_a));
    unsigned high = (unsigned)_mm_movemask_epi8(v), letters = ascii;
    if (DK_UNLIKELY((ascii + 1) & high)) { /* what ends the run of ASCII is no ASCII */
        unsigned lead = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xC3)));
        __m128i signs = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)0x97)), _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xB7)));
        /* 80 to BF as signed bytes, less the signs for times and divided by */
        unsigned second = (unsigned)_mm_movemask_epi8(_mm_andnot_si128(signs, _mm_cmplt_epi8(v, _mm_set1_epi8((char)0xC0))));
        lead &= second >> 1;
        letters |= lead | lead << 1;
    }
    unsigned others = ~letters & 0xFFFF;
    return others == 0 ? AT_ONCE : (unsigned)__builtin_ctz(others);
}
#else
enum { AT_ONCE = 8 };

/* How many of eight bytes are ASCII letters before the first that is none. */
static inline unsigned leading_letters(const char *text) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t x = dk_load_8(text);
    uint64_t small = (x | 0x20 * ones) & ~tops;
    uint64_t from_a = small + (0x80 - 'a') * ones, past_z = small + (0x7F - 'z') * ones;
    uint64_t others = ~(from_a & ~past_z & ~x) & tops;
    return others == 0 ? AT_ONCE : (unsigned)__builtin_ctzll(others) / 8;
}
#endif

/* The end of the letters at this place, ASCII and Latin-1: most words are nothing else. */
static inline size_t letters_end(const scanner *s, size_t at) {
    for (;;) {
        unsigned n = AT_ONCE;
        while (n == AT_ONCE && s->len - at >= AT_ONCE) at += n = leading_letters(s->text + at);
        if (n == AT_ONCE)
            while (at < s->len && classes[(unsigned char)s->text[at]] == B_ALPHA) at++;
        if (DK_LIKELY(at == s->len || (unsigned char)s->text[at] != 0xC3) || s->len - at < 2) return at;
        unsigned char d = (unsigned char)s->text[at + 1];
        if (d < 0x80 || d > 0xBF || d == 0x97 || d == 0xB7) return at; /* the signs for times and divided by */
        at += 2;
    }
}

/* Bytes behind which a run of letters is surely a word: ASCII but for letters, digits and - _ . @ : ' */
static inline bool ends_word(unsigned char c) {
    static const uint64_t stops[2] = {UINT64_C(0xF8009F7FFFFFFFFF), UINT64_C(0xF800000178000000)};
    return c < 0x80 && stops[c / 64] >> (c % 64) & 1;
}

/* A word of letters before a space or mark that ends it, which most tokens are, and the space. False, with nothing done, when it is not
   that or there is no room for the token. */
static inline bool scan_plain_word(scanner *s) {
    size_t start = s->at, end = letters_end(s, start);
    dk_tokens *t = s->out;
    bool space = false;
    if (DK_LIKELY(end < s->len)) {
        unsigned char c = (unsigned char)s->text[end];
        space = c == ' ';
        bool stop = c == '.' && (end + 1 == s->len || s->text[end + 1] == ' ') && !is_plain_abbreviation(s->text + start, end - start);
        if (!space && !stop && !ends_word(c)) return false;
    }
    if (DK_UNLIKELY(t->count == t->cap)) return false;
    dk_token *k = &t->items[t->count++];
    unsigned flags = (s->space ? DK_TOKEN_SPACE_BEFORE : 0) | (s->begins ? DK_TOKEN_BEGINS_SENTENCE : 0);
    *k = (dk_token){.start = (uint32_t)start, .end = (uint32_t)end, .kind = DK_TOKEN_WORD, .flags = (uint8_t)flags};
    if ((unsigned char)s->text[start] < 'a') mark_case(s->text, t, k);
    s->begins = false;
    s->space = space;
    s->at = end + space;
    return true;
}

/* Commas, full stops and the like, of which many can be nothing else. */
static inline bool scan_plain_mark(scanner *s) {
    char c = s->text[s->at];
    dk_tokens *t = s->out;
    if ((c != ',' && c != '.' && c != '!' && c != '?') || DK_UNLIKELY(t->count == t->cap)) return false;
    size_t end = s->at + 1;
    while (end < s->len && s->text[end] == c) end++;
    if (end < s->len && (unsigned char)s->text[end] >= 0x80) return false; /* perhaps a mark that belongs to it */
    unsigned flags = (s->space ? DK_TOKEN_SPACE_BEFORE : 0) | (s->begins ? DK_TOKEN_BEGINS_SENTENCE : 0);
    if (c != ',') flags |= DK_TOKEN_ENDS_SENTENCE, s->begins = true;
    t->items[t->count++] = (dk_token){.start = (uint32_t)s->at, .end = (uint32_t)end, .kind = DK_TOKEN_PUNCT, .flags = (uint8_t)flags};
    s->space = end < s->len && s->text[end] == ' ';
    s->at = end + s->space;
    return true;
}

static bool scan_word(scanner *s) {
    size_t letters = letters_end(s, s->at);
    if (letters > s->at && (letters == s->len || s->text[letters] == ' ' || s->text[letters] == ','))
        return emit(s, s->at, letters, DK_TOKEN_WORD);
    size_t start = s->at, at = start;
    dk_token_kind kind = DK_TOKEN_WORD;
    if (classes[(unsigned char)s->text[at]] == B_DIGIT) {
        at = number_end(s, at);
        kind = DK_TOKEN_NUMBER;
    }
    for (;;) {
        unsigned char c = (unsigned char)(at < s->len ? s->text[at] : 0);
        if (classes[c] == B_ALPHA || classes[c] == B_DIGIT) {
            if (kind == DK_TOKEN_NUMBER && classes[c] == B_ALPHA) kind = DK_TOKEN_WORD;
            at++;
            continue;
        }
        if (at >= s->len || classes[c] == B_SPACE || c == ',') break;
        if (c >= 0x80) {
            unsigned n = inner_char(s, at);
            if (n == 0 && apostrophe(s, at) == 0) break;
            if (n != 0) {
                kind = DK_TOKEN_WORD;
                at += n;
                continue;
            }
        }
        unsigned quote = apostrophe(s, at);
        if (quote != 0) {
            size_t end, from = clitic(s, start, at, &end);
            if (from != 0)
                return (from == start || emit(s, start, from, kind)) && emit(s, from, end, DK_TOKEN_WORD);
            if (word_char(s, at + quote) == 0) break;
            at += quote;
            continue;
        }
        if (c == '-' || c == '_') {
            if (word_char(s, at + 1) == 0) break;
            at++;
            kind = DK_TOKEN_WORD;
            continue;
        }
        if (c == '.' || c == '@' || (c == ':' && byte_at(s, at + 1) == '/' && byte_at(s, at + 2) == '/')) {
            size_t end = byte_at(s, at + 1) > ' ' ? address_end(s, start) : 0;
            if (end > at) return emit(s, start, end, DK_TOKEN_ADDRESS);
            end = c == '.' && kind == DK_TOKEN_WORD ? abbreviation_end(s, start, at) : 0;
            if (end > at) at = end;
        }
        break;
    }
    return emit(s, start, at, kind);
}

/* The end of an emoticon at this place, or 0: eyes : ; =, an optional nose, a mouth; <3 and </3; ^^ ^_^ -_-. */
static size_t emoticon_end(const scanner *s, size_t at) {
    int c = byte_at(s, at);
    if (c == '<') {
        size_t p = at + 1;
        if (byte_at(s, p) == '/' || byte_at(s, p) == '\\') p++;
        if (byte_at(s, p) == '3' && !is_alnum(byte_at(s, p + 1))) return p + 1;
        return 0;
    }
    if (c == '^') {
        if (byte_at(s, at + 1) == '^') return at + 2;
        return byte_at(s, at + 1) == '_' && byte_at(s, at + 2) == '^' ? at + 3 : 0;
    }
    if (c == '-') return byte_at(s, at + 1) == '_' && byte_at(s, at + 2) == '-' ? at + 3 : 0;
    if (c != ':' && c != ';' && c != '=') return 0;
    size_t p = at + 1;
    if (byte_at(s, p) == '\'') p++;
    if (byte_at(s, p) == '-' || byte_at(s, p) == 'o' || byte_at(s, p) == '^') p++;
    int mouth = byte_at(s, p);
    if (mouth == 0 || strchr(")(][dDpPoO/\\|*3@$sScCxX}{", mouth) == NULL) return 0;
    while (byte_at(s, p + 1) == mouth) p++;
    return is_alnum(byte_at(s, p + 1)) ? 0 : p + 1;
}

static bool is_skin_tone(uint32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }
static bool is_regional(uint32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

/* One pictograph with its variation selectors, skin tones, joined pictographs, or a flag of two letters. */
static size_t emoji_end(const scanner *s, size_t at) {
    unsigned size;
    uint32_t c = dk_utf8_decode(s->text, s->len, at, &size);
    at += size;
    if (is_regional(c) && at < s->len && is_regional(dk_utf8_decode(s->text, s->len, at, &size))) return at + size;
    while (at < s->len && (unsigned char)s->text[at] >= 0x80) {
        c = dk_utf8_decode(s->text, s->len, at, &size);
        if (c == 0x200D) {
            unsigned next_size;
            if (at + size >= s->len) break;
            if (dk_utf8_class(dk_utf8_decode(s->text, s->len, at + size, &next_size)) != DK_CHAR_EMOJI) break;
            at += size + next_size;
        } else if (is_skin_tone(c) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x20E3) {
            at += size;
        } else {
            break;
        }
    }
    return at;
}

static bool scan_mark(scanner *s) {
    size_t start = s->at;
    int c = byte_at(s, start);
    size_t end = emoticon_end(s, start);
    if (end != 0) return emit(s, start, end, DK_TOKEN_EMOJI);
    if ((c == '@' || c == '#') && word_char(s, start + 1) != 0) {
        end = start + 1;
        while (byte_at(s, end) == '_' || inner_char(s, end) != 0) end += byte_at(s, end) == '_' ? 1 : inner_char(s, end);
        return emit(s, start, end, DK_TOKEN_NAME);
    }
    if (apostrophe(s, start) != 0 && !s->space && s->out->count > 0) {
        size_t from = clitic(s, start, start, &end); /* the 's of a word that ended in a mark: "Co.'s" */
        if (from == start && end > start) return emit(s, start, end, DK_TOKEN_WORD);
    }
    end = start + 1;
    while (end < s->len && byte_at(s, end) == c) end++; /* c may be NUL, as may what is behind the end */
    if (!emit(s, start, end, DK_TOKEN_PUNCT)) return false;
    if (c == '.' || c == '!' || c == '?') end_sentence(s);
    return true;
}

static bool scan_high(scanner *s) {
    unsigned size;
    uint32_t c = dk_utf8_decode(s->text, s->len, s->at, &size);
    switch (dk_utf8_class(c)) {
    case DK_CHAR_LETTER:
        if (dk_utf8_extends(c)) { /* a mark of nothing: it stands at the beginning or behind a space */
            s->at += size;
            return true;
        }
        return scan_word(s);
    case DK_CHAR_DIGIT: return scan_word(s);
    case DK_CHAR_EMOJI: return emit(s, s->at, emoji_end(s, s->at), DK_TOKEN_EMOJI);
    case DK_CHAR_SPACE:
        s->space = true;
        s->at += size;
        if (c == 0x2028 || c == 0x2029 || c == 0x85) end_sentence(s);
        return true;
    case DK_CHAR_JOINER: s->at += size; return true;
    default:
        if (!emit(s, s->at, s->at + size, DK_TOKEN_PUNCT)) return false;
        if (c == 0x2026) end_sentence(s);
        return true;
    }
}

dk_status dk_tokenize(dk_tokens *tokens, const char *text, size_t len, dk_error *err) {
    if (len >= UINT32_MAX) return dk_fail(err, DK_EDATA, "a comment of 4 GB or more cannot be read");
    scanner s = {.text = text, .len = len, .out = tokens, .begins = true};
    tokens->count = tokens->capitals = 0;
    while (s.at < len) {
        unsigned char c = (unsigned char)text[s.at];
        bool ok = true;
        switch (classes[c]) {
        case B_SPACE:
            if (c == '\n' || c == '\r') end_sentence(&s);
            s.space = true;
            s.at++;
            break;
        case B_ALPHA: ok = scan_plain_word(&s) || scan_word(&s); break;
        case B_DIGIT: ok = scan_word(&s); break;
        case B_PUNCT: ok = scan_plain_mark(&s) || scan_mark(&s); break;
        default: ok = scan_high(&s); break;
        }
        if (!ok) return dk_fail_memory(err);
    }
    if (tokens->count > 0) tokens->items[tokens->count - 1].flags |= DK_TOKEN_ENDS_SENTENCE;
    return DK_OK;
}
