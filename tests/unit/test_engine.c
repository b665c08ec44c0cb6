/* Compiled engines: the same answers from files, from the cache and from one file; what is damaged is noticed and made anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/image.h"
#include "base/pipeline.h"
#include "tag/rows.h"

static char root[64], data[128], cache[128];

static void write_file(const char *path, const void *bytes, size_t len) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* A lexicon of one's own that is large enough to be kept, with a word that says `valence`. */
static void write_lexicon(const char *valence) {
    char path[256];
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "term\tvalence\n");
    for (int i = 0; i < 5000; i++) dk_buf_putf(&text, "ordet%dord\t%d\n", i, 1 + i % 5);
    dk_buf_putf(&text, "blorvig\t%s\n//snarpig \\w+ snarp//\t-3\n/^zz+op$/\t4\n", valence);
    snprintf(path, sizeof path, "%s/lexicons/sv/valence.tsv", data);
    write_file(path, text.ptr, text.len);
    dk_buf_dispose(&text);
}

/* The morphologies of the user's cache, which take seconds to make, in that of the test. */
static void link_morphologies(void) {
    char folder[512], from[1024], to[512];
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (xdg != NULL && *xdg == '/') snprintf(folder, sizeof folder, "%s/drivkraft", xdg);
    else snprintf(folder, sizeof folder, "%s/.cache/drivkraft", home != NULL ? home : "");
    DIR *dir = opendir(folder);
    for (struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;) {
        if (strncmp(d->d_name, "morph-", 6) != 0) continue;
        snprintf(from, sizeof from, "%s/%.200s", folder, d->d_name);
        snprintf(to, sizeof to, "%s/%.200s", cache, d->d_name);
        if (symlink(from, to) != 0) break; /* it is then made anew */
    }
    if (dir != NULL) closedir(dir);
}

static int make_folders(void **state) {
    (void)state;
    char path[256];
    strcpy(root, "/tmp/drivkraft-engine-XXXXXX");
    if (mkdtemp(root) == NULL) return -1;
    snprintf(data, sizeof data, "%s/data", root);
    snprintf(cache, sizeof cache, "%s/cache", root);
    snprintf(path, sizeof path, "%s/lexicons/sv", data);
    if (dk_folder_make(path, NULL) != DK_OK || dk_folder_make(cache, NULL) != DK_OK) return -1;
    snprintf(path, sizeof path, "%s/models", data);
    if (symlink(DK_SOURCE_DIR "/models", path) != 0) return -1;
    snprintf(path, sizeof path, "%s/lexicons/taxonomy.tsv", data);
    if (symlink(DK_SOURCE_DIR "/lexicons/taxonomy.tsv", path) != 0) return -1;
    link_morphologies();
    write_lexicon("5");
    return 0;
}

static int remove_folders(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %.60s", root);
    return system(command);
}

/* The path of the only engine in the cache; false when there is none. */
static bool cached(char out[512]) {
    int n = 0;
    DIR *dir = opendir(cache);
    assert_non_null(dir);
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        assert_null(strstr(d->d_name, ".bin.")); /* nothing half-written is left behind */
        if (strncmp(d->d_name, "engine-", 7) != 0) continue;
        snprintf(out, 512, "%s/%.200s", cache, d->d_name);
        n++;
    }
    closedir(dir);
    assert_in_range(n, 0, 1);
    return n == 1;
}

static void forget(void) {
    char path[512];
    if (cached(path)) assert_int_equal(unlink(path), 0);
}

static const char *const comments[] = {
    "Det var blorvig.", "inte blorvig!", "snarpig gammal snarp och zzzop", "ordet17ord, ordet4999ord", "The delivery was late.",
    "Leveransen var sen men personalen trevlig", "", "blorvi",
};

/* What an engine makes of the comments, with its version and where its entries stand. */
static void answers(const dk_engine *engine, dk_buf *out) {
    dk_session *session;
    dk_buf_clear(out);
    dk_buf_putf(out, "%s\n", dk_engine_stamp(engine));
    assert_int_equal(dk_session_new(&session, engine, NULL, NULL), DK_OK);
    for (size_t i = 0; i < sizeof comments / sizeof *comments; i++) {
        dk_comment c;
        dk_str text = dk_str_from(comments[i]);
        assert_int_equal(dk_session_tag(session, text, &c, NULL), DK_OK);
        dk_rows_put_comment(out, engine, dk_str_from("x"), &c);
        dk_rows_put_mentions(out, engine, dk_str_from("x"), text, &c);
    }
    dk_session_free(session);
    const dk_lexicon *lexicon = dk_engine_lexicon(engine);
    for (uint32_t i = 0; i < lexicon->count; i += 499) {
        dk_entry_put_place(out, lexicon, i);
        dk_buf_put(out, lexicon->sources[i].text.ptr, lexicon->sources[i].text.len);
    }
    for (uint32_t i = 0; i < dk_engine_themes(engine); i++) {
        const dk_theme *t = &dk_engine_taxonomy(engine)->themes[i];
        dk_buf_putf(out, "%s %s %s %s %s %s %d %d\n", t->id, t->name, t->stage, t->owner, t->label[DK_LANG_DA], t->covers, t->outcome,
                    t->pack);
    }
}

