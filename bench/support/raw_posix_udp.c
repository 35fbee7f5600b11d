/* Before any header: sendmmsg and recvmmsg. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <netinet/in.h>
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

struct raw_udp {
    int from, to;
    size_t size;
    char *data; /* BATCH times size */
#if HAS_BATCH
    struct mmsghdr messages[BATCH];
    struct iovec pieces[BATCH];
#endif
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
