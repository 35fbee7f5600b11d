#include "socket/control.h"

#include "addr/addr.h"

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

int xsock__control_check_socket(const struct xsock__sock *s, const struct xsock_control *c,
                                size_t total)
{
    if (c == NULL || c->has == 0)
        return 0;
    bool internet = xsock__addr_is_internet(s->af);
    bool passes_handles = s->af == XSOCK_AF_LOCAL && !s->emulated;
    if ((c->has & XSOCK_CONTROL_HANDLES) != 0 && !passes_handles)
        return -XSOCK_EOPNOTSUPP;
    if ((c->has & OF_DATAGRAMS) != 0 && (!internet || xsock__sock_is_stream(s)))
        return -XSOCK_EOPNOTSUPP;
    if ((c->has & XSOCK_CONTROL_PKTINFO) != 0 && c->local.family != XSOCK_AF_UNSPEC
        && c->local.family != s->af)
        return -XSOCK_EAFNOSUPPORT;
    if ((c->has & XSOCK_CONTROL_HANDLES) != 0 && total == 0 && s->type == XSOCK_SOCK_STREAM)
        return -XSOCK_EINVAL;
    return 0;
}

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
