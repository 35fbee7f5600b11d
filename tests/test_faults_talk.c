/* Every call on endpoints and data, on a system whose nth call fails, for n = 1, 2, 3 ... until the
 * call succeeds. The error must be the right one, out-parameters must be unchanged, nothing may be
 * leaked, and the next try must work as usual. */
#include "call/plain.h"
#include "fake_talk.h"
#include "harness.h"
#include "facts/translate.h"
#include "wait/poll.h"

static const int codes[] = {FAKE_EMFILE,   FAKE_ENFILE,     FAKE_ENOBUFS, FAKE_ENOMEM,
                            FAKE_EPERM,    FAKE_EACCES,     FAKE_EINTR,   FAKE_EIO,
                            FAKE_ENETDOWN, FAKE_ECONNRESET, FAKE_EAGAIN,  FAKE_EUNLISTED};
enum {
    CODES = sizeof codes / sizeof *codes,
    MOST_CALLS = 40,
    PORT = 80,
    BUSY_PORT = 81,
    UDP_PORT = 53
};

/* ---- The state: the sockets that each call uses ---------------------------------------------- */

struct world {
    int listener, client, server; /* TCP, connected */
    int stranger, knocker;        /* just opened */
    int busy;                     /* a listener with a pending connection */
    int receiver, sender;         /* UDP */
    int pair[2];                  /* the first cannot send, because its peer's buffer is full */
    int hello, hello_listener;    /* LOCAL, connected */
    struct xsock_addr addr;
    struct xsock_cred cred;
    unsigned char data[64];
    struct xsock_pollfd polled;
    int accepted;
};

static struct xsock_addr nowhere(void)
{
    struct xsock_addr a;
    memset(&a, 0x77, sizeof a);
    return a;
}

static void build(struct world *w)
{
    struct xsock_addr tcp = at_port(PORT), busy = at_port(BUSY_PORT), path = named("/hello");
    renew();
    w->listener = listen_at(PORT, 8);
    w->client = open_stream();
    ASSERT_RESULT(0, xsock__call_connect(t, w->client, &tcp));
    w->server = ASSERT_OPENS(xsock__call_accept(t, w->listener, 0, NULL));
    w->stranger = open_stream();
    w->knocker = open_stream();
    w->busy = listen_at(BUSY_PORT, 8);
    ASSERT_RESULT(0, xsock__call_connect(t, open_stream(), &busy));
    w->receiver = bound_datagrams(UDP_PORT);
    w->sender = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    make_pair(XSOCK_SOCK_STREAM, w->pair);
    fill(w->pair[0]);
    w->hello_listener = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    w->hello = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock__call_bind(t, w->hello_listener, &path));
    ASSERT_RESULT(0, xsock__call_listen(t, w->hello_listener, 8));
    ASSERT_RESULT(0, xsock__call_connect(t, w->hello, &path));
    w->addr = nowhere();
    memset(&w->cred, 0x77, sizeof w->cred);
    memset(w->data, 0x77, sizeof w->data);
    w->polled = (struct xsock_pollfd){w->server, XSOCK_POLLIN, 0};
    w->accepted = -1;
}

static void assert_untouched(const struct world *w, const char *name)
{
    struct xsock_addr addr = nowhere();
    bool same = memcmp(&addr, &w->addr, sizeof addr) == 0;
    const unsigned char *cred = (const unsigned char *)&w->cred;
    for (size_t i = 0; i < sizeof w->cred; i++)
        same = same && cred[i] == 0x77;
    for (size_t i = 0; i < sizeof w->data; i++)
        same = same && w->data[i] == 0x77;
    ASSERT_THAT(same, "%s", name);
}

/* ---- The calls. Their results are checked, not their steps ----------------------------------- */

static int do_bind(struct world *w)
{
    struct xsock_addr a = at_port(0);
    return xsock__call_bind(t, w->stranger, &a);
}

static int do_listen(struct world *w)
{
    return xsock__call_listen(t, w->stranger, 5);
}

static int accepted(struct world *w, int rc)
{
    w->accepted = rc;
    return rc < 0 ? rc : 0;
}

static int do_accept(struct world *w)
{
    return accepted(w, xsock__call_accept(t, w->busy, XSOCK_SOCK_CLOEXEC, &w->addr));
}

