#include "cli/analyze_worth.h"

#include <math.h>

void dk_analyze_put_money(dk_buf *out, double value) {
    double size = fabs(value);
    if (size >= 1e6)
        dk_buf_putf(out, "%.1f M", value / 1e6);
    else if (size >= 1e3)
        dk_buf_putf(out, size >= 1e4 ? "%.0f k" : "%.1f k", value / 1e3);
    else
        dk_buf_putf(out, "%.0f", value);
}

static const char *theme_of(const dk_study_result *r, int theme, const char *touchpoint, int pooled,
                            dk_buf *scratch) {
    dk_buf_clear(scratch);
    if (theme >= 0)
        dk_buf_puts(scratch, r->themes[theme].id);
    else
        dk_buf_putf(scratch, pooled > 0 ? "%s.other" : "%s", touchpoint);
    return dk_buf_cstr(scratch);
}

static const char *sign_of(int polarity) {
    return polarity < 0 ? "negative" : "positive";
}

/* The share of all customers that went one way in a period; NaN when it was not measured. */
static double share_of_way(const dk_move_row *row, bool up, bool noise) {
    double sum = 0;
    for (size_t k = 0; k < row->nto; k++) {
        const dk_move_share *s = row->to + k;
        if (s->to == 0 || (up ? s->to <= row->from : s->to >= row->from)) continue;
        sum += noise ? s->noise : s->share.value;
    }
    return sum;
}

static void put_way(dk_buf *out, const dk_move_row *row, bool up) {
    double noise = share_of_way(row, up, true);
    dk_buf_putf(out, "  %s %.1f %%", up ? "up" : "down", 100 * share_of_way(row, up, false));
    if (!isnan(noise)) dk_buf_putf(out, " (%.1f %% from noise alone)", 100 * noise);
}

static void put_hazards(const dk_study_result *r, dk_buf *out) {
    static const char *const words[] = {"moving up", "falling", "leaving"};
    dk_buf name;
    dk_buf_init(&name);
    size_t none = 0, open = 0;
    for (size_t i = 0; i < r->movement.nhazards; i++) {
        const dk_move_hazard *h = r->movement.hazards + i;
        if (h->hidden || !h->fitted) continue;
        none += h->verdict == DK_NO_LINK;
        open += h->verdict == DK_INCONCLUSIVE;
        for (size_t k = 0; k < h->ndrivers; k++) {
            const dk_move_driver *d = h->drivers + k;
            if (!d->supported) continue;
            dk_buf_putf(out, "  %s, %s: %s %s goes with %.1f times the odds (%.1f to %.1f)\n",
                        r->segments[h->from].name, words[h->event],
                        theme_of(r, d->theme, d->touchpoint, d->pooled, &name), sign_of(d->polarity),
                        d->odds.value, d->odds.ci.lo, d->odds.ci.hi);
        }
    }
    if (none > 0)
        dk_buf_putf(out, "  No link between themes and moving in %zu of %zu questions", none,
                    r->movement.nhazards);
    if (open > 0) dk_buf_putf(out, "%s%zu too few moves to tell", none > 0 ? "; in " : "  In ", open);
    if (none + open > 0) dk_buf_puts(out, ".\n");
    dk_buf_dispose(&name);
}

void dk_analyze_put_movement(const dk_study_result *r, dk_buf *out) {
    const dk_movement *m = &r->movement;
    if (!m->known) return;
    if (m->gap_only) {
        size_t shown = 0;
        dk_buf name;
        dk_buf_init(&name);
        for (size_t k = 0; k < m->gap.ndrivers; k++) {
            const dk_move_driver *d = m->gap.drivers + k;
            if (!d->supported) continue;
            if (shown++ == 0)
                dk_buf_puts(out, "\nGap between segments (they are known only at the answer: nothing is said "
                                 "of who moves)\n");
            dk_buf_putf(out, "  %s %s is said more in %s segments\n",
                        theme_of(r, d->theme, d->touchpoint, d->pooled, &name), sign_of(d->polarity),
                        d->effect.value > 0 ? "higher" : "lower");
        }
        dk_buf_dispose(&name);
        return;
    }
    if (m->nmatrices == 0) return;
    const dk_move_matrix *all = m->matrices;
    dk_buf_putf(out, "\nMovement of %lld customers from %s to %s\n", (long long)all->customers, m->period,
                m->period);
    for (size_t k = 0; k < all->nrows; k++) {
        const dk_move_row *row = all->rows + k;
        if (row->hidden || row->n == 0) continue;
        dk_buf_putf(out, "  %-10s", r->segments[row->from].name);
        if (k + 1 < all->nrows) put_way(out, row, true);
        if (k > 0) put_way(out, row, false);
        for (size_t t = 0; t < row->nto; t++)
            if (row->to[t].to == 0) dk_buf_putf(out, "  lost %.1f %%", 100 * row->to[t].share.value);
        dk_buf_putc(out, '\n');
    }
    put_hazards(r, out);
}

