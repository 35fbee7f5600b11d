/* Tables of fake sockets, and calls in them that wait: see fake_talk.h. */
#include "call/plain.h"
#include "fake_talk.h"

#include "harness.h"
#include "socket/sock.h"

struct xsock__fdtab *t;
unsigned char buf[BUF];

int talk_start(void **state)
{
    fake_setup(state);
    memset(buf, 0x5a, sizeof buf);
    return xsock__lookup_create_table(&t);
}

int talk_stop(void **state)
{
    xsock__fdtab_destroy(t);
    if (fake_wakes() != 0) {
        fprintf(stderr, "%d wakes left open\n", (int)fake_wakes());
        return 1;
    }
    return fake_teardown(state);
}

void renew(void)
{
    xsock__fdtab_destroy(t);
    fake_reset();
    ASSERT_RESULT(0, xsock__lookup_create_table(&t));
}

/* ---- Sockets --------------------------------------------------------------------------------- */

struct xsock_addr at_port(uint32_t port)
{
    return (struct xsock_addr){
        .family = XSOCK_AF_INET, .port = port, .length = 4, .data = {127, 0, 0, 1}};
}

struct xsock_addr named(const char *path)
{
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL, .length = (uint32_t)strlen(path)};
    memcpy(a.data, path, a.length);
    return a;
}

int open_stream(void)
{
    return ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
}

int listen_at(uint32_t port, int backlog)
{
    struct xsock_addr a = at_port(port);
    int d = open_stream();
    ASSERT_RESULT(0, xsock__call_bind(t, d, &a));
    ASSERT_RESULT(0, xsock__call_listen(t, d, backlog));
    return d;
}

int bound_datagrams(uint32_t port)
{
    struct xsock_addr a = at_port(port);
    int d = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock__call_bind(t, d, &a));
    return d;
}

void make_pair(int type, int out[2])
{
    ASSERT_RESULT(0, xsock__call_pair(t, XSOCK_AF_LOCAL, type, 0, out));
}

uintptr_t handle_of(int d)
{
    uintptr_t h = 0;
    ASSERT_RESULT(0, xsock__call_native(t, d, &h));
    return h;
}

void set_timeout(int d, enum timeout which, int64_t ns)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    struct xsock__sock *s = fd->held.sock;
    xsock__atomic_i64 *all[] = {&s->recv_timeout, &s->send_timeout, &s->connect_timeout,
                                &s->accept_timeout};
    xsock__atomic_store_i64(all[which], ns);
    xsock__fdtab_put(t, fd);
}

int send_some(int d, size_t n, int flags)
{
    return (int)xsock__call_send(t, d, buf, n, flags);
}

int recv_some(int d, size_t n, int flags)
{
    return (int)xsock__call_recv(t, d, buf, n, flags);
}

void fill(int d)
{
    UNTIL(send_some(d, 1, XSOCK_MSG_DONTWAIT) != 1, (void)0);
}

/* ---- Things that happen meanwhile ------------------------------------------------------------ */

void send_later(void *user)
{
    struct event *e = user;
    e->result = (int)xsock__call_send(t, e->d, buf, e->n, XSOCK_MSG_DONTWAIT);
}

void recv_later(void *user)
{
    struct event *e = user;
    e->result = (int)xsock__call_recv(t, e->d, buf + sizeof buf - e->n, e->n, XSOCK_MSG_DONTWAIT);
}

void connect_later(void *user)
{
    struct event *e = user;
    struct xsock_addr a = at_port(80);
    e->result = xsock__call_connect(t, e->d, &a);
}

void break_later(void *user)
{
    struct event *e = user;
    fake_break(handle_of(e->d), FAKE_ECONNRESET);
}

/* Closes, and lets the number be taken by a socket of its own at once. */
void close_later(void *user)
{
    struct event *e = user;
    e->number = e->d;
    e->result = xsock__call_close(t, e->d);
    e->other = xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
}

void dup2_later(void *user)
{
    struct event *e = user;
    e->number = e->d;
    e->other = xsock__call_dup2(t, e->n != 0 ? (int)e->n : e->d, e->d, 0);
}

/* ---- Calls that block for good --------------------------------------------------------------- */

/* Each makes a descriptor in which `run` has nothing to wait for. */
static int ready_to_accept(void)
{
    return listen_at(80, 4);
}

int ready_to_connect(void)
{
    fake_connects_take(INT64_MAX, 0);
    return open_stream();
}

int ready_to_knock(void) /* at a LOCAL listener that is full */
{
    struct xsock_addr a = named("/full");
    int l = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    int d = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock__call_bind(t, l, &a));
    ASSERT_RESULT(0, xsock__call_listen(t, l, 0));
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    return ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
}

static int pair_end(int type)
{
    int d[2];
    make_pair(type, d);
    return d[1];
}

static int ready_to_receive(void)
{
    return pair_end(XSOCK_SOCK_STREAM);
}

static int ready_to_receive_datagrams(void)
{
    return bound_datagrams(53);
}

static int ready_to_send(void)
{
    int d = pair_end(XSOCK_SOCK_STREAM);
    fill(d);
    return d;
}

static int ready_to_send_datagrams(void)
{
    int d = pair_end(XSOCK_SOCK_DGRAM);
    fill(d);
    return d;
}

/* Under way already: what sends or receives then waits for the connect first. */
int ready_to_settle(void)
{
    struct xsock_addr a = at_port(80);
    int d = ready_to_connect();
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, 0));
    return d;
}

int run_accept(int d)
{
    struct xsock_addr a = named("untouched"), before = a;
    int rc = xsock__call_accept(t, d, 0, &a);
    assert_true(rc >= 0 || memcmp(&a, &before, sizeof a) == 0);
    return rc;
}

static int run_connect(int d)
{
    struct xsock_addr a = at_port(80);
    return xsock__call_connect(t, d, &a);
}

static int run_knock(int d)
{
    struct xsock_addr a = named("/full");
    return xsock__call_connect(t, d, &a);
}

static int run_recv(int d)
{
    return recv_some(d, 10, 0);
}

static int run_recv_all(int d)
{
    return recv_some(d, 10, XSOCK_MSG_WAITALL);
}

static int run_send(int d)
{
    return send_some(d, 10, 0);
}

const struct blocking calls[] = {
    {"accept", ready_to_accept, run_accept, ACCEPT, -XSOCK_EAGAIN},
    {"connect", ready_to_connect, run_connect, CONNECT, -XSOCK_ETIMEDOUT},
    {"connect, full backlog", ready_to_knock, run_knock, CONNECT, -XSOCK_ETIMEDOUT},
    {"connect again", ready_to_settle, run_connect, CONNECT, -XSOCK_ETIMEDOUT},
    {"recv", ready_to_receive, run_recv, RECV, -XSOCK_EAGAIN},
    {"recv all", ready_to_receive, run_recv_all, RECV, -XSOCK_EAGAIN},
    {"recv datagrams", ready_to_receive_datagrams, run_recv, RECV, -XSOCK_EAGAIN},
    {"recv, connecting", ready_to_settle, run_recv, RECV, -XSOCK_EAGAIN},
    {"send", ready_to_send, run_send, SEND, -XSOCK_EAGAIN},
    {"send datagrams", ready_to_send_datagrams, run_send, SEND, -XSOCK_EAGAIN},
    {"send, connecting", ready_to_settle, run_send, SEND, -XSOCK_EAGAIN},
};
const int call_count = sizeof calls / sizeof *calls;
