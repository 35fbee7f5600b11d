/* Opening, pairing, duplicating, closing, adopting and releasing real sockets. The system's own
 * calls check the results. */
#include "harness.h"
#include "native_io.h"
#include "qemu.h"
#include "xsock_native.h"

static const int all_flags = XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK;

static int open_udp(int flags)
{
    return ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | flags, 0));
}

static void close_all(int first, int last)
{
    for (int d = first; d <= last; d++)
        ASSERT_RESULT(0, xsock_close(d));
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static void numbers_are_the_lowest_free_from_three(void **state)
{
    (void)state;
    for (int d = 3; d < 43; d++)
        ASSERT_RESULT(d,
                      xsock_open(XSOCK_AF_INET, d % 2 ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_close(30));
    ASSERT_RESULT(0, xsock_close(3));
    ASSERT_RESULT(0, xsock_close(17));
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(17, xsock_dup(3, 0, 0));
    ASSERT_RESULT(30, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(43, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    close_all(3, 43);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_close(3));
}

static void closing_closes_the_handle(void **state)
{
    uintptr_t h = native_of(open_udp(0));
    (void)state;
    assert_true(native_is_open(h));
    ASSERT_RESULT(0, xsock_close(3));
    assert_false(native_is_open(h));
}

/* ---- Flags ----------------------------------------------------------------------------------- */

static void assert_flags(int d, int flags)
{
    ASSERT_RESULT(flags, xsock_get_flags(d));
    assert_int_equal(native_is_inheritable(native_of(d)), (flags & XSOCK_SOCK_CLOEXEC) == 0);
    assert_true(native_is_nonblocking(native_of(d)));
}

static void flags_are_as_given_and_the_handle_never_blocks(void **state)
{
    static const int sets[] = {0, XSOCK_SOCK_CLOEXEC, XSOCK_SOCK_NONBLOCK,
                               XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK};
    (void)state;
    for (int i = 0; i < 4; i++) {
        int pair[2];
        assert_flags(open_udp(sets[i]), sets[i]);
        ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | sets[i], 0, pair));
        assert_flags(pair[0], sets[i]);
        assert_flags(pair[1], sets[i]);
        for (int k = 0; k < 4; k++) {
            ASSERT_RESULT(0, xsock_set_flags(pair[0], sets[k]));
            assert_flags(pair[0], sets[k]);
        }
        close_all(3, 5);
    }
}

static void nonblock_is_shared_by_duplicates_and_cloexec_is_not(void **state)
{
    int a = open_udp(0), b = xsock_dup(a, 0, XSOCK_SOCK_CLOEXEC);
    (void)state;
    assert_flags(a, 0);
    assert_flags(b, XSOCK_SOCK_CLOEXEC);
    ASSERT_RESULT(0, xsock_set_flags(a, XSOCK_SOCK_NONBLOCK));
    assert_flags(a, XSOCK_SOCK_NONBLOCK);
    assert_flags(b, all_flags);
    ASSERT_RESULT(0, xsock_set_flags(b, 0));
    assert_flags(a, 0);
    assert_flags(b, 0);
    close_all(3, 4);
}

static void a_program_that_is_started_inherits_what_it_should(void **state)
{
    int pair[2];
    SKIP_ON_QEMU(QEMU_EXEC);
    (void)state;
    open_udp(0);
    open_udp(XSOCK_SOCK_CLOEXEC);
    ASSERT_RESULT(5, xsock_dup(3, 0, XSOCK_SOCK_CLOEXEC));
    ASSERT_RESULT(6, xsock_dup(4, 0, 0));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, pair));
    ASSERT_RESULT(9, xsock_dup2(4, 9, 0));
    ASSERT_RESULT(10, xsock_dup2(3, 10, XSOCK_SOCK_CLOEXEC));
    ASSERT_RESULT(0, xsock_set_flags(7, 0));
    for (int d = 3; d <= 10; d++) {
        bool expected = (xsock_get_flags(d) & XSOCK_SOCK_CLOEXEC) == 0;
        ASSERT_THAT(native_child_has(native_of(d)) == expected, "descriptor %d", d);
    }
    close_all(3, 10);
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

static void carry(int from, int to, const char *text)
{
    char got[64] = {0};
    assert_true(native_receive_would_block(native_of(to)));
    native_send(native_of(from), text, strlen(text));
    assert_int_equal(native_receive(native_of(to), got, sizeof got), strlen(text));
    assert_string_equal(got, text);
}

