/* Readers of other formats than delimited text: packed files, JSON Lines, SQLite, workbooks, SPSS and Stata, exports of
 * survey tools. Every file is made here, by the library that others write such files with. */
#include "test_reader_table.h"

#include <readstat.h>
#include <sqlite3.h>
#include <zlib.h>
#include <zstd.h>

#include "io/xlsx_write.h"

static void expect(const table *t, const char *what, const char *header, const char *rows) {
    table *mutable = (table *)t;
    if (t->status != DK_OK) fail_msg("%s: %s", what, t->err.message);
    if (strcmp(dk_buf_cstr(&mutable->header), header) != 0) fail_msg("%s: header %s", what, t->header.ptr);
    if (strcmp(dk_buf_cstr(&mutable->rows), rows) != 0) fail_msg("%s: rows %s", what, t->rows.ptr);
}

static void expect_failure(const table *t, dk_status status, const char *part) {
    if (t->status != status || strstr(t->err.message, part) == NULL)
        fail_msg("status %d, message \"%s\" instead of \"%s\"", (int)t->status, t->err.message, part);
}

/* Packed text ------------------------------------------------------------------------------------------------------------- */

static void put_gzip(dk_buf *out, const char *text, size_t len) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, len) + 64;
    assert_true(dk_buf_reserve(out, room));
    z.next_in = (z_const Bytef *)text;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)out->ptr + out->len;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->len += room - z.avail_out;
    deflateEnd(&z);
}

static void put_zstd(dk_buf *out, const char *text, size_t len) {
    size_t room = ZSTD_compressBound(len);
    assert_true(dk_buf_reserve(out, room));
    size_t n = ZSTD_compress(out->ptr + out->len, room, text, len, 3);
    assert_false(ZSTD_isError(n));
    out->len += n;
}

typedef void (*packer)(dk_buf *out, const char *text, size_t len);

/* One member, two members cut within a cell, and zeros behind as tapes leave them: always the same rows. */
static void test_packed(void **state) {
    (void)state;
    static const char text[] = "id,text\n1,\"snabb, men\ndyr\"\n2,æble\n";
    static const packer packers[] = {put_gzip, put_zstd};
    for (size_t k = 0; k < 2; k++) {
        for (int way = 0; way < 3; way++) {
            dk_buf packed;
            dk_buf_init(&packed);
            size_t half = way == 1 ? 15 : sizeof text - 1;
            packers[k](&packed, text, half);
            if (way == 1) packers[k](&packed, text + half, sizeof text - 1 - half);
            if (way == 2) dk_buf_put(&packed, "\0\0\0\0\0\0\0\0\0\0", 10);
            table t;
            table_from(&t, ".data", packed.ptr, packed.len, NULL);
            expect(&t, "packed", "[id][text]", "[1][snabb, men\ndyr]\n[2][æble]\n");
            assert_string_equal(dk_buf_cstr(&t.description), k == 0 ? "2 rows, gzip, comma, UTF-8" : "2 rows, Zstandard, comma, UTF-8");
            table_dispose(&t);
            dk_buf_dispose(&packed);
        }
    }
}

/* A packed file that is cut short must not pass for a shorter one. */
static void test_packed_damage(void **state) {
    (void)state;
    static const packer packers[] = {put_gzip, put_zstd};
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,text\n");
    for (int i = 0; i < 5000; i++) dk_buf_putf(&text, "%d,text %d\n", i, i * 7919 % 1000);
    for (size_t k = 0; k < 2; k++) {
        dk_buf packed;
        dk_buf_init(&packed);
        packers[k](&packed, text.ptr, text.len);
        table t;
        table_from(&t, ".csv", packed.ptr, packed.len / 2, NULL);
        expect_failure(&t, DK_EDATA, "end too early");
        table_dispose(&t);
        packed.ptr[packed.len / 2] ^= 0x55;
        table_from(&t, ".csv", packed.ptr, packed.len, NULL);
        assert_int_equal(t.status, DK_EDATA);
        table_dispose(&t);
        packed.ptr[packed.len / 2] ^= 0x55;
        dk_buf_puts(&packed, "tail");
        table_from(&t, ".csv", packed.ptr, packed.len, NULL);
        expect_failure(&t, DK_EDATA, "something behind");
        table_dispose(&t);
        dk_buf_dispose(&packed);
    }
    dk_buf_dispose(&text);
}

