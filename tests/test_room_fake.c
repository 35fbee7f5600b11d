/* The handles of wakes: how many are kept, and that they are given back for what the program makes.
 */
#include "wait/poll.h"

#include <string.h>

#include "call/options.h"
#include "fake_talk.h"
#include "harness.h"
#include "name/connect_host.h"
#include "name/listen_host.h"
#include "name/pending.h"
#include "socket/start.h"

/* ---- How many wakes there are ---------------------------------------------------------------- */

enum { MANY = 40, KEPT = 16 };

static void wakes_are_given_back(void **state)
{
    struct xsock__waker *k[MANY];
    (void)state;
    for (int i = 0; i < MANY; i++)
        ASSERT_RESULT(0, xsock__fdtab_begin_wait(t, &k[i]));
    assert_int_equal(fake_wakes(), MANY);
    for (int i = 0; i < MANY; i++)
        xsock__fdtab_give_waker(t, k[i], false);
    assert_int_equal(fake_wakes(), KEPT);
    assert_true(xsock__fdtab_free_idle_wakers(t));
    assert_int_equal(fake_wakes(), 0);
    assert_false(xsock__fdtab_free_idle_wakers(t));
}

/* ---- Room for what the program makes --------------------------------------------------------- */

static int with_a_connection(void)
{
    int l = listen_at(80, 4), d = open_stream();
    struct xsock_addr a = at_port(80);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    return l;
}

/* The handle that a call needs, and the way to make the call. */
static int open_one(int d)
{
    (void)d;
    return xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
}

static int pair_one(int d)
{
    int two[2];
    (void)d;
    return xsock__call_pair(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, two);
}

static int dup_one(int d)
{
    return xsock__call_dup(t, d, 0, 0);
}

static int dup2_one(int d)
{
    return xsock__call_dup2(t, d, 40, 0);
}

static int accept_one(int d)
{
    int l = with_a_connection(), made = xsock__call_accept(t, l, 0, NULL);
    (void)d;
    ASSERT_RESULT(0, xsock__call_close(t, l));
    return made;
}

/* A look-up that is a descriptor has a pair of sockets. */
static int begin_one(int d)
{
    (void)d;
    return xsock__call_resolve_begin(t, "127.0.0.1", "80", XSOCK_AF_UNSPEC, 0, 0);
}

static int connect_one(int d)
{
    (void)d;
    return xsock__call_connect_host(t, "127.0.0.1", "81", MS, NULL);
}

static int probe_one(int d)
{
    (void)d;
    return xsock__probe(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
}

static int listen_one(int d)
{
    const struct xsock_listen_options o = {.flags = XSOCK_HOST_REMOVE_STALE};
    int l = xsock__call_listen_host(t, "unix:/run/x", NULL, 1, &o);
    (void)d;
    ASSERT_RESULT(0, xsock__call_close(t, l));
    return l;
}

static int count_interface(const struct xsock_interface *i, void *user)
{
    (void)i;
    (void)user;
    return 0;
}

static int interfaces_one(int d)
{
    (void)d;
    return xsock_interfaces(count_interface, NULL);
}

static int parse_one(int d)
{
    struct xsock_addr a;
    (void)d;
    return xsock_addr_parse("[fe80::1%fake7]:80", &a);
}

static int format_one(int d)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET6, .length = 16, .scope = 7};
    char text[XSOCK_ADDR_TEXT_SIZE];
    (void)d;
    a.data[0] = 0xfe;
    a.data[1] = 0x80;
    int n = xsock_addr_format(&a, text, sizeof text);
    assert_non_null(strstr(text, "%fake7"));
    return n;
}

static int device_one(int d)
{
    (void)d;
    int s = xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
    return xsock__call_set_multicast_if(t, s, 7) == 0 ? s : -1;
}

static void idle_wakes_make_room_for_what_the_program_opens(void **state)
{
    static const struct {
        int (*run)(int d);
        enum fake_call call;
    } makers[] = {
        {open_one, FAKE_OPEN},         {pair_one, FAKE_PAIR},
        {dup_one, FAKE_DUP},           {dup2_one, FAKE_DUP},
        {accept_one, FAKE_ACCEPT},     {begin_one, FAKE_PAIR},
        {connect_one, FAKE_OPEN},      {listen_one, FAKE_LOCK_FILE},
        {probe_one, FAKE_OPEN},        {interfaces_one, FAKE_INTERFACES},
        {parse_one, FAKE_INTERFACES},  {format_one, FAKE_INTERFACES},
        {device_one, FAKE_INTERFACES},
    };
    static const int codes[] = {FAKE_EMFILE, FAKE_ENFILE};
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    listen_at(81, 40);
    struct xsock_pollfd p = {.fd = d[0], .events = XSOCK_POLLIN};
    for (size_t i = 0; i < 2 * (sizeof makers / sizeof *makers); i++) {
        ASSERT_RESULT(0, xsock__poll(t, &p, 1, 1));
        fake_fail(makers[i / 2].call, 1, codes[i % 2]);
        int made = makers[i / 2].run(d[0]);
        assert_true(fake_failed() && made >= 0);
        assert_false(xsock__fdtab_free_idle_wakers(t));
    }
    fake_fail(FAKE_OPEN, 1, FAKE_EMFILE); /* no wake is idle now */
    ASSERT_RESULT(-XSOCK_EMFILE, open_one(d[0]));
}

static void idle_wakes_of_one_table_make_room_for_another(void **state)
{
    struct xsock__fdtab *other;
    struct xsock__waker *k;
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_create(NULL, &other));
    ASSERT_RESULT(0, xsock__fdtab_begin_wait(other, &k));
    xsock__fdtab_give_waker(other, k, false);
    fake_fail(FAKE_OPEN, 1, FAKE_EMFILE);
    ASSERT_OPENS(open_one(0));
    assert_true(fake_failed());
    assert_int_equal(fake_wakes(), 0);
    xsock__fdtab_destroy(other);
}

/* The raw call would have found the handle. */
static void a_call_gives_its_own_wake_back_for_what_it_makes(void **state)
{
    static const int codes[] = {FAKE_EMFILE, FAKE_ENFILE};
    (void)state;
    for (int i = 0; i < 2; i++) {
        renew();
        int l = listen_at(80, 4);
        struct event e = {.d = open_stream()};
        fake_at(fake_now() + MS, connect_later, &e);
        fake_fail(FAKE_ACCEPT, 2, codes[i]);
        ASSERT_OPENS(xsock__call_accept(t, l, 0, NULL));
        assert_true(fake_failed());
        assert_int_equal(fake_wakes(), 0);
    }
    int l = listen_at(81, 4);
    fake_fail_always(FAKE_ACCEPT, FAKE_EMFILE);
    set_timeout(l, ACCEPT, 5 * MS);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock__call_accept(t, l, 0, NULL));
    fake_fail_always(FAKE_ACCEPT, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(wakes_are_given_back),
        TALK_TEST(idle_wakes_make_room_for_what_the_program_opens),
        TALK_TEST(idle_wakes_of_one_table_make_room_for_another),
        TALK_TEST(a_call_gives_its_own_wake_back_for_what_it_makes),
    };
    return cmocka_run_group_tests_name("room, fake", tests, NULL, NULL);
}
