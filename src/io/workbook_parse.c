/* The parts of a workbook: relations, sheets, shared strings, cell formats, and the cells of one sheet. */
#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zip.h>

#include "base/arena.h"
#include "io/calendar.h"
#include "io/workbook.h"

enum { CHUNK = 64 * 1024, MOST_COLUMNS = 16384 };

typedef enum look { LOOK_PLAIN, LOOK_DATE, LOOK_TIME, LOOK_DATE_TIME } look;
typedef enum cell_kind { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL } cell_kind;

typedef struct named { /* a sheet and its relation, a relation and its target, a format and what it looks like */
    const char *name, *target, *kind;
    int64_t id;
    look as;
} named;

typedef struct list {
    named *items;
    size_t count, cap;
} list;

typedef struct book {
    const char *path;
    zip_t *zip;
    double limit;
    int64_t size, unpacked;
    dk_arena arena;
    list relations, sheets, formats;
    look *looks; /* of cell formats */
    size_t nlooks, looks_cap;
    dk_str *strings;
    size_t nstrings, strings_cap;
    bool from_1904;
    /* what is being parsed */
    XML_Parser parser;
    dk_status status;
    dk_error *err;
    bool in_text, in_phonetic, in_cell_formats;
    dk_buf text;
    dk_workbook_row row;
    void *context;
    size_t at_column;
    cell_kind kind;
    look as;
    dk_buf *cells;
    size_t ncells, cells_cap, width;
} book;

static void fail_memory(book *b) {
    if (b->status == DK_OK) b->status = dk_fail_memory(b->err);
    if (b->parser != NULL) XML_StopParser(b->parser, XML_FALSE);
}

/* XML ---------------------------------------------------------------------------------------------------------------------- */

