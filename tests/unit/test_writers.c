/* Writers: what goes into a target is what the readers take out of it, all of it or nothing. PostgreSQL is in tests/database. */
#include "test_reader_table.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/pipeline.h"
#include "io/source_stamp.h"
#include "io/writer.h"

static const dk_out_column word_columns[] = {
    {"id", DK_OUT_TEXT}, {"size", DK_OUT_COUNT}, {"share", DK_OUT_NUMBER}, {"good", DK_OUT_FLAG}};
static const dk_out_table words = {"words", word_columns, 4};
static const dk_out_column note_columns[] = {{"note", DK_OUT_TEXT}};
static const dk_out_table notes = {"notes", note_columns, 1};
static const dk_out_table *const tables[] = {&words, &notes};

/* ---- Folders and runs ---- */

static char folder[64];

static int make_folder(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/dk-writers-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

/* Names in the folder, hidden ones too, in one line; removes them when told to. */
static int list_folder(const char *path, char *out, size_t room, bool take_away) {
    char name[512];
    int n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    out[0] = '\0';
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        n++;
        snprintf(out + strlen(out), room - strlen(out), "%s ", e->d_name);
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (take_away) unlink(name);
    }
    closedir(d);
    return n;
}

static int drop_folder(void **state) {
    char names[4096];
    (void)state;
    list_folder(folder, names, sizeof names, true);
    return rmdir(folder);
}

static const char *in_folder(const char *scheme, const char *name) {
    static char paths[4][160];
    static int at;
    char *path = paths[at++ % 4];
    snprintf(path, sizeof paths[0], "%s%s/%s", scheme, folder, name);
    return path;
}

static int64_t sheet_rows; /* 0: as many as Excel takes */

static dk_status open_writer(dk_writer **w, const char *target, const char *run, dk_error *err) {
    dk_writer_options o = {.targets = &target,
                           .ntargets = 1,
                           .tables = tables,
                           .ntables = 2,
                           .run = run,
                           .command = "test",
                           .patience = 1,
                           .sheet_rows = sheet_rows};
    dk_stamp_init(&o.inputs);
    return dk_writer_open(w, &o, err);
}

typedef void (*filler)(dk_parcel *p, int count);

/* One whole run; what failed is in err. */
static dk_status write_run(const char *target, const char *run, filler fill, int count, bool finish,
                           dk_buf *said, dk_error *err) {
    dk_writer *w = NULL;
    dk_status status = open_writer(&w, target, run, err);
    if (status == DK_OK) status = dk_writer_begin(w, "stamp", "source.csv", err);
    dk_parcel *p = status == DK_OK ? dk_parcel_new(w) : NULL;
    if (status == DK_OK) {
        assert_non_null(p);
        fill(p, count);
        status = dk_writer_shape(w, p, err);
    }
    if (status == DK_OK) status = dk_writer_put(w, p, err);
    if (status == DK_OK && finish) status = dk_writer_finish(w, count, err);
    if (status == DK_OK && finish && said != NULL) dk_writer_describe(w, 0, said);
    dk_parcel_free(p);
    dk_writer_free(w);
    return status;
}

static void must(dk_status status, const dk_error *err) {
    if (status != DK_OK) fail_msg("%s: %s", err->file, err->message);
}

static void expect_failure(dk_status status, const dk_error *err, dk_status wanted, const char *part) {
    if (status != wanted || strstr(err->message, part) == NULL)
        fail_msg("status %d, message \"%s\" instead of %d and \"%s\"", (int)status,
                 status != DK_OK ? err->message : "", (int)wanted, part);
}

/* ---- Rows ---- */

#define TEXT(s) \
    { s, sizeof s - 1 }
static const dk_str texts[] = {
    TEXT("plain"),
    TEXT("=1+1"),
    TEXT("a\0b"),
    TEXT("\xE5hus"),
    TEXT("line\nand\ttab \\N \"quoted\", 'æøå' \U0001F600"),
    TEXT(""),
};
enum { TEXTS = sizeof texts / sizeof *texts };