static void put_figure(dk_buf *out, const dk_figure *f, bool money) {
    dk_buf text;
    dk_buf_init(&text);
    if (isnan(f->value)) {
        dk_buf_putf(out, "  %-24s", "not known");
        return;
    }
    if (money) {
        dk_analyze_put_money(&text, f->value);
        dk_buf_puts(&text, " (");
        dk_analyze_put_money(&text, f->ci.lo);
        dk_buf_puts(&text, " to ");
        dk_analyze_put_money(&text, f->ci.hi);
        dk_buf_putc(&text, ')');
    } else {
        dk_buf_putf(&text, "%+.0f (%.0f to %.0f)", f->value, f->ci.lo, f->ci.hi);
    }
    dk_buf_putf(out, "  %-24s", dk_buf_cstr(&text));
    dk_buf_dispose(&text);
}

static void put_rox(const dk_study_result *r, dk_buf *out) {
    if (r->worth.nrox == 0) return;
    dk_buf_puts(out, "\nInitiatives (return = gain less cost, over cost)\n");
    for (size_t i = 0; i < r->worth.nrox; i++) {
        const dk_rox *x = r->worth.rox + i;
        dk_buf_putf(out, "  %-44s", x->name);
        if (x->fitted)
            dk_buf_putf(out, " %+.1f (%.1f to %.1f)   pays with %.0f %% probability\n", x->rox.value,
                        x->rox.ci.lo, x->rox.ci.hi, 100 * x->pays);
        else
            dk_buf_putf(out, " not known: %s\n", x->reason);
    }
}

void dk_analyze_put_worth(const dk_study_result *r, dk_buf *out) {
    enum { SHOWN = 6 };
    const dk_worth *w = &r->worth;
    if (!w->known) return;
    dk_buf name, line;
    dk_buf_init(&name);
    dk_buf_init(&line);
    size_t shown = 0, others = 0;
    for (size_t i = 0; i < w->nlevers; i++) {
        const dk_worth_lever *l = w->levers + i;
        if (!l->supported || shown == SHOWN) {
            others += l->segment > 0 || r->nsegments == 1;
            continue;
        }
        if (shown++ == 0)
            dk_buf_putf(out, "\n%-46s  %-24s  %-24s  %s\n", "Worth a year, all customers", "moves up", "kept",
                        r->currency != NULL ? r->currency : "money");
        dk_buf_clear(&line);
        dk_buf_putf(&line, "%s: %s %s", r->segments[l->segment].name,
                    theme_of(r, l->theme, l->touchpoint, l->pooled, &name), sign_of(l->polarity));
        dk_buf_putf(out, " %zu %-43s", shown, dk_buf_cstr(&line));
        put_figure(out, &l->all.moving_up, false);
        put_figure(out, &l->all.kept, false);
        put_figure(out, &l->all.money, true);
        while (out->len > 0 && out->ptr[out->len - 1] == ' ') out->len--;
        dk_buf_putc(out, '\n');
    }
    if (shown == 0)
        dk_buf_puts(out,
                    "\nWorth: no theme has a link to the profit that follows which these data could show.\n");
    else if (others > 0)
        dk_buf_putf(out, "   %zu more have no link to profit that these data could show (worth.csv).\n",
                    others);
    put_rox(r, out);
    dk_buf_dispose(&name);
    dk_buf_dispose(&line);
}
