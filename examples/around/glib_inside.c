/* A GLib main context inside an xsock poller (watch.h says how). Another thread gives the context
 * something to do. The context then writes to a socket, which the poller watches.
 *
 *     cc glib_inside.c -lxsock $(pkg-config --cflags --libs glib-2.0) -pthread
 */
#include <glib.h>

#include "pair.h"
#include "watch.h"

static gboolean on_idle(gpointer pair)
{
    pair_say_hello(pair);
    return G_SOURCE_REMOVE;
}

static gpointer work(gpointer pair)
{
    g_idle_add(on_idle, pair); /* wakes the context */
    return NULL;
}

int main(void)
{
    GMainContext *context = g_main_context_default();
    GPollFD fds[16];
    gint priority, timeout_ms, n;
    struct pair pair;
    struct watch watch = {.n = 0};
    bool over = false;

    if (!pair_open(&pair) || !watch_begin(&watch, pair.poller) || !g_main_context_acquire(context))
        return 1;
    GThread *thread = g_thread_new("work", work, &pair);
    while (!over) {
        g_main_context_prepare(context, &priority);
        n = g_main_context_query(context, priority, &timeout_ms, fds, 16);
        for (int i = 0; i < n; i++) /* POLLIN and its kin have G_IO_IN's values */
            watch.fds[i] = (struct pollfd){.fd = fds[i].fd, .events = (short)fds[i].events};
        watch.n = n; /* at most 16 here: a program makes room for what query() wants */
        watch.timeout_ms = timeout_ms;
        watch_next(&watch);
        while (!over && !watch.ready)
            over = pair_serve(&pair, "GLib inside", -1);
        if (over)
            break;
        for (int i = 0; i < n; i++)
            fds[i].revents = (gushort)watch.fds[i].revents;
        if (g_main_context_check(context, priority, fds, n))
            g_main_context_dispatch(context);
    }

    g_main_context_wakeup(context);
    watch_end(&watch);
    g_thread_join(thread);
    g_main_context_release(context);
    return pair_close(&pair) ? 0 : 1;
}
