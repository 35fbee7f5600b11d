/* Options that are one number: the level, name and unit of each on this system. */
#include "posix/native.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "backend/option_row.h"

/* Options of Linux that an older C library lacks. The numbers are the same on every processor, and
 * an older kernel refuses them. */
#ifdef __linux__
#ifndef TCP_USER_TIMEOUT
#define TCP_USER_TIMEOUT 18
#endif
#ifndef TCP_FASTOPEN
#define TCP_FASTOPEN 23
#endif
#ifndef TCP_NOTSENT_LOWAT
#define TCP_NOTSENT_LOWAT 25
#endif
#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif
#ifndef IPV6_HDRINCL
#define IPV6_HDRINCL 36
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#define LINUX_UDP_GRO 104
#endif

/* The unit of a value in the system */
enum unit {
    PLAIN,
    SECONDS,      /* -1 is 0 */
    MILLISECONDS, /* the same */
    MICROSECONDS, /* the same */
    LINGER,
    BUFFER,    /* Linux gives twice what was set */
    FRAGMENTS, /* Linux: IP_PMTUDISC_... */
    BYTE,      /* the BSDs take the two oldest options of multicast as an unsigned char only */
    ON,        /* the BSDs read a flag as the bit it is kept as */
    MARKS      /* 32 bits, no sign */
};

/* ---- The rows -------------------------------------------------------------------------------- */

