/* Tags a file of comments, one a line, on several threads: any length in bounded memory, answers in the order of the lines.
 *
 *     stream_file THREADS <comments.txt
 *
 * Shows: one engine shared by all threads, a session for each, and that answers do not depend on how many there are. The file is read
 * in blocks of whole lines; each thread tags its part of the block into a buffer of its own, and main puts the buffers out in order.
 */
#include <drivkraft.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 22, MOST_THREADS = 64 };

typedef struct worker {
    const dk_engine *engine;
    dk_session *session;
    const char *text, *end; /* its part of the block: whole lines */
    char *out;              /* what it wrote, from open_memstream */
    size_t out_len;
    dk_status status;
    dk_error err;
} worker;

static dk_status tag_line(worker *w, dk_str line, FILE *out) {
    dk_comment comment; /* borrowed from the session until its next call */
    dk_status status = dk_session_tag(w->session, line, &comment, &w->err);
    if (status != DK_OK) return status;
    fprintf(out, "%s\t%s\t", dk_language_name(comment.language), dk_label_name(comment.label));
    for (size_t i = 0; i < comment.nmentions; i++)
        fprintf(out, "%s%s:%s", i > 0 ? "|" : "", dk_engine_theme(w->engine, comment.mentions[i].theme),
                dk_label_name(comment.mentions[i].label));
    fputc('\n', out);
    return DK_OK;
}

static void *work(void *argument) {
    worker *w = argument;
    FILE *out = open_memstream(&w->out, &w->out_len);
    w->status = out == NULL ? DK_ENOMEM : DK_OK;
    while (w->status == DK_OK && w->text < w->end) {
        const char *stop = memchr(w->text, '\n', (size_t)(w->end - w->text));
        if (stop == NULL) stop = w->end;
        w->status = tag_line(w, (dk_str){w->text, (size_t)(stop - w->text)}, out);
        w->text = stop + 1;
    }
    if (out != NULL && fclose(out) != 0) w->status = DK_ENOMEM;
    return NULL;
}

/* Tags a block of whole lines on all threads and writes the answers. */
static dk_status tag_block(worker *workers, size_t threads, const char *block, size_t len, dk_error *err) {
    pthread_t ids[MOST_THREADS];
    bool started[MOST_THREADS];
    size_t from = 0;
    for (size_t t = 0; t < threads; t++) {
        size_t to = t + 1 == threads ? len : len * (t + 1) / threads;
        while (to > 0 && to < len && block[to - 1] != '\n') to++;
        if (to < from) to = from; /* a line that is longer than a part */
        workers[t].text = block + from;
        workers[t].end = block + to;
        from = to;
        started[t] = pthread_create(&ids[t], NULL, work, &workers[t]) == 0;
        if (!started[t]) work(&workers[t]); /* no further thread is to be had: this one does it */
    }
    dk_status status = DK_OK;
    for (size_t t = 0; t < threads; t++) {
        if (started[t]) pthread_join(ids[t], NULL);
        if (status == DK_OK && workers[t].status != DK_OK) {
            status = workers[t].status;
            *err = workers[t].err;
        }
        if (status == DK_OK) fwrite(workers[t].out, 1, workers[t].out_len, stdout);
        free(workers[t].out);
        workers[t].out = NULL;
    }
    return status;
}

int main(int argc, char **argv) {
    size_t threads = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (threads < 1 || threads > MOST_THREADS) return fprintf(stderr, "usage: stream_file THREADS <comments.txt\n"), 2;
    static char block[BLOCK];
    static worker workers[MOST_THREADS];
    const char *data = getenv("DRIVKRAFT_DATA");
    dk_engine_options options = {.data_dir = data != NULL ? data : DRIVKRAFT_DATA};
    dk_engine *engine = NULL;
    dk_error err = {0};
    dk_status status = dk_engine_open(&engine, &options, &err);
    for (size_t t = 0; status == DK_OK && t < threads; t++) {
        workers[t].engine = engine;
        status = dk_session_new(&workers[t].session, engine, NULL, &err);
    }
    size_t held = 0, len; /* held: the beginning of a line that the block before did not end */
    while (status == DK_OK && (len = held + fread(block + held, 1, BLOCK - held, stdin)) > 0) {
        size_t whole = len;
        if (len == BLOCK) /* not the end of the file: up to the last line end; a line longer than the block is cut */
            while (whole > 0 && block[whole - 1] != '\n') whole--;
        if (whole == 0) whole = len;
        status = tag_block(workers, threads, block, whole, &err);
        held = len - whole;
        memmove(block, block + whole, held);
    }
    if (status != DK_OK) fprintf(stderr, "%s\n", err.message[0] != '\0' ? err.message : "memory ran out");
    for (size_t t = 0; t < threads; t++) dk_session_free(workers[t].session);
    dk_engine_free(engine);
    return status == DK_OK && !ferror(stdin) && fflush(stdout) == 0 ? 0 : 1;
}
