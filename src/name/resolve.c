#include "name/resolve.h"

#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"
#include "name/resolver.h"
#include "sys.h"
#include "table/fdtab.h"

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

/* ---- Errors ---------------------------------------------------------------------------------- */

int xsock__resolve_error(int error, int code)
{
    return error == XSOCK_EAI_SYSTEM ? xsock__question_error(xsock__error_from_native(code))
                                     : -error;
}

bool xsock__resolve_again(int error, int code)
{
    return error == XSOCK_EAI_SYSTEM && xsock__fdtab_makes_room(xsock__error_from_native(code));
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
        xsock__question_map_to_v6(&a);
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
    int error, code = 0;
    do
        error = xsock__sys_resolve(&query, collect, c, &code);
    while (xsock__resolve_again(error, code));
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
    uint8_t last = q->kind == XSOCK__HOST_NONE && (q->flags & XSOCK_AI_PASSIVE) != 0 ? 0 : 1;
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
        xsock__question_map_to_v6(&v[i]);
    int rc = n > 0 ? add_ports(q, v, (size_t)n, c->out) : n == 0 ? 1 : n;
    xsock__sys_free(v, size);
    return rc;
}

static int ask_host(const struct xsock__question *q, int af, struct collecting *c)
{
    struct xsock_addr host[2];
    int rc = xsock__resolver_is_set() ? ask_program(q, af, c) : 1;
    if (rc <= 0)
        return rc;
    return q->is_localhost ? add_ports(q, host, hosts(q, host), c->out)
                           : ask_system(q, q->host, af, c);
}

/* Not every system has V4MAPPED (FreeBSD lacks it): it is made here. */
static int ask_name(const struct xsock__question *q, struct xsock__answer *out)
{
    struct collecting c = {q, out, false, false};
    int rc = ask_host(q, q->af, &c);
    bool none = rc == -XSOCK_EAI_NONAME || rc == -XSOCK_EAI_NODATA || rc == -XSOCK_EAI_ADDRFAMILY;
    if (!none || !xsock__question_wants_mapped(q))
        return rc;
    c.mapped = true;
    return ask_host(q, XSOCK_AF_INET, &c);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

int xsock__resolve_ask(const struct xsock__question *q, struct xsock__answer *out)
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
    rc = xsock__resolve_ask(&q, &answer);
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
