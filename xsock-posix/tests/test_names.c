/* Addresses as text, and names of hosts and services. Nothing is asked of the network. */
#include "support.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

static void inet_pton_and_inet_ntop_are_strict(void **state)
{
    (void)state;
    static const struct {
        int family;
        const char *text;
        int result;
        const char *again;
    } rows[] = {
        {AF_INET, "127.0.0.1", 1, "127.0.0.1"},
        {AF_INET, "255.255.255.255", 1, "255.255.255.255"},
        {AF_INET, "127.1", 0, NULL},
        {AF_INET, "1.2.3.4:80", 0, NULL},
        {AF_INET, "256.0.0.1", 0, NULL},
        {AF_INET, " 1.2.3.4", 0, NULL},
        {AF_INET, "::1", 0, NULL},
        {AF_INET6, "::1", 1, "::1"},
        {AF_INET6, "1.2.3.4", 0, NULL},
        {AF_INET6, "[::1]", 0, NULL},
        {AF_INET6, "fe80::1%1", 0, NULL},
        {AF_INET6, "2001:DB8:0:0::1", 1, "2001:db8::1"},
        {AF_INET6, "::ffff:1.2.3.4", 1, "::ffff:1.2.3.4"},
        {AF_INET6, "", 0, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char addr[16];
        char buf[INET6_ADDRSTRLEN];
        ASSERT_IS(rows[i].result, inet_pton(rows[i].family, rows[i].text, addr));
        if (rows[i].again != NULL) {
            assert_non_null(inet_ntop(rows[i].family, addr, buf, sizeof buf));
            assert_string_equal(rows[i].again, buf);
            assert_null(inet_ntop(rows[i].family, addr, buf, 2));
            assert_int_equal(ENOSPC, errno);
        }
    }
    ASSERT_ERRNO(EAFNOSUPPORT, inet_pton(9999, "::1", NULL));
}

static void inet_aton_takes_loose_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t addr;
        int result;
    } rows[] = {
        {"127.0.0.1", 0x7f000001, 1},
        {"127.1", 0x7f000001, 1},
        {"0x7f.1", 0x7f000001, 1},
        {"010.0.0.1", 0x08000001, 1},
        {"2130706433", 0x7f000001, 1},
        {"1.2.65535", 0x0102ffff, 1},
        {"1.2.3.4 x", 0x01020304, 1},
        {"0", 0, 1},
        {"", 0, 0},
        {"1.2.3.4.5", 0, 0},
        {"256.1", 0, 0},
        {"1.2.3.256", 0, 0},
        {"1.2.65536", 0, 0},
        {"08", 0, 0},
        {"1.2.3.4x", 0, 0},
        {"4294967296", 0, 0},
        {"1.", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct in_addr addr = {0};
        ASSERT_IS(rows[i].result, inet_aton(rows[i].text, &addr));
        if (rows[i].result)
            assert_int_equal(rows[i].addr, ntohl(addr.s_addr));
    }
    assert_int_equal(INADDR_NONE, inet_addr("nonsense"));
    assert_string_equal("1.2.3.4", inet_ntoa((struct in_addr){htonl(0x01020304)}));
}

static void an_address_is_resolved_for_each_type(void **state)
{
    (void)state;
    struct addrinfo *list = NULL;
    ASSERT_IS(0, getaddrinfo("127.0.0.1", "80", NULL, &list));
    int types[3] = {0, 0, 0};
    int n = 0;
    for (struct addrinfo *i = list; i != NULL; i = i->ai_next) {
        struct sockaddr_in addr;
        assert_true(n < 3);
        assert_int_equal(AF_INET, i->ai_family);
        assert_int_equal(sizeof addr, i->ai_addrlen);
        memcpy(&addr, i->ai_addr, sizeof addr);
        assert_int_equal(80, ntohs(addr.sin_port));
        types[n++] = i->ai_socktype;
    }
    assert_int_equal(SOCK_STREAM, types[0]);
    assert_int_equal(SOCK_DGRAM, types[1]);
    assert_int_equal(SOCK_RAW, types[2]);
    freeaddrinfo(list);
}

static void hints_choose(void **state)
{
    (void)state;
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *list = NULL;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    ASSERT_IS(0, getaddrinfo(NULL, "53", &hints, &list));
    assert_non_null(list);
    assert_null(list->ai_next);
    assert_int_equal(SOCK_DGRAM, list->ai_socktype);
    assert_int_equal(IPPROTO_UDP, list->ai_protocol);
    assert_int_equal(INADDR_ANY, ((struct sockaddr_in *)(void *)list->ai_addr)->sin_addr.s_addr);
    freeaddrinfo(list);
    hints.ai_flags = AI_CANONNAME | AI_NUMERICHOST;
    ASSERT_IS(0, getaddrinfo("127.0.0.1", NULL, &hints, &list));
    assert_string_equal("127.0.0.1", list->ai_canonname);
    freeaddrinfo(list);
    ASSERT_IS(0, getaddrinfo("127.1", "1", NULL, &list));
    freeaddrinfo(list);
    ASSERT_IS(EAI_NONAME, getaddrinfo("name.invalid", NULL, &hints, &list));
    ASSERT_IS(EAI_NONAME, getaddrinfo(NULL, NULL, NULL, &list));
    hints.ai_flags = 0x40000000;
    ASSERT_IS(EAI_BADFLAGS, getaddrinfo("127.0.0.1", NULL, &hints, &list));
    hints = (struct addrinfo){.ai_family = 9999};
    ASSERT_IS(EAI_FAMILY, getaddrinfo("127.0.0.1", NULL, &hints, &list));
    assert_true(strlen(gai_strerror(EAI_NONAME)) > 0);
}

