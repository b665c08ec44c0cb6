/* The cache of morphology, damaged and whole, portable images, and faults in models. English only: it is made fastest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "text/morph.h"

static char folder[64];

static int make_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/drivkraft-test-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    char path[512];
    DIR *dir = opendir(folder);
    if (dir == NULL) return -1;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (*e->d_name != '.') unlink(path);
    }
    closedir(dir);
    return rmdir(folder);
}

/* The only file in the folder; its path in out. */
static void only_file(char out[512]) {
    int n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (*e->d_name != '.') {
            snprintf(out, 512, "%s/%s", folder, e->d_name);
            n++;
        }
    closedir(dir);
    assert_int_equal(n, 1);
}

static dk_morph *open_english(const char *cache) {
    dk_morph *m;
    dk_error err;
    dk_morph_options options = {.models = DK_SOURCE_DIR "/models", .cache = cache};
    if (dk_morph_open(&m, "en", &options, &err) != DK_OK) fail_msg("%s: %s", err.file, err.message);
    return m;
}

static void check_works(const dk_morph *m) {
    dk_lemma lemma;
    assert_int_equal(dk_morph_lemmas(m, dk_str_from("deliveries"), 0, &lemma, 1), 1);
    assert_string_equal(lemma.text, "delivery");
}

/* Wrong if: a cut or altered cache is believed, is not made anew, or others may read the file. */
static void a_damaged_cache_is_made_anew(void **state) {
    (void)state;
    char path[512];
    struct stat st;
    dk_buf whole, again;
    dk_buf_init(&whole);
    dk_buf_init(&again);
    dk_morph_free(open_english(folder));
    only_file(path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(dk_file_read(path, &whole, NULL), DK_OK);
    const size_t places[] = {0, 9, 17, 40, 200, whole.len / 2, whole.len - 1};
    for (size_t i = 0; i < sizeof places / sizeof *places + 2; i++) {
        size_t places_count = sizeof places / sizeof *places;
        if (i < places_count) {
            FILE *f = fopen(path, "r+b");
            assert_non_null(f);
            fseek(f, (long)places[i], SEEK_SET);
            fputc((unsigned char)whole.ptr[places[i]] ^ 0x10, f);
            fclose(f);
        } else {
            assert_int_equal(truncate(path, i == places_count ? (off_t)whole.len / 3 : 0), 0);
        }
        dk_morph *m = open_english(folder);
        check_works(m);
        dk_morph_free(m);
        assert_int_equal(dk_file_read(path, &again, NULL), DK_OK);
        assert_int_equal(again.len, whole.len);
        assert_memory_equal(again.ptr, whole.ptr,
                            whole.len); /* and the same bytes: building depends on nothing else */
    }
    dk_buf_dispose(&whole);
    dk_buf_dispose(&again);
}

/* Wrong if: a cache folder that cannot be made is an error. */
static void no_cache_is_no_error(void **state) {
    (void)state;
    dk_morph *m = open_english("/proc/nowhere/cache");
    check_works(m);
    dk_morph_free(m);
}

/* Wrong if: an image does not carry the whole morphology, or a damaged or unaligned one is taken. */
static void images_are_portable(void **state) {
    (void)state;
    const void *image;
    size_t size;
    dk_error err;
    dk_morph *m = open_english(folder), *other;
    dk_morph_image(m, &image, &size);
    char *copy = malloc(size + 8);
    assert_non_null(copy);
    memcpy(copy, image, size);
    assert_int_equal(dk_morph_open_image(&other, copy, size, &err), DK_OK);
    check_works(other);
    assert_string_equal(dk_morph_language(other), "en");
    assert_string_equal(dk_morph_stamp(other), dk_morph_stamp(m));
    assert_int_equal(strlen(dk_morph_stamp(m)), 32);
    dk_morph_free(other);
    assert_int_equal(dk_morph_open_image(&other, copy, size - 8, &err), DK_EDATA);
    assert_int_equal(dk_morph_open_image(&other, copy, 4, &err), DK_EDATA);
    copy[size / 2] ^= 1;
    assert_int_equal(dk_morph_open_image(&other, copy, size, &err), DK_EDATA);
    memmove(copy + 4, image, size);
    assert_int_equal(dk_morph_open_image(&other, copy + 4, size, &err), DK_EDATA);
    free(copy);
    dk_morph_free(m);
}

static void write_file(const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Wrong if: faults in models pass, or are reported without file and line. */
static void faults_in_models_are_located(void **state) {
    (void)state;
    static const struct {
        const char *words, *irregular, *lemma, *file;
        int64_t line;
    } bad[] = {
        {"word\tcount\nthe\tmany\n", "", "", "words_en.tsv", 2},
        {"word\tcount\nthe\t-1\n", "", "", "words_en.tsv", 2},
        {"the\t1\n", "go\tverb\n", "", "irregular_en.tsv", 1},
        {"the\t1\n", "go\tmood\twent\n", "", "irregular_en.tsv", 1},
        {"the\t1\n", "", "# head\nkind\tkey\tvalue\tmore\nweight\tscript:s>\tx\n", "lemma_en.tsv", 3},
        {"the\t1\n", "", "rule\ts\tnothing\t10\n", "lemma_en.tsv", 1},
        {"the\t1\n", "", "form\ta\tb\t1001\n", "lemma_en.tsv", 1},
        {"the\t1\n", "", "split\tno such\t1\n", "lemma_en.tsv", 1},
        {"the\t1\n", "", "\x66oo\tbar\n", "lemma_en.tsv", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        dk_morph *m;
        dk_error err = {.status = DK_OK};
        dk_morph_options options = {.models = folder, .cache = ""};
        write_file("words_en.tsv", bad[i].words);
        write_file("irregular_en.tsv", bad[i].irregular);
        write_file("lemma_en.tsv", bad[i].lemma);
        assert_int_equal(dk_morph_open(&m, "en", &options, &err), DK_EDATA);
        assert_null(m);
        assert_string_equal(dk_path_name(err.file), bad[i].file);
        assert_int_equal(err.line, bad[i].line);
    }
}

/* Wrong if: a missing dictionary or model is not named with what to do about it. */
static void missing_files_are_named(void **state) {
    (void)state;
    dk_morph *m;
    dk_error err;
    dk_morph_options options = {.models = DK_SOURCE_DIR "/models", .dictionaries = "/nowhere", .cache = ""};
    assert_int_equal(dk_morph_open(&m, "da", &options, &err), DK_EIO);
    assert_non_null(strstr(err.remedy, "hunspell-da"));
    options = (dk_morph_options){.models = "/nowhere", .cache = ""};
    assert_int_equal(dk_morph_open(&m, "da", &options, &err), DK_EIO);
    assert_int_equal(dk_morph_open(&m, "no", &options, &err), DK_EUSAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_damaged_cache_is_made_anew, make_folder, remove_folder),
        cmocka_unit_test(no_cache_is_no_error),
        cmocka_unit_test_setup_teardown(images_are_portable, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(faults_in_models_are_located, make_folder, remove_folder),
        cmocka_unit_test(missing_files_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
