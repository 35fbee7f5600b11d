/* <sys/socket.h> of xsock-posix. On Windows the numbers and structures are those of Linux. */
#ifndef XSOCK_POSIX_SYS_SOCKET_H
#define XSOCK_POSIX_SYS_SOCKET_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)

#include <sys/types.h>
#include <sys/uio.h>
#include <xsock_posix/types.h>

struct sockaddr {
    sa_family_t sa_family;
    char sa_data[14];
};

/* The union aligns the structure for every address. */
struct sockaddr_storage {
    sa_family_t ss_family;
    char ss_padding[6];
    union {
        char ss_data[120];
        unsigned long long ss_align;
    } ss_rest;
};

struct linger {
    int l_onoff;
    int l_linger;
};

struct msghdr {
    void *msg_name;
    socklen_t msg_namelen;
    struct iovec *msg_iov;
    size_t msg_iovlen;
    void *msg_control;
    size_t msg_controllen;
    int msg_flags;
};

struct mmsghdr {
    struct msghdr msg_hdr;
    unsigned int msg_len;
};

struct cmsghdr {
    size_t cmsg_len;
    int cmsg_level;
    int cmsg_type;
};

#define CMSG_ALIGN(n) (((n) + sizeof(size_t) - 1) & ~(sizeof(size_t) - 1))
#define CMSG_SPACE(n) (CMSG_ALIGN(n) + CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_LEN(n) (CMSG_ALIGN(sizeof(struct cmsghdr)) + (n))
#define CMSG_DATA(c) ((unsigned char *)((struct cmsghdr *)(c) + 1))
#define CMSG_FIRSTHDR(m)                              \
    ((m)->msg_controllen >= sizeof(struct cmsghdr) ?  \
         (struct cmsghdr *)(m)->msg_control :         \
         (struct cmsghdr *)0)
#define CMSG_NXTHDR(m, c) xsock_posix_cmsg_next((m), (c))

#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_LOCAL AF_UNIX
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL AF_UNIX
#define AF_INET 2
#define AF_INET6 10

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_RDM 4
#define SOCK_SEQPACKET 5
#define SOCK_NONBLOCK 0x800
#define SOCK_CLOEXEC 0x80000

#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2
#define SOMAXCONN 4096

#define SOL_SOCKET 1
#define SO_DEBUG 1
#define SO_REUSEADDR 2
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_DONTROUTE 5
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_OOBINLINE 10
#define SO_LINGER 13
#define SO_REUSEPORT 15 /* Windows has none: ENOPROTOOPT */
#define SO_RCVLOWAT 18
#define SO_SNDLOWAT 19
#define SO_RCVTIMEO 20
#define SO_SNDTIMEO 21
#define SO_ACCEPTCONN 30
#define SO_PROTOCOL 38
#define SO_DOMAIN 39

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_CTRUNC 0x8
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_WAITALL 0x100
#define MSG_ERRQUEUE 0x2000 /* nothing is ever there: EAGAIN */
#define MSG_NOSIGNAL 0x4000
#define MSG_MORE 0x8000
#define MSG_WAITFORONE 0x10000
#define MSG_CMSG_CLOEXEC 0x40000000

/* Windows passes no descriptors: sendmsg() gives EOPNOTSUPP. */
#define SCM_RIGHTS 1

struct timespec;

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, socket, (int domain, int type, int protocol));
XSOCK_POSIX_CALL(int, socketpair, (int domain, int type, int protocol, int out[2]));
XSOCK_POSIX_CALL(int, bind, (int d, const struct sockaddr *addr, socklen_t len));
XSOCK_POSIX_CALL(int, listen, (int d, int backlog));
XSOCK_POSIX_CALL(int, accept, (int d, struct sockaddr *addr, socklen_t *len));
XSOCK_POSIX_CALL(int, accept4, (int d, struct sockaddr *addr, socklen_t *len, int flags));
XSOCK_POSIX_CALL(int, connect, (int d, const struct sockaddr *addr, socklen_t len));
XSOCK_POSIX_CALL(int, shutdown, (int d, int how));
XSOCK_POSIX_CALL(int, getsockname, (int d, struct sockaddr *addr, socklen_t *len));
XSOCK_POSIX_CALL(int, getpeername, (int d, struct sockaddr *addr, socklen_t *len));
XSOCK_POSIX_CALL(int, sockatmark, (int d));
XSOCK_POSIX_CALL(int, setsockopt,
                 (int d, int level, int name, const void *value, socklen_t len));
