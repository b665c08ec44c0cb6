/* Parsing and help from one option table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/nearest.h"
#include "cli/cli.h"

/* The options that every command has, pointing into the dk_cli at hand. */
enum { COMMON = 6 };
static void common_options(dk_cli *cli, bool *help, bool *version, dk_opt out[COMMON + 1]) {
    dk_opt table[COMMON + 1] = {
        {"output", 'o', DK_OPT_STRING, &cli->output, "FILE", "where to write; - is standard output", 0, 0},
        {"threads", 'j', DK_OPT_INT, &cli->threads, "N", "worker threads (all processors by default)", 1, 1024},
        {"quiet", 'q', DK_OPT_FLAG, &cli->quiet, NULL, "no progress and no remarks on standard error", 0, 0},
        {"data-dir", 0, DK_OPT_STRING, &cli->data_dir, "FOLDER", "where lexicons/ and models/ are", 0, 0},
        {"help", 'h', DK_OPT_FLAG, help, NULL, "this text", 0, 0},
        {"version", 0, DK_OPT_FLAG, version, NULL, "the version", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    memcpy(out, table, sizeof table);
}

static void print_option(const dk_opt *o) {
    char left[64];
    int n = o->letter != 0 ? snprintf(left, sizeof left, "  -%c, --%s", o->letter, o->name)
                           : snprintf(left, sizeof left, "      --%s", o->name);
    if (o->value != NULL && n > 0 && (size_t)n < sizeof left) snprintf(left + n, sizeof left - (size_t)n, " %s", o->value);
    if (strlen(left) < 32) printf("%-32s%s\n", left, o->help);
    else printf("%s\n%32s%s\n", left, "", o->help);
}

static void print_help(const dk_command *command, const dk_opt *options, const dk_opt *common) {
    printf("%s\n\nusage: drivkraft %s %s\n", command->summary, command->name, command->usage);
    if (command->examples != NULL && *command->examples != '\0') printf("\n%s\n", command->examples);
    printf("\noptions\n");
    for (const dk_opt *o = options; o != NULL && o->name != NULL; o++) print_option(o);
    for (const dk_opt *o = common; o->name != NULL; o++) print_option(o);
}

static bool is_choice(const char *choices, const char *value) {
    size_t len = strlen(value);
    for (const char *p = choices; *p != '\0';) {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, value, n) == 0) return true;
        p += n + (p[n] == '|');
    }
    return false;
}

static dk_status set_number(const dk_opt *o, const char *value, dk_error *err) {
    char *stop;
    errno = 0;
    double number = 0;
    if (o->kind == DK_OPT_INT) {
        long long whole = strtoll(value, &stop, 10);
        number = (double)whole;
        if (errno == 0 && stop != value && *stop == '\0') *(int64_t *)o->target = whole;
    } else {
        number = strtod(value, &stop);
        if (errno == 0 && stop != value && *stop == '\0') *(double *)o->target = number;
    }
    bool bounded = o->min != 0 || o->max != 0;
    if (errno == 0 && stop != value && *stop == '\0' && (!bounded || (number >= o->min && number <= o->max))) return DK_OK;
    const char *kind = o->kind == DK_OPT_INT ? "a whole number" : "a number";
    if (bounded)
        return dk_fail(err, DK_EUSAGE, "--%s %s: %s from %g to %g was expected", o->name, value, kind, o->min, o->max);
    return dk_fail(err, DK_EUSAGE, "--%s %s: %s was expected", o->name, value, kind);
}

static dk_status set_option(const dk_opt *o, const char *value, dk_error *err) {
    switch (o->kind) {
    case DK_OPT_FLAG: *(bool *)o->target = true; return DK_OK;
    case DK_OPT_STRING: *(const char **)o->target = value; return DK_OK;
    case DK_OPT_CHOICE:
        if (!is_choice(o->value, value))
            return dk_fail(err, DK_EUSAGE, "--%s %s: one of %s was expected", o->name, value, o->value);
        *(const char **)o->target = value;
        return DK_OK;
    case DK_OPT_INT:
    case DK_OPT_NUMBER: return set_number(o, value, err);
    case DK_OPT_LIST: {
        dk_opt_list *list = o->target;
        if (!dk_grow(&list->items, &list->cap, list->count + 1)) return dk_fail_memory(err);
        list->items[list->count++] = value;
        return DK_OK;
    }
    }
    return DK_OK;
}

