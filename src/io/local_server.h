/* A web server for one person on this machine: a page, and questions that it asks. The only place of libmicrohttpd.
 *
 * It listens on 127.0.0.1 alone, at a port that the system picks. What another program, another user or a web page that is open beside it may try:
 *   - everything needs a token of 256 random bits, compared in constant time: the page in its address (?token=), questions in
 *     the header X-Drivkraft-Token, which no other site can send without a preflight that is refused;
 *   - Host must be this address (a name that is made to point here, DNS rebinding, is not); Origin must be this page where a
 *     browser sends one, and there must be one for questions; so must Sec-Fetch-Site;
 *   - the page is GET /, a question POST /api/NAME with a JSON body, and there is nothing else: no files, no other methods;
 *   - sizes of headers and bodies are bounded, so is the number of connections, and the time in which a request must have come and an answer must
 *     be taken, however slowly bytes drip. Each connection serves one request.
 * Questions are answered one at a time, on the server's thread.
 */
#ifndef DK_IO_LOCAL_SERVER_H
#define DK_IO_LOCAL_SERVER_H

#include "base/buffer.h"

typedef struct dk_server dk_server;

typedef struct dk_server_options {
    dk_str page; /* HTML, borrowed */
    int port;    /* 0: any that is free */
    size_t body_max;
    int connections; /* at once, at most DK_SERVER_CONNECTIONS */
    int patience;    /* seconds in which a request must have come */
    void *context;
    bool (*knows)(void *context, const char *name);
    /* Appends a JSON object to out, also when it fails. DK_EDATA becomes 422, DK_EUSAGE 400, others 500. */
    dk_status (*answer)(void *context, const char *name, dk_str body, dk_buf *out);
} dk_server_options;

enum { DK_SERVER_CONNECTIONS = 64 };

/* Begins to listen and to answer. DK_EIO when that cannot be done. */
dk_status dk_server_start(dk_server **out, const dk_server_options *options, dk_error *err);

/* The address of the page with its token. */
const char *dk_server_url(const dk_server *server);

/* Closes connections that are out of time; to be called a few times a second. */
void dk_server_sweep(dk_server *server);

/* Ends; a question that is being answered is answered first. */
void dk_server_stop(dk_server *server);

#endif
