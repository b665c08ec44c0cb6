/* The image of a dictionary's morphology, as the cache and compiled engines hold it, damaged anywhere. With its checksum as it was a damaged one must be
 * refused. With the checksum made right it may be taken or refused, but where its tables lie is to be looked at before: nothing outside of it is
 * read by taking it. What stands in tables is guarded by the checksum alone, so nothing is looked up in them here.
 *
 * The input is changes of 5 bytes each: the place (3, modulo the size, or of the head when the next is odd), how (1) and the value (1). */
#include "base/file.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "text/morph.h"
#include "text/morph_image.h"

const char *const fuzz_tokens[] = {"\x01", "\xFF\xFF\xFF\xFF", "\x7F", "\x40\x01\x01\x01\xFF", "\x10\x01\x01\x03\x01"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"\x40\x01\x01\x01\xFF", "\x80\x02\x01\x03\x01", "\x10\x01\x01\x01\x80", "\x44\x03\x01\x03\x07"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

static char folder[64];
static unsigned char *image, *original;
static size_t size;

static void write_text(const char *name, const char *text) {
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    fuzz_require(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0, "no temporary file");
}

static void make_image(void) {
    static const char *const names[] = {"en_US", "en_GB"};
    char path[32];
    strcpy(folder, "/tmp/dk-fuzz-XXXXXX");
    fuzz_require(mkdtemp(folder) != NULL, "no temporary folder");
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s.aff", names[i]);
        write_text(path, "SET UTF-8\nSFX S Y 2\nSFX S 0 s [^y]\nSFX S y ies y\n");
        snprintf(path, sizeof path, "%s.dic", names[i]);
        write_text(path, "3\ndelivery/S\nshop/S\nParis\n");
    }
    write_text("words_en.tsv", "word\tcount\nshop\t10\ndeliveries\t5\n");
    write_text("irregular_en.tsv", "lemma\tclass\tforms\nbe\tverb\tbe am is are was were\n");
    write_text("lemma_en.tsv", "kind\tkey\tvalue\tmore\n");
    dk_morph_options options = {.dictionaries = folder, .models = folder, .cache = ""};
    dk_morph *m = NULL;
    dk_error err = {0};
    if (dk_morph_open(&m, "en", &options, &err) != DK_OK) fprintf(stderr, "%s:%lld: %s\n", err.file, (long long)err.line, err.message);
    fuzz_require(m != NULL, "no dictionary");
    const void *bytes;
    dk_morph_image(m, &bytes, &size);
    image = aligned_alloc(64, (size + 63) / 64 * 64);
    original = malloc(size);
    fuzz_require(image != NULL && original != NULL, "no memory");
    memcpy(image, bytes, size);
    memcpy(original, bytes, size);
    dk_morph_free(m);
}

static void clean_up(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %.60s", folder);
    if (system(command) != 0) fprintf(stderr, "%s stays\n", folder);
    free(image);
    free(original);
}

/* Whether these bytes are taken; what says which dictionary it is then is text. */
static bool taken(size_t len) {
    dk_morph *m = NULL;
    dk_error err = {0};
    if (dk_morph_open_image(&m, image, len, &err) != DK_OK) {
        fuzz_require(m == NULL && err.message[0] != '\0', "refused without saying why");
        return false;
    }
    fuzz_require(strlen(dk_morph_language(m)) < 8 && strlen(dk_morph_stamp(m)) < 40, "a name without an end");
    dk_morph_free(m);
    return true;
}

static size_t place(const uint8_t *change) {
    size_t at = (size_t)change[0] | (size_t)change[1] << 8 | (size_t)change[2] << 16;
    return change[3] & 2 ? at % sizeof(morph_image) : at % size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (image == NULL) {
        make_image();
        atexit(clean_up);
    }
    size_t end = size;
    for (size_t i = 0; i + 5 <= len; i += 5) {
        size_t at = place(bytes + i);
        if (bytes[i + 3] % 16 == 5) end = at + 1; /* cut short */
        else if (bytes[i + 3] & 1) image[at] = bytes[i + 4];
        else image[at] ^= bytes[i + 4];
    }
    bool same = end == size && memcmp(image, original, size) == 0;
    fuzz_require(taken(end) == same, same ? "an image is refused" : "a damaged image is taken");
    if (end >= sizeof(morph_image)) {
        uint64_t checksum = morph_image_checksum(image, end), said = end;
        memcpy(image + offsetof(morph_image, checksum), &checksum, sizeof checksum);
        if (len % 2 == 1) { /* with the length that it has, which is another thing to lie about */
            memcpy(image + offsetof(morph_image, size), &said, sizeof said);
            checksum = morph_image_checksum(image, end);
            memcpy(image + offsetof(morph_image, checksum), &checksum, sizeof checksum);
        }
        (void)taken(end);
    }
    for (size_t i = 0; i + 5 <= len; i += 5) image[place(bytes + i)] = original[place(bytes + i)];
    memcpy(image, original, sizeof(morph_image));
    return 0;
}
