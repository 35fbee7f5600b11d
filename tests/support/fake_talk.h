/* For the tests of calls on fake sockets (fake_net.h): a table, sockets of every state in it, calls
 * that wait and what happens to them meanwhile. */
#ifndef XSOCK_FAKE_TALK_H
#define XSOCK_FAKE_TALK_H

#include "call/call.h"
#include "fake_net.h"
#include "fake_sys.h"

enum { MS = 1000 * 1000, BUF = 8 * FAKE_BUFFER };

extern struct xsock__fdtab *t;
extern unsigned char buf[BUF];

/* The fixture: a table of its own; complains of handles, wakes and locks that are left. */
int talk_start(void **state);
int talk_stop(void **state);
#define TALK_TEST(f) cmocka_unit_test_setup_teardown(f, talk_start, talk_stop)

/* A new table, and nothing set to happen. */
void renew(void);

struct xsock_addr at_port(uint32_t port);
struct xsock_addr named(const char *path);
int open_stream(void);
int listen_at(uint32_t port, int backlog);
int bound_datagrams(uint32_t port);
void make_pair(int type, int out[2]);
uintptr_t handle_of(int d);

enum timeout { RECV, SEND, CONNECT, ACCEPT };
void set_timeout(int d, enum timeout which, int64_t ns);
int send_some(int d, size_t n, int flags);
int recv_some(int d, size_t n, int flags);
void fill(int d); /* until it would block */

/* ---- Calls that block for good --------------------------------------------------------------- */

struct blocking {
    const char *name;
    int (*prepare)(void); /* makes a descriptor in which `run` has nothing to wait for */
    int (*run)(int d);
    enum timeout timeout;
    int late; /* what it gives when the time is over */
};
extern const struct blocking calls[];
extern const int call_count;

int ready_to_connect(void); /* to a peer that never answers */
int ready_to_knock(void);   /* at a LOCAL listener that is full */
int ready_to_settle(void);  /* with a connect under way, that waits for it first */
int run_accept(int d);

/* ---- Things that happen meanwhile: for fake_at() and fake_before() --------------------------- */

struct event {
    int d, other, number;
    size_t n;
    int result;
};
void send_later(void *event);
void recv_later(void *event);
void connect_later(void *event); /* to port 80 */
void break_later(void *event);
void close_later(void *event); /* and lets the number be taken at once: other */
void dup2_later(void *event);  /* of descriptor n, onto it: other */

#endif
