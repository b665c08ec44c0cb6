#include "text/morph_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { PATH_MAX_HERE = 2048 };

/* Writes the path of the folder; false when there is to be no cache. */
static bool folder_path(const char *folder, char out[PATH_MAX_HERE]) {
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (folder != NULL)
        n = snprintf(out, PATH_MAX_HERE, "%s", folder);
    else if (xdg != NULL && *xdg == '/')
        n = snprintf(out, PATH_MAX_HERE, "%s/drivkraft", xdg);
    else if (home != NULL && *home == '/')
        n = snprintf(out, PATH_MAX_HERE, "%s/.cache/drivkraft", home);
    return n > 0 && n < PATH_MAX_HERE;
}

static bool file_path(const char *folder, const char *language, const char *stamp, char out[PATH_MAX_HERE]) {
    char path[PATH_MAX_HERE];
    if (!folder_path(folder, path)) return false;
    int n = snprintf(out, PATH_MAX_HERE, "%.1900s/morph-%s-%.32s.bin", path, language, stamp);
    return n > 0 && n < PATH_MAX_HERE && strlen(path) <= 1900;
}

bool morph_cache_load(dk_morph *m, const char *folder, const char *language, const char *stamp) {
    char path[PATH_MAX_HERE];
    struct stat st;
    if (!file_path(folder, language, stamp, path)) return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    /* a file of someone else could change under the mapping */
    bool mine = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
                st.st_size >= (off_t)sizeof(morph_image);
    void *image = mine ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (image == MAP_FAILED) return false;
    if (morph_image_attach(m, image, (size_t)st.st_size) && strcmp(m->image->stamp, stamp) == 0 &&
        strcmp(m->image->language, language) == 0) {
        m->mapped = (size_t)st.st_size;
        return true;
    }
    munmap(image, (size_t)st.st_size);
    return false;
}

static bool write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, bytes, size < (1u << 24) ? size : 1u << 24);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

void morph_cache_store(const char *folder, const char *language, const char *stamp, const void *image,
                       size_t size) {
    char path[PATH_MAX_HERE], parent[PATH_MAX_HERE], beside[PATH_MAX_HERE + 16];
    if (!folder_path(folder, parent) || !file_path(folder, language, stamp, path)) return;
    if (dk_folder_make(parent, NULL) != DK_OK) return;
    if (folder == NULL) chmod(parent, 0700); /* our own folder; one that the caller named is the caller's */
    snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    int fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) return;
    bool whole = write_all(fd, image, size);
    if (close(fd) != 0) whole = false;
    if (!whole || rename(beside, path) != 0) unlink(beside);
}
