/* Names, addresses, options and control data as Linux takes them and tells them. */
#include "support.h"

#include <netdb.h>

/* inet_aton() takes such texts. A program may pass the host on once it was found. */
static void an_address_with_a_rest_is_no_host(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1 x", "127.1\r\nx", "127.0.0.1\t"};
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct addrinfo *list = NULL;
        ASSERT_IS(EAI_NONAME, getaddrinfo(hosts[i], "80", &hints, &list));
        assert_null(gethostbyname(hosts[i]));
        assert_int_equal(HOST_NOT_FOUND, h_errno);
    }
}

static void an_address_is_its_own_canonical_name(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "127.1", "0x7f.1", "::1"};
    struct addrinfo hints = {.ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct addrinfo *list = NULL;
        ASSERT_IS(0, getaddrinfo(hosts[i], "80", &hints, &list));
        assert_string_equal(hosts[i], list->ai_canonname);
        freeaddrinfo(list);
    }
}

#ifdef AI_IDN
/* A name in ASCII is the same with them. */
static void the_flags_of_international_names_are_taken(void **state)
{
    (void)state;
    struct addrinfo hints = {.ai_flags = AI_IDN | AI_CANONIDN | AI_CANONNAME,
                             .ai_family = AF_INET,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char text[8];
    ASSERT_IS(0, getaddrinfo("127.0.0.1", "80", &hints, &list));
    ASSERT_IS(0, getnameinfo(list->ai_addr, list->ai_addrlen, NULL, 0, text, sizeof text,
                             NI_NUMERICSERV | NI_IDN));
    assert_string_equal("80", text);
    assert_string_equal("127.0.0.1", list->ai_canonname);
    freeaddrinfo(list);
}
#endif

#if defined(_WIN32) || defined(__GLIBC__)
static void answers_have_the_flags_of_the_question(void **state)
{
    (void)state;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_family = AF_INET};
    struct addrinfo *list;
    ASSERT_IS(0, getaddrinfo("127.0.0.1", "1", &hints, &list));
    for (const struct addrinfo *info = list; info != NULL; info = info->ai_next)
        assert_int_equal(hints.ai_flags, info->ai_flags);
    freeaddrinfo(list);
    ASSERT_IS(0, getaddrinfo("127.0.0.1", "1", NULL, &list));
    assert_int_equal(AI_V4MAPPED | AI_ADDRCONFIG, list->ai_flags);
    freeaddrinfo(list);
}
#endif

/* The first answer for a type and a protocol. */
static int ask(int type, int protocol, const char *service, int out[2])
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = type, .ai_protocol = protocol};
    struct addrinfo *list = NULL;
    int error = getaddrinfo("127.0.0.1", service, &hints, &list);
    if (error != 0)
        return error;
    assert_null(list->ai_next);
    out[0] = list->ai_socktype;
    out[1] = list->ai_protocol;
    freeaddrinfo(list);
    return 0;
}

static void raw_sockets_have_no_services(void **state)
{
    (void)state;
    int kind[2];
    ASSERT_IS(0, ask(SOCK_RAW, IPPROTO_ICMP, NULL, kind));
    assert_int_equal(IPPROTO_ICMP, kind[1]);
    ASSERT_IS(EAI_SERVICE, ask(SOCK_RAW, IPPROTO_ICMP, "80", kind));
}

#if defined(__GLIBC__)
static void rare_protocols_are_answered_if_they_are_asked_for(void **state)
{
    (void)state;
    static const struct {
        int type;
        int protocol;
        int kind[2];
    } rows[] = {
        {SOCK_STREAM, IPPROTO_SCTP, {SOCK_STREAM, IPPROTO_SCTP}},
        {SOCK_SEQPACKET, IPPROTO_SCTP, {SOCK_SEQPACKET, IPPROTO_SCTP}},
        {0, IPPROTO_SCTP, {SOCK_STREAM, IPPROTO_SCTP}},
        {SOCK_SEQPACKET, 0, {SOCK_SEQPACKET, IPPROTO_SCTP}},
        {SOCK_DGRAM, IPPROTO_UDPLITE, {SOCK_DGRAM, IPPROTO_UDPLITE}},
        {0, IPPROTO_UDPLITE, {SOCK_DGRAM, IPPROTO_UDPLITE}},
        {SOCK_STREAM, 0, {SOCK_STREAM, IPPROTO_TCP}},
        {SOCK_DGRAM, 0, {SOCK_DGRAM, IPPROTO_UDP}},
    };
    int kind[2];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ASSERT_IS(0, ask(rows[i].type, rows[i].protocol, "80", kind));
        assert_int_equal(rows[i].kind[0], kind[0]);
        assert_int_equal(rows[i].kind[1], kind[1]);
    }
    ASSERT_IS(EAI_SOCKTYPE, ask(SOCK_DGRAM, IPPROTO_SCTP, NULL, kind));
}
#endif