static void fill_hostile(dk_parcel *p, int count) {
    static const double shares[] = {0.1, -2.5e-9, 1e300, 3, -0.0, 123456.789};
    dk_out_rows *rows = dk_parcel_rows(p, 0);
    (void)count;
    for (int i = 0; i < TEXTS; i++) {
        dk_out_text(rows, texts[i]);
        dk_out_count(rows, i == 1 ? -9007199254740992 : i);
        if (i == 3)
            dk_out_null(rows);
        else
            dk_out_number(rows, shares[i]);
        dk_out_flag(rows, i % 2 == 0);
        dk_out_end(rows);
    }
    rows = dk_parcel_rows(p, 1);
    dk_out_words(rows, NULL);
    dk_out_end(rows);
}

static void fill_many(dk_parcel *p, int count) {
    char id[24];
    for (int i = 0; i < count; i++) {
        dk_out_rows *rows = dk_parcel_rows(p, 0);
        snprintf(id, sizeof id, "row %d", i);
        dk_out_words(rows, id);
        dk_out_count(rows, i);
        dk_out_milli(rows, -i % 1000);
        dk_out_flag(rows, false);
        dk_out_end(rows);
    }
}

static void expect_table(const char *source, const dk_reader_options *options, const char *header,
                         const char *rows) {
    table t;
    table_read(&t, source, options);
    if (t.status != DK_OK) fail_msg("%s: %s", source, t.err.message);
    if (strcmp(dk_buf_cstr(&t.header), header) != 0) fail_msg("%s: header %s", source, t.header.ptr);
    if (strcmp(dk_buf_cstr(&t.rows), rows) != 0)
        fail_msg("%s: rows\n%sinstead of\n%s", source, t.rows.ptr, rows);
    table_dispose(&t);
}

/* What the readers of the project must find again; apostrophe: how a formula is written. The bytes that are no UTF-8 are U+FFFD, the NUL a blank. */
static void put_expected(dk_buf *out, const char *formula, const char *yes, const char *no) {
    static const char *const shares[] = {"0.1", "-2.5e-09", "1e+300", "", "0", "123456.789"};
    for (int i = 0; i < TEXTS; i++)
        dk_buf_putf(out, "[r1][%s][%lld][%s][%s]\n",
                    i == 1   ? formula
                    : i == 2 ? "a b"
                    : i == 3 ? "\xEF\xBF\xBDhus"
                             : texts[i].ptr,
                    i == 1 ? -9007199254740992ll : i, shares[i], i % 2 == 0 ? yes : no);
}

static const char head[] = "[run][id][size][share][good]";

/* If it failed: text, numbers or gaps come out of a target otherwise than they went in. */
static void test_round_trips(void **state) {
    (void)state;
    dk_error err;
    dk_buf text, guarded, numbers, said;
    dk_buf_init(&text);
    dk_buf_init(&guarded);
    dk_buf_init(&numbers);
    dk_buf_init(&said);
    put_expected(&text, "=1+1", "true", "false");
    put_expected(&guarded, "'=1+1", "yes", "no");
    put_expected(&numbers, "=1+1", "1", "0");

    must(write_run(in_folder("", "a.csv"), "r1", fill_hostile, 6, true, &said, &err), &err);
    expect_table(in_folder("", "a.csv"), NULL, head, dk_buf_cstr(&guarded));
    expect_table(in_folder("", "a-notes.csv"), NULL, "[run][note]", "[r1][]\n");
    expect_table(in_folder("", "a-runs.csv"), NULL, "[run][command][source][version][stamp][rows]",
                 "[r1][test][source.csv][" DK_VERSION "][stamp][6]\n");
    assert_non_null(
        strstr(dk_buf_cstr(&said),
               "a.csv: run r1: 6 words, 1 notes; 2 texts were no UTF-8 or held NUL bytes, and are mended"));

    must(write_run(in_folder("", "a.jsonl"), "r1", fill_hostile, 6, true, NULL, &err), &err);
    expect_table(in_folder("", "a.jsonl"), NULL, head, dk_buf_cstr(&text));

    must(write_run(in_folder("sqlite:", "a.db"), "r1", fill_hostile, 6, true, NULL, &err), &err);
    const dk_reader_options
        all = {.query = "SELECT * FROM words"},
        types = {
            .query =
                "SELECT typeof(id), typeof(size), typeof(share), typeof(good) FROM words WHERE size = 3"};
    expect_table(in_folder("", "a.db"), &all, head, dk_buf_cstr(&numbers));
    expect_table(in_folder("", "a.db"), &types, "[typeof(id)][typeof(size)][typeof(share)][typeof(good)]",
                 "[text][integer][null][integer]\n");

    dk_buf_dispose(&text);
    dk_buf_dispose(&guarded);
    dk_buf_dispose(&numbers);
    dk_buf_dispose(&said);
}

