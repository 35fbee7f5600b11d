/* epoll_create, epoll_ctl and epoll_wait. An epoll is a poller of the core, with the data that
 * the guest gave for each member.
 *
 * The guest's data has 24 bytes for each member, but a poller stores only 8. So each member has
 * a record here, and the poller stores the id of the record. A record is an observer of its
 * descriptor, as the poller's own membership is, and is freed when the descriptor is closed. An
 * event whose id belongs to no record is dropped.
 *
 * Order of locks: the epoll's lock first, then the poller's, then the table's. */
#include <string.h>

#include "call/call.h"
#include "socket/start.h"
#include "wait/poller.h"
#include "wait/wait.h"
#include "wasix/file.h"

/* The layout in the guest's memory. Guests with 4-byte and with 8-byte pointers have the same
 * layout. */
enum { EVENT = 32, EVENTS = 0, DATA = 8, DATA_SIZE = 24 };

struct record {
    struct xsock__observer observer; /* first, for the cast from it */
    struct epoll *epoll;
    struct record *next, **link;
    uint64_t id;
    unsigned char data[DATA_SIZE];
};

struct epoll {
    struct xsock__file file; /* first, for the cast from it */
    struct xsock_wasix *guest;
    xsock__atomic_int refs;  /* one for the poller, and one for each record */
    struct xsock__lock lock; /* protects the fields below, and the records' data */
    struct record *records;
    uint64_t last_id; /* no id is used twice */
};

static void unref(struct epoll *e)
{
    if (xsock__atomic_add(&e->refs, -1) != 1)
        return;
    xsock__sys_lock_destroy(&e->lock);
    xsock__sys_free(e, sizeof *e);
}

/* ---- Records --------------------------------------------------------------------------------- */

static bool enter_member(struct xsock_wasix *g)
{
    xsock__sys_lock(&g->lock);
    bool allowed = g->members < XSOCK__WASIX_MEMBERS_EACH * (uint64_t)g->config.max_descriptors;
    g->members += allowed;
    xsock__sys_unlock(&g->lock);
    return allowed;
}

static void leave_member(struct xsock_wasix *g)
{
    xsock__sys_lock(&g->lock);
    g->members--;
    xsock__sys_unlock(&g->lock);
}

/* The caller has the epoll's lock. */
static void unlink_record(struct record *r)
{
    *r->link = r->next;
    if (r->next != NULL)
        r->next->link = r->link;
}

static void free_record(struct record *r)
{
    struct epoll *e = r->epoll;
    leave_member(e->guest);
    xsock__sys_free(r, sizeof *r);
    unref(e);
}

/* Called when the record's descriptor is closed. */
static void record_closed(struct xsock__observer *f)
{
    struct record *r = (struct record *)(void *)f;
    xsock__sys_lock(&r->epoll->lock);
    unlink_record(r);
    xsock__sys_unlock(&r->epoll->lock);
    free_record(r);
}

/* Called when the poller is gone. If xsock__fdtab_unobserve fails, another thread is already
 * closing the record, and that thread frees it. */
static void gone(struct xsock__file *file)
{
    struct epoll *e = (struct epoll *)(void *)file;
    xsock__sys_lock(&e->lock);
    for (struct record *r = e->records, *next; r != NULL; r = next) {
        next = r->next;
        if (!xsock__fdtab_unobserve(e->guest->table, &r->observer))
            continue;
        unlink_record(r);
        free_record(r); /* not the last reference, because gone still has one */
    }
    xsock__sys_unlock(&e->lock);
    unref(e);
}

static bool is_record_of(struct xsock__observer *f, void *user)
{
    return f->closed == record_closed && ((struct record *)(void *)f)->epoll == user;
}

/* The caller has the epoll's lock, so the record cannot be freed meanwhile. */
static struct record *find(struct epoll *e, struct xsock__fd *fd)
{
    return (struct record *)(void *)xsock__fdtab_find_observer(e->guest->table, fd, is_record_of,
                                                               e);
}

