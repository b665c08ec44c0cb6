/* drivkraft lexicon import and export: lexicons in the formats of other programs. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/lexicon.h"
#include "io/csv_write.h"
#include "io/output.h"
#include "workbench/convert.h"

static const char *const remark_names[] = {[DK_REMARK_WRONG] = "wrong",
                                           [DK_REMARK_LOST] = "lost",
                                           [DK_REMARK_CHANGED] = "changed",
                                           [DK_REMARK_DOUBLED] = "doubled"};

static dk_status write_file(const char *path, dk_buf *text, dk_error *err) {
    dk_output *file = NULL;
    dk_status status = dk_output_open(&file, path, err);
    if (status == DK_OK) status = dk_output_put(file, text, err);
    if (status == DK_OK) return dk_output_close(file, err);
    dk_output_abort(file);
    return status;
}

/* What was left out or changed: the first ones on standard error, all of them in the report. */
static dk_status tell_remarks(const dk_cli *cli, const dk_import *import, const char *path,
                              const char *report, bool strict, dk_error *err) {
    enum { SHOWN = 10 };
    size_t counts[DK_REMARKS] = {0}, shown[DK_REMARKS] = {0};
    for (size_t i = 0; i < import->nremarks; i++) {
        const dk_remark *r = &import->remarks[i];
        counts[r->kind]++;
        if (r->kind == DK_REMARK_DOUBLED || shown[r->kind]++ >= SHOWN) continue;
        dk_buf place;
        dk_buf_init(&place);
        /* losses of an export name their place themselves */
        if (path != NULL && r->line > 0)
            dk_buf_putf(&place, "%s:%lld%s", path, (long long)r->line, r->column > 0 ? "" : ": ");
        if (path != NULL && r->line > 0 && r->column > 0)
            dk_buf_putf(&place, ":%lld: ", (long long)r->column);
        dk_cli_note(cli, "%s%s (%s)", dk_buf_cstr(&place), r->message, remark_names[r->kind]);
        dk_buf_dispose(&place);
    }
    for (int k = 0; k < DK_REMARK_DOUBLED; k++)
        if (counts[k] > SHOWN)
            dk_cli_note(cli, "and %zu more %s%s", counts[k] - SHOWN, remark_names[k],
                        report == NULL ? " (--report FILE lists all)" : "");
    if (counts[DK_REMARK_DOUBLED] > 0)
        dk_cli_note(cli, "%zu said twice, taken once", counts[DK_REMARK_DOUBLED]);
    dk_status status = DK_OK;
    if (report != NULL) {
        dk_buf out;
        dk_buf_init(&out);
        dk_buf_puts(&out, "kind,line,column,message\n");
        for (size_t i = 0; i < import->nremarks; i++) {
            const dk_remark *r = &import->remarks[i];
            dk_buf_putf(&out, "%s,%lld,%lld,", remark_names[r->kind], (long long)r->line,
                        (long long)r->column);
            dk_csv_puts(&out, r->message);
            dk_buf_putc(&out, '\n');
        }
        status = write_file(report, &out, err);
        dk_buf_dispose(&out);
    }
    size_t faults = import->nremarks - counts[DK_REMARK_DOUBLED];
    if (status == DK_OK && strict && faults > 0)
        status = dk_fail(err, DK_EDATA,
                         "%zu terms were left out or changed, and --strict allows none; nothing was written",
                         faults);
    return status;
}

/* ---- import ---- */

typedef struct import_options {
    const char *from, *language, *table, *touchpoint, *term, *value, *category, *report;
    dk_opt_list valences, themes;
    bool inflect, strict;
} import_options;

static bool is_tsv(const char *path) {
    size_t len = strlen(path);
    return strcmp(path, "-") == 0 || (len > 4 && strcmp(path + len - 4, ".tsv") == 0);
}

static dk_status write_part(const char *folder, const char *language, const char *name, dk_buf *text,
                            dk_error *err) {
    char *sub = *language != '\0' ? dk_path_join(folder, language) : strdup(folder),
         *path = sub != NULL ? dk_path_join(sub, name) : NULL;
    dk_status status = path == NULL ? dk_fail_memory(err) : dk_folder_make(sub, err);
    if (status == DK_OK) status = write_file(path, text, err);
    free(sub);
    free(path);
    return status;
}

