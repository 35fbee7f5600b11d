/* Random steps: what moves data, waits, and looks names up. */
#include "random.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* One of a few flags, now and then. */
static int maybe(unsigned one_in, int flag)
{
    return pick(one_in) == 0 ? flag : 0;
}

static int pick_recv_flags(void)
{
    return maybe(3, XSOCK_MSG_DONTWAIT) | maybe(8, XSOCK_MSG_PEEK) | maybe(6, XSOCK_MSG_WAITALL)
           | maybe(30, XSOCK_MSG_OOB) | maybe(30, XSOCK_MSG_TRUNC);
}

static int pick_send_flags(void)
{
    return maybe(3, XSOCK_MSG_DONTWAIT) | maybe(8, XSOCK_MSG_NOSIGNAL) | maybe(30, XSOCK_MSG_OOB)
           | maybe(30, XSOCK_MSG_MORE);
}

/* ---- Data ------------------------------------------------------------------------------------ */

static void send_one(int d)
{
    size_t n = pick_length();
    int flags = pick_send_flags();
    CALL(UNTIL_ENDED, send, (d, me->buffer[0], n, flags), d, n, flags);
}

static void sendto_one(int d)
{
    size_t n = pick_length();
    int flags = pick_send_flags();
    struct xsock_addr a;
    pick_address(&a);
    CALL(UNTIL_ENDED, sendto, (d, me->buffer[0], n, flags, &a), d, n, flags);
}

static void recv_one(int d)
{
    size_t n = pick_length();
    int flags = pick_recv_flags();
    struct xsock_addr a;
    int64_t got = pick(4) == 0
                      ? CALL(UNTIL_ENDED, recvfrom, (d, me->buffer[0], n, flags, &a), d, n, flags)
                      : CALL(UNTIL_ENDED, recv, (d, me->buffer[0], n, flags), d, n, flags);
    if (got > (int64_t)n && (flags & XSOCK_MSG_TRUNC) == 0)
        find("%lld bytes were received into %d", (long long)got, (int)n);
}

static void fill_vectors(struct xsock_vec *v)
{
    for (int i = 0; i < BUFFERS; i++)
        v[i] = (struct xsock_vec){me->buffer[i], pick_length()};
}

static void sendmsg_one(int d)
{
    struct xsock_vec v[BUFFERS];
    struct xsock_control control = {
        .has = XSOCK_CONTROL_HANDLES, .handles = &system_file, .handle_count = 1};
    struct xsock_msg m = {.vec = v, .vec_count = pick(BUFFERS + 1)};
    int flags = pick_send_flags();
    fill_vectors(v);
    if (pick(4) == 0)
        m.control = &control;
    CALL(UNTIL_ENDED, sendmsg, (d, &m, flags), d, m.vec_count, flags);
}

static void recvmsg_one(int d)
{
    uintptr_t handles[4];
    struct xsock_vec v[BUFFERS];
    struct xsock_addr a;
    struct xsock_control control = {.handles = handles, .handle_capacity = pick(4)};
    struct xsock_msg m = {.vec = v, .vec_count = pick(BUFFERS + 1), .control = &control};
    int flags = pick_recv_flags() | XSOCK_MSG_CMSG_CLOEXEC;
    fill_vectors(v);
    m.addr = pick(2) != 0 ? &a : NULL;
    if (CALL(UNTIL_ENDED, recvmsg, (d, &m, flags), d, m.vec_count, flags) >= 0
        && (control.has & XSOCK_CONTROL_HANDLES) != 0)
        for (size_t i = 0; i < control.handle_count; i++)
            system_close(handles[i]);
}

static void batch_one(int d)
{
    struct xsock_dgram v[BUFFERS] = {{0}};
    size_t n = pick(BUFFERS + 1);
    int flags = maybe(3, XSOCK_MSG_DONTWAIT);
    for (int i = 0; i < BUFFERS; i++) {
        v[i].base = me->buffer[i];
        v[i].len = pick_length();
    }
    if (pick(2) != 0)
        CALL(UNTIL_ENDED, send_batch, (d, v, n, flags), d, n, flags);
    else
        CALL(UNTIL_ENDED, recv_batch, (d, v, n, flags), d, n, flags);
}

static void sendfile_one(int d)
{
    uint64_t offset = pick(3) * UINT64_C(50000);
    size_t n = pick_length();
    CALL(UNTIL_ENDED, sendfile, (d, system_file, offset, n), d, offset, n);
}

