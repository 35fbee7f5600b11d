/* The network and the clock of the fake system (fake_sys.h). Both are in memory. Data arrives as
 * soon as the data is sent. Time passes only in xsock__sys_wait(), which sets the clock to the next
 * event or to the end of the wait at once. If a wait has no end and no event is to come, the
 * program ends with a message. */
#ifndef XSOCK_FAKE_NET_H
#define XSOCK_FAKE_NET_H

#include "fake_sys.h"

enum {
    FAKE_BUFFER = 1000,     /* bytes that a stream holds for its receiver: see fake_set_buffer() */
    FAKE_MESSAGES = 8,      /* datagrams that a socket holds; sending one more gives EAGAIN */
    FAKE_MESSAGE_MAX = 1500 /* the longest datagram; a longer one gives EMSGSIZE */
};

/* ---- The network. fake_reset() undoes all of this. ------------------------------------------- */

void fake_set_buffer(size_t bytes);

/* One send or receive of a stream moves at most this many bytes. 0 removes the limit. */
void fake_set_step(size_t bytes);

/* The next sends of a stream succeed and move no bytes. */
void fake_move_nothing(unsigned sends);

/* How many sends have had control data since fake_reset(). */
unsigned fake_controls_sent(void);

/* From now on a connect of a stream gives EINPROGRESS, and ends after this time. It ends with this
 * code. If the code is 0, the state of the listener at that time decides. With INT64_MAX the
 * connect never ends. */
void fake_connects_take(int64_t ns, int code);

/* From now on a listener of INET or INET6 whose backlog is full refuses connections, and the system
 * reports which addresses have a listener. */
void fake_full_backlogs_refuse(void);

/* The socket fails like a reset connection: its next send or receive gives this code, and its peer
 * is gone. */
void fake_break(uintptr_t handle, int code);

/* Clears SO_ERROR, as if another program had read it. A stream stays connected. */
void fake_take_error(uintptr_t handle);

/* If on, a socket that coalesces receives several datagrams of one size at once, as on Linux with
 * UDP_GRO. A socket that was made outside xsock then reports that it coalesces. */
void fake_join(bool on);

/* If on, the system can cut one message into datagrams. A message longer than most_bytes is
 * refused. */
void fake_segment(bool on, size_t most_bytes);

/* Whether the process has no number for a handle that comes with a message. */
void fake_lack_room(bool on);

/* ---- Clock ----------------------------------------------------------------------------------- */

int64_t fake_now(void);
void fake_advance(int64_t ns);

/* Sets the time of day, which then advances with the clock. fake_reset() undoes this. */
void fake_set_day(int64_t ns);

/* ---- Events to come. fake_reset() removes them. ---------------------------------------------- */

typedef void fake_hook(void *user);

/* Calls fn once, when a wait has reached this time of fake_now(). fn may make any call. */
void fake_at(int64_t time, fake_hook *fn, void *user);

/* Calls fn once, just before the nth call of this kind from now on is decided. */
void fake_before(enum fake_call call, unsigned nth, fake_hook *fn, void *user);

/* Waits end with EINTR at every multiple of this period. 0 ends this. */
void fake_interrupt_every(int64_t ns);

/* A wait that would last longer than this ends this much too early, and reports nothing. */
void fake_wake_early_by(int64_t ns);

/* How many wakes are open, and how many of them are set. */
size_t fake_wakes(void);
size_t fake_wakes_set(void);

/* Behaves as if the program had closed the handles of all wakes that are open now. A wait with such
 * a wake ends at once, and reports nothing. If the program uses the numbers for something silent,
 * such a wake ends no wait. */
void fake_spoil_wakes(void);
void fake_silence_wakes(void);

#endif
