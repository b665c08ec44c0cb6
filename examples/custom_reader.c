/* Tags comments from a source of one's own: here an mbox, whose messages are the comments.
 *
 *     custom_reader <letters.mbox
 *
 * Shows: the library does not care where text comes from. What is read here (headers, quoted lines, signatures, encoding) is this
 * program's own affair; what goes to the session is a piece of UTF-8 text, and spans in the answer are bytes of that piece.
 * Bodies must be plain UTF-8 (quoted-printable and attachments are left to a library of mail).
 */
#include <drivkraft.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct message {
    char from[128], date[64];
    char body[1 << 16]; /* what is longer is cut */
    size_t len;
} message;

typedef struct mbox {
    FILE *file;
    char line[4096];
    bool pending; /* line holds the "From " line of the next message */
} mbox;

static bool begins(const char *line, const char *with) {
    return strncmp(line, with, strlen(with)) == 0;
}

static void copy_header(char *out, size_t size, const char *line) {
    const char *value = strchr(line, ':') + 1;
    value += strspn(value, " ");
    snprintf(out, size, "%.*s", (int)strcspn(value, "\r\n"), value);
}

/* The next message of the box; false at its end. */
static bool mbox_next(mbox *box, message *m) {
    enum { HEAD, BODY, SIGNATURE } at = HEAD;
    *m = (message){.len = 0};
    while (!box->pending) {
        if (fgets(box->line, sizeof box->line, box->file) == NULL) return false;
        box->pending = begins(box->line, "From ");
    }
    box->pending = false;
    while (fgets(box->line, sizeof box->line, box->file) != NULL) {
        const char *line = box->line;
        if (begins(line, "From ")) {
            box->pending = true;
            return true;
        }
        if (at == HEAD) {
            if (begins(line, "From:")) copy_header(m->from, sizeof m->from, line);
            if (begins(line, "Date:")) copy_header(m->date, sizeof m->date, line);
            if (line[strspn(line, "\r\n")] == '\0') at = BODY;
        } else if (at == BODY && (begins(line, "-- \n") || begins(line, "-- \r\n"))) {
            at = SIGNATURE;
        } else if (at == BODY && line[0] != '>') { /* > quotes what somebody else wrote */
            size_t len = strlen(line), room = sizeof m->body - m->len;
            if (len > room) len = room;
            memcpy(m->body + m->len, line, len);
            m->len += len;
        }
    }
    return true;
}

int main(void) {
    const char *data = getenv("DRIVKRAFT_DATA");
    dk_engine_options options = {.data_dir = data != NULL ? data : DRIVKRAFT_DATA};
    static message m;
    static mbox box;
    dk_engine *engine = NULL;
    dk_session *session = NULL;
    dk_error err = {0};
    box.file = stdin;
    dk_status status = dk_engine_open(&engine, &options, &err);
    if (status == DK_OK) status = dk_session_new(&session, engine, NULL, &err);
    while (status == DK_OK && mbox_next(&box, &m)) {
        dk_comment comment;
        status = dk_session_tag(session, (dk_str){m.body, m.len}, &comment, &err);
        if (status != DK_OK) break;
        printf("%s | %s | %s, %s\n", m.date, m.from, dk_language_name(comment.language), dk_label_name(comment.label));
        for (size_t i = 0; i < comment.nmentions; i++) {
            const dk_mention *at = &comment.mentions[i];
            printf("  %-22s %-8s %.*s\n", dk_engine_theme(engine, at->theme), dk_label_name(at->label),
                   (int)(at->end - at->start), m.body + at->start);
        }
    }
    if (status != DK_OK) fprintf(stderr, "%s\n", err.message);
    dk_session_free(session);
    dk_engine_free(engine);
    return status == DK_OK ? 0 : 1;
}
