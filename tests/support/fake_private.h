/* What the files of the fake system share. Tests include fake_sys.h and fake_net.h instead. */
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
    struct fake__endpoint *end; /* NULL until the socket is used */
};

void fake__die(const char *sentence);

/* Every call that can fail begins with this. Returns 0, or the code that the call fails with. */
int fake__begin(enum fake_call call);
void fake__notice(enum fake_call call); /* counts a call that cannot fail */

/* Returns the open socket of a handle. If the handle is not open, ends the program with the message
 * `otherwise`. */
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
    struct fake__endpoint *next; /* in the list of all endpoints */
    int af, type;                /* xsock's numbers */
    bool bound, listening, connecting, connected, shut_receive, shut_send;
    bool ended; /* no more data will arrive: the peer is gone, or sends no more */
    bool gone;  /* the peer is closed */
    bool reset; /* the system knows of no connection any more */
    struct fake__endpoint *peer;
    struct xsock_addr local, remote;
    int error;          /* SO_ERROR */
    int64_t settles_at; /* when connecting ends; settles_with is its result */
    int settles_with;
    /* received data */
    unsigned char *bytes; /* of a stream */
    size_t size;
    struct fake__message *first; /* of every other type */
    size_t messages;
    bool has_urgent, marked;
    unsigned char urgent;
    size_t mark; /* the number of bytes before the mark */
    /* of a listener */
    struct fake__endpoint *waiting; /* connections to accept, linked by next_waiting */
    struct fake__endpoint *next_waiting;
    struct fake__endpoint *listener; /* of a connection that waits to be accepted */
    int backlog, waiting_count;
};

struct fake__endpoint *fake__endpoint(uintptr_t h, const char *otherwise);
struct fake__endpoint *fake__net_named(int af, int type, const struct xsock_addr *name);
bool fake__net_is_stream(const struct fake__endpoint *e);
void fake__net_pair(struct fake__socket *a, struct fake__socket *b);
void fake__net_gone(struct fake__socket *s);
/* xsock__sys_recv. *out_flags also gets XSOCK_MSG_TRUNC if the datagram was cut. */
int fake__recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
               size_t *out, int *out_flags);
void fake__net_settle(void);        /* ends the connects whose time has come */
int64_t fake__net_next_event(void); /* the time of the next event, or INT64_MAX */
int fake__net_revents(const struct fake__endpoint *e); /* all poll events that hold */
size_t fake__net_room(const struct fake__endpoint *receiver);
void fake__reset_net(void);
void fake__reset_messages(void);

/* ---- The clock (fake_wait.c) ----------------------------------------------------------------- */

void fake__run_hooks_before(enum fake_call call, unsigned nth);
void fake__reset_wait(void);

#endif
