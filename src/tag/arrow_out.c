#include "tag/arrow_out.h"

#include <stdlib.h>

/* Each array owns what it holds; children are released by themselves when somebody has moved them away. */
typedef struct holding {
    void *buffers[3];
    const void *shown[3];
} holding;

static void release_schema(struct ArrowSchema *s) {
    for (int64_t i = 0; i < s->n_children; i++) {
        if (s->children[i] == NULL) continue;
        if (s->children[i]->release != NULL) s->children[i]->release(s->children[i]);
        free(s->children[i]);
    }
    if (s->dictionary != NULL) {
        if (s->dictionary->release != NULL) s->dictionary->release(s->dictionary);
        free(s->dictionary);
    }
    free(s->children);
    free(s->private_data);
    s->release = NULL;
}

dk_status dk_arrow_make_schema(const dk_arrow_field *f, struct ArrowSchema *s, dk_error *err) {
    size_t name = strlen(f->name) + 1, format = strlen(f->format) + 1;
    char *texts = malloc(name + format);
    *s = (struct ArrowSchema){.release = release_schema, .private_data = texts};
    dk_status status = texts != NULL ? DK_OK : dk_fail_memory(err);
    if (status == DK_OK) {
        memcpy(texts, f->name, name);
        memcpy(texts + name, f->format, format);
        s->name = texts;
        s->format = texts + name;
    }
    if (status == DK_OK && f->words != NULL) {
        s->dictionary = calloc(1, sizeof *s->dictionary);
        const dk_arrow_field words = {"", "u", NULL, NULL, 0};
        status = s->dictionary != NULL ? dk_arrow_make_schema(&words, s->dictionary, err) : dk_fail_memory(err);
    }
    if (status == DK_OK && f->nchildren > 0) {
        s->children = calloc((size_t)f->nchildren, sizeof *s->children);
        if (s->children == NULL) status = dk_fail_memory(err);
    }
    for (int i = 0; i < f->nchildren && status == DK_OK; i++) {
        s->n_children = i + 1;
        s->children[i] = calloc(1, sizeof **s->children);
        status = s->children[i] != NULL ? dk_arrow_make_schema(&f->children[i], s->children[i], err) : dk_fail_memory(err);
    }
    if (status != DK_OK) release_schema(s);
    return status;
}

static void release_array(struct ArrowArray *a) {
    for (int64_t i = 0; i < a->n_children; i++) {
        if (a->children[i] == NULL) continue;
        if (a->children[i]->release != NULL) a->children[i]->release(a->children[i]);
        free(a->children[i]);
    }
    if (a->dictionary != NULL) {
        if (a->dictionary->release != NULL) a->dictionary->release(a->dictionary);
        free(a->dictionary);
    }
    holding *h = a->private_data;
    for (int i = 0; h != NULL && i < 3; i++) free(h->buffers[i]);
    free(h);
    free(a->children);
    a->release = NULL;
}

/* The words as an array of utf8. */
static dk_status put_words(const char *const *words, dk_arrow_content *c, dk_error *err) {
    size_t n = 0, bytes = 0;
    for (; words[n] != NULL; n++) bytes += strlen(words[n]);
    int32_t *offsets = malloc((n + 1) * sizeof *offsets);
    char *text = malloc(bytes + 1);
    *c = (dk_arrow_content){(int64_t)n, offsets, text};
    if (offsets == NULL || text == NULL) return dk_fail_memory(err);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(words[i]);
        offsets[i] = (int32_t)at;
        memcpy(text + at, words[i], len);
        at += len;
    }
    offsets[n] = (int32_t)at;
    return DK_OK;
}

dk_status dk_arrow_make_array(const dk_arrow_field *f, dk_arrow_content **content, struct ArrowArray *a, dk_error *err) {
    dk_arrow_content *mine = (*content)++;
    holding *h = calloc(1, sizeof *h);
    *a = (struct ArrowArray){.length = mine->length, .n_buffers = 1, .release = release_array, .private_data = h};
    dk_status status = h != NULL ? DK_OK : dk_fail_memory(err);
    if (h != NULL) {
        h->buffers[1] = mine->values;
        h->buffers[2] = mine->bytes;
        for (int i = 0; i < 3; i++) h->shown[i] = h->buffers[i];
        a->buffers = h->shown;
    } else {
        free(mine->values);
        free(mine->bytes);
    }
    if (strcmp(f->format, "+s") != 0) a->n_buffers = strcmp(f->format, "u") == 0 ? 3 : 2;
    if (status == DK_OK && f->words != NULL) {
        const dk_arrow_field words = {"", "u", NULL, NULL, 0};
        dk_arrow_content text = {0}, *at = &text;
        a->dictionary = calloc(1, sizeof *a->dictionary);
        status = put_words(f->words, &text, err);
        if (a->dictionary == NULL) {
            free(text.values);
            free(text.bytes);
            status = dk_fail_memory(err);
        } else {
            dk_status made = dk_arrow_make_array(&words, &at, a->dictionary, err);
            if (status == DK_OK) status = made;
        }
    }
    if (f->nchildren > 0) a->children = calloc((size_t)f->nchildren, sizeof *a->children);
    if (f->nchildren > 0 && a->children == NULL) status = dk_fail_memory(err);
    for (int i = 0; i < f->nchildren; i++) { /* all of them, as they take over their buffers also when something failed */
        struct ArrowArray spare, *child = a->children != NULL ? calloc(1, sizeof *child) : NULL;
        dk_status made = dk_arrow_make_array(&f->children[i], content, child != NULL ? child : &spare, err);
        if (child == NULL) {
            if (made == DK_OK) spare.release(&spare);
            status = status == DK_OK ? dk_fail_memory(err) : status;
            continue;
        }
        a->children[i] = child;
        a->n_children = i + 1;
        if (status == DK_OK) status = made;
    }
    if (status != DK_OK) release_array(a);
    return status;
}
