#include "name/resolve.h"

#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"
#include "name/resolver.h"
#include "socket/start.h"
#include "sys.h"

enum {
    FLAGS = XSOCK_AI_PASSIVE | XSOCK_AI_NUMERICHOST | XSOCK_AI_V4MAPPED | XSOCK_AI_ADDRCONFIG
            | XSOCK_AI_NUMERICSERV,
    PORT_LAST = 0xffff
};

/* ---- Errors ---------------------------------------------------------------------------------- */

/* What a look-up tells of an error that is not a resolver's: whether there was no room. */
static int error_of_system(int rc)
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

int xsock__resolve_error(int error, int code)
{
    return error == XSOCK_EAI_SYSTEM ? error_of_system(xsock__error_from_native(code)) : -error;
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
        return error_of_system(rc); /* whether there is such a zone is not known */
    return rc == 0 && out->family == (is_v6 ? XSOCK_AF_INET6 : XSOCK_AF_INET) ? 0
                                                                              : -XSOCK_EAI_NONAME;
}

static void map_to_v6(struct xsock_addr *a)
{
    uint8_t v4[4];
    memcpy(v4, a->data, sizeof v4);
    memset(a->data, 0, 10);
    memset(a->data + 10, 0xff, 2);
    memcpy(a->data + 12, v4, sizeof v4);
    a->family = XSOCK_AF_INET6;
    a->length = 16;
}

static bool wants_mapped(const struct xsock__question *q)
{
    return q->af == XSOCK_AF_INET6 && (q->flags & XSOCK_AI_V4MAPPED) != 0;
}

static int init_address(struct xsock__question *q)
{
    int rc = parse_host(q->host, &q->address);
    if (rc != 0)
        return rc;
    q->kind = XSOCK__HOST_ADDRESS;
    if (q->address.family == XSOCK_AF_INET && wants_mapped(q))
        map_to_v6(&q->address);
    return q->af == XSOCK_AF_UNSPEC || q->af == q->address.family ? 0 : -XSOCK_EAI_ADDRFAMILY;
}

static bool has_family(int af)
{
    return xsock__probe(af, XSOCK_SOCK_DGRAM, 0) != -XSOCK_EAFNOSUPPORT;
}

static int init_host(struct xsock__question *q, const char *host)
{
    if (host == NULL) {
        q->kind = XSOCK__HOST_NONE;
        q->has_v4 = q->af != XSOCK_AF_INET6 && has_family(XSOCK_AF_INET);
        q->has_v6 = q->af != XSOCK_AF_INET && has_family(XSOCK_AF_INET6);
        return q->has_v4 || q->has_v6 ? 0 : -XSOCK_EAI_FAMILY;
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
    return 0;
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
    return q->kind == XSOCK__HOST_NAME || q->service[0] != 0;
}

/* ---- Answers --------------------------------------------------------------------------------- */

void xsock__answer_free(struct xsock__answer *a)
{
    xsock__sys_free(a->v, a->room * sizeof *a->v);
    memset(a, 0, sizeof *a);
}

static bool grow(struct xsock__answer *a)
{
    size_t room = a->room == 0 ? 8 : 2 * a->room;
    struct xsock_addr *v = xsock__sys_alloc(room * sizeof *v);
    if (v == NULL)
        return false;
    if (a->count > 0)
        memcpy(v, a->v, a->count * sizeof *v);
    xsock__sys_free(a->v, a->room * sizeof *a->v);
    a->v = v;
    a->room = room;
    return true;
}

/* Once each: systems give an address for every type, and hosts files may have it twice. False: no
 * memory. */
static bool add(struct xsock__answer *a, const struct xsock_addr *addr)
{
    for (size_t i = 0; i < a->count; i++)
        if (xsock_addr_equal(&a->v[i], addr))
            return true;
    if (a->count == a->room && !grow(a))
        return false;
    a->v[a->count++] = *addr;
    return true;
}

/* ---- Asking the system ----------------------------------------------------------------------- */

struct collecting {
    const struct xsock__question *q;
    struct xsock__answer *out;
    bool mapped, full;
};

static bool collect(const struct xsock__sys_addr *native, void *user)
{
    struct collecting *c = user;
    struct xsock_addr a;
    if (xsock__addr_from_native(native, &a) != 0
        || (a.family != XSOCK_AF_INET && a.family != XSOCK_AF_INET6))
        return true; /* not asked for */
    if (c->q->service[0] == 0)
        a.port = c->q->port;
    if (c->mapped && a.family == XSOCK_AF_INET)
        map_to_v6(&a);
    c->full = !add(c->out, &a);
    return !c->full;
}

static int ask_system(const struct xsock__question *q, const char *host, int af,
                      struct collecting *c)
{
    struct xsock__sys_query query = {.host = host,
                                     .service = q->service[0] != 0 ? q->service : NULL};
    query.addrconfig = host != NULL && (q->flags & XSOCK_AI_ADDRCONFIG) != 0;
    if (af != XSOCK_AF_UNSPEC && !xsock__sys_family(af, &query.family))
        return -XSOCK_EAI_FAMILY;
    /* The type is about services only. Without one any will do, and not every system knows all. */
    int type = query.service == NULL ? XSOCK_SOCK_STREAM : q->type;
    if (type != 0 && !xsock__sys_type(type, &query.type))
        return -XSOCK_EAI_SOCKTYPE;
    int code = 0;
    int error = xsock__sys_resolve(&query, collect, c, &code);
    if (c->full)
        return -XSOCK_EAI_MEMORY;
    c->out->code = error != 0 ? code : 0;
    if (error != 0)
        return xsock__resolve_error(error, code);
    return c->out->count > 0 ? 0 : -XSOCK_EAI_NODATA;
}

/* ---- Hosts that need no asking --------------------------------------------------------------- */

/* The ports of a service: those of "any host". */
static int find_ports(const struct xsock__question *q, struct xsock__answer *out)
{
    struct collecting c = {q, out, false, false};
    if (q->service[0] != 0)
        return ask_system(q, NULL, XSOCK_AF_UNSPEC, &c);
    struct xsock_addr any = {.family = XSOCK_AF_INET, .port = q->port, .length = 4};
    return add(out, &any) ? 0 : -XSOCK_EAI_MEMORY;
}

/* INET6 first, as RFC 6724 has it; for bind, too: :: takes both families. */
static size_t hosts(const struct xsock__question *q, struct xsock_addr out[2])
{
    uint8_t last = (q->flags & XSOCK_AI_PASSIVE) != 0 ? 0 : 1;
    size_t n = 0;
    memset(out, 0, 2 * sizeof *out);
    if (q->kind == XSOCK__HOST_ADDRESS) {
        out[0] = q->address;
        return 1;
    }
    if (q->has_v6) {
        out[n].family = XSOCK_AF_INET6;
        out[n].length = 16;
        out[n++].data[15] = last;
    }
    if (q->has_v4) {
        out[n].family = XSOCK_AF_INET;
        out[n].length = 4;
        out[n].data[0] = last != 0 ? 127 : 0;
        out[n++].data[3] = last;
    }
    return n;
}

/* Gives every host every port. */
static int combine(struct xsock_addr *host, size_t n, const struct xsock__answer *ports,
                   struct xsock__answer *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < ports->count; k++) {
            host[i].port = ports->v[k].port;
            if (!add(out, &host[i]))
                return -XSOCK_EAI_MEMORY;
        }
    return 0;
}

