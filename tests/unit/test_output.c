/* Output files appear whole or not at all, wherever the path leads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "io/output.h"

static char folder[64];

static int make_folder(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/dk-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static const char *in_folder(const char *name) {
    static char paths[4][512];
    static int at;
    char *path = paths[at++ % 4];
    snprintf(path, 512, "%s/%s", folder, name);
    return path;
}

/* How many names the folder holds; removes them when asked. */
static int entries(bool remove_them) {
    DIR *d = opendir(folder);
    assert_non_null(d);
    int n = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        n++;
        if (remove_them) remove(in_folder(e->d_name));
    }
    closedir(d);
    return n;
}

static int drop_folder(void **state) {
    (void)state;
    entries(true);
    return rmdir(folder);
}

static void write_file(const char *path, const char *text) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void assert_holds(const char *path, const char *text) {
    dk_buf buf;
    dk_buf_init(&buf);
    assert_int_equal(dk_file_read(path, &buf, NULL), DK_OK);
    assert_string_equal(dk_buf_cstr(&buf), text);
    dk_buf_dispose(&buf);
}

static void test_whole(void **state) {
    (void)state;
    const char *path = in_folder("new.csv");
    dk_output *o;
    dk_error err;
    assert_int_equal(dk_output_open(&o, path, &err), DK_OK);
    assert_int_equal(dk_output_write(o, "a,b\n", 4, &err), DK_OK);
    assert_int_equal(dk_output_flush(o, &err), DK_OK);
    assert_false(dk_file_exists(path)); /* a reader must never see a part */
    assert_int_equal(dk_output_close(o, &err), DK_OK);
    assert_holds(path, "a,b\n");
    struct stat st;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0666 & ~mask);
    assert_int_equal(entries(true), 1);
}

static void test_replace_and_abort(void **state) {
    (void)state;
    const char *path = in_folder("old.csv");
    write_file(path, "old");
    chmod(path, 0640);
    dk_output *o;
    dk_error err;
    assert_int_equal(dk_output_open(&o, path, &err), DK_OK);
    assert_int_equal(dk_output_write(o, "new", 3, &err), DK_OK);
    dk_output_abort(o);
    assert_holds(path, "old");
    assert_int_equal(entries(false), 1);
    assert_int_equal(dk_output_open(&o, path, &err), DK_OK);
    assert_int_equal(dk_output_write(o, "new", 3, &err), DK_OK);
    assert_holds(path, "old");
    assert_int_equal(dk_output_close(o, &err), DK_OK);
    assert_holds(path, "new");
    struct stat st;
    stat(path, &st);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(entries(true), 1);
    dk_output_abort(NULL);
    assert_int_equal(dk_output_close(NULL, &err), DK_OK);
}

/* More than the held bytes, in pieces of every size: nothing lost, nothing doubled. */
static void test_sizes(void **state) {
    (void)state;
    const char *path = in_folder("big");
    dk_output *o;
    dk_error err;
    dk_buf all, piece;
    dk_buf_init(&all);
    dk_buf_init(&piece);
    assert_int_equal(dk_output_open(&o, path, &err), DK_OK);
    for (int i = 0; i < 60; i++) {
        for (int k = 0; k < i * i * 5; k++) dk_buf_putf(&piece, "%d,", k);
        dk_buf_put(&all, piece.ptr, piece.len);
        assert_int_equal(dk_output_put(o, &piece, &err), DK_OK);
        assert_int_equal(piece.len, 0);
    }
    assert_int_equal(dk_output_close(o, &err), DK_OK);
    assert_holds(path, dk_buf_cstr(&all));
    dk_buf_dispose(&all);
    dk_buf_dispose(&piece);
    entries(true);
}

static void test_symlinks(void **state) {
    (void)state;
    write_file(in_folder("target"), "old");
    assert_int_equal(symlink("target", in_folder("link")), 0);
    assert_int_equal(symlink("absent", in_folder("dangling")), 0);
    assert_int_equal(symlink("loop", in_folder("loop")), 0);
    dk_output *o;
    dk_error err;
    static const char *const links[][2] = {{"link", "target"}, {"dangling", "absent"}};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dk_output_open(&o, in_folder(links[i][0]), &err), DK_OK);
        assert_int_equal(dk_output_write(o, "new", 3, &err), DK_OK);
        assert_int_equal(dk_output_close(o, &err), DK_OK);
        struct stat st;
        assert_int_equal(lstat(in_folder(links[i][0]), &st), 0);
        assert_true(S_ISLNK(st.st_mode));
        assert_holds(in_folder(links[i][1]), "new");
    }
    assert_int_equal(dk_output_open(&o, in_folder("loop"), &err), DK_EIO);
    entries(true);
}