/* If it failed: rows beyond what a sheet can hold are lost, or a formula runs. */
static void test_workbook(void **state) {
    (void)state;
    dk_error err;
    dk_buf said;
    dk_buf_init(&said);
    sheet_rows = 3;
    must(write_run(in_folder("", "a.xlsx"), "r1", fill_hostile, 6, true, &said, &err), &err);
    sheet_rows = 0;
    assert_non_null(strstr(dk_buf_cstr(&said), "; words are in 2 sheets, of 3 rows at the most"));
    const dk_reader_options second = {.sheet = "words 2"};
    expect_table(
        in_folder("", "a.xlsx"), NULL, head,
        "[r1][plain][0][0.1][yes]\n[r1][=1+1][-9007199254740992][-2.5e-09][no]\n[r1][a b][2][1e+300][yes]\n");
    expect_table(in_folder("", "a.xlsx"), &second, head,
                 "[r1][\xEF\xBF\xBDhus][3][][no]\n[r1][line\nand\ttab \\N \"quoted\", 'æøå' "
                 "\U0001F600][4][0][yes]\n[r1][][5][123456.789][no]\n");
    dk_buf_dispose(&said);
}

/* ---- Databases ---- */

static char *ask(const char *name, const char *query) {
    static char answer[256];
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open_v2(in_folder("", name), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, query, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", query, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    snprintf(answer, sizeof answer, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    sqlite3_close(db);
    return answer;
}

/* If it failed: writing a run again doubles its rows, or takes those of another one with it. */
static void test_runs(void **state) {
    (void)state;
    dk_error err;
    dk_buf said;
    dk_buf_init(&said);
    must(write_run(in_folder("sqlite:", "r.db"), "one", fill_many, 10, true, NULL, &err), &err);
    must(write_run(in_folder("sqlite:", "r.db"), "two", fill_many, 20, true, NULL, &err), &err);
    must(write_run(in_folder("sqlite:", "r.db"), "one", fill_many, 5, true, &said, &err), &err);
    assert_non_null(strstr(dk_buf_cstr(&said), "run one (its earlier rows are replaced): 5 words, 0 notes"));
    assert_string_equal(ask("r.db", "SELECT group_concat(run || ' ' || n, ', ') FROM (SELECT run, count(*) n "
                                    "FROM words GROUP BY run)"),
                        "one 5, two 20");
    assert_string_equal(
        ask("r.db", "SELECT group_concat(run || ' ' || rows, ', ') FROM (SELECT * FROM runs ORDER BY run)"),
        "one 5, two 20");
    dk_buf_dispose(&said);
}

/* If it failed: a run that stops half way leaves files, or rows, behind. */
static void test_nothing_on_failure(void **state) {
    (void)state;
    dk_error err;
    char names[4096];
    static const char *const fresh[] = {"n.db", "n.xlsx", "n.csv", "n.jsonl"};
    for (size_t i = 0; i < 4; i++)
        must(write_run(in_folder("", fresh[i]), "one", fill_many, 5000, false, NULL, &err), &err);
    if (list_folder(folder, names, sizeof names, false) != 0) fail_msg("left behind: %s", names);

    must(write_run(in_folder("", "n.db"), "one", fill_many, 10, true, NULL, &err), &err);
    must(write_run(in_folder("", "n.db"), "one", fill_many, 5000, false, NULL, &err), &err);
    must(write_run(in_folder("", "n.db"), "two", fill_many, 5000, false, NULL, &err), &err);
    assert_string_equal(ask("n.db", "SELECT count(*) || ' ' || max(run) FROM words"), "10 one");
    assert_string_equal(ask("n.db", "PRAGMA integrity_check"), "ok");
}

/* If it failed: a full disk passes for success, or leaves half a target. Files are limited in size here: writing more fails as there. */
static void test_full_disk(void **state) {
    (void)state;
    enum { LIMIT = 256 * 1024, ROWS = 60000 };
    static const char *const fresh[] = {"f.db", "f.xlsx", "f.csv", "f.jsonl"};
    dk_error err;
    char names[4096];
    struct rlimit usual, tight;
    must(write_run(in_folder("", "old.db"), "one", fill_many, 10, true, NULL, &err), &err);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    tight = (struct rlimit){LIMIT, usual.rlim_max};
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    dk_status status[5];
    dk_error errors[5];
    for (size_t i = 0; i < 4; i++)
        status[i] = write_run(in_folder("", fresh[i]), "one", fill_many, ROWS, true, NULL, &errors[i]);
    status[4] = write_run(in_folder("", "old.db"), "two", fill_many, ROWS, true, NULL, &errors[4]);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    signal(SIGXFSZ, before);
    for (size_t i = 0; i < 5; i++)
        if (status[i] != DK_EIO)
            fail_msg("target %zu: status %d, %s", i, (int)status[i],
                     status[i] != DK_OK ? errors[i].message : "written");
    /* what SQLite could not take back in the full disk, whoever opens the database next does: its journal lies beside it */
    sqlite3 *db;
    assert_int_equal(sqlite3_open(in_folder("", "old.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT count(*) FROM words", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    if (list_folder(folder, names, sizeof names, false) != 1) fail_msg("left behind: %s", names);
    assert_string_equal(ask("old.db", "SELECT count(*) || ' ' || max(run) FROM words"), "10 one");
    assert_string_equal(ask("old.db", "PRAGMA integrity_check"), "ok");
}

/* If it failed: a program waits for ever beside another one that writes, or writes without its turn. */
static void test_locked(void **state) {
    (void)state;
    dk_error err;
    sqlite3 *other;
    must(write_run(in_folder("", "l.db"), "one", fill_many, 10, true, NULL, &err), &err);
    assert_int_equal(sqlite3_open(in_folder("", "l.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    expect_failure(write_run(in_folder("", "l.db"), "two", fill_many, 10, true, NULL, &err), &err, DK_EIO,
                   "database is locked");
    assert_non_null(strstr(err.remedy, "another program uses it"));
    sqlite3_close(other);
    must(write_run(in_folder("", "l.db"), "two", fill_many, 10, true, NULL, &err), &err);
}

/* If it failed: rows go into a table of somebody else's, or where there is no database. */
static void test_misfits(void **state) {
    (void)state;
    dk_error err;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(in_folder("", "m.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE TABLE words (run TEXT, id TEXT, size TEXT); CREATE TABLE keep (x)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    expect_failure(write_run(in_folder("", "m.db"), "one", fill_many, 1, true, NULL, &err), &err, DK_EDATA,
                   "the table words is there and its column size is TEXT where INTEGER is needed");
    assert_non_null(strstr(err.remedy, "--prefix"));
    /* and nothing was made on the way there */
    assert_string_equal(ask("m.db", "SELECT group_concat(name) FROM sqlite_master"), "words,keep");
    /* a column more is no misfit: it stays empty */
    assert_int_equal(sqlite3_open(in_folder("", "m.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "DROP TABLE words; CREATE TABLE words (mine, run TEXT, id TEXT, size "
                                  "INTEGER, share REAL, good INTEGER)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    must(write_run(in_folder("", "m.db"), "one", fill_many, 3, true, NULL, &err), &err);
    assert_string_equal(ask("m.db", "SELECT count(*) FROM words WHERE mine IS NULL AND id LIKE 'row %'"),
                        "3");
    char *text = temp_file(".db", "id,text\n1,this is no database\n", 28);
    expect_failure(write_run(text, "one", fill_many, 1, true, NULL, &err), &err, DK_EDATA, "not a database");
    drop_file(text);
}

/* ---- Threads ---- */

typedef struct ordered {
    dk_writer *writer;
    int64_t produced;
} ordered;

typedef struct piece {
    dk_parcel *parcel;
    int64_t serial;
} piece;

enum { PIECES = 200 };

static dk_status produce_piece(void *context, void *item, bool *done, dk_error *err) {
    (void)err;
    ordered *o = context;
    *done = o->produced == PIECES;
    ((piece *)item)->serial = o->produced++;
    return DK_OK;
}

static dk_status shape_piece(void *context, void *worker, void *item, dk_error *err) {
    (void)worker;
    piece *p = item;
    fill_hostile(p->parcel, TEXTS);
    fill_many(p->parcel, (int)(p->serial % 17));
    return dk_writer_shape(((ordered *)context)->writer, p->parcel, err);
}

static dk_status put_piece(void *context, void *item, dk_error *err) {
    return dk_writer_put(((ordered *)context)->writer, ((piece *)item)->parcel, err);
}

/* All of it through the ordered pipeline of the program, into NAME.csv, NAME.jsonl and NAME.db. */
static void write_on(int threads, const char *name) {
    dk_error err;
    ordered o = {0};
    piece pieces[16] = {0};
    void *items[16], *workers[8] = {0};
    char paths[3][160];
    static const char *const endings[] = {"csv", "jsonl", "db"};
    for (int i = 0; i < 3; i++) snprintf(paths[i], sizeof paths[i], "%s/%s.%s", folder, name, endings[i]);
    const char *targets[] = {paths[0], paths[1], paths[2]};
    dk_writer_options how = {
        .targets = targets, .ntargets = 3, .tables = tables, .ntables = 2, .run = "one", .command = "test"};
    must(dk_writer_open(&o.writer, &how, &err), &err);
    must(dk_writer_begin(o.writer, "stamp", "source.csv", &err), &err);
    for (int i = 0; i < dk_pipeline_items(threads); i++) {
        pieces[i].parcel = dk_parcel_new(o.writer);
        assert_non_null(pieces[i].parcel);
        items[i] = &pieces[i];
    }
    const dk_pipeline pipeline = {&o, produce_piece, shape_piece, put_piece, items, workers, threads};
    must(dk_pipeline_run(&pipeline, &err), &err);
    must(dk_writer_finish(o.writer, PIECES, &err), &err);
    for (int i = 0; i < dk_pipeline_items(threads); i++) dk_parcel_free(pieces[i].parcel);
    dk_writer_free(o.writer);
}

/* If it failed: targets depend on the number of threads, or (under the thread sanitizer) workers share what they write. */
static void test_threads(void **state) {
    (void)state;
    static const char *const endings[] = {"csv", "jsonl", "db"};
    write_on(1, "one");
    write_on(4, "four");
    for (int i = 0; i < 3; i++) {
        dk_error err;
        dk_buf one, four;
        char name[16];
        dk_buf_init(&one);
        dk_buf_init(&four);
        snprintf(name, sizeof name, "one.%s", endings[i]);
        must(dk_file_read(in_folder("", name), &one, &err), &err);
        snprintf(name, sizeof name, "four.%s", endings[i]);
        must(dk_file_read(in_folder("", name), &four, &err), &err);
        assert_true(one.len > 10000);
        if (one.len != four.len || memcmp(one.ptr, four.ptr, one.len) != 0)
            fail_msg("%s differs", endings[i]);
        dk_buf_dispose(&one);
        dk_buf_dispose(&four);
    }
}

/* ---- What a run is called, and targets that are none ---- */

static void run_id(const char *bytes, const char *stamp, char out[40]) {
    dk_error err;
    dk_writer *w = NULL;
    const char *target = in_folder("", "id.jsonl");
    dk_writer_options o = {
        .targets = &target, .ntargets = 1, .tables = tables, .ntables = 2, .command = "test"};
    dk_stamp_init(&o.inputs);
    char *path = temp_file(".csv", bytes, strlen(bytes));
    must(dk_stamp_source(&o.inputs, path, NULL, &err), &err);
    must(dk_writer_open(&w, &o, &err), &err);
    must(dk_writer_begin(w, stamp, path, &err), &err);
    snprintf(out, 40, "%s", dk_writer_run(w));
    dk_writer_free(w);
    drop_file(path);
}

/* If it failed: the same input gets another id each time, or two inputs take each other's place. */
static void test_run_id(void **state) {
    (void)state;
    char a[40], same[40], other[40], engine[40];
    run_id("id,text\n1,a\n", "s1", a);
    run_id("id,text\n1,a\n", "s1", same);
    run_id("id,text\n1,b\n", "s1", other);
    run_id("id,text\n1,a\n", "s2", engine);
    assert_int_equal(strlen(a), 16);
    assert_string_equal(a, same); /* under another name */
    assert_string_not_equal(a, other);
    assert_string_not_equal(a, engine);
    dk_error err;
    dk_stamp s;
    dk_stamp_init(&s);
    expect_failure(dk_stamp_source(&s, "-", NULL, &err), &err, DK_EUSAGE, "only once");
    assert_non_null(strstr(err.remedy, "--run"));
}

static void test_no_targets(void **state) {
    (void)state;
    dk_error err;
    dk_writer *w;
    static const char *const none[] = {"out",     "out.parquet",          "-", "csv:-",
                                       "sqlite:", "sqlite:a.db?SELECT 1", ""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        dk_status status = open_writer(&w, none[i], NULL, &err);
        if (status != DK_EUSAGE || w != NULL || err.remedy[0] == '\0')
            fail_msg("%s: status %d", none[i], (int)status);
    }
    expect_failure(open_writer(&w, in_folder("", "a.db"), "", &err), &err, DK_EUSAGE, "--run");
    expect_failure(open_writer(&w, in_folder("", "a.db"), "a\nb", &err), &err, DK_EUSAGE, "--run");
    expect_failure(open_writer(&w, "sqlite:/no/such/folder/a.db", "one", &err), &err, DK_EIO, "No such file");
    const char *twice[] = {in_folder("", "a.db"), in_folder("", "a.db")};
    dk_writer_options o = {
        .targets = twice, .ntargets = 2, .tables = tables, .ntables = 2, .command = "test"};
    expect_failure(dk_writer_open(&w, &o, &err), &err, DK_EUSAGE, "given twice");
    o = (dk_writer_options){
        .targets = twice, .ntargets = 1, .tables = tables, .ntables = 2, .command = "test", .prefix = "a-b"};
    expect_failure(dk_writer_open(&w, &o, &err), &err, DK_EUSAGE, "--prefix");
    o.prefix = NULL;
    o.schema = "s";
    expect_failure(dk_writer_open(&w, &o, &err), &err, DK_EUSAGE, "--schema is for PostgreSQL");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, drop_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_round_trips), TEST(test_workbook),  TEST(test_runs),    TEST(test_nothing_on_failure),
        TEST(test_full_disk),   TEST(test_locked),    TEST(test_misfits), TEST(test_threads),
        TEST(test_run_id),      TEST(test_no_targets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
