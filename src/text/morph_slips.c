/* The words one slip away from a form: their hashes come of the sums of its parts, so that a text is made only of what is a word. */
#include "text/morph_form.h"
#include "text/morph_image.h"

/* Where the letter that begins at byte `at` ends. */
static size_t behind_letter(const morph_word *w, size_t at) {
    for (at++; at < w->len && ((unsigned char)w->text[at] & 0xC0) == 0x80;) at++;
    return at;
}

/* The sum of text[from..to-1]. */
static uint64_t sum_between(const morph_word *w, size_t from, size_t to) {
    return w->behind[from] - w->power[to - from] * w->behind[to];
}

/* Whether it is a word in use. */
static bool in_use(const dk_morph *m, uint64_t sum, double least) {
    uint64_t hash = morph_mix(sum);
    if (!morph_may_know(m, hash) || !(morph_info_of(m, hash)->flags & INFO_KNOWN)) return false;
    uint32_t count = morph_map_find(m, MAP_COUNTS, hash);
    return count != UINT32_MAX && count / 100.0 >= least;
}

static void write_without(const morph_word *w, size_t at, size_t next, dk_slip *slip) {
    slip->len = w->len - (next - at);
    memcpy(slip->text, w->text, at);
    memcpy(slip->text + at, w->text + next, w->len - next);
}

static void write_swapped(const morph_word *w, size_t at, size_t next, size_t after, dk_slip *slip) {
    slip->len = w->len;
    memcpy(slip->text, w->text, at);
    memcpy(slip->text + at, w->text + next, after - next);
    memcpy(slip->text + at + (after - next), w->text + at, next - at);
    memcpy(slip->text + after, w->text + after, w->len - after);
}

bool dk_morph_form_next_slip(const dk_morph_form *f, double least, dk_slip *slip) {
    const morph_word *w = &f->word;
    if (f->morph == NULL) return false;
    bool without_done = slip->begun && !slip->swapped;
    size_t at = !slip->begun ? 0 : slip->swapped ? behind_letter(w, slip->at) : slip->at;
    slip->begun = true;
    for (size_t next; at < w->len; at = next) {
        next = behind_letter(w, at);
        slip->at = at;
        slip->swapped = false;
        if (!without_done && in_use(f->morph, w->before[at] + w->power[at] * w->behind[next], least)) {
            write_without(w, at, next, slip);
            return true;
        }
        without_done = false;
        if (next == w->len) return false;
        size_t after = behind_letter(w, next);
        uint64_t swapped = sum_between(w, next, after) + w->power[after - next] * sum_between(w, at, next) +
                           w->power[after - at] * w->behind[after];
        if (in_use(f->morph, w->before[at] + w->power[at] * swapped, least)) {
            slip->swapped = true;
            write_swapped(w, at, next, after, slip);
            return true;
        }
    }
    return false;
}
