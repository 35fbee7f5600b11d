/* <signal.h> of xsock-posix: on Windows with the signals that its runtimes lack. signal() takes
 * them, and nobody raises them. */
#ifndef XSOCK_POSIX_SIGNAL_H
#define XSOCK_POSIX_SIGNAL_H

#include <xsock_posix/declare.h>
#if defined(__GNUC__)
#pragma GCC system_header
#endif

#ifdef XSOCK_POSIX_BUILD
#include_next <signal.h>
#else
#define signal xsock_posix_hidden_signal
#include_next <signal.h>
#undef signal
#endif
#include <xsock_posix/types.h>

#ifndef SIGHUP
#define SIGHUP 1
#endif
#ifndef SIGQUIT
#define SIGQUIT 3
#endif
#ifndef SIGPIPE
#define SIGPIPE 13
#endif
#ifndef SIGALRM
#define SIGALRM 14
#endif
#ifndef SIGUSR1
#define SIGUSR1 10
#endif
#ifndef SIGUSR2
#define SIGUSR2 12
#endif
#ifndef SIGCHLD
#define SIGCHLD 17
#endif

XSOCK_POSIX_BEGIN
typedef void xsock_posix_handler(int);
XSOCK_POSIX_CALL(xsock_posix_handler *, signal, (int number, xsock_posix_handler *handler));
XSOCK_POSIX_END
#endif
