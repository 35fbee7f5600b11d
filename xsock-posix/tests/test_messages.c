/* sendmsg, recvmsg, their forms for several, and vectors. */
#include "support.h"

static void vectors_are_gathered_and_scattered(void **state)
{
    (void)state;
    int s[2];
    char a[3];
    char b[8];
    struct iovec out[] = {{"one ", 4}, {"two ", 4}, {NULL, 0}, {"three", 5}};
    struct iovec in[] = {{a, sizeof a}, {b, sizeof b}};
    streams_open(s);
    ASSERT_IS(13, writev(s[0], out, 4));
    struct pollfd p = {s[1], POLLIN, 0};
    ASSERT_IS(1, poll(&p, 1, -1));
    ASSERT_IS(11, readv(s[1], in, 2));
    assert_memory_equal("one", a, 3);
    assert_memory_equal(" two thr", b, 8);
    volatile int negative = -1;
    ASSERT_ERRNO(EINVAL, writev(s[0], out, negative));
    close(s[0]);
    close(s[1]);
    int file = file_open();
    ASSERT_IS(13, writev(file, out, 4));
    close(file);
    file_remove();
}

static void a_message_has_an_address_and_flags(void **state)
{
    (void)state;
    int s[2];
    char buf[4];
    struct sockaddr_in from;
    struct iovec out = {"datagram", 8};
    struct iovec in = {buf, sizeof buf};
    struct msghdr m = {.msg_iov = &out, .msg_iovlen = 1};
    datagrams_open(s);
    ASSERT_IS(8, sendmsg(s[0], &m, 0));
    m = (struct msghdr){
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &in, .msg_iovlen = 1};
    ASSERT_IS(4, recvmsg(s[1], &m, 0));
    assert_int_equal(MSG_TRUNC, m.msg_flags & MSG_TRUNC);
    assert_int_equal(sizeof from, m.msg_namelen);
    assert_int_equal(htonl(INADDR_LOOPBACK), from.sin_addr.s_addr);
    close(s[0]);
    close(s[1]);
}

static void control_data_tells_the_packet(void **state)
{
    (void)state;
    int s[2];
    int on = 1;
    char byte;
    union {
        struct cmsghdr align;
        char bytes[256];
    } control;
    struct iovec v = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    bool has_info = false;
    bool has_ttl = false;
    datagrams_open(s);
#if defined(IP_PKTINFO)
    ASSERT_IS(0, setsockopt(s[1], IPPROTO_IP, IP_PKTINFO, &on, sizeof on));
#endif
    ASSERT_IS(0, setsockopt(s[1], IPPROTO_IP, IP_RECVTTL, &on, sizeof on));
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(1, recvmsg(s[1], &m, 0));
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
#if defined(IP_PKTINFO)
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            has_info = info.ipi_addr.s_addr == htonl(INADDR_LOOPBACK);
        }
#else
        has_info = true; /* FreeBSD has no such option */
#endif
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) {
            int ttl;
            memcpy(&ttl, CMSG_DATA(c), sizeof ttl);
            has_ttl = ttl > 0;
        }
    }
    assert_true(has_info);
    assert_true(has_ttl);
    close(s[0]);
    close(s[1]);
}

static void fill_rights(struct msghdr *m, void *control, size_t size, int number)
{
    m->msg_control = control;
    m->msg_controllen = CMSG_SPACE(sizeof number);
    memset(control, 0, size);
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof number);
    memcpy(CMSG_DATA(c), &number, sizeof number);
}

/* A pipe's end and a socket go over a pair. */
static void descriptors_are_passed_where_the_system_can(void **state)
{
    (void)state;
    int pair[2];
    int p[2];
    int s[2];
    char byte = 'x';
    union {
        struct cmsghdr align;
        char bytes[64];
    } control;
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    ASSERT_IS(0, pipe(p));
    streams_open(s);
    fill_rights(&m, &control, sizeof control, p[1]);
    if (sendmsg(pair[0], &m, 0) < 0) {
        print_message("this system passes no descriptors\n");
        assert_int_equal(EOPNOTSUPP, errno);
    } else {
        int got[2];
        for (int i = 0; i < 2; i++) {
            m.msg_control = &control;
            m.msg_controllen = sizeof control;
            ASSERT_IS(1, recvmsg(pair[1], &m, 0));
            assert_non_null(CMSG_FIRSTHDR(&m));
            memcpy(&got[i], CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof got[i]);
            if (i == 0) {
                fill_rights(&m, &control, sizeof control, s[0]);
                ASSERT_IS(1, sendmsg(pair[0], &m, 0));
            }
        }
        ASSERT_IS(0, fcntl(got[1], F_GETFL) & O_NONBLOCK); /* it is as the sender has it */
        ASSERT_IS(1, write(got[0], "p", 1));
        ASSERT_IS(1, read(p[0], &byte, 1));
        ASSERT_IS(1, send(got[1], "s", 1, 0));
        ASSERT_IS(1, recv(s[1], &byte, 1, 0));
        close(got[0]);
        close(got[1]);
    }
    for (int i = 0; i < 2; i++) {
        close(pair[i]);
        close(p[i]);
        close(s[i]);
    }
}

