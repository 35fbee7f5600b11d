/* Guests: their numbers, their memory, and which numbers belong to the guest and which to the
 * engine. */
#include "guests.h"

#include <string.h>

enum { OUT = 4096, END = GUEST_MEMORY };

static void the_lowest_number_is_given_again(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 3);
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 17, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 4);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", 3));
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 6, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 3);
}

static void guests_know_nothing_of_each_other(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    ASSERT_ERRNO(0, CALL4(&other, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    assert_int_equal(guest_get32(&other, OUT), 3);
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", 3));
    ASSERT_ERRNO(XSOCK_EBADF, CALL1(&other, "fd_close", 3));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", 3));
}

/* No socket is opened if its number could not be returned. */
static void the_out_pointer_is_checked_to_the_byte(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, END - 4));
    assert_int_equal(guest_get32(&guest, END - 4), 3);
    static const uint64_t bad[] = {END - 3, END - 2, END - 1, END, UINT32_MAX - 3, UINT32_MAX};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                     CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, bad[i]));
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 4);
    guest.module = "wasix_64v1";
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                 CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, UINT64_MAX));
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM,
                                            0, UINT64_C(0x100000000) + OUT));
}

static void what_wasix_does_not_have_is_refused(void **state)
{
    static const struct {
        uint32_t af, type, protocol;
        int error;
    } v[] = {
        {0, 1, 0, XSOCK_EAFNOSUPPORT},
        {4, 1, 0, XSOCK_EAFNOSUPPORT},
        {257, 1, 0, XSOCK_EAFNOSUPPORT},
        {0x109, 1, 0, XSOCK_EAFNOSUPPORT}, /* NETLINK is a family of xsock, not of WASIX */
        {UINT32_MAX, 1, 0, XSOCK_EAFNOSUPPORT},
        {1, 0, 0, XSOCK_ENOTSUP},
        {1, 5, 0, XSOCK_ENOTSUP},
        {1, 0x100, 0, XSOCK_ENOTSUP}, /* the same holds for RDM */
        {1, 1 | 0x8000, 0, XSOCK_EINVAL},
        {1, UINT32_MAX, 0, XSOCK_EINVAL},
        {1, 1, 17, XSOCK_EPROTONOSUPPORT},
        {1, 2, 6, XSOCK_EPROTONOSUPPORT},
        {1, 1, 264, XSOCK_EPROTONOSUPPORT},
        {1, 1, UINT32_MAX, XSOCK_EPROTONOSUPPORT},
        {1, 3, 1, XSOCK_EACCES}, /* RAW, without a policy */
    };
    (void)state;
    guest_put32(&guest, OUT, 77);
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
        ASSERT_ERRNO(v[i].error,
                     CALL4(&guest, "sock_open", v[i].af, v[i].type, v[i].protocol, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 77);
}

static void numbers_of_the_engine_are_not_ours(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        ASSERT_RESULT(XSOCK_WASIX_OWNER_ENGINE, xsock_wasix_owner(guest.process, n));
        ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, CALL1(&guest, "fd_close", n));
    }
    ASSERT_RESULT(3, xsock_wasix_reserve(guest.process, -1));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_wasix_reserve(guest.process, 3));
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 4);
    ASSERT_RESULT(XSOCK_WASIX_OWNER_XSOCK, xsock_wasix_owner(guest.process, 4));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, 5));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_wasix_close(guest.process, 3));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_wasix_unreserve(guest.process, 4));
    ASSERT_RESULT(0, xsock_wasix_unreserve(guest.process, 3));
    ASSERT_ERRNO(XSOCK_EBADF, CALL1(&guest, "fd_close", 3));
    ASSERT_RESULT(0, xsock_wasix_close(guest.process, 4));
}

static void a_configuration_that_can_not_be_is_refused(void **state)
{
    static const struct xsock_wasix_config bad[] = {
        {.first = -2},           {.first = 11, .max_descriptors = 10},
        {.max_descriptors = -1}, {.max_descriptors = INT32_MAX},
        {.max_waiting = -1},     {.addr_port_size = 19},
        {.reserved = {1}},       {.reserved = {0, 1}},
        {.reserved = {0, 0, 1}},
    };
    struct xsock_wasix *g = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_wasix_create(&bad[i], &g));
    assert_null(g);
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_wasix_create(NULL, NULL));
}

/* The functions that the engine registers. Each name occurs once in a module, its signature has
 * letters only, and the pointers have the module's width. */
static void the_list_of_imports_is_whole(void **state)
{
    size_t n = 0;
    const struct xsock_wasix_import *v = xsock_wasix_imports(&n);
    (void)state;
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(xsock_wasix_find(v[i].module, v[i].name), &v[i]);
        assert_int_equal(strspn(v[i].signature, "iI"), strlen(v[i].signature));
        assert_non_null(v[i].call);
    }
    assert_string_equal(xsock_wasix_find("wasix_32v1", "sock_open")->signature, "iiii");
    assert_string_equal(xsock_wasix_find("wasix_64v1", "sock_open")->signature, "iiiI");
    assert_null(xsock_wasix_find("wasi_snapshot_preview1", "sock_open"));
    assert_null(xsock_wasix_find("wasix_32v1", "sock_nothing"));
    assert_null(xsock_wasix_find(NULL, "sock_open"));
}

/* In WASIX, sock_accept stores the peer's address too, as sock_accept_v2 does. */
static void a_name_has_the_signature_of_its_module(void **state)
{
    (void)state;
    assert_string_equal(xsock_wasix_find("wasi_snapshot_preview1", "sock_accept")->signature,
                        "iii");
    assert_string_equal(xsock_wasix_find("wasix_32v1", "sock_accept")->signature, "iiii");
    assert_string_equal(xsock_wasix_find("wasix_64v1", "sock_accept")->signature, "iiII");
    assert_null(xsock_wasix_find("wasi_snapshot_preview1", "sock_accept_v2"));
}

/* The value that wasix-libc sends if a program passes 0. */
static void a_local_pair_may_ask_for_tcp(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 6, OUT, OUT + 4));
    assert_int_equal(guest_get32(&guest, OUT), 3);
    assert_int_equal(guest_get32(&guest, OUT + 4), 4);
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 17, OUT, OUT + 4));
    ASSERT_ERRNO(XSOCK_EPROTONOSUPPORT,
                 CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 17, OUT, OUT));
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                 CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, END - 3));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, 7));
}

static void a_guest_that_has_ended_opens_nothing(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    xsock_wasix_end(guest.process);
    ASSERT_ERRNO(XSOCK_ECANCELED,
                 CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    ASSERT_ERRNO(XSOCK_EBADF, CALL1(&guest, "fd_close", 3));
    xsock_wasix_end(guest.process);
    xsock_wasix_end(NULL);
    xsock_wasix_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(the_lowest_number_is_given_again),
        GUEST_TEST(guests_know_nothing_of_each_other),
        GUEST_TEST(the_out_pointer_is_checked_to_the_byte),
        GUEST_TEST(what_wasix_does_not_have_is_refused),
        GUEST_TEST(numbers_of_the_engine_are_not_ours),
        GUEST_TEST(a_configuration_that_can_not_be_is_refused),
        GUEST_TEST(the_list_of_imports_is_whole),
        GUEST_TEST(a_name_has_the_signature_of_its_module),
        GUEST_TEST(a_local_pair_may_ask_for_tcp),
        GUEST_TEST(a_guest_that_has_ended_opens_nothing),
    };
    return cmocka_run_group_tests_name("guests of WASIX", tests, NULL, NULL);
}
