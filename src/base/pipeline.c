#include "base/pipeline.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

typedef enum slot_state { FREE, READY, WORKING, DONE } slot_state;

typedef struct slot {
    slot_state state;
    dk_status status;
    dk_error error;
} slot;

typedef struct shared {
    const dk_pipeline *p;
    pthread_mutex_t lock;
    pthread_cond_t work_ready, work_done;
    slot *slots;          /* slot i holds items[i]; serial s lives in slot s % nslots */
    int64_t nslots, next; /* next: serial of the next batch that a worker takes */
    int64_t produced;     /* batches handed out so far */
    bool stop;
} shared;

typedef struct worker {
    shared *s;
    void *state;
    pthread_t thread;
} worker;

int dk_pipeline_items(int threads) { return threads <= 1 ? 1 : 2 * threads + 1; }

int dk_cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
    return 1;
}

static dk_status run_inline(const dk_pipeline *p, dk_error *err) {
    for (;;) {
        bool done = false;
        dk_status status = p->produce(p->context, p->items[0], &done, err);
        if (status != DK_OK || done) return status;
        status = p->work(p->context, p->workers[0], p->items[0], err);
        if (status == DK_OK) status = p->deliver(p->context, p->items[0], err);
        if (status != DK_OK) return status;
    }
}

static void *worker_main(void *arg) {
    worker *w = arg;
    shared *s = w->s;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->stop && s->next == s->produced) pthread_cond_wait(&s->work_ready, &s->lock);
        if (s->next == s->produced) break;
        int64_t at = s->next++ % s->nslots;
        slot *mine = &s->slots[at];
        mine->state = WORKING;
        pthread_mutex_unlock(&s->lock);
        dk_status status = s->p->work(s->p->context, w->state, s->p->items[at], &mine->error);
        pthread_mutex_lock(&s->lock);
        mine->status = status;
        mine->state = DONE;
        pthread_cond_signal(&s->work_done);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* The calling thread's part: keeps the slots filled and delivers finished batches in order. */
static dk_status conduct(shared *s, dk_error *err) {
    const dk_pipeline *p = s->p;
    int64_t delivered = 0;
    bool at_end = false;
    dk_status pending = DK_OK; /* an error while reading is reported after what was read before it */
    dk_error pending_error;
    for (;;) {
        while (!at_end && s->produced - delivered < s->nslots) {
            int64_t at = s->produced % s->nslots;
            pending = p->produce(p->context, p->items[at], &at_end, &pending_error);
            if (pending != DK_OK) at_end = true;
            if (at_end) break;
            pthread_mutex_lock(&s->lock);
            s->slots[at].state = READY;
            s->produced++;
            pthread_cond_signal(&s->work_ready);
            bool ready = s->slots[delivered % s->nslots].state == DONE;
            pthread_mutex_unlock(&s->lock);
            if (ready) break;
        }
        if (delivered == s->produced) break;
        slot *oldest = &s->slots[delivered % s->nslots];
        pthread_mutex_lock(&s->lock);
        while (oldest->state != DONE) pthread_cond_wait(&s->work_done, &s->lock);
        pthread_mutex_unlock(&s->lock);
        if (oldest->status != DK_OK) {
            if (err != NULL) *err = oldest->error;
            return oldest->status;
        }
        dk_status status = p->deliver(p->context, p->items[delivered % s->nslots], err);
        if (status != DK_OK) return status;
        oldest->state = FREE;
        delivered++;
    }
    if (pending != DK_OK && err != NULL) *err = pending_error;
    return pending;
}

dk_status dk_pipeline_run(const dk_pipeline *p, dk_error *err) {
    if (p->threads <= 1) return run_inline(p, err);
    shared s = {.p = p, .nslots = dk_pipeline_items(p->threads)};
    s.slots = calloc((size_t)s.nslots, sizeof *s.slots);
    worker *workers = calloc((size_t)p->threads, sizeof *workers);
    if (s.slots == NULL || workers == NULL) {
        free(s.slots);
        free(workers);
        return dk_fail_memory(err);
    }
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.work_ready, NULL);
    pthread_cond_init(&s.work_done, NULL);
    int started = 0;
    for (; started < p->threads; started++) {
        workers[started] = (worker){.s = &s, .state = p->workers[started]};
        if (pthread_create(&workers[started].thread, NULL, worker_main, &workers[started]) != 0) break;
    }
    dk_status status = started > 0 ? conduct(&s, err) : dk_fail(err, DK_EIO, "cannot start a thread");
    pthread_mutex_lock(&s.lock);
    s.stop = true;
    s.next = s.produced; /* after an error nothing more is begun */
    pthread_cond_broadcast(&s.work_ready);
    pthread_mutex_unlock(&s.lock);
    for (int i = 0; i < started; i++) pthread_join(workers[i].thread, NULL);
    pthread_cond_destroy(&s.work_done);
    pthread_cond_destroy(&s.work_ready);
    pthread_mutex_destroy(&s.lock);
    free(workers);
    free(s.slots);
    return status;
}

typedef struct for_state {
    dk_status (*task)(void *context, size_t index, dk_error *err);
    void *context;
    size_t count, next, failed_index;
    dk_status status;
    dk_error error;
    pthread_mutex_t lock;
} for_state;

static void *for_main(void *arg) {
    for_state *f = arg;
    for (;;) {
        pthread_mutex_lock(&f->lock);
        size_t index = f->next < f->count ? f->next++ : f->count;
        pthread_mutex_unlock(&f->lock);
        if (index == f->count) return NULL;
        dk_error error;
        dk_status status = f->task(f->context, index, &error);
        if (status == DK_OK) continue;
        pthread_mutex_lock(&f->lock);
        if (f->status == DK_OK || index < f->failed_index) {
            f->status = status;
            f->error = error;
            f->failed_index = index;
        }
        pthread_mutex_unlock(&f->lock);
    }
}

dk_status dk_parallel_for(int threads, size_t count, dk_status (*task)(void *context, size_t index, dk_error *err),
                          void *context, dk_error *err) {
    for_state f = {.task = task, .context = context, .count = count, .status = DK_OK};
    pthread_mutex_init(&f.lock, NULL);
    enum { MOST = 256 };
    pthread_t helpers[MOST];
    int wanted = threads - 1, started = 0;
    if (wanted > MOST) wanted = MOST;
    if ((size_t)(wanted < 0 ? 0 : wanted) >= count) wanted = count > 0 ? (int)count - 1 : 0;
    while (started < wanted && pthread_create(&helpers[started], NULL, for_main, &f) == 0) started++;
    for_main(&f);
    for (int i = 0; i < started; i++) pthread_join(helpers[i], NULL);
    pthread_mutex_destroy(&f.lock);
    if (f.status != DK_OK && err != NULL) *err = f.error;
    return f.status;
}
