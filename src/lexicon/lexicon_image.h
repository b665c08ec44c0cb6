/* A lexicon as an image (base/image.h): all of it but the parsed terms, which only building an index needs. */
#ifndef DK_LEXICON_LEXICON_IMAGE_H
#define DK_LEXICON_LEXICON_IMAGE_H

#include "lexicon/lexicon.h"

/* Writes lexicon; image is cleared first. The same lexicon makes the same bytes. */
dk_status dk_lexicon_write(const dk_lexicon *lexicon, dk_buf *image, dk_error *err);

/* Makes a lexicon of an image that lies in memory for as long as the lexicon is used. Its sources have no term: parse their text
   (dk_term_parse) where one is needed. Its stamp is empty. DK_EDATA when the image is damaged. */
dk_status dk_lexicon_attach(dk_lexicon **out, const void *image, size_t size, dk_error *err);

#endif
