/* drivkraft lexicon check: finds what is wrong in lexicons. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/nearest.h"
#include "cli/lexicon.h"
#include "io/csv_write.h"
#include "io/json_write.h"
#include "io/output.h"
#include "workbench/check.h"
#include "workbench/check_fix.h"

typedef struct options {
    const char *format, *level;
    dk_opt_list only;
    int64_t max;
    bool strict, fix, keep_order;
} options;

static void put_place(dk_buf *out, const dk_finding *x) {
    dk_buf_puts(out, x->file);
    if (x->line > 0) dk_buf_putf(out, ":%lld", (long long)x->line);
    if (x->column > 0) dk_buf_putf(out, ":%lld", (long long)x->column);
}

/* What a level looks like on a terminal: errors red, warnings yellow. */
static const char *color_of(const dk_cli *cli, dk_check_level level) {
    static const char *const colors[] = {"\033[2m", "\033[33m", "\033[31m"};
    return cli->color_out ? colors[level] : "";
}

static void put_line(dk_buf *out, const dk_cli *cli, const dk_finding *x) {
    put_place(out, x);
    dk_buf_putf(out, "  %s%-12s%s", color_of(cli, dk_check_kind_level(x->kind)), dk_check_kind_name(x->kind),
                cli->color_out ? "\033[0m" : "");
    if (*x->term != '\0') dk_buf_putf(out, "%s: ", x->term);
    dk_buf_puts(out, x->message);
    if (*x->other != '\0') dk_buf_putf(out, " (%s)", x->other);
    dk_buf_putc(out, '\n');
}

static void put_table(dk_buf *out, const dk_cli *cli, const dk_check *check, const options *o,
                      dk_check_level least) {
    size_t shown[DK_CHECK_KINDS] = {0};
    for (size_t i = 0; i < check->count; i++) {
        const dk_finding *x = &check->findings[i];
        if (dk_check_kind_level(x->kind) < least) continue;
        if (o->max > 0 && shown[x->kind] == (size_t)o->max) continue;
        shown[x->kind]++;
        put_line(out, cli, x);
    }
    if (out->len > 0) dk_buf_putc(out, '\n');
    dk_buf_putf(out, "%zu %s in %zu file%s", check->entries, check->entries == 1 ? "entry" : "entries", check->files, check->files == 1 ? "" : "s");
    if (check->count == 0) dk_buf_puts(out, ": nothing to say");
    dk_buf_putc(out, '\n');
    for (int k = 0; k < DK_CHECK_KINDS; k++) {
        if (check->by_kind[k] == 0) continue;
        dk_check_level level = dk_check_kind_level((dk_check_kind)k);
        dk_buf_putf(out, "  %-12s %-8s %6zu", dk_check_kind_name((dk_check_kind)k),
                    dk_check_level_name(level), check->by_kind[k]);
        if (shown[k] == 0)
            dk_buf_putf(out, "  not shown: --level %s", dk_check_level_name(level));
        else if (shown[k] < check->by_kind[k])
            dk_buf_putf(out, "  %zu shown: --max 0 shows all", shown[k]);
        dk_buf_putc(out, '\n');
    }
}

static void put_csv(dk_buf *out, const dk_check *check, dk_check_level least) {
    dk_buf_puts(out, "level,kind,file,line,column,language,term,message,other\n");
    for (size_t i = 0; i < check->count; i++) {
        const dk_finding *x = &check->findings[i];
        if (dk_check_kind_level(x->kind) < least) continue;
        dk_buf_putf(out, "%s,%s,", dk_check_level_name(dk_check_kind_level(x->kind)),
                    dk_check_kind_name(x->kind));
        dk_csv_puts(out, x->file);
        dk_buf_putf(out, ",%lld,%lld,%s,", (long long)x->line, (long long)x->column,
                    dk_language_name(x->language));
        dk_csv_puts(out, x->term);
        dk_buf_putc(out, ',');
        dk_csv_puts(out, x->message);
        dk_buf_putc(out, ',');
        dk_csv_puts(out, x->other);
        dk_buf_putc(out, '\n');
    }
}

