/* What a parsed .aff holds; shared by affix.c (reading) and affix_expand.c (listing forms). */
#ifndef DK_TEXT_AFFIX_TABLE_H
#define DK_TEXT_AFFIX_TABLE_H

#include "base/arena.h"
#include "text/affix.h"

#define DK_AFFIX_FLAGS 65536

typedef enum flag_mode { FLAG_BYTE, FLAG_LONG, FLAG_NUMBER, FLAG_UTF8 } flag_mode;

typedef struct flag_set {
    const uint16_t *flags;
    size_t count;
} flag_set;

/* One character of a condition: any, one of, or none of its characters. */
typedef struct condition_item {
    const uint32_t *chars;
    size_t count;
    bool negated; /* any character is "none of no characters" */
} condition_item;

typedef struct affix_rule {
    uint16_t flag;
    bool cross;
    dk_str strip, add;
    flag_set next; /* continuation classes */
    const condition_item *items;
    size_t nitems;
} affix_rule;

typedef struct rule_group {
    affix_rule *rules;
    size_t count, cap;
    bool cross, declared;
} rule_group;

struct dk_affix {
    dk_arena arena;
    flag_mode mode;
    bool full_strip;
    uint16_t need_affix, forbidden, only_compound, compound, begin, middle, end;
    rule_group *prefixes, *suffixes; /* by number, see *_of */
    size_t nprefixes, nsuffixes, prefix_cap, suffix_cap;
    uint16_t *prefix_of, *suffix_of; /* flag -> group number + 1; 0 for none */
    flag_set *aliases;               /* AF, the first is number 1 */
    size_t naliases, alias_cap;
    dk_str *fields; /* AM */
    size_t nfields, field_cap;
};

/* Reads a flag list (or an alias number where the .aff has AF lines); *bad is set when it is malformed. The result lives in
   arena; NULL flags with *bad false and a count over 0 means that memory ran out. */
flag_set dk_affix_read_flags(const dk_affix *affix, dk_arena *arena, dk_str text, bool *bad);

static inline bool flag_in(flag_set set, uint16_t flag) {
    if (flag == 0) return false;
    for (size_t i = 0; i < set.count; i++)
        if (set.flags[i] == flag) return true;
    return false;
}

#endif
