/* Control data to and from the system's records. */
#define __APPLE_USE_RFC_3542 1 /* macOS has IPV6_PKTINFO only with this macro */
#include "posix/message.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <netinet/udp.h>
#elif defined(IP_RECVIF)
#include <net/if_dl.h>
#endif

#include "posix/handle.h"

#if defined(__linux__) && !defined(UDP_GRO)
#define UDP_GRO 104 /* Linux 5.0 */
#endif
#ifndef SOL_UDP
#define SOL_UDP 17
#endif

/* The type of an octet of the IP header. Linux and macOS take and give an int, and FreeBSD a byte.
 * Linux gives TOS as a byte. */
#ifdef __FreeBSD__
typedef unsigned char octet;
#else
typedef int octet;
#endif

/* ---- To the system --------------------------------------------------------------------------- */

void xsock__posix_add_control(struct msghdr *to, int level, int type, const void *data, size_t size)
{
    size_t used = (size_t)to->msg_controllen;
    struct cmsghdr *c = (struct cmsghdr *)(void *)((unsigned char *)to->msg_control + used);
    memset(c, 0, CMSG_SPACE(size));
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = (xsock__posix_size)CMSG_LEN(size);
    if (data != NULL)
        memcpy(CMSG_DATA(c), data, size);
    to->msg_controllen = (xsock__posix_size)(used + CMSG_SPACE(size));
}

static void put_handles(struct msghdr *to, const struct xsock_control *c)
{
    unsigned char *at = (unsigned char *)to->msg_control + to->msg_controllen + CMSG_LEN(0);
    if (c->handle_count == 0)
        return;
    xsock__posix_add_control(to, SOL_SOCKET, SCM_RIGHTS, NULL, c->handle_count * sizeof(int));
    for (size_t i = 0; i < c->handle_count; i++) {
        int fd = c->handles[i] > INT32_MAX ? -1 : (int)c->handles[i];
        memcpy(at + i * sizeof fd, &fd, sizeof fd);
    }
}

/* The IPv4 address to send from, which may be IPv4-mapped. NULL: any. */
static const uint8_t *local_inet(const struct xsock_control *c)
{
    if (c->local.family == XSOCK_AF_UNSPEC)
        return NULL;
    return c->local.family == XSOCK_AF_INET6 ? c->local.data + 12 : c->local.data;
}

