#include "study/drivers_input.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pipeline.h"
#include "io/cell.h"

/* ---- Columns ---- */

static dk_status put_name(dk_drivers_data *d, const char ***names, size_t *count, dk_str name,
                          dk_error *err) {
    const char **more = dk_arena_alloc(&d->arena, (*count + 1) * sizeof *more);
    char *copy = dk_arena_strdup(&d->arena, name.ptr, name.len);
    if (more == NULL || copy == NULL) return dk_fail_memory(err);
    if (*count > 0) memcpy(more, *names, *count * sizeof *more);
    more[*count] = copy;
    *names = more;
    ++*count;
    return DK_OK;
}

/* Whether the table has a column of exactly this name, which then wins over any reading of commas and signs. */
static bool has_column(const dk_reader *r, dk_str name) {
    for (size_t j = 0; j < dk_reader_columns(r); j++)
        if (dk_str_eq(dk_reader_column_name(r, j), name)) return true;
    return false;
}

/* Cuts the next piece off at one of the separators. */
static dk_str next_piece(dk_str *rest, const char *separators) {
    size_t n = 0;
    while (n < rest->len && strchr(separators, rest->ptr[n]) == NULL) n++;
    dk_str piece = {rest->ptr, n};
    rest->ptr += n;
    rest->len -= n;
    if (rest->len > 0) rest->ptr++, rest->len--;
    return dk_cell_trim(piece);
}

static dk_status put_predictor(dk_drivers_data *d, dk_str name, uint32_t group, dk_error *err) {
    uint32_t *more = dk_arena_alloc(&d->arena, (d->npredictors + 1) * sizeof *more);
    if (more == NULL) return dk_fail_memory(err);
    if (d->npredictors > 0) memcpy(more, d->group_of, d->npredictors * sizeof *more);
    more[d->npredictors] = group;
    d->group_of = more;
    return put_name(d, &d->predictors, &d->npredictors, name, err);
}

/* Puts the next group into a stage, made when it is new. */
static dk_status put_stage(dk_drivers_data *d, dk_str name, dk_error *err) {
    uint32_t *more = dk_arena_alloc(&d->arena, (d->ngroups + 1) * sizeof *more), stage = 0;
    if (more == NULL) return dk_fail_memory(err);
    if (d->ngroups > 0) memcpy(more, d->stage_of, d->ngroups * sizeof *more);
    while (stage < d->nstages && !dk_str_is(name, d->stages[stage])) stage++;
    more[d->ngroups] = stage;
    d->stage_of = more;
    return stage < d->nstages ? DK_OK : put_name(d, &d->stages, &d->nstages, name, err);
}

/* A column, GROUP=A+B, STAGE/COLUMN or STAGE/GROUP=A+B. What has no stage is a stage of its own. */
static dk_status put_item(dk_drivers_data *d, const dk_reader *r, dk_str item, bool *nested, dk_error *err) {
    bool whole = has_column(r, item);
    const char *equals = whole ? NULL : memchr(item.ptr, '=', item.len);
    dk_str name = item, members = item, stage = {0};
    if (equals != NULL) {
        name = dk_cell_trim((dk_str){item.ptr, (size_t)(equals - item.ptr)});
        members = (dk_str){equals + 1, (size_t)(item.ptr + item.len - equals - 1)};
    }
    const char *slash = whole || name.len == 0 ? NULL : memchr(name.ptr, '/', name.len);
    if (slash != NULL) {
        stage = dk_cell_trim((dk_str){name.ptr, (size_t)(slash - name.ptr)});
        name = dk_cell_trim((dk_str){slash + 1, (size_t)(name.ptr + name.len - slash - 1)});
        if (stage.len == 0 || name.len == 0)
            return dk_fail(err, DK_EUSAGE, "--predictors %.*s: STAGE/GROUP=A+B was expected", (int)item.len,
                           item.ptr);
        *nested = true;
    }
    if (name.len == 0) return dk_fail(err, DK_EUSAGE, "--predictors: a name is missing before =");
    for (size_t g = 0; g < d->ngroups; g++)
        if (dk_str_is(name, d->groups[g]))
            return dk_fail(err, DK_EUSAGE, "--predictors: %s occurs twice", d->groups[g]);
    uint32_t group = (uint32_t)d->ngroups;
    dk_status status = put_stage(d, stage.len > 0 ? stage : name, err);
    if (status == DK_OK) status = put_name(d, &d->groups, &d->ngroups, name, err);
    if (equals == NULL) return status == DK_OK ? put_predictor(d, name, group, err) : status;
    size_t before = d->npredictors;
    while (members.len > 0 && status == DK_OK) {
        dk_str member = next_piece(&members, "+");
        if (member.len > 0) status = put_predictor(d, member, group, err);
    }
    if (status == DK_OK && d->npredictors == before)
        status = dk_fail(err, DK_EUSAGE, "--predictors: group %s has no columns", d->groups[group]);
    return status;
}

