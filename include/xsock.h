/* xsock: one socket API that means the same on Linux, FreeBSD, macOS and Windows.
 *
 * Conventions, true of every call unless it says otherwise:
 *
 *   Returns    >= 0 for success, or -XSOCK_E... (enum xsock_error). C's errno has no part in it: what a
 *              call leaves there means nothing, and a signal handler saves it as usual. xsock_oserror()
 *              tells the system's own code, for diagnosis.
 *   Bad input  gives a precise error, and then nothing was changed. They are judged in this order: the
 *              descriptor (EBADF), pointers (EFAULT), other arguments (EINVAL, ...), the system.
 *   Threads    any call, on any descriptor, from any thread, at any time.
 *              A call is left by returning: no thread is cancelled in one (pthread_cancel), and no exception
 *              or longjmp leaves a callback, or a signal handler that interrupted a call. What the call holds
 *              would never be given back, and a close could wake a wait that is no more. On Linux and
 *              FreeBSD a Release build has no unwinding tables, and an exception there ends the program.
 *   Signals    no signal is raised, SIGPIPE included. Async-signal-safe, in a descriptor that no thread
 *              closes meanwhile (the last call in a closed one frees it): xsock_poller_wake; xsock_send
 *              and xsock_sendto, and, without XSOCK_SO_UDP_RECV_COALESCE, xsock_recv and xsock_recvfrom,
 *              these four with XSOCK_MSG_DONTWAIT. And always: xsock_strerror, xsock_errname,
 *              xsock_oserror, xsock_error_from_os, xsock_version and the name look-ups.
 *   Fork       (POSIX) the child can go on using every descriptor, also when the parent had threads.
 *              Don't call fork() in a signal handler that may have interrupted a call of this library.
 *   Flags      unknown bits are refused with EINVAL.
 *
 * This header includes no header of the system. xsock_native.h has what crosses over to it.
 */
#ifndef XSOCK_H
#define XSOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A program that links the shared library on Windows defines XSOCK_SHARED (the installed packages do);
 * elsewhere it makes no difference. XSOCK_BUILD is for the library's own build. */
#if defined(XSOCK_SHARED) && (defined(_MSC_VER) || defined(__MINGW32__))
#  ifdef XSOCK_BUILD
#    define XSOCK_API __declspec(dllexport)
#  else
#    define XSOCK_API __declspec(dllimport)
#  endif
#elif defined(__GNUC__)
#  define XSOCK_API __attribute__((visibility("default")))
#else
#  define XSOCK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Numbers -------------------------------------------------------------------------------------
 * As in WASIX, on every system. What WASIX has no number for stands from 0x100 up. They are ABI: they
 * never change. */

enum {
    XSOCK_AF_UNSPEC = 0,
    XSOCK_AF_INET = 1,
    XSOCK_AF_INET6 = 2,
    XSOCK_AF_LOCAL = 3,
    XSOCK_AF_UNIX = XSOCK_AF_LOCAL,
    /* FreeBSD (KEY and BLUETOOTH also elsewhere) */
    XSOCK_AF_ROUTE = 0x100,
    XSOCK_AF_LINK = 0x101,
    XSOCK_AF_KEY = 0x102,
    XSOCK_AF_NATM = 0x103,
    XSOCK_AF_NETGRAPH = 0x104,
    XSOCK_AF_BLUETOOTH = 0x105,
    XSOCK_AF_IEEE80211 = 0x106,
    XSOCK_AF_INET_SDP = 0x107,
    XSOCK_AF_INET6_SDP = 0x108,
    /* Linux */
    XSOCK_AF_NETLINK = 0x109,
    XSOCK_AF_PACKET = 0x10a,
    XSOCK_AF_VSOCK = 0x10b,
    XSOCK_AF_CAN = 0x10c,
    /* Windows */
    XSOCK_AF_IPX = 0x10d,
    XSOCK_AF_APPLETALK = 0x10e,
    XSOCK_AF_NETBIOS = 0x10f,
    XSOCK_AF_IRDA = 0x110,
    XSOCK_AF_HYPERV = 0x111
};

enum {
    XSOCK_PF_UNSPEC = XSOCK_AF_UNSPEC,
    XSOCK_PF_INET = XSOCK_AF_INET,
    XSOCK_PF_INET6 = XSOCK_AF_INET6,
    XSOCK_PF_LOCAL = XSOCK_AF_LOCAL,
    XSOCK_PF_UNIX = XSOCK_AF_UNIX,
    XSOCK_PF_ROUTE = XSOCK_AF_ROUTE,
    XSOCK_PF_LINK = XSOCK_AF_LINK,
    XSOCK_PF_KEY = XSOCK_AF_KEY,
    XSOCK_PF_NATM = XSOCK_AF_NATM,
    XSOCK_PF_NETGRAPH = XSOCK_AF_NETGRAPH,
    XSOCK_PF_BLUETOOTH = XSOCK_AF_BLUETOOTH,
    XSOCK_PF_IEEE80211 = XSOCK_AF_IEEE80211,
    XSOCK_PF_INET_SDP = XSOCK_AF_INET_SDP,
    XSOCK_PF_INET6_SDP = XSOCK_AF_INET6_SDP,
    XSOCK_PF_NETLINK = XSOCK_AF_NETLINK,
    XSOCK_PF_PACKET = XSOCK_AF_PACKET,
    XSOCK_PF_VSOCK = XSOCK_AF_VSOCK,
    XSOCK_PF_CAN = XSOCK_AF_CAN,
    XSOCK_PF_IPX = XSOCK_AF_IPX,
    XSOCK_PF_APPLETALK = XSOCK_AF_APPLETALK,
    XSOCK_PF_NETBIOS = XSOCK_AF_NETBIOS,
    XSOCK_PF_IRDA = XSOCK_AF_IRDA,
    XSOCK_PF_HYPERV = XSOCK_AF_HYPERV
};

/* Types: the low 13 bits of the type argument. SEQPACKET is 4 as in WASIX, not 5 as in most systems. */
enum {
    XSOCK_SOCK_STREAM = 1,
    XSOCK_SOCK_DGRAM = 2,
    XSOCK_SOCK_RAW = 3,
    XSOCK_SOCK_SEQPACKET = 4,
    XSOCK_SOCK_RDM = 0x100
};

/* Flags, or-ed into a type, and given to calls that take flags of a descriptor. */
enum {
    XSOCK_SOCK_CLOEXEC = 0x2000, /* of the descriptor: not inherited by a program that is started */
    XSOCK_SOCK_NONBLOCK = 0x4000 /* of the socket: calls that would block give EAGAIN */
};

enum { XSOCK_SHUT_RD = 1, XSOCK_SHUT_WR = 2, XSOCK_SHUT_RDWR = 3 };

/* Protocols of INET and INET6: IANA's numbers, 0..255, and MPTCP. 0 is "the default of this type". */
enum {
    XSOCK_IPPROTO_IP = 0,
    XSOCK_IPPROTO_ICMP = 1,
    XSOCK_IPPROTO_IGMP = 2,
    XSOCK_IPPROTO_IPIP = 4,
    XSOCK_IPPROTO_TCP = 6,
    XSOCK_IPPROTO_EGP = 8,
    XSOCK_IPPROTO_PUP = 12,
    XSOCK_IPPROTO_UDP = 17,
    XSOCK_IPPROTO_IDP = 22,
    XSOCK_IPPROTO_TP = 29,
    XSOCK_IPPROTO_DCCP = 33,
    XSOCK_IPPROTO_IPV6 = 41,
    XSOCK_IPPROTO_ROUTING = 43,
    XSOCK_IPPROTO_FRAGMENT = 44,
    XSOCK_IPPROTO_RSVP = 46,
    XSOCK_IPPROTO_GRE = 47,
    XSOCK_IPPROTO_ESP = 50,
    XSOCK_IPPROTO_AH = 51,
    XSOCK_IPPROTO_ICMPV6 = 58,
    XSOCK_IPPROTO_NONE = 59,
    XSOCK_IPPROTO_DSTOPTS = 60,
    XSOCK_IPPROTO_OSPF = 89,
    XSOCK_IPPROTO_MTP = 92,
    XSOCK_IPPROTO_BEETPH = 94,
    XSOCK_IPPROTO_ENCAP = 98,
    XSOCK_IPPROTO_PIM = 103,
    XSOCK_IPPROTO_COMP = 108,
    XSOCK_IPPROTO_PGM = 113,
    XSOCK_IPPROTO_RM = XSOCK_IPPROTO_PGM,
    XSOCK_IPPROTO_SCTP = 132,
    XSOCK_IPPROTO_MH = 135,
    XSOCK_IPPROTO_UDPLITE = 136,
    XSOCK_IPPROTO_MPLS = 137,
    XSOCK_IPPROTO_ETHERNET = 143,
    XSOCK_IPPROTO_RAW = 255,
    XSOCK_IPPROTO_MPTCP = 262
};

/* Protocols of the other families. */
enum {
    XSOCK_BTPROTO_HCI = 1,
    XSOCK_BTPROTO_SCO = 2,
    XSOCK_BTPROTO_RFCOMM = 3,
    XSOCK_BTPROTO_L2CAP = 0x100,

    XSOCK_CAN_RAW = 1,
    XSOCK_CAN_BCM = 2,
    XSOCK_CAN_ISOTP = 6,
    XSOCK_CAN_J1939 = 7,

    XSOCK_HV_PROTOCOL_RAW = 1,

    XSOCK_KEY_V2 = 2, /* RFC 2367 */

    XSOCK_NATM_AAL0 = 1,
    XSOCK_NATM_AAL5 = 2,

    XSOCK_NETGRAPH_DATA = 1,
    XSOCK_NETGRAPH_CONTROL = 2,

