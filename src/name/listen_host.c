/* Listening by name. */
#include "name/listen_host.h"

#include "addr/addr.h"
#include "call/lookup.h"
#include "name/host.h"
#include "name/resolve.h"
#include "name/stale_socket.h"
#include "socket/endpoint.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "socket/start.h"
#include "sys.h"

enum {
    FLAGS = XSOCK_HOST_NONBLOCK | XSOCK_HOST_INHERIT | XSOCK_HOST_NUMERICHOST
            | XSOCK_HOST_NUMERICSERV | XSOCK_HOST_REUSEPORT | XSOCK_HOST_REMOVE_STALE
};

/* Datagram sockets do not get REUSEADDR. With it Linux gives the port to the last socket that asks.
 */
static int set_options(const struct xsock__held *held, int flags)
{
    int rc = 0;
    if (xsock__addr_is_internet(held->sock->af) && xsock__sock_is_stream(held->sock))
        rc = xsock__option_set(held, XSOCK_SO_REUSEADDR, XSOCK_OPT_FLAG, 1);
    if (rc == 0 && (flags & XSOCK_HOST_REUSEPORT) != 0)
        rc = xsock__option_set(held, XSOCK_SO_REUSEPORT, XSOCK_OPT_FLAG, 1);
    return rc;
}

static int set_up(const struct xsock__held *held, const struct xsock_addr *a, int backlog,
                  int flags)
{
    int rc = set_options(held, flags);
    if (rc == 0)
        rc = xsock__host_bind(held, a);
    if (rc != 0 || !xsock__sock_is_stream(held->sock))
        return rc;
    return xsock__endpoint_listen(held, backlog);
}

static int listen_on(const struct xsock__host *h, const struct xsock_addr *a, int backlog,
                     int flags, struct xsock__held *out)
{
    int rc = xsock__host_open(h, a, out);
    if (rc != 0)
        return rc;
    rc = set_up(out, a, backlog, flags);
    if (rc != 0)
        xsock__sock_close(out);
    return rc;
}

/* An abstract name has no file. */
static int listen_on_path(const struct xsock__host *h, int backlog, int flags,
                          struct xsock__held *out)
{
    uintptr_t lock;
    if ((flags & XSOCK_HOST_REMOVE_STALE) == 0 || h->path.data[0] == 0)
        return listen_on(h, &h->path, backlog, flags, out);
    int rc = xsock__stale_socket_remove(&h->path, h->type & XSOCK__TYPE_MASK, &lock);
    if (rc != 0)
        return rc;
    rc = listen_on(h, &h->path, backlog, flags, out);
    xsock__sys_unlock_file(lock);
    return rc;
}

/* Only an address that is not this machine's is passed over. An address that is taken ends the
 * search: on another address the server would run and not be found. */
static int listen_on_first(const struct xsock__host *h, const struct xsock__answer *answer,
                           int backlog, int flags, struct xsock__held *out)
{
    int told = -XSOCK_EAFNOSUPPORT;
    for (size_t i = 0; i < answer->count; i++) {
        int rc = listen_on(h, &answer->v[i], backlog, flags, out);
        if (rc != -XSOCK_EAFNOSUPPORT && rc != -XSOCK_EADDRNOTAVAIL)
            return rc;
        if (told == -XSOCK_EAFNOSUPPORT)
            told = rc;
    }
    return told;
}

static int listen_on_host(const struct xsock__host *h, int backlog, int flags,
                          struct xsock__held *out)
{
    struct xsock__answer answer;
    if (h->is_local)
        return listen_on_path(h, backlog, flags, out);
    int rc = xsock__resolve_ask(&h->question, &answer);
    if (rc == 0)
        rc = listen_on_first(h, &answer, backlog, flags, out);
    else if (answer.code != 0)
        xsock__sys_set_last_error(answer.code);
    xsock__answer_free(&answer);
    return rc;
}

static int check(const char *host, const char *service, const struct xsock_listen_options *o,
                 struct xsock__host *out)
{
    const struct xsock__host_choice choice = {o->af, o->type, o->protocol, o->flags};
    uint64_t reserved = o->reserved[0] | o->reserved[1] | o->reserved[2] | o->reserved[3];
    if ((o->flags & ~FLAGS) != 0 || reserved != 0)
        return -XSOCK_EINVAL;
    if (service == NULL && !xsock__host_is_local(host))
        service = "0";
    return xsock__host_init(out, host, service, &choice, true);
}

int xsock__call_listen_host(struct xsock__fdtab *t, const char *host, const char *service,
                            int backlog, const struct xsock_listen_options *options)
{
    static const struct xsock_listen_options defaults;
    const struct xsock_listen_options *o = options != NULL ? options : &defaults;
    struct xsock__host h;
    struct xsock__held held;
    struct xsock__fd *fd;
    int rc = check(host, service, o, &h);
    if (rc == 0)
        rc = xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__start();
    if (rc == 0)
        rc = listen_on_host(&h, backlog, o->flags, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    return xsock__lookup_publish(t, fd, &held, h.type & XSOCK__TYPE_FLAGS);
}