static dk_status name_columns(const dk_drivers_spec *spec, const dk_reader *r, dk_drivers_data *d,
                              dk_error *err) {
    dk_status status = DK_OK;
    bool nested = false;
    for (size_t i = 0; i < spec->npredictors && status == DK_OK; i++) {
        dk_str rest = dk_str_from(spec->predictors[i]);
        if (has_column(r, rest)) {
            status = put_item(d, r, rest, &nested, err);
            continue;
        }
        while (rest.len > 0 && status == DK_OK) {
            dk_str item = next_piece(&rest, ",|");
            if (item.len > 0) status = put_item(d, r, item, &nested, err);
        }
    }
    for (size_t i = 0; i < spec->ncontrols && status == DK_OK; i++) {
        dk_str rest = dk_str_from(spec->controls[i]);
        bool whole = has_column(r, rest);
        while (rest.len > 0 && status == DK_OK) {
            dk_str item = whole ? rest : next_piece(&rest, ",|");
            if (whole) rest.len = 0;
            if (item.len > 0) status = put_name(d, &d->controls, &d->ncontrols, item, err);
        }
    }
    if (!nested) d->nstages = 0;
    if (status == DK_OK && d->npredictors == 0)
        status = dk_fail(err, DK_EUSAGE, "no predictors: --predictors A,B");
    for (size_t i = 0, plain = d->ncontrols; spec->indicator && i < plain && status == DK_OK;
         i++, d->nindicators++) {
        dk_buf name;
        dk_buf_init(&name);
        dk_buf_putf(&name, "%s missing", d->controls[i]);
        status = put_name(d, &d->controls, &d->ncontrols, dk_str_from(dk_buf_cstr(&name)), err);
        dk_buf_dispose(&name);
    }
    return status;
}

/* Which cells of a selected row are what: numbers first, then weight, cluster, second cluster, segment (-1: none). */
typedef struct layout {
    size_t numbers,
        plain; /* numbers of a row, and those that are read: indicators of missing controls follow */
    int weight, cluster, cluster2, absorb, segment;
} layout;

