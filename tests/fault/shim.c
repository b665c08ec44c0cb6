/* Faults for a program that loads this library before others (LD_PRELOAD): the n-th call of some kind fails, is cut short, or comes with a signal.
 * Counted by calls, so that the same run meets the same fault.
 *
 *     DK_FAULT="KIND HOW FIRST [LAST]"   KIND  alloc, read, write, open, rename, map, fsync, close, or any of these but alloc; clock
 *                                        HOW   an errno such as ENOSPC (for alloc: NULL is returned), short (half is read or written), or
 *                                              kill:NUMBER, a signal just before the call; jump (of clock: an hour back, then a day on)
 *                                        calls FIRST to LAST (FIRST alone when missing) are hit, counted from 1
 *     DK_FAULT_COUNT=FILE                the calls of each kind are written there when the program ends by itself
 *
 * Allocations are counted when the program itself asks for them or has libc do so for it (strdup), not those of other libraries. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum kind { ALLOC, READ, WRITE, OPEN, RENAME, MAP, FSYNC, CLOSE, CLOCK, KINDS };
static const char *const kind_names[KINDS] = {"alloc", "read", "write", "open", "rename", "map", "fsync", "close", "clock"};

enum how { NOTHING, ERROR, SHORT, SIGNAL, JUMP };

static atomic_ulong counts[KINDS], all; /* all: of any kind but allocations and the clock */
static bool wanted[KINDS], together;
static enum how how;
static int number; /* errno or signal */
static unsigned long first, last;
static char count_file[512];
static bool ready;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

/* ---- Who asks for memory ---- */

static uintptr_t own_from, own_to, libc_from, libc_to;

static int find_ranges(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    int *n = data;
    bool own = (*n)++ == 0, libc = strstr(info->dlpi_name, "/libc.so") != NULL;
    for (int i = 0; (own || libc) && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_X)) continue;
        uintptr_t from = info->dlpi_addr + p->p_vaddr, to = from + p->p_memsz;
        if (own) own_from = from, own_to = to;
        else libc_from = from, libc_to = to;
    }
    return 0;
}

static bool counts_for(const void *caller) {
    uintptr_t at = (uintptr_t)caller;
    return (at >= own_from && at < own_to) || (at >= libc_from && at < libc_to);
}

/* ---- What is to happen ---- */

static int number_of(const char *name) {
    static const struct { const char *name; int number; } errors[] = {
        {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"EPIPE", EPIPE}, {"ENOMEM", ENOMEM}, {"EACCES", EACCES}, {"EMFILE", EMFILE}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}, {"EINVAL", EINVAL}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(name, errors[i].name) == 0) return errors[i].number;
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *fault = getenv("DK_FAULT"), *file = getenv("DK_FAULT_COUNT");
    char kind[16] = "", what[24] = "";
    int n = 0;
    dl_iterate_phdr(find_ranges, &n);
    if (file != NULL) snprintf(count_file, sizeof count_file, "%s", file);
    if (fault != NULL) {
        int read = sscanf(fault, "%15s %23s %lu %lu", kind, what, &first, &last);
        if (read == 3) last = first;
        together = strcmp(kind, "any") == 0;
        for (int k = 0; k < KINDS; k++) wanted[k] = strcmp(kind, kind_names[k]) == 0 || (together && k != ALLOC && k != CLOCK);
        if (strcmp(what, "short") == 0) how = SHORT;
        else if (strcmp(what, "jump") == 0) how = JUMP;
        else if (strncmp(what, "kill:", 5) == 0) how = SIGNAL, number = atoi(what + 5);
        else if ((number = number_of(what)) != 0) how = ERROR;
        if (read < 3 || how == NOTHING) {
            static const char message[] = "DK_FAULT is not understood\n";
            (void)!write(2, message, sizeof message - 1);
            _exit(99);
        }
    }
    ready = true;
}

__attribute__((destructor)) static void end(void) {
    if (count_file[0] == '\0') return;
    char text[512];
    int len = snprintf(text, sizeof text, "any %lu\n", (unsigned long)all);
    for (int k = 0; k < KINDS; k++) len += snprintf(text + len, sizeof text - (size_t)len, "%s %lu\n", kind_names[k], (unsigned long)counts[k]);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, count_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0 && syscall(SYS_write, fd, text, len) == len) syscall(SYS_close, fd);
}

/* Counts a call; what is to happen at it. Signals are raised here. */
static enum how at_call(enum kind kind) {
    if (!ready) return NOTHING;
    unsigned long n = ++counts[kind], m = kind != ALLOC && kind != CLOCK ? ++all : 0;
    if (together) n = m;
    if (!wanted[kind] || n < first || n > last) return NOTHING;
    if (how == SIGNAL) {
        kill(getpid(), number);
        return NOTHING;
    }
    if (how == ERROR) errno = number;
    return how;
}

/* ---- Memory ---- */

void *malloc(size_t size) {
    return counts_for(__builtin_return_address(0)) && at_call(ALLOC) == ERROR ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return counts_for(__builtin_return_address(0)) && at_call(ALLOC) == ERROR ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t size) {
    return counts_for(__builtin_return_address(0)) && at_call(ALLOC) == ERROR ? NULL : __libc_realloc(p, size);
}

void *aligned_alloc(size_t unit, size_t size) {
    return counts_for(__builtin_return_address(0)) && at_call(ALLOC) == ERROR ? NULL : __libc_memalign(unit, size);
}

/* ---- Files. Files that the loader and libc open for themselves do not come by here. ---- */

static size_t cut(enum how what, size_t len) { return what == SHORT && len > 1 ? len / 2 : len; }