static void protocols_have_their_official_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int number;
    } rows[] = {{"ip", 0}, {"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"ipv6-icmp", 58}};
    if (getprotobyname("udp") == NULL) /* xsock has the names itself */
        SKIP("this system knows no protocols");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct protoent *p = getprotobyname(rows[i].name);
        assert_non_null(p);
        assert_int_equal(rows[i].number, p->p_proto);
        assert_string_equal(rows[i].name, p->p_name);
        p = getprotobynumber(rows[i].number);
        assert_non_null(p);
        assert_string_equal(rows[i].name, p->p_name);
    }
    struct protoent *p = getprotobyname("TCP");
    assert_true(p == NULL || strcmp("tcp", p->p_name) == 0);
    assert_null(getprotobyname("no-such-protocol"));
    assert_null(getprotobynumber(-1));
}

/* Programs that forget the family, and programs that send to INET by a socket of INET6. */
static void linux_takes_some_addresses_for_others(void **state)
{
    (void)state;
    struct sockaddr_in to = {.sin_family = AF_UNSPEC};
    struct sockaddr *a = (struct sockaddr *)&to;
    socklen_t len = sizeof to;
    char bytes[4];
    int in = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    ASSERT_IS(0, bind(in, a, sizeof to));
    ASSERT_IS(0, getsockname(in, a, &len));
    assert_int_equal(AF_INET, to.sin_family);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int out = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    struct iovec one = {bytes, 1};
    struct msghdr m = {.msg_name = a, .msg_namelen = sizeof to, .msg_iov = &one, .msg_iovlen = 1};
    to.sin_family = AF_UNSPEC;
    ASSERT_IS(1, sendto(out, "x", 1, 0, a, sizeof to));
    ASSERT_IS(1, recv(in, bytes, sizeof bytes, 0));
    ASSERT_IS(1, sendmsg(out, &m, 0));
    ASSERT_IS(1, recv(in, bytes, sizeof bytes, 0));
    close(out);
    to.sin_family = AF_INET;
    out = socket(AF_INET6, SOCK_DGRAM, 0);
    if (out >= 0) {
        ASSERT_IS(1, sendto(out, "x", 1, 0, a, sizeof to));
        ASSERT_IS(1, recv(in, bytes, sizeof bytes, 0));
        ASSERT_IS(1, sendmsg(out, &m, 0));
        ASSERT_IS(1, recv(in, bytes, sizeof bytes, 0));
        ASSERT_IS(0, connect(out, a, sizeof to));
        ASSERT_IS(1, send(out, "x", 1, 0));
        ASSERT_IS(1, recv(in, bytes, sizeof bytes, 0));
        close(out);
    }
    close(in);
}

/* IP_TOS comes in one byte, and programs send the byte that came. */
static void the_tos_of_a_message_is_a_byte_or_a_number(void **state)
{
    (void)state;
    SKIP_ON_SWAPPING_QEMU("qemu does not swap all control data");
    union {
        struct cmsghdr header;
        char bytes[64];
    } control;
    int s[2];
    char byte;
    const int tos = 0x20;
    struct iovec one = {&byte, 1};
    datagrams_open(s);
    static const size_t sizes[] = {sizeof tos, 1};
    for (size_t i = 0; i < 2; i++) {
        const size_t size = sizes[i];
        struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = &control};
        memset(&control, 0, sizeof control);
        control.header.cmsg_len = (__typeof__(control.header.cmsg_len))CMSG_LEN(size);
        control.header.cmsg_level = IPPROTO_IP;
        control.header.cmsg_type = IP_TOS;
        if (size == 1)
            *CMSG_DATA(&control.header) = (unsigned char)tos;
        else
            memcpy(CMSG_DATA(&control.header), &tos, sizeof tos);
        m.msg_controllen = (__typeof__(m.msg_controllen))CMSG_SPACE(size);
        ssize_t sent = sendmsg(s[0], &m, 0);
        if (i == 0 && sent < 0 && errno == EOPNOTSUPP) {
            print_message("this system sends no IP_TOS\n");
            break;
        }
        ASSERT_IS(1, sent);
        ASSERT_IS(1, recv(s[1], &byte, 1, 0));
    }
    close(s[0]);
    close(s[1]);
}

