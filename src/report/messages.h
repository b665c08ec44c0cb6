/* The words of the report in English, Swedish and Danish: messages.def holds them, one message a line. */
#ifndef DK_REPORT_MESSAGES_H
#define DK_REPORT_MESSAGES_H

#include "base/buffer.h"
#include "text/language.h"

typedef enum dk_message {
#define MESSAGE(id, en, sv, da) MSG_##id,
#define WORD(word, en, sv, da)
#include "report/messages.def"
#undef MESSAGE
#undef WORD
    DK_MESSAGES
} dk_message;

/* The text of a message in a language; English for any but sv and da. */
const char *dk_message_text(dk_message message, dk_language language);

/* Appends a message with {1}, {2}, ... replaced by the arguments. */
void dk_message_put(dk_buf *out, dk_message message, dk_language language, const char *const *args,
                    size_t count);

/* A touchpoint, stage, owner or other fixed word in a language; the word itself when it is not known, as those of a user's
   own taxonomy. */
const char *dk_message_word(const char *word, dk_language language);

/* The same for an owner, whose name may also be that of a touchpoint. */
const char *dk_message_owner(const char *owner, dk_language language);

#endif
