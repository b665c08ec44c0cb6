/* Columns of Arrow: read whatever their encoding, and tagged to the rows that the program writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "io/arrow_read.h"
#include "io/csv_write.h"
#include "tag/rows.h"

static dk_engine *engine;

static int open_engine(void **state) {
    (void)state;
    dk_engine_options options = {.data_dir = "."};
    dk_error err = {0};
    dk_status status = dk_engine_open(&engine, &options, &err);
    if (status != DK_OK) fprintf(stderr, "%s:%lld: %s\n", err.file, (long long)err.line, err.message);
    return status;
}

static int close_engine(void **state) {
    (void)state;
    dk_engine_free(engine);
    return 0;
}

/* NULL stands for a null. */
static const char *const comments[] = {
    "Snabb leverans men kundtj\xC3\xA4nsten svarar aldrig, tredje g\xC3\xA5ngen nu", NULL, "Hurtig levering, \"men\" kundeservice svarer aldrig",
    "Fast delivery but customer service never answers", "", "NA", "dyr", "Personalen var inte trevlig, \xF0\x9F\x98\xA1", "Inga problem", NULL, ".",
};
enum { COMMENTS = sizeof comments / sizeof *comments };

/* Repeats the comments to so many rows, beginning with a row of the list. */
static const char *comment_at(int64_t row) { return comments[row % COMMENTS]; }

typedef struct column {
    struct ArrowSchema schema;
    struct ArrowArray array, dictionary;
    struct ArrowSchema words;
    const void *buffers[4], *word_buffers[3];
    void *owned[4];
} column;

static void column_free(column *c) {
    for (int i = 0; i < 4; i++) free(c->owned[i]);
}

/* rows of text behind `offset` rows that are no part of it, as utf8 ("u"), large_utf8 ("U") or views ("vu"). */
static void make_text(column *c, const char *format, int64_t offset, int64_t rows) {
    int64_t n = offset + rows;
    memset(c, 0, sizeof *c);
    uint8_t *valid = calloc((size_t)n / 8 + 1, 1);
    char *bytes = malloc((size_t)n * 80 + 1);
    int width = format[0] == 'u' ? 4 : format[0] == 'U' ? 8 : 16;
    char *values = calloc((size_t)n + 1, (size_t)width);
    int64_t at = 0, nulls = 0;
    for (int64_t i = 0; i < n; i++) {
        const char *text = i < offset ? "hopplöst dyrt" : comment_at(i - offset);
        size_t len = text != NULL ? strlen(text) : 0;
        nulls += text == NULL;
        if (text != NULL) valid[i / 8] |= (uint8_t)(1u << (i % 8));
        memcpy(bytes + at, text != NULL ? text : "", len);
        if (width == 16) {
            int32_t view[4] = {(int32_t)len, 0, 0, (int32_t)at};
            memcpy((char *)&view[1], text != NULL ? text : "", len > 12 ? 4 : len);
            memcpy(values + 16 * i, view, sizeof view);
        }
        at += (int64_t)len;
        if (width == 4) ((int32_t *)(void *)values)[i + 1] = (int32_t)at;
        if (width == 8) ((int64_t *)(void *)values)[i + 1] = at;
    }
    c->owned[0] = valid;
    c->owned[1] = values;
    c->owned[2] = bytes;
    for (int i = 0; i < 3; i++) c->buffers[i] = c->owned[i];
    int64_t *sizes = malloc(sizeof *sizes);
    *sizes = at;
    c->owned[3] = sizes;
    c->buffers[3] = sizes;
    c->schema = (struct ArrowSchema){.format = format, .name = "comment"};
    c->array = (struct ArrowArray){.length = rows, .null_count = nulls, .offset = offset, .n_buffers = width == 16 ? 4 : 3, .buffers = c->buffers};
}