static const char *local(const char *name) {
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static const char *attribute(const char **attributes, const char *name) {
    for (; *attributes != NULL; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0) return attributes[1];
    return NULL;
}

static void on_text(void *state, const char *text, int len) {
    book *b = state;
    if (b->in_text && !b->in_phonetic) dk_buf_put(&b->text, text, (size_t)len);
}

typedef void (*on_start)(void *state, const char *name, const char **attributes);
typedef void (*on_end)(void *state, const char *name);

static dk_status blown_up(book *b) {
    dk_fail_at(b->err, DK_EDATA, b->path, 0, 0, "this workbook unpacks to more than %g times its size", b->limit);
    dk_error_remedy(b->err, "say --unpack-limit none when it is really that large");
    return DK_EDATA;
}

static dk_status feed(book *b, zip_file_t *part, const char *name) {
    static const int64_t FREE_OF_LIMIT = (int64_t)64 << 20;
    for (;;) {
        void *room = XML_GetBuffer(b->parser, CHUNK);
        if (room == NULL) return dk_fail_memory(b->err);
        zip_int64_t n = zip_fread(part, room, CHUNK);
        if (n < 0) return dk_fail_at(b->err, DK_EDATA, b->path, 0, 0, "the workbook is damaged: %s in %s", zip_file_strerror(part), name);
        b->unpacked += n;
        if (b->limit > 0 && b->unpacked > FREE_OF_LIMIT && (double)b->unpacked > b->limit * (double)b->size) return blown_up(b);
        enum XML_Status parsed = XML_ParseBuffer(b->parser, (int)n, n == 0);
        if (b->status != DK_OK) return b->status;
        if (b->text.failed) return dk_fail_memory(b->err);
        if (parsed != XML_STATUS_OK)
            return dk_fail_at(b->err, DK_EDATA, b->path, 0, 0, "the workbook is damaged: %s in line %lu of %s",
                              XML_ErrorString(XML_GetErrorCode(b->parser)), XML_GetCurrentLineNumber(b->parser), name);
        if (n == 0) return DK_OK;
    }
}

/* Parses a part of the workbook. One that is not there is an error when it must be. */
static dk_status parse_part(book *b, const char *name, bool must, on_start start, on_end end) {
    zip_file_t *part = zip_fopen(b->zip, name, 0);
    if (part == NULL && !must) return DK_OK;
    if (part == NULL) return dk_fail_at(b->err, DK_EDATA, b->path, 0, 0, "this is no Excel workbook: it has no %s", name);
    b->parser = XML_ParserCreate(NULL);
    dk_status status = b->parser == NULL ? dk_fail_memory(b->err) : DK_OK;
    if (status == DK_OK) {
        XML_SetUserData(b->parser, b);
        XML_SetElementHandler(b->parser, start, end);
        XML_SetCharacterDataHandler(b->parser, on_text);
        b->in_text = b->in_phonetic = false;
        dk_buf_clear(&b->text);
        status = feed(b, part, name);
        XML_ParserFree(b->parser);
        b->parser = NULL;
    }
    zip_fclose(part);
    return status;
}

/* Relations, sheets, formats ----------------------------------------------------------------------------------------------- */

static named *add(book *b, list *to) {
    if (dk_grow(&to->items, &to->cap, to->count + 1)) {
        to->items[to->count] = (named){0};
        return &to->items[to->count++];
    }
    fail_memory(b);
    return NULL;
}

static const char *keep(book *b, const char *text) {
    const char *copy = dk_arena_strdup(&b->arena, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    if (copy == NULL) fail_memory(b);
    return copy;
}

static void ignore_end(void *state, const char *name) {
    (void)state;
    (void)name;
}

static void start_relation(void *state, const char *name, const char **a) {
    book *b = state;
    named *to = strcmp(local(name), "Relationship") == 0 ? add(b, &b->relations) : NULL;
    if (to == NULL) return;
    const char *type = attribute(a, "Type"), *last = type != NULL ? strrchr(type, '/') : NULL;
    to->name = keep(b, attribute(a, "Id"));
    to->target = keep(b, attribute(a, "Target"));
    to->kind = keep(b, last != NULL ? last + 1 : "");
}

static void start_workbook(void *state, const char *name, const char **a) {
    book *b = state;
    if (strcmp(local(name), "workbookPr") == 0) {
        const char *value = attribute(a, "date1904");
        b->from_1904 = value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
    } else if (strcmp(local(name), "sheet") == 0) {
        named *to = add(b, &b->sheets);
        if (to == NULL) return;
        to->name = keep(b, attribute(a, "name"));
        to->target = keep(b, attribute(a, "id"));
    }
}

/* What a format code makes of a number, by its letters (ECMA-376 part 1, 18.8.31). */
static look look_of_code(const char *code) {
    bool day = false, hour = false, quoted = false;
    for (const char *p = code; *p != '\0'; p++) {
        if (*p == '"') {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (*p == '\\') {
            if (p[1] != '\0') p++;
        } else if (*p == '[') { /* a colour, a currency or a condition; elapsed time [h] counts */
            const char *close = strchr(p, ']');
            if (close == NULL) break;
            if (close == p + 2 && strchr("hHmMsS", p[1]) != NULL) hour = true;
            p = close;
        } else if (strchr("yYdD", *p) != NULL) {
            day = true;
        } else if (strchr("hHsS", *p) != NULL) {
            hour = true;
        }
    }
    return day ? (hour ? LOOK_DATE_TIME : LOOK_DATE) : hour ? LOOK_TIME : LOOK_PLAIN;
}

/* 18.8.30: the formats that every workbook has. */
static look look_of_id(const book *b, int64_t id) {
    for (size_t i = 0; i < b->formats.count; i++)
        if (b->formats.items[i].id == id) return b->formats.items[i].as;
    if (id == 22) return LOOK_DATE_TIME;
    if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) return LOOK_TIME;
    return (id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? LOOK_DATE : LOOK_PLAIN;
}

static void start_style(void *state, const char *name, const char **a) {
    book *b = state;
    const char *id = attribute(a, "numFmtId");
    if (strcmp(local(name), "numFmt") == 0 && id != NULL) {
        const char *code = attribute(a, "formatCode");
        named *to = add(b, &b->formats);
        if (to != NULL) *to = (named){.id = strtoll(id, NULL, 10), .as = look_of_code(code != NULL ? code : "")};
    } else if (strcmp(local(name), "cellXfs") == 0) {
        b->in_cell_formats = true;
    } else if (strcmp(local(name), "xf") == 0 && b->in_cell_formats) {
        if (!dk_grow(&b->looks, &b->looks_cap, b->nlooks + 1)) fail_memory(b);
        else b->looks[b->nlooks++] = look_of_id(b, id != NULL ? strtoll(id, NULL, 10) : 0);
    }
}

static void end_style(void *state, const char *name) {
    book *b = state;
    if (strcmp(local(name), "cellXfs") == 0) b->in_cell_formats = false;
}

/* Texts -------------------------------------------------------------------------------------------------------------------- */

/* Characters that XML cannot hold are written _x000D_ (22.9.2.19). */
static size_t unescape(char *text, size_t len) {
    size_t to = 0;
    for (size_t i = 0; i < len;) {
        unsigned code;
        int read = 0;
        bool escaped = len - i >= 7 && text[i] == '_' && text[i + 1] == 'x' && text[i + 6] == '_' &&
                       sscanf(text + i + 2, "%4x%n", &code, &read) == 1 && read == 4 && code < 0x80;
        text[to++] = escaped ? (char)code : text[i];
        i += escaped ? 7 : 1;
    }
    return to;
}

static void start_string(void *state, const char *name, const char **a) {
    (void)a;
    book *b = state;
    if (strcmp(local(name), "t") == 0) b->in_text = true;
    else if (strcmp(local(name), "rPh") == 0) b->in_phonetic = true;
    else if (strcmp(local(name), "si") == 0) dk_buf_clear(&b->text);
}

static void end_string(void *state, const char *name) {
    book *b = state;
    if (strcmp(local(name), "t") == 0) b->in_text = false;
    else if (strcmp(local(name), "rPh") == 0) b->in_phonetic = false;
    if (strcmp(local(name), "si") != 0) return;
    b->text.len = unescape(b->text.ptr, b->text.len);
    const char *copy = dk_arena_strdup(&b->arena, b->text.ptr != NULL ? b->text.ptr : "", b->text.len);
    if (copy == NULL || !dk_grow(&b->strings, &b->strings_cap, b->nstrings + 1)) fail_memory(b);
    else b->strings[b->nstrings++] = (dk_str){copy, b->text.len};
}

/* Cells -------------------------------------------------------------------------------------------------------------------- */

static void put_number(book *b, dk_buf *out) {
    const char *text = dk_buf_cstr(&b->text);
    char *stop;
    double value = strtod(text, &stop);
    if (stop == text || *stop != '\0') { /* no number after all: as it stands */
        dk_buf_puts(out, text);
        return;
    }
    if (b->as != LOOK_PLAIN && fabs(value) < 1e7) {
        int64_t day = (int64_t)floor(value), second = llround((value - floor(value)) * 86400);
        if (second == 86400) {
            day++;
            second = 0;
        }
        if (b->as == LOOK_TIME) {
            dk_buf_putf(out, "%02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
            return;
        }
        int64_t origin = b->from_1904 ? DK_DAYS_EXCEL_1904 : DK_DAYS_EXCEL;
        if (dk_put_date(out, day + origin, second, b->as == LOOK_DATE_TIME)) return;
    }
    dk_buf_put_double(out, value);
}

static void take_cell(book *b) {
    if (b->at_column >= MOST_COLUMNS) return;
    if (!dk_grow(&b->cells, &b->cells_cap, b->at_column + 1)) {
        fail_memory(b);
        return;
    }
    while (b->ncells <= b->at_column) dk_buf_init(&b->cells[b->ncells++]);
    for (; b->width <= b->at_column; b->width++) dk_buf_clear(&b->cells[b->width]);
    dk_buf *out = &b->cells[b->at_column];
    dk_buf_clear(out);
    if (b->text.len == 0) return;
    switch (b->kind) {
    case CELL_NUMBER: put_number(b, out); break;
    case CELL_BOOL: dk_buf_puts(out, b->text.ptr[0] == '1' ? "true" : "false"); break;
    case CELL_TEXT:
        b->text.len = unescape(b->text.ptr, b->text.len);
        dk_buf_put(out, b->text.ptr, b->text.len);
        break;
    case CELL_SHARED: {
        unsigned long long at = strtoull(dk_buf_cstr(&b->text), NULL, 10);
        if (at < b->nstrings) dk_buf_put(out, b->strings[at].ptr, b->strings[at].len);
        break;
    }
    }
    if (out->failed) fail_memory(b);
}

static void end_row(book *b) {
    b->unpacked += (int64_t)(b->width * sizeof(uint32_t)); /* what a row takes where rows are kept, were its cells empty */
    dk_str *cells = calloc(b->width + 1, sizeof *cells);
    if (cells == NULL) {
        fail_memory(b);
        return;
    }
    for (size_t i = 0; i < b->width; i++) cells[i] = (dk_str){b->cells[i].ptr != NULL ? b->cells[i].ptr : "", b->cells[i].len};
    if (b->status == DK_OK) b->status = b->row(b->context, cells, b->width, b->err);
    if (b->status != DK_OK) XML_StopParser(b->parser, XML_FALSE);
    free(cells);
}

static void start_cell(book *b, const char **a) {
    const char *place = attribute(a, "r"), *kind = attribute(a, "t"), *style = attribute(a, "s");
    size_t column = 0;
    for (const char *p = place; p != NULL && *p >= 'A' && *p <= 'Z' && column <= MOST_COLUMNS; p++)
        column = column * 26 + (size_t)(*p - 'A') + 1;
    b->at_column = column > 0 ? column - 1 : b->width; /* without a place: the next one */
    b->kind = kind == NULL || strcmp(kind, "n") == 0                                  ? CELL_NUMBER
              : strcmp(kind, "s") == 0                                                ? CELL_SHARED
              : strcmp(kind, "b") == 0                                                ? CELL_BOOL
                                                                                      : CELL_TEXT;
    unsigned long long format = style != NULL ? strtoull(style, NULL, 10) : 0;
    b->as = format < b->nlooks ? b->looks[format] : LOOK_PLAIN;
    dk_buf_clear(&b->text);
}

static void start_sheet(void *state, const char *name, const char **a) {
    book *b = state;
    const char *n = local(name);
    if (strcmp(n, "row") == 0) {
        b->width = 0;
    } else if (strcmp(n, "c") == 0) {
        start_cell(b, a);
    } else if (strcmp(n, "v") == 0 || strcmp(n, "t") == 0) {
        b->in_text = true;
    } else if (strcmp(n, "rPh") == 0) {
        b->in_phonetic = true;
    }
}

static void end_sheet(void *state, const char *name) {
    book *b = state;
    const char *n = local(name);
    if (strcmp(n, "v") == 0 || strcmp(n, "t") == 0) b->in_text = false;
    else if (strcmp(n, "rPh") == 0) b->in_phonetic = false;
    else if (strcmp(n, "c") == 0) take_cell(b);
    else if (strcmp(n, "row") == 0) end_row(b);
}

/* The whole ---------------------------------------------------------------------------------------------------------------- */

/* A target as a name in the archive: from its root, or from the folder of the part that relates to it. */
static const char *part_name(book *b, const char *folder, const char *target) {
    if (*target == '/') return target + 1;
    size_t n = strlen(folder), m = strlen(target);
    char *name = dk_arena_alloc(&b->arena, n + m + 1);
    if (name == NULL) {
        fail_memory(b);
        return "";
    }
    memcpy(name, folder, n);
    memcpy(name + n, target, m + 1);
    return name;
}

static const char *related(book *b, const char *folder, const char *kind, const char *id) {
    for (size_t i = 0; i < b->relations.count; i++) {
        const named *r = &b->relations.items[i];
        if ((kind == NULL || strcmp(r->kind, kind) == 0) && (id == NULL || strcmp(r->name, id) == 0))
            return part_name(b, folder, r->target);
    }
    return NULL;
}

static dk_status no_such_sheet(book *b, const char *wanted) {
    char all[200] = "";
    for (size_t i = 0; i < b->sheets.count; i++) {
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", i > 0 ? ", " : "", b->sheets.items[i].name);
    }
    return dk_fail_at(b->err, DK_EUSAGE, b->path, 0, 0, "there is no sheet %s among %s", wanted, all);
}

static dk_status find_sheet(book *b, const char *wanted, const char *folder, const char **part) {
    *part = NULL;
    for (size_t i = 0; i < b->sheets.count && *part == NULL; i++)
        if (wanted == NULL || strcmp(b->sheets.items[i].name, wanted) == 0)
            *part = related(b, folder, NULL, b->sheets.items[i].target);
    if (*part != NULL) return DK_OK;
    return wanted != NULL ? no_such_sheet(b, wanted) : dk_fail_at(b->err, DK_EDATA, b->path, 0, 0, "the workbook has no sheet");
}

static dk_status parse_book(book *b, const char *wanted) {
    dk_status status = parse_part(b, "_rels/.rels", true, start_relation, ignore_end);
    const char *main_part = status == DK_OK ? related(b, "", "officeDocument", NULL) : NULL;
    if (main_part == NULL) main_part = "xl/workbook.xml";
    if (strncmp(main_part, "word/", 5) == 0 || strncmp(main_part, "ppt/", 4) == 0) {
        dk_fail_at(b->err, DK_EDATA, b->path, 0, 0, "this is a %s, not a table", main_part[0] == 'w' ? "Word document" : "PowerPoint presentation");
        dk_error_remedy(b->err, "save its table as .xlsx or as CSV (UTF-8)");
        return DK_EDATA;
    }
    const char *slash = strrchr(main_part, '/');
    char folder[64], relations[160];
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - main_part) + 1 : 0, main_part);
    snprintf(relations, sizeof relations, "%s_rels/%s.rels", folder, slash != NULL ? slash + 1 : main_part);
    if (status == DK_OK) status = parse_part(b, main_part, true, start_workbook, ignore_end);
    b->relations.count = 0;
    if (status == DK_OK) status = parse_part(b, relations, true, start_relation, ignore_end);
    const char *sheet = NULL, *styles = related(b, folder, "styles", NULL), *strings = related(b, folder, "sharedStrings", NULL);
    if (status == DK_OK) status = find_sheet(b, wanted, folder, &sheet);
    if (status == DK_OK && styles != NULL) status = parse_part(b, styles, false, start_style, end_style);
    if (status == DK_OK && strings != NULL) status = parse_part(b, strings, false, start_string, end_string);
    return status == DK_OK ? parse_part(b, sheet, true, start_sheet, end_sheet) : status;
}

static dk_status open_zip(const char *path, zip_t **zip, dk_error *err) {
    int code;
    *zip = zip_open(path, ZIP_RDONLY, &code);
    if (*zip != NULL) return DK_OK;
    zip_error_t why;
    zip_error_init_with_code(&why, code);
    dk_status status = dk_fail_at(err, code == ZIP_ER_OPEN || code == ZIP_ER_READ ? DK_EIO : DK_EDATA, path, 0, 0, "cannot read this workbook: %s",
                                  zip_error_strerror(&why));
    zip_error_fini(&why);
    return status;
}

dk_status dk_workbook_parse(const char *path, const char *sheet, double limit, dk_workbook_row row, void *context, dk_error *err) {
    zip_t *zip;
    dk_status status = open_zip(path, &zip, err);
    if (status != DK_OK) return status;
    book b = {.path = path, .zip = zip, .limit = limit == 0 ? 250 : limit, .err = err, .row = row, .context = context};
    FILE *f = fopen(path, "rb");
    if (f != NULL && fseeko(f, 0, SEEK_END) == 0) b.size = ftello(f);
    if (f != NULL) fclose(f);
    dk_buf_init(&b.text);
    status = parse_book(&b, sheet);
    for (size_t i = 0; i < b.ncells; i++) dk_buf_dispose(&b.cells[i]);
    free(b.cells);
    free(b.relations.items);
    free(b.sheets.items);
    free(b.formats.items);
    free(b.looks);
    free(b.strings);
    dk_buf_dispose(&b.text);
    dk_arena_dispose(&b.arena);
    zip_discard(zip);
    return status;
}

static void count_cell(void *state, const char *name, const char **a) {
    (void)a;
    ((book *)state)->ncells += strcmp(name, "c") == 0;
}

static void ignore_start(void *state, const char *name, const char **a) {
    (void)state, (void)name, (void)a;
}

dk_status dk_workbook_check(const char *path, int64_t *cells, dk_error *err) {
    zip_t *zip;
    dk_status status = open_zip(path, &zip, err);
    *cells = 0;
    if (status != DK_OK) return status;
    book b = {.path = path, .zip = zip, .err = err};
    dk_buf_init(&b.text);
    zip_int64_t parts = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; i < parts && status == DK_OK; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0), *ending = name != NULL ? strrchr(name, '.') : NULL;
        if (ending == NULL || (strcmp(ending, ".xml") != 0 && strcmp(ending, ".rels") != 0)) continue;
        bool sheet = strncmp(name, "xl/worksheets/", 14) == 0 && strcmp(ending, ".xml") == 0;
        status = parse_part(&b, name, true, sheet ? count_cell : ignore_start, ignore_end);
    }
    *cells = (int64_t)b.ncells;
    dk_buf_dispose(&b.text);
    zip_discard(zip);
    return status;
}
