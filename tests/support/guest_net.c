#include "guest_net.h"

#include <string.h>

static bool is_wide(const struct guest *g)
{
    return strcmp(g->module, "wasix_64v1") == 0;
}

uint64_t guest_get_word(const struct guest *g, uint64_t at)
{
    return is_wide(g) ? guest_get64(g, at) : guest_get32(g, at);
}

size_t guest_done(const struct guest *g)
{
    return (size_t)guest_get_word(g, NET_DONE);
}

unsigned guest_get16(const struct guest *g, uint64_t at)
{
    return g->bytes[at] | (unsigned)g->bytes[at + 1] << 8;
}

int guest_open(struct guest *g, int af, int type)
{
    uint32_t e = CALL4(g, "sock_open", af, type, 0, NET_FD);
    if (e == XSOCK_EAFNOSUPPORT)
        return -1;
    ASSERT_ERRNO(0, e);
    return (int)guest_get32(g, NET_FD);
}

void guest_pair(struct guest *g, int type, int out[2])
{
    ASSERT_ERRNO(0, CALL5(g, "sock_pair", XSOCK_AF_LOCAL, type, 0, NET_FD, NET_FD + 4));
    out[0] = (int)guest_get32(g, NET_FD);
    out[1] = (int)guest_get32(g, NET_FD + 4);
}

void guest_put_addr(struct guest *g, uint64_t at, int af, unsigned port)
{
    guest_put_loopback(g, at, (uint16_t)port);
    if (af != XSOCK_AF_INET6)
        return;
    memset(g->bytes + at + 4, 0, 16);
    g->bytes[at] = XSOCK_AF_INET6;
    g->bytes[at + 19] = 1;
}

unsigned guest_port(struct guest *g, int d)
{
    ASSERT_ERRNO(0, CALL2(g, "sock_addr_local", d, NET_PEER));
    return guest_get16(g, NET_PEER + 2);
}

unsigned guest_bind(struct guest *g, int d, int af)
{
    guest_put_addr(g, NET_ADDR, af, 0);
    ASSERT_ERRNO(0, CALL2(g, "sock_bind", d, NET_ADDR));
    return guest_port(g, d);
}

int guest_listen(struct guest *g, int af, unsigned *out_port)
{
    int d = guest_open(g, af, XSOCK_SOCK_STREAM);
    *out_port = guest_bind(g, d, af);
    ASSERT_ERRNO(0, CALL2(g, "sock_listen", d, 8));
    return d;
}

void guest_connect(struct guest *from, struct guest *to, int af, int out[2])
{
    unsigned port;
    int listener = guest_listen(to, af, &port);
    out[0] = guest_open(from, af, XSOCK_SOCK_STREAM);
    guest_put_addr(from, NET_ADDR, af, port);
    ASSERT_ERRNO(0, CALL2(from, "sock_connect", out[0], NET_ADDR));
    ASSERT_ERRNO(0, CALL4(to, "sock_accept_v2", listener, 0, NET_FD, NET_PEER));
    out[1] = (int)guest_get32(to, NET_FD);
    ASSERT_ERRNO(0, CALL1(to, "fd_close", listener));
}

int guest_status(struct guest *g, int d)
{
    g->bytes[NET_STATUS] = 77;
    ASSERT_ERRNO(0, CALL2(g, "sock_status", d, NET_STATUS));
    return g->bytes[NET_STATUS];
}

uint32_t guest_send(struct guest *g, int d, const char *text)
{
    memcpy(g->bytes + NET_OUT, text, strlen(text));
    guest_put_vec(g, NET_VEC, NET_OUT, strlen(text));
    return CALL5(g, "sock_send", d, NET_VEC, 1, 0, NET_DONE);
}

uint32_t guest_recv(struct guest *g, int d, unsigned riflags, size_t capacity)
{
    guest_put_vec(g, NET_VEC, NET_IN, capacity);
    return CALL6(g, "sock_recv", d, NET_VEC, 1, riflags, NET_DONE, NET_FLAGS);
}
