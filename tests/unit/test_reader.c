/* The reader on well-formed files: dialects, quotes, line ends, encodings, columns, rewinding. */
#include "test_reader_table.h"

#include <sys/wait.h>

typedef struct good_case {
    const char *what, *suffix, *text, *header, *rows, *places;
} good_case;

/* After csv-spectrum (https://github.com/maxogden/csv-spectrum) and what survey tools write. Were one of these wrong,
   a comment would be cut, joined with the next cell, or counted on the wrong line. */
static const good_case good[] = {
    {"simple", ".csv", "a,b,c\n1,2,3\n", "[a][b][c]", "[1][2][3]\n", "1:2 "},
    {"no line end at the end", ".csv", "a,b\n1,2", "[a][b]", "[1][2]\n", "1:2 "},
    {"comma in quotes", ".csv", "a,b\n\"x, y\",2\n", "[a][b]", "[x, y][2]\n", "1:2 "},
    {"doubled quotes", ".csv", "a,b\n1,\"ha \"\"ha\"\" ha\"\n", "[a][b]", "[1][ha \"ha\" ha]\n", "1:2 "},
    {"only quotes", ".csv", "a,b\n\"\",\"\"\"\"\n\"\"\"\"\"\",2\n", "[a][b]", "[][\"]\n[\"\"][2]\n",
     "1:2 2:3 "},
    {"newlines in quotes", ".csv", "a,b\n1,\"x\ny\n\nz\"\n2,w\n", "[a][b]", "[1][x\ny\n\nz]\n[2][w]\n",
     "1:2 2:6 "},
    {"newlines in quotes, CRLF", ".csv", "a,b\r\n1,\"x\r\ny\"\r\n2,w\r\n", "[a][b]", "[1][x\r\ny]\n[2][w]\n",
     "1:2 2:4 "},
    {"bare CR", ".csv", "a,b\r1,\"x\ry\"\r2,w\r", "[a][b]", "[1][x\ry]\n[2][w]\n", "1:2 2:4 "},
    {"quote within a cell is text", ".csv", "a,b\n5\" skärm,x\"y\"\n", "[a][b]", "[5\" skärm][x\"y\"]\n",
     "1:2 "},
    {"JSON in a cell", ".csv", "k,v\n1,\"{\"\"t\"\": \"\"P\"\", \"\"c\"\": [1, 2]}\"\n", "[k][v]",
     "[1][{\"t\": \"P\", \"c\": [1, 2]}]\n", "1:2 "},
    {"empty cells", ".csv", "a,b,c\n,,\n1,,\n,,3\n", "[a][b][c]", "[][][]\n[1][][]\n[][][3]\n",
     "1:2 2:3 3:4 "},
    {"blank lines are no rows", ".csv", "a,b\n\n1,2\n\n\n3,4\n\n", "[a][b]", "[1][2]\n[3][4]\n", "1:3 2:6 "},
    {"blank lines, CRLF", ".csv", "a,b\r\n\r\n1,2\r\n\r\n3,4\r\n", "[a][b]", "[1][2]\n[3][4]\n", "1:3 2:5 "},
    {"blank lines are rows of one column", ".csv", "text\nx\n\ny\n", "[text]", "[x]\n[]\n[y]\n",
     "1:2 2:3 3:4 "},
    {"one column, commas are text", ".txt", "kommentar\nBra, men dyr\nok\n", "[kommentar]",
     "[Bra, men dyr]\n[ok]\n", "1:2 2:3 "},
    {"semicolon, decimal commas", ".csv", "id;betyg;text\n1;7,5;\"a;b\"\n2;8,0;c, d\n", "[id][betyg][text]",
     "[1][7,5][a;b]\n[2][8,0][c, d]\n", "1:2 2:3 "},
    {"pipe", ".txt", "id|text\n1|a, b; c\n2|d\n", "[id][text]", "[1][a, b; c]\n[2][d]\n", "1:2 2:3 "},
    {"tab in a file called csv", ".csv", "id\ttext\n1\ta, b\n2\tc, d\n", "[id][text]",
     "[1][a, b]\n[2][c, d]\n", "1:2 2:3 "},
    {"Excel's sep line", ".csv", "sep=;\r\nid;text\r\n1;a,b\r\n", "[id][text]", "[1][a,b]\n", "1:3 "},
    {"UTF-8 mark", ".csv", "\xEF\xBB\xBFid,text\n1,å\n", "[id][text]", "[1][å]\n", "1:2 "},
    {"spaces around names", ".csv", " id ,\"text \"\n1,  x \n", "[id][text]", "[1][  x ]\n", "1:2 "},
    {"delimiter at the end of each line", ".csv", "a,b,\n1,2,\n3,4,\n", "[a][b]", "[1][2]\n[3][4]\n",
     "1:2 2:3 "},
    {"blank lines before the header", ".csv", "\n\na,b\n1,2\n", "[a][b]", "[1][2]\n", "1:4 "},
    {"header only", ".csv", "a,b\n", "[a][b]", "", ""},
    {"header only, no line end", ".csv", "a,b", "[a][b]", "", ""},
    {"short rows keep what they have", ".csv", "a,b,c\n1\n1,2\n1,2,3\n", "[a][b][c]",
     "[1][][]\n[1][2][]\n[1][2][3]\n", "1:2 2:3 3:4 "},
    {"more cells without text", ".csv", "a,b\n1,2,,  ,\n", "[a][b]", "[1][2]\n", "1:2 "},
    {"text behind a closing quote", ".csv", "a,b\n\"x\" y,2\n1,\"z\"\"\" w\r\n", "[a][b]",
     "[x y][2]\n[1][z\" w]\n", "1:2 2:3 "},
    {"tsv: quotes are text", ".tsv", "id\ttext\n1\t\"Nej\" sa hon\n2\t\"öppet\n3\tb\"\n", "[id][text]",
     "[1][\"Nej\" sa hon]\n[2][\"öppet]\n[3][b\"]\n", "1:2 2:3 3:4 "},
    {"tsv: every quoted field is closed", ".tsv", "id\ttext\n1\t\"a\tb\"\n2\t\"c \"\"d\"\"\"\n3\t\"e\nf\"\n",
     "[id][text]", "[1][a\tb]\n[2][c \"d\"]\n[3][e\nf]\n", "1:2 2:3 3:4 "},
    {"tsv: a quote that swallows rows is text", ".tsv", "id\ttext\n1\t\"a\n2\tb\n3\tc\"\n", "[id][text]",
     "[1][\"a]\n[2][b]\n[3][c\"]\n", "1:2 2:3 3:4 "},
    {"tsv with one column stays whole", ".tsv", "text\na, b\n", "[text]", "[a, b]\n", "1:2 "},
};