static void a_sender_without_a_name_has_no_address(void **state)
{
    (void)state;
    int s[2];
    char byte;
    struct sockaddr_storage from;
    socklen_t len = sizeof from;
    struct iovec one = {&byte, 1};
    struct msghdr m = {
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &one, .msg_iovlen = 1};
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(1, recvfrom(s[1], &byte, 1, 0, (struct sockaddr *)&from, &len));
    assert_int_equal(0, len);
    ASSERT_IS(1, recvmsg(s[1], &m, 0));
    assert_int_equal(0, m.msg_namelen);
    close(s[0]);
    close(s[1]);
}

static int set_and_get(int s, int level, int name, int value)
{
    socklen_t len = sizeof value;
    ASSERT_IS(0, setsockopt(s, level, name, &value, sizeof value));
    ASSERT_IS(0, getsockopt(s, level, name, &value, &len));
    return value;
}

/* -1 is the default of several options. Sizes and times beyond the limits are cut. */
static void options_take_what_linux_takes(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    assert_int_equal(64, set_and_get(s, IPPROTO_IP, IP_TTL, -1));
    assert_int_equal(1, set_and_get(s, IPPROTO_IP, IP_MULTICAST_TTL, -1));
    assert_true(set_and_get(s, SOL_SOCKET, SO_RCVBUF, -1) > 0);
    assert_true(set_and_get(s, SOL_SOCKET, SO_SNDBUF, 0) > 0);
    unsigned char bytes[4] = {0, 77, 77, 77};
    socklen_t len = 3;
    ASSERT_IS(0, getsockopt(s, IPPROTO_IP, IP_TTL, bytes, &len));
    assert_int_equal(64, bytes[0]);
    assert_int_equal(77, bytes[1]);
    assert_int_equal(1, len);
    close(s);
    struct linger linger = {1, -1};
    s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    close(s);
    s = socket(AF_INET6, SOCK_DGRAM, 0);
    if (s < 0)
        return;
    assert_int_equal(64, set_and_get(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1));
    assert_int_equal(1, set_and_get(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, -1));
    close(s);
}

/* The structure of RFC 2133 has no scope. */
static void an_address_of_inet6_may_lack_its_scope(void **state)
{
    (void)state;
    SKIP_WITHOUT_INET6();
    enum { SHORT = 24 };
    struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *a = (struct sockaddr *)&addr;
    struct iovec one = {"m", 1};
    struct msghdr m = {.msg_name = a, .msg_namelen = SHORT, .msg_iov = &one, .msg_iovlen = 1};
    socklen_t len = sizeof addr;
    char text[8];
    int s = ASSERT_OPENS(socket(AF_INET6, SOCK_DGRAM, 0));
    addr.sin6_scope_id = 0x7fffffff; /* not looked at */
    if (bind(s, a, SHORT) < 0) {
        assert_int_equal(EADDRNOTAVAIL, errno); /* a machine without ::1 */
        close(s);
        return;
    }
    int t = ASSERT_OPENS(socket(AF_INET6, SOCK_DGRAM, 0));
    ASSERT_ERRNO(EINVAL, bind(t, a, SHORT - 1));
    close(t);
    ASSERT_IS(0, getsockname(s, a, &len));
    addr.sin6_scope_id = 0x7fffffff;
    ASSERT_IS(1, sendto(s, "t", 1, 0, a, SHORT + 3));
    ASSERT_IS(1, sendmsg(s, &m, 0));
    ASSERT_IS(0, connect(s, a, SHORT));
    ASSERT_ERRNO(EINVAL, connect(s, a, SHORT - 1));
    ASSERT_IS(EAI_FAMILY, getnameinfo(a, SHORT, NULL, 0, text, sizeof text, NI_NUMERICSERV));
    close(s);
}

static bool takes(int s, int level, int name, int value)
{
    bool is_taken = setsockopt(s, level, name, &value, sizeof value) == 0;
    assert_true(is_taken || errno == ENOPROTOOPT); /* an old Windows lacks the option */
    return is_taken;
}

