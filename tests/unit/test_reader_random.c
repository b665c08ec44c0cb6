/* Random tables and random bytes: what is written reads back, the fast reader agrees with the plain splitter, and
 * neither the size of blocks nor the number of threads changes anything. */
#include "test_reader_table.h"

#include "base/hash.h"
#include "base/pipeline.h"
#include "io/clean.h"
#include "io/csv_write.h"
#include "io/dialect.h"
#include "io/scan.h"

static uint64_t seed;
static uint64_t draw(uint64_t below) {
    seed = dk_hash_mix(seed, 1);
    return seed % below;
}

static const char *const pieces[] = {
    "a",        "bc",    "å",
    "😀",        ",",     "\"",
    "\"\"",     "\n",    "\r\n",
    ";",        "\t",    " ",
    "Bra, men", "word ", "0123456789012345678901234567890123456789012345678901234567890123456789"};

static void random_cell(dk_buf *cell) {
    dk_buf_clear(cell);
    for (uint64_t n = draw(6); n > 0; n--) dk_buf_puts(cell, pieces[draw(sizeof pieces / sizeof *pieces)]);
}

/* A comment that did not come back as it was written would be tagged as something nobody said. */
static void test_round_trip(void **state) {
    (void)state;
    dk_buf file, want, cell;
    dk_buf_init(&file);
    dk_buf_init(&want);
    dk_buf_init(&cell);
    for (int trial = 0; trial < 300; trial++) {
        seed = (uint64_t)trial;
        size_t columns = 1 + draw(5), rows = draw(40);
        dk_buf_clear(&file);
        dk_buf_clear(&want);
        for (size_t c = 0; c < columns; c++) dk_buf_putf(&file, "%sc%zu", c > 0 ? "," : "", c);
        dk_buf_putc(&file, '\n');
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < columns; c++) {
                random_cell(&cell);
                if (c > 0) dk_buf_putc(&file, ',');
                dk_csv_put(&file, (dk_str){dk_buf_cstr(&cell), cell.len});
                dk_buf_putf(&want, "[%s]", dk_buf_cstr(&cell));
            }
            dk_buf_putc(&file, '\n');
            dk_buf_putc(&want, '\n');
        }
        dk_reader_options options = {.delimiter = ',', .block_bytes = 16 + draw(300)};
        table t;
        table_from(&t, ".csv", file.ptr, file.len, &options);
        if (t.status != DK_OK) fail_msg("trial %d: %s", trial, t.err.message);
        if (strcmp(dk_buf_cstr(&t.rows), dk_buf_cstr(&want)) != 0) fail_msg("trial %d", trial);
        table_dispose(&t);
    }
    dk_buf_dispose(&file);
    dk_buf_dispose(&want);
    dk_buf_dispose(&cell);
}

/* The plain way, a byte at a time, from dk_record_split; only for what is neither rejected nor repaired. */
static void plain_rows(const dk_dialect *d, dk_str text, dk_buf *rows, dk_buf *places) {
    const char *p = text.ptr, *end = p + text.len;
    size_t columns = 0;
    int64_t number = 1, line = 1;
    dk_field f[8];
    for (bool header = true; p < end;) {
        size_t n;
        const char *next = dk_record_split(d, p, end, true, f, 8, &n);
        if (next == NULL) break;
        bool blank = n == 1 && f[0].len == 0 && !f[0].quoted;
        int64_t lines = 0;
        for (const char *q = p; q < next; q++) lines += *q == d->eol;
        p = next;
        if (blank && (header || columns > 1)) {
            line += lines;
            continue;
        }
        if (header) {
            columns = n > 1 && f[n - 1].len + f[n - 1].tail == 0 ? n - 1 : n;
        } else {
            bool excess = false;
            for (size_t i = columns; i < n && i < 8; i++)
                for (size_t k = 0; k < f[i].len + f[i].tail; k++)
                    excess |= f[i].ptr[k] != ' ' && f[i].ptr[k] != '\t';
            if (!excess) {
                dk_buf_putf(places, "%lld:%lld ", (long long)number, (long long)line);
                for (size_t i = 0; i < columns; i++) {
                    dk_buf_putc(rows, '[');
                    for (size_t k = 0; i < n && k < f[i].len; k++) {
                        dk_buf_putc(rows, f[i].ptr[k]);
                        k += f[i].quoted && f[i].ptr[k] == '"';
                    }
                    if (i < n && f[i].tail > 0) dk_buf_put(rows, f[i].ptr + f[i].len + 1, f[i].tail);
                    dk_buf_putc(rows, ']');
                }
                dk_buf_putc(rows, '\n');
            }
            number++;
        }
        header = false;
        line += lines;
    }
}

