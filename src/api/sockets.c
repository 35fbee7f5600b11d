/* The public calls that take a descriptor or make one, on the process's own table. */
#include "api/library.h"
#include "call/call.h"
#include "call/plain.h"
#include "facts/translate.h"
#include "facts/triple.h"
#include "name/connect_host.h"
#include "name/listen_host.h"
#include "name/pending.h"
#include "socket/sock.h"
#include "wait/poll.h"
#include "xsock.h"
#include "xsock_native.h"

int xsock_open(int af, int type, int protocol)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_open(t, af, type, protocol) : -XSOCK_ENOMEM;
}

int xsock_pair(int af, int type, int protocol, int out[2])
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_pair(t, af, type, protocol, out) : -XSOCK_ENOMEM;
}

int xsock_dup(int d, int min, int flags)
{
    return xsock__call_dup(xsock__library_table(), d, min, flags);
}

/* The table returns XSOCK__EFOREIGN for a reserved number. The public error is EBUSY. */
static int or_busy(int rc)
{
    return rc == -XSOCK__EFOREIGN ? -XSOCK_EBUSY : rc;
}

int xsock_dup2(int d, int to, int flags)
{
    return or_busy(xsock__call_dup2(xsock__library_table(), d, to, flags));
}

int xsock_close(int d)
{
    return or_busy(xsock__call_close(xsock__library_table(), d));
}

int xsock_get_flags(int d)
{
    return xsock__call_get_flags(xsock__library_table(), d);
}

int xsock_set_flags(int d, int flags)
{
    return xsock__call_set_flags(xsock__library_table(), d, flags);
}

int xsock_get_limit(void)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__fdtab_limit(t) : -XSOCK_ENOMEM;
}

int xsock_set_limit(int limit)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__fdtab_set_limit(t, limit) : -XSOCK_ENOMEM;
}

/* ---- Endpoints ------------------------------------------------------------------------------- */

int xsock_bind(int d, const struct xsock_addr *a)
{
    return xsock__call_bind(xsock__library_table(), d, a);
}

int xsock_listen(int d, int backlog)
{
    return xsock__call_listen(xsock__library_table(), d, backlog);
}

int xsock_accept(int d, int flags, struct xsock_addr *out_peer)
{
    return xsock__call_accept(xsock__library_table(), d, flags, out_peer);
}

int xsock_connect(int d, const struct xsock_addr *a)
{
    return xsock__call_connect(xsock__library_table(), d, a);
}

int xsock_connect_result(int d)
{
    return xsock__call_connect_result(xsock__library_table(), d);
}

int xsock_shutdown(int d, int how)
{
    return xsock__call_shutdown(xsock__library_table(), d, how);
}

int xsock_local_addr(int d, struct xsock_addr *out)
{
    return xsock__call_local_addr(xsock__library_table(), d, out);
}

int xsock_peer_addr(int d, struct xsock_addr *out)
{
    return xsock__call_peer_addr(xsock__library_table(), d, out);
}

int xsock_peer_cred(int d, struct xsock_cred *out)
{
    return xsock__call_peer_cred(xsock__library_table(), d, out);
}

/* ---- Data ------------------------------------------------------------------------------------ */

ptrdiff_t xsock_send(int d, const void *buf, size_t len, int flags)
{
    return xsock__call_send(xsock__library_table(), d, buf, len, flags);
}

ptrdiff_t xsock_sendto(int d, const void *buf, size_t len, int flags, const struct xsock_addr *to)
{
    return xsock__call_sendto(xsock__library_table(), d, buf, len, flags, to);
}

ptrdiff_t xsock_recv(int d, void *buf, size_t len, int flags)
{
    return xsock__call_recv(xsock__library_table(), d, buf, len, flags);
}

ptrdiff_t xsock_recvfrom(int d, void *buf, size_t len, int flags, struct xsock_addr *out_from)
{
    return xsock__call_recvfrom(xsock__library_table(), d, buf, len, flags, out_from);
}

ptrdiff_t xsock_available(int d)
{
    return xsock__call_available(xsock__library_table(), d);
}

int xsock_at_mark(int d)
{
    return xsock__call_at_mark(xsock__library_table(), d);
}

ptrdiff_t xsock_sendmsg(int d, const struct xsock_msg *m, int flags)
{
    return xsock__call_sendmsg(xsock__library_table(), d, m, flags);
}

ptrdiff_t xsock_recvmsg(int d, struct xsock_msg *m, int flags)
{
    return xsock__call_recvmsg(xsock__library_table(), d, m, flags);
}

