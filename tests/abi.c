/* The numbers, sizes and offsets that programs are compiled with. If one changes, programs that
 * were compiled before break. ci/abi.py writes this file from the headers. Compiling it is the
 * test.
 *
 * LAYOUT has three values: for pointers of 64 bits, for pointers of 32 bits, and for pointers of
 * 32 bits where 64-bit integers are aligned to 4 bytes (System V on i386). */
#include <stddef.h>

#include "xsock.h"
#include "xsock_families.h"
#include "xsock_native.h"
#include "xsock_wasix.h"

struct aligned {
    char byte;
    int64_t word;
};

#define LAYOUT(bits64, bits32, i386) \
    (sizeof(void *) == 8 ? (bits64) : offsetof(struct aligned, word) == 8 ? (bits32) : (i386))
#define NUMBER(name, value) _Static_assert((name) == (value), #name)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#define FIELD(type, field, offset) \
    _Static_assert(offsetof(type, field) == (offset), #type "." #field)

/* enum xsock_family */
NUMBER(XSOCK_AF_UNSPEC, 0);
NUMBER(XSOCK_AF_INET, 1);
NUMBER(XSOCK_AF_INET6, 2);
NUMBER(XSOCK_AF_LOCAL, 3);
NUMBER(XSOCK_AF_UNIX, 3);
NUMBER(XSOCK_AF_ROUTE, 256);
NUMBER(XSOCK_AF_LINK, 257);
NUMBER(XSOCK_AF_KEY, 258);
NUMBER(XSOCK_AF_NATM, 259);
NUMBER(XSOCK_AF_NETGRAPH, 260);
NUMBER(XSOCK_AF_BLUETOOTH, 261);
NUMBER(XSOCK_AF_IEEE80211, 262);
NUMBER(XSOCK_AF_INET_SDP, 263);
NUMBER(XSOCK_AF_INET6_SDP, 264);
NUMBER(XSOCK_AF_NETLINK, 265);
NUMBER(XSOCK_AF_PACKET, 266);
NUMBER(XSOCK_AF_VSOCK, 267);
NUMBER(XSOCK_AF_CAN, 268);
NUMBER(XSOCK_AF_IPX, 269);
NUMBER(XSOCK_AF_APPLETALK, 270);
NUMBER(XSOCK_AF_NETBIOS, 271);
NUMBER(XSOCK_AF_IRDA, 272);
NUMBER(XSOCK_AF_HYPERV, 273);

/* enum xsock_type */
NUMBER(XSOCK_SOCK_STREAM, 1);
NUMBER(XSOCK_SOCK_DGRAM, 2);
NUMBER(XSOCK_SOCK_RAW, 3);
NUMBER(XSOCK_SOCK_SEQPACKET, 4);
NUMBER(XSOCK_SOCK_RDM, 256);
NUMBER(XSOCK_SOCK_CLOEXEC, 8192);
NUMBER(XSOCK_SOCK_NONBLOCK, 16384);

/* enum xsock_shutdown_how */
NUMBER(XSOCK_SHUT_RD, 1);
NUMBER(XSOCK_SHUT_WR, 2);
NUMBER(XSOCK_SHUT_RDWR, 3);

/* enum xsock_protocol */
NUMBER(XSOCK_IPPROTO_IP, 0);
NUMBER(XSOCK_IPPROTO_ICMP, 1);
NUMBER(XSOCK_IPPROTO_IGMP, 2);
NUMBER(XSOCK_IPPROTO_IPIP, 4);
NUMBER(XSOCK_IPPROTO_TCP, 6);
NUMBER(XSOCK_IPPROTO_EGP, 8);
NUMBER(XSOCK_IPPROTO_PUP, 12);
NUMBER(XSOCK_IPPROTO_UDP, 17);
NUMBER(XSOCK_IPPROTO_IDP, 22);
NUMBER(XSOCK_IPPROTO_TP, 29);
NUMBER(XSOCK_IPPROTO_DCCP, 33);
NUMBER(XSOCK_IPPROTO_IPV6, 41);
NUMBER(XSOCK_IPPROTO_ROUTING, 43);
NUMBER(XSOCK_IPPROTO_FRAGMENT, 44);
NUMBER(XSOCK_IPPROTO_RSVP, 46);
NUMBER(XSOCK_IPPROTO_GRE, 47);
NUMBER(XSOCK_IPPROTO_ESP, 50);
NUMBER(XSOCK_IPPROTO_AH, 51);
NUMBER(XSOCK_IPPROTO_ICMPV6, 58);
NUMBER(XSOCK_IPPROTO_NONE, 59);
NUMBER(XSOCK_IPPROTO_DSTOPTS, 60);
NUMBER(XSOCK_IPPROTO_OSPF, 89);
NUMBER(XSOCK_IPPROTO_MTP, 92);
NUMBER(XSOCK_IPPROTO_BEETPH, 94);
NUMBER(XSOCK_IPPROTO_ENCAP, 98);
NUMBER(XSOCK_IPPROTO_PIM, 103);
NUMBER(XSOCK_IPPROTO_COMP, 108);
NUMBER(XSOCK_IPPROTO_PGM, 113);
NUMBER(XSOCK_IPPROTO_RM, 113);
NUMBER(XSOCK_IPPROTO_SCTP, 132);
NUMBER(XSOCK_IPPROTO_MH, 135);
NUMBER(XSOCK_IPPROTO_UDPLITE, 136);
NUMBER(XSOCK_IPPROTO_MPLS, 137);
NUMBER(XSOCK_IPPROTO_ETHERNET, 143);
NUMBER(XSOCK_IPPROTO_RAW, 255);
NUMBER(XSOCK_IPPROTO_MPTCP, 262);

/* enum xsock_error */
NUMBER(XSOCK_E2BIG, 1);
NUMBER(XSOCK_EACCES, 2);
NUMBER(XSOCK_EADDRINUSE, 3);
NUMBER(XSOCK_EADDRNOTAVAIL, 4);
NUMBER(XSOCK_EAFNOSUPPORT, 5);
NUMBER(XSOCK_EAGAIN, 6);
NUMBER(XSOCK_EALREADY, 7);
NUMBER(XSOCK_EBADF, 8);
NUMBER(XSOCK_EBADMSG, 9);
NUMBER(XSOCK_EBUSY, 10);
NUMBER(XSOCK_ECANCELED, 11);
NUMBER(XSOCK_ECHILD, 12);
NUMBER(XSOCK_ECONNABORTED, 13);
NUMBER(XSOCK_ECONNREFUSED, 14);
NUMBER(XSOCK_ECONNRESET, 15);
NUMBER(XSOCK_EDEADLK, 16);
NUMBER(XSOCK_EDESTADDRREQ, 17);
NUMBER(XSOCK_EDOM, 18);
NUMBER(XSOCK_EDQUOT, 19);
NUMBER(XSOCK_EEXIST, 20);
NUMBER(XSOCK_EFAULT, 21);
NUMBER(XSOCK_EFBIG, 22);
NUMBER(XSOCK_EHOSTUNREACH, 23);
NUMBER(XSOCK_EIDRM, 24);
NUMBER(XSOCK_EILSEQ, 25);
NUMBER(XSOCK_EINPROGRESS, 26);
NUMBER(XSOCK_EINTR, 27);
NUMBER(XSOCK_EINVAL, 28);
NUMBER(XSOCK_EIO, 29);
NUMBER(XSOCK_EISCONN, 30);
NUMBER(XSOCK_EISDIR, 31);
NUMBER(XSOCK_ELOOP, 32);
NUMBER(XSOCK_EMFILE, 33);
NUMBER(XSOCK_EMLINK, 34);
NUMBER(XSOCK_EMSGSIZE, 35);
NUMBER(XSOCK_EMULTIHOP, 36);
NUMBER(XSOCK_ENAMETOOLONG, 37);
NUMBER(XSOCK_ENETDOWN, 38);
NUMBER(XSOCK_ENETRESET, 39);
NUMBER(XSOCK_ENETUNREACH, 40);
NUMBER(XSOCK_ENFILE, 41);
NUMBER(XSOCK_ENOBUFS, 42);
NUMBER(XSOCK_ENODEV, 43);
NUMBER(XSOCK_ENOENT, 44);
NUMBER(XSOCK_ENOEXEC, 45);
NUMBER(XSOCK_ENOLCK, 46);
NUMBER(XSOCK_ENOLINK, 47);
NUMBER(XSOCK_ENOMEM, 48);
NUMBER(XSOCK_ENOMSG, 49);
NUMBER(XSOCK_ENOPROTOOPT, 50);
NUMBER(XSOCK_ENOSPC, 51);
NUMBER(XSOCK_ENOSYS, 52);
NUMBER(XSOCK_ENOTCONN, 53);
NUMBER(XSOCK_ENOTDIR, 54);
NUMBER(XSOCK_ENOTEMPTY, 55);
NUMBER(XSOCK_ENOTRECOVERABLE, 56);
NUMBER(XSOCK_ENOTSOCK, 57);
NUMBER(XSOCK_ENOTSUP, 58);
NUMBER(XSOCK_ENOTTY, 59);
NUMBER(XSOCK_ENXIO, 60);
NUMBER(XSOCK_EOVERFLOW, 61);
NUMBER(XSOCK_EOWNERDEAD, 62);
NUMBER(XSOCK_EPERM, 63);
NUMBER(XSOCK_EPIPE, 64);
NUMBER(XSOCK_EPROTO, 65);
NUMBER(XSOCK_EPROTONOSUPPORT, 66);
NUMBER(XSOCK_EPROTOTYPE, 67);
NUMBER(XSOCK_ERANGE, 68);
NUMBER(XSOCK_EROFS, 69);
NUMBER(XSOCK_ESPIPE, 70);
NUMBER(XSOCK_ESRCH, 71);
NUMBER(XSOCK_ESTALE, 72);
NUMBER(XSOCK_ETIMEDOUT, 73);
NUMBER(XSOCK_ETXTBSY, 74);
NUMBER(XSOCK_EXDEV, 75);
NUMBER(XSOCK_ENOTCAPABLE, 76);
NUMBER(XSOCK_ESHUTDOWN, 77);
NUMBER(XSOCK_EMEMVIOLATION, 78);
NUMBER(XSOCK_EUNKNOWN, 79);
NUMBER(XSOCK_EPENDING, 80);
NUMBER(XSOCK_EWOULDBLOCK, 6);
NUMBER(XSOCK_EOPNOTSUPP, 58);
NUMBER(XSOCK_ENOTBLK, 200);
NUMBER(XSOCK_EUNATCH, 206);
NUMBER(XSOCK_ENODATA, 217);
NUMBER(XSOCK_ETIME, 218);
NUMBER(XSOCK_ENOSR, 219);
NUMBER(XSOCK_ENONET, 220);
NUMBER(XSOCK_ENOPKG, 221);
NUMBER(XSOCK_EREMOTE, 222);
NUMBER(XSOCK_ECOMM, 225);
NUMBER(XSOCK_ENOTUNIQ, 227);
NUMBER(XSOCK_EBADFD, 228);
NUMBER(XSOCK_EUSERS, 237);
NUMBER(XSOCK_ESOCKTNOSUPPORT, 238);
NUMBER(XSOCK_EPFNOSUPPORT, 239);
NUMBER(XSOCK_ETOOMANYREFS, 240);
NUMBER(XSOCK_EHOSTDOWN, 241);
NUMBER(XSOCK_EREMOTEIO, 246);
NUMBER(XSOCK_ENOKEY, 249);
NUMBER(XSOCK_EKEYEXPIRED, 250);
NUMBER(XSOCK_EKEYREVOKED, 251);
NUMBER(XSOCK_EKEYREJECTED, 252);
NUMBER(XSOCK_ERFKILL, 253);
NUMBER(XSOCK_EAI_ADDRFAMILY, 1001);
NUMBER(XSOCK_EAI_AGAIN, 1002);
NUMBER(XSOCK_EAI_BADFLAGS, 1003);
NUMBER(XSOCK_EAI_FAIL, 1004);
NUMBER(XSOCK_EAI_FAMILY, 1005);
NUMBER(XSOCK_EAI_MEMORY, 1006);
NUMBER(XSOCK_EAI_NODATA, 1007);
NUMBER(XSOCK_EAI_NONAME, 1008);
NUMBER(XSOCK_EAI_OVERFLOW, 1009);
NUMBER(XSOCK_EAI_SERVICE, 1010);
NUMBER(XSOCK_EAI_SOCKTYPE, 1011);
NUMBER(XSOCK_EAI_SYSTEM, 1012);
NUMBER(XSOCK_ESYSNOTREADY, 1091);
NUMBER(XSOCK_EVERNOTSUPPORTED, 1092);
NUMBER(XSOCK_ENOTINITIALISED, 1093);
NUMBER(XSOCK_EINVALIDPROCTABLE, 1104);
NUMBER(XSOCK_EINVALIDPROVIDER, 1105);
NUMBER(XSOCK_EPROVIDERFAILEDINIT, 1106);
NUMBER(XSOCK_ESYSCALLFAILURE, 1107);

/* enum xsock_addr_size */
NUMBER(XSOCK_ADDR_DATA, 128);
NUMBER(XSOCK_ADDR_TEXT_SIZE, 400);

/* enum xsock_native_family */
NUMBER(XSOCK_AF_NATIVE, 65536);
NUMBER(XSOCK_AF_NATIVE_LAST, 131071);

/* enum xsock_interface_flag */
NUMBER(XSOCK_IF_UP, 1);
NUMBER(XSOCK_IF_LOOPBACK, 2);
NUMBER(XSOCK_IF_MULTICAST, 4);
NUMBER(XSOCK_IF_BROADCAST, 8);
NUMBER(XSOCK_IF_POINTTOPOINT, 16);

/* enum xsock_msg_flag */
NUMBER(XSOCK_MSG_OOB, 1);
NUMBER(XSOCK_MSG_PEEK, 2);
NUMBER(XSOCK_MSG_DONTROUTE, 4);
NUMBER(XSOCK_MSG_CTRUNC, 8);
NUMBER(XSOCK_MSG_TRUNC, 32);
NUMBER(XSOCK_MSG_DONTWAIT, 64);
NUMBER(XSOCK_MSG_EOR, 128);
NUMBER(XSOCK_MSG_WAITALL, 256);
NUMBER(XSOCK_MSG_NOSIGNAL, 16384);
NUMBER(XSOCK_MSG_MORE, 32768);
NUMBER(XSOCK_MSG_CMSG_CLOEXEC, 1073741824);

/* enum xsock_opt */
NUMBER(XSOCK_SO_REUSEPORT, 1);
NUMBER(XSOCK_SO_REUSEADDR, 2);
NUMBER(XSOCK_SO_NODELAY, 3);
NUMBER(XSOCK_SO_DONTROUTE, 4);
NUMBER(XSOCK_SO_ONLYV6, 5);
NUMBER(XSOCK_SO_BROADCAST, 6);
NUMBER(XSOCK_SO_MCASTLOOPV4, 7);
NUMBER(XSOCK_SO_MCASTLOOPV6, 8);
NUMBER(XSOCK_SO_PROMISCUOUS, 9);
NUMBER(XSOCK_SO_ACCEPTCONN, 10);
NUMBER(XSOCK_SO_ERROR, 11);
NUMBER(XSOCK_SO_KEEPALIVE, 12);
NUMBER(XSOCK_SO_LINGER, 13);
NUMBER(XSOCK_SO_OOBINLINE, 14);
NUMBER(XSOCK_SO_RCVBUF, 15);
NUMBER(XSOCK_SO_SNDBUF, 16);
NUMBER(XSOCK_SO_RCVLOWAT, 17);
NUMBER(XSOCK_SO_SNDLOWAT, 18);
NUMBER(XSOCK_SO_RCVTIMEO, 19);
NUMBER(XSOCK_SO_SNDTIMEO, 20);
NUMBER(XSOCK_SO_CONNTIMEO, 21);
NUMBER(XSOCK_SO_ACCPTIMEO, 22);
NUMBER(XSOCK_SO_TTL, 23);
NUMBER(XSOCK_SO_MCASTTTLV4, 24);
NUMBER(XSOCK_SO_TYPE, 25);
NUMBER(XSOCK_SO_PROTOCOL, 26);
NUMBER(XSOCK_SO_FAMILY, 256);
NUMBER(XSOCK_SO_KEEPIDLE, 257);
NUMBER(XSOCK_SO_KEEPINTVL, 258);
NUMBER(XSOCK_SO_KEEPCNT, 259);
NUMBER(XSOCK_SO_CORK, 260);
NUMBER(XSOCK_SO_QUICKACK, 261);
NUMBER(XSOCK_SO_FASTOPEN, 262);
NUMBER(XSOCK_SO_FASTOPEN_CONNECT, 263);
NUMBER(XSOCK_SO_USER_TIMEOUT, 264);
NUMBER(XSOCK_SO_MAXSEG, 265);
NUMBER(XSOCK_SO_NOTSENT_LOWAT, 266);
NUMBER(XSOCK_SO_DEFER_ACCEPT, 267);
NUMBER(XSOCK_SO_MCASTTTLV6, 268);
NUMBER(XSOCK_SO_TOS, 269);
NUMBER(XSOCK_SO_RECVTOS, 270);
NUMBER(XSOCK_SO_RECVTTL, 271);
NUMBER(XSOCK_SO_RECVPKTINFO, 272);
NUMBER(XSOCK_SO_DONTFRAG, 273);
NUMBER(XSOCK_SO_MTU, 274);
NUMBER(XSOCK_SO_HDRINCL, 275);
NUMBER(XSOCK_SO_FREEBIND, 276);
NUMBER(XSOCK_SO_UDP_RECV_COALESCE, 277);
NUMBER(XSOCK_SO_MARK, 278);
NUMBER(XSOCK_SO_PRIORITY, 279);
NUMBER(XSOCK_SO_BUSY_POLL, 280);
NUMBER(XSOCK_SO_INCOMING_CPU, 281);

/* enum xsock_option_kind */
NUMBER(XSOCK_OPT_FLAG, 1);
NUMBER(XSOCK_OPT_TIME, 2);
NUMBER(XSOCK_OPT_SIZE, 3);

/* enum xsock_tcp_state */
NUMBER(XSOCK_TCP_CLOSED, 0);
NUMBER(XSOCK_TCP_LISTEN, 1);
NUMBER(XSOCK_TCP_SYN_SENT, 2);
NUMBER(XSOCK_TCP_SYN_RECEIVED, 3);
NUMBER(XSOCK_TCP_ESTABLISHED, 4);
NUMBER(XSOCK_TCP_FIN_WAIT_1, 5);
NUMBER(XSOCK_TCP_FIN_WAIT_2, 6);
NUMBER(XSOCK_TCP_CLOSE_WAIT, 7);
NUMBER(XSOCK_TCP_CLOSING, 8);
NUMBER(XSOCK_TCP_LAST_ACK, 9);
NUMBER(XSOCK_TCP_TIME_WAIT, 10);

/* enum xsock_control_flag */
NUMBER(XSOCK_CONTROL_HANDLES, 1);
NUMBER(XSOCK_CONTROL_PKTINFO, 2);
NUMBER(XSOCK_CONTROL_TOS, 4);
NUMBER(XSOCK_CONTROL_HOP_LIMIT, 8);

/* enum xsock_control_limit */
NUMBER(XSOCK_CONTROL_HANDLES_MAX, 253);

/* enum xsock_poll_event */
NUMBER(XSOCK_POLLIN, 1);
NUMBER(XSOCK_POLLOUT, 2);
NUMBER(XSOCK_POLLPRI, 4);
NUMBER(XSOCK_POLLERR, 4096);
NUMBER(XSOCK_POLLHUP, 8192);
NUMBER(XSOCK_POLLNVAL, 16384);

/* enum xsock_resolve_flag */
NUMBER(XSOCK_AI_PASSIVE, 1);
NUMBER(XSOCK_AI_NUMERICHOST, 4);
NUMBER(XSOCK_AI_V4MAPPED, 8);
NUMBER(XSOCK_AI_ADDRCONFIG, 32);
NUMBER(XSOCK_AI_NUMERICSERV, 1024);

/* enum xsock_reverse_flag */
NUMBER(XSOCK_NI_NUMERICHOST, 1);
NUMBER(XSOCK_NI_NUMERICSERV, 2);
NUMBER(XSOCK_NI_NOFQDN, 4);
NUMBER(XSOCK_NI_NAMEREQD, 8);
NUMBER(XSOCK_NI_DGRAM, 16);

/* enum xsock_host_flag */
NUMBER(XSOCK_HOST_NUMERICHOST, 4);
NUMBER(XSOCK_HOST_NUMERICSERV, 1024);
NUMBER(XSOCK_HOST_NONBLOCK, 16384);
NUMBER(XSOCK_HOST_INHERIT, 65536);
NUMBER(XSOCK_HOST_REUSEPORT, 131072);
NUMBER(XSOCK_HOST_REMOVE_STALE, 262144);

/* enum xsock_poller_op */
NUMBER(XSOCK_POLLER_ADD, 0);
NUMBER(XSOCK_POLLER_MOD, 1);
NUMBER(XSOCK_POLLER_DEL, 2);

/* enum xsock_poller_event */
NUMBER(XSOCK_POLLER_IN, 1);
NUMBER(XSOCK_POLLER_OUT, 2);
NUMBER(XSOCK_POLLER_RDHUP, 4);
NUMBER(XSOCK_POLLER_PRI, 8);
NUMBER(XSOCK_POLLER_ERR, 16);
NUMBER(XSOCK_POLLER_HUP, 32);
NUMBER(XSOCK_POLLER_ET, 64);
NUMBER(XSOCK_POLLER_ONESHOT, 128);

/* enum xsock_deadline */
NUMBER(XSOCK_DEADLINE_RECV, 1);
NUMBER(XSOCK_DEADLINE_SEND, 2);

/* enum xsock_protocol_family */
NUMBER(XSOCK_PF_UNSPEC, 0);
NUMBER(XSOCK_PF_INET, 1);
NUMBER(XSOCK_PF_INET6, 2);
NUMBER(XSOCK_PF_LOCAL, 3);
NUMBER(XSOCK_PF_UNIX, 3);
NUMBER(XSOCK_PF_ROUTE, 256);
NUMBER(XSOCK_PF_LINK, 257);
NUMBER(XSOCK_PF_KEY, 258);
NUMBER(XSOCK_PF_NATM, 259);
NUMBER(XSOCK_PF_NETGRAPH, 260);
NUMBER(XSOCK_PF_BLUETOOTH, 261);
NUMBER(XSOCK_PF_IEEE80211, 262);
NUMBER(XSOCK_PF_INET_SDP, 263);
NUMBER(XSOCK_PF_INET6_SDP, 264);
NUMBER(XSOCK_PF_NETLINK, 265);
NUMBER(XSOCK_PF_PACKET, 266);
NUMBER(XSOCK_PF_VSOCK, 267);
NUMBER(XSOCK_PF_CAN, 268);
NUMBER(XSOCK_PF_IPX, 269);
NUMBER(XSOCK_PF_APPLETALK, 270);
NUMBER(XSOCK_PF_NETBIOS, 271);
NUMBER(XSOCK_PF_IRDA, 272);
NUMBER(XSOCK_PF_HYPERV, 273);

/* enum xsock_bluetooth_protocol */
NUMBER(XSOCK_BTPROTO_HCI, 1);
NUMBER(XSOCK_BTPROTO_SCO, 2);
NUMBER(XSOCK_BTPROTO_RFCOMM, 3);
NUMBER(XSOCK_BTPROTO_L2CAP, 256);

/* enum xsock_can_protocol */
NUMBER(XSOCK_CAN_RAW, 1);
NUMBER(XSOCK_CAN_BCM, 2);
NUMBER(XSOCK_CAN_ISOTP, 6);
NUMBER(XSOCK_CAN_J1939, 7);

/* enum xsock_hyperv_protocol */
NUMBER(XSOCK_HV_PROTOCOL_RAW, 1);

/* enum xsock_key_protocol */
NUMBER(XSOCK_KEY_V2, 2);

/* enum xsock_natm_protocol */
NUMBER(XSOCK_NATM_AAL0, 1);
NUMBER(XSOCK_NATM_AAL5, 2);

/* enum xsock_netgraph_protocol */
NUMBER(XSOCK_NETGRAPH_DATA, 1);
NUMBER(XSOCK_NETGRAPH_CONTROL, 2);

/* enum xsock_netlink_protocol */
NUMBER(XSOCK_NETLINK_ROUTE, 0);
NUMBER(XSOCK_NETLINK_USERSOCK, 2);
NUMBER(XSOCK_NETLINK_SOCK_DIAG, 4);
NUMBER(XSOCK_NETLINK_NFLOG, 5);
NUMBER(XSOCK_NETLINK_XFRM, 6);
NUMBER(XSOCK_NETLINK_SELINUX, 7);
NUMBER(XSOCK_NETLINK_ISCSI, 8);
NUMBER(XSOCK_NETLINK_AUDIT, 9);
NUMBER(XSOCK_NETLINK_FIB_LOOKUP, 10);
NUMBER(XSOCK_NETLINK_CONNECTOR, 11);
NUMBER(XSOCK_NETLINK_NETFILTER, 12);
NUMBER(XSOCK_NETLINK_KOBJECT_UEVENT, 15);
NUMBER(XSOCK_NETLINK_GENERIC, 16);
NUMBER(XSOCK_NETLINK_SCSITRANSPORT, 18);
NUMBER(XSOCK_NETLINK_ECRYPTFS, 19);
NUMBER(XSOCK_NETLINK_RDMA, 20);
NUMBER(XSOCK_NETLINK_CRYPTO, 21);
NUMBER(XSOCK_NETLINK_SMC, 22);

/* enum xsock_packet_protocol */
NUMBER(XSOCK_PACKET_NONE, 0);
NUMBER(XSOCK_PACKET_ALL, 3);
NUMBER(XSOCK_PACKET_IP, 2048);
NUMBER(XSOCK_PACKET_ARP, 2054);
NUMBER(XSOCK_PACKET_IPV6, 34525);

/* enum xsock_ipx_protocol */
NUMBER(XSOCK_IPX_IPX, 1000);
NUMBER(XSOCK_IPX_SPX, 1256);
NUMBER(XSOCK_IPX_SPXII, 1257);

/* enum xsock_appletalk_protocol */
NUMBER(XSOCK_APPLETALK_DDP, 16000);
NUMBER(XSOCK_APPLETALK_ADSP, 16022);
NUMBER(XSOCK_APPLETALK_PAP, 16023);

/* enum xsock_wasix_action */
NUMBER(XSOCK_WASIX_OPEN, 1);
NUMBER(XSOCK_WASIX_BIND, 2);
NUMBER(XSOCK_WASIX_CONNECT, 3);
NUMBER(XSOCK_WASIX_SEND, 4);
NUMBER(XSOCK_WASIX_RESOLVE, 5);
NUMBER(XSOCK_WASIX_JOIN, 6);
NUMBER(XSOCK_WASIX_INTERFACES, 7);

/* enum xsock_wasix_result */
NUMBER(XSOCK_WASIX_CALL_ENGINE, 65536);

/* enum xsock_wasix_owner_kind */
NUMBER(XSOCK_WASIX_OWNER_NONE, 0);
NUMBER(XSOCK_WASIX_OWNER_ENGINE, 1);
NUMBER(XSOCK_WASIX_OWNER_XSOCK, 2);

/* struct xsock_triple */
SIZE(struct xsock_triple, LAYOUT(48, 32, 32));
FIELD(struct xsock_triple, af, 0);
FIELD(struct xsock_triple, type, 4);
FIELD(struct xsock_triple, protocol, 8);
FIELD(struct xsock_triple, status, 12);
FIELD(struct xsock_triple, af_name, 16);
FIELD(struct xsock_triple, type_name, LAYOUT(24, 20, 20));
FIELD(struct xsock_triple, protocol_name, LAYOUT(32, 24, 24));
FIELD(struct xsock_triple, is_default, LAYOUT(40, 28, 28));

/* struct xsock_addr */
SIZE(struct xsock_addr, 148);
FIELD(struct xsock_addr, family, 0);
FIELD(struct xsock_addr, port, 4);
FIELD(struct xsock_addr, flow, 8);
FIELD(struct xsock_addr, scope, 12);
FIELD(struct xsock_addr, length, 16);
FIELD(struct xsock_addr, data, 20);

/* struct xsock_interface_addr */
SIZE(struct xsock_interface_addr, 152);
FIELD(struct xsock_interface_addr, addr, 0);
FIELD(struct xsock_interface_addr, prefix_length, 148);

/* struct xsock_interface */
SIZE(struct xsock_interface, LAYOUT(80, 60, 60));
FIELD(struct xsock_interface, name, 0);
FIELD(struct xsock_interface, label, LAYOUT(8, 4, 4));
FIELD(struct xsock_interface, index, LAYOUT(16, 8, 8));
FIELD(struct xsock_interface, flags, LAYOUT(20, 12, 12));
FIELD(struct xsock_interface, addrs, LAYOUT(24, 16, 16));
FIELD(struct xsock_interface, addr_count, LAYOUT(32, 20, 20));
FIELD(struct xsock_interface, hardware_length, LAYOUT(40, 24, 24));
FIELD(struct xsock_interface, hardware, LAYOUT(44, 28, 28));

/* struct xsock_cred */
SIZE(struct xsock_cred, 56);
FIELD(struct xsock_cred, process, 0);
FIELD(struct xsock_cred, user, 8);
FIELD(struct xsock_cred, group, 16);
FIELD(struct xsock_cred, reserved, 24);

/* struct xsock_tcp_info */
SIZE(struct xsock_tcp_info, 256);
FIELD(struct xsock_tcp_info, state, 0);
FIELD(struct xsock_tcp_info, rtt_ns, 8);
FIELD(struct xsock_tcp_info, rtt_variance_ns, 16);
FIELD(struct xsock_tcp_info, rtt_min_ns, 24);
FIELD(struct xsock_tcp_info, rto_ns, 32);
FIELD(struct xsock_tcp_info, send_mss, 40);
FIELD(struct xsock_tcp_info, receive_mss, 48);
FIELD(struct xsock_tcp_info, send_cwnd, 56);
FIELD(struct xsock_tcp_info, send_ssthresh, 64);
FIELD(struct xsock_tcp_info, send_window, 72);
FIELD(struct xsock_tcp_info, receive_window, 80);
FIELD(struct xsock_tcp_info, in_flight, 88);
FIELD(struct xsock_tcp_info, bytes_sent, 96);
FIELD(struct xsock_tcp_info, bytes_received, 104);
FIELD(struct xsock_tcp_info, bytes_repeated, 112);
FIELD(struct xsock_tcp_info, segments_repeated, 120);
FIELD(struct xsock_tcp_info, timeouts, 128);
FIELD(struct xsock_tcp_info, reserved, 136);

/* struct xsock_vec */
SIZE(struct xsock_vec, LAYOUT(16, 8, 8));
FIELD(struct xsock_vec, base, 0);
FIELD(struct xsock_vec, len, LAYOUT(8, 4, 4));

/* struct xsock_control */
SIZE(struct xsock_control, LAYOUT(224, 208, 208));
FIELD(struct xsock_control, has, 0);
FIELD(struct xsock_control, tos, 4);
FIELD(struct xsock_control, hop_limit, 8);
FIELD(struct xsock_control, interface_index, 12);
FIELD(struct xsock_control, local, 16);
FIELD(struct xsock_control, handles, LAYOUT(168, 164, 164));
FIELD(struct xsock_control, handle_count, LAYOUT(176, 168, 168));
FIELD(struct xsock_control, handle_capacity, LAYOUT(184, 172, 172));
FIELD(struct xsock_control, reserved, LAYOUT(192, 176, 176));

/* struct xsock_msg */
SIZE(struct xsock_msg, LAYOUT(72, 48, 48));
FIELD(struct xsock_msg, addr, 0);
FIELD(struct xsock_msg, vec, LAYOUT(8, 4, 4));
FIELD(struct xsock_msg, vec_count, LAYOUT(16, 8, 8));
FIELD(struct xsock_msg, control, LAYOUT(24, 12, 12));
FIELD(struct xsock_msg, flags, LAYOUT(32, 16, 16));
FIELD(struct xsock_msg, segment, LAYOUT(40, 20, 20));
FIELD(struct xsock_msg, reserved, LAYOUT(48, 24, 24));

/* struct xsock_dgram */
SIZE(struct xsock_dgram, LAYOUT(64, 40, 36));
FIELD(struct xsock_dgram, base, 0);
FIELD(struct xsock_dgram, len, LAYOUT(8, 4, 4));
FIELD(struct xsock_dgram, done, LAYOUT(16, 8, 8));
FIELD(struct xsock_dgram, addr, LAYOUT(24, 12, 12));
FIELD(struct xsock_dgram, control, LAYOUT(32, 16, 16));
FIELD(struct xsock_dgram, flags, LAYOUT(40, 20, 20));
FIELD(struct xsock_dgram, segment, LAYOUT(48, 24, 24));
FIELD(struct xsock_dgram, reserved, LAYOUT(56, 32, 28));

/* struct xsock_pollfd */
SIZE(struct xsock_pollfd, 8);
FIELD(struct xsock_pollfd, fd, 0);
FIELD(struct xsock_pollfd, events, 4);
FIELD(struct xsock_pollfd, revents, 6);

/* struct xsock_connect_options */
SIZE(struct xsock_connect_options, LAYOUT(56, 56, 52));
FIELD(struct xsock_connect_options, af, 0);
FIELD(struct xsock_connect_options, type, 4);
FIELD(struct xsock_connect_options, protocol, 8);
FIELD(struct xsock_connect_options, flags, 12);
FIELD(struct xsock_connect_options, local, 16);
FIELD(struct xsock_connect_options, reserved, LAYOUT(24, 24, 20));

/* struct xsock_listen_options */
SIZE(struct xsock_listen_options, 48);
FIELD(struct xsock_listen_options, af, 0);
FIELD(struct xsock_listen_options, type, 4);
FIELD(struct xsock_listen_options, protocol, 8);
FIELD(struct xsock_listen_options, flags, 12);
FIELD(struct xsock_listen_options, reserved, 16);

/* struct xsock_event */
SIZE(struct xsock_event, 24);
FIELD(struct xsock_event, data, 0);
FIELD(struct xsock_event, events, 8);
FIELD(struct xsock_event, fd, 12);
FIELD(struct xsock_event, reserved, 16);

/* struct xsock_wasix_request */
SIZE(struct xsock_wasix_request, LAYOUT(176, 168, 168));
FIELD(struct xsock_wasix_request, action, 0);
FIELD(struct xsock_wasix_request, af, 4);
FIELD(struct xsock_wasix_request, type, 8);
FIELD(struct xsock_wasix_request, protocol, 12);
FIELD(struct xsock_wasix_request, addr, 16);
FIELD(struct xsock_wasix_request, host, LAYOUT(168, 164, 164));

/* struct xsock_wasix_config */
SIZE(struct xsock_wasix_config, LAYOUT(104, 88, 80));
FIELD(struct xsock_wasix_config, first, 0);
FIELD(struct xsock_wasix_config, max_descriptors, 4);
FIELD(struct xsock_wasix_config, max_waiting, 8);
FIELD(struct xsock_wasix_config, max_scratch, LAYOUT(16, 16, 12));
FIELD(struct xsock_wasix_config, max_socket_buffer, LAYOUT(24, 24, 20));
FIELD(struct xsock_wasix_config, addr_port_size, LAYOUT(32, 32, 28));
FIELD(struct xsock_wasix_config, policy, LAYOUT(40, 36, 32));
FIELD(struct xsock_wasix_config, ready, LAYOUT(48, 40, 36));
FIELD(struct xsock_wasix_config, read, LAYOUT(56, 44, 40));
FIELD(struct xsock_wasix_config, user, LAYOUT(64, 48, 44));
FIELD(struct xsock_wasix_config, max_buffers, LAYOUT(72, 56, 48));
FIELD(struct xsock_wasix_config, reserved, LAYOUT(80, 64, 56));

/* struct xsock_wasix_memory */
SIZE(struct xsock_wasix_memory, LAYOUT(32, 32, 28));
FIELD(struct xsock_wasix_memory, base, 0);
FIELD(struct xsock_wasix_memory, size, LAYOUT(8, 8, 4));
FIELD(struct xsock_wasix_memory, reserved, LAYOUT(16, 16, 12));

/* struct xsock_wasix_import */
SIZE(struct xsock_wasix_import, LAYOUT(32, 16, 16));
FIELD(struct xsock_wasix_import, module, 0);
FIELD(struct xsock_wasix_import, name, LAYOUT(8, 4, 4));
FIELD(struct xsock_wasix_import, signature, LAYOUT(16, 8, 8));
FIELD(struct xsock_wasix_import, call, LAYOUT(24, 12, 12));