/* ---- Making one ------------------------------------------------------------------------------ */

static int make(struct xsock_wasix *g, struct xsock__fd *fd, struct xsock__held *out)
{
    struct epoll *e = xsock__sys_alloc(sizeof *e);
    if (e == NULL)
        return -XSOCK_ENOMEM;
    int rc = xsock__start();
    if (rc == 0)
        rc = xsock__poller_open(g->table, fd, out);
    if (rc != 0) {
        xsock__sys_free(e, sizeof *e);
        return rc;
    }
    e->file.gone = gone;
    e->guest = g;
    xsock__atomic_store(&e->refs, 1);
    xsock__sys_lock_init(&e->lock);
    out->sock->file = &e->file;
    return 0;
}

int xsock__wasix_epoll_create(const struct xsock__wasix_call *c)
{
    struct xsock__fdtab *t = c->guest->table;
    struct xsock__held held;
    struct xsock__fd *fd;
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 0), 4);
    int rc = out == NULL ? -XSOCK_EMEMVIOLATION : xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = make(c->guest, fd, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    xsock__wasix_put32(out, (uint32_t)xsock__lookup_publish(t, fd, &held, 0));
    return 0;
}

/* ---- Members --------------------------------------------------------------------------------- */

/* The arguments of one epoll_ctl. */
struct change {
    struct epoll *epoll;
    struct xsock__poller *poller;
    struct xsock__fd *fd;
    uint32_t events;
    unsigned char data[DATA_SIZE];
};

/* The caller has the epoll's lock, here and in the functions below. Returns NULL, and the error
 * in *out_error, if the guest has its maximum of members or if there is no memory. */
static struct record *new_record(struct change *ch, int *out_error)
{
    struct epoll *e = ch->epoll;
    if (!enter_member(e->guest)) {
        *out_error = -XSOCK_ENOSPC;
        return NULL;
    }
    struct record *r = xsock__sys_alloc(sizeof *r);
    if (r == NULL) {
        leave_member(e->guest);
        *out_error = -XSOCK_ENOMEM;
        return NULL;
    }
    r->observer.closed = record_closed;
    r->epoll = e;
    r->id = ++e->last_id;
    memcpy(r->data, ch->data, DATA_SIZE);
    r->next = e->records;
    r->link = &e->records;
    if (r->next != NULL)
        r->next->link = &r->next;
    e->records = r;
    xsock__atomic_add(&e->refs, 1);
    return r;
}

static int add(struct change *ch)
{
    struct xsock__fdtab *t = ch->epoll->guest->table;
    int rc = 0;
    struct record *r = new_record(ch, &rc);
    if (r == NULL)
        return rc;
    bool ours = xsock__fdtab_observe(t, ch->fd, &r->observer) != 0;
    rc = ours ? -XSOCK_EBADF : xsock__poller_add(ch->poller, ch->fd, ch->events, r->id);
    if (rc != 0 && (ours || xsock__fdtab_unobserve(t, &r->observer))) {
        unlink_record(r);
        free_record(r);
    }
    return rc;
}

static int modify(struct change *ch, struct record *r)
{
    int rc = xsock__poller_change(ch->poller, ch->fd, ch->events, r->id);
    if (rc == 0)
        memcpy(r->data, ch->data, DATA_SIZE);
    return rc;
}

static int delete(struct change *ch, struct record *r)
{
    int rc = xsock__poller_remove(ch->poller, ch->fd);
    if (xsock__fdtab_unobserve(ch->epoll->guest->table, &r->observer)) {
        unlink_record(r);
        free_record(r);
    }
    return rc;
}

/* The text of WASIX has ADD 0, MOD 1 and DEL 2. wasix-libc passes musl's numbers: ADD 1, DEL 2 and
 * MOD 3. Hosts of WASIX now take 1 for ADD, so a guest has to pass 3 for MOD. */
