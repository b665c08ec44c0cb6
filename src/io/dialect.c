#include "io/dialect.h"

#include <strings.h>

enum { SAMPLE_RECORDS = 200 };

const char *dk_record_split(const dk_dialect *d, const char *p, const char *end, bool at_end,
                            dk_field *fields, size_t cap, size_t *count) {
    *count = 0;
    for (;;) {
        dk_field f = {.ptr = p, .closed = true};
        const char *stop = p;
        if (d->quoted && p < end && *p == '"') {
            f.quoted = true;
            f.ptr = ++stop;
            while (stop < end && (*stop != '"' || (stop + 1 < end && stop[1] == '"'))) {
                if (*stop == '"') {
                    f.doubled = true;
                    stop++;
                }
                stop++;
            }
            f.closed = stop < end;
            f.len = (size_t)(stop - f.ptr);
            if (f.closed) stop++;
        }
        const char *tail = stop;
        while (stop < end && *stop != d->eol && (*stop != d->delimiter || d->delimiter == '\0')) stop++;
        bool last = stop == end || *stop == d->eol;
        const char *text_end = stop;
        if (last && d->eol == '\n' && text_end > tail && text_end[-1] == '\r') text_end--;
        if (f.quoted)
            f.tail = (size_t)(text_end - tail);
        else
            f.len = (size_t)(text_end - f.ptr);
        if (*count < cap) fields[*count] = f;
        (*count)++;
        if (stop == end) return at_end && f.closed ? end : NULL;
        p = stop + 1;
        if (last) return p;
    }
}

static char find_eol(const char *sample, size_t len) {
    size_t lf = 0, cr = 0;
    for (size_t i = 0; i < len; i++) {
        lf += sample[i] == '\n';
        cr += sample[i] == '\r' && (i + 1 == len || sample[i + 1] != '\n');
    }
    /* a bare CR within the text of a file of LF lines, or LF within the quoted cells of a file of CR lines */
    return cr > 10 * lf ? '\r' : '\n';
}

/* The share of records in the sample that have as many fields as the first, and that number. */
static double consistency(const dk_dialect *d, const char *p, const char *end, bool whole, size_t *fields) {
    size_t records = 0, same = 0;
    *fields = 0;
    while (p < end && records < SAMPLE_RECORDS) {
        size_t n;
        const char *next = dk_record_split(d, p, end, whole, NULL, 0, &n);
        if (next == NULL) {
            if (records == 0) *fields = n; /* a header that does not end: something to go by */
            break;
        }
        bool blank = next - p <= 2 && (*p == d->eol || *p == '\r');
        p = next;
        if (blank) continue;
        if (records++ == 0) *fields = n;
        same += n == *fields;
    }
    return records > 0 ? (double)same / (double)records : 0;
}

static char find_delimiter(const dk_dialect *like, const char *p, const char *end, bool whole,
                           bool tab_named) {
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = '\0';
    double best_share = 0;
    size_t best_fields = 1;
    for (size_t i = 0; i < sizeof candidates; i++) {
        dk_dialect d = *like;
        d.delimiter = candidates[i];
        size_t fields;
        double share = consistency(&d, p, end, whole, &fields);
        if (d.delimiter == '\t' && d.quoted) { /* quotes may be text there */
            d.quoted = false;
            size_t plain_fields;
            double plain = consistency(&d, p, end, whole, &plain_fields);
            if (plain > share) {
                share = plain;
                fields = plain_fields;
            }
        }
        if (fields < 2) continue;
        if (d.delimiter == '\t' && tab_named) return '\t';
        if (share > best_share || (share == best_share && fields > best_fields)) {
            best = d.delimiter;
            best_share = share;
            best_fields = fields;
        }
    }
    return best;
}

void dk_dialect_detect(dk_dialect *d, const char *sample, size_t len, bool whole, bool tab_named,
                       const dk_reader_options *options) {
    *d = (dk_dialect){.quoted = options->quoting != DK_QUOTE_NONE, .eol = find_eol(sample, len)};
    if (len >= 6 && strncasecmp(sample, "sep=", 4) == 0 && (sample[5] == '\n' || sample[5] == '\r')) {
        d->delimiter = sample[4];
        d->skip = sample[5] == '\r' && len > 6 && sample[6] == '\n' ? 7 : 6;
    }
    if (options->delimiter != '\0') d->delimiter = options->delimiter;
    if (d->delimiter == '\0') d->delimiter = find_delimiter(d, sample, sample + len, whole, tab_named);
}

const char *dk_delimiter_name(char delimiter) {
    switch (delimiter) {
    case '\0': return "one column";
    case ',': return "comma";
    case ';': return "semicolon";
    case '\t': return "tab";
    case '|': return "pipe";
    case ' ': return "space";
    case ':': return "colon";
    default: return "other delimiter";
    }
}

void dk_tab_quotes_feed(dk_tab_quotes *t, const char *p, size_t len) {
    const char *end = p + len, *start = p;
    if (t->open || len == 0) return;
    while (p < end) {
        if (!t->inside) {
            const char *quote = memchr(p, '"', (size_t)(end - p));
            if (quote == NULL) break;
            char before = quote > start ? quote[-1] : t->before;
            p = quote + 1;
            if (before != '\t' && before != '\n' && before != '\r' && before != '\0') continue;
            t->inside = t->any = true;
            t->tab = t->line = t->ended = false;
            continue;
        }
        char c = *p++;
        if (t->ended) {
            t->ended = false;
            if (c == '"') continue; /* doubled */
            if (c == '\t' || c == '\n' || c == '\r') {
                t->inside = false;
                continue;
            }
            t->open = true;
            return;
        }
        t->ended = c == '"';
        t->tab |= c == '\t';
        t->line |= c == '\n' || c == '\r';
        if (t->tab && t->line) {
            t->open = true;
            return;
        }
    }
    t->before = end[-1];
}

bool dk_tab_quotes_closed(const dk_tab_quotes *t, bool at_end) {
    return !t->open && (!at_end || !t->inside || t->ended);
}
