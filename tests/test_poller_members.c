/* Members of a poller: sockets that have left, sockets in two pollers, and many members. */
#include "harness.h"
#include "pollers.h"
#include "sockets.h"
#include "xsock_native.h"

/* ---- Members that have left ------------------------------------------------------------------ */

static void a_closed_member_is_gone_also_with_a_duplicate_open(void **state)
{
    int p = open_poller(), d[2], twin;
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    twin = ASSERT_OPENS(xsock_dup(d[0], 0, 0));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 5));
    sockets_send(d[1]);
    ASSERT_RESULT(1, await(p));
    sockets_close(d[0]);
    ASSERT_RESULT(0, ready(p));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, twin, IN, 6));
    ASSERT_RESULT(1, await(p));
    assert_true(got[0].data == 6 && got[0].fd == twin);
    sockets_close(p);
    sockets_close(twin);
    sockets_close(d[1]);
}

static void duplicates_are_members_apart(void **state)
{
    int p = open_poller(), d[2], twin;
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    twin = ASSERT_OPENS(xsock_dup(d[0], 0, 0));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 1));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, twin, IN, 2));
    sockets_send(d[1]);
    UNTIL(await(p) == 2, (void)0);
    assert_true(got[0].data + got[1].data == 3);
    ASSERT_RESULT(0, xsock_poller_ctl(p, DEL, twin, 0, 0));
    ASSERT_RESULT(1, ready(p));
    assert_true(got[0].data == 1);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
    sockets_close(twin);
}

static void a_number_used_again_is_another_member(void **state)
{
    int p = open_poller(), old[2], new[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, old);
    /* the duplicate keeps the old socket and its data */
    int twin = ASSERT_OPENS(xsock_dup(old[0], 0, 0));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, old[0], IN, 1));
    sockets_send(old[1]);
    ASSERT_RESULT(1, await(p));
    sockets_close(old[0]);
    sockets_pair(XSOCK_SOCK_STREAM, new);
    assert_int_equal(new[0], old[0]);
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_poller_ctl(p, MOD, new[0], IN, 2));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, new[0], IN, 2));
    ASSERT_RESULT(0, ready(p));
    sockets_send(new[1]);
    ASSERT_RESULT(1, await(p));
    assert_true(got[0].data == 2 && got[0].fd == new[0]);
    sockets_close(p);
    sockets_close(twin);
    sockets_close(old[1]);
    sockets_close(new[0]);
    sockets_close(new[1]);
}

static void replacing_and_releasing_take_a_member_out(void **state)
{
    int p = open_poller(), d[2], other[2];
    uintptr_t h;
    (void)state;
    sockets_tcp(d);
    sockets_tcp(other);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], OUT, 1));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[1], OUT, 2));
    ASSERT_RESULT(d[0], xsock_dup2(other[0], d[0], 0));
    ASSERT_RESULT(1, await(p));
    assert_true(got[0].data == 2);
    ASSERT_RESULT(0, xsock_release(d[1], &h));
    ASSERT_RESULT(0, ready(p));
    d[1] = ASSERT_OPENS(xsock_adopt(h, 0));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[1], OUT, 3));
    ASSERT_RESULT(1, await(p));
    assert_true(got[0].data == 3);
    sockets_close(p);
    for (int i = 0; i < 2; i++) {
        sockets_close(d[i]);
        sockets_close(other[i]);
    }
}

static void pollers_share_a_member_and_lose_it_each(void **state)
{
    int p = open_poller(), q = open_poller(), d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 1));
    ASSERT_RESULT(0, xsock_poller_ctl(q, ADD, d[0], IN | ONESHOT, 2));
    sockets_send(d[1]);
    ASSERT_RESULT(1, await(q));
    assert_true(got[0].data == 2);
    ASSERT_RESULT(0, ready(q));
    ASSERT_RESULT(1, await(p));
    assert_true(got[0].data == 1);
    sockets_close(q);
    ASSERT_RESULT(1, await(p));
    q = open_poller();
    ASSERT_RESULT(0, xsock_poller_ctl(q, ADD, d[0], IN, 3));
    ASSERT_RESULT(1, await(q));
    sockets_close(d[0]);
    ASSERT_RESULT(0, ready(p));
    ASSERT_RESULT(0, ready(q));
    sockets_close(p);
    sockets_close(q);
    sockets_close(d[1]);
}