/* 80 MB of blank lines in some 80 KB: refused by default, read when the limit is lifted. */
static void test_bomb(void **state) {
    (void)state;
    enum { SIZE = 80 << 20 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, '\n', SIZE);
    memcpy(text, "a,b\n", 4);
    dk_buf packed;
    dk_buf_init(&packed);
    put_gzip(&packed, text, SIZE);
    free(text);
    table t;
    table_from(&t, ".gz", packed.ptr, packed.len, NULL);
    expect_failure(&t, DK_EDATA, "unpacks to more than 250 times");
    table_dispose(&t);
    dk_reader_options open = {.unpack_limit = -1};
    table_from(&t, ".gz", packed.ptr, packed.len, &open);
    expect(&t, "without limit", "[a][b]", "");
    assert_int_equal(t.counts.blank_lines, SIZE - 4);
    table_dispose(&t);
    dk_buf_dispose(&packed);
}

/* JSON Lines -------------------------------------------------------------------------------------------------------------- */

static void test_json_lines(void **state) {
    (void)state;
    static const char text[] = "{\"id\": 1, \"text\": \"rad\\ntv\\u00e5\", \"nps\": 9, \"meta\": {\"lang\": \"sv\", \"tags\": [\"a\", 1]}}\n"
                               "\n"
                               "{\"id\": \"x\", \"nps\": 7.25, \"paid\": true, \"text\": null}\r\n"
                               "{\"id\": 3, \"text\": \"no end\n"
                               "[1, 2]\n"
                               "{\"meta.lang\": \"en\", \"id\": 9007199254740993}";
    for (size_t block = 16; block <= 4096; block *= 16) {
        dk_reader_options options = {.block_bytes = block};
        table t;
        table_from(&t, ".jsonl", text, sizeof text - 1, &options);
        expect(&t, "json", "[id][text][nps][meta.lang][meta.tags][paid]",
               "[1][rad\ntvå][9][sv][[\"a\",1]][]\n"
               "[x][][7.25][][][true]\n"
               "[9007199254740993][][][en][][]\n");
        assert_string_equal(dk_buf_cstr(&t.places), "1:1 2:3 5:6 ");
        assert_non_null(strstr(dk_buf_cstr(&t.rejects), "3:4:"));
        assert_non_null(strstr(dk_buf_cstr(&t.rejects), "4:5:1 a JSON object was expected"));
        assert_int_equal(t.counts.rejected, 2);
        table_dispose(&t);
    }
}

/* What the file is called does not matter when it begins with an object; a CSV whose first cell looks so stays CSV. */
static void test_json_recognised(void **state) {
    (void)state;
    table t;
    table_from(&t, ".txt", "{\"a\": 1}\n", 9, NULL);
    expect(&t, "by content", "[a]", "[1]\n");
    table_dispose(&t);
    table_of(&t, "{a},b\n1,2\n");
    expect(&t, "CSV", "[{a}][b]", "[1][2]\n");
    table_dispose(&t);
    table_from(&t, ".jsonl", "no json\n", 8, NULL);
    expect_failure(&t, DK_EDATA, "no line at its beginning is a JSON object");
    table_dispose(&t);
}

/* A key that first comes far into the file has no column; that must be said. */
static void test_json_late_key(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    for (int i = 0; i < 20000; i++) dk_buf_putf(&text, "{\"id\": %d, \"text\": \"mycket bra\"}\n", i);
    dk_buf_puts(&text, "{\"id\": 1, \"late\": 5}\n{\"id\": 2, \"late\": null}\n");
    table t;
    table_from(&t, ".ndjson", text.ptr, text.len, NULL);
    assert_int_equal(t.status, DK_OK);
    assert_int_equal(t.counts.rows, 20002);
    assert_string_equal(dk_buf_cstr(&t.description),
                        "20,002 rows, JSON Lines (1 row with keys that do not occur at the beginning, left out)");
    table_dispose(&t);
    dk_buf_dispose(&text);
}

/* SQLite ------------------------------------------------------------------------------------------------------------------ */

static char *database(const char *sql) {
    char *path = temp_file(".db", "", 0);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    return path;
}

static void read_query(table *t, const char *path, const char *query) {
    dk_buf source;
    dk_buf_init(&source);
    dk_buf_putf(&source, "sqlite:%s?%s", path, query);
    table_read(t, dk_buf_cstr(&source), NULL);
    dk_buf_dispose(&source);
}

