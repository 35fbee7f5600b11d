/* A thousand guests in one process, each with its own numbers from 3 up, which all echo at once.
 * Also the ends of guests whose calls wait in other threads. */
#include "guest_net.h"
#include "handles.h"
#include "threads.h"

#include <stdlib.h>
#include <string.h>

enum {
    GUESTS = 1000,
    HANDLES = 4 * GUESTS + 100, /* three sockets for each guest, and a wake for its waits */
    THREADS = 4,
    ROUNDS = 3,
    SERVER = 3, /* the numbers that every guest has */
    CLIENT = 4,
    STREAM = 5,
    WAITALL = 2
};

static struct guest *guests;

/* A guest's server listens, and its client is connected to the server of the next guest. The stream
 * of that guest is the other end. The numbers are the same in each guest, whatever numbers the
 * other guests have. */
static void connect_to(struct guest *g, struct guest *next)
{
    guest_put_addr(g, NET_ADDR, XSOCK_AF_INET, guest_port(next, SERVER));
    assert_int_equal(guest_open(g, XSOCK_AF_INET, XSOCK_SOCK_STREAM), CLIENT);
    ASSERT_ERRNO(0, CALL2(g, "sock_connect", CLIENT, NET_ADDR));
}

static void connect_all(void)
{
    for (int i = 0; i < GUESTS; i++) {
        unsigned port;
        guest_start(&guests[i], NULL);
        assert_int_equal(guest_listen(&guests[i], XSOCK_AF_INET, &port), SERVER);
    }
    for (int i = 0; i < GUESTS; i++)
        connect_to(&guests[i], &guests[(i + 1) % GUESTS]);
    for (int i = 0; i < GUESTS; i++) {
        ASSERT_ERRNO(0, CALL4(&guests[i], "sock_accept_v2", SERVER, 0, NET_FD, NET_PEER));
        assert_int_equal(guest_get32(&guests[i], NET_FD), STREAM);
    }
}

/* A quarter of the guests. Threads do not assert. They count errors. */
struct slice {
    int from, to, wrong;
    struct gate *gate;
};

static void text_of(int guest, int round, char out[32])
{
    (void)snprintf(out, 32, "guest %04d, round %04d", guest, round);
}

static void ask(struct slice *s, int i, int round)
{
    char text[32];
    text_of(i, round, text);
    s->wrong += guest_send(&guests[i], CLIENT, text) != 0;
}

static bool has_come(struct guest *g, int d, const char *text)
{
    memset(g->bytes + NET_IN, 0, strlen(text));
    return guest_recv(g, d, WAITALL, strlen(text)) == 0
           && memcmp(g->bytes + NET_IN, text, strlen(text)) == 0;
}

/* Sends back the bytes that the guest before this one has sent. */
static void answer(struct slice *s, int i, int round)
{
    char text[32];
    struct guest *g = &guests[i];
    text_of((i + GUESTS - 1) % GUESTS, round, text);
    s->wrong += !has_come(g, STREAM, text) || guest_send(g, STREAM, text) != 0;
}

static void check(struct slice *s, int i, int round)
{
    char text[32];
    struct guest *g = &guests[i];
    text_of(i, round, text);
    s->wrong += !has_come(g, CLIENT, text);
}

/* Every guest sends its request before any guest has to wait, so each wait ends, in whatever order
 * the threads run. */
static void echo(void *user)
{
    struct slice *s = user;
    gate_wait(s->gate);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = s->from; i < s->to; i++)
            ask(s, i, round);
        for (int i = s->from; i < s->to; i++)
            answer(s, i, round);
        for (int i = s->from; i < s->to; i++)
            check(s, i, round);
    }
}

static void a_thousand_guests_echo_at_once(void **state)
{
    struct slice slices[THREADS];
    struct thread *threads[THREADS];
    struct gate *gate;
    (void)state;
    if (!handles_allow(HANDLES))
        SKIP("this process may not have four handles open for each of a thousand guests");
    gate = gate_create();
    guests = calloc(GUESTS, sizeof *guests);
    assert_non_null(guests);
    connect_all();
    for (int i = 0; i < THREADS; i++) {
        slices[i] = (struct slice){i * GUESTS / THREADS, (i + 1) * GUESTS / THREADS, 0, gate};
        threads[i] = thread_start(echo, &slices[i]);
        assert_non_null(threads[i]);
    }
    gate_open(gate);
    for (int i = 0; i < THREADS; i++) {
        thread_join(threads[i]);
        assert_int_equal(slices[i].wrong, 0);
    }
    for (int i = 0; i < GUESTS; i++)
        guest_stop(&guests[i]);
    free(guests);
    gate_destroy(gate);
}