/* 0 is the default of some options, and Linux cuts the queue of TCP_FASTOPEN. */
static void options_take_zero_and_more_than_there_is(void **state)
{
    (void)state;
    int value = 77;
    socklen_t len = sizeof value;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    if (takes(s, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000)
        && takes(s, IPPROTO_TCP, TCP_USER_TIMEOUT, 0)) {
        ASSERT_IS(0, getsockopt(s, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &len));
        assert_int_equal(0, value);
    }
    (void)takes(s, IPPROTO_TCP, TCP_FASTOPEN, 1 << 20);
#if defined(__linux__)
    value = 0;
    ASSERT_IS(0, setsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &value, sizeof value));
    ASSERT_IS(0, setsockopt(s, IPPROTO_IP, IP_TOS, &value, 0));
#endif
    close(s);
    s = socket(AF_INET6, SOCK_DGRAM, 0);
    if (s < 0)
        return;
    value = 2;
    ASSERT_ERRNO(EINVAL, setsockopt(s, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &value, sizeof value));
#if defined(__linux__)
    assert_int_equal(0, set_and_get(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 0));
#endif
    close(s);
}

#if defined(__linux__)
/* A socket of INET6 that takes both families can be in groups of INET. */
static void a_socket_of_inet6_joins_groups_of_inet(void **state)
{
    (void)state;
    SKIP_WITHOUT_INET6();
    SKIP_WITHOUT_INTERFACES();
    struct ip_mreq group = {{htonl(0xefff4d02U)}, {htonl(INADDR_LOOPBACK)}};
    int s = ASSERT_OPENS(socket(AF_INET6, SOCK_DGRAM, 0));
    ASSERT_IS(0, setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
    ASSERT_IS(0, setsockopt(s, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group));
    group.imr_interface.s_addr = htonl(0x01020304U);
    ASSERT_ERRNO(EADDRNOTAVAIL,
                 setsockopt(s, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group));
    close(s);
}
#endif

#if defined(_WIN32) || defined(__GLIBC__)
/* _GNU_SOURCE, which the tests define, chooses another strerror_r() of glibc. */
#if defined(__GLIBC__)
int __xpg_strerror_r(int number, char *buf, size_t size);
#define strerror_r __xpg_strerror_r
#endif

/* A program prints the buffer whatever the call returns. */
static void texts_of_errors_are_cut_and_numbered(void **state)
{
    (void)state;
    char text[64];
    char buf[64];
    assert_string_equal("Unknown error 99999", strerror(99999));
    assert_string_equal("Unknown error -1", strerror(-1));
    assert_int_equal(EINVAL, strerror_r(99999, buf, sizeof buf));
    assert_string_equal("Unknown error 99999", buf);
    assert_int_equal(0, strerror_r(ECONNREFUSED, text, sizeof text));
    assert_string_equal(strerror(ECONNREFUSED), text);
    assert_int_equal(ERANGE, strerror_r(ECONNREFUSED, buf, 5));
    assert_int_equal(4, strlen(buf));
    assert_memory_equal(text, buf, 4);
    assert_int_equal(ERANGE, strerror_r(ECONNREFUSED, buf, strlen(text)));
    assert_int_equal(0, strerror_r(ECONNREFUSED, buf, strlen(text) + 1));
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_address_with_a_rest_is_no_host),
        TEST(an_address_is_its_own_canonical_name),
#ifdef AI_IDN
        TEST(the_flags_of_international_names_are_taken),
#endif
#if defined(_WIN32) || defined(__GLIBC__)
        TEST(answers_have_the_flags_of_the_question),
#endif
        TEST(raw_sockets_have_no_services),
#if defined(__GLIBC__)
        TEST(rare_protocols_are_answered_if_they_are_asked_for),
#endif
        TEST(protocols_have_their_official_names),
        TEST(linux_takes_some_addresses_for_others),
        TEST(the_tos_of_a_message_is_a_byte_or_a_number),
        TEST(a_sender_without_a_name_has_no_address),
        TEST(options_take_what_linux_takes),
        TEST(an_address_of_inet6_may_lack_its_scope),
        TEST(options_take_zero_and_more_than_there_is),
#if defined(__linux__)
        TEST(a_socket_of_inet6_joins_groups_of_inet),
#endif
#if defined(_WIN32) || defined(__GLIBC__)
        TEST(texts_of_errors_are_cut_and_numbered),
#endif
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
