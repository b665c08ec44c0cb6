/* The inner loops of the bootstrap for any processor. */
#define DK_LANES_NAME dk_lanes_plain
#define DK_LANES_LABEL "plain"
#include "stats/lanes_kernel.h"