/* The same as a dictionary with indices of 16 bits. */
static void make_dictionary(column *c, int64_t offset, int64_t rows) {
    make_text(c, "u", 0, COMMENTS);
    int64_t n = offset + rows;
    int16_t *keys = calloc((size_t)n + 1, sizeof *keys);
    for (int64_t i = offset; i < n; i++) keys[i] = (int16_t)((i - offset) % COMMENTS);
    c->words = c->schema;
    c->dictionary = c->array;
    memcpy(c->word_buffers, c->buffers, sizeof c->word_buffers);
    c->dictionary.buffers = c->word_buffers;
    free(c->owned[3]);
    c->owned[3] = keys;
    c->buffers[0] = NULL;
    c->buffers[1] = keys;
    c->schema = (struct ArrowSchema){.format = "s", .name = "comment", .dictionary = &c->words};
    c->array = (struct ArrowArray){.length = rows, .offset = offset, .n_buffers = 2, .buffers = c->buffers, .dictionary = &c->dictionary};
}

/* What the program writes for so many rows. */
static void expected_rows(int64_t rows, dk_buf *out) {
    dk_session *session;
    dk_error err = {0};
    assert_int_equal(dk_session_new(&session, engine, NULL, &err), DK_OK);
    for (int64_t i = 0; i < rows; i++) {
        const char *text = comment_at(i);
        dk_str comment = dk_str_from(text != NULL && strcmp(text, "NA") != 0 && strcmp(text, ".") != 0 ? text : "");
        dk_comment c;
        assert_int_equal(dk_session_tag(session, comment, &c, &err), DK_OK);
        dk_rows_put_comment(out, engine, dk_str_from("x"), &c);
        dk_rows_put_mentions(out, engine, dk_str_from("x"), comment, &c);
    }
    dk_session_free(session);
}

static void put_cell(dk_buf *out, const dk_arrow_column *c, int64_t row) {
    dk_buf cell;
    dk_buf_init(&cell);
    dk_arrow_put(c, row, &cell);
    dk_buf_putc(out, ',');
    dk_csv_put(out, (dk_str){cell.ptr != NULL ? cell.ptr : "", cell.len});
    dk_buf_dispose(&cell);
}

/* The same rows from a result. */
static void shown_rows(const struct ArrowSchema *schema, const struct ArrowArray *array, dk_buf *out) {
    dk_arrow_column top[5], inner[10];
    dk_error err = {0};
    assert_string_equal(schema->format, "+s");
    assert_int_equal(array->n_children, 6);
    for (int i = 0; i < 5; i++) assert_int_equal(dk_arrow_column_open(&top[i], schema->children[i], array->children[i], &err), DK_OK);
    const struct ArrowArray *list = array->children[5], *mentions = list->children[0];
    assert_string_equal(schema->children[5]->format, "+l");
    assert_int_equal(mentions->n_children, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(dk_arrow_column_open(&inner[i], schema->children[5]->children[0]->children[i], mentions->children[i], &err), DK_OK);
    const int32_t *ends = list->buffers[1];
    for (int64_t r = 0; r < array->length; r++) {
        dk_buf_putc(out, 'x');
        for (int i = 0; i < 5; i++) put_cell(out, &top[i], r);
        dk_buf_putc(out, '\n');
        for (int64_t m = ends[r]; m < ends[r + 1]; m++) {
            dk_buf_putc(out, 'x');
            for (int i = 0; i < 10; i++) put_cell(out, &inner[i], m);
            dk_buf_putc(out, '\n');
        }
    }
    assert_int_equal(ends[array->length], mentions->length);
}

static void assert_tagged(dk_tagger *tagger, column *c, int64_t rows) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    dk_error err = {0};
    dk_buf wanted, got;
    dk_buf_init(&wanted);
    dk_buf_init(&got);
    assert_int_equal(dk_tag_arrow(tagger, &c->schema, &c->array, &schema, &array, &err), DK_OK);
    assert_int_equal(array.length, rows);
    expected_rows(rows, &wanted);
    shown_rows(&schema, &array, &got);
    assert_string_equal(dk_buf_cstr(&got), dk_buf_cstr(&wanted));
    array.release(&array);
    schema.release(&schema);
    assert_null(array.release);
    assert_null(schema.release);
    dk_buf_dispose(&wanted);
    dk_buf_dispose(&got);
    column_free(c);
}

