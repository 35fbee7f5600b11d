/* The wake signal: interrupting a thread that waits in the system's own call. The only thread of a
 * process needs none, because only a signal handler of its own could end the wait. */
#include "posix/wake_signal.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/atomic.h"

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "sys.h: a wake holds a pthread_t");

/* What the program has given: 0 nothing, 1 no signal, otherwise the signal plus one. has_signal is
 * 1 once a signal was given, and stays 1. */
static xsock__atomic_int given, has_signal;

/* Whether this thread takes the signal: it is unblocked before the thread's first wait. */
static _Thread_local int unblocked;

#ifdef __APPLE__
/* XNU's send ignores MSG_DONTWAIT if the handle is in blocking mode (sosendcheck in
 * bsd/kern/uipc_socket.c). A send that must not wait would wait there, and nothing could end it. */
int xsock__sys_set_wake_signal(int signo)
{
    return signo < 0 ? EINVAL : signo > 0 ? EOPNOTSUPP : 0;
}
#else
/* Its delivery alone makes the call return EINTR. */
static void handle_wake_signal(int signo)
{
    (void)signo;
}

/* The system raises these for a fault. It would raise the signal again and again if the handler
 * returned. */
static bool means_fault(int signo)
{
    return signo == SIGSEGV || signo == SIGBUS || signo == SIGILL || signo == SIGFPE
           || signo == SIGTRAP || signo == SIGSYS || signo == SIGABRT;
}

/* The handler has no SA_RESTART: the call must return, because what woke it may be something else
 * than a close. The handler runs on the thread's other stack, if the thread has one: a frame of a
 * signal can be large. The handler stays for good, because a signal may still be on its way. */
static int install(int signo)
{
    struct sigaction now, ours;
    memset(&ours, 0, sizeof ours);
    ours.sa_handler = handle_wake_signal;
    ours.sa_flags = SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    if (sigaction(signo, NULL, &now) != 0)
        return errno;
    /* SA_SIGINFO is unsigned on some processors. */
    bool takes_info = (now.sa_flags & (int)SA_SIGINFO) != 0;
    bool is_ours = !takes_info && now.sa_handler == handle_wake_signal;
    if (!is_ours && (takes_info || now.sa_handler != SIG_DFL))
        return EBUSY;
    return sigaction(signo, &ours, NULL) == 0 ? 0 : errno;
}

int xsock__sys_set_wake_signal(int signo)
{
    if (signo < 0 || means_fault(signo))
        return EINVAL;
    int code = signo != 0 ? install(signo) : 0;
    if (code != 0)
        return code;
    if (signo != 0)
        xsock__atomic_store(&has_signal, 1);
    xsock__atomic_store(&given, signo + 1);
    return 0;
}
#endif

bool xsock__posix_handles_may_block(void)
{
    return xsock__atomic_peek(&has_signal) != 0;
}

static bool unblock(int signo)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signo);
    if (pthread_sigmask(SIG_UNBLOCK, &set, NULL) != 0)
        return false;
    unblocked = signo;
    return true;
}

/* Whether this thread may wait. Without a signal only the only thread of a process may. */
static bool may_wait(int signo)
{
    return xsock__sys_alone() || (signo > 0 && (unblocked == signo || unblock(signo)));
}

bool xsock__sys_wake_self(uintptr_t handle, struct xsock__sys_wake *out)
{
    const int now = xsock__atomic_peek(&given);
    if (now == 0 || !may_wait(now - 1))
        return false;
    const pthread_t self = pthread_self();
    memcpy(&out->handle[0], &self, sizeof self);
    out->handle[1] = handle;
    out->handle[2] = (uintptr_t)now;
    return true;
}

static pthread_t thread_of(const struct xsock__sys_wake *w)
{
    pthread_t thread;
    memcpy(&thread, &w->handle[0], sizeof thread);
    return thread;
}

bool xsock__sys_wake_is_own(const struct xsock__sys_wake *w)
{
    return pthread_equal(thread_of(w), pthread_self()) != 0;
}

/* A handler cannot interrupt the call that it has interrupted once more, and the system may begin
 * that call again (SA_RESTART). */
void xsock__posix_interrupt(const struct xsock__sys_wake *w)
{
    if (xsock__sys_wake_is_own(w))
        (void)xsock__sys_set_nonblock(w->handle[1], true);
    else
        (void)pthread_kill(thread_of(w), (int)w->handle[2] - 1);
}

/* A signal that was sent before this call is delivered before the call returns: a signal for the
 * thread itself is delivered on the way back from any system call. Otherwise the signal could
 * interrupt a call of the program. */
void xsock__posix_take_interrupt(void)
{
    sigset_t set;
    (void)pthread_sigmask(SIG_BLOCK, NULL, &set);
}
