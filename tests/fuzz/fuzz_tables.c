/* Tables that are no plain text, of any bytes: packed text, SPSS and Stata files, SQLite databases and workbooks through dk_reader. The first byte
 * chooses: below 0x80 the rest is a file as it is; else the rest is the sheet (0x80), the shared strings (0x90), the styles (0xA0) or the
 * relations (0xB0) of a workbook whose other parts are right, since a checksum keeps mutations out of a whole archive. What is read must be valid
 * UTF-8, and read alike a second time. */
#include <zlib.h>

#include "base/hash.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "io/clean.h"
#include "io/reader.h"

const char *const fuzz_tokens[] = {"<c r=\"B2\" t=\"s\"><v>0</v></c>", "<row>", "</row>", "<si><t>", "</t></si>", "_x000D_", "XFD1048576", "1e308", "&amp;",
                                   "<!DOCTYPE a [<!ENTITY b \"c\">]>", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "$FL2@(#) ", "<stata_dta><header><release>118"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
#define SHEET(rows) "\x80<worksheet><sheetData>" rows "</sheetData></worksheet>"
const char *const fuzz_seeds[] = {
    SHEET("<row><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>text</t></is></c></row>"
          "<row><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>1</v></c></row><row><c s=\"1\"><v>45000.5</v></c><c t=\"b\"><v>1</v></c></row>"),
    "\x90<sst><si><t>id</t></si><si><r><t>Bra </t></r><r><t>mat_x000D_</t></r><rPh><t>x</t></rPh></si></sst>",
    "\xA0<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy\\-mm [Red]\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs>"
    "</styleSheet>",
    "\xB0<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship Id=\"r2\" Type=\"x/styles\" Target=\"/xl/y.xml\"/>"
    "</Relationships>"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

/* ---- A workbook around one part: a zip archive of stored members (APPNOTE.TXT 4.3) ---- */

enum { MEMBERS = 6 };

typedef struct member {
    const char *name;
    dk_str text;
    uint32_t at, crc;
} member;

static void put_number(dk_buf *out, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++) dk_buf_putc(out, (char)(value >> 8 * i & 0xFF));
}

/* What local and central heads have in common. */
static void put_head(dk_buf *out, const member *m) {
    put_number(out, 20, 2);
    put_number(out, 0, 8); /* flags, stored, time and date, which are two numbers each of 16 bits */
    put_number(out, m->crc, 4);
    put_number(out, (uint32_t)m->text.len, 4);
    put_number(out, (uint32_t)m->text.len, 4);
    put_number(out, (uint32_t)strlen(m->name), 2);
    put_number(out, 0, 2);
}

static void put_archive(dk_buf *out, member *members) {
    for (int i = 0; i < MEMBERS; i++) {
        member *m = &members[i];
        m->at = (uint32_t)out->len;
        m->crc = (uint32_t)crc32(0, (const Bytef *)m->text.ptr, (uInt)m->text.len);
        dk_buf_put(out, "PK\3\4", 4);
        put_head(out, m);
        dk_buf_puts(out, m->name);
        dk_buf_put(out, m->text.ptr, m->text.len);
    }
    uint32_t at = (uint32_t)out->len;
    for (int i = 0; i < MEMBERS; i++) {
        dk_buf_put(out, "PK\1\2", 4);
        put_number(out, 20, 2);
        put_head(out, &members[i]);
        put_number(out, 0, 4); /* comment, disk */
        put_number(out, 0, 2);
        put_number(out, 0, 4); /* attributes */
        put_number(out, members[i].at, 4);
        dk_buf_puts(out, members[i].name);
    }
    uint32_t size = (uint32_t)out->len - at;
    dk_buf_put(out, "PK\5\6", 4);
    put_number(out, 0, 4);
    put_number(out, MEMBERS, 2);
    put_number(out, MEMBERS, 2);
    put_number(out, size, 4);
    put_number(out, at, 4);
    put_number(out, 0, 2);
}

static void put_workbook(dk_buf *out, unsigned part, dk_str text) {
    member members[MEMBERS] = {
        {.name = "_rels/.rels", .text = dk_str_from("<R><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"xl/w.xml\"/></R>")},
        {.name = "xl/w.xml", .text = dk_str_from("<workbook><sheets><sheet name=\"One\" id=\"r1\"/></sheets></workbook>")},
        {.name = "xl/_rels/w.xml.rels",
         .text = dk_str_from("<R><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship Id=\"r2\" Type=\"x/styles\" "
                             "Target=\"y.xml\"/><Relationship Id=\"r3\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></R>")},
        {.name = "xl/s.xml",
         .text = dk_str_from("<worksheet><row><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row><row><c r=\"A2\" s=\"1\"><v>45000.5"
                             "</v></c><c r=\"B2\" t=\"s\"><v>1</v></c></row></worksheet>")},
        {.name = "xl/y.xml", .text = dk_str_from("<s><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></s>")},
        {.name = "xl/t.xml", .text = dk_str_from("<sst><si><t>id</t></si><si><t>text</t></si></sst>")},
    };
    static const int which[] = {3, 5, 4, 2};
    members[which[part]].text = text;
    put_archive(out, members);
}

/* ---- Reading ---- */

static dk_status read_all(const char *path, uint64_t *cells) {
    dk_reader *r = NULL;
    dk_block *b = dk_block_new();
    dk_error err;
    *cells = 0;
    fuzz_require(b != NULL, "no memory");
    dk_reader_options options = {.unpack_limit = 20};
    dk_status status = dk_reader_open(&r, path, &options, &err);
    for (size_t blocks = 0; status == DK_OK && blocks < 64; blocks++) { /* the beginning will do: a few bytes may unpack to many */
        bool done = false;
        status = dk_reader_read_block(r, b, &done, &err);
        if (status != DK_OK || done) break;
        status = dk_reader_parse(r, b, &err);
        for (size_t i = 0; status == DK_OK && i < b->rows * b->columns; i++) {
            dk_str cell = b->cells[i];
            for (size_t k = 0, n; k < cell.len; k += n) {
                n = dk_utf8_sequence((const unsigned char *)cell.ptr + k, cell.len - k);
                fuzz_require(n > 0, "a cell is not UTF-8");
            }
            *cells = dk_hash_mix(*cells, dk_hash(cell.ptr, cell.len));
        }
    }
    dk_block_free(b);
    dk_reader_free(r);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static int fd = -1;
    static char path[64];
    if (len == 0) return 0;
    dk_buf file;
    dk_buf_init(&file);
    dk_str rest = {(const char *)bytes + 1, len - 1};
    if (bytes[0] < 0x80) dk_buf_put(&file, rest.ptr, rest.len);
    else put_workbook(&file, bytes[0] >> 4 & 3, rest);
    if (file.len > 0) {
        uint64_t first, second;
        fuzz_file(&fd, path, file.ptr, file.len);
        dk_status status = read_all(path, &first), again = read_all(path, &second);
        fuzz_require(status == again && (status != DK_OK || first == second), "read otherwise a second time");
    }
    dk_buf_dispose(&file);
    return 0;
}
