/* Completions: commands, options and the choices of options; other values complete as files. */
#include <stdio.h>

#include "cli/manual.h"

typedef void put_option(dk_buf *out, const dk_command *command, const dk_opt *o);

static void each(dk_buf *out, const dk_command *command, const dk_opt *options, const dk_opt *common,
                 put_option *put) {
    for (const dk_opt *o = options; o != NULL && o->name != NULL; o++) put(out, command, o);
    for (const dk_opt *o = common; o->name != NULL; o++) put(out, command, o);
}

/* The last word of a name: check of "lexicon check". */
static const char *last_word(const dk_command *command) {
    const char *blank = strchr(command->name, ' ');
    return blank != NULL ? blank + 1 : command->name;
}

/* "sv|da|en" with blanks between. */
static void put_choices(dk_buf *out, const dk_opt *o) {
    for (const char *p = o->value; *p != '\0'; p++) dk_buf_putc(out, *p == '|' ? ' ' : *p);
}

static void put_names(dk_buf *out, const dk_command *const *commands) {
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (i > 0) dk_buf_putc(out, ' ');
        dk_buf_puts(out, last_word(commands[i]));
    }
}

/* Text within '...' of bash, zsh and fish alike: the quote is closed, an escaped one put, and opened again. */
static void put_quoted(dk_buf *out, const char *text, const char *special) {
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            dk_buf_puts(out, "'\\''");
        else
            dk_manual_put(out, (char[]){*text, '\0'}, special, "\\");
    }
}

/* ---- bash ---- */

static void bash_begin(dk_buf *out, const dk_opt *common) {
    (void)common;
    dk_buf_puts(
        out,
        "# Completions of drivkraft for bash, made by: drivkraft manual bash\n"
        "_drivkraft() {\n"
        "    local at=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} first=2 choices=\n"
        "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    COMPREPLY=()\n"
        "    # --format=json comes as three words\n"
        "    if [ \"$cur\" = = ]; then cur=; elif [ \"$prev\" = = ]; then prev=${COMP_WORDS[at-2]}; fi\n"
        "    if [ \"$at\" -eq 1 ]; then\n        choices='");
    put_names(out, dk_cli_commands);
    dk_buf_puts(out, "'\n    fi\n    case $command in\n");
    for (size_t i = 0; dk_cli_commands[i] != NULL; i++) {
        if (dk_cli_commands[i]->subcommands == NULL) continue;
        dk_buf_putf(out, "    %s)\n        if [ \"$at\" -eq 2 ]; then choices='", dk_cli_commands[i]->name);
        put_names(out, dk_cli_commands[i]->subcommands);
        dk_buf_puts(out, "'; fi\n        command=\"$command ${COMP_WORDS[2]}\" first=3 ;;\n");
    }
    dk_buf_puts(out,
                "    esac\n    if [ \"$at\" -ge \"$first\" ]; then\n        case \"$command $prev\" in\n");
}

static void bash_group(dk_buf *out, const dk_command *g) {
    (void)out, (void)g;
}

/* What may follow an option is asked first; an option that takes any value offers files (an empty reply). */
static void bash_value(dk_buf *out, const dk_command *command, const dk_opt *o) {
    if (o->kind == DK_OPT_FLAG) return;
    dk_buf_puts(out, "        ");
    if (o->letter != 0) dk_buf_putf(out, "'%s -%c' | ", command->name, o->letter);
    dk_buf_putf(out, "'%s --%s')", command->name, o->name);
    if (o->kind == DK_OPT_CHOICE) {
        dk_buf_puts(out, " choices='");
        put_choices(out, o);
        dk_buf_putc(out, '\'');
    }
    dk_buf_puts(out, " ;;\n");
}

static void bash_name(dk_buf *out, const dk_command *command, const dk_opt *o) {
    (void)command;
    dk_buf_putf(out, " --%s", o->name);
}

static void bash_leaf(dk_buf *out, const dk_command *command, const dk_opt *options, const dk_opt *common) {
    each(out, command, options, common, bash_value);
    dk_buf_putf(out, "        '%s '*) case $cur in -*) choices='", command->name);
    each(out, command, options, common, bash_name);
    dk_buf_puts(out, "' ;; esac ;;\n");
}

static void bash_end(dk_buf *out) {
    dk_buf_puts(out,
                "        esac\n    fi\n"
                "    if [ -n \"$choices\" ]; then COMPREPLY=($(compgen -W \"$choices\" -- \"$cur\")); fi\n"
                "}\ncomplete -o default -F _drivkraft drivkraft\n");
}

const dk_manual_writer dk_manual_bash = {"bash", bash_begin, bash_group, bash_leaf, bash_end};

/* ---- zsh: a function a command, _drivkraft_lexicon_check ---- */

static void zsh_begin(dk_buf *out, const dk_opt *common) {
    (void)common;
    dk_buf_puts(out,
                "#compdef drivkraft\n# Completions of drivkraft for zsh, made by: drivkraft manual zsh\n");
}

static void zsh_function(dk_buf *out, const char *name) {
    dk_buf_puts(out, "_drivkraft_");
    for (; *name != '\0'; name++) dk_buf_putc(out, *name == ' ' ? '_' : *name);
}