static void put_json(dk_buf *out, const dk_check *check, dk_check_level least) {
    dk_json j;
    dk_json_init(&j, out, true);
    dk_json_object(&j);
    dk_json_key(&j, "entries"), dk_json_int(&j, (int64_t)check->entries);
    dk_json_key(&j, "files"), dk_json_int(&j, (int64_t)check->files);
    dk_json_key(&j, "counts"), dk_json_object(&j);
    for (int k = 0; k < DK_CHECK_KINDS; k++)
        dk_json_key(&j, dk_check_kind_name((dk_check_kind)k)), dk_json_int(&j, (int64_t)check->by_kind[k]);
    dk_json_end(&j);
    dk_json_key(&j, "findings"), dk_json_array(&j);
    for (size_t i = 0; i < check->count; i++) {
        const dk_finding *x = &check->findings[i];
        if (dk_check_kind_level(x->kind) < least) continue;
        dk_json_object(&j);
        dk_json_key(&j, "level"), dk_json_text(&j, dk_check_level_name(dk_check_kind_level(x->kind)));
        dk_json_key(&j, "kind"), dk_json_text(&j, dk_check_kind_name(x->kind));
        dk_json_key(&j, "file"), dk_json_text(&j, x->file);
        dk_json_key(&j, "line"), dk_json_int(&j, x->line);
        dk_json_key(&j, "column"), dk_json_int(&j, x->column);
        dk_json_key(&j, "language"), dk_json_text(&j, dk_language_name(x->language));
        dk_json_key(&j, "term"), dk_json_text(&j, x->term);
        dk_json_key(&j, "message"), dk_json_text(&j, x->message);
        dk_json_key(&j, "other"), dk_json_text(&j, *x->other != '\0' ? x->other : NULL);
        dk_json_end(&j);
    }
    dk_json_end(&j);
    dk_json_end(&j);
    dk_buf_putc(out, '\n');
}

static dk_status parse_kinds(const dk_opt_list *only, unsigned *kinds, dk_error *err) {
    const char *names[DK_CHECK_KINDS];
    *kinds = 0;
    for (int k = 0; k < DK_CHECK_KINDS; k++) names[k] = dk_check_kind_name((dk_check_kind)k);
    for (size_t i = 0; i < only->count; i++)
        for (const char *p = only->items[i]; *p != '\0';) {
            size_t len = strcspn(p, ",");
            int k = 0;
            while (k < DK_CHECK_KINDS && !dk_str_is((dk_str){p, len}, names[k])) k++;
            if (k == DK_CHECK_KINDS) {
                dk_fail(err, DK_EUSAGE, "--only %.*s: no such kind of finding", (int)len, p);
                const char *near = dk_nearest((dk_str){p, len}, names, DK_CHECK_KINDS);
                if (near != NULL)
                    dk_error_remedy(err, "did you mean %s?", near);
                else
                    dk_error_remedy(err, "syntax, unreachable, conflict, shadowed, pattern, doubled, style, "
                                         "unknown, covered, friend");
                return DK_EUSAGE;
            }
            *kinds |= 1u << k;
            p += len + (p[len] == ',');
        }
    return DK_OK;
}

static dk_check_level level_of(const char *name) {
    int level = 0;
    while (level < DK_CHECK_LEVELS - 1 && strcmp(name, dk_check_level_name((dk_check_level)level)) != 0)
        level++;
    return (dk_check_level)level;
}