    XSOCK_NETLINK_ROUTE = 0,
    XSOCK_NETLINK_USERSOCK = 2,
    XSOCK_NETLINK_SOCK_DIAG = 4,
    XSOCK_NETLINK_NFLOG = 5,
    XSOCK_NETLINK_XFRM = 6,
    XSOCK_NETLINK_SELINUX = 7,
    XSOCK_NETLINK_ISCSI = 8,
    XSOCK_NETLINK_AUDIT = 9,
    XSOCK_NETLINK_FIB_LOOKUP = 10,
    XSOCK_NETLINK_CONNECTOR = 11,
    XSOCK_NETLINK_NETFILTER = 12,
    XSOCK_NETLINK_KOBJECT_UEVENT = 15,
    XSOCK_NETLINK_GENERIC = 16,
    XSOCK_NETLINK_SCSITRANSPORT = 18,
    XSOCK_NETLINK_ECRYPTFS = 19,
    XSOCK_NETLINK_RDMA = 20,
    XSOCK_NETLINK_CRYPTO = 21,
    XSOCK_NETLINK_SMC = 22,

    /* Of PACKET: any EtherType, 0..0xffff, in host byte order; 0 receives nothing until it is bound. */
    XSOCK_PACKET_NONE = 0,
    XSOCK_PACKET_ALL = 0x0003,
    XSOCK_PACKET_IP = 0x0800,
    XSOCK_PACKET_ARP = 0x0806,
    XSOCK_PACKET_IPV6 = 0x86dd,

    XSOCK_IPX_IPX = 1000, /* to 1255: the packet type is added */
    XSOCK_IPX_SPX = 1256,
    XSOCK_IPX_SPXII = 1257,

    XSOCK_APPLETALK_DDP = 16000,
    XSOCK_APPLETALK_ADSP = 16022,
    XSOCK_APPLETALK_PAP = 16023
};

/* ---- Errors --------------------------------------------------------------------------------------
 * 0..80 as in WASIX, 200..254 as in wasix-libc, from 1001 up xsock's own. */

enum xsock_error {
    XSOCK_E2BIG = 1,
    XSOCK_EACCES = 2,
    XSOCK_EADDRINUSE = 3,
    XSOCK_EADDRNOTAVAIL = 4,
    XSOCK_EAFNOSUPPORT = 5,
    XSOCK_EAGAIN = 6,
    XSOCK_EALREADY = 7,
    XSOCK_EBADF = 8,
    XSOCK_EBADMSG = 9,
    XSOCK_EBUSY = 10,
    XSOCK_ECANCELED = 11,
    XSOCK_ECHILD = 12,
    XSOCK_ECONNABORTED = 13,
    XSOCK_ECONNREFUSED = 14,
    XSOCK_ECONNRESET = 15,
    XSOCK_EDEADLK = 16,
    XSOCK_EDESTADDRREQ = 17,
    XSOCK_EDOM = 18,
    XSOCK_EDQUOT = 19,
    XSOCK_EEXIST = 20,
    XSOCK_EFAULT = 21,
    XSOCK_EFBIG = 22,
    XSOCK_EHOSTUNREACH = 23,
    XSOCK_EIDRM = 24,
    XSOCK_EILSEQ = 25,
    XSOCK_EINPROGRESS = 26,
    XSOCK_EINTR = 27,
    XSOCK_EINVAL = 28,
    XSOCK_EIO = 29,
    XSOCK_EISCONN = 30,
    XSOCK_EISDIR = 31,
    XSOCK_ELOOP = 32,
    XSOCK_EMFILE = 33,
    XSOCK_EMLINK = 34,
    XSOCK_EMSGSIZE = 35,
    XSOCK_EMULTIHOP = 36,
    XSOCK_ENAMETOOLONG = 37,
    XSOCK_ENETDOWN = 38,
    XSOCK_ENETRESET = 39,
    XSOCK_ENETUNREACH = 40,
    XSOCK_ENFILE = 41,
    XSOCK_ENOBUFS = 42,
    XSOCK_ENODEV = 43,
    XSOCK_ENOENT = 44,
    XSOCK_ENOEXEC = 45,
    XSOCK_ENOLCK = 46,
    XSOCK_ENOLINK = 47,
    XSOCK_ENOMEM = 48,
    XSOCK_ENOMSG = 49,
    XSOCK_ENOPROTOOPT = 50,
    XSOCK_ENOSPC = 51,
    XSOCK_ENOSYS = 52,
    XSOCK_ENOTCONN = 53,
    XSOCK_ENOTDIR = 54,
    XSOCK_ENOTEMPTY = 55,
    XSOCK_ENOTRECOVERABLE = 56,
    XSOCK_ENOTSOCK = 57,
    XSOCK_ENOTSUP = 58,
    XSOCK_ENOTTY = 59,
    XSOCK_ENXIO = 60,
    XSOCK_EOVERFLOW = 61,
    XSOCK_EOWNERDEAD = 62,
    XSOCK_EPERM = 63,
    XSOCK_EPIPE = 64,
    XSOCK_EPROTO = 65,
    XSOCK_EPROTONOSUPPORT = 66,
    XSOCK_EPROTOTYPE = 67,
    XSOCK_ERANGE = 68,
    XSOCK_EROFS = 69,
    XSOCK_ESPIPE = 70,
    XSOCK_ESRCH = 71,
    XSOCK_ESTALE = 72,
    XSOCK_ETIMEDOUT = 73,
    XSOCK_ETXTBSY = 74,
    XSOCK_EXDEV = 75,
    XSOCK_ENOTCAPABLE = 76,
    XSOCK_ESHUTDOWN = 77,
    XSOCK_EMEMVIOLATION = 78,
    XSOCK_EUNKNOWN = 79, /* a system code that no row names: xsock_oserror() has it */
    XSOCK_EPENDING = 80,

    XSOCK_EWOULDBLOCK = XSOCK_EAGAIN,
    XSOCK_EOPNOTSUPP = XSOCK_ENOTSUP,

    XSOCK_ENOTBLK = 200,
    XSOCK_EUNATCH = 206,
    XSOCK_ENODATA = 217,
    XSOCK_ETIME = 218,
    XSOCK_ENOSR = 219,
    XSOCK_ENONET = 220,
    XSOCK_ENOPKG = 221,
    XSOCK_EREMOTE = 222,
    XSOCK_ECOMM = 225,
    XSOCK_ENOTUNIQ = 227,
    XSOCK_EBADFD = 228,
    XSOCK_EUSERS = 237,
    XSOCK_ESOCKTNOSUPPORT = 238,
    XSOCK_EPFNOSUPPORT = 239,
    XSOCK_ETOOMANYREFS = 240,
    XSOCK_EHOSTDOWN = 241,
    XSOCK_EREMOTEIO = 246,
    XSOCK_ENOKEY = 249,
    XSOCK_EKEYEXPIRED = 250,
    XSOCK_EKEYREVOKED = 251,
    XSOCK_EKEYREJECTED = 252,
    XSOCK_ERFKILL = 253,

    /* Resolving names (RFC 3493, section 6.1) */
    XSOCK_EAI_ADDRFAMILY = 1001,
    XSOCK_EAI_AGAIN = 1002,
    XSOCK_EAI_BADFLAGS = 1003,
    XSOCK_EAI_FAIL = 1004,
    XSOCK_EAI_FAMILY = 1005,
    XSOCK_EAI_MEMORY = 1006,
    XSOCK_EAI_NODATA = 1007,
    XSOCK_EAI_NONAME = 1008,
    XSOCK_EAI_OVERFLOW = 1009,
    XSOCK_EAI_SERVICE = 1010,
    XSOCK_EAI_SOCKTYPE = 1011,
    XSOCK_EAI_SYSTEM = 1012,

    /* Winsock's start-up, its providers and its quality-of-service reports */
    XSOCK_ESYSNOTREADY = 1091,
    XSOCK_EVERNOTSUPPORTED = 1092,
    XSOCK_ENOTINITIALISED = 1093,
    XSOCK_EINVALIDPROCTABLE = 1104,
    XSOCK_EINVALIDPROVIDER = 1105,
    XSOCK_EPROVIDERFAILEDINIT = 1106,
    XSOCK_ESYSCALLFAILURE = 1107
};

/* One English sentence for an error, of either sign; 0 is "Success". Never NULL: a number that names no
 * error gets a sentence that says so. The text is constant. Doesn't block. */
XSOCK_API const char *xsock_strerror(int error);

/* The name of an error, of either sign: "EAGAIN"; 0 is "SUCCESS". NULL for a number that names none.
 * (EWOULDBLOCK and EOPNOTSUPP are EAGAIN and ENOTSUP.) */
XSOCK_API const char *xsock_errname(int error);

/* The number (positive) of an error by its name, "EAGAIN" or "XSOCK_EAGAIN"; also by the two other
 * names, EWOULDBLOCK and EOPNOTSUPP. EFAULT: name is NULL. ENOENT: no such name. */
XSOCK_API int xsock_errnumber(const char *name);

/* The calling thread's last raw system code: an errno, or a Winsock or Win32 code. It belongs to the
 * call that failed last in this thread because the system said so; a success and an error that xsock
 * found itself leave it as it was, except that reading XSOCK_SO_ERROR sets it to the code of that error. 0
 * before the first. */
XSOCK_API int xsock_oserror(void);

/* The error (negative) for a code of this system, an errno, or a Winsock or Win32 code; 0 for 0. Total:
 * a code that no row names gives -XSOCK_EUNKNOWN. */
XSOCK_API int xsock_error_from_os(int64_t code);

/* The same for Winsock and Win32 codes, on every system. */
XSOCK_API int xsock_error_from_winsock(int64_t code);

