/* The server by libuv, with a stream for each client. Bytes are written at once if the socket takes
 * them. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any header: libuv's header needs the names of POSIX */
#endif

#include "servers.h"

#ifdef BENCH_LIBUV
#include <stdlib.h>
#include <uv.h>

#include "harness.h"

struct client {
    uv_tcp_t tcp;
    uv_write_t rest;
    char bytes[SERVER_BUFFER];
};

static void freed(uv_handle_t *handle)
{
    free(handle);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct client *c = (struct client *)handle;
    (void)suggested;
    *out = uv_buf_init(c->bytes, sizeof c->bytes);
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void written(uv_write_t *rest, int status)
{
    if (status == 0)
        uv_read_start(rest->handle, give_buffer, received);
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct client *c = (struct client *)stream;
    if (n < 0) {
        uv_close((uv_handle_t *)stream, freed);
    } else if (n > 0) {
        uv_buf_t out = uv_buf_init(buf->base, (unsigned)n);
        int done = uv_try_write(stream, &out, 1);
        if (done == (int)n)
            return;
        done = done < 0 ? 0 : done;
        out = uv_buf_init(buf->base + done, (unsigned)((int)n - done));
        uv_read_stop(stream);
        uv_write(&c->rest, stream, &out, 1, written);
    }
}

static void accept_client(uv_stream_t *listener, int status)
{
    struct client *c = calloc(1, sizeof *c);
    bench_must(status == 0 && c != NULL && uv_tcp_init(listener->loop, &c->tcp) == 0,
               "uv_tcp_init()");
    bench_must(uv_accept(listener, (uv_stream_t *)&c->tcp) == 0
                   && uv_read_start((uv_stream_t *)&c->tcp, give_buffer, received) == 0,
               "uv_accept()");
}

void server_libuv(void)
{
    uv_loop_t loop;
    uv_tcp_t listener;
    bench_must(uv_loop_init(&loop) == 0 && uv_tcp_init(&loop, &listener) == 0
                   && uv_tcp_open(&listener, server_listener()) == 0
                   && uv_listen((uv_stream_t *)&listener, SERVER_BACKLOG, accept_client) == 0,
               "uv_listen()");
    uv_run(&loop, UV_RUN_DEFAULT);
}
#endif
