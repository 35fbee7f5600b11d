/* The network and the clock of the fake system (fake_sys.h). Both are in memory: data is there as
 * soon as it is sent, and time passes only in xsock__sys_wait, which goes on to the next thing that
 * is to happen, or to its own end, at once. A wait without an end in which nothing will ever happen
 * ends the program with a sentence. */
#ifndef XSOCK_FAKE_NET_H
#define XSOCK_FAKE_NET_H

#include "fake_sys.h"

enum {
    FAKE_BUFFER = 1000,     /* bytes that a stream holds for its receiver, unless set otherwise */
    FAKE_MESSAGES = 8,      /* datagrams that a socket holds; one more is EAGAIN to its sender */
    FAKE_MESSAGE_MAX = 1500 /* a longer one is EMSGSIZE */
};

/* ---- Network; all of it is undone by fake_reset() -------------------------------------------- */

void fake_set_buffer(size_t bytes);

/* One send or receive of a stream moves at most so many bytes; 0: as many as there is room for. */
void fake_set_step(size_t bytes);

/* The next sends of a stream succeed and move no bytes. */
void fake_move_nothing(unsigned sends);

/* How many sends had control data with them, since fake_reset(). */
unsigned fake_controls_sent(void);

/* Stream connects from now on are under way at first (EINPROGRESS), and end after that time: with
 * this code, or, if it is 0, as the listener has it then. INT64_MAX: they hang. */
void fake_connects_take(int64_t ns, int code);

/* From now on a full backlog of INET and INET6 refuses, and the system tells who listens. */
void fake_full_backlogs_refuse(void);

/* The socket has failed: its next send or receive gives this code, as a reset connection does, and
 * its peer is gone. */
void fake_break(uintptr_t handle, int code);

/* A stream's connection is there all the same, and SO_ERROR gone: somebody else has read it. */
void fake_take_error(uintptr_t handle);

/* A receive of a socket that coalesces gives several datagrams of one size, as on Linux with
 * UDP_GRO, and a socket from outside says that it does. */
void fake_join(bool on);

/* The system can cut one message into datagrams; it refuses one over most_bytes. */
void fake_segment(bool on, size_t most_bytes);

/* ---- Clock ----------------------------------------------------------------------------------- */

int64_t fake_now(void);
void fake_advance(int64_t ns);

/* The time of day is this now; it goes on with the clock. Undone by fake_reset(). */
void fake_set_day(int64_t ns);

/* ---- What is to happen; undone by fake_reset() ----------------------------------------------- */

typedef void fake_hook(void *user);

/* When a wait has come to this time (of fake_now); once. It may call anything. */
void fake_at(int64_t time, fake_hook *fn, void *user);

/* Just before the nth call of this kind from now on is judged; once. */
void fake_before(enum fake_call call, unsigned nth, fake_hook *fn, void *user);

/* Waits end with EINTR whenever a multiple of this period is reached; 0: no more. */
void fake_interrupt_every(int64_t ns);

/* Waits that are to last longer than this end so much too early, with nothing. */
void fake_wake_early_by(int64_t ns);

/* How many wakes are open, and how many of them are set. */
size_t fake_wakes(void);
size_t fake_wakes_set(void);

/* As if the program had closed the handles of all wakes that are open now. */
void fake_spoil_wakes(void);

#endif
