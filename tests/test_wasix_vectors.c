/* The vectors of a guest's calls. There may be any number of them, of any length. Each is wholly in
 * the guest's memory, or the call fails. */
#include "guest_net.h"
#include "guests.h"

#include <string.h>

enum { WAITALL = 2, WHOLE = 4, MAX_VECS = 1024 };

/* n vectors of one byte each, from base on. */
static void put_vecs(struct guest *g, int n, uint64_t base)
{
    unsigned word = strcmp(g->module, "wasix_64v1") == 0 ? 16 : 8;
    for (int i = 0; i < n; i++)
        guest_put_vec(g, NET_VEC + (uint64_t)i * word, base + (uint64_t)i, 1);
}

static void scatter(int type, int n)
{
    int d[2];
    guest_pair(&guest, type, d);
    for (int i = 0; i < n; i++)
        guest.bytes[NET_OUT + i] = (unsigned char)(i % 251);
    put_vecs(&guest, n, NET_OUT);
    ASSERT_ERRNO(0, CALL5(&guest, "sock_send", d[0], NET_VEC, n, 0, NET_DONE));
    assert_int_equal(guest_done(&guest), n);
    memset(guest.bytes + NET_IN, 0xee, MAX_VECS + 1);
    put_vecs(&guest, n, NET_IN);
    /* WAITALL is needed because Windows may receive the many vectors of a stream in several
     * steps. */
    unsigned flags = type == XSOCK_SOCK_STREAM ? WAITALL : 0;
    ASSERT_ERRNO(0, CALL6(&guest, "sock_recv", d[1], NET_VEC, n, flags, NET_DONE, NET_FLAGS));
    assert_int_equal(guest_done(&guest), n);
    if (n > 0)
        assert_memory_equal(guest.bytes + NET_IN, guest.bytes + NET_OUT, (size_t)n);
    assert_int_equal(guest.bytes[NET_IN + n], 0xee);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
}

static void vectors_are_gathered_and_scattered(void **state)
{
    static const int counts[] = {0, 1, 16, 17, MAX_VECS};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof counts / sizeof counts[0]; i++) {
        guest.module = guest_modules[i % 2];
        scatter(XSOCK_SOCK_STREAM, counts[i / 2]);
        scatter(XSOCK_SOCK_DGRAM, counts[i / 2]);
    }
}

static void too_many_vectors_are_refused(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_DGRAM, d);
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "waits"));
    put_vecs(&guest, MAX_VECS + 1, NET_IN);
    static const uint32_t bad[] = {MAX_VECS + 1, 0x10000000, UINT32_MAX};
    for (int i = 0; i < 3; i++) {
        ASSERT_ERRNO(XSOCK_EINVAL,
                     CALL6(&guest, "sock_recv", d[1], NET_VEC, bad[i], 0, NET_DONE, NET_FLAGS));
        ASSERT_ERRNO(XSOCK_EINVAL, CALL5(&guest, "sock_send", d[1], NET_VEC, bad[i], 0, NET_DONE));
    }
    ASSERT_ERRNO(XSOCK_EINVAL,
                 CALL6(&guest, "sock_recv", d[1], NET_VEC, MAX_VECS, WHOLE, NET_DONE, NET_FLAGS));
    ASSERT_ERRNO(
        0, CALL6(&guest, "sock_recv", d[1], NET_VEC, MAX_VECS - 1, WHOLE, NET_DONE, NET_FLAGS));
    ASSERT_GOT(&guest, "waits");
}

