/* Words that no dictionary has: typing errors in the lexicon, or words worth a line in known.tsv.
 *
 * lexicons/LANGUAGE/known.tsv (word, group, note) lists the words that are meant as they stand though Hunspell does not know them, each
 * with the reason as its group. The user's own folders may have such files too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/intern.h"
#include "lexicon/tsv.h"
#include "text/spellcheck.h"
#include "text/utf8.h"
#include "workbench/check_private.h"

static const char *const columns[] = {"word", "group", "note", NULL};
static const char *const groups[] = {"abbreviation", "brand",       "clipping",  "colloquial", "compound",
                                     "dialect",      "english",     "fixed",     "inflection", "loanword",
                                     "medical",      "misspelling", "name",      "place",      "sound",
                                     "swearing",     "technical",   "unaccented"};

typedef struct speller {
    checker *c;
    findings *f;
    dk_spellcheck *checks[DK_LANGUAGES]; /* opened when first asked */
    dk_status status;                    /* of opening them */
    dk_error *err;
    dk_intern known[DK_LANGUAGES];
    uint8_t *used[DK_LANGUAGES]; /* by known word */
    size_t cap[DK_LANGUAGES];
    int64_t *lines[DK_LANGUAGES];
    size_t lines_cap[DK_LANGUAGES];
    dk_intern seen[DK_LANGUAGES]; /* words looked at */
    dk_tokens tokens;
} speller;

static void tell(speller *s, dk_check_kind kind, const char *file, int64_t line, int64_t column,
                 const char *term, const char *message) {
    dk_finding x = {.kind = kind,
                    .file = file,
                    .line = line,
                    .column = column,
                    .term = term,
                    .message = message,
                    .other = "",
                    .order = (uint32_t)s->c->lexicon->nfiles};
    if (checker_does(s->c, kind)) findings_take(s->f, &x);
}

static dk_status take_known(speller *s, dk_language language, const dk_tsv *tsv, const dk_str *cells,
                            dk_error *err) {
    enum { GROUPS = sizeof groups / sizeof *groups };
    size_t g = 0;
    while (g < GROUPS && !dk_str_is(cells[1], groups[g])) g++;
    if (g == GROUPS) {
        char all[240] = "";
        for (size_t i = 0; i < GROUPS; i++)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > 0 ? ", " : "", groups[i]);
        return dk_tsv_fail(tsv, cells[1].ptr, err, "%.*s is no group; one of %s was expected",
                           (int)cells[1].len, cells[1].ptr, all);
    }
    size_t before = s->known[language].count;
    uint32_t id = dk_intern_add(&s->known[language], cells[0]);
    if (id == DK_NO_ID || !dk_grow(&s->used[language], &s->cap[language], before + 1) ||
        !dk_grow(&s->lines[language], &s->lines_cap[language], before + 1))
        return dk_fail_memory(err);
    if (id < before)
        return dk_tsv_fail(tsv, cells[0].ptr, err, "%.*s stands in line %lld already", (int)cells[0].len,
                           cells[0].ptr, (long long)s->lines[language][id]);
    s->used[language][id] = 0;
    s->lines[language][id] = tsv->line;
    return DK_OK;
}

/* Reads folder/LANGUAGE/known.tsv when it is there. */
static dk_status read_known(speller *s, const char *folder, dk_language language, dk_error *err) {
    char *sub = dk_path_join(folder, dk_language_name(language)),
         *path = sub != NULL ? dk_path_join(sub, "known.tsv") : NULL;
    dk_status status = path == NULL ? dk_fail_memory(err) : DK_OK;
    if (status == DK_OK && dk_file_exists(path)) {
        char shown[32];
        snprintf(shown, sizeof shown, "%s/known.tsv", dk_language_name(language));
        dk_tsv tsv;
        dk_error mistake;
        dk_str cells[DK_TSV_COLUMNS];
        status = dk_tsv_open(&tsv, path, columns, 2, &mistake);
        bool open = status == DK_OK;
        for (bool end = false; status == DK_OK && !end;) {
            status = dk_tsv_next(&tsv, cells, &end, &mistake);
            if (status == DK_OK && !end) status = take_known(s, language, &tsv, cells, &mistake);
            if (status != DK_EDATA) continue;
            tell(s, DK_CHECK_SYNTAX, shown, mistake.line, mistake.column, "", mistake.message);
            status = DK_OK;
        }
        if (open)
            dk_tsv_dispose(&tsv);
        else if (status == DK_EDATA) {
            tell(s, DK_CHECK_SYNTAX, shown, mistake.line, mistake.column, "", mistake.message);
            status = DK_OK;
        } else if (err != NULL)
            *err = mistake;
    }
    free(sub);
    free(path);
    return status;
}

static dk_status open_known(speller *s, dk_error *err) {
    char *shipped = dk_path_join(s->c->options->data_dir, "lexicons");
    dk_status status = shipped == NULL ? dk_fail_memory(err) : DK_OK;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES && status == DK_OK; l++) {
        if (s->c->only != DK_NO_ID && s->c->lexicon->entries[s->c->only].language != l) continue;
        status = read_known(s, shipped, (dk_language)l, err);
        for (size_t i = 0; i < s->c->options->npaths && status == DK_OK && s->c->filter == NULL; i++)
            if (dk_is_folder(s->c->options->paths[i]))
                status = read_known(s, s->c->options->paths[i], (dk_language)l, err);
    }
    free(shipped);
    return status;
}

