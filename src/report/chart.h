/* Plain charts as inline SVG. Places are percentages of the width, so that they fit any column; all colour comes from the
 * style sheet. The figures always stand beside a chart as text, so charts are hidden from screen readers. */
#ifndef DK_REPORT_CHART_H
#define DK_REPORT_CHART_H

#include "report/page.h"

/* A range that is drawn, with round marks. */
typedef struct dk_scale {
    double lo, hi, step; /* step: between marks */
} dk_scale;

/* Begins with nothing; take widens it by a value that is finite; finish rounds it outward. */
void dk_scale_init(dk_scale *s);
void dk_scale_take(dk_scale *s, double value);
void dk_scale_finish(dk_scale *s, int marks);

/* The marks of a scale with their numbers, as a row of its own. */
void dk_chart_axis(dk_page *p, const dk_scale *s);

/* An interval as a line, its value as a dot; css: neg, pos or seg; faint when not supported. */
void dk_chart_interval(dk_page *p, const dk_scale *s, double value, dk_interval ci, const char *css,
                       bool faint);

/* Parts of a whole as one bar; each part with its class. */
void dk_chart_stack(dk_page *p, const double *parts, const char *const *css, size_t count, double whole);

/* Points over waves: value and interval, and a smoothed line with its band where there is one. NaN leaves a gap. */
typedef struct dk_chart_point {
    const char *label;
    double value, smoothed;
    dk_interval ci, band;
} dk_chart_point;

void dk_chart_waves(dk_page *p, const dk_chart_point *points, size_t count, dk_message title);

#endif
