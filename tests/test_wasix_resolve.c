/* The look-ups of a guest: which questions are answered or refused, and that the guest's end wakes
 * it. */
#include "guest.h"

#include "fake_names.h"
#include "fake_net.h"
#include "name/lookup_pool.h"

enum { HOST = 1024, OUT = 4096, COUNT = 8192, END = GUEST_MEMORY, ADDR = 18 };

static const char *const modules[] = {"wasix_32v1", "wasix_64v1"};
static struct guest guest;
static bool allowed;
static char asked[300];

static bool policy(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    assert_int_equal(r->action, XSOCK_WASIX_RESOLVE);
    snprintf(asked, sizeof asked, "%s", r->host);
    return allowed;
}

static int setup(void **state)
{
    static const struct xsock_wasix_config asks = {.policy = policy, .max_waiting = 1};
    static const struct xsock_addr v6 = {
        .family = XSOCK_AF_INET6, .length = 16, .data = {0x20, 1, [15] = 9}};
    static const struct xsock_addr v4 = {
        .family = XSOCK_AF_INET, .length = 4, .data = {192, 0, 2, 1}};
    int rc = fake_setup(state);
    fake_names_reset();
    fake_names_add_host("both.example", &v6);
    fake_names_add_host("both.example", &v4);
    allowed = true;
    asked[0] = 0;
    guest_start(&guest, &asks);
    memset(guest.bytes + OUT, 0x55, 8192);
    return rc;
}

static int teardown(void **state)
{
    guest_stop(&guest);
    fake_names_reset();
    return fake_teardown(state);
}

static uint32_t resolve(const char *host, uint64_t capacity)
{
    size_t len = strlen(host);
    /* there is no NUL after the name, because the name has a length */
    memcpy(guest.bytes + HOST, host, len);
    guest.bytes[HOST + len] = 'x';
    return CALL6(&guest, "resolve", HOST, len, 80, OUT, capacity, COUNT);
}

static void assert_untouched(void)
{
    for (size_t i = 0; i < 8192; i++)
        assert_int_equal(guest.bytes[OUT + i], 0x55);
}

static void addresses_come_in_order_and_as_many_as_there_is_room_for(void **state)
{
    static const uint8_t v6[ADDR] = {XSOCK_AF_INET6, 0, 0x20, 1, [17] = 9};
    static const uint8_t v4[ADDR] = {XSOCK_AF_INET, 0, 192, 0, 2, 1};
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        guest.module = modules[m];
        memset(guest.bytes + OUT, 0x55, 64);
        guest_put64(&guest, COUNT, UINT64_MAX);
        ASSERT_ERRNO(0, resolve("both.example", 3));
        assert_true(guest_get64(&guest, COUNT) == (m == 0 ? UINT64_C(0xffffffff00000002) : 2));
        assert_memory_equal(guest.bytes + OUT, v6, ADDR);
        assert_memory_equal(guest.bytes + OUT + ADDR, v4, ADDR);
        assert_int_equal(guest.bytes[OUT + 2 * ADDR], 0x55);
        memset(guest.bytes + OUT, 0x55, 64);
        ASSERT_ERRNO(0, resolve("both.example", 1));
        assert_int_equal(guest_get32(&guest, COUNT), 1);
        assert_memory_equal(guest.bytes + OUT, v6, ADDR);
        assert_int_equal(guest.bytes[OUT + ADDR], 0x55);
        ASSERT_ERRNO(0, resolve("both.example", 0));
        assert_int_equal(guest_get32(&guest, COUNT), 0);
    }
}

static void numbers_are_answered_without_asking(void **state)
{
    static const uint8_t v4[ADDR] = {XSOCK_AF_INET, 0, 127, 0, 0, 1};
    (void)state;
    fake_threads_fail(FAKE_EAGAIN);
    ASSERT_ERRNO(0, resolve("127.0.0.1", 1));
    assert_memory_equal(guest.bytes + OUT, v4, ADDR);
    assert_string_equal(asked, "127.0.0.1");
    ASSERT_ERRNO(0, resolve("::1", 1));
    assert_int_equal(guest.bytes[OUT], XSOCK_AF_INET6);
    assert_int_equal(guest.bytes[OUT + 17], 1);
    assert_int_equal(fake_names_asked().count, 0);
    ASSERT_ERRNO(XSOCK_EAGAIN,
                 resolve("both.example", 1)); /* a look-up needs a thread, and there is none */
}