static void every_encoding_of_text_gives_the_rows_of_the_program(void **state) {
    static const char *const formats[] = {"u", "U", "vu"};
    static const int64_t offsets[] = {0, 1, 13};
    (void)state;
    for (int threads = 1; threads <= 3; threads += 2) {
        dk_tagger *tagger;
        dk_error err = {0};
        assert_int_equal(dk_tagger_new(&tagger, engine, NULL, threads, &err), DK_OK);
        for (int f = 0; f < 4; f++)
            for (int k = 0; k < 3; k++) {
                column c;
                int64_t rows = k == 2 ? 3000 : COMMENTS; /* over several chunks */
                if (f < 3) make_text(&c, formats[f], offsets[k], rows);
                else make_dictionary(&c, offsets[k], rows);
                assert_tagged(tagger, &c, rows);
            }
        dk_tagger_free(tagger);
    }
}

static void no_rows_and_only_nulls_are_results_too(void **state) {
    (void)state;
    dk_tagger *tagger;
    dk_error err = {0};
    column c;
    assert_int_equal(dk_tagger_new(&tagger, engine, NULL, 2, &err), DK_OK);
    make_text(&c, "u", 0, 0);
    assert_tagged(tagger, &c, 0);
    struct ArrowSchema nulls = {.format = "n", .name = "x"}, schema;
    struct ArrowArray four = {.length = 4, .null_count = 4}, array;
    assert_int_equal(dk_tag_arrow(tagger, &nulls, &four, &schema, &array, &err), DK_OK);
    assert_int_equal(array.length, 4);
    assert_int_equal(((const int8_t *)array.children[0]->buffers[1])[3], DK_LANG_OTHER);
    /* a child that somebody has moved away is not released again */
    struct ArrowArray moved = *array.children[2];
    array.children[2]->release = NULL;
    array.release(&array);
    schema.release(&schema);
    moved.release(&moved);
    dk_tagger_free(tagger);
}

static void what_is_no_text_is_told_by_name_and_type(void **state) {
    (void)state;
    dk_tagger *tagger;
    dk_error err = {0};
    struct ArrowSchema schema;
    struct ArrowArray array;
    column c;
    assert_int_equal(dk_tagger_new(&tagger, engine, NULL, 1, &err), DK_OK);
    make_text(&c, "u", 0, 3);
    c.schema.format = "l";
    assert_int_equal(dk_tag_arrow(tagger, &c.schema, &c.array, &schema, &array, &err), DK_EDATA);
    assert_non_null(strstr(err.message, "text was expected"));
    c.schema.format = "tdD";
    assert_int_equal(dk_tag_arrow(tagger, &c.schema, &c.array, &schema, &array, &err), DK_EDATA);
    assert_string_equal(err.message, "column comment of type \"tdD\" cannot be read");
    c.schema.format = "u";
    c.array.n_buffers = 2;
    assert_int_equal(dk_tag_arrow(tagger, &c.schema, &c.array, &schema, &array, &err), DK_EDATA);
    assert_null(array.release);
    column_free(&c);
    dk_tagger_free(tagger);
}

/* Types as other programs make them, and as none does. Wrong if one that is not text or a number is taken for one, or is refused without its name. */
static void odd_types_are_refused_by_name(void **state) {
    (void)state;
    static const char *const odd[] = {"", "z", "Z", "vz", "w:4", "d:10,2", "e", "tdD", "tss:UTC", "tin", "+l", "+L", "+w:3", "+m", "+r", "+us:0,1", "uu", "u ", "vuu", "\xFF\xFE",
                                      "a type whose name is longer than any message would want to show, and then some more of it"};
    static const int32_t ends[] = {0, 1, 2};
    static const void *buffers[] = {NULL, ends, "ab"};
    struct ArrowArray words = {.length = 2, .n_buffers = 3, .buffers = (const void **)(uintptr_t)buffers};
    struct ArrowSchema schema = {.name = "comment"}, of_words = {.format = "u"};
    struct ArrowArray array = {.length = 2, .n_buffers = 3, .buffers = (const void **)(uintptr_t)buffers};
    dk_arrow_column c;
    dk_error err = {0};
    for (size_t i = 0; i <= sizeof odd / sizeof *odd; i++) { /* at last none at all */
        schema.format = i < sizeof odd / sizeof *odd ? odd[i] : NULL;
        assert_int_equal(dk_arrow_column_open(&c, &schema, &array, &err), DK_EDATA);
        assert_non_null(strstr(err.message, "column comment of type"));
        schema.format = "i"; /* and as what a dictionary is of, or counted by */
        schema.dictionary = &of_words;
        array.dictionary = &words;
        of_words.format = i < sizeof odd / sizeof *odd ? odd[i] : NULL;
        assert_int_equal(dk_arrow_column_open(&c, &schema, &array, &err), DK_EDATA);
        schema.dictionary = NULL;
    }
    static const char *const indices[] = {"f", "g", "b", "u", "vu", "n"};
    of_words.format = "u";
    for (size_t i = 0; i < sizeof indices / sizeof *indices; i++) {
        schema.format = indices[i];
        schema.dictionary = &of_words;
        assert_int_equal(dk_arrow_column_open(&c, &schema, &array, &err), DK_EDATA);
    }
    schema = (struct ArrowSchema){.format = "u"};
    assert_int_equal(dk_arrow_column_open(&c, &schema, &array, &err), DK_OK); /* no name is a name too */
}