static dk_status select_columns(const dk_drivers_spec *spec, dk_reader *r, dk_drivers_data *d, layout *l,
                                dk_error *err) {
    size_t n = 0, most = d->npredictors + d->ncontrols + 6;
    size_t *at = malloc(most * sizeof *at);
    if (at == NULL) return dk_fail_memory(err);
    dk_status status = dk_reader_find_column(r, spec->outcome, "--outcome", &at[n++], err);
    for (size_t i = 0; i < d->npredictors && status == DK_OK; i++)
        status = dk_reader_find_column(r, d->predictors[i], "--predictors", &at[n++], err);
    for (size_t i = 0; i < d->ncontrols - d->nindicators && status == DK_OK; i++)
        status = dk_reader_find_column(r, d->controls[i], "--controls", &at[n++], err);
    l->plain = n;
    l->numbers = n + d->nindicators;
    const struct {
        const char *name, *option;
        int *place;
    } more[] = {{spec->weight, "--weight", &l->weight},
                {spec->cluster, "--cluster", &l->cluster},
                {spec->cluster2, "--cluster2", &l->cluster2},
                {spec->absorb, "--absorb", &l->absorb},
                {spec->segment, "--segment", &l->segment}};
    for (size_t i = 0; i < 5 && status == DK_OK; i++) {
        *more[i].place = -1;
        if (more[i].name == NULL) continue;
        *more[i].place = (int)n;
        status = dk_reader_find_column(r, more[i].name, more[i].option, &at[n++], err);
    }
    for (size_t i = 1; i < l->plain && status == DK_OK; i++)
        for (size_t j = 0; j < i; j++)
            if (at[i] == at[j])
                status =
                    dk_fail(err, DK_EUSAGE, "column %.*s is asked for twice",
                            (int)dk_reader_column_name(r, at[i]).len, dk_reader_column_name(r, at[i]).ptr);
    if (status == DK_OK) status = dk_reader_select(r, at, n, err);
    free(at);
    return status;
}

/* ---- Segments ---- */

dk_status dk_drivers_segment_rows(dk_drivers_data *d, dk_str name, dk_rows **rows, dk_error *err) {
    for (size_t s = 0; s < d->nsegments; s++) {
        if (!dk_str_eq(d->segments[s].name, name)) continue;
        *rows = d->segments[s].rows;
        return DK_OK;
    }
    if (d->nsegments > 200) {
        dk_fail(err, DK_EDATA, "more than 200 different segments");
        dk_error_remedy(err, "is --segment the column you meant?");
        return DK_EDATA;
    }
    char *copy = dk_arena_strdup(&d->arena, name.ptr, name.len);
    if (copy == NULL || !dk_grow(&d->segments, &d->cap, d->nsegments + 1)) return dk_fail_memory(err);
    dk_drivers_segment *s = &d->segments[d->nsegments];
    s->name = (dk_str){copy, name.len};
    dk_status status = dk_rows_new(&d->shape, &s->rows, err);
    if (status != DK_OK) return status;
    d->nsegments++;
    *rows = s->rows;
    return DK_OK;
}

static int by_name(const void *a, const void *b) {
    return dk_str_compare(((const dk_drivers_segment *)a)->name, ((const dk_drivers_segment *)b)->name);
}

void dk_drivers_sort(dk_drivers_data *d) {
    if (d->nsegments > 1) qsort(d->segments, d->nsegments, sizeof *d->segments, by_name);
}

dk_status dk_drivers_frame(const dk_drivers_data *d, size_t segment, dk_frame *f, dk_error *err) {
    *f = (dk_frame){.rows = d->segments[segment].rows,
                    .unit = calloc(1, (d->npredictors + d->ncontrols + 2) * sizeof *f->unit +
                                          d->ncontrols * (sizeof(size_t) + sizeof(char *))),
                    .npredictors = d->npredictors,
                    .ncontrols = d->ncontrols,
                    .ngroups = d->ngroups,
                    .predictors = d->predictors,
                    .controls = d->controls,
                    .group_of = d->group_of,
                    .groups = d->groups,
                    .stage_of = d->nstages > 0 ? d->stage_of : NULL,
                    .stages = d->stages,
                    .nstages = d->nstages};
    if (f->unit == NULL) return dk_fail_memory(err);
    /* Indicators that nothing in these rows needs are no columns. */
    size_t *at = (size_t *)(void *)(f->unit + d->npredictors + d->ncontrols + 2);
    const char **names = (const char **)(void *)(at + d->ncontrols);
    f->ncontrols = 0;
    for (size_t i = 0; i < d->ncontrols; i++) {
        size_t column = d->npredictors + 1 + i;
        if (i + d->nindicators >= d->ncontrols && dk_rows_nonzero(f->rows, column) == 0) continue;
        names[f->ncontrols] = d->controls[i];
        at[f->ncontrols++] = column;
    }
    f->control_at = at;
    f->controls = names;
    dk_frame_settle(f);
    return DK_OK;
}