static void open_and_ask(const char *folder, dk_buf *out) {
    dk_engine *engine;
    dk_error err = {0};
    dk_engine_options options = {.data_dir = data, .cache = folder};
    if (dk_engine_open(&engine, &options, &err) != DK_OK) fail_msg("%s:%d %s", err.file, (int)err.line, err.message);
    answers(engine, out);
    dk_engine_free(engine);
}

static void same(const dk_buf *a, const dk_buf *b) {
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->ptr, b->ptr, a->len);
}

/* Wrong if: the cache is not used or can be read by others; an engine from it answers otherwise; a cut or altered one is believed,
   or not made anew. */
static void the_cache_answers_the_same_or_is_made_anew(void **state) {
    (void)state;
    char path[512];
    struct stat st;
    dk_buf built, again, whole, now;
    dk_buf_init(&built);
    dk_buf_init(&again);
    dk_buf_init(&whole);
    dk_buf_init(&now);
    forget();
    open_and_ask("", &built);
    assert_false(cached(path));
    open_and_ask(cache, &again);
    same(&built, &again);
    assert_true(cached(path));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    open_and_ask(cache, &again);
    same(&built, &again);
    assert_int_equal(dk_file_read(path, &whole, NULL), DK_OK);
    const size_t places[] = {0, 20, 70, whole.len / 2, whole.len - 70};
    for (size_t i = 0; i < sizeof places / sizeof *places + 2; i++) {
        dk_buf_clear(&now);
        dk_buf_put(&now, whole.ptr, whole.len);
        size_t len = i == 5 ? whole.len - 64 : i == 6 ? 0 : whole.len;
        if (i < 5) now.ptr[places[i]] ^= 4;
        write_file(path, now.ptr, len);
        open_and_ask(cache, &again);
        same(&built, &again);
        assert_int_equal(dk_file_read(path, &now, NULL), DK_OK);
        same(&whole, &now);
    }
    dk_buf_dispose(&built);
    dk_buf_dispose(&again);
    dk_buf_dispose(&whole);
    dk_buf_dispose(&now);
}

/* Wrong if an entry that was changed goes on as it was. */
static void what_is_changed_counts(void **state) {
    (void)state;
    char path[512];
    dk_buf before, after;
    dk_buf_init(&before);
    dk_buf_init(&after);
    forget();
    open_and_ask(cache, &before);
    forget(); /* so that there is one engine */
    write_lexicon("-5");
    open_and_ask(cache, &after);
    assert_true(before.len != after.len || memcmp(before.ptr, after.ptr, before.len) != 0);
    assert_true(cached(path));
    write_lexicon("5");
    forget();
    open_and_ask(cache, &after);
    same(&before, &after);
    dk_buf_dispose(&before);
    dk_buf_dispose(&after);
}

static dk_status open_beside(void *context, size_t i, dk_error *err) {
    (void)err;
    open_and_ask(cache, (dk_buf *)context + i);
    return DK_OK;
}

/* Wrong if several that build the same engine at once disturb each other. */
static void several_build_at_once(void **state) {
    (void)state;
    char path[512];
    dk_buf answers_of[4];
    for (int i = 0; i < 4; i++) dk_buf_init(&answers_of[i]);
    forget();
    assert_int_equal(dk_parallel_for(4, 4, open_beside, answers_of, NULL), DK_OK);
    assert_true(cached(path));
    for (int i = 1; i < 4; i++) same(&answers_of[0], &answers_of[i]);
    for (int i = 0; i < 4; i++) dk_buf_dispose(&answers_of[i]);
}

/* Wrong if: a compiled engine depends on the files it was made of, answers otherwise, differs from run to run; a damaged one is
   taken or not named; or it pretends to take other lexicons. */