/* ---- Life ----------------------------------------------------------------------------------------
 * Descriptors are small ints. 0, 1 and 2 are taken to be the standard streams, so the first is 3; each
 * new one is the lowest that is free, also when threads race. A descriptor (number, CLOEXEC, handle of
 * the system) refers to an open socket (family, type, NONBLOCK), which duplicates share. */

/* Opens a socket (POSIX socket()). type may have the two flags or-ed in. protocol 0 is the default of
 * (af, type). The result for any three ints is the same on every system; what a system does not have it
 * says by the error of that row. In this order:
 *   EINVAL           unknown bits in type; a negative protocol (NETBIOS aside)
 *   EAFNOSUPPORT     family unknown, UNSPEC, or not on this system
 *   ESOCKTNOSUPPORT  type unknown, 0, not of this family, or not on this system in this family
 *   EPROTONOSUPPORT  protocol unknown, not of this family and type, or not on this system; no protocol
 *                    given where the type has no default (RAW in INET, INET6, CAN, ...)
 *   EMFILE           the table's limit, or the process's, is reached
 *   ENFILE, ENOBUFS, ENOMEM   the system has no room left, or no memory
 *   EACCES           no privilege (RAW, PACKET, ...)
 *   ESYSNOTREADY, EVERNOTSUPPORTED, EPROVIDERFAILEDINIT, ENETDOWN, ...   Winsock could not start
 * INET6 sockets are dual-stack. Returns the descriptor. Doesn't block. */
XSOCK_API int xsock_open(int af, int type, int protocol);

/* Opens two sockets connected to each other (POSIX socketpair()) and stores their descriptors, the lower
 * first. LOCAL STREAM and LOCAL DGRAM work on every system, also where the system itself has no LOCAL
 * family (there by a loopback connection, whose two ends make sure of each other); LOCAL SEQPACKET where
 * the system has it. out is unchanged on failure. EFAULT: out is NULL. EOPNOTSUPP: any other valid triple.
 * Else the errors of xsock_open. On Windows it may wait for the loopback connection, 5 seconds at most
 * (ETIMEDOUT), and datagrams are UDP's: 65507 bytes at most, and lost when the receiver's buffer is full. */
XSOCK_API int xsock_pair(int af, int type, int protocol, int out[2]);

/* A second descriptor, the lowest free one that is >= min, of the same socket, with a system handle of its
 * own (fcntl F_DUPFD). flags: XSOCK_SOCK_CLOEXEC or 0 (NONBLOCK is shared with the first). Returns it.
 * EBADF: d is not open. EINVAL: min is negative or not below the limit; unknown flags. EMFILE, ENFILE,
 * ENOBUFS, ENOMEM: no room. */
XSOCK_API int xsock_dup(int d, int min, int flags);

/* Makes `to` a descriptor of the same socket as d, closing first what `to` was, as one step: no other
 * thread can get the number in between (POSIX dup3()). d == to: nothing is changed, returns d. Returns `to`.
 * EBADF: d is not open; `to` is below 3 or not below the limit. EBUSY: another thread is just opening `to`.
 * EINVAL: flags other than XSOCK_SOCK_CLOEXEC. EMFILE, ENFILE, ENOBUFS, ENOMEM: no room; `to` stays open. */
XSOCK_API int xsock_dup2(int d, int to, int flags);

/* Closes a descriptor. Its number is free at once; the system's handle, and so a port, when the last call
 * that is in it has left. Returns 0. EBADF: not open (0, 1 and 2 never are). Doesn't block. */
XSOCK_API int xsock_close(int d);

/* The flags of a descriptor: XSOCK_SOCK_CLOEXEC and XSOCK_SOCK_NONBLOCK. EBADF: d is not open. */
XSOCK_API int xsock_get_flags(int d);

/* Sets both flags: those in flags on, the others off. NONBLOCK holds for all duplicates. Returns 0.
 * EBADF: d is not open. EINVAL: unknown flags. */
XSOCK_API int xsock_set_flags(int d, int flags);

/* One more than the highest number a descriptor may get; 2^24 to begin with. Memory follows use, not this. */
XSOCK_API int xsock_get_limit(void);

/* Sets that limit. Returns 0. EINVAL: below 3, or not above every descriptor that is open. */
XSOCK_API int xsock_set_limit(int limit);

/* ---- Discovery ----------------------------------------------------------------------------------- */

/* 0, or the error xsock_open would give for this triple here and now. It uses no descriptor, so a table
 * that is full does not count. Which families and types the system has is asked once and kept. */
XSOCK_API int xsock_probe(int af, int type, int protocol);

struct xsock_triple {
    int af, type, protocol;    /* the numbers */
    int status;                /* what xsock_probe says: 0 or negative */
    const char *af_name;       /* "inet" */
    const char *type_name;     /* "stream" */
    const char *protocol_name; /* "tcp"; "-" for a family whose only protocol has no name */
    bool is_default;           /* protocol 0 picks this one */
};

/* Return 0 to go on, anything else to stop. The structure and its names: valid during the call; the
 * names are constant. It may call any function of this library. */
typedef int xsock_catalog_fn(const struct xsock_triple *triple, void *user);

/* Calls fn for each family, type and protocol of the truth table, in the order of their numbers; where a
 * type takes a range of protocols (RAW), for those with a name. Returns how many it was called for.
 * EFAULT: fn is NULL. Each valid one is opened and closed, which takes the kernel a moment. */
XSOCK_API int xsock_catalog(xsock_catalog_fn *fn, void *user);

/* Names to numbers and back. Names are lower-case ("inet6", "seqpacket", "udplite"); look-ups take either
 * case, and the usual prefixes ("AF_INET6", "PF_INET6", "SOCK_DGRAM", "IPPROTO_UDP", "BTPROTO_RFCOMM",
 * with or without "XSOCK_"). ..._name: NULL if the number has none. ..._number: EFAULT if name is NULL,
 * ENOENT if there is no such name. A protocol's name and number need its family; the name of protocol 0
 * is "default" where 0 is no protocol of the family. */
XSOCK_API const char *xsock_family_name(int af);
XSOCK_API int xsock_family_number(const char *name);
XSOCK_API const char *xsock_type_name(int type);
XSOCK_API int xsock_type_number(const char *name);
XSOCK_API const char *xsock_protocol_name(int af, int protocol);
XSOCK_API int xsock_protocol_number(int af, const char *name);

/* ---- Addresses ------------------------------------------------------------------------------------
 * No call of this section blocks, but for the moment the system takes to look up an interface. */

enum {
    XSOCK_ADDR_DATA = 128,     /* bytes of address an xsock_addr holds */
    XSOCK_ADDR_TEXT_SIZE = 400 /* a buffer for any address as text, its NUL included */
};

/* A family that has no number in xsock keeps the system's own in an address: XSOCK_AF_NATIVE plus it. */
enum { XSOCK_AF_NATIVE = 0x10000, XSOCK_AF_NATIVE_LAST = 0x1ffff };

/* An address of any family: plain bytes, to be copied freely. Start from zeros, `struct xsock_addr a = {0}`:
 * what a family does not use must be 0, so that it can come to mean something.
 *
 *   family   port       flow           scope       length    data
 *   INET     0..65535   -              -           4         the address, as on the wire (network order)
 *   INET6    0..65535   traffic class  zone index  16        the address, as on the wire (RFC 4291); flow
 *                       and flow label (RFC 4007)            is in host order, the label in its low 20 bits
 *   LOCAL    -          -              -           0..128    a path, without a NUL; length 0 is "unnamed".
 *                                                            First byte 0: an abstract name (Linux) of the
 *                                                            bytes after it, zeros and all
 *   VSOCK    32 bits    flags, 8 bits  -           4         the context id (CID), highest byte first
 *   others   -          -              -           0..128    the bytes of the system's sockaddr that come
 *                                                            after its family
 *
 * UNSPEC with length 0 is "no address". Ports are numbers, in host order. */
struct xsock_addr {
    int family;
    uint32_t port;
    uint32_t flow;
    uint32_t scope;
    uint32_t length;
    uint8_t data[XSOCK_ADDR_DATA];
};

/* Reads an address from text, all of it, and stores it; port 0 where the text has none.
 *
 *   127.0.0.1:80  127.0.0.1         INET: four decimal numbers
 *   [::1]:80  [::1]  ::1            INET6: any form of RFC 4291, section 2.2; brackets go with a port (RFC
 *   [fe80::1%eth0]:80  fe80::1%2    3986), so ::1:80 has none; zones as in RFC 4007, section 11: an
 *                                   interface's name or decimal index
 *   unix:/run/a.sock  unix:a.sock   LOCAL: a path
 *   unix:@name  unix:               LOCAL: an abstract name; unnamed
 *   vsock:2:1024                    VSOCK: CID and port, 32 bits each
 *   netlink:0000d204000000000000    others: xsock_family_name, and the bytes in hexadecimal
 *   af65545:00ff                    those without a name: by number, from XSOCK_AF_NATIVE up
 *
 * It is strict: decimal numbers have neither a sign nor a leading zero (010.0.0.1 is 8.0.0.1 to some and
 * 10.0.0.1 to others), there are no spaces, and host names are not resolved. In a LOCAL name %XX is the byte
 * with that hexadecimal value: %25 for %, %40 for an @ that begins a path.
 * Returns 0; out is unchanged on failure. EFAULT: an argument is NULL. EINVAL: not an address. ENODEV: no
 * interface has the name of the zone. ENAMETOOLONG: a LOCAL name over XSOCK_ADDR_DATA bytes (what a system
 * takes is less: 108 on Linux and Windows, 104 on FreeBSD and macOS). EMFILE, ENFILE, ENOMEM: the system had
 * no room for looking up a zone's name. */
XSOCK_API int xsock_addr_parse(struct xsock_addr *out, const char *text);