static void a_stream_pair_carries_data_both_ways_and_ends(void **state)
{
    int pair[2];
    char byte;
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    assert_true(pair[0] == 3 && pair[1] == 4);
    carry(3, 4, "there");
    carry(4, 3, "and back");
    carry(4, 3, "again");
    ASSERT_RESULT(0, xsock_close(3));
    assert_int_equal(native_receive(native_of(4), &byte, 1), 0); /* the end of the stream */
    ASSERT_RESULT(0, xsock_close(4));
}

static void a_datagram_pair_keeps_messages_apart(void **state)
{
    int pair[2];
    char got[16];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, pair));
    carry(3, 4, "one");
    carry(4, 3, "two");
    native_send(native_of(3), "abc", 3);
    native_send(native_of(3), "de", 2);
    assert_int_equal(native_receive(native_of(4), got, sizeof got), 3);
    assert_int_equal(native_receive(native_of(4), got, sizeof got), 2);
    close_all(3, 4);
}

static void an_end_of_a_pair_takes_no_connections(void **state)
{
    int d[2];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0, d));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_listen(d[0], 1));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_accept(d[0], 0, NULL));
    close_all(d[0], d[1]);
}

/* The port shows whether the system was asked: Windows gives one to such a socket. */
static void a_datagram_socket_without_a_peer_can_lose_it_and_stays_unbound(void **state)
{
    static const struct xsock_addr nobody = {.family = XSOCK_AF_UNSPEC};
    struct xsock_addr a;
    (void)state;
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_connect(d, &nobody));
    ASSERT_RESULT(0, xsock_addr_loopback(XSOCK_AF_INET, 0, &a));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_connect(d, &nobody));
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    assert_int_not_equal(a.port, 0);
    ASSERT_RESULT(0, xsock_close(d));
}

static void a_sequenced_pair_works_or_says_that_it_can_not_be(void **state)
{
    int pair[2] = {-7, -7};
    int r = xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_SEQPACKET, 0, pair);
    (void)state;
    if (r < 0) {
        ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, r);
        assert_true(pair[0] == -7 && pair[1] == -7);
        SKIP("this system has no LOCAL SEQPACKET");
    }
    carry(3, 4, "one");
    carry(4, 3, "two");
    close_all(3, 4);
}

static void many_pairs_are_each_their_own(void **state)
{
    enum { PAIRS = 20 };
    int pair[2];
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        ASSERT_RESULT(
            0, xsock_pair(XSOCK_AF_LOCAL, i % 2 ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM, 0, pair));
        assert_true(pair[0] == 3 + 2 * i && pair[1] == 4 + 2 * i);
    }
    for (int i = 0; i < PAIRS; i++) {
        char text[8];
        snprintf(text, sizeof text, "%d", i);
        carry(3 + 2 * i, 4 + 2 * i, text);
    }
    close_all(3, 2 + 2 * PAIRS);
}

/* ---- Duplicates ------------------------------------------------------------------------------ */

static void a_duplicate_is_the_same_socket_with_a_handle_of_its_own(void **state)
{
    int pair[2];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    ASSERT_RESULT(5, xsock_dup(3, 0, 0));
    ASSERT_RESULT(6, xsock_dup2(3, 6, 0));
    assert_true(native_of(3) != native_of(5) && native_of(5) != native_of(6)
                && native_of(3) != native_of(6));
    carry(5, 4, "by the duplicate");
    ASSERT_RESULT(0, xsock_close(3));
    carry(4, 5, "still open");
    ASSERT_RESULT(0, xsock_close(5));
    carry(6, 4, "still open");
    ASSERT_RESULT(0, xsock_close(6));
    {
        char byte;
        assert_int_equal(native_receive(native_of(4), &byte, 1), 0); /* closed only now */
    }
    ASSERT_RESULT(0, xsock_close(4));
}

static void a_duplicate_gets_the_lowest_number_from_a_minimum(void **state)
{
    (void)state;
    open_udp(0);
    ASSERT_RESULT(4, xsock_dup(3, 0, 0));
    ASSERT_RESULT(5, xsock_dup(3, 3, 0));
    ASSERT_RESULT(100, xsock_dup(3, 100, 0));
    ASSERT_RESULT(101, xsock_dup(3, 100, 0));
    ASSERT_RESULT(6, xsock_dup(100, 5, 0));
    ASSERT_RESULT(xsock_get_limit() - 1, xsock_dup(3, xsock_get_limit() - 1, 0));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_dup(3, xsock_get_limit() - 1, 0));
    close_all(3, 6);
    close_all(100, 101);
    ASSERT_RESULT(0, xsock_close(xsock_get_limit() - 1));
}

