/* Apache Portable Runtime. Its sockets belong to memory pools. A socket that is soon closed has a
 * pool of its own, which is cleared and used again. */
#include <apr_general.h>
#include <apr_network_io.h>
#include <apr_portable.h>
#include <apr_version.h>

#include "raw.h"

static apr_pool_t *pool, *moment;

static void start(void)
{
    bench_must(apr_initialize() == APR_SUCCESS && apr_pool_create(&pool, NULL) == APR_SUCCESS
                   && apr_pool_create(&moment, pool) == APR_SUCCESS,
               "apr_initialize()");
}

static void open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        apr_socket_t *s;
        bench_must(apr_socket_create(&s, APR_INET, SOCK_STREAM, APR_PROTO_TCP, moment)
                       == APR_SUCCESS,
                   "apr_socket_create()");
        apr_socket_close(s);
        apr_pool_clear(moment);
    }
}

static bool connect_ends(enum stream_kind kind, void *out[2])
{
    uintptr_t handles[2];
    if (!raw_stream_pair(kind, handles))
        return false;
    for (int i = 0; i < 2; i++) {
        apr_os_sock_t fd = (apr_os_sock_t)handles[i];
        apr_socket_t *s = NULL;
        bench_must(apr_os_sock_put(&s, &fd, pool) == APR_SUCCESS
                       && apr_socket_timeout_set(s, -1) == APR_SUCCESS,
                   "apr_os_sock_put()");
        out[i] = s;
    }
    return true;
}

static void disconnect(void *end)
{
    apr_socket_close(end);
}

static void hang_up(void *end)
{
    apr_socket_shutdown(end, APR_SHUTDOWN_WRITE);
}

static void send_all(void *end, const void *buf, size_t len)
{
    for (size_t done = 0; done < len;) {
        apr_size_t n = len - done;
        bench_must(apr_socket_send(end, (const char *)buf + done, &n) == APR_SUCCESS,
                   "apr_socket_send()");
        done += n;
    }
}

static size_t recv_some(void *end, void *buf, size_t len)
{
    apr_size_t n = len;
    apr_status_t status = apr_socket_recv(end, buf, &n);
    bench_must(status == APR_SUCCESS || status == APR_EOF, "apr_socket_recv()");
    return status == APR_SUCCESS ? n : 0;
}

static void send_recv(void *ends, long n)
{
    void **e = ends;
    char buf[SMALL] = {0};
    while (n-- > 0) {
        apr_size_t sent = sizeof buf, received = sizeof buf;
        bench_must(apr_socket_send(e[0], buf, &sent) == APR_SUCCESS && sent == SMALL
                       && apr_socket_recv(e[1], buf, &received) == APR_SUCCESS && received == SMALL,
                   "apr_socket_send() and apr_socket_recv()");
    }
}

extern const struct library library_apr;
const struct library library_apr = {
    .name = "APR",
    .version = apr_version_string,
    .start = start,
    .open_close = open_close,
    .connect = connect_ends,
    .disconnect = disconnect,
    .hang_up = hang_up,
    .send = send_all,
    .recv = recv_some,
    .send_recv = send_recv,
};
