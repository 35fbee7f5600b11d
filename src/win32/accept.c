/* Accepting, by AcceptEx: accept() makes its handle inheritable, and there would be a moment in
 * which another thread can start a program with it. AcceptEx takes a socket of our own making
 * instead, and it waits: as an overlapped call, which is cancelled where there is no connection for
 * it. */
#include "win32/state.h"

#include <string.h>

/* What AcceptEx writes: the two addresses, each with 16 bytes more than the longest one, for
 * itself. */
enum { EACH = sizeof(struct sockaddr_storage) + 16 };

struct attempt {
    SOCKET listener, socket;
    LPFN_ACCEPTEX accept_ex;
    LPFN_GETACCEPTEXSOCKADDRS get_addresses;
    OVERLAPPED o;
    uint64_t addresses[2 * EACH / 8];
};

/* Extensions are each provider's own, so they are asked of the socket. */
static int load(SOCKET s, GUID id, void *out, DWORD size)
{
    DWORD n;

    if (WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, out, size, &n, NULL, NULL)
        != 0)
        return xsock__win32_error();
    return 0;
}

/* Is there a connection in the queue? 1 or 0; -1: see WSAGetLastError. */
static int is_ready(SOCKET listener)
{
    struct timeval at_once = {0, 0};
    fd_set set;

    set.fd_count = 1;
    set.fd_array[0] = listener;
    return select(0, &set, NULL, NULL, &at_once);
}

/* Nothing in the queue: is this a listener at all? */
static int why_not_ready(const struct xsock__sys_triple *t, SOCKET listener)
{
    if (xsock__state_listens(listener))
        return WSAEWOULDBLOCK;
    return t->type == SOCK_STREAM || t->type == SOCK_SEQPACKET ? WSAEINVAL : WSAEOPNOTSUPP;
}

/* AcceptEx is under way. The system hands it a connection that is in the queue at once, or very
 * nearly (Wine's server does it in its next round): it is given that time for as long as the queue
 * isn't empty. Another thread or process may have been faster; then it is taken back. What
 * completes meanwhile is accepted: none is lost. */
static int await(struct attempt *a)
{
    DWORD n, flags;

    for (int round = 0; round < 100; round++) {
        if (WaitForSingleObject(a->o.hEvent, round > 0 ? 1 : 0) == WAIT_OBJECT_0)
            break;
        if (is_ready(a->listener) != 1)
            break;
    }
    (void)CancelIoEx((HANDLE)a->listener, &a->o);
    if (!WSAGetOverlappedResult(a->listener, &a->o, &n, TRUE, &flags))
        return xsock__win32_error();
    return 0;
}

static int code_from_accept(int code)
{
    switch (code) {
    case ERROR_OPERATION_ABORTED:
        return WSAEWOULDBLOCK;
    case ERROR_NETNAME_DELETED: /* it was there, and the peer has gone again */
    case WSAECONNRESET:
        return WSAECONNABORTED;
    default:
        return code;
    }
}

static int run(struct attempt *a)
{
    DWORD n;
    int code;

    if (a->accept_ex(a->listener, a->socket, a->addresses, 0, EACH, EACH, &n, &a->o))
        return 0;
    code = xsock__win32_error();
    return code_from_accept(code == ERROR_IO_PENDING ? await(a) : code);
}

/* What accept() would have done: without the first the socket has no names yet, and can't be shut
 * down. It also takes over the listener's modes, some say: be sure of the one that counts. */
static int complete(const struct attempt *a)
{
    if (setsockopt(a->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&a->listener,
                   sizeof a->listener)
        != 0)
        return code_from_accept(xsock__win32_error());
    return xsock__sys_set_nonblock(a->socket, true);
}

static void get_peer(struct attempt *a, struct xsock__sys_addr *out)
{
    struct sockaddr *local = NULL;
    struct sockaddr *peer = NULL;
    int local_size = 0;
    int peer_size = 0;

    a->get_addresses(a->addresses, 0, EACH, EACH, &local, &local_size, &peer, &peer_size);
    if (peer != NULL && peer_size > 0 && (size_t)peer_size <= sizeof out->bytes) {
        out->length = (uint32_t)peer_size;
        memcpy(out->bytes, peer, (size_t)peer_size);
    }
}

static int try_accept(struct attempt *a, struct xsock__sys_addr *out_peer)
{
    struct xsock__sys_addr peer = {0, {0}};
    int code;

    a->o.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (a->o.hEvent == NULL)
        return xsock__win32_error();
    code = run(a);
    CloseHandle(a->o.hEvent);
    if (code == 0)
        code = complete(a);
    if (code != 0)
        return code;
    get_peer(a, &peer);
    *out_peer = peer;
    return 0;
}

int xsock__sys_accept(uintptr_t h, const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out,
                      struct xsock__sys_addr *out_peer)
{
    struct attempt a;
    uintptr_t socket;
    int ready =
        is_ready(h); /* first: most often nothing is there, and a socket would be made in vain */
    int code;

    if (ready <= 0)
        return ready == 0 ? why_not_ready(t, h) : xsock__win32_error();
    memset(&a, 0, sizeof a);
    code = load(h, (GUID)WSAID_ACCEPTEX, (void *)&a.accept_ex, sizeof a.accept_ex);
    if (code == 0)
        code = load(h, (GUID)WSAID_GETACCEPTEXSOCKADDRS, (void *)&a.get_addresses,
                    sizeof a.get_addresses);
    if (code == 0)
        code = xsock__sys_open(t, cloexec, &socket);
    if (code != 0)
        return code;
    a.listener = h;
    a.socket = socket;
    code = try_accept(&a, out_peer);
    if (code != 0)
        xsock__sys_close(socket);
    else
        *out = socket;
    return code;
}