static void duplicating_onto_a_number_replaces_what_was_there(void **state)
{
    int pair[2], handles;
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    open_udp(XSOCK_SOCK_CLOEXEC);
    handles = harness_handles();
    ASSERT_RESULT(5, xsock_dup2(3, 5, 0));
    assert_int_equal(harness_handles(), handles); /* one handle was opened, and one was closed */
    assert_flags(5, 0);
    carry(5, 4, "replaced");
    ASSERT_RESULT(50, xsock_dup2(5, 50, XSOCK_SOCK_CLOEXEC));
    assert_flags(50, XSOCK_SOCK_CLOEXEC);
    carry(4, 50, "a free number");
    /* onto itself: nothing is changed, and the flags stay */
    ASSERT_RESULT(50, xsock_dup2(50, 50, 0));
    assert_flags(50, XSOCK_SOCK_CLOEXEC);
    ASSERT_RESULT(50, xsock_dup2(5, 50, 0)); /* onto another descriptor of the same socket */
    assert_flags(50, 0);
    carry(50, 4, "and once more");
    close_all(3, 5);
    ASSERT_RESULT(0, xsock_close(50));
}

static void a_duplicate_that_can_not_be_changes_nothing(void **state)
{
    (void)state;
    open_udp(0);
    open_udp(XSOCK_SOCK_CLOEXEC);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_dup2(9, 4, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_dup2(9, 9, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_dup2(3, 2, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_dup2(3, xsock_get_limit(), 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup2(3, 4, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup(3, 0, XSOCK_SOCK_NONBLOCK));
    assert_flags(4, XSOCK_SOCK_CLOEXEC);
    close_all(3, 4);
}

/* ---- Handles of the system ------------------------------------------------------------------- */

static void an_adopted_socket_is_xsocks_and_a_released_one_is_not(void **state)
{
    static const int sets[] = {0, XSOCK_SOCK_CLOEXEC, XSOCK_SOCK_NONBLOCK,
                               XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK};
    (void)state;
    for (int i = 0; i < 16; i++) {
        int flags = sets[i % 4];
        /* whatever handle it was */
        uintptr_t got = 0, h = native_socket((i & 4) != 0, (i & 8) != 0);
        ASSERT_RESULT(3, xsock_adopt(h, flags));
        assert_true(native_of(3) == h);
        assert_flags(3, flags);
        ASSERT_RESULT(0, xsock_release(3, &got));
        assert_true(got == h && native_is_open(h));
        ASSERT_RESULT(-XSOCK_EBADF, xsock_get_flags(3));
        assert_int_equal(native_is_nonblocking(h), (flags & XSOCK_SOCK_NONBLOCK) != 0);
        assert_int_equal(native_is_inheritable(h), (flags & XSOCK_SOCK_CLOEXEC) == 0);
        native_close_socket(h);
    }
}

static void a_socket_that_xsock_made_can_be_released(void **state)
{
    uintptr_t h = 0;
    (void)state;
    open_udp(XSOCK_SOCK_CLOEXEC);
    ASSERT_RESULT(4, xsock_dup(3, 0, 0));
    ASSERT_RESULT(0, xsock_release(4, &h));
    assert_true(native_is_nonblocking(h)); /* 3 is still open in xsock */
    native_close_socket(h);
    ASSERT_RESULT(0, xsock_release(3, &h));
    assert_false(native_is_nonblocking(h));
    ASSERT_RESULT(3, xsock_adopt(h, 0)); /* and adopted again */
    ASSERT_RESULT(0, xsock_close(3));
    assert_false(native_is_open(h));
}

static void the_same_handle_is_adopted_once(void **state)
{
    uintptr_t h = native_socket(false, false), other;
    (void)state;
    ASSERT_RESULT(3, xsock_adopt(h, 0));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_adopt(h, 0));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_adopt(h, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK));
    assert_flags(3, 0);
    other = native_dup(h); /* another handle of the same socket counts as another handle */
    ASSERT_RESULT(4, xsock_adopt(other, 0));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_adopt(native_of(4), 0));
    open_udp(0);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_adopt(native_of(5), 0)); /* a handle that xsock made */
    close_all(3, 5);
}