static void vectors_may_overlap(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_STREAM, d);
    memcpy(guest.bytes + NET_OUT, "abc", 3);
    for (uint64_t i = 0; i < 3; i++)
        guest_put_vec(&guest, NET_VEC + 8 * i, NET_OUT, 3);
    ASSERT_ERRNO(0, CALL5(&guest, "sock_send", d[0], NET_VEC, 3, 0, NET_DONE));
    assert_int_equal(guest_done(&guest), 9);
    guest_put_vec(&guest, NET_VEC, NET_IN, 4);
    guest_put_vec(&guest, NET_VEC + 8, NET_IN + 2, 5);
    ASSERT_ERRNO(0, CALL6(&guest, "sock_recv", d[1], NET_VEC, 2, WAITALL, NET_DONE, NET_FLAGS));
    assert_int_equal(guest_done(&guest), 9);
    assert_memory_equal(guest.bytes + NET_IN, "ab", 2);
    /* the received data may overwrite the vectors, because they were read before */
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "over the vector"));
    guest_put_vec(&guest, NET_VEC, NET_VEC, 15);
    ASSERT_ERRNO(0, CALL6(&guest, "sock_recv", d[1], NET_VEC, 1, 0, NET_DONE, NET_FLAGS));
    assert_memory_equal(guest.bytes + NET_VEC, "over the vector", 15);
}

/* A length that leads outside the memory, anywhere in the array. The pending data is not
 * touched. */
static void a_length_that_leads_outside_is_refused(void **state)
{
    static const struct {
        uint64_t base, len;
    } bad[] = {
        {NET_IN, NET_CAPACITY + 1}, {NET_IN, UINT32_MAX}, {LAST_BYTE, 2},
        {GUEST_MEMORY, 1},          {UINT32_MAX, 1},      {UINT32_MAX, UINT32_MAX},
        {NET_IN, UINT64_MAX},       {UINT64_MAX, 2},      {NET_IN, UINT64_MAX - NET_IN + 1},
    };
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_DGRAM, d);
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "waits"));
    for (size_t i = 0; i < 2 * sizeof bad / sizeof bad[0]; i++) {
        guest.module = guest_modules[i % 2];
        guest_put_vec(&guest, NET_VEC, NET_IN, 4);
        guest_put_vec(&guest, NET_VEC + (i % 2 != 0 ? 16 : 8), bad[i / 2].base, bad[i / 2].len);
        uint32_t e = CALL6(&guest, "sock_recv", d[1], NET_VEC, 2, 0, NET_DONE, NET_FLAGS);
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, e);
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                     CALL5(&guest, "sock_send", d[1], NET_VEC, 2, 0, NET_DONE));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL4(&guest, "fd_read", d[1], NET_VEC, 2, NET_DONE));
    }
    guest.module = "wasix_32v1";
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], 0, 64));
    ASSERT_GOT(&guest, "waits");
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, d[0], WAIT_NOT, 64));
}

/* The memory claims a size that it does not have. No byte of the vectors is touched, because the
 * calls fail. */
static void more_bytes_than_an_int_are_refused(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_STREAM, d);
    guest.memory.size = INT32_MAX;
    guest_put_vec(&guest, NET_VEC, 0, INT32_MAX);
    guest_put_vec(&guest, NET_VEC + 8, 0, 1);
    guest_put_vec(&guest, NET_VEC + 16, INT32_MAX, 1);
    for (uint64_t n = 2; n <= 3; n++) { /* the third vector is not in memory, which comes first */
        uint32_t error = n == 2 ? XSOCK_EINVAL : XSOCK_EMEMVIOLATION;
        ASSERT_ERRNO(error, CALL5(&guest, "sock_send", d[0], NET_VEC, n, 0, NET_DONE));
        ASSERT_ERRNO(error, CALL4(&guest, "fd_write", d[0], NET_VEC, n, NET_DONE));
        ASSERT_ERRNO(error, CALL6(&guest, "sock_recv", d[1], NET_VEC, n, 0, NET_DONE, NET_FLAGS));
    }
    guest.memory.size = sizeof guest.bytes;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(vectors_are_gathered_and_scattered),
        GUEST_TEST(too_many_vectors_are_refused),
        GUEST_TEST(vectors_may_overlap),
        GUEST_TEST(a_length_that_leads_outside_is_refused),
        GUEST_TEST(more_bytes_than_an_int_are_refused),
    };
    return cmocka_run_group_tests_name("vectors of guests", tests, NULL, NULL);
}
