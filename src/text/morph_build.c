/* What the dictionaries and the hand-written irregulars say, as pairs of word and record. */
#include "text/morph_build.h"

#include <stdio.h>
#include <stdlib.h>

#include "text/morph_script.h"
#include "text/utf8.h"

/* A class by its numbers, as a key that can be hashed. */
typedef struct class_key {
    uint32_t dictionary, prefix, inner, outer, properties;
} class_key;

typedef struct morph_builder build;

/* Appends text folded. Most dictionary words are folded already, and seeing that is cheap. */
static dk_status fold(dk_buf *out, dk_str text, dk_error *err) {
    size_t i = 0;
    for (; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c >= 'a' && c <= 'z') || c == '-') continue;
        /* U+00DF to U+00FF: the small letters of Latin-1 */
        if (c == 0xC3 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] >= 0x9F)
            i++;
        else
            break;
    }
    if (i < text.len) return dk_utf8_fold(out, text.ptr, text.len, err);
    dk_buf_put(out, text.ptr, text.len);
    return DK_OK;
}

/* The number of a class, which gets name (a NUL-ended text in b->name) when it is new. */
static dk_status add_class(build *b, const class_key *key, unsigned properties, uint16_t *out) {
    size_t before = b->class_keys.count;
    uint32_t id = dk_intern_add(&b->class_keys, (dk_str){(const char *)key, sizeof *key});
    if (id == DK_NO_ID) return dk_fail_memory(b->err);
    if (id > UINT16_MAX) return dk_fail(b->err, DK_EDATA, "a dictionary with too many kinds of forms");
    *out = (uint16_t)id;
    if (id < before) return DK_OK;
    if (!dk_grow(&b->classes, &b->class_cap, id + 1)) return dk_fail_memory(b->err);
    b->classes[id] = (morph_class){.name = (uint32_t)b->strings.len, .properties = (uint8_t)properties};
    dk_buf_putc(&b->strings, '\0');
    return dk_buf_status(&b->strings, b->err);
}

/* Writes the name of the class that was just added over its empty one. */
static dk_status name_class(build *b, const char *name) {
    b->strings.len--;
    dk_buf_put(&b->strings, name, strlen(name) + 1);
    size_t class = b->class_keys.count - 1, known = b->class_names.count;
    uint32_t id = dk_intern_add(&b->class_names, dk_str_from(name));
    if (id == DK_NO_ID || !dk_grow(&b->first_of_name, &b->name_cap, id + 1)) return dk_fail_memory(b->err);
    if (id == known) b->first_of_name[id] = (uint16_t) class;
    b->classes[class].feature = b->first_of_name[id];
    return dk_buf_status(&b->strings, b->err);
}

static dk_status class_of_form(build *b, const dk_affix_form *f, unsigned properties, uint16_t *out) {
    /* properties of compounding are part of the class, so that a form's set says what it may do */
    class_key key = {b->dictionary, f->prefix, f->inner, f->outer,
                     properties | (f->stem.len > 0 ? 1u << 16 : 0u)};
    size_t before = b->class_keys.count;
    dk_status status = add_class(b, &key, properties, out);
    if (status != DK_OK || *out < before) return status;
    char prefix[9] = "", inner[9] = "", outer[9] = "", name[48];
    if (f->prefix != 0) dk_affix_flag_text(b->affix, f->prefix, prefix);
    if (f->inner != 0) dk_affix_flag_text(b->affix, f->inner, inner);
    if (f->outer != 0) dk_affix_flag_text(b->affix, f->outer, outer);
    /* flags mean something else in each dictionary: its number stands before them */
    snprintf(name, sizeof name, "%s%s%u%s%s%s%s%s%s%s", properties & CLASS_NAME ? "^" : "",
             properties & CLASS_COMPOUND_ONLY ? "~" : "", (unsigned)b->dictionary, *prefix ? "<" : "", prefix,
             f->stem.len > 0 ? "st" : "", *inner ? ">" : "", inner, *outer ? ">" : "", outer);
    return name_class(b, name);
}

/* Notes that lemma has this form, and the other way round. */
static dk_status pair_up(build *b, dk_str lemma, dk_str form, uint16_t class, unsigned properties) {
    uint32_t down = morph_script_add(&b->scripts, form, lemma);
    if (down == DK_NO_ID) return dk_fail_memory(b->err);
    if (down > UINT16_MAX) return dk_fail(b->err, DK_EDATA, "a dictionary with too many ways to inflect");
    uint64_t form_hash = morph_hash(form.ptr, form.len), lemma_hash = morph_hash(lemma.ptr, lemma.len);
    map_builder_add(&b->forms, form_hash, down << 16 | class);
    if (properties & CLASS_COMPOUND_ONLY) return DK_OK;
    uint32_t up = morph_script_add(&b->scripts, lemma, form);
    if (up == DK_NO_ID) return dk_fail_memory(b->err);
    if (up > UINT16_MAX) return dk_fail(b->err, DK_EDATA, "a dictionary with too many ways to inflect");
    map_builder_add(&b->paradigms, lemma_hash, up << 16 | class);
    /* pairs come several times; seen keeps each once when the sums are made */
    map_builder_add(&b->seen, lemma_hash, form_hash);
    return DK_OK;
}

