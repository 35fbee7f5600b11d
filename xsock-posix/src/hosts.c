/* gethostbyname(), getservbyname() and their kin. As in POSIX, the answer of a call is overwritten
 * by the next. Each thread has answers of its own, as with Winsock. */
#include "names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#define htons xsock_posix_htons
#define ntohs xsock_posix_ntohs

static _Thread_local int h_errno_value;

int *xsock_posix_h_errno(void)
{
    return &h_errno_value;
}

const char *xsock_posix_hstrerror(int error)
{
    return error == NETDB_SUCCESS    ? xsock_strerror(0)
           : error == HOST_NOT_FOUND ? xsock_strerror(XSOCK_EAI_NONAME)
           : error == TRY_AGAIN      ? xsock_strerror(XSOCK_EAI_AGAIN)
           : error == NO_RECOVERY    ? xsock_strerror(XSOCK_EAI_FAIL)
           : error == NO_DATA        ? xsock_strerror(XSOCK_EAI_NODATA)
                                     : "Unknown error";
}
#endif

static char *no_aliases[1];

/* ---- Hosts */

enum { ADDRS_MAX = 32 };

static _Thread_local struct {
    struct hostent entry;
    char name[NI_MAXHOST];
    struct in6_addr addrs[ADDRS_MAX]; /* of either family, from the first byte on */
    char *list[ADDRS_MAX + 1];
} host;

static struct hostent *no_host(int error)
{
    h_errno = error == -XSOCK_EAI_AGAIN    ? TRY_AGAIN
              : error == -XSOCK_EAI_FAIL   ? NO_RECOVERY
              : error == -XSOCK_EAI_NODATA ? NO_DATA
                                           : HOST_NOT_FOUND;
    return NULL;
}

static struct hostent *host_with(int family, const struct xsock_addr *addrs, size_t count)
{
    size_t n = count < ADDRS_MAX ? count : ADDRS_MAX;
    host.entry = (struct hostent){.h_name = host.name,
                                  .h_aliases = no_aliases,
                                  .h_addrtype = (short)family,
                                  .h_length = family == AF_INET ? 4 : 16,
                                  .h_addr_list = host.list};
    for (size_t i = 0; i < n; i++) {
        memcpy(&host.addrs[i], addrs[i].data, (size_t)host.entry.h_length);
        host.list[i] = (char *)&host.addrs[i];
    }
    host.list[n] = NULL;
    return &host.entry;
}

struct hostent *xsock_posix_gethostbyname(const char *name)
{
    struct xsock_posix__found found;
    if (name == NULL)
        return no_host(-XSOCK_EAI_NONAME);
    int error = xsock_posix__find_host(name, XSOCK_AF_INET, 0, &found);
    if (error < 0)
        return no_host(error);
    struct in_addr addr;
    bool is_addr = xsock_posix_inet_aton(name, &addr) != 0;
    if (is_addr || xsock_canonical_name(name, XSOCK_AF_INET, host.name, sizeof host.name) < 0) {
        snprintf(host.name, sizeof host.name, "%s", name);
    }
    struct hostent *entry = host_with(AF_INET, found.addrs, found.count);
    free(found.addrs);
    return entry;
}

struct hostent *xsock_posix_gethostbyaddr(const void *addr, socklen_t len, int family)
{
    struct xsock_addr a;
    bool is_inet = family == AF_INET && len == 4;
    if (!is_inet && !(family == AF_INET6 && len == 16))
        return no_host(-XSOCK_EAI_FAIL);
    int error = is_inet ? xsock_addr_inet(addr, 0, &a) : xsock_addr_inet6(addr, 0, 0, &a);
    if (error == 0)
        error = xsock_reverse(&a, host.name, sizeof host.name, NULL, 0, XSOCK_NI_NAMEREQD);
    return error < 0 ? no_host(error) : host_with(family, &a, 1);
}

/* ---- Services */

static _Thread_local struct {
    struct servent entry;
    char name[NI_MAXSERV];
    char protocol[4];
} service;

static struct servent *service_with(const char *name, int port, const char *protocol)
{
    snprintf(service.name, sizeof service.name, "%s", name);
    snprintf(service.protocol, sizeof service.protocol, "%s", protocol);
    service.entry = (struct servent){.s_name = service.name,
                                     .s_aliases = no_aliases,
                                     .s_port = htons((uint16_t)port),
                                     .s_proto = service.protocol};
    return &service.entry;
}

static bool is_udp(const char *protocol)
{
    return strcmp(protocol, "udp") == 0;
}

static bool is_wanted(const char *protocol, const char *wanted)
{
    return wanted == NULL || strcmp(protocol, wanted) == 0;
}

static bool is_number(const char *text)
{
    return text[strspn(text, "0123456789")] == '\0';
}

static const char *const protocols[] = {"tcp", "udp"};

struct servent *xsock_posix_getservbyname(const char *name, const char *protocol)
{
    if (name == NULL || is_number(name))
        return NULL;
    for (size_t i = 0; i < 2; i++) {
        int type = is_udp(protocols[i]) ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM;
        int port = is_wanted(protocols[i], protocol) ? xsock_posix__find_port(name, type, 0) : -1;
        if (port >= 0)
            return service_with(name, port, protocols[i]);
    }
    return NULL;
}

struct servent *xsock_posix_getservbyport(int port, const char *protocol)
{
    for (size_t i = 0; i < 2; i++) {
        struct xsock_addr a;
        char name[NI_MAXSERV];
        int flags = XSOCK_NI_NUMERICHOST | (is_udp(protocols[i]) ? XSOCK_NI_DGRAM : 0);
        int number = ntohs((uint16_t)port);
        if (is_wanted(protocols[i], protocol)
            && xsock_addr_any(XSOCK_AF_INET, (uint32_t)number, &a) == 0
            && xsock_reverse(&a, NULL, 0, name, sizeof name, flags) == 0 && !is_number(name))
            return service_with(name, number, protocols[i]);
    }
    return NULL;
}

/* ---- Protocols */

static _Thread_local struct {
    struct protoent entry;
    char name[32];
} protocol;

/* Where the names of xsock differ from those of /etc/protocols. */
static const struct {
    const char *name;
    int number;
} official[] = {{"ip", 0}, {"ipv6-icmp", 58}};
enum { OFFICIAL = sizeof official / sizeof official[0] };

static struct protoent *protocol_with(const char *name, int number)
{
    for (size_t i = 0; i < OFFICIAL; i++) {
        if (official[i].number == number)
            name = official[i].name;
    }
    if (name == NULL || name[0] == '\0' || is_number(name))
        return NULL;
    snprintf(protocol.name, sizeof protocol.name, "%s", name);
    protocol.entry = (struct protoent){
        .p_name = protocol.name, .p_aliases = no_aliases, .p_proto = (short)number};
    return &protocol.entry;
}

struct protoent *xsock_posix_getprotobyname(const char *name)
{
    int number = xsock_protocol_number(XSOCK_AF_INET, name);
    for (size_t i = 0; name != NULL && i < OFFICIAL; i++) {
        if (strcmp(official[i].name, name) == 0)
            number = official[i].number;
    }
    return number < 0 ? NULL : xsock_posix_getprotobynumber(number);
}

struct protoent *xsock_posix_getprotobynumber(int number)
{
    return protocol_with(xsock_protocol_name(XSOCK_AF_INET, number), number);
}