/* Writes an address as text that xsock_addr_parse reads back, port always included, NUL-terminated; flow has
 * no text form and is left out. INET6 is as in RFC 5952: lower case, the first longest run of zeros as ::,
 * ::ffff:0:0/96 with a dotted end. Zones are written by name where the interface has one, else by index; in
 * LOCAL names %, control characters, zeros, and an @ that begins a path are %XX.
 * Returns the length, without the NUL; with len 0, where buf may be NULL, the length only. On failure buf is
 * unchanged. EFAULT: a is NULL, or buf with a len that is not 0. EAFNOSUPPORT: a's family is no number of
 * xsock. EINVAL: a is malformed: its length or a field is not as the table of its family says; a path with a
 * zero in it. ENOSPC: the text and its NUL need more than len bytes. */
XSOCK_API int xsock_addr_format(const struct xsock_addr *a, char *buf, size_t len);

/* Are two addresses the same in every field and byte (those of data beyond length don't count)? NULL, and a
 * length over XSOCK_ADDR_DATA, equal nothing. Async-signal-safe. */
XSOCK_API bool xsock_addr_equal(const struct xsock_addr *a, const struct xsock_addr *b);

/* What an interface is */
enum {
    XSOCK_IF_UP = 1,        /* ready to send and receive */
    XSOCK_IF_LOOPBACK = 2,
    XSOCK_IF_MULTICAST = 4,
    XSOCK_IF_BROADCAST = 8, /* not told by Windows */
    XSOCK_IF_POINTTOPOINT = 16
};

struct xsock_interface_addr {
    struct xsock_addr addr; /* INET or INET6, port 0; the scope of a link-local one is the interface */
    uint32_t prefix_length; /* of the network it is in, in bits: the ones its netmask begins with */
};

struct xsock_interface {
    const char *name;  /* as in a zone: "eth0"; on Windows the system's short name, "ethernet_32769" */
    const char *label; /* for people, in UTF-8: on Windows "Ethernet 2"; elsewhere the name */
    uint32_t index;    /* as in a scope; never 0 */
    uint32_t flags;    /* XSOCK_IF_... */
    const struct xsock_interface_addr *addrs;
    size_t addr_count;
    uint32_t hardware_length; /* 0: none, or the system doesn't tell */
    uint8_t hardware[32];     /* the address of its link layer: 6 bytes for Ethernet */
};

/* Return 0 to go on, anything else to stop. The structure and what it points to: valid during the call. It
 * may call any function of this library. */
typedef int xsock_interface_fn(const struct xsock_interface *iface, void *user);

/* Calls fn once for each network interface, up or not, with its addresses. Returns how many it was called
 * for. EFAULT: fn is NULL. ENOMEM, ENOBUFS, EMFILE, ENFILE: the system has no room for the answer. EACCES,
 * EPERM: the system does not tell this program. */
XSOCK_API int xsock_interfaces(xsock_interface_fn *fn, void *user);
/* ---- Endpoints -----------------------------------------------------------------------------------
 * Every call here and in the next sections: EBADF if d is not open, ENOTSOCK if it is no socket. A call that
 * blocks goes on after a signal with the time that is left, and returns ECANCELED when its descriptor is
 * closed by another thread; it blocks only if the socket is not NONBLOCK. A closed number may be reused at
 * once: the call still refers to the socket it was made on. */

/* Gives the socket its local address (POSIX bind()). Port 0: the system chooses one. Returns 0.
 * EFAULT: a is NULL. EINVAL: a is malformed, or the socket has an address already. EAFNOSUPPORT: a's family
 * is not the socket's. EADDRINUSE: another socket has it; on no system may two listeners share a port by
 * accident, or by XSOCK_SO_REUSEADDR alone. EADDRNOTAVAIL: not an address of this machine. EACCES: a port
 * below 1024 without privilege, a path that may not be written. LOCAL: ENOENT, ENOTDIR, ENAMETOOLONG,
 * ELOOP, EROFS of the path. Doesn't block. */
XSOCK_API int xsock_bind(int d, const struct xsock_addr *a);

/* Makes the socket accept connections; it gets an address first if it has none. At most `backlog` wait to be
 * accepted, as far as the system takes that as it stands (0 and less: the least it can; more than it can:
 * the most). Called again it changes the backlog. Returns 0. EOPNOTSUPP: of a type that doesn't listen.
 * EINVAL: it is connected. EADDRINUSE. Doesn't block. */
XSOCK_API int xsock_listen(int d, int backlog);

/* Takes the next connection (POSIX accept4()). The new descriptor's flags are `flags` (XSOCK_SOCK_CLOEXEC,
 * XSOCK_SOCK_NONBLOCK) and nothing else; what else it has from the listener is the system's. Its number is
 * reserved before, so EMFILE loses no connection. out_peer, if not NULL: the other end. Returns the descriptor.
 * Blocks until there is one. EAGAIN: none, and the socket is NONBLOCK, or XSOCK_SO_ACCPTIMEO has passed.
 * EINVAL: not listening; unknown flags. EOPNOTSUPP: of a type that doesn't listen. ECONNABORTED: it went away
 * again. EMFILE, ENFILE, ENOBUFS, ENOMEM: no room; the connection stays. ECANCELED: d was closed. */
XSOCK_API int xsock_accept(int d, int flags, struct xsock_addr *out_peer);

/* Connects to a peer, or, for datagrams, sets where they go and come from (UNSPEC: nowhere in particular any
 * more). The unspecified address is this machine. Returns 0. Blocks until it is connected.
 * EINPROGRESS: the socket is NONBLOCK, and is being connected: it is writable when that is over, and then
 * xsock_get_opt_size(d, XSOCK_SO_ERROR, ...) or another connect tells how it ended. EALREADY: it still is.
 * EISCONN: connected already. EOPNOTSUPP: it listens. EAFNOSUPPORT: a's family is not the socket's.
 * ECONNREFUSED: nobody listens there; EAGAIN: LOCAL, NONBLOCK, and their backlog is full. ETIMEDOUT: the
 * system gave up, or XSOCK_SO_CONNTIMEO has passed (close the socket then). ENETUNREACH, EHOSTUNREACH,
 * EADDRNOTAVAIL: no way there, no port left. EACCES: forbidden (broadcast without XSOCK_SO_BROADCAST). LOCAL:
 * ENOENT and the others of the path; EPROTOTYPE: the socket there is of another type. ECANCELED: d was
 * closed. EFAULT: a is NULL. EINVAL: a is malformed. */
XSOCK_API int xsock_connect(int d, const struct xsock_addr *a);

/* Ends receiving (XSOCK_SHUT_RD), sending (WR: the peer reads to the end) or both (RDWR), for every descriptor
 * and process that has the socket. Returns 0. EINVAL: another `how`. ENOTCONN: not connected. Doesn't block. */
XSOCK_API int xsock_shutdown(int d, int how);

/* The socket's own address, or its peer's. A socket without an address has zeros of its family; a LOCAL
 * one is unnamed. Returns 0. EFAULT: out is NULL. ENOTCONN: it has no peer. Doesn't block. */
XSOCK_API int xsock_local_addr(int d, struct xsock_addr *out);
XSOCK_API int xsock_peer_addr(int d, struct xsock_addr *out);

struct xsock_cred {
    int64_t process;  /* -1: this system doesn't tell */
    int64_t user;     /* -1: the same */
    int64_t group;
    uint64_t reserved[4];
};

/* Who is at the other end of a connected LOCAL socket, as it was when it connected. Returns 0. ENOTCONN.
 * EOPNOTSUPP: not LOCAL, or this system can't tell at all. EFAULT. Doesn't block. */
XSOCK_API int xsock_peer_cred(int d, struct xsock_cred *out);

/* ---- Data ---------------------------------------------------------------------------------------- */

/* Flags of a message; out: told by xsock_recvmsg. Numbers as in wasix-libc. */
enum {
    XSOCK_MSG_OOB = 0x1,          /* out-of-band data; also out */
    XSOCK_MSG_PEEK = 0x2,         /* receive, and leave it there */
    XSOCK_MSG_DONTROUTE = 0x4,    /* send to directly connected networks only */
    XSOCK_MSG_CTRUNC = 0x8,       /* out: control data was cut */
    XSOCK_MSG_TRUNC = 0x20,       /* out: the datagram was longer than the buffer, the rest is gone */
    XSOCK_MSG_DONTWAIT = 0x40,    /* as if the socket were NONBLOCK, this once */
    XSOCK_MSG_EOR = 0x80,         /* end of a record (SEQPACKET); also out */
    XSOCK_MSG_WAITALL = 0x100,    /* streams: wait until the buffer is full, or the end */
    XSOCK_MSG_NOSIGNAL = 0x4000,  /* accepted; it is always so */
    XSOCK_MSG_MORE = 0x8000,      /* more will follow: the system may wait for it */
    XSOCK_MSG_CMSG_CLOEXEC = 0x40000000 /* received handles are close-on-exec */
};

/* Sends to the peer. A stream that may block sends all of it; one that may not, what the system takes now.
 * flags: OOB, DONTROUTE, DONTWAIT, EOR, NOSIGNAL, MORE. Returns the bytes sent; if an error comes after some,
 * those, and the next call fails too (after a reset Linux forgets which: EPIPE). Blocks while the system's buffer
 * is full.
 * EAGAIN: it would block, or XSOCK_SO_SNDTIMEO has passed with nothing sent. EPIPE: this end was shut down for
 * sending, or the peer has closed; no signal comes. ECONNRESET. ENOTCONN: a stream without a peer.
 * EDESTADDRREQ: datagrams without a peer. EMSGSIZE: the datagram is too long, and was not sent. ECONNREFUSED:
 * a connected datagram socket, and the peer's machine said before that nobody is there. EFAULT: buf is NULL and
 * len is not 0. EINVAL: len over PTRDIFF_MAX, unknown flags. EOPNOTSUPP: OOB where there is none. ENOBUFS,
 * ENOMEM. ECANCELED: d was closed. */
