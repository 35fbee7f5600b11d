/* libuv. Every handle belongs to a loop, and a turn of the loop closes the handle. Data that fits
 * at once is sent by uv_try_write(), as libuv recommends. Data is received by a callback, and
 * each end has a loop of its own. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any header: libuv's header needs the names of POSIX */
#endif

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "raw.h"

static uv_loop_t loop;

static void start(void)
{
    bench_must(uv_loop_init(&loop) == 0, "uv_loop_init()");
}

/* ---- Opening and closing: one in a turn of the loop ------------------------------------------ */

static void open_close(void *unused, long n)
{
    uv_tcp_t tcp;
    (void)unused;
    while (n-- > 0) {
        bench_must(uv_tcp_init_ex(&loop, &tcp, AF_INET) == 0, "uv_tcp_init_ex()");
        uv_close((uv_handle_t *)&tcp, NULL);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
}

/* ---- Streams --------------------------------------------------------------------------------- */

struct end {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    uv_loop_t loop;
    char *into; /* the buffer of the current receive */
    size_t capacity, got;
    bool ended;
    uv_shutdown_t shutdown;
};

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct end *e = handle->data;
    (void)suggested;
    *out = uv_buf_init(e->into, (unsigned)e->capacity);
}

static void got_some(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct end *e = stream->data;
    (void)buf;
    if (n > 0)
        e->got += (size_t)n;
    else if (n < 0 && n != UV_ENOBUFS)
        e->ended = true;
}

static struct end *new_end(enum stream_kind kind, uintptr_t handle)
{
    struct end *e = calloc(1, sizeof *e);
    bench_must(e != NULL && uv_loop_init(&e->loop) == 0, "uv_loop_init()");
    int rc = kind == STREAM_TCP ? uv_tcp_init(&e->loop, &e->uv.tcp)
                                : uv_pipe_init(&e->loop, &e->uv.pipe, 0);
    if (rc == 0)
        rc = kind == STREAM_TCP ? uv_tcp_open(&e->uv.tcp, (uv_os_sock_t)handle)
                                : uv_pipe_open(&e->uv.pipe, (uv_file)handle);
    bench_must(rc == 0, "uv_tcp_open()");
    e->uv.handle.data = e;
    return e;
}

static bool connect_ends(enum stream_kind kind, void *out[2])
{
    uintptr_t handles[2];
    if (!raw_stream_pair(kind, handles))
        return false;
    for (int i = 0; i < 2; i++)
        out[i] = new_end(kind, handles[i]);
    return true;
}

static void disconnect(void *end)
{
    struct end *e = end;
    uv_close(&e->uv.handle, NULL);
    uv_run(&e->loop, UV_RUN_DEFAULT);
    uv_loop_close(&e->loop);
    free(e);
}

static void hang_up(void *end)
{
    struct end *e = end;
    uv_shutdown(&e->shutdown, &e->uv.stream, NULL);
    uv_run(&e->loop, UV_RUN_NOWAIT);
}

/* Data that does not fit is tried again. No question that fills the socket's buffer uses libuv. */
static void send_all(void *end, const void *buf, size_t len)
{
    struct end *e = end;
    union {
        const void *in;
        char *
            out; /* libuv's buffers are not const, but libuv does not write to data that it sends */
    } data = {buf};
    for (size_t done = 0; done < len;) {
        uv_buf_t b = uv_buf_init(data.out + done, (unsigned)(len - done));
        int n = uv_try_write(&e->uv.stream, &b, 1);
        bench_must(n > 0 || n == UV_EAGAIN, "uv_try_write()");
        done += n > 0 ? (size_t)n : 0;
    }
}

static size_t recv_some(void *end, void *buf, size_t len)
{
    struct end *e = end;
    e->into = buf;
    e->capacity = len;
    e->got = 0;
    if (!e->ended && !uv_is_active(&e->uv.handle))
        bench_must(uv_read_start(&e->uv.stream, give_room, got_some) == 0, "uv_read_start()");
    while (e->got == 0 && !e->ended)
        uv_run(&e->loop, UV_RUN_ONCE);
    return e->got;
}

static void send_recv(void *ends, long n)
{
    struct end **e = ends;
    char buf[SMALL] = {0};
    while (n-- > 0) {
        send_all(e[0], buf, sizeof buf);
        bench_must(recv_some(e[1], buf, sizeof buf) == SMALL, "uv_read_start()");
    }
}

extern const struct library library_libuv;
const struct library library_libuv = {
    .name = "libuv",
    .version = uv_version_string,
    .start = start,
    .open_close = open_close,
    .connect = connect_ends,
    .disconnect = disconnect,
    .hang_up = hang_up,
    .send = send_all,
    .recv = recv_some,
    .send_recv = send_recv,
};
