/* xsock inside a libuv loop: the loop watches the handle of an xsock poller, and the poller tells
 * which sockets are ready. One watcher is enough for any number of sockets. On Windows the handle
 * of a poller is a completion port, which libuv cannot watch.
 *
 *     cc in_libuv.c -lxsock -luv
 */
#include <stdio.h>
#include <uv.h>

#include "xsock.h"
#include "xsock_native.h"

static void on_ready(uv_poll_t *watcher, int status, int events)
{
    struct xsock_event ready[16];
    int poller = *(int *)watcher->data, n = xsock_poller_wait(poller, ready, 16, 0);

    (void)status;
    (void)events;
    for (int i = 0; i < n; i++) {
        char buf[64];
        ptrdiff_t got = xsock_recv(ready[i].fd, buf, sizeof buf, XSOCK_MSG_DONTWAIT);
        if (got == -XSOCK_EAGAIN)
            continue;
        if (got > 0)
            printf("libuv: %.*s\n", (int)got, buf);
        uv_poll_stop(watcher); /* this example is over after one message */
    }
}

static void on_timer(uv_timer_t *timer)
{
    static const char text[] = "hello";
    (void)xsock_send(*(int *)timer->data, text, sizeof text - 1, 0);
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();
    uv_poll_t watcher;
    uv_timer_t timer;
    uintptr_t handle;
    int pair[2], poller = xsock_poller_open(XSOCK_SOCK_CLOEXEC);

    if (poller < 0 || xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair) < 0
        || xsock_poller_ctl(poller, XSOCK_POLLER_ADD, pair[1], XSOCK_POLLER_IN, 0) < 0
        || xsock_native(poller, &handle) < 0 || uv_poll_init(loop, &watcher, (int)handle) < 0)
        return 1;
    watcher.data = &poller;
    timer.data = &pair[0];
    uv_poll_start(&watcher, UV_READABLE, on_ready);
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, on_timer, 0, 0);
    uv_run(loop, UV_RUN_DEFAULT);

    uv_close((uv_handle_t *)&watcher, NULL);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(loop, UV_RUN_DEFAULT); /* libuv gives its watchers back before the poller is closed */
    uv_loop_close(loop);
    return xsock_close(poller) < 0 || xsock_close(pair[0]) < 0 || xsock_close(pair[1]) < 0;
}