XSOCK_API ptrdiff_t xsock_send(int d, const void *buf, size_t len, int flags);

/* The same to an address, for datagrams. to NULL: as xsock_send. On a stream, connected or not, an address
 * gives EISCONN or ENOTCONN; on a connected datagram socket it is used this once (EISCONN on FreeBSD and macOS).
 * Also EAFNOSUPPORT, EADDRNOTAVAIL, ENETUNREACH, EHOSTUNREACH, EACCES (broadcast without XSOCK_SO_BROADCAST),
 * and of LOCAL paths ENOENT, ECONNREFUSED, EPROTOTYPE. */
XSOCK_API ptrdiff_t xsock_sendto(int d, const void *buf, size_t len, int flags, const struct xsock_addr *to);

/* Receives. Returns the bytes; 0 when a stream has ended (the peer's end, or this one after SHUT_RD), for an
 * empty datagram, and for len 0 on a stream. A datagram that is longer than the buffer is cut: only
 * xsock_recvmsg tells. flags: OOB, PEEK, DONTWAIT, WAITALL, NOSIGNAL. Blocks until there is something.
 * EAGAIN: nothing there, and it may not block, or XSOCK_SO_RCVTIMEO has passed (after some bytes with
 * WAITALL: those). ECONNRESET. ENOTCONN: a stream without a peer. EINVAL: OOB, and there is none; len over
 * PTRDIFF_MAX, unknown flags. EOPNOTSUPP: OOB where there never is any. EFAULT: buf is NULL and len is not 0.
 * ECONNREFUSED: as for xsock_send; unconnected datagram sockets never report somebody else's ICMP.
 * ECANCELED: d was closed. */
XSOCK_API ptrdiff_t xsock_recv(int d, void *buf, size_t len, int flags);

/* The same, and tells who sent it: out_from, if not NULL; UNSPEC on a stream. */
XSOCK_API ptrdiff_t xsock_recvfrom(int d, void *buf, size_t len, int flags, struct xsock_addr *out_from);

/* The bytes that can be received without blocking (FIONREAD): of a stream, all; of datagrams, the next one's.
 * 0 if there are none. EINVAL: it listens. Doesn't block. */
XSOCK_API ptrdiff_t xsock_available(int d);

/* Has everything before the out-of-band mark been read (POSIX sockatmark())? 1 or 0. EOPNOTSUPP: no stream
 * with out-of-band data. Doesn't block. */
XSOCK_API int xsock_at_mark(int d);

/* ---- Options -------------------------------------------------------------------------------------
 * An option has one kind: a flag, a time or a size, each with its own pair of calls (xsock_opt_kind tells).
 * Times are in nanoseconds; what the system counts more coarsely is rounded up. An option means, and
 * allows, the same everywhere; where a system lacks one, or a socket's family, type or protocol has no use
 * for it, the answer is ENOPROTOOPT: also where a kernel would have taken it and done nothing, as with
 * NODELAY on a pair that Windows makes of TCP. No call of this section blocks. */

/* Options as in WASIX. In brackets: the kind, what a new socket has, and which sockets have it (INET stands
 * for INET and INET6); "read" is one that can't be set. */
enum {
    /* Several sockets share one address, and the system spreads connections and datagrams over them; all must
     * set it before bind. [flag, off; INET] FreeBSD: SO_REUSEPORT_LB; macOS doesn't spread; none on Windows. */
    XSOCK_SO_REUSEPORT = 1,
    /* A stream may bind an address whose old connections are not quite over (TIME_WAIT); a datagram socket
     * may share one with others that set it, for multicast. Before bind. [flag, off; all, without effect on
     * LOCAL] Kept by the library for Windows' streams, where the system's own option would take over a live
     * listener's address: unset, the address is this socket's alone; set, the system's default holds. */
    XSOCK_SO_REUSEADDR = 2,
    XSOCK_SO_NODELAY = 3,      /* no waiting for more to send (Nagle's algorithm) [flag, off; TCP] */
    XSOCK_SO_DONTROUTE = 4,    /* to directly connected networks only [flag, off; not LOCAL] */
    XSOCK_SO_ONLYV6 = 5,       /* not dual-stack; before bind: EINVAL then [flag, off; INET6] */
    XSOCK_SO_BROADCAST = 6,    /* may send to broadcast addresses [flag, off; INET DGRAM, RAW] */
    /* Multicast comes back to this machine [flag, on; INET or INET6 DGRAM, RAW]. It is the sender's option;
     * on Windows that of the receiver: set it on both. */
    XSOCK_SO_MCASTLOOPV4 = 7,
    XSOCK_SO_MCASTLOOPV6 = 8,
    /* Receive what the interface sees, for whomever: PACKET sockets on Linux and INET RAW ones on Windows,
     * bound before [flag, off; it can't be read]. EINVAL: not bound. EACCES: no privilege. */
    XSOCK_SO_PROMISCUOUS = 9,
    XSOCK_SO_ACCEPTCONN = 10,  /* it listens [flag, read; all] */
    /* The pending error, as a positive number of enum xsock_error, 0: none; reading clears it. How a connect
     * that was EINPROGRESS has ended. [size, read; all] */
    XSOCK_SO_ERROR = 11,
    XSOCK_SO_KEEPALIVE = 12,   /* ask an idle peer whether it is there [flag, off; INET STREAM] */
    /* How long the system goes on sending what is unsent after close: -1: as long as it takes, which is the
     * default; 0: not at all, the connection is reset. Closing never waits for it. At most 32767 seconds, in
     * whole seconds. [time, -1; INET STREAM] On Linux and Windows other times than 0 act as -1. */
    XSOCK_SO_LINGER = 13,
    XSOCK_SO_OOBINLINE = 14,   /* out-of-band data comes among the other [flag, off; INET STREAM] */
    /* Bytes of the system's buffers, from 1 on; a system takes what it can of it: less than its least becomes
     * that, more than its most becomes that, or is ENOBUFS (FreeBSD, macOS). [size; all] Linux doubles the
     * number for its own book-keeping, which is undone here: what was set is what is read. */
    XSOCK_SO_RCVBUF = 15,
    XSOCK_SO_SNDBUF = 16,
    /* Receiving and sending begin only when so many bytes are there, or have room [size, 1; all]. SNDLOWAT:
     * can be set on FreeBSD and macOS, read on Linux too; none of both on Windows. */
    XSOCK_SO_RCVLOWAT = 17,
    XSOCK_SO_SNDLOWAT = 18,
    /* How long a call that blocks does so, at most, kept by the library: never less, and more by no more than
     * the system's tick. -1: no limit, 0: not at all. All descriptors of the socket share it; a call that is
     * blocked already goes on with the one it began with. Accepted sockets begin anew. [time, -1; all] */
    XSOCK_SO_RCVTIMEO = 19,
    XSOCK_SO_SNDTIMEO = 20,
    XSOCK_SO_CONNTIMEO = 21,
    XSOCK_SO_ACCPTIMEO = 22,
    XSOCK_SO_TTL = 23,         /* hops of what is sent, 1..255, to one receiver [size; INET] */
    XSOCK_SO_MCASTTTLV4 = 24,  /* the same of multicast, 0..255 [size, 1; INET DGRAM, RAW] */
    XSOCK_SO_TYPE = 25,        /* XSOCK_SOCK_..., without flags [size, read; all] */
    XSOCK_SO_PROTOCOL = 26,    /* never 0 but where that is the protocol, or the system doesn't tell
                                * (xsock_adopt) [size, read; all] */

