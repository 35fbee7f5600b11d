#include "socket/control.h"

#include <string.h>

#include "addr/addr.h"
#include "sys.h"

enum {
    ALL =
        XSOCK_CONTROL_HANDLES | XSOCK_CONTROL_PKTINFO | XSOCK_CONTROL_TOS | XSOCK_CONTROL_HOP_LIMIT,
    OF_DATAGRAMS = XSOCK_CONTROL_PKTINFO | XSOCK_CONTROL_TOS | XSOCK_CONTROL_HOP_LIMIT
};

static bool is_reserved_zero(const struct xsock_control *c)
{
    return (c->reserved[0] | c->reserved[1] | c->reserved[2] | c->reserved[3]) == 0;
}

static bool is_between(int32_t n, int32_t min, int32_t max)
{
    return n >= min && n <= max;
}

static int check_values(const struct xsock_control *c)
{
    bool wrong = (c->has & ~(uint32_t)ALL) != 0 || !is_reserved_zero(c);
    wrong = wrong || ((c->has & XSOCK_CONTROL_TOS) != 0 && !is_between(c->tos, 0, 255));
    wrong = wrong || ((c->has & XSOCK_CONTROL_HOP_LIMIT) != 0 && !is_between(c->hop_limit, 1, 255));
    wrong =
        wrong
        || ((c->has & XSOCK_CONTROL_HANDLES) != 0 && c->handle_count > XSOCK_CONTROL_HANDLES_MAX);
    return wrong ? -XSOCK_EINVAL : 0;
}

bool xsock__control_lacks_sent(const struct xsock_control *c)
{
    return c != NULL && (c->has & XSOCK_CONTROL_HANDLES) != 0 && c->handles == NULL
           && c->handle_count != 0;
}

bool xsock__control_lacks_space(const struct xsock_control *c)
{
    return c != NULL && c->handles == NULL && c->handle_capacity != 0;
}

int xsock__control_check_send(const struct xsock_control *c)
{
    if (c == NULL)
        return 0;
    int rc = check_values(c);
    if (rc == 0 && (c->has & XSOCK_CONTROL_PKTINFO) != 0 && c->local.family != XSOCK_AF_UNSPEC)
        rc = xsock__addr_check(&c->local);
    return rc;
}

/* ---- The packet's family --------------------------------------------------------------------- */

enum { MAPPED = 12 /* the bytes before the IPv4 address in an IPv4-mapped one */ };
static const uint8_t mapped[MAPPED] = {[10] = 0xff, [11] = 0xff};

static bool is_inet(const struct xsock_addr *a)
{
    return a->family == XSOCK_AF_INET
           || (a->family == XSOCK_AF_INET6 && memcmp(a->data, mapped, MAPPED) == 0);
}

static bool has_inet_peer(uintptr_t handle)
{
    struct xsock__sys_addr native;
    struct xsock_addr peer;
    return xsock__sys_peer_addr(handle, &native) == 0
           && xsock__sys_addr_from_native(&native, &peer) == 0 && is_inet(&peer);
}

/* A dual-stack socket sends IPv4 packets, too, and the system wants the control data of the
 * packet's family. */
static int packet_family(const struct xsock__held *held, const struct xsock_control *c,
                         const struct xsock_addr *to)
{
    const int af = held->sock->af;
    bool inet;
    if (af != XSOCK_AF_INET6 || (c->has & OF_DATAGRAMS) == 0)
        return af;
    if (to != NULL)
        inet = is_inet(to);
    else if ((c->has & XSOCK_CONTROL_PKTINFO) != 0 && c->local.family != XSOCK_AF_UNSPEC)
        inet = is_inet(&c->local);
    else
        inet = has_inet_peer(held->handle);
    return inet ? XSOCK_AF_INET : XSOCK_AF_INET6;
}

static bool fits_packet(const struct xsock_addr *local, int socket_af, int packet_af)
{
    if (local->family == XSOCK_AF_UNSPEC)
        return true;
    if (socket_af == XSOCK_AF_INET)
        return local->family == XSOCK_AF_INET;
    return is_inet(local) == (packet_af == XSOCK_AF_INET);
}

int xsock__control_check_socket(const struct xsock__held *held, const struct xsock_control *c,
                                const struct xsock_addr *to, size_t total, int *out_af)
{
    const struct xsock__sock *s = held->sock;
    *out_af = s->af;
    if (c == NULL || c->has == 0)
        return 0;
    bool internet = xsock__addr_is_internet(s->af);
    bool passes_handles = s->af == XSOCK_AF_LOCAL && !s->emulated;
    if ((c->has & XSOCK_CONTROL_HANDLES) != 0 && !passes_handles)
        return -XSOCK_EOPNOTSUPP;
    if ((c->has & OF_DATAGRAMS) != 0 && (!internet || xsock__sock_is_stream(s)))
        return -XSOCK_EOPNOTSUPP;
    if ((c->has & XSOCK_CONTROL_HANDLES) != 0 && total == 0 && s->type == XSOCK_SOCK_STREAM)
        return -XSOCK_EINVAL;
    *out_af = packet_family(held, c, to);
    if ((c->has & XSOCK_CONTROL_PKTINFO) != 0 && !fits_packet(&c->local, s->af, *out_af))
        return -XSOCK_EAFNOSUPPORT;
    return 0;
}

void xsock__control_received(const struct xsock__sock *s, struct xsock_control *c)
{
    struct xsock_addr *a = &c->local;
    if (s->af != XSOCK_AF_INET6 || (c->has & XSOCK_CONTROL_PKTINFO) == 0
        || a->family != XSOCK_AF_INET)
        return;
    memmove(a->data + MAPPED, a->data, a->length);
    memcpy(a->data, mapped, MAPPED);
    a->family = XSOCK_AF_INET6;
    a->length += MAPPED;
}

/* ---- Checking and comparing ------------------------------------------------------------------ */

int xsock__control_check_recv(const struct xsock_control *c)
{
    return c == NULL || is_reserved_zero(c) ? 0 : -XSOCK_EINVAL;
}

bool xsock__control_same(const struct xsock_control *a, const struct xsock_control *b)
{
    uint32_t has = a != NULL ? a->has : 0;
    if (has != (b != NULL ? b->has : 0))
        return false;
    if (a == b || has == 0)
        return true;
    if ((has & XSOCK_CONTROL_HANDLES) != 0)
        return false;
    if ((has & XSOCK_CONTROL_TOS) != 0 && a->tos != b->tos)
        return false;
    if ((has & XSOCK_CONTROL_HOP_LIMIT) != 0 && a->hop_limit != b->hop_limit)
        return false;
    return (has & XSOCK_CONTROL_PKTINFO) == 0
           || (a->interface_index == b->interface_index && xsock_addr_equal(&a->local, &b->local));
}
