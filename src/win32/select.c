/* select() can't be woken by an event, so it only asks. The thread sleeps in between, at growing
 * intervals, or until the wake. Each socket is asked for alone, because sockets of one call must be
 * of one provider. That both ends of a stream have ended sending is not told. */
#include "win32/select.h"

#include "base/interval.h"
#include "win32/afd.h"
#include "win32/state.h"

#include <stddef.h>

_Static_assert(offsetof(fd_set, fd_array) == sizeof(SOCKET), "see struct set");

enum { MILLISECOND = 1000000 };

/* As fd_set, which has room for 64: half a kilobyte on the stack. */
struct set {
    u_int count;
    SOCKET socket;
};

static fd_set *put(struct set *set, SOCKET s, bool wanted)
{
    set->count = wanted;
    set->socket = s;
    return wanted ? (fd_set *)(void *)set : NULL;
}

/* In the driver's words. An exception is a failed connect, or out-of-band data. */
static ULONG events_from_sets(SOCKET s, const struct set *in, const struct set *out,
                              const struct set *except)
{
    ULONG events = 0;

    if (in->count > 0)
        events |= XSOCK__AFD_RECEIVE;
    if (out->count > 0)
        events |= XSOCK__AFD_SEND;
    if (except->count > 0)
        events |= xsock__state_is_unconnected(s) ? XSOCK__AFD_CONNECT_FAILED : XSOCK__AFD_EXPEDITED;
    return events;
}

static int ask(const struct xsock__sys_wait *e)
{
    struct timeval at_once = {0, 0};
    struct set in, out, except;
    int n;

    if (e->handle == UINTPTR_MAX)
        return 0;
    n = select(0, put(&in, e->handle, (e->events & XSOCK_POLLIN) != 0),
               put(&out, e->handle, (e->events & XSOCK_POLLOUT) != 0),
               put(&except, e->handle, true), &at_once);
    if (n == SOCKET_ERROR)
        return WSAGetLastError() == WSAENOTSOCK ? XSOCK_POLLNVAL : XSOCK_POLLERR;
    return xsock__afd_revents(events_from_sets(e->handle, &in, &out, &except), e->events);
}

static bool ask_all(struct xsock__sys_wait *v, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        v[i].revents = ask(&v[i]);
        any = any || v[i].revents != 0;
    }
    return any;
}

int xsock__select_wait(struct xsock__sys_wait *v, size_t n, HANDLE wake, DWORD ms)
{
    const ULONGLONG began = GetTickCount64();
    int64_t interval = xsock__interval_after(0);

    while (!ask_all(v, n)) {
        ULONGLONG passed = GetTickCount64() - began;
        DWORD left = ms == INFINITE ? INFINITE : passed < ms ? ms - (DWORD)passed : 0;
        DWORD nap = interval < MILLISECOND ? 1 : (DWORD)(interval / MILLISECOND);
        DWORD got = WAIT_TIMEOUT;

        if (left == 0)
            break;
        if (wake == NULL)
            Sleep(nap < left ? nap : left);
        else
            got = WaitForSingleObject(wake, nap < left ? nap : left);
        if (got == WAIT_FAILED)
            return xsock__win32_error();
        if (got == WAIT_OBJECT_0)
            break;
        interval = xsock__interval_after(interval);
    }
    return 0;
}
