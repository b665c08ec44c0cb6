#include "tag/forms.h"

#include <stdlib.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/bytes.h"
#include "base/hash.h"
#include "base/pages.h"
#include "text/utf8.h"

enum { FIRST_BITS = 14, SHORT = 16, SPELT_MAX = 600 * 1000, ARENA_MAX = 96 << 20, CHUNK = 32 };

static const dk_word nothing;

/* Room for one form more. */
static bool grow_forms(dk_forms *f) {
    if (f->count < f->cap) return true;
    size_t cap = f->cap == 0 ? 4096 : f->cap * 2;
    dk_form *forms = dk_pages_alloc(cap * sizeof *forms);
    dk_str *folded = malloc(cap * sizeof *folded);
    if (forms == NULL || folded == NULL) {
        free(forms);
        free(folded);
        return false;
    }
    if (f->count > 0) {
        memcpy(forms, f->forms, f->count * sizeof *forms);
        memcpy(folded, f->folded, f->count * sizeof *folded);
    }
    free(f->forms);
    free(f->folded);
    f->forms = forms;
    f->folded = folded;
    f->cap = cap;
    return true;
}

static dk_status begin(dk_forms *f, dk_error *err) {
    f->count = f->nspelt = 0;
    if (!grow_forms(f)) return dk_fail_memory(err);
    memset(&f->forms[0], 0, sizeof f->forms[0]);
    for (int i = 0; i < DK_LANGUAGES - 1; i++) {
        f->forms[0].words[i] = &nothing;
        f->forms[0].flags[i] = DK_FORM_MET;
    }
    f->forms[0].kind = DK_TOKEN_PUNCT;
    f->folded[0] = dk_str_from("");
    f->count = f->nscored = 1;
    return DK_OK;
}

dk_status dk_forms_init(dk_forms *f, const dk_language_model *model, dk_error *err) {
    memset(f, 0, sizeof *f);
    f->language_model = model;
    f->slots = calloc((size_t)1 << FIRST_BITS, sizeof *f->slots);
    if (f->slots == NULL) return dk_fail_memory(err);
    f->nslots = (size_t)1 << FIRST_BITS;
    f->shift = 64 - FIRST_BITS;
    return begin(f, err);
}

void dk_forms_dispose(dk_forms *f) {
    free(f->slots);
    free(f->forms);
    free(f->folded);
    dk_arena_dispose(&f->arena);
    dk_buf_dispose(&f->scratch);
}

dk_status dk_forms_trim(dk_forms *f, dk_error *err) {
    if (DK_LIKELY(f->nspelt < SPELT_MAX && ((f->count & 1023) != 0 || dk_arena_held(&f->arena) < ARENA_MAX))) return DK_OK;
    memset(f->slots, 0, f->nslots * sizeof *f->slots);
    dk_arena_reset(&f->arena);
    f->counts.resets++;
    return begin(f, err);
}

/* Where a spelling belongs: the high bits of a product. */
static inline size_t home_of(uint64_t low, uint64_t high, uint32_t meta, unsigned shift) {
    uint64_t h = low * UINT64_C(0xBF58476D1CE4E5B9) ^ (high + meta) * UINT64_C(0x94D049BB133111EB);
    return (size_t)((h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> shift);
}

static bool grow_slots(dk_forms *f) {
    size_t n = f->nslots * 2;
    dk_form_slot *slots = dk_pages_alloc(n * sizeof *slots);
    if (slots == NULL) return false;
    memset(slots, 0, n * sizeof *slots);
    f->shift--;
    for (size_t i = 0; i < f->nslots; i++) {
        const dk_form_slot *old = &f->slots[i];
        if (old->form == 0) continue;
        size_t at = home_of(old->low, old->high, old->meta, f->shift);
        while (slots[at].form != 0) at = (at + 1) & (n - 1);
        slots[at] = *old;
    }
    free(f->slots);
    f->slots = slots;
    f->nslots = n;
    return true;
}

/* The first len of sixteen bytes as numbers, the others zero. */
static inline void first_bytes(const char *text, size_t len, dk_spelt *s) {
#if defined(__SSE2__)
    static const uint8_t keep[2 * SHORT] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    __m128i v = _mm_and_si128(_mm_loadu_si128((const __m128i *)(const void *)text),
                              _mm_loadu_si128((const __m128i *)(const void *)(keep + SHORT - len)));
    s->low = (uint64_t)_mm_cvtsi128_si64(v);
    s->high = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v));
