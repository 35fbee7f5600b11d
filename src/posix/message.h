/* What sending and receiving share: flags, vectors and control data. */
#ifndef XSOCK__POSIX_MESSAGE_H
#define XSOCK__POSIX_MESSAGE_H

#include "posix/native.h"

#include <stddef.h>
#include <sys/uio.h>

#include "xsock.h"

/* The type by which a msghdr counts vectors and control bytes: size_t (glibc, bionic), unsigned
 * (OpenBSD), or that of POSIX. */
#if defined(__GLIBC__) || defined(__ANDROID__)
typedef size_t xsock__posix_count;
typedef size_t xsock__posix_size;
#else
#ifdef __OpenBSD__
typedef unsigned xsock__posix_count;
#else
typedef int xsock__posix_count;
#endif
typedef socklen_t xsock__posix_size;
#endif

/* sendmmsg takes flags as an int, except on musl. */
#if defined(__linux__) && !defined(__GLIBC__)
typedef unsigned xsock__posix_batch_flags;
#else
typedef int xsock__posix_batch_flags;
#endif

/* MSG_DONTWAIT unless the flags have SYS_WAITS. Sending has MSG_NOSIGNAL, too. */
int xsock__posix_send_flags(int flags);
int xsock__posix_recv_flags(int flags);
int xsock__posix_out_flags(int native);

/* The code of a send to this address, which may be NULL, for errno. Linux and FreeBSD say EAGAIN if
 * no port is left for a socket that has none. Such a call would wait for ever. */
int xsock__posix_send_code(uintptr_t h, const struct xsock__sys_addr *to);

/* Sizes of buffers for the system's control data. ANY is what any socket may need. INTERNET is what
 * datagrams of INET and INET6 need. More handles may be received than Linux allows, because FreeBSD
 * limits bytes. */
enum {
    XSOCK__POSIX_HANDLES = 512,
    XSOCK__POSIX_CONTROL_INTERNET = 256,
    XSOCK__POSIX_CONTROL_ANY =
        XSOCK__POSIX_CONTROL_INTERNET + XSOCK__POSIX_HANDLES * sizeof(int) + 64
};

/* Adds a record. The buffer is large enough, and msg_controllen grows. If data is NULL, the record
 * holds zeros. */
void xsock__posix_add_control(struct msghdr *to, int level, int type, const void *data,
                              size_t size);

/* struct xsock_vec has the layout of the system's own structure. */
_Static_assert(sizeof(struct xsock_vec) == sizeof(struct iovec)
                   && offsetof(struct xsock_vec, base) == offsetof(struct iovec, iov_base)
                   && offsetof(struct xsock_vec, len) == offsetof(struct iovec, iov_len),
               "struct xsock_vec has the layout of struct iovec");

static inline struct iovec *xsock__posix_vectors(const struct xsock_vec *v)
{
    return (struct iovec *)(uintptr_t)v;
}

/* Fills a msghdr to send: vectors, address and control data. msg_control is the buffer for control
 * data, and becomes NULL if there is none. Returns 0 or EOPNOTSUPP. */
int xsock__posix_put_message(struct msghdr *native, const struct xsock__sys_msg *m);

/* Adds all records of m->control. EOPNOTSUPP if this system lacks one of them. */
int xsock__posix_put_control(struct msghdr *to, const struct xsock__sys_msg *m);

/* Reads the records into m->control, which may be NULL, and m->segment. Handles that do not fit are
 * closed, and m->flags gets CTRUNC. */
void xsock__posix_get_control(struct msghdr *from, struct xsock__sys_msg *m, bool cloexec);

#endif
