#include "cli/study_text.h"

#include <stdio.h>

void dk_cli_put_count(dk_buf *out, int64_t n) {
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-') dk_buf_putc(out, ',');
        dk_buf_putc(out, digits[i]);
    }
}

void dk_cli_put_cell(dk_buf *out, const char *text, size_t width) {
    size_t n = 0;
    for (const char *p = text; *p != '\0'; p++) n += ((unsigned char)*p & 0xC0) != 0x80;
    dk_buf_puts(out, text);
    do dk_buf_putc(out, ' ');
    while (++n < width);
}

void dk_cli_put_notes(dk_buf *out, const dk_study_result *r) {
    bool first = true;
    for (size_t i = 0; i < r->nnotes; i++) {
        if (r->notes[i].kind == DK_NOTE_METHOD) continue;
        dk_buf_putf(out, "%s  %s\n", first ? "\nnotes\n" : "", r->notes[i].text);
        first = false;
    }
}

void dk_cli_json_head(dk_json *j, const dk_study_result *r) {
    dk_json_key(j, "title");
    dk_json_text(j, r->title);
    dk_json_key(j, "version");
    dk_json_text(j, r->version);
    dk_json_key(j, "stamp");
    dk_json_text(j, r->stamp);
    dk_json_key(j, "currency");
    dk_json_text(j, r->currency);
    dk_json_key(j, "confidence");
    dk_json_double(j, r->confidence);
    dk_json_key(j, "min_privacy");
    dk_json_int(j, r->min_privacy);
    dk_json_key(j, "responses");
    dk_json_int(j, r->responses);
}