static void check_good(const good_case *c, size_t block_bytes) {
    dk_reader_options options = {.block_bytes = block_bytes};
    table t;
    table_from(&t, c->suffix, c->text, strlen(c->text), &options);
    if (t.status != DK_OK) fail_msg("%s: %s", c->what, t.err.message);
    if (strcmp(dk_buf_cstr(&t.header), c->header) != 0) fail_msg("%s: header %s", c->what, t.header.ptr);
    if (strcmp(dk_buf_cstr(&t.rows), c->rows) != 0)
        fail_msg("%s (blocks of %zu): rows %s", c->what, block_bytes, t.rows.ptr);
    if (strcmp(dk_buf_cstr(&t.places), c->places) != 0)
        fail_msg("%s (blocks of %zu): places %s", c->what, block_bytes, t.places.ptr);
    assert_int_equal(t.rejects.len, 0);
    table_dispose(&t);
}

static void test_spectrum(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        check_good(&good[i], 0);
        check_good(&good[i], 16);
    }
}

/* A row that two blocks share would be read as two, or its line numbers would slip. */
static void test_small_blocks(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "id,text,x\n");
    for (int i = 0; i < 400; i++)
        dk_buf_putf(&text, "%d,\"row\n%d \"\"%d\"\", more\",%s\n%s", i, i, i * 7, i % 3 ? "å" : "",
                    i % 5 ? "" : "\n");
    table whole, part;
    dk_reader_options options = {0};
    table_from(&whole, ".csv", text.ptr, text.len, &options);
    assert_int_equal(whole.status, DK_OK);
    assert_int_equal(whole.counts.rows, 400);
    assert_int_equal(whole.counts.blank_lines, 80);
    static const size_t sizes[] = {16, 17, 31, 63, 64, 65, 127, 1000, 4096};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        options.block_bytes = sizes[i];
        table_from(&part, ".csv", text.ptr, text.len, &options);
        assert_int_equal(part.status, DK_OK);
        assert_string_equal(dk_buf_cstr(&part.rows), dk_buf_cstr(&whole.rows));
        assert_string_equal(dk_buf_cstr(&part.places), dk_buf_cstr(&whole.places));
        assert_memory_equal(&part.counts, &whole.counts, sizeof whole.counts);
        table_dispose(&part);
    }
    table_dispose(&whole);
    dk_buf_dispose(&text);
}

