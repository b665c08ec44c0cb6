/* Drivers of any table's columns: from a table and what is asked for to the rows of a fit, one set a segment.
 *
 * What `drivkraft drivers` and the Python package do alike; analyses of studies have fits.h. */
#ifndef DK_STUDY_DRIVERS_INPUT_H
#define DK_STUDY_DRIVERS_INPUT_H

#include "base/arena.h"
#include "io/reader.h"
#include "stats/frame.h"

/* Who waits for the rows and the fits. All-zero is one thread and nobody. */
typedef struct dk_drivers_watch {
    int threads;                                 /* below 1: 1 */
    void (*say)(void *context, const char *text); /* a sentence about the data, without a line end */
    /* Stages "reading", "drivers", "segments"; a stage ends when done is total. */
    void (*progress)(void *context, const char *stage, int64_t done, int64_t total);
    void *context;
} dk_drivers_watch;

/* What is asked for, as given on the command line; kept in partial results. Strings are the caller's. */
typedef struct dk_drivers_spec {
    const char *table, *outcome, *weight, *cluster, *cluster2, *absorb, *segment;
    const char *as; /* what is made of the outcome: level, contribution, promoter, detractor, log or winsor */
    bool indicator; /* a missing control becomes 0 with an indicator beside it; else its row is left out */
    bool part;      /* of the data: no usable row is no error */
    bool impute;    /* with indicator: such controls are filled in by multiple imputation */
    const char *const *predictors, *const *controls; /* A,B or GROUP=A+B or STAGE/GROUP=A+B; several may be joined by commas */
    size_t npredictors, ncontrols;
    dk_reader_options reader; /* of the table */
} dk_drivers_spec;

typedef struct dk_drivers_segment {
    dk_str name; /* empty for the whole */
    dk_rows *rows;
} dk_drivers_segment;

/* All rows, and those of each segment. names and groups are in the arena. */
typedef struct dk_drivers_data {
    dk_arena arena;
    const char **predictors, **controls, **groups, **stages;
    uint32_t *group_of, *stage_of; /* stage_of by group; used when nstages > 0 */
    size_t nstages;
    size_t npredictors, ncontrols, ngroups;
    size_t nindicators; /* of the controls the last so many say that another one is missing */
    bool impute;
    int permutations; /* of the whole model's test; 0 for none */
    dk_rows_shape shape;
    dk_drivers_segment *segments; /* the whole first, then by name */
    size_t nsegments, cap;
    /* Rows read; left out for a missing value, for what is no number; lost to the reader. */
    int64_t read, missing, unreadable, rejected;
    /* By column that is read (the outcome, predictors, controls, then weight, clusters, fixed effects): its name, and the rows lost to
       it: lost[i] for a missing value, lost[nlost + i] for what is no number. */
    const char **lost_names;
    int64_t *lost;
    size_t nlost;
} dk_drivers_data;

/* Reads the table. Rows with a missing value or with text for a number are left out and counted; the first of the
   latter is said. */
dk_status dk_drivers_read(const dk_drivers_spec *spec, const dk_drivers_watch *watch, dk_drivers_data *data,
                          dk_error *err);
void dk_drivers_data_dispose(dk_drivers_data *data);

/* The rows of a segment, made when it is new; names sorted by dk_drivers_sort. */
dk_status dk_drivers_segment_rows(dk_drivers_data *data, dk_str name, dk_rows **rows, dk_error *err);
void dk_drivers_sort(dk_drivers_data *data);

/* The column that most rows were lost to, with how many; NULL when none was. */
const char *dk_drivers_lost_most(const dk_drivers_data *data, bool unreadable, int64_t *count);

/* A frame on a segment's rows; free frame->unit, the rest is borrowed. */
dk_status dk_drivers_frame(const dk_drivers_data *data, size_t segment, dk_frame *frame, dk_error *err);

/* The fit of a segment with missing controls filled in. */
dk_status dk_drivers_fit_filled(const dk_drivers_data *data, size_t segment, const dk_driver_options *options,
                                dk_driver_result **result, dk_error *err);

/* p of the permutation test of all predictors together (stats/permute.h), of rows without weights, clusters and gaps. */
dk_status dk_drivers_permute(const dk_drivers_data *data, size_t segment, int count, uint64_t seed,
                             int threads, double *p, dk_error *err);

/* A decimal number as mantissa / 10^decimals, exactly, up to 15 significant digits (rounded beyond). False for what is no
   number (see io/cell.h) or is beyond 2^52. */
bool dk_decimal_parse(dk_str cell, int64_t *mantissa, uint8_t *decimals);

/* The outcome as asked for (winsorised is it later, when all rows are in); false when it cannot be (a score outside 0 to
   10, the logarithm of what is not positive). */
bool dk_drivers_transform(const char *as, int64_t *mantissa, uint8_t *decimals);

#endif
