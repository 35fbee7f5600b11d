/* What sending and receiving share: flags, vectors, control data. */
#ifndef XSOCK__POSIX_MESSAGE_H
#define XSOCK__POSIX_MESSAGE_H

#include "posix/native.h"

#include <stddef.h>
#include <sys/uio.h>

#include "xsock.h"

/* A msghdr counts vectors and control bytes by size_t (glibc, bionic), or as POSIX has it. */
#if defined(__GLIBC__) || defined(__ANDROID__)
typedef size_t xsock__posix_count;
typedef size_t xsock__posix_size;
#else
typedef int xsock__posix_count;
typedef socklen_t xsock__posix_size;
#endif

/* And sendmmsg takes flags as an int, but on musl. */
#if defined(__linux__) && !defined(__GLIBC__)
typedef unsigned xsock__posix_batch_flags;
#else
typedef int xsock__posix_batch_flags;
#endif

int xsock__posix_message_flags(int flags); /* MSG_DONTWAIT and MSG_NOSIGNAL included */
int xsock__posix_out_flags(int native);

/* Control data as the system has it. ANY: what any socket may need; LEAST: what datagrams of INET
 * and INET6 do, to have it many times. Received handles may be more than Linux allows: FreeBSD is
 * limited by bytes. */
enum {
    XSOCK__POSIX_HANDLES = 512,
    XSOCK__POSIX_CONTROL_INTERNET = 256,
    XSOCK__POSIX_CONTROL_ANY =
        XSOCK__POSIX_CONTROL_INTERNET + XSOCK__POSIX_HANDLES * sizeof(int) + 64
};

/* Adds one, in room that is there: msg_controllen grows. data may be NULL: zeros, to be written
 * over. */
void xsock__posix_add_control(struct msghdr *to, int level, int type, const void *data,
                              size_t size);

/* struct xsock_vec is the system's own structure by another name. */
_Static_assert(sizeof(struct xsock_vec) == sizeof(struct iovec)
                   && offsetof(struct xsock_vec, base) == offsetof(struct iovec, iov_base)
                   && offsetof(struct xsock_vec, len) == offsetof(struct iovec, iov_len),
               "struct xsock_vec has the layout of struct iovec");

static inline struct iovec *xsock__posix_vectors(const struct xsock_vec *v)
{
    return (struct iovec *)(uintptr_t)v;
}

/* What m says, to be sent: vectors, address, control data. msg_control is room for it, and becomes
 * NULL if there is none. Returns 0 or EOPNOTSUPP. */
int xsock__posix_put_message(struct msghdr *native, const struct xsock__sys_msg *m);

/* All of m->control. Of this system: EOPNOTSUPP. */
int xsock__posix_put_control(struct msghdr *to, const struct xsock__sys_msg *m);

/* Into m->control, which may be NULL, and m->segment; handles that don't fit are closed, and
 * m->flags gets CTRUNC. */
void xsock__posix_get_control(struct msghdr *from, struct xsock__sys_msg *m, bool cloexec);

#endif
