/* False friends: a word of one language that means something else in a neighbouring one. */
#include <stdlib.h>

#include "base/intern.h"
#include "workbench/check_private.h"

/* What such words mean; NULL where the language does not have the word. */
static const struct friend {
    const char *word, *meaning[DK_LANGUAGES];
}
friends[] = {
    {"anledning", {NULL, "reason", "occasion", NULL}},
    {"artig", {NULL, "polite", "well-behaved", NULL}},
    {"bara", {NULL, "only", NULL, NULL}},
    {"barn", {NULL, "child", "child", "farm building"}},
    {"bero", {NULL, "depend", "rest, let be", NULL}},
    {"blank", {NULL, "shiny", "shiny", "empty"}},
    {"bra", {NULL, "good", NULL, "underwear"}},
    {"brand", {NULL, "fire", "fire", "make"}},
    {"by", {NULL, "village", "town", "next to"}},
    {"dog", {NULL, "died", "however", "animal"}},
    {"dyr", {NULL, "expensive", "expensive; animal", NULL}},
    {"fart", {NULL, "speed", "speed", "wind"}},
    {"fast", {NULL, "fixed; although", "fixed", "quick"}},
    {"flink", {NULL, "nimble", "kind, diligent", NULL}},
    {"frokost", {NULL, NULL, "lunch", NULL}},
    {"gift", {NULL, "married; poison", "married; poison", "present"}},
    {"glad", {NULL, "happy", "happy", "relieved"}},
    {"grina", {NULL, "grin, cry", NULL, NULL}},
    {"grine", {NULL, NULL, "laugh", NULL}},
    {"hurtig", {NULL, "jaunty", "fast", NULL}},
    {"kind", {NULL, "cheek", "cheek", "nice"}},
    {"konstig", {NULL, "strange", NULL, NULL}},
    {"kul", {NULL, "fun", "coal; cool", NULL}},
    {"lag", {NULL, "law; team", "layer; team", "delay"}},
    {"lugn", {NULL, "calm", NULL, NULL}},
    {"lun", {NULL, NULL, "warm; humorous", NULL}},
    {"me", {NULL, NULL, NULL, "myself"}},
    {"must", {NULL, "juice", "juice", "have to"}},
    {"orolig", {NULL, "worried", "restless", NULL}},
    {"rar", {NULL, "kind", "nice", NULL}},
    {"rask", {NULL, "quick", "healthy", NULL}},
    {"rolig", {NULL, "funny", "calm", NULL}},
    {"semester", {NULL, "holiday", "term", "term"}},
    {"slut", {NULL, "end; sold out", "end", "insult"}},
    {"snål", {NULL, "stingy", NULL, NULL}},
    {"svag", {NULL, "weak", "weak", NULL}},
    {"tog", {NULL, "took", "took; train", NULL}},
    {"under", {NULL, "wonder; below", "wonder; below", "below"}},
    {"usel", {NULL, "poor", "wretched", NULL}},
    {"vind", {NULL, "attic; wind", "wind", NULL}},
};
enum { FRIENDS = sizeof friends / sizeof *friends };

/* The word of an entry that is one word, written without wildcard; empty for others. */
static dk_str single_word(const dk_term *term) {
    dk_str none = {"", 0};
    if (term->nsteps != 1 || term->steps[0].nalternatives != 1) return none;
    const dk_alternative *a = &term->steps[0].alternatives[0];
    bool plain = a->matcher == DK_MATCH_WORD || a->matcher == DK_MATCH_EXACT;
    return plain && a->ntexts == 1 ? a->texts[0] : none;
}

static const struct friend *find_friend(dk_str word) {
    for (size_t i = 0; i < FRIENDS; i++)
        if (dk_str_is(word, friends[i].word)) return &friends[i];
    return NULL;
}

static void tell_friend(checker *c, findings *f, uint32_t entry, const struct friend *x) {
    dk_buf text;
    dk_buf_init(&text);
    dk_language own = (dk_language)c->lexicon->entries[entry].language;
    if (x->meaning[own] == NULL) return;
    dk_buf_putf(&text, "%s here", x->meaning[own]);
    bool differs = false;
    for (int l = DK_LANG_SV; l < DK_LANGUAGES; l++) {
        if (l == (int)own || x->meaning[l] == NULL || strcmp(x->meaning[l], x->meaning[own]) == 0) continue;
        dk_buf_putf(&text, ", %s in %s", x->meaning[l], dk_language_name((dk_language)l));
        differs = true;
    }
    if (differs) findings_add(f, c, DK_CHECK_FRIEND, entry, DK_NO_ID, "%s", dk_buf_cstr(&text));
    dk_buf_dispose(&text);
}

/* Words with a valence that have the opposite one in another language, which the table may not know. */
dk_status check_friends(checker *c, findings *f, dk_error *err) {
    const dk_lexicon *lex = c->lexicon;
    if (!checker_does(c, DK_CHECK_FRIEND)) return DK_OK;
    dk_intern words = {0};
    uint32_t(*first)[DK_LANGUAGES] = NULL; /* by word: entry + 1 with a valence */
    size_t cap = 0;
    dk_status status = DK_OK;
    for (uint32_t i = 0; i < lex->count && status == DK_OK; i++) {
        dk_str word = single_word(&lex->sources[i].term);
        if (!lex->entries[i].has_valence || word.len == 0 || lex->entries[i].language == DK_LANG_OTHER)
            continue;
        size_t before = words.count;
        uint32_t id = dk_intern_add(&words, word);
        if (id == DK_NO_ID || !dk_grow(&first, &cap, (size_t)id + 1))
            status = dk_fail_memory(err);
        else {
            if (id == before) memset(first[id], 0, sizeof first[id]);
            if (first[id][lex->entries[i].language] == 0) first[id][lex->entries[i].language] = i + 1;
        }
    }
    for (uint32_t i = 0; i < lex->count && status == DK_OK; i++) {
        dk_str word = single_word(&lex->sources[i].term);
        if (word.len == 0 || !checker_wants(c, i)) continue;
        const struct friend *x = find_friend(word);
        if (x != NULL) {
            tell_friend(c, f, i, x);
            continue;
        }
        if (!lex->entries[i].has_valence || lex->entries[i].language == DK_LANG_OTHER) continue;
        uint32_t id = dk_intern_find(&words, word);
        for (int l = DK_LANG_SV; l < DK_LANGUAGES && id != DK_NO_ID; l++) {
            uint32_t other = l != lex->entries[i].language ? first[id][l] : 0;
            if (other == 0 || (lex->entries[other - 1].valence > 0) == (lex->entries[i].valence > 0))
                continue;
            findings_add(f, c, DK_CHECK_FRIEND, i, other - 1, "valence %g here, %g in %s",
                         lex->entries[i].valence / 200.0, lex->entries[other - 1].valence / 200.0,
                         dk_language_name((dk_language)l));
        }
    }
    dk_intern_dispose(&words);
    free(first);
    return status;
}