static void test_sqlite(void **state) {
    (void)state;
    char *path = database("CREATE TABLE r(id INTEGER, nps REAL, text TEXT, raw BLOB);"
                          "INSERT INTO r VALUES(1, 9, 'bra', x'00ff'), (2, 0.1, NULL, NULL), (3, 1e300, 'a' || char(10) || 'b', NULL)");
    table t;
    read_query(&t, path, "SELECT id, nps, text FROM r ORDER BY id");
    expect(&t, "query", "[id][nps][text]", "[1][9][bra]\n[2][0.1][]\n[3][1e+300][a\nb]\n");
    assert_string_equal(dk_buf_cstr(&t.description), "3 rows, SQLite");
    table_dispose(&t);
    table_read(&t, path, NULL);
    expect_failure(&t, DK_EDATA, "column raw holds binary data");
    table_dispose(&t);
    read_query(&t, path, "SELECT nope FROM r");
    expect_failure(&t, DK_EDATA, "no such column: nope");
    table_dispose(&t);
    read_query(&t, path, "DELETE FROM r");
    expect_failure(&t, DK_EUSAGE, "one SELECT");
    table_dispose(&t);
    read_query(&t, path, "SELECT 1 AS a; SELECT 2");
    expect_failure(&t, DK_EUSAGE, "one SELECT");
    table_dispose(&t);
    drop_file(path);
    path = database("CREATE TABLE a(x); CREATE TABLE b(y)");
    table_read(&t, path, NULL);
    expect_failure(&t, DK_EUSAGE, "the database has 2 tables: a, b");
    table_dispose(&t);
    drop_file(path);
}

/* Both passes of an analysis must see the same rows, whatever a writer does in between. */
static void test_sqlite_rewind(void **state) {
    (void)state;
    char *path = database("PRAGMA journal_mode=WAL; CREATE TABLE r(id); INSERT INTO r VALUES(1), (2)");
    dk_reader *r;
    dk_error err;
    assert_int_equal(dk_reader_open(&r, path, NULL, &err), DK_OK);
    table t;
    table_init(&t);
    table_rest(&t, r);
    assert_string_equal(dk_buf_cstr(&t.rows), "[1]\n[2]\n");
    table_dispose(&t);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO r VALUES(3)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(dk_reader_rewind(r, &err), DK_OK);
    table_init(&t);
    table_rest(&t, r);
    assert_string_equal(dk_buf_cstr(&t.rows), "[1]\n[2]\n");
    table_dispose(&t);
    dk_reader_free(r);
    drop_file(path);
}

/* Workbooks --------------------------------------------------------------------------------------------------------------- */

static void test_workbook(void **state) {
    (void)state;
    char *path = temp_file(".xlsx", "", 0);
    dk_error err;
    dk_xlsx *book;
    dk_xlsx_sheet *first, *second;
    assert_int_equal(dk_xlsx_open(&book, path, &err), DK_OK);
    assert_int_equal(dk_xlsx_add_sheet(book, "Svar", &first, &err), DK_OK);
    dk_xlsx_column(first, "id", DK_XLSX_COUNT, 0);
    dk_xlsx_column(first, "kommentar", DK_XLSX_TEXT, 0);
    dk_xlsx_column(first, "nps", DK_XLSX_NUMBER, 0);
    dk_xlsx_number(first, 1);
    dk_xlsx_text(first, dk_str_from("=1+1 <b>å"));
    dk_xlsx_number(first, 9);
    dk_xlsx_end_row(first);
    dk_xlsx_number(first, 2);
    dk_xlsx_skip(first);
    dk_xlsx_number(first, 0.1);
    dk_xlsx_end_row(first);
    assert_int_equal(dk_xlsx_add_sheet(book, "Annat", &second, &err), DK_OK);
    dk_xlsx_column(second, "x", DK_XLSX_TEXT, 0);
    dk_xlsx_text(second, dk_str_from("y"));
    dk_xlsx_end_row(second);
    assert_int_equal(dk_xlsx_close(book, &err), DK_OK);
    table t;
    table_read(&t, path, NULL);
    expect(&t, "first sheet", "[id][kommentar][nps]", "[1][=1+1 <b>å][9]\n[2][][0.1]\n");
    assert_string_equal(dk_buf_cstr(&t.description), "2 rows, Excel workbook");
    table_dispose(&t);
    dk_reader_options options = {.sheet = "Annat"};
    table_read(&t, path, &options);
    expect(&t, "named sheet", "[x]", "[y]\n");
    table_dispose(&t);
    options.sheet = "Saknas";
    table_read(&t, path, &options);
    expect_failure(&t, DK_EUSAGE, "there is no sheet Saknas among Svar, Annat");
    table_dispose(&t);
    drop_file(path);
}

/* No workbook at all, and one that is cut: a clear error, no crash. */
static void test_workbook_damage(void **state) {
    (void)state;
    table t;
    table_from(&t, ".xlsx", "PK\x03\x04 nothing", 12, NULL);
    expect_failure(&t, DK_EDATA, "cannot read this workbook");
    table_dispose(&t);
}

