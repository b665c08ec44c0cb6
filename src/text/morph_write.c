/* What the learned models say, and the image of it all. */
#include <stdio.h>
#include <stdlib.h>

#include "text/compound.h"
#include "text/morph_build.h"
#include "text/morph_rank.h"
#include "text/morph_script.h"

typedef struct morph_builder build;

typedef struct model {
    dk_intern names; /* of weights */
    int32_t *values;
    size_t value_cap;
    int32_t split[MORPH_SPLIT_FEATURES];
} model;

static dk_status read_weight(build *b, model *m, const morph_line *line) {
    int64_t value;
    dk_status status = morph_number(line, 2, -1000000, 1000000, &value, b->err);
    if (status != DK_OK) return status;
    uint32_t id = dk_intern_add(&m->names, line->columns[1]);
    if (id == DK_NO_ID || !dk_grow(&m->values, &m->value_cap, id + 1)) return dk_fail_memory(b->err);
    m->values[id] = (int32_t)value;
    return DK_OK;
}

static dk_status read_script(build *b, dk_str text, const morph_line *line, int column, uint32_t *script) {
    dk_str strip, add;
    if (!morph_script_parse(text, &strip, &add))
        return dk_fail_at(b->err, DK_EDATA, line->file, line->number, column,
                          "expected a script such as ies>y");
    *script = dk_intern_add(&b->scripts, text);
    if (*script == DK_NO_ID) return dk_fail_memory(b->err);
    return *script <= UINT16_MAX ? DK_OK : dk_fail(b->err, DK_EDATA, "too many scripts");
}

/* Notes a word of the model in a role of compounds. */
static void add_part(build *b, char side, dk_str word, uint32_t value) {
    uint64_t hash = morph_hash(word.ptr, word.len);
    map_builder_add(&b->parts, morph_part_of(side, hash), value);
    map_builder_add(&b->listed, hash, 0);
}

static dk_status read_model_line(build *b, model *m, const morph_line *line) {
    dk_str kind = line->columns[0];
    uint32_t script = 0;
    int64_t value;
    if (line->ncolumns >= 3 && dk_str_is(kind, "weight")) return read_weight(b, m, line);
    if (line->ncolumns >= 3 && dk_str_is(kind, "split")) {
        dk_status status = morph_number(line, 2, -1000000, 1000000, &value, b->err);
        if (status != DK_OK) return status;
        for (unsigned i = 0; i < MORPH_SPLIT_FEATURES; i++)
            if (dk_str_is(line->columns[1], morph_split_feature_name(i))) {
                m->split[i] = (int32_t)value;
                return DK_OK;
            }
        return dk_fail_at(b->err, DK_EDATA, line->file, line->number, 7, "no such feature of splitting");
    }
    if (line->ncolumns >= 4 && dk_str_is(kind, "part")) { /* left or head, the word, its weight */
        dk_status status = morph_number(line, 3, -1000000, 1000000, &value, b->err);
        if (status != DK_OK) return status;
        char side = dk_str_is(line->columns[1], "head") ? 'h' : 'l';
        add_part(b, side, line->columns[2], (uint32_t)(value + PART_WEIGHT_OFFSET));
        return DK_OK;
    }
    if (line->ncolumns >= 4 && dk_str_is(kind, "form")) { /* form, lemma, confidence in thousandths */
        dk_status status = morph_number(line, 3, 0, 1000, &value, b->err);
        if (status != DK_OK) return status;
        script = morph_script_add(&b->scripts, line->columns[1], line->columns[2]);
        if (script == DK_NO_ID) return dk_fail_memory(b->err);
        if (script > UINT16_MAX) return dk_fail(b->err, DK_EDATA, "too many scripts");
        uint64_t hash = morph_hash(line->columns[1].ptr, line->columns[1].len);
        map_builder_add(&b->irregulars, hash, script << 16 | (uint32_t)value);
        map_builder_add(&b->listed, hash, 0);
        return DK_OK;
    }
    if (line->ncolumns >= 4 && dk_str_is(kind, "rule")) { /* ending, script, -1000 log2 of its probability */
        dk_status status = morph_number(line, 3, 0, UINT16_MAX, &value, b->err);
        if (status == DK_OK)
            status = read_script(b, line->columns[2], line, (int)line->columns[1].len + 7, &script);
        if (status != DK_OK) return status;
        map_builder_add(&b->suffixes, morph_hash(line->columns[1].ptr, line->columns[1].len),
                        script << 16 | (uint32_t)value);
        return DK_OK;
    }
    return dk_fail_at(b->err, DK_EDATA, line->file, line->number, 1,
                      "expected weight, split, form or rule with its columns");
}

