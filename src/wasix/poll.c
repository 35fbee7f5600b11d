/* poll_oneoff waits for clocks, descriptors of xsock and descriptors of the engine together.
 *
 *   - Absolute times of the monotonic clock are times of the system's clock: CLOCK_MONOTONIC, or
 *     on Windows the performance counter in nanoseconds. The engine's clock_time_get must use
 *     the same clock.
 *   - For a descriptor that is ready for writing, the event says 1 byte, because no system
 *     reports how many bytes can be written.
 *   - A connect that has failed is reported as ready. SO_ERROR then gives the error. */
#include <limits.h>
#include <string.h>

#include "call/call.h"
#include "wait/poll.h"
#include "wait/wait.h"
#include "wasix/file.h"

/* The layout of a subscription and of an event in the guest's memory. */
enum {
    SUBSCRIPTION = 48,
    USERDATA = 0,
    TAG = 8,
    FD = 16,
    CLOCK_ID = 16,
    TIMEOUT = 24,
    CLOCK_FLAGS = 40
};
enum { EVENT = 32, ERROR = 8, TYPE = 10, BYTES = 16, FLAGS = 24 };
enum { CLOCK = 0, FD_READ = 1, FD_WRITE = 2 };
enum { REALTIME = 0, MONOTONIC = 1, THREAD_CPU = 3 };
enum { ABSTIME = 1, HANGUP = 1 };

/* One subscription and its result. */
struct sub {
    uint64_t userdata, bytes;
    int64_t due; /* for a clock */
    int number;  /* for a descriptor */
    int error;   /* below 0 if the event reports an error */
    unsigned char tag;
    bool wall; /* due is a time of day */
    bool engines;
    bool ready, hangup;
};

struct oneoff {
    const struct xsock__wasix_call *c;
    size_t n;
    struct sub *subs;
    /* One for each subscription. fd is -1 if xsock does not poll for that subscription. */
    struct xsock_pollfd *fds;
    size_t descriptors, ours, engines;
    int64_t now; /* when the call began */
};

/* ---- Subscriptions --------------------------------------------------------------------------- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int read_clock(struct oneoff *o, struct sub *s, const unsigned char *p)
{
    uint32_t id = xsock__wasix_get32(p + CLOCK_ID);
    uint64_t timeout = xsock__wasix_get64(p + TIMEOUT);
    unsigned flags = xsock__wasix_get16(p + CLOCK_FLAGS);
    if ((flags & ~(unsigned)ABSTIME) != 0 || id > THREAD_CPU)
        return -XSOCK_EINVAL;
    if (id != REALTIME && id != MONOTONIC)
        return -XSOCK_ENOTSUP; /* times of processes and threads: nothing can wait for these */
    bool absolute = (flags & ABSTIME) != 0;
    int64_t base = absolute ? 0 : o->now;
    s->wall = absolute && id == REALTIME;
    s->due = timeout > (uint64_t)(INT64_MAX - base) ? INT64_MAX : base + (int64_t)timeout;
    return 0;
}

/* A wrong descriptor does not end the call. The event of its subscription reports the error. */
static int check_descriptor(struct oneoff *o, int number, int event)
{
    struct xsock__fd *fd;
    struct xsock__fdtab *t = o->c->guest->table;
    int rc = xsock__lookup_fd(t, number, &fd);
    if (rc != 0)
        return rc;
    const struct xsock__wasix_file *file = xsock__wasix_file_of(fd);
    if (fd->held.sock->poller != NULL)
        rc = -XSOCK_ENOTSUP;
    else if (file != NULL && (file->can & event) == 0)
        rc = -XSOCK_EBADF;
    xsock__fdtab_put(t, fd);
    return rc;
}

static void read_descriptor(struct oneoff *o, struct sub *s, struct xsock_pollfd *to,
                            const unsigned char *p)
{
    uint32_t n = xsock__wasix_get32(p + FD);
    int event = s->tag == FD_READ ? XSOCK_POLLIN : XSOCK_POLLOUT;
    s->number = n <= INT_MAX ? (int)n : -1;
    int rc = check_descriptor(o, s->number, event);
    s->engines = rc == -XSOCK__EFOREIGN;
    s->error = s->engines ? 0 : rc;
    o->descriptors++;
    o->engines += s->engines;
    if (rc != 0)
        return;
    o->ours++;
    to->fd = s->number;
    to->events = (short)event;
}

