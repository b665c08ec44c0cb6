#include "tag/forms.h"

#include <stdlib.h>

#include "base/hash.h"
#include "text/utf8.h"

enum { FIRST_SLOTS = 1 << 14, FORMS_MAX = 500 * 1000, ARENA_MAX = 96 << 20 };

static const dk_word nothing;

static dk_status begin(dk_forms *f, dk_error *err) {
    if (!dk_grow(&f->forms, &f->cap, 1)) return dk_fail_memory(err);
    memset(&f->forms[0], 0, sizeof f->forms[0]);
    for (int i = 0; i < DK_LANGUAGES; i++) f->forms[0].word[i] = &nothing;
    f->forms[0].folded = dk_str_from("");
    f->count = 1;
    return DK_OK;
}

dk_status dk_forms_init(dk_forms *f, const dk_language_model *model, dk_error *err) {
    memset(f, 0, sizeof *f);
    f->language_model = model;
    f->slots = calloc(FIRST_SLOTS, sizeof *f->slots);
    if (f->slots == NULL) return dk_fail_memory(err);
    f->nslots = FIRST_SLOTS;
    return begin(f, err);
}

void dk_forms_dispose(dk_forms *f) {
    free(f->slots);
    free(f->forms);
    dk_arena_dispose(&f->arena);
    dk_buf_dispose(&f->scratch);
}

dk_status dk_forms_trim(dk_forms *f, dk_error *err) {
    if (f->count < FORMS_MAX && (f->count & 1023 || dk_arena_held(&f->arena) < ARENA_MAX)) return DK_OK;
    memset(f->slots, 0, f->nslots * sizeof *f->slots);
    dk_arena_reset(&f->arena);
    f->counts.resets++;
    return begin(f, err);
}

static bool grow_slots(dk_forms *f) {
    size_t n = f->nslots * 2;
    form_slot *slots = calloc(n, sizeof *slots);
    if (slots == NULL) return false;
    for (size_t i = 0; i < f->nslots; i++) {
        if (f->slots[i].form == 0) continue;
        size_t at = f->slots[i].hash & (n - 1);
        while (slots[at].form != 0) at = (at + 1) & (n - 1);
        slots[at] = f->slots[i];
    }
    free(f->slots);
    f->slots = slots;
    f->nslots = n;
    return true;
}

/* Makes the record of a form that is met for the first time. */
static dk_status add_form(dk_forms *f, dk_str text, dk_token_kind kind, dk_error *err) {
    if (!dk_grow(&f->forms, &f->cap, f->count + 1)) return dk_fail_memory(err);
    dk_form *form = &f->forms[f->count];
    memset(form, 0, sizeof *form);
    form->kind = (uint8_t)kind;
    dk_buf_clear(&f->scratch);
    dk_status status = dk_utf8_fold(&f->scratch, text.ptr, text.len, err);
    if (status != DK_OK) return status;
    char *copy = dk_arena_strdup(&f->arena, f->scratch.ptr, f->scratch.len);
    if (copy == NULL) return dk_fail_memory(err);
    form->folded = (dk_str){copy, f->scratch.len};
    if (f->language_model != NULL && kind == DK_TOKEN_WORD)
        form->speaks = dk_language_score(f->language_model, form->folded, form->language);
    f->count++;
    f->counts.forms++;
    return DK_OK;
}

static inline uint64_t hash_of(const char *text, size_t len, uint8_t kind) {
    uint64_t h = dk_hash(text, len);
    return kind == DK_TOKEN_WORD ? h : h ^ (uint64_t)kind * 0x9E3779B97F4A7C15ull;
}

dk_status dk_forms_look_up(dk_forms *f, const char *text, dk_tokens *tokens, dk_error *err) {
    enum { AHEAD = 8 };
    uint64_t hashes[AHEAD];
    size_t n = tokens->count;
    for (size_t i = 0; i < n && i < AHEAD; i++) {
        const dk_token *t = &tokens->items[i];
        hashes[i] = hash_of(text + t->start, t->end - t->start, t->kind);
        __builtin_prefetch(&f->slots[hashes[i] & (f->nslots - 1)]);
    }
    for (size_t i = 0; i < n; i++) {
        dk_token *t = &tokens->items[i];
        dk_str raw = {text + t->start, t->end - t->start};
        uint64_t hash = hashes[i % AHEAD];
        if (i + AHEAD < n) {
            const dk_token *later = &tokens->items[i + AHEAD];
            uint64_t h = hash_of(text + later->start, later->end - later->start, later->kind);
            hashes[i % AHEAD] = h;
            __builtin_prefetch(&f->slots[h & (f->nslots - 1)]);
        }
        if (DK_UNLIKELY(raw.len > DK_FORM_MAX)) {
            t->form = 0;
            continue;
        }
        size_t mask = f->nslots - 1, at = hash & mask;
        form_slot *s;
        for (;; at = (at + 1) & mask) {
            s = &f->slots[at];
            if (s->form == 0) break;
            if (s->hash == hash && s->len == raw.len && memcmp(s->text, raw.ptr, raw.len) == 0) break;
        }
        if (s->form == 0) {
            if (f->count * 2 > f->nslots) {
                if (!grow_slots(f)) return dk_fail_memory(err);
                mask = f->nslots - 1;
                for (at = hash & mask; f->slots[at].form != 0;) at = (at + 1) & mask;
                s = &f->slots[at];
            }
            char *copy = dk_arena_strdup(&f->arena, raw.ptr, raw.len);
            if (copy == NULL) return dk_fail_memory(err);
            dk_status status = add_form(f, raw, (dk_token_kind)t->kind, err);
            if (status != DK_OK) return status;
            *s = (form_slot){hash, copy, (uint32_t)raw.len, (uint32_t)f->count};
        } else {
            f->counts.hits++;
        }
        t->form = s->form - 1;
    }
    f->counts.tokens += n;
    return DK_OK;
}

dk_status dk_forms_word(dk_forms *f, uint32_t number, const dk_index *index, dk_language language,
                        dk_regex_scratch *scratch, const dk_word **word, dk_error *err) {
    dk_form *form = &f->forms[number];
    if (DK_LIKELY(form->word[language] != NULL)) {
        *word = form->word[language];
        return DK_OK;
    }
    dk_word found;
    dk_status status =
        dk_index_analyse(index, scratch, form->folded, (dk_token_kind)form->kind, &f->arena, &found, err);
    if (status != DK_OK) return status;
    f->counts.analysed++;
    if (found.nhooks == 0) {
        form->word[language] = &nothing;
    } else {
        dk_word *kept = dk_arena_alloc(&f->arena, sizeof *kept);
        if (kept == NULL) return dk_fail_memory(err);
        *kept = found;
        form->word[language] = kept;
    }
    *word = form->word[language];
    return DK_OK;
}
