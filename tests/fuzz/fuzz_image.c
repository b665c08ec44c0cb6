/* Compiled parts of an engine, damaged anywhere: the images of a small lexicon, its index, weights and a language model with bytes of theirs replaced
 * as the input says. With its checksum looked at, as of every file, a damaged one must be refused; without, it may be taken or refused, but
 * nothing outside of it be looked at.
 *
 * The input is a byte that chooses the image and then changes of 5 bytes each: the place (3, modulo the size), how (1) and the value (1). */
#include "base/file.h"
#include "base/image.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "lexicon/index.h"
#include "lexicon/lexicon_image.h"
#include "tag/weights.h"

const char *const fuzz_tokens[] = {"\x01", "\xFF\xFF\xFF\xFF", "\x7F", "\x40\x01\x01\x01\xFF"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"a\x40\x01\x01\x01\xFF", "b\x80\x02\x01\x01\x01", "c\x40\x01\x01\x02\x80", "d\x44\x03\x01\x01\x07"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

enum { LEXICON, INDEX, WEIGHTS, LANGUAGE_MODEL, KINDS };

static char root[64];
static dk_lexicon *lexicon;
static dk_buf images[KINDS];

static void write_text(const char *name, const char *text) {
    char path[160];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *f = fopen(path, "w");
    fuzz_require(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0, "no temporary file");
}

static void make_files(void) {
    char path[160];
    strcpy(root, "/tmp/dk-fuzz-XXXXXX");
    fuzz_require(mkdtemp(root) != NULL, "no temporary folder");
    snprintf(path, sizeof path, "%s/lexicons/sv", root);
    fuzz_require(dk_folder_make(path, NULL) == DK_OK, "no temporary folder");
    write_text("lexicons/taxonomy.tsv", "theme\tstage\towner\trole\ten\tsv\tda\tcovers\ndelivery.speed\tuse\tops\tdriver\ta\tb\tc\td\n");
    write_text("lexicons/sv/valence.tsv", "term\tvalence\nbra\t3\nd\xC3\xA5lig\t-3\n//snabb \\w+//\t2\n/^fr.kt$/\t1\n\"inte\"\t-1\nlever*\t1\nring ... tillbaka\t-2\n+problem\t-2\n");
    write_text("lexicons/sv/themes.tsv", "theme\tterm\tvalence\ndelivery.speed\tsnabb leverans\t3\ndelivery.speed\tleverans\t\n");
    write_text("weights.tsv", "kind\ttext\tweight\nlanguage\tsv\t0\nband\tplain\t700\nband\topinion\t300\nfigure\tbias\t-232\nword\tbra\t900\npair\tsnabb leverans\t700\nnegated\tbra\t-900\n");
    write_text("language.tsv", "feature\tother\tsv\tda\ten\tnb\tnn\tde\tnl\n(prior)\t-15\t-45\t27\t75\t-66\t-81\t-58\t-62\n'en\t6\t-6\t1\t11\t-11\t-1\t0\t0\n=bra\t0\t99\t1\t2\t3\t4\t5\t6\n");
}

static void remove_files(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %.60s", root);
    if (system(command) != 0) fprintf(stderr, "%s stays\n", root);
    dk_lexicon_free(lexicon);
    for (int i = 0; i < KINDS; i++) dk_buf_dispose(&images[i]);
}

static void open_all(void) {
    char path[160];
    dk_error err = {0};
    make_files();
    atexit(remove_files);
    for (int i = 0; i < KINDS; i++) dk_buf_init(&images[i]);
    fuzz_require(dk_lexicon_open(&lexicon, root, NULL, 0, &err) == DK_OK && dk_lexicon_write(lexicon, &images[LEXICON], &err) == DK_OK, "no lexicon");
    fuzz_require(dk_index_build(&images[INDEX], lexicon, DK_LANG_SV, NULL, true, &err) == DK_OK, "no index");
    dk_weights *weights = NULL;
    dk_language_model *languages = NULL;
    const void *bytes;
    size_t size;
    snprintf(path, sizeof path, "%s/weights.tsv", root);
    fuzz_require(dk_weights_open(&weights, path, NULL, NULL, &err) == DK_OK, "no weights");
    dk_weights_image(weights, &bytes, &size);
    dk_buf_put(&images[WEIGHTS], bytes, size);
    dk_weights_free(weights);
    snprintf(path, sizeof path, "%s/language.tsv", root);
    fuzz_require(dk_language_open(&languages, path, &err) == DK_OK && dk_language_write(languages, &images[LANGUAGE_MODEL], &err) == DK_OK, "no language model");
    dk_language_free(languages);
}

/* ---- Taking ---- */

static void take_lexicon(const void *image, size_t size) {
    dk_lexicon *taken = NULL;
    dk_buf out;
    dk_buf_init(&out);
    if (dk_lexicon_attach(&taken, image, size, NULL) == DK_OK)
        for (uint32_t i = 0; i < taken->count; i++) {
            dk_entry_put_place(&out, taken, i);
            dk_buf_put(&out, taken->sources[i].text.ptr, taken->sources[i].text.len);
            if (taken->entries[i].theme != DK_NO_ID) dk_buf_puts(&out, taken->taxonomy.themes[taken->entries[i].theme].covers);
        }
    dk_lexicon_free(taken);
    dk_buf_dispose(&out);
}

static void take_index(const void *image, size_t size) {
    dk_index *taken = NULL;
    if (dk_index_attach(&taken, image, size, lexicon, NULL, NULL) == DK_OK) (void)dk_index_always_searches(taken);
    dk_index_free(taken);
}

static void take_weights(const void *image, size_t size) {
    dk_weights *taken = NULL;
    if (dk_weights_attach(&taken, image, size, NULL, NULL) == DK_OK)
        fuzz_require(dk_weights_folds(taken) <= DK_WEIGHT_FOLDS && dk_weights_language(taken) < DK_LANGUAGES, "weights beyond their bounds");
    dk_weights_free(taken);
}

static void take_languages(const void *image, size_t size) {
    dk_language_model *taken = NULL;
    if (dk_language_attach(&taken, image, size)) dk_language_free(taken);
}

/* Whether an image is taken when its checksum is looked at, as one from a file is. */
static bool checked(const dk_buf *original, const void *image, size_t size) {
    uint32_t kind, version;
    dk_image opened;
    memcpy(&kind, original->ptr + 8, sizeof kind);
    memcpy(&version, original->ptr + 12, sizeof version);
    return dk_image_open(&opened, image, size, kind, version, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static void (*const takers[KINDS])(const void *, size_t) = {take_lexicon, take_index, take_weights, take_languages};
    if (lexicon == NULL) open_all();
    if (len == 0) return 0;
    int kind = bytes[0] % KINDS;
    const dk_buf *original = &images[kind];
    size_t size = original->len;
    unsigned char *image = aligned_alloc(64, (size + 63) / 64 * 64);
    fuzz_require(image != NULL, "no memory");
    memcpy(image, original->ptr, size);
    for (size_t i = 1; i + 5 <= len; i += 5) {
        size_t at = ((size_t)bytes[i] | (size_t)bytes[i + 1] << 8 | (size_t)bytes[i + 2] << 16) % size;
        if (bytes[i + 3] % 4 == 0) image[at] ^= bytes[i + 4];
        else if (bytes[i + 3] % 4 == 1) image[at] = bytes[i + 4];
        else if (bytes[i + 3] % 4 == 2) image[at / 64 * 64 + at % 16] = bytes[i + 4]; /* where heads of sections are */
        else size = at + 1; /* cut short */
        if (bytes[i + 3] % 4 == 3) break;
    }
    bool same = size == original->len && memcmp(image, original->ptr, size) == 0;
    fuzz_require(checked(original, image, size) == same, same ? "an image is refused" : "a damaged image is taken");
    takers[kind](image, size);
    free(image);
    return 0;
}
