/* Themes by segment, wave and language: counts are those of the comments, nothing small shows, also not by subtraction, and feelings
 * are those that the comments name. */
#include <setjmp.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "study/analyze.h"
#include "study/privacy.h"

/* ---- Hiding ------------------------------------------------------------------------------------------ */

enum { LEAST = 10, MOST_PARTS = 6 };

static uint32_t next_number(uint32_t *state) { return *state = *state * 1664525u + 1013904223u, *state >> 8; }

/* A line of parts, or of a total and its parts: who knows the cells that are shown must not find one that is hidden. */
static void check_line(const int64_t *counts, const bool *hidden, size_t n, size_t stride) {
    size_t unknown = hidden[0], parts = 0;
    int64_t covered = 0;
    for (size_t i = 1; i < n; i++) {
        bool is_hidden = hidden[i * stride] && counts[i * stride] > 0;
        unknown += is_hidden;
        parts += is_hidden;
        covered += is_hidden ? counts[i * stride] : 0;
    }
    if (n < 2 || counts[0] == 0) return;
    size_t filled = 0;
    for (size_t i = 1; i < n; i++) filled += counts[i * stride] > 0;
    if (filled < 2) return; /* one part is its total: they are hidden or shown together, or the part's group is hidden for another's sake */
    if (hidden[0]) assert_true(parts > 0); /* else the parts add up to the total */
    if (!hidden[0] && parts > 0 && parts < filled) assert_true(parts > 1 && covered >= LEAST);
    assert_true(unknown != 1 || parts == filled);
}

static void nothing_small_shows(void **state) {
    (void)state;
    uint32_t seed = 7;
    size_t shown = 0;
    for (int round = 0; round < 400; round++) {
        size_t dims[3];
        int64_t counts[MOST_PARTS * MOST_PARTS * MOST_PARTS] = {0};
        bool hidden[MOST_PARTS * MOST_PARTS * MOST_PARTS] = {false};
        for (int d = 0; d < 3; d++) dims[d] = 1 + next_number(&seed) % MOST_PARTS;
        for (size_t a = 0; a < dims[0]; a++)
            for (size_t b = 0; b < dims[1]; b++)
                for (size_t c = 0; c < dims[2]; c++) {
                    bool own = (a > 0 || dims[0] == 1) && (b > 0 || dims[1] == 1) && (c > 0 || dims[2] == 1);
                    int64_t n = !own || next_number(&seed) % 4 == 0 ? 0 : next_number(&seed) % (round % 2 ? 25 : 60);
                    if (n == 0) continue;
                    for (int mask = 0; mask < 8; mask++) { /* its own cell, and every total that it is in */
                        if ((mask & 1 && dims[0] == 1) || (mask & 2 && dims[1] == 1) || (mask & 4 && dims[2] == 1)) continue;
                        counts[((mask & 1 ? 0 : a) * dims[1] + (mask & 2 ? 0 : b)) * dims[2] + (mask & 4 ? 0 : c)] += n;
                    }
                }
        size_t cells = dims[0] * dims[1] * dims[2], strides[3] = {dims[1] * dims[2], dims[2], 1};
        dk_privacy_hide_cube(counts, dims, LEAST, hidden);
        for (size_t i = 0; i < cells; i++) {
            assert_true(hidden[i] || counts[i] == 0 || counts[i] >= LEAST);
            shown += !hidden[i] && counts[i] > 0;
        }
        for (int d = 0; d < 3; d++)
            for (size_t i = 0; i < cells; i++)
                if (i / strides[d] % dims[d] == 0) check_line(counts + i, hidden + i, dims[d], strides[d]);
    }
    assert_true(shown > 4000); /* hiding everything would be easy */
}

/* ---- Counting ---------------------------------------------------------------------------------------- */

static char path[] = "/tmp/dk_groups_XXXXXX";

