/* Numbers on POSIX systems: a socket has the number of its kernel handle. The kernel hands out the
 * lowest number, and no file gets it while the socket is open. */
#include "poll_files.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

/* Of the thread that has the lock. */
static sigset_t mask_before;
static int cancel_before;

/* A handler of a signal may write to an eventfd() or duplicate a number. The handler would wait for
 * ever if the thread that it interrupts had the lock. A thread that is cancelled would keep the
 * lock: some of the system's calls end such a thread. */
static void take(void)
{
    sigset_t all;
    sigset_t mask;
    int cancel;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    pthread_mutex_lock(&lock);
    mask_before = mask;
    cancel_before = cancel;
}

void xsock_posix__unlock(void)
{
    sigset_t mask = mask_before;
    int cancel = cancel_before;
    pthread_mutex_unlock(&lock);
    pthread_setcancelstate(cancel, &cancel);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* A forked child has the lock as it is, but not the thread that holds it. So fork() waits for the
 * lock. A thread that has the lock may wait for a lock of xsock, and fork() takes the lock first
 * whose handlers were registered last: xsock's are registered before. */
static void keep_over_fork(void)
{
    (void)xsock_startup();
    (void)pthread_atfork(take, xsock_posix__unlock, xsock_posix__unlock);
}

void xsock_posix__lock(void)
{
    pthread_once(&fork_once, keep_over_fork);
    take();
}

/* The only thread of a process waits in the system's own calls. Whoever starts the program may give
 * the library a signal, so that other threads do so, too. The library takes none by itself: a
 * program that sets all signals to their default would be ended by the first wake. The function
 * runs before main(), when the process has one thread. */
__attribute__((constructor)) static void let_calls_wait_in_the_system(void)
{
    const char *text = getenv("XSOCK_POSIX_WAKE_SIGNAL");
    bool takes = text != NULL && getuid() == geteuid() && getgid() == getegid();
    if (!takes || xsock_set_wake_signal(atoi(text)) != 0)
        (void)xsock_set_wake_signal(0);
}

/* Makes the number of the descriptor's handle stand for it. */
static int add_by_handle(int d)
{
    uintptr_t handle;
    int error = xsock_native(d, &handle);
    if (error == 0 && xsock_posix__map((int)handle, d) >= 0)
        return (int)handle;
    xsock_close(d);
    return error < 0 ? xsock_posix__fail(error) : xsock_posix__refuse(EMFILE);
}

int xsock_posix__add(int d)
{
    return add_by_handle(d);
}

/* xsock's own handles are never 0, 1 or 2. */
enum { HANDLE_MIN = 3 };

/* Takes the numbers below `min` that are free, and marks them. 0, or a negative error of xsock. */
static int take_numbers_below(int min, int handle, unsigned char *taken)
{
    int filler = fcntl(handle, F_DUPFD_CLOEXEC, HANDLE_MIN);
    while (filler >= 0 && filler < min) {
        taken[filler] = 1;
        filler = fcntl(handle, F_DUPFD_CLOEXEC, filler + 1);
    }
    if (filler < 0) /* EMFILE: the number `min` is the last one, and it is held */
        return errno == EMFILE && fcntl(min, F_GETFD) >= 0 ? 0 : xsock_error_from_os(errno);
    close(filler);
    return 0;
}

/* The same, and then a duplicate, until no other thread frees a number in between. If the number
 * `min` is held, other threads do not get it while those below are taken. */
static int dup_above(int d, int min, int flags, int handle, unsigned char *taken, bool is_held)
{
    for (;;) {
        uintptr_t number;
        int result = take_numbers_below(min, handle, taken);
        if (is_held)
            close(min);
        if (result == 0)
            result = xsock_dup(d, 0, flags);
        if (result < 0 || xsock_native(result, &number) < 0 || (int)number >= min)
            return result;
        int holder = is_held ? fcntl(handle, F_DUPFD_CLOEXEC, min) : -1;
        is_held = holder == min;
        if (holder > min)
            close(holder);
        xsock_close(result);
    }
}

/* Duplicates a descriptor so that the handle has a number from `min` on. xsock takes the lowest
 * number, so the free ones below `min` are taken while it does, and freed again. `replaces`: the
 * number `min` is wanted, whatever it holds. */
static int dup_from(int d, int min, int flags, bool replaces)
{
    uintptr_t handle;
    int result = xsock_native(d, &handle);
    if (result < 0 || (min <= HANDLE_MIN && !replaces))
        return result < 0 ? result : xsock_dup(d, 0, flags);
    unsigned char *taken = calloc((size_t)min, 1);
    if (taken == NULL)
        return -XSOCK_ENOMEM;
    xsock_posix__lock();
    if (replaces && xsock_posix__file_dup_at((int)handle, min, O_CLOEXEC) < 0)
        result = xsock_error_from_os(errno);
    if (result == 0)
        result = dup_above(d, min, flags, (int)handle, taken, replaces);
    for (int number = HANDLE_MIN; number < min; number++) {
        if (taken[number])
            close(number);
    }
    xsock_posix__unlock();
    free(taken);
    return result;
}

/* Started programs read and write their standard streams without the library, and most of them
 * expect the blocking mode. On macOS sending needs the handle in non-blocking mode. */
void xsock_posix__show_mode_of_stream(int number)
{
#if defined(__APPLE__)
    (void)number;
#else
    if (number < HANDLE_MIN)
        xsock_posix__show_mode(number);
#endif
}

/* A program that has closed a standard stream wants the duplicate there: the stream's number is the
 * lowest. The number holds a handle of its own, as in add_dup_at_stream(). Returns -1 unless a
 * standard stream from `min` on is closed. */
static int add_at_free_stream(int duplicate, int min, int flags)
{
    uintptr_t handle;
    if (xsock_native(duplicate, &handle) < 0)
        return -1;
    int to = fcntl((int)handle, flags != 0 ? F_DUPFD_CLOEXEC : F_DUPFD, min);
    if (to < HANDLE_MIN && to >= 0) {
        fcntl((int)handle, F_SETFD, FD_CLOEXEC);
        xsock_posix__map(to, duplicate);
        xsock_posix__show_mode_of_stream(to);
        return to;
    }
    if (to >= 0)
        close(to);
    return -1;
}

/* Whether the process may not have this number. */
static bool is_beyond_limit(int number)
{
    long limit = sysconf(_SC_OPEN_MAX);
    return limit >= 0 && number >= limit;
}

int xsock_posix__add_dup(int d, int min, int flags)
{
    if (is_beyond_limit(min))
        return xsock_posix__refuse(EINVAL);
    int duplicate = dup_from(d, min, flags, false);
    if (duplicate < 0)
        return xsock_posix__fail(duplicate);
    if (min < HANDLE_MIN) {
        int to = add_at_free_stream(duplicate, min, flags);
        if (to >= 0)
            return to;
    }
    return add_by_handle(duplicate);
}

/* A standard stream becomes a socket. The number holds a duplicate of the handle, which started
 * programs inherit. xsock's own duplicate takes a number more. */
static int add_dup_at_stream(int d, int to, int flags)
{
    uintptr_t handle;
    int duplicate = xsock_dup(d, 0, XSOCK_SOCK_CLOEXEC);
    int error = duplicate < 0 ? duplicate : xsock_native(duplicate, &handle);
    if (error < 0)
        return xsock_posix__fail(error);
    if (dup2((int)handle, to) < 0) {
        xsock_close(duplicate);
        return -1;
    }
    if (flags != 0)
        fcntl(to, F_SETFD, FD_CLOEXEC);
    xsock_posix__map(to, duplicate);
    xsock_posix__show_mode_of_stream(to);
    return to;
}

/* Takes a socket from its number. The number stays taken, so that the system replaces what it holds
 * in one step: a standard stream has a handle of its own, and a socket is released. xsock cannot
 * release a poller. Returns whether the number is still taken. */
static bool take_from(int number, int d)
{
    uintptr_t handle;
    int mode = fcntl(number, F_GETFL);
    if (xsock_posix__is_event(number))
        xsock_posix__event_close(number);
    if (!xsock_posix__unmap(number, d))
        return true; /* another thread was faster */
    xsock_posix__epoll_files_close(d);
    if (number >= HANDLE_MIN && xsock_release(d, &handle) == 0) {
        fcntl(number, F_SETFL, mode); /* another process may have the socket, too */
        return true;
    }
    (void)xsock_close(d);
    return number < HANDLE_MIN;
}

int xsock_posix__add_dup_at(int d, int to, int flags)
{
    if (to < 0 || is_beyond_limit(to))
        return xsock_posix__refuse(EBADF);
    int old = xsock_posix__of(to);
    bool replaces = old == 0 || take_from(to, old);
    if (to < HANDLE_MIN)
        return add_dup_at_stream(d, to, flags);
    int duplicate = dup_from(d, to, flags, replaces);
    if (duplicate < 0)
        return xsock_posix__fail(duplicate);
    int number = add_by_handle(duplicate);
    if (number >= 0 && number != to) { /* another thread got the number, as dup2() of Linux says */
        xsock_posix__remove(number, duplicate);
        return xsock_posix__refuse(EBUSY);
    }
    return number;
}

int xsock_posix__remove(int number, int d)
{
    if (!xsock_posix__unmap(number, d))
        return xsock_posix__refuse(EBADF); /* another thread was faster */
    xsock_posix__epoll_files_close(d);
    if (number < HANDLE_MIN)
        close(number);
    return (int)xsock_posix__result(xsock_close(d));
}

/* The lock is held. */
static int adopt(int number)
{
    int d = xsock_posix__of(number);
    if (d != 0)
        return d; /* another thread was faster */
    int flags = fcntl(number, F_GETFL);
    if (flags < 0)
        return -XSOCK_EBADF;
    int flags_of_number = fcntl(number, F_GETFD);
    d = xsock_adopt((uintptr_t)number,
                    ((flags & O_NONBLOCK) != 0 ? XSOCK_SOCK_NONBLOCK : 0)
                        | ((flags_of_number & FD_CLOEXEC) != 0 ? XSOCK_SOCK_CLOEXEC : 0));
    if (d == -XSOCK_EBUSY) /* another thread is just opening the number, or closing it */
        return -XSOCK_EBADF;
    if (d < 0)
        return d == -XSOCK_EBADF ? d : -XSOCK_ENOTSOCK;
    if (xsock_posix__map(number, d) >= 0)
        return d;
    uintptr_t handle;
    (void)xsock_release(d, &handle);
    return -XSOCK_ENOMEM;
}

int xsock_posix__adopt(int number)
{
    if (number < 0)
        return -XSOCK_EBADF;
    xsock_posix__lock();
    int d = adopt(number);
    xsock_posix__unlock();
    return d;
}

#if defined(__linux__)
/* How many numbers the kernel has room for in this process now, `max` at most. */
static int numbers_room(int max)
{
    char line[128];
    int room = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (room == 0 && status != NULL && fgets(line, sizeof line, status) != NULL)
        (void)sscanf(line, "FDSize: %d", &room);
    if (status != NULL)
        fclose(status);
    return room > 0 && room < max ? room : max;
}
#else
static int numbers_room(int max)
{
    return max;
}
#endif

int xsock_posix__numbers_end(int n)
{
    long limit = sysconf(_SC_OPEN_MAX);
    int end = numbers_room(limit >= 0 && limit < n ? (int)limit : n);
    while (end > XSOCK_POSIX__SET_MIN && fcntl(end - 1, F_GETFD) < 0)
        end--;
    return end;
}

ssize_t xsock_posix__file_read(int number, void *buf, size_t n)
{
    return read(number, buf, n);
}

ssize_t xsock_posix__file_write(int number, const void *buf, size_t n)
{
    return write(number, buf, n);
}

ssize_t xsock_posix__file_readv(int number, const struct iovec *v, int n)
{
    return readv(number, v, n);
}

ssize_t xsock_posix__file_writev(int number, const struct iovec *v, int n)
{
    return writev(number, v, n);
}

int xsock_posix__file_close(int number)
{
    return close(number);
}

int xsock_posix__file_dup(int number, int min, int flags)
{
    return fcntl(number, (flags & O_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD, min);
}

int xsock_posix__file_dup_at(int number, int to, int flags)
{
    int result = dup2(number, to);
    if (result >= 0 && (flags & O_CLOEXEC) != 0)
        fcntl(result, F_SETFD, FD_CLOEXEC);
    return result;
}

int xsock_posix__file_dup_over(int number, int to, int old, int flags)
{
    (void)take_from(to, old);
    return xsock_posix__file_dup_at(number, to, flags);
}

int xsock_posix__file_control(int number, int command, intptr_t argument)
{
    return fcntl(number, command, argument);
}

/* xsock sends and receives in either mode, but connecting and accepting need the handle in
 * non-blocking mode. */
static bool may_connect_or_accept(int d)
{
    struct xsock_addr peer;
    return xsock_posix__is_connection(d) && xsock_peer_addr(d, &peer) != 0;
}

void xsock_posix__show_mode(int number)
{
    int d = xsock_posix__of(number);
    int flags = d == 0 ? -1 : xsock_get_flags(d);
    int mode = flags < 0 ? -1 : fcntl(number, F_GETFL);
    bool waits = flags >= 0 && (flags & XSOCK_SOCK_NONBLOCK) == 0 && !may_connect_or_accept(d);
    int own = waits ? 0 : O_NONBLOCK;
    if (mode >= 0 && (mode & O_NONBLOCK) != own)
        fcntl(number, F_SETFL, (mode & ~O_NONBLOCK) | own);
}

bool xsock_posix__has_own_handle(int number)
{
    return number < HANDLE_MIN;
}

int xsock_posix__file_ioctl(int number, xsock_posix__request request, void *argument)
{
    return ioctl(number, request, argument);
}
