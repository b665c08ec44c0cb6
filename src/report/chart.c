#include "report/chart.h"

#include <math.h>

void dk_scale_init(dk_scale *s) {
    *s = (dk_scale){NAN, NAN, 1};
}

void dk_scale_take(dk_scale *s, double value) {
    if (!isfinite(value)) return;
    if (!(value >= s->lo)) s->lo = value; /* also when it was NaN */
    if (!(value <= s->hi)) s->hi = value;
}

void dk_scale_finish(dk_scale *s, int marks) {
    if (isnan(s->lo)) *s = (dk_scale){0, 1, 1};
    if (s->hi - s->lo <= 0) {
        s->lo -= 1;
        s->hi += 1;
    }
    double raw = (s->hi - s->lo) / marks, ten = pow(10, floor(log10(raw)));
    s->step = raw <= ten ? ten : raw <= 2 * ten ? 2 * ten : raw <= 5 * ten ? 5 * ten : 10 * ten;
    s->lo = floor(s->lo / s->step) * s->step;
    s->hi = ceil(s->hi / s->step) * s->step;
}

/* Per cent of the width, with room for the last number on either side. */
static double place(const dk_scale *s, double value) {
    double share = (value - s->lo) / (s->hi - s->lo);
    if (share < 0) share = 0;
    if (share > 1) share = 1;
    return 4 + 92 * share;
}

/* printf would follow the locale of the host program. */
static void put_percent(dk_page *p, const char *name, double percent) {
    dk_page_rawf(p, " %s=\"", name);
    dk_buf_put_milli(p->out, (int64_t)llround(percent * 1000));
    dk_page_raw(p, "%\"");
}

static void put_number(dk_page *p, const char *name, double value) {
    dk_page_rawf(p, " %s=\"", name);
    dk_buf_put_milli(p->out, (int64_t)llround(value * 1000));
    dk_page_raw(p, "\"");
}

/* The marks are lo + i * step; how many there are is a whole number by construction. */
static int mark_count(const dk_scale *s) {
    return (int)lround((s->hi - s->lo) / s->step) + 1;
}

static int mark_decimals(const dk_scale *s) {
    int decimals = (int)ceil(-log10(s->step) - 1e-9);
    return decimals > 0 ? decimals : 0;
}

static double mark(const dk_scale *s, int i) {
    double value = s->lo + i * s->step;
    return fabs(value) < s->step / 1e6 ? 0 : value;
}

static void guides(dk_page *p, const dk_scale *s, int height) {
    for (int i = 0; i < mark_count(s); i++) {
        double value = mark(s, i);
        dk_page_raw(p, value == 0 ? "<line class=\"zero\"" : "<line class=\"guide\"");
        put_percent(p, "x1", place(s, value));
        put_percent(p, "x2", place(s, value));
        dk_page_rawf(p, " y1=\"0\" y2=\"%d\"/>", height);
    }
}

void dk_chart_axis(dk_page *p, const dk_scale *s) {
    dk_page_raw(p, "<svg class=\"axis\" aria-hidden=\"true\" width=\"100%\" height=\"16\">");
    for (int i = 0; i < mark_count(s); i++) {
        dk_page_raw(p, "<text y=\"12\"");
        put_percent(p, "x", place(s, mark(s, i)));
        dk_page_raw(p, ">");
        dk_page_text(p, dk_page_number(p, mark(s, i), mark_decimals(s)));
        dk_page_raw(p, "</text>");
    }
    dk_page_raw(p, "</svg>");
}

void dk_chart_interval(dk_page *p, const dk_scale *s, double value, dk_interval ci, const char *css,
                       bool faint) {
    dk_page_rawf(p, "<svg class=\"track %s%s\" aria-hidden=\"true\" width=\"100%%\" height=\"24\">", css,
                 faint ? " faint" : "");
    guides(p, s, 24);
    if (isfinite(ci.lo) && isfinite(ci.hi)) {
        dk_page_raw(p, "<line class=\"ci\"");
        put_percent(p, "x1", place(s, ci.lo));
        put_percent(p, "x2", place(s, ci.hi));
        dk_page_raw(p, " y1=\"12\" y2=\"12\"/>");
    }
    if (isfinite(value)) {
        dk_page_raw(p, "<circle class=\"dot\"");
        put_percent(p, "cx", place(s, value));
        dk_page_raw(p, " cy=\"12\" r=\"5\"/>");
    }
    dk_page_raw(p, "</svg>");
}

void dk_chart_stack(dk_page *p, const double *parts, const char *const *css, size_t count, double whole) {
    dk_page_raw(p, "<svg class=\"stack\" aria-hidden=\"true\" width=\"100%\" height=\"14\">");
    double at = 0;
    for (size_t i = 0; i < count && whole > 0; i++) {
        double width = 100 * parts[i] / whole;
        if (!(width > 0)) continue;
        dk_page_rawf(p, "<rect class=\"%s\" y=\"0\" height=\"14\"", css[i]);
        put_percent(p, "x", at);
        put_percent(p, "width", width);
        dk_page_raw(p, "/>");
        at += width;
    }
    dk_page_raw(p, "</svg>");
}

