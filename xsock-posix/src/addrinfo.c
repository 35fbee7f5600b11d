/* getaddrinfo() and getnameinfo(). */
#include "names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* xsock has a number for each error of POSIX, and more: those are EAI_SYSTEM. */
static int eai_of(int error)
{
    switch (-error) {
    case 0:
        return 0;
    case XSOCK_EAI_AGAIN:
        return EAI_AGAIN;
    case XSOCK_EAI_BADFLAGS:
        return EAI_BADFLAGS;
    case XSOCK_EAI_FAIL:
        return EAI_FAIL;
    case XSOCK_EAI_FAMILY:
        return EAI_FAMILY;
    case XSOCK_EAI_MEMORY:
        return EAI_MEMORY;
    case XSOCK_EAI_NONAME:
        return EAI_NONAME;
    case XSOCK_EAI_OVERFLOW:
        return EAI_OVERFLOW;
    case XSOCK_EAI_SERVICE:
        return EAI_SERVICE;
    case XSOCK_EAI_SOCKTYPE:
        return EAI_SOCKTYPE;
#ifdef EAI_NODATA
    case XSOCK_EAI_NODATA:
        return EAI_NODATA;
#endif
#ifdef EAI_ADDRFAMILY
    case XSOCK_EAI_ADDRFAMILY:
        return EAI_ADDRFAMILY;
#endif
    case XSOCK_EAI_SYSTEM:
        errno = xsock_posix__errno_of(xsock_error_from_os(xsock_oserror()));
        return EAI_SYSTEM;
    default:
        errno = xsock_posix__errno_of(error);
        return EAI_SYSTEM;
    }
}

#if defined(_WIN32)
static const struct {
    int posix;
    int xsock;
} eai_rows[] = {
    {EAI_AGAIN, XSOCK_EAI_AGAIN},       {EAI_BADFLAGS, XSOCK_EAI_BADFLAGS},
    {EAI_FAIL, XSOCK_EAI_FAIL},         {EAI_FAMILY, XSOCK_EAI_FAMILY},
    {EAI_MEMORY, XSOCK_EAI_MEMORY},     {EAI_NONAME, XSOCK_EAI_NONAME},
    {EAI_OVERFLOW, XSOCK_EAI_OVERFLOW}, {EAI_SERVICE, XSOCK_EAI_SERVICE},
    {EAI_SOCKTYPE, XSOCK_EAI_SOCKTYPE}, {EAI_NODATA, XSOCK_EAI_NODATA},
    {EAI_SYSTEM, XSOCK_EAI_SYSTEM},     {EAI_ADDRFAMILY, XSOCK_EAI_ADDRFAMILY},
};

const char *xsock_posix_gai_strerror(int error)
{
    for (size_t i = 0; i < sizeof eai_rows / sizeof eai_rows[0]; i++) {
        if (eai_rows[i].posix == error)
            return xsock_strerror(eai_rows[i].xsock);
    }
    return "Unknown error";
}
#endif

/* ---- getaddrinfo() */

/* What a program may ask for: a type with its protocol. 0 in the request stands for any. As in
 * glibc a rare kind must be asked for, SCTP alone means streams, and RAW and the rare kinds have no
 * services by name. Windows has no socket of the rare kinds. */
