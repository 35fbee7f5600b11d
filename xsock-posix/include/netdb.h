/* <netdb.h> of xsock-posix. On Windows the numbers are those of Linux. */
#ifndef XSOCK_POSIX_NETDB_H
#define XSOCK_POSIX_NETDB_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <netinet/in.h>
#include <sys/socket.h>

struct addrinfo {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    socklen_t ai_addrlen;
    struct sockaddr *ai_addr;
    char *ai_canonname;
    struct addrinfo *ai_next;
};

struct hostent {
    char *h_name;
    char **h_aliases;
    int h_addrtype;
    int h_length;
    char **h_addr_list;
};
#define h_addr h_addr_list[0]

struct servent {
    char *s_name;
    char **s_aliases;
    int s_port;
    char *s_proto;
};

struct protoent {
    char *p_name;
    char **p_aliases;
    int p_proto;
};

#define AI_PASSIVE 0x1
#define AI_CANONNAME 0x2
#define AI_NUMERICHOST 0x4
#define AI_V4MAPPED 0x8
#define AI_ALL 0x10
#define AI_ADDRCONFIG 0x20
#define AI_IDN 0x40
#define AI_CANONIDN 0x80
#define AI_NUMERICSERV 0x400

#define NI_NUMERICHOST 1
#define NI_NUMERICSERV 2
#define NI_NOFQDN 4
#define NI_NAMEREQD 8
#define NI_DGRAM 16
#define NI_IDN 32
#define NI_MAXHOST 1025
#define NI_MAXSERV 32

#define EAI_BADFLAGS (-1)
#define EAI_NONAME (-2)
#define EAI_AGAIN (-3)
#define EAI_FAIL (-4)
#define EAI_NODATA (-5)
#define EAI_FAMILY (-6)
#define EAI_SOCKTYPE (-7)
#define EAI_SERVICE (-8)
#define EAI_ADDRFAMILY (-9)
#define EAI_MEMORY (-10)
#define EAI_SYSTEM (-11)
#define EAI_OVERFLOW (-12)

#define NETDB_INTERNAL (-1)
#define NETDB_SUCCESS 0
#define HOST_NOT_FOUND 1
#define TRY_AGAIN 2
#define NO_RECOVERY 3
#define NO_DATA 4
#define NO_ADDRESS NO_DATA

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, getaddrinfo, (const char *host, const char *service,
                                    const struct addrinfo *hints, struct addrinfo **out));
XSOCK_POSIX_CALL(void, freeaddrinfo, (struct addrinfo *list));
XSOCK_POSIX_CALL(const char *, gai_strerror, (int error));
XSOCK_POSIX_CALL(int, getnameinfo,
                 (const struct sockaddr *addr, socklen_t len, char *host, socklen_t host_size,
                  char *service, socklen_t service_size, int flags));
XSOCK_POSIX_CALL(struct hostent *, gethostbyname, (const char *name));
XSOCK_POSIX_CALL(struct hostent *, gethostbyaddr, (const void *addr, socklen_t len, int family));
XSOCK_POSIX_CALL(const char *, hstrerror, (int error));
XSOCK_POSIX_CALL(struct servent *, getservbyname, (const char *name, const char *protocol));
XSOCK_POSIX_CALL(struct servent *, getservbyport, (int port, const char *protocol));
XSOCK_POSIX_CALL(struct protoent *, getprotobyname, (const char *name));
XSOCK_POSIX_CALL(struct protoent *, getprotobynumber, (int number));
int *xsock_posix_h_errno(void);
#define h_errno (*xsock_posix_h_errno())
XSOCK_POSIX_END
#else
#include_next <netdb.h>
XSOCK_POSIX_BEGIN
#if XSOCK_POSIX_HAS_2001
XSOCK_POSIX_SAME(getaddrinfo);
XSOCK_POSIX_SAME(freeaddrinfo);
XSOCK_POSIX_SAME(getnameinfo);
#endif
XSOCK_POSIX_SAME(gethostbyname);
XSOCK_POSIX_SAME(gethostbyaddr);
XSOCK_POSIX_SAME(getservbyname);
XSOCK_POSIX_SAME(getservbyport);
XSOCK_POSIX_SAME(getprotobyname);
XSOCK_POSIX_SAME(getprotobynumber);
XSOCK_POSIX_END
#endif
#endif
