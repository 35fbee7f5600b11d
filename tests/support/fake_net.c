/* The fake system's network: nothing can be bound, connected or sent yet; waits end at once. */
#include "fake_sys.h"

int xsock__sys_bind(uintptr_t h, const struct xsock__sys_addr *a, bool exclusive)
{
    (void)h, (void)a, (void)exclusive;
    return FAKE_ENETDOWN;
}
int xsock__sys_listen(uintptr_t h, int backlog)
{
    (void)h, (void)backlog;
    return FAKE_ENETDOWN;
}
int xsock__sys_accept(uintptr_t h, const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out,
                      struct xsock__sys_addr *out_peer)
{
    (void)h, (void)t, (void)cloexec, (void)out, (void)out_peer;
    return FAKE_ENETDOWN;
}
int xsock__sys_connect(uintptr_t h, const struct xsock__sys_addr *a)
{
    (void)h, (void)a;
    return FAKE_ENETDOWN;
}
int xsock__sys_take_error(uintptr_t h, int *out_code)
{
    (void)h;
    *out_code = 0;
    return 0;
}
int xsock__sys_shutdown(uintptr_t h, bool receive, bool send)
{
    (void)h, (void)receive, (void)send;
    return FAKE_ENETDOWN;
}
int xsock__sys_local_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    (void)h, (void)out;
    return FAKE_ENETDOWN;
}
int xsock__sys_peer_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    (void)h, (void)out;
    return FAKE_ENETDOWN;
}
int xsock__sys_peer_cred(uintptr_t h, struct xsock_cred *out)
{
    (void)h, (void)out;
    return FAKE_EOPNOTSUPP;
}
int xsock__sys_send(uintptr_t h, const void *buf, size_t len, int flags, const struct xsock__sys_addr *to,
                    size_t *out)
{
    (void)h, (void)buf, (void)len, (void)flags, (void)to, (void)out;
    return FAKE_ENETDOWN;
}
int xsock__sys_recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
                    size_t *out, int *out_flags)
{
    (void)h, (void)buf, (void)len, (void)flags, (void)out_from, (void)out, (void)out_flags;
    return FAKE_ENETDOWN;
}
int xsock__sys_available(uintptr_t h, size_t *out)
{
    (void)h, (void)out;
    return FAKE_ENETDOWN;
}
int xsock__sys_at_mark(uintptr_t h, bool *out)
{
    (void)h, (void)out;
    return FAKE_ENETDOWN;
}
int64_t xsock__sys_now(void)
{
    static int64_t now;
    return ++now;
}
int xsock__sys_wake_open(struct xsock__sys_wake *out)
{
    (void)out;
    return 0;
}
void xsock__sys_wake_close(struct xsock__sys_wake *w)
{
    (void)w;
}
void xsock__sys_wake_set(const struct xsock__sys_wake *w)
{
    (void)w;
}
void xsock__sys_wake_clear(const struct xsock__sys_wake *w)
{
    (void)w;
}
int xsock__sys_wait(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake, int64_t timeout_ns)
{
    (void)wake, (void)timeout_ns;
    for (size_t i = 0; i < n; i++)
        v[i].revents = 0;
    return 0;
}