static const struct kind {
    int type;
    int protocol;
    int xsock_type;
    bool is_rare;
} kinds[] = {
    {SOCK_STREAM, IPPROTO_TCP, XSOCK_SOCK_STREAM, false},
    {SOCK_DGRAM, IPPROTO_UDP, XSOCK_SOCK_DGRAM, false},
    {SOCK_RAW, 0, XSOCK_SOCK_RAW, false},
#if defined(__linux__)
    {SOCK_STREAM, IPPROTO_SCTP, XSOCK_SOCK_STREAM, true},
    {SOCK_SEQPACKET, IPPROTO_SCTP, XSOCK_SOCK_STREAM, true},
    {SOCK_DGRAM, IPPROTO_UDPLITE, XSOCK_SOCK_DGRAM, true},
#endif
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct node {
    struct addrinfo info;
    struct sockaddr_storage addr;
};

static struct node *node_of(const struct xsock_addr *a, const struct kind *kind, int protocol)
{
    struct node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->info.ai_addrlen = xsock_posix__sockaddr_of(a, &node->addr);
    node->info.ai_addr = (struct sockaddr *)&node->addr;
    node->info.ai_family = node->addr.ss_family;
    node->info.ai_socktype = kind->type;
    node->info.ai_protocol = protocol != 0 ? protocol : kind->protocol;
    return node;
}

void xsock_posix_freeaddrinfo(struct addrinfo *list)
{
    while (list != NULL) {
        struct addrinfo *next = list->ai_next;
        free(list->ai_canonname);
        free(list); /* a struct node begins with it */
        list = next;
    }
}

static bool is_wanted(const struct kind *kind, const struct addrinfo *hints)
{
    bool is_type = hints->ai_socktype == kind->type
                   || (hints->ai_socktype == 0 && kind->type != SOCK_SEQPACKET);
    if (kind->is_rare && hints->ai_protocol == 0 && kind->type != SOCK_SEQPACKET)
        return false;
    bool is_protocol =
        hints->ai_protocol == 0 || kind->type == SOCK_RAW || hints->ai_protocol == kind->protocol;
    /* RAW stands for any protocol only where the program asks for RAW, or for anything. */
    bool is_open = hints->ai_socktype != 0 || hints->ai_protocol == 0 || kind->type != SOCK_RAW;
    return is_type && is_protocol && is_open;
}

/* The port of each kind that is wanted and has the service; -1: none. 0 or a negative error. */
static int find_ports(const char *service, const struct addrinfo *hints, int flags,
                      int ports[KINDS])
{
    int error = -XSOCK_EAI_SOCKTYPE;
    bool is_any = false;
    for (size_t i = 0; i < KINDS; i++) {
        ports[i] = -1;
        if (!is_wanted(&kinds[i], hints))
            continue;
        bool is_raw = kinds[i].type == SOCK_RAW;
        bool is_numeric = is_raw || kinds[i].is_rare;
        int port = xsock_posix__find_port(service, is_raw ? XSOCK_SOCK_STREAM : kinds[i].xsock_type,
                                          is_numeric ? XSOCK_AI_NUMERICSERV : flags);
        if ((is_numeric && port < 0) || (service != NULL && hints->ai_socktype == SOCK_RAW))
            port = -XSOCK_EAI_SERVICE;
        if (port < 0) {
            error = is_any || error == -XSOCK_EAI_SOCKTYPE ? port : error;
            continue;
        }
        ports[i] = port;
        is_any = true;
    }
    return is_any ? 0 : error;
}

static int build(const struct xsock_posix__found *found, const int ports[KINDS], int protocol,
                 struct addrinfo **out)
{
    struct addrinfo *first = NULL;
    struct addrinfo **end = &first;
    for (size_t i = 0; i < found->count; i++) {
        for (size_t k = 0; k < KINDS; k++) {
            if (ports[k] < 0)
                continue;
            found->addrs[i].port = (uint32_t)ports[k];
            struct node *node = node_of(&found->addrs[i], &kinds[k], protocol);
            if (node == NULL) {
                xsock_posix_freeaddrinfo(first);
                return -XSOCK_EAI_MEMORY;
            }
            *end = &node->info;
            end = &node->info.ai_next;
        }
    }
    *out = first;
    return 0;
}

static int add_canonical_name(const char *host, int af, struct addrinfo *first)
{
    char name[NI_MAXHOST];
    struct in_addr addr;
    /* An address is its own name, as it was written: 127.1 too. */
    const char *text = xsock_posix_inet_aton(host, &addr) ? host : name;
    int length = text == host ? 0 : xsock_canonical_name(host, af, name, sizeof name);
    if (length < 0)
        return length;
    size_t size = strlen(text) + 1;
    first->ai_canonname = malloc(size);
    if (first->ai_canonname == NULL)
        return -XSOCK_EAI_MEMORY;
    memcpy(first->ai_canonname, text, size);
    return 0;
}

/* Names beyond ASCII. Windows translates them without a flag. Nobody does for glibc here: such a
 * host is not found, and the name of a host stays in ASCII. */
#ifdef AI_IDN
enum { IDN_OF_HOSTS = AI_IDN | AI_CANONIDN, IDN_OF_NAMES = NI_IDN };
#else
enum { IDN_OF_HOSTS = 0, IDN_OF_NAMES = 0 };
#endif

static int flags_in(int flags, int *out)
{
    *out = ((flags & AI_PASSIVE) != 0 ? XSOCK_AI_PASSIVE : 0)
           | ((flags & AI_NUMERICHOST) != 0 ? XSOCK_AI_NUMERICHOST : 0)
           | ((flags & AI_NUMERICSERV) != 0 ? XSOCK_AI_NUMERICSERV : 0)
           | ((flags & AI_V4MAPPED) != 0 ? XSOCK_AI_V4MAPPED : 0)
           | ((flags & AI_ADDRCONFIG) != 0 ? XSOCK_AI_ADDRCONFIG : 0);
    int known = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV | AI_V4MAPPED | AI_ADDRCONFIG
                | AI_CANONNAME | AI_ALL | IDN_OF_HOSTS;
    return (flags & ~known) != 0 ? -XSOCK_EAI_BADFLAGS : 0;
}

static int get(const char *host, const char *service, const struct addrinfo *hints,
               struct addrinfo **out)
{
    int flags;
    int af;
    int ports[KINDS];
    struct xsock_posix__found found;
    if (host == NULL && service == NULL)
        return -XSOCK_EAI_NONAME;
    int error = flags_in(hints->ai_flags, &flags);
    if (error == 0 && host == NULL && (hints->ai_flags & AI_CANONNAME) != 0)
        error = -XSOCK_EAI_BADFLAGS;
    if (error == 0 && xsock_posix__family_in(hints->ai_family, &af) < 0)
        error = -XSOCK_EAI_FAMILY;
    if (error == 0)
        error = find_ports(service, hints, flags, ports);
    if (error == 0)
        error = xsock_posix__find_host(host, af, flags & ~XSOCK_AI_NUMERICSERV, &found);
    if (error < 0)
        return error;
    error = build(&found, ports, hints->ai_protocol, out);
    free(found.addrs);
    /* As in glibc: an answer may be the hint of another call. */
    for (struct addrinfo *info = error == 0 ? *out : NULL; info != NULL; info = info->ai_next)
        info->ai_flags = hints->ai_flags;
    if (error == 0 && *out != NULL && (hints->ai_flags & AI_CANONNAME) != 0) {
        error = add_canonical_name(host, af, *out);
        if (error < 0)
            xsock_posix_freeaddrinfo(*out);
    }
    return error;
}

int xsock_posix_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                            struct addrinfo **out)
{
    static const struct addrinfo any = {.ai_flags = AI_V4MAPPED | AI_ADDRCONFIG};
    struct addrinfo *list = NULL;
    int error = get(host, service, hints == NULL ? &any : hints, &list);
    if (error == 0)
        *out = list;
    return eai_of(error);
}

