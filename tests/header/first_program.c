/* The program at the top of drivkraft.h, with the data folder as its argument. */
#include <drivkraft.h>
#include <stdio.h>

int main(int argc, char **argv) {
    dk_error err;
    dk_engine *engine;
    dk_session *session = NULL;
    dk_comment comment;
    dk_str text = {"Snabb leverans men dyr frakt", 28};
    dk_engine_options options = {0};
    options.data_dir = argc > 1 ? argv[1] : ".";
    if (dk_engine_open(&engine, &options, &err) != DK_OK) return fprintf(stderr, "%s\n", err.message), 1;
    if (dk_session_new(&session, engine, NULL, &err) == DK_OK && dk_session_tag(session, text, &comment, &err) == DK_OK)
        for (size_t i = 0; i < comment.nmentions; i++)
            printf("%s %s\n", dk_engine_theme(engine, comment.mentions[i].theme), dk_label_name(comment.mentions[i].label));
    dk_session_free(session);
    dk_engine_free(engine);
    return 0;
}