/* One file, or a folder that --lexicon takes. */
static dk_status write_lexicon(const char *output, const char *language, dk_converted *c, dk_error *err) {
    dk_buf *parts[] = {&c->themes, &c->valence, &c->modifiers};
    const size_t counts[] = {c->nthemes, c->nvalence, c->nmodifiers};
    static const char *const names[] = {"themes.tsv", "valence.tsv", "modifiers.tsv"};
    size_t kinds = 0;
    for (int i = 0; i < 3; i++) kinds += counts[i] > 0;
    if (kinds == 0) return dk_fail(err, DK_EDATA, "no term could be taken");
    if (is_tsv(output)) {
        if (kinds > 1 || c->ntaxonomy > 0)
            return dk_fail(err, DK_EUSAGE, "-o %s: this makes several files%s; name a folder, as in -o my",
                           output, c->ntaxonomy > 0 ? ", with new themes" : "");
        for (int i = 0; i < 3; i++)
            if (counts[i] > 0) return write_file(output, parts[i], err);
    }
    dk_status status = c->ntaxonomy > 0 ? write_part(output, "", "taxonomy.tsv", &c->taxonomy, err) : DK_OK;
    for (int i = 0; i < 3 && status == DK_OK; i++)
        if (counts[i] > 0) status = write_part(output, language, names[i], parts[i], err);
    return status;
}

static dk_status import_file(const dk_cli *cli, const import_options *o, const char *path, dk_error *err) {
    dk_convert_options co = {.format = o->from,
                             .path = path,
                             .table = o->table,
                             .valences = o->valences.items,
                             .nvalences = o->valences.count,
                             .themes = o->themes.items,
                             .nthemes = o->themes.count,
                             .touchpoint = o->touchpoint,
                             .term = o->term,
                             .value = o->value,
                             .category = o->category,
                             .inflect = o->inflect};
    dk_import import = {0};
    dk_converted converted = {0};
    dk_lexicon *lexicon = NULL;
    char *data_dir = NULL;
    dk_status status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    if (status == DK_OK) status = dk_lexicon_open(&lexicon, data_dir, NULL, 0, err);
    if (status == DK_OK) co.taxonomy = &lexicon->taxonomy;
    if (status == DK_OK) status = dk_convert_read(&import, &co, err);
    if (status == DK_OK) status = dk_convert_files(&import, &co, &converted, err);
    if (status == DK_OK) status = tell_remarks(cli, &import, path, o->report, o->strict, err);
    if (status == DK_OK) status = write_lexicon(cli->output, o->language, &converted, err);
    if (status == DK_OK)
        dk_cli_note(cli, "%s: %zu opinions, %zu theme entries of %zu new themes, %zu modifiers",
                    dk_path_name(path), converted.nvalence, converted.nthemes, converted.ntaxonomy,
                    converted.nmodifiers);
    dk_converted_dispose(&converted);
    dk_import_dispose(&import);
    dk_lexicon_free(lexicon);
    free(data_dir);
    return status;
}