static const dk_opt *find(const dk_opt *table, const char *name, size_t len, char letter) {
    for (const dk_opt *o = table; o != NULL && o->name != NULL; o++) {
        if (letter != 0 ? o->letter == letter : strlen(o->name) == len && memcmp(o->name, name, len) == 0) return o;
    }
    return NULL;
}

static dk_status unknown(const dk_command *command, const dk_opt *options, const dk_opt *common, const char *word,
                         dk_error *err) {
    const char *names[96];
    size_t n = 0;
    for (const dk_opt *o = options; o != NULL && o->name != NULL && n < 80; o++) names[n++] = o->name;
    for (const dk_opt *o = common; o->name != NULL; o++) names[n++] = o->name;
    char bare[64];
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(word + strspn(word, "-"), "="), word + strspn(word, "-"));
    const char *near = dk_nearest(dk_str_from(bare), names, n);
    dk_fail(err, DK_EUSAGE, "drivkraft %s has no option %s", command->name, word);
    if (near != NULL) dk_error_remedy(err, "did you mean --%s?", near);
    else dk_error_remedy(err, "drivkraft %s --help lists them", command->name);
    return DK_EUSAGE;
}

/* Parses the option at argv[*at]; moves *at over its value. */
static dk_status parse_one(const dk_command *command, const dk_opt *options, const dk_opt *common, int argc, char **argv,
                           int *at, dk_error *err) {
    const char *word = argv[*at], *value = NULL;
    const dk_opt *o;
    if (word[1] == '-') {
        const char *equals = strchr(word, '=');
        size_t len = equals != NULL ? (size_t)(equals - word) - 2 : strlen(word) - 2;
        o = find(options, word + 2, len, 0);
        if (o == NULL) o = find(common, word + 2, len, 0);
        if (equals != NULL) value = equals + 1;
    } else {
        o = find(options, NULL, 0, word[1]);
        if (o == NULL) o = find(common, NULL, 0, word[1]);
        if (word[2] != '\0') value = word + 2;
    }
    if (o == NULL) return unknown(command, options, common, word, err);
    if (o->kind == DK_OPT_FLAG && value != NULL) return dk_fail(err, DK_EUSAGE, "--%s takes no value", o->name);
    if (o->kind != DK_OPT_FLAG && value == NULL) {
        if (*at + 1 >= argc) return dk_fail(err, DK_EUSAGE, "--%s needs a value: %s", o->name, o->value);
        value = argv[++*at];
    }
    return set_option(o, value, err);
}

dk_status dk_cli_parse(const dk_command *command, const dk_opt *options, dk_cli *cli, int argc, char **argv,
                       const char **words, int *nwords, bool *answered, dk_error *err) {
    bool help = false, version = false, only_words = false;
    dk_opt common[COMMON + 1];
    common_options(cli, &help, &version, common);
    *nwords = 0;
    *answered = false;
    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        if (only_words || word[0] != '-' || word[1] == '\0') {
            if (*nwords == DK_CLI_WORDS) return dk_fail(err, DK_EUSAGE, "more than %d arguments", DK_CLI_WORDS);
            words[(*nwords)++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_words = true;
            continue;
        }
        dk_status status = parse_one(command, options, common, argc, argv, &at, err);
        if (status != DK_OK) return status;
    }
    if (help && cli->describe != NULL) cli->describe(cli->describe_context, command, options, common);
    else if (help) print_help(command, options, common);
    else if (version) printf("drivkraft %s\n", dk_version());
    *answered = help || version;
    if (cli->output != NULL && strcmp(cli->output, "-") != 0) cli->color_out = false; /* a file shows no colours */
    return DK_OK;
}

void dk_opt_list_dispose(dk_opt_list *list) {
    free(list->items);
    memset(list, 0, sizeof *list);
}
