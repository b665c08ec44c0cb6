/* An ordered pipeline: read in order, work on many threads, deliver in the order of reading.
 *
 * produce and deliver run on the calling thread, one at a time and in order; work runs on any worker. What is
 * delivered, and which error is reported, therefore never depends on the number of threads.
 */
#ifndef DK_BASE_PIPELINE_H
#define DK_BASE_PIPELINE_H

#include "base/status.h"

typedef struct dk_pipeline {
    void *context; /* handed to all three */
    /* Fills item with the next batch, or sets *done (then item is not used). */
    dk_status (*produce)(void *context, void *item, bool *done, dk_error *err);
    /* Works on a batch; worker is this thread's own state. */
    dk_status (*work)(void *context, void *worker, void *item, dk_error *err);
    /* Takes a finished batch; the item is free for reuse afterwards. */
    dk_status (*deliver)(void *context, void *item, dk_error *err);
    void **items;   /* dk_pipeline_items(threads) batches to circulate, owned by the caller */
    void **workers; /* threads worker states, owned by the caller */
    int threads;    /* at least 1; with 1 everything runs on the calling thread */
} dk_pipeline;

/* How many items a pipeline of so many threads circulates. */
int dk_pipeline_items(int threads);

/* Runs to the end or to the first error in the order of reading. */
dk_status dk_pipeline_run(const dk_pipeline *pipeline, dk_error *err);

/* The number of processors that this process may use, at least 1. */
int dk_cpu_count(void);

/* Calls task(context, index) for index 0..count-1 on up to so many threads; every index is called, and the
   error of the smallest failing index is returned. */
dk_status dk_parallel_for(int threads, size_t count, dk_status (*task)(void *context, size_t index, dk_error *err),
                          void *context, dk_error *err);

#endif
