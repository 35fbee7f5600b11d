/* Before any header: sendmmsg() and recvmmsg() need it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <netinet/in.h>
#ifdef __linux__
#include <netinet/udp.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "raw.h"

#if defined(__linux__) || defined(__FreeBSD__)
#define HAS_BATCH 1
#else
#define HAS_BATCH 0
#endif

#ifdef __linux__
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#endif

struct raw_udp {
    int from, to;
    size_t size;
    char *data; /* BATCH times size */
#if HAS_BATCH
    struct mmsghdr messages[BATCH];
    struct iovec pieces[BATCH];
#endif
    char *joined; /* BUFFERS times JOINED, or NULL if nothing is joined */
};

static void connect_them(struct raw_udp *u)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    u->from = (int)raw_open_udp();
    u->to = (int)raw_open_udp();
    bench_must(bind(u->to, (struct sockaddr *)&a, sizeof a) == 0
                   && getsockname(u->to, (struct sockaddr *)&a, &size) == 0
                   && connect(u->from, (struct sockaddr *)&a, sizeof a) == 0,
               "a UDP socket connected to another");
}

struct raw_udp *raw_udp_open(size_t size)
{
    struct raw_udp *u = calloc(1, sizeof *u);
    bench_must(u != NULL && (u->data = calloc(BATCH, size)) != NULL, "memory");
    u->size = size;
    connect_them(u);
#if HAS_BATCH
    for (size_t i = 0; i < BATCH; i++) {
        u->pieces[i] = (struct iovec){u->data + i * size, size};
        u->messages[i].msg_hdr.msg_iov = &u->pieces[i];
        u->messages[i].msg_hdr.msg_iovlen = 1;
    }
#endif
    return u;
}

void raw_udp_close(struct raw_udp *u)
{
    raw_close((uintptr_t)u->from);
    raw_close((uintptr_t)u->to);
    free(u->data);
    free(u->joined);
    free(u);
}

void raw_udp_singly(void *udp, long n)
{
    struct raw_udp *u = udp;
    for (long done = 0; done < n; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++)
            bench_must(send(u->from, u->data + i * u->size, u->size, 0) == (ssize_t)u->size,
                       "send()");
        for (size_t i = 0; i < BATCH; i++)
            bench_must(recv(u->to, u->data + i * u->size, u->size, 0) == (ssize_t)u->size,
                       "recv()");
    }
}

bool raw_udp_has_many(void)
{
    return HAS_BATCH;
}

void raw_udp_many(void *udp, long n)
{
#if HAS_BATCH
    struct raw_udp *u = udp;
    for (long done = 0; done < n; done += BATCH) {
        unsigned got = 0;
        bench_must(sendmmsg(u->from, u->messages, BATCH, 0) == BATCH, "sendmmsg()");
        while (got < BATCH) {
            int k = (int)recvmmsg(u->to, u->messages + got, BATCH - got, MSG_WAITFORONE, NULL);
            bench_must(k > 0, "recvmmsg()");
            got += (unsigned)k;
        }
    }
#else
    raw_udp_singly(udp, n);
#endif
}

/* ---- Cut apart and joined by the system ------------------------------------------------------ */

#ifdef __linux__
bool raw_udp_join(struct raw_udp *u)
{
    int on = 1, size;
    socklen_t length = sizeof size;
    u->joined = calloc(BUFFERS, JOINED);
    bench_must(u->joined != NULL, "memory");
    return getsockopt(u->from, IPPROTO_UDP, UDP_SEGMENT, &size, &length) == 0
           && setsockopt(u->to, IPPROTO_UDP, UDP_GRO, &on, sizeof on) == 0;
}

union control_buffer {
    size_t alignment;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static void send_cut(struct raw_udp *u)
{
    union control_buffer control;
    const uint16_t size = (uint16_t)u->size;
    struct msghdr m = {.msg_iov = u->pieces, .msg_iovlen = BATCH, .msg_control = control.bytes};
    struct cmsghdr *c = (struct cmsghdr *)(void *)control.bytes;
    m.msg_controllen = CMSG_SPACE(sizeof size);
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(c), &size, sizeof size);
    bench_must(sendmsg(u->from, &m, 0) == (ssize_t)(BATCH * u->size), "sendmsg()");
}

/* The size of each joined datagram, or 0 if the message is one datagram. */
static size_t segment_of(struct msghdr *m)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            return (size_t)size;
        }
    }
    return 0;
}

static unsigned receive_joined(struct raw_udp *u)
{
    struct mmsghdr messages[BUFFERS];
    struct iovec pieces[BUFFERS];
    union control_buffer controls[BUFFERS];
    unsigned got = 0;
    memset(messages, 0, sizeof messages);
    for (size_t i = 0; i < BUFFERS; i++) {
        pieces[i] = (struct iovec){u->joined + i * JOINED, JOINED};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_control = controls[i].bytes;
        messages[i].msg_hdr.msg_controllen = sizeof controls[i];
    }
    int n = recvmmsg(u->to, messages, BUFFERS, MSG_WAITFORONE, NULL);
    bench_must(n > 0, "recvmmsg()");
    for (int i = 0; i < n; i++) {
        size_t segment = segment_of(&messages[i].msg_hdr);
        got += count_segments(pieces[i].iov_base, messages[i].msg_len, segment, u->size);
    }
    return got;
}

void raw_udp_joined(void *udp, long n)
{
    for (long done = 0; done < n; done += BATCH) {
        unsigned got = 0;
        send_cut(udp);
        while (got < BATCH)
            got += receive_joined(udp);
    }
}

#else
bool raw_udp_join(struct raw_udp *u)
{
    (void)u;
    return false;
}

void raw_udp_joined(void *udp, long n)
{
    raw_udp_singly(udp, n);
}
#endif
