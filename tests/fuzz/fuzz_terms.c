/* The lexicon format, of any bytes: a user's file (the first byte says which of themes, valence and modifiers it is) is read, told mistakes included,
 * built into an index, written and taken as images, and matched against comments. Wrong if a mistake has no place, an image of what was just built is
 * refused, or a match lies outside of its comment. */
#include "base/file.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "lexicon/index.h"
#include "lexicon/lexicon_image.h"
#include "text/utf8.h"

const char *const fuzz_tokens[] = {"theme\tterm\tvalence\tnote\n", "term\tvalence\temotion\tnote\n", "term\tkind\tstrength\treach\tnote\n", "\t", "\n", "\r\n", "#", "\"", "*", "+", "...",
                                   "/", "//", "(", ")", "[", "a|b", "\\w+", "{1000}", "(?:a*)*b", "a/b", " ", "negator", "intensifier", "joy", "-5", "1.5", "<2", "\xC3\xA5", "\xE5"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"ttheme\tterm\tvalence\tnote\ndelivery.speed\tsnabb leverans\t3\tx\ndelivery.speed\tlever*\t\t\ndelivery.speed\tring ... tillbaka\t-2\t\n",
                                  "vterm\tvalence\temotion\tnote\nbra\t3\tjoy\t\n\"inte\"\t-1\t\t\n/^fr[ae]kt$/\t1\t\t\n//tre .. g\xC3\xA5ngen//\t-3\tanger\t\n+problem\t-2\t\t\n",
                                  "mterm\tkind\tstrength\treach\tnote\ninte/ej/aldrig\tnegator\t\t<2,4\t\nj\xC3\xA4tte\tintensifier\t1.5\t2\t\ninga problem\tidiom\t3\t\t\n"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

static char root[64];

static void remove_root(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %.60s", root);
    if (system(command) != 0) fprintf(stderr, "%s stays\n", root);
}

/* A data folder that holds the taxonomy alone, and a folder sv/ with links to the input. */
static void make_root(const char *input) {
    static const char *const names[] = {"themes", "valence", "modifiers"};
    char path[160];
    strcpy(root, "/tmp/dk-fuzz-XXXXXX");
    fuzz_require(mkdtemp(root) != NULL, "no temporary folder");
    atexit(remove_root);
    snprintf(path, sizeof path, "%s/lexicons", root);
    fuzz_require(dk_folder_make(path, NULL) == DK_OK, "no temporary folder");
    snprintf(path, sizeof path, "%s/lexicons/taxonomy.tsv", root); /* two themes: the shipped one takes most of the time */
    FILE *f = fopen(path, "w");
    fuzz_require(f != NULL && fputs("theme\tstage\towner\trole\ten\tsv\tda\tcovers\ndelivery.speed\tuse\tops\tdriver\ta\tb\tc\td\n"
                                    "support.waiting\tuse\tops\tdriver\te\tf\tg\th\n", f) >= 0 && fclose(f) == 0,
                 "no temporary file");
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/user%d/sv", root, i);
        fuzz_require(dk_folder_make(path, NULL) == DK_OK, "no temporary folder");
        snprintf(path, sizeof path, "%s/user%d/sv/%s.tsv", root, i, names[i]);
        fuzz_require(symlink(input, path) == 0, "no temporary link");
    }
}

static void tell(void *context, const dk_error *mistake) {
    ++*(size_t *)context;
    fuzz_require(mistake->message[0] != '\0' && mistake->file[0] != '\0', "a mistake has no place");
}

