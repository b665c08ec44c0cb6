#include "study/columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "io/cell.h"
#include "study/dates.h"

/* What only comments are called: then texts said again and again are comments too. */
#define CALLED_COMMENTS "comment comments verbatim verbatims kommentar kommentarer kommentaren fritext fritekst öppet_svar åbent_svar open_answer open_text"

/* Known names, folded (ASCII lower case, what is no letter or digit is _), the likeliest first. */
static const struct {
    dk_role role;
    const char *names;
} known[] = {
    {DK_ROLE_ID, "response_id review_id responseid respons_id svar_id svarsid svarid id respondent_id respondentid record_id recordid "
                 "löpnummer lopnummer løbenummer"},
    {DK_ROLE_COMMENT, CALLED_COMMENTS " text svar answer feedback review omdöme anmeldelse recension "
                      "motivering begrundelse synpunkt synpunkter reason"},
    {DK_ROLE_SCORE, "nps nps_score npsscore score ltr likelihood_to_recommend rekommendation rekommendera anbefaling anbefale recommend betyg karakter "
                    "karaktär poäng pointtal rating overall_rating overall satisfaction satisfaction_score nöjdhet "
                    "tilfredshed csat grade stars stjärnor stjerner"},
    {DK_ROLE_CUSTOMER, "customer_id customerid customer kund_id kundid kundnummer kundnr kund kunde_id kundeid kundenummer "
                       "kundenr kunde client client_id account account_id"},
    {DK_ROLE_DATE, "answered answer_date response_date responded date datum dato svarsdatum svardato tidsstempel tidsstämpel tidstämpel submitted created "
                   "timestamp tidpunkt tidspunkt recorded_date"},
    {DK_ROLE_SEGMENT, "segment profit_segment customer_segment kundsegment kundesegment tier"},
    {DK_ROLE_WEIGHT, "weight vikt vægt vaegt weights"},
    {DK_ROLE_PROFIT, "profit margin lönsamhet lonsamhet dækningsbidrag daekningsbidrag täckningsbidrag contribution vinst "
                     "fortjeneste marginal cltv lifetime_value revenue intäkt omsætning omsättning"},
    {DK_ROLE_PERIOD, "period quarter kvartal month månad måned manad year år wave"},
    {DK_ROLE_TOUCHPOINT, "touchpoint kontaktpunkt kontaktpunkten journey kundresa kunderejse"},
    {DK_ROLE_LANGUAGE, "language språk sprog lang"},
    {DK_ROLE_CHURNED, "churned churn has_churned customer_lost lost_customer uppsagd avslutad opsagt frafald"},
};

/* "★★★☆☆" is 3; 0 when there is anything but stars. */
static int count_stars(dk_str cell) {
    static const struct {
        const char *bytes;
        int worth;
    } marks[] = {{"\xE2\x98\x85", 1}, {"\xE2\xAD\x90", 1}, {"\xE2\x98\x86", 0}, {"\xEF\xB8\x8F", 0}}; /* the last: shown as a picture */
    int stars = 0;
    for (size_t at = 0; at < cell.len; at += 3) {
        size_t k = 0;
        while (k < 4 && (at + 3 > cell.len || memcmp(cell.ptr + at, marks[k].bytes, 3) != 0)) k++;
        if (k == 4) return 0;
        stars += marks[k].worth;
    }
    return stars;
}

bool dk_score_parse(dk_str cell, double *score) {
    if (dk_cell_number(cell, score)) return true;
    if (cell.len > 1 && cell.ptr[cell.len - 1] == '%') return dk_cell_number((dk_str){cell.ptr, cell.len - 1}, score);
    size_t n = 0;
    while (n < cell.len && ((cell.ptr[n] >= '0' && cell.ptr[n] <= '9') || cell.ptr[n] == '.' || cell.ptr[n] == ',')) n++;
    if (n == 0) {
        int stars = count_stars(cell);
        *score = stars;
        return stars > 0;
    }
    double of;
    if (n == cell.len) return false;
    if (cell.ptr[n] == '/' ? !dk_cell_number((dk_str){cell.ptr + n + 1, cell.len - n - 1}, &of) : strchr(" -=", cell.ptr[n]) == NULL) return false;
    return dk_cell_number((dk_str){cell.ptr, n}, score);
}

