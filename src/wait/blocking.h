/* Waiting in the system's own call: one system call instead of three, if the program has allowed it
 * (xsock_set_wake_signal).
 *
 * A call that has no limit and finds nothing puts its thread into the lists of waiting calls, and
 * then sends or receives without DONTWAIT. Whatever would end or change its wait interrupts the
 * thread by the signal, again and again until the thread has left the lists. The only thread of a
 * process needs no signal, because only its own signal handler can end its wait. A call that was
 * interrupted goes on in the usual way (wait.h), which tells what has happened. Nothing is done
 * to the socket, so a duplicate and a forked process notice nothing but the handle's mode.
 *
 * The handle is put into blocking mode by its first such wait, and stays there until the program
 * makes the socket NONBLOCK: programs that inherit the handle see its mode. Every other call
 * passes DONTWAIT, or cannot wait on a socket that has a peer. Accepting, connecting and batches
 * wait in the usual way: they have no such flag, or move several messages. */
#ifndef XSOCK__WAIT_BLOCKING_H
#define XSOCK__WAIT_BLOCKING_H

#include "wait/wait.h"

/* Goes on with a call that may wait in the system (l->flags is not NULL) and has to wait. `code` is
 * that of its first try. Returns the code of the last try, or `code` itself if the call must wait
 * in the usual way. */
int xsock__blocking_try(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                        int events, struct xsock__limit *l, int code);

/* The same in steps, for one try. The caller has filled in waker.wake (xsock__sys_wake_self). If
 * begin returns true, the caller tries with XSOCK__SYS_WAITS, and `end` must follow with the code
 * of the try. It returns the code, or instead of EINTR XSOCK__TRY_SKIPPED, or XSOCK__TRY_LATER if
 * the descriptor was closed: no try may follow, and the usual way finds the descriptor closed. */
struct xsock__blocking {
    struct xsock__waiter waiter;
    struct xsock__waker waker;
};
bool xsock__blocking_begin(struct xsock__blocking *b, struct xsock__fdtab *t, struct xsock__fd *fd,
                           int events, const struct xsock__limit *l);
int xsock__blocking_end(struct xsock__blocking *b, struct xsock__fdtab *t, struct xsock__fd *fd,
                        int code);

/* Puts the handle back into non-blocking mode, if such a wait has changed the mode. The socket is
 * NONBLOCK by now, and no call waits in the system. */
void xsock__blocking_undo(const struct xsock__fd *fd);

#endif