/* What a person says must win over what the program thinks it sees. */
static void test_options(void **state) {
    (void)state;
    table t;
    const char *text = "a;b,c\n\"x;y\"z,2\n";
    dk_reader_options options = {.delimiter = ';', .quoting = DK_QUOTE_NONE};
    table_from(&t, ".csv", text, strlen(text), &options);
    assert_string_equal(dk_buf_cstr(&t.rows), "[\"x][y\"z,2]\n");
    table_dispose(&t);
    options = (dk_reader_options){.no_header = true};
    table_from(&t, ".csv", "1,x\n2,y\n", 8, &options);
    assert_string_equal(dk_buf_cstr(&t.header), "[1][2]");
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][x]\n[2][y]\n");
    assert_string_equal(dk_buf_cstr(&t.places), "1:1 2:2 ");
    table_dispose(&t);
    options = (dk_reader_options){.quoting = DK_QUOTE_DOUBLE};
    table_from(&t, ".tsv", "a\tb\n\"x\" y\tz\n", 12, &options);
    assert_string_equal(dk_buf_cstr(&t.rows), "[x y][z]\n");
    table_dispose(&t);
}

static void test_encodings(void **state) {
    (void)state;
    table t;
    /* Latin-1 must come out as the letters it means, and be named */
    const char latin[] = "id,text\n1,Bra k\xF6p \x96 10 \x80\n2,ok\n3,gr\xE5\n";
    table_from(&t, ".csv", latin, sizeof latin - 1, NULL);
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][Bra köp – 10 €]\n[2][ok]\n[3][grå]\n");
    assert_int_equal(t.counts.repaired_cells, 2);
    assert_string_equal(dk_buf_cstr(&t.description), "3 rows, comma, Windows-1252");
    table_dispose(&t);
    /* one bad cell in UTF-8: that cell is repaired, its good letters stay */
    const char mixed[] = "id,text\n1,blå gr\xE5 \xC3\n2,där\n3,\xE2\x82\n4,\xED\xA0\x80\n";
    table_from(&t, ".csv", mixed, sizeof mixed - 1, NULL);
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][blå grå Ã]\n[2][där]\n[3][â‚]\n[4][í\xC2\xA0€]\n");
    assert_string_equal(dk_buf_cstr(&t.description), "4 rows, comma, UTF-8 (3 cells repaired)");
    table_dispose(&t);
    /* UTF-16 with and without its mark, both byte orders; a surrogate pair; a broken one */
    const char le[] = "\xFF\xFEi\0d\0,\0t\0\n\0"
                      "1\0,\0\xE5\0=\xD8\0\xDE\n\0";
    table_from(&t, ".csv", le, sizeof le - 1, NULL);
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][å😀]\n");
    assert_string_equal(dk_buf_cstr(&t.description), "1 row, comma, UTF-16");
    table_dispose(&t);
    const char be[] = "\0i\0d\0,\0t\0\n\0"
                      "1\0,\0x\0\n";
    table_from(&t, ".csv", be, sizeof be - 1, NULL);
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][x]\n");
    table_dispose(&t);
    const char broken[] = "\xFF\xFEi\0d\0\n\0"
                          "a\0\x3D\xD8"
                          "b\0\n\0";
    table_from(&t, ".csv", broken, sizeof broken - 1, NULL);
    assert_string_equal(dk_buf_cstr(&t.rows), "[a\xEF\xBF\xBD"
                                              "b]\n");
    assert_non_null(strstr(dk_buf_cstr(&t.description), "1 broken character"));
    table_dispose(&t);
    dk_reader_options options = {.encoding = "ISO-8859-15"};
    table_from(&t, ".csv", "t\n10 \xA4\n", 7, &options);
    assert_string_equal(dk_buf_cstr(&t.rows), "[10 €]\n");
    table_dispose(&t);
}