static bool has_capital(dk_str text) {
    unsigned size;
    uint32_t c = dk_utf8_decode(text.ptr, text.len, 0, &size);
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
}

static dk_status take_form(void *context, const dk_affix_form *f, dk_error *err) {
    build *b = context;
    if (memchr(f->form.ptr, ' ', f->form.len) != NULL || f->form.len > DK_MORPH_WORD_MAX) return DK_OK;
    dk_buf_clear(&b->form);
    dk_status status = fold(&b->form, f->form, err);
    if (status != DK_OK) return status;
    if (f->properties & DK_AFFIX_FORBIDDEN)
        return dk_intern_add(&b->forbidden, (dk_str){b->form.ptr, b->form.len}) == DK_NO_ID
                   ? dk_fail_memory(err)
                   : DK_OK;
    dk_buf_clear(&b->lemma);
    if (f->stem.len > 0) {
        status = fold(&b->lemma, f->stem, err);
    } else {
        dk_buf_put(&b->lemma, b->form.ptr, f->prefix_len);
        status =
            fold(&b->lemma, (dk_str){f->entry.ptr + f->prefix_strip, f->entry.len - f->prefix_strip}, err);
    }
    if (status != DK_OK) return status;
    unsigned properties = (f->properties & DK_AFFIX_ONLY_COMPOUND ? CLASS_COMPOUND_ONLY : 0u) |
                          (f->properties & DK_AFFIX_BEGIN ? CLASS_BEGIN : 0u) |
                          (f->properties & DK_AFFIX_END ? CLASS_END : 0u);
    dk_str form = {b->form.ptr, b->form.len}, lemma = {b->lemma.ptr, b->lemma.len};
    if (form.len == 0 || lemma.len == 0 || lemma.len > DK_MORPH_WORD_MAX) return DK_OK;
    /* an entry such as -årig or børne- is half of a compound */
    if (*form.ptr == '-' && *lemma.ptr == '-' && form.len > 1 && lemma.len > 1) {
        form.ptr++, form.len--;
        lemma.ptr++, lemma.len--;
        properties |= CLASS_COMPOUND_ONLY | CLASS_END;
    }
    if (lemma.len > 1 && lemma.ptr[lemma.len - 1] == '-') {
        lemma.len--;
        if (form.len > 1 && form.ptr[form.len - 1] == '-') form.len--;
        properties |= CLASS_COMPOUND_ONLY | CLASS_BEGIN;
    }
    if (has_capital(f->entry)) properties |= CLASS_NAME;
    if (f->prefix == 0 && f->inner == 0 && f->stem.len == 0) properties |= CLASS_ENTRY;
    if ((properties & (CLASS_ENTRY | CLASS_NAME | CLASS_COMPOUND_ONLY)) == CLASS_ENTRY && form.len >= 6 &&
        dk_intern_add(&b->entries, form) == DK_NO_ID)
        return dk_fail_memory(err);
    uint16_t class;
    status = class_of_form(b, f, properties, &class);
    if (status == DK_OK) status = pair_up(b, lemma, form, class, properties);
    /* an entry that is itself an irregular form (men, fødder) inflects on for its true lemma: mens, føddernes */
    uint32_t id = dk_intern_find(&b->hand_forms, lemma);
    if (status != DK_OK || id == DK_NO_ID || properties & (CLASS_COMPOUND_ONLY | CLASS_NAME)) return status;
    return pair_up(b, b->hand[id].lemma, form, b->hand[id].class, 0);
}

static dk_status read_dictionaries(build *b) {
    const morph_sources *s = b->sources;
    dk_status status = DK_OK;
    for (int d = 0; status == DK_OK && d < s->ndictionaries; d++) {
        dk_affix *affix;
        dk_str aff = {s->aff[d].text.ptr, s->aff[d].text.len}, dic = {s->dic[d].text.ptr, s->dic[d].text.len};
        status = dk_affix_parse(&affix, s->aff[d].path, aff, b->err);
        if (status != DK_OK) return status;
        b->affix = affix;
        b->dictionary = (uint32_t)d;
        status = dk_affix_expand(affix, dic, take_form, b, NULL, b->err);
        dk_affix_free(affix);
    }
    return status;
}

static dk_status read_counts(build *b) {
    morph_line line;
    for (size_t at = 0; morph_next_line(&b->sources->words, "word", &at, &line);) {
        int64_t count;
        dk_status status = morph_number(&line, 1, 0, 100 * 1000 * 1000, &count, b->err);
        if (status != DK_OK) return status;
        map_builder_add(&b->counts, morph_hash(line.columns[0].ptr, line.columns[0].len), (uint32_t)count);
    }
    return DK_OK;
}

