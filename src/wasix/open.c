/* sock_open, sock_pair, fd_close. */
#include "call/call.h"
#include "facts/triple.h"
#include "wasix/guest.h"

/* A guest gets only the families, types and protocols of WASIX. xsock has more. */
enum { PROTOCOL_MAX = 263 };

static int check_triple(int af, int type, int protocol)
{
    int plain = type & ~(XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
    if (type < 0 || plain > 0x1fff)
        return -XSOCK_EINVAL;
    if (af < XSOCK_AF_INET || af > XSOCK_AF_LOCAL)
        return -XSOCK_EAFNOSUPPORT;
    if (plain < XSOCK_SOCK_STREAM || plain > XSOCK_SOCK_SEQPACKET)
        return -XSOCK_ESOCKTNOSUPPORT;
    return protocol < 0 || protocol > PROTOCOL_MAX ? -XSOCK_EPROTONOSUPPORT : 0;
}

/* If a program passes protocol 0, wasix-libc passes TCP or UDP instead, for every family. LOCAL
 * has neither, so these become 0 again. */
static int meant_protocol(int af, int type, int protocol)
{
    bool stream = (type & 0x1fff) == XSOCK_SOCK_STREAM && protocol == 6;
    bool dgram = (type & 0x1fff) == XSOCK_SOCK_DGRAM && protocol == 17;
    return af == XSOCK_AF_LOCAL && (stream || dgram) ? 0 : protocol;
}

/* The policy sees the protocol that 0 stands for. The policy is not asked about a triple that
 * cannot be opened, because the core refuses it. */
static int ask_triple(const struct xsock__wasix_call *c, int af, int type, int protocol)
{
    if (xsock__triple_check(af, type, &protocol) != 0)
        return 0;
    return xsock__wasix_ask(c, XSOCK_WASIX_OPEN, af, type, protocol, NULL, NULL);
}

/* Reads the three arguments that sock_open and sock_pair begin with, and asks the policy. */
static int get_triple(const struct xsock__wasix_call *c, int *out_af, int *out_type,
                      int *out_protocol)
{
    *out_af = (int)xsock__wasix_u32(c, 0);
    *out_type = (int)xsock__wasix_u32(c, 1);
    *out_protocol = meant_protocol(*out_af, *out_type, (int)xsock__wasix_u32(c, 2));
    int rc = check_triple(*out_af, *out_type, *out_protocol);
    if (rc != 0)
        return rc;
    return ask_triple(c, *out_af, *out_type & 0x1fff, *out_protocol);
}

int xsock__wasix_sock_open(const struct xsock__wasix_call *c)
{
    int af, type, protocol;
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 3), 4);
    int rc = out == NULL ? -XSOCK_EMEMVIOLATION : get_triple(c, &af, &type, &protocol);
    if (rc != 0)
        return rc;
    int d = xsock__call_open(c->guest->table, af, type, protocol);
    if (d >= 0)
        xsock__wasix_put32(out, (uint32_t)d);
    return d < 0 ? d : 0;
}

int xsock__wasix_sock_pair(const struct xsock__wasix_call *c)
{
    int af, type, protocol, d[2];
    unsigned char *out0 = xsock__wasix_at(c, xsock__wasix_ptr(c, 3), 4);
    unsigned char *out1 = xsock__wasix_at(c, xsock__wasix_ptr(c, 4), 4);
    int rc =
        out0 == NULL || out1 == NULL ? -XSOCK_EMEMVIOLATION : get_triple(c, &af, &type, &protocol);
    if (rc == 0)
        rc = xsock__call_pair(c->guest->table, af, type, protocol, d);
    if (rc != 0)
        return rc;
    xsock__wasix_put32(out0, (uint32_t)d[0]);
    xsock__wasix_put32(out1, (uint32_t)d[1]);
    return 0;
}

int xsock__wasix_fd_close(const struct xsock__wasix_call *c)
{
    return xsock__call_close(c->guest->table, xsock__wasix_fd(c, 0));
}
