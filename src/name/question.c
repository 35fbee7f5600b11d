#include "name/question.h"

#include <string.h>

#include "name/resolver.h"
#include "socket/start.h"

enum {
    FLAGS = XSOCK_AI_PASSIVE | XSOCK_AI_NUMERICHOST | XSOCK_AI_V4MAPPED | XSOCK_AI_ADDRCONFIG
            | XSOCK_AI_NUMERICSERV,
    PORT_LAST = 0xffff
};

/* ---- Errors ---------------------------------------------------------------------------------- */

int xsock__question_error(int rc)
{
    switch (rc) {
    case -XSOCK_EMFILE:
    case -XSOCK_ENFILE:
        return rc;
    case -XSOCK_ENOMEM:
    case -XSOCK_ENOBUFS:
        return -XSOCK_EAI_MEMORY;
    default:
        return -XSOCK_EAI_SYSTEM;
    }
}

/* ---- What is wrong with a question ----------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all(bool (*is)(char), const char *text, size_t n)
{
    while (n > 0 && is(text[n - 1]))
        n--;
    return n == 0;
}

/* No name has these characters, and systems treat them differently: some skip spaces, some cut
 * zones. */
static bool is_plain(const char *text)
{
    for (; *text != 0; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return false;
    return true;
}

/* Whether the text ends in a number, as no host's name may (RFC 1123, section 2.1; RFC 3696,
 * section 2). The C library would take "1", "127.1" and "0x7f.1" for addresses, and "010.0.0.1" for
 * 8.0.0.1. */
static bool ends_in_number(const char *host)
{
    size_t end = strlen(host), begin;
    if (end > 0 && host[end - 1] == '.')
        end--;
    for (begin = end; begin > 0 && host[begin - 1] != '.'; begin--)
        ;
    const char *label = host + begin;
    size_t n = end - begin;
    if (n >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
        return all(is_hex, label + 2, n - 2);
    return n > 0 && all(is_digit, label, n);
}

/* Reads an address alone. xsock_addr_parse also takes ports, brackets and other families. */
static int parse_host(const char *host, struct xsock_addr *out)
{
    bool is_v6 = strchr(host, ':') != NULL;
    int rc = host[0] == '[' ? -XSOCK_EINVAL : xsock_addr_parse(host, out);
    if (rc != 0 && rc != -XSOCK_EINVAL && rc != -XSOCK_ENODEV)
        return xsock__question_error(rc); /* whether there is such a zone is not known */
    return rc == 0 && out->family == (is_v6 ? XSOCK_AF_INET6 : XSOCK_AF_INET) ? 0
                                                                              : -XSOCK_EAI_NONAME;
}

void xsock__question_map_to_v6(struct xsock_addr *a)
{
    uint8_t v4[4];
    memcpy(v4, a->data, sizeof v4);
    memset(a->data, 0, 10);
    memset(a->data + 10, 0xff, 2);
    memcpy(a->data + 12, v4, sizeof v4);
    a->family = XSOCK_AF_INET6;
    a->length = 16;
}

bool xsock__question_wants_mapped(const struct xsock__question *q)
{
    return q->af == XSOCK_AF_INET6 && (q->flags & XSOCK_AI_V4MAPPED) != 0;
}

static int init_address(struct xsock__question *q)
{
    int rc = parse_host(q->host, &q->address);
    if (rc != 0)
        return rc;
    q->kind = XSOCK__HOST_ADDRESS;
    if (q->address.family == XSOCK_AF_INET && xsock__question_wants_mapped(q))
        xsock__question_map_to_v6(&q->address);
    return q->af == XSOCK_AF_UNSPEC || q->af == q->address.family ? 0 : -XSOCK_EAI_ADDRFAMILY;
}

static bool has_family(int af)
{
    return xsock__probe(af, XSOCK_SOCK_DGRAM, 0) != -XSOCK_EAFNOSUPPORT;
}

static bool is_same_letter(char a, char lower)
{
    return a == lower || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == lower);
}

/* "localhost", and names below it (RFC 6761, section 6.3). Systems look it up like any other name,
 * which fails without a network, without a file of hosts or without a descriptor. */
static bool is_localhost(const char *host, size_t n)
{
    static const char name[] = "localhost";
    const size_t length = sizeof name - 1;
    if (n > 0 && host[n - 1] == '.')
        n--;
    if (n < length || (n > length && host[n - length - 1] != '.'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_same_letter(host[n - length + i], name[i]))
            return false;
    return true;
}

static int find_loopbacks(struct xsock__question *q)
{
    q->has_v4 = q->af != XSOCK_AF_INET6 && has_family(XSOCK_AF_INET);
    q->has_v6 = q->af != XSOCK_AF_INET && has_family(XSOCK_AF_INET6);
    return q->has_v4 || q->has_v6 ? 0 : -XSOCK_EAI_FAMILY;
}

static int init_host(struct xsock__question *q, const char *host)
{
    if (host == NULL) {
        q->kind = XSOCK__HOST_NONE;
        return find_loopbacks(q);
    }
    size_t n = strlen(host);
    if (n == 0 || n > XSOCK__HOST_MAX || !is_plain(host))
        return -XSOCK_EAI_NONAME;
    memcpy(q->host, host, n + 1);
    if (strchr(host, ':') != NULL || ends_in_number(host))
        return init_address(q);
    if ((q->flags & XSOCK_AI_NUMERICHOST) != 0 || strchr(host, '%') != NULL)
        return -XSOCK_EAI_NONAME;
    q->kind = XSOCK__HOST_NAME;
    q->is_localhost = is_localhost(host, n);
    return q->is_localhost ? find_loopbacks(q) : 0;
}

/* All digits: a port, or nothing. */
static int parse_port(const char *digits, uint32_t *out)
{
    uint32_t port = 0;
    if (digits[0] == '0' && digits[1] != 0)
        return -XSOCK_EAI_SERVICE;
    for (; *digits != 0; digits++) {
        port = port * 10 + (uint32_t)(*digits - '0');
        if (port > PORT_LAST)
            return -XSOCK_EAI_SERVICE;
    }
    *out = port;
    return 0;
}

static int init_service(struct xsock__question *q, const char *service)
{
    if (service == NULL)
        return 0;
    size_t n = strlen(service);
    if (n == 0 || n > XSOCK__SERVICE_MAX || q->type == XSOCK_SOCK_RAW)
        return -XSOCK_EAI_SERVICE;
    if (all(is_digit, service, n))
        return parse_port(service, &q->port);
    if ((q->flags & XSOCK_AI_NUMERICSERV) != 0)
        return -XSOCK_EAI_NONAME;
    /* No name begins with a sign, but strtol takes it for a number: getaddrinfo gives port 80 for
     * "+80". */
    if (!is_plain(service) || service[0] == '+' || service[0] == '-'
        || q->type == XSOCK_SOCK_SEQPACKET)
        return -XSOCK_EAI_SERVICE;
    memcpy(q->service, service, n + 1);
    return 0;
}

static bool is_resolvable_type(int type)
{
    return type == 0 || type == XSOCK_SOCK_STREAM || type == XSOCK_SOCK_DGRAM
           || type == XSOCK_SOCK_SEQPACKET || type == XSOCK_SOCK_RAW;
}

int xsock__question_init(struct xsock__question *q, const char *host, const char *service, int af,
                         int type, int flags)
{
    memset(q, 0, sizeof *q);
    q->af = af;
    q->type = type;
    q->flags = flags;
    if ((flags & ~FLAGS) != 0)
        return -XSOCK_EAI_BADFLAGS;
    if (af != XSOCK_AF_UNSPEC && af != XSOCK_AF_INET && af != XSOCK_AF_INET6)
        return -XSOCK_EAI_FAMILY;
    if (!is_resolvable_type(type))
        return -XSOCK_EAI_SOCKTYPE;
    if (host == NULL && service == NULL)
        return -XSOCK_EAI_NONAME;
    int rc = init_service(q, service);
    return rc != 0 ? rc : init_host(q, host);
}

bool xsock__question_is_slow(const struct xsock__question *q)
{
    bool is_loopback = q->is_localhost && !xsock__resolver_is_set();
    return (q->kind == XSOCK__HOST_NAME && !is_loopback) || q->service[0] != 0;
}
