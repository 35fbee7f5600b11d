/* Options that are one number: which level, name and unit each has here. */
#include "win32/send_recv.h"

#include <mstcpip.h>

#include "backend/option_row.h"

/* Missing from older headers; the system says whether it has them. Versions: all of Windows 10. */
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3 /* 1709 */
#endif
#ifndef TCP_MAXSEG
#define TCP_MAXSEG 4
#endif
#ifndef TCP_MAXRT
#define TCP_MAXRT 5
#endif
#ifndef TCP_FASTOPEN
#define TCP_FASTOPEN 15 /* 1607 */
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16 /* 1703 */
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 17 /* 1709 */
#endif
#ifndef UDP_RECV_MAX_COALESCED_SIZE
#define UDP_RECV_MAX_COALESCED_SIZE 3 /* 2004 */
#endif
#ifndef IP_RECVTOS
#define IP_RECVTOS 40 /* 1809 or so */
#endif
#ifndef IPV6_TCLASS
#define IPV6_TCLASS 39
#endif
#ifndef IPV6_RECVTCLASS
#define IPV6_RECVTCLASS 40
#endif
#ifndef IP_MTU
#define IP_MTU 73
#endif
#ifndef IPV6_MTU
#define IPV6_MTU 72
#endif

/* How the system has a value */
enum unit {
    PLAIN,
    /* a flag, in one byte or four: what is read is as long as Windows likes, so zeros go before */
    ON,
    SECONDS,
    SECONDS_OR_FOREVER, /* -1 is all ones */
    LINGER_TIME,
    COALESCE /* the longest that the glued datagrams may become; 0: none are */
};

/* RCVLOWAT and SNDLOWAT are constants for old sources' sake only. TCP_KEEPALIVE is TCP_KEEPIDLE. */
/* A row is a line. */
/* clang-format off */
static const struct row rows[] = {
    AT_SOCKET(REUSEADDR, SO_REUSEADDR, ON)
    AT_SOCKET(DONTROUTE, SO_DONTROUTE, ON)
    AT_SOCKET(BROADCAST, SO_BROADCAST, ON)
    AT_SOCKET(ACCEPTCONN, SO_ACCEPTCONN, ON)
    AT_SOCKET(KEEPALIVE, SO_KEEPALIVE, ON)
    AT_SOCKET(LINGER, SO_LINGER, LINGER_TIME)
    AT_SOCKET(OOBINLINE, SO_OOBINLINE, ON)
    AT_SOCKET(RCVBUF, SO_RCVBUF, PLAIN)
    AT_SOCKET(SNDBUF, SO_SNDBUF, PLAIN)

    TCP(NODELAY, TCP_NODELAY, ON)
    TCP(KEEPIDLE, TCP_KEEPIDLE, SECONDS)
    TCP(KEEPINTVL, TCP_KEEPINTVL, SECONDS)
    TCP(KEEPCNT, TCP_KEEPCNT, PLAIN)
    TCP(FASTOPEN, TCP_FASTOPEN, ON)
    TCP(USER_TIMEOUT, TCP_MAXRT, SECONDS_OR_FOREVER)
    TCP(MAXSEG, TCP_MAXSEG, PLAIN)
    UDP(UDP_RECV_COALESCE, UDP_RECV_MAX_COALESCED_SIZE, COALESCE)

    IPV6(ONLYV6, IPV6_V6ONLY, ON)
    IP(MCASTLOOPV4, IP_MULTICAST_LOOP, ON)
    IP(MCASTTTLV4, IP_MULTICAST_TTL, PLAIN)
    BOTH(MCASTLOOPV6, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, ON)
    BOTH(MCASTTTLV6, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, PLAIN)
    BOTH(TTL, IP_TTL, IPV6_UNICAST_HOPS, PLAIN)
    BOTH(TOS, IP_TOS, IPV6_TCLASS, PLAIN)
    BOTH(RECVTOS, IP_RECVTOS, IPV6_RECVTCLASS, ON)
    BOTH(RECVTTL, IP_HOPLIMIT, IPV6_HOPLIMIT, ON)
    BOTH(RECVPKTINFO, IP_PKTINFO, IPV6_PKTINFO, ON)
    BOTH(DONTFRAG, IP_DONTFRAGMENT, IPV6_DONTFRAG, ON)
    BOTH(MTU, IP_MTU, IPV6_MTU, PLAIN)
    EACH(HDRINCL, IP_HDRINCL, IPV6_HDRINCL, ON)
};
/* clang-format on */

