/* A descriptor that is closed while a call uses it, at every step of the call. */
#include "fake_talk.h"
#include "harness.h"
#include "socket/sock.h"

/* ---- Closing during a call ------------------------------------------------------------------- */

enum { FOREVER_WINDOWS = 4 };

/* When the close happens: before the first try, between the try and the wait, as the wait begins,
 * and during the wait. */
static void set_window(int window, fake_hook *fn, struct event *e, const struct blocking *c)
{
    enum fake_call tries[] = {
        [RECV] = FAKE_RECV, [SEND] = FAKE_SEND, [CONNECT] = FAKE_CONNECT, [ACCEPT] = FAKE_ACCEPT};
    if (window == 0 && c->prepare == ready_to_settle)
        fake_before(FAKE_WAIT, 1, fn, e);
    else if (window == 0)
        fake_before(tries[c->timeout], 1, fn, e);
    else if (window == 1)
        fake_before(FAKE_WAKE_OPEN, 1, fn, e);
    else if (window == 2)
        fake_before(FAKE_WAIT, 1, fn, e);
    else
        fake_at(fake_now() + 30 * MS, fn, e);
}

static void assert_canceled(const struct blocking *c, int window, fake_hook *fn)
{
    int d, rc, looked;
    struct event e;
    renew();
    d = c->prepare();
    set_timeout(d, c->timeout, -1);
    e = (struct event){.d = d, .other = -1};
    if (fn == dup2_later)
        e.n = (size_t)bound_datagrams(99);
    set_window(window, fn, &e, c);
    rc = c->run(d);
    looked = (int)fake_calls(FAKE_WAIT);
    ASSERT_THAT(rc == -XSOCK_ECANCELED, "%s, window %d: %s after %d waits", c->name, window,
                harness_name(rc), looked);
    /* another socket has the number now, and nobody has used that socket */
    ASSERT_RESULT(d, e.other);
    ASSERT_RESULT(-XSOCK_EAGAIN, recv_some(d, 1, XSOCK_MSG_DONTWAIT));
    assert_int_equal(fake_wakes_set(), 0);
}

static void closing_ends_every_call_wherever_it_is(void **state)
{
    (void)state;
    for (int c = 0; c < call_count; c++)
        for (int window = 0; window < FOREVER_WINDOWS; window++) {
            assert_canceled(&calls[c], window, close_later);
            assert_canceled(&calls[c], window, dup2_later);
        }
}

static void closing_keeps_the_handle_until_the_call_has_left(void **state)
{
    int l = listen_at(80, 4);
    uintptr_t h = handle_of(l);
    struct event e = {.d = l};
    (void)state;
    fake_at(fake_now() + MS, close_later, &e);
    ASSERT_RESULT(-XSOCK_ECANCELED, run_accept(l));
    assert_true(e.result == 0 && e.other == l);
    assert_false(fake_look(h).open);
    /* the number that accept had reserved is free again */
    assert_int_equal(xsock__fdtab_count(t), 1);
}

static void closing_one_duplicate_leaves_the_other_waiting(void **state)
{
    int d[2], copy;
    struct event closes, sends;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    copy = ASSERT_OPENS(xsock__call_dup(t, d[0], 0, 0));
    closes = (struct event){.d = copy};
    sends = (struct event){.d = d[1], .n = 6};
    fake_at(fake_now() + MS, close_later, &closes);
    fake_at(fake_now() + 2 * MS, send_later, &sends);
    ASSERT_RESULT(6, recv_some(d[0], 10, 0));
}

/* A wake that was set for one call must not end the next call that gets the same wake. */
static void a_wake_is_clean_when_the_next_call_waits_with_it(void **state)
{
    int d[2], other[2];
    int64_t begin;
    struct event e;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    make_pair(XSOCK_SOCK_STREAM, other);
    e = (struct event){.d = d[0]};
    fake_before(FAKE_WAIT, 1, close_later, &e);
    ASSERT_RESULT(-XSOCK_ECANCELED, recv_some(d[0], 10, 0));
    set_timeout(other[0], RECV, MS);
    begin = fake_now();
    ASSERT_RESULT(-XSOCK_EAGAIN, recv_some(other[0], 10, 0));
    assert_int_equal(fake_now() - begin, MS);
    assert_int_equal(fake_wakes(), 1);
    ASSERT_THAT(fake_calls(FAKE_WAIT) == 2, "%u waits: the wake was still set",
                fake_calls(FAKE_WAIT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(closing_ends_every_call_wherever_it_is),
        TALK_TEST(closing_keeps_the_handle_until_the_call_has_left),
        TALK_TEST(closing_one_duplicate_leaves_the_other_waiting),
        TALK_TEST(a_wake_is_clean_when_the_next_call_waits_with_it),
    };
    return cmocka_run_group_tests_name("close_waits", tests, NULL, NULL);
}
