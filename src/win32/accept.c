/* Accepts connections by AcceptEx. accept() makes its handle inheritable, and for a moment another
 * thread could start a program that inherits it. AcceptEx takes a socket that we have made.
 * AcceptEx waits, so it is an overlapped call, which is cancelled if there is no connection. Under
 * a layered provider that has no AcceptEx, or cancels nothing, accept() is all there is. */
#include "win32/socket.h"
#include "win32/state.h"

#include <string.h>

/* AcceptEx writes two addresses, and needs 16 bytes more for each than the longest one has. */
enum { EACH = sizeof(struct sockaddr_storage) + 16 };

struct attempt {
    SOCKET listener, socket;
    LPFN_ACCEPTEX accept_ex;
    LPFN_GETACCEPTEXSOCKADDRS get_addresses;
    HANDLE event;
    OVERLAPPED o;
    uint64_t addresses[2 * EACH / 8];
};

/* Each provider has extension functions of its own, so the socket is asked for them. */
static int load(SOCKET s, GUID id, void *out, DWORD size)
{
    DWORD n;

    if (WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, out, size, &n, NULL, NULL)
        != 0)
        return xsock__win32_error();
    return 0;
}

/* Whether a connection is in the queue: 1 or 0, or -1 with the error in WSAGetLastError. */
static int is_ready(SOCKET listener)
{
    struct timeval at_once = {0, 0};
    fd_set set;

    set.fd_count = 1;
    set.fd_array[0] = listener;
    return select(0, &set, NULL, NULL, &at_once);
}

/* The AcceptEx of the provider whose calls could be cancelled last time. */
static PVOID volatile cancellable;

/* Whether an AcceptEx on the listener could be cancelled. No call is made with this structure,
 * which is what a provider says that can. A layered provider that cannot has handles of its own,
 * and so an AcceptEx of its own. */
static bool can_cancel(const struct attempt *a)
{
    OVERLAPPED none;
    PVOID function;

    memcpy(&function, &a->accept_ex, sizeof function);
    if (function == cancellable)
        return true;
    memset(&none, 0, sizeof none);
    if (!CancelIoEx((HANDLE)a->listener, &none) && GetLastError() != ERROR_NOT_FOUND)
        return false;
    cancellable = function;
    return true;
}

/* Also true if the answer came while AcceptEx returned. Then nothing has to be waited for. */
static bool has_ended(const struct attempt *a, DWORD ms)
{
    return HasOverlappedIoCompleted(&a->o) || WaitForSingleObject(a->event, ms) == WAIT_OBJECT_0;
}

/* AcceptEx is under way. The system gives it a connection of the queue at once, or nearly so
 * (Wine's server does it in its next round). The call waits as long as the queue is not empty. If
 * another thread or process was faster, AcceptEx is cancelled. If it completes meanwhile, the
 * connection is accepted, so none is lost. */
static int await(struct attempt *a)
{
    DWORD n, flags;
    bool done = false;

    for (int round = 0; round < 100 && !done; round++) {
        done = has_ended(a, round > 0 ? 1 : 0);
        if (!done && is_ready(a->listener) != 1)
            break;
    }
    if (!done)
        (void)CancelIoEx((HANDLE)a->listener, &a->o);
    if (!WSAGetOverlappedResult(a->listener, &a->o, &n, TRUE, &flags))
        return xsock__win32_error();
    return 0;
}

static int run(struct attempt *a)
{
    DWORD n;
    int code;

    if (a->accept_ex(a->listener, a->socket, a->addresses, 0, EACH, EACH, &n, &a->o))
        return 0;
    code = xsock__win32_error();
    if (code == ERROR_IO_PENDING)
        code = await(a);
    return code == ERROR_OPERATION_ABORTED ? WSAEWOULDBLOCK : code;
}

/* Does what accept() would have done. Without SO_UPDATE_ACCEPT_CONTEXT the socket has no names, and
 * cannot be shut down. That option may also copy the listener's modes, so non-blocking mode is set
 * after it. */
static int complete(const struct attempt *a)
{
    if (setsockopt(a->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&a->listener,
                   sizeof a->listener)
        != 0)
        return xsock__win32_error();
    return xsock__sys_set_nonblock(a->socket, true);
}

