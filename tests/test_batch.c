/* Batches of datagrams over real sockets. No datagram is lost, reordered or merged, and none is cut
 * without a sign. */
#include "harness.h"
#include "qemu.h"
#include "sockets.h"
#include "wine.h"

enum { CAPACITY = 1500 };

struct rig {
    int from, to;
    struct xsock_addr from_addr, to_addr;
};

static void make_rig(struct rig *r)
{
    r->from = sockets_udp(&r->from_addr);
    r->to = sockets_udp(&r->to_addr);
    (void)xsock_set_opt_size(r->to, XSOCK_SO_RCVBUF, 4u << 20);
}

static void end_rig(const struct rig *r)
{
    ASSERT_RESULT(0, xsock_close(r->from));
    ASSERT_RESULT(0, xsock_close(r->to));
}

/* The size of datagram n. There are runs of equal sizes with a shorter datagram at their end, empty
 * datagrams, and odd sizes. */
static size_t size_of(unsigned n)
{
    unsigned run = n / 17;
    if (n % 17 == 16)
        return run % 3 == 0 ? 0 : 5 + run % 90;
    return 100 + run * 37 % 1300;
}

static void fill(unsigned char *buf, unsigned n)
{
    size_t size = size_of(n);
    for (size_t i = 0; i < size; i++)
        buf[i] = (unsigned char)(n * 31 + i);
    if (size >= sizeof n)
        memcpy(buf, &n, sizeof n);
}

static void check(const struct xsock_dgram *d, unsigned n, const struct rig *r)
{
    unsigned char expected[CAPACITY];
    size_t whole = size_of(n), stored = whole < d->len ? whole : d->len;
    fill(expected, n);
    ASSERT_THAT(d->done == stored, "datagram %u has %u bytes, not %u", n, (unsigned)d->done,
                (unsigned)stored);
    ASSERT_THAT(d->segment == 0, "datagram %u has a segment of %u", n, (unsigned)d->segment);
    ASSERT_THAT(d->flags == (whole > d->len ? XSOCK_MSG_TRUNC : 0), "datagram %u, flags %#x", n,
                (unsigned)d->flags);
    assert_memory_equal(d->base, expected, stored);
    assert_true(d->addr == NULL || xsock_addr_equal(d->addr, &r->from_addr));
}

/* Sends `total` of them, and receives them in calls of `each`. Now and then a buffer is too
 * small. */
static void exchange(struct rig *r, unsigned total, unsigned each)
{
    enum { WINDOW = 96 };
    static unsigned char out[WINDOW][CAPACITY], in[WINDOW][CAPACITY];
    struct xsock_dgram ov[WINDOW], iv[WINDOW];
    struct xsock_addr from[WINDOW];
    unsigned sent = 0, got = 0;
    memset(ov, 0, sizeof ov);
    memset(iv, 0, sizeof iv);
    while (got < total) {
        unsigned n = total - sent < WINDOW ? total - sent : WINDOW;
        for (unsigned i = 0; i < n; i++) {
            fill(out[i], sent + i);
            ov[i] =
                (struct xsock_dgram){.base = out[i], .len = size_of(sent + i), .addr = &r->to_addr};
        }
        for (unsigned i = 0;
             /* The test receives what it has sent before it sends more, so that loopback drops
              * nothing. */
             i < n;) {
            int rc = xsock_send_batch(r->from, ov + i, n - i, 0);
            ASSERT_THAT(rc > 0 && (unsigned)rc <= n - i, "send_batch gave %s", harness_name(rc));
            for (int k = 0; k < rc; k++)
                assert_int_equal(ov[i + (unsigned)k].done, ov[i + (unsigned)k].len);
            i += (unsigned)rc;
        }
        sent += n;
        while (got < sent) {
            unsigned want = each < WINDOW ? each : WINDOW;
            struct xsock_pollfd p = {.fd = r->to, .events = XSOCK_POLLIN};
            ASSERT_RESULT(1, xsock_poll(&p, 1, 10000000000));
            for (unsigned i = 0; i < want; i++)
                iv[i] = (struct xsock_dgram){.base = in[i],
                                             .len = (got + i) % 23 == 0 ? 50 : CAPACITY,
                                             .addr = i % 2 ? &from[i] : NULL,
                                             .flags = -1,
                                             .segment = 7};
            int rc = xsock_recv_batch(r->to, iv, want, 0);
            ASSERT_THAT(rc > 0 && (unsigned)rc <= want, "recv_batch gave %s", harness_name(rc));
            for (int i = 0; i < rc; i++)
                check(&iv[i], got + (unsigned)i, r);
            if ((unsigned)rc < want)
                assert_int_equal(iv[rc].flags, -1);
            got += (unsigned)rc;
        }
    }
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_recv_batch(r->to, iv, 1, 0));
}

static unsigned how_many(void)
{
    return is_wine() ? 3000 : 100000;
}