void dk_drivers_data_dispose(dk_drivers_data *d) {
    for (size_t s = 0; s < d->nsegments; s++) dk_rows_free(d->segments[s].rows);
    free(d->segments);
    dk_arena_dispose(&d->arena);
    memset(d, 0, sizeof *d);
}

/* ---- Rows ---- */

enum { KEPT, MISSING, UNREADABLE };

/* A block with its cells as numbers, parsed on any thread. */
typedef struct batch {
    dk_block *block;
    int64_t *mantissas; /* rows x numbers */
    uint8_t *decimals, *state;
    size_t *bad; /* for a row left out its first cell that is missing or no number */
    int64_t *weights;
    uint8_t *weight_decimals;
    size_t cap;
} batch;

typedef struct reading {
    const dk_drivers_watch *watch;
    dk_reader *reader;
    dk_drivers_data *data;
    const char *as;
    const dk_drivers_spec *spec;
    layout at;
} reading;

static dk_status produce(void *context, void *item, bool *done, dk_error *err) {
    reading *r = context;
    return dk_reader_read_block(r->reader, ((batch *)item)->block, done, err);
}

static dk_status batch_reserve(batch *b, size_t rows, size_t numbers, dk_error *err) {
    if (rows <= b->cap) return DK_OK;
    free(b->mantissas);
    free(b->bad);
    b->cap = 0;
    b->mantissas = malloc(rows * (numbers + 1) * sizeof(int64_t) + rows * (numbers + 2));
    b->bad = malloc(rows * sizeof *b->bad);
    if (b->mantissas == NULL || b->bad == NULL) return dk_fail_memory(err);
    b->weights = b->mantissas + rows * numbers;
    b->decimals = (uint8_t *)(b->weights + rows);
    b->state = b->decimals + rows * numbers;
    b->weight_decimals = b->state + rows;
    b->cap = rows;
    return DK_OK;
}

static void parse_row(const reading *r, batch *b, size_t i) {
    size_t n = r->at.numbers;
    const dk_block *block = b->block;
    b->state[i] = KEPT;
    b->weights[i] = 1;
    b->weight_decimals[i] = 0;
    const int others[] = {r->at.weight, r->at.cluster, r->at.cluster2, r->at.absorb};
    for (size_t k = 4; k-- > 0;)
        if (others[k] >= 0 && dk_cell_missing(dk_block_cell(block, i, (size_t)others[k]))) {
            b->state[i] = MISSING;
            b->bad[i] = (size_t)others[k];
        }
    for (size_t j = r->at.plain; j < n; j++) b->mantissas[i * n + j] = b->decimals[i * n + j] = 0;
    for (size_t j = 0; j < r->at.plain; j++) {
        dk_str cell = dk_block_cell(block, i, j);
        if (dk_decimal_parse(cell, &b->mantissas[i * n + j], &b->decimals[i * n + j]) &&
            (j > 0 || dk_drivers_transform(r->as, &b->mantissas[i * n], &b->decimals[i * n])))
            continue;
        if (dk_cell_missing(cell) && r->at.plain < n && j > r->data->npredictors) {
            b->mantissas[i * n + j] = b->decimals[i * n + j] = 0;
            b->mantissas[i * n + r->at.plain + j - 1 - r->data->npredictors] = 1;
            continue;
        }
        if (dk_cell_missing(cell)) {
            if (b->state[i] == KEPT) b->bad[i] = j;
            b->state[i] = MISSING;
            continue;
        }
        b->state[i] = UNREADABLE;
        b->bad[i] = j;
        return;
    }
    if (r->at.weight < 0 || b->state[i] != KEPT) return;
    dk_str cell = dk_block_cell(block, i, (size_t)r->at.weight);
    if (!dk_decimal_parse(cell, &b->weights[i], &b->weight_decimals[i]) || b->weights[i] < 0) {
        b->state[i] = UNREADABLE;
        b->bad[i] = (size_t)r->at.weight;
    }
    /* Weights are kept to 2^30: a long one loses its last decimals. */
    while (b->weights[i] > (int64_t)1 << 30 && b->weight_decimals[i] > 0)
        b->weights[i] /= 10, b->weight_decimals[i]--;
}

