#include "ready_states.h"

#include "harness.h"
#include "pollers.h"
#include "sockets.h"

static int tcp(int flags)
{
    return ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | flags, 0));
}

static int bound_tcp(struct xsock_addr *out)
{
    int d = tcp(XSOCK_SOCK_NONBLOCK);
    struct xsock_addr a = sockets_loopback();
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, out));
    return d;
}

static bool fresh(struct scene *s)
{
    s->d = tcp(0);
    return true;
}

static bool bound(struct scene *s)
{
    struct xsock_addr a;
    s->d = bound_tcp(&a);
    return true;
}

static struct xsock_addr listening_at(struct scene *s)
{
    struct xsock_addr a;
    s->d = bound_tcp(&a);
    ASSERT_RESULT(0, xsock_listen(s->d, 4));
    return a;
}

static bool listening(struct scene *s)
{
    (void)listening_at(s);
    return true;
}

static bool with_a_connection(struct scene *s)
{
    struct xsock_addr a = listening_at(s);
    s->others[0] = tcp(0);
    ASSERT_RESULT(0, xsock_connect(s->others[0], &a));
    return true;
}

static bool listener_shut(struct scene *s)
{
    listening(s);
    ASSERT_RESULT(0, xsock_shutdown(s->d, XSOCK_SHUT_RD));
    return true;
}

/* Connects to a port at which nobody listens. */
static bool refused(struct scene *s)
{
    struct xsock_addr a;
    struct xsock_pollfd p = {.events = XSOCK_POLLOUT};
    s->others[0] = bound_tcp(&a);
    p.fd = s->d = tcp(XSOCK_SOCK_NONBLOCK);
    int rc = xsock_connect(s->d, &a);
    if (rc != -XSOCK_EINPROGRESS)
        return false; /* the system reported the refusal at once, and will not report it again */
    ASSERT_RESULT(1, xsock_poll(&p, 1, watchdog));
    return true;
}

static bool refused_and_reported(struct scene *s)
{
    struct xsock_addr a;
    s->others[0] = bound_tcp(&a);
    s->d = tcp(0);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect(s->d, &a));
    return true;
}

static void connected(struct scene *s)
{
    int ends[2];
    sockets_tcp(ends);
    s->d = ends[0];
    s->others[0] = ends[1];
}

static bool idle_tcp(struct scene *s)
{
    connected(s);
    return true;
}

static bool tcp_with_data(struct scene *s)
{
    connected(s);
    sockets_send(s->others[0]);
    return true;
}

static bool tcp_with_urgent(struct scene *s)
{
    connected(s);
    ASSERT_RESULT(1, (int)xsock_send(s->others[0], "!", 1, XSOCK_MSG_OOB));
    return true;
}

static bool tcp_full(struct scene *s)
{
    connected(s);
    sockets_fill(s->d);
    return true;
}

static void shut(int d, int how)
{
    if (how != 0)
        ASSERT_RESULT(0, xsock_shutdown(d, how));
}

/* Each end shut down in one of four ways. */
#define TCP_SHUT(name, own, peer)     \
    static bool name(struct scene *s) \
    {                                 \
        connected(s);                 \
        shut(s->d, own);              \
        shut(s->others[0], peer);     \
        return true;                  \
    }

TCP_SHUT(tcp_rd, XSOCK_SHUT_RD, 0)
TCP_SHUT(tcp_wr, XSOCK_SHUT_WR, 0)
TCP_SHUT(tcp_rdwr, XSOCK_SHUT_RDWR, 0)
TCP_SHUT(tcp_peer_rd, 0, XSOCK_SHUT_RD)
TCP_SHUT(tcp_peer_wr, 0, XSOCK_SHUT_WR)
TCP_SHUT(tcp_peer_rdwr, 0, XSOCK_SHUT_RDWR)
TCP_SHUT(tcp_rd_peer_wr, XSOCK_SHUT_RD, XSOCK_SHUT_WR)
TCP_SHUT(tcp_both_wr, XSOCK_SHUT_WR, XSOCK_SHUT_WR)

static void close_peer(struct scene *s)
{
    sockets_close(s->others[0]);
    s->others[0] = -1;
}

static bool tcp_peer_closed(struct scene *s)
{
    connected(s);
    close_peer(s);
    return true;
}

static bool tcp_reset(struct scene *s)
{
    connected(s);
    ASSERT_RESULT(0, xsock_set_opt_time(s->others[0], XSOCK_SO_LINGER, 0));
    close_peer(s);
    return true;
}

static void paired(struct scene *s, int type)
{
    int ends[2];
    sockets_pair(type, ends);
    s->d = ends[0];
    s->others[0] = ends[1];
}

/* An emulated pair of datagram sockets drops the datagrams that do not fit. Its stream does not
 * distinguish a peer that is closed from one that has shut down sending. */
