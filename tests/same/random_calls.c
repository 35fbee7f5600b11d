/* Makes random calls, and prints what each one answers. The same seed makes the same calls on every
 * system. ci/suites/peers.sh compares what Linux prints with what Windows prints.
 *
 *     random_calls FIRST LAST       the seeds
 *
 * What differs between systems, and is documented, is left out: system handles, LOCAL names, the
 * end of an emulated pair, a listener that is shut down, and datagrams to nobody. */
#include "xsock.h"

#include <stdio.h>
#include <stdlib.h>

enum { SOCKETS = 12, CALLS = 80, BUFFER = 65536 };

static const int64_t settle_ns = 1000 * 1000;
static const int64_t connect_ns = INT64_C(10) * 1000 * 1000 * 1000;

struct socket {
    int d; /* -1: none */
    int af, type;
    bool pair, listens, connects, shut, broken;
};

static struct socket sockets[SOCKETS];
static int poller;
static unsigned char buffer[BUFFER];

/* ---- Chance ---------------------------------------------------------------------------------- */

static uint64_t chance;

/* A number below n. */
static unsigned pick(unsigned n)
{
    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(chance >> 33) % n;
}

static size_t pick_length(void)
{
    static const size_t lengths[] = {0, 1, 10, 1000, 5000};
    return lengths[pick(sizeof lengths / sizeof *lengths)];
}

/* A socket that is open, or that is not. NULL if there is none. */
static struct socket *pick_socket(bool is_open)
{
    unsigned from = pick(SOCKETS);
    for (unsigned i = 0; i < SOCKETS; i++) {
        struct socket *s = &sockets[(from + i) % SOCKETS];
        if ((s->d >= 0) == is_open)
            return s;
    }
    return NULL;
}

/* ---- Printing -------------------------------------------------------------------------------- */

static int index_of(const struct socket *s)
{
    return (int)(s - sockets);
}

static void tell(const char *what, const struct socket *s, int64_t answer)
{
    const char *family = s->pair ? "pair" : xsock_family_name(s->af);
    printf("%s of %d (%s %s): ", what, index_of(s), family, xsock_type_name(s->type));
    if (answer < 0)
        printf("%s\n", xsock_errname((int)answer));
    else
        printf("%lld\n", (long long)answer);
}

/* A pair that is emulated ends as a TCP connection does, which is half at a time. A send may have
 * taken the error of a connection. */
static unsigned without_end(const struct socket *s, unsigned events, unsigned end)
{
    return s->broken || (s->pair && s->type == XSOCK_SOCK_STREAM) ? events & ~end : events;
}

static void tell_polls(void)
{
    for (struct socket *s = sockets; s < sockets + SOCKETS; s++) {
        struct xsock_pollfd p = {.fd = s->d, .events = (short)pick(8)};
        if (s->d < 0)
            continue;
        (void)xsock_poll(&p, 1, 0);
        tell("poll", s, without_end(s, (unsigned)p.revents, XSOCK_POLLHUP | XSOCK_POLLERR));
    }
}

static void tell_poller(void)
{
    struct xsock_event v[SOCKETS];
    unsigned events[SOCKETS] = {0};
    int n = xsock_poller_wait(poller, v, SOCKETS, 0);
    for (int i = 0; i < n; i++)
        events[v[i].data] =
            without_end(&sockets[v[i].data], v[i].events, XSOCK_POLLER_HUP | XSOCK_POLLER_ERR);
    for (int i = 0; i < SOCKETS; i++)
        if (events[i] != 0)
            tell("poller", &sockets[i], events[i]);
}

/* ---- The calls ------------------------------------------------------------------------------- */

static void add(struct socket *s, int d, int af, int type)
{
    *s = (struct socket){.d = d, .af = af, .type = type};
}

static void open_one(void)
{
    struct socket *s = pick_socket(false);
    int af = pick(4) != 0 ? XSOCK_AF_INET : XSOCK_AF_INET6;
    int type = pick(3) != 0 ? XSOCK_SOCK_STREAM : XSOCK_SOCK_DGRAM;
    if (s == NULL)
        return;
    add(s, xsock_open(af, type | XSOCK_SOCK_NONBLOCK, 0), af, type);
    tell("open", s, s->d);
}

static void open_pair(void)
{
    struct socket *s = pick_socket(false), *other = s;
    int d[2], type = pick(2) != 0 ? XSOCK_SOCK_STREAM : XSOCK_SOCK_DGRAM;
    for (int i = 0; i < SOCKETS && other == s; i++)
        if (sockets[i].d < 0 && &sockets[i] != s)
            other = &sockets[i];
    if (other == s || xsock_pair(XSOCK_AF_LOCAL, type | XSOCK_SOCK_NONBLOCK, 0, d) != 0)
        return;
    add(s, d[0], XSOCK_AF_LOCAL, type);
    add(other, d[1], XSOCK_AF_LOCAL, type);
    s->pair = other->pair = true;
    tell("pair", s, d[0]);
    tell("pair", other, d[1]);
}

