/* The cost of an event that a poller reports. Of 10 to 10,000 sockets, one or all are ready.
 * Nothing is received, so a ready socket stays ready, and no call waits. All sockets are ready
 * for sending, and one for receiving. All pollers watch the same sockets. */
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"
#include "pollers.h"
#include "raw.h"
#include "xsock.h"
#include "xsock_native.h"

/* A turn of libuv's loop asks up to 48 times for up to EVENTS events. A slice is a whole number of
 * turns. */
enum { EVENTS = 1024, TURN = 48 * EVENTS, SPARE = 200 };

/* ---- The sockets ----------------------------------------------------------------------------- */

struct crowd {
    int *d;             /* xsock's */
    uintptr_t *handles; /* the same, as the system has them */
    size_t count;
};

/* Sends a datagram to d, which nobody receives. */
static void make_ready(int d)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int from = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
    bench_must(from >= 0 && xsock_bind(d, &a) == 0 && xsock_local_addr(d, &a) == 0
                   && xsock_sendto(from, "x", 1, 0, &a) == 1,
               "a datagram");
    xsock_close(from);
}

static struct crowd gather(size_t count)
{
    struct crowd c = {calloc(count, sizeof *c.d), calloc(count, sizeof *c.handles), count};
    bench_must(c.d != NULL && c.handles != NULL, "memory");
    for (size_t i = 0; i < count; i++) {
        c.d[i] = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
        bench_must(c.d[i] >= 0 && xsock_native(c.d[i], &c.handles[i]) == 0, "xsock_open()");
    }
    make_ready(c.d[count / 2]);
    return c;
}

static void disperse(struct crowd *c)
{
    for (size_t i = 0; i < c->count; i++)
        xsock_close(c->d[i]);
    free(c->d);
    free(c->handles);
}

/* ---- xsock's and the system's ---------------------------------------------------------------- */

struct poller {
    int p;
    /* Below 0: a wait returned more events than were asked for. They count for the next run. */
    long left;
    struct xsock_event events[EVENTS];
};

static struct poller *xsock_poller(const struct crowd *c, bool for_sending)
{
    struct poller *x = calloc(1, sizeof *x);
    bench_must(x != NULL && (x->p = xsock_poller_open(XSOCK_SOCK_CLOEXEC)) >= 0,
               "xsock_poller_open()");
    for (size_t i = 0; i < c->count; i++)
        bench_must(xsock_poller_ctl(x->p, XSOCK_POLLER_ADD, c->d[i],
                                    for_sending ? XSOCK_POLLER_OUT : XSOCK_POLLER_IN, i)
                       == 0,
                   "xsock_poller_ctl()");
    return x;
}

static void xsock_events(void *poller, long n)
{
    struct poller *x = poller;
    for (x->left += n; x->left > 0;) {
        int k = xsock_poller_wait(x->p, x->events, EVENTS, -1);
        bench_must(k > 0, "xsock_poller_wait()");
        x->left -= k;
    }
}

static void *raw_open(const uintptr_t *handles, size_t count, bool for_sending)
{
    return raw_poller_open(handles, count, for_sending);
}

static void raw_shut(void *poller)
{
    raw_poller_close(poller);
}

static const struct poller_kind poller_raw = {"raw", NULL, raw_open, raw_poller_events, raw_shut};

static const struct poller_kind *const kinds[] = {
    &poller_raw,
#ifdef BENCH_LIBUV
    &poller_libuv,
#endif
#ifdef BENCH_LIBEVENT
    &poller_libevent,
#endif
};

/* ---- The questions --------------------------------------------------------------------------- */

static void compare(const struct crowd *c, bool all)
{
    enum { OTHERS = sizeof kinds / sizeof *kinds };
    struct bench_variant v[OTHERS + 1];
    void *others[OTHERS];
    long group = !all ? 1 : c->count < EVENTS ? (long)c->count : TURN;
    struct poller *x = xsock_poller(c, all);
    char parameter[48];
    for (size_t i = 0; i < OTHERS; i++) {
        others[i] = kinds[i]->open(c->handles, c->count, all);
        v[i] = (struct bench_variant){kinds[i]->name, kinds[i]->events, others[i]};
    }
    v[OTHERS] = (struct bench_variant){"xsock", xsock_events, x};
    snprintf(parameter, sizeof parameter, "%u, %s ready", (unsigned)c->count, all ? "all" : "one");
    bench_compare("poller", parameter, BENCH_OWN, group, v, OTHERS + 1);
    for (size_t i = 0; i < OTHERS; i++)
        kinds[i]->close(others[i]);
    xsock_close(x->p);
    free(x);
}

static void measure(size_t count)
{
    if (!bench_wants((long)count))
        return;
    if (!machine_allow_handles(count + SPARE)) {
        bench_note(
            "too many sockets for this process (ulimit -n): a poller with that many is left out");
        return;
    }
    struct crowd c = gather(count);
    compare(&c, false);
    compare(&c, true);
    disperse(&c);
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    libraries_start();
    measure(10);
    measure(100);
    measure(1000);
    measure(10000);
    return 0;
}
