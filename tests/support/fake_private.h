/* What the files of the fake system share; tests use fake_sys.h and fake_net.h. */
#ifndef XSOCK_FAKE_PRIVATE_H
#define XSOCK_FAKE_PRIVATE_H

#include "fake_net.h"
#include "fake_sys.h"

struct fake__endpoint;

/* An open socket, which several handles may refer to. */
struct fake__socket {
    unsigned handles;
    bool is_socket, nonblock;
    struct xsock__sys_triple triple;
    struct fake__endpoint *end; /* NULL: nothing was done with it yet */
};

void fake__die(const char *sentence);

/* Every call that can fail begins here: 0, or the code it is to fail with. */
int fake__begin(enum fake_call call);
void fake__notice(enum fake_call call); /* one that can't */

/* The open socket of a handle; ends the program with this sentence if it is none. */
struct fake__socket *fake__find(uintptr_t h, const char *otherwise);
uintptr_t fake__add_socket(const struct xsock__sys_triple *t, bool cloexec, bool nonblock,
                           bool is_socket);

/* ---- The network (fake_net.c) ---------------------------------------------------------------- */

struct fake__message {
    struct fake__message *next;
    struct xsock_addr from;
    size_t size;
    unsigned char data[];
};

struct fake__endpoint {
    struct fake__endpoint *next; /* of all */
    int af, type;                /* xsock's numbers */
    bool bound, listening, connecting, connected, shut_receive, shut_send;
    bool ended; /* no more will come: the peer is gone, or sends no more */
    bool gone;  /* the peer is */
    struct fake__endpoint *peer;
    struct xsock_addr local, remote;
    int error;          /* SO_ERROR */
    int64_t settles_at; /* connecting: when it is over, and how */
    int settles_with;
    /* received */
    unsigned char *bytes; /* a stream's */
    size_t size;
    struct fake__message *first; /* the others' */
    size_t messages;
    bool has_urgent, marked;
    unsigned char urgent;
    size_t mark; /* bytes that come before it */
    /* a listener's */
    struct fake__endpoint *waiting; /* to be accepted, by next_waiting */
    struct fake__endpoint *next_waiting;
    struct fake__endpoint *listener; /* of one that waits */
    int backlog, waiting_count;
};

struct fake__endpoint *fake__endpoint(uintptr_t h, const char *otherwise);
struct fake__endpoint *fake__net_named(int af, int type, const struct xsock_addr *name);
bool fake__net_is_stream(const struct fake__endpoint *e);
void fake__net_pair(struct fake__socket *a, struct fake__socket *b);
void fake__net_gone(struct fake__socket *s);
void fake__net_settle(void);                           /* connects whose time has come */
int64_t fake__net_next_event(void);                    /* when the next will; INT64_MAX: none */
int fake__net_revents(const struct fake__endpoint *e); /* all that holds, asked for or not */
size_t fake__net_room(const struct fake__endpoint *receiver);
void fake__reset_net(void);
void fake__reset_messages(void);

/* ---- The clock (fake_wait.c) ----------------------------------------------------------------- */

void fake__run_hooks_before(enum fake_call call, unsigned nth);
void fake__reset_wait(void);

#endif