/* Wrong if an array that contradicts itself is read beyond what it has. */
static void arrays_that_do_not_hold_together_are_refused(void **state) {
    (void)state;
    static const int32_t numbers[] = {0, 7, -1};
    static const int32_t view[] = {20, 0, 5, 0}; /* twenty bytes of the sixth buffer, which is not there */
    static const int64_t sizes[] = {0};
    static const void *buffers[] = {NULL, numbers, "ab"}, *lacking[] = {NULL, NULL, NULL}, *views[] = {NULL, view, "ab", sizes};
    const struct ArrowArray good = {.length = 3, .n_buffers = 2, .buffers = (const void **)(uintptr_t)buffers};
    struct ArrowSchema schema = {.format = "i", .name = "n"}, of_words = {.format = "u"};
    struct ArrowArray bad[] = {good, good, good, good, good, good};
    dk_arrow_column c;
    dk_error err = {0};
    bad[0].length = -1;
    bad[1].offset = -1;
    bad[2].offset = INT64_MAX;
    bad[3].n_buffers = 1;
    bad[4].buffers = (const void **)(uintptr_t)lacking;
    bad[5].buffers = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(dk_arrow_column_open(&c, &schema, &bad[i], &err), DK_EDATA);
        assert_non_null(strstr(err.message, "lacks buffers"));
    }
    static const int32_t ends[] = {0, 1};
    static const void *text[] = {NULL, ends, "ab"};
    struct ArrowArray words = {.length = 1, .n_buffers = 3, .buffers = (const void **)(uintptr_t)text}, array = good;
    array.dictionary = &words;
    schema.dictionary = &of_words;
    assert_int_equal(dk_arrow_column_open(&c, &schema, &array, &err), DK_OK);
    assert_int_equal(dk_arrow_text(&c, 0).len, 1);
    assert_null(dk_arrow_text(&c, 1).ptr); /* words 7 and -1 of one */
    assert_null(dk_arrow_text(&c, 2).ptr);
    schema = (struct ArrowSchema){.format = "vu"};
    array = (struct ArrowArray){.length = 1, .n_buffers = 4, .buffers = (const void **)(uintptr_t)views};
    assert_int_equal(dk_arrow_column_open(&c, &schema, &array, &err), DK_OK);
    assert_int_equal(dk_arrow_text(&c, 0).len, 0);
}

/* ---- Tables ------------------------------------------------------------------------------------------ */

