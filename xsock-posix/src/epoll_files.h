/* Members of epoll that are no sockets: pipes, terminals and other files. On Linux a second epoll
 * of the kernel has them. Windows has none: EPERM. */
#ifndef XSOCK_POSIX_EPOLL_FILES_H
#define XSOCK_POSIX_EPOLL_FILES_H

#include "posix.h"

#include <sys/epoll.h>

/* epoll_ctl() for a member that is a file. `p` is the poller of the number, or 0 if the number is
 * none. -1: errno is set. */
int xsock_posix__epoll_files_ctl(int number, int p, int operation, int file,
                                 struct epoll_event *event);

/* Whether the poller has ever had such a member. */
bool xsock_posix__epoll_files_any(int p);

/* Whether files come before sockets now. The answer changes with each question. */
bool xsock_posix__epoll_files_are_first(int p);

/* Takes the events of files without waiting. -1: errno is set. */
int xsock_posix__epoll_files_take(int p, struct epoll_event *out, int n);

/* Waits until a socket or a file of the poller may be ready. A wait may end for no reason. */
int xsock_posix__epoll_files_wait(int number, int p, int64_t timeout_ns, unsigned int turn,
                                  const sigset_t *mask);

#endif