static void listen_one(struct socket *s)
{
    int rc = xsock_listen(s->d, 100);
    s->listens = s->listens || rc == 0;
    tell("listen", s, rc);
}

static void bind_one(struct socket *s)
{
    struct xsock_addr a;
    if (s->pair || s->connects) /* a failed connect leaves a port behind, or not */
        return;
    (void)(pick(4) != 0 ? xsock_addr_loopback(s->af, 0, &a) : xsock_addr_any(s->af, 0, &a));
    tell("bind", s, xsock_bind(s->d, &a));
    if (s->type == XSOCK_SOCK_STREAM && pick(2) != 0)
        listen_one(s);
}

/* A datagram socket with a peer refuses all others. Wine does not report that, so such a socket is
 * nobody's peer. */
static bool may_reach(const struct socket *s, const struct socket *to)
{
    return s->type != XSOCK_SOCK_DGRAM || (index_of(s) % 2 == 0 && index_of(to) % 2 == 1);
}

/* The address of another socket of the same kind, if possible of a listener. */
static bool pick_address(const struct socket *s, struct xsock_addr *out)
{
    unsigned from = pick(SOCKETS);
    bool found = false;
    for (unsigned i = 0; i < SOCKETS; i++) {
        const struct socket *to = &sockets[(from + i) % SOCKETS];
        struct xsock_addr a;
        if (to->d < 0 || to == s || to->af != s->af || to->type != s->type || to->pair
            || (found && !to->listens) || !may_reach(s, to) || xsock_local_addr(to->d, &a) != 0
            || a.port == 0)
            continue;
        *out = a;
        found = true;
    }
    return found;
}

static void connect_one(struct socket *s)
{
    struct xsock_addr a;
    if (!pick_address(s, &a))
        return;
    s->connects = true;
    int rc = xsock_connect(s->d, &a);
    if (rc == -XSOCK_EINPROGRESS) {
        struct xsock_pollfd p = {.fd = s->d, .events = XSOCK_POLLOUT};
        tell("waiting for the connect", s, xsock_poll(&p, 1, connect_ns));
        rc = xsock_connect_result(s->d);
    }
    tell("connect", s, rc);
}

static void accept_one(struct socket *s)
{
    struct socket *new = pick_socket(false);
    if (new == NULL)
        return;
    int d = xsock_accept(s->d, XSOCK_SOCK_NONBLOCK, NULL);
    tell("accept", s, d);
    if (d < 0)
        return;
    add(new, d, s->af, s->type);
    new->connects = true;
}

/* Opens a socket, connects the socket to a listener, and accepts the connection. */
static void connect_new(struct socket *s)
{
    struct socket *new = pick_socket(false);
    if (new == NULL || s->type != XSOCK_SOCK_STREAM || s->pair)
        return;
    add(new, xsock_open(s->af, s->type | XSOCK_SOCK_NONBLOCK, 0), s->af, s->type);
    tell("open", new, new->d);
    connect_one(new);
    for (struct socket *l = sockets; l < sockets + SOCKETS; l++)
        if (l->d >= 0 && l->listens)
            accept_one(l);
}

static void disconnect_one(struct socket *s)
{
    const struct xsock_addr nobody = {.family = XSOCK_AF_UNSPEC};
    if (!s->pair && !s->shut)
        tell("connect to nobody", s, xsock_connect(s->d, &nobody));
}

/* Whether a send finds that the peer has ended the connection, or that the peer refused the last
 * data, depends on the moment. */
static void tell_sent(const char *what, struct socket *s, int64_t answer)
{
    s->broken = s->broken || answer == -XSOCK_ECONNRESET || answer == -XSOCK_EPIPE;
    tell(what, s, answer == -XSOCK_ECONNRESET ? -XSOCK_EPIPE : answer);
}

/* Out-of-band data of LOCAL is Linux's alone. */
static int pick_urgent(const struct socket *s)
{
    return pick(6) == 0 && !s->pair && !s->shut && s->type == XSOCK_SOCK_STREAM ? XSOCK_MSG_OOB : 0;
}

static void send_one(struct socket *s)
{
    int flags = pick_urgent(s);
    tell_sent(flags != 0 ? "send OOB" : "send", s, xsock_send(s->d, buffer, pick_length(), flags));
}

static void recv_one(struct socket *s)
{
    static const int some[] = {XSOCK_MSG_PEEK, XSOCK_MSG_WAITALL, XSOCK_MSG_TRUNC};
    unsigned which = pick(8);
    int flags = which < 3 ? some[which] : pick_urgent(s);
    size_t len = pick(3) != 0 ? pick_length() : BUFFER;
    printf("%d bytes, flags %#x, ", (int)len, (unsigned)flags);
    tell("recv", s, xsock_recv(s->d, buffer, len, flags));
}

static void sendto_one(struct socket *s)
{
    struct xsock_addr a;
    if (s->type == XSOCK_SOCK_DGRAM && pick_address(s, &a))
        tell("sendto", s, xsock_sendto(s->d, buffer, pick(2) != 0 ? 5 : 3000, 0, &a));
}

