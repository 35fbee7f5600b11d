#include "socket/sock.h"

#include "addr/addr.h"
#include "base/bits.h"
#include "base/count.h"
#include "base/interval.h"
#include "facts/translate.h"
#include "facts/triple.h"
#include "socket/handle.h"
#include "sys.h"
#include "xsock.h"

/* ---- The open socket ------------------------------------------------------------------------- */

/* No other thread sees what is written here before the descriptor is published. */
static inline void init_sock(struct xsock__sock *s, int af, int type, int protocol, bool nonblock)
{
    /* Every field is set by itself: gcc turns memset into a slow string instruction at -Os. */
    xsock__atomic_set(&s->refs, 1);
    xsock__atomic_set(&s->nonblock, nonblock);
    bool stream = type == XSOCK_SOCK_STREAM || type == XSOCK_SOCK_SEQPACKET;
    xsock__atomic_set(&s->state,
                      XSOCK_ENOTCONN * XSOCK__SOCK_RESULT + (stream ? 0 : XSOCK__SOCK_PACKETS));
    s->refuses = 0;
    s->emulated = false;
    xsock__atomic_set_byte(&s->guess, 0);
    s->poller = NULL;
    s->file = NULL;
    xsock__atomic_set_i64(&s->recv_timeout, -1);
    xsock__atomic_set_i64(&s->send_timeout, -1);
    xsock__atomic_set_i64(&s->connect_timeout, -1);
    xsock__atomic_set_i64(&s->accept_timeout, -1);
    xsock__atomic_set_i64(&s->recv_deadline, -1);
    xsock__atomic_set_i64(&s->send_deadline, -1);
    s->waiters.first = NULL;
    xsock__atomic_set(&s->keep_idle_ms, -1);
    xsock__atomic_set(&s->keep_interval_ms, -1); /* sets multicast_if, too */
    s->af = (short)af;
    s->type = (short)type;
    s->protocol = protocol;
}

/* ---- What is not a socket -------------------------------------------------------------------- */

static struct xsock__sock reserved = {.refuses = -XSOCK_ENOTSOCK, .state = {XSOCK__SOCK_OTHER}};

struct xsock__held xsock__sock_reserved(void)
{
    return (struct xsock__held){UINTPTR_MAX, &reserved};
}

bool xsock__sock_is_foreign(const struct xsock__sock *s)
{
    return s->refuses == -XSOCK__EFOREIGN || s == &reserved;
}

struct xsock__held xsock__sock_foreign(void)
{
    static struct xsock__sock kept = {.refuses = -XSOCK__EFOREIGN, .state = {XSOCK__SOCK_OTHER}};
    return (struct xsock__held){UINTPTR_MAX, &kept};
}

void xsock__sock_refuse(struct xsock__sock *s, short error)
{
    s->refuses = error;
    xsock__sock_becomes(s, XSOCK__SOCK_OTHER, 0);
}

void xsock__sock_make_lookup(struct xsock__sock *s, struct xsock__file *file)
{
    xsock__sock_refuse(s, -XSOCK_ENOTSOCK);
    s->file = file;
    s->af = XSOCK_AF_UNSPEC;
    s->type = 0;
}

static bool is_last(const struct xsock__sock *s)
{
    return xsock__atomic_load(&s->refs) == 1;
}

/* Whether this was the last descriptor. Only a descriptor can be duplicated, so a descriptor that
 * sees no other stays alone. */
static bool leave_sock(struct xsock__sock *s)
{
    if (!is_last(s) && xsock__count_add(&s->refs, -1) != 1)
        return false;
    if (s->file != NULL)
        s->file->gone(s->file);
    return true;
}

static bool drop_sock(struct xsock__sock *s)
{
    bool last = leave_sock(s);
    if (last)
        xsock__sys_free(s, sizeof *s);
    return last;
}

void xsock__sock_becomes(struct xsock__sock *s, int set, int clear)
{
    int old;
    do
        old = xsock__atomic_load(&s->state);
    while (!xsock__atomic_cas(&s->state, old, (old | set) & ~clear));
}