/* The next word of a list separated by blanks. */
static dk_str next_item(dk_str *list) {
    while (list->len > 0 && *list->ptr == ' ') list->ptr++, list->len--;
    dk_str item = {list->ptr, 0};
    while (item.len < list->len && item.ptr[item.len] != ' ') item.len++;
    list->ptr += item.len;
    list->len -= item.len;
    return item;
}

/* irregular_XX.tsv: a lemma, its word class and its forms: each form gets the lemma as a candidate of that class. */
static dk_status read_irregulars(build *b) {
    static const char *const names[] = {"other", "noun", "verb", "adjective"};
    static const uint8_t classes[] = {DK_WORD_OTHER, DK_WORD_NOUN, DK_WORD_VERB, DK_WORD_ADJECTIVE};
    morph_line line;
    for (size_t at = 0; morph_next_line(&b->sources->irregulars, "lemma", &at, &line);) {
        uint32_t kind = 0;
        while (line.ncolumns > 2 && kind < 4 && !dk_str_is(line.columns[1], names[kind])) kind++;
        if (line.ncolumns < 3 || kind == 4)
            return dk_fail_at(b->err, DK_EDATA, line.file, line.number, 0,
                              "expected a lemma, its class (noun, verb, adjective, other) and its forms");
        class_key key = {UINT32_MAX, kind, 0, 0, 0};
        size_t before = b->class_keys.count;
        uint16_t class;
        dk_status status =
            add_class(b, &key, CLASS_BEGIN | CLASS_END | (kind == 1 ? CLASS_HAND_NOUN : 0u), &class);
        if (status == DK_OK && class == before) {
            char name[24];
            snprintf(name, sizeof name, "hand:%s", names[kind]);
            status = name_class(b, name);
            b->classes[class].word_class = classes[kind];
        }
        dk_str forms = line.columns[2], form;
        while (status == DK_OK && (form = next_item(&forms)).len > 0) {
            status = pair_up(b, line.columns[0], form, class, 0);
            uint32_t id = dk_intern_add(&b->hand_forms, form);
            if (id == DK_NO_ID || !dk_grow(&b->hand, &b->hand_cap, id + 1)) return dk_fail_memory(b->err);
            b->hand[id] = (struct hand){line.columns[0], class};
        }
        if (status != DK_OK) return status;
    }
    return DK_OK;
}

/* How often the forms of each lemma occur in all. */
static dk_status sum_mass(build *b) {
    dk_status status =
        map_builder_sort(&b->seen, false, b->err); /* a pair that several rules make counts once */
    if (status != DK_OK) return status;
    size_t n = 1;
    while (n < 2 * b->counts.count + 2) n *= 2;
    map_pair *table = calloc(n, sizeof *table); /* value is 0 in an empty slot; words that never occur do not count */
    if (table == NULL) return dk_fail_memory(b->err);
    for (size_t i = 0; i < b->counts.count; i++) {
        size_t at = b->counts.pairs[i].hash & (n - 1);
        while (table[at].value != 0) at = (at + 1) & (n - 1);
        table[at] = b->counts.pairs[i];
    }
    for (size_t i = 0; i < b->seen.count; i++) {
        uint64_t form = b->seen.pairs[i].value;
        for (size_t at = form & (n - 1); table[at].value != 0; at = (at + 1) & (n - 1))
            if (table[at].hash == form) {
                map_builder_add(&b->mass, b->seen.pairs[i].hash, table[at].value);
                break;
            }
    }
    free(table);
    return b->mass.failed ? dk_fail_memory(b->err) : DK_OK;
}

dk_status morph_build(const morph_sources *sources, dk_buf *image, dk_error *err) {
    build b = {.sources = sources, .err = err};
    dk_intern_init(&b.scripts);
    dk_intern_init(&b.class_keys);
    dk_intern_init(&b.class_names);
    dk_intern_init(&b.forbidden);
    dk_intern_init(&b.hand_forms);
    dk_intern_init(&b.entries);
    dk_buf_clear(image);
    dk_status status =
        dk_intern_add(&b.scripts, (dk_str){">", 1}) == 0 ? DK_OK : dk_fail_memory(err); /* script 0 */
    if (status == DK_OK) status = read_counts(&b);
    if (status == DK_OK) status = read_irregulars(&b);
    if (status == DK_OK) status = read_dictionaries(&b);
    if (status == DK_OK) status = sum_mass(&b);
    if (status == DK_OK) status = morph_write(&b, image);
    map_builder *maps[] = {&b.forms, &b.paradigms, &b.irregulars, &b.suffixes, &b.counts,
                           &b.mass,  &b.seen,      &b.families,   &b.parts,    &b.listed};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) map_builder_dispose(maps[i]);
    dk_intern *interns[] = {&b.scripts,   &b.class_keys, &b.class_names,
                            &b.forbidden, &b.hand_forms, &b.entries};
    for (size_t i = 0; i < sizeof interns / sizeof *interns; i++) dk_intern_dispose(interns[i]);
    dk_buf *bufs[] = {&b.strings, &b.form, &b.lemma};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) dk_buf_dispose(bufs[i]);
    free(b.classes);
    free(b.hand);
    free(b.first_of_name);
    return status;
}
