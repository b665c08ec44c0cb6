// A C++ program of the installed library: the driver of a made outcome, and an NPS.
#include <drivkraft.h>

#include <cstdio>
#include <vector>

int main() {
    const int64_t n = 400;
    std::vector<uint8_t> waiting(n), price(n);
    std::vector<int64_t> score(n);
    std::vector<int8_t> scores(n);
    for (int64_t i = 0; i < n; i++) {
        waiting[i] = i % 3 == 0;
        price[i] = i % 5 == 0;
        score[i] = 9 - 4 * waiting[i] + i % 2;
        scores[i] = static_cast<int8_t>(score[i]);
    }
    dk_column predictors[2] = {};
    predictors[0].name = "waiting";
    predictors[0].values = waiting.data();
    predictors[1].name = "price";
    predictors[1].values = price.data();
    dk_driver_table table = {};
    table.rows = n;
    table.outcome.name = "score";
    table.outcome.kind = DK_COLUMN_FIXED;
    table.outcome.scale = 1;
    table.outcome.values = score.data();
    table.predictors = predictors;
    table.npredictors = 2;
    dk_driver_options options;
    dk_driver_options_init(&options);
    options.bootstrap = 100;
    dk_driver_result *result = nullptr;
    dk_nps nps;
    dk_error err;
    if (dk_drivers_fit(&table, &options, &result, &err) != DK_OK ||
        dk_nps_compute(scores.data(), nullptr, nullptr, nullptr, n, 0.95, &nps, &err) != DK_OK)
        return std::fprintf(stderr, "%s\n", err.message), 1;
    std::printf("%s %s %.0f, nps %.0f\n", dk_verdict_name(result->verdict), result->drivers[0].name, result->drivers[0].effect,
                nps.nps);
    dk_drivers_free(result);
}