/* No connection is pending yet. */
static int do_accept_later(struct world *w)
{
    static struct event e;
    e = (struct event){.d = w->knocker};
    fake_at(fake_now() + MS, connect_later, &e);
    return accepted(w, xsock__call_accept(t, w->listener, 0, &w->addr));
}

static int do_connect(struct world *w)
{
    struct xsock_addr a = at_port(PORT);
    return xsock__call_connect(t, w->stranger, &a);
}

static int do_connect_later(struct world *w)
{
    fake_connects_take(MS, 0);
    return do_connect(w);
}

static int do_connect_datagrams(struct world *w)
{
    struct xsock_addr a = at_port(UDP_PORT);
    return xsock__call_connect(t, w->sender, &a);
}

static int do_shutdown(struct world *w)
{
    return xsock__call_shutdown(t, w->client, XSOCK_SHUT_WR);
}

static int do_local_addr(struct world *w)
{
    return xsock__call_local_addr(t, w->client, &w->addr);
}

static int do_peer_addr(struct world *w)
{
    return xsock__call_peer_addr(t, w->client, &w->addr);
}

static int do_peer_cred(struct world *w)
{
    return xsock__call_peer_cred(t, w->hello, &w->cred);
}

static int do_send(struct world *w)
{
    return (int)xsock__call_send(t, w->client, "hello", 5, 0);
}

static int do_send_full(struct world *w) /* until the peer reads */
{
    static struct event e;
    e = (struct event){.d = w->pair[1], .n = 100};
    fake_at(fake_now() + MS, recv_later, &e);
    return send_some(w->pair[0], 10, 0);
}

static int do_sendto(struct world *w)
{
    struct xsock_addr a = at_port(UDP_PORT);
    return (int)xsock__call_sendto(t, w->sender, "hello", 5, 0, &a);
}

static int do_recv(struct world *w)
{
    send_some(w->client, 9, 0);
    return (int)xsock__call_recvfrom(t, w->server, w->data, 9, 0, &w->addr);
}

static int do_recv_later(struct world *w)
{
    static struct event e;
    e = (struct event){.d = w->client, .n = 9};
    fake_at(fake_now() + MS, send_later, &e);
    return (int)xsock__call_recvfrom(t, w->server, w->data, 9, XSOCK_MSG_WAITALL, &w->addr);
}

static int do_recv_datagram(struct world *w)
{
    struct xsock_addr a = at_port(UDP_PORT);
    xsock__call_sendto(t, w->sender, buf, 20, 0, &a);
    return (int)xsock__call_recvfrom(t, w->receiver, w->data, 7, 0, &w->addr);
}

/* The fake system does not report the length, so the rest of the datagram is received too. */
static int do_recv_whole_length(struct world *w)
{
    struct xsock_addr a = at_port(UDP_PORT);
    xsock__call_sendto(t, w->sender, buf, 20, 0, &a);
    return (int)xsock__call_recvfrom(t, w->receiver, w->data, 7, XSOCK_MSG_TRUNC, &w->addr);
}

static int do_available(struct world *w)
{
    return (int)xsock__call_available(t, w->server);
}

static int do_at_mark(struct world *w)
{
    return xsock__call_at_mark(t, w->server);
}

static int do_poll(struct world *w)
{
    static struct event e;
    e = (struct event){.d = w->client, .n = 1};
    fake_at(fake_now() + MS, send_later, &e);
    return xsock__poll(t, &w->polled, 1, -1);
}

static int do_poll_many(struct world *w)
{
    struct xsock_pollfd v[70];
    for (int i = 0; i < 70; i++)
        v[i] = w->polled;
    return xsock__poll(t, v, 70, MS);
}

/* If a call may wait, signals and would-blocks do not end it. `own` is the system call that the
 * call is for. Other system calls are made only to find a more exact error. */
