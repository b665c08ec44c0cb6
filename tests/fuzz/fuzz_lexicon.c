/* Foreign dictionaries and lexicon files of any bytes: whatever an importer takes must be a term of the term language, on a line of
 * the file; whatever --fix writes it must write again unchanged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"
#include "lexicon/import.h"
#include "workbench/check_fix.h"

const char *const fuzz_tokens[] = {"\t", "\n", "\r", "\r\n", "%\n", "1\t", "(1)", "(02 134)125/464", "*", "?", "+", "++", "_", "\"", "/", "#", ";",
                                   "...", " ", "-5", "2.5", "@", "\xC3\xA5", "\xE5", "\xF0\x9F\x98\x80", "\xEF\xBB\xBF", "term", "theme\tterm\n", "//a//"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"good\t2\nnot good\t-2\ncan't\t-1.5\t0.3\t[1, 2]\n",
                                  "%\n1\tposemo (Positive)\n2\tnegemo\n%\ngood\t1\nbad*  2\nlike (02 134)1/2 2\n",
                                  "+NEGATIVE\na lie\nabandon*\n++VERY\n*hat*\n",
                                  "ECONOMY\n\t+STATE+\n\t\tCHILD* (1)\n\t\tHEALTH_CARE (2)\nB?D (1)\n",
                                  "theme\tterm\tvalence\tnote\n# one\na.b\t  Two  Words\t2\na.b\ttwo words\t2\n\n//x y//\n",
                                  ""};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

static void require(bool ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "fuzz_lexicon: %s\n", what);
    abort();
}

static void check_import(const dk_import *import, int64_t lines) {
    dk_arena arena = {0};
    for (size_t i = 0; i < import->count; i++) {
        dk_term term;
        dk_error err;
        require(dk_term_parse(&term, import->items[i].term, &arena, &err) == DK_OK, "an item is no term");
        require(memchr(import->items[i].term.ptr, '\n', import->items[i].term.len) == NULL, "a term of two lines");
        require(import->items[i].line >= 1 && import->items[i].line <= lines, "an item has no line");
    }
    for (size_t i = 0; i < import->nremarks; i++) {
        require(import->remarks[i].line >= 1 && import->remarks[i].line <= lines, "a remark has no line");
        require(import->remarks[i].column >= 0, "a remark has a column before its line");
    }
    dk_arena_dispose(&arena);
}

static void fix_twice(dk_str text, bool keep_order) {
    dk_buf once, twice;
    dk_fix_counts counts;
    dk_error err;
    dk_buf_init(&once);
    dk_buf_init(&twice);
    if (dk_lexicon_fix(text, "x", keep_order, &once, &counts, &err) == DK_OK) {
        dk_str mended = {dk_buf_cstr(&once), once.len};
        require(dk_lexicon_fix(mended, "x", keep_order, &twice, &counts, &err) == DK_OK, "what was mended cannot be read");
        require(twice.len == mended.len && memcmp(dk_buf_cstr(&twice), mended.ptr, mended.len) == 0, "what was mended is mended again");
        require(counts.removed + counts.moved + counts.mended == 0, "a second run finds something");
    }
    dk_buf_dispose(&once);
    dk_buf_dispose(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    dk_str text = {(const char *)bytes, len}, rest = text, line;
    dk_error err;
    int64_t lines = 0;
    while (dk_import_line(&rest, &line)) lines++;
    for (int format = 0; format < 7; format++) {
        dk_import import = {.inflect = len % 2 == 1};
        if (format < 4) dk_import_list(&import, (dk_list_format)format, len % 3 == 0 ? DK_MOD_INTENSIFIER : DK_MOD_NONE, text, &err);
        else if (format == 4) dk_import_liwc(&import, text, &err);
        else if (format == 5) dk_import_lexicoder(&import, text, &err);
        else dk_import_wordstat(&import, text, &err);
        check_import(&import, lines);
        dk_import_dispose(&import);
    }
    fix_twice(text, len % 2 == 0);
    return 0;
}
