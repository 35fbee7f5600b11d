/* More of messages, as Linux has them. */
#include "support.h"

#include <limits.h>
#if defined(__linux__)
#include <net/ethernet.h>
#include <netpacket/packet.h>
#endif

#if defined(__linux__)
static void a_raw_socket_has_no_urgent_data(void **state)
{
    (void)state;
    char byte;
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (s < 0)
        SKIP("this process may open no raw socket");
    ASSERT_ERRNO(EOPNOTSUPP, recv(s, &byte, 1, MSG_OOB | MSG_DONTWAIT));
    close(s);
}

/* The kernel refuses every flag that means nothing there. */
static void a_packet_socket_receives(void **state)
{
    (void)state;
    SKIP_ON_QEMU("qemu swaps no addresses of AF_PACKET");
    char bytes[64];
    char room[64];
    struct sockaddr_ll from = {.sll_family = AF_PACKET};
    socklen_t len = sizeof from;
    struct iovec one = {bytes, sizeof bytes};
    struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1};
    int v[2];
    int s = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
    if (s < 0)
        SKIP("this process may open no packet socket");
    datagrams_open(v);
    for (int i = 0; i < 4; i++)
        ASSERT_IS(1, send(v[0], "x", 1, 0));
    assert_true(recvfrom(s, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &len) > 0);
    assert_int_equal(AF_PACKET, from.sll_family);
    assert_true(read(s, bytes, sizeof bytes) > 0);
    assert_true(recvmsg(s, &m, 0) > 0);
    m.msg_control = room;
    m.msg_controllen = sizeof room;
    assert_true(recvmsg(s, &m, MSG_DONTWAIT) > 0);
    close(s);
    close(v[0]);
    close(v[1]);
}
#endif

/* The flag is the kernel's own. */
static void messages_refuse_the_highest_flag(void **state)
{
    (void)state;
    SKIP_ON_QEMU("qemu passes other flags on");
    if (sizeof(void *) == sizeof(int))
        SKIP("only kernels of 64 bits have the flag");
    char byte = 'x';
    struct iovec one = {&byte, 1};
    struct mmsghdr m = {.msg_hdr = {.msg_iov = &one, .msg_iovlen = 1}};
    int s[2];
    datagrams_open(s);
    const int numbers[] = {s[0], -1};
    /* The flags of musl's sendmmsg() and recvmmsg() are unsigned. */
#pragma GCC diagnostic ignored "-Wsign-conversion"
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        ASSERT_ERRNO(EINVAL, sendmsg(numbers[i], &m.msg_hdr, INT_MIN));
        ASSERT_ERRNO(EINVAL, recvmsg(numbers[i], &m.msg_hdr, INT_MIN));
        ASSERT_ERRNO(EINVAL, sendmmsg(numbers[i], &m, 1, INT_MIN));
        ASSERT_ERRNO(EINVAL, recvmmsg(numbers[i], &m, 1, INT_MIN, NULL));
    }
    close(s[0]);
    close(s[1]);
}

#if defined(_WIN32) || defined(__GLIBC__)
/* musl itself copies the control data, from wherever. */
static void control_data_needs_a_place(void **state)
{
    (void)state;
    char byte = 'x';
    struct iovec one = {&byte, 1};
    struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1, .msg_controllen = CMSG_SPACE(sizeof(int))};
    int s[2];
    datagrams_open(s);
    ASSERT_ERRNO(EFAULT, sendmsg(s[0], &m, 0));
    close(s[0]);
    close(s[1]);
}
#endif

/* A program may expect the hop limit before the TOS. */
static void control_data_has_the_order_of_linux(void **state)
{
    (void)state;
    char byte;
    union {
        struct cmsghdr align;
        char bytes[256];
    } room;
    struct iovec one = {&byte, 1};
    struct msghdr m = {.msg_iov = &one,
                       .msg_iovlen = 1,
                       .msg_control = room.bytes,
                       .msg_controllen = sizeof room.bytes};
    int on = 1;
    int s[2];
    datagrams_open(s);
    ASSERT_IS(0, setsockopt(s[1], IPPROTO_IP, IP_RECVTTL, &on, sizeof on));
    bool has_tos = setsockopt(s[1], IPPROTO_IP, IP_RECVTOS, &on, sizeof on) == 0;
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(1, recvmsg(s[1], &m, 0));
    struct cmsghdr *first = CMSG_FIRSTHDR(&m);
    struct cmsghdr *second = first == NULL ? NULL : CMSG_NXTHDR(&m, first);
    close(s[0]);
    close(s[1]);
#if defined(_WIN32)
    if (!has_tos || second == NULL)
        SKIP("Windows 7 and Wine tell less");
#endif
    assert_true(has_tos);
    assert_non_null(second);
    assert_int_equal(IP_TTL, first->cmsg_type);
    assert_int_equal(IP_TOS, second->cmsg_type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_refuse_the_highest_flag), TEST(control_data_has_the_order_of_linux),
#if defined(_WIN32) || defined(__GLIBC__)
        TEST(control_data_needs_a_place),
#endif
#if defined(__linux__)
        TEST(a_raw_socket_has_no_urgent_data),  TEST(a_packet_socket_receives),
#endif
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
