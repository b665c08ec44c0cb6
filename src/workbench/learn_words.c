#include "workbench/learn_words.h"

#include "base/file.h"
#include "base/intern.h"
#include "text/utf8.h"

typedef struct list_line {
    dk_str word;
    uint64_t count;
} list_line;

/* Moves *at over the list to the next line that is not empty; *more is false at its end. */
static dk_status next_line(const char *path, const dk_buf *list, size_t *at, int64_t *number, list_line *line,
                           bool *more, dk_error *err) {
    *more = false;
    while (*at < list->len && !*more) {
        const char *start = list->ptr + *at, *end = memchr(start, '\n', list->len - *at);
        size_t len = end != NULL ? (size_t)(end - start) : list->len - *at, i = 0;
        *at += len + 1;
        ++*number;
        if (len > 0 && start[len - 1] == '\r') len--;
        if (len == 0) continue;
        while (i < len && start[i] != ' ' && start[i] != '\t') i++;
        *line = (list_line){{start, i}, 0};
        size_t digits = i + 1;
        for (size_t k = digits; k < len; k++) {
            if (start[k] < '0' || start[k] > '9' || k - digits > 15) digits = len;
            line->count = line->count * 10 + (uint64_t)(start[k] - '0');
        }
        if (i == 0 || digits >= len)
            return dk_fail_at(err, DK_EDATA, path, *number, (int64_t)i + 2,
                              "expected a word, a blank and a count");
        *more = true;
    }
    return DK_OK;
}

static bool is_word(dk_str text) {
    bool hyphen = true; /* none at the beginning, none after another */
    for (size_t at = 0; at < text.len;) {
        unsigned size;
        uint32_t c = dk_utf8_decode(text.ptr, text.len, at, &size);
        if (c == '-' ? hyphen : dk_utf8_class(c) != DK_CHAR_LETTER) return false;
        hyphen = c == '-';
        at += size;
    }
    return !hyphen;
}

dk_status dk_learn_words(const dk_learn_words_options *options, dk_buf *model, size_t *words, dk_error *err) {
    const char *source = options->source != NULL ? options->source : dk_path_name(options->list);
    uint64_t all = 0;
    int64_t number = 0;
    list_line line;
    bool more;
    dk_buf list, folded;
    dk_intern seen;
    dk_buf_init(&list);
    dk_buf_init(&folded);
    dk_intern_init(&seen);
    dk_buf_clear(model);
    dk_status status = dk_file_read(options->list, &list, err);
    for (size_t at = 0; status == DK_OK;) {
        status = next_line(options->list, &list, &at, &number, &line, &more, err);
        if (status != DK_OK || !more) break;
        all += line.count;
    }
    dk_buf_putf(
        model,
        "# Words of %s and how often each occurs in 100 million words.\n"
        "# from: %s; words of letters and hyphens, counts scaled\n"
        "# when: %s; licence: CC BY-SA 4.0, as its source; made by: drivkraft learn words --language %s\n"
        "word\tcount\n",
        options->language, source, options->date != NULL ? options->date : "-", options->language);
    number = 0;
    for (size_t at = 0; status == DK_OK;) {
        status = next_line(options->list, &list, &at, &number, &line, &more, err);
        if (status != DK_OK || !more) break;
        dk_buf_clear(&folded);
        status = dk_utf8_fold(&folded, line.word.ptr, line.word.len, err);
        if (status != DK_OK) break;
        dk_str word = {folded.ptr, folded.len};
        if (word.len == 0 || !is_word(word) || dk_intern_find(&seen, word) != DK_NO_ID) continue;
        if (dk_intern_add(&seen, word) == DK_NO_ID) status = dk_fail_memory(err);
        double scaled = 1e8 * (double)line.count / (double)all + 0.5;
        dk_buf_put(model, word.ptr, word.len);
        dk_buf_putf(model, "\t%lld\n", scaled < 1 ? 1LL : (long long)scaled);
    }
    *words = seen.count;
    dk_buf_dispose(&list);
    dk_buf_dispose(&folded);
    dk_intern_dispose(&seen);
    return status == DK_OK ? dk_buf_status(model, err) : status;
}
