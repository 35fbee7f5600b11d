/* xsock inside a GLib main loop: the loop watches the handle of an xsock poller, and the poller
 * tells which sockets are ready. The handle of a poller can be watched on POSIX systems.
 *
 *     cc in_glib.c -lxsock $(pkg-config --cflags --libs glib-2.0)
 */
#include <glib-unix.h>
#include <stdio.h>

#include "xsock.h"
#include "xsock_native.h"

struct state {
    GMainLoop *loop;
    int poller, pair[2];
};

static gboolean on_ready(gint fd, GIOCondition condition, gpointer user)
{
    struct state *s = user;
    struct xsock_event ready[16];
    int n = xsock_poller_wait(s->poller, ready, 16, 0);

    (void)fd;
    (void)condition;
    for (int i = 0; i < n; i++) {
        char buf[64];
        ptrdiff_t got = xsock_recv(ready[i].fd, buf, sizeof buf, XSOCK_MSG_DONTWAIT);
        if (got == -XSOCK_EAGAIN)
            continue;
        if (got > 0)
            printf("GLib: %.*s\n", (int)got, buf);
        g_main_loop_quit(s->loop); /* this example is over after one message */
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_idle(gpointer user)
{
    static const char text[] = "hello";
    struct state *s = user;
    (void)xsock_send(s->pair[0], text, sizeof text - 1, 0);
    return G_SOURCE_REMOVE;
}

int main(void)
{
    struct state s = {.poller = xsock_poller_open(XSOCK_SOCK_CLOEXEC)};
    uintptr_t handle;

    if (s.poller < 0 || xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, s.pair) < 0
        || xsock_poller_ctl(s.poller, XSOCK_POLLER_ADD, s.pair[1], XSOCK_POLLER_IN, 0) < 0
        || xsock_native(s.poller, &handle) < 0)
        return 1;
    s.loop = g_main_loop_new(NULL, FALSE);
    guint watch = g_unix_fd_add((gint)handle, G_IO_IN, on_ready, &s);
    g_idle_add(on_idle, &s);
    g_main_loop_run(s.loop);

    g_source_remove(watch);
    g_main_loop_unref(s.loop);
    return xsock_close(s.poller) < 0 || xsock_close(s.pair[0]) < 0 || xsock_close(s.pair[1]) < 0;
}