int xsock_send_batch(int d, struct xsock_dgram *v, size_t n, int flags)
{
    return xsock__call_send_batch(xsock__library_table(), d, v, n, flags);
}

int xsock_recv_batch(int d, struct xsock_dgram *v, size_t n, int flags)
{
    return xsock__call_recv_batch(xsock__library_table(), d, v, n, flags);
}

ptrdiff_t xsock_sendfile(int d, uintptr_t file, uint64_t offset, size_t len)
{
    return xsock__call_sendfile(xsock__library_table(), d, file, offset, len);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

int xsock_poll(struct xsock_pollfd *v, size_t n, int64_t timeout_ns)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__poll(t, v, n, timeout_ns) : -XSOCK_ENOMEM;
}

int xsock_poller_open(int flags)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_poller_open(t, flags) : -XSOCK_ENOMEM;
}

int xsock_poller_ctl(int p, int op, int d, uint32_t events, uint64_t data)
{
    return xsock__call_poller_ctl(xsock__library_table(), p, op, d, events, data);
}

int xsock_poller_wait(int p, struct xsock_event *out, size_t n, int64_t timeout_ns)
{
    return xsock__call_poller_wait(xsock__library_table(), p, out, n, timeout_ns);
}

int xsock_poller_wake(int p)
{
    return xsock__call_poller_wake(xsock__library_table(), p);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

int xsock_oserror(void)
{
    return xsock__sys_last_error();
}

int xsock_error_from_os(int64_t code)
{
    return xsock__error_from_native(code);
}

int xsock_error_to_os(int error)
{
    return xsock__error_to_native(error);
}

int xsock_error_from_winsock(int64_t code)
{
    return xsock__error_from_winsock(code);
}

/* ---- Handles of the system ------------------------------------------------------------------- */

int xsock_native(int d, uintptr_t *out)
{
    return xsock__call_native(xsock__library_table(), d, out);
}

int xsock_adopt(uintptr_t handle, int flags)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_adopt(t, handle, flags) : -XSOCK_ENOMEM;
}

int xsock_release(int d, uintptr_t *out)
{
    return xsock__call_release(xsock__library_table(), d, out);
}

int xsock_reserve(int number)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_reserve(t, number) : -XSOCK_ENOMEM;
}

int xsock_unreserve(int number)
{
    return xsock__call_unreserve(xsock__library_table(), number);
}

int xsock_native_triple(int af, int type, int protocol, int out[3])
{
    struct xsock__sys_triple t;
    if (out == NULL)
        return -XSOCK_EFAULT;
    int rc = xsock__triple_check_flags(af, type, protocol);
    if (rc == 0)
        rc = xsock__triple_check(af, type & XSOCK__TYPE_MASK, &protocol);
    if (rc != 0)
        return rc;
    if (!xsock__sys_family(af, &t.family))
        return -XSOCK_EAFNOSUPPORT;
    if (!xsock__sys_type(type & XSOCK__TYPE_MASK, &t.type))
        return -XSOCK_ESOCKTNOSUPPORT;
    if (!xsock__sys_protocol(af, protocol, &t.protocol))
        return -XSOCK_EPROTONOSUPPORT;
    out[0] = t.family;
    out[1] = t.type;
    out[2] = t.protocol;
    return 0;
}

int xsock_triple_from_native(int family, int type, int protocol, int out[3])
{
    const struct xsock__sys_triple t = {family, type, protocol};
    return out == NULL ? -XSOCK_EFAULT : xsock__numbers_from_native(&t, out);
}

/* ---- Names ----------------------------------------------------------------------------------- */

int xsock_resolve_begin(const char *host, const char *service, int af, int type, int flags)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_resolve_begin(t, host, service, af, type, flags) : -XSOCK_ENOMEM;
}

int xsock_resolve_end(int d, struct xsock_addr *out, size_t cap)
{
    return xsock__call_resolve_end(xsock__library_table(), d, out, cap);
}

int xsock_connect_host_with(const char *host, const char *service, int64_t timeout_ns,
                            const struct xsock_connect_options *options)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_connect_host(t, host, service, timeout_ns, options)
                     : -XSOCK_ENOMEM;
}

int xsock_connect_host(const char *host, const char *service, int64_t timeout_ns)
{
    return xsock_connect_host_with(host, service, timeout_ns, NULL);
}

int xsock_listen_host_with(const char *host, const char *service, int backlog,
                           const struct xsock_listen_options *options)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__call_listen_host(t, host, service, backlog, options) : -XSOCK_ENOMEM;
}

int xsock_listen_host(const char *host, const char *service, int backlog)
{
    return xsock_listen_host_with(host, service, backlog, NULL);
}
