/* Members of epoll that are no sockets: pipes, terminals and other files. On Linux a second epoll
 * of the kernel has them. Windows has none: EPERM. */
#ifndef XSOCK_POSIX_EPOLL_FILES_H
#define XSOCK_POSIX_EPOLL_FILES_H

#include "posix.h"

#include <sys/epoll.h>

/* The descriptor of a number that is to be a member, or 0 with errno: EPERM for a file. */
int xsock_posix__epoll_member(int number);

/* epoll_ctl() and epoll_pwait() for a number that the library knows as no poller. On Linux the
 * kernel judges the number, which may be a poller that another program has made. */
int xsock_posix__epoll_other_ctl(int number, int operation, int member, struct epoll_event *event);
int xsock_posix__epoll_other_wait(int number, struct epoll_event *out, int n, int64_t timeout_ns,
                                  const sigset_t *mask);

/* epoll_ctl() for a member that is a file. -1: errno is set. */
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