static void get_peer(struct attempt *a, struct xsock__sys_addr *out)
{
    struct sockaddr *local = NULL;
    struct sockaddr *peer = NULL;
    int local_size = 0;
    int peer_size = 0;

    memset(out, 0, sizeof *out);
    a->get_addresses(a->addresses, 0, EACH, EACH, &local, &local_size, &peer, &peer_size);
    if (peer != NULL && peer_size > 0 && (size_t)peer_size <= sizeof out->bytes) {
        out->length = (uint32_t)peer_size;
        memcpy(out->bytes, peer, (size_t)peer_size);
    }
}

/* The event's lowest bit keeps the answer from the completion port that the program may have put
 * the listener in. */
static int try_accept_ex(struct attempt *a, struct xsock__sys_addr *out_peer)
{
    int code;

    a->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (a->event == NULL)
        return xsock__win32_error();
    a->o.hEvent = (HANDLE)((ULONG_PTR)a->event | 1);
    code = run(a);
    CloseHandle(a->event);
    if (code == 0)
        code = complete(a);
    if (code == 0 && out_peer != NULL)
        get_peer(a, out_peer);
    return code;
}

static int accept_by_accept_ex(struct attempt *a, const struct xsock__sys_triple *t, bool cloexec,
                               uintptr_t *out, struct xsock__sys_addr *out_peer)
{
    int code = xsock__socket_open(t, cloexec, &a->socket);

    if (code != 0)
        return code;
    code = try_accept_ex(a, out_peer);
    if (code != 0)
        xsock__sys_close(a->socket);
    else
        *out = a->socket;
    return code;
}

/* The handle is inheritable for a moment. */
static int accept_plainly(SOCKET listener, bool cloexec, uintptr_t *out,
                          struct xsock__sys_addr *out_peer)
{
    struct xsock__sys_addr peer;
    int size = (int)sizeof peer.bytes;
    SOCKET s;
    int code;

    memset(&peer, 0, sizeof peer);
    s = accept(listener, (struct sockaddr *)(void *)peer.bytes, &size);

    if (s == INVALID_SOCKET)
        return xsock__win32_error();
    code = xsock__sys_set_cloexec(s, cloexec);
    if (code == 0)
        code = xsock__sys_set_nonblock(s, true);
    if (code != 0) {
        xsock__sys_close(s);
        return code;
    }
    peer.length = (uint32_t)size;
    if (out_peer != NULL)
        *out_peer = peer;
    *out = s;
    return 0;
}

static int accept_one(SOCKET listener, const struct xsock__sys_triple *t, bool cloexec,
                      uintptr_t *out, struct xsock__sys_addr *out_peer)
{
    struct attempt a;

    memset(&a, 0, sizeof a);
    a.listener = listener;
    if (load(listener, (GUID)WSAID_ACCEPTEX, (void *)&a.accept_ex, sizeof a.accept_ex) != 0
        || (out_peer != NULL
            && load(listener, (GUID)WSAID_GETACCEPTEXSOCKADDRS, (void *)&a.get_addresses,
                    sizeof a.get_addresses)
                   != 0)
        || !can_cancel(&a))
        return accept_plainly(listener, cloexec, out, out_peer);
    return accept_by_accept_ex(&a, t, cloexec, out, out_peer);
}

/* The connection was in the queue, and its peer has left. */
static bool is_lost(int code)
{
    return code == WSAECONNRESET || code == WSAECONNABORTED || code == WSAENOTCONN
           || code == ERROR_NETNAME_DELETED;
}

/* A stream that does not listen has to be told from a listener first: AcceptEx of Wine takes a
 * connection that has data. After that the queue is asked, because nearly always no connection is
 * there, and a socket would be made in vain. A connection that is lost has one code, by which the
 * core takes the next one. */
int xsock__sys_accept(uintptr_t h, const struct xsock__sys_triple *t, bool listens, bool cloexec,
                      uintptr_t *out, struct xsock__sys_addr *out_peer)
{
    int code, ready;

    if (!listens && !xsock__state_listens(h))
        return t->type == SOCK_STREAM || t->type == SOCK_SEQPACKET ? WSAEINVAL : WSAEOPNOTSUPP;
    ready = is_ready(h);
    if (ready <= 0)
        return ready == 0 ? WSAEWOULDBLOCK : xsock__win32_error();
    code = accept_one(h, t, cloexec, out, out_peer);
    return is_lost(code) ? WSAECONNABORTED : code;
}
