/* Datagrams that the system has glued together, with a system that does it to order: every wait sees what a call had
 * no room for, and the system is not asked for it again. */
#include "fake_net.h"
#include "fake_sys.h"
#include "harness.h"
#include "xsock_native.h"

/* Two UDP sockets; what the second receives is glued together: taken out and in again, as a program's own socket would be. */
struct rig {
    int from, to;
    struct xsock_addr name;
};

static void make_rig(struct rig *r)
{
    uintptr_t h;
    fake_glue(true);
    r->from = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    r->to = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    r->name = (struct xsock_addr){.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    ASSERT_RESULT(0, xsock_bind(r->to, &r->name));
    ASSERT_RESULT(0, xsock_local_addr(r->to, &r->name));
    ASSERT_RESULT(0, xsock_release(r->to, &h));
    r->to = ASSERT_OPENS(xsock_adopt(h, 0));
}

static void end_rig(const struct rig *r)
{
    ASSERT_RESULT(0, xsock_close(r->from));
    ASSERT_RESULT(0, xsock_close(r->to));
    fake_glue(false);
}

static void send_each(const struct rig *r, const char *text)
{
    for (; *text != 0; text++)
        ASSERT_RESULT(1, (int)xsock_sendto(r->from, text, 1, 0, &r->name));
}

static void what_is_left_over_is_received_without_the_system(void **state)
{
    struct rig r;
    char byte;
    struct xsock_dgram one = {.base = &byte, .len = 1};
    (void)state;
    make_rig(&r);
    send_each(&r, "abcd");
    ASSERT_RESULT(1, xsock_recv_batch(r.to, &one, 1, 0));
    unsigned asked = fake_calls(FAKE_RECV);
    for (char c = 'b'; c <= 'd'; c++) {
        struct xsock_pollfd p = {.fd = r.to, .events = XSOCK_POLLIN};
        ASSERT_RESULT(1, xsock_poll(&p, 1, -1)); /* nothing else would ever end this wait */
        ASSERT_RESULT(1, (int)xsock_available(r.to));
        ASSERT_RESULT(1, (int)xsock_recv(r.to, &byte, 1, 0));
        assert_int_equal(byte, c);
    }
    assert_int_equal(fake_calls(FAKE_RECV), asked);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(r.to, &byte, 1, XSOCK_MSG_DONTWAIT));
    end_rig(&r);
}

/* In the middle of a wait somebody else takes the glued buffer from the system, and one datagram of it. */
static void take_one(void *user)
{
    struct rig *r = user;
    char byte;
    send_each(r, "xyz");
    ASSERT_RESULT(1, (int)xsock_recv(r->to, &byte, 1, XSOCK_MSG_DONTWAIT));
    assert_int_equal(byte, 'x');
}

static void a_receive_that_waits_is_told_of_them(void **state)
{
    struct rig r;
    char byte = 0;
    (void)state;
    make_rig(&r);
    fake_at(fake_now() + 1000, take_one, &r);
    ASSERT_RESULT(1, (int)xsock_recv(r.to, &byte, 1, 0));
    assert_int_equal(byte, 'y');
    ASSERT_RESULT(1, (int)xsock_recv(r.to, &byte, 1, 0));
    assert_int_equal(byte, 'z');
    assert_int_equal(fake_wakes_set(), 0);
    end_rig(&r);
}

static void a_poll_that_waits_is_told_of_them(void **state)
{
    struct rig r;
    char byte;
    (void)state;
    make_rig(&r);
    struct xsock_pollfd p = {.fd = r.to, .events = XSOCK_POLLIN};
    fake_at(fake_now() + 1000, take_one, &r);
    ASSERT_RESULT(1, xsock_poll(&p, 1, 5000));
    assert_int_equal(p.revents, XSOCK_POLLIN);
    ASSERT_RESULT(1, (int)xsock_recv(r.to, &byte, 1, 0));
    ASSERT_RESULT(1, (int)xsock_recv(r.to, &byte, 1, 0));
    ASSERT_RESULT(0, xsock_poll(&p, 1, 5000));
    assert_int_equal(fake_wakes_set(), 0);
    end_rig(&r);
}

/* ---- Pollers: several threads may wait in one ----------------------------------------------------- */

static struct {
    struct rig rig;
    int poller;
} waiting;

static void add_member(void *user)
{
    (void)user;
    ASSERT_RESULT(
        0, xsock_poller_ctl(waiting.poller, XSOCK_POLLER_ADD, waiting.rig.to, XSOCK_POLLER_IN, 7));
}