static dk_status read_model(build *b, model *m) {
    const morph_file *files[] = {&b->sources->lemmas, &b->sources->compounds};
    morph_line line;
    for (int i = 0; i < 2; i++)
        for (size_t at = 0; morph_next_line(files[i], "kind", &at, &line);) {
            dk_status status = read_model_line(b, m, &line);
            if (status != DK_OK) return status;
        }
    return DK_OK;
}

/* simple_XX.tsv: words that are never split. */
static void read_simple(build *b) {
    morph_line line;
    for (size_t at = 0; morph_next_line(&b->sources->simple, "word", &at, &line);)
        add_part(b, 's', line.columns[0], 1);
}

static int32_t weight_of(const model *m, const char *kind, const char *name) {
    char text[320];
    int n = snprintf(text, sizeof text, "%s%s", kind, name);
    if (n < 0 || (size_t)n >= sizeof text) return 0;
    uint32_t id = dk_intern_find(&m->names, (dk_str){text, (size_t)n});
    return id != DK_NO_ID ? m->values[id] : 0;
}

/* ---- Writing ------------------------------------------------------------------------------------------ */

static dk_status write_scripts(build *b, dk_buf *out, morph_image *head) {
    head->nscripts = b->scripts.count;
    head->scripts = image_align(out);
    for (size_t i = 0; i < b->scripts.count; i++) {
        dk_str text = dk_intern_text(&b->scripts, (uint32_t)i), strip, add;
        if (!morph_script_parse(text, &strip, &add) || strip.len > UINT8_MAX || add.len > UINT8_MAX)
            return dk_fail(b->err, DK_EDATA, "malformed script");
        morph_script s = {.text = (uint32_t)b->strings.len,
                          .add = (uint32_t)(b->strings.len + strip.len + 1),
                          .strip = (uint8_t)strip.len,
                          .add_len = (uint8_t)add.len};
        dk_buf_put(&b->strings, text.ptr, text.len);
        dk_buf_putc(&b->strings, '\0');
        dk_buf_put(out, &s, sizeof s);
    }
    return dk_buf_status(&b->strings, b->err);
}

static void write_weights(build *b, const model *m, dk_buf *out, morph_image *head) {
    char name[24];
    head->weights = image_align(out);
    /* room first: scripts points into the buffer */
    if (!dk_buf_reserve(out, (head->nclasses + head->nscripts + FIX_COUNT) * sizeof(int32_t))) return;
    const morph_script *scripts = (const morph_script *)(const void *)(out->ptr + head->scripts);
    for (size_t i = 0; i < head->nclasses; i++) {
        int32_t w = weight_of(m, "class:", b->strings.ptr + b->classes[i].name);
        dk_buf_put(out, &w, sizeof w);
    }
    for (size_t i = 0; i < head->nscripts; i++) {
        int32_t w = weight_of(m, "script:", b->strings.ptr + scripts[i].text);
        dk_buf_put(out, &w, sizeof w);
    }
    for (unsigned i = 0; i < FIX_COUNT; i++) {
        int32_t w = weight_of(m, "", morph_feature_name(i, name));
        dk_buf_put(out, &w, sizeof w);
    }
    head->split_weights = image_align(out);
    head->nsplit_weights = MORPH_SPLIT_FEATURES;
    dk_buf_put(out, m->split, sizeof m->split);
}

/* Forms that the dictionary forbids leave the map of forms, whatever other rule makes them. */
static void drop_forbidden(build *b) {
    if (b->forbidden.count == 0) return;
    map_builder gone = {0};
    for (size_t i = 0; i < b->forbidden.count; i++)
        map_builder_add(&gone, morph_hash(b->forbidden.strings[i].ptr, b->forbidden.strings[i].len), 0);
    dk_error ignored;
    if (gone.failed || map_builder_sort(&gone, false, &ignored) != DK_OK) {
        b->forms.failed = true;
    } else {
        size_t kept = 0, at = 0; /* both lists are sorted by hash */
        for (size_t i = 0; i < b->forms.count; i++) {
            while (at < gone.count && gone.pairs[at].hash < b->forms.pairs[i].hash) at++;
            if (at == gone.count || gone.pairs[at].hash != b->forms.pairs[i].hash)
                b->forms.pairs[kept++] = b->forms.pairs[i];
        }
        b->forms.count = kept;
    }
    map_builder_dispose(&gone);
}