static void match(const dk_index *index, const dk_lexicon *lexicon, const char *comment) {
    dk_tokens tokens = {0};
    dk_matches matches = {0};
    dk_regex_scratch *scratch = dk_regex_scratch_new();
    dk_arena arena = {0};
    dk_str text = dk_str_from(comment);
    dk_error err;
    uint64_t limited = 0;
    fuzz_require(scratch != NULL && dk_tokenize(&tokens, text.ptr, text.len, &err) == DK_OK, "no memory");
    dk_word words[64];
    const dk_word *of[64];
    dk_buf folded;
    dk_buf_init(&folded);
    size_t n = tokens.count < 64 ? tokens.count : 64;
    for (size_t i = 0; i < n; i++) {
        dk_buf_clear(&folded);
        fuzz_require(dk_utf8_fold(&folded, text.ptr + tokens.items[i].start, tokens.items[i].end - tokens.items[i].start, &err) == DK_OK, "no memory");
        fuzz_require(dk_index_analyse(index, scratch, (dk_str){dk_buf_cstr(&folded), folded.len}, (dk_token_kind)tokens.items[i].kind, &arena, &words[i], NULL, &err) == DK_OK,
                     "a form cannot be analysed");
        of[i] = &words[i];
    }
    tokens.count = n;
    fuzz_require(dk_index_match(index, of, &tokens, 0, &matches, &err) == DK_OK, "matching fails");
    dk_callers callers = {.count = 0};
    fuzz_require(dk_callers_find(&callers, of, n), "no memory");
    fuzz_require(dk_index_match_patterns(index, scratch, text, of, &tokens, &callers, 0, &matches, &limited, &err) == DK_OK, "patterns fail");
    free(callers.tokens);
    for (size_t i = 0; i < matches.count; i++) {
        const dk_match *m = &matches.items[i];
        fuzz_require(m->entry < lexicon->count && m->end <= text.len && m->start <= m->end, "a match lies outside");
        fuzz_require(m->end != 0 || (m->first <= m->last && m->last < n), "a match lies behind the last token");
    }
    dk_buf_dispose(&folded);
    free(matches.items);
    dk_regex_scratch_free(scratch);
    dk_tokens_dispose(&tokens);
    dk_arena_dispose(&arena);
}

static void build(const dk_lexicon *lexicon) {
    dk_buf image;
    dk_error err = {0};
    dk_lexicon *copy = NULL;
    dk_index *index = NULL;
    dk_buf_init(&image);
    fuzz_require(dk_lexicon_write(lexicon, &image, &err) == DK_OK && dk_lexicon_attach(&copy, image.ptr, image.len, &err) == DK_OK,
                 "the image of a lexicon is refused");
    fuzz_require(copy->count == lexicon->count, "the image of a lexicon lacks entries");
    dk_status status = dk_index_new(&index, lexicon, DK_LANG_SV, NULL, true, &err);
    if (status == DK_OK) {
        match(index, lexicon, "Snabb leverans men jättedyr frakt, ring mig inte tillbaka! problem fraktproblem a b");
        match(index, lexicon, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa åäö // \" tre hela gången");
    } else {
        fuzz_require(status == DK_EDATA && err.message[0] != '\0', "an index is refused without saying why");
    }
    dk_index_free(index);
    dk_lexicon_free(copy);
    dk_buf_dispose(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static int fd = -1;
    static char file[64];
    if (len == 0) return 0;
    fuzz_file(&fd, file, bytes + 1, len - 1);
    if (root[0] == '\0') make_root(file);
    char user[80];
    snprintf(user, sizeof user, "%s/user%d", root, bytes[0] == 't' ? 0 : bytes[0] == 'v' ? 1 : 2);
    const char *const users[] = {user};
    size_t told = 0;
    dk_mistakes mistakes = {tell, &told};
    dk_error err = {0};
    dk_lexicon *strict = NULL, *mild = NULL;
    dk_status status = dk_lexicon_open(&strict, root, users, 1, &err);
    if (status == DK_OK) build(strict);
    else fuzz_require(status == DK_EDATA && err.file[0] != '\0' && err.message[0] != '\0', "a lexicon is refused without saying where");
    if (dk_lexicon_open_told(&mild, root, users, 1, &mistakes, &err) == DK_OK)
        fuzz_require((told > 0) == (status != DK_OK), "the strict and the mild reading disagree about mistakes");
    dk_lexicon_free(strict);
    dk_lexicon_free(mild);
    return 0;
}
