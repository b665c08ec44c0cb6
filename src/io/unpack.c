#include "io/unpack.h"

#include <stdlib.h>
#include <string.h>

enum { PACKED = 128 * 1024 };
static const double USUAL_LIMIT = 250;
static const int64_t FREE_OF_LIMIT = (int64_t)64 << 20;

struct dk_unpack {
    const dk_unpack_kind *kind;
    void *state;
    const char *name;
    dk_unpack_pull pull;
    void *from;
    double limit;
    int64_t taken, given; /* bytes, packed and unpacked */
    const char *at;       /* what of packed is not yet used */
    size_t left;
    bool drained;  /* from has no more */
    bool complete; /* the last member is whole */
    char packed[PACKED];
};

const dk_unpack_kind *dk_unpack_recognise(const char *head, size_t len) {
    static const dk_unpack_kind *const kinds[] = {&dk_unpack_gzip, &dk_unpack_zstd};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (len >= kinds[i]->magic_len && memcmp(head, kinds[i]->magic, kinds[i]->magic_len) == 0) return kinds[i];
    return NULL;
}

dk_status dk_unpack_open(dk_unpack **unpack, const dk_unpack_kind *kind, const char *name, double limit,
                         dk_unpack_pull pull, void *from, dk_error *err) {
    dk_unpack *u = calloc(1, sizeof *u);
    *unpack = u;
    if (u == NULL) return dk_fail_memory(err);
    u->kind = kind;
    u->name = name;
    u->pull = pull;
    u->from = from;
    u->limit = limit == 0 ? USUAL_LIMIT : limit;
    u->state = kind->open();
    if (u->state != NULL) return DK_OK;
    dk_unpack_free(u);
    *unpack = NULL;
    return dk_fail_memory(err);
}

void dk_unpack_free(dk_unpack *u) {
    if (u == NULL) return;
    if (u->state != NULL) u->kind->close(u->state);
    free(u);
}

const char *dk_unpack_name(const dk_unpack *u) {
    return u->kind->name;
}

dk_status dk_unpack_restart(dk_unpack *u, dk_error *err) {
    u->taken = u->given = 0;
    u->left = 0;
    u->drained = u->complete = false;
    return u->kind->reset(u->state) ? DK_OK : dk_fail_memory(err);
}

static dk_status refill(dk_unpack *u, dk_error *err) {
    if (u->left > 0) memmove(u->packed, u->at, u->left);
    u->at = u->packed;
    size_t got;
    dk_status status = u->pull(u->from, u->packed + u->left, PACKED - u->left, &got, err);
    if (status != DK_OK) return status;
    u->left += got;
    u->taken += (int64_t)got;
    u->drained = got == 0;
    return DK_OK;
}

/* Behind a complete member: another one, padding with zeros, or the end. */
static dk_status next_member(dk_unpack *u, bool *ended, dk_error *err) {
    *ended = false;
    while (!u->drained && u->left < u->kind->magic_len) {
        dk_status status = refill(u, err);
        if (status != DK_OK) return status;
    }
    while (u->left > 0 && *u->at == '\0') {
        u->at++;
        u->left--;
        if (u->left == 0 && !u->drained) {
            dk_status status = refill(u, err);
            if (status != DK_OK) return status;
        }
    }
    *ended = u->left == 0;
    if (*ended) return DK_OK;
    if (u->left < u->kind->magic_len || memcmp(u->at, u->kind->magic, u->kind->magic_len) != 0)
        return dk_fail_at(err, DK_EDATA, u->name, 0, 0, "there is something behind the %s data that is no %s", u->kind->name,
                          u->kind->name);
    u->complete = false;
    return u->kind->reset(u->state) ? DK_OK : dk_fail_memory(err);
}

static dk_status blown_up(const dk_unpack *u, dk_error *err) {
    dk_fail_at(err, DK_EDATA, u->name, 0, 0, "this %s file unpacks to more than %g times its size", u->kind->name, u->limit);
    dk_error_remedy(err, "say --unpack-limit none when it is really that large");
    return DK_EDATA;
}

dk_status dk_unpack_read(dk_unpack *u, char *to, size_t room, size_t *got, dk_error *err) {
    *got = 0;
    while (*got < room) {
        if (u->complete) {
            bool ended;
            dk_status status = next_member(u, &ended, err);
            if (status != DK_OK || ended) return status;
        }
        if (u->left == 0 && !u->drained) {
            dk_status status = refill(u, err);
            if (status != DK_OK) return status;
        }
        char *put = to + *got;
        size_t before = u->left, space = room - *got;
        const char *wrong = u->kind->step(u->state, &u->at, &u->left, &put, &space, &u->complete);
        size_t made = room - *got - space;
        if (wrong != NULL)
            return dk_fail_at(err, DK_EDATA, u->name, 0, 0, "the %s data are damaged after %lld MB: %s", u->kind->name,
                              (long long)(u->given >> 20), wrong);
        *got += made;
        u->given += (int64_t)made;
        if (u->limit > 0 && u->given > FREE_OF_LIMIT && (double)u->given > u->limit * (double)u->taken) return blown_up(u, err);
        if (u->drained && made == 0 && before == u->left && !u->complete)
            return dk_fail_at(err, DK_EDATA, u->name, 0, 0, "the %s data end too early: the file has been cut short", u->kind->name);
    }
    return DK_OK;
}