ssize_t read(int fd, void *to, size_t len) {
    enum how what = at_call(READ);
    return what == ERROR ? -1 : syscall(SYS_read, fd, to, cut(what, len));
}

ssize_t __read_chk(int fd, void *to, size_t len, size_t room) {
    if (len > room) abort();
    return read(fd, to, len);
}

ssize_t pread(int fd, void *to, size_t len, off_t at) {
    enum how what = at_call(READ);
    return what == ERROR ? -1 : syscall(SYS_pread64, fd, to, cut(what, len), at);
}

ssize_t __pread_chk(int fd, void *to, size_t len, off_t at, size_t room) {
    if (len > room) abort();
    return pread(fd, to, len, at);
}

ssize_t write(int fd, const void *from, size_t len) {
    enum how what = fd == 2 ? NOTHING : at_call(WRITE);
    return what == ERROR ? -1 : syscall(SYS_write, fd, from, cut(what, len));
}

ssize_t pwrite(int fd, const void *from, size_t len, off_t at) {
    enum how what = at_call(WRITE);
    return what == ERROR ? -1 : syscall(SYS_pwrite64, fd, from, cut(what, len), at);
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return at_call(OPEN) == ERROR ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return at_call(OPEN) == ERROR ? -1 : (int)syscall(SYS_openat, at, path, flags, mode);
}

int __open_2(const char *path, int flags) { return at_call(OPEN) == ERROR ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0); }

FILE *fopen(const char *path, const char *mode) {
    static FILE *(*real)(const char *, const char *);
    if (real == NULL) real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
    return at_call(OPEN) == ERROR ? NULL : real(path, mode);
}

FILE *tmpfile(void) {
    static FILE *(*real)(void);
    if (real == NULL) real = (FILE * (*)(void)) dlsym(RTLD_NEXT, "tmpfile");
    return at_call(OPEN) == ERROR ? NULL : real();
}

static FILE *broken; /* whose writing has failed */

/* stdio has its own ways to read and write, so its calls stand for theirs. */
size_t fread(void *to, size_t size, size_t count, FILE *f) {
    static size_t (*real)(void *, size_t, size_t, FILE *);
    if (real == NULL) real = (size_t(*)(void *, size_t, size_t, FILE *))dlsym(RTLD_NEXT, "fread");
    if (at_call(READ) == ERROR) {
        f->_flags |= 0x20; /* _IO_ERR_SEEN: what ferror() asks for */
        return 0;
    }
    return real(to, size, count, f);
}

size_t fwrite(const void *from, size_t size, size_t count, FILE *f) {
    static size_t (*real)(const void *, size_t, size_t, FILE *);
    if (real == NULL) real = (size_t(*)(const void *, size_t, size_t, FILE *))dlsym(RTLD_NEXT, "fwrite");
    if (f != stderr && at_call(WRITE) == ERROR) broken = f;
    if (f != broken) return real(from, size, count, f);
    f->_flags |= 0x20;
    return 0;
}

/* What a disk that is full does to a stream: nothing more comes into it, whichever way. */
int __vfprintf_chk(FILE *f, int flag, const char *format, va_list more);

int __fprintf_chk(FILE *f, int flag, const char *format, ...) {
    if (f == broken) return -1;
    va_list more;
    va_start(more, format);
    int n = __vfprintf_chk(f, flag, format, more);
    va_end(more);
    return n;
}

int fputs(const char *text, FILE *f) {
    static int (*real)(const char *, FILE *);
    if (real == NULL) real = (int (*)(const char *, FILE *))dlsym(RTLD_NEXT, "fputs");
    return f == broken ? EOF : real(text, f);
}

int fputc(int c, FILE *f) {
    static int (*real)(int, FILE *);
    if (real == NULL) real = (int (*)(int, FILE *))dlsym(RTLD_NEXT, "fputc");
    return f == broken ? EOF : real(c, f);
}

int fclose(FILE *f) {
    static int (*real)(FILE *);
    if (real == NULL) real = (int (*)(FILE *))dlsym(RTLD_NEXT, "fclose");
    if (f == broken) broken = NULL; /* another may come to lie there */
    return real(f);
}

int rename(const char *from, const char *to) { return at_call(RENAME) == ERROR ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0); }

int renameat(int at, const char *from, int to_at, const char *to) {
    return at_call(RENAME) == ERROR ? -1 : (int)syscall(SYS_renameat2, at, from, to_at, to, 0);
}

int linkat(int at, const char *from, int to_at, const char *to, int flags) {
    return at_call(RENAME) == ERROR ? -1 : (int)syscall(SYS_linkat, at, from, to_at, to, flags);
}

int fsync(int fd) { return at_call(FSYNC) == ERROR ? -1 : (int)syscall(SYS_fsync, fd); }

int fdatasync(int fd) { return at_call(FSYNC) == ERROR ? -1 : (int)syscall(SYS_fdatasync, fd); }

/* Also what a network file system says only at the end. The file is closed all the same. */
int close(int fd) {
    enum how what = at_call(CLOSE);
    int code = errno, result = (int)syscall(SYS_close, fd);
    if (what != ERROR) return result;
    errno = code;
    return -1;
}

int ftruncate(int fd, off_t size) { return at_call(WRITE) == ERROR ? -1 : (int)syscall(SYS_ftruncate, fd, size); }

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t from) {
    if (fd >= 0 && at_call(MAP) == ERROR) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, from);
}

/* ---- The clock ---- */

int clock_gettime(clockid_t id, struct timespec *out) {
    enum how what = at_call(CLOCK);
    int result = (int)syscall(SYS_clock_gettime, id, out);
    if (what == JUMP) out->tv_sec += counts[CLOCK] % 2 == 0 ? 86400 : -3600;
    return result;
}