/* A large UTF-16 file crosses the decoder's buffers: a character cut in two there would be lost. */
static void test_long_utf16(void **state) {
    (void)state;
    dk_buf text, want;
    dk_buf_init(&text);
    dk_buf_init(&want);
    dk_buf_put(&text, "\xFF\xFEt\0\n\0", 6);
    for (int i = 0; i < 30000; i++) {
        dk_buf_put(&text, i % 3 ? "\xE5\0=\xD8\0\xDE\n\0" : "a\0\n\0", i % 3 ? 8 : 4);
        dk_buf_puts(&want, i % 3 ? "[å😀]\n" : "[a]\n");
    }
    table t;
    dk_reader_options options = {.block_bytes = 1000};
    table_from(&t, ".csv", text.ptr, text.len, &options);
    assert_int_equal(t.status, DK_OK);
    assert_string_equal(dk_buf_cstr(&t.rows), dk_buf_cstr(&want));
    table_dispose(&t);
    dk_buf_dispose(&text);
    dk_buf_dispose(&want);
}

/* A NUL must not end a cell, nor an escape sequence reach the terminal of who reads the output. */
static void test_control_characters(void **state) {
    (void)state;
    table t;
    const char text[] = "id,text\n1,a\0b\x1B[31m\n2,\"x\ty\nz\"\n3,\xC2\x9B"
                        "1m\n";
    table_from(&t, ".csv", text, sizeof text - 1, NULL);
    assert_string_equal(dk_buf_cstr(&t.rows), "[1][a b [31m]\n[2][x\ty\nz]\n[3][  1m]\n");
    assert_int_equal(t.counts.control_cells, 2);
    table_dispose(&t);
}

static void test_columns(void **state) {
    (void)state;
    const char *text = "id,dato,score,kommentar,Score2,x,x\n1,2026-01-02,9,\"a \"\"b\"\"\",4,5,6\n";
    char *path = temp_file(".csv", text, strlen(text));
    dk_reader *r;
    dk_error err;
    assert_int_equal(dk_reader_open(&r, path, NULL, &err), DK_OK);
    size_t column;
    assert_int_equal(dk_reader_find_column(r, "kommentar", NULL, &column, &err), DK_OK);
    assert_int_equal(column, 3);
    assert_int_equal(dk_reader_find_column(r, "SCORE2", NULL, &column, &err), DK_OK);
    assert_int_equal(column, 4);
    assert_int_equal(dk_reader_find_column(r, "komentar", "--text", &column, &err), DK_EUSAGE);
    assert_string_equal(err.message, "--text komentar: no such column; did you mean kommentar? "
                                     "(id, dato, score, kommentar, Score2, x, x)");
    assert_int_equal(dk_reader_find_column(r, "kmomentar", "--text", &column, &err), DK_EUSAGE);
    assert_non_null(strstr(err.message, "did you mean kommentar?"));
    assert_int_equal(dk_reader_find_column(r, "omsättning", NULL, &column, &err), DK_EUSAGE);
    assert_string_equal(err.message,
                        "omsättning: no such column; (id, dato, score, kommentar, Score2, x, x)");
    assert_int_equal(dk_reader_find_column(r, "", NULL, &column, &err), DK_EUSAGE);
    /* of two columns of one name neither may be taken silently */
    assert_int_equal(dk_reader_find_column(r, "x", "--score", &column, &err), DK_EDATA);
    assert_non_null(strstr(err.message, "several columns have this name (6 and 7)"));
    /* any order, and one column twice: both places have the whole cell */
    static const size_t wanted[] = {3, 0, 3};
    assert_int_equal(dk_reader_select(r, wanted, 3, &err), DK_OK);
    table t;
    table_init(&t);
    table_rest(&t, r);
    assert_string_equal(dk_buf_cstr(&t.rows), "[a \"b\"][1][a \"b\"]\n");
    static const size_t beyond[] = {7};
    assert_int_equal(dk_reader_select(r, wanted, 1, &err), DK_EUSAGE); /* too late */
    assert_int_equal(dk_reader_rewind(r, &err), DK_OK);
    assert_int_equal(dk_reader_select(r, beyond, 1, &err), DK_EUSAGE);
    table_dispose(&t);
    dk_reader_free(r);
    drop_file(path);
}