/* ---- Many ------------------------------------------------------------------------------------ */

enum { MEMBERS = 900 }; /* of the 1024 handles that a process may have */

static void nobody_is_starved_among_many(void **state)
{
    static int member[MEMBERS];
    static unsigned seen[MEMBERS];
    struct xsock_addr a[MEMBERS];
    int p = open_poller(), sender = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0)),
        left = MEMBERS;
    (void)state;
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < MEMBERS; i++) {
        member[i] = sockets_udp(&a[i]);
        ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, member[i], IN, (uint64_t)i));
    }
    ASSERT_RESULT(0, ready(p));
    for (int i = 0; i < MEMBERS; i++)
        ASSERT_RESULT(1, (int)xsock_sendto(sender, "x", 1, 0, &a[i]));
    for (int waits = 0; left > 0; waits++) {
        int n = xsock_poller_wait(p, got, 7, watchdog);
        ASSERT_THAT(n > 0 && n <= 7 && waits < 4 * MEMBERS, "wait %d: %s, %d left", waits,
                    harness_name(n), left);
        for (int i = 0; i < n; i++) {
            assert_true(got[i].data < MEMBERS && got[i].fd == member[got[i].data]);
            left -= seen[got[i].data]++ == 0;
        }
    }
    for (int i = 0; i < MEMBERS; i += 2)
        sockets_close(member[i]);
    left = MEMBERS / 2;
    while (left > 0) {
        int n = await(p);
        assert_true(n > 0);
        for (int i = 0; i < n; i++) {
            assert_true(got[i].data % 2 == 1);
            sockets_close(member[got[i].data]);
        }
        left -= n;
    }
    ASSERT_RESULT(0, ready(p));
    sockets_close(p);
    sockets_close(sender);
}

/* Few of the busy members fit into a wait. The other one becomes ready between two waits. */
static void a_member_that_becomes_ready_has_its_turn_among_busy_ones(void **state)
{
    enum { BUSY = 20, ROOM = 4, ROUNDS = 3 };
    int busy[BUSY], p = open_poller();
    struct xsock_addr a, ignored;
    int late = sockets_udp(&a);
    char byte;
    (void)state;
    for (int i = 0; i < BUSY; i++) {
        busy[i] = sockets_udp(&ignored);
        ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, busy[i], OUT, 0));
    }
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, late, IN, 1));
    for (int round = 0; round < ROUNDS; round++) {
        bool came = false;
        ASSERT_RESULT(ROOM, xsock_poller_wait(p, got, ROOM, watchdog));
        ASSERT_RESULT(1, (int)xsock_sendto(busy[0], "x", 1, 0, &a));
        for (int waits = 0; !came; waits++) {
            int n = xsock_poller_wait(p, got, ROOM, watchdog);
            ASSERT_THAT(n > 0 && waits < 4 * BUSY, "wait %d: %s", waits, harness_name(n));
            for (int i = 0; i < n; i++)
                came = came || got[i].data == 1;
        }
        ASSERT_RESULT(1, (int)xsock_recv(late, &byte, 1, 0));
    }
    for (int i = 0; i < BUSY; i++)
        sockets_close(busy[i]);
    sockets_close(late);
    sockets_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_closed_member_is_gone_also_with_a_duplicate_open),
        TEST(duplicates_are_members_apart),
        TEST(a_number_used_again_is_another_member),
        TEST(replacing_and_releasing_take_a_member_out),
        TEST(pollers_share_a_member_and_lose_it_each),
        TEST(nobody_is_starved_among_many),
        TEST(a_member_that_becomes_ready_has_its_turn_among_busy_ones),
    };
    /* The library keeps the wake that waiting needs, so the wake is made before handles are
     * counted. */
    xsock_poll(NULL, 0, 1);
    return cmocka_run_group_tests_name("poller_members", tests, NULL, NULL);
}
