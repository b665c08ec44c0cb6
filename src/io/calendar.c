#include "io/calendar.h"

/* Gregorian date of a day: Hinnant, "chrono-compatible low-level date algorithms", civil_from_days. */
bool dk_put_date(dk_buf *out, int64_t days, int64_t seconds, bool with_time) {
    if (days < -719162 || days > 2932896) return false; /* 0001-01-01 and 9999-12-31 */
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153, day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    dk_buf_putf(out, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)day);
    if (with_time)
        dk_buf_putf(out, "T%02lld:%02lld:%02lld", (long long)(seconds / 3600), (long long)(seconds / 60 % 60), (long long)(seconds % 60));
    return true;
}
