/* Study files of any bytes: read or refused with a place, and never more than a bounded amount of memory (aliases within aliases). */
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "study/config.h"

const char *const fuzz_tokens[] = {"responses:", "customers:", "segments:", "bands:", "quantiles:", "outcomes:", "waves:", "worth:", "initiatives:", "kpis:",
                                   "simulate:", "stages:", "journeys:", "contact:", "followup:", "answering:", "invitations:", "analysis:", "discount:", "&a ", "*a",
                                   "<<: *a", "- ", "\n  ", "\n", "{", "}", "[", "]", "..", ".inf", "1e400", "-1", "|\n", ">-\n", "\"", "'", "# ", "---\n", "!!binary ", "~", "\xC3\xA5", "\xE5"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {
    "title: T\nresponses: {file: r.csv, id: id, score: nps, comment: text}\ncustomers: {file: c.csv, customer: c, period: q, profit: m}\n"
    "segments:\n  by: m\n  bands: {blue: [.., 500], silver: [500, 1500], gold: [1500, ..]}\noutcomes: [nps, m]\n",
    "responses: {file: r.csv}\nsegments: {by: m, quantiles: {a: 0.3, b: 1}}\nanalysis: {bootstrap: 10, seed: 1, confidence: 0.9, fdr: 0.1}\n"
    "waves: quarter\npacks: auto\nlanguage: sv\nlanguage_prior: sv=0.6,da=0.4\ncurrency: SEK\ndiscount: 0.08\n",
    "responses: &r {file: r.csv}\ncustomers: *r\nworth: {level: segment}\ninitiatives:\n  - {name: A, themes: [delivery.speed], cost: 100, effect: 0.2}\n",
    "kpis: [{name: x, column: y}]\nstages: [a, b]\njourneys: {q: [a, b]}\ncontact: {most: 2}\nfollowup: {within: 3}\n"};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static int fd = -1;
    static char path[64];
    dk_study_config config;
    dk_error err = {0};
    fuzz_file(&fd, path, bytes, len);
    dk_status status = dk_study_config_read(&config, path, &err);
    if (status != DK_OK) fuzz_require(err.message[0] != '\0' && err.status == status, "refused without saying why");
    if (status == DK_EDATA) fuzz_require(err.file[0] != '\0', "refused without saying where");
    fuzz_require(dk_arena_held(&config.yaml.arena) + dk_arena_held(&config.arena) < (64u << 20), "a small file fills memory");
    dk_study_config_dispose(&config);
    return 0;
}