dk_status dk_columns_look(const dk_block *block, size_t rows, dk_column_look *looks, dk_error *err) {
    enum { TOLD_APART = 200 };
    uint64_t *seen = malloc(TOLD_APART * sizeof *seen);
    if (seen == NULL) return dk_fail_memory(err);
    if (rows > block->rows) rows = block->rows;
    for (size_t c = 0; c < block->columns; c++) {
        dk_column_look look = {.low = NAN, .high = NAN};
        for (size_t r = 0; r < rows; r++) {
            dk_str cell = dk_cell_trim(dk_block_cell(block, r, c));
            double value;
            int32_t first, last;
            if (dk_cell_missing(cell)) continue;
            look.values++;
            look.length += (double)cell.len;
            look.spaced += memchr(cell.ptr, ' ', cell.len) != NULL;
            look.dates += dk_date_parse(cell, DK_DAY_FIRST) != DK_NO_DATE || dk_date_parse(cell, DK_MONTH_FIRST) != DK_NO_DATE;
            look.scores += dk_score_parse(cell, &value);
            look.periods += dk_period_parse(cell, DK_DAY_FIRST, &first, &last);
            if (dk_cell_amount(cell, &value)) {
                look.numbers++;
                look.integers += value == floor(value);
                look.low = fmin(look.low, value);
                look.high = fmax(look.high, value);
            }
            uint64_t hash = dk_hash(cell.ptr, cell.len);
            size_t i = 0;
            while (i < look.distinct && seen[i] != hash) i++;
            if (i == look.distinct && i < TOLD_APART) seen[look.distinct++] = hash;
        }
        double n = look.values > 0 ? (double)look.values : 1;
        look.numbers /= n;
        look.integers /= n;
        look.dates /= n;
        look.scores /= n;
        look.periods /= n;
        look.spaced /= n;
        look.length /= n;
        looks[c] = look;
    }
    free(seen);
    return DK_OK;
}

/* Whether what a column holds can be what the role needs. Columns without a value fit nothing. */
static bool fits(dk_role role, const dk_column_look *look) {
    if (look->values == 0) return false;
    switch (role) {
    case DK_ROLE_COMMENT: /* many values said once, not a list to choose from */
        return look->numbers < 0.5 && look->dates < 0.5 && look->length >= 3 && (look->distinct > 50 || 3 * look->distinct >= look->values);
    case DK_ROLE_SCORE: return look->scores >= 0.5 && look->dates < 0.5 && !(look->high > 1000);
    case DK_ROLE_DATE: return look->dates >= 0.5;
    case DK_ROLE_PERIOD: return look->periods >= 0.5;
    case DK_ROLE_WEIGHT: return look->numbers >= 0.5;
    case DK_ROLE_PROFIT: return look->numbers >= 0.5;
    case DK_ROLE_SEGMENT: return look->distinct >= 2 && look->distinct <= 20;
    case DK_ROLE_TOUCHPOINT: return look->distinct <= 100 && look->numbers < 0.5;
    case DK_ROLE_LANGUAGE: return look->distinct <= 30 && look->numbers < 0.5;
    case DK_ROLE_CHURNED: return look->integers >= 0.99 && look->low >= 0 && look->high <= 1; /* nobody may have left in the first rows */
    case DK_ROLE_ID: return look->spaced < 0.5 && look->length < 80;
    default: return true;
    }
}

/* ASCII lower case; runs of what is no letter or digit become one _; other letters stay but for capital Å, Ä, Ö, Æ, Ø. */
static void fold_name(dk_str name, char out[64]) {
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < 62; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c >= 'A' && c <= 'Z') {
            /* responseId and ResponseId are two words */
            unsigned char before = i > 0 ? (unsigned char)name.ptr[i - 1] : 0;
            if (before >= 'a' && before <= 'z' && n > 0 && out[n - 1] != '_') out[n++] = '_';
            out[n++] = (char)(c + 32);
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out[n++] = (char)c;
        } else if (c >= 0x80) {
            out[n++] = (char)(i > 0 && (unsigned char)name.ptr[i - 1] == 0xC3 && c < 0x9F ? c + 0x20 : c);
        } else if (n > 0 && out[n - 1] != '_') {
            out[n++] = '_';
        }
    }
    while (n > 0 && out[n - 1] == '_') n--;
    out[n] = '\0';
}

/* How well a folded name stands for one of several: 0 not at all; equal to one beats holding it as a word; early ones beat
   later. */
static int rank_among(const char *names, const char *name) {
    int rank = 1000, holding = 0;
    size_t n = strlen(name);
    while (*names != '\0') {
        size_t len = strcspn(names, " ");
        if (len == n && memcmp(names, name, n) == 0) return rank;
        for (const char *at = name; holding == 0 && len > 2 && (size_t)(name + n - at) >= len; at++) {
            bool begins = at == name || at[-1] == '_', ends = at[len] == '\0' || at[len] == '_';
            if (begins && ends && memcmp(at, names, len) == 0) holding = rank - 500;
        }
        names += len;
        names += *names == ' ';
        rank--;
    }
    return holding;
}

/* A question of many words is about what it holds only where it asks for a score or a comment. */
static int name_rank(dk_role role, const char *name) {
    enum { FEW_WORDS = 4 };
    int words = 1, rank = 0;
    for (const char *p = name; *p != '\0'; p++) words += *p == '_';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].role == role) rank = rank_among(known[i].names, name);
    return words > FEW_WORDS && role != DK_ROLE_SCORE && role != DK_ROLE_COMMENT ? 0 : rank;
}

/* Sentences under a name that only comments have. */
static bool reads_as_comments(const dk_column_look *look, const char *name) {
    return look->spaced >= 0.5 && look->length >= 8 && look->numbers < 0.5 && look->dates < 0.5 && rank_among(CALLED_COMMENTS, name) > 0;
}

