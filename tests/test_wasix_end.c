/* The end of a guest whose call waits for data that the guest itself would send. The call reports
 * the end of the guest, and not an end of file. */
#include "table/fdtab.h"
#include "guest_net.h"
#include "threads.h"
#include "wasix/guest.h"

enum { TIMES = 50, BETWEEN = 50 };

static struct guest g;

struct waiting {
    int d;
    uint32_t result;
};

static void wait_in(void *user)
{
    struct waiting *w = user;
    w->result = guest_recv(&g, w->d, 0, 64);
}

/* Waits until a call stands in the list of those that wait in it. */
static void await_waiter(int d)
{
    struct xsock__fdtab *t = g.process->table;
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    const int64_t end = harness_patience();
    bool waits = false;
    assert_non_null(fd);
    while (!waits) {
        ASSERT_IN_TIME(end, "call that waits");
        thread_yield();
        xsock__fdtab_lock(t);
        waits = fd->waiters != NULL;
        xsock__fdtab_unlock(t);
    }
    xsock__fdtab_put(t, fd);
}

/* A stream whose peer is closed first, because the peer has a lower number. Many more descriptors
 * are closed before the stream's own turn. */
static int stream_with_a_low_peer(void)
{
    unsigned port;
    int listener = guest_listen(&g, XSOCK_AF_INET, &port);
    int low = guest_open(&g, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&g, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&g, "sock_connect", low, NET_ADDR));
    for (int i = 0; i < BETWEEN; i++)
        (void)guest_open(&g, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    ASSERT_ERRNO(0, CALL4(&g, "sock_accept", listener, 0, NET_FD, NET_PEER));
    return (int)guest_get32(&g, NET_FD);
}

static void a_call_that_waits_sees_no_end_of_file(void **state)
{
    (void)state;
    for (int i = 0; i < TIMES; i++) {
        guest_start(&g, NULL);
        struct waiting w = {stream_with_a_low_peer(), 0};
        struct thread *t = thread_start(wait_in, &w);
        assert_non_null(t);
        await_waiter(w.d);
        xsock_wasix_end(g.process);
        thread_join(t);
        assert_int_equal(w.result, XSOCK_ECANCELED);
        guest_stop(&g);
    }
}

static void open_all_the_time(void *user)
{
    struct waiting *w = user;
    do
        w->result = CALL4(&g, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0, NET_FD);
    while (w->result == 0 || w->result == XSOCK_EMFILE);
}

/* A descriptor that a thread was about to open as the guest ended is closed too. */
static void nothing_that_is_opened_meanwhile_stays(void **state)
{
    struct xsock_wasix_config config = {.max_descriptors = 64};
    (void)state;
    for (int i = 0; i < TIMES; i++) {
        struct waiting w = {-1, 0};
        guest_start(&g, &config);
        struct thread *t = thread_start(open_all_the_time, &w);
        assert_non_null(t);
        UNTIL(xsock__fdtab_count(g.process->table) >= 4 + i % 50, thread_yield());
        xsock_wasix_end(g.process);
        thread_join(t);
        assert_int_equal(w.result, XSOCK_ECANCELED);
        assert_int_equal(xsock__fdtab_count(g.process->table), 0);
        guest_stop(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_that_waits_sees_no_end_of_file),
        TEST(nothing_that_is_opened_meanwhile_stays),
    };
    return cmocka_run_group_tests_name("ends of guests", tests, NULL, NULL);
}