/* A row is a line. */
/* clang-format off */
static const struct row rows[] = {
#if defined(SO_REUSEPORT_LB) /* FreeBSD's SO_REUSEPORT gives everything to one of the sockets */
    AT_SOCKET(REUSEPORT, SO_REUSEPORT_LB, ON)
#elif defined(SO_REUSEPORT)
    AT_SOCKET(REUSEPORT, SO_REUSEPORT, ON)
#endif
    AT_SOCKET(REUSEADDR, SO_REUSEADDR, ON)
    AT_SOCKET(DONTROUTE, SO_DONTROUTE, ON)
    AT_SOCKET(BROADCAST, SO_BROADCAST, ON)
    AT_SOCKET(ACCEPTCONN, SO_ACCEPTCONN, ON)
    AT_SOCKET(KEEPALIVE, SO_KEEPALIVE, ON)
#ifdef SO_LINGER_SEC /* macOS: SO_LINGER counts in ticks of 10 ms */
    AT_SOCKET(LINGER, SO_LINGER_SEC, LINGER)
#else
    AT_SOCKET(LINGER, SO_LINGER, LINGER)
#endif
    AT_SOCKET(OOBINLINE, SO_OOBINLINE, ON)
    AT_SOCKET(RCVBUF, SO_RCVBUF, BUFFER)
    AT_SOCKET(SNDBUF, SO_SNDBUF, BUFFER)
    AT_SOCKET(RCVLOWAT, SO_RCVLOWAT, PLAIN)
    AT_SOCKET(SNDLOWAT, SO_SNDLOWAT, PLAIN)

    TCP(NODELAY, TCP_NODELAY, ON)
    TCP(MAXSEG, TCP_MAXSEG, PLAIN)
#if defined(TCP_KEEPIDLE)
    TCP(KEEPIDLE, TCP_KEEPIDLE, SECONDS)
#elif defined(TCP_KEEPALIVE) /* macOS */
    TCP(KEEPIDLE, TCP_KEEPALIVE, SECONDS)
#endif
#ifdef TCP_KEEPINTVL
    TCP(KEEPINTVL, TCP_KEEPINTVL, SECONDS)
#endif
#ifdef TCP_KEEPCNT
    TCP(KEEPCNT, TCP_KEEPCNT, PLAIN)
#endif
#if defined(TCP_CORK)
    TCP(CORK, TCP_CORK, ON)
#elif defined(TCP_NOPUSH)
    TCP(CORK, TCP_NOPUSH, ON)
#endif
#ifdef TCP_QUICKACK
    TCP(QUICKACK, TCP_QUICKACK, ON)
#endif
#ifdef TCP_FASTOPEN
    TCP(FASTOPEN, TCP_FASTOPEN, PLAIN)
#endif
#ifdef TCP_FASTOPEN_CONNECT
    TCP(FASTOPEN_CONNECT, TCP_FASTOPEN_CONNECT, ON)
#endif
#if defined(TCP_USER_TIMEOUT)
    TCP(USER_TIMEOUT, TCP_USER_TIMEOUT, MILLISECONDS)
#elif defined(TCP_MAXUNACKTIME) /* FreeBSD */
    TCP(USER_TIMEOUT, TCP_MAXUNACKTIME, SECONDS)
#elif defined(TCP_RXT_CONNDROPTIME) /* macOS */
    TCP(USER_TIMEOUT, TCP_RXT_CONNDROPTIME, SECONDS)
#endif
#ifdef TCP_NOTSENT_LOWAT
    TCP(NOTSENT_LOWAT, TCP_NOTSENT_LOWAT, PLAIN)
#endif
#ifdef TCP_DEFER_ACCEPT
    TCP(DEFER_ACCEPT, TCP_DEFER_ACCEPT, SECONDS)
#endif

    IPV6(ONLYV6, IPV6_V6ONLY, ON)
    IP(MCASTLOOPV4, IP_MULTICAST_LOOP, BYTE)
    IP(MCASTTTLV4, IP_MULTICAST_TTL, BYTE)
    BOTH(MCASTLOOPV6, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, ON)
    BOTH(MCASTTTLV6, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, PLAIN)
    BOTH(TTL, IP_TTL, IPV6_UNICAST_HOPS, PLAIN)
    BOTH(TOS, IP_TOS, IPV6_TCLASS, PLAIN)
#ifdef IP_RECVTOS
    BOTH(RECVTOS, IP_RECVTOS, IPV6_RECVTCLASS, ON)
#else /* NetBSD, OpenBSD */
    IPV6(RECVTOS, IPV6_RECVTCLASS, ON)
#endif
    BOTH(RECVTTL, IP_RECVTTL, IPV6_RECVHOPLIMIT, ON)
#if defined(IP_RECVPKTINFO) /* NetBSD, where IP_PKTINFO is for sending, and macOS */
    EACH(RECVPKTINFO, IP_RECVPKTINFO, IPV6_RECVPKTINFO, ON)
#elif defined(IP_PKTINFO) /* Linux; a mapped packet's is told by IPV6_PKTINFO too */
    EACH(RECVPKTINFO, IP_PKTINFO, IPV6_RECVPKTINFO, ON)
#else /* FreeBSD and OpenBSD: IP_RECVIF goes with it, below */
    EACH(RECVPKTINFO, IP_RECVDSTADDR, IPV6_RECVPKTINFO, ON)
#endif
#if defined(IP_MTU_DISCOVER)
    BOTH(DONTFRAG, IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, FRAGMENTS)
#elif defined(IP_DONTFRAG)
    BOTH(DONTFRAG, IP_DONTFRAG, IPV6_DONTFRAG, ON)
#endif
#if defined(IP_MTU)
    BOTH(MTU, IP_MTU, IPV6_MTU, PLAIN)
#endif
#if defined(IPV6_HDRINCL)
    EACH(HDRINCL, IP_HDRINCL, IPV6_HDRINCL, ON)
#else
    IP(HDRINCL, IP_HDRINCL, ON)
#endif
#if defined(IP_FREEBIND)
    BOTH(FREEBIND, IP_FREEBIND, IPV6_FREEBIND, ON)
#elif defined(IP_BINDANY) && defined(IPV6_BINDANY)
    BOTH(FREEBIND, IP_BINDANY, IPV6_BINDANY, ON)
#endif
#ifdef LINUX_UDP_GRO
    UDP(UDP_RECV_COALESCE, LINUX_UDP_GRO, ON)
#endif
#if defined(SO_MARK)
    AT_SOCKET(MARK, SO_MARK, MARKS)
#elif defined(SO_USER_COOKIE)
    AT_SOCKET(MARK, SO_USER_COOKIE, MARKS)
#endif
#ifdef SO_PRIORITY
    AT_SOCKET(PRIORITY, SO_PRIORITY, PLAIN)
#endif
#ifdef SO_BUSY_POLL
    AT_SOCKET(BUSY_POLL, SO_BUSY_POLL, MICROSECONDS)
#endif
#ifdef SO_INCOMING_CPU
    AT_SOCKET(INCOMING_CPU, SO_INCOMING_CPU, PLAIN)
#endif
};
/* clang-format on */

static const struct row *find(int option)
{
    return find_row(rows, sizeof rows / sizeof rows[0], option);
}

/* ---- Setting --------------------------------------------------------------------------------- */

static int count_up(int64_t ns, int64_t unit)
{
    int64_t n = ns / unit + (ns % unit != 0);
    return ns < 0 ? 0 : n < INT_MAX ? (int)n : INT_MAX;
}

static int int_from(enum unit unit, int64_t value)
{
    switch (unit) {
    case SECONDS:
    case LINGER:
        return count_up(value, 1000000000);
    case MILLISECONDS:
        return count_up(value, 1000000);
    case MICROSECONDS:
        return count_up(value, 1000);
#ifdef IP_MTU_DISCOVER
    case FRAGMENTS:
        return value != 0 ? IP_PMTUDISC_DO : IP_PMTUDISC_WANT;
#endif
    default:
        return (int)(uint32_t)value; /* MARK has 32 bits */
    }
}

