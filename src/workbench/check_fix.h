/* Mending how lexicon files are written: what `drivkraft lexicon check --fix` does. */
#ifndef DK_WORKBENCH_CHECK_FIX_H
#define DK_WORKBENCH_CHECK_FIX_H

#include "base/buffer.h"

typedef struct dk_fix_counts {
    size_t mended;  /* lines written otherwise: letter case, NFC, quotes, spaces, trailing cells, line ends */
    size_t removed; /* lines that say what an earlier line says */
    size_t moved;   /* lines that stand elsewhere in their section */
    size_t left;    /* lines that cannot be read, left as they are */
} dk_fix_counts;

/* Writes the text of a lexicon file anew. Comments and blank lines stay where they are; the entries between two of them
   are a section, and are sorted within it by theme or kind and then by term, unless keep_order: the order of entries decides
   where two of one length overlap. A doubled entry stays when its note says something of its own.
   DK_EDATA when the header row has no term. name is for the message. */
dk_status dk_lexicon_fix(dk_str text, const char *name, bool keep_order, dk_buf *out, dk_fix_counts *counts,
                         dk_error *err);

#endif
