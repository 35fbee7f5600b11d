/* Control data of messages: struct cmsghdr, and what xsock has for it. */
#include "message.h"

#include <string.h>

#if defined(_WIN32)
struct cmsghdr *xsock_posix_cmsg_next(const struct msghdr *m, const struct cmsghdr *c)
{
    if (c == NULL)
        return CMSG_FIRSTHDR(m);
    const char *end = (const char *)m->msg_control + m->msg_controllen;
    size_t left = (size_t)(end - (const char *)c);
    if (c->cmsg_len < sizeof *c || left < CMSG_ALIGN(c->cmsg_len) + sizeof *c)
        return NULL;
    return (struct cmsghdr *)(uintptr_t)((const char *)c + CMSG_ALIGN(c->cmsg_len));
}
#endif

static int handles_in(const struct cmsghdr *c, uintptr_t *handles, struct xsock_control *out)
{
    size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    if (n > XSOCK_CONTROL_HANDLES_MAX - out->handle_count)
        return -XSOCK_EINVAL;
    for (size_t i = 0; i < n; i++) {
        int number;
        memcpy(&number, CMSG_DATA(c) + i * sizeof number, sizeof number);
        if (number < 0)
            return -XSOCK_EBADF;
        xsock_posix__show_mode(number);
        handles[out->handle_count++] = (uintptr_t)number; /* the kernel handle of any number */
    }
    out->handles = handles;
    out->has |= XSOCK_CONTROL_HANDLES;
    return 0;
}

/* Whether the header has that kind, and its data. */
static bool is_kind(const struct cmsghdr *c, int level, int type, void *out, size_t size)
{
    if (c->cmsg_level != level || c->cmsg_type != type || c->cmsg_len < CMSG_LEN(size))
        return false;
    memcpy(out, CMSG_DATA(c), size);
    return true;
}

static int one_in(const struct cmsghdr *c, uintptr_t *handles, struct xsock_control *out)
{
    int number;
    struct in6_pktinfo info6;
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        return handles_in(c, handles, out);
    unsigned char byte;
    if (c->cmsg_len == CMSG_LEN(sizeof byte)
        && is_kind(c, IPPROTO_IP, IP_TOS, &byte, sizeof byte)) {
        out->tos = byte; /* Linux takes it in the form that it tells it */
        out->has |= XSOCK_CONTROL_TOS;
        return 0;
    }
    if (is_kind(c, IPPROTO_IP, IP_TOS, &number, sizeof number)
        || is_kind(c, IPPROTO_IPV6, IPV6_TCLASS, &number, sizeof number)) {
        out->tos = number;
        out->has |= XSOCK_CONTROL_TOS;
        return 0;
    }
    if (is_kind(c, IPPROTO_IP, IP_TTL, &number, sizeof number)
        || is_kind(c, IPPROTO_IPV6, IPV6_HOPLIMIT, &number, sizeof number)) {
        out->hop_limit = number;
        out->has |= XSOCK_CONTROL_HOP_LIMIT;
        return 0;
    }
    if (is_kind(c, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof info6)) {
        uint8_t ip[16];
        memcpy(ip, &info6.ipi6_addr, sizeof ip);
        out->interface_index = info6.ipi6_ifindex;
        out->has |= XSOCK_CONTROL_PKTINFO;
        return xsock_addr_inet6(ip, 0, 0, &out->local);
    }
#ifdef IP_PKTINFO
    struct in_pktinfo info;
    if (is_kind(c, IPPROTO_IP, IP_PKTINFO, &info, sizeof info)) {
        uint8_t ip[4];
        memcpy(ip, &info.ipi_spec_dst, sizeof ip);
        out->interface_index = (uint32_t)info.ipi_ifindex;
        out->has |= XSOCK_CONTROL_PKTINFO;
        return xsock_addr_inet(ip, 0, &out->local);
    }
#endif
    /* Linux leaves the data of other levels to others. */
    bool is_ours = c->cmsg_level == SOL_SOCKET || c->cmsg_level == IPPROTO_IP
                   || c->cmsg_level == IPPROTO_IPV6 || c->cmsg_level == IPPROTO_UDP;
    return is_ours ? -XSOCK_EINVAL : 0;
}