enum { TOP = 10, BOTTOM = 190, HEIGHT = 220, LEFT = 9 };

typedef struct plot {
    dk_scale scale;
    size_t count;
} plot;

static double across(const plot *f, size_t i) {
    return f->count < 2 ? 50 : LEFT + 4 + (95.0 - LEFT - 4) * (double)i / (double)(f->count - 1);
}

static double up(const plot *f, double value) {
    return BOTTOM - (BOTTOM - TOP) * (value - f->scale.lo) / (f->scale.hi - f->scale.lo);
}

static void vertical(dk_page *p, const plot *f, size_t i, dk_interval ci) {
    if (!isfinite(ci.lo) || !isfinite(ci.hi)) return;
    dk_page_raw(p, "<line class=\"ci\"");
    put_percent(p, "x1", across(f, i));
    put_percent(p, "x2", across(f, i));
    put_number(p, "y1", up(f, ci.lo));
    put_number(p, "y2", up(f, ci.hi));
    dk_page_raw(p, "/>");
}

/* A run of smoothed points as a band and a line: in a drawing of its own that is stretched to the width. */
static void smooth_run(dk_page *p, const plot *f, const dk_chart_point *points, size_t from, size_t to) {
    dk_page_raw(p, "<polygon class=\"band\" points=\"");
    for (size_t k = 0; k < 2 * (to - from); k++) {
        size_t i = k < to - from ? from + k : to - 1 - (k - (to - from));
        double value = k < to - from ? points[i].band.lo : points[i].band.hi;
        dk_buf_put_milli(p->out, (int64_t)llround(across(f, i) * 1000));
        dk_buf_putc(p->out, ',');
        dk_buf_put_milli(p->out,
                         (int64_t)llround(up(f, isfinite(value) ? value : points[i].smoothed) * 1000));
        dk_buf_putc(p->out, ' ');
    }
    dk_page_raw(p, "\"/><polyline class=\"smooth\" points=\"");
    for (size_t i = from; i < to; i++) {
        dk_buf_put_milli(p->out, (int64_t)llround(across(f, i) * 1000));
        dk_buf_putc(p->out, ',');
        dk_buf_put_milli(p->out, (int64_t)llround(up(f, points[i].smoothed) * 1000));
        dk_buf_putc(p->out, ' ');
    }
    dk_page_raw(p, "\"/>");
}

static void smooth_line(dk_page *p, const plot *f, const dk_chart_point *points) {
    dk_page_rawf(p, "<svg width=\"100%%\" height=\"%d\" viewBox=\"0 0 100 %d\" preserveAspectRatio=\"none\">",
                 HEIGHT, HEIGHT);
    for (size_t i = 0; i < f->count;) {
        size_t to = i;
        while (to < f->count && isfinite(points[to].smoothed)) to++;
        if (to > i + 1) smooth_run(p, f, points, i, to);
        i = to > i ? to : i + 1;
    }
    dk_page_raw(p, "</svg>");
}

void dk_chart_waves(dk_page *p, const dk_chart_point *points, size_t count, dk_message title) {
    plot f = {.count = count};
    dk_scale_init(&f.scale);
    for (size_t i = 0; i < count; i++) {
        double all[] = {points[i].value, points[i].smoothed, points[i].ci.lo,
                        points[i].ci.hi, points[i].band.lo,  points[i].band.hi};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) dk_scale_take(&f.scale, all[k]);
    }
    dk_scale_finish(&f.scale, 4);
    dk_page_rawf(p, "<svg class=\"waves\" role=\"img\" width=\"100%%\" height=\"%d\" aria-label=\"", HEIGHT);
    dk_page_tell(p, title);
    dk_page_raw(p, "\">");
    for (int i = 0; i < mark_count(&f.scale); i++) {
        double value = mark(&f.scale, i);
        dk_page_rawf(p, "<line class=\"guide\" x1=\"%d%%\" x2=\"98%%\"", LEFT);
        put_number(p, "y1", up(&f, value));
        put_number(p, "y2", up(&f, value));
        dk_page_rawf(p, "/><text class=\"mark\" x=\"%d%%\"", LEFT - 1);
        put_number(p, "y", up(&f, value) + 4);
        dk_page_raw(p, ">");
        dk_page_text(p, dk_page_number(p, value, mark_decimals(&f.scale)));
        dk_page_raw(p, "</text>");
    }
    smooth_line(p, &f, points);
    size_t every = (count + 5) / 6; /* as many names as fit side by side on a telephone */
    for (size_t i = 0; i < count; i++) {
        vertical(p, &f, i, points[i].ci);
        if (isfinite(points[i].value)) {
            dk_page_raw(p, "<circle class=\"dot\" r=\"4\"");
            put_percent(p, "cx", across(&f, i));
            put_number(p, "cy", up(&f, points[i].value));
            dk_page_raw(p, "/>");
        }
        if (i % every != 0) continue;
        dk_page_rawf(p, "<text class=\"name\" y=\"%d\"", HEIGHT - 6);
        put_percent(p, "x", across(&f, i));
        dk_page_raw(p, ">");
        dk_page_text(p, points[i].label);
        dk_page_raw(p, "</text>");
    }
    dk_page_raw(p, "</svg>\n");
}