/* Each subscription is copied before it is checked. */
static int read_all(struct oneoff *o, const unsigned char *from)
{
    for (size_t i = 0; i < o->n; i++) {
        unsigned char p[SUBSCRIPTION];
        struct sub *s = &o->subs[i];
        int rc = 0;
        memcpy(p, from + i * SUBSCRIPTION, SUBSCRIPTION);
        s->userdata = xsock__wasix_get64(p + USERDATA);
        s->tag = p[TAG];
        o->fds[i].fd = -1;
        if (s->tag > FD_WRITE)
            rc = -XSOCK_EINVAL;
        else if (s->tag == CLOCK)
            rc = read_clock(o, s, p);
        else
            read_descriptor(o, s, &o->fds[i], p);
        if (rc != 0)
            return rc;
    }
    return o->engines > 0 && o->engines == o->descriptors ? -XSOCK__EFOREIGN : 0;
}

int64_t xsock_wasix_now(uint32_t clock)
{
    if (clock > 1)
        return -XSOCK_EINVAL;
    return clock == 0 ? xsock__sys_realtime() : xsock__sys_now();
}

/* ---- What is ready --------------------------------------------------------------------------- */

/* Marks the clocks that are due. Returns the time until the next clock is due, or -1 if none
 * will ever be. */
static int64_t look_at_clocks(struct oneoff *o)
{
    int64_t now = xsock__sys_now(), today = 0, left = INT64_MAX;
    bool asked = false;
    for (size_t i = 0; i < o->n; i++) {
        struct sub *s = &o->subs[i];
        if (s->tag != CLOCK || s->due == INT64_MAX)
            continue;
        if (s->wall && !asked)
            today = xsock__sys_realtime();
        asked = asked || s->wall;
        int64_t at = s->wall ? today : now;
        s->ready = s->due <= at;
        left = sooner(left, s->ready                            ? 0
                            : at < 0 && s->due > INT64_MAX + at ? INT64_MAX
                                                                : s->due - at);
    }
    return left == INT64_MAX ? -1 : left;
}

static void ask_engine(struct oneoff *o)
{
    const struct xsock_wasix_config *config = &o->c->guest->config;
    for (size_t i = 0; i < o->n && o->engines > 0; i++) {
        struct sub *s = &o->subs[i];
        if (!s->engines)
            continue;
        s->bytes = 0;
        int rc = 1;
        if (config->ready != NULL)
            rc = config->ready(config->user, s->number, s->tag == FD_WRITE, &s->bytes);
        s->ready = rc > 0;
        s->error = rc < 0 ? rc : 0;
    }
}

/* A listener has connections to accept, but no bytes. */
static uint64_t available(struct oneoff *o, int number)
{
    struct xsock__fdtab *t = o->c->guest->table;
    struct xsock__fd *fd;
    size_t n = 0;
    if (xsock__lookup_fd(t, number, &fd) != 0)
        return 0;
    const struct xsock__wasix_file *file = xsock__wasix_file_of(fd);
    ptrdiff_t rc = file != NULL ? file->available(fd, &n) : xsock__call_available(t, number);
    xsock__fdtab_put(t, fd);
    return rc < 0 ? 0 : file != NULL ? n : (uint64_t)rc;
}

static void look_at_sockets(struct oneoff *o)
{
    for (size_t i = 0; i < o->n; i++) {
        struct sub *s = &o->subs[i];
        int revents = o->fds[i].fd < 0 ? 0 : o->fds[i].revents;
        if (revents == 0)
            continue;
        s->ready = true;
        s->hangup = (revents & XSOCK_POLLHUP) != 0;
        if ((revents & XSOCK_POLLNVAL) != 0)
            s->error = -XSOCK_EBADF; /* closed during the wait */
        else
            s->bytes =
                s->tag == FD_READ ? available(o, o->fds[i].fd) : (revents & XSOCK_POLLOUT) != 0;
    }
}