static dk_status write_out(const dk_cli *cli, const dk_check *check, const options *o, dk_error *err) {
    /* one who asks for a kind wants to see it whatever its level */
    dk_check_level least = o->level != NULL    ? level_of(o->level)
                           : o->only.count > 0 ? DK_CHECK_NOTE
                                               : DK_CHECK_WARNING;
    dk_buf out;
    dk_output *file = NULL;
    dk_buf_init(&out);
    if (strcmp(o->format, "csv") == 0)
        put_csv(&out, check, least);
    else if (strcmp(o->format, "json") == 0)
        put_json(&out, check, least);
    else
        put_table(&out, cli, check, o, least);
    dk_status status = dk_output_open(&file, cli->output != NULL ? cli->output : "-", err);
    if (status == DK_OK) status = dk_output_put(file, &out, err);
    if (status == DK_OK)
        status = dk_output_close(file, err);
    else
        dk_output_abort(file);
    dk_buf_dispose(&out);
    return status;
}

static void draw(void *context, int64_t done, int64_t total) {
    (void)total;
    dk_progress_update(context, done);
}

static dk_status check(const dk_cli *cli, const options *o, const char *const *paths, size_t npaths,
                       dk_error *err) {
    dk_check_options co = {.paths = paths, .npaths = npaths, .threads = (int)cli->threads, .progress = draw};
    dk_progress bar;
    dk_check *result = NULL;
    char *data_dir = NULL;
    dk_status status = parse_kinds(&o->only, &co.kinds, err);
    if (status == DK_OK) status = dk_data_find(cli->data_dir, cli->executable, &data_dir, err);
    co.data_dir = data_dir;
    co.progress_context = &bar;
    dk_progress_begin(&bar, cli, "checking", 9);
    if (status == DK_OK) status = dk_check_run(&result, &co, err);
    dk_progress_end(&bar, 9);
    if (status == DK_OK) status = write_out(cli, result, o, err);
    size_t faults = 0;
    for (int k = 0; k < DK_CHECK_KINDS && status == DK_OK; k++)
        if (dk_check_kind_level((dk_check_kind)k) >= (o->strict ? DK_CHECK_WARNING : DK_CHECK_ERROR))
            faults += result->by_kind[k];
    const char *what = o->strict ? "fault" : "error";
    if (faults > 0)
        status = dk_fail(err, DK_EDATA, "%zu %s%s in the lexicons", faults, what, faults == 1 ? "" : "s");
    dk_check_free(result);
    free(data_dir);
    return status;
}

/* ---- --fix ---- */

static dk_status fix_file(const dk_cli *cli, const options *o, const char *path, dk_error *err) {
    dk_buf text, mended;
    dk_output *file = NULL;
    dk_fix_counts counts;
    dk_buf_init(&text);
    dk_buf_init(&mended);
    dk_status status = dk_file_read(path, &text, err);
    if (status == DK_OK)
        status = dk_lexicon_fix((dk_str){text.ptr, text.len}, path, o->keep_order, &mended, &counts, err);
    bool changed =
        status == DK_OK && !dk_str_eq((dk_str){text.ptr, text.len}, (dk_str){mended.ptr, mended.len});
    if (changed) {
        status = dk_output_open(&file, path, err);
        if (status == DK_OK) status = dk_output_put(file, &mended, err);
        if (status == DK_OK)
            status = dk_output_close(file, err);
        else
            dk_output_abort(file);
    }
    if (changed && status == DK_OK)
        dk_cli_note(cli, "%s: %zu lines mended, %zu doubled removed, %zu moved", path, counts.mended,
                    counts.removed, counts.moved);
    dk_buf_dispose(&text);
    dk_buf_dispose(&mended);
    return status;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_lexicon_file(const char *name) {
    return strcmp(name, "themes.tsv") == 0 || strcmp(name, "valence.tsv") == 0 ||
           strcmp(name, "modifiers.tsv") == 0;
}

/* A file, or the lexicon files of a folder and of those in it, in the order of their names. */
static dk_status fix_path(const dk_cli *cli, const options *o, const char *path, int depth, dk_error *err) {
    if (!dk_file_exists(path)) return dk_fail_at(err, DK_EIO, path, 0, 0, "no such lexicon file or folder");
    if (!dk_is_folder(path)) return fix_file(cli, o, path, err);
    char **names = NULL;
    size_t n = 0, cap = 0;
    DIR *dir = opendir(path);
    dk_status status = dir == NULL ? dk_fail_at(err, DK_EIO, path, 0, 0, "cannot read this folder") : DK_OK;
    for (struct dirent *d; status == DK_OK && (d = readdir(dir)) != NULL;) {
        if (d->d_name[0] == '.') continue;
        if (!dk_grow(&names, &cap, n + 1) || (names[n] = strdup(d->d_name)) == NULL)
            status = dk_fail_memory(err);
        else
            n++;
    }
    if (dir != NULL) closedir(dir);
    if (n > 0) qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 0; i < n; i++) {
        char *sub = dk_path_join(path, names[i]);
        if (sub == NULL)
            status = dk_fail_memory(err);
        else if (status == DK_OK && ((dk_is_folder(sub) && depth < 4) || is_lexicon_file(names[i])))
            status = fix_path(cli, o, sub, depth + 1, err);
        free(sub);
        free(names[i]);
    }
    free(names);
    return status;
}

