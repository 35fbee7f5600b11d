/* Which ports of this machine have a TCP listener, of any process. */
#include "win32/native.h"

#include <iphlpapi.h>
#include <string.h>

#include "win32/own_addrs.h"

/* The table of a family, or NULL. It may grow while it is asked for. */
static void *get_table(ULONG family, ULONG *out_size)
{
    ULONG size = 4096;

    for (int round = 0; round < 8; round++) {
        void *table = xsock__sys_alloc(size);
        ULONG needed = size;
        DWORD code;

        if (table == NULL)
            return NULL;
        code = GetExtendedTcpTable(table, &needed, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0);
        *out_size = size;
        if (code == NO_ERROR)
            return table;
        xsock__sys_free(table, size);
        if (code != ERROR_INSUFFICIENT_BUFFER)
            return NULL;
        size = needed + 4096;
    }
    return NULL;
}

/* What is looked for. The port is in network order. */
struct wanted {
    uint8_t six[16]; /* an IPv4 address is a mapped one */
    bool is_ipv4;
    uint16_t port;
};

static struct wanted make_wanted(const struct xsock__sys_addr *a)
{
    struct wanted w = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}, false, 0};
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    w.is_ipv4 = xsock__own_addrs_is_ipv4(a);
    if (xsock__own_addrs_family(a) == AF_INET) {
        memcpy(&in, a->bytes, sizeof in);
        memcpy(w.six + 12, &in.sin_addr, 4);
        w.port = in.sin_port;
    } else {
        memcpy(&in6, a->bytes, sizeof in6);
        memcpy(w.six, &in6.sin6_addr, sizeof w.six);
        w.port = in6.sin6_port;
    }
    return w;
}

static enum xsock__sys_listener look_in_inet(const struct wanted *w)
{
    ULONG size = 0;
    MIB_TCPTABLE_OWNER_PID *t = get_table(AF_INET, &size);
    bool found = false;

    if (t == NULL)
        return XSOCK__SYS_LISTENER_UNKNOWN;
    for (DWORD i = 0; i < t->dwNumEntries && !found; i++) {
        const MIB_TCPROW_OWNER_PID *row = &t->table[i];

        found = (uint16_t)row->dwLocalPort == w->port
                && (row->dwLocalAddr == 0
                    || memcmp(&row->dwLocalAddr, w->six + 12, sizeof row->dwLocalAddr) == 0);
    }
    xsock__sys_free(t, size);
    return found ? XSOCK__SYS_LISTENER_THERE : XSOCK__SYS_LISTENER_NONE;
}

/* What a listener at an address of INET6 is to the address that is looked for.
 *
 * A listener at [::] may be of IPv6 alone or of both families, and the row does not tell. Windows
 * has a row in IPv4's table, too, for a listener of both, so [::] alone is mostly a listener of
 * IPv6. Wine has no second row. So to an IPv4 address [::] is neither a listener, for whose sake a
 * refusal would be tried again, nor a proof that nobody listens.
 * https://github.com/nodejs/node/issues/9390 shows the two rows. */
static enum xsock__sys_listener judge_inet6(const uint8_t at[16], const struct wanted *w)
{
    static const uint8_t any[16], any_ipv4[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    if (memcmp(at, w->six, sizeof w->six) == 0)
        return XSOCK__SYS_LISTENER_THERE;
    if (w->is_ipv4 && memcmp(at, any_ipv4, sizeof any_ipv4) == 0)
        return XSOCK__SYS_LISTENER_THERE;
    if (memcmp(at, any, sizeof any) == 0)
        return w->is_ipv4 ? XSOCK__SYS_LISTENER_UNKNOWN : XSOCK__SYS_LISTENER_THERE;
    return XSOCK__SYS_LISTENER_NONE;
}

/* A machine without IPv6 has no table, and no such listener. */
static enum xsock__sys_listener look_in_inet6(const struct wanted *w)
{
    enum xsock__sys_listener found = XSOCK__SYS_LISTENER_NONE;
    ULONG size = 0;
    MIB_TCP6TABLE_OWNER_PID *t = get_table(AF_INET6, &size);

    if (t == NULL)
        return w->is_ipv4 ? XSOCK__SYS_LISTENER_NONE : XSOCK__SYS_LISTENER_UNKNOWN;
    for (DWORD i = 0; i < t->dwNumEntries && found != XSOCK__SYS_LISTENER_THERE; i++) {
        const MIB_TCP6ROW_OWNER_PID *row = &t->table[i];
        enum xsock__sys_listener one = XSOCK__SYS_LISTENER_NONE;

        if ((uint16_t)row->dwLocalPort == w->port)
            one = judge_inet6(row->ucLocalAddr, w);
        if (one != XSOCK__SYS_LISTENER_NONE)
            found = one;
    }
    xsock__sys_free(t, size);
    return found;
}

enum xsock__sys_listener xsock__sys_find_listener(uintptr_t h, const struct xsock__sys_addr *a)
{
    enum xsock__sys_listener found = XSOCK__SYS_LISTENER_NONE;
    const int family = xsock__own_addrs_family(a);
    struct wanted w;

    if ((family != AF_INET && family != AF_INET6) || !xsock__own_addrs_has(h, a))
        return XSOCK__SYS_LISTENER_UNKNOWN;
    w = make_wanted(a);
    if (w.is_ipv4)
        found = look_in_inet(&w);
    return found == XSOCK__SYS_LISTENER_NONE ? look_in_inet6(&w) : found;
}
