#include "workbench/learn_sentiment_recipe.h"

#include <stdlib.h>

#include "base/file.h"
#include "lexicon/tsv.h"

enum { SCALE, FILE_NAME, TEXT, LABEL, WEIGHT, OTHER, LANGUAGE, COLUMNS };

static const char *keep(dk_sentiment_recipe *r, dk_str text) {
    return text.len == 0 ? NULL : dk_arena_strdup(&r->arena, text.ptr, text.len);
}

/* folder/name in the arena; NULL when memory ran out. */
static const char *place(dk_sentiment_recipe *r, const char *folder, dk_str name) {
    char *copy = dk_arena_strdup(&r->arena, name.ptr, name.len);
    char *path = copy != NULL ? dk_path_join(folder, copy) : NULL;
    char *kept = path != NULL ? dk_arena_strdup(&r->arena, path, strlen(path)) : NULL;
    free(path);
    return kept;
}

static dk_status add_transfer(dk_sentiment_recipe *r, const dk_tsv *tsv, const char *folder, const dk_str *cells,
                              double weight, dk_error *err) {
    dk_transfer_source t = {.weight = weight, .path = place(r, folder, cells[FILE_NAME]), .text = keep(r, cells[TEXT])};
    bool aligned = dk_str_is(cells[SCALE], "transfer");
    if (!dk_language_from_name(cells[LANGUAGE], &t.language) || t.language == DK_LANG_OTHER)
        return dk_tsv_fail(tsv, cells[LANGUAGE].ptr, err, "sv, da or en was expected as the language to carry over from");
    if (aligned && (cells[OTHER].len == 0 || cells[LABEL].len == 0))
        return dk_tsv_fail(tsv, cells[OTHER].ptr, err, "transfer needs label and other");
    if (aligned) {
        t.other = place(r, folder, cells[OTHER]);
        t.key = keep(r, cells[LABEL]);
    }
    if (t.path == NULL || (aligned && (t.other == NULL || t.key == NULL)) ||
        !dk_grow(&r->transfers, &r->transfers_cap, r->ntransfers + 1))
        return dk_fail_memory(err);
    if (t.text == NULL) return dk_tsv_fail(tsv, cells[TEXT].ptr, err, "the column of the texts is missing");
    r->transfers[r->ntransfers++] = t;
    return DK_OK;
}

static dk_status add_source(dk_sentiment_recipe *r, const dk_tsv *tsv, const char *folder, const dk_str *cells,
                            double weight, dk_error *err) {
    dk_sentiment_source s = {.weight = weight, .tsv = true};
    if (!dk_scale_from_name(cells[SCALE], &s.scale))
        return dk_tsv_fail(tsv, cells[SCALE].ptr, err, "no scale %.*s", (int)cells[SCALE].len, cells[SCALE].ptr);
    s.path = place(r, folder, cells[FILE_NAME]);
    s.text = keep(r, cells[TEXT]);
    s.label = s.scale < DK_SCALE_NEUTRAL ? keep(r, cells[LABEL]) : NULL;
    if (s.path == NULL || !dk_grow(&r->sources, &r->sources_cap, r->nsources + 1)) return dk_fail_memory(err);
    if (s.text == NULL || (s.scale < DK_SCALE_NEUTRAL && s.label == NULL))
        return dk_tsv_fail(tsv, cells[TEXT].ptr, err, "the columns of the texts and of their labels are needed");
    r->sources[r->nsources++] = s;
    return DK_OK;
}

dk_status dk_sentiment_recipe_read(dk_sentiment_recipe *r, const char *path, const char *folder, dk_error *err) {
    static const char *const names[] = {"scale", "file", "text", "label", "weight", "other", "language", NULL};
    memset(r, 0, sizeof *r);
    dk_buf_init(&r->note);
    dk_tsv tsv;
    dk_status status = dk_tsv_open(&tsv, path, names, 3, err);
    if (status != DK_OK) return status;
    dk_str cells[DK_TSV_COLUMNS];
    for (bool end = false; status == DK_OK;) {
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (status != DK_OK || end) break;
        double weight = 1;
        status = dk_tsv_number(&tsv, cells[WEIGHT], "a weight", 0, 100, &weight, err);
        if (status != DK_OK) break;
        if (dk_str_is(cells[SCALE], "note")) {
            dk_buf_puts(&r->note, "# ");
            dk_buf_put(&r->note, cells[TEXT].ptr, cells[TEXT].len);
            dk_buf_putc(&r->note, '\n');
        } else if (dk_str_is(cells[SCALE], "transfer") || dk_str_is(cells[SCALE], "cognates")) {
            status = add_transfer(r, &tsv, folder, cells, weight, err);
        } else {
            status = add_source(r, &tsv, folder, cells, weight, err);
        }
    }
    if (status == DK_OK) status = dk_buf_status(&r->note, err);
    dk_tsv_dispose(&tsv);
    return status;
}

void dk_sentiment_recipe_dispose(dk_sentiment_recipe *r) {
    free(r->sources);
    free(r->transfers);
    dk_buf_dispose(&r->note);
    dk_arena_dispose(&r->arena);
}