/* ---- getnameinfo() */

#if defined(__FreeBSD__)
typedef size_t name_size; /* POSIX says socklen_t */
#else
typedef socklen_t name_size;
#endif

int xsock_posix_getnameinfo(const struct sockaddr *addr, socklen_t len, char *host,
                            name_size host_size, char *service, name_size service_size, int flags)
{
    struct xsock_addr a;
    int known = NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM | IDN_OF_NAMES;
    if ((flags & ~known) != 0)
        return EAI_BADFLAGS;
    if (xsock_posix__addr_in(addr, len, &a) < 0
        || (a.family == XSOCK_AF_INET6 && len < sizeof(struct sockaddr_in6)))
        return EAI_FAMILY;
    int out = ((flags & NI_NUMERICHOST) != 0 ? XSOCK_NI_NUMERICHOST : 0)
              | ((flags & NI_NUMERICSERV) != 0 ? XSOCK_NI_NUMERICSERV : 0)
              | ((flags & NI_NOFQDN) != 0 ? XSOCK_NI_NOFQDN : 0)
              | ((flags & NI_NAMEREQD) != 0 ? XSOCK_NI_NAMEREQD : 0)
              | ((flags & NI_DGRAM) != 0 ? XSOCK_NI_DGRAM : 0);
    return eai_of(xsock_reverse(&a, host_size == 0 ? NULL : host, host == NULL ? 0 : host_size,
                                service_size == 0 ? NULL : service,
                                service == NULL ? 0 : service_size, out));
}
