/* The base room: buffers, interning, arenas, errors and the ordered pipeline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants the headers above first */
#include <cmocka.h>

#include "base/nearest.h"
#include "base/arena.h"
#include "base/bits.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/pages.h"
#include "base/pipeline.h"

static void numbers_print_exactly(void **state) {
    (void)state;
    static const struct {
        int64_t milli;
        const char *text;
    } cases[] = {{0, "0"}, {-250, "-0.25"}, {1000, "1"}, {1, "0.001"}, {-999, "-0.999"}, {123450, "123.45"}};
    dk_buf b;
    dk_buf_init(&b);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_buf_clear(&b);
        dk_buf_put_milli(&b, cases[i].milli);
        assert_string_equal(dk_buf_cstr(&b), cases[i].text);
    }
    dk_buf_clear(&b);
    dk_buf_put_int(&b, INT64_MIN);
    assert_string_equal(dk_buf_cstr(&b), "-9223372036854775808");
    dk_buf_dispose(&b);
}

static void doubles_read_back_the_same(void **state) {
    (void)state;
    dk_buf b;
    dk_buf_init(&b);
    uint64_t bits = 88172645463325252ull;
    for (int i = 0; i < 20000; i++) {
        bits = dk_hash_mix(bits, (uint64_t)i);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (value != value || value - value != 0) continue;
        dk_buf_clear(&b);
        dk_buf_put_double(&b, value);
        assert_true(strtod(dk_buf_cstr(&b), NULL) == value);
    }
    dk_buf_dispose(&b);
}

static void interning_gives_each_string_one_number(void **state) {
    (void)state;
    dk_intern t;
    dk_intern_init(&t);
    char name[32];
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            size_t len = (size_t)snprintf(name, sizeof name, "word%u", i);
            assert_int_equal(dk_intern_add(&t, (dk_str){name, len}), i);
        }
    assert_int_equal(dk_intern_find(&t, dk_str_from("word4999")), 4999);
    assert_int_equal(dk_intern_find(&t, dk_str_from("word5000")), DK_NO_ID);
    assert_string_equal(dk_intern_text(&t, 17).ptr, "word17");
    dk_intern_dispose(&t);
}

static void an_arena_gives_aligned_memory_again_after_reset(void **state) {
    (void)state;
    dk_arena a;
    dk_arena_init(&a);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 300000; size = size * 3 + 1) {
            char *p = dk_arena_alloc(&a, size);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 16, 0);
            memset(p, round, size);
        }
        size_t held = dk_arena_held(&a);
        dk_arena_reset(&a);
        if (round > 0) assert_int_equal(dk_arena_held(&a), held);
    }
    assert_null(dk_arena_calloc(&a, SIZE_MAX / 2, 3));
    dk_arena_dispose(&a);
}

static void an_error_is_cut_at_whole_characters(void **state) {
    (void)state;
    dk_error e;
    assert_int_equal(dk_fail_at(&e, DK_EDATA, "file.tsv", 3, 7, "%s", "wrong"), DK_EDATA);
    char text[400];
    for (size_t i = 0; i + 1 < sizeof text; i += 2) memcpy(text + i, "\xC3\xA5", 2);
    dk_error_excerpt(&e, text, sizeof text);
    assert_int_equal(strlen(e.excerpt) % 2, 0);
    assert_int_equal(e.line, 3);
    assert_int_equal(dk_fail(NULL, DK_EIO, "nowhere to tell"), DK_EIO);
}

/* A pipeline that squares numbers; the third stage checks the order. */
typedef struct squares {
    int64_t next, count, expected, fail_at;
} squares;

static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    (void)err;
    squares *s = context;
    if (s->next == s->count) *done = true;
    else *(int64_t *)item = s->next++;
    return DK_OK;
}

static dk_status work(void *context, void *worker, void *item, dk_error *err) {
    const squares *s = context;
    int64_t *n = item;
    ++*(int64_t *)worker;
    if (*n >= s->fail_at) return dk_fail(err, DK_EDATA, "item %lld", (long long)*n);
    *n = *n * *n;
    return DK_OK;
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    (void)err;
    squares *s = context;
    assert_int_equal(*(int64_t *)item, s->expected * s->expected);
    s->expected++;
    return DK_OK;
}

