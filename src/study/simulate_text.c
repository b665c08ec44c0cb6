#include "study/simulate_text.h"

static bool chance(dk_rng *rng, double p) { return dk_rng_unit(rng) < p; }

/* The first letter, ASCII or of the Latin-1 block in UTF-8, to lower or upper case. */
static void set_case(char *text, size_t len, bool upper) {
    unsigned char *p = (unsigned char *)text;
    if (len > 0 && upper && p[0] >= 'a' && p[0] <= 'z') p[0] -= 32;
    else if (len > 0 && !upper && p[0] >= 'A' && p[0] <= 'Z') p[0] += 32;
    else if (len > 1 && p[0] == 0xC3 && upper && p[1] >= 0xA0 && p[1] != 0xB7) p[1] -= 32;
    else if (len > 1 && p[0] == 0xC3 && !upper && p[1] >= 0x80 && p[1] < 0x9F && p[1] != 0x97) p[1] += 32;
}

static void lower_all(dk_buf *text) {
    for (size_t i = 0; i < text->len; i++) set_case(text->ptr + i, text->len - i, false);
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Two neighbouring letters swapped, or one left out, inside a longer word. */
static void mistype(dk_buf *text, dk_rng *rng) {
    enum { TRIES = 20, ROOM = 3 };
    for (int i = 0; i < TRIES && text->len > 12; i++) {
        size_t at = dk_rng_below(rng, text->len - 2 * ROOM) + ROOM;
        bool inside = true;
        for (size_t k = at - ROOM; k <= at + ROOM; k++) inside = inside && is_letter(text->ptr[k]);
        if (!inside || text->ptr[at] == text->ptr[at + 1]) continue;
        if (chance(rng, 0.5)) {
            char c = text->ptr[at];
            text->ptr[at] = text->ptr[at + 1];
            text->ptr[at + 1] = c;
        } else {
            memmove(text->ptr + at, text->ptr + at + 1, text->len - at - 1);
            text->len--;
        }
        return;
    }
}

static void put_link(dk_buf *out, dk_language language, bool contrast, dk_rng *rng, bool *new_sentence) {
    static const char *const but[] = {"", "men", "men", "but"}, *const and[] = {"", "och", "og", "and"};
    *new_sentence = false;
    if (contrast && chance(rng, 0.4)) {
        dk_buf_putf(out, "%s %s ", chance(rng, 0.5) ? "," : "", but[language]);
    } else if (!contrast && chance(rng, 0.25)) {
        dk_buf_putf(out, " %s ", and[language]);
    } else {
        dk_buf_puts(out, chance(rng, 0.12) ? "! " : chance(rng, 0.06) ? "\n" : ". ");
        *new_sentence = true;
    }
}

static void put_end(dk_buf *out, double mood, dk_rng *rng) {
    static const char *const glad[] = {" 😊", " 👍", " :-)", " ❤️", " 😀"}, *const cross[] = {" 😡", " 👎", " :(", " 😤", " 🙄"};
    double r = dk_rng_unit(rng);
    dk_buf_puts(out, r < 0.55 ? "." : r < 0.72 ? "!" : r < 0.76 ? "!!" : "");
    if (!chance(rng, 0.06)) return;
    if (mood > 0.3) dk_buf_puts(out, glad[dk_rng_below(rng, 5)]);
    else if (mood < -0.1) dk_buf_puts(out, cross[dk_rng_below(rng, 5)]);
}

void dk_simulate_comment(const dk_phrases *phrases, dk_language language, const dk_planted *const *said, size_t nsaid,
                         double mood, dk_rng *rng, dk_buf *out) {
    bool new_sentence = true;
    dk_buf_clear(out);
    if (chance(rng, 0.06)) dk_phrases_put(phrases, "opener", DK_SIGN_NEUTRAL, rng, out);
    if (out->len > 0) dk_buf_putc(out, ' ');
    for (size_t i = 0; i < nsaid; i++) {
        if (i > 0) put_link(out, language, said[i]->sign != said[i - 1]->sign, rng, &new_sentence);
        size_t from = out->len;
        dk_phrases_put(phrases, said[i]->theme, said[i]->sign, rng, out);
        if (out->len > from) set_case(out->ptr + from, out->len - from, new_sentence);
    }
    dk_sign sign = mood > 0.15 ? DK_SIGN_POSITIVE : mood < -0.15 ? DK_SIGN_NEGATIVE : DK_SIGN_NEUTRAL;
    if (nsaid == 0) {
        dk_phrases_put(phrases, "plain", sign, rng, out);
    } else if (chance(rng, 0.12) && dk_phrases_count(phrases, "closer", sign) > 0) {
        dk_buf_puts(out, ". ");
        dk_phrases_put(phrases, "closer", sign, rng, out);
    }
    put_end(out, mood, rng);
    if (chance(rng, 0.08)) lower_all(out);
    if (chance(rng, 0.08)) mistype(out, rng);
}