    /* xsock's own */
    XSOCK_SO_FAMILY = 0x100,   /* XSOCK_AF_... [size, read; all] */
    /* KEEPALIVE asks after so long an idle time, again after so long without an answer (both above 0 and at
     * most 32767 seconds, in whole seconds), and gives up after so many questions (1..127). [time, time,
     * size; TCP] Windows before 10 (1709, 1703) has no KEEPCNT, and there the times are the library's memory. */
    XSOCK_SO_KEEPIDLE = 0x101,
    XSOCK_SO_KEEPINTVL = 0x102,
    XSOCK_SO_KEEPCNT = 0x103,
    XSOCK_SO_CORK = 0x104,     /* send full segments only, until it is off again (Linux TCP_CORK; elsewhere
                                * TCP_NOPUSH) [flag, off; TCP; none on Windows] */
    XSOCK_SO_QUICKACK = 0x105, /* acknowledge at once, until the system thinks otherwise [flag; TCP; Linux] */
    /* A listener takes data along with the opening of a connection (RFC 7413): how many may be half open so,
     * as far as the system counts; 0: off. [size, 0, at most 65535; TCP] macOS: when it listens. */
    XSOCK_SO_FASTOPEN = 0x106,
    /* connect waits for the first send, and opens so [flag, off; TCP; Linux] */
    XSOCK_SO_FASTOPEN_CONNECT = 0x107,
    /* Give the connection up when what was sent is not acknowledged for so long; -1: the system's own rule.
     * At most 2^31 milliseconds; Linux counts these, the others seconds. [time; TCP] On Windows -1 is
     * "never". */
    XSOCK_SO_USER_TIMEOUT = 0x108,
    /* The longest segment that is sent. What is read is what holds now, which is less than what was set by
     * the headers' options, or 536 before it is connected. [size; TCP; Windows: read] */
    XSOCK_SO_MAXSEG = 0x109,
    /* writable only while less is unsent, 0: no such rule [size, 0; TCP; Linux, macOS] */
    XSOCK_SO_NOTSENT_LOWAT = 0x10a,
    /* A listener lets nobody be accepted who has not sent something for so long, in whole seconds and rounded
     * up further by the system; -1: off. [time, -1, at most 32767 seconds; TCP; Linux] */
    XSOCK_SO_DEFER_ACCEPT = 0x10b,
    XSOCK_SO_MCASTTTLV6 = 0x10c, /* hops of multicast, 0..255 [size, 1; INET6 DGRAM, RAW] */
    /* The type of service, or traffic class, of what is sent: DSCP times 4 and, below, ECN, whose bits TCP
     * keeps for itself on Linux. [size, 0, at most 255; INET] Windows ignores it, but for INET6 from Windows
     * 10 on. */
    XSOCK_SO_TOS = 0x10d,
    /* xsock_recvmsg tells it of each datagram: the type of service or traffic class; the hops left; the
     * address and interface it came to. [flag, off; INET DGRAM, RAW] */
    XSOCK_SO_RECVTOS = 0x10e,
    XSOCK_SO_RECVTTL = 0x10f,
    XSOCK_SO_RECVPKTINFO = 0x110,
    /* what is over the path's MTU is EMSGSIZE and not cut in pieces [flag, off; INET DGRAM, RAW] macOS 11 and
     * later */
    XSOCK_SO_DONTFRAG = 0x111,
    /* the path's MTU; ENOTCONN if there is no peer [size, read; INET; Linux, Windows] */
    XSOCK_SO_MTU = 0x112,
    XSOCK_SO_HDRINCL = 0x113,  /* the program writes the IP header itself [flag, off; INET RAW] INET6: Linux,
                                * Windows */
    XSOCK_SO_FREEBIND = 0x114, /* bind an address that this machine doesn't have yet [flag, off; INET; Linux,
                                * and FreeBSD with privilege] */
    /* The system may glue datagrams of one sender together on receive (Linux UDP_GRO, Windows URO). Meant for
     * xsock_recv_batch; but every call takes them apart again, and finds what another has left. Set it before the
     * socket is received from, or added to a poller; from then on its receives are not async-signal-safe, and a
     * forked child leaves what was received in part to its parent. [flag, off; UDP; Linux 5.0, Windows 10 2004] */
    XSOCK_SO_UDP_RECV_COALESCE = 0x115,
    XSOCK_SO_MARK = 0x116,     /* for the firewall and routing: 32 bits [size, 0; all; Linux, EACCES without
                                * privilege; on FreeBSD SO_USER_COOKIE, which can't be read] */
    XSOCK_SO_PRIORITY = 0x117, /* of what is sent, 0..6, more with privilege (EACCES) [size, 0; all; Linux] */
    /* poll the device for so long, in microseconds, -1: don't [time; all; Linux, EACCES to make it longer] */
    XSOCK_SO_BUSY_POLL = 0x118,
    /* the processor that takes the packets in; ENODATA: not known yet [size; all; Linux] */
    XSOCK_SO_INCOMING_CPU = 0x119
};

enum { XSOCK_OPT_FLAG = 1, XSOCK_OPT_TIME = 2, XSOCK_OPT_SIZE = 3 };

/* The kind of an option: XSOCK_OPT_... ENOPROTOOPT: opt is no number of an option. */
XSOCK_API int xsock_opt_kind(int opt);

/* An option's name, "nodelay", NULL for a number that has none; and the number by the name, in either case,
 * also "SO_NODELAY", "XSOCK_SO_NODELAY". EFAULT: name is NULL. ENOENT: no such name. */
XSOCK_API const char *xsock_opt_name(int opt);
XSOCK_API int xsock_opt_number(const char *name);

/* Set an option. Returns 0. ENOPROTOOPT: no such option, or not of this socket, or not on this system, or it
 * can only be read. EINVAL: it is of another kind; the value is outside the option's range (times below -1,
 * and -1 or 0 where the list above has no such meaning, are); it is too late for it. What else the system
 * says: ENOBUFS, ENOMEM, EACCES (also where a system says EPERM). */
XSOCK_API int xsock_set_opt_flag(int d, int opt, bool on);
XSOCK_API int xsock_set_opt_time(int d, int opt, int64_t ns);
XSOCK_API int xsock_set_opt_size(int d, int opt, uint64_t n);

/* Read one. Returns 0; out is unchanged on failure. EFAULT: out is NULL. ENOPROTOOPT, EINVAL: as above. */
XSOCK_API int xsock_get_opt_flag(int d, int opt, bool *out);
XSOCK_API int xsock_get_opt_time(int d, int opt, int64_t *out_ns);
XSOCK_API int xsock_get_opt_size(int d, int opt, uint64_t *out);

/* The congestion control of a TCP socket, by the system's name: "cubic". Linux and FreeBSD. Set returns 0.
 * EFAULT: name is NULL. EINVAL: it is empty. ENOENT: the system has none of this name. EACCES: not for this
 * program. Get writes the name, NUL-terminated, and returns its length; with len 0, where buf may be NULL,
 * the length only. EFAULT: buf is NULL and len is not 0. ENOSPC: the name and its NUL need more than len
 * bytes. Both: ENOPROTOOPT: no TCP socket, or not on this system. */
XSOCK_API int xsock_set_congestion(int d, const char *name);
XSOCK_API int xsock_get_congestion(int d, char *buf, size_t len);

/* Ties an INET or INET6 socket to one interface, by its index (xsock_interfaces); 0: to none any more. On
 * Linux (SO_BINDTODEVICE) it then sends and receives there only; on macOS (IP_BOUND_IF) too; on Windows
 * (IP_UNICAST_IF) it sends there, and what it receives is as before; FreeBSD has none. Set and get return 0.
 * ENODEV: no interface has this index. EACCES: another tie needs privilege (Linux; the first too before 5.7).
 * EFAULT: out is NULL. ENOPROTOOPT: another family, or not on this system. */
XSOCK_API int xsock_set_device(int d, uint32_t interface_index);
XSOCK_API int xsock_get_device(int d, uint32_t *out_index);

/* States of TCP (RFC 9293, section 3.3.2) */
enum {
    XSOCK_TCP_CLOSED = 0,
    XSOCK_TCP_LISTEN = 1,
    XSOCK_TCP_SYN_SENT = 2,
    XSOCK_TCP_SYN_RECEIVED = 3,
    XSOCK_TCP_ESTABLISHED = 4,
    XSOCK_TCP_FIN_WAIT_1 = 5,
    XSOCK_TCP_FIN_WAIT_2 = 6,
    XSOCK_TCP_CLOSE_WAIT = 7,
    XSOCK_TCP_CLOSING = 8,
    XSOCK_TCP_LAST_ACK = 9,
    XSOCK_TCP_TIME_WAIT = 10
};

/* What a system knows of a TCP connection; -1: it doesn't tell, or not yet. */
struct xsock_tcp_info {
    int64_t state;            /* XSOCK_TCP_... */
    int64_t rtt_ns;           /* round-trip time, smoothed */
    int64_t rtt_variance_ns;  /* its mean deviation (RFC 6298: RTTVAR) */
    int64_t rtt_min_ns;
    int64_t rto_ns;           /* the time after which it sends again */
    int64_t send_mss;         /* bytes in a segment */
    int64_t receive_mss;
    int64_t send_cwnd;        /* congestion window, bytes */
    int64_t send_ssthresh;    /* slow-start threshold, bytes */
    int64_t send_window;      /* what the peer has offered, bytes */
    int64_t receive_window;   /* what the peer was offered, bytes */
    int64_t in_flight;        /* sent and not acknowledged, bytes */
    int64_t bytes_sent;       /* repeated ones included */
    int64_t bytes_received;
    int64_t bytes_repeated;   /* sent again */
    int64_t segments_repeated;
    int64_t timeouts;         /* times in a row that the last segment was sent again */
    int64_t reserved[15];     /* 0 */
};

/* Tells about a TCP socket. Returns 0. One that is not connected, where the system has nothing to tell of it,
 * is CLOSED and -1 otherwise. EFAULT: out is NULL. ENOPROTOOPT: no TCP socket, or not on this system (Windows
 * before 10 1703). */
XSOCK_API int xsock_get_tcp_info(int d, struct xsock_tcp_info *out);

/* Joins a multicast group, for all senders, or, with a source, for this one; and leaves it. INET and INET6,
 * DGRAM and RAW; the addresses' ports are not looked at. interface_index 0: the scope of an INET6 group, and
 * if that is 0 too the interface the system chooses. A socket receives the groups that it has itself joined
 * (on Linux the first join sees to that). Returns 0. EFAULT: group is NULL. EAFNOSUPPORT: an address' family
 * is not the socket's. EINVAL: group is no multicast address, source is one, or one is malformed; group's
 * scope is another interface. ENODEV: no such interface, or none to choose. EADDRINUSE: it is in the group
 * already, for this source or for all. EADDRNOTAVAIL: it is not in it, at leave. ENOBUFS, ENOMEM: more groups
 * than the system takes (Linux: 20 of INET). ENOPROTOOPT: another kind of socket. */
XSOCK_API int xsock_join_group(int d, const struct xsock_addr *group, const struct xsock_addr *source,
                               uint32_t interface_index);
XSOCK_API int xsock_leave_group(int d, const struct xsock_addr *group, const struct xsock_addr *source,
                                uint32_t interface_index);

/* The interface that multicast leaves by; 0: the system chooses. Returns 0. ENODEV: no interface has this
 * index. ENOPROTOOPT: no DGRAM or RAW socket of INET or INET6. */
XSOCK_API int xsock_set_multicast_if(int d, uint32_t interface_index);
/* ---- Messages ------------------------------------------------------------------------------------
 * sendmsg and recvmsg: many buffers at once, and what goes along with the data. */

