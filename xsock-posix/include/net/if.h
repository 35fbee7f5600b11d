/* <net/if.h> of xsock-posix. */
#ifndef XSOCK_POSIX_NET_IF_H
#define XSOCK_POSIX_NET_IF_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#define IF_NAMESIZE 64
#define IFNAMSIZ IF_NAMESIZE
#define IFF_UP 0x1
#define IFF_BROADCAST 0x2
#define IFF_LOOPBACK 0x8
#define IFF_POINTOPOINT 0x10
#define IFF_RUNNING 0x40
#define IFF_MULTICAST 0x1000

struct if_nameindex {
    unsigned int if_index;
    char *if_name;
};

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(unsigned int, if_nametoindex, (const char *name));
XSOCK_POSIX_CALL(char *, if_indextoname, (unsigned int index, char *name));
/* The structure has the name of the call, so that the call can be no macro. */
extern struct if_nameindex *xsock_posix_if_nameindex(void);
XSOCK_POSIX_CALL(void, if_freenameindex, (struct if_nameindex *list));
#ifndef XSOCK_POSIX_BUILD
static __inline struct if_nameindex *if_nameindex(void)
{
    return xsock_posix_if_nameindex();
}
#endif
XSOCK_POSIX_END
#else
#include_next <net/if.h>
#endif
#endif