/* Survey tools ------------------------------------------------------------------------------------------------------------ */

static void test_survey_exports(void **state) {
    (void)state;
    table t;
    table_of(&t, "StartDate,Q1_NPS,Q2\r\n"
                 "Start Date,\"How likely is it that you\nwould recommend us?\",Why?\r\n"
                 "\"{\"\"ImportId\"\":\"\"startDate\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{\"\"ImportId\"\":\"\"QID2_TEXT\"\"}\"\r\n"
                 "2026-01-02,9,\"bra,\nalltid\"\r\n2026-01-03,3,dyrt\r\n");
    expect(&t, "Qualtrics", "[StartDate][Q1_NPS][Q2]", "[2026-01-02][9][bra,\nalltid]\n[2026-01-03][3][dyrt]\n");
    assert_string_equal(dk_buf_cstr(&t.places), "1:5 2:7 ");
    assert_string_equal(dk_buf_cstr(&t.description), "2 rows, Qualtrics export, comma, UTF-8");
    table_dispose(&t);
    table_of(&t, "Respondent ID,Start Date,Hvor sandsynligt?,Hvad brugte du?,,Kommentar\n"
                 ",,Response,Butik,Netbutik,Open-Ended Response\n"
                 "1,2026-01-02,9,Butik,,godt\n2,2026-01-03,2,,Netbutik,dyrt\n");
    expect(&t, "SurveyMonkey", "[Respondent ID][Start Date][Hvor sandsynligt?][Hvad brugte du?: Butik][Hvad brugte du?: Netbutik][Kommentar]",
           "[1][2026-01-02][9][Butik][][godt]\n[2][2026-01-03][2][][Netbutik][dyrt]\n");
    table_dispose(&t);
    table_of(&t, "id,a\n,x\n1,y\n");
    expect(&t, "a row without id is a row", "[id][a]", "[][x]\n[1][y]\n");
    table_dispose(&t);
}

/* A Qualtrics export of 50 columns, read in small blocks and again after a rewind. */
static void test_wide_export(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    for (int row = 0; row < 203; row++) {
        for (int c = 0; c < 50; c++) {
            if (c > 0) dk_buf_putc(&text, ',');
            if (row == 0) dk_buf_putf(&text, "Q%d", c + 1);
            else if (row == 1) dk_buf_putf(&text, "\"Question %d, with a comma\"", c + 1);
            else if (row == 2) dk_buf_putf(&text, "\"{\"\"ImportId\"\":\"\"QID%d\"\"}\"", c + 1);
            else dk_buf_putf(&text, "%d", row * 100 + c);
        }
        dk_buf_putc(&text, '\n');
    }
    char *path = temp_file(".csv", text.ptr, text.len);
    dk_reader_options options = {.block_bytes = 700};
    dk_reader *r;
    dk_error err;
    assert_int_equal(dk_reader_open(&r, path, &options, &err), DK_OK);
    assert_int_equal(dk_reader_columns(r), 50);
    size_t column;
    assert_int_equal(dk_reader_find_column(r, "Q50", NULL, &column, &err), DK_OK);
    assert_int_equal(dk_reader_select(r, &column, 1, &err), DK_OK);
    for (int pass = 0; pass < 2; pass++) {
        table t;
        table_init(&t);
        table_rest(&t, r);
        assert_int_equal(t.counts.rows, 200);
        assert_memory_equal(t.rows.ptr, "[349]\n[449]\n", 12);
        table_dispose(&t);
        assert_int_equal(dk_reader_rewind(r, &err), DK_OK);
    }
    dk_reader_free(r);
    drop_file(path);
    dk_buf_dispose(&text);
}

/* SPSS and Stata ---------------------------------------------------------------------------------------------------------- */

static ssize_t write_bytes(const void *data, size_t len, void *context) {
    dk_buf_put(context, data, len);
    return (ssize_t)len;
}

enum { ROWS = 3 };

