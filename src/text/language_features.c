#include "text/language_features.h"

#include "text/utf8.h"

static bool is_latin(uint32_t c) { return c < 0x250 || (c >= 0x1E00 && c < 0x1F00); }

void dk_language_symbols_of(dk_str form, dk_language_symbols *symbols) {
    int n = 0;
    bool letters = false;
    symbols->symbol[n++] = DK_LANGUAGE_BEGIN;
    for (size_t at = 0; at < form.len && n <= DK_LANGUAGE_MAX_CHARS;) {
        uint32_t c = (unsigned char)form.ptr[at];
        if (c - 'a' <= 'z' - 'a') { /* most are */
            letters = true;
            symbols->symbol[n++] = c;
            at++;
            continue;
        }
        unsigned size;
        c = dk_utf8_decode(form.ptr, form.len, at, &size);
        at += size;
        if (c >= '0' && c <= '9') {
            c = '0';
        } else if (c >= 0x80 && dk_utf8_class(c) == DK_CHAR_LETTER) {
            letters = true;
            if (!is_latin(c)) c = 0xFFFD;
        }
        symbols->symbol[n++] = c;
    }
    symbols->symbol[n++] = DK_LANGUAGE_END;
    symbols->count = letters ? n : 0;
}

int dk_language_symbols_read(dk_str feature, dk_language_symbols *symbols) {
    bool word = feature.len > 1 && feature.ptr[0] == '=';
    int n = 0;
    if (word) symbols->symbol[n++] = DK_LANGUAGE_BEGIN;
    for (size_t at = word; at < feature.len && n <= DK_LANGUAGE_MAX_CHARS;) {
        unsigned size;
        symbols->symbol[n++] = dk_utf8_decode(feature.ptr, feature.len, at, &size);
        at += size;
    }
    if (word) symbols->symbol[n++] = DK_LANGUAGE_END;
    return symbols->count = n;
}
