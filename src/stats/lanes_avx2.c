/* The inner loops of the bootstrap for AVX2. */
#define DK_LANES_NAME dk_lanes_avx2
#define DK_LANES_LABEL "avx2"
#include "stats/lanes_kernel.h"
