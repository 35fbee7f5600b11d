/* A libuv loop inside an xsock poller (watch.h says how). The loop has work in libuv's pool of
 * threads. When the work is done, the loop writes to a socket, which the poller watches.
 *
 *     cc libuv_inside.c -lxsock -luv -pthread
 */
#include <uv.h>

#include "pair.h"
#include "watch.h"

static void work(uv_work_t *request)
{
    (void)request; /* here a program would read a file, say */
}

static void on_done(uv_work_t *request, int status)
{
    (void)status;
    pair_say_hello(request->data);
}

static void on_wake(uv_async_t *async)
{
    (void)async;
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();
    uv_async_t wake;
    uv_work_t request;
    struct pair pair;
    struct watch watch = {.n = 1};
    bool over = false;

    if (!pair_open(&pair) || !watch_begin(&watch, pair.poller))
        return 1;
    request.data = &pair;
    uv_async_init(loop, &wake, on_wake);
    uv_queue_work(loop, &request, work, on_done);
    while (!over) {
        /* The loop's one descriptor is readable when the loop has something to do. */
        watch.fds[0] = (struct pollfd){.fd = uv_backend_fd(loop), .events = POLLIN};
        watch.timeout_ms = uv_backend_timeout(loop);
        watch_next(&watch);
        while (!over && !watch.ready)
            over = pair_serve(&pair, "libuv inside", -1);
        if (!over)
            uv_run(loop, UV_RUN_NOWAIT);
    }

    uv_async_send(&wake);
    watch_end(&watch);
    uv_close((uv_handle_t *)&wake, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
    return pair_close(&pair) ? 0 : 1;
}