static int put(int fd, const struct name *n, enum unit unit, int64_t value)
{
    int v = int_from(unit, value);
    int rc;
    if (unit == LINGER) {
        struct linger l = {value >= 0, v};
        rc = setsockopt(fd, n->level, n->name, &l, sizeof l);
    } else if (unit == BYTE) {
        unsigned char byte = (unsigned char)v;
        rc = setsockopt(fd, n->level, n->name, &byte, sizeof byte);
    } else {
        rc = setsockopt(fd, n->level, n->name, &v, sizeof v);
    }
    return rc == 0 ? 0 : errno;
}

/* FreeBSD tells address and interface by two options. */
static int set_interface_by_index(const struct xsock__sys_target *s, int option, int64_t value)
{
#if !defined(IP_PKTINFO) && defined(IP_RECVIF)
    static const struct name recvif = {IPPROTO_IP, IP_RECVIF};
    if (option == XSOCK_SO_RECVPKTINFO && s->af == XSOCK_AF_INET)
        return put((int)s->handle, &recvif, PLAIN, value);
#else
    (void)s;
    (void)option;
    (void)value;
#endif
    return 0;
}

int xsock__sys_set_option(const struct xsock__sys_target *s, int option, int64_t value)
{
    if (option == XSOCK_SO_PROMISCUOUS)
        return xsock__posix_set_promiscuous((int)s->handle, s->af, value != 0);
    const struct row *row = find(option);
    const struct name *n = name_for(row, s->af);
    if (n == NULL)
        return XSOCK__SYS_NO_OPTION;
#ifdef __OpenBSD__ /* no socket there is dual-stack; the system says EINVAL */
    if (option == XSOCK_SO_ONLYV6 && value == 0)
        return EOPNOTSUPP;
#endif
    int code = put((int)s->handle, n, row->unit, value);
    if (code == 0)
        code = set_interface_by_index(s, option, value);
    /* If a dual-stack socket refuses the option, it does not need the option. */
    if (code == 0 && row->dual && s->af == XSOCK_AF_INET6)
        (void)put((int)s->handle, &row->v4, row->unit, value);
    return code;
}

/* ---- Getting --------------------------------------------------------------------------------- */

static int64_t value_from(enum unit unit, int v)
{
    switch (unit) {
    case SECONDS:
        return v > 0 ? (int64_t)v * 1000000000 : -1;
    case MILLISECONDS:
        return v > 0 ? (int64_t)v * 1000000 : -1;
    case MICROSECONDS:
        return v > 0 ? (int64_t)v * 1000 : -1;
#ifdef IP_MTU_DISCOVER
    case FRAGMENTS:
        return v == IP_PMTUDISC_DO || v == IP_PMTUDISC_PROBE;
#endif
#ifdef __linux__
    case BUFFER:
        return v / 2;
#endif
    case ON:
        return v != 0;
    case MARKS:
        return (int64_t)(uint32_t)v;
    default:
        return v;
    }
}

static int get_linger(int fd, const struct name *n, int64_t *out)
{
    struct linger l = {0, 0};
    socklen_t size = sizeof l;
    if (getsockopt(fd, n->level, n->name, &l, &size) != 0)
        return errno;
    *out = l.l_onoff != 0 ? (int64_t)l.l_linger * 1000000000 : -1;
    return 0;
}

static int get(int fd, const struct name *n, enum unit unit, int64_t *out)
{
    int v = 0;
    socklen_t size = unit == BYTE ? 1 : sizeof v;
    unsigned char byte = 0;
    if (getsockopt(fd, n->level, n->name, unit == BYTE ? (void *)&byte : (void *)&v, &size) != 0)
        return errno;
    *out = unit == BYTE ? byte : value_from(unit, v);
    return 0;
}

int xsock__sys_get_option(const struct xsock__sys_target *s, int option, int64_t *out)
{
    int64_t value = 0;
    const struct row *row = find(option);
    const struct name *n = name_for(row, s->af);
    if (n == NULL)
        return XSOCK__SYS_NO_OPTION;
    int code = row->unit == LINGER ? get_linger((int)s->handle, n, &value)
                                   : get((int)s->handle, n, row->unit, &value);
    if (code != 0)
        return code;
    *out = value;
    return 0;
}

/* ---- By the system's own numbers ------------------------------------------------------------- */

int xsock__sys_set_raw_option(uintptr_t h, int level, int name, const void *value, size_t size)
{
    return setsockopt((int)h, level, name, value, (socklen_t)size) == 0 ? 0 : errno;
}

int xsock__sys_get_raw_option(uintptr_t h, int level, int name, void *out, size_t *inout_size)
{
    socklen_t size = (socklen_t)*inout_size;
    if (getsockopt((int)h, level, name, out, &size) != 0)
        return errno;
    *inout_size = size;
    return 0;
}
