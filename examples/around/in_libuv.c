/* xsock inside a libuv loop: the loop watches the handle of an xsock poller, and the poller tells
 * which sockets are ready. One watcher is enough for any number of sockets. On Windows the handle
 * of a poller is a completion port, which libuv cannot watch.
 *
 *     cc in_libuv.c -lxsock -luv
 */
#include <uv.h>

#include "pair.h"
#include "xsock_native.h"

static void on_ready(uv_poll_t *watcher, int status, int events)
{
    (void)status;
    (void)events;
    if (pair_serve(watcher->data, "libuv", 0))
        uv_poll_stop(watcher);
}

static void on_timer(uv_timer_t *timer)
{
    pair_say_hello(timer->data);
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();
    uv_poll_t watcher;
    uv_timer_t timer;
    uintptr_t handle;
    struct pair pair;

    if (!pair_open(&pair) || xsock_native(pair.poller, &handle) < 0
        || uv_poll_init(loop, &watcher, (int)handle) < 0)
        return 1;
    watcher.data = timer.data = &pair;
    uv_poll_start(&watcher, UV_READABLE, on_ready);
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, on_timer, 0, 0);
    uv_run(loop, UV_RUN_DEFAULT);

    uv_close((uv_handle_t *)&watcher, NULL);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(loop, UV_RUN_DEFAULT); /* libuv gives its watchers back before the poller is closed */
    uv_loop_close(loop);
    return pair_close(&pair) ? 0 : 1;
}
