/* What poll() needs to know of files, pipes and terminals: a part of what depends on the system. In
 * both calls the entries whose socket is negative and whose number is not are files. */
#ifndef XSOCK_POSIX_POLL_FILES_H
#define XSOCK_POSIX_POLL_FILES_H

#include "posix.h"

#include <poll.h>

/* Whether the number of a poller is the kernel's epoll or kqueue, which is readable while a member
 * is ready. A poller that is built on poll() has a number that tells nothing. */
#if defined(_WIN32) || defined(XSOCK_POSIX_POLLER_POLL)
#define XSOCK_POSIX__POLLER_IS_KERNELS false
#else
#define XSOCK_POSIX__POLLER_IS_KERNELS true
#endif

/* Stores what holds of the files now. */
void xsock_posix__files_look(struct pollfd *v, const struct xsock_pollfd *sockets, size_t n);

/* Waits until a file or a socket may be ready, or the time has passed. `turn` counts the waits of
 * one poll(). Returns 0, or -1 with errno. */
int xsock_posix__files_wait(struct pollfd *v, struct xsock_pollfd *sockets, size_t n,
                            int64_t timeout_ns, unsigned int turn, const sigset_t *mask);

/* ---- on POSIX systems only */

/* The time in milliseconds, rounded up. */
int xsock_posix__timeout_ms(int64_t timeout_ns);

/* The kernel's poll(), rounded up to milliseconds, or its ppoll() if there is a mask. */
int xsock_posix__kernel_poll(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask);

/* The time after which a wait of the kernel has to ask xsock, too, where xsock knows more than the
 * kernel. A turn of 17 ms is noticed by nobody, and makes some 60 calls a second. */
static inline int64_t xsock_posix__turn_ns(int64_t timeout_ns)
{
    const int64_t turn_ns = 17 * 1000 * 1000;
    return timeout_ns < 0 || timeout_ns > turn_ns ? turn_ns : timeout_ns;
}

/* xsock may have a look at a socket that differs from the kernel's. The waits of one call that end
 * at once are followed by a nap, so that such a socket makes no busy loop. */
void xsock_posix__nap(unsigned int turn);

/* epoll_posix.c: what files need of a poller that is closed. */
void xsock_posix__epoll_files_close(int p);

#endif
