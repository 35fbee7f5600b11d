/* Datagrams and WSAPoll, by Winsock. */
#include "raw.h"

#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <ws2tcpip.h>

#include <stdlib.h>

/* ---- Datagrams ------------------------------------------------------------------------------- */

struct raw_udp {
    SOCKET from, to;
    size_t size;
    char *data; /* BATCH times size */
};

struct raw_udp *raw_udp_open(size_t size)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    int length = sizeof a;
    struct raw_udp *u = calloc(1, sizeof *u);
    bench_must(u != NULL && (u->data = calloc(BATCH, size)) != NULL, "memory");
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    u->size = size;
    u->from = (SOCKET)raw_open_udp();
    u->to = (SOCKET)raw_open_udp();
    bench_must(bind(u->to, (struct sockaddr *)&a, sizeof a) == 0
                   && getsockname(u->to, (struct sockaddr *)&a, &length) == 0
                   && connect(u->from, (struct sockaddr *)&a, sizeof a) == 0,
               "a UDP socket connected to another");
    return u;
}

void raw_udp_close(struct raw_udp *u)
{
    closesocket(u->from);
    closesocket(u->to);
    free(u->data);
    free(u);
}

void raw_udp_singly(void *udp, long n)
{
    struct raw_udp *u = udp;
    int size = (int)u->size;
    for (long done = 0; done < n; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++)
            bench_must(send(u->from, u->data + i * u->size, size, 0) == size, "send()");
        for (size_t i = 0; i < BATCH; i++)
            bench_must(recv(u->to, u->data + i * u->size, size, 0) == size, "recv()");
    }
}

bool raw_udp_has_many(void)
{
    return false;
}

void raw_udp_many(void *udp, long n)
{
    raw_udp_singly(udp, n);
}

bool raw_udp_join(struct raw_udp *u)
{
    (void)u;
    return false;
}

void raw_udp_joined(void *udp, long n)
{
    raw_udp_singly(udp, n);
}

/* ---- WSAPoll --------------------------------------------------------------------------------- */

struct raw_poller {
    ULONG count;
    long left; /* events that are still to come; below 0 if too many came */
    WSAPOLLFD *v;
};

struct raw_poller *raw_poller_open(const uintptr_t *handles, size_t count, bool for_sending)
{
    struct raw_poller *p = calloc(1, sizeof *p);
    bench_must(p != NULL && (p->v = calloc(count, sizeof *p->v)) != NULL, "memory");
    p->count = (ULONG)count;
    for (size_t i = 0; i < count; i++)
        p->v[i] =
            (WSAPOLLFD){.fd = (SOCKET)handles[i], .events = for_sending ? POLLWRNORM : POLLRDNORM};
    return p;
}

void raw_poller_close(struct raw_poller *p)
{
    free(p->v);
    free(p);
}

void raw_poller_add(struct raw_poller *p, uintptr_t handle)
{
    (void)p;
    (void)handle;
}

void raw_poller_events(void *poller, long n)
{
    struct raw_poller *p = poller;
    for (p->left += n; p->left > 0;) {
        int k = WSAPoll(p->v, p->count, -1);
        bench_must(k > 0, "WSAPoll()");
        p->left -= k;
    }
}