/* A piece of memory. */
struct xsock_vec {
    void *base; /* is only read when it is sent */
    size_t len;
};

/* What of a struct xsock_control is there. */
enum {
    XSOCK_CONTROL_HANDLES = 0x1,  /* handles of the system, passed along (SCM_RIGHTS) [LOCAL; none on Windows] */
    XSOCK_CONTROL_PKTINFO = 0x2,  /* the machine's own address and interface [INET, INET6; DGRAM, RAW] */
    XSOCK_CONTROL_TOS = 0x4,      /* type of service, or traffic class: DSCP times 4 and, below, ECN [the same] */
    XSOCK_CONTROL_HOP_LIMIT = 0x8 /* time to live, or hop limit [the same] */
};

enum { XSOCK_CONTROL_HANDLES_MAX = 253 }; /* in one message: Linux' limit */

/* What goes along with a message. Start from zeros: `struct xsock_control c = {0}`. Sent is what `has` names, for
 * this message only; where the system can't, that is an error and nothing is sent. Received is what the socket was
 * asked for by options (XSOCK_SO_RECVPKTINFO, ...), and handles where there is room: `has` then tells. */
struct xsock_control {
    uint32_t has;             /* XSOCK_CONTROL_... */
    int32_t tos;              /* 0..255 */
    int32_t hop_limit;        /* 1..255 to send */
    uint32_t interface_index; /* PKTINFO: came in by it, is to leave by it; 0: any */
    struct xsock_addr local;  /* PKTINFO: was sent to it, is to come from it; no port; UNSPEC: any */
    uintptr_t *handles;       /* sent handles stay open here; received ones are new and yours: close them, or */
    size_t handle_count;      /*     give them to xsock_adopt. How many are sent; out: how many came */
    size_t handle_capacity;       /* how many may come; what is over it is closed, and CTRUNC told */
    uint64_t reserved[4];     /* 0 */
};

struct xsock_msg {
    struct xsock_addr *addr;       /* where to, as for xsock_sendto; out: from whom. NULL: the peer; don't tell */
    struct xsock_vec *vec;         /* NULL if there are none */
    size_t vec_count;
    struct xsock_control *control; /* NULL: none */
    int flags;                     /* out, of xsock_recvmsg: TRUNC, CTRUNC, EOR, OOB */
    uint64_t reserved[4];          /* 0 */
};

/* Sends the vectors as one: flags, result and errors of xsock_sendto, and: EFAULT: m, a vector of some length,
 * or the handles are NULL. EINVAL: lengths over PTRDIFF_MAX together; reserved words; a value out of its range;
 * more than XSOCK_CONTROL_HANDLES_MAX handles; handles and no data on a stream. EMSGSIZE: over 1024 vectors, of
 * what is no stream. EOPNOTSUPP: control data that this socket, or this system, has not. EAFNOSUPPORT: the family
 * of control->local. EBADF: a handle that isn't open. ETOOMANYREFS: more handles are on their way than the system
 * allows. EADDRNOTAVAIL, ENODEV: no such local address or interface. */
XSOCK_API ptrdiff_t xsock_sendmsg(int d, const struct xsock_msg *m, int flags);

/* Receives into the vectors, one after the other: flags, result and errors of xsock_recvfrom, those above, and flag
 * CMSG_CLOEXEC: handles that come are not inherited by programs that are started; without it they are. A stream's
 * call ends where handles were sent along, WAITALL or not. With PEEK no handles come. Room for handles and no data
 * (no vectors, or empty ones) on a stream receives neither. On failure *m is unchanged. */
XSOCK_API ptrdiff_t xsock_recvmsg(int d, struct xsock_msg *m, int flags);

/* One of many datagrams. */
struct xsock_dgram {
    void *base;
    size_t len;                    /* bytes to send; room to receive */
    size_t done;                   /* out: bytes sent, received */
    struct xsock_addr *addr;       /* where to; out: from whom. NULL: the peer; don't tell */
    struct xsock_control *control; /* NULL: none; as in struct xsock_msg */
    int flags;                     /* out, received: TRUNC, CTRUNC */
    uint64_t reserved[2];          /* 0 */
};

/* Sends n datagrams, in order, in as few calls of the system as it knows how to (Linux UDP_SEGMENT and sendmmsg,
 * Windows UDP_SEND_MSG_SIZE; else one by one). Each arrives as it would from xsock_sendmsg. flags: DONTROUTE,
 * DONTWAIT, NOSIGNAL. Returns how many were sent, 0 for n 0; blocks until one was, and stops where the system's
 * buffer is full. If an error comes after some: those, and the error next time, when the rest is sent. Errors:
 * those of xsock_sendmsg of the first that is not sent; all n are judged for EFAULT and EINVAL before any is sent.
 * EOPNOTSUPP: a stream. EINVAL: n over INT_MAX. */
XSOCK_API int xsock_send_batch(int d, struct xsock_dgram *v, size_t n, int flags);

/* Receives up to n datagrams, as many as are there (recvmmsg; with XSOCK_SO_UDP_RECV_COALESCE also what the system
 * has glued together, taken apart again; what the call has no room for stays in the socket, where every other call
 * finds it). flags: DONTWAIT, NOSIGNAL, CMSG_CLOEXEC. Returns how many; blocks until there is one. Errors: those
 * of xsock_recvmsg, and as above; of an error the elements are unchanged. */
XSOCK_API int xsock_recv_batch(int d, struct xsock_dgram *v, size_t n, int flags);

/* Sends len bytes of a file from offset on to a stream, without a copy where the system can. file: a handle of the
 * system (a file descriptor; a HANDLE on Windows), open for reading; its own position doesn't matter (Windows
 * moves it, if it was not opened as overlapped). Returns the bytes sent, less than len where the file ends, 0 past
 * its end; as xsock_send for the rest: blocks until all is sent. Errors: those of xsock_send; EBADF: also file is
 * not open, or not for reading. ESPIPE: it has no positions. EINVAL: len over PTRDIFF_MAX, or offset and len over
 * INT64_MAX. EISDIR. EOPNOTSUPP: d is no stream. EIO and others of reading a file. */
XSOCK_API ptrdiff_t xsock_sendfile(int d, uintptr_t file, uint64_t offset, size_t len);

/* ---- Waiting ------------------------------------------------------------------------------------- */

/* Poll bits, as in wasix-libc; PRI is xsock's own. */
enum {
    XSOCK_POLLIN = 0x1,      /* can receive, accept, or has ended */
    XSOCK_POLLOUT = 0x2,     /* can send, or has been connected, or has failed to be */
    XSOCK_POLLPRI = 0x4,     /* out-of-band data */
    XSOCK_POLLERR = 0x1000,  /* out: it has failed */
    XSOCK_POLLHUP = 0x2000,  /* out: the peer has hung up, both ways */
    XSOCK_POLLNVAL = 0x4000  /* out: not open, or a poller */
};

struct xsock_pollfd {
    int fd;        /* negative: is left out, with revents 0 */
    short events;  /* IN, OUT, PRI */
    short revents; /* out: of those, and ERR, HUP, NVAL whether asked for or not */
};

/* Waits until one of n descriptors is ready, or for timeout_ns nanoseconds (-1: no limit, 0: not at all), never
 * less (POSIX poll()). Returns how many have revents that are not 0; 0: the time has passed. A descriptor that
 * is closed meanwhile reports NVAL at once. A failed connect is OUT and ERR, on every system.
 * EINTR: a signal came (so that Ctrl-C can end a loop). EFAULT: v is NULL and n is not 0. EINVAL: other bits in
 * events, timeout_ns below -1, n over INT_MAX. ENOMEM, EMFILE. */
XSOCK_API int xsock_poll(struct xsock_pollfd *v, size_t n, int64_t timeout_ns);

/* ---- Names ---------------------------------------------------------------------------------------
 * Hosts and services to addresses, and back. What is a number is read by xsock, the same everywhere; names
 * are looked up by the system (its files, DNS, ...), which may take seconds. Besides EFAULT and EINVAL the
 * errors are XSOCK_EAI_...; xsock_strerror has a sentence for each. */

/* Numbers as in wasix-libc. */
enum {
    XSOCK_AI_PASSIVE = 0x1,      /* host NULL is "any address", for bind; else it makes no difference */
    XSOCK_AI_NUMERICHOST = 0x4,  /* host must be an address: nothing is looked up */
    XSOCK_AI_V4MAPPED = 0x8,     /* with INET6, for a host without INET6 addresses: ::ffff:a.b.c.d */
    XSOCK_AI_ADDRCONFIG = 0x20,  /* of names: only families that this machine has an address in */
    XSOCK_AI_NUMERICSERV = 0x400 /* service must be a number */
};

/* Looks up a host and a service (POSIX getaddrinfo()). Stores at most cap addresses, and returns how many
 * there are, which may be more; with cap 0, where out may be NULL, the number only.
 *
 *   host     a name, in UTF-8, given to the system as it is (other than ASCII: its xn-- form works
 *            everywhere); an address as in xsock_addr_parse, without brackets or port. Strictly so: a name of
 *            hosts can't have a colon, nor end in a number as 127.1 and 010.0.0.1 do. NULL: this machine, ::1
 *            and 127.0.0.1, or with PASSIVE :: and 0.0.0.0, of the families there are. At most 254 bytes.
 *   service  a port in decimal, 0..65535, no sign, no leading zero; or a name, "http". NULL: port 0. Not both
 *            may be NULL.
 *   af       UNSPEC (both), INET or INET6
 *   type     STREAM, DGRAM, SEQPACKET (its services by number only), RAW (no service); 0: any. It decides
 *            which services there are, and nothing else: an address is given once.
 *
 * The order is the system's, RFC 6724: the best to connect to comes first. Blocks while the system looks up.
 *   EFAULT          out is NULL, and cap is not 0
 *   EAI_BADFLAGS    unknown flags
 *   EAI_FAMILY      another af, or not on this system
 *   EAI_SOCKTYPE    another type
 *   EAI_SERVICE     no such service, or not of this type
 *   EAI_NONAME      no such host; not an address, with NUMERICHOST; not a number, with NUMERICSERV; no host
 *                   and no service
 *   EAI_ADDRFAMILY  the address is not of family af. Of a name, systems say it, EAI_NODATA or EAI_NONAME
 *   EAI_NODATA      the host has no address
 *   EAI_AGAIN       no answer: another time there may be one (no network, too)
 *   EAI_FAIL        the name server failed for good
 *   EAI_MEMORY, EMFILE, ENFILE   no memory, no room
 *   EAI_SYSTEM      something else: see xsock_oserror() */
