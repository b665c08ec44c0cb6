/* report.pdf: the page printed by an installed Chromium, which is started with a profile of its own and without network. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "io/output.h"
#include "report/report.h"

extern char **environ;

enum { SECONDS = 120 };

char *dk_report_browser(void) {
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome-stable",
                                        "google-chrome"};
    const char *chosen = getenv("DRIVKRAFT_CHROMIUM");
    if (chosen != NULL && chosen[0] != '\0') return strdup(chosen);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = getenv("PATH");
        while (at != NULL && *at != '\0') {
            size_t len = strcspn(at, ":");
            char path[4096];
            int n = snprintf(path, sizeof path, "%.*s/%s", (int)len, at, names[i]);
            if (n > 0 && (size_t)n < sizeof path && access(path, X_OK) == 0) return strdup(path);
            at += len + (at[len] == ':');
        }
    }
    return NULL;
}

static int remove_entry(const char *path, const struct stat *info, int flag, struct FTW *place) {
    (void)info, (void)flag, (void)place;
    return remove(path);
}

/* Waits for the browser; one that hangs is ended. */
static int await(pid_t pid) {
    const struct timespec pause = {0, 50000000};
    int state;
    for (int i = 0; i < SECONDS * 20; i++) {
        pid_t done = waitpid(pid, &state, WNOHANG);
        if (done == pid) return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
        if (done < 0 && errno != EINTR) return -1;
        nanosleep(&pause, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &state, 0);
    return -1;
}

/* Percent-encodes a path into a file URL. */
static void put_url(dk_buf *out, const char *path) {
    dk_buf_puts(out, "file://");
    for (const unsigned char *c = (const unsigned char *)path; *c != '\0'; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                     strchr("/-_.~", *c) != NULL;
        if (plain)
            dk_buf_putc(out, (char)*c);
        else
            dk_buf_putf(out, "%%%02X", *c);
    }
}

static dk_status print(const char *browser, const char *profile, const char *url, const char *pdf,
                       dk_error *err) {
    dk_buf out, data;
    dk_buf_init(&out);
    dk_buf_init(&data);
    dk_buf_putf(&out, "--print-to-pdf=%s", pdf);
    dk_buf_putf(&data, "--user-data-dir=%s", profile);
    const char *args[] = {browser,
                          "--headless",
                          "--disable-gpu",
                          "--no-first-run",
                          "--disable-extensions",
                          "--disable-background-networking",
                          "--disable-sync",
                          "--no-pdf-header-footer",
                          "--virtual-time-budget=10000",
                          dk_buf_cstr(&data),
                          dk_buf_cstr(&out),
                          geteuid() == 0 ? "--no-sandbox" : "--disable-crash-reporter",
                          url,
                          NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    dk_status status = DK_OK;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed == 0) {
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        failed = posix_spawn(&pid, browser, &actions, NULL, (char *const *)args, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    if (failed != 0) {
        status = dk_fail_errno(err, failed, browser, "cannot be started");
    } else if (await(pid) != 0 || !dk_file_exists(pdf)) {
        status = dk_fail_at(err, DK_EIO, browser, 0, 0, "the page could not be printed");
        dk_error_remedy(err, "open report.html and print it from the browser");
    }
    dk_buf_dispose(&out);
    dk_buf_dispose(&data);
    return status;
}

dk_status dk_report_pdf(const char *html, const char *pdf, dk_error *err) {
    char *browser = dk_report_browser(), *whole = realpath(html, NULL), *part = NULL;
    char *profile = dk_path_join(dk_temp_folder(), "drivkraft-pdf-XXXXXX");
    dk_buf url, bytes;
    dk_output *output = NULL;
    dk_buf_init(&url);
    dk_buf_init(&bytes);
    dk_status status = DK_OK;
    bool made = false;
    if (browser == NULL) {
        status = dk_fail(err, DK_EIO, "there is no Chromium to print the PDF with");
        dk_error_remedy(
            err, "apt-get install chromium, or name one in DRIVKRAFT_CHROMIUM; everything else is written");
    } else if (whole == NULL) {
        status = dk_fail_errno(err, errno, html, "cannot be read");
    } else if (profile == NULL) {
        status = dk_fail_memory(err);
    } else if (!(made = mkdtemp(profile) != NULL)) {
        status = dk_fail_errno(err, errno, profile, "cannot make a temporary folder");
    }
    if (status == DK_OK) {
        put_url(&url, whole);
        part = dk_path_join(profile, "report.pdf");
        status = part != NULL ? dk_buf_status(&url, err) : dk_fail_memory(err);
    }
    if (status == DK_OK) status = print(browser, profile, dk_buf_cstr(&url), part, err);
    if (status == DK_OK) status = dk_file_read(part, &bytes, err);
    if (status == DK_OK) status = dk_output_open(&output, pdf, err);
    if (output != NULL) {
        status = dk_output_put(output, &bytes, err);
        if (status == DK_OK)
            status = dk_output_close(output, err);
        else
            dk_output_abort(output);
    }
    if (made) nftw(profile, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    dk_buf_dispose(&url);
    dk_buf_dispose(&bytes);
    free(part);
    free(profile);
    free(whole);
    free(browser);
    return status;
}
