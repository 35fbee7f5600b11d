/* sock_send_file, which sends files of the engine to a guest's streams. */
#include "guest_net.h"
#include "guests.h"
#include "threads.h"

enum { FILE_SIZE = 150000, FILE_NUMBER = 1 };

/* In the first file, byte n is n modulo 251. The second file cannot be read. */
static ptrdiff_t read_file(void *user, int number, uint64_t offset, void *buf, size_t len)
{
    unsigned char *to = buf;
    size_t n = 0;
    (void)user;
    if (number != FILE_NUMBER)
        return -XSOCK_EISDIR;
    for (; n < len && offset + n < FILE_SIZE; n++)
        to[n] = (unsigned char)((offset + n) % 251);
    return (ptrdiff_t)n;
}

struct drain {
    int d;
    size_t sum;
    bool wrong;
    uint64_t offset;
};

static void drain(void *user)
{
    struct drain *x = user;
    while (guest_recv(&other, x->d, 0, NET_CAPACITY) == 0 && guest_done(&other) > 0) {
        for (size_t i = 0; i < guest_done(&other); i++)
            x->wrong = x->wrong || other.bytes[NET_IN + i] != (x->offset + x->sum + i) % 251;
        x->sum += guest_done(&other);
    }
}

static void send_file(uint64_t offset, uint64_t count, size_t expected)
{
    struct xsock_wasix_config config = {.read = read_file};
    static struct guest g;
    int d[2];
    guest_start(&g, &config);
    guest_connect(&g, &other, XSOCK_AF_INET, d);
    struct drain x = {.d = d[1], .offset = offset};
    struct thread *t = thread_start(drain, &x);
    assert_non_null(t);
    ASSERT_ERRNO(0, CALL5(&g, "sock_send_file", d[0], FILE_NUMBER, offset, count, NET_DONE));
    assert_int_equal(guest_get64(&g, NET_DONE), expected);
    ASSERT_ERRNO(0, CALL1(&g, "fd_close", d[0]));
    thread_join(t);
    assert_int_equal(x.sum, expected);
    assert_false(x.wrong);
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", d[1]));
    guest_stop(&g);
}

static void files_are_sent_whole(void **state)
{
    (void)state;
    send_file(0, FILE_SIZE, FILE_SIZE);
    send_file(70001, INT64_MAX - 70001, FILE_SIZE - 70001);
    send_file(5, 10, 10);
    send_file(FILE_SIZE, 10, 0);
    send_file(INT64_MAX, 0, 0);
}

static void a_file_that_can_not_be_sent_is_reported(void **state)
{
    struct xsock_wasix_config config = {.read = read_file, .max_scratch = 65535};
    static struct guest g;
    int d[2];
    (void)state;
    guest_start(&g, &config);
    guest_connect(&g, &other, XSOCK_AF_INET, d);
    int dgram = guest_open(&g, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    int fresh = guest_open(&g, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL5(&g, "sock_send_file", d[0], fresh, 0, 1, NET_DONE));
    ASSERT_ERRNO(XSOCK_EBADF, CALL5(&g, "sock_send_file", d[0], 99, 0, 1, NET_DONE));
    ASSERT_ERRNO(XSOCK_ENOTSUP, CALL5(&g, "sock_send_file", dgram, FILE_NUMBER, 0, 1, NET_DONE));
    ASSERT_ERRNO(XSOCK_ENOTCONN, CALL5(&g, "sock_send_file", fresh, FILE_NUMBER, 0, 1, NET_DONE));
    ASSERT_ERRNO(XSOCK_EINVAL,
                 CALL5(&g, "sock_send_file", d[0], FILE_NUMBER, UINT64_MAX, 1, NET_DONE));
    ASSERT_ERRNO(XSOCK_EINVAL,
                 CALL5(&g, "sock_send_file", d[0], FILE_NUMBER, 1, INT64_MAX, NET_DONE));
    ASSERT_ERRNO(XSOCK_EINVAL,
                 CALL5(&g, "sock_send_file", d[0], FILE_NUMBER, 1, UINT64_MAX, NET_DONE));
    /* the quota for scratch memory is too small for one piece */
    ASSERT_ERRNO(XSOCK_ENOMEM, CALL5(&g, "sock_send_file", d[0], FILE_NUMBER, 0, 1, NET_DONE));
    guest_stop(&g);
    config.max_scratch = 65536;
    guest_start(&g, &config);
    guest_connect(&g, &other, XSOCK_AF_INET, d);
    ASSERT_ERRNO(XSOCK_EISDIR, CALL5(&g, "sock_send_file", d[0], 2, 0, 1, NET_DONE));
    guest_stop(&g);
    guest_connect(&guest, &other, XSOCK_AF_INET, d); /* this engine has no `read` */
    ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE,
                 CALL5(&guest, "sock_send_file", d[0], FILE_NUMBER, 0, 1, NET_DONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(files_are_sent_whole),
        GUEST_TEST(a_file_that_can_not_be_sent_is_reported),
    };
    return cmocka_run_group_tests_name("files of engines, sent by guests", tests, NULL, NULL);
}