void xsock__sock_wait_for_turn(struct xsock__sock *s)
{
    int64_t ns = 0;
    for (;;) {
        int old = xsock__atomic_load(&s->state);
        if ((old & XSOCK__SOCK_TURN) != 0) {
            ns = xsock__interval_after(ns);
            (void)xsock__sys_wait(NULL, 0, NULL, ns);
        } else if (xsock__atomic_cas(&s->state, old, old | XSOCK__SOCK_TURN)) {
            return;
        }
    }
}

static int with_result(int state, int end)
{
    const int ends = XSOCK__SOCK_CONNECTING | XSOCK__SOCK_TURN;
    return (state & ~ends) % XSOCK__SOCK_RESULT - end * XSOCK__SOCK_RESULT;
}

void xsock__sock_connect_ended(struct xsock__sock *s, int end, int set)
{
    int old;
    do
        old = xsock__atomic_load(&s->state);
    while (!xsock__atomic_cas(&s->state, old, with_result(old | set, end)));
}

void xsock__sock_connect_lost(struct xsock__sock *s)
{
    if (xsock__sock_is(s, XSOCK__SOCK_CONNECTING))
        xsock__sock_connect_ended(s, -XSOCK_ECONNREFUSED, 0);
    else
        xsock__sock_end_turn(s);
}

struct xsock__sock *xsock__sock_empty(const struct xsock__held *held)
{
    /* The socket is left first: of two duplicates that are closed at once, one is the last. */
    struct xsock__sock *last = leave_sock(held->sock) ? held->sock : NULL;
    if (last != NULL && xsock__sock_is(last, XSOCK__SOCK_LINGERS))
        xsock__sys_forget_linger(held->handle);
    xsock__sys_close(held->handle);
    return last;
}

void xsock__sock_close(const struct xsock__held *held)
{
    xsock__sys_free(xsock__sock_empty(held), sizeof *held->sock);
}

void xsock__sock_release(const struct xsock__held *held)
{
    /* The system's mode belongs to the open socket and not to one handle, so a duplicate that is
     * still ours would block. If two are released at the same time, the second one restores the
     * mode. Another process may have changed a handle that was in blocking mode. */
    bool blocks = !xsock__atomic_load(&held->sock->nonblock);
    bool blocking = xsock__sock_is(held->sock, XSOCK__SOCK_BLOCKING);
    if (drop_sock(held->sock) && (blocks || blocking))
        (void)xsock__sys_set_nonblock(held->handle, !blocks);
}

/* ---- Opening --------------------------------------------------------------------------------- */

int xsock__sock_open_in(int af, int type, int protocol, struct xsock__sock *memory,
                        uintptr_t *out_handle)
{
    init_sock(memory, af, type & XSOCK__TYPE_MASK, protocol, (type & XSOCK_SOCK_NONBLOCK) != 0);
    int rc;
    do
        rc = xsock__handle_open(af, type, &memory->protocol, out_handle);
    while (rc != 0 && xsock__fdtab_makes_room(rc));
    return rc;
}

int xsock__sock_open(int af, int type, int protocol, struct xsock__held *out)
{
    uintptr_t handle;
    struct xsock__sock *s = xsock__sys_alloc(sizeof *s);
    if (s == NULL)
        return -XSOCK_ENOMEM;
    int rc = xsock__sock_open_in(af, type, protocol, s, &handle);
    if (rc != 0)
        xsock__sys_free(s, sizeof *s);
    else
        *out = (struct xsock__held){handle, s};
    return rc;
}