XSOCK_API int xsock_resolve(const char *host, const char *service, int af, int type, int flags,
                            struct xsock_addr *out, size_t cap);

/* Numbers as in wasix-libc. */
enum {
    XSOCK_NI_NUMERICHOST = 0x1, /* the address, not a name: nothing is looked up */
    XSOCK_NI_NUMERICSERV = 0x2, /* the port's number, not a name */
    XSOCK_NI_NOFQDN = 0x4,      /* of hosts of the local domain only the first part */
    XSOCK_NI_NAMEREQD = 0x8,    /* a host without a name is an error: else its address is written */
    XSOCK_NI_DGRAM = 0x10       /* the name of the service of datagrams */
};

/* The name of an INET or INET6 address, and of its port's service (POSIX getnameinfo()), NUL-terminated. Of
 * host and service one may be NULL with length 0: not wanted. An address or port without a name is written as
 * a number, addresses as in xsock_addr_format without brackets and port. Returns 0; on failure nothing is
 * written. Blocks while the system looks up.
 *   EFAULT          a is NULL; host or service is NULL and its length is not 0
 *   EINVAL          a is malformed
 *   EAI_BADFLAGS    unknown flags
 *   EAI_FAMILY      of another family
 *   EAI_NONAME      with NAMEREQD, it has no name; neither host nor service is wanted
 *   EAI_OVERFLOW    a buffer is too small (1025 and 32 bytes are enough)
 *   EAI_AGAIN, EAI_FAIL, EAI_NODATA   with NAMEREQD: as above
 *   EAI_MEMORY, EMFILE, ENFILE, EAI_SYSTEM   as above */
XSOCK_API int xsock_reverse(const struct xsock_addr *a, char *host, size_t host_len, char *service,
                            size_t service_len, int flags);

/* Connects a stream to a service by name: looks it up as xsock_resolve does, and connects by the first of its
 * addresses that answers ("Happy Eyeballs", RFC 8305, sections 4 and 5): the families take turns, beginning
 * with the better one; each 250 ms, or at once when one fails, the next address is tried as well, and when
 * one answers the others are dropped. host NULL: this machine. timeout_ns (-1: no limit) is for all of it,
 * looking up included; the look-up itself can't be stopped, so it may go on for a while after that in a
 * thread of the library's. 0: only what needs no waiting succeeds.
 * Returns a descriptor that is CLOEXEC and not NONBLOCK (xsock_set_flags changes that). Goes on after
 * signals.
 *   EFAULT      service is NULL
 *   EINVAL      timeout_ns below -1
 *   XSOCK_EAI_...   as xsock_resolve, EFAULT and EAI_BADFLAGS aside
 *   ETIMEDOUT   the time has passed
 *   ECONNREFUSED, ENETUNREACH, EACCES ...   no address answered: as xsock_connect. Of several errors the
 *               first that a peer gave, before those that only say that there is no way to it
 *   EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN   no room left; EAGAIN: for a thread */
XSOCK_API int xsock_connect_host(const char *host, const char *service, int64_t timeout_ns);

/* Opens a stream that listens, on the first address of host that is this machine's. host NULL, or "::": on
 * all addresses, INET and INET6 both where the system has them. service NULL: a port that the system chooses
 * (xsock_local_addr tells). The socket has XSOCK_SO_REUSEADDR on, so that a server that was stopped can start
 * again at once. backlog: as xsock_listen. Returns a descriptor that is CLOEXEC and not NONBLOCK. Blocks
 * while the system looks up.
 *   XSOCK_EAI_...   as xsock_resolve
 *   EADDRINUSE, EADDRNOTAVAIL, EACCES   as xsock_bind
 *   EMFILE, ENFILE, ENOBUFS, ENOMEM   no room left */
XSOCK_API int xsock_listen_host(const char *host, const char *service, int backlog);
/* ---- Pollers -------------------------------------------------------------------------------------
 * A poller watches any number of sockets, its members; a wait costs by what is ready, not by how many there
 * are. It is a descriptor: xsock_close closes it, and ends the waits in it with ECANCELED. xsock_get_flags and
 * xsock_set_flags know its CLOEXEC (NONBLOCK: EINVAL); its system handle is never inherited, as no other
 * program could use it. xsock_dup and xsock_dup2 of it give EINVAL, calls of sockets ENOTSOCK, xsock_poll NVAL.
 * After fork() a poller of the parent is dead in the child: EBADF; its number is taken there until it is closed,
 * and nothing that the child does reaches the parent's. */

/* What to do with a member. Numbers of operations and events as in WASIX. */
enum {
    XSOCK_POLLER_ADD = 0,
    XSOCK_POLLER_MOD = 1,
    XSOCK_POLLER_DEL = 2
};

enum {
    XSOCK_POLLER_IN = 0x1,      /* can receive, accept, or has ended */
    XSOCK_POLLER_OUT = 0x2,     /* can send, or has been connected, or has failed to be */
    XSOCK_POLLER_RDHUP = 0x4,   /* the peer sends no more */
    XSOCK_POLLER_PRI = 0x8,     /* out-of-band data */
    XSOCK_POLLER_ERR = 0x10,    /* it has failed; reported whether asked for or not */
    XSOCK_POLLER_HUP = 0x20,    /* the connection has ended both ways; the same */
    XSOCK_POLLER_ET = 0x40,     /* edge-triggered: reported when it becomes so, not as long as it is so */
    XSOCK_POLLER_ONESHOT = 0x80 /* reported once, then not again until XSOCK_POLLER_MOD */
};

struct xsock_event {
    uint64_t data;     /* as given to xsock_poller_ctl */
    uint32_t events;   /* what was asked for and is so, and ERR, HUP */
    int fd;            /* the member, by the number it was added with */
    uint64_t reserved; /* 0 */
};

/* Makes a poller without members. flags: XSOCK_SOCK_CLOEXEC or 0. Returns the descriptor. EINVAL: other
 * flags. EMFILE, ENFILE, ENOBUFS, ENOMEM: no room. Those of Winsock's start: as for xsock_open. Doesn't
 * block. */
XSOCK_API int xsock_poller_open(int flags);

/* Adds the socket d to the poller p, watched for `events`; changes what it is watched for (and data); or
 * takes it out (events and data don't matter). What is so already is reported too, after ADD and after MOD,
 * edge-triggered and one-shot members included. An edge may be reported more often than it happens: receive,
 * or send, until EAGAIN, before you wait for the next. A descriptor is a member of a poller once, of any
 * number of pollers, and so is each of its duplicates, apart. Closing d, and releasing it or replacing it by
 * xsock_dup2, takes it out silently, also when a duplicate stays open or a call is still in it: what is
 * reported after that is never it. Returns 0. EBADF: p or d is not open. EINVAL: p is no poller, d is one;
 * unknown op; unknown bits in events. EEXIST: ADD of a member. ENOENT: MOD or DEL of none. ENOSPC, ENOMEM: no
 * room. Doesn't block. */
XSOCK_API int xsock_poller_ctl(int p, int op, int d, uint32_t events, uint64_t data);

/* Waits until a member is ready, the poller is woken, or timeout_ns nanoseconds have passed (-1: no limit, 0:
 * not at all), never less. Stores what is ready in out, one entry a member, at most n (and no more than it
 * likes: what is left comes out of the next waits, none is starved). Any number of threads may wait in a
 * poller: a level-triggered member may be reported to several, an edge to one. A failed connect is OUT and
 * ERR, on every system. Returns how many; 0: the time has passed, or it was woken. EBADF: p is not open.
 * EFAULT: out is NULL. EINVAL: p is no poller; n is 0; timeout_ns below -1. EINTR: a signal came (so that
 * Ctrl-C can end a loop). ECANCELED: p was closed. */
XSOCK_API int xsock_poller_wait(int p, struct xsock_event *out, size_t n, int64_t timeout_ns);

/* Makes one wait in the poller return, at once, with 0 or what is ready: one that is under way, or else the
 * next. Several wakes before that are one. Returns 0. EBADF: p is not open. EINVAL: it is no poller. Doesn't
 * block. Async-signal-safe, if no thread closes p meanwhile. */
XSOCK_API int xsock_poller_wake(int p);

/* ---- Library ------------------------------------------------------------------------------------- */

/* Starts the library: optional, as opening starts it; here its failures can be seen apart. May be called
 * any number of times. ENOMEM; on Windows those of WSAStartup (ESYSNOTREADY, EVERNOTSUPPORTED, EAGAIN). */
XSOCK_API int xsock_startup(void);

/* Gives back what starting took (on Windows, WSACleanup). Optional; the library can be started again.
 * EBUSY: a descriptor is open, or was closed and a call has not left it yet; nothing is changed. */
XSOCK_API int xsock_cleanup(void);

/* The version of the library that runs, "MAJOR.MINOR.PATCH". */
XSOCK_API const char *xsock_version(void);

#ifdef __cplusplus
}
#endif

#endif
