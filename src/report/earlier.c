#include "report/earlier.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "io/json_read.h"
#include "lexicon/tsv.h"

static dk_status stamp_of_json(const char *path, char stamp[40], dk_error *err) {
    dk_buf text;
    dk_json_value *root = NULL;
    dk_buf_init(&text);
    dk_status status = dk_file_read(path, &text, err);
    if (status == DK_OK) status = dk_json_parse(&root, path, (dk_str){text.ptr, text.len}, err);
    const char *found = status == DK_OK ? dk_json_str(dk_json_get(root, "stamp")) : NULL;
    if (found != NULL) snprintf(stamp, 40, "%.32s", found);
    dk_json_free(root);
    dk_buf_dispose(&text);
    return status;
}

static dk_status stamp_of_plan(const char *path, char stamp[40], dk_error *err) {
    static const char *const columns[] = {"key", "value", NULL};
    dk_tsv tsv;
    dk_str cells[DK_TSV_COLUMNS];
    dk_status status = dk_tsv_open(&tsv, path, columns, 2, err);
    if (status != DK_OK) return status;
    for (bool end = false; status == DK_OK && !end;) {
        status = dk_tsv_next(&tsv, cells, &end, err);
        if (status == DK_OK && !end && dk_str_is(cells[0], "version"))
            snprintf(stamp, 40, "%.*s", (int)(cells[1].len < 32 ? cells[1].len : 32), cells[1].ptr);
    }
    dk_tsv_dispose(&tsv);
    return status;
}

static bool is_plan(const char *path) {
    size_t len = strlen(path);
    return len > 4 && strcmp(path + len - 4, ".tsv") == 0;
}

dk_status dk_report_stamp(const char *path, char stamp[40], dk_error *err) {
    stamp[0] = '\0';
    if (!dk_is_folder(path))
        return is_plan(path) ? stamp_of_plan(path, stamp, err) : stamp_of_json(path, stamp, err);
    char *json = dk_path_join(path, "report.json"), *plan = dk_path_join(path, "plan.tsv");
    dk_status status = DK_OK;
    if (json == NULL || plan == NULL)
        status = dk_fail_memory(err);
    else if (dk_file_exists(json))
        status = stamp_of_json(json, stamp, err);
    else if (dk_file_exists(plan))
        status = stamp_of_plan(plan, stamp, err);
    else
        status = dk_fail_at(err, DK_EIO, path, 0, 0, "neither report.json nor plan.tsv is in this folder");
    free(json);
    free(plan);
    return status;
}

dk_status dk_report_note_earlier(dk_study_result *r, const char *path, bool *same, dk_error *err) {
    char stamp[40], text[700];
    dk_status status = dk_report_stamp(path, stamp, err);
    *same = status == DK_OK && strcmp(stamp, r->stamp) == 0;
    if (status != DK_OK || *same) return status;
    snprintf(
        text, sizeof text,
        "The earlier report %.300s was made with other lexicons, models, dictionaries or another program "
        "(stamp %.8s, here %.8s): what "
        "differs in themes and sentiment may come from that. Analyse the earlier data anew before comparing.",
        path, *stamp != '\0' ? stamp : "missing", r->stamp);
    dk_note *notes = dk_arena_alloc(&r->arena, (r->nnotes + 1) * sizeof *notes);
    char *copy = dk_arena_strdup(&r->arena, text, strlen(text));
    if (notes == NULL || copy == NULL) return dk_fail_memory(err);
    if (r->nnotes > 0) memcpy(notes, r->notes, r->nnotes * sizeof *notes);
    notes[r->nnotes++] = (dk_note){DK_NOTE_DATA, copy};
    r->notes = notes;
    return DK_OK;
}
