/* Control data to and from the system's records. */
#define __APPLE_USE_RFC_3542 1 /* macOS has IPV6_PKTINFO only with this macro */
#include "posix/message.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <netinet/udp.h>
#elif defined(IP_RECVIF)
#include <net/if_dl.h>
#endif

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

static int put_info(struct msghdr *to, const struct xsock_control *c)
{
#ifdef IP_PKTINFO
    struct in_pktinfo info;
    memset(&info, 0, sizeof info);
#ifdef __APPLE__
    info.ipi_ifindex = c->interface_index;
#else
    info.ipi_ifindex = (int)c->interface_index;
#endif
    if (c->local.family == XSOCK_AF_INET)
        memcpy(&info.ipi_spec_dst, c->local.data, 4);
    xsock__posix_add_control(to, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    return 0;
#else /* FreeBSD: the address only */
    if (c->interface_index != 0)
        return EOPNOTSUPP;
    if (c->local.family == XSOCK_AF_INET)
        xsock__posix_add_control(to, IPPROTO_IP, IP_SENDSRCADDR, c->local.data, 4);
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

/* A dual-stack socket sends by one of the two protocols, which ignores the control data of the
 * other. */
static void put_octet(struct msghdr *to, bool six, int type, int type6, int value)
{
    const octet four = (octet)value;
    xsock__posix_add_control(to, IPPROTO_IP, type, &four, sizeof four);
    if (six)
        xsock__posix_add_control(to, IPPROTO_IPV6, type6, &value, sizeof value);
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
        put_octet(to, six, IP_TOS, IPV6_TCLASS, c->tos);
    if (c->has & XSOCK_CONTROL_HOP_LIMIT)
        put_octet(to, six, IP_TTL, IPV6_HOPLIMIT, c->hop_limit);
    return code;
}

/* ---- From the system ------------------------------------------------------------------------- */

static size_t data_size(const struct cmsghdr *c)
{
    return (size_t)c->cmsg_len - (size_t)CMSG_LEN(0);
}

/* Reads a byte or an int, whichever this system gives. */
static int get_octet(struct cmsghdr *c)
{
    int value = 0;
    if (data_size(c) < sizeof value)
        return *CMSG_DATA(c);
    memcpy(&value, CMSG_DATA(c), sizeof value);
    return value;
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
    if (c->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        got_address(to, XSOCK_AF_INET, &info.ipi_addr, 4);
        to->interface_index = (uint32_t)info.ipi_ifindex;
    }
#endif
#ifdef IP_RECVDSTADDR
    if (c->cmsg_type == IP_RECVDSTADDR)
        got_address(to, XSOCK_AF_INET, CMSG_DATA(c), 4);
#endif
#if defined(IP_RECVIF) && !defined(__linux__)
    if (c->cmsg_type == IP_RECVIF) {
        struct sockaddr_dl link;
        size_t size = data_size(c) < sizeof link ? data_size(c) : sizeof link;
        memset(&link, 0, sizeof link);
        memcpy(&link, CMSG_DATA(c), size);
        to->interface_index = link.sdl_index;
    }
#endif
    bool is_tos = c->cmsg_type == IP_TOS, is_ttl = c->cmsg_type == IP_TTL;
#ifndef __linux__
    is_tos = is_tos || c->cmsg_type == IP_RECVTOS;
    is_ttl = is_ttl || c->cmsg_type == IP_RECVTTL;
#endif
    if (is_tos) {
        to->tos = get_octet(c);
        to->has |= XSOCK_CONTROL_TOS;
    } else if (is_ttl) {
        to->hop_limit = get_octet(c);
        to->has |= XSOCK_CONTROL_HOP_LIMIT;
    }
}

static void get_ip6(struct cmsghdr *c, struct xsock_control *to)
{
    if (c->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        got_address(to, XSOCK_AF_INET6, &info.ipi6_addr, 16);
        to->interface_index = info.ipi6_ifindex;
        if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
            to->local.scope = info.ipi6_ifindex;
    } else if (c->cmsg_type == IPV6_TCLASS) {
        to->tos = get_octet(c);
        to->has |= XSOCK_CONTROL_TOS;
    } else if (c->cmsg_type == IPV6_HOPLIMIT) {
        to->hop_limit = get_octet(c);
        to->has |= XSOCK_CONTROL_HOP_LIMIT;
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

/* Does what CMSG_NXTHDR does. musl's macro causes compiler warnings. */
static struct cmsghdr *next_header(struct msghdr *m, struct cmsghdr *c)
{
    size_t size = (size_t)CMSG_SPACE(data_size(c));
    size_t at = (size_t)((unsigned char *)c - (unsigned char *)m->msg_control) + size;
    if (at + sizeof *c > (size_t)m->msg_controllen)
        return NULL;
    return (struct cmsghdr *)(void *)((unsigned char *)m->msg_control + at);
}

void xsock__posix_get_control(struct msghdr *from, struct xsock__sys_msg *m, bool cloexec)
{
    m->segment = 0;
    clear(m->control);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(from); c != NULL; c = next_header(from, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
            get_handles(c, m, cloexec);
        else if (c->cmsg_level == IPPROTO_IP && m->control != NULL)
            get_ip(c, m->control);
        else if (c->cmsg_level == IPPROTO_IPV6 && m->control != NULL)
            get_ip6(c, m->control);
#ifdef UDP_GRO
        else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO)
            m->segment = (size_t)get_octet(c);
#endif
    }
}