/* ---- Ends ------------------------------------------------------------------------------------ */

struct waiting {
    struct guest *g;
    uint32_t (*call)(struct guest *g, int d);
    int d;
    uint32_t result;
};

static uint32_t call_recv(struct guest *g, int d)
{
    return guest_recv(g, d, 0, 64);
}

static uint32_t call_accept(struct guest *g, int d)
{
    return CALL4(g, "sock_accept", d, 0, NET_FD, NET_PEER);
}

static void wait_in(void *user)
{
    struct waiting *w = user;
    w->result = w->call(w->g, w->d);
}

/* The call may wait already, or be about to wait. The call ends, and no call of another guest
 * does. */
static void the_end_of_a_guest_is_its_own(void **state)
{
    static struct guest g, other;
    int d[2], unrelated[2];
    unsigned port;
    (void)state;
    guest_start(&g, NULL);
    guest_start(&other, NULL);
    guest_connect(&g, &other, XSOCK_AF_INET, d);
    guest_pair(&other, XSOCK_SOCK_STREAM, unrelated);
    int listener = guest_listen(&g, XSOCK_AF_INET, &port);
    struct waiting w[] = {{&g, call_recv, d[0], 0}, {&g, call_accept, listener, 0}};
    static struct guest memory; /* for the second thread: the same guest, with memory of its own */
    memory = g;
    memory.memory.base = memory.bytes;
    w[1].g = &memory;
    struct thread *a = thread_start(wait_in, &w[0]), *b = thread_start(wait_in, &w[1]);
    assert_true(a != NULL && b != NULL);
    xsock_wasix_end(g.process);
    thread_join(a);
    thread_join(b);
    for (int i = 0; i < 2; i++)
        ASSERT_THAT(w[i].result == XSOCK_ECANCELED || w[i].result == XSOCK_EBADF, "errno %u",
                    (unsigned)w[i].result);
    ASSERT_ERRNO(0, guest_recv(&other, d[1], 0, 64)); /* its peer gets an end like any other */
    assert_int_equal(guest_done(&other), 0);
    ASSERT_ERRNO(0, guest_send(&other, unrelated[0], "here"));
    ASSERT_ERRNO(0, guest_recv(&other, unrelated[1], 0, 64));
    ASSERT_GOT(&other, "here");
    guest_stop(&g);
    guest_stop(&other);
}

static uint32_t call_recv_and_end(struct guest *g, int d)
{
    uint32_t e = guest_recv(g, d, 0, 64);
    if (e == XSOCK_ENOBUFS)
        xsock_wasix_end(g->process); /* so the other call, which waits, ends too */
    return e;
}

static void one_of_two_is_one_too_many(void **state)
{
    struct xsock_wasix_config config = {.max_waiting = 1};
    static struct guest g, memory;
    int d[2];
    (void)state;
    guest_start(&g, &config);
    /* not a pair, because the end of one guest would be an end of file to the other */
    for (int i = 0; i < 2; i++) {
        d[i] = guest_open(&g, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
        guest_bind(&g, d[i], XSOCK_AF_INET);
    }
    memory = g;
    memory.memory.base = memory.bytes;
    struct waiting w[] = {{&g, call_recv_and_end, d[0], 0}, {&memory, call_recv_and_end, d[1], 0}};
    struct thread *a = thread_start(wait_in, &w[0]), *b = thread_start(wait_in, &w[1]);
    assert_true(a != NULL && b != NULL);
    thread_join(a);
    thread_join(b);
    ASSERT_THAT(w[0].result + w[1].result == XSOCK_ENOBUFS + XSOCK_ECANCELED, "errnos %u, %u",
                (unsigned)w[0].result, (unsigned)w[1].result);
    guest_stop(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_thousand_guests_echo_at_once),
        TEST(the_end_of_a_guest_is_its_own),
        TEST(one_of_two_is_one_too_many),
    };
    return cmocka_run_group_tests_name("many guests", tests, NULL, NULL);
}
