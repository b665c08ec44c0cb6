#include "report/messages.h"

typedef struct texts {
    const char *word, *en, *sv, *da;
} texts;

static const texts messages[] = {
#define MESSAGE(id, en, sv, da) {#id, en, sv, da},
#define WORD(word, en, sv, da)
#include "report/messages.def"
#undef MESSAGE
#undef WORD
};

static const texts words[] = {
#define MESSAGE(id, en, sv, da)
#define WORD(word, en, sv, da) {word, en, sv, da},
#include "report/messages.def"
#undef MESSAGE
#undef WORD
};

static const char *in_language(const texts *t, dk_language language) {
    return language == DK_LANG_SV ? t->sv : language == DK_LANG_DA ? t->da : t->en;
}

const char *dk_message_text(dk_message message, dk_language language) {
    return in_language(&messages[message], language);
}

void dk_message_put(dk_buf *out, dk_message message, dk_language language, const char *const *args,
                    size_t count) {
    for (const char *p = dk_message_text(message, language); *p != '\0'; p++) {
        if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}' && (size_t)(p[1] - '1') < count) {
            dk_buf_puts(out, args[p[1] - '1']);
            p += 2;
        } else {
            dk_buf_putc(out, *p);
        }
    }
}

const char *dk_message_owner(const char *owner, dk_language language) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(words[i].word, "owner:", 6) == 0 && strcmp(words[i].word + 6, owner) == 0)
            return in_language(&words[i], language);
    return dk_message_word(owner, language);
}

const char *dk_message_word(const char *word, dk_language language) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, word) == 0) return in_language(&words[i], language);
    return word;
}