static void a_record_that_is_longer_than_the_rest_is_refused(void **state)
{
    (void)state;
    int s[2];
    int ttl = 5;
    char byte = 'x';
    union {
        struct cmsghdr align;
        char bytes[64];
    } control = {.bytes = {0}};
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = 2 * CMSG_SPACE(sizeof ttl)};
    for (size_t i = 0; i < 2; i++) {
        struct cmsghdr *c = (struct cmsghdr *)(control.bytes + i * CMSG_SPACE(sizeof ttl));
        c->cmsg_level = IPPROTO_IP;
        c->cmsg_type = IP_TTL;
        c->cmsg_len = CMSG_LEN(sizeof ttl);
        memcpy(CMSG_DATA(c), &ttl, sizeof ttl);
    }
    datagrams_open(s);
    ((struct cmsghdr *)(control.bytes + CMSG_SPACE(sizeof ttl)))->cmsg_len = 1000;
    ASSERT_ERRNO(EINVAL, sendmsg(s[0], &m, 0));
    ((struct cmsghdr *)(control.bytes + CMSG_SPACE(sizeof ttl)))->cmsg_len = 1;
    ASSERT_ERRNO(EINVAL, sendmsg(s[0], &m, 0));
    close(s[0]);
    close(s[1]);
}

/* A second read would wait. */
static void a_pipe_fills_the_first_pieces(void **state)
{
    (void)state;
    int p[2];
    char buf[2][4] = {{0}};
    struct iovec v[2] = {{buf[0], 4}, {buf[1], 4}};
    ASSERT_IS(0, pipe(p));
    ASSERT_IS(8, writev(p[1], (struct iovec[]){{"abcd", 4}, {"efgh", 4}}, 2));
    ASSERT_IS(4, read(p[0], buf[0], 4));
    assert_memory_equal("abcd", buf[0], 4);
    ASSERT_IS(4, readv(p[0], v, 2));
    assert_memory_equal("efgh", buf[0], 4);
    close(p[0]);
    close(p[1]);
}

static void several_messages_go_by_one_call(void **state)
{
    (void)state;
    int s[2];
    char buf[4][8];
    struct iovec out[3] = {{"a", 1}, {"bb", 2}, {"ccc", 3}};
    struct iovec in[4];
    struct mmsghdr v[4];
    memset(v, 0, sizeof v);
    for (int i = 0; i < 3; i++) {
        v[i].msg_hdr.msg_iov = &out[i];
        v[i].msg_hdr.msg_iovlen = 1;
    }
    datagrams_open(s);
    ASSERT_IS(3, sendmmsg(s[0], v, 3, 0));
    assert_int_equal(2, v[1].msg_len);
    memset(v, 0, sizeof v);
    for (int i = 0; i < 4; i++) {
        in[i] = (struct iovec){buf[i], sizeof buf[i]};
        v[i].msg_hdr.msg_iov = &in[i];
        v[i].msg_hdr.msg_iovlen = 1;
    }
    ASSERT_IS(3, recvmmsg(s[1], v, 4, MSG_WAITFORONE, NULL));
    assert_int_equal(3, v[2].msg_len);
    assert_memory_equal("ccc", buf[2], 3);
    ASSERT_ERRNO(EAGAIN, recvmmsg(s[1], v, 4, MSG_DONTWAIT, NULL));
    close(s[0]);
    close(s[1]);
}

#if !defined(__FreeBSD__) /* the time is constant there */
static void receiving_messages_tells_the_time_that_is_left(void **state)
{
    (void)state;
    int s[2];
    char byte;
    struct iovec in = {&byte, 1};
    struct timespec time = {7, 0};
    struct timespec bad = {-1, 0};
    struct mmsghdr v;
    memset(&v, 0, sizeof v);
    v.msg_hdr.msg_iov = &in;
    v.msg_hdr.msg_iovlen = 1;
    datagrams_open(s);
    ASSERT_ERRNO(EAGAIN, recvmmsg(s[1], &v, 1, MSG_DONTWAIT, &time));
    assert_int_equal(7, time.tv_sec);
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(1, recvmmsg(s[1], &v, 1, 0, &time));
    assert_true(time.tv_sec < 7);
    assert_true(time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
    ASSERT_ERRNO(EINVAL, recvmmsg(-1, &v, 1, 0, &bad));
    close(s[0]);
    close(s[1]);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vectors_are_gathered_and_scattered),
        TEST(a_message_has_an_address_and_flags),
        TEST(control_data_tells_the_packet),
        TEST(descriptors_are_passed_where_the_system_can),
        TEST(several_messages_go_by_one_call),
#if !defined(__FreeBSD__)
        TEST(receiving_messages_tells_the_time_that_is_left),
#endif
        TEST(a_record_that_is_longer_than_the_rest_is_refused),
        TEST(a_pipe_fills_the_first_pieces),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