#else
    uint64_t low = dk_load_8(text), high = dk_load_8(text + 8);
    s->low = len >= 8 ? low : low & ((UINT64_C(1) << 8 * len) - 1);
    s->high = len <= 8 ? 0 : len == 16 ? high : high & ((UINT64_C(1) << 8 * (len - 8)) - 1);
#endif
}

/* The spelling of len bytes at a place behind which `more` bytes may be read. The kind takes part: "10" may be a number, or a word
   by a lexicon's will. */
static inline dk_spelt spelling_of(const char *text, size_t len, size_t more, unsigned kind) {
    if (DK_UNLIKELY(len > SHORT)) {
        XXH128_hash_t h = XXH3_128bits(text, len);
        return (dk_spelt){h.low64, h.high64, kind << 8 | 255};
    }
    dk_spelt s = {0, 0, kind << 8 | (uint32_t)len};
    if (DK_LIKELY(more >= SHORT)) {
        first_bytes(text, len, &s);
    } else {
        char copy[SHORT] = {0};
        memcpy(copy, text, len);
        first_bytes(copy, len, &s);
    }
    return s;
}

/* The slot that holds a spelling, or the empty one where it belongs. */
static inline dk_form_slot *find_slot_from(const dk_forms *f, dk_spelt s, size_t at) {
    size_t mask = f->nslots - 1;
    for (;; at = (at + 1) & mask) {
        dk_form_slot *slot = &f->slots[at];
        if (DK_LIKELY(slot->low == s.low && slot->high == s.high && slot->meta == s.meta && slot->form != 0)) return slot;
        if (slot->form == 0) return slot;
    }
}

static dk_form_slot *find_slot(const dk_forms *f, dk_spelt s) {
    return find_slot_from(f, s, home_of(s.low, s.high, s.meta, f->shift));
}

static bool add_spelling(dk_forms *f, dk_spelt s, uint32_t form) {
    if (4 * f->nspelt >= 3 * f->nslots && !grow_slots(f)) return false;
    *find_slot(f, s) = (dk_form_slot){s.low, s.high, s.meta, form + 1};
    f->nspelt++;
    return true;
}

/* Takes a spelling that is met for the first time: as another way to write a form that is known, or as a new form. */
static dk_status add_new(dk_forms *f, dk_spelt raw, dk_str text, unsigned kind, uint32_t *form, dk_error *err) {
    dk_buf_clear(&f->scratch);
    dk_status status = dk_utf8_fold(&f->scratch, text.ptr, text.len, err);
    if (status != DK_OK) return status;
    f->counts.spelt++;
    dk_str folded = {f->scratch.ptr, f->scratch.len};
    dk_spelt plain = spelling_of(folded.ptr, folded.len, folded.len, kind);
    bool written_plain = plain.low == raw.low && plain.high == raw.high && plain.meta == raw.meta;
    const dk_form_slot *known = find_slot(f, plain);
    if (known->form != 0) {
        *form = known->form - 1;
        return written_plain || add_spelling(f, raw, *form) ? DK_OK : dk_fail_memory(err);
    }
    char *copy = dk_arena_strdup(&f->arena, folded.ptr, folded.len);
    if (copy == NULL || !grow_forms(f)) return dk_fail_memory(err);
    *form = (uint32_t)f->count++;
    dk_form *new = &f->forms[*form];
    memset(new, 0, sizeof *new);
    new->kind = (uint8_t)kind;
    f->folded[*form] = (dk_str){copy, folded.len};
    f->counts.forms++;
    if (!add_spelling(f, plain, *form)) return dk_fail_memory(err);
    return written_plain || add_spelling(f, raw, *form) ? DK_OK : dk_fail_memory(err);
}

