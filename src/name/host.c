#include "name/host.h"

#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"
#include "facts/triple.h"
#include "socket/endpoint.h"
#include "sys.h"

static const char local_prefix[] = "unix:";

bool xsock__host_is_local(const char *host)
{
    return host != NULL && strncmp(host, local_prefix, strlen(local_prefix)) == 0;
}

static int check_numbers(const struct xsock__host_choice *c, bool is_local)
{
    if (c->af != XSOCK_AF_UNSPEC && c->af != XSOCK_AF_INET && c->af != XSOCK_AF_INET6
        && c->af != XSOCK_AF_LOCAL)
        return -XSOCK_EAI_FAMILY;
    if (c->type != 0 && c->type != XSOCK_SOCK_STREAM && c->type != XSOCK_SOCK_DGRAM
        && (c->type != XSOCK_SOCK_SEQPACKET || !is_local))
        return -XSOCK_EAI_SOCKTYPE;
    if (c->af != XSOCK_AF_UNSPEC && (c->af == XSOCK_AF_LOCAL) != is_local)
        return -XSOCK_EAI_ADDRFAMILY;
    return 0;
}

/* INET and INET6 have the same protocols in the types that are allowed here. */
static int check_protocol(int type, int protocol, bool is_local)
{
    int af = is_local ? XSOCK_AF_LOCAL : XSOCK_AF_INET;
    int rc = xsock__triple_check_flags(af, type, protocol);
    return rc != 0 ? rc : xsock__triple_check(af, type, &protocol);
}

static int init_path(struct xsock__host *h, const char *host, const char *service)
{
    if (service != NULL)
        return -XSOCK_EAI_SERVICE;
    int rc = xsock_addr_parse(host, &h->path);
    return rc == 0 && h->path.length == 0 ? -XSOCK_EINVAL : rc;
}

static int resolve_flags(int flags, bool passive)
{
    return (passive ? XSOCK_AI_PASSIVE : 0)
           | ((flags & XSOCK_HOST_NUMERICHOST) != 0 ? XSOCK_AI_NUMERICHOST : 0)
           | ((flags & XSOCK_HOST_NUMERICSERV) != 0 ? XSOCK_AI_NUMERICSERV : 0);
}

int xsock__host_init(struct xsock__host *h, const char *host, const char *service,
                     const struct xsock__host_choice *choice, bool passive)
{
    int type = choice->type != 0 ? choice->type : XSOCK_SOCK_STREAM;
    memset(h, 0, sizeof *h);
    h->is_local = xsock__host_is_local(host);
    h->protocol = choice->protocol;
    h->type = type | ((choice->flags & XSOCK_HOST_NONBLOCK) != 0 ? XSOCK_SOCK_NONBLOCK : 0)
              | ((choice->flags & XSOCK_HOST_INHERIT) != 0 ? 0 : XSOCK_SOCK_CLOEXEC);
    int rc = check_numbers(choice, h->is_local);
    if (rc == 0)
        rc = check_protocol(type, choice->protocol, h->is_local);
    if (rc != 0)
        return rc;
    if (h->is_local)
        return init_path(h, host, service);
    return xsock__question_init(&h->question, host, service, choice->af, type,
                                resolve_flags(choice->flags, passive));
}

int xsock__host_open(const struct xsock__host *h, const struct xsock_addr *a,
                     struct xsock__held *out)
{
    return xsock__sock_open(a->family, h->type, h->protocol, out);
}

int xsock__host_bind(const struct xsock__held *held, const struct xsock_addr *a)
{
    struct xsock__sys_addr native;
    int rc = xsock__addr_to_native(a, &native);
    return rc != 0 ? rc : xsock__endpoint_bind(held, &native);
}
