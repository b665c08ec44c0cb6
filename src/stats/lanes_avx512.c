/* The inner loops of the bootstrap for AVX-512. */
#define DK_LANES_NAME dk_lanes_avx512
#define DK_LANES_LABEL "avx512"
#include "stats/lanes_kernel.h"