void data_step(void)
{
    static void (*const steps[])(int d) = {
        send_one, send_one, send_one,    sendto_one,  recv_one,    recv_one,  recv_one,
        recv_one, recv_one, sendmsg_one, sendmsg_one, recvmsg_one, batch_one, sendfile_one,
    };
    int d = pick_number();
    steps[pick(COUNT(steps))](d);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static void poll_some(void)
{
    struct xsock_pollfd v[4];
    size_t n = 1 + pick(COUNT(v));
    int64_t timeout = pick_time(), named = 0;
    bool ends = false; /* a closed descriptor ends a wait without a timeout */
    for (size_t i = 0; i < n; i++) {
        int d = pick(6) != 0 ? FIRST + (int)pick(SPAN) : -1;
        v[i] = (struct xsock_pollfd){.fd = d, .events = (short)pick(8)};
        ends = ends || d >= 0;
    }
    if (!ends && timeout < 0)
        timeout = 0;
    int64_t found = CALL(timeout, poll, (v, n, timeout), v[0].fd, n, timeout);
    for (size_t i = 0; i < n; i++)
        named += v[i].revents != 0;
    if (found >= 0 && found != named)
        find("xsock_poll() returned %d, and %d descriptors have events", (int)found, (int)named);
}

static int open_poller(void)
{
    return (int)CALL(AT_ONCE, poller_open, (0), 0, 0, 0);
}

/* Mostly the number of a poller. */
static int pick_poller(void)
{
    int p = pick_number();
    for (int i = 0; i < 10 && CALL(AT_ONCE, poller_wake, (p), p, 0, 0) != 0; i++)
        p = pick_number();
    return p;
}

/* The data of a member is its number. */
static void watch_one(void)
{
    int p = pick_poller(), op = (int)pick(3), d = pick_number();
    uint32_t events = pick(16) | (pick(3) == 0 ? (uint32_t)XSOCK_POLLER_ET : 0)
                      | (pick(3) == 0 ? (uint32_t)XSOCK_POLLER_ONESHOT : 0);
    CALL(AT_ONCE, poller_ctl, (p, op, d, events, (uint64_t)d), p, d, events);
}

static void wait_one(void)
{
    struct xsock_event v[8];
    int p = pick_poller();
    size_t n = 1 + pick(COUNT(v));
    int64_t timeout = pick_time();
    /* pick_poller() or another thread wakes the poller, and the wait then ends early with 0. */
    int64_t limit = timeout > 0 ? UNTIL_ENDED : timeout;
    int64_t found = CALL(limit, poller_wait, (p, v, n, timeout), p, n, timeout);
    if (found > (int64_t)n)
        find("xsock_poller_wait() returned %d events of %d", (int)found, (int)n);
    for (int64_t i = 0; i < found; i++)
        if (v[i].events == 0 || v[i].data != (uint64_t)v[i].fd)
            find("an event of %d has the bits %#x and the data %llu", v[i].fd,
                 (unsigned)v[i].events, (unsigned long long)v[i].data);
}

static void set_deadline(void)
{
    enum { BOTH = XSOCK_DEADLINE_RECV | XSOCK_DEADLINE_SEND };
    int d = pick_number(), which = 1 + (int)pick(BOTH);
    int64_t at = pick(3) == 0 ? -1 : pick(2) != 0 ? xsock_now() + pick_time() : 0;
    int64_t told;
    CALL(AT_ONCE, set_deadline, (d, which, at), d, which, at);
    CALL(AT_ONCE, get_deadline, (d, which, &told), d, which, 0);
    if (pick(4) != 0) /* otherwise most calls would end at once */
        CALL(AT_ONCE, set_deadline, (d, BOTH, -1), d, BOTH, 0);
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* Nothing of these is asked of a name server. */
static const char *pick_host(void)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", "127.0.0.1", NULL};
    return hosts[pick(COUNT(hosts))];
}

static void begin_look_up(void)
{
    int type = pick(3) != 0 ? XSOCK_SOCK_STREAM : 0;
    CALL(AT_ONCE, resolve_begin, (pick_host(), "80", 0, type, 0), type, 0, 0);
}

/* Takes the answer of the first look-up that has one. */
static void end_look_up(void)
{
    struct xsock_addr v[4];
    size_t n = pick(COUNT(v) + 1);
    for (int d = FIRST; d < FIRST + SPAN; d++)
        if (CALL(AT_ONCE, resolve_end, (d, v, n), d, n, 0) >= 0)
            return;
}

static void look_up(void)
{
    struct xsock_addr v[4];
    char host[80], service[20];
    int flags = XSOCK_NI_NUMERICHOST | XSOCK_NI_NUMERICSERV;
    CALL(AT_ONCE, resolve, (pick_host(), "80", 0, 0, 0, v, COUNT(v)), 0, 0, 0);
    pick_address(&v[0]);
    CALL(AT_ONCE, reverse, (&v[0], host, sizeof host, service, sizeof service, flags), v[0].family,
         0, 0);
    CALL(AT_ONCE, get_lookup_threads, (), 0, 0, 0);
    CALL(AT_ONCE, set_lookup_threads, (1 + (int)pick(3)), 0, 0, 0);
}

static void host_one(void)
{
    struct xsock_addr a;
    char service[12];
    pick_address(&a);
    if (pick(2) != 0) {
        CALL(AT_ONCE, listen_host, ("127.0.0.1", "0", 5), 0, 0, 0);
        return;
    }
    int n = 0;
    for (uint32_t left = a.port % 65536, unit = 10000; unit > 0; left %= unit, unit /= 10)
        service[n++] = (char)('0' + left / unit);
    service[n] = 0;
    CALL(UNTIL_ENDED, connect_host, ("127.0.0.1", service, 50 * MS), a.port, 0, 0);
}

void wait_step(void)
{
    static void (*const steps[])(void) = {
        poll_some, poll_some,     poll_some,   watch_one, watch_one, watch_one,    wait_one,
        wait_one,  begin_look_up, end_look_up, look_up,   host_one,  set_deadline,
    };
    if (pick(12) == 0)
        (void)open_poller();
    else
        steps[pick(COUNT(steps))]();
}
