/* GLib's GSocket. */
#include <gio/gio.h>
#include <stdio.h>

#include "raw.h"

static const char *version(void)
{
    static char text[32];
    snprintf(text, sizeof text, "%u.%u.%u", glib_major_version, glib_minor_version,
             glib_micro_version);
    return text;
}

static void open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        GSocket *s = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, NULL);
        bench_must(s != NULL, "g_socket_new()");
        g_object_unref(s);
    }
}

static bool connect_ends(enum stream_kind kind, void *out[2])
{
    uintptr_t handles[2];
    if (!raw_stream_pair(kind, handles))
        return false;
    for (int i = 0; i < 2; i++) {
        out[i] = g_socket_new_from_fd((gint)handles[i], NULL);
        bench_must(out[i] != NULL, "g_socket_new_from_fd()");
    }
    return true;
}

static void disconnect(void *end)
{
    g_object_unref(end);
}

static void hang_up(void *end)
{
    g_socket_shutdown(end, FALSE, TRUE, NULL);
}

static void send_all(void *end, const void *buf, size_t len)
{
    for (size_t done = 0; done < len;) {
        gssize n = g_socket_send(end, (const gchar *)buf + done, len - done, NULL, NULL);
        bench_must(n > 0, "g_socket_send()");
        done += (size_t)n;
    }
}

static size_t recv_some(void *end, void *buf, size_t len)
{
    gssize n = g_socket_receive(end, buf, len, NULL, NULL);
    bench_must(n >= 0, "g_socket_receive()");
    return (size_t)n;
}

static void send_recv(void *ends, long n)
{
    void **e = ends;
    char buf[SMALL] = {0};
    while (n-- > 0)
        bench_must(g_socket_send(e[0], buf, SMALL, NULL, NULL) == SMALL
                       && g_socket_receive(e[1], buf, SMALL, NULL, NULL) == SMALL,
                   "g_socket_send() and g_socket_receive()");
}

extern const struct library library_glib;
const struct library library_glib = {
    .name = "GLib",
    .version = version,
    .open_close = open_close,
    .connect = connect_ends,
    .disconnect = disconnect,
    .hang_up = hang_up,
    .send = send_all,
    .recv = recv_some,
    .send_recv = send_recv,
};
