/* Priors of a file's languages: learned from its comments, or said by the user. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "text/language.h"

/* log2 in 1/2^16 by repeated squaring: no libm, the same bits everywhere. x > 0. */
static int64_t log2_fixed(uint64_t x) {
    int shift = 0;
    while (x >> 32 != 0) {
        x >>= 1;
        shift++;
    }
    while (x >> 31 == 0) {
        x <<= 1;
        shift--;
    }
    int64_t whole = (int64_t)(31 + shift) << 16;
    for (int bit = 15; bit >= 0; bit--) {
        x = x * x >> 31;
        if (x >> 32 != 0) {
            x >>= 1;
            whole += (int64_t)1 << bit;
        }
    }
    return whole;
}

void dk_language_prior_learn(const uint64_t counts[DK_LANGUAGES], dk_language_prior *prior) {
    uint64_t all = 0;
    for (int l = 0; l < DK_LANGUAGES; l++) all += counts[l];
    for (int l = 0; l < DK_LANGUAGES; l++) {
        /* log of (count + 1) against its even share of (all + 4), in units of ln 2 * 64 = 45426 / 2^10 */
        int64_t odds = log2_fixed(DK_LANGUAGES * (counts[l] + 1)) - log2_fixed(all + DK_LANGUAGES);
        int64_t nats = odds * 45426 / ((int64_t)1 << 26), limit = 3 * DK_LANGUAGE_UNIT;
        prior->add[l] = (int32_t)(nats > limit ? limit : nats < -limit ? -limit : nats);
    }
}

/* One "sv=0.6" or "sv" up to stop. */
static dk_status read_share(const char *at, const char *stop, double shares[DK_LANGUAGES], dk_error *err) {
    const char *equals = memchr(at, '=', (size_t)(stop - at)), *end = equals != NULL ? equals : stop;
    dk_language language;
    if (!dk_language_from_name((dk_str){at, (size_t)(end - at)}, &language))
        return dk_fail(err, DK_EUSAGE,
                       "a language prior has no language \"%.*s\"; sv, da, en or other was expected, as in sv=0.6,da=0.4",
                       (int)(end - at), at);
    if (shares[language] > 0) return dk_fail(err, DK_EUSAGE, "a language prior names %s twice", dk_language_name(language));
    shares[language] = 1;
    if (equals == NULL) return DK_OK;
    char number[32], *behind;
    size_t len = (size_t)(stop - equals - 1);
    bool plain = len > 0 && len < sizeof number && strspn(equals + 1, "0123456789.") >= len;
    if (plain) {
        memcpy(number, equals + 1, len);
        number[len] = '\0';
        shares[language] = strtod(number, &behind);
        plain = *behind == '\0' && shares[language] <= 1e12;
    }
    return plain ? DK_OK
                 : dk_fail(err, DK_EUSAGE, "a language prior needs a share, not \"%.*s\": sv=0.6,da=0.3,en=0.1", (int)len,
                           equals + 1);
}

dk_status dk_language_prior_parse(const char *text, dk_language_prior *prior, dk_error *err) {
    enum { COMMENTS = 10000 }; /* as if so many comments had been seen */
    double shares[DK_LANGUAGES] = {0}, sum = 0;
    for (const char *at = text;;) {
        const char *stop = at + strcspn(at, ",");
        dk_status status = read_share(at, stop, shares, err);
        if (status != DK_OK) return status;
        if (*stop == '\0') break;
        at = stop + 1;
        at += strspn(at, " ");
    }
    for (int l = 0; l < DK_LANGUAGES; l++) sum += shares[l];
    if (sum <= 0) return dk_fail(err, DK_EUSAGE, "the shares of a language prior are all 0");
    uint64_t counts[DK_LANGUAGES];
    for (int l = 0; l < DK_LANGUAGES; l++) counts[l] = (uint64_t)(shares[l] / sum * COMMENTS + 0.5);
    dk_language_prior_learn(counts, prior);
    return DK_OK;
}