static int put_info(struct msghdr *to, const struct xsock_control *c)
{
    const uint8_t *local = local_inet(c);
#ifdef IP_PKTINFO
    struct in_pktinfo info;
    memset(&info, 0, sizeof info);
#if defined(__APPLE__) || defined(__NetBSD__)
    info.ipi_ifindex = c->interface_index;
#else
    info.ipi_ifindex = (int)c->interface_index;
#endif
    if (local != NULL)
        memcpy(&info.ipi_spec_dst, local, 4);
    xsock__posix_add_control(to, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    return 0;
#else /* FreeBSD: the address only */
    if (c->interface_index != 0)
        return EOPNOTSUPP;
    if (local != NULL)
        xsock__posix_add_control(to, IPPROTO_IP, IP_SENDSRCADDR, local, 4);
    return 0;
#endif
}

static void put_info6(struct msghdr *to, const struct xsock_control *c)
{
    struct in6_pktinfo info;
    memset(&info, 0, sizeof info);
    info.ipi6_ifindex = c->interface_index != 0 ? c->interface_index : c->local.scope;
    if (c->local.family == XSOCK_AF_INET6)
        memcpy(&info.ipi6_addr, c->local.data, 16);
    xsock__posix_add_control(to, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
}

static void put_tos(struct msghdr *to, const struct xsock_control *c, bool six)
{
    const octet four = (octet)c->tos;
    const int value = c->tos;
    if (six)
        xsock__posix_add_control(to, IPPROTO_IPV6, IPV6_TCLASS, &value, sizeof value);
    else
        xsock__posix_add_control(to, IPPROTO_IP, IP_TOS, &four, sizeof four);
}

/* FreeBSD has no hop limit for one IPv4 packet (udp_send: ENOPROTOOPT). */
static int put_hop_limit(struct msghdr *to, const struct xsock_control *c, bool six)
{
    const int value = c->hop_limit;
    if (six) {
        xsock__posix_add_control(to, IPPROTO_IPV6, IPV6_HOPLIMIT, &value, sizeof value);
        return 0;
    }
#ifdef __FreeBSD__
    return EOPNOTSUPP;
#else
    xsock__posix_add_control(to, IPPROTO_IP, IP_TTL, &value, sizeof value);
    return 0;
#endif
}

int xsock__posix_put_control(struct msghdr *to, const struct xsock__sys_msg *m)
{
    const struct xsock_control *c = m->control;
    bool six = m->af == XSOCK_AF_INET6;
    int code = 0;
    to->msg_controllen = 0;
    if (c->has & XSOCK_CONTROL_HANDLES)
        put_handles(to, c);
    if ((c->has & XSOCK_CONTROL_PKTINFO) && six)
        put_info6(to, c);
    else if (c->has & XSOCK_CONTROL_PKTINFO)
        code = put_info(to, c);
    if (c->has & XSOCK_CONTROL_TOS)
        put_tos(to, c, six);
    if (code == 0 && (c->has & XSOCK_CONTROL_HOP_LIMIT))
        code = put_hop_limit(to, c, six);
    return code;
}

/* ---- From the system ------------------------------------------------------------------------- */

static size_t data_size(const struct cmsghdr *c)
{
    return (size_t)c->cmsg_len - (size_t)CMSG_LEN(0);
}

/* Reads the record's first bytes. A record may be shorter than they are: a system cuts the last one
 * to the room that is left. Such a record is as good as none. */
static bool get_bytes(struct cmsghdr *c, void *out, size_t size)
{
    if (data_size(c) < size)
        return false;
    memcpy(out, CMSG_DATA(c), size);
    return true;
}

/* Reads a byte or an int, whichever this system gives. */
static bool get_octet(struct cmsghdr *c, int *out)
{
    unsigned char byte;
    if (get_bytes(c, out, sizeof *out))
        return true;
    if (!get_bytes(c, &byte, sizeof byte))
        return false;
    *out = byte;
    return true;
}

static void get_tos(struct cmsghdr *c, struct xsock_control *to)
{
    if (get_octet(c, &to->tos))
        to->has |= XSOCK_CONTROL_TOS;
}

static void get_hop_limit(struct cmsghdr *c, struct xsock_control *to)
{
    if (get_octet(c, &to->hop_limit))
        to->has |= XSOCK_CONTROL_HOP_LIMIT;
}

static void get_handles(struct cmsghdr *c, struct xsock__sys_msg *m, bool cloexec)
{
    struct xsock_control *to = m->control;
    size_t count = data_size(c) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
        int fd;
        memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
        if (to == NULL || to->handle_count >= to->handle_capacity) {
            close(fd);
            fd = -1;
        }
        fd = xsock__posix_move_up(fd);
        if (fd < 0) {
            m->flags |= XSOCK_MSG_CTRUNC;
            continue;
        }
#ifdef MSG_CMSG_CLOEXEC
        /* they arrive close-on-exec, so that no program inherits a handle that will be closed */
        if (!cloexec)
            (void)xsock__sys_set_cloexec((uintptr_t)fd, false);
#else
        (void)xsock__sys_set_cloexec((uintptr_t)fd, cloexec);
#endif
        to->handles[to->handle_count++] = (uintptr_t)fd;
        to->has |= XSOCK_CONTROL_HANDLES;
    }
}

static void got_address(struct xsock_control *to, int af, const void *bytes, size_t size)
{
    memset(&to->local, 0, sizeof to->local);
    to->local.family = af;
    to->local.length = (uint32_t)size;
    memcpy(to->local.data, bytes, size);
    to->has |= XSOCK_CONTROL_PKTINFO;
}

static void get_ip(struct cmsghdr *c, struct xsock_control *to)
{
#ifdef IP_PKTINFO
    struct in_pktinfo info;
    if (c->cmsg_type == IP_PKTINFO && get_bytes(c, &info, sizeof info)) {
        got_address(to, XSOCK_AF_INET, &info.ipi_addr, 4);
        to->interface_index = (uint32_t)info.ipi_ifindex;
    }
#endif
#ifdef IP_RECVDSTADDR
    unsigned char address[4];
    if (c->cmsg_type == IP_RECVDSTADDR && get_bytes(c, address, sizeof address))
        got_address(to, XSOCK_AF_INET, address, sizeof address);
#endif
#if defined(IP_RECVIF) && !defined(__linux__)
    /* the record ends where the interface's name does */
    struct sockaddr_dl link;
    const size_t index_end = offsetof(struct sockaddr_dl, sdl_index) + sizeof link.sdl_index;
    if (c->cmsg_type == IP_RECVIF && get_bytes(c, &link, index_end))
        to->interface_index = link.sdl_index;
#endif
    bool is_tos = c->cmsg_type == IP_TOS, is_ttl = c->cmsg_type == IP_TTL;
#if !defined(__linux__) && defined(IP_RECVTOS)
    is_tos = is_tos || c->cmsg_type == IP_RECVTOS;
#endif
#ifndef __linux__
    is_ttl = is_ttl || c->cmsg_type == IP_RECVTTL;
#endif
    if (is_tos)
        get_tos(c, to);
    else if (is_ttl)
        get_hop_limit(c, to);
}

static void get_ip6(struct cmsghdr *c, struct xsock_control *to)
{
    struct in6_pktinfo info;
    if (c->cmsg_type == IPV6_PKTINFO && get_bytes(c, &info, sizeof info)) {
        got_address(to, XSOCK_AF_INET6, &info.ipi6_addr, 16);
        to->interface_index = info.ipi6_ifindex;
        if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
            to->local.scope = info.ipi6_ifindex;
    } else if (c->cmsg_type == IPV6_TCLASS) {
        get_tos(c, to);
    } else if (c->cmsg_type == IPV6_HOPLIMIT) {
        get_hop_limit(c, to);
    }
}

/* FreeBSD tells the address and the interface in two records, so both are set to zero first. */
static void clear(struct xsock_control *c)
{
    if (c == NULL)
        return;
    c->has = 0;
    c->handle_count = 0;
    c->interface_index = 0;
}

/* The record at this offset, or NULL at the end: if the rest is too short for one, or the record
 * says that it is longer than the rest, or shorter than its own head. CMSG_NXTHDR does not look at
 * the length of the record that it returns. */
static struct cmsghdr *record_at(const struct msghdr *m, size_t at)
{
    const size_t end = (size_t)m->msg_controllen;
    if (m->msg_control == NULL || at > end || end - at < sizeof(struct cmsghdr))
        return NULL;
    struct cmsghdr *c = (struct cmsghdr *)(void *)((unsigned char *)m->msg_control + at);
    return c->cmsg_len >= CMSG_LEN(0) && (size_t)c->cmsg_len <= end - at ? c : NULL;
}

static struct cmsghdr *next_record(const struct msghdr *m, struct cmsghdr *c)
{
    size_t at = (size_t)((unsigned char *)c - (unsigned char *)m->msg_control);
    return record_at(m, at + (size_t)CMSG_SPACE(data_size(c)));
}

#ifdef UDP_GRO
static void get_segment(struct cmsghdr *c, struct xsock__sys_msg *m)
{
    int size;
    if (get_octet(c, &size) && size > 0)
        m->segment = (size_t)size;
}
#endif

void xsock__posix_get_control(struct msghdr *from, struct xsock__sys_msg *m, bool cloexec)
{
    m->segment = 0;
    clear(m->control);
    for (struct cmsghdr *c = record_at(from, 0); c != NULL; c = next_record(from, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
            get_handles(c, m, cloexec);
        else if (c->cmsg_level == IPPROTO_IP && m->control != NULL)
            get_ip(c, m->control);
        else if (c->cmsg_level == IPPROTO_IPV6 && m->control != NULL)
            get_ip6(c, m->control);
#ifdef UDP_GRO
        else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO)
            get_segment(c, m);
#endif
    }
}
