/* The events for which a socket is ready, in every state. One table holds for all systems, for
 * xsock_poll() and for pollers. The table follows Linux. If another system leaves an event out,
 * xsock adds the event from the state of the socket. */
#include <string.h>

#include "harness.h"
#include "pollers.h"
#include "sockets.h"
#include "wine.h"

/* ---- The states ------------------------------------------------------------------------------ */

/* The socket that is tested, and the sockets that it needs. */
struct scene {
    int d, others[2];
};

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

/* ---- The table ------------------------------------------------------------------------------- */

/* The table has the bits of pollers. xsock_poll() has others, and none for RDHUP. */
static int poll_bits(uint32_t events)
{
    static const struct {
        uint32_t poller;
        int poll;
    } bits[] = {{IN, XSOCK_POLLIN},
                {OUT, XSOCK_POLLOUT},
                {PRI, XSOCK_POLLPRI},
                {ERR, XSOCK_POLLERR},
                {HUP, XSOCK_POLLHUP}};
    int sum = 0;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        sum |= (events & bits[i].poller) != 0 ? bits[i].poll : 0;
    return sum;
}

static const struct row {
    const char *state;
    bool (*build)(struct scene *s); /* false if the system has no such state */
    uint32_t want;
} rows[] = {
#define ROW(state, want) {#state, state, want},
#include "readiness.def"
#undef ROW
};
enum { ROWS = sizeof rows / sizeof *rows };

static void build(const struct row *r, struct scene *s, bool *out_built)
{
    s->d = s->others[0] = s->others[1] = -1;
    *out_built = r->build(s);
}

static void clean(struct scene *s)
{
    int all[] = {s->d, s->others[0], s->others[1]};
    for (int i = 0; i < 3; i++)
        if (all[i] >= 0)
            sockets_close(all[i]);
}

/* Sent data may still be on its way. */
enum { TRIES = 20 };
static void let_time_pass(void)
{
    ASSERT_RESULT(0, xsock_poll(NULL, 0, 10 * 1000 * 1000));
}

/* ---- Asking for events ----------------------------------------------------------------------- */

static uint32_t ask_poll(int d, uint32_t events)
{
    struct xsock_pollfd p = {.fd = d, .events = (short)poll_bits(events)};
    int rc = xsock_poll(&p, 1, 0);
    ASSERT_THAT(rc == (p.revents != 0), "%s", harness_name(rc));
    return (uint32_t)p.revents;
}

/* Each question has a poller of its own. */
static uint32_t ask_poller_with(int d, uint32_t events, uint32_t mode)
{
    int p = open_poller();
    ASSERT_RESULT(0, xsock_poller_ctl(p, XSOCK_POLLER_ADD, d, events | mode, 7));
    uint32_t bits = ready(p) > 0 ? got[0].events : 0;
    sockets_close(p);
    return bits;
}

static uint32_t ask_level(int d, uint32_t events)
{
    return ask_poller_with(d, events, 0);
}

static uint32_t ask_edge(int d, uint32_t events)
{
    return ask_poller_with(d, events, XSOCK_POLLER_ET);
}

typedef uint32_t ask_fn(int d, uint32_t events);

static bool answers(const struct row *r, const struct scene *s, ask_fn *ask, uint32_t events,
                    uint32_t want)
{
    uint32_t bits = ask(s->d, events);
    for (int k = 0; k < TRIES && bits != want; k++) {
        let_time_pass();
        bits = ask(s->d, events);
    }
    if (bits != want)
        fprintf(stderr, "%s, asked for %#x: %#x, expected %#x\n", r->state, (unsigned)events,
                (unsigned)bits, (unsigned)want);
    return bits == want;
}

static void check_all(ask_fn *ask, bool is_poll)
{
    int wrong = 0;
    for (int i = 0; i < ROWS; i++) {
        struct scene s;
        bool built;
        build(&rows[i], &s, &built);
        for (uint32_t events = 0; built && events <= (IN | OUT | PRI | RDHUP); events++) {
            uint32_t want = rows[i].want & (events | ERR | HUP);
            if (is_poll && (events & RDHUP) != 0)
                continue;
            wrong +=
                !answers(&rows[i], &s, ask, events, is_poll ? (uint32_t)poll_bits(want) : want);
        }
        clean(&s);
    }
    assert_int_equal(wrong, 0);
}

static void a_poll_tells_what_the_table_says(void **state)
{
    (void)state;
    check_all(ask_poll, true);
}

static void a_poller_tells_what_the_table_says(void **state)
{
    (void)state;
    check_all(ask_level, false);
}

static void a_poller_tells_of_edges_what_the_table_says(void **state)
{
    (void)state;
    check_all(ask_edge, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_poll_tells_what_the_table_says),
        TEST(a_poller_tells_what_the_table_says),
        TEST(a_poller_tells_of_edges_what_the_table_says),
    };
    return cmocka_run_group_tests_name("readiness", tests, harness_warm_up, NULL);
}