/* Looks up tokens first..end-1, at most CHUNK: first their places are fetched, then they are read. */
static dk_status look_up_chunk(dk_forms *f, dk_str text, dk_token *tokens, size_t n, dk_error *err) {
    dk_spelt spelt[CHUNK];
    uint32_t homes[CHUNK];
    for (size_t i = 0; i < n; i++) {
        size_t start = tokens[i].start;
        spelt[i] = spelling_of(text.ptr + start, tokens[i].end - start, text.len - start, tokens[i].kind);
        homes[i] = (uint32_t)home_of(spelt[i].low, spelt[i].high, spelt[i].meta, f->shift);
        __builtin_prefetch(&f->slots[homes[i]]);
    }
    unsigned shift = f->shift; /* of the homes */
    for (size_t i = 0; i < n; i++) {
        dk_token *t = &tokens[i];
        if (DK_UNLIKELY((spelt[i].meta & 255) == 255) && t->end - t->start > DK_FORM_MAX) {
            t->form = 0;
            continue;
        }
        const dk_form_slot *slot = DK_LIKELY(f->shift == shift) ? find_slot_from(f, spelt[i], homes[i]) : find_slot(f, spelt[i]);
        t->form = slot->form - 1;
        if (DK_UNLIKELY(slot->form == 0)) {
            dk_status status = add_new(f, spelt[i], (dk_str){text.ptr + t->start, t->end - t->start}, t->kind, &t->form, err);
            if (status != DK_OK) return status;
        }
        __builtin_prefetch(&f->forms[t->form]);
    }
    return DK_OK;
}

dk_status dk_forms_look_up(dk_forms *f, dk_str text, dk_tokens *tokens, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < tokens->count; i += CHUNK) {
        size_t n = tokens->count - i;
        status = look_up_chunk(f, text, tokens->items + i, n < CHUNK ? n : CHUNK, err);
    }
    f->counts.tokens += tokens->count;
    return status;
}

void dk_forms_score(dk_forms *f) {
    enum { TOGETHER = 32 };
    dk_str words[TOGETHER];
    uint32_t numbers[TOGETHER];
    bool speak[TOGETHER];
    int32_t scores[TOGETHER][DK_LANGUAGE_CLASSES];
    while (f->nscored < f->count) {
        size_t n = 0;
        for (; f->nscored < f->count && n < TOGETHER; f->nscored++) {
            if (f->forms[f->nscored].kind != DK_TOKEN_WORD) continue;
            numbers[n] = (uint32_t)f->nscored;
            words[n++] = f->folded[f->nscored];
        }
        dk_language_score_all(f->language_model, words, n, scores, speak);
        for (size_t i = 0; i < n; i++) {
            dk_form *form = &f->forms[numbers[i]];
            form->speaks = speak[i];
            for (int c = 0; c < DK_LANGUAGE_CLASSES; c++) {
                int32_t v = scores[i][c];
                form->language[c] = (int16_t)(v > INT16_MAX ? INT16_MAX : v < -INT16_MAX ? -INT16_MAX : v);
            }
        }
    }
}

dk_status dk_forms_analyse(dk_forms *f, uint32_t number, const dk_index *index, dk_language language,
                           dk_regex_scratch *scratch, dk_bases *bases, dk_error *err) {
    dk_form *form = &f->forms[number];
    dk_word found;
    dk_status status =
        dk_index_analyse(index, scratch, f->folded[number], (dk_token_kind)form->kind, &f->arena, &found, bases, err);
    if (status != DK_OK) return status;
    f->counts.analysed++;
    form->flags[language - 1] = (uint8_t)(DK_FORM_MET | (found.nalone > 0 || found.gaps ? DK_FORM_SPEAKS : 0) |
                                          (found.nstarts > 0 ? DK_FORM_BEGINS : 0) | (found.nhooks > 0 ? DK_FORM_GOES_ON : 0) |
                                          (found.patterns != NULL ? DK_FORM_PATTERNS : 0));
    if (found.nhooks == 0 && found.patterns == NULL) {
        form->words[language - 1] = &nothing;
        return DK_OK;
    }
    dk_word *kept = dk_arena_alloc(&f->arena, sizeof *kept);
    if (kept == NULL) return dk_fail_memory(err);
    *kept = found;
    form->words[language - 1] = kept;
    return DK_OK;
}
