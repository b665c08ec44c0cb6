#include "tag/each.h"

#include "tag/inspect.h"

/* Tags some rows from `first` on; *taken is how many. */
static dk_status tag_some(dk_session *session, const dk_tag_rows *rows, size_t first, size_t *taken, dk_error *err) {
    dk_str texts[DK_TOGETHER];
    dk_comment comments[DK_TOGETHER];
    size_t n = 0, most = rows->customer != NULL ? 1 : DK_TOGETHER;
    for (; n < most && first + n < rows->count; n++) texts[n] = rows->text(rows->context, first + n);
    if (rows->customer != NULL) dk_session_set_customer(session, rows->customer(rows->context, first));
    dk_status status = dk_session_tag_some(session, texts, n, comments, taken, err);
    for (size_t k = 0; status == DK_OK && k < *taken; k++) {
        dk_inspect_comment(session, k);
        status = rows->take(rows->context, first + k, texts[k], &comments[k], err);
    }
    return status;
}

dk_status dk_tag_each(dk_session *session, const dk_tag_rows *rows, dk_error *err) {
    dk_status status = DK_OK;
    for (size_t row = 0, taken; status == DK_OK && row < rows->count; row += taken) status = tag_some(session, rows, row, &taken, err);
    return status;
}
