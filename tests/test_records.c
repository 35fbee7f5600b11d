/* Records of control data that no kernel should return: shorter than their contents, longer than
 * the buffer, or of length 0. The library ignores them, and reads nothing beyond them. */
#ifdef _WIN32
#include "win32/control.h"
#else
#include "posix/message.h"

#include <netinet/in.h>
#endif
#include "harness.h"

enum { BUFFER_SIZE = 256, OFFSET = 8 };

static union {
    uint64_t alignment;
    unsigned char bytes[BUFFER_SIZE];
} buffer;

/* The result of receiving with the record at the start of the buffer. The control data ends `end`
 * bytes after the start. */
static struct xsock_control receive(int level, int type, size_t len, size_t end)
{
    static struct xsock_control c;
    struct xsock__sys_msg m = {.control = &c};
    memset(&c, 0, sizeof c);
#ifdef _WIN32
    WSAMSG from = {.Control = {(ULONG)end, (char *)buffer.bytes}};
    WSACMSGHDR *record = (WSACMSGHDR *)(void *)buffer.bytes;
    record->cmsg_level = level;
    record->cmsg_type = type;
    record->cmsg_len = (SIZE_T)len;
    xsock__control_get(&from, &m);
#else
    struct msghdr from = {.msg_control = buffer.bytes, .msg_controllen = (xsock__posix_size)end};
    struct cmsghdr *record = (struct cmsghdr *)(void *)buffer.bytes;
    record->cmsg_level = level;
    record->cmsg_type = type;
    record->cmsg_len = (xsock__posix_size)len;
    xsock__posix_get_control(&from, &m, true);
#endif
    return c;
}

#ifdef _WIN32
enum { HEAD = sizeof(WSACMSGHDR) };
#else
#define HEAD ((size_t)CMSG_LEN(0))
#endif

#if defined(_WIN32)
#define TTL IP_TTL
enum { HOPS = 21 };
#ifndef IPV6_TCLASS
#define IPV6_TCLASS 39
#endif
#elif defined(__linux__)
#define TTL IP_TTL
#define HOPS IPV6_HOPLIMIT
#else
#define TTL IP_RECVTTL
#define HOPS IPV6_HOPLIMIT
#endif

#ifdef IP_PKTINFO
#ifdef _WIN32
typedef IN_PKTINFO pktinfo;
#else
typedef struct in_pktinfo pktinfo;
#endif
#define INFO {IPPROTO_IP, IP_PKTINFO, XSOCK_CONTROL_PKTINFO, sizeof(pktinfo)}
#else
#define INFO {IPPROTO_IP, IP_RECVDSTADDR, XSOCK_CONTROL_PKTINFO, 4}
#endif

static const struct {
    int level, type;
    uint32_t has;    /* the contents of a whole record */
    size_t min_size; /* the bytes that the record needs for its contents */
} rows[] = {
    INFO,
    {IPPROTO_IPV6, IPV6_PKTINFO, XSOCK_CONTROL_PKTINFO, sizeof(struct in6_pktinfo)},
    {IPPROTO_IP, IP_TOS, XSOCK_CONTROL_TOS, 1},
    {IPPROTO_IPV6, IPV6_TCLASS, XSOCK_CONTROL_TOS, 1},
    {IPPROTO_IP, TTL, XSOCK_CONTROL_HOP_LIMIT, 1},
    {IPPROTO_IPV6, HOPS, XSOCK_CONTROL_HOP_LIMIT, 1},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void a_record_that_is_too_short_tells_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        for (size_t size = 0; size <= rows[i].min_size; size++) {
            memset(buffer.bytes, 0x77, sizeof buffer);
            struct xsock_control c =
                receive(rows[i].level, rows[i].type, HEAD + size, HEAD + size + OFFSET);
            ASSERT_THAT(c.has == (size == rows[i].min_size ? rows[i].has : 0),
                        "row %d, %u bytes: %x", i, (unsigned)size, (unsigned)c.has);
        }
    }
}

/* A value of one byte and a value of one int are both an octet. */
static void an_octet_comes_as_a_byte_or_as_an_int(void **state)
{
    const int value = 0x2e;
    (void)state;
    for (int i = 2; i < ROWS; i++)
        for (size_t size = 1; size <= sizeof value; size += sizeof value - 1) {
            memset(buffer.bytes, 0, sizeof buffer);
            if (size == 1)
                buffer.bytes[HEAD] = (unsigned char)value;
            else
                memcpy(buffer.bytes + HEAD, &value, sizeof value);
            struct xsock_control c = receive(rows[i].level, rows[i].type, HEAD + size, HEAD + size);
            assert_int_equal(c.has == XSOCK_CONTROL_TOS ? c.tos : c.hop_limit, value);
        }
}

static void a_record_of_an_impossible_length_ends_them(void **state)
{
    static const size_t lengths[] = {0, 1, 7, SIZE_MAX, SIZE_MAX - 7, INT32_MAX, BUFFER_SIZE};
    (void)state;
    for (int i = 0; i < ROWS; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
            memset(buffer.bytes, 0, sizeof buffer);
            struct xsock_control c =
                receive(rows[i].level, rows[i].type, lengths[k], HEAD + rows[i].min_size);
            assert_int_equal(c.has, 0);
        }
    for (size_t end = 0; end < HEAD; end++) {
        memset(buffer.bytes, 0, sizeof buffer);
        struct xsock_control c = receive(IPPROTO_IP, IP_TOS, HEAD + 4, end);
        assert_int_equal(c.has, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_that_is_too_short_tells_nothing),
        TEST(an_octet_comes_as_a_byte_or_as_an_int),
        TEST(a_record_of_an_impossible_length_ends_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
