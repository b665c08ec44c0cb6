#include "io/boundary.h"

#include "io/scan.h"

static void count_record(dk_boundary *b, const dk_dialect *d, const char *bytes, size_t end) {
    size_t len = end - b->record;
    bool blank = len == 0 || (len == 1 && d->eol == '\n' && bytes[b->record] == '\r');
    if (blank && b->skip_blanks)
        b->blanks++;
    else
        b->records++;
}

/* Whether a quote outside of quotes begins a quoted field, or doubles the closing quote just before it. */
static inline bool opens(const dk_boundary *b, const dk_dialect *d, const char *bytes, size_t at) {
    if (at == b->record || b->closed == at) return true;
    return d->delimiter != '\0' && bytes[at - 1] == d->delimiter;
}

void dk_boundary_find(dk_boundary *b, const dk_dialect *d, const char *bytes, size_t len) {
    for (; b->seen < len; b->seen += 64) {
        size_t base = b->seen;
        uint64_t valid = dk_scan_first(len - base);
        uint64_t lines = dk_scan_equal(bytes + base, d->eol) & valid;
        uint64_t quotes = d->quoted ? dk_scan_equal(bytes + base, '"') & valid : 0;
        while ((quotes | lines) != 0) {
            if (b->inside) {
                if (quotes == 0) {
                    b->lines += dk_scan_count(lines);
                    break;
                }
                int bit = dk_scan_lowest(quotes);
                uint64_t before = lines & dk_scan_first((size_t)bit);
                b->lines += dk_scan_count(before);
                lines ^= before;
                quotes &= quotes - 1;
                b->inside = false;
                b->closed = base + (size_t)bit + 1;
            } else {
                int bit = dk_scan_lowest(quotes | lines);
                size_t at = base + (size_t)bit;
                if ((lines >> bit & 1) != 0) {
                    lines &= lines - 1;
                    count_record(b, d, bytes, at);
                    b->record = at + 1;
                    b->lines_complete = ++b->lines;
                    continue;
                }
                quotes &= quotes - 1;
                if (!opens(b, d, bytes, at)) continue;
                if (b->closed != at || at == b->record) b->open = at;
                b->inside = true;
            }
        }
    }
    b->seen = len;
}

void dk_boundary_end(dk_boundary *b, const dk_dialect *d, const char *bytes, size_t len) {
    if (b->record == len) return;
    count_record(b, d, bytes, len);
    b->record = len;
    b->lines_complete = b->lines;
    b->unended = 1;
}
