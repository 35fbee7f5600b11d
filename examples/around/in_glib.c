/* xsock inside a GLib main loop: the loop watches the handle of an xsock poller, and the poller
 * tells which sockets are ready. The handle of a poller can be watched on POSIX systems.
 *
 *     cc in_glib.c -lxsock $(pkg-config --cflags --libs glib-2.0)
 */
#include <glib-unix.h>

#include "pair.h"
#include "xsock_native.h"

static GMainLoop *loop;

static gboolean on_ready(gint fd, GIOCondition condition, gpointer pair)
{
    (void)fd;
    (void)condition;
    if (pair_serve(pair, "GLib", 0))
        g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

static gboolean on_idle(gpointer pair)
{
    pair_say_hello(pair);
    return G_SOURCE_REMOVE;
}

int main(void)
{
    uintptr_t handle;
    struct pair pair;

    if (!pair_open(&pair) || xsock_native(pair.poller, &handle) < 0)
        return 1;
    loop = g_main_loop_new(NULL, FALSE);
    guint watcher = g_unix_fd_add((gint)handle, G_IO_IN, on_ready, &pair);
    g_idle_add(on_idle, &pair);
    g_main_loop_run(loop);

    g_source_remove(watcher);
    g_main_loop_unref(loop);
    return pair_close(&pair) ? 0 : 1;
}