static const struct row *find(int option)
{
    return find_row(rows, sizeof rows / sizeof rows[0], option);
}

/* ---- One number ------------------------------------------------------------------------------ */

static DWORD count_up(int64_t ns, int64_t unit)
{
    return (DWORD)(ns / unit + (ns % unit != 0));
}

static DWORD number_from(enum unit unit, int64_t value)
{
    switch (unit) {
    case SECONDS:
        return count_up(value, 1000000000);
    case SECONDS_OR_FOREVER:
        return value < 0 ? MAXDWORD : count_up(value, 1000000000);
    case COALESCE:
        return value != 0 ? 65535 : 0;
    default:
        return (DWORD)value;
    }
}

/* Of UDP's level Windows before 2004, and Wine 8, know nothing, and call it a bad argument; ours
 * never is. */
static int failure(enum unit unit)
{
    int code = xsock__win32_error();

    return unit == COALESCE && code == WSAEINVAL ? XSOCK__SYS_NO_OPTION : code;
}

static int put(uintptr_t h, const struct name *n, enum unit unit, int64_t value)
{
    DWORD v = number_from(unit, value);
    struct linger l = {(u_short)(value >= 0), 0};
    int rc;

    if (unit == LINGER_TIME) {
        l.l_linger = (u_short)(value < 0 ? 0 : count_up(value, 1000000000));
        rc = setsockopt(h, n->level, n->name, (const char *)&l, sizeof l);
    } else {
        rc = setsockopt(h, n->level, n->name, (const char *)&v, sizeof v);
    }
    return rc == 0 ? 0 : failure(unit);
}

static int64_t value_from(enum unit unit, DWORD v)
{
    switch (unit) {
    case SECONDS:
        return (int64_t)v * 1000000000;
    case SECONDS_OR_FOREVER:
        return v == 0 || v == MAXDWORD ? -1 : (int64_t)v * 1000000000;
    case ON:
    case COALESCE:
        return v != 0;
    default:
        return (int64_t)v;
    }
}

static int get(uintptr_t h, const struct name *n, enum unit unit, int64_t *out)
{
    struct linger l = {0, 0};
    DWORD v = 0;
    int size = unit == LINGER_TIME ? (int)sizeof l : (int)sizeof v;

    if (getsockopt(h, n->level, n->name, unit == LINGER_TIME ? (char *)&l : (char *)&v, &size) != 0)
        return failure(unit);
    if (unit == LINGER_TIME)
        *out = l.l_onoff ? (int64_t)l.l_linger * 1000000000 : -1;
    else
        *out = value_from(unit, v);
    return 0;
}

/* ---- Keep-alive before Windows 10 1709 ------------------------------------------------------- */

/* Both times there go in one control code, which also turns keep-alive on, and none of it can be
 * read: so the core keeps what was set. The defaults are Windows' own. */
enum { DEFAULT_IDLE_S = 7200, DEFAULT_INTERVAL_S = 1 };

static const struct name keep_idle = {IPPROTO_TCP, TCP_KEEPIDLE},
                         keep_alive = {SOL_SOCKET, SO_KEEPALIVE};

static bool lacks_keep_times(uintptr_t h)
{
    int64_t ignored;

    return get(h, &keep_idle, SECONDS, &ignored) == WSAENOPROTOOPT;
}

static int apply_keep_times(uintptr_t h, int64_t idle, int64_t interval)
{
    struct tcp_keepalive k;
    DWORD n = 0;

    k.onoff = 1;
    k.keepalivetime = idle < 0 ? DEFAULT_IDLE_S * 1000 : count_up(idle, 1000000000) * 1000;
    k.keepaliveinterval =
        interval < 0 ? DEFAULT_INTERVAL_S * 1000 : count_up(interval, 1000000000) * 1000;
    if (WSAIoctl(h, SIO_KEEPALIVE_VALS, &k, sizeof k, NULL, 0, &n, NULL, NULL) != 0)
        return xsock__win32_error();
    return 0;
}

static int64_t ns_from(int ms)
{
    return ms < 0 ? -1 : ms * INT64_C(1000000);
}

/* With keep-alive off they are kept until it is turned on. */
static int set_old_keep_time(const struct xsock__sys_target *s, int option, int64_t value)
{
    int64_t idle = option == XSOCK_SO_KEEPIDLE ? value : ns_from(s->keep_idle_ms);
    int64_t interval = option == XSOCK_SO_KEEPINTVL ? value : ns_from(s->keep_interval_ms);
    int64_t on = 0;
    int code = get(s->handle, &keep_alive, ON, &on);

    return code || !on ? code : apply_keep_times(s->handle, idle, interval);
}

