/* <sys/select.h> of xsock-posix. On Windows a set is bits, as in POSIX: a program may define
 * FD_SETSIZE as it likes. */
#ifndef XSOCK_POSIX_SYS_SELECT_H
#define XSOCK_POSIX_SYS_SELECT_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <xsock_posix/types.h>

#ifndef FD_SETSIZE
#define FD_SETSIZE 1024
#endif

/* For programs that have sets of their own size. */
typedef uint32_t fd_mask;
#define NFDBITS 32

typedef struct {
    fd_mask fds_bits[(FD_SETSIZE + NFDBITS - 1) / NFDBITS];
} fd_set;

#define FD_ZERO(set) ((void)memset((set), 0, sizeof *(set)))
#define FD_SET(d, set) ((void)((set)->fds_bits[(d) / 32] |= UINT32_C(1) << (d) % 32))
#define FD_CLR(d, set) ((void)((set)->fds_bits[(d) / 32] &= ~(UINT32_C(1) << (d) % 32)))
#define FD_ISSET(d, set) ((int)((set)->fds_bits[(d) / 32] >> (d) % 32 & 1))

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, select,
                 (int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout));
XSOCK_POSIX_CALL(int, pselect, (int n, fd_set *in, fd_set *out, fd_set *except,
                                const struct timespec *timeout, const sigset_t *mask));
XSOCK_POSIX_END
#else
#include_next <sys/select.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_TIMED(select);
#if XSOCK_POSIX_HAS_2001
XSOCK_POSIX_TIMED(pselect);
#endif
XSOCK_POSIX_END
#if defined(XSOCK_POSIX_TIMED_BY_MACRO)
#define select xsock_posix_select
#define pselect xsock_posix_pselect
#endif
#endif
#endif