static void a_table_reads_as_a_file_would(void **state) {
    (void)state;
    static const int64_t scores[] = {99, 9, -3, 0};
    static const double money[] = {0, 0.1, 1e15, -2.5};
    static const float shares[] = {0, 0.1f, 16777216.0f, 3};
    static const uint8_t flags[] = {0x0A}, valid[] = {0x0E}; /* bits of rows 1, 3; all but row 0 */
    static const int32_t ends[] = {0, 1, 3, 3, 7};
    static const char text[] = "aå0123ü"; /* å has two bytes: a, å, "", 0123 */
    static const void *buffers[5][3] = {{NULL, scores}, {valid, money}, {NULL, shares}, {NULL, flags}, {NULL, ends, text}};
    static const char *const formats[] = {"l", "g", "f", "b", "u"}, *const names[] = {"score", "money", "share", "flag", "name"};
    struct ArrowSchema schemas[5], *schema_list[5], schema = {.format = "+s", .n_children = 5, .children = schema_list};
    struct ArrowArray arrays[5], *array_list[5];
    const void *none[1] = {NULL};
    for (int i = 0; i < 5; i++) {
        schemas[i] = (struct ArrowSchema){.format = formats[i], .name = names[i]};
        arrays[i] = (struct ArrowArray){.length = 4, .null_count = i == 1 ? 1 : 0, .n_buffers = i == 4 ? 3 : 2, .buffers = (const void **)(uintptr_t)buffers[i]};
        schema_list[i] = &schemas[i];
        array_list[i] = &arrays[i];
    }
    /* the first batch is a slice that leaves out row 0; the second has the null */
    struct ArrowArray slice = {.length = 3, .offset = 1, .n_buffers = 1, .n_children = 5, .buffers = none, .children = array_list};
    struct ArrowArray first = {.length = 1, .n_buffers = 1, .n_children = 5, .buffers = none, .children = array_list};
    const struct ArrowArray *batches[] = {&slice, &first};
    const struct dk_arrow_table table = {&schema, batches, 2};
    dk_reader_options options = {.arrow = &table};
    dk_reader *reader;
    dk_error err = {0};
    assert_int_equal(dk_reader_open(&reader, "data", &options, &err), DK_OK);
    dk_block *block = dk_block_new();
    dk_buf rows;
    dk_buf_init(&rows);
    for (int pass = 0; pass < 2; pass++) {
        dk_buf_clear(&rows);
        for (bool done = false;;) {
            assert_int_equal(dk_reader_read_block(reader, block, &done, &err), DK_OK);
            if (done) break;
            assert_int_equal(dk_reader_parse(reader, block, &err), DK_OK);
            for (size_t i = 0; i < block->rows; i++, dk_buf_putc(&rows, '\n'))
                for (size_t c = 0; c < 5; c++) {
                    dk_str cell = dk_block_cell(block, i, c);
                    dk_buf_putf(&rows, "[%.*s]", (int)cell.len, cell.ptr);
                }
        }
        assert_string_equal(dk_buf_cstr(&rows), "[9][0.1][0.1][1][å]\n[-3][1e+15][16777216][0][]\n[0][-2.5][3][1][0123]\n[99][][0][0][a]\n");
        assert_int_equal(dk_reader_rewind(reader, &err), DK_OK);
    }
    dk_reader_free(reader);
    static const int64_t offsets[] = {-1, 2, INT64_MAX};
    for (int i = 0; i < 3; i++) { /* a slice that begins where no column is */
        slice.offset = offsets[i];
        assert_int_equal(dk_reader_open(&reader, "data", &options, &err), DK_OK);
        bool done;
        assert_int_equal(dk_reader_read_block(reader, block, &done, &err), DK_EDATA);
        assert_string_equal(err.message, "batch 1: a column is shorter than the batch");
        dk_reader_free(reader);
    }
    slice.offset = 1;
    schemas[2].format = "tdm";
    assert_int_equal(dk_reader_open(&reader, "data", &options, &err), DK_OK);
    bool done;
    assert_int_equal(dk_reader_read_block(reader, block, &done, &err), DK_EDATA);
    assert_string_equal(err.message, "column share of type \"tdm\" cannot be read");
    dk_reader_free(reader);
    dk_block_free(block);
    dk_buf_dispose(&rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_of_text_gives_the_rows_of_the_program),
        cmocka_unit_test(no_rows_and_only_nulls_are_results_too),
        cmocka_unit_test(what_is_no_text_is_told_by_name_and_type),
        cmocka_unit_test(odd_types_are_refused_by_name),
        cmocka_unit_test(arrays_that_do_not_hold_together_are_refused),
        cmocka_unit_test(a_table_reads_as_a_file_would),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