static void test_in_place(void **state) {
    (void)state;
    dk_output *o;
    dk_error err;
    assert_int_equal(dk_output_open(&o, "/dev/null", &err), DK_OK);
    assert_int_equal(dk_output_write(o, "x", 1, &err), DK_OK);
    assert_int_equal(dk_output_close(o, &err), DK_OK);
    struct stat st;
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    const char *path = in_folder("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    assert_int_equal(dk_output_open(&o, path, &err), DK_OK);
    assert_int_equal(dk_output_write(o, "through", 7, &err), DK_OK);
    assert_int_equal(dk_output_close(o, &err), DK_OK);
    char got[16] = "";
    assert_int_equal(read(fd, got, sizeof got), 7);
    close(fd);
    assert_string_equal(got, "through");
    entries(true);
}

static void test_refusals(void **state) {
    (void)state;
    dk_output *o;
    dk_error err;
    assert_int_equal(dk_output_open(&o, folder, &err), DK_EIO);
    assert_non_null(strstr(err.message, "folder"));
    assert_int_equal(dk_output_open(&o, in_folder("none/out.csv"), &err), DK_EIO);
    assert_string_equal(err.file, in_folder("none/out.csv"));
    assert_non_null(strstr(err.message, "cannot write: No such file"));
    if (geteuid() != 0) {
        write_file(in_folder("read-only"), "x");
        chmod(in_folder("read-only"), 0400);
        assert_int_equal(dk_output_open(&o, in_folder("read-only"), &err), DK_EIO);
        assert_non_null(strstr(err.message, "Permission denied"));
    }
    entries(true);
}

static void test_full_disk(void **state) {
    (void)state;
    dk_output *o;
    dk_error err;
    assert_int_equal(dk_output_open(&o, "/dev/full", &err), DK_OK);
    assert_int_equal(dk_output_write(o, "x", 1, &err), DK_OK); /* held back */
    assert_int_equal(dk_output_close(o, &err), DK_EIO);
    assert_non_null(strstr(err.message, "No space left"));
}

/* A file that may not grow further stands for a disk that runs full: the old file stays, the new part goes. */
static void test_limit_in_child(void **state) {
    (void)state;
    const char *path = in_folder("limited");
    write_file(path, "old");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {100000, 100000};
        setrlimit(RLIMIT_FSIZE, &limit);
        static char bytes[200000];
        dk_output *o;
        dk_error err;
        if (dk_output_open(&o, path, &err) != DK_OK) _exit(1);
        dk_status status = dk_output_write(o, bytes, sizeof bytes, &err);
        dk_output_abort(o);
        _exit(status == DK_EIO && strstr(err.message, "too large") != NULL ? 0 : 2);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_holds(path, "old");
    assert_int_equal(entries(true), 1);
}

/* A run that is killed leaves no file behind, where the file system has files without names. */
static void test_killed(void **state) {
    (void)state;
    int probe = open(folder, O_TMPFILE | O_WRONLY, 0600);
    if (probe < 0) skip();
    close(probe);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static char bytes[200000];
        dk_output *o;
        if (dk_output_open(&o, in_folder("killed"), NULL) != DK_OK) _exit(1);
        if (dk_output_write(o, bytes, sizeof bytes, NULL) != DK_OK) _exit(1);
        raise(SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(entries(false), 0);
}

static void test_closed_pipe(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGPIPE, SIG_IGN);
        int ends[2];
        if (pipe(ends) != 0) _exit(1);
        close(ends[0]);
        dup2(ends[1], STDOUT_FILENO);
        dk_output *o;
        dk_error err;
        if (dk_output_open(&o, "-", &err) != DK_OK) _exit(2);
        if (dk_output_write(o, "x", 1, &err) != DK_OK) _exit(3);
        bool told = dk_output_close(o, &err) == DK_EIO && strcmp(err.file, "standard output") == 0 &&
                    strstr(err.message, "Broken pipe") != NULL;
        _exit(told ? 0 : 4);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),     cmocka_unit_test(test_replace_and_abort),
        cmocka_unit_test(test_sizes),     cmocka_unit_test(test_symlinks),
        cmocka_unit_test(test_in_place),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_full_disk), cmocka_unit_test(test_limit_in_child),
        cmocka_unit_test(test_killed),    cmocka_unit_test(test_closed_pipe),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
