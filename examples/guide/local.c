/* Passes an open socket over a LOCAL connection. The ends may be in two processes. */
#include <stdio.h>
#include <xsock.h>
#include <xsock_native.h>

static ptrdiff_t give(int over, int d)
{
    uintptr_t handle;
    int error = xsock_native(d, &handle);
    if (error < 0)
        return error;
    struct xsock_vec byte = {"!", 1}; /* a handle travels with at least one byte */
    struct xsock_control control = {
        .has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    struct xsock_msg m = {.vec = &byte, .vec_count = 1, .control = &control};
    return xsock_sendmsg(over, &m, 0);
}

static ptrdiff_t take(int over)
{
    char data;
    uintptr_t handle;
    struct xsock_vec byte = {&data, 1};
    struct xsock_control control = {.handles = &handle, .handle_capacity = 1};
    struct xsock_msg m = {.vec = &byte, .vec_count = 1, .control = &control};
    ptrdiff_t n = xsock_recvmsg(over, &m, XSOCK_MSG_CMSG_CLOEXEC);
    if (n < 0)
        return n;
    return control.handle_count == 1 ? xsock_adopt(handle, XSOCK_SOCK_CLOEXEC) : -XSOCK_ENOMSG;
}

static ptrdiff_t pass(int from, int to, int gift, int other_end)
{
    char text[6] = {0};
    ptrdiff_t n = give(from, gift);
    ptrdiff_t taken = n < 0 ? n : take(to);
    if (taken < 0)
        return taken;
    n = xsock_send((int)taken, "hello", 5, 0);
    if (n >= 0)
        n = xsock_recv(other_end, text, 5, XSOCK_MSG_WAITALL);
    printf("through the socket that was passed: %s\n", text);
    xsock_close((int)taken);
    return n;
}

int main(void)
{
    int over[2], gift[2];
    int type = XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC;
    ptrdiff_t n = xsock_pair(XSOCK_AF_LOCAL, type, 0, over);
    if (n >= 0)
        n = xsock_pair(XSOCK_AF_LOCAL, type, 0, gift);
    if (n >= 0)
        n = pass(over[0], over[1], gift[0], gift[1]);
    if (n < 0)
        fprintf(stderr, "local: %s\n", xsock_strerror((int)n));
    return n < 0; /* the system closes what is open */
}
