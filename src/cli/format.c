#include "cli/format.h"

#include <stdlib.h>

dk_status dk_format_apply(const dk_format_options *f, dk_reader_options *to, dk_error *err) {
    if (f->delimiter != NULL) {
        to->delimiter = strcmp(f->delimiter, "tab") == 0 ? '\t' : f->delimiter[0];
        if (strcmp(f->delimiter, "tab") != 0 && strlen(f->delimiter) != 1)
            return dk_fail(err, DK_EUSAGE, "--delimiter %s: one character, or tab, was expected", f->delimiter);
    }
    if (f->quote != NULL) to->quoting = strcmp(f->quote, "none") == 0 ? DK_QUOTE_NONE : DK_QUOTE_DOUBLE;
    if (f->encoding != NULL) to->encoding = f->encoding;
    if (f->query != NULL) to->query = f->query;
    if (f->sheet != NULL) to->sheet = f->sheet;
    if (f->unpack_limit != NULL && strcmp(f->unpack_limit, "none") == 0) {
        to->unpack_limit = -1;
    } else if (f->unpack_limit != NULL) {
        char *stop;
        to->unpack_limit = strtod(f->unpack_limit, &stop);
        if (*stop != '\0' || !(to->unpack_limit >= 1))
            return dk_fail(err, DK_EUSAGE, "--unpack-limit %s: a number from 1 on, or none, was expected", f->unpack_limit);
    }
    return DK_OK;
}
