/* Converts xsock's numbers to this system's own. */
#include "posix/native.h"

#include <arpa/inet.h>

#include "xsock.h"

bool xsock__sys_family(int af, int *out)
{
    switch (af) {
    case XSOCK_AF_INET:
        *out = AF_INET;
        return true;
    case XSOCK_AF_INET6:
        *out = AF_INET6;
        return true;
    case XSOCK_AF_LOCAL:
        *out = AF_UNIX;
        return true;
#if defined(AF_ROUTE) \
    && !defined(__linux__) /* Linux: an alias of NETLINK's number, with NETLINK's types */
    case XSOCK_AF_ROUTE:
        *out = AF_ROUTE;
        return true;
#endif
#ifdef AF_LINK
    case XSOCK_AF_LINK:
        *out = AF_LINK;
        return true;
#endif
/* the address family has a number of its own on BSD (pseudo_AF_KEY); socket() takes this one */
#ifdef PF_KEY
    case XSOCK_AF_KEY:
        *out = PF_KEY;
        return true;
#endif
#ifdef AF_NATM
    case XSOCK_AF_NATM:
        *out = AF_NATM;
        return true;
#endif
#ifdef AF_NETGRAPH
    case XSOCK_AF_NETGRAPH:
        *out = AF_NETGRAPH;
        return true;
#endif
#ifdef AF_BLUETOOTH
    case XSOCK_AF_BLUETOOTH:
        *out = AF_BLUETOOTH;
        return true;
#endif
#ifdef AF_IEEE80211
    case XSOCK_AF_IEEE80211:
        *out = AF_IEEE80211;
        return true;
#endif
#ifdef AF_INET_SDP
    case XSOCK_AF_INET_SDP:
        *out = AF_INET_SDP;
        return true;
    case XSOCK_AF_INET6_SDP:
        *out = AF_INET6_SDP;
        return true;
#endif
#ifdef AF_NETLINK
    case XSOCK_AF_NETLINK:
        *out = AF_NETLINK;
        return true;
#endif
#ifdef AF_PACKET
    case XSOCK_AF_PACKET:
        *out = AF_PACKET;
        return true;
#endif
#ifdef AF_HYPERV /* FreeBSD */
    case XSOCK_AF_HYPERV:
        *out = AF_HYPERV;
        return true;
#endif
#ifdef AF_VSOCK
    case XSOCK_AF_VSOCK:
        *out = AF_VSOCK;
        return true;
#endif
#ifdef AF_CAN
    case XSOCK_AF_CAN:
        *out = AF_CAN;
        return true;
#endif
#ifdef AF_IPX
    case XSOCK_AF_IPX:
        *out = AF_IPX;
        return true;
#endif
#ifdef AF_APPLETALK
    case XSOCK_AF_APPLETALK:
        *out = AF_APPLETALK;
        return true;
#endif
#ifdef AF_IRDA
    case XSOCK_AF_IRDA:
        *out = AF_IRDA;
        return true;
#endif
    default:
        return false;
    }
}

bool xsock__sys_type(int type, int *out)
{
    switch (type) {
    case XSOCK_SOCK_STREAM:
        *out = SOCK_STREAM;
        return true;
    case XSOCK_SOCK_DGRAM:
        *out = SOCK_DGRAM;
        return true;
    case XSOCK_SOCK_RAW:
        *out = SOCK_RAW;
        return true;
    case XSOCK_SOCK_SEQPACKET:
        *out = SOCK_SEQPACKET;
        return true;
    case XSOCK_SOCK_RDM:
        *out = SOCK_RDM;
        return true;
    default:
        return false;
    }
}

/* FreeBSD's netgraph/bluetooth numbers differ from Linux's. xsock's numbers are those of Linux,
 * except L2CAP: Linux has 0, which would be the default of every type. */
static bool bluetooth(int protocol, int *out)
{
    (void)out; /* not every system has Bluetooth */
    switch (protocol) {
#ifdef __linux__
    case XSOCK_BTPROTO_L2CAP:
        *out = 0;
        return true;
    case XSOCK_BTPROTO_HCI:
    case XSOCK_BTPROTO_SCO:
    case XSOCK_BTPROTO_RFCOMM:
        *out = protocol;
        return true;
#elif defined(__FreeBSD__)
    case XSOCK_BTPROTO_HCI:
        *out = 134;
        return true;
    case XSOCK_BTPROTO_L2CAP:
        *out = 135;
        return true;
    case XSOCK_BTPROTO_RFCOMM:
        *out = 136;
        return true;
    case XSOCK_BTPROTO_SCO:
        *out = 137;
        return true;
#endif
    default:
        return false;
    }
}

bool xsock__sys_protocol(int af, int protocol, int *out)
{
    switch (af) {
    case XSOCK_AF_BLUETOOTH:
        return bluetooth(protocol, out);
    case XSOCK_AF_PACKET: /* an EtherType: the system wants network order */
        *out = htons((uint16_t)protocol);
        return true;
    case XSOCK_AF_IPX: /* one protocol of a datagram, which these systems call 0 */
    case XSOCK_AF_APPLETALK:
        if (protocol != XSOCK_IPX_IPX && protocol != XSOCK_APPLETALK_DDP)
            return false;
        *out = 0;
        return true;
    default:
        *out = protocol;
        return true;
    }
}