/* Rows of the same comment, of a segment and a month. */
static void put(FILE *f, int *id, int n, const char *segment, int month, const char *text) {
    for (int i = 0; i < n; i++, ++*id) fprintf(f, "%d,%d,\"%s\",2025-%02d-10,%s\n", *id, *id % 11, text, month, segment);
}

static dk_study_result *analyze(FILE *f) {
    char here[2048];
    dk_study_config config;
    dk_study_result *result = NULL;
    dk_error err = {0};
    fclose(f);
    assert_non_null(getcwd(here, sizeof here));
    dk_study_config_init(&config);
    config.responses.path = path;
    config.bootstrap = 20;
    dk_analyze_options options = {.data_dir = here, .threads = 2};
    if (dk_analyze(&config, &options, &result, &err) != DK_OK) fail_msg("%s:%d: %s", err.file, (int)err.line, err.message);
    dk_study_config_dispose(&config);
    unlink(path);
    strcpy(path + strlen(path) - 6, "XXXXXX");
    return result;
}

static FILE *begin(int *id) {
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "wb");
    assert_non_null(f);
    fputs("id,nps,comment,date,segment\n", f);
    *id = 1;
    return f;
}

static int find_segment(const dk_study_result *r, const char *name) {
    for (size_t k = 0; k < r->nsegments; k++)
        if (strcmp(r->segments[k].name, name) == 0) return (int)k;
    return -1;
}

static const dk_theme_use *find_use(const dk_study_result *r, const char *theme, int segment, int wave, int language) {
    for (size_t k = 0; k < r->ngroup_uses; k++) {
        const dk_theme_group *g = r->groups + r->group_uses[k].group;
        if (g->segment == segment && g->wave == wave && g->language == language && strcmp(r->themes[r->group_uses[k].theme].id, theme) == 0)
            return &r->group_uses[k].use;
    }
    return NULL;
}

static void counts_are_those_of_the_comments(void **state) {
    (void)state;
    int id;
    FILE *f = begin(&id);
    put(f, &id, 30, "blue", 2, "Leveransen var mycket försenad och det var dåligt");
    put(f, &id, 20, "blue", 5, "Leveransen var snabb och mycket bra");
    put(f, &id, 40, "gold", 2, "The delivery was very late and that was bad");
    put(f, &id, 25, "gold", 5, "The staff were friendly and helpful");
    put(f, &id, 20, "gold", 2, "The staff were friendly and helpful");
    dk_study_result *r = analyze(f);
    int blue = find_segment(r, "blue"), gold = find_segment(r, "gold");
    assert_int_equal(r->group_depth, 3);
    assert_int_equal(r->nwaves, 2);
    const dk_theme_use *u = find_use(r, "staff.friendliness", -1, 0, -1);
    assert_non_null(u);
    assert_int_equal(u->responses, 20);
    assert_int_equal(u->positive, 20);
    assert_true(fabs(u->share - 20.0 / 90) < 1e-12);
    u = find_use(r, "staff.friendliness", gold, 1, DK_LANG_EN);
    assert_non_null(u);
    assert_int_equal(u->responses, 25);
    assert_null(find_use(r, "staff.friendliness", blue, -1, -1)); /* one segment alone is among the segments of the theme */
    assert_null(find_use(r, "staff.friendliness", blue, 1, -1));
    u = find_use(r, "delivery.speed", blue, 0, DK_LANG_SV);
    assert_non_null(u);
    assert_int_equal(u->responses, 30);
    assert_int_equal(u->negative, 30);
    assert_true(u->polarity < -0.3);
    dk_study_result_free(r);
}

