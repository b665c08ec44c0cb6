/* The KPIs that a study can have: what each is called in three languages, its unit, formula and kind. */
#ifndef DK_STUDY_KPI_LIST_H
#define DK_STUDY_KPI_LIST_H

#include "study/result.h"

typedef enum dk_kpi_unit { DK_UNIT_SHARE, DK_UNIT_DAYS, DK_UNIT_NPS, DK_UNIT_SCORE, DK_UNIT_SENTIMENT, DK_UNIT_MONEY, DK_UNIT_OWN } dk_kpi_unit;

typedef enum dk_kpi_id {
    DK_KPI_RESPONSE_RATE,
    DK_KPI_COMMENT_RATE,
    DK_KPI_DELAY,
    DK_KPI_REPLY_TIME,
    DK_KPI_NPS,
    DK_KPI_NPS_CHANGE,
    DK_KPI_SCORE,
    DK_KPI_CSAT,
    DK_KPI_CES,
    DK_KPI_SENTIMENT,
    DK_KPI_CHURN,
    DK_KPI_RETENTION,
    DK_KPI_PROFIT,
    DK_KPI_LIFETIME,
    DK_KPI_LIFETIME_MATRIX,
    DK_KPI_SUPPORT_COST,
    DK_KPI_ACQUISITION_COST,
    DK_KPI_TRANSACTION_VALUE,
    DK_KPI_CONTRACT_VALUE,
    DK_KPI_REVENUE,
    DK_KPI_REVENUE_GROWTH,
    DK_KPI_MARGIN_GROWTH,
    DK_KPI_CROSS_SELL,
    DK_KPI_UPSELL,
    DK_KPI_COUNT
} dk_kpi_id;

typedef struct dk_kpi_about {
    const char *id, *en, *sv, *da;
    dk_kpi_kind kind;
    dk_kpi_unit unit;
    int better;
    const char *base, *formula, *interval;
} dk_kpi_about;

extern const dk_kpi_about dk_kpi_list[DK_KPI_COUNT];

#endif