static void an_address_is_written_as_numbers(void **state)
{
    (void)state;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(8080)};
    char host[64];
    char service[16];
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_IS(0, getnameinfo((struct sockaddr *)&addr, sizeof addr, host, sizeof host, service,
                             sizeof service, NI_NUMERICHOST | NI_NUMERICSERV));
    assert_string_equal("127.0.0.1", host);
    assert_string_equal("8080", service);
    ASSERT_IS(EAI_OVERFLOW, getnameinfo((struct sockaddr *)&addr, sizeof addr, host, 3, NULL, 0,
                                        NI_NUMERICHOST | NI_NUMERICSERV));
}

static void the_old_calls_find_hosts_services_and_protocols(void **state)
{
    (void)state;
    struct hostent *h = gethostbyname("127.0.0.1");
    assert_non_null(h);
    assert_string_equal("127.0.0.1", h->h_name);
    assert_int_equal(AF_INET, h->h_addrtype);
    assert_int_equal(4, h->h_length);
    uint32_t loopback = htonl(INADDR_LOOPBACK);
    assert_memory_equal(&loopback, h->h_addr_list[0], 4);
    assert_null(h->h_addr_list[1]);
    assert_null(gethostbyname("no.such.host.invalid"));
    assert_true(h_errno == HOST_NOT_FOUND || h_errno == TRY_AGAIN);
    struct servent *s = getservbyname("http", "tcp");
    if (s == NULL) {
        print_message("this system knows no services\n");
    } else {
        assert_int_equal(80, ntohs((uint16_t)s->s_port));
        assert_string_equal("tcp", s->s_proto);
        s = getservbyport(htons(80), "tcp");
        assert_non_null(s);
        assert_string_equal("http", s->s_name);
    }
    assert_null(getservbyname("no-such-service", NULL));
    assert_null(getservbyname("80", NULL));
    struct protoent *p = getprotobyname("udp");
    if (p == NULL) /* a machine may lack the file of protocols; xsock has the names itself */
        SKIP("this system knows no protocols");
    assert_int_equal(IPPROTO_UDP, p->p_proto);
    p = getprotobynumber(IPPROTO_TCP);
    assert_non_null(p);
    assert_string_equal("tcp", p->p_name);
}

static void interfaces_are_listed(void **state)
{
    (void)state;
    SKIP_WITHOUT_INTERFACES();
    struct if_nameindex *list = if_nameindex();
    assert_non_null(list);
    for (struct if_nameindex *i = list; i->if_index != 0; i++) {
        char name[IF_NAMESIZE];
        assert_int_equal(i->if_index, if_nametoindex(i->if_name));
        assert_non_null(if_indextoname(i->if_index, name));
        assert_string_equal(i->if_name, name);
    }
    if_freenameindex(list);
    assert_int_equal(0, if_nametoindex("no such interface"));
    struct ifaddrs *addrs = NULL;
    bool is_loopback = false;
    ASSERT_IS(0, getifaddrs(&addrs));
    for (struct ifaddrs *i = addrs; i != NULL; i = i->ifa_next) {
        if (i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_INET) {
            struct sockaddr_in a;
            memcpy(&a, i->ifa_addr, sizeof a);
            if (a.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
                is_loopback = (i->ifa_flags & IFF_LOOPBACK) != 0;
                memcpy(&a, i->ifa_netmask, sizeof a);
                assert_int_equal(htonl(0xff000000), a.sin_addr.s_addr);
            }
#if defined(_WIN32) /* on other systems an address may have none */
            bool has_one_peer = (i->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT)) != 0;
            if ((i->ifa_flags & IFF_MULTICAST) != 0 && !has_one_peer) {
                assert_true((i->ifa_flags & IFF_BROADCAST) != 0);
                assert_non_null(i->ifa_broadaddr);
            }
#endif
        }
    }
    assert_true(is_loopback);
    freeifaddrs(addrs);
}

static void groups_of_inet6_have_scopes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int scopes; /* a bit each: node, link, site, organization, global */
    } rows[] = {{"ff01::1", 1},  {"ff02::1", 2}, {"ff15::1", 4}, {"ff08::1", 8},
                {"ff3e::1", 16}, {"ff03::1", 0}, {"fe02::1", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct in6_addr a;
        ASSERT_IS(1, inet_pton(AF_INET6, rows[i].text, &a));
        int scopes = (IN6_IS_ADDR_MC_NODELOCAL(&a) ? 1 : 0) | (IN6_IS_ADDR_MC_LINKLOCAL(&a) ? 2 : 0)
                     | (IN6_IS_ADDR_MC_SITELOCAL(&a) ? 4 : 0)
                     | (IN6_IS_ADDR_MC_ORGLOCAL(&a) ? 8 : 0) | (IN6_IS_ADDR_MC_GLOBAL(&a) ? 16 : 0);
        assert_int_equal(rows[i].scopes, scopes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(inet_pton_and_inet_ntop_are_strict),
        TEST(inet_aton_takes_loose_forms),
        TEST(an_address_is_resolved_for_each_type),
        TEST(hints_choose),
        TEST(an_address_is_written_as_numbers),
        TEST(the_old_calls_find_hosts_services_and_protocols),
        TEST(interfaces_are_listed),
        TEST(groups_of_inet6_have_scopes),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
