/* Files of models and plans, of any bytes. The first byte chooses: language model, weights of sentiment, plan, Hunspell's .aff (with a .dic behind an
 * empty line of three #). Wrong if one is refused without place and reason, or a model that is taken says a figure beyond its bounds. */
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "lexicon/lexicon.h"
#include "tag/plan.h"
#include "tag/weights.h"
#include "text/affix.h"
#include "text/language.h"

const char *const fuzz_tokens[] = {"\t", "\n", "#", "-", "0", "99999999999999999999", "1e9", ".", "bias", "word", "pair", "lemma", "fold1", "kind\ttext\tweight\n", "key\tvalue\n", "packs\t", "telecom,",
                                   "prior_sv\t", "SFX A Y 1\n", "PFX B N 2\n", "FLAG num\n", "FLAG long\n", "AF 1\n", "AM 1\n", "NEEDAFFIX X\n", "COMPOUNDFLAG Y\n", "[^a]", "/", "\xC3\xA5", "\xE5", "\n###\n"};
const size_t fuzz_ntokens = sizeof fuzz_tokens / sizeof *fuzz_tokens;
const char *const fuzz_seeds[] = {
    "lfeature\tother\tsv\tda\ten\tnb\tnn\tde\tnl\n(prior)\t-15\t-45\t27\t75\t-66\t-81\t-58\t-62\nen>\t6\t-6\t1\t11\t-11\t-1\t0\t0\n",
    "wkind\ttext\tweight\nlanguage\tsv\t0\nband\tplain\t700\nfigure\tbias\t-232\nword\tbra\t900\npair\tinte bra\t-1200\nnegated\tbra\t-800\n",
    "pkey\tvalue\nversion\tx\nlanguage\tauto\npacks\tnone\nprior_sv\t12\nprior_da\t-3\n",
    "aSET UTF-8\nFLAG num\nSFX 1 Y 2\nSFX 1 0 s .\nSFX 1 y ies [^aeiou]y\nPFX 2 Y 1\nPFX 2 0 un .\n\n###\n2\nword/1,2\ncity/1\n",
};
const size_t fuzz_nseeds = sizeof fuzz_seeds / sizeof *fuzz_seeds;

static int fd = -1;
static char path[64];

static void refused(const dk_error *err) {
    fuzz_require(err->message[0] != '\0' && err->file[0] != '\0', "refused without saying why and where");
}

static void language(void) {
    static const char *const words[] = {"och", "jeg", "the", "x", "å"};
    dk_language_model *model = NULL;
    dk_error err = {0};
    if (dk_language_open(&model, path, &err) != DK_OK) {
        refused(&err);
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        int32_t scores[DK_LANGUAGE_CLASSES];
        dk_language_score(model, dk_str_from(words[i]), scores);
        for (int k = 0; k < DK_LANGUAGE_CLASSES; k++)
            fuzz_require(scores[k] >= -DK_LANGUAGE_SCORE_MAX && scores[k] <= DK_LANGUAGE_SCORE_MAX, "a score leaves its bounds");
    }
    dk_language_free(model);
}

static void weights(void) {
    dk_weights *model = NULL, *copy = NULL;
    dk_error err = {0};
    if (dk_weights_open(&model, path, NULL, NULL, &err) != DK_OK) {
        refused(&err);
        return;
    }
    const void *image;
    size_t size;
    dk_weights_image(model, &image, &size);
    fuzz_require(dk_weights_folds(model) <= DK_WEIGHT_FOLDS, "more folds than there may be");
    fuzz_require(abs(dk_weights_form(model, dk_str_from("bra"))) <= DK_WEIGHT_MAX, "a weight leaves its bounds");
    fuzz_require(dk_weights_attach(&copy, image, size, NULL, &err) == DK_OK, "the image of weights is refused");
    dk_weights_free(copy);
    dk_weights_free(model);
}

static dk_engine *engine;
static void close_engine(void) { dk_engine_free(engine); }

static void plan(void) {
    dk_error err = {0};
    dk_tag_plan read;
    bool same;
    if (engine == NULL) {
        const char *data = getenv("DRIVKRAFT_DATA");
        dk_engine_options options = {.data_dir = data != NULL ? data : DK_SOURCE_DIR, .no_learned = true};
        fuzz_require(dk_engine_open(&engine, &options, &err) == DK_OK, "the engine does not open");
        atexit(close_engine);
    }
    if (dk_plan_read(path, engine, &read, &same, &err) != DK_OK) {
        refused(&err);
        return;
    }
    fuzz_require(read.packs >> dk_engine_lexicon(engine)->npacks == 0, "a pack that is not there");
    dk_session *session;
    dk_comment comment;
    fuzz_require(dk_session_new(&session, engine, &read, &err) == DK_OK, "a plan that was read is refused");
    fuzz_require(dk_session_tag(session, dk_str_from("bra leverans"), &comment, &err) == DK_OK, "tagging by a plan fails");
    dk_session_free(session);
}

enum { MOST_FORMS = 100000 }; /* a rule that can be applied to what it made lists many; some are enough here */

static dk_status count_form(void *context, const dk_affix_form *form, dk_error *err) {
    size_t *forms = context;
    fuzz_require(form->form.len == 0 || form->form.ptr != NULL, "a form of nothing");
    return ++*forms < MOST_FORMS ? DK_OK : dk_fail(err, DK_EDATA, "enough");
}

static void affix(dk_str text) {
    const char *mark = memmem(text.ptr, text.len, "\n###\n", 5);
    dk_str aff = {text.ptr, mark != NULL ? (size_t)(mark - text.ptr) : text.len};
    dk_str dic = mark != NULL ? (dk_str){mark + 5, (size_t)(text.ptr + text.len - mark - 5)} : dk_str_from("2\nword/A\n");
    dk_affix *parsed = NULL;
    dk_error err = {0};
    if (dk_affix_parse(&parsed, "input", aff, &err) != DK_OK) {
        refused(&err);
        return;
    }
    size_t forms = 0, skipped;
    (void)dk_affix_expand(parsed, dic, count_form, &forms, &skipped, &err);
    dk_affix_free(parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len == 0) return 0;
    dk_str rest = {(const char *)bytes + 1, len - 1};
    fuzz_file(&fd, path, rest.ptr, rest.len);
    switch (bytes[0]) {
    case 'l': language(); break;
    case 'w': weights(); break;
    case 'p': plan(); break;
    default: affix(rest); break;
    }
    return 0;
}