static int add_ports(const struct xsock__question *q, struct xsock_addr *host, size_t n,
                     struct xsock__answer *out)
{
    struct xsock__answer ports = {0};
    int rc = find_ports(q, &ports);
    if (rc == 0)
        rc = combine(host, n, &ports, out);
    else
        out->code = ports.code;
    xsock__answer_free(&ports);
    return rc;
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* Returns 1 if the program's resolver leaves the host to the system. */
static int ask_program(const struct xsock__question *q, int af, const struct collecting *c)
{
    const size_t size = XSOCK__RESOLVER_CAPACITY * sizeof(struct xsock_addr);
    struct xsock_addr *v = xsock__sys_alloc(size);
    if (v == NULL)
        return -XSOCK_EAI_MEMORY;
    int n = xsock__resolver_ask(q->host, af, v);
    for (int i = 0; i < n && c->mapped; i++)
        map_to_v6(&v[i]);
    int rc = n > 0 ? add_ports(q, v, (size_t)n, c->out) : n == 0 ? 1 : n;
    xsock__sys_free(v, size);
    return rc;
}

static int ask_host(const struct xsock__question *q, int af, struct collecting *c)
{
    int rc = xsock__resolver_is_set() ? ask_program(q, af, c) : 1;
    return rc <= 0 ? rc : ask_system(q, q->host, af, c);
}

/* Not every system has V4MAPPED (FreeBSD lacks it): it is made here. */
static int ask_name(const struct xsock__question *q, struct xsock__answer *out)
{
    struct collecting c = {q, out, false, false};
    int rc = ask_host(q, q->af, &c);
    bool none = rc == -XSOCK_EAI_NONAME || rc == -XSOCK_EAI_NODATA || rc == -XSOCK_EAI_ADDRFAMILY;
    if (!none || !wants_mapped(q))
        return rc;
    c.mapped = true;
    return ask_host(q, XSOCK_AF_INET, &c);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

int xsock__question_ask(const struct xsock__question *q, struct xsock__answer *out)
{
    struct xsock_addr host[2];
    memset(out, 0, sizeof *out);
    if (q->kind == XSOCK__HOST_NAME)
        return ask_name(q, out);
    return add_ports(q, host, hosts(q, host), out);
}

/* ---- The public call ------------------------------------------------------------------------- */

int xsock_resolve(const char *host, const char *service, int af, int type, int flags,
                  struct xsock_addr *out, size_t cap)
{
    struct xsock__question q;
    struct xsock__answer answer;
    if (out == NULL && cap > 0)
        return -XSOCK_EFAULT;
    int rc = xsock__question_init(&q, host, service, af, type, flags);
    if (rc != 0)
        return rc;
    rc = xsock__question_ask(&q, &answer);
    if (rc == 0) {
        rc = (int)answer.count;
        size_t n = cap < answer.count ? cap : answer.count;
        if (n > 0)
            memcpy(out, answer.v, n * sizeof *out);
    } else if (answer.code != 0) {
        xsock__sys_set_last_error(answer.code);
    }
    xsock__answer_free(&answer);
    return rc;
}
