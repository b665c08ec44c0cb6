#include "text/morph_script.h"

#include <string.h>

uint32_t morph_script_add(dk_intern *scripts, dk_str from, dk_str to) {
    char text[2 * DK_MORPH_WORD_MAX + 1];
    size_t same = 0, n = 0;
    if (from.len > DK_MORPH_WORD_MAX || to.len > DK_MORPH_WORD_MAX) return DK_NO_ID;
    while (same < from.len && same < to.len && from.ptr[same] == to.ptr[same]) same++;
    /* never within a character, on either side */
    while (same > 0 && ((same < from.len && ((unsigned char)from.ptr[same] & 0xC0) == 0x80) ||
                        (same < to.len && ((unsigned char)to.ptr[same] & 0xC0) == 0x80)))
        same--;
    memcpy(text, from.ptr + same, from.len - same);
    n = from.len - same;
    text[n++] = '>';
    memcpy(text + n, to.ptr + same, to.len - same);
    n += to.len - same;
    return dk_intern_add(scripts, (dk_str){text, n});
}

bool morph_script_parse(dk_str text, dk_str *strip, dk_str *add) {
    const char *mark = text.len > 0 ? memchr(text.ptr, '>', text.len) : NULL;
    if (mark == NULL) return false;
    *strip = (dk_str){text.ptr, (size_t)(mark - text.ptr)};
    *add = (dk_str){mark + 1, text.len - strip->len - 1};
    return true;
}
