#include "study/waves.h"

dk_waves dk_waves_find(const dk_survey *s) {
    dk_waves w = {.unit = s->config->wave_unit, .low = INT32_MAX, .high = INT32_MIN};
    for (size_t i = 0; s->date != NULL && i < s->n; i++) {
        if (s->date[i] == DK_NO_DATE || s->dropped[i]) continue;
        w.low = s->date[i] < w.low ? s->date[i] : w.low;
        w.high = s->date[i] > w.high ? s->date[i] : w.high;
    }
    if (w.low > w.high || w.unit == DK_WAVE_NONE) return w;
    if (dk_wave_of(w.high, w.unit) - dk_wave_of(w.low, w.unit) >= DK_WAVES_MAX) w.unit = DK_WAVE_YEAR;
    w.first = dk_wave_of(w.low, w.unit);
    w.count = (size_t)(dk_wave_of(w.high, w.unit) - w.first + 1);
    return w;
}

int dk_waves_at(const dk_waves *w, int32_t date) {
    if (w->count == 0 || date == DK_NO_DATE) return -1;
    int32_t wave = dk_wave_of(date, w->unit) - w->first;
    return wave >= 0 && (size_t)wave < w->count ? (int)wave : -1;
}
