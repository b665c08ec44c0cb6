/* What people see on standard error: remarks, errors, the progress bar. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "cli/cli.h"

double dk_cli_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 1234567 as 1,234,567 */
static const char *grouped(int64_t value, char out[32]) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value), at = 0;
    for (int i = 0; i < n; i++) {
        out[at++] = digits[i];
        if (digits[i] != '-' && i + 1 < n && (n - i - 1) % 3 == 0) out[at++] = ',';
    }
    out[at] = '\0';
    return out;
}

static void draw(const dk_progress *p, int64_t done) {
    enum { WIDTH = 30 };
    char number[32];
    double part = p->total > 0 ? (double)done / (double)p->total : 0;
    if (part > 1) part = 1;
    fprintf(stderr, "\r%-12s", p->label);
    if (p->total > 0) {
        fputc('[', stderr);
        for (int i = 0; i < WIDTH; i++) fputc(i < part * WIDTH ? '#' : ' ', stderr);
        fprintf(stderr, "] %3.0f %%", part * 100);
    } else {
        fprintf(stderr, "%s", grouped(done, number));
    }
    fprintf(stderr, "  %.0f s ", p->drawn - p->begun);
    fflush(stderr);
}

void dk_progress_begin(dk_progress *p, const dk_cli *cli, const char *label, int64_t total) {
    *p = (dk_progress){.label = label, .total = total, .begun = dk_cli_seconds()};
    p->drawn = p->begun;
    p->enabled = !cli->quiet && isatty(2);
}

void dk_progress_update(dk_progress *p, int64_t done) {
    if (!p->enabled) return;
    double t = dk_cli_seconds();
    if (t - p->begun < 1 || t - p->drawn < 0.1) return;
    p->drawn = t;
    p->shown = true;
    draw(p, done);
}

void dk_progress_end(dk_progress *p, int64_t done) {
    if (!p->shown) return;
    p->drawn = dk_cli_seconds();
    if (p->total > 0) done = p->total;
    draw(p, done);
    fputc('\n', stderr);
}

void dk_cli_note(const dk_cli *cli, const char *format, ...) {
    if (cli->quiet) return;
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void dk_cli_print_error(const dk_error *err) {
    fprintf(stderr, "drivkraft: ");
    if (err->file[0] != '\0') {
        fprintf(stderr, "%s:", err->file);
        if (err->line > 0) fprintf(stderr, "%lld:", (long long)err->line);
        if (err->line > 0 && err->column > 0) fprintf(stderr, "%lld:", (long long)err->column);
        fputc(' ', stderr);
    }
    fprintf(stderr, "%s\n", err->message);
    if (err->excerpt[0] != '\0') {
        int margin = err->line > 0 ? fprintf(stderr, "  %lld | ", (long long)err->line) : fprintf(stderr, "  | ");
        fprintf(stderr, "%s\n", err->excerpt);
        size_t len = strlen(err->excerpt);
        if (err->column > 0 && (size_t)err->column <= len + 1) {
            /* columns are bytes; the caret stands under the character */
            int64_t shown = 0;
            for (int64_t i = 0; i < err->column - 1; i++) shown += ((unsigned char)err->excerpt[i] & 0xC0) != 0x80;
            fprintf(stderr, "%*s^%s%s\n", (int)(margin + shown), "", err->remedy[0] != '\0' ? " " : "", err->remedy);
            return;
        }
    }
    if (err->remedy[0] != '\0') fprintf(stderr, "  %s\n", err->remedy);
}