static void wake_and_take_one(void *user)
{
    ASSERT_RESULT(0, xsock_poller_wake(waiting.poller));
    take_one(user);
}

static int wait_in_poller(void)
{
    struct xsock_event e = {.data = 0};
    int n = xsock_poller_wait(waiting.poller, &e, 1, 5000);
    assert_true(n <= 0 || (e.data == 7 && e.events == XSOCK_POLLER_IN));
    return n;
}

static void a_poller_that_is_waited_in_is_told_of_a_member_that_has_some(void **state)
{
    char byte;
    (void)state;
    make_rig(&waiting.rig);
    waiting.poller = ASSERT_OPENS(xsock_poller_open(0));
    send_each(&waiting.rig, "abc");
    ASSERT_RESULT(1, (int)xsock_recv(waiting.rig.to, &byte, 1, 0));
    fake_at(fake_now() + 1000, add_member, NULL);
    ASSERT_RESULT(1, wait_in_poller());
    ASSERT_RESULT(0, xsock_close(waiting.poller));
    end_rig(&waiting.rig);
}

static void a_wait_that_ends_for_another_reason_passes_the_word_on(void **state)
{
    (void)state;
    make_rig(&waiting.rig);
    waiting.poller = ASSERT_OPENS(xsock_poller_open(0));
    add_member(NULL);
    size_t before = fake_wakes_set();
    fake_at(fake_now() + 1000, wake_and_take_one, &waiting.rig);
    ASSERT_RESULT(0, wait_in_poller());
    assert_int_equal(fake_wakes_set(), before + 1); /* for another thread */
    ASSERT_RESULT(1, wait_in_poller());
    ASSERT_RESULT(0, xsock_close(waiting.poller));
    end_rig(&waiting.rig);
}

static void a_forked_child_leaves_them_to_its_parent(void **state)
{
    struct rig r;
    char byte;
    (void)state;
    make_rig(&r);
    send_each(&r, "abc");
    ASSERT_RESULT(1, (int)xsock_recv(r.to, &byte, 1, 0));
    fake_fork_parent();
    ASSERT_RESULT(1, (int)xsock_recv(r.to, &byte, 1, 0));
    assert_int_equal(byte, 'b');
    fake_fork_child();
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(r.to, &byte, 1, XSOCK_MSG_DONTWAIT));
    end_rig(&r);
}

static void a_queue_that_can_not_be_had_leaves_a_socket_as_it_was(void **state)
{
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    uintptr_t h;
    (void)state;
    ASSERT_RESULT(0, xsock_release(d, &h));
    fake_glue(true);
    for (unsigned n = 1;; n++) { /* the descriptor, the socket, the queue */
        fake_fail(FAKE_ALLOC, n, FAKE_ENOMEM);
        d = xsock_adopt(h, 0);
        if (!fake_failed())
            break;
        ASSERT_RESULT(-XSOCK_ENOMEM, d);
        ASSERT_THAT(n < 10, "it goes on failing");
    }
    fake_glue(false);
    ASSERT_RESULT(3, d);
    ASSERT_RESULT(0, xsock_close(d));
}

static void a_partial_send_goes_on_in_the_middle_of_a_vector(void **state)
{
    char got[30] = {0};
    struct xsock_vec v[] = {{"0123456789", 10}, {NULL, 0}, {"abcdefghij", 10}};
    struct xsock_msg m = {.vec = v, .vec_count = 3};
    int pair[2];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0, pair));
    fake_set_buffer(7);
    ASSERT_RESULT(7, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(7, (int)xsock_recv(pair[1], got, 30, 0));
    v[0] = (struct xsock_vec){"789", 3};
    fake_set_buffer(30);
    ASSERT_RESULT(13, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(13, (int)xsock_recv(pair[1], got + 7, 23, 0));
    assert_string_equal(got, "0123456789abcdefghij");
    ASSERT_RESULT(30, (int)xsock_sendfile(pair[0], 2, 2, 500)); /* what fits */
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(what_is_left_over_is_received_without_the_system),
        FAKE_TEST(a_receive_that_waits_is_told_of_them),
        FAKE_TEST(a_poll_that_waits_is_told_of_them),
        FAKE_TEST(a_poller_that_is_waited_in_is_told_of_a_member_that_has_some),
        FAKE_TEST(a_wait_that_ends_for_another_reason_passes_the_word_on),
        FAKE_TEST(a_forked_child_leaves_them_to_its_parent),
        FAKE_TEST(a_queue_that_can_not_be_had_leaves_a_socket_as_it_was),
        FAKE_TEST(a_partial_send_goes_on_in_the_middle_of_a_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