/* Counts, for each word, the dictionary entries that begin or end with it as a compound would. */
static dk_status count_families(build *b, const morph_image *head, const dk_buf *out) {
    dk_morph m = {.base = (const unsigned char *)out->ptr, .image = head, .classes = b->classes};
    morph_attach_maps(&m);
    for (size_t i = 0; i < b->entries.count; i++) {
        dk_str entry = b->entries.strings[i];
        for (size_t at = 2; at + 2 < entry.len; at++) {
            if (((unsigned char)entry.ptr[at] & 0xC0) == 0x80) continue;
            size_t nright, nleft;
            const morph_record *right = morph_lookup(&m, MAP_FORMS, entry.ptr + at, entry.len - at, &nright);
            if (!morph_set_is_word(&m, right, nright)) continue;
            const morph_record *left = morph_lookup(&m, MAP_FORMS, entry.ptr, at, &nleft);
            bool counted = false;
            for (size_t k = 0; k < nleft; k++) {
                unsigned p = b->classes[left[k].value].properties;
                if (p & CLASS_NAME || ((p & CLASS_COMPOUND_ONLY) == 0 && (p & CLASS_ENTRY) == 0)) continue;
                dk_str text = dk_intern_text(&b->scripts, left[k].script), strip, add;
                char base[2 * DK_MORPH_WORD_MAX + 2];
                if (!morph_script_parse(text, &strip, &add) || strip.len > at ||
                    at - strip.len + add.len >= sizeof base)
                    continue;
                memcpy(base, entry.ptr, at - strip.len);
                memcpy(base + at - strip.len, add.ptr, add.len);
                map_builder_add(&b->families, morph_part_hash('l', base, at - strip.len + add.len), 1);
                counted = true;
                break; /* one reading of a left side is enough */
            }
            if (counted)
                map_builder_add(&b->families, morph_part_hash('h', entry.ptr + at, entry.len - at), 1);
        }
    }
    return b->families.failed ? dk_fail_memory(b->err) : DK_OK;
}

static void set_bits(uint64_t *bits, uint64_t mask, const map_builder *words) {
    for (size_t i = 0; i < words->count; i++) {
        uint64_t bit = words->pairs[i].hash >> 20 & mask;
        bits[bit >> 6] |= UINT64_C(1) << (bit & 63);
    }
}

/* Writes the filters: that of the listed words, and that of forms and listed words, at 10 to 20 bits a reading of a form. */
static dk_status write_filters(build *b, dk_buf *out, morph_image *head) {
    for (head->nfilter = 1 << 16; head->nfilter < 10 * b->forms.count;) head->nfilter *= 2;
    uint64_t *listed = calloc(MORPH_LISTED_BITS / 64, sizeof *listed),
             *all = calloc(head->nfilter / 64, sizeof *all);
    dk_status status = listed != NULL && all != NULL && !b->listed.failed ? DK_OK : dk_fail_memory(b->err);
    if (status == DK_OK) {
        set_bits(listed, MORPH_LISTED_BITS - 1, &b->listed);
        set_bits(all, head->nfilter - 1, &b->listed);
        set_bits(all, head->nfilter - 1, &b->forms);
        head->listed = image_align(out);
        dk_buf_put(out, listed, MORPH_LISTED_BITS / 8);
        head->filter = image_align(out);
        dk_buf_put(out, all, head->nfilter / 8);
    }
    free(listed);
    free(all);
    return status;
}

