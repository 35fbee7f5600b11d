/* Files as members of epoll. The number of a poller is the kernel's epoll that has its sockets, and
 * a second one has the files, so that the kernel waits for both. If pollers are built on poll(),
 * the kernel waits for files only, and xsock is asked in turns. */
#include "poll_files.h"

#if defined(__linux__)

#include "epoll_files.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>

struct files {
    struct files *next;
    int poller;
    int epoll; /* the kernel's handle */
    bool are_first;
};

static struct files *_Atomic first;

/* The second epoll has a high number, so that the program gets the low ones. */
enum { HANDLE_MIN = 512 };

static int create(void)
{
    int low = epoll_create1(EPOLL_CLOEXEC);
    int high = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, HANDLE_MIN);
    if (high < 0)
        return low;
    close(low);
    return high;
}

/* The lock is held. NULL: the poller has no files. */
static struct files *find_files(int p)
{
    struct files *f = first;
    while (f != NULL && f->poller != p)
        f = f->next;
    return f;
}

/* The kernel's handle of a poller, or -1. The lock is held. */
static int find(int p)
{
    const struct files *f = find_files(p);
    return f == NULL ? -1 : f->epoll;
}

static int handle_of(int p)
{
    if (first == NULL)
        return -1;
    xsock_posix__lock();
    int handle = find(p);
    xsock_posix__unlock();
    return handle;
}

static int find_or_create(int p)
{
    xsock_posix__lock();
    int handle = find(p);
    struct files *f = handle < 0 ? malloc(sizeof *f) : NULL;
    if (f != NULL)
        handle = create();
    if (f != NULL && handle >= 0) {
        *f = (struct files){first, p, handle, false};
        first = f;
    } else {
        free(f);
    }
    xsock_posix__unlock();
    return handle;
}

/* Whether the file can be a first member. The number has no files, so the call here always fails:
 * with ENOENT if the file can be added, or with the error that the program gets. */
static bool may_be_first(int number, int operation, int file, struct epoll_event *event)
{
    int op = operation == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : operation;
    return epoll_ctl(number, op, file, event) < 0 && errno == ENOENT && operation == EPOLL_CTL_ADD;
}

int xsock_posix__epoll_files_ctl(int number, int p, int operation, int file,
                                 struct epoll_event *event)
{
    int handle = handle_of(p);
    bool is_judged = handle < 0 && XSOCK_POSIX__POLLER_IS_KERNELS;
    if (is_judged && !may_be_first(number, operation, file, event))
        return -1;
    if (handle < 0)
        handle = find_or_create(p);
    return handle < 0 ? xsock_posix__refuse(ENOMEM) : epoll_ctl(handle, operation, file, event);
}

int xsock_posix__epoll_other_ctl(int number, int operation, int member, struct epoll_event *event)
{
    return epoll_ctl(number, operation, member, event);
}

int xsock_posix__epoll_other_wait(int number, struct epoll_event *out, int n, int64_t timeout_ns,
                                  const sigset_t *mask)
{
    return epoll_pwait(number, out, n, xsock_posix__timeout_ms(timeout_ns), mask);
}

bool xsock_posix__epoll_files_any(int p)
{
    return handle_of(p) >= 0;
}

bool xsock_posix__epoll_files_are_first(int p)
{
    xsock_posix__lock();
    struct files *f = find_files(p);
    bool are_first = f != NULL && f->are_first;
    if (f != NULL)
        f->are_first = !are_first;
    xsock_posix__unlock();
    return are_first;
}

int xsock_posix__epoll_files_take(int p, struct epoll_event *out, int n)
{
    int handle = handle_of(p);
    return handle < 0 ? 0 : epoll_wait(handle, out, n, 0);
}

int xsock_posix__epoll_files_wait(int number, int p, int64_t timeout_ns, unsigned int turn,
                                  const sigset_t *mask)
{
    struct pollfd both[2] = {{XSOCK_POSIX__POLLER_IS_KERNELS ? number : -1, POLLIN, 0},
                             {handle_of(p), POLLIN, 0}};
    if (!XSOCK_POSIX__POLLER_IS_KERNELS)
        timeout_ns = xsock_posix__turn_ns(timeout_ns);
    xsock_posix__nap(turn);
    return xsock_posix__kernel_poll(both, 2, timeout_ns, mask);
}

void xsock_posix__epoll_files_close(int p)
{
    if (first == NULL)
        return;
    xsock_posix__lock();
    struct files *f = first;
    struct files *before = NULL;
    while (f != NULL && f->poller != p) {
        before = f;
        f = f->next;
    }
    if (f != NULL && before != NULL)
        before->next = f->next;
    else if (f != NULL)
        first = f->next;
    xsock_posix__unlock();
    if (f != NULL)
        close(f->epoll);
    free(f);
}

#else

void xsock_posix__epoll_files_close(int p)
{
    (void)p;
}

#endif