static dk_status parse(void *context, void *worker, void *item, dk_error *err) {
    reading *r = context;
    batch *b = item;
    (void)worker;
    dk_status status = dk_reader_parse(r->reader, b->block, err);
    if (status == DK_OK) status = batch_reserve(b, b->block->rows, r->at.numbers, err);
    for (size_t i = 0; status == DK_OK && i < b->block->rows; i++) parse_row(r, b, i);
    return status;
}

/* Names of the columns that rows can be lost to, in the order of selection; they stay when the spec is gone. */
static dk_status name_lost(reading *r, dk_error *err) {
    dk_drivers_data *d = r->data;
    const dk_drivers_spec *s = r->spec;
    const char *const more[] = {s->weight, s->cluster, s->cluster2, s->absorb};
    dk_status status = put_name(d, &d->lost_names, &d->nlost, dk_str_from(s->outcome), err);
    for (size_t i = 0; i < d->npredictors && status == DK_OK; i++)
        status = put_name(d, &d->lost_names, &d->nlost, dk_str_from(d->predictors[i]), err);
    for (size_t i = 0; i + d->nindicators < d->ncontrols && status == DK_OK; i++)
        status = put_name(d, &d->lost_names, &d->nlost, dk_str_from(d->controls[i]), err);
    for (size_t i = 0; i < 4 && status == DK_OK; i++)
        if (more[i] != NULL) status = put_name(d, &d->lost_names, &d->nlost, dk_str_from(more[i]), err);
    if (status == DK_OK && (d->lost = dk_arena_calloc(&d->arena, 2 * d->nlost, sizeof *d->lost)) == NULL) status = dk_fail_memory(err);
    return status;
}

static void say(const reading *r, const char *format, ...) DK_PRINTF(2, 3);
static void say(const reading *r, const char *format, ...) {
    if (r->watch->say == NULL) return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    r->watch->say(r->watch->context, text);
}

enum { MOST_SHOWN = 24 }; /* longer is a text, perhaps a comment: that has no place in a log */

static void tell_unreadable(const reading *r, const batch *b, size_t i) {
    size_t j = b->bad[i];
    dk_str cell = dk_block_cell(b->block, i, j);
    int64_t mantissa;
    uint8_t decimals;
    const char *why = "is no number";
    if (dk_decimal_parse(cell, &mantissa, &decimals))
        why = (int)j == r->at.weight      ? "is negative, which a weight cannot be"
              : strcmp(r->as, "log") == 0 ? "has no logarithm: it is not above 0"
                                          : "is no score of 0 to 10";
    const char *where = dk_reader_source(r->reader);
    long long line = (long long)b->block->row[i].line;
    if (cell.len <= MOST_SHOWN) say(r, "%s:%lld: %s %s: %.*s", where, line, r->data->lost_names[j], why, (int)cell.len, cell.ptr);
    else say(r, "%s:%lld: %s %s but a text of %zu bytes", where, line, r->data->lost_names[j], why, cell.len);
}