static const struct call {
    const char *name;
    int (*run)(struct world *w);
    int result;
    bool waits;
    enum fake_call own; /* a would-block of these means waiting */
} all[] = {
    {"bind", do_bind, 0, false, FAKE_BIND},
    {"listen", do_listen, 0, false, FAKE_LISTEN},
    {"accept", do_accept, 0, true, FAKE_ACCEPT},
    {"accept later", do_accept_later, 0, true, FAKE_ACCEPT},
    {"connect", do_connect, 0, true, FAKE_CONNECT},
    {"connect later", do_connect_later, 0, true, FAKE_CONNECT},
    {"connect datagrams", do_connect_datagrams, 0, false, FAKE_CONNECT},
    {"shutdown", do_shutdown, 0, false, FAKE_SHUTDOWN},
    {"local_addr", do_local_addr, 0, false, FAKE_LOCAL_ADDR},
    {"peer_addr", do_peer_addr, 0, false, FAKE_PEER_ADDR},
    {"peer_cred", do_peer_cred, 0, false, FAKE_PEER_CRED},
    {"send", do_send, 5, true, FAKE_SEND},
    {"send when there is room", do_send_full, 10, true, FAKE_SEND},
    {"sendto", do_sendto, 5, true, FAKE_SEND},
    {"recv", do_recv, 9, true, FAKE_RECV},
    {"recv later", do_recv_later, 9, true, FAKE_RECV},
    {"recv datagram", do_recv_datagram, 7, true, FAKE_RECV},
    {"recv datagram, its length", do_recv_whole_length, 20, true, FAKE_RECV},
    {"available", do_available, 0, false, FAKE_AVAILABLE},
    {"at_mark", do_at_mark, 0, false, FAKE_AT_MARK},
    {"poll", do_poll, 1, false, FAKE_WAIT},
    {"poll many", do_poll_many, 0, false, FAKE_WAIT},
};
enum { ALL = sizeof all / sizeof *all };

/* ---- The expected results -------------------------------------------------------------------- */

static int expected(const struct call *c, int code)
{
    int error = xsock__error_from_native(code);
    enum fake_call failed = fake_failed_call();
    bool own =
        failed == c->own || (c->own == FAKE_CONNECT && failed == FAKE_WAIT) || failed == FAKE_WAIT;
    if (failed == FAKE_ALLOC)
        return -XSOCK_ENOMEM;
    if (c->waits && own && (error == -XSOCK_EINTR || (error == -XSOCK_EAGAIN && failed == c->own)))
        return c->result;
    if (error == -XSOCK_EPERM
        && (failed == FAKE_BIND || failed == FAKE_LISTEN || c->own == FAKE_CONNECT
            || c->own == FAKE_SEND || c->own == FAKE_RECV))
        return -XSOCK_EACCES;
    return error;
}

/* The index of the call's allocation that is for its wake. */
static unsigned allocation_of_wake(const struct call *c)
{
    return c->run == do_accept_later ? 2 : c->run == do_poll_many ? 4 : 1;
}

/* Cases in which the call does not fail:
 *
 * - A call that gets no wake waits without one, and checks its marks now and then.
 * - A call that the system does not let wait tries again later.
 * - Polls report signals. If the system does not let a poll wait, the poll waits without its wake.
 *   If the system does not even tell what is ready now, the poll fails.
 * - The first try of accept finds no connection. A lack of a number or a handle is no error then,
 *   and the call waits.
 * - A call that has waited gives its wake back if a handle is lacking, and tries again.
 * - Datagram sockets are connected before the error of an earlier peer is taken away. */
static bool is_no_matter(const struct call *c, enum fake_call kind, unsigned n, int code)
{
    int error = xsock__error_from_native(code);
    bool no_room = error == -XSOCK_EMFILE || error == -XSOCK_ENFILE || error == -XSOCK_ENOBUFS
                   || error == -XSOCK_ENOMEM;
    bool waits = c->waits || c->own == FAKE_WAIT;
    if (kind == FAKE_WAKE_OPEN || (kind == FAKE_ACCEPT && error == -XSOCK_ECONNRESET))
        return true; /* accept takes the next connection */
    if (kind == FAKE_WAIT)
        return c->waits || (error != -XSOCK_EINTR && n > 1);
    if (kind == FAKE_ALLOC && waits && n == allocation_of_wake(c))
        return c->run != do_accept && c->run != do_recv_whole_length;
    if (c->run == do_connect_datagrams && kind == FAKE_TAKE_ERROR)
        return true;
    if (kind == c->own && c->waits && n > 1 && (error == -XSOCK_EMFILE || error == -XSOCK_ENFILE))
        return true;
    return c->run == do_accept_later && n == 1
           && (kind == FAKE_ALLOC || (kind == FAKE_ACCEPT && no_room));
}

/* Whether a system call of this kind counts for the call. Kinds that only prepare the test do not
 * count. Those that `own` and waiting need do. */
static bool is_of(const struct call *c, enum fake_call failed)
{
    switch (failed) {
    case FAKE_SEND:
        return c->own == FAKE_SEND;
    case FAKE_RECV:
        return c->own == FAKE_RECV;
    case FAKE_OPEN:
    case FAKE_CONNECT:
    case FAKE_ACCEPT:
        return failed == c->own;
    default:
        return true;
    }
}

