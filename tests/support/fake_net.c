/* The fake system's network: which endpoints are bound, listen and are connected. */
#include "fake_private.h"
#include "fake_socket_file.h"

#include <stdlib.h>
#include <string.h>

static struct fake__endpoint *all;
static uint32_t next_port = 40000;
static struct {
    int64_t take_ns;
    int code;
    bool full_refuses;
} connects;

/* ---- Endpoints ------------------------------------------------------------------------------- */

static struct fake__endpoint *new_endpoint(int af, int type)
{
    struct fake__endpoint *e = calloc(1, sizeof *e);
    if (e == NULL)
        fake__die("no memory");
    e->af = af;
    e->type = type;
    e->next = all;
    all = e;
    return e;
}

static struct fake__endpoint *of_socket(struct fake__socket *s)
{
    if (s->end == NULL)
        s->end = new_endpoint(s->triple.family - FAKE_FAMILY_BASE, s->triple.type - FAKE_TYPE_BASE);
    return s->end;
}

struct fake__endpoint *fake__endpoint(uintptr_t h, const char *otherwise)
{
    return of_socket(fake__find(h, otherwise));
}

bool fake__net_is_stream(const struct fake__endpoint *e)
{
    return e->type == XSOCK_SOCK_STREAM || e->type == XSOCK_SOCK_SEQPACKET;
}

static void join(struct fake__endpoint *a, struct fake__endpoint *b)
{
    a->peer = b;
    b->peer = a;
    a->connected = b->connected = true;
    a->connecting = false;
}

void fake__net_pair(struct fake__socket *a, struct fake__socket *b)
{
    join(of_socket(a), of_socket(b));
}

static void leave_queue(struct fake__endpoint *e)
{
    struct fake__endpoint **link = &e->listener->waiting;
    while (*link != e)
        link = &(*link)->next_waiting;
    *link = e->next_waiting;
    e->listener->waiting_count--;
    e->listener = NULL;
}

static void free_endpoint(struct fake__endpoint *e)
{
    struct fake__endpoint **link = &all;
    while (e->waiting != NULL) { /* these will never be accepted */
        struct fake__endpoint *w = e->waiting;
        if (w->peer != NULL)
            w->peer->error = FAKE_ECONNRESET;
        free_endpoint(w);
    }
    if (e->listener != NULL)
        leave_queue(e);
    for (struct fake__endpoint *o = all; o != NULL; o = o->next)
        if (o->peer == e) {
            o->peer = NULL;
            o->ended = o->gone = true;
        }
    while (*link != e)
        link = &(*link)->next;
    *link = e->next;
    while (e->first != NULL) {
        struct fake__message *m = e->first;
        e->first = m->next;
        free(m);
    }
    free(e->bytes);
    free(e);
}

void fake__net_gone(struct fake__socket *s)
{
    if (s->end != NULL)
        free_endpoint(s->end);
}

void fake__reset_net(void)
{
    connects.take_ns = 0;
    connects.code = 0;
    connects.full_refuses = false;
    fake_set_buffer(FAKE_BUFFER);
    fake_set_step(0);
    fake_move_nothing(0);
}

void fake_connects_take(int64_t ns, int code)
{
    connects.take_ns = ns;
    connects.code = code;
}

void fake_full_backlogs_refuse(void)
{
    connects.full_refuses = true;
}

void fake_break(uintptr_t handle, int code)
{
    struct fake__endpoint *e = fake__endpoint(handle, "broke what is no open socket");
    e->error = code;
    e->ended = e->gone = true;
    e->reset = e->type == XSOCK_SOCK_STREAM;
    if (e->peer != NULL) {
        e->peer->peer = NULL;
        e->peer->ended = e->peer->gone = true;
        e->peer->reset = e->reset;
    }
    e->peer = NULL;
}