/* The second pass over a file must see what the first saw. */
static void test_rewind(void **state) {
    (void)state;
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "\xEF\xBB\xBFid\ttext\n");
    for (int i = 0; i < 300; i++) dk_buf_putf(&text, "%d\t\"x \"\"%d\"\"\"\n", i, i);
    char *path = temp_file(".tsv", text.ptr, text.len);
    dk_reader_options options = {.block_bytes = 100};
    dk_reader *r;
    dk_error err;
    assert_int_equal(dk_reader_open(&r, path, &options, &err), DK_OK);
    table first, second;
    table_init(&first);
    table_init(&second);
    table_rest(&first, r);
    assert_int_equal(first.counts.rows, 300);
    assert_int_equal(dk_reader_rewind(r, &err), DK_OK);
    table_rest(&second, r);
    assert_string_equal(dk_buf_cstr(&first.rows), dk_buf_cstr(&second.rows));
    assert_string_equal(dk_buf_cstr(&first.places), dk_buf_cstr(&second.places));
    int64_t taken, total;
    dk_reader_progress(r, &taken, &total);
    assert_int_equal(taken, total);
    assert_int_equal(total, (int64_t)text.len);
    table_dispose(&first);
    table_dispose(&second);
    dk_reader_free(r);
    drop_file(path);
    dk_buf_dispose(&text);
}

/* Standard input from a pipe, in small pieces; twice when it was opened rewindable, once otherwise. */
static void test_pipe(void **state) {
    (void)state;
    for (int rewindable = 0; rewindable < 2; rewindable++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            const char *text = "id,text\n1,\"a\nb\"\n2,c\n";
            for (const char *p = text; *p != '\0'; p++)
                if (write(ends[1], p, 1) != 1) _exit(1);
            _exit(0);
        }
        close(ends[1]);
        int saved = dup(STDIN_FILENO);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        dk_reader_options options = {.rewindable = rewindable == 1};
        dk_reader *r;
        dk_error err;
        assert_int_equal(dk_reader_open(&r, "-", &options, &err), DK_OK);
        assert_string_equal(dk_reader_source(r), "standard input");
        table t;
        table_init(&t);
        table_rest(&t, r);
        assert_string_equal(dk_buf_cstr(&t.rows), "[1][a\nb]\n[2][c]\n");
        dk_status again = dk_reader_rewind(r, &err);
        assert_int_equal(again, rewindable ? DK_OK : DK_EUSAGE);
        if (rewindable) {
            table_rest(&t, r);
            assert_int_equal(t.counts.rows, 4);
        }
        table_dispose(&t);
        dk_reader_free(r);
        dup2(saved, STDIN_FILENO);
        close(saved);
        int status;
        waitpid(child, &status, 0);
        assert_int_equal(status, 0);
    }
}

static void test_describe(void **state) {
    (void)state;
    table t;
    table_of(&t, "a;b\n1;2\n1;2;3\n\"x\"y;2\n1\n");
    assert_string_equal(dk_buf_cstr(&t.description), "3 rows, semicolon, UTF-8 (1 cell with text behind its "
                                                     "closing quote, 1 row too short, 1 row rejected)");
    table_dispose(&t);
    dk_buf text;
    dk_buf_init(&text);
    dk_buf_puts(&text, "a\tb\n");
    for (int i = 0; i < 12408; i++) dk_buf_puts(&text, "1\tx\n");
    table_from(&t, ".tsv", text.ptr, text.len, NULL);
    assert_string_equal(dk_buf_cstr(&t.description), "12,408 rows, tab, UTF-8");
    table_dispose(&t);
    dk_buf_dispose(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spectrum),   cmocka_unit_test(test_small_blocks),
        cmocka_unit_test(test_options),    cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_long_utf16), cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_columns),    cmocka_unit_test(test_rewind),
        cmocka_unit_test(test_pipe),       cmocka_unit_test(test_describe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
