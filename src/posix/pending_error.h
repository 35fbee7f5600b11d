/* Whether a socket has an error that nobody has taken. FreeBSD's poll and kqueue report such a
 * socket as readable and writable, and do not tell that there is an error (sopoll_generic and
 * filt_soread have no POLLERR). Only files for the BSDs use this. */
#ifndef XSOCK__POSIX_PENDING_ERROR_H
#define XSOCK__POSIX_PENDING_ERROR_H

#include "posix/native.h"

/* A peek tells the error and leaves it there (soreceive_generic). On Linux it would take the error.
 */
static inline bool xsock__posix_has_error(int fd)
{
    char byte;
    if (recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) >= 0)
        return false;
    switch (errno) {
    case EAGAIN:
    case EINTR:
    case ENOTCONN: /* a listener, or a stream without a peer */
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP:
        return false;
    default:
        return true;
    }
}

#endif
