/* Images: arrays of plain data in one run of bytes that can be kept in a file and used where it is mapped.
 *
 * An image is a head of 64 bytes, then sections: a head of 64 bytes and the array, each begun at a multiple of 64. Nothing in
 * it is a pointer, so that it can lie anywhere; numbers are as the machine that wrote it has them, and the head tells a machine of the
 * other byte order, another kind or version of content, or a damaged file. A section may be an image itself.
 *
 * Arrays must hold no undefined bytes (clear structures that have gaps): the same content makes the same image.
 */
#ifndef DK_BASE_IMAGE_H
#define DK_BASE_IMAGE_H

#include "base/buffer.h"

/* Begins an image of a kind and version of the caller's; image is cleared first. */
void dk_image_begin(dk_buf *image, uint32_t kind, uint32_t version);

/* Appends count elements of size bytes as section number id, which is free for the caller to choose, once each. */
void dk_image_put(dk_buf *image, uint32_t id, const void *array, size_t count, size_t size);

/* Writes size and checksum into the head. DK_ENOMEM when some append failed. */
dk_status dk_image_end(dk_buf *image, dk_error *err);

typedef struct dk_image {
    const unsigned char *bytes;
    size_t size;
} dk_image;

/* Takes bytes as an image of this kind and version; false when they are not, or the sections do not lie within. With check the
   checksum is computed over all of it, which reads every byte. The bytes are borrowed, aligned to 8 at least. */
bool dk_image_open(dk_image *image, const void *bytes, size_t size, uint32_t kind, uint32_t version, bool check);

/* The array of a section whose elements have this size, not NULL when it is there and *count is 0; NULL when there is none. */
const void *dk_image_get(const dk_image *image, uint32_t id, size_t size, size_t *count);

/* Collects sections that are read one after another: once one is missing, or has another length than expected, it stays failed. */
typedef struct dk_image_reader {
    dk_image image;
    bool failed;
} dk_image_reader;

/* A section of any length, or NULL and failed. */
const void *dk_image_take(dk_image_reader *reader, uint32_t id, size_t size, size_t *count);

/* A section of exactly count elements, or NULL and failed. */
const void *dk_image_take_exactly(dk_image_reader *reader, uint32_t id, size_t size, size_t count);

#endif