static bool has_local(void)
{
    return xsock_probe(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0) == 0;
}

static bool fills(int d, int type)
{
    if (type == XSOCK_SOCK_DGRAM && !has_local())
        return false;
    sockets_fill(d);
    return true;
}

#define PAIR_STATES(name, type)                     \
    static bool name##_idle(struct scene *s)        \
    {                                               \
        paired(s, type);                            \
        return true;                                \
    }                                               \
    static bool name##_data(struct scene *s)        \
    {                                               \
        paired(s, type);                            \
        sockets_send(s->others[0]);                 \
        return true;                                \
    }                                               \
    static bool name##_full(struct scene *s)        \
    {                                               \
        paired(s, type);                            \
        return fills(s->d, type);                   \
    }                                               \
    static bool name##_rd(struct scene *s)          \
    {                                               \
        paired(s, type);                            \
        shut(s->d, XSOCK_SHUT_RD);                  \
        return true;                                \
    }                                               \
    static bool name##_wr(struct scene *s)          \
    {                                               \
        paired(s, type);                            \
        shut(s->d, XSOCK_SHUT_WR);                  \
        return true;                                \
    }                                               \
    static bool name##_rdwr(struct scene *s)        \
    {                                               \
        paired(s, type);                            \
        shut(s->d, XSOCK_SHUT_RDWR);                \
        return true;                                \
    }                                               \
    static bool name##_peer_wr(struct scene *s)     \
    {                                               \
        paired(s, type);                            \
        shut(s->others[0], XSOCK_SHUT_WR);          \
        return true;                                \
    }                                               \
    static bool name##_peer_closed(struct scene *s) \
    {                                               \
        paired(s, type);                            \
        close_peer(s);                              \
        return has_local();                         \
    }

PAIR_STATES(stream, XSOCK_SOCK_STREAM)
PAIR_STATES(dgram, XSOCK_SOCK_DGRAM)

#define LOCAL_STATE(name, type)                     \
    static bool name(struct scene *s)               \
    {                                               \
        s->d = xsock_open(XSOCK_AF_LOCAL, type, 0); \
        return s->d >= 0;                           \
    }

LOCAL_STATE(local_fresh, XSOCK_SOCK_STREAM)
LOCAL_STATE(local_dgram_fresh, XSOCK_SOCK_DGRAM)
LOCAL_STATE(local_seqpacket_fresh, XSOCK_SOCK_SEQPACKET)

static bool seqpacket_pair(struct scene *s)
{
    int ends[2];
    if (xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_SEQPACKET | XSOCK_SOCK_NONBLOCK, 0, ends) != 0)
        return false;
    s->d = ends[0];
    s->others[0] = ends[1];
    return true;
}

static bool seqpacket_data(struct scene *s)
{
    if (!seqpacket_pair(s))
        return false;
    sockets_send(s->others[0]);
    return true;
}

static bool seqpacket_peer_closed(struct scene *s)
{
    if (!seqpacket_pair(s))
        return false;
    close_peer(s);
    return true;
}

static bool udp_fresh(struct scene *s)
{
    s->d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    return true;
}

static bool udp_bound(struct scene *s)
{
    struct xsock_addr a;
    s->d = sockets_udp(&a);
    return true;
}

static bool udp_with_data(struct scene *s)
{
    struct xsock_addr a;
    s->d = sockets_udp(&a);
    s->others[0] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(1, (int)xsock_sendto(s->others[0], "1", 1, 0, &a));
    return true;
}

static void udp_to_other(struct scene *s)
{
    struct xsock_addr a;
    s->others[0] = sockets_udp(&a);
    udp_fresh(s);
    ASSERT_RESULT(0, xsock_connect(s->d, &a));
}

static bool udp_connected(struct scene *s)
{
    udp_to_other(s);
    return true;
}

static bool udp_rd(struct scene *s)
{
    udp_to_other(s);
    shut(s->d, XSOCK_SHUT_RD);
    return true;
}

static bool udp_wr(struct scene *s)
{
    udp_to_other(s);
    shut(s->d, XSOCK_SHUT_WR);
    return true;
}

static bool udp_rdwr(struct scene *s)
{
    udp_to_other(s);
    shut(s->d, XSOCK_SHUT_RDWR);
    return true;
}

const struct ready_state ready_states[] = {
#define ROW(state, want) {#state, state, want},
#include "../readiness.def"
#undef ROW
};
const int ready_state_count = sizeof ready_states / sizeof *ready_states;

bool ready_states_build(const struct ready_state *st, struct scene *s)
{
    s->d = s->others[0] = s->others[1] = -1;
    return st->build(s);
}

void ready_states_clean(struct scene *s)
{
    int all[] = {s->d, s->others[0], s->others[1]};
    for (int i = 0; i < 3; i++)
        if (all[i] >= 0)
            sockets_close(all[i]);
}