static dk_status fix(const dk_cli *cli, const options *o, const char *const *paths, size_t npaths,
                     dk_error *err) {
    if (npaths == 0) return dk_fail(err, DK_EUSAGE, "--fix needs the files or folders to mend");
    dk_status status = DK_OK;
    for (size_t i = 0; i < npaths && status == DK_OK; i++) status = fix_path(cli, o, paths[i], 0, err);
    return status;
}

static dk_status run_check(const dk_command *command, dk_cli *cli, int argc, char **argv, dk_error *err) {
    options o = {.format = "table", .max = 20};
    const dk_opt table[] = {
        {"format", 0, DK_OPT_CHOICE, &o.format, "table|csv|json", "how to print", 0, 0},
        {"level", 0, DK_OPT_CHOICE, &o.level, "note|warning|error", "the least that is shown (warning)", 0,
         0},
        {"only", 0, DK_OPT_LIST, &o.only, "KIND,...", "only these kinds of findings, whatever their level", 0,
         0},
        {"max", 0, DK_OPT_INT, &o.max, "N", "findings of a kind in a table, 0 for all (20)", 0, 1e9},
        {"strict", 0, DK_OPT_FLAG, &o.strict, NULL, "warnings make the exit code 1 too", 0, 0},
        {"fix", 0, DK_OPT_FLAG, &o.fix, NULL,
         "first mend how PATH is written: letter case, NFC, spaces, doubled lines, order", 0, 0},
        {"keep-order", 0, DK_OPT_FLAG, &o.keep_order, NULL,
         "with --fix: do not sort the entries of a section", 0, 0},
        {NULL, 0, DK_OPT_FLAG, NULL, NULL, NULL, 0, 0}};
    const char *words[DK_CLI_WORDS];
    int nwords;
    bool answered;
    dk_status status = dk_cli_parse(command, table, cli, argc, argv, words, &nwords, &answered, err);
    if (status == DK_OK && !answered && o.fix) status = fix(cli, &o, words, (size_t)nwords, err);
    if (status == DK_OK && !answered) status = check(cli, &o, words, (size_t)nwords, err);
    dk_opt_list_dispose(&o.only);
    return status;
}

const dk_command dk_lexicon_check_command = {
    "lexicon check", "Finds what is wrong in lexicons: the shipped ones, or your own beside them.",
    "[PATH...] [options]",
    "  drivkraft lexicon check                             the shipped lexicons with all packs\n"
    "  drivkraft lexicon check my/lexicon                  your own, beside the shipped ones\n"
    "  drivkraft lexicon check lexicons/packs/health --only unknown\n"
    "  drivkraft lexicon check --format csv -o findings.csv\n"
    "  drivkraft lexicon check my/lexicon --fix            mends how the files are written; comments stay\n"
    "\n"
    "errors      syntax, unreachable, conflict, shadowed: the exit code is 1\n"
    "warnings    pattern (may take very many steps), doubled, style, unknown (no dictionary has the word)\n"
    "notes       covered (a theme entry says the same), friend (means something else in a neighbouring "
    "language)\n",
    run_check};
