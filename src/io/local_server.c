#include "io/local_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TOKEN = 64, HEADERS_MAX = 16 << 10 };

/* A connection: until when it may take. busy: its question is being answered. (The library's own timeout counts that time too, and would close a
   connection whose answer took long to make.) */
typedef struct slot {
    int fd; /* -1 for none */
    bool busy;
    double until;
} slot;

struct dk_server {
    dk_server_options o;
    struct MHD_Daemon *daemon;
    char token[TOKEN + 1], url[160], hosts[2][32], origins[2][40];
    pthread_mutex_t lock; /* of the slots */
    slot slots[DK_SERVER_CONNECTIONS];
};

/* A request on its way. */
typedef struct request {
    dk_buf body;
    int refused; /* HTTP status, 0 while it is good */
} request;

/* ---- Time -------------------------------------------------------------------------------------------- */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **own,
                          enum MHD_ConnectionNotificationCode code) {
    dk_server *s = context;
    pthread_mutex_lock(&s->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *own = NULL;
        for (int i = 0; i < DK_SERVER_CONNECTIONS && info != NULL && *own == NULL; i++) {
            if (s->slots[i].fd >= 0) continue;
            s->slots[i] = (slot){info->connect_fd, false, now() + s->o.patience};
            *own = &s->slots[i];
        }
    } else if (*own != NULL) {
        ((slot *)*own)->fd = -1;
    }
    pthread_mutex_unlock(&s->lock);
}

/* From here on its answer is made, or is to be taken within the time. */
static void set_busy(dk_server *s, struct MHD_Connection *connection, bool busy) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    slot *own = info != NULL ? info->socket_context : NULL;
    if (own == NULL) return;
    pthread_mutex_lock(&s->lock);
    own->busy = busy;
    own->until = now() + s->o.patience;
    pthread_mutex_unlock(&s->lock);
}

