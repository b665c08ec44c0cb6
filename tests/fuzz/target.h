/* What a fuzz target gives to libFuzzer and to standalone.c. It aborts when the input shows a fault. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Pieces that matter to the format, and inputs to begin with: NUL-ended, for standalone.c. */
extern const char *const fuzz_tokens[];
extern const size_t fuzz_ntokens;
extern const char *const fuzz_seeds[];
extern const size_t fuzz_nseeds;

#endif
