/* Passes an open socket over a LOCAL connection. The receiver uses the socket as if it had opened
 * the socket itself. Here both ends are in one program. Between two programs the calls are the
 * same. The exit status is 0 if the socket was passed, and 77 if the system cannot pass sockets
 * (Windows). */
#include <stdio.h>
#include <string.h>

#include "xsock.h"
#include "xsock_native.h"

static int complain(const char *what, ptrdiff_t error)
{
    fprintf(stderr, "local_fd_passing: %s: %s\n", what, xsock_strerror((int)error));
    return error == -XSOCK_EOPNOTSUPP ? 77 : 1;
}

/* A handle travels with at least one byte of data. The sender's descriptor stays open. */
static ptrdiff_t give(int way, int d)
{
    uintptr_t handle;
    int rc = xsock_native(d, &handle);
    if (rc < 0)
        return rc;
    struct xsock_vec byte = {"!", 1};
    struct xsock_control control = {
        .has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    struct xsock_msg m = {.vec = &byte, .vec_count = 1, .control = &control};
    return xsock_sendmsg(way, &m, 0);
}

/* Returns a descriptor. The array takes one handle. The library closes any others that arrive. */
static ptrdiff_t take(int way)
{
    uintptr_t handle;
    char data;
    struct xsock_vec byte = {&data, 1};
    struct xsock_control control = {.handles = &handle, .handle_capacity = 1};
    struct xsock_msg m = {.vec = &byte, .vec_count = 1, .control = &control};
    ptrdiff_t n = xsock_recvmsg(way, &m, XSOCK_MSG_CMSG_CLOEXEC);
    if (n < 0)
        return n;
    if (n == 0 || control.handle_count != 1)
        return -XSOCK_ENOMSG;
    return xsock_adopt(handle, XSOCK_SOCK_CLOEXEC);
}

static int pass(const int way[2], const int gift[2])
{
    char text[32] = {0};
    ptrdiff_t n = give(way[0], gift[1]);
    if (n < 0)
        return complain("giving", n);
    ptrdiff_t taken = take(way[1]);
    if (taken < 0)
        return complain("taking", taken);
    n = xsock_send((int)taken, "through the gift", 16, 0);
    if (n >= 0)
        n = xsock_recv(gift[0], text, 16, XSOCK_MSG_WAITALL);
    xsock_close((int)taken);
    if (n < 0)
        return complain("using it", n);
    printf("%s\n", text);
    return strcmp(text, "through the gift") == 0 ? 0 : 1;
}

int main(void)
{
    int way[2], gift[2];
    int rc = xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, way);
    if (rc < 0)
        return complain("the way", rc);
    rc = xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, gift);
    int status = rc < 0 ? complain("the gift", rc) : pass(way, gift);
    if (rc >= 0) {
        xsock_close(gift[0]);
        xsock_close(gift[1]);
    }
    xsock_close(way[0]);
    xsock_close(way[1]);
    return status;
}