void dk_server_sweep(dk_server *s) {
    double t = now();
    pthread_mutex_lock(
        &s->lock); /* a socket is closed behind on_connection, so that its number is still its own */
    for (int i = 0; i < DK_SERVER_CONNECTIONS; i++)
        if (s->slots[i].fd >= 0 && !s->slots[i].busy && t > s->slots[i].until)
            (void)shutdown(s->slots[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
}

/* ---- Who asks ---------------------------------------------------------------------------------------- */

/* In a time that does not depend on where they differ. */
static bool is_token(const dk_server *s, const char *given) {
    size_t len = given != NULL ? strlen(given) : 0;
    unsigned differ = len != TOKEN;
    for (size_t i = 0; i < TOKEN; i++)
        differ |= (unsigned char)s->token[i] ^ (unsigned char)(i < len ? given[i] : 0);
    return differ == 0;
}

static const char *header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

typedef struct counting {
    const char *name;
    int count;
} counting;

static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind, const char *key,
                                    const char *value) {
    counting *c = context;
    (void)kind;
    (void)value;
    c->count += strcasecmp(key, c->name) == 0;
    return MHD_YES;
}

/* Whether a header stands at most once: of two, another program might have read the other. */
static bool is_single(struct MHD_Connection *connection, const char *name) {
    counting c = {name, 0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &c);
    return c.count <= 1;
}

static bool is_json(const char *type) {
    return type != NULL && strncasecmp(type, "application/json", 16) == 0 &&
           (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

/* 0 when a request may be answered, or the status that it is refused with. Who has no token learns nothing else. */
static int refuse(const dk_server *s, struct MHD_Connection *c, const char *path, const char *method) {
    bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;
    const char *host = header(c, "Host"), *origin = header(c, "Origin"), *site = header(c, "Sec-Fetch-Site");
    if (host == NULL || !is_single(c, "Host") ||
        (strcmp(host, s->hosts[0]) != 0 && strcmp(host, s->hosts[1]) != 0))
        return MHD_HTTP_MISDIRECTED_REQUEST;
    if (!get && !post) return MHD_HTTP_METHOD_NOT_ALLOWED;
    bool same = origin != NULL && is_single(c, "Origin") &&
                ((strcmp(origin, s->origins[0]) == 0 && strcmp(host, s->hosts[0]) == 0) ||
                 (strcmp(origin, s->origins[1]) == 0 && strcmp(host, s->hosts[1]) == 0));
    if ((origin != NULL || post) && !same) return MHD_HTTP_FORBIDDEN;
    if (site != NULL && strcmp(site, "same-origin") != 0 && (post || strcmp(site, "none") != 0))
        return MHD_HTTP_FORBIDDEN;
    if (!is_single(c, "X-Drivkraft-Token")) return MHD_HTTP_FORBIDDEN;
    const char *token =
        get ? MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "token") : header(c, "X-Drivkraft-Token");
    if (!is_token(s, token)) return MHD_HTTP_FORBIDDEN;
    if (get) return strcmp(path, "/") == 0 ? 0 : MHD_HTTP_NOT_FOUND;
    if (strncmp(path, "/api/", 5) != 0 || !s->o.knows(s->o.context, path + 5)) return MHD_HTTP_NOT_FOUND;
    if (!is_json(header(c, "Content-Type"))) return MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
    const char *length = header(c, "Content-Length");
    if (length != NULL && strtoull(length, NULL, 10) > s->o.body_max) return MHD_HTTP_CONTENT_TOO_LARGE;
    return 0;
}

/* ---- Answers ----------------------------------------------------------------------------------------- */

static const char *reason(int status) {
    switch (status) {
    case MHD_HTTP_FORBIDDEN:
        return "the token is missing or wrong, or another page asks; open the address that the program "
               "printed";
    case MHD_HTTP_NOT_FOUND: return "there is no such page";
    case MHD_HTTP_METHOD_NOT_ALLOWED: return "only GET and POST are understood";
    case MHD_HTTP_MISDIRECTED_REQUEST: return "this is not the address of this server";
    case MHD_HTTP_UNSUPPORTED_MEDIA_TYPE: return "application/json was expected";
    case MHD_HTTP_CONTENT_TOO_LARGE: return "the question is too long";
    default: return "that cannot be answered";
    }
}

/* Sends text, which is copied or stays. */
static enum MHD_Result send_text(struct MHD_Connection *connection, int status, dk_str text, const char *type,
                                 bool stays) {
    static const char *const headers[][2] = {
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Connection", "close"},
    };
    struct MHD_Response *r = MHD_create_response_from_buffer(
        text.len, (void *)(uintptr_t)text.ptr, stays ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
    if (r == NULL) return MHD_NO;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(r, headers[i][0], headers[i][1]);
    MHD_add_response_header(r, "Content-Type", type);
    /* the page's own policy stands in the page, with the hashes of its script and styles; both hold */
    MHD_add_response_header(r, "Content-Security-Policy",
                            stays ? "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
                                  : "default-src 'none'; frame-ancestors 'none'");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) MHD_add_response_header(r, "Allow", "GET, POST");
    enum MHD_Result done = MHD_queue_response(connection, (unsigned)status, r);
    MHD_destroy_response(r);
    return done;
}

static enum MHD_Result send_refusal(struct MHD_Connection *connection, int status) {
    return send_text(connection, status, dk_str_from(reason(status)), "text/plain; charset=utf-8", false);
}

static enum MHD_Result answer(dk_server *s, struct MHD_Connection *connection, const char *path,
                              const request *q) {
    dk_buf out;
    dk_buf_init(&out);
    set_busy(s, connection, true);
    dk_status status =
        s->o.answer(s->o.context, path + 5, (dk_str){q->body.len > 0 ? q->body.ptr : "", q->body.len}, &out);
    set_busy(s, connection, false);
    if (status == DK_OK && out.failed) status = DK_ENOMEM;
    int code = status == DK_OK       ? MHD_HTTP_OK
               : status == DK_EDATA  ? MHD_HTTP_UNPROCESSABLE_CONTENT
               : status == DK_EUSAGE ? MHD_HTTP_BAD_REQUEST
                                     : MHD_HTTP_INTERNAL_SERVER_ERROR;
    enum MHD_Result done = send_text(connection, code, (dk_str){out.ptr, out.len}, "application/json", false);
    dk_buf_dispose(&out);
    return done;
}

/* Called when the headers have come, for each piece of the body, and when all has come. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **own) {
    dk_server *s = context;
    request *q = *own;
    (void)version;
    if (q == NULL) {
        if ((q = calloc(1, sizeof *q)) == NULL) return MHD_NO;
        dk_buf_init(&q->body);
        *own = q;
        q->refused = refuse(s, connection, path, method);
        return q->refused != 0 ? send_refusal(connection, q->refused) : MHD_YES;
    }
    if (*size > 0) {
        if (q->refused == 0 && q->body.len + *size > s->o.body_max) q->refused = MHD_HTTP_CONTENT_TOO_LARGE;
        if (q->refused == 0) dk_buf_put(&q->body, data, *size);
        *size = 0;
        return q->body.failed ? MHD_NO : MHD_YES;
    }
    if (q->refused != 0) return send_refusal(connection, q->refused);
    set_busy(s, connection, false);
    if (strcmp(method, "GET") == 0)
        return send_text(connection, MHD_HTTP_OK, s->o.page, "text/html; charset=utf-8", true);
    return answer(s, connection, path, q);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **own,
                         enum MHD_RequestTerminationCode code) {
    request *q = *own;
    (void)context;
    (void)connection;
    (void)code;
    if (q == NULL) return;
    dk_buf_dispose(&q->body);
    free(q);
    *own = NULL;
}

/* What is asked for is taken as it is written: nothing here has a name that needs escapes, and %00 or %2e%2e/ mean nothing. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/* ---- Beginning and end ------------------------------------------------------------------------------- */

static bool make_token(char out[TOKEN + 1]) {
    unsigned char bytes[TOKEN / 2];
    for (size_t got = 0; got < sizeof bytes;) {
        ssize_t n = getrandom(bytes + got, sizeof bytes - got, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        got += (size_t)n;
    }
    for (size_t i = 0; i < sizeof bytes; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* A socket that listens on the loopback, made here so that its port is known before anybody is answered; -1 when there is none. */
static int listen_here(int port) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
    if (fd < 0) return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes,
                     sizeof yes); /* of a port whose last connections have not died away */
    if (bind(fd, (struct sockaddr *)&here, sizeof here) == 0 && listen(fd, DK_SERVER_CONNECTIONS) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static void name_places(dk_server *s, int port) {
    static const char *const names[] = {"127.0.0.1", "localhost"};
    for (int i = 0; i < 2; i++) {
        snprintf(s->hosts[i], sizeof s->hosts[i], "%s:%d", names[i], port);
        snprintf(s->origins[i], sizeof s->origins[i], "http://%s:%d", names[i], port);
    }
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/?token=%s", port, s->token);
}

static dk_status begin(dk_server *s, dk_error *err) {
    struct sockaddr_in here;
    socklen_t size = sizeof here;
    if (!make_token(s->token)) return dk_fail(err, DK_EIO, "the system gives no random numbers");
    int fd = listen_here(s->o.port);
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&here, &size) != 0) {
        dk_fail_errno(err, errno, NULL, "cannot listen on 127.0.0.1 port %d", s->o.port);
        if (fd >= 0) close(fd);
        return DK_EIO;
    }
    name_places(s, ntohs(here.sin_port));
    s->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL, on_request, s,
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->o.connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (s->daemon != NULL) return DK_OK;
    close(fd);
    return dk_fail(err, DK_EIO, "the server cannot be started");
}

dk_status dk_server_start(dk_server **out, const dk_server_options *options, dk_error *err) {
    dk_server *s = calloc(1, sizeof *s);
    if (s == NULL) return dk_fail_memory(err);
    s->o = *options;
    pthread_mutex_init(&s->lock, NULL);
    for (int i = 0; i < DK_SERVER_CONNECTIONS; i++) s->slots[i].fd = -1;
    dk_status status = begin(s, err);
    if (status != DK_OK)
        dk_server_stop(s);
    else
        *out = s;
    return status;
}

const char *dk_server_url(const dk_server *s) {
    return s->url;
}

void dk_server_stop(dk_server *s) {
    if (s == NULL) return;
    if (s->daemon != NULL) MHD_stop_daemon(s->daemon);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