static bool any_ready(const struct oneoff *o)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->subs[i].ready || o->subs[i].error != 0)
            return true;
    return false;
}

/* The count of notifications is read before the engine is asked, so that a notification after
 * that is not missed. */
static int wait_for_any(struct oneoff *o)
{
    struct xsock__fdtab *t = o->c->guest->table;
    for (;;) {
        int notifications = xsock__fdtab_notifications(t);
        ask_engine(o);
        int64_t left = look_at_clocks(o);
        int rc = xsock__poll_guest(t, o->fds, o->ours > 0 ? o->n : 0, any_ready(o) ? 0 : left,
                                   notifications);
        if (rc == -XSOCK_EINTR)
            continue; /* a signal of the host */
        if (rc < 0)
            return rc;
        if (o->ours > 0)
            look_at_sockets(o);
        (void)look_at_clocks(o);
        if (any_ready(o))
            return 0;
    }
}

/* Memory that the core allocates for the wait counts against the guest's quota. */
static int wait_charged(struct oneoff *o)
{
    struct xsock_wasix *g = o->c->guest;
    const size_t bytes = xsock__poll_bytes(o->ours > 0 ? o->n : 0);
    if (!xsock__wasix_charge(g, bytes))
        return -XSOCK_ENOMEM;
    int rc = wait_for_any(o);
    xsock__wasix_discharge(g, bytes);
    return rc;
}

/* ---- Events ---------------------------------------------------------------------------------- */

static size_t write_events(const struct oneoff *o, unsigned char *out)
{
    size_t count = 0;
    for (size_t i = 0; i < o->n; i++) {
        const struct sub *s = &o->subs[i];
        unsigned char p[EVENT] = {0};
        if (!s->ready && s->error == 0)
            continue;
        xsock__wasix_put64(p + USERDATA, s->userdata);
        xsock__wasix_put16(p + ERROR, (uint16_t)xsock__wasix_errno(s->error, true));
        p[TYPE] = s->tag;
        if (s->tag != CLOCK && s->error == 0) {
            xsock__wasix_put64(p + BYTES, s->bytes);
            xsock__wasix_put16(p + FLAGS, s->hangup ? HANGUP : 0);
        }
        memcpy(out + count * EVENT, p, EVENT);
        count++;
    }
    return count;
}

static int run(struct oneoff *o, const unsigned char *in, unsigned char *out, size_t *out_count)
{
    const size_t size = o->n * (sizeof *o->subs + sizeof *o->fds);
    o->subs = xsock__wasix_scratch(o->c, size);
    if (o->subs == NULL)
        return -XSOCK_ENOMEM;
    o->fds = (struct xsock_pollfd *)(void *)(o->subs + o->n);
    o->now = xsock__sys_now();
    int rc = read_all(o, in);
    if (rc == 0)
        rc = wait_charged(o);
    if (rc == 0)
        *out_count = write_events(o, out);
    xsock__wasix_unscratch(o->c, o->subs, size);
    return rc;
}

int xsock__wasix_poll_oneoff(const struct xsock__wasix_call *c)
{
    uint64_t n = xsock__wasix_ptr(c, 2);
    size_t written;
    if (n > c->size / SUBSCRIPTION)
        return -XSOCK_EMEMVIOLATION;
    const unsigned char *in = xsock__wasix_at(c, xsock__wasix_ptr(c, 0), n * SUBSCRIPTION);
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), n * EVENT);
    unsigned char *count = xsock__wasix_at(c, xsock__wasix_ptr(c, 3), xsock__wasix_word(c));
    if (in == NULL || out == NULL || count == NULL)
        return -XSOCK_EMEMVIOLATION;
    if (n == 0 || n > INT_MAX / sizeof(struct sub))
        return -XSOCK_EINVAL;
    struct oneoff o = {.c = c, .n = (size_t)n};
    int rc = run(&o, in, out, &written);
    if (rc == 0)
        xsock__wasix_put_word(c, count, written);
    return rc;
}

void xsock_wasix_wake(struct xsock_wasix *guest)
{
    if (guest != NULL)
        xsock__fdtab_notify(guest->table);
}