static int64_t old_keep_time(const struct xsock__sys_target *s, int option)
{
    int64_t kept = ns_from(option == XSOCK_SO_KEEPIDLE ? s->keep_idle_ms : s->keep_interval_ms);
    int64_t usual = option == XSOCK_SO_KEEPIDLE ? DEFAULT_IDLE_S : DEFAULT_INTERVAL_S;

    return kept < 0 ? usual * 1000000000 : (int64_t)count_up(kept, 1000000000) * 1000000000;
}

static bool is_keep_time(int option)
{
    return option == XSOCK_SO_KEEPIDLE || option == XSOCK_SO_KEEPINTVL;
}

/* ---- All ------------------------------------------------------------------------------------- */

/* Of a stream it would let anybody take over the address of a listener. xsock__sys_bind does what
 * is left. */
static bool must_not_reuse(const struct xsock__sys_target *s, int option)
{
    return option == XSOCK_SO_REUSEADDR
           && (s->type == XSOCK_SOCK_STREAM || s->type == XSOCK_SOCK_SEQPACKET);
}

static int set_promiscuous(const struct xsock__sys_target *s, bool on)
{
    DWORD mode = on ? RCVALL_ON : RCVALL_OFF, n = 0;

    if (s->type != XSOCK_SOCK_RAW || (s->af != XSOCK_AF_INET && s->af != XSOCK_AF_INET6))
        return XSOCK__SYS_NO_OPTION;
    if (WSAIoctl(s->handle, SIO_RCVALL, &mode, sizeof mode, NULL, 0, &n, NULL, NULL) != 0)
        return xsock__win32_error();
    return 0;
}

static int set_row(const struct xsock__sys_target *s, const struct row *row, const struct name *n,
                   int64_t value)
{
    int code = put(s->handle, n, row->unit, value);

    if (code == WSAENOPROTOOPT && is_keep_time(row->option))
        return set_old_keep_time(s, row->option, value);
    if (code)
        return code;
    if (row->unit == COALESCE && value && xsock__win32_find_recvmsg(s->handle) == NULL) {
        (void)put(s->handle, n, row->unit, 0);
        return XSOCK__SYS_NO_OPTION;
    }
    if (row->option == XSOCK_SO_KEEPALIVE && value
        && (s->keep_idle_ms >= 0 || s->keep_interval_ms >= 0) && lacks_keep_times(s->handle))
        return apply_keep_times(s->handle, ns_from(s->keep_idle_ms), ns_from(s->keep_interval_ms));
    if (row->dual && s->af == XSOCK_AF_INET6)
        (void)put(s->handle, &row->v4, row->unit, value);
    return 0;
}

int xsock__sys_set_option(const struct xsock__sys_target *s, int option, int64_t value)
{
    const struct row *row = find(option);
    const struct name *n = name_for(row, s->af);

    if (option == XSOCK_SO_PROMISCUOUS)
        return set_promiscuous(s, value != 0);
    if (!n)
        return XSOCK__SYS_NO_OPTION;
    if (must_not_reuse(s, option))
        return 0;
    return set_row(s, row, n, value);
}

int xsock__sys_get_option(const struct xsock__sys_target *s, int option, int64_t *out)
{
    const struct row *row = find(option);
    const struct name *n = name_for(row, s->af);
    int64_t value = 0;
    int code;

    if (!n)
        return XSOCK__SYS_NO_OPTION;
    code = must_not_reuse(s, option) ? 0 : get(s->handle, n, row->unit, &value);
    if (code == WSAENOPROTOOPT && is_keep_time(option)) {
        value = old_keep_time(s, option);
        code = 0;
    }
    if (code == 0)
        *out = value;
    return code;
}

/* ---- By the system's own numbers ------------------------------------------------------------- */

int xsock__sys_set_raw_option(uintptr_t h, int level, int name, const void *value, size_t size)
{
    return setsockopt(h, level, name, value, (int)size) == 0 ? 0 : xsock__win32_error();
}

int xsock__sys_get_raw_option(uintptr_t h, int level, int name, void *out, size_t *inout_size)
{
    int size = (int)*inout_size;

    if (getsockopt(h, level, name, out, &size) != 0)
        return xsock__win32_error();
    *inout_size = (size_t)size;
    return 0;
}
