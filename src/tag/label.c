/* Names of labels and rules. */
#include "base/buffer.h"
#include "tag/session.h"

const char *dk_label_name(dk_label label) {
    static const char *const names[] = {"neutral", "negative", "positive", "mixed"};
    return names[label];
}

const char *dk_rule_name(int bit) {
    static const char *const names[DK_RULES] = {"negated",    "intensified", "diminished", "contrasted", "suggestion",
                                                "comparison", "excess",      "lack",       "idiom",      "question",
                                                "spelling",   "compound",    "own",        "comment",    "learned"};
    return names[bit];
}

void dk_rules_put(dk_buf *buf, uint32_t rules) {
    size_t before = buf->len;
    for (rules &= (1u << DK_RULES) - 1; rules != 0; rules &= rules - 1) {
        if (buf->len > before) dk_buf_putc(buf, '|');
        dk_buf_puts(buf, dk_rule_name(__builtin_ctz(rules)));
    }
}