static void what_fails_has_an_errno_of_wasix(void **state)
{
    char longest[256];
    (void)state;
    memset(longest, 'a', 255);
    longest[255] = 0;
    ASSERT_ERRNO(XSOCK_ENAMETOOLONG, resolve(longest, 1));
    ASSERT_ERRNO(XSOCK_ENOENT, resolve(longest + 1, 1)); /* 254 bytes are allowed */
    ASSERT_ERRNO(XSOCK_ENOENT, resolve("", 1));
    ASSERT_ERRNO(XSOCK_ENOENT, resolve("nobody.example", 1));
    ASSERT_ERRNO(XSOCK_ENOENT, resolve("127.1", 1));
    fake_names_fail(XSOCK_EAI_AGAIN, -3);
    ASSERT_ERRNO(XSOCK_EAGAIN, resolve("both.example", 1));
    assert_int_equal(xsock_oserror(), -3);
    memcpy(guest.bytes + HOST, "a\0b", 3);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL6(&guest, "resolve", HOST, 3, 0, OUT, 1, COUNT));
    memcpy(guest.bytes + HOST, "abc", 3);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL6(&guest, "resolve", HOST, 3, 0x10000, OUT, 1, COUNT));
    assert_untouched();
}

static void every_pointer_is_checked_before_anybody_is_asked(void **state)
{
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        uint64_t word = m == 0 ? 4 : 8, far = m == 0 ? UINT32_MAX : UINT64_MAX;
        const uint64_t bad[][5] = {
            /* host, its length, addresses, their capacity, count */
            {END, 1, OUT, 1, COUNT},
            {HOST, END - HOST + 1, OUT, 1, COUNT},
            {far, 2, OUT, 1, COUNT},
            {HOST, far, OUT, 1, COUNT},
            {HOST, 1, END - ADDR + 1, 1, COUNT},
            {HOST, 1, END - 2 * ADDR + 1, 2, COUNT},
            {HOST, 1, OUT, far, COUNT},
            {HOST, 1, OUT, far / ADDR + 1, COUNT},
            {HOST, 1, far, 1, COUNT},
            {HOST, 1, OUT, 1, END - word + 1},
            {HOST, 1, OUT, 1, far},
        };
        guest.module = modules[m];
        guest.bytes[HOST] = 'a';
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL6(&guest, "resolve", bad[i][0], bad[i][1], 0,
                                                    bad[i][2], bad[i][3], bad[i][4]));
        assert_untouched();
        assert_string_equal(asked, "");
        ASSERT_ERRNO(XSOCK_ENOENT, CALL6(&guest, "resolve", HOST, 1, 0, END - ADDR, 1, END - word));
        asked[0] = 0;
    }
}

