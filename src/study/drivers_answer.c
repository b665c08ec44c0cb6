/* Fits the whole and each segment, and puts what comes out into words or figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "study/drivers_output.h"
#include "study/drivers_partial.h"

typedef struct stage {
    const dk_drivers_watch *watch;
    const char *name;
} stage;

static void pass_on(void *context, double done) {
    const stage *s = context;
    s->watch->progress(s->watch->context, s->name, (int64_t)(1000 * done), 1000);
}

/* What reading left out, as notes of the whole. */
static size_t reading_notes(const dk_drivers_data *d, dk_buf notes[3], const char *text[3]) {
    size_t n = 0;
    int64_t missing_count, unreadable_count;
    const char *missing_most = dk_drivers_lost_most(d, false, &missing_count), *unreadable_most = dk_drivers_lost_most(d, true, &unreadable_count);
    const struct {
        int64_t count;
        const char *what, *most;
        int64_t most_count;
    } left[] = {{d->missing, "a missing value", missing_most, missing_count},
                {d->unreadable, "something that is no number", unreadable_most, unreadable_count},
                {d->rejected, "a damaged line", NULL, 0}};
    for (size_t i = 0; i < 3; i++) {
        dk_buf_init(&notes[i]);
        if (left[i].count == 0) continue;
        dk_buf_putf(&notes[n], "%lld of %lld rows left out: %s", (long long)left[i].count,
                    (long long)(d->read + d->rejected), left[i].what);
        if (left[i].most != NULL && left[i].most_count == left[i].count)
            dk_buf_putf(&notes[n], " (in %s)", left[i].most);
        else if (left[i].most != NULL && 2 * left[i].most_count > left[i].count)
            dk_buf_putf(&notes[n], " (most often in %s, %lld)", left[i].most, (long long)left[i].most_count);
        text[n] = dk_buf_cstr(&notes[n]);
        n++;
    }
    return n;
}

dk_status dk_drivers_answer_all(const dk_drivers_data *d, const dk_driver_options *options,
                                const dk_drivers_watch *watch, const char *format, const char *outcome, dk_buf *out,
                                dk_error *err) {
    dk_drivers_answer *answers = calloc(d->nsegments + 1, sizeof *answers);
    dk_driver_result **results = calloc(d->nsegments + 1, sizeof *results);
    dk_frame *frames = calloc(d->nsegments + 1, sizeof *frames);
    dk_buf notes[3];
    const char *text[3];
    dk_arena arena = {0};
    dk_drivers_across *across = NULL;
    size_t nacross = 0, tail = strlen(" (log)"), length = strlen(outcome);
    bool logarithm = length > tail && strcmp(outcome + length - tail, " (log)") == 0;
    size_t nnotes = reading_notes(d, notes, text);
    dk_status status = answers == NULL || results == NULL || frames == NULL ? dk_fail_memory(err) : DK_OK;
    for (size_t s = 0; s < d->nsegments && status == DK_OK; s++) {
        dk_driver_options o = *options;
        stage at = {watch, s == 0 ? "drivers" : "segments"};
        if (watch->progress != NULL) o.progress = pass_on;
        o.progress_context = &at;
        status = dk_drivers_frame(d, s, &frames[s], err);
        dk_error why = {0};
        dk_status fitted = status;
        if (status == DK_OK)
            fitted = d->impute ? dk_drivers_fit_filled(d, s, &o, &results[s], &why)
                               : dk_frame_fit(&frames[s], &o, &results[s], &why);
        if (s > 0 && fitted == DK_EDATA) { /* a segment that cannot be fitted does not take the whole down */
            char text_of[sizeof why.message + 80];
            snprintf(text_of, sizeof text_of, "segment %.*s: %s", d->segments[s].name.len < 60 ? (int)d->segments[s].name.len : 60,
                     d->segments[s].name.ptr, why.message);
            if (watch->say != NULL) watch->say(watch->context, text_of);
            continue;
        }
        if (status == DK_OK && fitted != DK_OK) {
            if (err != NULL) *err = why;
            status = fitted;
        }
        answers[s] =
            (dk_drivers_answer){d->segments[s].name, results[s], text, s == 0 ? nnotes : 0, NAN, logarithm};
        if (status == DK_OK && d->permutations > 0)
            status =
                dk_drivers_permute(d, s, d->permutations, o.seed, o.threads, &answers[s].p_permutation, err);
    }
    size_t n = 0;
    for (size_t s = 0; s < d->nsegments && answers != NULL; s++)
        if (answers[s].result != NULL) answers[n++] = answers[s];
    if (status == DK_OK && n > 1) status = dk_drivers_compare(answers, n, &arena, &across, &nacross, err);
    if (status == DK_OK) {
        if (strcmp(format, "json") == 0)
            dk_drivers_put_json(out, answers, n, across, nacross);
        else if (strcmp(format, "csv") == 0)
            dk_drivers_put_csv(out, answers, n, across, nacross);
        else
            dk_drivers_put_text(out, answers, n, across, nacross, outcome);
        status = dk_buf_status(out, err);
    }
    for (size_t s = 0; s < d->nsegments; s++) {
        if (results != NULL) dk_drivers_free(results[s]);
        if (frames != NULL) free(frames[s].unit);
    }
    free(answers);
    free(results);
    free(frames);
    dk_arena_dispose(&arena);
    for (int i = 0; i < 3; i++) dk_buf_dispose(&notes[i]);
    return status;
}