/* Two readers of the same rules, one simple and one fast: where they differ, one is wrong. */
static void test_against_plain(void **state) {
    (void)state;
    static const char *const bits[] = {
        "a",    "bb",
        ",",    ",",
        ",",    "\"",
        "\"",   "\"\"",
        "\n",   "\n",
        "\r\n", " ",
        "å",    "012345678901234567890123456789012345678901234567890123456789012"};
    dk_buf text, rows, places;
    dk_buf_init(&text);
    dk_buf_init(&rows);
    dk_buf_init(&places);
    int compared = 0;
    for (int trial = 0; trial < 4000; trial++) {
        seed = (uint64_t)trial + 1000000;
        dk_buf_clear(&text);
        dk_buf_clear(&rows);
        dk_buf_clear(&places);
        dk_buf_puts(&text, draw(4) ? "a,b,c\n" : "a\n");
        for (uint64_t n = draw(40); n > 0; n--) dk_buf_puts(&text, bits[draw(sizeof bits / sizeof *bits)]);
        dk_reader_options options = {.delimiter = ',', .block_bytes = 16 + draw(200)};
        options.quoting = draw(5) == 0 ? DK_QUOTE_NONE : DK_QUOTE_DOUBLE;
        table t;
        table_from(&t, ".csv", text.ptr, text.len, &options);
        if (t.status == DK_OK && strstr(dk_buf_cstr(&t.rejects), "the file ends") == NULL) {
            dk_dialect d = {.delimiter = ',', .quoted = options.quoting == DK_QUOTE_DOUBLE, .eol = '\n'};
            plain_rows(&d, (dk_str){text.ptr, text.len}, &rows, &places);
            if (strcmp(dk_buf_cstr(&t.rows), dk_buf_cstr(&rows)) != 0 ||
                strcmp(dk_buf_cstr(&t.places), dk_buf_cstr(&places)) != 0)
                fail_msg("trial %d:\n%s\ngives\n%s%s\nand not\n%s%s", trial, dk_buf_cstr(&text),
                         dk_buf_cstr(&t.rows), dk_buf_cstr(&t.places), dk_buf_cstr(&rows),
                         dk_buf_cstr(&places));
            compared++;
        } else if (t.status != DK_OK) {
            assert_int_equal(t.status, DK_EDATA);
            assert_true(t.err.line > 0);
        }
        table_dispose(&t);
    }
    assert_true(compared > 2000); /* else this test says little */
    dk_buf_dispose(&text);
    dk_buf_dispose(&rows);
    dk_buf_dispose(&places);
}

/* The bit masks against one byte at a time. */
static void test_scan(void **state) {
    (void)state;
    char p[DK_SCAN_PAD];
    for (int trial = 0; trial < 500; trial++) {
        seed = (uint64_t)trial;
        uint64_t equal = 0, either = 0, unplain = 0;
        for (int i = 0; i < 64; i++) {
            p[i] = (char)(draw(2) ? draw(256) : ',');
            unsigned char c = (unsigned char)p[i];
            equal |= (uint64_t)(p[i] == ',') << i;
            either |= (uint64_t)(p[i] == ',' || p[i] == '\n') << i;
            unplain |= (uint64_t)(c < 0x20 || c >= 0x80) << i;
        }
        assert_true(dk_scan_equal(p, ',') == equal);
        assert_true(dk_scan_either(p, ',', '\n') == either);
        assert_true(dk_scan_unplain(p) == unplain);
        assert_true(dk_scan_unplain16(p) == (unplain & 0xFFFF));
    }
    assert_true(dk_scan_first(0) == 0 && dk_scan_first(64) == UINT64_MAX && dk_scan_first(3) == 7);
}

