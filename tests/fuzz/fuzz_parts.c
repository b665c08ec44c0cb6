/* Partial results of `drivkraft tag --partial`, damaged or made up with right checksums: joined or refused, never believed beyond their bytes. Wrong if
 * one is refused without saying which and why, if one that is taken gives other rows than its chunks hold, or if a refused one leaves a file.
 *
 * The input: a byte whose low bit says that hashes stay as they are, the length of the first part (2 bytes), and two parts; without a second
 * one the first comes alone. */
#include <dirent.h>

#include "base/file.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "tag/partial.h"
#include "tag/partial_format.h"
#include "tag/rows.h"

const char *const fuzz_tokens[] = {"\x01\x01\x01\x01\x01\x01\x01\x01", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", "\x7F", "version\t", "1,sv,0.9,0.5,positive,\n"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {"\x02\x08\x08" DK_PARTIAL_TITLE "0123456701234567", ""};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

enum { TITLE = sizeof DK_PARTIAL_TITLE - 1, FRAME = 16, NUMBERS = 8 * DK_PARTIAL_CHUNK };

static char folder[64], paths[2][96];

static void make_folder(void) {
    strcpy(folder, "/tmp/dk-fuzz-XXXXXX");
    fuzz_require(mkdtemp(folder) != NULL, "no temporary folder");
    for (int i = 0; i < 2; i++) snprintf(paths[i], sizeof paths[i], "%s/%d.part", folder, i);
    fuzz_require(setenv("DRIVKRAFT_NO_SYNC", "1", 1) == 0, "no memory");
}

static void remove_folder(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf %.60s", folder);
    if (system(command) != 0) fprintf(stderr, "%s stays\n", folder);
}

static void put_number(char *at, uint64_t value) {
    for (int k = 0; k < 8; k++) at[k] = (char)(value >> 8 * k & 0xFF);
}

/* Makes the hashes of a part right, and lengths that lead beyond its end such that do not. */
static void mend(char *bytes, size_t len) {
    if (len < TITLE + FRAME) return;
    size_t at = TITLE + FRAME, rest = len - at;
    uint64_t head = dk_load_8(bytes + TITLE);
    if (head > rest) put_number(bytes + TITLE, head = rest);
    put_number(bytes + TITLE + 8, dk_hash(bytes + at, head));
    at += head;
    while (len - at >= 2 * NUMBERS && dk_load_8(bytes + at) != 0) {
        uint64_t room = len - at - 2 * NUMBERS, comments = dk_load_8(bytes + at + 16), mentions = dk_load_8(bytes + at + 24);
        if (comments > room) put_number(bytes + at + 16, comments = room);
        if (mentions > room - comments) put_number(bytes + at + 24, mentions = room - comments);
        const char *text = bytes + at + NUMBERS;
        put_number(bytes + at + 32, dk_partial_hash(text, comments, text + comments, mentions));
        at += NUMBERS + comments + mentions;
    }
}

static void write_part(const char *path, const uint8_t *bytes, size_t len, bool as_it_is) {
    char *copy = malloc(len + 1);
    fuzz_require(copy != NULL, "no memory");
    memcpy(copy, bytes, len);
    if (!as_it_is) mend(copy, len);
    FILE *f = fopen(path, "wb");
    fuzz_require(f != NULL && fwrite(copy, 1, len, f) == len && fclose(f) == 0, "no temporary file");
    free(copy);
}

/* What a merge wrote, which is removed; false when it is not there. */
static bool take_output(const char *name, dk_buf *text) {
    char path[96];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!dk_file_exists(path)) return false;
    fuzz_require(dk_file_read(path, text, NULL) == DK_OK && unlink(path) == 0, "an output cannot be read");
    return true;
}

static size_t runs, joined;

/* Corpora are of one version of the format: with those of another all inputs would be refused at once, and nothing be tried. */
static void look_back(void) {
    if (runs < 100 || joined > 0) return;
    fprintf(stderr, "of %zu inputs none was joined: make seeds anew by drivkraft tag --partial\n", runs);
    _exit(1);
}

static int not_hidden(const struct dirent *d) { return d->d_name[0] != '.' || d->d_name[1] == 'c' || d->d_name[1] == 'm' || d->d_name[1] == 'p'; }

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (folder[0] == '\0') {
        make_folder();
        atexit(look_back);
        atexit(remove_folder);
    }
    if (len < 3) return 0;
    runs++;
    size_t first = bytes[1] | (size_t)bytes[2] << 8, rest = len - 3, n = first < rest ? 2 : 1;
    if (n == 1) first = rest;
    write_part(paths[0], bytes + 3, first, bytes[0] & 1);
    write_part(paths[1], bytes + 3 + first, rest - first, bytes[0] & 1);
    const char *const parts[] = {paths[0], paths[1]};
    dk_partial_facts facts;
    dk_error err = {0};
    dk_status status = dk_partial_merge(parts, n, folder, &facts, &err);
    dk_buf text;
    dk_buf_init(&text);
    if (status == DK_OK) {
        joined++;
        fuzz_require(facts.rows >= 0 && facts.left_out >= 0, "rows below none");
        fuzz_require(take_output("comments.csv", &text) && text.len >= sizeof DK_COMMENTS_HEADER - 1 && memcmp(text.ptr, DK_COMMENTS_HEADER, sizeof DK_COMMENTS_HEADER - 1) == 0,
                     "comments without their header");
        fuzz_require(take_output("mentions.csv", &text) && take_output("plan.tsv", &text), "an output is missing");
    } else {
        fuzz_require(err.message[0] != '\0' && (err.file[0] != '\0' || strstr(err.message, "is missing") != NULL), "refused without saying which and why");
    }
    struct dirent **names;
    int left = scandir(folder, &names, not_hidden, NULL); /* . and .. are hidden */
    fuzz_require(left == 2, "a file is left");
    for (int i = 0; i < left; i++) free(names[i]);
    free(names);
    dk_buf_dispose(&text);
    return 0;
}