/* nps labelled at its ends, segment labelled throughout, 99 declared missing in SPSS, a date. */
static char *statistics_file(bool stata) {
    dk_buf bytes;
    dk_buf_init(&bytes);
    readstat_writer_t *w = readstat_writer_init();
    readstat_set_data_writer(w, write_bytes);
    readstat_writer_set_file_timestamp(w, 1767225600);
    readstat_label_set_t *ends = readstat_add_label_set(w, READSTAT_TYPE_DOUBLE, "ends");
    readstat_label_double_value(ends, 0, "Not at all");
    readstat_label_double_value(ends, 10, "Extremely likely");
    readstat_label_set_t *all = readstat_add_label_set(w, READSTAT_TYPE_DOUBLE, "segments");
    readstat_label_double_value(all, 1, "blå");
    readstat_label_double_value(all, 2, "guld");
    readstat_variable_t *nps = readstat_add_variable(w, "nps", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_label_set(nps, ends);
    readstat_variable_t *segment = readstat_add_variable(w, "segment", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_label_set(segment, all);
    readstat_variable_t *text = readstat_add_variable(w, "comment", READSTAT_TYPE_STRING, 40);
    readstat_variable_t *day = readstat_add_variable(w, "answered", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_format(day, stata ? "%td" : "DATE11");
    if (!stata) readstat_variable_add_missing_double_value(nps, 99);
    assert_int_equal(stata ? readstat_begin_writing_dta(w, &bytes, ROWS) : readstat_begin_writing_sav(w, &bytes, ROWS), READSTAT_OK);
    static const double scores[ROWS] = {10, 7.5, 99}, segments[ROWS] = {1, 2, 2};
    static const char *const texts[ROWS] = {"bra", "smör och ål", ""};
    /* 2026-01-01: days since 1960-01-01, seconds since 1582-10-14 */
    double date = stata ? 24107 : (24107.0 - 3653 + 141428) * 86400;
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(readstat_begin_row(w), READSTAT_OK);
        if (stata && i == 2) readstat_insert_missing_value(w, nps);
        else readstat_insert_double_value(w, nps, scores[i]);
        readstat_insert_double_value(w, segment, segments[i]);
        readstat_insert_string_value(w, text, texts[i]);
        if (i == 1) readstat_insert_missing_value(w, day);
        else readstat_insert_double_value(w, day, date);
        assert_int_equal(readstat_end_row(w), READSTAT_OK);
    }
    assert_int_equal(readstat_end_writing(w), READSTAT_OK);
    readstat_writer_free(w);
    char *path = temp_file(stata ? ".dta" : ".sav", bytes.ptr, bytes.len);
    dk_buf_dispose(&bytes);
    return path;
}

static void test_statistics_files(void **state) {
    (void)state;
    for (int stata = 0; stata < 2; stata++) {
        char *path = statistics_file(stata == 1);
        table t;
        table_read(&t, path, NULL);
        expect(&t, path, "[nps][nps.label][segment][segment.code][comment][answered]",
               "[10][Extremely likely][blå][1][bra][2026-01-01]\n"
               "[7.5][][guld][2][smör och ål][]\n"
               "[][][guld][2][][2026-01-01]\n");
        assert_string_equal(dk_buf_cstr(&t.description), stata == 1 ? "3 rows, Stata" : "3 rows, SPSS");
        table_dispose(&t);
        drop_file(path);
    }
    table t;
    table_from(&t, ".sav", "$FL2@(#) SPSS DATA FILE cut short", 33, NULL);
    expect_failure(&t, DK_EDATA, "cannot read this SPSS file");
    table_dispose(&t);
}

/* Options for formats that a file is not of are mistakes, and are said to be. */
static void test_wrong_options(void **state) {
    (void)state;
    table t;
    dk_reader_options query = {.query = "SELECT 1"}, sheet = {.sheet = "A"};
    table_from(&t, ".csv", "a\n1\n", 4, &query);
    expect_failure(&t, DK_EUSAGE, "--query is for databases");
    table_dispose(&t);
    table_from(&t, ".csv", "a\n1\n", 4, &sheet);
    expect_failure(&t, DK_EUSAGE, "--sheet is for Excel workbooks");
    table_dispose(&t);
    table_read(&t, "postgresql://127.0.0.1:1/none", NULL);
    expect_failure(&t, DK_EUSAGE, "needs a query");
    table_dispose(&t);
    table_read(&t, "sqlite:/nonexistent/x.db?SELECT 1", NULL);
    expect_failure(&t, DK_EIO, "no such database");
    table_dispose(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed),          cmocka_unit_test(test_packed_damage),  cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_json_lines),      cmocka_unit_test(test_json_recognised), cmocka_unit_test(test_json_late_key),
        cmocka_unit_test(test_sqlite),          cmocka_unit_test(test_sqlite_rewind),  cmocka_unit_test(test_workbook),
        cmocka_unit_test(test_workbook_damage), cmocka_unit_test(test_survey_exports), cmocka_unit_test(test_wide_export),
        cmocka_unit_test(test_statistics_files), cmocka_unit_test(test_wrong_options)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
