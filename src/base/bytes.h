/* Eight bytes as a number whose low end is the first byte, on every machine: one load where bytes lie so. */
#ifndef DK_BASE_BYTES_H
#define DK_BASE_BYTES_H

#include <stdint.h>

static inline uint64_t dk_load_8(const char *bytes) {
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
           (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

#endif