static dk_status deliver(void *context, void *item, dk_error *err) {
    reading *r = context;
    const batch *b = item;
    dk_drivers_data *d = r->data;
    size_t n = r->at.numbers;
    dk_status status = DK_OK;
    d->rejected += (int64_t)b->block->nrejects;
    for (size_t i = 0; i < b->block->nrejects && d->rejected == (int64_t)b->block->nrejects && i < 3; i++)
        say(r, "%s:%lld:%lld: %s", dk_reader_source(r->reader),
            (long long)b->block->rejects[i].line, (long long)b->block->rejects[i].column,
                    b->block->rejects[i].reason);
    for (size_t i = 0; i < b->block->rows && status == DK_OK; i++) {
        d->read++;
        d->missing += b->state[i] == MISSING;
        if (b->state[i] != KEPT) d->lost[(b->state[i] == MISSING ? 0 : d->nlost) + b->bad[i]]++;
        if (b->state[i] == UNREADABLE && d->unreadable++ < 3) tell_unreadable(r, b, i);
        if (b->state[i] != KEPT) continue;
        dk_rows_record row = {.values = b->mantissas + i * n,
                              .decimals = b->decimals + i * n,
                              .weight = b->weights[i],
                              .weight_decimals = b->weight_decimals[i]};
        dk_str cluster = r->at.cluster >= 0 ? dk_cell_trim(dk_block_cell(b->block, i, (size_t)r->at.cluster))
                                            : (dk_str){"", 0};
        dk_str second = r->at.cluster2 >= 0 ? dk_cell_trim(dk_block_cell(b->block, i, (size_t)r->at.cluster2))
                                            : (dk_str){"", 0};
        row.cluster = dk_hash(cluster.ptr, cluster.len);
        row.cluster2 = dk_hash(second.ptr, second.len);
        dk_str fixed = r->at.absorb >= 0 ? dk_cell_trim(dk_block_cell(b->block, i, (size_t)r->at.absorb))
                                         : (dk_str){"", 0};
        row.fixed = dk_hash(fixed.ptr, fixed.len);
        status = dk_rows_add(d->segments[0].rows, &row, err);
        if (r->at.segment < 0 || status != DK_OK) continue;
        dk_str segment = dk_cell_trim(dk_block_cell(b->block, i, (size_t)r->at.segment));
        dk_rows *rows;
        if (dk_cell_missing(segment)) continue;
        status = dk_drivers_segment_rows(d, segment, &rows, err);
        if (status == DK_OK) status = dk_rows_add(rows, &row, err);
    }
    int64_t taken, total;
    dk_reader_progress(r->reader, &taken, &total);
    if (r->watch->progress != NULL) r->watch->progress(r->watch->context, "reading", taken, total);
    return status;
}

static dk_status read_rows(reading *r, dk_error *err) {
    int threads = r->watch->threads > 1 ? r->watch->threads : 1, nitems = dk_pipeline_items(threads);
    batch *batches = calloc((size_t)nitems, sizeof *batches);
    void **items = calloc((size_t)(nitems + threads), sizeof *items);
    dk_status status = batches == NULL || items == NULL ? dk_fail_memory(err) : DK_OK;
    for (int i = 0; i < nitems && status == DK_OK; i++) {
        items[i] = &batches[i];
        batches[i].block = dk_block_new();
        if (batches[i].block == NULL) status = dk_fail_memory(err);
    }
    dk_pipeline p = {r, produce, parse, deliver, items, items != NULL ? items + nitems : NULL, threads};
    if (status == DK_OK) status = dk_pipeline_run(&p, err);
    for (int i = 0; i < nitems && batches != NULL; i++) {
        dk_block_free(batches[i].block);
        free(batches[i].mantissas);
        free(batches[i].bad);
    }
    free(batches);
    free(items);
    return status;
}