static morph_info sum_up(const build *b, const morph_record *records, size_t count) {
    unsigned flags = 0;
    morph_info info = {0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        unsigned p = b->classes[records[i].value].properties;
        if ((p & CLASS_COMPOUND_ONLY) == 0) flags |= INFO_KNOWN | (p & CLASS_ENTRY ? INFO_ANY_ENTRY : 0);
        if (p & CLASS_NAME) continue;
        if (p & CLASS_COMPOUND_ONLY) {
            if ((p & CLASS_BEGIN) == 0) continue;
            if ((flags & INFO_SANCTIONED) == 0 || records[i].script != 0) info.sanctioned = records[i].script;
            flags |= INFO_SANCTIONED;
            continue;
        }
        if ((flags & INFO_WORD) == 0 || records[i].script == 0) info.script = records[i].script;
        flags |= INFO_WORD | (p & CLASS_BEGIN ? INFO_BEGIN : 0) | (p & CLASS_END ? INFO_END : 0) |
                 (p & CLASS_ENTRY ? INFO_ENTRY : 0) |
                 (records[i].script != 0 && (p & CLASS_HAND_NOUN) != 0 ? INFO_IRREGULAR : 0);
    }
    info.flags = (uint16_t)flags;
    return info;
}

/* Works out what each set of forms comes to. */
static dk_status write_infos(build *b, dk_buf *out, morph_image *head) {
    size_t n = head->maps[MAP_FORMS].nsets;
    morph_info *infos = calloc(n + 1, sizeof *infos);
    if (infos == NULL || out->failed) {
        free(infos);
        return dk_fail_memory(b->err);
    }
    const dk_morph m = {.base = (const unsigned char *)out->ptr, .image = head};
    for (uint32_t set = 0; set < n; set++) {
        size_t count;
        const morph_record *records = morph_set(&m, MAP_FORMS, set, &count);
        infos[set] = sum_up(b, records, count);
    }
    head->infos = image_align(out);
    dk_buf_put(out, infos, (n + 1) * sizeof *infos);
    free(infos);
    return DK_OK;
}

static dk_status write_image(build *b, const model *m, dk_buf *out) {
    morph_image head = {.magic = MORPH_MAGIC, .version = MORPH_VERSION, .nclasses = b->class_keys.count};
    memcpy(head.language, b->sources->language, sizeof head.language);
    memcpy(head.stamp, b->sources->stamp, sizeof head.stamp);
    dk_buf_put(out, &head, sizeof head);
    dk_status status = map_builder_sort(&b->forms, false, b->err);
    if (status == DK_OK) drop_forbidden(b);
    if (status == DK_OK) status = write_filters(b, out, &head);
    if (status == DK_OK) status = map_builder_write(&b->forms, out, &head.maps[MAP_FORMS], b->err);
    if (status == DK_OK) status = write_infos(b, out, &head);
    if (status == DK_OK) status = map_builder_write(&b->paradigms, out, &head.maps[MAP_PARADIGMS], b->err);
    if (status == DK_OK) status = map_builder_write(&b->irregulars, out, &head.maps[MAP_IRREGULARS], b->err);
    if (status == DK_OK) status = map_builder_write(&b->suffixes, out, &head.maps[MAP_SUFFIXES], b->err);
    if (status == DK_OK) status = map_builder_write_values(&b->counts, out, &head.maps[MAP_COUNTS], b->err);
    if (status == DK_OK) status = map_builder_write_values(&b->mass, out, &head.maps[MAP_MASS], b->err);
    if (status == DK_OK) status = count_families(b, &head, out);
    if (status == DK_OK)
        status = map_builder_write_values(&b->families, out, &head.maps[MAP_FAMILIES], b->err);
    if (status == DK_OK) status = map_builder_write_values(&b->parts, out, &head.maps[MAP_PARTS], b->err);
    if (status == DK_OK) status = write_scripts(b, out, &head);
    if (status != DK_OK) return status;
    head.classes = image_align(out);
    dk_buf_put(out, b->classes, head.nclasses * sizeof *b->classes);
    write_weights(b, m, out, &head);
    head.strings = image_align(out);
    head.strings_len = b->strings.len;
    dk_buf_put(out, b->strings.ptr, b->strings.len);
    head.size = image_align(out);
    if ((status = dk_buf_status(out, b->err)) != DK_OK) return status;
    memcpy(out->ptr, &head, sizeof head);
    head.checksum = morph_image_checksum(out->ptr, out->len);
    memcpy(out->ptr, &head, sizeof head);
    return DK_OK;
}

dk_status morph_write(build *b, dk_buf *out) {
    model m = {.value_cap = 0};
    dk_intern_init(&m.names);
    dk_status status = read_model(b, &m);
    read_simple(b);
    if (status == DK_OK) status = write_image(b, &m, out);
    dk_intern_dispose(&m.names);
    free(m.values);
    return status;
}
