/* <signal.h> of xsock-posix: on Windows with the signals that its runtimes lack. signal() takes
 * them, and nobody raises them. */
#ifndef XSOCK_POSIX_SIGNAL_H
#define XSOCK_POSIX_SIGNAL_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

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

#ifndef SIG_BLOCK
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#endif
#define SA_NOCLDSTOP 0x1
#define SA_RESTART 0x10000000
#define SA_RESETHAND 0x80000000

XSOCK_POSIX_BEGIN
typedef void xsock_posix_handler(int);

/* The mask and the flags have no effect: signals interrupt no call, and none is blocked. */
struct sigaction {
    xsock_posix_handler *sa_handler;
    sigset_t sa_mask;
    unsigned int sa_flags;
};

#define sigemptyset(set) (*(set) = 0, 0)
#define sigfillset(set) (*(set) = ~(sigset_t)0, 0)
#define sigaddset(set, number) (*(set) |= (sigset_t)1 << (number), 0)
#define sigdelset(set, number) (*(set) &= ~((sigset_t)1 << (number)), 0)
#define sigismember(set, number) ((int)(*(set) >> (number) & 1))
XSOCK_POSIX_CALL(int, sigaction,
                 (int number, const struct sigaction *action, struct sigaction *old));
XSOCK_POSIX_CALL(int, sigprocmask, (int how, const sigset_t *set, sigset_t *old));
XSOCK_POSIX_CALL(xsock_posix_handler *, signal, (int number, xsock_posix_handler *handler));
XSOCK_POSIX_END
#endif
