/* What a guest may do. The engine's policy decides, or the default below. */
#include <string.h>

#include "call/call.h"
#include "socket/sock.h"
#include "wasix/guest.h"

/* Without a policy, a guest may use the network, but nothing that reaches past it into the host
 * itself. A LOCAL socket may not be bound to an empty name, because Linux then gives it an abstract
 * name. */
static bool allowed_by_default(const struct xsock_wasix_request *r)
{
    if (r->action == XSOCK_WASIX_OPEN)
        return r->type != XSOCK_SOCK_RAW;
    return r->addr.family != XSOCK_AF_LOCAL
           || (r->addr.length == 0 && r->action != XSOCK_WASIX_BIND);
}

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* ::ffff:a.b.c.d becomes a.b.c.d, so that a guest cannot get around a policy by the other form. */
static void unmap(struct xsock_addr *a)
{
    if (a->family != XSOCK_AF_INET6 || memcmp(a->data, mapped, sizeof mapped) != 0)
        return;
    struct xsock_addr v4 = {.family = XSOCK_AF_INET, .port = a->port, .length = 4};
    memcpy(v4.data, a->data + sizeof mapped, 4);
    *a = v4;
}

/* The reverse, for an address that the policy has left in IPv4. */
static void map(struct xsock_addr *a)
{
    struct xsock_addr v6 = {.family = XSOCK_AF_INET6, .port = a->port, .length = 16};
    if (a->family != XSOCK_AF_INET || a->length != 4)
        return;
    memcpy(v6.data, mapped, sizeof mapped);
    memcpy(v6.data + sizeof mapped, a->data, 4);
    *a = v6;
}

static void describe(int action, const struct xsock_addr *a, struct xsock_addr *out)
{
    *out = *a;
    unmap(out);
    if (action == XSOCK_WASIX_CONNECT || action == XSOCK_WASIX_SEND)
        xsock__addr_destination(out);
}

int xsock__wasix_ask(const struct xsock__wasix_call *c, int action, int af, int type, int protocol,
                     struct xsock_addr *a, const char *host)
{
    const struct xsock_wasix_config *config = &c->guest->config;
    struct xsock_wasix_request r = {
        .action = action, .af = af, .type = type, .protocol = protocol, .host = host};
    if (a != NULL)
        describe(action, a, &r.addr);
    bool was_mapped = a != NULL && r.addr.family != a->family;
    if (!(config->policy != NULL ? config->policy(config->user, &r) : allowed_by_default(&r)))
        return -XSOCK_EACCES;
    if (was_mapped)
        map(&r.addr);
    if (a != NULL)
        *a = r.addr;
    return 0;
}

int xsock__wasix_ask_in(const struct xsock__wasix_call *c, int action, const struct xsock__fd *fd,
                        struct xsock_addr *a)
{
    const struct xsock__sock *s = fd->held.sock;
    return xsock__wasix_ask(c, action, s->af, s->type, s->protocol, a, NULL);
}
