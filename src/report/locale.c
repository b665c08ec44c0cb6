#include "report/locale.h"

#include <math.h>
#include <stdlib.h>

static const char nbsp[] = "\xC2\xA0", minus[] = "\xE2\x88\x92", dash[] = "\xE2\x80\x93";

static void put_grouped(dk_buf *out, dk_language language, uint64_t n) {
    char digits[24];
    int len = 0;
    do {
        digits[len++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    /* Swedish and Danish write four figures together */
    bool group = len > 4 || language == DK_LANG_EN || language == DK_LANG_OTHER;
    for (int i = len - 1; i >= 0; i--) {
        dk_buf_putc(out, digits[i]);
        if (!group || i == 0 || i % 3 != 0) continue;
        dk_buf_puts(out, language == DK_LANG_SV ? nbsp : language == DK_LANG_DA ? "." : ",");
    }
}

static void put_rounded(dk_buf *out, dk_language language, double value, int decimals, bool sign) {
    static const double tens[] = {1, 10, 100, 1000, 1e4, 1e5, 1e6};
    if (decimals < 0) decimals = 0;
    if (decimals > 6) decimals = 6;
    double scaled = round(fabs(value) * tens[decimals]);
    if (!isfinite(value) || scaled >= 1e18) {
        dk_buf_puts(out, dash);
        return;
    }
    uint64_t units = (uint64_t)scaled, ten = (uint64_t)tens[decimals];
    if (value < 0 && units > 0) dk_buf_puts(out, minus);
    if (value > 0 && units > 0 && sign) dk_buf_putc(out, '+');
    put_grouped(out, language, units / ten);
    if (decimals == 0) return;
    dk_buf_putc(out, language == DK_LANG_SV || language == DK_LANG_DA ? ',' : '.');
    uint64_t fraction = units % ten;
    for (int i = decimals; i > 0; i--) {
        ten /= 10;
        dk_buf_putc(out, (char)('0' + fraction / ten % 10));
    }
}

void dk_locale_number(dk_buf *out, dk_language language, double value, int decimals) {
    put_rounded(out, language, value, decimals, false);
}

void dk_locale_signed(dk_buf *out, dk_language language, double value, int decimals) {
    put_rounded(out, language, value, decimals, true);
}

void dk_locale_share(dk_buf *out, dk_language language, double share) {
    double percent = 100 * share;
    bool small = fabs(percent) < 9.95 && fabs(percent - round(percent)) > 1e-9;
    put_rounded(out, language, percent, small ? 1 : 0, false);
    if (!isfinite(percent)) return;
    if (language == DK_LANG_SV || language == DK_LANG_DA) dk_buf_puts(out, nbsp);
    dk_buf_putc(out, '%');
}

void dk_locale_money(dk_buf *out, dk_language language, double amount, const char *currency, bool sign) {
    bool millions = fabs(amount) >= 999500;
    if (millions) amount /= 1e6;
    double size = fabs(amount);
    bool whole = fabs(size - round(size)) < 0.05;
    int decimals = size >= 99.5 || (!millions && (size >= 9.95 || whole)) ? 0 : 1;
    if (!millions && size < 0.95 && !whole) decimals = 2;
    if (!millions && size >= 1000) { /* three figures that count */
        double unit = size >= 100000 ? 1000 : size >= 10000 ? 100 : 10;
        amount = round(amount / unit) * unit;
    }
    put_rounded(out, language, amount, decimals, sign);
    if (!isfinite(amount)) return;
    if (millions) dk_buf_puts(out, language == DK_LANG_DA ? "\xC2\xA0mio." : nbsp);
    if (millions && language != DK_LANG_DA) dk_buf_putc(out, 'M');
    if (currency == NULL) return;
    if (!millions || language == DK_LANG_DA) dk_buf_puts(out, nbsp);
    dk_buf_puts(out, currency);
}

static bool is_date(const char *date) {
    for (int i = 0; i < 10; i++) {
        bool dashed = i == 4 || i == 7;
        if (dashed ? date[i] != '-' : date[i] < '0' || date[i] > '9') return false;
    }
    return date[10] == '\0';
}

void dk_locale_date(dk_buf *out, dk_language language, const char *date) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int month = is_date(date) ? atoi(date + 5) : 0;
    if (month < 1 || month > 12 || language == DK_LANG_SV)
        dk_buf_puts(out, date);
    else if (language == DK_LANG_DA)
        dk_buf_putf(out, "%d.%d.%.4s", atoi(date + 8), month, date);
    else
        dk_buf_putf(out, "%d %s %.4s", atoi(date + 8), months[month - 1], date);
}