/* A function that offers commands, or hands on to the function of the one that is there. */
static void zsh_choose(dk_buf *out, const char *function, const dk_command *const *commands) {
    dk_buf_putf(out, "%s() {\n    local -a commands=(\n", function);
    for (size_t i = 0; commands[i] != NULL; i++) {
        dk_buf_putf(out, "        '%s:", last_word(commands[i]));
        put_quoted(out, commands[i]->summary, ":\\");
        dk_buf_puts(out, "'\n");
    }
    dk_buf_puts(
        out,
        "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
        "    shift words\n    (( CURRENT-- ))\n    case $words[1] in\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        dk_buf_putf(out, "    %s) ", last_word(commands[i]));
        zsh_function(out, commands[i]->name);
        dk_buf_puts(out, " ;;\n");
    }
    dk_buf_puts(out, "    esac\n}\n");
}

static void zsh_group(dk_buf *out, const dk_command *g) {
    char name[64];
    snprintf(name, sizeof name, "_drivkraft_%s", g->name);
    zsh_choose(out, name, g->subcommands);
}

static void zsh_option(dk_buf *out, const dk_command *command, const dk_opt *o) {
    (void)command;
    const char *value = o->kind == DK_OPT_FLAG ? "" : "=";
    if (o->kind == DK_OPT_LIST)
        dk_buf_puts(out, " \\\n        '*'");
    else if (o->letter != 0)
        dk_buf_putf(out, " \\\n        '(-%c --%s)'", o->letter, o->name);
    else
        dk_buf_puts(out, " \\\n        ");
    if (o->letter != 0)
        dk_buf_putf(out, "{-%c%s,--%s%s}'[", o->letter, *value != '\0' ? "+" : "", o->name, value);
    else
        dk_buf_putf(out, "'--%s%s[", o->name, value);
    put_quoted(out, o->help, "[]:\\");
    dk_buf_putc(out, ']');
    if (o->kind != DK_OPT_FLAG) {
        dk_buf_putc(out, ':');
        put_quoted(out, o->kind == DK_OPT_CHOICE ? "choice" : o->value, "[]:\\");
        dk_buf_putc(out, ':');
        if (o->kind == DK_OPT_CHOICE) {
            dk_buf_putc(out, '(');
            put_choices(out, o);
            dk_buf_putc(out, ')');
        } else
            dk_buf_puts(out, o->kind == DK_OPT_INT || o->kind == DK_OPT_NUMBER ? " " : "_files");
    }
    dk_buf_putc(out, '\'');
}

static void zsh_leaf(dk_buf *out, const dk_command *command, const dk_opt *options, const dk_opt *common) {
    zsh_function(out, command->name);
    dk_buf_puts(out, "() {\n    _arguments -s -S");
    each(out, command, options, common, zsh_option);
    dk_buf_puts(out, " \\\n        '*:file:_files'\n}\n");
}

static void zsh_end(dk_buf *out) {
    zsh_choose(out, "_drivkraft", dk_cli_commands);
    dk_buf_puts(out, "if [ \"$funcstack[1]\" = _drivkraft ]; then _drivkraft \"$@\"; else compdef _drivkraft "
                     "drivkraft; fi\n");
}

const dk_manual_writer dk_manual_zsh = {"zsh", zsh_begin, zsh_group, zsh_leaf, zsh_end};

/* ---- fish ---- */

static void fish_commands(dk_buf *out, const char *condition, const dk_command *const *commands) {
    for (size_t i = 0; commands[i] != NULL; i++) {
        dk_buf_putf(out, "complete -c drivkraft -n '%s' -f -a %s -d '", condition, last_word(commands[i]));
        put_quoted(out, commands[i]->summary, "\\");
        dk_buf_puts(out, "'\n");
    }
}

static void fish_begin(dk_buf *out, const dk_opt *common) {
    (void)common;
    dk_buf_puts(out, "# Completions of drivkraft for fish, made by: drivkraft manual fish\n"
                     "function __drivkraft_at --description 'whether the words behind drivkraft begin so'\n"
                     "    set -l words (commandline -opc)\n"
                     "    set -l last (math 1 + (count $argv))\n"
                     "    test (count $words) -ge $last; and test \"$words[2..$last]\" = \"$argv\"\n"
                     "end\n");
    fish_commands(out, "test (count (commandline -opc)) -eq 1", dk_cli_commands);
}

static void fish_group(dk_buf *out, const dk_command *g) {
    char condition[128];
    snprintf(condition, sizeof condition, "test (count (commandline -opc)) -eq 2; and __drivkraft_at %s",
             g->name);
    fish_commands(out, condition, g->subcommands);
}

static void fish_option(dk_buf *out, const dk_command *command, const dk_opt *o) {
    dk_buf_putf(out, "complete -c drivkraft -n '__drivkraft_at %s' -l %s", command->name, o->name);
    if (o->letter != 0) dk_buf_putf(out, " -s %c", o->letter);
    if (o->kind == DK_OPT_CHOICE) {
        dk_buf_puts(out, " -x -a '");
        put_choices(out, o);
        dk_buf_putc(out, '\'');
    } else if (o->kind != DK_OPT_FLAG) {
        dk_buf_puts(out, o->kind == DK_OPT_INT || o->kind == DK_OPT_NUMBER ? " -x" : " -r");
    }
    dk_buf_puts(out, " -d '");
    put_quoted(out, o->help, "\\");
    dk_buf_puts(out, "'\n");
}

static void fish_leaf(dk_buf *out, const dk_command *command, const dk_opt *options, const dk_opt *common) {
    each(out, command, options, common, fish_option);
}

static void fish_end(dk_buf *out) {
    (void)out;
}

const dk_manual_writer dk_manual_fish = {"fish", fish_begin, fish_group, fish_leaf, fish_end};
