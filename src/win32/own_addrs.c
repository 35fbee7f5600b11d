#include "win32/own_addrs.h"

#include <stddef.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

int xsock__own_addrs_family(const struct xsock__sys_addr *a)
{
    uint16_t family = AF_UNSPEC;

    if (a->length >= sizeof family)
        memcpy(&family, a->bytes, sizeof family);
    return family;
}

void xsock__own_addrs_unspecified(int family, struct xsock__sys_addr *out)
{
    const uint16_t head = (uint16_t)family;

    memset(out, 0, sizeof *out);
    out->length = family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    memcpy(out->bytes, &head, sizeof head);
}

static uint8_t *find_ipv6(struct xsock__sys_addr *a)
{
    uint8_t *bytes = (uint8_t *)a->bytes;

    return xsock__own_addrs_family(a) == AF_INET6 ? bytes + offsetof(struct sockaddr_in6, sin6_addr)
                                                  : NULL;
}

/* The IPv4 address in one of either family: 4 bytes, or NULL. */
static uint8_t *find_ipv4(struct xsock__sys_addr *a)
{
    uint8_t *six = find_ipv6(a);

    if (xsock__own_addrs_family(a) == AF_INET)
        return (uint8_t *)a->bytes + offsetof(struct sockaddr_in, sin_addr);
    return six != NULL && memcmp(six, mapped, sizeof mapped) == 0 ? six + sizeof mapped : NULL;
}

bool xsock__own_addrs_is_ipv4(const struct xsock__sys_addr *a)
{
    struct xsock__sys_addr copy = *a;

    return find_ipv4(&copy) != NULL;
}

bool xsock__own_addrs_of_group(const struct xsock__sys_addr *a, struct xsock__sys_addr *out_any)
{
    struct xsock__sys_addr copy = *a;
    uint8_t *four = find_ipv4(&copy), *six = find_ipv6(&copy);

    if (four != NULL ? four[0] < 224 || four[0] > 239 : six == NULL || six[0] != 0xff)
        return false;
    if (six != NULL) {
        memset(six, 0, 16);
        memset((uint8_t *)copy.bytes + offsetof(struct sockaddr_in6, sin6_scope_id), 0, 4);
    } else {
        memset(four, 0, 4);
    }
    *out_any = copy;
    return true;
}

static bool is_loopback(const struct xsock__sys_addr *a)
{
    static const uint8_t loopback6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    struct xsock__sys_addr copy = *a;
    const uint8_t *four = find_ipv4(&copy);
    const uint8_t *six = find_ipv6(&copy);

    return four != NULL ? four[0] == 127 : six != NULL && memcmp(six, loopback6, 16) == 0;
}

/* One's own address is reached from itself; another one from somewhere else. Where the system
 * doesn't say, it is taken for another machine's. */
bool xsock__own_addrs_has(SOCKET s, const struct xsock__sys_addr *a)
{
    struct xsock__sys_addr to = *a;
    struct xsock__sys_addr from = {0, {0}};
    const uint8_t *to4 = find_ipv4(&to);
    const uint8_t *from4, *from6;
    DWORD n = 0;

    if (is_loopback(a))
        return true;
    if (WSAIoctl(s, SIO_ROUTING_INTERFACE_QUERY, to.bytes, to.length, from.bytes, sizeof from.bytes,
                 &n, NULL, NULL)
        != 0)
        return false;
    from.length = (uint32_t)n;
    from4 = find_ipv4(&from);
    from6 = find_ipv6(&from);
    if (to4 != NULL)
        return from4 != NULL && memcmp(to4, from4, 4) == 0;
    return from6 != NULL && memcmp(find_ipv6(&to), from6, 16) == 0;
}