static void recvfrom_one(struct socket *s)
{
    struct xsock_addr a = {0};
    ptrdiff_t n = xsock_recvfrom(s->d, buffer, pick(2) != 0 ? 2000 : 2, 0, &a);
    printf("from family %d, ", n >= 0 ? (int)a.family : -1);
    tell("recvfrom", s, n);
}

static void message_one(struct socket *s)
{
    struct xsock_vec v[4];
    struct xsock_msg m = {.vec = v, .vec_count = pick(5)};
    for (size_t i = 0; i < m.vec_count; i++)
        v[i] = (struct xsock_vec){buffer + 5000 * i, pick_length()};
    printf("%d buffers, ", (int)m.vec_count);
    if (pick(2) != 0) {
        tell_sent("sendmsg", s, xsock_sendmsg(s->d, &m, 0));
        return;
    }
    ptrdiff_t n = xsock_recvmsg(s->d, &m, 0);
    printf("flags %#x, ", n >= 0 ? (unsigned)m.flags : 0);
    tell("recvmsg", s, n);
}

/* Only one way: data for a socket that is shut down both ways resets the connection on Linux. */
static void shutdown_one(struct socket *s)
{
    int which = pick(2) != 0 ? XSOCK_SHUT_RD : XSOCK_SHUT_WR;
    if (s->pair || s->listens || s->shut)
        return;
    printf("how %d, ", which);
    s->shut = true;
    tell("shutdown", s, xsock_shutdown(s->d, which));
}

/* Under Wine a connection that is reset has just ended. So no connection is closed early. */
static void close_one(struct socket *s)
{
    struct xsock_addr peer;
    if (s->type == XSOCK_SOCK_DGRAM || s->listens || xsock_peer_addr(s->d, &peer) == 0)
        return;
    tell("close", s, xsock_close(s->d));
    s->d = -1;
}

static void look_at_one(struct socket *s)
{
    struct xsock_addr here = {0}, peer = {0};
    uint64_t error = 0;
    tell("available", s, xsock_available(s->d));
    tell("at mark", s, xsock_at_mark(s->d));
    tell("SO_ERROR", s, xsock_get_opt_size(s->d, XSOCK_SO_ERROR, &error));
    tell("its value", s, (int64_t)error);
    tell("peer", s, xsock_peer_addr(s->d, &peer));
    tell("local", s, xsock_local_addr(s->d, &here));
    printf("families %d and %d, a port: %d, any: %d\n", (int)here.family, (int)peer.family,
           here.port != 0, xsock_addr_is_any(&here));
}

/* The members are level-triggered, because systems may report an edge once or twice. RDHUP is left
 * out, because Wine does not report the end behind data. */
static void watch_one(struct socket *s)
{
    static const int operations[] = {XSOCK_POLLER_ADD, XSOCK_POLLER_MOD, XSOCK_POLLER_DEL};
    unsigned which = pick(8) == 0 ? 2 : pick(2);
    uint32_t events =
        (pick(16) & ~(uint32_t)XSOCK_POLLER_RDHUP) | (pick(4) == 0 ? XSOCK_POLLER_ONESHOT : 0);
    printf("operation %u, events %#x, ", which, (unsigned)events);
    tell("watch", s,
         xsock_poller_ctl(poller, operations[which], s->d, events, (uint64_t)index_of(s)));
}

static void call_one(void)
{
    static void (*const calls[])(struct socket *) = {
        bind_one,       bind_one,     listen_one,  connect_one, connect_one,  connect_new,
        connect_new,    connect_new,  accept_one,  accept_one,  send_one,     send_one,
        send_one,       send_one,     recv_one,    recv_one,    recv_one,     recv_one,
        sendto_one,     recvfrom_one, message_one, message_one, shutdown_one, close_one,
        disconnect_one, look_at_one,  watch_one,   watch_one,
    };
    enum { COUNT = sizeof calls / sizeof *calls };
    unsigned which = pick(COUNT + 4);
    struct socket *s = pick_socket(true);
    if (s == NULL || which > COUNT)
        open_one();
    else if (which == COUNT)
        open_pair();
    else
        calls[which](s);
}

static void run(int seed)
{
    printf("seed %d\n", seed);
    chance = (uint64_t)seed * 7919 + 13;
    poller = xsock_poller_open(0);
    for (int i = 0; i < CALLS; i++) {
        call_one();
        (void)xsock_poll(NULL, 0, settle_ns); /* what was sent arrives */
        tell_polls();
        tell_poller();
    }
    for (int i = 0; i < SOCKETS; i++)
        (void)(sockets[i].d >= 0 && xsock_close(sockets[i].d));
    xsock_close(poller);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    for (int seed = atoi(argv[1]); seed <= atoi(argv[2]); seed++) {
        for (int i = 0; i < SOCKETS; i++)
            sockets[i].d = -1;
        run(seed);
    }
    return 0;
}