static const enum fake_call kinds[] = {
    FAKE_ALLOC,     FAKE_BIND,       FAKE_LISTEN,    FAKE_ACCEPT,    FAKE_CONNECT, FAKE_TAKE_ERROR,
    FAKE_SHUTDOWN,  FAKE_LOCAL_ADDR, FAKE_PEER_ADDR, FAKE_PEER_CRED, FAKE_SEND,    FAKE_RECV,
    FAKE_AVAILABLE, FAKE_AT_MARK,    FAKE_WAKE_OPEN, FAKE_WAIT};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* One try. Returns true if the nth call of this kind was not reached. */
static bool try_once(const struct call *c, enum fake_call kind, unsigned n, int code)
{
    struct world w;
    int rc, want, count;
    size_t handles;
    build(&w);
    count = xsock__fdtab_count(t);
    handles = fake_handles();
    fake_fail(kind, n, code);
    rc = c->run(&w);
    if (!fake_failed()) {
        ASSERT_THAT(rc == c->result, "%s: %s", c->name, harness_name(rc));
        return true;
    }
    want = is_no_matter(c, kind, n, code) ? c->result : expected(c, code);
    ASSERT_THAT(rc == want, "%s, call %u of kind %d fails with %d: %s, expected %s", c->name, n,
                (int)kind, code, harness_name(rc), harness_name(want));
    if (rc < 0) {
        if (kind != FAKE_ALLOC)
            assert_int_equal(xsock_oserror(), code);
        assert_untouched(&w, c->name);
        ASSERT_THAT(fake_handles() - handles == (size_t)(xsock__fdtab_count(t) - count),
                    "%s: a handle is lost", c->name);
    }
    assert_int_equal(fake_locks_held(), 0);
    assert_int_equal(fake_wakes_set(), 0);
    return false;
}

static void a_failure_anywhere_in_a_call_is_told_and_leaves_nothing(void **state)
{
    int tried = 0;
    (void)state;
    for (int c = 0; c < ALL; c++) {
        int own = 0;
        for (int k = 0; k < KINDS * CODES; k++) {
            enum fake_call kind = kinds[k / CODES];
            unsigned n = 1;
            if (!is_of(&all[c], kind))
                continue;
            while (n <= MOST_CALLS && !try_once(&all[c], kind, n, codes[k % CODES]))
                n++;
            ASSERT_THAT(n <= MOST_CALLS, "%s: %u calls", all[c].name, n);
            tried += (int)n - 1;
            own += kind == all[c].own ? (int)n - 1 : 0;
        }
        ASSERT_THAT(own >= CODES, "%s was never made to fail", all[c].name);
    }
    ASSERT_THAT(tried > 20 * CODES, "only %d failures", tried);
}

/* After the failure, the same call must have its usual result. */
static void the_next_try_is_as_good_as_any(void **state)
{
    (void)state;
    for (int c = 0; c < ALL; c++) {
        struct world w;
        bool again;
        build(&w);
        fake_fail(all[c].own, 1, FAKE_EIO);
        ASSERT_RESULT(-XSOCK_EIO, all[c].run(&w));
        again = all[c].run != do_recv_later && all[c].run != do_accept_later;
        if (again) /* the data of the others has arrived meanwhile, or would arrive twice */
            ASSERT_RESULT(all[c].result, all[c].run(&w));
    }
}

/* A system that fails in the middle of a stream. The bytes before the failure count. */
static void a_failure_after_some_data_is_told_the_next_time(void **state)
{
    struct world w;
    (void)state;
    build(&w);
    fake_set_buffer(10);
    fake_fail(FAKE_SEND, 2, FAKE_EIO);
    ASSERT_RESULT(10, send_some(w.client, 25, 0));
    fake_fail(FAKE_RECV, 2, FAKE_EIO);
    ASSERT_RESULT(10, recv_some(w.server, 25, XSOCK_MSG_WAITALL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_failure_anywhere_in_a_call_is_told_and_leaves_nothing),
        TALK_TEST(the_next_try_is_as_good_as_any),
        TALK_TEST(a_failure_after_some_data_is_told_the_next_time),
    };
    return cmocka_run_group_tests_name("faults_talk", tests, NULL, NULL);
}