static void a_policy_can_refuse(void **state)
{
    (void)state;
    allowed = false;
    ASSERT_ERRNO(XSOCK_EACCES, resolve("both.example", 1));
    assert_string_equal(asked, "both.example");
    ASSERT_ERRNO(XSOCK_EACCES, resolve("127.0.0.1", 1));
    assert_int_equal(fake_names_asked().count, 0);
    assert_untouched();
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static void run_the_lookup(void *user)
{
    (void)user;
    assert_true(fake_threads_run_one());
}

static void end_the_guest(void *user)
{
    (void)user;
    xsock_wasix_end(guest.process);
}

static void a_slow_answer_is_waited_for(void **state)
{
    (void)state;
    fake_threads_wait(true);
    fake_at(fake_now() + INT64_C(3600000000000), run_the_lookup, NULL);
    ASSERT_ERRNO(0, resolve("both.example", 2));
    assert_int_equal(guest_get32(&guest, COUNT), 2);
    assert_int_equal(fake_wakes_set(), 0);
}

static void the_end_of_the_guest_wakes_it(void **state)
{
    (void)state;
    fake_threads_wait(true);
    fake_before(FAKE_WAIT, 1, end_the_guest, NULL);
    ASSERT_ERRNO(XSOCK_ECANCELED, resolve("both.example", 2));
    assert_untouched();
    assert_int_equal(fake_wakes_set(), 0);
    size_t before = fake_allocations();
    assert_true(fake_threads_run_one()); /* ends late and by itself, and frees its memory */
    assert_true(fake_allocations() < before);
    ASSERT_ERRNO(XSOCK_ECANCELED, resolve("both.example", 2));
    assert_false(fake_threads_run_one());
}

static void resolve_again(void *user)
{
    *(uint32_t *)user = resolve("both.example", 2);
}

static void waiting_look_ups_count(void **state)
{
    uint32_t second = 0;
    (void)state;
    fake_threads_wait(true);
    fake_before(FAKE_WAIT, 1, resolve_again, &second);
    fake_at(fake_now() + 5, run_the_lookup, NULL);
    ASSERT_ERRNO(0, resolve("both.example", 2));
    ASSERT_ERRNO(XSOCK_ENOBUFS, second);
}

enum { GUESTS = 12, LOOKUPS = 50 };

static int begun;

/* Begins look-ups inside each other until there are enough, and then ends the guest. */
static void begin_another(void *user)
{
    if (++begun == LOOKUPS) {
        end_the_guest(user);
        return;
    }
    fake_before(FAKE_WAIT, 1, begin_another, user);
    ASSERT_ERRNO(XSOCK_ECANCELED, resolve("both.example", 2));
}

/* A look-up that runs cannot be stopped. Its thread counts even after its guest has ended.
 * Otherwise guests that come and go would have more threads than guests that stay. */
static void look_ups_are_bounded_after_the_end_of_their_guests(void **state)
{
    size_t max = (size_t)xsock__lookup_pool_max();
    size_t allocations = 0;
    (void)state;
    guest_stop(&guest);
    fake_threads_wait(true);
    for (int i = 0; i < GUESTS; i++) {
        guest_start(&guest, NULL);
        begun = 0;
        fake_before(FAKE_WAIT, 1, begin_another, NULL);
        ASSERT_ERRNO(XSOCK_ECANCELED, resolve("both.example", 2));
        guest_stop(&guest);
        assert_int_equal(begun, LOOKUPS);
        assert_true(fake_threads() > 0 && fake_threads() <= max * 3 / 4);
        if (i == 0) /* a single guest has a quarter */
            assert_int_equal(fake_threads(), max / 4);
        if (i == GUESTS - 2) /* no look-up is queued for a guest that has ended */
            allocations = fake_allocations();
    }
    assert_int_equal(fake_allocations(), allocations);
    while (fake_threads_run_one())
        ;
    assert_int_equal(fake_threads(), 0);
    guest_start(&guest, NULL); /* and all threads are available again */
    fake_threads_wait(false);
    ASSERT_ERRNO(0, resolve("both.example", 2));
}

static void whatever_fails_nothing_is_lost(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, resolve("both.example", 2));
    size_t allocations = fake_allocations();
    bool failed = true;
    for (unsigned nth = 1; failed; nth++) {
        ASSERT_THAT(nth < 10000, "%u calls were made to fail, and still not all", nth);
        fake_fail(FAKE_ANY_CALL, nth, FAKE_ENOMEM);
        uint32_t e = resolve("both.example", 2);
        failed = fake_failed();
        fake_fail(FAKE_ANY_CALL, 0, 0);
        ASSERT_THAT(failed ? e == XSOCK_ENOMEM : e == 0, "call %u: %s", nth, xsock_errname((int)e));
        assert_int_equal(fake_allocations(), allocations);
    }
}

#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(addresses_come_in_order_and_as_many_as_there_is_room_for),
        GUEST_TEST(numbers_are_answered_without_asking),
        GUEST_TEST(what_fails_has_an_errno_of_wasix),
        GUEST_TEST(every_pointer_is_checked_before_anybody_is_asked),
        GUEST_TEST(a_policy_can_refuse),
        GUEST_TEST(a_slow_answer_is_waited_for),
        GUEST_TEST(the_end_of_the_guest_wakes_it),
        GUEST_TEST(waiting_look_ups_count),
        GUEST_TEST(look_ups_are_bounded_after_the_end_of_their_guests),
        GUEST_TEST(whatever_fails_nothing_is_lost),
    };
    return cmocka_run_group_tests_name("names of WASIX", tests, NULL, NULL);
}