XSOCK_POSIX_CALL(int, getsockopt, (int d, int level, int name, void *value, socklen_t *len));
XSOCK_POSIX_CALL(ssize_t, send, (int d, const void *buf, size_t n, int flags));
XSOCK_POSIX_CALL(ssize_t, sendto, (int d, const void *buf, size_t n, int flags,
                                   const struct sockaddr *addr, socklen_t len));
XSOCK_POSIX_CALL(ssize_t, sendmsg, (int d, const struct msghdr *m, int flags));
XSOCK_POSIX_CALL(ssize_t, recv, (int d, void *buf, size_t n, int flags));
XSOCK_POSIX_CALL(ssize_t, recvfrom, (int d, void *buf, size_t n, int flags, struct sockaddr *addr,
                                     socklen_t *len));
XSOCK_POSIX_CALL(ssize_t, recvmsg, (int d, struct msghdr *m, int flags));
XSOCK_POSIX_CALL(int, sendmmsg, (int d, struct mmsghdr *v, unsigned int n, int flags));
XSOCK_POSIX_CALL(int, recvmmsg, (int d, struct mmsghdr *v, unsigned int n, int flags,
                                 struct timespec *timeout));
struct cmsghdr *xsock_posix_cmsg_next(const struct msghdr *m, const struct cmsghdr *c);
XSOCK_POSIX_END

#else

#include_next <sys/socket.h>

XSOCK_POSIX_BEGIN
XSOCK_POSIX_SAME(socket);
XSOCK_POSIX_ALIASED(socketpair);
XSOCK_POSIX_SAME_ADDR(bind);
XSOCK_POSIX_ALIASED(listen);
XSOCK_POSIX_SAME_ADDR(accept);
XSOCK_POSIX_SAME_ADDR(connect);
XSOCK_POSIX_SAME(shutdown);
XSOCK_POSIX_SAME_ADDR(getsockname);
XSOCK_POSIX_SAME_ADDR(getpeername);
#if XSOCK_POSIX_HAS_2001
XSOCK_POSIX_SAME(sockatmark);
#endif
XSOCK_POSIX_SAME(setsockopt);
XSOCK_POSIX_SAME(getsockopt);
XSOCK_POSIX_ALIASED(send);
XSOCK_POSIX_SAME_ADDR(sendto);
XSOCK_POSIX_ALIASED(sendmsg);
XSOCK_POSIX_ALIASED(recv);
XSOCK_POSIX_SAME_ADDR(recvfrom);
XSOCK_POSIX_ALIASED(recvmsg);
#if XSOCK_POSIX_HAS_GNU
XSOCK_POSIX_SAME_ADDR(accept4);
XSOCK_POSIX_SAME(sendmmsg);
XSOCK_POSIX_TIMED(recvmmsg);
#endif
XSOCK_POSIX_END
#if defined(__APPLE__) && !defined(XSOCK_POSIX_BUILD)
#define socketpair xsock_posix_socketpair
#define listen xsock_posix_listen
#define send xsock_posix_send
#define sendmsg xsock_posix_sendmsg
#define recv xsock_posix_recv
#define recvmsg xsock_posix_recvmsg
#define bind xsock_posix_bind
#define accept xsock_posix_accept
#define connect xsock_posix_connect
#define getsockname xsock_posix_getsockname
#define getpeername xsock_posix_getpeername
#define sendto xsock_posix_sendto
#define recvfrom xsock_posix_recvfrom
#endif
#if defined(XSOCK_POSIX_TIMED_BY_MACRO) && XSOCK_POSIX_HAS_GNU
#define recvmmsg xsock_posix_recvmmsg
#endif

#endif
#endif