/* Of 44 that speak of staff, 4 are blue: neither they nor the 40 may show, since the total does. */
static void small_groups_do_not_show_by_subtraction(void **state) {
    (void)state;
    int id;
    FILE *f = begin(&id);
    put(f, &id, 4, "blue", 2, "The staff were friendly and helpful");
    put(f, &id, 40, "gold", 2, "The staff were friendly and helpful");
    put(f, &id, 60, "blue", 2, "The delivery was very late and that was bad");
    put(f, &id, 60, "gold", 2, "The delivery was very late and that was bad");
    put(f, &id, 30, "gold", 5, "The delivery was very late and that was bad");
    dk_study_result *r = analyze(f);
    size_t t = 0;
    while (strcmp(r->themes[t].id, "staff.friendliness") != 0) t++;
    assert_int_equal(r->themes[t].use[0].responses, 44);
    assert_false(r->themes[t].use[0].hidden);
    assert_true(r->themes[t].use[find_segment(r, "blue")].hidden);
    assert_true(r->themes[t].use[find_segment(r, "gold")].hidden);
    for (int segment = 1; segment < 3; segment++) assert_null(find_use(r, "staff.friendliness", segment, 0, -1));
    assert_non_null(find_use(r, "staff.friendliness", -1, 0, -1));
    assert_non_null(find_use(r, "delivery.speed", find_segment(r, "blue"), 0, -1));
    dk_study_result_free(r);
}

/* A survey of nine is that of nine persons: no figure of it is there to be written. Nor is a score that nine gave. */
static void few_answers_have_no_figures(void **state) {
    (void)state;
    int id;
    FILE *f = begin(&id);
    put(f, &id, 9, "", 2, "The delivery was very late and that was bad");
    dk_study_result *r = analyze(f);
    assert_true(r->segments[0].hidden);
    assert_int_equal(r->segments[0].nps.n, 0);
    assert_int_equal(r->scored, 9);
    dk_study_result_free(r);
    f = begin(&id);
    put(f, &id, 9, "", 2, "The delivery was very late and that was bad");
    for (int i = 0; i < 40; i++) fprintf(f, "%d,,\"The delivery was very late and that was bad\",2025-02-10,\n", 100 + i);
    r = analyze(f);
    assert_false(r->segments[0].hidden);
    assert_int_equal(r->segments[0].nps.n, 0);
    assert_int_equal(r->series[0].nps.n, 0);
    dk_study_result_free(r);
}

/* ---- Feelings ---------------------------------------------------------------------------------------- */

static void feelings_are_those_that_are_named(void **state) {
    (void)state;
    int id;
    FILE *f = begin(&id);
    put(f, &id, 11, "", 2, "I am angry about the delivery, but the staff were lovely");
    put(f, &id, 13, "", 2, "I am not angry about the delivery");
    put(f, &id, 12, "", 2, "Leveransen gjorde mig besviken");
    dk_study_result *r = analyze(f);
    int64_t anger = 0, of_staff = 0, disappointment = 0, any = 0;
    for (size_t t = 0; t < r->nthemes; t++) {
        const dk_theme_use *u = r->themes[t].use;
        bool staff = strcmp(r->themes[t].touchpoint, "staff") == 0;
        anger += staff ? 0 : u->feelings[DK_ANGER];
        of_staff += staff ? u->feelings[DK_ANGER] : 0;
        disappointment += strcmp(r->themes[t].touchpoint, "delivery") == 0 ? u->feelings[DK_DISAPPOINTMENT] : 0;
        any += u->feelings[DK_EMOTION_NONE];
    }
    assert_int_equal(anger, 11); /* 24 if negation were not heard */
    assert_int_equal(of_staff, 0); /* 11 if it were the comment that is angry, and not the clause */
    assert_int_equal(disappointment, 12); /* the phrase is an entry of a theme, and its word names the feeling */
    assert_true(any >= 23);
    dk_study_result_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_small_shows),
        cmocka_unit_test(counts_are_those_of_the_comments),
        cmocka_unit_test(small_groups_do_not_show_by_subtraction),
        cmocka_unit_test(few_answers_have_no_figures),
        cmocka_unit_test(feelings_are_those_that_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