static void what_is_no_socket_is_refused_and_left_as_it_was(void **state)
{
    uintptr_t file = native_file(), h = native_socket(true, false);
    (void)state;
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_adopt(file, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_adopt(h, 0x8000));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_adopt(h, XSOCK_SOCK_STREAM));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_adopt(h, -1));
    assert_true(native_is_inheritable(h));
    assert_false(native_is_nonblocking(h));
    native_close_socket(h);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(h, 0));
    native_close_file(file);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(file, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(native_no_handle(), 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(UINTPTR_MAX, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(UINTPTR_MAX - 1, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt((uintptr_t)1 << 20, 0));
    assert_int_equal(harness_descriptors(100), 0);
}

/* ---- Promises -------------------------------------------------------------------------------- */

static void inet6_is_dual_stack(void **state)
{
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM};
    (void)state;
    for (int i = 0; i < 2; i++) {
        int d = xsock_open(XSOCK_AF_INET6, types[i], 0);
        if (d == -XSOCK_EAFNOSUPPORT)
            SKIP("this system has no INET6");
        ASSERT_RESULT(3, d);
        assert_true(native_is_dual_stack(native_of(d)));
        ASSERT_RESULT(0, xsock_close(d));
    }
}

static void the_library_starts_by_itself_and_again(void **state)
{
    (void)state;
    ASSERT_RESULT(0, xsock_startup());
    ASSERT_RESULT(0, xsock_startup());
    open_udp(0);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_cleanup());
    assert_true(native_is_open(native_of(3)));
    ASSERT_RESULT(0, xsock_close(3));
    ASSERT_RESULT(0, xsock_cleanup());
    ASSERT_RESULT(0, xsock_cleanup());
    open_udp(0);
    ASSERT_RESULT(0, xsock_close(3));
    ASSERT_RESULT(0, xsock_cleanup());
    ASSERT_RESULT(0, xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_startup());
}

/* If a call leaked a handle each time, the leaks would add up. This holds for handles of every
 * kind. */
static void a_thousand_calls_leave_no_handle_behind(void **state)
{
    int before = 0;
    (void)state;
    for (int round = 0; round < 110; round++) {
        int pair[2];
        uintptr_t h;
        if (round == 10) /* the handles that are made only once exist by now */
            before = native_handle_count();
        ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL,
                                    round % 2 ? XSOCK_SOCK_STREAM : XSOCK_SOCK_DGRAM, 0, pair));
        open_udp(XSOCK_SOCK_CLOEXEC);
        ASSERT_RESULT(6, xsock_dup(3, 0, 0));
        ASSERT_RESULT(4, xsock_dup2(5, 4, XSOCK_SOCK_CLOEXEC));
        ASSERT_RESULT(0, xsock_release(6, &h));
        ASSERT_RESULT(6, xsock_adopt(h, 0));
        ASSERT_RESULT(-XSOCK_EBUSY, xsock_adopt(h, 0));
        ASSERT_RESULT(0, xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
        close_all(3, 6);
    }
    ASSERT_THAT(native_handle_count() < before + 50, "%d handles, then %d", before,
                native_handle_count());
}

static void the_last_system_code_is_that_of_the_call_that_failed(void **state)
{
    int before;
    (void)state;
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt((uintptr_t)1 << 20, 0));
    before = xsock_oserror();
    assert_true(before != 0);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_error_from_os(before));
    open_udp(0);                                  /* neither a success */
    ASSERT_RESULT(-XSOCK_EBADF, xsock_close(99)); /* nor an error of the library changes it */
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_open(XSOCK_AF_INET, -1, 0));
    assert_int_equal(xsock_oserror(), before);
    ASSERT_RESULT(0, xsock_close(3));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_the_lowest_free_from_three),
        TEST(closing_closes_the_handle),
        TEST(flags_are_as_given_and_the_handle_never_blocks),
        TEST(nonblock_is_shared_by_duplicates_and_cloexec_is_not),
        TEST(a_program_that_is_started_inherits_what_it_should),
        TEST(a_stream_pair_carries_data_both_ways_and_ends),
        TEST(a_datagram_pair_keeps_messages_apart),
        TEST(an_end_of_a_pair_takes_no_connections),
        TEST(a_datagram_socket_without_a_peer_can_lose_it_and_stays_unbound),
        TEST(a_sequenced_pair_works_or_says_that_it_can_not_be),
        TEST(many_pairs_are_each_their_own),
        TEST(a_duplicate_is_the_same_socket_with_a_handle_of_its_own),
        TEST(a_duplicate_gets_the_lowest_number_from_a_minimum),
        TEST(duplicating_onto_a_number_replaces_what_was_there),
        TEST(a_duplicate_that_can_not_be_changes_nothing),
        TEST(an_adopted_socket_is_xsocks_and_a_released_one_is_not),
        TEST(a_socket_that_xsock_made_can_be_released),
        TEST(the_same_handle_is_adopted_once),
        TEST(what_is_no_socket_is_refused_and_left_as_it_was),
        TEST(inet6_is_dual_stack),
        TEST(the_library_starts_by_itself_and_again),
        TEST(a_thousand_calls_leave_no_handle_behind),
        TEST(the_last_system_code_is_that_of_the_call_that_failed),
    };
    int child = native_child_main(argc, argv);
    return child >= 0 ? child : cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
