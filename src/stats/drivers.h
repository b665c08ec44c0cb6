/* The driver fit and the NPS of the public header (see "Driver statistics" there), for the rooms above. */
#ifndef DK_STATS_DRIVERS_H
#define DK_STATS_DRIVERS_H

#include "base/status.h"

#endif
