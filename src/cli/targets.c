#include "cli/targets.h"

#include <stdio.h>

static bool is_named(const char *const *names, const char *name) {
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

static void add_text(dk_stamp *s, const char *name, const char *value) {
    if (value == NULL) return;
    dk_stamp_add(s, name, strlen(name) + 1);
    dk_stamp_add(s, value, strlen(value) + 1);
}

/* An option as it was given; one that was not adds nothing, so that a new option leaves old ids as they are. */
static void add_option(dk_stamp *s, const dk_opt *o) {
    char number[40];
    const dk_opt_list *list = o->target;
    switch (o->kind) {
    case DK_OPT_FLAG:
        if (*(const bool *)o->target) add_text(s, o->name, "");
        return;
    case DK_OPT_STRING:
    case DK_OPT_CHOICE: add_text(s, o->name, *(const char *const *)o->target); return;
    case DK_OPT_INT: snprintf(number, sizeof number, "%lld", (long long)*(const int64_t *)o->target); break;
    case DK_OPT_NUMBER: snprintf(number, sizeof number, "%.17g", *(const double *)o->target); break;
    case DK_OPT_LIST:
        for (size_t i = 0; i < list->count; i++) add_text(s, o->name, list->items[i]);
        return;
    }
    add_text(s, o->name, number);
}

dk_status dk_targets_open(dk_writer **writer, const dk_target_options *t, const char *command,
                          const dk_out_table *const *tables, size_t ntables, dk_stamp inputs,
                          const dk_opt *options, const char *const *without, dk_error *err) {
    *writer = NULL;
    if (t->to.count == 0) {
        const char *idle = t->run != NULL      ? "run"
                           : t->schema != NULL ? "schema"
                           : t->prefix != NULL ? "prefix"
                                               : NULL;
        return idle == NULL ? DK_OK : dk_fail(err, DK_EUSAGE, "--%s goes with --to", idle);
    }
    for (const dk_opt *o = options; o->name != NULL; o++)
        if (!is_named(without, o->name)) add_option(&inputs, o);
    dk_writer_options how = {.targets = t->to.items,
                             .ntargets = t->to.count,
                             .tables = tables,
                             .ntables = ntables,
                             .run = t->run,
                             .inputs = inputs,
                             .command = command,
                             .schema = t->schema,
                             .prefix = t->prefix};
    return dk_writer_open(writer, &how, err);
}

void dk_targets_note(const dk_cli *cli, const dk_writer *w) {
    dk_buf line;
    dk_buf_init(&line);
    for (size_t i = 0; i < dk_writer_targets(w); i++) {
        dk_buf_clear(&line);
        dk_writer_describe(w, i, &line);
        dk_cli_note(cli, "%s", dk_buf_cstr(&line));
    }
    dk_buf_dispose(&line);
}
