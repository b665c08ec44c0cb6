/* Numbers as drivkraft drivers reads them: decimals exactly, and what is made of an outcome. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "study/drivers_input.h"
#include "io/cell.h"
#include "stats/nps.h"

#define BEYOND ((int64_t)1 << 52)

/* Digits with one point or comma among them, and a sign: nearly every number of every file. */
static bool parse_plain(dk_str c, int64_t *mantissa, uint8_t *decimals) {
    const char *p = c.ptr, *end = c.ptr + c.len;
    bool negative = p < end && *p == '-', point = false;
    if (p < end && (*p == '-' || *p == '+')) p++;
    int64_t m = 0;
    int digits = 0, below = 0, seen = 0;
    for (; p < end; p++) {
        if (*p >= '0' && *p <= '9') {
            m = m * 10 + (*p - '0');
            digits += m != 0;
            below += point;
            seen++;
            if (digits > 15) return false;
        } else if ((*p == '.' || *p == ',') && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (seen == 0 || below > 15) return false;
    *mantissa = negative ? -m : m;
    *decimals = (uint8_t)below;
    return true;
}

bool dk_decimal_parse(dk_str cell, int64_t *mantissa, uint8_t *decimals) {
    dk_str c = dk_cell_trim(cell);
    double value;
    if (parse_plain(c, mantissa, decimals)) return true;
    if (!dk_cell_number(c, &value) || fabs(value) > (double)BEYOND) return false;
    /* Anything else by its 15 significant digits. */
    int exponent = value != 0 ? (int)floor(log10(fabs(value))) : 0, below = 14 - exponent;
    below = below < 0 ? 0 : below > 15 ? 15 : below;
    double scaled = nearbyint(value * pow(10, below));
    while (fabs(scaled) > (double)BEYOND) scaled = nearbyint(value * pow(10, --below));
    *mantissa = (int64_t)scaled;
    *decimals = (uint8_t)below;
    return true;
}

bool dk_drivers_transform(const char *as, int64_t *mantissa, uint8_t *decimals) {
    double value = (double)*mantissa / pow(10, *decimals);
    if (strcmp(as, "level") == 0 || strcmp(as, "winsor") == 0) return true;
    if (strcmp(as, "log") == 0) {
        *mantissa = (int64_t)llround(log(value) * 1e12);
        *decimals = 12;
        return value > 0;
    }
    int contribution = value == floor(value) && fabs(value) <= 10 ? dk_nps_contribution((int)value) : INT_MIN;
    if (contribution == INT_MIN) return false;
    bool promoter = strcmp(as, "promoter") == 0, detractor = strcmp(as, "detractor") == 0;
    *mantissa = promoter ? contribution > 0 : detractor ? contribution < 0 : contribution;
    *decimals = 0;
    return true;
}