/* The best column for a role that no other role has taken; those that are only called so are noted in unfit. */
static size_t best_by_name(const dk_reader *reader, const dk_column_look *looks, dk_role role, const bool *taken, dk_role *unfit) {
    size_t best = DK_NO_COLUMN;
    int most = 0;
    for (size_t c = 0; c < dk_reader_columns(reader); c++) {
        char name[64];
        fold_name(dk_reader_column_name(reader, c), name);
        int rank = taken[c] ? 0 : name_rank(role, name);
        bool good = fits(role, looks + c) || (role == DK_ROLE_COMMENT && reads_as_comments(looks + c, name));
        if (rank > 0 && !good && looks[c].values > 0 && unfit != NULL && unfit[c] == DK_ROLE_LEFT_OUT) unfit[c] = role;
        if (good && rank > most) most = rank, best = c;
    }
    return best;
}

/* Long texts of several words, the longest. */
static size_t comment_by_content(const dk_reader *reader, const dk_column_look *looks, const bool *taken) {
    size_t best = DK_NO_COLUMN;
    double longest = 15;
    for (size_t c = 0; c < dk_reader_columns(reader); c++)
        if (!taken[c] && fits(DK_ROLE_COMMENT, looks + c) && looks[c].spaced > 0.5 && looks[c].distinct > 5 &&
            looks[c].length > longest)
            longest = looks[c].length, best = c;
    return best;
}

/* The only column of whole numbers from 0 to 10 that reaches both ends of it. */
static size_t score_by_content(const dk_reader *reader, const dk_column_look *looks, const bool *taken) {
    size_t best = DK_NO_COLUMN;
    for (size_t c = 0; c < dk_reader_columns(reader); c++) {
        const dk_column_look *l = looks + c;
        if (taken[c] || l->values < 20 || l->integers < 0.95 || l->distinct < 5 || l->low < 0 || l->low > 3 || l->high != 10) continue;
        if (best != DK_NO_COLUMN) return DK_NO_COLUMN;
        best = c;
    }
    return best;
}

/* A column that the user named: the reader's error gets the line of the study file. */
static dk_status find_named(const dk_reader *reader, const dk_study_source *source, const char *study, dk_role role,
                            size_t *column, dk_error *err) {
    char option[32];
    snprintf(option, sizeof option, "%s%s", source->line[role] == 0 ? "--" : "", source->line[role] == 0 && role == DK_ROLE_COMMENT ? "text" : dk_role_name(role));
    dk_status status = dk_reader_find_column(reader, source->column[role], option, column, err);
    if (status != DK_OK && err != NULL && source->line[role] != 0 && study != NULL) {
        snprintf(err->file, sizeof err->file, "%s", study);
        err->line = source->line[role];
        err->status = DK_EDATA;
        status = DK_EDATA;
    }
    return status;
}

dk_status dk_columns_recognise(const dk_reader *reader, const dk_study_source *source, const char *study,
                               const dk_column_look *looks, bool records, size_t column[DK_ROLES], bool named[DK_ROLES],
                               dk_role *unfit, dk_error *err) {
    static const dk_role in_order[] = {DK_ROLE_ID,      DK_ROLE_COMMENT, DK_ROLE_SCORE,  DK_ROLE_CUSTOMER, DK_ROLE_PERIOD,
                                       DK_ROLE_DATE,    DK_ROLE_SEGMENT, DK_ROLE_WEIGHT, DK_ROLE_PROFIT,   DK_ROLE_TOUCHPOINT,
                                       DK_ROLE_LANGUAGE, DK_ROLE_CHURNED};
    size_t n = dk_reader_columns(reader);
    bool *taken = calloc(n + 1, sizeof *taken);
    dk_status status = taken != NULL ? DK_OK : dk_fail_memory(err);
    for (int r = 0; r < DK_ROLES; r++) {
        column[r] = DK_NO_COLUMN;
        named[r] = source->column[r] != NULL;
        if (status != DK_OK || !named[r]) continue;
        status = find_named(reader, source, study, (dk_role)r, &column[r], err);
        if (status == DK_OK) taken[column[r]] = true;
    }
    for (size_t i = 0; status == DK_OK && i < sizeof in_order / sizeof *in_order; i++) {
        dk_role role = in_order[i];
        bool asked = role == DK_ROLE_COMMENT || role == DK_ROLE_SCORE || role == DK_ROLE_ID || role == DK_ROLE_WEIGHT ||
                     role == DK_ROLE_TOUCHPOINT || role == DK_ROLE_LANGUAGE;
        if (column[role] != DK_NO_COLUMN || (records ? asked : role == DK_ROLE_PERIOD || role == DK_ROLE_CHURNED)) continue;
        column[role] = best_by_name(reader, looks, role, taken, unfit);
        if (column[role] == DK_NO_COLUMN && role == DK_ROLE_COMMENT) column[role] = comment_by_content(reader, looks, taken);
        if (column[role] == DK_NO_COLUMN && role == DK_ROLE_SCORE) column[role] = score_by_content(reader, looks, taken);
        if (column[role] != DK_NO_COLUMN) taken[column[role]] = true;
    }
    free(taken);
    return status;
}