/* Hunspell is asked as in a dictionary, as at the beginning of a sentence, and as an abbreviation. */
static bool hunspell_accepts(const speller *s, dk_language language, dk_str word) {
    char text[2 * DK_MORPH_WORD_MAX + 8];
    if (word.len == 0 || word.len > DK_MORPH_WORD_MAX) return false;
    if (dk_spellcheck_accepts(s->checks[language], word)) return true;
    memcpy(text, word.ptr, word.len);
    for (int all = 0; all < 2; all++) {
        for (size_t i = 0; i < (all ? word.len : 1); i++) {
            if (text[i] >= 'a' && text[i] <= 'z') text[i] = (char)(text[i] - 32);
            /* the small letters of Latin-1 are 0xC3 0xA0 to 0xBE, the capitals 32 below */
            if (i + 1 < word.len && (unsigned char)text[i] == 0xC3 && (unsigned char)text[i + 1] >= 0xA0 &&
                (unsigned char)text[i + 1] != 0xB7)
                text[i + 1] = (char)(text[i + 1] - 32), i++;
        }
        if (dk_spellcheck_accepts(s->checks[language], (dk_str){text, word.len})) return true;
    }
    return false;
}

static bool is_known(speller *s, dk_language language, dk_str word) {
    uint32_t id = dk_intern_find(&s->known[language], word);
    const dk_morph *morph = s->c->morphs[language];
    if (dk_morph_known(morph, word)) return true;
    if (s->status == DK_OK && s->checks[language] == NULL)
        s->status = dk_spellcheck_open(&s->checks[language], dk_language_name(language), NULL, s->err);
    if (s->status != DK_OK || hunspell_accepts(s, language, word)) return true;
    if (id != DK_NO_ID) {
        s->used[language][id] = 1;
        return true;
    }
    dk_part parts[DK_MORPH_PARTS_MAX];
    size_t n = dk_morph_split(morph, word, parts, DK_MORPH_PARTS_MAX);
    bool all = n > 1;
    for (size_t i = 0; i < n && all; i++) all = parts[i].known;
    if (all) return true;
    const char *hyphen = memchr(word.ptr, '-', word.len);
    if (hyphen == NULL || hyphen == word.ptr) return false;
    dk_str left = {word.ptr, (size_t)(hyphen - word.ptr)}, right = {hyphen + 1, word.len - left.len - 1};
    return (left.len == 1 || is_known(s, language, left)) && (right.len <= 1 || is_known(s, language, right));
}

static dk_status look_at(speller *s, uint32_t entry, dk_language language, dk_str word, dk_error *err) {
    dk_status status = dk_tokenize(&s->tokens, word.ptr, word.len, err);
    if (status != DK_OK) return status;
    bool is_word = s->tokens.count == 1 && s->tokens.items[0].kind == DK_TOKEN_WORD &&
                   dk_utf8_length(word.ptr, word.len) > 1;
    bool clitic = word.ptr[0] == '\'' || (word.len == 3 && memcmp(word.ptr, "n't", 3) == 0);
    if (!is_word || clitic || word.ptr[word.len - 1] == '.') return DK_OK;
    size_t before = s->seen[language].count;
    uint32_t id = dk_intern_add(&s->seen[language], word);
    if (id == DK_NO_ID) return dk_fail_memory(err);
    if (id < before || is_known(s, language, word)) return s->status;
    findings_add(s->f, s->c, DK_CHECK_UNKNOWN, entry, DK_NO_ID,
                 "no dictionary knows %.*s; mend it or list it in %s/known.tsv",
                 (int)(word.len < 100 ? word.len : 100), word.ptr, dk_language_name(language));
    return DK_OK;
}

static dk_status look_at_entry(speller *s, uint32_t entry, dk_error *err) {
    const dk_term *term = &s->c->lexicon->sources[entry].term;
    dk_language language = (dk_language)s->c->lexicon->entries[entry].language;
    dk_status status = DK_OK;
    if (language == DK_LANG_OTHER) return DK_OK; /* emoji; a word of every language is of none */
    for (size_t i = 0; i < term->nsteps; i++)
        for (size_t a = 0; a < term->steps[i].nalternatives; a++) {
            const dk_alternative *alternative = &term->steps[i].alternatives[a];
            dk_matcher m = alternative->matcher;
            if (m != DK_MATCH_WORD && m != DK_MATCH_EXACT && m != DK_MATCH_PART) continue;
            for (size_t t = 0; t < alternative->ntexts && status == DK_OK; t++)
                status = look_at(s, entry, language, alternative->texts[t], err);
        }
    return status;
}

/* A list of exceptions is only worth something while each of them is needed. */
static void find_idle(speller *s) {
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++)
        for (uint32_t id = 0; id < s->known[l].count; id++) {
            char file[32];
            snprintf(file, sizeof file, "%s/known.tsv", dk_language_name((dk_language)l));
            if (!s->used[l][id])
                tell(s, DK_CHECK_STYLE, file, s->lines[l][id], 1, dk_intern_text(&s->known[l], id).ptr,
                     "is in no entry, or in a dictionary by now: this line can go");
        }
}

dk_status check_words(checker *c, findings *f, dk_error *err) {
    if (!checker_does(c, DK_CHECK_UNKNOWN)) return DK_OK;
    speller s = {.c = c, .f = f, .err = err};
    dk_status status = open_known(&s, err);
    for (size_t i = 0; i < c->lexicon->count && status == DK_OK; i++)
        if (checker_wants(c, (uint32_t)i)) status = look_at_entry(&s, (uint32_t)i, err);
    if (status == DK_OK && c->options->npaths == 0 && c->only == DK_NO_ID) find_idle(&s);
    for (int l = 0; l < DK_LANGUAGES; l++) {
        dk_spellcheck_free(s.checks[l]);
        dk_intern_dispose(&s.known[l]);
        dk_intern_dispose(&s.seen[l]);
        free(s.used[l]);
        free(s.lines[l]);
    }
    dk_tokens_dispose(&s.tokens);
    return status;
}
