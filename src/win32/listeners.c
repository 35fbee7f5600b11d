#include "win32/listeners.h"

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

static bool is_at_inet(const struct wanted *w)
{
    ULONG size = 0;
    MIB_TCPTABLE_OWNER_PID *t = get_table(AF_INET, &size);
    bool found = t == NULL;

    for (DWORD i = 0; t != NULL && i < t->dwNumEntries && !found; i++) {
        const MIB_TCPROW_OWNER_PID *row = &t->table[i];

        found = (uint16_t)row->dwLocalPort == w->port
                && (row->dwLocalAddr == 0
                    || memcmp(&row->dwLocalAddr, w->six + 12, sizeof row->dwLocalAddr) == 0);
    }
    xsock__sys_free(t, size);
    return found;
}

/* A listener at any address of INET6 may be of both families. A machine without IPv6 has no table.
 */
static bool is_at_inet6(const struct wanted *w)
{
    static const uint8_t any[16];
    ULONG size = 0;
    MIB_TCP6TABLE_OWNER_PID *t = get_table(AF_INET6, &size);
    bool found = t == NULL && !w->is_ipv4;

    for (DWORD i = 0; t != NULL && i < t->dwNumEntries && !found; i++) {
        const MIB_TCP6ROW_OWNER_PID *row = &t->table[i];

        found = (uint16_t)row->dwLocalPort == w->port
                && (memcmp(row->ucLocalAddr, any, sizeof any) == 0
                    || memcmp(row->ucLocalAddr, w->six, sizeof w->six) == 0);
    }
    xsock__sys_free(t, size);
    return found;
}

bool xsock__listeners_may_have(const struct xsock__sys_addr *a)
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
    return (w.is_ipv4 && is_at_inet(&w)) || is_at_inet6(&w);
}
