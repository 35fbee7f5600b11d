/* The events for which a socket is ready, in every state. One table holds for all systems, for
 * xsock_poll() and for pollers. The table follows Linux. If another system leaves an event out,
 * xsock adds the event from the state of the socket. */
#include "harness.h"
#include "pollers.h"
#include "sockets.h"
#include "ready_states.h"

#ifdef __linux__
#include <sys/socket.h>

#include "xsock_native.h"
#endif

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

static bool answers(const struct ready_state *st, const struct scene *s, ask_fn *ask,
                    uint32_t events, uint32_t want)
{
    uint32_t bits = ask(s->d, events);
    for (int k = 0; k < TRIES && bits != want; k++) {
        let_time_pass();
        bits = ask(s->d, events);
    }
    if (bits != want)
        fprintf(stderr, "%s, asked for %#x: %#x, expected %#x\n", st->name, (unsigned)events,
                (unsigned)bits, (unsigned)want);
    return bits == want;
}

static void check_all(ask_fn *ask, bool is_poll)
{
    int wrong = 0;
    for (int i = 0; i < ready_state_count; i++) {
        struct scene s;
        bool built = ready_states_build(&ready_states[i], &s);
        for (uint32_t events = 0; built && events <= (IN | OUT | PRI | RDHUP); events++) {
            uint32_t want = ready_states[i].ready & (events | ERR | HUP);
            if (is_poll && (events & RDHUP) != 0)
                continue;
            wrong += !answers(&ready_states[i], &s, ask, events,
                              is_poll ? (uint32_t)poll_bits(want) : want);
        }
        ready_states_clean(&s);
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

/* Elsewhere such an end is writable, because a send does not wait. Linux does not say so. The test
 * tells the system itself, because the library does not tell every system of SHUT_RD. */
static void a_full_end_whose_peer_is_shut_down_is_not_writable_on_linux(void **state)
{
    (void)state;
#ifdef __linux__
    int ends[2];
    uintptr_t handle;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0, ends));
    sockets_fill(ends[0]);
    ASSERT_RESULT(0, xsock_native(ends[1], &handle));
    assert_int_equal(0, shutdown((int)handle, SHUT_RDWR));
    assert_int_equal(ask_poll(ends[0], IN | OUT), poll_bits(IN | HUP));
    sockets_close(ends[0]);
    sockets_close(ends[1]);
#else
    SKIP("only Linux keeps such an end from being writable");
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_poll_tells_what_the_table_says),
        TEST(a_poller_tells_what_the_table_says),
        TEST(a_poller_tells_of_edges_what_the_table_says),
        TEST(a_full_end_whose_peer_is_shut_down_is_not_writable_on_linux),
    };
    return cmocka_run_group_tests_name("readiness", tests, NULL, NULL);
}