/* CMSG_NXTHDR leaves out a record that is longer than the rest. The kernel refuses the record. */
int xsock_posix__control_in(const struct msghdr *m, uintptr_t *handles, struct xsock_control *out)
{
    memset(out, 0, sizeof *out);
    const size_t end = m->msg_control == NULL ? 0 : (size_t)m->msg_controllen;
    size_t at = 0;
    while (at < end && end - at >= sizeof(struct cmsghdr)) {
        const struct cmsghdr *c = (const struct cmsghdr *)((const char *)m->msg_control + at);
        if (c->cmsg_len < CMSG_LEN(0) || c->cmsg_len > end - at)
            return -XSOCK_EINVAL;
        int error = one_in(c, handles, out);
        if (error < 0)
            return error;
        at += CMSG_SPACE(c->cmsg_len - CMSG_LEN(0));
    }
    return 0;
}

/* Where control data is written. */
struct writer {
    char *next;
    size_t left;
    size_t written;
    bool is_cut;
};

static void put(struct writer *w, int level, int type, const void *data, size_t size)
{
    struct cmsghdr header;
    if (w->left < CMSG_LEN(size)) {
        w->is_cut = true;
        return;
    }
    memset(&header, 0, sizeof header);
    header.cmsg_len = (socklen_t)CMSG_LEN(size);
    header.cmsg_level = level;
    header.cmsg_type = type;
    memcpy(w->next, &header, sizeof header);
    memcpy(w->next + CMSG_LEN(0), data, size);
    size_t space = CMSG_SPACE(size) < w->left ? CMSG_SPACE(size) : w->left;
    w->next += space;
    w->left -= space;
    w->written += space;
}

static void put_handles(struct writer *w, const struct xsock_control *control)
{
    int numbers[XSOCK_CONTROL_HANDLES_MAX];
    for (size_t i = 0; i < control->handle_count; i++)
        numbers[i] = (int)control->handles[i];
    put(w, SOL_SOCKET, SCM_RIGHTS, numbers, control->handle_count * sizeof numbers[0]);
}

static void put_pktinfo(struct writer *w, const struct xsock_control *control)
{
    if (control->local.family == XSOCK_AF_INET6) {
        struct in6_pktinfo info6;
        memset(&info6, 0, sizeof info6);
        info6.ipi6_ifindex = control->interface_index;
        memcpy(&info6.ipi6_addr, control->local.data, sizeof info6.ipi6_addr);
        put(w, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof info6);
        return;
    }
#ifdef IP_PKTINFO
    struct in_pktinfo info;
    memset(&info, 0, sizeof info);
    /* An int, or an unsigned int in macOS. */
    memcpy(&info.ipi_ifindex, &control->interface_index, sizeof info.ipi_ifindex);
    memcpy(&info.ipi_addr, control->local.data, sizeof info.ipi_addr);
    memcpy(&info.ipi_spec_dst, control->local.data, sizeof info.ipi_spec_dst);
    put(w, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
#endif
}

/* The records come in the order that Linux has for both families. */
int xsock_posix__control_out(const struct xsock_control *control, int family, struct msghdr *m)
{
    bool is_inet6 = family == XSOCK_AF_INET6;
    struct writer w = {.next = m->msg_control, .left = (size_t)m->msg_controllen};
    if ((control->has & XSOCK_CONTROL_PKTINFO) != 0)
        put_pktinfo(&w, control);
    if ((control->has & XSOCK_CONTROL_HOP_LIMIT) != 0)
        put(&w, is_inet6 ? IPPROTO_IPV6 : IPPROTO_IP, is_inet6 ? IPV6_HOPLIMIT : IP_TTL,
            &control->hop_limit, sizeof control->hop_limit);
    if ((control->has & XSOCK_CONTROL_TOS) != 0) {
        /* Linux tells the TOS of IPv4 in one byte, and the traffic class as an int. */
        unsigned char tos = (unsigned char)control->tos;
        if (is_inet6)
            put(&w, IPPROTO_IPV6, IPV6_TCLASS, &control->tos, sizeof control->tos);
        else
            put(&w, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    }
    if ((control->has & XSOCK_CONTROL_HANDLES) != 0)
        put_handles(&w, control);
    m->msg_controllen = (socklen_t)w.written;
    return w.is_cut ? MSG_CTRUNC : 0;
}
