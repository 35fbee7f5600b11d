/* Looking up hosts and services by xsock. */
#include "names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* An address such as 127.1 in the form that xsock reads, or the host as it is. */
static const char *strict_form(const char *host, char *buf, socklen_t size)
{
    struct in_addr addr;
    if (host == NULL || !xsock_posix_inet_aton(host, &addr))
        return host;
    return xsock_posix_inet_ntop(AF_INET, &addr, buf, size);
}

/* inet_aton() ignores what follows a space. A host with such a rest is refused, because a program
 * may pass on the text of a host that the library has accepted. */
static bool has_rest(const char *host)
{
    struct in_addr addr;
    return host != NULL && xsock_posix_inet_aton(host, &addr)
           && strpbrk(host, " \t\n\v\f\r") != NULL;
}

int xsock_posix__find_host(const char *host, int af, int flags, struct xsock_posix__found *out)
{
    char buf[INET_ADDRSTRLEN];
    const char *name = strict_form(host, buf, sizeof buf);
    const char *service = host == NULL ? "0" : NULL;
    size_t capacity = 16;
    if (has_rest(host))
        return -XSOCK_EAI_NONAME;
    for (;;) {
        struct xsock_addr *addrs = calloc(capacity, sizeof *addrs);
        if (addrs == NULL)
            return -XSOCK_EAI_MEMORY;
        int n = xsock_resolve(name, service, af, 0, flags, addrs, capacity);
        if (n >= 0 && (size_t)n <= capacity) {
            *out = (struct xsock_posix__found){addrs, (size_t)n};
            return 0;
        }
        free(addrs);
        if (n < 0)
            return n;
        capacity = (size_t)n;
    }
}

int xsock_posix__find_port(const char *service, int type, int flags)
{
    struct xsock_addr addr;
    if (service == NULL)
        return 0;
    int n =
        xsock_resolve(NULL, service, XSOCK_AF_UNSPEC, type, flags & XSOCK_AI_NUMERICSERV, &addr, 1);
    return n < 0 ? n : (int)addr.port;
}
