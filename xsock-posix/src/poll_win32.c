/* Files in poll(), on Windows. A pipe has no event to wait for, so pipes are looked at in growing
 * intervals. A console's handle can be waited for, but not together with sockets. */
#include "epoll_files.h"
#include "poll_files.h"

#include <io.h>

#include <windows.h>

/* A console has input events that read() does not return, such as keys that go up. */
static bool console_can_read(HANDLE handle)
{
    enum { EVENTS_MAX = 128 };
    INPUT_RECORD records[EVENTS_MAX];
    DWORD n = 0;
    if (!PeekConsoleInputA(handle, records, EVENTS_MAX, &n))
        return true; /* an output */
    for (DWORD i = 0; i < n; i++) {
        if (records[i].EventType == KEY_EVENT && records[i].Event.KeyEvent.bKeyDown)
            return true;
    }
    return false;
}

/* The end for writing cannot be peeked into. Writing nothing tells whether the reader is there. The
 * end counts as writable even if the pipe is full, as Windows does not tell. */
static int pipe_events(HANDLE handle)
{
    DWORD n = 0;
    if (PeekNamedPipe(handle, NULL, 0, NULL, &n, NULL))
        return n > 0 ? POLLIN | POLLRDNORM : 0;
    if (GetLastError() == ERROR_BROKEN_PIPE)
        return POLLHUP;
    if (!WriteFile(handle, "", 0, &n, NULL))
        return POLLOUT | POLLWRNORM | POLLERR;
    return POLLOUT | POLLWRNORM;
}

static int file_events(int number)
{
    intptr_t value = _get_osfhandle(number);
    HANDLE handle = (HANDLE)value;
    DWORD mode;
    if (value == -1)
        return POLLNVAL;
    if (GetFileType(handle) == FILE_TYPE_PIPE)
        return pipe_events(handle);
    int all = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
    if (GetConsoleMode(handle, &mode) && !console_can_read(handle))
        return all & ~(POLLIN | POLLRDNORM);
    return all;
}

void xsock_posix__files_look(struct pollfd *v, const struct xsock_pollfd *sockets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sockets[i].fd < 0 && v[i].fd >= 0)
            v[i].revents =
                (short)(file_events(v[i].fd) & (v[i].events | POLLERR | POLLHUP | POLLNVAL));
    }
}

int xsock_posix__files_wait(struct pollfd *v, struct xsock_pollfd *sockets, size_t n,
                            int64_t timeout_ns, unsigned int turn, const sigset_t *mask)
{
    const int64_t min_ns = 1000000;
    const unsigned int doublings_max = 4; /* 16 ms */
    (void)v, (void)mask;
    int64_t slice_ns = min_ns << (turn < doublings_max ? turn : doublings_max);
    if (timeout_ns >= 0 && timeout_ns < slice_ns)
        slice_ns = timeout_ns;
    int result = xsock_poll(sockets, n, slice_ns);
    if (result > 0) /* data before a shutdown, or a full counter, which alone is waited for */
        Sleep((DWORD)(slice_ns / min_ns));
    return result < 0 ? xsock_posix__fail(result) : 0;
}

/* Windows tells of a pipe only to who asks, so epoll has sockets alone. */

int xsock_posix__epoll_files_ctl(int number, int p, int operation, int file,
                                 struct epoll_event *event)
{
    (void)number, (void)p, (void)operation, (void)file, (void)event;
    return xsock_posix__refuse(EPERM);
}

bool xsock_posix__epoll_files_any(int p)
{
    (void)p;
    return false;
}

bool xsock_posix__epoll_files_are_first(int p)
{
    (void)p;
    return false;
}

int xsock_posix__epoll_files_take(int p, struct epoll_event *out, int n)
{
    (void)p, (void)out, (void)n;
    return 0;
}

int xsock_posix__epoll_files_wait(int number, int p, int64_t timeout_ns, unsigned int turn,
                                  const sigset_t *mask)
{
    (void)number, (void)p, (void)timeout_ns, (void)turn, (void)mask;
    return 0;
}