static void one_file_is_the_whole_engine(void **state) {
    (void)state;
    char path[256];
    dk_buf built, image, again, other;
    dk_buf_init(&built);
    dk_buf_init(&image);
    dk_buf_init(&again);
    dk_buf_init(&other);
    dk_engine *engine, *compiled;
    dk_error err = {0};
    dk_engine_options options = {.data_dir = data, .cache = cache};
    forget();
    assert_int_equal(dk_engine_open(&engine, &options, &err), DK_OK);
    answers(engine, &built);
    assert_int_equal(dk_engine_put(engine, &image, &err), DK_OK);
    dk_engine_free(engine);
    assert_int_equal(dk_engine_open(&engine, &options, &err), DK_OK); /* from the cache */
    assert_int_equal(dk_engine_put(engine, &again, &err), DK_OK);
    dk_engine_free(engine);
    same(&image, &again);
    snprintf(path, sizeof path, "%s/own.engine", root);
    write_file(path, image.ptr, image.len);
    dk_engine_options file = {.engine = path, .cache = ""};
    assert_int_equal(dk_engine_open(&compiled, &file, &err), DK_OK);
    answers(compiled, &other);
    same(&built, &other);
    assert_int_equal(dk_engine_put(compiled, &again, &err), DK_OK);
    same(&image, &again);
    dk_engine_free(compiled);

    const char *const own[] = {"x.tsv"};
    dk_engine_options joined = {.engine = path, .lexicons = own, .nlexicons = 1};
    assert_int_equal(dk_engine_open(&compiled, &joined, &err), DK_EUSAGE);
    image.ptr[image.len / 3] ^= 1;
    for (int cut = 0; cut < 3; cut++) {
        write_file(path, image.ptr, cut == 0 ? image.len : cut == 1 ? image.len / 2 : 10);
        assert_int_equal(dk_engine_open(&compiled, &file, &err), DK_EDATA);
        assert_string_equal(err.file, path);
        assert_non_null(strstr(err.remedy, "lexicon compile"));
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(dk_engine_open(&compiled, &file, &err), DK_EIO);
    dk_buf_dispose(&built);
    dk_buf_dispose(&image);
    dk_buf_dispose(&again);
    dk_buf_dispose(&other);
}

/* Wrong if sections get lost or mixed up, or a section that reaches beyond the image is read. */
static void images_hold_their_sections(void **state) {
    (void)state;
    enum { KIND = 7, VERSION = 2 };
    static const uint32_t numbers[] = {1, 2, 3};
    dk_buf b;
    dk_image image;
    size_t n;
    dk_buf_init(&b);
    dk_image_begin(&b, KIND, VERSION);
    dk_image_put(&b, 10, numbers, 3, sizeof *numbers);
    dk_image_put(&b, 11, "", 0, 8);
    dk_image_put(&b, 12, "hej", 3, 1);
    assert_int_equal(dk_image_end(&b, NULL), DK_OK);
    assert_true(dk_image_open(&image, b.ptr, b.len, KIND, VERSION, true));
    const uint32_t *back = dk_image_get(&image, 10, sizeof *back, &n);
    assert_non_null(back);
    assert_int_equal(n, 3);
    assert_int_equal(back[2], 3);
    assert_int_equal((uintptr_t)back % 8, 0);
    assert_non_null(dk_image_get(&image, 11, 8, &n));
    assert_int_equal(n, 0);
    assert_memory_equal(dk_image_get(&image, 12, 1, &n), "hej", 3);
    assert_null(dk_image_get(&image, 13, 1, &n));
    assert_null(dk_image_get(&image, 10, 8, &n)); /* elements of another size */
    dk_image_reader reader = {image, false};
    assert_null(dk_image_take_exactly(&reader, 10, sizeof *back, 4));
    assert_null(dk_image_take_exactly(&reader, 10, sizeof *back, 3)); /* once failed, always */
    assert_false(dk_image_open(&image, b.ptr, b.len, KIND + 1, VERSION, true));
    assert_false(dk_image_open(&image, b.ptr, b.len, KIND, VERSION + 1, true));
    assert_false(dk_image_open(&image, b.ptr, b.len - 1, KIND, VERSION, false));
    assert_false(dk_image_open(&image, NULL, 0, KIND, VERSION, false));
    for (size_t i = 0; i < 128; i++) { /* the head and the first section: whatever is there, nothing beyond is read */
        char kept = b.ptr[i];
        b.ptr[i] = (char)(kept ^ 0x81);
        assert_false(dk_image_open(&image, b.ptr, b.len, KIND, VERSION, true));
        if (dk_image_open(&image, b.ptr, b.len, KIND, VERSION, false)) (void)dk_image_get(&image, 12, 1, &n);
        b.ptr[i] = kept;
    }
    dk_buf_dispose(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_hold_their_sections),
        cmocka_unit_test(the_cache_answers_the_same_or_is_made_anew),
        cmocka_unit_test(what_is_changed_counts),
        cmocka_unit_test(several_build_at_once),
        cmocka_unit_test(one_file_is_the_whole_engine),
    };
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
