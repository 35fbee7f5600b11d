#include "posix/event.h"

#include <fcntl.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

#include "posix/handle.h"

/* macOS has no pipe2. */
static int make_pipe(int out[2])
{
#ifndef __APPLE__
    if (pipe2(out, O_CLOEXEC | O_NONBLOCK) == 0)
        return 0;
    if (!xsock__posix_is_missing(errno))
        return errno;
#endif
    if (pipe(out) != 0)
        return errno;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(out[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(out[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

int xsock__posix_event_open(int out[2])
{
#ifdef __linux__
    int fd = xsock__posix_move_up(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (fd >= 0) {
        out[0] = out[1] = fd;
        return 0;
    }
    if (!xsock__posix_is_missing(errno))
        return errno;
#endif
    int code = make_pipe(out);
    return code != 0 ? code : xsock__posix_move_both_up(out);
}

void xsock__posix_event_close(const int event[2])
{
    close(event[0]);
    if (event[1] != event[0])
        close(event[1]);
}

/* A full pipe is set already. */
void xsock__posix_event_set(const int event[2])
{
    const uint64_t one = 1;
    int saved = errno;
    while (write(event[1], &one, sizeof one) < 0 && errno == EINTR)
        ;
    errno = saved;
}

/* An eventfd is read once. A pipe is read until it is empty. */
bool xsock__posix_event_take(const int event[2])
{
    uint64_t count[8];
    bool taken = false;
    for (;;) {
        ssize_t n = read(event[0], count, sizeof count);
        if (n < 0 && errno == EINTR)
            continue;
        taken = taken || n > 0;
        if (n < (ssize_t)sizeof count)
            return taken;
    }
}