static void a_pipeline_delivers_in_order_and_fails_at_the_first(void **state) {
    (void)state;
    for (int threads = 1; threads <= 7; threads += 2) {
        int64_t numbers[16], counts[8] = {0};
        void *items[16], *workers[8];
        for (int i = 0; i < 16; i++) items[i] = &numbers[i];
        for (int i = 0; i < 8; i++) workers[i] = &counts[i];
        squares s = {.count = 500, .fail_at = INT64_MAX};
        dk_pipeline p = {&s, produce, work, deliver, items, workers, threads};
        dk_error err;
        assert_int_equal(dk_pipeline_run(&p, &err), DK_OK);
        assert_int_equal(s.expected, 500);
        s = (squares){.count = 500, .fail_at = 333};
        assert_int_equal(dk_pipeline_run(&p, &err), DK_EDATA);
        assert_int_equal(s.expected, 333); /* all that came before was delivered, whatever the threads did */
        assert_string_equal(err.message, "item 333");
    }
}

static dk_status fail_some(void *context, size_t index, dk_error *err) {
    ((int *)context)[index]++;
    return index % 10 == 7 ? dk_fail(err, DK_EDATA, "index %zu", index) : DK_OK;
}

static void a_parallel_loop_calls_every_index_and_reports_the_first(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        int calls[100] = {0};
        dk_error err;
        assert_int_equal(dk_parallel_for(threads, 100, fail_some, calls, &err), DK_EDATA);
        assert_string_equal(err.message, "index 7");
        for (int i = 0; i < 100; i++) assert_int_equal(calls[i], 1);
    }
}

static void a_data_folder_must_hold_lexicons(void **state) {
    (void)state;
    char *folder = NULL;
    dk_error err;
    assert_int_equal(dk_data_find("/nonexistent", NULL, &folder, &err), DK_EIO);
    assert_int_equal(dk_data_find(".", NULL, &folder, &err), DK_OK);
    free(folder);
}

/* A suggestion that is far from what was typed misleads more than none. */
static void test_nearest(void **state) {
    static const char *const names[] = {"score", "segment", "id", "text"};
    (void)state;
    assert_string_equal(dk_nearest(dk_str_from("socre"), names, 4), "score"); /* a swap is one edit */
    assert_string_equal(dk_nearest(dk_str_from("SEGMENTS"), names, 4), "segment");
    assert_null(dk_nearest(dk_str_from("comment"), names, 4));
    assert_null(dk_nearest(dk_str_from("ab"), names, 4)); /* as many edits as id has letters */
    assert_int_equal(dk_edits(dk_str_from("ab"), dk_str_from("ba")), 1);
    assert_int_equal(dk_edits(dk_str_from(""), dk_str_from("abc")), 3);
    char lengthy[65];
    memset(lengthy, 'x', 64);
    lengthy[64] = '\0';
    assert_true(dk_edits(dk_str_from(lengthy), dk_str_from("x")) == SIZE_MAX);
}

/* A filter that forgets a hash would lose matches; one that passes too much would be of no use. */
static void a_filter_never_denies_what_was_added(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    dk_bits bits = {0};
    assert_true(dk_bits_may_have(&bits, 1));
    assert_true(dk_bits_init(&bits, COUNT));
    for (uint64_t i = 0; i < COUNT; i++) dk_bits_add(&bits, dk_hash_mix(i, 1));
    size_t passed = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        assert_true(dk_bits_may_have(&bits, dk_hash_mix(i, 1)));
        passed += dk_bits_may_have(&bits, dk_hash_mix(i, 2));
    }
    assert_in_range(passed, 1, COUNT / 12);
    dk_bits_dispose(&bits);
}

static void pages_are_aligned_whatever_their_size(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 64, 100000, (4 << 20) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *p = dk_pages_alloc(sizes[i]);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        p[0] = p[sizes[i] - 1] = 1;
        free(p);
    }
    assert_null(dk_pages_alloc(SIZE_MAX - 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_print_exactly),
        cmocka_unit_test(doubles_read_back_the_same),
        cmocka_unit_test(interning_gives_each_string_one_number),
        cmocka_unit_test(an_arena_gives_aligned_memory_again_after_reset),
        cmocka_unit_test(a_filter_never_denies_what_was_added),
        cmocka_unit_test(pages_are_aligned_whatever_their_size),
        cmocka_unit_test(an_error_is_cut_at_whole_characters),
        cmocka_unit_test(a_pipeline_delivers_in_order_and_fails_at_the_first),
        cmocka_unit_test(a_parallel_loop_calls_every_index_and_reports_the_first),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(a_data_folder_must_hold_lexicons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
