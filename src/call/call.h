/* The public calls, for any table. src/api calls them with the process's own table, and src/wasix
 * with a guest's. xsock.h says what each does and returns. */
#ifndef XSOCK__CALL_CALL_H
#define XSOCK__CALL_CALL_H

#include <stdint.h>

#include "call/lookup.h"
#include "socket/sock.h"
#include "table/fdtab.h"
#include "wait/limit.h"
#include "xsock.h"

int xsock__call_open(struct xsock__fdtab *t, int af, int type, int protocol);
int xsock__call_pair(struct xsock__fdtab *t, int af, int type, int protocol, int out[2]);
int xsock__call_dup(struct xsock__fdtab *t, int d, int min, int flags);
int xsock__call_dup2(struct xsock__fdtab *t, int d, int to, int flags);
int xsock__call_close(struct xsock__fdtab *t, int d);
int xsock__call_get_flags(struct xsock__fdtab *t, int d);
int xsock__call_set_flags(struct xsock__fdtab *t, int d, int flags);
int xsock__call_native(struct xsock__fdtab *t, int d, uintptr_t *out);
int xsock__call_adopt(struct xsock__fdtab *t, uintptr_t handle, int flags);
int xsock__call_release(struct xsock__fdtab *t, int d, uintptr_t *out);
int xsock__call_reserve(struct xsock__fdtab *t, int number);
int xsock__call_unreserve(struct xsock__fdtab *t, int number);

int xsock__call_bind(struct xsock__fdtab *t, int d, const struct xsock_addr *a);
int xsock__call_listen(struct xsock__fdtab *t, int d, int backlog);
int xsock__call_accept(struct xsock__fdtab *t, int d, int flags, struct xsock_addr *out_peer);
int xsock__call_connect(struct xsock__fdtab *t, int d, const struct xsock_addr *a);
int xsock__call_connect_result(struct xsock__fdtab *t, int d);
int xsock__call_set_deadline(struct xsock__fdtab *t, int d, int which, int64_t at_ns);
int xsock__call_get_deadline(struct xsock__fdtab *t, int d, int which, int64_t *out_at_ns);
int xsock__call_shutdown(struct xsock__fdtab *t, int d, int how);
int xsock__call_local_addr(struct xsock__fdtab *t, int d, struct xsock_addr *out);
int xsock__call_peer_addr(struct xsock__fdtab *t, int d, struct xsock_addr *out);
int xsock__call_peer_cred(struct xsock__fdtab *t, int d, struct xsock_cred *out);
ptrdiff_t xsock__call_sendto(struct xsock__fdtab *t, int d, const void *buf, size_t len, int flags,
                             const struct xsock_addr *to);
ptrdiff_t xsock__call_recvfrom(struct xsock__fdtab *t, int d, void *buf, size_t len, int flags,
                               struct xsock_addr *out_from);
ptrdiff_t xsock__call_available(struct xsock__fdtab *t, int d);
int xsock__call_at_mark(struct xsock__fdtab *t, int d);
ptrdiff_t xsock__call_sendmsg(struct xsock__fdtab *t, int d, const struct xsock_msg *m, int flags);
ptrdiff_t xsock__call_recvmsg(struct xsock__fdtab *t, int d, struct xsock_msg *m, int flags);
int xsock__call_send_batch(struct xsock__fdtab *t, int d, struct xsock_dgram *v, size_t n,
                           int flags);
int xsock__call_recv_batch(struct xsock__fdtab *t, int d, struct xsock_dgram *v, size_t n,
                           int flags);
ptrdiff_t xsock__call_sendfile(struct xsock__fdtab *t, int d, uintptr_t file, uint64_t offset,
                               size_t len);
int xsock__call_poller_open(struct xsock__fdtab *t, int flags);
int xsock__call_poller_ctl(struct xsock__fdtab *t, int p, int op, int d, uint32_t events,
                           uint64_t data);
int xsock__call_poller_wait(struct xsock__fdtab *t, int p, struct xsock_event *out, size_t n,
                            int64_t timeout_ns);
int xsock__call_poller_wake(struct xsock__fdtab *t, int p);

/* ---- What the calls share -------------------------------------------------------------------- */

/* The calls of these names for a descriptor that the caller has already. A caller that first asks
 * whether the call is allowed needs them: the number may lead to another socket by then. */
int xsock__bind_in(struct xsock__fd *fd, const struct xsock_addr *a);
int xsock__listen_in(struct xsock__fd *fd, int backlog);
int xsock__connect_in(struct xsock__fdtab *t, struct xsock__fd *fd, const struct xsock_addr *a);
int xsock__local_addr_in(const struct xsock__fd *fd, struct xsock_addr *out);
int xsock__peer_addr_in(const struct xsock__fd *fd, struct xsock_addr *out);

/* sendto, recvfrom, sendmsg and recvmsg for a descriptor that the caller has: a socket, or a file
 * that is made of one. */
ptrdiff_t xsock__send_in(struct xsock__fdtab *t, struct xsock__fd *fd, const void *buf, size_t len,
                         int flags, const struct xsock_addr *to);
ptrdiff_t xsock__recv_in(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                         int flags, struct xsock_addr *out_from);
ptrdiff_t xsock__sendmsg_in(struct xsock__fdtab *t, struct xsock__fd *fd, const struct xsock_msg *m,
                            int flags);
ptrdiff_t xsock__recvmsg_in(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_msg *m,
                            int flags);

/* Sets or clears NONBLOCK of a descriptor's socket. */
void xsock__set_nonblock_in(struct xsock__fdtab *t, struct xsock__fd *fd, bool on);

/* xsock_dup for a descriptor that the caller has. */
int xsock__dup_in(struct xsock__fdtab *t, const struct xsock__fd *from, int min, int flags);

/* Converts an address for a call on this socket. -XSOCK_EFAULT if the address is NULL;
 * -XSOCK_EAFNOSUPPORT if it is of another family; -XSOCK_EINVAL if it is malformed. */
int xsock__native_addr_for(const struct xsock__sock *s, const struct xsock_addr *a,
                           struct xsock__sys_addr *out);

/* Converts back the address of this socket, of its peer or of a sender. If there is none, the
 * result is zeros of the socket's family. */
int xsock__addr_or_none(const struct xsock__sock *s, const struct xsock__sys_addr *native,
                        struct xsock_addr *out);

/* Replaces "any address" as a destination by the loopback address. */
void xsock__addr_destination(struct xsock_addr *a);

/* The same for what *a was converted to. The errors are those of the conversion. */
int xsock__native_destination(const struct xsock_addr *a, struct xsock__sys_addr *inout);

/* Waits for the end of a connect that is under way. Returns 0 if there was none or it has
 * succeeded; -XSOCK_EAGAIN or -XSOCK_ETIMEDOUT if the limit has passed; else the error of the
 * connect. */
int xsock__wait_connected(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__limit *l);

#endif
