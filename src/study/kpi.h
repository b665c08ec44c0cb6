/* KPIs of a study, each by segment, touchpoint, wave and language, and whether experience goes with outcome.
 *
 * KPIs are those of kpi_list.h that the data allow, the indexes of themes and the further columns that the study names; docs/kpis.md
 * has formulas and sources. A correlation is Spearman's over customers (means of a customer's responses; outcomes from the
 * follow-up after each), with the interval of Bonett and Wright 2000 and q over all pairs.
 */
#ifndef DK_STUDY_KPI_H
#define DK_STUDY_KPI_H

#include "study/kpi_make.h"

/* Fills result->kpi.kpis and links. After trends and lifetimes, which some KPIs are taken from. */
dk_status dk_kpis_make(dk_kpi_space *space, dk_error *err);

/* The correlations of the drafts, which are those of result->kpi.kpis in the same order. */
dk_status dk_kpi_links_make(dk_kpi_space *space, const dk_kpi_draft *drafts, dk_error *err);

/* Spearman's rank correlation of n pairs, ties at mid-rank, with its interval and p; n at least 4. Overwrites x and y. */
dk_status dk_rank_correlation(double *x, double *y, size_t n, double confidence, double *r, dk_interval *ci, double *p, dk_error *err);

#endif