const char *dk_drivers_lost_most(const dk_drivers_data *d, bool unreadable, int64_t *count) {
    const int64_t *lost = unreadable ? d->lost + d->nlost : d->lost;
    size_t most = 0;
    *count = 0;
    if (d->nlost == 0) return NULL;
    for (size_t j = 1; j < d->nlost; j++)
        if (lost[j] > lost[most]) most = j;
    *count = lost[most];
    return *count > 0 ? d->lost_names[most] : NULL;
}

static dk_status none_usable(const reading *r, dk_error *err) {
    const dk_drivers_data *d = r->data;
    const char *table = r->spec->table;
    if (d->read == 0) return dk_fail_at(err, DK_EDATA, table, 0, 0, "there are no rows");
    if (d->missing == 0 && d->unreadable == 0) {
        dk_fail_at(err, DK_EDATA, table, 0, 0, "none of %lld rows can be used: all have weight 0",
                   (long long)d->read);
        dk_error_remedy(err, "is %s the --weight you meant?",
                        r->spec->weight != NULL ? r->spec->weight : "it");
        return DK_EDATA;
    }
    int64_t missing_count, unreadable_count;
    const char *missing_most = dk_drivers_lost_most(d, false, &missing_count), *unreadable_most = dk_drivers_lost_most(d, true, &unreadable_count);
    bool text = unreadable_count >= missing_count;
    dk_fail_at(
        err, DK_EDATA, table, 0, 0,
        "none of %lld rows can be used: %lld with missing values, %lld with something that is no number",
        (long long)d->read, (long long)d->missing, (long long)d->unreadable);
    const char *name = text ? unreadable_most : missing_most;
    if (text && name != NULL && strcmp(name, r->spec->outcome) == 0)
        dk_error_remedy(err, "%s is no usable number in %lld of them: --outcome takes a column of numbers%s",
                        name, (long long)unreadable_count,
                        strcmp(r->as, "level") != 0 ? " that --as fits" : "");
    else if (text && name != NULL)
        dk_error_remedy(err,
                        "%s is no usable number in %lld of them; make a column of 0 and 1 for each of its "
                        "values, or leave it out",
                        name, (long long)unreadable_count);
    else if (name != NULL && strcmp(name, r->spec->outcome) == 0)
        dk_error_remedy(err, "%s is missing in %lld of them: is it the --outcome you meant?", name,
                        (long long)missing_count);
    else if (name != NULL)
        dk_error_remedy(err,
                        "%s is missing in %lld of them; leave it out, or make it one of --controls with "
                        "--missing indicator",
                        name, (long long)missing_count);
    return DK_EDATA;
}

dk_status dk_drivers_read(const dk_drivers_spec *spec, const dk_drivers_watch *watch, dk_drivers_data *d, dk_error *err) {
    memset(d, 0, sizeof *d);
    d->impute = spec->impute;
    reading r = {.watch = watch, .data = d, .spec = spec, .as = spec->as != NULL ? spec->as : "level"};
    dk_status status = dk_reader_open(&r.reader, spec->table, &spec->reader, err);
    if (status != DK_OK) return status;
    status = name_columns(spec, r.reader, d, err);
    if (status == DK_OK) status = select_columns(spec, r.reader, d, &r.at, err);
    d->shape = (dk_rows_shape){.ncols = r.at.numbers,
                               .clusters = spec->cluster != NULL,
                               .clusters2 = spec->cluster2 != NULL,
                               .fixed = spec->absorb != NULL,
                               .weights = spec->weight != NULL,
                               .decimals = true};
    dk_rows *whole = NULL;
    if (status == DK_OK) status = name_lost(&r, err);
    if (status == DK_OK) status = dk_drivers_segment_rows(d, (dk_str){"", 0}, &whole, err);
    if (status == DK_OK) status = read_rows(&r, err);
    if (status == DK_OK && !spec->part && dk_rows_count(whole) == 0) status = none_usable(&r, err);
    dk_reader_free(r.reader);
    if (status == DK_OK)
        dk_drivers_sort(d);
    else
        dk_drivers_data_dispose(d);
    return status;
}