void fake_take_error(uintptr_t handle)
{
    fake__net_settle();
    fake__endpoint(handle, "took the error of what is no open socket")->error = 0;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static struct xsock_addr from_native(const struct xsock__sys_addr *native)
{
    struct xsock_addr a;
    if (xsock__sys_addr_from_native(native, &a) != 0)
        fake__die("was given an address that is none");
    return a;
}

struct fake__endpoint *fake__net_named(int af, int type, const struct xsock_addr *name)
{
    for (struct fake__endpoint *e = all; e != NULL; e = e->next) {
        struct xsock_addr local = e->local;
        memcpy(local.data, name->data, sizeof local.data); /* any address of this machine serves */
        if (e->bound && e->listener == NULL && !e->connected && e->af == af && e->type == type
            && (af == XSOCK_AF_LOCAL ? xsock_addr_equal(&e->local, name)
                                     : local.port == name->port))
            return e;
    }
    return NULL;
}

static void give_name(struct fake__endpoint *e, const struct xsock_addr *a)
{
    e->local = *a;
    e->bound = true;
    if (e->af != XSOCK_AF_LOCAL && e->local.port == 0)
        e->local.port = next_port++;
}

static void give_any_name(struct fake__endpoint *e)
{
    struct xsock_addr any = {.family = e->af};
    if (e->bound || e->af == XSOCK_AF_LOCAL)
        return;
    any.length = e->af == XSOCK_AF_INET ? 4 : 16;
    any.data[any.length - 1] = 1;
    give_name(e, &any);
}

int xsock__sys_bind(uintptr_t h, const struct xsock__sys_addr *a, bool exclusive)
{
    struct fake__endpoint *e = fake__endpoint(h, "bound what is no open socket");
    struct xsock_addr name = from_native(a);
    int code = fake__begin(FAKE_BIND);
    (void)exclusive;
    if (code != 0)
        return code;
    if (e->bound)
        return FAKE_EINVAL;
    if (fake__has_file_of(&name))
        return FAKE_EADDRINUSE;
    if ((e->af == XSOCK_AF_LOCAL || name.port != 0)
        && fake__net_named(e->af, e->type, &name) != NULL)
        return FAKE_EADDRINUSE;
    give_name(e, &name);
    return 0;
}

static int tell(const struct xsock_addr *a, int af, struct xsock__sys_addr *out)
{
    struct xsock_addr none = {.family = af,
                              .length = af == XSOCK_AF_INET    ? 4
                                        : af == XSOCK_AF_INET6 ? 16
                                                               : 0};
    return xsock__sys_addr_to_native(a->family == 0 ? &none : a, out);
}

int xsock__sys_local_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    struct fake__endpoint *e = fake__endpoint(h, "asked what is no open socket for its address");
    int code = fake__begin(FAKE_LOCAL_ADDR);
    return code != 0 ? code : tell(&e->local, e->af, out);
}

int xsock__sys_peer_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    struct fake__endpoint *e = fake__endpoint(h, "asked what is no open socket for its peer");
    int code = fake__begin(FAKE_PEER_ADDR);
    if (code != 0)
        return code;
    return e->connected && !e->reset ? tell(&e->remote, e->af, out) : FAKE_ENOTCONN;
}

int xsock__sys_peer_cred(uintptr_t h, struct xsock_cred *out)
{
    struct fake__endpoint *e = fake__endpoint(h, "asked what is no open socket who its peer is");
    int code = fake__begin(FAKE_PEER_CRED);
    if (code != 0)
        return code;
    if (!e->connected)
        return FAKE_ENOTCONN;
    *out = (struct xsock_cred){.process = 77, .user = 7, .group = 70};
    return 0;
}

/* ---- Listening ------------------------------------------------------------------------------- */

int xsock__sys_listen(uintptr_t h, int backlog)
{
    struct fake__endpoint *e = fake__endpoint(h, "listened on what is no open socket");
    int code = fake__begin(FAKE_LISTEN);
    if (code != 0)
        return code;
    if (!fake__net_is_stream(e))
        return FAKE_EOPNOTSUPP;
    if (e->connected || (!e->bound && e->af == XSOCK_AF_LOCAL))
        return FAKE_EINVAL;
    give_any_name(e);
    e->listening = true;
    e->backlog = backlog;
    return 0;
}

int xsock__sys_accept(uintptr_t h, const struct xsock__sys_triple *t, bool listens, bool cloexec,
                      uintptr_t *out, struct xsock__sys_addr *out_peer)
{
    struct fake__socket *s = fake__find(h, "accepted on what is no open socket");
    struct fake__endpoint *e = of_socket(s), *w;
    int code = fake__begin(FAKE_ACCEPT);
    if (memcmp(t, &s->triple, sizeof *t) != 0)
        fake__die("accepted with another triple than the listener's");
    if (listens && !e->listening)
        fake__die("said to listen, and does not");
    if (code != 0)
        return code;
    if (!e->listening)
        return FAKE_EINVAL;
    fake__net_settle();
    w = e->waiting;
    if (w == NULL)
        return FAKE_EAGAIN;
    leave_queue(w);
    if (out_peer != NULL)
        tell(&w->remote, w->af, out_peer);
    *out = fake__add_socket(t, cloexec, true, true);
    fake__find(*out, "lost")->end = w;
    return 0;
}

/* ---- Connecting ------------------------------------------------------------------------------ */

static bool is_full(const struct fake__endpoint *listener)
{
    return listener->waiting_count > listener->backlog;
}

static struct fake__endpoint *listener_for(const struct fake__endpoint *e)
{
    struct fake__endpoint *l = fake__net_named(e->af, e->type, &e->remote);
    return l != NULL && l->listening ? l : NULL;
}