/* Whatever bytes go in, valid UTF-8 without control characters comes out; and valid text stays as it is. */
static void test_clean(void **state) {
    (void)state;
    dk_arena arena = {0};
    for (int trial = 0; trial < 3000; trial++) {
        seed = (uint64_t)trial;
        char bytes[300 + DK_SCAN_PAD] = {0};
        size_t len = draw(300);
        for (size_t i = 0; i < len; i++) bytes[i] = (char)(draw(3) ? 'a' + draw(26) : draw(256));
        dk_str cell = {bytes, len};
        dk_read_counts counts = {0};
        assert_true(dk_cell_clean(&cell, &arena, &counts));
        for (size_t i = 0; i < cell.len;) {
            const unsigned char *p = (const unsigned char *)cell.ptr + i;
            size_t n = dk_utf8_sequence(p, cell.len - i);
            assert_true(n > 0);
            assert_false(n == 1 && p[0] < 0x20 && p[0] != '\t' && p[0] != '\n' && p[0] != '\r');
            assert_false(n == 2 && p[0] == 0xC2 && p[1] < 0xA0);
            i += n;
        }
        dk_str again = cell;
        dk_read_counts none = {0};
        assert_true(dk_cell_clean(&again, &arena, &none));
        assert_true(again.ptr == cell.ptr && again.len == cell.len);
        assert_int_equal(none.repaired_cells + none.control_cells, 0);
        dk_arena_reset(&arena);
    }
    dk_arena_dispose(&arena);
}

typedef struct run_state {
    dk_reader *reader;
    table *t;
    int64_t serial;
} run_state;

static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    return dk_reader_read_block(((run_state *)context)->reader, item, done, err);
}

static dk_status work(void *context, void *worker, void *item, dk_error *err) {
    (void)worker;
    return dk_reader_parse(((run_state *)context)->reader, item, err);
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    run_state *s = context;
    dk_block *b = item;
    (void)err;
    assert_int_equal(b->serial, s->serial++);
    table_take(s->t, b);
    return DK_OK;
}

static void run_threads(const char *path, int threads, table *t) {
    table_init(t);
    dk_reader_options options = {.block_bytes = 500};
    run_state s = {.t = t};
    assert_int_equal(dk_reader_open(&s.reader, path, &options, &t->err), DK_OK);
    void *items[16], *workers[16] = {0};
    int n = dk_pipeline_items(threads);
    for (int i = 0; i < n; i++) assert_non_null(items[i] = dk_block_new());
    dk_pipeline p = {&s, produce, work, deliver, items, workers, threads};
    t->status = dk_pipeline_run(&p, &t->err);
    for (int i = 0; i < n; i++) dk_block_free(items[i]);
    dk_reader_free(s.reader);
}

static void test_threads(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,text\n");
    for (int i = 0; i < 3000; i++)
        dk_buf_putf(&text, i % 97 == 0 ? "%d,a,b\n" : "%d,\"x\n\"\"%d\"\" \xE5\x01\"\n", i, i);
    char *path = temp_file(".csv", text.ptr, text.len);
    table one, many;
    run_threads(path, 1, &one);
    assert_int_equal(one.status, DK_OK);
    for (int threads = 2; threads <= 4; threads++) {
        run_threads(path, threads, &many);
        assert_string_equal(dk_buf_cstr(&one.rows), dk_buf_cstr(&many.rows));
        assert_string_equal(dk_buf_cstr(&one.rejects), dk_buf_cstr(&many.rejects));
        assert_memory_equal(&one.counts, &many.counts, sizeof one.counts);
        table_dispose(&many);
    }
    table_dispose(&one);
    drop_file(path);
    dk_buf_dispose(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),       cmocka_unit_test(test_clean),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_against_plain),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