enum { ADD = 0, LIBC_ADD = 1, DEL = 2, MOD = 3 };

static int control(struct change *ch, uint32_t op)
{
    xsock__sys_lock(&ch->epoll->lock);
    struct record *r = find(ch->epoll, ch->fd);
    int rc = -XSOCK_ENOENT;
    if (op == ADD || op == LIBC_ADD)
        rc = r != NULL ? -XSOCK_EEXIST : add(ch);
    else if (r != NULL)
        rc = op == DEL ? delete(ch, r) : modify(ch, r);
    xsock__sys_unlock(&ch->epoll->lock);
    return rc;
}

static const uint32_t known = XSOCK_POLLER_IN | XSOCK_POLLER_OUT | XSOCK_POLLER_RDHUP
                              | XSOCK_POLLER_PRI | XSOCK_POLLER_ERR | XSOCK_POLLER_HUP
                              | XSOCK_POLLER_ET | XSOCK_POLLER_ONESHOT;
static const uint32_t always = XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;
static const uint32_t incoming = XSOCK_POLLER_IN | XSOCK_POLLER_RDHUP | XSOCK_POLLER_PRI;

/* The events that the socket pair under a pipe may report, but the end of the pipe must not. */
static uint32_t never(const struct xsock__fd *fd)
{
    const struct xsock__wasix_file *file = xsock__wasix_file_of(fd);
    int can = file != NULL ? file->can : XSOCK_POLLIN | XSOCK_POLLOUT;
    uint32_t not_in = (can & XSOCK_POLLIN) != 0 ? 0 : incoming;
    return not_in | ((can & XSOCK_POLLOUT) != 0 ? 0U : (uint32_t)XSOCK_POLLER_OUT);
}

/* Only ADD and MOD use the event. The event is read once. */
static int control_in(const struct xsock__wasix_call *c, struct xsock__fd *poller,
                      struct xsock__fd *fd)
{
    struct change ch = {.fd = fd};
    uint32_t op = xsock__wasix_u32(c, 1);
    unsigned char event[EVENT];
    const unsigned char *from = xsock__wasix_at(c, xsock__wasix_ptr(c, 3), EVENT);
    if (from == NULL && op != DEL)
        return -XSOCK_EMEMVIOLATION;
    if (poller->held.sock->poller == NULL || fd->held.sock->poller != NULL || op > MOD)
        return -XSOCK_EINVAL;
    if (op != DEL) {
        memcpy(event, from, EVENT);
        ch.events = xsock__wasix_get32(event + EVENTS);
        memcpy(ch.data, event + DATA, DATA_SIZE);
    }
    if ((ch.events & ~known) != 0)
        return -XSOCK_EINVAL;
    ch.events &= ~(never(fd) | always); /* ERR and HUP are always reported */
    ch.poller = poller->held.sock->poller;
    ch.epoll = (struct epoll *)(void *)poller->held.sock->file;
    return control(&ch, op);
}