static void wait_to_be_accepted(struct fake__endpoint *e, struct fake__endpoint *listener)
{
    struct fake__endpoint *w = new_endpoint(e->af, e->type), **link = &listener->waiting;
    w->local = listener->local;
    w->bound = true;
    w->remote = e->local;
    w->listener = listener;
    join(e, w);
    while (*link != NULL)
        link = &(*link)->next_waiting;
    *link = w;
    listener->waiting_count++;
}

/* Returns how a connect ends now, or EAGAIN if it cannot end yet. */
static int reach(struct fake__endpoint *e)
{
    struct fake__endpoint *l = listener_for(e);
    if (l == NULL)
        return FAKE_ECONNREFUSED;
    if (is_full(l))
        return connects.full_refuses && e->af != XSOCK_AF_LOCAL ? FAKE_ECONNREFUSED : FAKE_EAGAIN;
    wait_to_be_accepted(e, l);
    return 0;
}

static void settle(struct fake__endpoint *e)
{
    int code = e->settles_with != 0 ? e->settles_with : reach(e);
    if (code == FAKE_EAGAIN)
        return;
    e->connecting = false;
    e->error = code;
}

void fake__net_settle(void)
{
    struct fake__endpoint *next;
    for (struct fake__endpoint *e = all; e != NULL; e = next) {
        next = e->next;
        if (e->connecting && e->settles_at <= fake_now())
            settle(e);
    }
}

int64_t fake__net_next_event(void)
{
    int64_t first = INT64_MAX;
    for (struct fake__endpoint *e = all; e != NULL; e = e->next)
        if (e->connecting && e->settles_at > fake_now() && e->settles_at < first)
            first = e->settles_at;
    return first;
}

static int connect_stream(struct fake__endpoint *e, const struct xsock_addr *to)
{
    int code;
    if (e->listening)
        return FAKE_EISCONN;
    if (e->connecting)
        return FAKE_EALREADY;
    if (e->connected)
        return FAKE_EISCONN;
    e->remote = *to;
    give_any_name(e);
    code = connects.take_ns == 0 ? reach(e) : FAKE_EINPROGRESS;
    if (code == FAKE_EAGAIN && e->af != XSOCK_AF_LOCAL)
        code = FAKE_EINPROGRESS;
    if (code != FAKE_EINPROGRESS)
        return code;
    e->connecting = true;
    e->settles_at = connects.take_ns == INT64_MAX ? INT64_MAX : fake_now() + connects.take_ns;
    e->settles_with = connects.code;
    return code;
}

int xsock__sys_connect(uintptr_t h, bool stream, const struct xsock__sys_addr *a)
{
    struct fake__endpoint *e = fake__endpoint(h, "connected what is no open socket");
    struct xsock_addr to = from_native(a);
    int code = fake__begin(FAKE_CONNECT);
    if (code != 0)
        return code;
    fake__net_settle();
    if (stream != fake__net_is_stream(e))
        fake__die("connected as another type than the socket's");
    if (stream)
        return connect_stream(e, &to);
    e->connected = to.family != XSOCK_AF_UNSPEC;
    e->remote = to;
    if (e->connected)
        give_any_name(e);
    return 0;
}

enum xsock__sys_listener xsock__sys_find_listener(uintptr_t h, const struct xsock__sys_addr *a)
{
    struct fake__endpoint *e = fake__endpoint(h, "asked what is no open socket for listeners");
    struct xsock_addr to = from_native(a);
    if (fake__begin(FAKE_FIND_LISTENER) != 0 || !connects.full_refuses
        || to.family == XSOCK_AF_LOCAL)
        return XSOCK__SYS_LISTENER_UNKNOWN;
    struct fake__endpoint *l = fake__net_named(e->af, e->type, &to);
    return l != NULL && l->listening ? XSOCK__SYS_LISTENER_THERE : XSOCK__SYS_LISTENER_NONE;
}

int xsock__sys_take_error(uintptr_t h, int *out_code)
{
    struct fake__endpoint *e = fake__endpoint(h, "asked what is no open socket for its error");
    int code = fake__begin(FAKE_TAKE_ERROR);
    if (code != 0)
        return code;
    fake__net_settle();
    *out_code = e->error;
    e->error = 0;
    return 0;
}

int xsock__sys_shutdown(uintptr_t h, bool receive, bool send)
{
    struct fake__endpoint *e = fake__endpoint(h, "shut down what is no open socket");
    int code = fake__begin(FAKE_SHUTDOWN);
    if (code != 0)
        return code;
    if (!e->connected || e->reset)
        return FAKE_ENOTCONN;
    e->shut_receive = e->shut_receive || receive;
    e->shut_send = e->shut_send || send;
    if (send && e->peer != NULL)
        e->peer->ended = true;
    return 0;
}
