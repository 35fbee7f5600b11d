/* Handles of the library's own and of its sockets are never 0, 1 or 2. A program that was started
 * with a standard stream closed would otherwise write its messages to a network peer. */
#ifndef XSOCK__POSIX_HANDLE_H
#define XSOCK__POSIX_HANDLE_H

#include "posix/native.h"

enum { XSOCK__POSIX_FIRST_HANDLE = 3 };

/* Every new handle goes through here. Returns the handle, or a higher one in its place if it was
 * the number of a standard stream. The close-on-exec flag stays. -1 with errno if the handle is -1,
 * or if no higher number is left; the handle is closed then. */
int xsock__posix_move_low_up(int fd);
static inline int xsock__posix_move_up(int fd)
{
    return fd >= XSOCK__POSIX_FIRST_HANDLE ? fd : xsock__posix_move_low_up(fd);
}

/* The same for two. Returns 0, or errno; both are closed then. */
int xsock__posix_move_both_up(int fd[2]);

/* Which file a number stands for. A program that closes all numbers closes the library's handles,
 * too, and its next files get the numbers. So a handle of the library's own is compared before it
 * is written to or closed. All eventfds and epolls of a system are one file, so a program's eventfd
 * is not noticed. A file, a socket or a pipe is noticed. `identify` returns false with errno if the
 * number is not open. */
bool xsock__posix_identify(int fd, uint64_t out[2]);
bool xsock__posix_is_same(int fd, const uint64_t id[2]);

#endif
