/* The manual page: all commands in one, in the macros of man(7). */
#include "cli/manual.h"

/* A line of text: a dash stays one, and no line becomes a request. */
static void put_text(dk_buf *out, const char *text) {
    if (*text == '.' || *text == '\'') dk_buf_puts(out, "\\&");
    for (; *text != '\0'; text++) {
        if (*text == '\\')
            dk_buf_puts(out, "\\e");
        else
            dk_manual_put(out, (char[]){*text, '\0'}, "-", "\\");
        if (*text == '\n' && (text[1] == '.' || text[1] == '\'')) dk_buf_puts(out, "\\&");
    }
}

static void put_options(dk_buf *out, const dk_opt *options) {
    for (const dk_opt *o = options; o != NULL && o->name != NULL; o++) {
        dk_buf_puts(out, ".TP\n");
        if (o->letter != 0) dk_buf_putf(out, "\\fB\\-%c\\fR, ", o->letter);
        dk_buf_puts(out, "\\fB\\-\\-");
        put_text(out, o->name);
        dk_buf_puts(out, "\\fR");
        if (o->value != NULL) {
            dk_buf_puts(out, o->kind == DK_OPT_CHOICE ? " " : " \\fI");
            put_text(out, o->value);
            if (o->kind != DK_OPT_CHOICE) dk_buf_puts(out, "\\fR");
        }
        dk_buf_putc(out, '\n');
        put_text(out, o->help);
        dk_buf_putc(out, '\n');
    }
}

static void begin(dk_buf *out, const dk_opt *common) {
    dk_buf_putf(out, ".TH DRIVKRAFT 1 \"\" \"drivkraft %s\" \"\"\n", dk_version());
    dk_buf_puts(
        out,
        ".SH NAME\ndrivkraft \\- what customers write, what they are worth, and what moves them\n"
        ".SH SYNOPSIS\n\\fBdrivkraft\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]\n.br\n"
        "\\fBdrivkraft\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR\n.SH DESCRIPTION\n"
        "Reads comments of customers in Swedish, Danish and English, joins them with scores and records, and "
        "says "
        "which touchpoints move customers, what each is worth, and how sure that is. To begin: "
        "\\fBdrivkraft analyze survey.csv \\-o report\\fR\n.SH COMMON OPTIONS\nEvery command has these.\n");
    put_options(out, common);
    dk_buf_puts(out, ".SH COMMANDS\n");
}

static void group(dk_buf *out, const dk_command *g) {
    (void)out, (void)g;
}

static void leaf(dk_buf *out, const dk_command *command, const dk_opt *options, const dk_opt *common) {
    (void)common;
    dk_buf_putf(out, ".SS drivkraft %s\n", command->name);
    put_text(out, command->summary);
    dk_buf_putf(out, "\n.PP\n\\fBdrivkraft %s\\fR ", command->name);
    put_text(out, command->usage);
    dk_buf_putc(out, '\n');
    put_options(out, options);
    if (command->examples == NULL || *command->examples == '\0') return;
    dk_buf_puts(out, ".PP\n.nf\n");
    put_text(out, command->examples);
    dk_buf_puts(out, ".fi\n");
}

static void end(dk_buf *out) {
    dk_buf_puts(
        out,
        ".SH EXIT STATUS\n"
        "0 done; 1 the data or a fit is not as it must be; 2 usage; 3 a file could not be read or written.\n"
        ".SH ENVIRONMENT\n.TP\n\\fBDRIVKRAFT_DATA\\fR\nthe folder of lexicons/ and models/, as "
        "\\-\\-data\\-dir names it\n"
        ".TP\n\\fBXDG_CACHE_HOME\\fR\nwhere compiled lexicons are kept (~/.cache)\n"
        ".TP\n\\fBNO_COLOR\\fR\nno colours\n"
        ".TP\n\\fBDRIVKRAFT_NO_SYNC\\fR\noutputs appear without waiting for the disk: a power cut may take them\n");
}

const dk_manual_writer dk_manual_page = {"man", begin, group, leaf, end};