int xsock__wasix_epoll_ctl(const struct xsock__wasix_call *c)
{
    struct xsock__fdtab *t = c->guest->table;
    struct xsock__fd *poller, *fd;
    int rc = xsock__lookup_fd(t, xsock__wasix_fd(c, 0), &poller);
    if (rc != 0)
        return rc;
    rc = xsock__lookup_fd(t, xsock__wasix_fd(c, 2), &fd);
    if (rc == 0) {
        rc = control_in(c, poller, fd);
        xsock__fdtab_put(t, fd);
    }
    xsock__fdtab_put(t, poller);
    return rc;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

enum { MAX = 64 };

/* Writes one event. Returns false if the member has been removed. */
static bool report(struct epoll *e, const struct xsock_event *event, unsigned char *out)
{
    unsigned char bytes[EVENT] = {0};
    struct xsock__fd *fd = xsock__fdtab_get(e->guest->table, event->fd);
    if (fd == NULL)
        return false;
    xsock__sys_lock(&e->lock);
    const struct record *r = find(e, fd);
    bool valid = r != NULL && r->id == event->data;
    if (valid)
        memcpy(bytes + DATA, r->data, DATA_SIZE);
    xsock__sys_unlock(&e->lock);
    xsock__fdtab_put(e->guest->table, fd);
    if (!valid)
        return false;
    xsock__wasix_put32(bytes + EVENTS, event->events);
    memcpy(out, bytes, EVENT);
    return true;
}

/* Waits once, and drops the reference to fd. A signal of the host does not end a guest's wait. */
static int wait_once(struct epoll *e, struct xsock__fd *fd, unsigned char *out, size_t max,
                     int64_t left)
{
    struct xsock_event v[MAX];
    int n = xsock__poller_wait(e->guest->table, fd, v, max < MAX ? max : MAX, left), reported = 0;
    for (int i = 0; i < n; i++)
        reported += report(e, &v[i], out + (size_t)reported * EVENT);
    return n < 0 && n != -XSOCK_EINTR ? n : reported;
}

/* Returns the descriptor with this number if it still refers to this epoll, or else NULL. */
static struct xsock__fd *get_again(struct epoll *e, int number)
{
    struct xsock__fd *fd;
    if (xsock__lookup_fd(e->guest->table, number, &fd) != 0)
        return NULL;
    if (fd->held.sock->file == &e->file)
        return fd;
    xsock__fdtab_put(e->guest->table, fd);
    return NULL;
}

/* Drops the reference to fd. */
static int wait_in(struct xsock__fd *fd, unsigned char *out, size_t max, int64_t timeout_ns)
{
    struct epoll *e = (struct epoll *)(void *)fd->held.sock->file;
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    int rc, number = fd->number;
    int64_t left;
    xsock__atomic_add(&e->refs, 1);
    do {
        left = xsock__time_left(&end);
        rc = wait_once(e, fd, out, max, left);
        fd = rc == 0 && left != 0 ? get_again(e, number) : NULL;
    } while (fd != NULL);
    unref(e);
    return rc == 0 && left != 0 ? -XSOCK_ECANCELED : rc;
}

/* Drops the reference to fd. If as many calls wait as may, the call returns what is ready. */
static int wait_counted(struct xsock__fdtab *t, struct xsock__fd *fd, unsigned char *out,
                        size_t max, int64_t timeout_ns)
{
    const int counted = timeout_ns != 0 ? xsock__fdtab_enter_wait(t) : -XSOCK_ENOBUFS;
    if (counted == -XSOCK_ECANCELED) {
        xsock__fdtab_put(t, fd);
        return counted;
    }
    int rc = wait_in(fd, out, max, counted == 0 ? timeout_ns : 0);
    if (counted == 0)
        xsock__fdtab_leave_wait(t);
    return rc == 0 && timeout_ns != 0 ? counted : rc;
}

int xsock__wasix_epoll_wait(const struct xsock__wasix_call *c)
{
    struct xsock__fdtab *t = c->guest->table;
    struct xsock__fd *fd;
    uint32_t max = xsock__wasix_u32(c, 2);
    uint64_t timeout = xsock__wasix_u64(c, 3);
    int rc = xsock__lookup_fd(t, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    unsigned char *events = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), (uint64_t)max * EVENT);
    unsigned char *count = xsock__wasix_at(c, xsock__wasix_ptr(c, 4), xsock__wasix_word(c));
    if (events == NULL || count == NULL)
        rc = -XSOCK_EMEMVIOLATION;
    else if (fd->held.sock->poller == NULL || max == 0 || max > INT32_MAX)
        rc = -XSOCK_EINVAL;
    if (rc != 0)
        xsock__fdtab_put(t, fd);
    else
        rc = wait_counted(t, fd, events, max, timeout > INT64_MAX ? -1 : (int64_t)timeout);
    if (rc < 0)
        return rc;
    xsock__wasix_put_word(c, count, (uint64_t)rc);
    return 0;
}