static dk_status run_import(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    import_options o = {.language = ""};
    const dk_opt table[] = {
        {"from", 0, DK_OPT_CHOICE, &o.from, dk_convert_readable, "the format", 0, 0},
        {"language", 'l', DK_OPT_CHOICE, &o.language, "sv|da|en",
         "of the terms: the folder that they go to (every language without)", 0, 0},
        {"valence", 0, DK_OPT_LIST, &o.valences, "CATEGORY=V|V",
         "the terms of a category, or of a list, are opinions of that valence", 0, 0},
        {"theme", 0, DK_OPT_LIST, &o.themes, "CATEGORY=THEME", "the terms of a category are of this theme", 0,
         0},
        {"touchpoint", 0, DK_OPT_STRING, &o.touchpoint, "NAME",
         "of categories without one above them (imported)", 0, 0},
        {"table", 0, DK_OPT_CHOICE, &o.table, "emotion|emoticon|idiom|booster|negating|question",
         "of SentiStrength, when the file's name does not say", 0, 0},
        {"term", 0, DK_OPT_STRING, &o.term, "COL", "of a csv: the terms (the first column)", 0, 0},
        {"value", 0, DK_OPT_STRING, &o.value, "COL", "of a csv: valences from -5 to 5", 0, 0},
        {"category", 0, DK_OPT_STRING, &o.category, "COL", "of a csv: categories", 0, 0},
        {"inflect", 0, DK_OPT_FLAG, &o.inflect, NULL,
         "words stand for their inflections too, not for their very form alone", 0, 0},
        {"report", 0, DK_OPT_STRING, &o.report, "FILE", "all that was left out or changed, as CSV", 0, 0},
        {"strict", 0, DK_OPT_FLAG, &o.strict, NULL,
         "write nothing when something had to be left out or changed", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered) {
        if (nwords != 1)
            status = dk_fail(err, DK_EUSAGE,
                             "which file? drivkraft lexicon import --from afinn AFINN-en-165.txt -o my.tsv");
        else if (o.from == NULL)
            status = dk_fail(err, DK_EUSAGE, "--from is missing: one of %s", dk_convert_readable);
        else if (cli->output == NULL)
            status =
                dk_fail(err, DK_EUSAGE, "where to? -o FILE.tsv, or -o FOLDER for one that --lexicon takes");
        else
            status = import_file(cli, &o, words[0], err);
    }
    dk_opt_list_dispose(&o.valences);
    dk_opt_list_dispose(&o.themes);
    return status;
}

const dk_command dk_lexicon_import_command = {
    "lexicon import", "Takes over a lexicon of another program.",
    "--from FORMAT FILE -o FILE.tsv|FOLDER [options]",
    "  drivkraft lexicon import --from afinn AFINN-sv-165.txt --language sv -o my\n"
    "  drivkraft lexicon import --from liwc mfd.dic --language en -o my          categories become themes\n"
    "  drivkraft lexicon import --from lexicoder LSD.lc3 --valence POSITIVE=2 --valence NEGATIVE=-2 -o "
    "lsd.tsv\n"
    "  drivkraft lexicon import --from csv words.csv --term word --value score -o words.tsv\n"
    "  drivkraft lexicon import --from list positive.txt --valence 2 -o positive.tsv\n"
    "\n"
    "Then: drivkraft tag survey.csv --text comment --lexicon my -o comments.csv\n",
    run_import};

/* ---- export ---- */

static dk_status export_path(const dk_cli *cli, const char *path, const char *format, const char *report,
                             bool strict, dk_error *err) {
    dk_lexicon *lexicon = NULL;
    dk_import losses = {0};
    dk_buf out;
    char *data_dir = NULL;
    dk_buf_init(&out);
    dk_status status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    if (status == DK_OK) status = dk_lexicon_open(&lexicon, data_dir, &path, 1, err);
    if (status == DK_OK) status = dk_convert_write(lexicon, format, &out, &losses, err);
    if (status == DK_OK) status = tell_remarks(cli, &losses, NULL, report, strict, err);
    if (status == DK_OK) status = write_file(cli->output != NULL ? cli->output : "-", &out, err);
    dk_buf_dispose(&out);
    dk_import_dispose(&losses);
    dk_lexicon_free(lexicon);
    free(data_dir);
    return status;
}

static dk_status run_export(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    const char *to = NULL, *report = NULL;
    bool strict = false;
    const dk_opt table[] = {
        {"to", 0, DK_OPT_CHOICE, &to, dk_convert_writable, "the format", 0, 0},
        {"report", 0, DK_OPT_STRING, &report, "FILE", "all that has no equivalent there, as CSV", 0, 0},
        {"strict", 0, DK_OPT_FLAG, &strict, NULL, "write nothing when something has no equivalent", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status != DK_OK || answered) return status;
    if (nwords != 1)
        return dk_fail(err, DK_EUSAGE, "which lexicon? drivkraft lexicon export --to yaml my -o my.yaml");
    if (to == NULL) return dk_fail(err, DK_EUSAGE, "--to is missing: one of %s", dk_convert_writable);
    return export_path(cli, words[0], to, report, strict, err);
}

const dk_command dk_lexicon_export_command = {
    "lexicon export", "Writes a lexicon in the format of another program.",
    "--to FORMAT FILE.tsv|FOLDER [-o OUT]",
    "  drivkraft lexicon export --to yaml my -o my.yaml\n"
    "  drivkraft lexicon export --to liwc lexicons/sv/themes.tsv -o themes.dic --report losses.csv\n",
    run_export};
