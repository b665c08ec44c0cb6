/* Prints what redaction finds in each line of standard input: LINE KIND FROM TO (bytes), a place a line. For redaction.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/redact.h"

static void print_place(void *context, dk_personal kind, size_t from, size_t to) {
    printf("%ld %s %zu %zu\n", *(const long *)context, dk_personal_name(kind), from, to);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    for (long number = 0; (len = getline(&line, &room, stdin)) >= 0; number++) {
        if (len > 0 && line[len - 1] == '\n') len--;
        dk_redact_telling(line, (size_t)len, print_place, &number);
    }
    free(line);
    return ferror(stdin) || fflush(stdout) != 0;
}
