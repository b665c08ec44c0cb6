/* Crossing out personal data in quotes. How often it is right over many made-up persons: tests/privacy/redaction.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "study/redact.h"
#include "study/redact_names.h"
#include "study/redact_rare.h"

/* Personal data in a quote would be published with the report. */
static void quotes_are_redacted_in_place(void **state) {
    static const char *const cases[][2] = {
        {"Ring 070-123 45 67 tack", "Ring xxx-xxx xx xx tack"},
        {"mail anna.berg@firma.se nu", "mail xxxx.xxxx@xxxxx.xx nu"},
        {"pnr 19811218-9876.", "pnr xxxxxxxx-xxxx."},
        {"väntade 45 min, order 12", "väntade 45 min, order 12"},
        {"tack @kundtjanst", "tack @xxxxxxxxxx"},
        {"5 @ 10", "5 @ 10"},
        /* names, with their surname, the genitive, a greeting */
        {"Anna Bergström i kassan", "xxxx xxxxxxxxxx i kassan"},
        {"Tack Mettes kollega", "Tack xxxxxx kollega"},
        {"prata med karin", "prata med xxxxx"},
        {"Mvh Zebulon Qvist", "Mvh xxxxxxx xxxxx"},
        {"Hilsen, Ørnulf", "Hilsen, xxxxxxx"},
        {"Åsa von Knorring svarade", "xxxx xxx xxxxxxxx svarade"},
        {"Thomas. Leverans sen", "xxxxxx. Leverans sen"},
        {"Anna-Karin hjälpte", "xxxx-xxxxx hjälpte"},
        /* words that are names too are left where they can be words */
        {"Per telefon gick bra", "Per telefon gick bra"},
        {"Will you call? Mark it", "Will you call? Mark it"},
        {"talade med Per i går", "talade med xxx i går"},
        {"per post, bra pris", "per post, bra pris"},
        {"Leveransen var sen", "Leveransen var sen"},
        /* what stands about a name tells it: whom one spoke to, a surname's form, an initial, a signature, a counter */
        {"jag pratade med adrian om det", "jag pratade med xxxxxx om det"},
        {"mvh ida", "mvh xxx"},
        {"pratade med hans chef", "pratade med hans chef"},
        {"tack Zindra Holmkvist", "tack xxxxxx xxxxxxxxx"},
        {"en A. Lundström svarade", "en x. xxxxxxxxxx svarade"},
        {"bra, i Stockholm, Hotel Lindholm", "bra, i Stockholm, Hotel Lindholm"},
        {"Allt fungerar. /Zindra", "Allt fungerar. /xxxxxx"},
        {"lön/Timme", "lön/Timme"},
        {"Robin ved kassen hjalp", "xxxxx ved kassen hjalp"},
        {"Delayed an hr. Seems late", "Delayed an hr. Seems late"},
        {"hr. Strang", "hr. xxxxxx"},
        /* addresses of other forms, and what is none */
        {"Overgaden Oven Vandet 33, 2. tv", "xxxxxxxxx xxxx xxxxxx xx, x. xx"},
        {"Flat 3, 12 High Street", "xxxx x, xx xxxx xxxxxx"},
        {"Kyrkbyn 20 B, lgh 1102", "xxxxxxx xx x, xxx xxxx"},
        {"delivered to 46 Zorro, late", "delivered to xx xxxxx, late"},
        {"moved to 12 October", "moved to 12 October"},
        {"Parken 3 tjejer", "Parken 3 tjejer"},
        /* codes of one's own, however short */
        {"order nr 12345 saknas", "order nr xxxxx saknas"},
        {"Ärende: AB-1234!", "Ärende: xx-xxxx!"},
        {"ordrenummer #9917", "ordrenummer #xxxx"},
        {"CPR 010190-1234", "CPR xxxxxx-xxxx"},
        {"kort 4571 1234 5678 9012", "kort xxxx xxxx xxxx xxxx"},
        {"order 2 gånger", "order 2 gånger"},
        /* what is no personal number stays */
        {"12 500 000 kr, 1.250.000 SEK", "12 500 000 kr, 1.250.000 SEK"},
        {"2025-03-02, 08.00-17.00", "2025-03-02, 08.00-17.00"},
        {"fakturan: 2620kr", "fakturan: 2620kr"},
        {"Volvo V70, BMW 320, inga fel", "Volvo V70, BMW 320, inga fel"},
        {"Hans telefon, klara besked", "Hans telefon, klara besked"},
        {"first class, economy class", "first class, economy class"},
        {"butiken på Storgatan", "butiken på Storgatan"},
        {"Jag frågade 2 ombud", "Jag frågade 2 ombud"},
        {"Don't", "Don't"},
        /* addresses, plates, accounts, links */
        {"bor Storgatan 12 B, 3 tr", "bor xxxxxxxxx xx x, x xx"},
        {"SE45 5000 0000 0583 9825 7466", "xxxx xxxx xxxx xxxx xxxx xxxx"},
        {"bilen ABC 12D", "bilen xxx xxx"},
        {"anna (at) firma.se", "xxxx (xx) xxxxx.xx"},
        {"pnr 320811+7014", "pnr xxxxxx+xxxx"},
        {"född 1985-03-12", "född xxxx-xx-xx"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", cases[i][0]);
        dk_redact(text, strlen(text));
        assert_string_equal(text, cases[i][1]);
    }
}

/* Lists that are searched by halves must be in byte order, or names in them would not be found. */
static void lists_are_in_order(void **state) {
    (void)state;
    for (size_t i = 1; i < sizeof sure_names / sizeof *sure_names; i++) assert_true(strcmp(sure_names[i - 1], sure_names[i]) < 0);
    for (size_t i = 1; i < sizeof maybe_names / sizeof *maybe_names; i++) assert_true(strcmp(maybe_names[i - 1], maybe_names[i]) < 0);
    for (size_t i = 1; i < sizeof rare_names / sizeof *rare_names; i++) assert_true(strcmp(rare_names[i - 1], rare_names[i]) < 0);
    for (size_t i = 1; i < sizeof surnames / sizeof *surnames; i++) assert_true(strcmp(surnames[i - 1], surnames[i]) < 0);
}

/* Every cut of a text must be read within its bounds: sanitizers see a step beyond. */
static void any_cut_is_read_within_its_bounds(void **state) {
    static const char text[] = "AB 12 345, ABC12D ring +46 70-123 45 67 order #A-1 SE45 5000 0000 0583 9825 7466 bor Storgatan 12 B, 3 tr, "
                               "123 45 Göteborg. Mvh Åsa von Knorring (at) firma punkt se \xC2\xA0\xE2\x80\x93 12 High St SW1A 1AA 19850312-1234";
    (void)state;
    for (size_t from = 0; from < sizeof text; from++)
        for (size_t len = 0; len < sizeof text - from; len += 1 + len / 8) {
            char *copy = malloc(len > 0 ? len : 1);
            assert_non_null(copy);
            memcpy(copy, text + from, len);
            dk_redact(copy, len);
            free(copy);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_are_redacted_in_place),
        cmocka_unit_test(lists_are_in_order),
        cmocka_unit_test(any_cut_is_read_within_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