static void a_hundred_thousand_datagrams_come_as_they_were_sent(void **state)
{
    struct rig r;
    SKIP_ON_SWAPPING_QEMU(QEMU_CONTROL);
    (void)state;
    make_rig(&r);
    exchange(&r, how_many(), 64);
    exchange(&r, how_many() / 20, 96);
    exchange(&r, how_many() / 100, 1);
    end_rig(&r);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static void an_error_after_some_is_told_the_next_time(void **state)
{
    static char big[70000];
    struct rig r;
    struct xsock_dgram v[3];
    (void)state;
    make_rig(&r);
    memset(v, 0, sizeof v);
    for (int i = 0; i < 3; i++)
        v[i] =
            (struct xsock_dgram){.base = big, .len = i == 1 ? sizeof big : 10, .addr = &r.to_addr};
    ASSERT_RESULT(1, xsock_send_batch(r.from, v, 3, 0));
    ASSERT_RESULT(-XSOCK_EMSGSIZE, xsock_send_batch(r.from, v + 1, 2, 0));
    ASSERT_RESULT(1, xsock_send_batch(r.from, v + 2, 1, 0));
    v[0].addr = NULL;
    ASSERT_RESULT(-XSOCK_EDESTADDRREQ, xsock_send_batch(r.from, v, 1, 0));
    end_rig(&r);
}

#ifdef __linux__
/* Linux reports a refusal before it sends the next datagram. */
static void a_refusal_that_ends_a_batch_is_readiness_until_a_call_has_told_it(void **state)
{
    struct xsock_addr from, to;
    struct xsock_dgram v[3];
    struct xsock_event e;
    int d = sockets_udp(&from), closed = sockets_udp(&to), p = xsock_poller_open(0);
    (void)state;
    /* Each datagram is longer than the one before, so the library coalesces none. */
    for (size_t i = 0; i < 3; i++)
        v[i] = (struct xsock_dgram){.base = "abc", .len = i + 1};
    ASSERT_RESULT(0, xsock_close(closed));
    ASSERT_RESULT(0, xsock_connect(d, &to));
    ASSERT_RESULT(0, xsock_poller_ctl(p, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, 7));
    ASSERT_RESULT(1, xsock_send_batch(d, v, 3, 0));
    struct xsock_pollfd q = {.fd = d, .events = XSOCK_POLLIN};
    ASSERT_RESULT(1, xsock_poll(&q, 1, -1));
    assert_int_equal(q.revents, XSOCK_POLLERR);
    ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, -1));
    assert_int_equal(e.events, XSOCK_POLLER_ERR);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, (int)xsock_send(d, "c", 1, 0));
    ASSERT_RESULT(0, xsock_poll(&q, 1, 0));
    ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 0));
    ASSERT_RESULT(0, xsock_close(p));
    ASSERT_RESULT(0, xsock_close(d));
}
#endif

static void batches_that_can_not_be_are_refused(void **state)
{
    struct rig r;
    char byte = 0;
    struct xsock_dgram v[2];
    int pair[2];
    (void)state;
    make_rig(&r);
    struct xsock_addr malformed = {.family = XSOCK_AF_INET, .length = 3};
    memset(v, 0, sizeof v);
    v[0] = (struct xsock_dgram){.base = &byte, .len = 1, .addr = &r.to_addr};
    v[1] = (struct xsock_dgram){.base = &byte, .len = 1, .addr = &malformed};
    ASSERT_RESULT(-XSOCK_EINVAL,
                  xsock_send_batch(r.from, v, 2, 0)); /* and the first was not sent */
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(r.to, &byte, 1, XSOCK_MSG_DONTWAIT));
    memset(v, 0, sizeof v);
    v[0] = (struct xsock_dgram){.base = &byte, .len = 1, .addr = &r.to_addr};
    v[1] = v[0];
    ASSERT_RESULT(0, xsock_send_batch(r.from, NULL, 0, 0));
    ASSERT_RESULT(0, xsock_recv_batch(r.from, v, 0, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_send_batch(-1, v, 1, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_send_batch(r.from, NULL, 1, -1));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_recv_batch(r.from, NULL, 1, 0));
    /* The library does not read the array. */
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_send_batch(r.from, v, SIZE_MAX, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_recv_batch(r.from, v, SIZE_MAX, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_send_batch(r.from, v, 1, XSOCK_MSG_MORE));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_recv_batch(r.from, v, 1, XSOCK_MSG_PEEK));
    v[1].base = NULL;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_send_batch(r.from, v, 2, 0));
    v[1].base = &byte;
    v[1].reserved[0] = 1;
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_send_batch(r.from, v, 2, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_recv_batch(r.from, v, 2, 0));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, xsock_send_batch(pair[0], v, 1, 0));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, xsock_recv_batch(pair[0], v, 1, 0));
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_recv_batch(r.to, v, 1, 0)); /* nothing was sent */
    sockets_close(pair[0]);
    sockets_close(pair[1]);
    end_rig(&r);
}

static void a_local_pair_has_batches_too(void **state)
{
    char text[4][8] = {"one", "two", "three", ""}, got[4][8];
    struct xsock_dgram v[4];
    int pair[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_DGRAM, pair);
    memset(v, 0, sizeof v);
    for (int i = 0; i < 4; i++)
        v[i] = (struct xsock_dgram){.base = text[i], .len = strlen(text[i])};
    ASSERT_RESULT(4, xsock_send_batch(pair[0], v, 4, 0));
    for (int i = 0, n = 0; i < 4; i += n) {
        for (int k = i; k < 4; k++)
            v[k] = (struct xsock_dgram){.base = got[k], .len = 8};
        struct xsock_pollfd p = {.fd = pair[1], .events = XSOCK_POLLIN};
        ASSERT_RESULT(1, xsock_poll(&p, 1, 10000000000));
        n = xsock_recv_batch(pair[1], v + i, (size_t)(4 - i), 0);
        ASSERT_THAT(n > 0, "recv_batch gave %s", harness_name(n));
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(v[i].done, strlen(text[i]));
        assert_memory_equal(got[i], text[i], strlen(text[i]));
    }
    sockets_close(pair[0]);
    sockets_close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hundred_thousand_datagrams_come_as_they_were_sent),
        TEST(an_error_after_some_is_told_the_next_time),
        TEST(batches_that_can_not_be_are_refused),
#ifdef __linux__
        TEST(a_refusal_that_ends_a_batch_is_readiness_until_a_call_has_told_it),
#endif
        TEST(a_local_pair_has_batches_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