int xsock__sock_pair(int af, int type, int protocol, struct xsock__held out[2])
{
    uintptr_t handles[2];
    struct xsock__sock *s[2];
    int rc = xsock__handle_check_pair(af, type, &protocol);
    if (rc == 0)
        do
            rc = xsock__handle_pair(type, protocol, handles);
        while (rc != 0 && xsock__fdtab_makes_room(rc));
    if (rc != 0)
        return rc;
    for (int i = 0; i < 2; i++) {
        s[i] = xsock__sys_alloc(sizeof *s[i]);
        if (s[i] != NULL) {
            init_sock(s[i], af, type & XSOCK__TYPE_MASK, protocol,
                      (type & XSOCK_SOCK_NONBLOCK) != 0);
            s[i]->emulated = xsock__sys_facts.pair_emulated;
            xsock__sock_becomes(s[i], XSOCK__SOCK_CONNECTED, 0);
        }
    }
    if (s[0] == NULL || s[1] == NULL) {
        for (int i = 0; i < 2; i++) {
            xsock__sys_close(handles[i]);
            if (s[i] != NULL)
                drop_sock(s[i]);
        }
        return -XSOCK_ENOMEM;
    }
    for (int i = 0; i < 2; i++)
        out[i] = (struct xsock__held){handles[i], s[i]};
    return 0;
}

void xsock__sock_to_accept(const struct xsock__sock *listener, int flags,
                           struct xsock__sock *memory)
{
    init_sock(memory, listener->af, listener->type, listener->protocol,
              (flags & XSOCK_SOCK_NONBLOCK) != 0);
    int inherited =
        xsock__atomic_load(&listener->state) & (XSOCK__SOCK_LINGERS | XSOCK__SOCK_LOW_WATER);
    xsock__sock_becomes(memory, XSOCK__SOCK_BOUND | XSOCK__SOCK_CONNECTED | inherited, 0);
}

/* ---- Duplicates, and handles from outside ---------------------------------------------------- */

int xsock__sock_dup(const struct xsock__held *held, bool cloexec, struct xsock__held *out)
{
    int rc;
    do
        rc = xsock__finish(xsock__sys_dup(held->handle, cloexec, &out->handle));
    while (rc != 0 && xsock__fdtab_makes_room(rc));
    if (rc != 0)
        return rc;
    xsock__count_add(&held->sock->refs, 1);
    out->sock = held->sock;
    return 0;
}

/* Asks an adopted socket what has been done to it. If it does not tell, an error may be another one
 * than on other systems. */
static void learn_state(uintptr_t handle, struct xsock__sock *s)
{
    struct xsock__sys_addr a;
    xsock__sock_becomes(s, XSOCK__SOCK_LINGERS | XSOCK__SOCK_LOW_WATER | XSOCK__SOCK_ADOPTED, 0);
    if (xsock__sys_peer_addr(handle, &a) == 0)
        xsock__sock_becomes(
            s, XSOCK__SOCK_CONNECTED | (s->af == XSOCK_AF_LOCAL ? 0 : XSOCK__SOCK_BOUND), 0);
    bool internet = xsock__addr_is_internet(s->af);
    if (internet && s->type == XSOCK_SOCK_DGRAM && xsock__sys_coalesces(handle))
        xsock__sock_becomes(s, XSOCK__SOCK_COALESCE, 0);
}

static int describe(uintptr_t handle, struct xsock__sys_description *d, int *af, int *type,
                    int *protocol)
{
    int rc = xsock__finish(xsock__sys_describe(handle, d));
    return rc != 0 ? rc : xsock__triple_from_native(&d->triple, af, type, protocol);
}

int xsock__sock_check_handle(uintptr_t handle)
{
    struct xsock__sys_description d;
    int af, type, protocol;
    return describe(handle, &d, &af, &type, &protocol);
}

int xsock__sock_adopt(uintptr_t handle, int flags, struct xsock__sock *memory)
{
    struct xsock__sys_description d;
    int af, type, protocol;
    int rc = describe(handle, &d, &af, &type, &protocol);
    if (rc != 0)
        return rc;
    init_sock(memory, af, type, protocol, (flags & XSOCK_SOCK_NONBLOCK) != 0);
    learn_state(handle, memory);
    rc = xsock__finish(xsock__sys_set_nonblock(handle, true));
    if (rc == 0) {
        rc = xsock__finish(xsock__sys_set_cloexec(handle, (flags & XSOCK_SOCK_CLOEXEC) != 0));
        if (rc != 0)
            xsock__sys_set_nonblock(handle, d.nonblock);
    }
    if (rc != 0)
        (void)leave_sock(memory); /* the memory stays the caller's */
    return rc;
}
