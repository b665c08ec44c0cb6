/* Tags one comment and says why: language, sentiment, and for each mention its theme, label, words, lexicon line and rules.
 *
 *     tag_comment "Snabb leverans men kundtjänsten svarar aldrig"
 *
 * Shows: opening an engine, a session, reading a comment's result, errors with a place and a remedy.
 */
#include <drivkraft.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int report(const dk_error *err) {
    if (err->file[0] != '\0') fprintf(stderr, "%s:%lld: ", err->file, (long long)err->line);
    fprintf(stderr, "%s\n", err->message);
    if (err->remedy[0] != '\0') fprintf(stderr, "  %s\n", err->remedy);
    return err->status == DK_EIO || err->status == DK_ENOMEM ? 3 : (int)err->status;
}

static void print_mention(const dk_engine *engine, const char *text, const dk_mention *m) {
    static const struct {
        uint32_t bit;
        const char *name;
    } rules[] = {{DK_RULE_NEGATED, "negated"},         {DK_RULE_INTENSIFIED, "intensified"}, {DK_RULE_CONTRASTED, "contrasted"},
                 {DK_RULE_SUGGESTION, "a suggestion"}, {DK_RULE_SPELLING, "misspelt"}};
    char entry[80];
    dk_engine_entry(engine, m->entry, entry, sizeof entry);
    *strchr(entry, ':') = '\0'; /* the file without the line */
    printf("%-20s %-8s \"%.*s\" in %s", dk_engine_theme(engine, m->theme), dk_label_name(m->label), (int)(m->end - m->start),
           text + m->start, entry);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (m->rules & rules[i].bit) printf(", %s", rules[i].name);
    putchar('\n');
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: tag_comment \"COMMENT\"\n");
        return 2;
    }
    const char *data = getenv("DRIVKRAFT_DATA");
    dk_engine_options options = {.data_dir = data != NULL ? data : DRIVKRAFT_DATA};
    dk_error err = {0};
    dk_engine *engine = NULL;
    dk_session *session = NULL;
    dk_comment comment;
    int code = 0;
    if (dk_engine_open(&engine, &options, &err) != DK_OK || dk_session_new(&session, engine, NULL, &err) != DK_OK ||
        dk_session_tag(session, (dk_str){argv[1], strlen(argv[1])}, &comment, &err) != DK_OK) {
        code = report(&err);
    } else {
        printf("%s, %s\n", dk_language_name(comment.language), dk_label_name(comment.label));
        for (size_t i = 0; i < comment.nmentions; i++) print_mention(engine, argv[1], &comment.mentions[i]);
    }
    dk_session_free(session);
    dk_engine_free(engine);
    return code;
}
