#include "workbench/edit_search.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct edit_search {
    pthread_t thread;
    const dk_corpus *corpus;
    const dk_engine *engine;
    bool has_score;
    atomic_bool stop, ended;
    atomic_int done; /* thousandths */
    dk_suggestions found;
    dk_status status;
    dk_error mistake;
};

static dk_status tell(void *context, double done, dk_error *err) {
    edit_search *s = context;
    atomic_store(&s->done, (int)(1000 * done));
    return atomic_load(&s->stop) ? dk_fail(err, DK_EUSAGE, "stopped") : DK_OK;
}

static void *run(void *context) {
    edit_search *s = context;
    const dk_watch watch = {tell, s, 0, 1};
    dk_suggest_options o = {
        .has_score = s->has_score, .min_count = 10, .prior = 500, .max_words = 12000, .watch = &watch};
    s->status = dk_suggest_make(&s->found, s->corpus, s->engine, &o, &s->mistake);
    atomic_store(&s->ended, true);
    return NULL;
}

dk_status edit_search_begin(edit_search **out, const dk_corpus *corpus, const dk_engine *engine,
                            bool has_score, dk_error *err) {
    edit_search *s = calloc(1, sizeof *s);
    if (s == NULL) return dk_fail_memory(err);
    s->corpus = corpus;
    s->engine = engine;
    s->has_score = has_score;
    int code = pthread_create(&s->thread, NULL, run, s);
    if (code != 0) {
        free(s);
        return dk_fail_errno(err, code, NULL, "no thread can be begun");
    }
    *out = s;
    return DK_OK;
}

bool edit_search_running(edit_search *s, double *done) {
    *done = atomic_load(&s->done) / 1000.0;
    return !atomic_load(&s->ended);
}

void edit_search_stop(edit_search *s) {
    atomic_store(&s->stop, true);
}

dk_status edit_search_end(edit_search *s, dk_suggestions *found, bool *whole, dk_error *err) {
    pthread_join(s->thread, NULL);
    dk_status status = s->status;
    *whole = status == DK_OK && !atomic_load(&s->stop);
    if (*whole)
        *found = s->found;
    else
        dk_suggest_dispose(&s->found);
    if (atomic_load(&s->stop)) status = DK_OK;
    if (status != DK_OK && err != NULL) *err = s->mistake;
    free(s);
    return status;
}
