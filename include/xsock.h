/**
 * @file xsock.h
 * @brief One socket API that means the same on Linux, FreeBSD, macOS and Windows.
 *
 * These rules hold for every call unless the call's own description says otherwise:
 *
 * - **Result.** A call returns a number >= 0 if it succeeds, and `-XSOCK_E...` (enum xsock_error)
 *   if it fails. C's `errno` is not used: its value after a call means nothing, and a signal
 *   handler saves it as usual. xsock_oserror() returns the system's own code, for diagnosis.
 * - **Bad arguments** give a precise error, and nothing is changed. Arguments are checked in this
 *   order: the descriptor (EBADF, then ENOTSOCK), pointers and those in structures (EFAULT), other
 *   values (EINVAL and others). A count is checked before the elements that the count is for are
 *   read. What the socket cannot do in its state, and what the system says, comes last. An option
 *   that the socket lacks gives ENOPROTOOPT, whatever the value is. A number
 *   that xsock_reserve() (xsock_native.h) has reserved is not a socket, and gives ENOTSOCK.
 * - **Flags.** Unknown bits give EINVAL. A flag that has no meaning for the call or for the type of
 *   the socket counts as unknown (XSOCK_MSG_NOSIGNAL when receiving, XSOCK_MSG_MORE on datagrams).
 * - **Times** are in nanoseconds, and sizes are in bytes.
 * - **Threads.** Any thread may make any call on any descriptor at any time.
 * - **Calls must return normally.** Do not cancel a thread inside a call, and do not leave a
 *   callback by longjmp: the references and locks that the call holds would be leaked. The callback
 *   of xsock_catalog() holds nothing, and an exception may leave it. An exception may leave no
 *   other callback. Do not leave a signal handler that interrupted a call by longjmp or by an
 *   exception.
 * - **Blocking.** A call that blocks does so only if the socket is not XSOCK_SOCK_NONBLOCK. After a
 *   signal the call goes on with the time that is left, except that xsock_poll() and
 *   xsock_poller_wait() return EINTR. If another thread closes the descriptor, the call returns
 *   ECANCELED. If another thread makes the socket XSOCK_SOCK_NONBLOCK, the call returns EAGAIN, or
 *   EINPROGRESS if it is xsock_connect(). xsock_set_deadline() ends waiting calls too. The number
 *   of a closed descriptor may be reused at once; the call still refers to the socket that it was
 *   made on.
 * - **Signals.** No call raises a signal, SIGPIPE included. These calls are always
 *   async-signal-safe: xsock_strerror(), xsock_errname(), xsock_oserror(), xsock_error_from_os(),
 *   xsock_error_to_os(), xsock_addr_equal(), `xsock_addr_is_...`, xsock_version() and the look-ups
 *   of names and numbers. Some calls are async-signal-safe while no thread closes the descriptor
 *   (the last call in a closed descriptor frees the socket): xsock_poller_wake(); xsock_send() and
 *   xsock_sendto() with XSOCK_MSG_DONTWAIT; xsock_recv() and xsock_recvfrom() with
 *   XSOCK_MSG_DONTWAIT.
 * - **Fork** (POSIX systems). The child can go on using every descriptor, also if the parent had
 *   threads. Do not call fork() in a signal handler that may have interrupted a call of this
 *   library.
 * - **Stack.** No call takes more than 8 KiB of stack in xsock's own frames. The C library's
 *   look-up of names is not counted.
 * - **Numbers** of constants are those of WASIX on every system. What WASIX has no number for has a
 *   number from 0x100 up. The numbers are part of the ABI and never change.
 * - **Overlaps.** Some of these number spaces overlap, and both meanings stand side by side: 0x4000
 *   is XSOCK_SOCK_NONBLOCK and XSOCK_MSG_NOSIGNAL; 4 is XSOCK_POLLPRI and XSOCK_POLLER_RDHUP. Each
 *   space is an enum with a name, so that compilers can warn if two are mixed. Parameters and
 *   fields are plain integers.
 * - **Reserved fields** of structures must be 0.
 *
 * This header includes no header of the system. xsock_native.h converts to and from the system's
 * own sockets, and xsock_families.h, which this header includes, has what few programs need.
 *
 * A client that sends a request and prints the answer:
 * @code{.c}
 * #include "xsock.h"
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     static const char request[] = "GET / HTTP/1.0\r\nHost: example.org\r\n\r\n";
 *     const int64_t timeout_ns = 5 * INT64_C(1000000000);
 *     char buf[4096];
 *     int d = xsock_connect_host("example.org", "80", timeout_ns);
 *     if (d < 0) {
 *         fprintf(stderr, "cannot connect: %s\n", xsock_strerror(d));
 *         return 1;
 *     }
 *     ptrdiff_t n = xsock_send(d, request, sizeof request - 1, 0);
 *     while (n > 0) {
 *         n = xsock_recv(d, buf, sizeof buf, 0);
 *         if (n > 0)
 *             fwrite(buf, 1, (size_t)n, stdout);
 *     }
 *     if (n < 0)
 *         fprintf(stderr, "the connection failed: %s\n", xsock_strerror((int)n));
 *     xsock_close(d);
 *     return n < 0;
 * }
 * @endcode
 *
 * A server that sends back what it receives, one client after the other:
 * @code{.c}
 * #include "xsock.h"
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     char buf[4096];
 *     int listener = xsock_listen_host(NULL, "7777", 128);
 *     if (listener < 0) {
 *         fprintf(stderr, "cannot listen: %s\n", xsock_strerror(listener));
 *         return 1;
 *     }
 *     int d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC, NULL);
 *     while (d >= 0) {
 *         ptrdiff_t n = xsock_recv(d, buf, sizeof buf, 0);
 *         while (n > 0 && xsock_send(d, buf, (size_t)n, 0) == n)
 *             n = xsock_recv(d, buf, sizeof buf, 0);
 *         xsock_close(d);
 *         d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC, NULL);
 *     }
 *     fprintf(stderr, "cannot accept: %s\n", xsock_strerror(d));
 *     xsock_close(listener);
 *     return 1;
 * }
 * @endcode
 */
#ifndef XSOCK_H
#define XSOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @defgroup xsock_build Building
 * Macros that a program may define before it includes this header, and the version.
 * - `XSOCK_SHARED`: the program links the shared library on Windows (the installed packages define
 *   it). On other systems the macro makes no difference.
 * - `XSOCK_NO_ATTRIBUTES`: the header gives compilers no hints. Compilers that know the hints warn
 *   if a result that is a new descriptor is not used, and if a buffer is NULL or smaller than its
 *   size says. No hint changes what a call does: NULL is always allowed, and gives EFAULT. Tests
 *   that pass bad arguments on purpose define this macro.
 * @{
 */

/** @cond */
/* XSOCK_BUILD is for the build of the library itself. */
#if defined(XSOCK_SHARED) && (defined(_MSC_VER) || defined(__MINGW32__))
#ifdef XSOCK_BUILD
#define XSOCK_API __declspec(dllexport)
#else
#define XSOCK_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define XSOCK_API __attribute__((visibility("default")))
#else
#define XSOCK_API
#endif

/* XSOCK_MUST_USE: the result is a new descriptor. XSOCK_READS(p, n): the call reads from parameter
 * p as many elements as parameter n says. XSOCK_WRITES: the call writes them. XSOCK_UPDATES: the
 * call reads and writes them.
 * nonnull is never used: compilers would remove the library's checks for NULL. */
#if defined(__has_attribute) && !defined(XSOCK_NO_ATTRIBUTES)
#define XSOCK_HAS_ATTRIBUTE(name) __has_attribute(name)
#else
#define XSOCK_HAS_ATTRIBUTE(name) 0
#endif
#if XSOCK_HAS_ATTRIBUTE(warn_unused_result)
#define XSOCK_MUST_USE __attribute__((warn_unused_result))
#else
#define XSOCK_MUST_USE
#endif
#if XSOCK_HAS_ATTRIBUTE(access)
#define XSOCK_READS(p, n) __attribute__((access(read_only, p, n)))
#define XSOCK_WRITES(p, n) __attribute__((access(write_only, p, n)))
#define XSOCK_UPDATES(p, n) __attribute__((access(read_write, p, n)))
#else
#define XSOCK_READS(p, n)
#define XSOCK_WRITES(p, n)
#define XSOCK_UPDATES(p, n)
#endif
/** @endcond */

#define XSOCK_VERSION_MAJOR 0 /**< The version of this header: the first number. */
#define XSOCK_VERSION_MINOR 1 /**< The version of this header: the second number. */
#define XSOCK_VERSION_PATCH 0 /**< The version of this header: the third number. */

/** @} */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup xsock_numbers Numbers
 * Families, types, protocols and what goes with them. The numbers are those of WASIX; what WASIX
 * has no number for has one from 0x100 up.
 * @{
 */

/** Families of addresses. */
enum xsock_family {
    XSOCK_AF_UNSPEC = 0,            /**< No family, or any. */
    XSOCK_AF_INET = 1,              /**< IPv4. */
    XSOCK_AF_INET6 = 2,             /**< IPv6. */
    XSOCK_AF_LOCAL = 3,             /**< Sockets of this machine, named by paths. */
    XSOCK_AF_UNIX = XSOCK_AF_LOCAL, /**< Another name of XSOCK_AF_LOCAL. */
    XSOCK_AF_ROUTE = 0x100,         /**< Routing messages (FreeBSD, macOS). */
    XSOCK_AF_LINK = 0x101,          /**< Link-layer addresses (FreeBSD). */
    XSOCK_AF_KEY = 0x102,           /**< Key management, PF_KEY (FreeBSD, Linux and others). */
    XSOCK_AF_NATM = 0x103,          /**< ATM (FreeBSD). */
    XSOCK_AF_NETGRAPH = 0x104,      /**< Netgraph (FreeBSD). */
    XSOCK_AF_BLUETOOTH = 0x105,     /**< Bluetooth (FreeBSD, Linux, Windows). */
    XSOCK_AF_IEEE80211 = 0x106,     /**< Wireless LAN (FreeBSD). */
    XSOCK_AF_INET_SDP = 0x107,      /**< Sockets Direct Protocol for IPv4 (FreeBSD). */
    XSOCK_AF_INET6_SDP = 0x108,     /**< Sockets Direct Protocol for IPv6 (FreeBSD). */
    XSOCK_AF_NETLINK = 0x109,       /**< Messages from and to the kernel (Linux). */
    XSOCK_AF_PACKET = 0x10a,        /**< Packets of the link layer (Linux). */
    XSOCK_AF_VSOCK = 0x10b,         /**< Virtual machines and their host (Linux). */
    XSOCK_AF_CAN = 0x10c,           /**< Controller Area Network (Linux). */
    XSOCK_AF_IPX = 0x10d,           /**< IPX (Windows). */
    XSOCK_AF_APPLETALK = 0x10e,     /**< AppleTalk (Windows). */
    XSOCK_AF_NETBIOS = 0x10f,       /**< NetBIOS (Windows). */
    XSOCK_AF_IRDA = 0x110,          /**< Infrared (Windows). */
    XSOCK_AF_HYPERV = 0x111         /**< Hyper-V guests and their host (Windows). */
};

/** Types of sockets, and the flags that may be or-ed into a type. A type is the low 13 bits. */
enum xsock_type {
    XSOCK_SOCK_STREAM = 1,    /**< A stream of bytes. */
    XSOCK_SOCK_DGRAM = 2,     /**< Datagrams. */
    XSOCK_SOCK_RAW = 3,       /**< Packets of a protocol, its headers included. */
    XSOCK_SOCK_SEQPACKET = 4, /**< Records in order. 4 as in WASIX, not 5 as in most systems. */
    XSOCK_SOCK_RDM = 0x100,   /**< Datagrams that arrive. */
    /** Flag of the descriptor: a program that is started does not inherit it. */
    XSOCK_SOCK_CLOEXEC = 0x2000,
    /** Flag of the socket: a call that would block gives EAGAIN instead. */
    XSOCK_SOCK_NONBLOCK = 0x4000
};

/** What xsock_shutdown() ends. */
enum xsock_shutdown_how {
    XSOCK_SHUT_RD = 1,  /**< Receiving. */
    XSOCK_SHUT_WR = 2,  /**< Sending. */
    XSOCK_SHUT_RDWR = 3 /**< Both. */
};

/** Protocols of INET and INET6: IANA's numbers, 0..255, and MPTCP. 0 is the default of the type. */
enum xsock_protocol {
    XSOCK_IPPROTO_IP = 0,                 /**< The default of the type. */
    XSOCK_IPPROTO_ICMP = 1,               /**< ICMP for IPv4. */
    XSOCK_IPPROTO_IGMP = 2,               /**< Group management. */
    XSOCK_IPPROTO_IPIP = 4,               /**< IPv4 inside IP. */
    XSOCK_IPPROTO_TCP = 6,                /**< TCP. */
    XSOCK_IPPROTO_EGP = 8,                /**< Exterior Gateway Protocol. */
    XSOCK_IPPROTO_PUP = 12,               /**< PARC Universal Packet. */
    XSOCK_IPPROTO_UDP = 17,               /**< UDP. */
    XSOCK_IPPROTO_IDP = 22,               /**< XNS Internet Datagram Protocol. */
    XSOCK_IPPROTO_TP = 29,                /**< ISO Transport Protocol, class 4. */
    XSOCK_IPPROTO_DCCP = 33,              /**< Datagram Congestion Control Protocol. */
    XSOCK_IPPROTO_IPV6 = 41,              /**< IPv6 inside IP. */
    XSOCK_IPPROTO_ROUTING = 43,           /**< Routing header of IPv6. */
    XSOCK_IPPROTO_FRAGMENT = 44,          /**< Fragment header of IPv6. */
    XSOCK_IPPROTO_RSVP = 46,              /**< Resource Reservation Protocol. */
    XSOCK_IPPROTO_GRE = 47,               /**< Generic Routing Encapsulation. */
    XSOCK_IPPROTO_ESP = 50,               /**< Encapsulating Security Payload. */
    XSOCK_IPPROTO_AH = 51,                /**< Authentication Header. */
    XSOCK_IPPROTO_ICMPV6 = 58,            /**< ICMP for IPv6. */
    XSOCK_IPPROTO_NONE = 59,              /**< No next header of IPv6. */
    XSOCK_IPPROTO_DSTOPTS = 60,           /**< Destination options of IPv6. */
    XSOCK_IPPROTO_OSPF = 89,              /**< Open Shortest Path First. */
    XSOCK_IPPROTO_MTP = 92,               /**< Multicast Transport Protocol. */
    XSOCK_IPPROTO_BEETPH = 94,            /**< Pseudo header of IPsec's BEET mode. */
    XSOCK_IPPROTO_ENCAP = 98,             /**< Encapsulation header. */
    XSOCK_IPPROTO_PIM = 103,              /**< Protocol Independent Multicast. */
    XSOCK_IPPROTO_COMP = 108,             /**< Payload compression. */
    XSOCK_IPPROTO_PGM = 113,              /**< Pragmatic General Multicast. */
    XSOCK_IPPROTO_RM = XSOCK_IPPROTO_PGM, /**< Winsock's name of XSOCK_IPPROTO_PGM. */
    XSOCK_IPPROTO_SCTP = 132,             /**< Stream Control Transmission Protocol. */
    XSOCK_IPPROTO_MH = 135,               /**< Mobility header of IPv6. */
    XSOCK_IPPROTO_UDPLITE = 136,          /**< UDP with partial checksums. */
    XSOCK_IPPROTO_MPLS = 137,             /**< MPLS inside IP. */
    XSOCK_IPPROTO_ETHERNET = 143,         /**< Ethernet inside IPv6. */
    XSOCK_IPPROTO_RAW = 255,              /**< Any protocol: the program writes the IP header. */
    XSOCK_IPPROTO_MPTCP = 262             /**< Multipath TCP. */
};

/** @} */

/** @defgroup xsock_errors Errors
 * @{ */

/** Errors: 0..80 as in WASIX, 200..254 as in wasix-libc, and xsock's own from 1001 up. */
enum xsock_error {
    XSOCK_E2BIG = 1,            /**< Argument list too long. */
    XSOCK_EACCES = 2,           /**< Permission denied. */
    XSOCK_EADDRINUSE = 3,       /**< Address already in use. */
    XSOCK_EADDRNOTAVAIL = 4,    /**< Address not available on this machine. */
    XSOCK_EAFNOSUPPORT = 5,     /**< Address family not supported. */
    XSOCK_EAGAIN = 6,           /**< Would block; try again. */
    XSOCK_EALREADY = 7,         /**< Operation already in progress. */
    XSOCK_EBADF = 8,            /**< Descriptor not open. */
    XSOCK_EBADMSG = 9,          /**< Bad message. */
    XSOCK_EBUSY = 10,           /**< In use. */
    XSOCK_ECANCELED = 11,       /**< Operation canceled. */
    XSOCK_ECHILD = 12,          /**< No child process. */
    XSOCK_ECONNABORTED = 13,    /**< Connection aborted. */
    XSOCK_ECONNREFUSED = 14,    /**< Connection refused. */
    XSOCK_ECONNRESET = 15,      /**< Connection reset by peer. */
    XSOCK_EDEADLK = 16,         /**< Would deadlock. */
    XSOCK_EDESTADDRREQ = 17,    /**< Destination address required. */
    XSOCK_EDOM = 18,            /**< Argument outside the domain of the function. */
    XSOCK_EDQUOT = 19,          /**< Quota exceeded. */
    XSOCK_EEXIST = 20,          /**< Already exists. */
    XSOCK_EFAULT = 21,          /**< Bad pointer. */
    XSOCK_EFBIG = 22,           /**< File too large. */
    XSOCK_EHOSTUNREACH = 23,    /**< No route to host. */
    XSOCK_EIDRM = 24,           /**< Identifier removed. */
    XSOCK_EILSEQ = 25,          /**< Illegal byte sequence. */
    XSOCK_EINPROGRESS = 26,     /**< Operation now in progress. */
    XSOCK_EINTR = 27,           /**< Interrupted by a signal. */
    XSOCK_EINVAL = 28,          /**< Invalid argument. */
    XSOCK_EIO = 29,             /**< Input or output error. */
    XSOCK_EISCONN = 30,         /**< Socket already connected. */
    XSOCK_EISDIR = 31,          /**< Is a directory. */
    XSOCK_ELOOP = 32,           /**< Too many levels of symbolic links. */
    XSOCK_EMFILE = 33,          /**< Too many open descriptors. */
    XSOCK_EMLINK = 34,          /**< Too many links. */
    XSOCK_EMSGSIZE = 35,        /**< Message too long. */
    XSOCK_EMULTIHOP = 36,       /**< Multihop attempted. */
    XSOCK_ENAMETOOLONG = 37,    /**< Name too long. */
    XSOCK_ENETDOWN = 38,        /**< Network is down. */
    XSOCK_ENETRESET = 39,       /**< Connection aborted by the network. */
    XSOCK_ENETUNREACH = 40,     /**< Network unreachable. */
    XSOCK_ENFILE = 41,          /**< Too many open files in the system. */
    XSOCK_ENOBUFS = 42,         /**< No buffer space available. */
    XSOCK_ENODEV = 43,          /**< No such device. */
    XSOCK_ENOENT = 44,          /**< No such file, name or entry. */
    XSOCK_ENOEXEC = 45,         /**< Executable format error. */
    XSOCK_ENOLCK = 46,          /**< No locks available. */
    XSOCK_ENOLINK = 47,         /**< Link severed. */
    XSOCK_ENOMEM = 48,          /**< Out of memory. */
    XSOCK_ENOMSG = 49,          /**< No message of this kind. */
    XSOCK_ENOPROTOOPT = 50,     /**< Socket option not available. */
    XSOCK_ENOSPC = 51,          /**< No space left. */
    XSOCK_ENOSYS = 52,          /**< Function not implemented. */
    XSOCK_ENOTCONN = 53,        /**< Socket not connected. */
    XSOCK_ENOTDIR = 54,         /**< Not a directory. */
    XSOCK_ENOTEMPTY = 55,       /**< Directory not empty. */
    XSOCK_ENOTRECOVERABLE = 56, /**< State not recoverable. */
    XSOCK_ENOTSOCK = 57,        /**< Not a socket. */
    XSOCK_ENOTSUP = 58,         /**< Operation not supported. */
    XSOCK_ENOTTY = 59,          /**< Inappropriate control operation. */
    XSOCK_ENXIO = 60,           /**< No such device or address. */
    XSOCK_EOVERFLOW = 61,       /**< Value too large. */
    XSOCK_EOWNERDEAD = 62,      /**< Previous owner died. */
    XSOCK_EPERM = 63,           /**< Operation not permitted. */
    XSOCK_EPIPE = 64,           /**< Broken pipe. */
    XSOCK_EPROTO = 65,          /**< Protocol error. */
    XSOCK_EPROTONOSUPPORT = 66, /**< Protocol not supported. */
    XSOCK_EPROTOTYPE = 67,      /**< Protocol of the wrong type for this socket. */
    XSOCK_ERANGE = 68,          /**< Result too large. */
    XSOCK_EROFS = 69,           /**< Read-only file system. */
    XSOCK_ESPIPE = 70,          /**< Not seekable. */
    XSOCK_ESRCH = 71,           /**< No such process. */
    XSOCK_ESTALE = 72,          /**< Stale handle. */
    XSOCK_ETIMEDOUT = 73,       /**< Timed out. */
    XSOCK_ETXTBSY = 74,         /**< Program file in use. */
    XSOCK_EXDEV = 75,           /**< Link across file systems. */
    XSOCK_ENOTCAPABLE = 76,     /**< Capability missing. */
    XSOCK_ESHUTDOWN = 77,       /**< Socket has been shut down. */
    XSOCK_EMEMVIOLATION = 78,   /**< Memory access outside the guest's memory. */
    /** A code of the system that no row names. xsock_oserror() returns the code. */
    XSOCK_EUNKNOWN = 79,
    XSOCK_EPENDING = 80, /**< Operation pending. */

    XSOCK_EWOULDBLOCK = XSOCK_EAGAIN, /**< Another name of XSOCK_EAGAIN. */
    XSOCK_EOPNOTSUPP = XSOCK_ENOTSUP, /**< Another name of XSOCK_ENOTSUP. */

    XSOCK_ENOTBLK = 200,         /**< Block device required. */
    XSOCK_EUNATCH = 206,         /**< Protocol driver not attached. */
    XSOCK_ENODATA = 217,         /**< No data available. */
    XSOCK_ETIME = 218,           /**< Timer expired. */
    XSOCK_ENOSR = 219,           /**< Out of stream resources. */
    XSOCK_ENONET = 220,          /**< Machine is not on the network. */
    XSOCK_ENOPKG = 221,          /**< Package not installed. */
    XSOCK_EREMOTE = 222,         /**< Object is remote. */
    XSOCK_ECOMM = 225,           /**< Communication error on send. */
    XSOCK_ENOTUNIQ = 227,        /**< Name not unique on the network. */
    XSOCK_EBADFD = 228,          /**< Descriptor in a bad state. */
    XSOCK_EUSERS = 237,          /**< Too many users. */
    XSOCK_ESOCKTNOSUPPORT = 238, /**< Socket type not supported. */
    XSOCK_EPFNOSUPPORT = 239,    /**< Protocol family not supported. */
    XSOCK_ETOOMANYREFS = 240,    /**< Too many references. */
    XSOCK_EHOSTDOWN = 241,       /**< Host is down. */
    XSOCK_EREMOTEIO = 246,       /**< Remote input or output error. */
    XSOCK_ENOKEY = 249,          /**< Required key not available. */
    XSOCK_EKEYEXPIRED = 250,     /**< Key has expired. */
    XSOCK_EKEYREVOKED = 251,     /**< Key has been revoked. */
    XSOCK_EKEYREJECTED = 252,    /**< Key was rejected. */
    XSOCK_ERFKILL = 253,         /**< Radio is switched off. */

    /* Resolving names (RFC 3493, section 6.1) */
    XSOCK_EAI_ADDRFAMILY = 1001, /**< Host has no address in this family. */
    XSOCK_EAI_AGAIN = 1002,      /**< Name resolution failed for now; try again. */
    XSOCK_EAI_BADFLAGS = 1003,   /**< Invalid flags for name resolution. */
    XSOCK_EAI_FAIL = 1004,       /**< Name resolution failed for good. */
    XSOCK_EAI_FAMILY = 1005,     /**< Address family not supported in name resolution. */
    XSOCK_EAI_MEMORY = 1006,     /**< Out of memory in name resolution. */
    XSOCK_EAI_NODATA = 1007,     /**< Host has no address. */
    XSOCK_EAI_NONAME = 1008,     /**< Unknown host or service. */
    XSOCK_EAI_OVERFLOW = 1009,   /**< Name too long for the buffer. */
    XSOCK_EAI_SERVICE = 1010,    /**< Service not available for this socket type. */
    XSOCK_EAI_SOCKTYPE = 1011,   /**< Socket type not supported in name resolution. */
    XSOCK_EAI_SYSTEM = 1012,     /**< System error in name resolution. */

    /* Winsock's start-up, its providers and its quality-of-service reports */
    XSOCK_ESYSNOTREADY = 1091,        /**< Network subsystem not ready. */
    XSOCK_EVERNOTSUPPORTED = 1092,    /**< Winsock version not supported. */
    XSOCK_ENOTINITIALISED = 1093,     /**< Winsock not started. */
    XSOCK_EINVALIDPROCTABLE = 1104,   /**< Socket provider has an invalid procedure table. */
    XSOCK_EINVALIDPROVIDER = 1105,    /**< Socket provider has an invalid version. */
    XSOCK_EPROVIDERFAILEDINIT = 1106, /**< Socket provider failed to initialise. */
    XSOCK_ESYSCALLFAILURE = 1107      /**< System call of a socket provider failed. */
};

/**
 * Describes an error in one English sentence. Async-signal-safe.
 *
 * @param[in] error An error, positive or negative. 0 is "Success".
 * @return A constant text, never NULL. For a number that is not an error the text says that.
 *
 * @par Blocking
 * The call does not block.
 * @par Examples
 * @code{.c}
 * int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
 * if (d < 0)
 *     printf("cannot open a socket: %s (%s)\n", xsock_strerror(d), xsock_errname(d));
 * else
 *     xsock_close(d);
 * @endcode
 * @since 0.1
 */
XSOCK_API const char *xsock_strerror(int error);

/**
 * Names an error: "EAGAIN". Async-signal-safe.
 *
 * @param[in] error An error, positive or negative. 0 is "SUCCESS".
 * @return A constant text, or NULL if the number is not an error. The names of EWOULDBLOCK and
 *     EOPNOTSUPP are "EAGAIN" and "ENOTSUP".
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const char *xsock_errname(int error);

/**
 * Finds an error by its name. Async-signal-safe.
 *
 * @param[in] name The name, "EAGAIN" or "XSOCK_EAGAIN". EWOULDBLOCK and EOPNOTSUPP are known too.
 * @return The error, a positive number.
 * @retval -XSOCK_EFAULT `name` is NULL.
 * @retval -XSOCK_ENOENT No error has this name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_errnumber(const char *name);

/**
 * Returns the system's own code of the last call that failed in this thread because the system
 * refused. Async-signal-safe.
 *
 * A success, and an error that xsock found itself, leave the code as it was. Reading XSOCK_SO_ERROR
 * sets the code to the one of the error that was read.
 *
 * @return An errno, or a Winsock or Win32 code. 0 if no call of this thread has failed in the
 *     system.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_oserror(void);

/**
 * Converts a code of this system to an error. Async-signal-safe.
 *
 * @param[in] code An errno, or on Windows a Winsock or Win32 code.
 * @return The error, a negative number. 0 if `code` is 0.
 * @retval -XSOCK_EUNKNOWN No row names this code. (Any other error may be the answer, too.)
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_error_from_os(int64_t code);

/**
 * Converts an error to a code of this system, the way back of xsock_error_from_os(). If several
 * codes stand for the error, the call returns the most usual one. Async-signal-safe.
 *
 * @param[in] error The number of an error, of either sign.
 * @return An errno, or on Windows a Winsock or Win32 code. xsock_error_from_os() gives the error
 *     for this code. 0 if `error` is 0.
 * @retval -XSOCK_EINVAL No code of this system stands for the error. (Always so for
 *     XSOCK_EUNKNOWN.)
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Each system lacks some errors. Windows has no code for the errors that its sockets never give.
 * POSIX systems have none for the errors above 1000.
 * @since 0.1
 */
XSOCK_API int xsock_error_to_os(int error);

/**
 * Converts a Winsock or Win32 code to an error, on every system.
 *
 * @param[in] code A Winsock or Win32 code.
 * @return The error, a negative number. 0 if `code` is 0.
 * @retval -XSOCK_EUNKNOWN No row names this code. (Any other error may be the answer, too.)
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_error_from_winsock(int64_t code);

/** @} */

/**
 * @defgroup xsock_life Opening and closing
 * Descriptors are small numbers, as in POSIX. 0, 1 and 2 are taken to be the standard streams; the
 * first descriptor is 3. Each new descriptor is the lowest number that is free, also if threads
 * race.
 *
 * A descriptor (its number, CLOEXEC, and a handle of the system) refers to an open socket (its
 * family, type and NONBLOCK). Duplicates of a descriptor share the open socket.
 * @{
 */

/**
 * Opens a socket.
 *
 * The result for any three integers is the same on every system. If the system lacks a family, type
 * or protocol, the call fails with the error listed for it below. The errors are checked in the
 * order of the list. INET6 sockets are dual-stack.
 *
 * @param[in] af The family, `XSOCK_AF_...`.
 * @param[in] type The type, `XSOCK_SOCK_...`. XSOCK_SOCK_CLOEXEC and XSOCK_SOCK_NONBLOCK may be
 *     or-ed in.
 * @param[in] protocol The protocol, `XSOCK_IPPROTO_...` or another of the family. 0 is the default
 *     of the family and type.
 * @return The new descriptor, the lowest number that is free.
 * @retval -XSOCK_EINVAL `type` has unknown bits (a negative type has them), or `protocol` is
 *     negative (NETBIOS takes negative ones).
 * @retval -XSOCK_EAFNOSUPPORT `af` is unknown or UNSPEC, or this system lacks the family.
 * @retval -XSOCK_ESOCKTNOSUPPORT `type` is unknown, 0 or not of this family, or this system lacks
 *     the type in this family.
 * @retval -XSOCK_EPROTONOSUPPORT `protocol` is unknown, or not of this family and type, or this
 *     system lacks the protocol; or `protocol` is 0 and the type has no default (RAW in INET,
 *     INET6, CAN and others).
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_EACCES The program has no privilege for this socket (RAW, PACKET and others).
 * @retval -XSOCK_ESYSNOTREADY Windows: the network is not ready to be used.
 * @retval -XSOCK_EVERNOTSUPPORTED Windows: the system has no Winsock 2.2.
 * @retval -XSOCK_EPROVIDERFAILEDINIT Windows: a provider of Winsock could not start.
 * @retval -XSOCK_ENETDOWN The network is down.
 * @retval -XSOCK_EAGAIN Windows: too many programs use Winsock.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX socket().
 * @par Examples
 * @code{.c}
 * // A non-blocking UDP socket, which programs that this one starts do not inherit.
 * int d = xsock_open(XSOCK_AF_INET6,
 *                    XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, 0);
 * if (d >= 0)
 *     xsock_close(d);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_open(int af, int type, int protocol) XSOCK_MUST_USE;

/**
 * Opens two sockets that are connected to each other.
 *
 * @param[in] af The family: XSOCK_AF_LOCAL.
 * @param[in] type XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM or XSOCK_SOCK_SEQPACKET. XSOCK_SOCK_CLOEXEC
 *     and XSOCK_SOCK_NONBLOCK may be or-ed in, and hold for both sockets.
 * @param[in] protocol The protocol. 0 is the default.
 * @param[out] out The two descriptors, the lower one first. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EINVAL `type` has unknown bits (a negative type has them), or `protocol` is
 *     negative (NETBIOS takes negative ones).
 * @retval -XSOCK_EAFNOSUPPORT `af` is unknown or UNSPEC, or this system lacks the family.
 * @retval -XSOCK_ESOCKTNOSUPPORT `type` is unknown, 0 or not of this family, or this system lacks
 *     the type in this family.
 * @retval -XSOCK_EPROTONOSUPPORT `protocol` is unknown, or not of this family and type, or this
 *     system lacks the protocol; or `protocol` is 0 and the type has no default (RAW in INET,
 *     INET6, CAN and others).
 * @retval -XSOCK_EOPNOTSUPP The triple is valid, but sockets of this family and type cannot be
 *     paired.
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_EACCES The program has no privilege for this socket.
 * @retval -XSOCK_ETIMEDOUT Windows: the loopback connection did not come about within 5 seconds.
 * @retval -XSOCK_ESYSNOTREADY Windows: the network is not ready to be used.
 * @retval -XSOCK_EVERNOTSUPPORTED Windows: the system has no Winsock 2.2.
 * @retval -XSOCK_EPROVIDERFAILEDINIT Windows: a provider of Winsock could not start.
 * @retval -XSOCK_ENETDOWN The network is down.
 * @retval -XSOCK_EAGAIN Windows: too many programs use Winsock.
 *
 * @par Blocking
 * The call does not block, except on Windows, where it may wait up to 5 seconds for the loopback
 * connection.
 * @par Portability
 * LOCAL STREAM and LOCAL DGRAM work on every system. LOCAL SEQPACKET works if the system has it. A
 * system without LOCAL sockets (Windows) uses a loopback connection whose two ends make sure of
 * each other; its datagrams are UDP's: they hold 65,507 bytes at most, and are lost if the
 * receiver's buffer is full. Such ends keep their peer: xsock_connect() gives EISCONN.
 * @par Standards
 * POSIX socketpair().
 * @par Examples
 * @code{.c}
 * int ends[2];
 * char byte;
 * if (xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, ends) == 0) {
 *     xsock_send(ends[0], "!", 1, 0);
 *     xsock_recv(ends[1], &byte, 1, 0);
 *     xsock_close(ends[0]);
 *     xsock_close(ends[1]);
 * }
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_pair(int af, int type, int protocol, int out[2]);

/**
 * Makes a second descriptor of the same socket, with a system handle of its own.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] min The new number is the lowest free one that is >= `min`.
 * @param[in] flags XSOCK_SOCK_CLOEXEC or 0. NONBLOCK is shared by both descriptors.
 * @return The new descriptor.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a number that xsock_reserve() (xsock_native.h) has reserved.
 * @retval -XSOCK_EINVAL `min` is negative or not below the limit (xsock_get_limit()), `flags` has
 *     unknown bits, or `d` is a poller or a look-up.
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX fcntl() with F_DUPFD and F_DUPFD_CLOEXEC.
 * @since 0.1
 */
XSOCK_API int xsock_dup(int d, int min, int flags) XSOCK_MUST_USE;

/**
 * Makes `to` a descriptor of the same socket as `d`, and closes first what `to` was. Both happen as
 * one step: no other thread can get the number in between. If `d` and `to` are the same number,
 * nothing is changed.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] to The number of the second descriptor.
 * @param[in] flags XSOCK_SOCK_CLOEXEC or 0.
 * @return `to`.
 * @retval -XSOCK_EBADF `d` is not open, or `to` is below 3 or not below the limit
 *     (xsock_get_limit()).
 * @retval -XSOCK_ENOTSOCK `d` is a number that xsock_reserve() (xsock_native.h) has reserved.
 * @retval -XSOCK_EBUSY Another thread is in the middle of opening `to`, or `to` is reserved
 *     (xsock_reserve(), xsock_native.h).
 * @retval -XSOCK_EINVAL `flags` has unknown bits, or `d` is a poller or a look-up.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached. `to` stays open.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached. `to` stays open.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket. `to` stays open.
 * @retval -XSOCK_ENOMEM There is not enough memory. `to` stays open.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX dup3().
 * @since 0.1
 */
XSOCK_API int xsock_dup2(int d, int to, int flags);

/**
 * Closes a descriptor. Its number is free at once. The system's handle, and with it a port, is free
 * when the last call that uses the descriptor has returned. Calls that wait in the descriptor
 * return ECANCELED.
 *
 * @param[in] d The descriptor of a socket or of a poller.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open. 0, 1 and 2 never are.
 * @retval -XSOCK_EBUSY `d` is a number that xsock_reserve() (xsock_native.h) has reserved.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX close().
 * @since 0.1
 */
XSOCK_API int xsock_close(int d);

/**
 * Returns the flags of a descriptor.
 *
 * @param[in] d The descriptor of a socket or of a poller.
 * @return XSOCK_SOCK_CLOEXEC and XSOCK_SOCK_NONBLOCK, or-ed, or 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a number that xsock_reserve() (xsock_native.h) has reserved.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX fcntl() with F_GETFD and F_GETFL.
 * @since 0.1
 */
XSOCK_API int xsock_get_flags(int d);

/**
 * Sets both flags of a descriptor: a flag that is not in `flags` is cleared. NONBLOCK holds for all
 * duplicates of the descriptor.
 *
 * @param[in] d The descriptor of a socket or of a poller.
 * @param[in] flags XSOCK_SOCK_CLOEXEC and XSOCK_SOCK_NONBLOCK, or-ed, or 0.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a number that xsock_reserve() (xsock_native.h) has reserved.
 * @retval -XSOCK_EINVAL `flags` has unknown bits, or has NONBLOCK and `d` is a poller or a look-up.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX fcntl() with F_SETFD and F_SETFL.
 * @par Examples
 * @code{.c}
 * int d = xsock_connect_host("localhost", "80", -1);
 * if (d >= 0) {
 *     xsock_set_flags(d, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
 *     xsock_close(d);
 * }
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_set_flags(int d, int flags);

/**
 * Returns the limit of descriptors: one more than the highest number that a descriptor may get. The
 * limit is 2^24 unless the program has set another. Memory follows use, not the limit.
 *
 * @return The limit.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_get_limit(void);

/**
 * Sets the limit of descriptors: one more than the highest number that a descriptor may get.
 *
 * @param[in] limit The new limit.
 * @return 0.
 * @retval -XSOCK_EINVAL `limit` is below 3, or not above every descriptor that is open.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_set_limit(int limit);

/** @} */

/** @defgroup xsock_discovery Discovery
 * What this system has.
 * @{ */

/**
 * Tells which error xsock_open() would give for a triple, here and now. The call uses no
 * descriptor: a full table gives no error. The system is asked once which families and types it
 * has, and the answer is kept. Asking takes a handle for a moment.
 *
 * @param[in] af The family, as for xsock_open().
 * @param[in] type The type and its flags, as for xsock_open().
 * @param[in] protocol The protocol, as for xsock_open().
 * @return 0 if xsock_open() would open a socket.
 * @retval -XSOCK_EINVAL `type` has unknown bits (a negative type has them), or `protocol` is
 *     negative (NETBIOS takes negative ones).
 * @retval -XSOCK_EAFNOSUPPORT `af` is unknown or UNSPEC, or this system lacks the family.
 * @retval -XSOCK_ESOCKTNOSUPPORT `type` is unknown, 0 or not of this family, or this system lacks
 *     the type in this family.
 * @retval -XSOCK_EPROTONOSUPPORT `protocol` is unknown, or not of this family and type, or this
 *     system lacks the protocol; or `protocol` is 0 and the type has no default (RAW in INET,
 *     INET6, CAN and others).
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_EACCES The program has no privilege for this socket (RAW, PACKET and others).
 * @retval -XSOCK_ESYSNOTREADY Windows: the network is not ready to be used.
 * @retval -XSOCK_EVERNOTSUPPORTED Windows: the system has no Winsock 2.2.
 * @retval -XSOCK_EPROVIDERFAILEDINIT Windows: a provider of Winsock could not start.
 * @retval -XSOCK_ENETDOWN The network is down.
 * @retval -XSOCK_EAGAIN Windows: too many programs use Winsock.
 *
 * @par Blocking
 * The call does not block.
 * @par Examples
 * @code{.c}
 * if (xsock_probe(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0) == -XSOCK_EAFNOSUPPORT)
 *     printf("this system has no LOCAL sockets\n");
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_probe(int af, int type, int protocol);

/** A row of the truth table, as xsock_catalog() tells it. */
struct xsock_triple {
    int af;                    /**< The family, `XSOCK_AF_...`. */
    int type;                  /**< The type, `XSOCK_SOCK_...`. */
    int protocol;              /**< The protocol. */
    int status;                /**< The result of xsock_probe(): 0 or a negative error. */
    const char *af_name;       /**< The name of the family: "inet". */
    const char *type_name;     /**< The name of the type: "stream". */
    const char *protocol_name; /**< "tcp", or "-" if the only protocol of the family has no name. */
    bool is_default;           /**< Protocol 0 is this protocol. */
};

/**
 * The callback of xsock_catalog(). It may call any function of this library, and an exception may
 * leave it.
 *
 * @param[in] triple The row. It is valid during the call. The names in it are constant.
 * @param[in] user What xsock_catalog() was given.
 * @return 0 to go on, any other number to stop.
 *
 * @since 0.1
 */
typedef int xsock_catalog_fn(const struct xsock_triple *triple, void *user);

/**
 * Calls `fn` for each family, type and protocol of the truth table, in the order of their numbers.
 * If a type takes a range of protocols (RAW), `fn` is called for those that have a name.
 *
 * @param[in] fn The callback.
 * @param[in] user Given to the callback.
 * @return How many times `fn` was called.
 * @retval -XSOCK_EFAULT `fn` is NULL.
 *
 * @par Blocking
 * The call does not block, but the system takes a moment: each valid triple is opened and closed.
 * @par Examples
 * @code{.c}
 * #include "xsock.h"
 * #include <stdio.h>
 *
 * static int show(const struct xsock_triple *t, void *user)
 * {
 *     (void)user;
 *     if (t->status == 0)
 *         printf("%s %s %s\n", t->af_name, t->type_name, t->protocol_name);
 *     return 0;
 * }
 *
 * int main(void)
 * {
 *     return xsock_catalog(show, NULL) < 0;
 * }
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_catalog(xsock_catalog_fn *fn, void *user);

/**
 * @name Names of numbers
 * Names are lower case: "inet6", "seqpacket", "udplite". The look-ups by name take upper case too,
 * and the usual prefixes: "AF_INET6", "PF_INET6", "SOCK_DGRAM", "IPPROTO_UDP", "BTPROTO_RFCOMM",
 * with or without "XSOCK_". All these calls are async-signal-safe.
 * @{
 */

/**
 * Names a family.
 *
 * @param[in] af The family, `XSOCK_AF_...`.
 * @return A constant text, or NULL if the number has no name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const char *xsock_family_name(int af);

/**
 * Finds a family by its name.
 *
 * @param[in] name The name, in either case.
 * @return The family, `XSOCK_AF_...`.
 * @retval -XSOCK_EFAULT `name` is NULL.
 * @retval -XSOCK_ENOENT No family has this name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_family_number(const char *name);

/**
 * Names a type.
 *
 * @param[in] type The type, `XSOCK_SOCK_...`.
 * @return A constant text, or NULL if the number has no name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const char *xsock_type_name(int type);

/**
 * Finds a type by its name.
 *
 * @param[in] name The name, in either case.
 * @return The type, `XSOCK_SOCK_...`.
 * @retval -XSOCK_EFAULT `name` is NULL.
 * @retval -XSOCK_ENOENT No type has this name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_type_number(const char *name);

/**
 * Names a protocol of a family.
 *
 * @param[in] af The family, `XSOCK_AF_...`.
 * @param[in] protocol The protocol.
 * @return A constant text, or NULL if the number has no name in this family. 0 is "default" if 0 is
 *     not a protocol of the family.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const char *xsock_protocol_name(int af, int protocol);

/**
 * Finds a protocol of a family by its name.
 *
 * @param[in] af The family, `XSOCK_AF_...`.
 * @param[in] name The name, in either case.
 * @return The protocol.
 * @retval -XSOCK_EFAULT `name` is NULL.
 * @retval -XSOCK_ENOENT The family has no protocol of this name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_protocol_number(int af, const char *name);

/** @} */
/** @} */

/** @defgroup xsock_addresses Addresses
 * Addresses as values and as text, and the interfaces of this machine.
 * @{ */

/** Sizes of an address. */
enum xsock_addr_size {
    XSOCK_ADDR_DATA = 128,     /**< The bytes of address that a struct xsock_addr can hold. */
    XSOCK_ADDR_TEXT_SIZE = 400 /**< A buffer of this size holds any address as text and its NUL. */
};

/** Numbers for families that xsock has no number for. An address has the system's number plus
 * XSOCK_AF_NATIVE. */
enum xsock_native_family {
    XSOCK_AF_NATIVE = 0x10000,     /**< The first of these numbers. */
    XSOCK_AF_NATIVE_LAST = 0x1ffff /**< The last of these numbers. */
};

/**
 * An address of any family. An address is plain bytes and may be copied freely. Begin with zeros,
 * `struct xsock_addr a = {0}`: a field that the family does not use must be 0. Ports are in host
 * order. UNSPEC with length 0 means "no address".
 *
 * | Family | port    | flow                 | scope      | length | data                         |
 * |--------|---------|----------------------|------------|--------|------------------------------|
 * | INET   | 0-65535 | 0                    | 0          | 4      | the address in network order |
 * | INET6  | 0-65535 | class and flow label | zone index | 16     | the address in network order |
 * | LOCAL  | 0       | 0                    | 0          | 0-128  | a path without a NUL         |
 * | VSOCK  | 32 bits | flags, 8 bits        | 0          | 4      | the CID, highest byte first  |
 * | others | 0       | 0                    | 0          | 0-128  | the system's sockaddr        |
 *
 * - INET6: flow is in host order. The flow label is its low 20 bits, and the traffic class stands
 *   above.
 * - LOCAL: length 0 means unnamed. If the first byte is 0, the bytes after it are an abstract name,
 *   and may be zeros too (Linux).
 * - Others: data are the bytes of the system's sockaddr that follow its family.
 *
 * @par Standards
 * RFC 4291 (IPv6 addresses), RFC 4007 (zones).
 */
struct xsock_addr {
    int family;                    /**< `XSOCK_AF_...`. */
    uint32_t port;                 /**< The port, in host order. */
    uint32_t flow;                 /**< INET6: the traffic class and flow label. VSOCK: flags. */
    uint32_t scope;                /**< INET6: the index of the zone's interface. */
    uint32_t length;               /**< The bytes of `data` that are used. */
    uint8_t data[XSOCK_ADDR_DATA]; /**< The address, or the path. */
};

/**
 * Reads an address from text. The whole text must be the address. The port is 0 if the text has
 * none.
 *
 * | Text                              | Meaning                                              |
 * |-----------------------------------|------------------------------------------------------|
 * | `127.0.0.1:80`, `127.0.0.1`       | INET: four decimal numbers                           |
 * | `[::1]:80`, `[::1]`, `::1`        | INET6: a port needs brackets, and `::1:80` has none  |
 * | `[fe80::1%eth0]:80`, `fe80::1%2`  | INET6 with a zone: an interface's name or index      |
 * | `unix:/run/a.sock`, `unix:a.sock` | LOCAL: a path                                        |
 * | `unix:@name`, `unix:`             | LOCAL: an abstract name; unnamed                     |
 * | `vsock:2:1024`                    | VSOCK: CID and port, 32 bits each                    |
 * | `netlink:0000d204000000000000`    | others: a family's name and the bytes in hexadecimal |
 * | `af65545:00ff`                    | families without a name: XSOCK_AF_NATIVE and up      |
 *
 * The reader is strict. Decimal numbers have no sign and no leading zero (010.0.0.1 is 8.0.0.1 to
 * some programs and 10.0.0.1 to others), there are no spaces, and host names are not resolved. In a
 * LOCAL name `%XX` is the byte with that hexadecimal value: `%25` is a `%`, and `%40` an `@` that
 * begins a path.
 *
 * @param[in] text The text, NUL-terminated.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT An argument is NULL.
 * @retval -XSOCK_EINVAL `text` is not an address.
 * @retval -XSOCK_ENODEV No interface has the name of the zone.
 * @retval -XSOCK_ENAMETOOLONG A LOCAL name has more than XSOCK_ADDR_DATA bytes.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached, and the name of a zone
 *     cannot be looked up.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached, and the name of a zone
 *     cannot be looked up.
 * @retval -XSOCK_ENOMEM There is not enough memory to look up the name of a zone.
 *
 * @par Blocking
 * The call does not block, but the system takes a moment to look up the name of a zone.
 * @par Portability
 * Systems take shorter LOCAL names than this call: 108 bytes on Linux and Windows, 104 on FreeBSD
 * and macOS.
 * @par Standards
 * RFC 4291, section 2.2 (all forms of IPv6 addresses); RFC 3986 (brackets); RFC 4007, section 11
 * (zones).
 * @par Examples
 * @code{.c}
 * struct xsock_addr a;
 * if (xsock_addr_parse("[2001:db8::1]:443", &a) == 0)
 *     printf("port %u\n", (unsigned)a.port);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_addr_parse(const char *text, struct xsock_addr *out);

/**
 * Writes an address as text that xsock_addr_parse() reads back, NUL-terminated. The port is always
 * written. The flow has no text form, and is left out.
 *
 * INET6 addresses are lower case; the first longest run of zeros is `::`, and IPv4-mapped addresses
 * (RFC 4291, section 2.5.5.2) end in the dotted form. A zone is written by name if the interface
 * has one, otherwise by index. In LOCAL names `%`, control characters, zeros, and an `@` that
 * begins a path are written as `%XX`.
 *
 * @param[in] a The address.
 * @param[out] buf The text. Unchanged on failure. May be NULL if `len` is 0.
 * @param[in] len The size of `buf`. XSOCK_ADDR_TEXT_SIZE is always enough. 0: only the length is
 *     wanted.
 * @return The length of the text, without the NUL.
 * @retval -XSOCK_EFAULT `a` is NULL, or `buf` is NULL and `len` is not 0.
 * @retval -XSOCK_EAFNOSUPPORT The family of `a` is not a number of xsock.
 * @retval -XSOCK_EINVAL `a` is malformed: its length or another field is not as the table of struct
 *     xsock_addr says, or a path has a zero in it.
 * @retval -XSOCK_ENOSPC The text and its NUL need more than `len` bytes.
 *
 * @par Blocking
 * The call does not block, but the system takes a moment to look up the name of a zone.
 * @par Standards
 * RFC 5952 (IPv6 addresses as text).
 * @par Examples
 * @code{.c}
 * struct xsock_addr a;
 * char text[XSOCK_ADDR_TEXT_SIZE];
 * if (xsock_addr_loopback(XSOCK_AF_INET6, 80, &a) == 0
 *     && xsock_addr_format(&a, text, sizeof text) > 0)
 *     printf("%s\n", text); // [::1]:80
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_addr_format(const struct xsock_addr *a, char *buf, size_t len)
    XSOCK_WRITES(2, 3);

/**
 * Tells whether two addresses are the same in every field and byte. Bytes of data beyond the length
 * do not count. Async-signal-safe.
 *
 * @param[in] a An address.
 * @param[in] b Another address.
 * @return true if the addresses are the same. false if one is NULL or has a length over
 *     XSOCK_ADDR_DATA.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API bool xsock_addr_equal(const struct xsock_addr *a, const struct xsock_addr *b);

/**
 * Makes an INET address from four bytes.
 *
 * @param[in] ip The address in network order: 127, 0, 0, 1 is 127.0.0.1.
 * @param[in] port The port, 0 to 65535, in host order.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT An argument is NULL.
 * @retval -XSOCK_EINVAL `port` is over 65535.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_addr_inet(const uint8_t ip[4], uint32_t port, struct xsock_addr *out);

/**
 * Makes an INET6 address from sixteen bytes. The flow is 0.
 *
 * @param[in] ip The address in network order.
 * @param[in] port The port, 0 to 65535, in host order.
 * @param[in] scope The index of the zone's interface. 0: the address has no zone.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT An argument is NULL.
 * @retval -XSOCK_EINVAL `port` is over 65535.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_addr_inet6(const uint8_t ip[16], uint32_t port, uint32_t scope,
                               struct xsock_addr *out);

/**
 * Makes the address to bind to for every address of this machine: 0.0.0.0 or `::`. An INET6 socket
 * that is bound to `::` also takes IPv4 unless XSOCK_SO_ONLYV6 is set, except on OpenBSD.
 *
 * @param[in] af XSOCK_AF_INET or XSOCK_AF_INET6.
 * @param[in] port The port, 0 to 65535, in host order.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EAFNOSUPPORT `af` is another family.
 * @retval -XSOCK_EINVAL `port` is over 65535.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_addr_any(int af, uint32_t port, struct xsock_addr *out);

/**
 * Makes the address by which this machine reaches itself: 127.0.0.1 or `::1`.
 *
 * @param[in] af XSOCK_AF_INET or XSOCK_AF_INET6.
 * @param[in] port The port, 0 to 65535, in host order.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EAFNOSUPPORT `af` is another family.
 * @retval -XSOCK_EINVAL `port` is over 65535.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_addr_loopback(int af, uint32_t port, struct xsock_addr *out);

/**
 * Makes a LOCAL address from a path. xsock_addr_parse() also makes unnamed and abstract ones.
 *
 * @param[in] path The path, NUL-terminated.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT An argument is NULL.
 * @retval -XSOCK_EINVAL `path` is empty.
 * @retval -XSOCK_ENAMETOOLONG `path` has more than XSOCK_ADDR_DATA bytes.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Systems take shorter paths than this call: 108 bytes on Linux and Windows, 104 on FreeBSD and
 * macOS.
 * @since 0.1
 */
XSOCK_API int xsock_addr_local(const char *path, struct xsock_addr *out);

/**
 * Tells whether an address means every address of this machine: 0.0.0.0, `::`, or 0.0.0.0 mapped to
 * IPv6. Async-signal-safe.
 *
 * @param[in] a The address.
 * @return true if the address is one of these. false for other families, and if `a` is NULL or
 *     malformed.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API bool xsock_addr_is_any(const struct xsock_addr *a);

/**
 * Tells whether an address is a loopback address: 127.0.0.0 to 127.255.255.255, `::1`, or such an
 * IPv4 address mapped to IPv6. Async-signal-safe.
 *
 * @param[in] a The address.
 * @return true if the address is one of these. false for other families, and if `a` is NULL or
 *     malformed.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3.
 * @since 0.1
 */
XSOCK_API bool xsock_addr_is_loopback(const struct xsock_addr *a);

/**
 * Tells whether an address is a multicast group: 224.0.0.0 to 239.255.255.255, an IPv6 address that
 * begins with ff, or such an IPv4 address mapped to IPv6. Async-signal-safe.
 *
 * @param[in] a The address.
 * @return true if the address is one of these. false for other families, and if `a` is NULL or
 *     malformed.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * RFC 1112, section 4; RFC 4291, section 2.7.
 * @since 0.1
 */
XSOCK_API bool xsock_addr_is_multicast(const struct xsock_addr *a);

/** What an interface is. */
enum xsock_interface_flag {
    XSOCK_IF_UP = 1,           /**< Ready to send and receive. */
    XSOCK_IF_LOOPBACK = 2,     /**< A loopback interface. */
    XSOCK_IF_MULTICAST = 4,    /**< Can multicast. */
    XSOCK_IF_BROADCAST = 8,    /**< Can broadcast. Windows does not tell. */
    XSOCK_IF_POINTTOPOINT = 16 /**< Has one peer. */
};

/** An address of an interface. */
struct xsock_interface_addr {
    /** INET or INET6, port 0. A link-local address has the interface as its scope. */
    struct xsock_addr addr;
    uint32_t prefix_length; /**< Of the network, in bits: the ones that its netmask begins with. */
};

/** A network interface. */
struct xsock_interface {
    /** The name in a zone: "eth0". On Windows the short name: "ethernet_32769". */
    const char *name;
    /** The name for people, in UTF-8: "Ethernet 2" on Windows, otherwise `name`. */
    const char *label;
    uint32_t index;                           /**< The index, as in a scope. Never 0. */
    uint32_t flags;                           /**< `XSOCK_IF_...`, or-ed. */
    const struct xsock_interface_addr *addrs; /**< The addresses. */
    size_t addr_count;                        /**< The number of addresses. */
    uint32_t hardware_length; /**< The bytes of `hardware`. 0: none, or the system does not tell. */
    uint8_t hardware[32];     /**< The address of the link layer: 6 bytes for Ethernet. */
};

/**
 * The callback of xsock_interfaces(). It may call any function of this library.
 *
 * @param[in] iface The interface. It and what it points to are valid during the call.
 * @param[in] user What xsock_interfaces() was given.
 * @return 0 to go on, any other number to stop.
 *
 * @since 0.1
 */
typedef int xsock_interface_fn(const struct xsock_interface *iface, void *user);

/**
 * Calls `fn` once for each network interface and its addresses, whether the interface is up or not.
 *
 * @param[in] fn The callback.
 * @param[in] user Given to the callback.
 * @return How many times `fn` was called.
 * @retval -XSOCK_EFAULT `fn` is NULL.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for the answer.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_EACCES The system does not tell this program.
 * @retval -XSOCK_EPERM The system does not tell this program.
 *
 * @par Blocking
 * The call does not block, but the system takes a moment to answer.
 * @since 0.1
 */
XSOCK_API int xsock_interfaces(xsock_interface_fn *fn, void *user);

/** @} */

/**
 * @defgroup xsock_endpoints Endpoints
 * Who talks to whom. The options XSOCK_SO_ACCPTIMEO and XSOCK_SO_CONNTIMEO limit how long these
 * calls block.
 * @{
 */

/**
 * Gives a socket its local address.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] a The address. If its port is 0, the system chooses a port.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `a` is NULL.
 * @retval -XSOCK_EINVAL `a` is malformed, or the socket has an address already.
 * @retval -XSOCK_EAFNOSUPPORT The family of `a` is not the socket's.
 * @retval -XSOCK_EADDRINUSE Another socket has the address.
 * @retval -XSOCK_EADDRNOTAVAIL `a` is not an address of this machine, or no port is left.
 * @retval -XSOCK_EACCES The program may not use the port (below 1024, without privilege) or may not
 *     write the path.
 * @retval -XSOCK_ENOENT LOCAL: a folder of the path does not exist.
 * @retval -XSOCK_ENOTDIR LOCAL: a part of the path is not a folder.
 * @retval -XSOCK_ENAMETOOLONG LOCAL: the path is longer than the system takes.
 * @retval -XSOCK_ELOOP LOCAL: the path goes through too many symbolic links.
 * @retval -XSOCK_EROFS LOCAL: the path is on a file system that cannot be written.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * On no system can two listeners share a port by accident, or by XSOCK_SO_REUSEADDR alone. Windows
 * binds no socket to a multicast group. A datagram socket gets the port at all addresses instead,
 * and also receives what is sent to them.
 * @par Standards
 * POSIX bind().
 * @par Examples
 * @code{.c}
 * struct xsock_addr a;
 * int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
 * if (d >= 0 && xsock_addr_any(XSOCK_AF_INET, 5353, &a) == 0)
 *     xsock_bind(d, &a);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_bind(int d, const struct xsock_addr *a);

/**
 * Makes a socket accept connections. A socket without an address gets one first. If the socket
 * listens already, the call changes the backlog.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] backlog A hint for how many connections may be queued. Values below 1 mean the
 *     system's minimum, values above its maximum mean the maximum.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EOPNOTSUPP Sockets of this type cannot listen.
 * @retval -XSOCK_EINVAL The socket is connected.
 * @retval -XSOCK_EADDRINUSE Another socket listens at the address, or no port is left.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX listen().
 * @since 0.1
 */
XSOCK_API int xsock_listen(int d, int backlog);

/**
 * Takes the next connection of a listener. The number of the new descriptor is reserved before each
 * try, so that EMFILE loses no connection. A call that waits holds no number. A connection that
 * ended before it was accepted is passed over.
 *
 * @param[in] d The descriptor of a socket that listens.
 * @param[in] flags The flags of the new descriptor: XSOCK_SOCK_CLOEXEC and XSOCK_SOCK_NONBLOCK,
 *     or-ed, or 0. It does not have the listener's flags.
 * @param[out] out_peer The address of the other end. May be NULL.
 * @return The new descriptor.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL The socket does not listen, or xsock_shutdown() has ended receiving, or
 *     `flags` has unknown bits.
 * @retval -XSOCK_EOPNOTSUPP Sockets of this type cannot listen.
 * @retval -XSOCK_EAGAIN No connection is pending and the socket is NONBLOCK, or XSOCK_SO_ACCPTIMEO
 *     has passed.
 * @retval -XSOCK_EMFILE A connection is pending, and the limit of xsock's table or the process's
 *     limit of open handles is reached. The connection stays.
 * @retval -XSOCK_ENFILE A connection is pending, and the system's limit of open handles is reached.
 *     The connection stays.
 * @retval -XSOCK_ENOBUFS A connection is pending, and the system has no buffer left for a socket.
 *     The connection stays.
 * @retval -XSOCK_ENOMEM There is not enough memory. The connection stays.
 * @retval -XSOCK_ETIMEDOUT The deadline of receiving has passed (xsock_set_deadline()).
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until there is a connection.
 * @par Portability
 * Options that the new socket takes over from the listener differ from system to system.
 * @par Standards
 * POSIX accept4().
 * @par Examples
 * @code{.c}
 * struct xsock_addr peer;
 * char text[XSOCK_ADDR_TEXT_SIZE];
 * int listener = xsock_listen_host(NULL, "7777", 128);
 * int d = listener < 0 ? listener : xsock_accept(listener, XSOCK_SOCK_CLOEXEC, &peer);
 * if (d >= 0 && xsock_addr_format(&peer, text, sizeof text) > 0)
 *     printf("a connection from %s\n", text);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_accept(int d, int flags, struct xsock_addr *out_peer) XSOCK_MUST_USE;

/**
 * Connects a socket to a peer. For datagrams it sets where they go to and come from. A family of
 * UNSPEC removes the peer of a datagram socket. The unspecified address (`0.0.0.0`, `::`) means
 * this machine.
 *
 * After EINPROGRESS the socket is writable when the attempt is over. Then xsock_connect_result()
 * tells how the attempt ended. Reading XSOCK_SO_ERROR with xsock_get_opt_size(), another
 * xsock_connect(), or a call that sends or receives, tells an error once.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] a The address of the peer.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `a` is NULL.
 * @retval -XSOCK_EINVAL `a` is malformed, or is an unnamed LOCAL address.
 * @retval -XSOCK_EAFNOSUPPORT The family of `a` is not the socket's.
 * @retval -XSOCK_EINPROGRESS The socket is NONBLOCK, or became so while the call waited, and the
 *     attempt goes on.
 * @retval -XSOCK_EALREADY An earlier attempt still goes on.
 * @retval -XSOCK_EISCONN The socket is connected.
 * @retval -XSOCK_EOPNOTSUPP The socket listens.
 * @retval -XSOCK_ECONNREFUSED Nobody listens at the address.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_EAGAIN LOCAL: the socket is NONBLOCK and the listener's backlog is full.
 * @retval -XSOCK_ETIMEDOUT The system gave the attempt up, or XSOCK_SO_CONNTIMEO or the deadline of
 *     sending (xsock_set_deadline()) has passed (close the socket then, as the attempt may go on).
 * @retval -XSOCK_ENETUNREACH There is no route to the peer's network.
 * @retval -XSOCK_EHOSTUNREACH There is no route to the peer.
 * @retval -XSOCK_EADDRNOTAVAIL No port is left, or the address cannot be reached from here.
 * @retval -XSOCK_EACCES The system forbids the attempt. Broadcast addresses need
 *     XSOCK_SO_BROADCAST.
 * @retval -XSOCK_EPROTOTYPE LOCAL: the socket at the path is of another type.
 * @retval -XSOCK_ENOENT LOCAL: nothing is at the path.
 * @retval -XSOCK_ENOTDIR LOCAL: a part of the path is not a folder.
 * @retval -XSOCK_ENAMETOOLONG LOCAL: the path is longer than the system takes.
 * @retval -XSOCK_ELOOP LOCAL: the path goes through too many symbolic links.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until a stream is connected. For datagrams the call does not block.
 * @par Standards
 * POSIX connect().
 * @par Portability
 * On Windows a listener of the same machine refuses while its backlog is full. Then a call that may
 * block tries again for half a second, and a NONBLOCK socket is refused. Nobody has port 0. Linux
 * refuses a stream that connects to it (ECONNREFUSED), and lets a datagram socket connect. BSD and
 * Windows give EADDRNOTAVAIL for both.
 * @par Examples
 * @code{.c}
 * // Begins to connect, waits for at most a second, and asks how it ended.
 * struct xsock_addr a;
 * int d = xsock_open(XSOCK_AF_INET,
 *                    XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, 0);
 * int rc = xsock_addr_loopback(XSOCK_AF_INET, 7777, &a);
 * if (rc == 0)
 *     rc = xsock_connect(d, &a);
 * if (rc == -XSOCK_EINPROGRESS) {
 *     struct xsock_pollfd p = {d, XSOCK_POLLOUT, 0};
 *     rc = xsock_poll(&p, 1, INT64_C(1000000000));
 *     if (rc > 0)
 *         rc = xsock_connect_result(d);
 *     else if (rc == 0)
 *         rc = -XSOCK_ETIMEDOUT;
 * }
 * printf("%s\n", xsock_strerror(rc));
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_connect(int d, const struct xsock_addr *a);

/**
 * Tells how the last xsock_connect() on a socket ended. The answer stays the same until the next
 * xsock_connect(), also if another call has told the error or XSOCK_SO_ERROR was read.
 *
 * If the attempt has just ended, the call takes the error off the socket, and XSOCK_SO_ERROR reads
 * as 0 from then on. Any error that the system gives for an attempt can be the answer, not only
 * those of this list.
 *
 * @param[in] d The descriptor of a socket.
 * @return 0: the attempt succeeded. The connection may have ended since.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EALREADY The attempt still goes on.
 * @retval -XSOCK_ENOTCONN No attempt was begun, or the peer of a datagram socket was removed.
 * @retval -XSOCK_ECONNREFUSED Nobody listens at the address. Or the attempt failed, and the reason
 *     was read without xsock.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The system gave the attempt up.
 * @retval -XSOCK_ENETUNREACH There is no route to the peer's network.
 * @retval -XSOCK_EHOSTUNREACH There is no route to the peer.
 * @retval -XSOCK_EADDRNOTAVAIL No port is left, or the address cannot be reached from here.
 * @retval -XSOCK_EACCES The system forbids the attempt.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * If an attempt was begun without xsock (before xsock_adopt(), by the native handle, or in a forked
 * child), the system is asked. Windows does not tell such an attempt from a stream that is only
 * bound: the call gives EALREADY for both.
 * @since 0.1
 */
XSOCK_API int xsock_connect_result(int d);

/**
 * Ends receiving, sending or both, for every descriptor of the socket. After sending was ended, the
 * peer reads to the end.
 *
 * Calls that wait are woken, also by duplicates of d. After receiving was ended, recv and its kin
 * return what has arrived, and then 0. After sending was ended, send and its kin return
 * -XSOCK_EPIPE. If receiving is ended on a listener, accept returns -XSOCK_EINVAL.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] how XSOCK_SHUT_RD, XSOCK_SHUT_WR or XSOCK_SHUT_RDWR.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL `how` is another number.
 * @retval -XSOCK_ENOTCONN The socket is not connected, and it does not listen.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * After receiving was ended on a listener, Linux refuses further connections, and xsock_listen()
 * takes them again. On other systems they wait in the queue. The end of sending holds for every
 * process that has the socket. On systems other than Linux, another process goes on receiving after
 * receiving was ended, and so does a handle that xsock_release() gave back.
 * @par Standards
 * POSIX shutdown().
 * @since 0.1
 */
XSOCK_API int xsock_shutdown(int d, int how);

/**
 * Tells a socket's own address. A socket without an address has the zeros of its family, and a
 * LOCAL one is unnamed.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out` is NULL.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX getsockname().
 * @par Examples
 * @code{.c}
 * // The port that the system has chosen.
 * struct xsock_addr a;
 * int d = xsock_listen_host("localhost", "0", 128);
 * if (d >= 0 && xsock_local_addr(d, &a) == 0)
 *     printf("listening on port %u\n", (unsigned)a.port);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_local_addr(int d, struct xsock_addr *out);

/**
 * Tells the address of a socket's peer. A LOCAL peer without an address is unnamed.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_ENOTCONN The socket has no peer.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX getpeername().
 * @since 0.1
 */
XSOCK_API int xsock_peer_addr(int d, struct xsock_addr *out);

/** Who is at the other end. */
struct xsock_cred {
    int64_t process;      /**< The process. -1: this system does not tell. */
    int64_t user;         /**< The user. -1: this system does not tell. */
    int64_t group;        /**< The group. -1: this system does not tell. */
    uint64_t reserved[4]; /**< 0. */
};

/**
 * Tells who was at the other end of a LOCAL socket when it was connected.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] out The process, user and group. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EOPNOTSUPP The socket is not LOCAL, or this system cannot tell anything.
 * @retval -XSOCK_ENOTCONN The socket is not connected.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Not every system tells all three numbers.
 * @since 0.1
 */
XSOCK_API int xsock_peer_cred(int d, struct xsock_cred *out);

/** @} */

/** @defgroup xsock_data Data
 * Sending and receiving. The options XSOCK_SO_SNDTIMEO and XSOCK_SO_RCVTIMEO limit how long these
 * calls block.
 *
 * If a stream could not be connected, and no call has told why, the first call that sends or
 * receives gives that error. Any error of xsock_connect_result() can be the answer then.
 * @{ */

/** Flags of a message, numbered as in wasix-libc. "Result" means that xsock_recvmsg() sets it. */
enum xsock_msg_flag {
    XSOCK_MSG_OOB = 0x1,       /**< Out-of-band data. Also a result. */
    XSOCK_MSG_PEEK = 0x2,      /**< Receive the data and leave it in the socket. */
    XSOCK_MSG_DONTROUTE = 0x4, /**< Send to directly connected networks only. */
    XSOCK_MSG_CTRUNC = 0x8,    /**< Result: control data was cut. */
    /** Receive a datagram and return how long the datagram was, also if the buffer is shorter.
     * Result: the datagram was longer than the buffer. The rest is lost. */
    XSOCK_MSG_TRUNC = 0x20,
    XSOCK_MSG_DONTWAIT = 0x40, /**< This call treats the socket as NONBLOCK. */
    XSOCK_MSG_EOR = 0x80,      /**< The end of a record (SEQPACKET). Also a result. */
    /** Streams: wait until the buffer is full or the stream has ended. */
    XSOCK_MSG_WAITALL = 0x100,
    /** Accepted by the calls that send, and without effect: no call raises a signal. */
    XSOCK_MSG_NOSIGNAL = 0x4000,
    /** Streams: more data will follow. The system may wait for that data. */
    XSOCK_MSG_MORE = 0x8000,
    /** A program that is started does not inherit received handles. */
    XSOCK_MSG_CMSG_CLOEXEC = 0x40000000
};

/**
 * Sends to the peer. A blocking stream sends everything; a stream that may not block sends what the
 * system takes now. A datagram is sent whole or not at all.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] buf The bytes. May be NULL if `len` is 0.
 * @param[in] len The number of bytes.
 * @param[in] flags XSOCK_MSG_OOB, DONTROUTE, DONTWAIT, EOR and NOSIGNAL, or-ed, or 0. A stream also
 *     takes MORE.
 * @return The bytes sent. If an error comes after some bytes, the call returns the number of bytes
 *     and the next call fails.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `buf` is NULL and `len` is not 0.
 * @retval -XSOCK_EINVAL `len` is over PTRDIFF_MAX, or `flags` has unknown bits.
 * @retval -XSOCK_EAGAIN The call would block and may not, or XSOCK_SO_SNDTIMEO has passed and
 *     nothing was sent.
 * @retval -XSOCK_EPIPE This end was shut down for sending, or the peer has closed. No signal is
 *     raised.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The peer did not answer for so long that the system gave the connection
 *     up. Or the deadline of sending has passed (xsock_set_deadline()).
 * @retval -XSOCK_ENOTCONN The socket is a stream without a peer.
 * @retval -XSOCK_EDESTADDRREQ The socket is for datagrams and has no peer, and the call names no
 *     address.
 * @retval -XSOCK_EMSGSIZE The datagram is too long. It was not sent.
 * @retval -XSOCK_ECONNREFUSED A datagram socket is connected, and the peer's machine has answered
 *     an earlier datagram that nobody is there.
 * @retval -XSOCK_EOPNOTSUPP The socket has no out-of-band data, and `flags` has OOB.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks while the system's buffer is full.
 * @par Portability
 * After a reset Linux forgets the error: the next call fails with EPIPE instead of ECONNRESET.
 * @par Standards
 * POSIX send().
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_send(int d, const void *buf, size_t len, int flags) XSOCK_READS(2, 3);

/**
 * Sends to an address. The call is meant for datagrams. On a connected datagram socket the address
 * is used for this call only. On a stream an address gives EISCONN or ENOTCONN.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] buf The bytes. May be NULL if `len` is 0.
 * @param[in] len The number of bytes.
 * @param[in] flags XSOCK_MSG_OOB, DONTROUTE, DONTWAIT, EOR and NOSIGNAL, or-ed, or 0. A stream also
 *     takes MORE.
 * @param[in] to The address. NULL: the peer, as for xsock_send().
 * @return The bytes sent. If an error comes after some bytes, the call returns the number of bytes
 *     and the next call fails.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `buf` is NULL and `len` is not 0.
 * @retval -XSOCK_EINVAL `len` is over PTRDIFF_MAX, `flags` has unknown bits, or `to` is malformed
 *     or has port 0.
 * @retval -XSOCK_EAGAIN The call would block and may not, or XSOCK_SO_SNDTIMEO has passed and
 *     nothing was sent.
 * @retval -XSOCK_EPIPE This end was shut down for sending, or the peer has closed. No signal is
 *     raised.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The peer did not answer for so long that the system gave the connection
 *     up. Or the deadline of sending has passed (xsock_set_deadline()).
 * @retval -XSOCK_ENOTCONN The socket is a stream without a peer.
 * @retval -XSOCK_EDESTADDRREQ The socket is for datagrams and has no peer, and the call names no
 *     address.
 * @retval -XSOCK_EMSGSIZE The datagram is too long. It was not sent.
 * @retval -XSOCK_ECONNREFUSED A datagram socket is connected, and the peer's machine has answered
 *     an earlier datagram that nobody is there.
 * @retval -XSOCK_EISCONN The socket is a connected stream and the call names an address. On FreeBSD
 *     and macOS also a connected datagram socket.
 * @retval -XSOCK_EAFNOSUPPORT The family of the address is not the socket's.
 * @retval -XSOCK_EADDRNOTAVAIL The address cannot be reached from here, or no port is left.
 * @retval -XSOCK_ENETUNREACH There is no route to the network.
 * @retval -XSOCK_EHOSTUNREACH There is no route to the machine.
 * @retval -XSOCK_EACCES The system forbids to send there. Broadcast addresses need
 *     XSOCK_SO_BROADCAST.
 * @retval -XSOCK_ENOENT LOCAL: nothing is at the path.
 * @retval -XSOCK_EPROTOTYPE LOCAL: the socket at the path is of another type.
 * @retval -XSOCK_EOPNOTSUPP The socket has no out-of-band data, and `flags` has OOB.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks while the system's buffer is full.
 * @par Portability
 * FreeBSD and macOS refuse an address on a connected datagram socket (EISCONN). After a reset Linux
 * forgets the error: the next call fails with EPIPE instead of ECONNRESET.
 * @par Standards
 * POSIX sendto().
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_sendto(int d, const void *buf, size_t len, int flags,
                                 const struct xsock_addr *to) XSOCK_READS(2, 3);

/**
 * Receives. The end of a datagram that is longer than the buffer is lost. Only XSOCK_MSG_TRUNC and
 * xsock_recvmsg() tell.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] buf The bytes. May be NULL if `len` is 0.
 * @param[in] len The size of `buf`.
 * @param[in] flags XSOCK_MSG_OOB, PEEK, DONTWAIT and WAITALL, or-ed, or 0. A socket that is not a
 *     stream also takes TRUNC.
 * @return The bytes received. 0 if a stream has ended (by the peer, or by XSOCK_SHUT_RD on this
 *     end), for an empty datagram, and if `len` is 0 on a stream. With TRUNC the length of the
 *     datagram, of which no more than `len` bytes are stored.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `buf` is NULL and `len` is not 0.
 * @retval -XSOCK_EINVAL `len` is over PTRDIFF_MAX, `flags` has unknown bits, or `flags` has OOB and
 *     there is no out-of-band data now.
 * @retval -XSOCK_EAGAIN Nothing is there and the call may not block, or XSOCK_SO_RCVTIMEO has
 *     passed. If WAITALL has received some bytes by then, the call returns their number.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The peer did not answer for so long that the system gave the connection
 *     up. Or the deadline of receiving has passed (xsock_set_deadline()).
 * @retval -XSOCK_ENOTCONN The socket is a stream without a peer.
 * @retval -XSOCK_ECONNREFUSED A datagram socket is connected, and the peer's machine has answered a
 *     datagram that nobody is there.
 * @retval -XSOCK_EOPNOTSUPP `flags` has OOB and the socket never has out-of-band data, or
 *     XSOCK_SO_UDP_RECV_COALESCE is set.
 * @retval -XSOCK_ENOMEM `flags` has TRUNC, and there is not enough memory.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until there is something to receive.
 * @par Portability
 * Unconnected datagram sockets never report an ICMP message that was meant for another peer. Only
 * Linux tells how long a datagram was. Elsewhere a call with TRUNC receives the rest into 65,536
 * bytes of its own.
 * @par Standards
 * POSIX recv().
 * @par Examples
 * @code{.c}
 * // Receives until the peer has ended its side.
 * char buf[4096];
 * int d = xsock_connect_host("localhost", "7777", -1);
 * ptrdiff_t n = d;
 * while (n >= 0 && (n = xsock_recv(d, buf, sizeof buf, 0)) > 0)
 *     printf("%d bytes\n", (int)n);
 * if (n < 0)
 *     printf("%s\n", xsock_strerror((int)n));
 * @endcode
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_recv(int d, void *buf, size_t len, int flags) XSOCK_WRITES(2, 3);

/**
 * Receives and tells who has sent. The end of a datagram that is longer than the buffer is lost.
 * Only XSOCK_MSG_TRUNC and xsock_recvmsg() tell.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] buf The bytes. May be NULL if `len` is 0.
 * @param[in] len The size of `buf`.
 * @param[in] flags XSOCK_MSG_OOB, PEEK, DONTWAIT and WAITALL, or-ed, or 0. A socket that is not a
 *     stream also takes TRUNC.
 * @param[out] out_from The address of the sender, UNSPEC on a stream. May be NULL.
 * @return The bytes received. 0 if a stream has ended (by the peer, or by XSOCK_SHUT_RD on this
 *     end), for an empty datagram, and if `len` is 0 on a stream. With TRUNC the length of the
 *     datagram, of which no more than `len` bytes are stored.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `buf` is NULL and `len` is not 0.
 * @retval -XSOCK_EINVAL `len` is over PTRDIFF_MAX, `flags` has unknown bits, or `flags` has OOB and
 *     there is no out-of-band data now.
 * @retval -XSOCK_EAGAIN Nothing is there and the call may not block, or XSOCK_SO_RCVTIMEO has
 *     passed. If WAITALL has received some bytes by then, the call returns their number.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The peer did not answer for so long that the system gave the connection
 *     up. Or the deadline of receiving has passed (xsock_set_deadline()).
 * @retval -XSOCK_ENOTCONN The socket is a stream without a peer.
 * @retval -XSOCK_ECONNREFUSED A datagram socket is connected, and the peer's machine has answered a
 *     datagram that nobody is there.
 * @retval -XSOCK_EOPNOTSUPP `flags` has OOB and the socket never has out-of-band data, or
 *     XSOCK_SO_UDP_RECV_COALESCE is set.
 * @retval -XSOCK_ENOMEM `flags` has TRUNC, and there is not enough memory.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until there is something to receive.
 * @par Portability
 * Unconnected datagram sockets never report an ICMP message that was meant for another peer. Only
 * Linux tells how long a datagram was. Elsewhere a call with TRUNC receives the rest into 65,536
 * bytes of its own.
 * @par Standards
 * POSIX recvfrom().
 * @par Examples
 * @code{.c}
 * // Answers one datagram.
 * struct xsock_addr from, any;
 * char buf[1500];
 * int d = xsock_open(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
 * if (d >= 0 && xsock_addr_any(XSOCK_AF_INET6, 7777, &any) == 0 && xsock_bind(d, &any) == 0) {
 *     ptrdiff_t n = xsock_recvfrom(d, buf, sizeof buf, 0, &from);
 *     if (n >= 0)
 *         xsock_sendto(d, buf, (size_t)n, 0, &from);
 * }
 * @endcode
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_recvfrom(int d, void *buf, size_t len, int flags,
                                   struct xsock_addr *out_from) XSOCK_WRITES(2, 3);

/**
 * Tells how many bytes can be received without blocking.
 *
 * @param[in] d The descriptor of a socket.
 * @return Of a stream, all bytes that are there. Of datagrams, the bytes of the next one. 0 if
 *     there are none.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL The socket listens.
 * @retval -XSOCK_ECONNREFUSED Windows: the peer's machine has answered an earlier datagram that
 *     nobody is there, as xsock_recv() says.
 * @retval -XSOCK_ENOMEM Windows: there is no memory to look at a datagram.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * FIONREAD of ioctl().
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_available(int d);

/**
 * Tells whether everything before the out-of-band mark has been read.
 *
 * @param[in] d The descriptor of a socket.
 * @return 1 if everything before the mark has been read, otherwise 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EOPNOTSUPP The socket is not a stream with out-of-band data.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * POSIX sockatmark().
 * @since 0.1
 */
XSOCK_API int xsock_at_mark(int d);

/** @} */

/**
 * @defgroup xsock_options Options
 * Each option has one kind: a flag, a time or a size. Each kind has its own pair of calls, and
 * xsock_opt_kind() tells the kind. Times are in nanoseconds; if a system counts more coarsely, the
 * time is rounded up.
 *
 * An option means and allows the same on every system. If a system lacks an option, or a socket's
 * family, type or protocol has no use for it, the call gives ENOPROTOOPT, also if a kernel would
 * have accepted the option and ignored it (NODELAY on a pair that Windows makes of TCP). No call of
 * this section blocks.
 * @{
 */

/**
 * Options. 1..26 are the numbers of WASIX, 0x100 and up are xsock's own. In brackets: the kind, the
 * value of a new socket, and the sockets that have the option. INET stands for INET and INET6, and
 * "read" means that the option cannot be set.
 */
enum xsock_opt {
    /** Several sockets share one address, and the system spreads connections and datagrams over
     * them. All of them must set the option before they are bound. FreeBSD uses SO_REUSEPORT_LB.
     * macOS does not spread. Windows has none. [flag, off; INET] */
    XSOCK_SO_REUSEPORT = 1,
    /** A stream may be bound to an address that has old connections which are not quite over
     * (TIME_WAIT). A datagram socket may share an address with others that set the option, for
     * multicast. Set it before the socket is bound. On Windows the library keeps the option for
     * streams, as the system's own would take over the address of a live listener: if it is off,
     * the address is this socket's alone; if it is on, the system's default holds.
     * [flag, off; all, without effect on LOCAL] */
    XSOCK_SO_REUSEADDR = 2,
    /** Small segments are sent at once, without Nagle's algorithm. [flag, off; TCP] */
    XSOCK_SO_NODELAY = 3,
    /** Data goes to directly connected networks only. [flag, off; not LOCAL] */
    XSOCK_SO_DONTROUTE = 4,
    /** The socket is not dual-stack. After the socket was bound, setting it gives EINVAL. OpenBSD
     * has no dual-stack sockets: the option is on, and turning it off gives EOPNOTSUPP.
     * [flag, off; INET6] */
    XSOCK_SO_ONLYV6 = 5,
    /** The socket may send to broadcast addresses. [flag, off; INET DGRAM, RAW] */
    XSOCK_SO_BROADCAST = 6,
    /** IPv4 multicast comes back to this machine. The sender sets the option, on Windows the
     * receiver: set it on both. [flag, on; INET DGRAM, RAW] */
    XSOCK_SO_MCASTLOOPV4 = 7,
    /** IPv6 multicast comes back to this machine, and so does the IPv4 multicast of a dual-stack
     * socket. The sender sets the option, on Windows the receiver: set it on both.
     * [flag, on; INET6 DGRAM, RAW] */
    XSOCK_SO_MCASTLOOPV6 = 8,
    /** The socket receives everything that the interface sees, whoever it is for: PACKET sockets
     * on Linux, and INET RAW sockets on Windows. The socket must be bound first (otherwise
     * EINVAL), and the program needs privilege (otherwise EACCES). The option cannot be read.
     * [flag, off] */
    XSOCK_SO_PROMISCUOUS = 9,
    /** The socket listens. [flag, read; all] */
    XSOCK_SO_ACCEPTCONN = 10,
    /** The pending error, a positive number of enum xsock_error, or 0 if there is none. Reading
     * the option clears it. After EINPROGRESS it tells how connecting has ended.
     * [size, read; all] */
    XSOCK_SO_ERROR = 11,
    /** The system asks an idle peer whether it is still there. [flag, off; INET STREAM] */
    XSOCK_SO_KEEPALIVE = 12,
    /** How long the system goes on sending unsent data after the socket was closed. -1: as long
     * as it takes. 0: not at all, and the connection is reset. Other times are whole seconds, at
     * most 32,767 seconds; on Linux and Windows they act as -1. xsock_close() never waits for
     * the time. [time, -1; INET STREAM] */
    XSOCK_SO_LINGER = 13,
    /** Out-of-band data is received among the other data. [flag, off; INET STREAM] */
    XSOCK_SO_OOBINLINE = 14,
    /** The bytes of the system's buffer for receiving, from 1 on. A value below the system's
     * minimum becomes the minimum. A value above its maximum becomes the maximum, or gives
     * ENOBUFS (FreeBSD, macOS). Linux doubles the number for its own book-keeping; the doubling
     * is undone here, and what was set is what is read. [size; all] */
    XSOCK_SO_RCVBUF = 15,
    /** The bytes of the system's buffer for sending. The rules of XSOCK_SO_RCVBUF hold.
     * [size; all] */
    XSOCK_SO_SNDBUF = 16,
    /** Receiving from a stream begins only when so many bytes are there, the stream has ended, or
     * the time of the call is over. A call that may not block, that peeks, or whose buffer is
     * smaller takes what is there. A mark that was set by the system's handle holds for sockets
     * from xsock_adopt() only. Windows has none. [size, 1; all] */
    XSOCK_SO_RCVLOWAT = 17,
    /** Sending begins only when there is space for so many bytes. It can be set on FreeBSD and
     * macOS, and read on Linux too. Windows has none. [size, 1; all] */
    XSOCK_SO_SNDLOWAT = 18,
    /** How long a call that receives may block. -1: no limit. 0: not at all. The library keeps
     * the time: the call never waits less, and more by no more than the system's tick. All
     * duplicates share it. A call that blocks already keeps the time that it began with.
     * Accepted sockets begin with -1. [time, -1; all] */
    XSOCK_SO_RCVTIMEO = 19,
    /** How long a call that sends may block. The rules of XSOCK_SO_RCVTIMEO hold.
     * [time, -1; all] */
    XSOCK_SO_SNDTIMEO = 20,
    /** How long xsock_connect() may block. The rules of XSOCK_SO_RCVTIMEO hold. [time, -1; all] */
    XSOCK_SO_CONNTIMEO = 21,
    /** How long xsock_accept() may block. The rules of XSOCK_SO_RCVTIMEO hold. [time, -1; all] */
    XSOCK_SO_ACCPTIMEO = 22,
    /** The hop limit of what is sent to one receiver, 1..255. [size; INET] */
    XSOCK_SO_TTL = 23,
    /** The hop limit of IPv4 multicast, 0..255. [size, 1; INET DGRAM, RAW] */
    XSOCK_SO_MCASTTTLV4 = 24,
    /** The type, `XSOCK_SOCK_...`, without flags. [size, read; all] */
    XSOCK_SO_TYPE = 25,
    /** The protocol. It is 0 only if 0 is the protocol, or if the system does not tell
     * (xsock_adopt()). [size, read; all] */
    XSOCK_SO_PROTOCOL = 26,
    /** The family, `XSOCK_AF_...`. [size, read; all] */
    XSOCK_SO_FAMILY = 0x100,
    /** KEEPALIVE asks after the connection was idle for so long: above 0, whole seconds, at most
     * 32,767 seconds. On Windows before 10 (1709) the library tells the time that was set; the
     * system does not. [time; TCP] */
    XSOCK_SO_KEEPIDLE = 0x101,
    /** KEEPALIVE asks again after so long without an answer: above 0, whole seconds, at most
     * 32,767 seconds. On Windows before 10 (1709) the library tells the time that was set; the
     * system does not. [time; TCP] */
    XSOCK_SO_KEEPINTVL = 0x102,
    /** KEEPALIVE gives up after so many questions, 1..127. Windows before 10 (1703) has none.
     * [size; TCP] */
    XSOCK_SO_KEEPCNT = 0x103,
    /** Only full segments are sent until the option is off again. Linux uses TCP_CORK, others
     * TCP_NOPUSH. Windows has none. [flag, off; TCP] */
    XSOCK_SO_CORK = 0x104,
    /** Data is acknowledged at once, until the system decides otherwise. [flag; TCP; Linux] */
    XSOCK_SO_QUICKACK = 0x105,
    /** A listener accepts data together with the opening of a connection (RFC 7413). The value
     * is how many such connections may be half open, if the system counts them. 0: off. On macOS
     * it is set when the socket listens. [size, 0, at most 65,535; TCP] */
    XSOCK_SO_FASTOPEN = 0x106,
    /** xsock_connect() waits for the first data that is sent, and opens the connection together
     * with it (RFC 7413). [flag, off; TCP; Linux] */
    XSOCK_SO_FASTOPEN_CONNECT = 0x107,
    /** The connection is given up if sent data is not acknowledged for so long, at most 2^31
     * milliseconds. -1: the system's own rule, on Windows never. Linux counts milliseconds, the
     * others seconds. [time; TCP] */
    XSOCK_SO_USER_TIMEOUT = 0x108,
    /** The longest segment that is sent. The value read is the one that holds now: less than
     * what was set, by the options of the headers, or 536 before the socket is connected.
     * Windows: read. [size; TCP] */
    XSOCK_SO_MAXSEG = 0x109,
    /** The socket is writable only while fewer bytes are unsent. 0: no such rule.
     * [size, 0; TCP; Linux, macOS] */
    XSOCK_SO_NOTSENT_LOWAT = 0x10a,
    /** A listener hands out a connection only when the peer has sent data, or after so long.
     * Whole seconds, at most 29,887 seconds, rounded up further by the system. -1: off. Linux
     * counts 255 repeats of a packet, which take no longer. [time, -1; TCP; Linux] */
    XSOCK_SO_DEFER_ACCEPT = 0x10b,
    /** The hop limit of IPv6 multicast, and of the IPv4 multicast of a dual-stack socket, 0..255.
     * [size, 1; INET6 DGRAM, RAW] */
    XSOCK_SO_MCASTTTLV6 = 0x10c,
    /** The type of service (IPv4) or traffic class (IPv6) of what is sent: DSCP times 4, and ECN
     * in the low 2 bits, which TCP keeps for itself on Linux. Windows ignores the option, except
     * for INET6 from Windows 10 on. [size, 0, at most 255; INET] */
    XSOCK_SO_TOS = 0x10d,
    /** xsock_recvmsg() tells the type of service or traffic class of each datagram.
     * [flag, off; INET DGRAM, RAW] */
    XSOCK_SO_RECVTOS = 0x10e,
    /** xsock_recvmsg() tells how many hops each datagram had left. [flag, off; INET DGRAM, RAW] */
    XSOCK_SO_RECVTTL = 0x10f,
    /** xsock_recvmsg() tells the address and interface that each datagram came to.
     * [flag, off; INET DGRAM, RAW] */
    XSOCK_SO_RECVPKTINFO = 0x110,
    /** A datagram over the path's MTU gives EMSGSIZE, and is not cut into pieces. macOS: 11 and
     * later. [flag, off; INET DGRAM, RAW] */
    XSOCK_SO_DONTFRAG = 0x111,
    /** The path's MTU. Without a peer reading it gives ENOTCONN.
     * [size, read; INET; Linux, Windows] */
    XSOCK_SO_MTU = 0x112,
    /** The program writes the IP header itself. INET6: Linux and Windows. [flag, off; INET RAW] */
    XSOCK_SO_HDRINCL = 0x113,
    /** The socket may be bound to an address that this machine does not have yet.
     * [flag, off; INET; Linux, and FreeBSD with privilege] */
    XSOCK_SO_FREEBIND = 0x114,
    /** The system may coalesce datagrams of one sender on receive (Linux UDP_GRO, Windows URO).
     * xsock_recvmsg() and xsock_recv_batch() then set `segment`. If `segment` is 0, the buffer
     * holds one datagram. Otherwise the buffer holds datagrams of `segment` bytes, one after the
     * other, and the last one may be shorter. The flags, the address and the control data hold for
     * all of them. A buffer under 65,535 bytes may be too small for coalesced datagrams: the rest
     * is lost, and the flags have XSOCK_MSG_TRUNC. xsock_recv() and xsock_recvfrom() cannot tell
     * where a datagram ends, and fail with EOPNOTSUPP. xsock_available() tells the size of all
     * datagrams that were coalesced. Some network adapters of Windows do not tell the size: once a
     * buffer without a size is longer than 1,472 bytes, the system coalesces no more. Set the
     * option before the first datagram can arrive, and leave it set: the system does not tell the
     * size of datagrams that were coalesced before the option was removed.
     * [flag, off; UDP; Linux 5.0, Windows 10 2004] */
    XSOCK_SO_UDP_RECV_COALESCE = 0x115,
    /** A mark of 32 bits for the firewall and for routing. Linux needs privilege (otherwise
     * EACCES). FreeBSD uses SO_USER_COOKIE, which cannot be read. [size, 0; all; Linux, FreeBSD] */
    XSOCK_SO_MARK = 0x116,
    /** The priority of what is sent, 0..6, and more with privilege (otherwise EACCES).
     * [size, 0; all; Linux] */
    XSOCK_SO_PRIORITY = 0x117,
    /** How long the system polls the device, in whole microseconds. -1: not at all. A longer
     * time needs privilege (otherwise EACCES). [time; all; Linux] */
    XSOCK_SO_BUSY_POLL = 0x118,
    /** The processor that takes the packets in. ENODATA: the system does not know yet.
     * [size; all; Linux] */
    XSOCK_SO_INCOMING_CPU = 0x119
};

/** The kinds of options. */
enum xsock_option_kind {
    XSOCK_OPT_FLAG = 1, /**< On or off. */
    XSOCK_OPT_TIME = 2, /**< A time in nanoseconds. */
    XSOCK_OPT_SIZE = 3  /**< A number >= 0. */
};

/**
 * Tells the kind of an option.
 *
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @return XSOCK_OPT_FLAG, XSOCK_OPT_TIME or XSOCK_OPT_SIZE.
 * @retval -XSOCK_ENOPROTOOPT `opt` is not the number of an option.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_opt_kind(int opt);

/**
 * Names an option: "nodelay".
 *
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @return A constant text, or NULL if the number has no name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const char *xsock_opt_name(int opt);

/**
 * Finds an option by its name.
 *
 * @param[in] name The name, in either case: "nodelay", "SO_NODELAY" or "XSOCK_SO_NODELAY".
 * @return The option, `XSOCK_SO_...`.
 * @retval -XSOCK_EFAULT `name` is NULL.
 * @retval -XSOCK_ENOENT No option has this name.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_opt_number(const char *name);

/**
 * Sets an option that is a flag.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @param[in] on The value.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL The option is not a flag, or it is too late to set it (the socket is bound
 *     or listens already) or too early.
 * @retval -XSOCK_ENOPROTOOPT No option has this number, the socket has no use for the option, or
 *     this system lacks the option.
 * @retval -XSOCK_EACCES The program has no privilege for this value (also if the system says
 *     EPERM).
 * @retval -XSOCK_ENOBUFS The value is above the system's maximum (FreeBSD, macOS), or the system
 *     has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * enum xsock_opt lists which systems have the option. An option that can only be read gives
 * ENOPROTOOPT.
 * @par Standards
 * POSIX setsockopt().
 * @par Examples
 * @code{.c}
 * int d = xsock_connect_host("localhost", "7777", -1);
 * if (d >= 0)
 *     xsock_set_opt_flag(d, XSOCK_SO_NODELAY, true);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_set_opt_flag(int d, int opt, bool on);

/**
 * Sets an option that is a time.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @param[in] ns The value in nanoseconds. -1 and 0 are allowed if enum xsock_opt gives them a
 *     meaning.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL The option is not a time, the value is out of the option's range, or it is
 *     too late to set it.
 * @retval -XSOCK_ENOPROTOOPT No option has this number, the socket has no use for the option, or
 *     this system lacks the option.
 * @retval -XSOCK_EACCES The program has no privilege for this value (also if the system says
 *     EPERM).
 * @retval -XSOCK_ENOBUFS The value is above the system's maximum (FreeBSD, macOS), or the system
 *     has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * enum xsock_opt lists which systems have the option. An option that can only be read gives
 * ENOPROTOOPT.
 * @par Standards
 * POSIX setsockopt().
 * @par Examples
 * @code{.c}
 * // A call that receives gives EAGAIN after five seconds.
 * int d = xsock_connect_host("localhost", "7777", -1);
 * if (d >= 0)
 *     xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, 5 * INT64_C(1000000000));
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_set_opt_time(int d, int opt, int64_t ns);

/**
 * Sets an option that is a size.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @param[in] n The value.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL The option is not a size, the value is out of the option's range, or it is
 *     too late to set it.
 * @retval -XSOCK_ENOPROTOOPT No option has this number, the socket has no use for the option, or
 *     this system lacks the option.
 * @retval -XSOCK_EACCES The program has no privilege for this value (also if the system says
 *     EPERM).
 * @retval -XSOCK_ENOBUFS The value is above the system's maximum (FreeBSD, macOS), or the system
 *     has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * enum xsock_opt lists which systems have the option. An option that can only be read gives
 * ENOPROTOOPT.
 * @par Standards
 * POSIX setsockopt().
 * @since 0.1
 */
XSOCK_API int xsock_set_opt_size(int d, int opt, uint64_t n);

/**
 * Reads an option that is a flag.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @param[out] out The value. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EINVAL The option is not a flag.
 * @retval -XSOCK_ENOPROTOOPT No option has this number, the socket has no use for the option, or
 *     this system lacks the option.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * enum xsock_opt lists which systems have the option. An option that cannot be read gives
 * ENOPROTOOPT.
 * @par Standards
 * POSIX getsockopt().
 * @since 0.1
 */
XSOCK_API int xsock_get_opt_flag(int d, int opt, bool *out);

/**
 * Reads an option that is a time.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @param[out] out_ns The value in nanoseconds. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out_ns` is NULL.
 * @retval -XSOCK_EINVAL The option is not a time.
 * @retval -XSOCK_ENOPROTOOPT No option has this number, the socket has no use for the option, or
 *     this system lacks the option.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * enum xsock_opt lists which systems have the option. An option that cannot be read gives
 * ENOPROTOOPT.
 * @par Standards
 * POSIX getsockopt().
 * @since 0.1
 */
XSOCK_API int xsock_get_opt_time(int d, int opt, int64_t *out_ns);

/**
 * Reads an option that is a size.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] opt The option, `XSOCK_SO_...`.
 * @param[out] out The value. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EINVAL The option is not a size.
 * @retval -XSOCK_ENOPROTOOPT No option has this number, the socket has no use for the option, or
 *     this system lacks the option.
 * @retval -XSOCK_ENOTCONN XSOCK_SO_MTU: the socket has no peer.
 * @retval -XSOCK_ENODATA XSOCK_SO_INCOMING_CPU: the system does not know yet.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * enum xsock_opt lists which systems have the option. An option that cannot be read gives
 * ENOPROTOOPT.
 * @par Standards
 * POSIX getsockopt().
 * @since 0.1
 */
XSOCK_API int xsock_get_opt_size(int d, int opt, uint64_t *out);

/**
 * Chooses the congestion control of a TCP socket.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] name The system's name: "cubic".
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `name` is NULL.
 * @retval -XSOCK_EINVAL `name` is empty.
 * @retval -XSOCK_ENOPROTOOPT The socket is not a TCP socket, or this system lacks the option.
 * @retval -XSOCK_ENOENT The system has no congestion control of this name.
 * @retval -XSOCK_EACCES The program may not use this congestion control.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Linux and FreeBSD have the option.
 * @par Standards
 * TCP_CONGESTION of Linux.
 * @since 0.1
 */
XSOCK_API int xsock_set_congestion(int d, const char *name);

/**
 * Names the congestion control of a TCP socket.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] buf The system's name, NUL-terminated. May be NULL if `len` is 0.
 * @param[in] len The size of `buf`. 0: only the length is wanted.
 * @return The length of the name, without the NUL.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `buf` is NULL and `len` is not 0.
 * @retval -XSOCK_ENOPROTOOPT The socket is not a TCP socket, or this system lacks the option.
 * @retval -XSOCK_ENOSPC The name and its NUL need more than `len` bytes.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Linux and FreeBSD have the option.
 * @par Standards
 * TCP_CONGESTION of Linux.
 * @since 0.1
 */
XSOCK_API int xsock_get_congestion(int d, char *buf, size_t len) XSOCK_WRITES(2, 3);

/**
 * Ties an INET or INET6 socket to one interface.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] interface_index The interface (xsock_interfaces()). 0: no interface.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_ENODEV No interface has this index.
 * @retval -XSOCK_EACCES Linux: to change the interface needs privilege; before 5.7 to choose the
 *     first one does, too.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached. Some systems need a handle
 *     to look the interface up.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOPROTOOPT The socket is of another family, or this system lacks the option.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * On Linux (SO_BINDTODEVICE) and macOS (IP_BOUND_IF) the socket then sends and receives on this
 * interface only. On Windows (IP_UNICAST_IF) it sends there, and receives as before. FreeBSD lacks
 * the option.
 * @since 0.1
 */
XSOCK_API int xsock_set_device(int d, uint32_t interface_index);

/**
 * Tells which interface an INET or INET6 socket is tied to.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] out_index The interface. 0: none. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out_index` is NULL.
 * @retval -XSOCK_ENODEV The interface no longer exists.
 * @retval -XSOCK_ENOPROTOOPT The socket is of another family, or this system lacks the option.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * FreeBSD lacks the option.
 * @since 0.1
 */
XSOCK_API int xsock_get_device(int d, uint32_t *out_index);

/** The states of a TCP connection (RFC 9293, section 3.3.2). */
enum xsock_tcp_state {
    XSOCK_TCP_CLOSED = 0,       /**< There is no connection. */
    XSOCK_TCP_LISTEN = 1,       /**< The socket listens. */
    XSOCK_TCP_SYN_SENT = 2,     /**< A request to connect was sent. */
    XSOCK_TCP_SYN_RECEIVED = 3, /**< A request to connect was received and answered. */
    XSOCK_TCP_ESTABLISHED = 4,  /**< The connection is open. */
    XSOCK_TCP_FIN_WAIT_1 = 5,   /**< This end has ended sending; the peer has not acknowledged. */
    XSOCK_TCP_FIN_WAIT_2 = 6,   /**< This end has ended sending, and the peer has acknowledged. */
    XSOCK_TCP_CLOSE_WAIT = 7,   /**< The peer has ended sending. */
    XSOCK_TCP_CLOSING = 8,      /**< Both have ended sending; the peer has not acknowledged. */
    /** The peer ended first, then this end; the peer has not acknowledged. */
    XSOCK_TCP_LAST_ACK = 9,
    XSOCK_TCP_TIME_WAIT = 10 /**< The connection is over, and old segments may still arrive. */
};

/** What a system knows of a TCP connection. -1: the system does not tell, or not yet. */
struct xsock_tcp_info {
    int64_t state;             /**< `XSOCK_TCP_...`. */
    int64_t rtt_ns;            /**< The round-trip time, smoothed. */
    int64_t rtt_variance_ns;   /**< The mean deviation of the round-trip time (RFC 6298: RTTVAR). */
    int64_t rtt_min_ns;        /**< The shortest round-trip time. */
    int64_t rto_ns;            /**< The time after which the system sends again. */
    int64_t send_mss;          /**< The bytes in a segment that is sent. */
    int64_t receive_mss;       /**< The bytes in a segment that is received. */
    int64_t send_cwnd;         /**< The congestion window, in bytes. */
    int64_t send_ssthresh;     /**< The slow-start threshold, in bytes. */
    int64_t send_window;       /**< What the peer has offered, in bytes. */
    int64_t receive_window;    /**< What the peer was offered, in bytes. */
    int64_t in_flight;         /**< Sent and not acknowledged, in bytes. */
    int64_t bytes_sent;        /**< The bytes sent, repeated ones included. */
    int64_t bytes_received;    /**< The bytes received. */
    int64_t bytes_repeated;    /**< The bytes that were sent again. */
    int64_t segments_repeated; /**< The segments that were sent again. */
    int64_t timeouts;          /**< How many times in a row the last segment was sent again. */
    int64_t reserved[15];      /**< 0. */
};

/**
 * Tells about the connection of a TCP socket. If the socket is not connected and the system has
 * nothing to tell, the state is XSOCK_TCP_CLOSED and all else is -1.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] out What the system knows. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_ENOPROTOOPT The socket is not a TCP socket, or this system lacks the call.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Windows before 10 (1703) lacks the call.
 * @par Standards
 * TCP_INFO of Linux, SIO_TCP_INFO of Windows.
 * @since 0.1
 */
XSOCK_API int xsock_get_tcp_info(int d, struct xsock_tcp_info *out);

/**
 * Joins a multicast group, for all senders or for one. A socket receives the groups that the socket
 * itself has joined; on Linux the first join sets the option that this needs.
 *
 * @param[in] d The descriptor of a DGRAM or RAW socket of INET or INET6.
 * @param[in] group The group. Its port is ignored.
 * @param[in] source The sender, whose port is ignored. NULL: all senders.
 * @param[in] interface_index The interface (xsock_interfaces()). 0: the scope of an INET6 group; if
 *     that is 0 too, the system chooses.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `group` is NULL.
 * @retval -XSOCK_EAFNOSUPPORT The family of `group` or of `source` is not the socket's.
 * @retval -XSOCK_EINVAL `group` is not a multicast address, `source` is one, one of them is
 *     malformed, or the scope of `group` is another interface.
 * @retval -XSOCK_ENOPROTOOPT The socket is of another family or type.
 * @retval -XSOCK_ENODEV No interface has this index, or the system has none to choose.
 * @retval -XSOCK_EADDRINUSE The socket is in the group already, for this sender or for all.
 * @retval -XSOCK_ENOBUFS The socket is in as many groups as the system allows (Linux: 20 of INET).
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * RFC 3678 (MCAST_JOIN_GROUP, MCAST_JOIN_SOURCE_GROUP).
 * @par Examples
 * @code{.c}
 * struct xsock_addr group;
 * int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
 * if (d >= 0 && xsock_addr_parse("239.1.2.3", &group) == 0)
 *     xsock_join_group(d, &group, NULL, 0);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_join_group(int d, const struct xsock_addr *group,
                               const struct xsock_addr *source, uint32_t interface_index);

/**
 * Leaves a multicast group, for all senders or for one.
 *
 * @param[in] d The descriptor of a DGRAM or RAW socket of INET or INET6.
 * @param[in] group The group. Its port is ignored.
 * @param[in] source The sender, whose port is ignored. NULL: all senders.
 * @param[in] interface_index The interface (xsock_interfaces()). 0: the scope of an INET6 group; if
 *     that is 0 too, the system chooses.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `group` is NULL.
 * @retval -XSOCK_EAFNOSUPPORT The family of `group` or of `source` is not the socket's.
 * @retval -XSOCK_EINVAL `group` is not a multicast address, `source` is one, one of them is
 *     malformed, or the scope of `group` is another interface.
 * @retval -XSOCK_ENOPROTOOPT The socket is of another family or type.
 * @retval -XSOCK_ENODEV No interface has this index, or the system has none to choose.
 * @retval -XSOCK_EADDRNOTAVAIL The socket is not in the group.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * RFC 3678 (MCAST_LEAVE_GROUP, MCAST_LEAVE_SOURCE_GROUP).
 * @since 0.1
 */
XSOCK_API int xsock_leave_group(int d, const struct xsock_addr *group,
                                const struct xsock_addr *source, uint32_t interface_index);

/**
 * Chooses the interface that multicast leaves by.
 *
 * @param[in] d The descriptor of a DGRAM or RAW socket of INET or INET6.
 * @param[in] interface_index The interface (xsock_interfaces()). 0: the system chooses.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_ENODEV No interface has this index.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached. Some systems need a handle
 *     to look the interface up.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOPROTOOPT The socket is of another family or type.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * IP_MULTICAST_IF and IPV6_MULTICAST_IF (RFC 3493, section 5.2).
 * @since 0.1
 */
XSOCK_API int xsock_set_multicast_if(int d, uint32_t interface_index);

/**
 * Tells the interface that multicast leaves by.
 *
 * @param[in] d The descriptor of a DGRAM or RAW socket of INET or INET6.
 * @param[out] out_index The index of the interface. 0: the system chooses. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out_index` is NULL.
 * @retval -XSOCK_ENOPROTOOPT The socket is of another family or type.
 * @retval -XSOCK_EADDRNOTAVAIL The interface was chosen without xsock, by an address that no
 *     interface has now.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Linux does not tell the index for an INET socket. There the call tells what
 * xsock_set_multicast_if() has set, and does not see an index that was set without xsock.
 * @par Standards
 * IP_MULTICAST_IF and IPV6_MULTICAST_IF (RFC 3493, section 5.2).
 * @since 0.1
 */
XSOCK_API int xsock_get_multicast_if(int d, uint32_t *out_index);

/** @} */

/** @defgroup xsock_messages Messages
 * Many buffers or many datagrams in one call, and what goes along with the data. If a stream could
 * not be connected, and no call has told why, the first of these calls gives that error, as
 * xsock_send() does.
 * @{ */

/** A piece of memory. */
struct xsock_vec {
    void *base; /**< The bytes. They are only read if they are sent. */
    size_t len; /**< The number of bytes. */
};

/** What a struct xsock_control holds. In brackets: the sockets that have it. */
enum xsock_control_flag {
    /** Handles of the system, passed to the peer (SCM_RIGHTS). Windows has none. [LOCAL] */
    XSOCK_CONTROL_HANDLES = 0x1,
    XSOCK_CONTROL_PKTINFO = 0x2, /**< This machine's address and interface. [INET DGRAM, RAW] */
    /** Type of service or traffic class, as XSOCK_SO_TOS. [INET DGRAM, RAW] */
    XSOCK_CONTROL_TOS = 0x4,
    XSOCK_CONTROL_HOP_LIMIT = 0x8 /**< Time to live or hop limit. [INET DGRAM, RAW] */
};

/** Limits of a struct xsock_control. */
enum xsock_control_limit {
    XSOCK_CONTROL_HANDLES_MAX = 253 /**< The most handles in one message, as on Linux. */
};

/**
 * What goes along with a message. Begin with zeros: `struct xsock_control c = {0}`.
 *
 * Sending: what `has` names is sent with this message only. If the system cannot do so, the call
 * fails and nothing is sent. Receiving: `has` tells what came. That is what options have asked for
 * (XSOCK_SO_RECVPKTINFO and others), and handles if `handle_capacity` is not 0.
 */
struct xsock_control {
    uint32_t has;      /**< `XSOCK_CONTROL_...`, or-ed. */
    int32_t tos;       /**< Type of service or traffic class, 0..255. */
    int32_t hop_limit; /**< Time to live or hop limit. 1..255 to send. */
    /** PKTINFO: the interface it came in by, or is to leave by. 0: any. */
    uint32_t interface_index;
    /** PKTINFO: the address it was sent to, or is to come from, without a port. UNSPEC: any. An
     * INET6 socket gets the address of an IPv4 packet IPv4-mapped. To send an IPv4 packet it takes
     * that form and INET. */
    struct xsock_addr local;
    /** Sent handles stay open in this process. Received ones are new and the program's: close
     * them, or give them to xsock_adopt(). */
    uintptr_t *handles;
    size_t handle_count; /**< The number of handles that are sent, or that came. */
    /** The capacity of `handles`. Extra handles are closed, and CTRUNC is set. */
    size_t handle_capacity;
    uint64_t reserved[4]; /**< 0. */
};

/** A message. */
struct xsock_msg {
    /** Where to, as for xsock_sendto(), or from whom. NULL: the peer, or not wanted. */
    struct xsock_addr *addr;
    struct xsock_vec *vec;         /**< The buffers. NULL if there are none. */
    size_t vec_count;              /**< The number of buffers. */
    struct xsock_control *control; /**< What goes along. NULL: nothing. */
    int flags; /**< Set by xsock_recvmsg(): XSOCK_MSG_TRUNC, CTRUNC, EOR and OOB, or-ed. */
    /** Set by xsock_recvmsg(): 0 if the buffers hold one datagram, else the size of each datagram
     * that they hold. See XSOCK_SO_UDP_RECV_COALESCE. */
    size_t segment;
    uint64_t reserved[3]; /**< 0. */
};

/**
 * Sends buffers as one message, and what goes along with it.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] m The message.
 * @param[in] flags XSOCK_MSG_OOB, DONTROUTE, DONTWAIT, EOR and NOSIGNAL, or-ed, or 0. A stream also
 *     takes MORE.
 * @return The bytes sent. If an error comes after some bytes, the call returns the number of bytes
 *     and the next call fails.
 * @retval -XSOCK_EBADF `d` is not open, or a handle of `control` is not.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `m` is NULL, `vec` is NULL and `vec_count` is not 0, a buffer is NULL and
 *     its length is not 0, or the handles are NULL and their number is not 0.
 * @retval -XSOCK_EINVAL `vec_count` is over INT_MAX, all lengths together are over PTRDIFF_MAX,
 *     `flags` has unknown bits, a reserved field is not 0, an address is malformed or has port 0,
 *     a value of `control` is out of its range, there are more than XSOCK_CONTROL_HANDLES_MAX
 *     handles, or there are handles and no data on a stream.
 * @retval -XSOCK_EAGAIN The call would block and may not, or XSOCK_SO_SNDTIMEO has passed and
 *     nothing was sent.
 * @retval -XSOCK_EPIPE This end was shut down for sending, or the peer has closed. No signal is
 *     raised.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The peer did not answer for so long that the system gave the connection
 *     up. Or the deadline of sending has passed (xsock_set_deadline()).
 * @retval -XSOCK_ENOTCONN The socket is a stream without a peer.
 * @retval -XSOCK_EDESTADDRREQ The socket is for datagrams and has no peer, and the call names no
 *     address.
 * @retval -XSOCK_EMSGSIZE The datagram is too long, or there are more than 1,024 buffers and the
 *     socket is not a stream. Nothing was sent.
 * @retval -XSOCK_ECONNREFUSED A datagram socket is connected, and the peer's machine has answered
 *     an earlier datagram that nobody is there.
 * @retval -XSOCK_EISCONN The socket is a connected stream and the call names an address. On FreeBSD
 *     and macOS also a connected datagram socket.
 * @retval -XSOCK_EAFNOSUPPORT The family of the address is not the socket's, or the local address
 *     of `control` is not of the packet's family.
 * @retval -XSOCK_EADDRNOTAVAIL The address cannot be reached from here, the local address of
 *     `control` is not this machine's, or no port is left.
 * @retval -XSOCK_ENETUNREACH There is no route to the network.
 * @retval -XSOCK_EHOSTUNREACH There is no route to the machine.
 * @retval -XSOCK_EACCES The system forbids to send there. Broadcast addresses need
 *     XSOCK_SO_BROADCAST.
 * @retval -XSOCK_ENOENT LOCAL: nothing is at the path.
 * @retval -XSOCK_EPROTOTYPE LOCAL: the socket at the path is of another type.
 * @retval -XSOCK_EOPNOTSUPP The socket has no out-of-band data and `flags` has OOB, or this socket
 *     or system lacks control data that `control` names.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ETOOMANYREFS More handles are on their way than the system allows.
 * @retval -XSOCK_ENODEV No interface has the index of `control`.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks while the system's buffer is full.
 * @par Portability
 * FreeBSD and macOS refuse an address on a connected datagram socket (EISCONN). After a reset Linux
 * forgets the error: the next call fails with EPIPE instead of ECONNRESET. Windows passes no
 * handles.
 * @par Standards
 * POSIX sendmsg(), RFC 3542.
 * @par Examples
 * @code{.c}
 * // A head and a body, as one message.
 * char head[] = "length 5\n", body[] = "hello";
 * struct xsock_vec parts[2] = {{head, 9}, {body, 5}};
 * struct xsock_msg m = {NULL, parts, 2, NULL, 0, 0, {0}};
 * int d = xsock_connect_host("localhost", "7777", -1);
 * if (d >= 0)
 *     xsock_sendmsg(d, &m, 0);
 * @endcode
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_sendmsg(int d, const struct xsock_msg *m, int flags);

/**
 * Receives a message into buffers, one after the other, and what goes along with it.
 *
 * On a stream the call ends where handles were sent along, also with WAITALL. With PEEK no handles
 * come. If `control` has a capacity for handles and there is no space for data (no buffers, or
 * empty ones), a stream receives neither.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in,out] m The message. Unchanged on failure.
 * @param[in] flags XSOCK_MSG_OOB, PEEK, DONTWAIT, WAITALL and CMSG_CLOEXEC, or-ed, or 0. A
 *     socket that is not a stream also takes TRUNC. Without CMSG_CLOEXEC a program that is started
 *     inherits the handles that come.
 * @return The bytes received. 0 if a stream has ended (by the peer, or by XSOCK_SHUT_RD on this
 *     end), for an empty datagram, and if all lengths are 0 on a stream. With TRUNC the length of
 *     the datagram, of which no more is stored than the buffers hold.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `m` is NULL, `vec` is NULL and `vec_count` is not 0, a buffer is NULL and
 *     its length is not 0, or the handles are NULL and their capacity is not 0.
 * @retval -XSOCK_EINVAL `vec_count` is over INT_MAX, all lengths together are over PTRDIFF_MAX,
 *     `flags` has unknown bits, a reserved field is not 0, or `flags` has OOB and there is no
 *     out-of-band data now.
 * @retval -XSOCK_EMSGSIZE There are more than 1,024 buffers, with TRUNC more than 1,023, and the
 *     socket is not a stream.
 * @retval -XSOCK_EAGAIN Nothing is there and the call may not block, or XSOCK_SO_RCVTIMEO has
 *     passed. If WAITALL has received some bytes by then, the call returns their number.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The peer did not answer for so long that the system gave the connection
 *     up. Or the deadline of receiving has passed (xsock_set_deadline()).
 * @retval -XSOCK_ENOTCONN The socket is a stream without a peer.
 * @retval -XSOCK_ECONNREFUSED A datagram socket is connected, and the peer's machine has answered a
 *     datagram that nobody is there.
 * @retval -XSOCK_EOPNOTSUPP `flags` has OOB and the socket never has out-of-band data.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until there is something to receive.
 * @par Portability
 * Unconnected datagram sockets never report an ICMP message that was meant for another peer.
 * Windows passes no handles. With TRUNC the same holds as for xsock_recv().
 * @par Standards
 * POSIX recvmsg(), RFC 3542.
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_recvmsg(int d, struct xsock_msg *m, int flags);

/** One datagram of many. */
struct xsock_dgram {
    void *base;              /**< The bytes. They are only read if they are sent. */
    size_t len;              /**< The number of bytes to send, or the size of `base` to receive. */
    size_t done;             /**< Set by the call: the bytes sent or received. */
    struct xsock_addr *addr; /**< Where to, or from whom. NULL: the peer, or not wanted. */
    struct xsock_control *control; /**< What goes along, as in struct xsock_msg. NULL: nothing. */
    int flags; /**< Set by xsock_recv_batch(): XSOCK_MSG_TRUNC and CTRUNC, or-ed. */
    /** Set by xsock_recv_batch(): 0 if `base` holds one datagram, else the size of each datagram
     * that `base` holds. See XSOCK_SO_UDP_RECV_COALESCE. */
    size_t segment;
    uint64_t reserved[1]; /**< 0. */
};

/**
 * Sends datagrams in order, in as few calls of the system as possible. Each datagram arrives as if
 * xsock_sendmsg() had sent it. All datagrams are checked for EFAULT and EINVAL before any is sent.
 *
 * @param[in] d The descriptor of a socket for datagrams.
 * @param[in,out] v The datagrams.
 * @param[in] n The number of datagrams.
 * @param[in] flags XSOCK_MSG_DONTROUTE, DONTWAIT and NOSIGNAL, or-ed, or 0.
 * @return How many datagrams were sent. 0 if `n` is 0. If an error comes after some datagrams, the
 *     call returns their number, and the call that sends the rest gives the error. The errors below
 *     are those of the first datagram that is not sent.
 * @retval -XSOCK_EBADF `d` is not open, or a handle that goes along is not.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `v` is NULL and `n` is not 0, a buffer is NULL and its length is not 0, or
 *     the handles are NULL and their number is not 0.
 * @retval -XSOCK_EINVAL `n` is over INT_MAX, `flags` has unknown bits, a length is over
 *     PTRDIFF_MAX, a reserved field is not 0, an address is malformed or has port 0, a value of a
 *     `control` is out of its range, or there are more than XSOCK_CONTROL_HANDLES_MAX handles.
 * @retval -XSOCK_EAGAIN The call would block and may not, or XSOCK_SO_SNDTIMEO has passed and
 *     nothing was sent.
 * @retval -XSOCK_EPIPE This end was shut down for sending, or the peer has closed. No signal is
 *     raised.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ENOTCONN The socket keeps records (SEQPACKET) and has no peer.
 * @retval -XSOCK_EDESTADDRREQ The socket has no peer, and the datagram names no address.
 * @retval -XSOCK_EMSGSIZE The datagram is too long. It was not sent.
 * @retval -XSOCK_ECONNREFUSED The socket is connected, and the peer's machine has answered an
 *     earlier datagram that nobody is there.
 * @retval -XSOCK_EISCONN FreeBSD, macOS: the socket is connected and the datagram names an address.
 * @retval -XSOCK_EAFNOSUPPORT The family of an address is not the socket's, or the local address of
 *     a `control` is not of the packet's family.
 * @retval -XSOCK_EADDRNOTAVAIL The address cannot be reached from here, the local address of
 *     `control` is not this machine's, or no port is left.
 * @retval -XSOCK_ENETUNREACH There is no route to the network.
 * @retval -XSOCK_EHOSTUNREACH There is no route to the machine.
 * @retval -XSOCK_EACCES The system forbids to send there. Broadcast addresses need
 *     XSOCK_SO_BROADCAST.
 * @retval -XSOCK_ENOENT LOCAL: nothing is at the path.
 * @retval -XSOCK_EPROTOTYPE LOCAL: the socket at the path is of another type.
 * @retval -XSOCK_EOPNOTSUPP The socket is a stream, or this socket or system lacks control data
 *     that `control` names.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ETOOMANYREFS More handles are on their way than the system allows.
 * @retval -XSOCK_ENODEV No interface has the index of `control`.
 * @retval -XSOCK_ETIMEDOUT The deadline of sending has passed (xsock_set_deadline()).
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until one datagram was sent, and ends where the system's buffer is full.
 * @par Portability
 * Linux uses UDP_SEGMENT, and sendmmsg() for sockets that have no peer. Windows uses
 * UDP_SEND_MSG_SIZE. Otherwise datagrams are sent one at a time.
 * @since 0.1
 */
XSOCK_API int xsock_send_batch(int d, struct xsock_dgram *v, size_t n, int flags)
    XSOCK_UPDATES(2, 3);

/**
 * Receives the datagrams that are there, at most `n`. With XSOCK_SO_UDP_RECV_COALESCE an element of
 * `v` may hold several datagrams of the size `segment`.
 *
 * @param[in] d The descriptor of a socket for datagrams.
 * @param[in,out] v The space for datagrams. Unchanged on failure.
 * @param[in] n The number of datagrams in `v`.
 * @param[in] flags XSOCK_MSG_DONTWAIT and CMSG_CLOEXEC, or-ed, or 0. Without CMSG_CLOEXEC a program
 *     that is started inherits the handles that come.
 * @return How many elements of `v` were filled. 0 if `n` is 0. If an error comes after some
 *     datagrams, the call returns their number, and the next call gives the error.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `v` is NULL and `n` is not 0, a buffer is NULL and its length is not 0, or
 *     the handles are NULL and their capacity is not 0.
 * @retval -XSOCK_EINVAL `n` is over INT_MAX, `flags` has unknown bits, a length is over
 *     PTRDIFF_MAX, or a reserved field is not 0.
 * @retval -XSOCK_EAGAIN Nothing is there and the call may not block, or XSOCK_SO_RCVTIMEO has
 *     passed.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ENOTCONN The socket keeps records (SEQPACKET) and has no peer.
 * @retval -XSOCK_ECONNREFUSED The socket is connected, and the peer's machine has answered a
 *     datagram that nobody is there.
 * @retval -XSOCK_EOPNOTSUPP The socket is a stream.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ETIMEDOUT The deadline of receiving has passed (xsock_set_deadline()).
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until there is one datagram.
 * @par Portability
 * Linux uses recvmmsg(). Other systems receive one datagram at a time.
 * @par Examples
 * @code{.c}
 * enum { COUNT = 32, SIZE = 1500 };
 * static char bytes[COUNT][SIZE];
 * static struct xsock_dgram v[COUNT]; // begins with zeros
 * for (int i = 0; i < COUNT; i++) {
 *     v[i].base = bytes[i];
 *     v[i].len = SIZE;
 * }
 * int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
 * int n = xsock_recv_batch(d, v, COUNT, XSOCK_MSG_DONTWAIT);
 * for (int i = 0; i < n; i++)
 *     printf("%d bytes\n", (int)v[i].done);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_recv_batch(int d, struct xsock_dgram *v, size_t n, int flags)
    XSOCK_UPDATES(2, 3);

/**
 * Sends a part of a file to a stream, without a copy if the system can.
 *
 * @param[in] d The descriptor of a stream.
 * @param[in] file A handle of the system, open for reading: a file descriptor, or a HANDLE on
 *     Windows. Its position is not used.
 * @param[in] offset Where in the file the part begins.
 * @param[in] len The number of bytes.
 * @return The bytes sent: fewer than `len` if the file ends, and 0 past its end. If an error comes
 *     after some bytes, the call returns the number of bytes and the next call fails.
 * @retval -XSOCK_EBADF `d` is not open, or `file` is not open or not for reading.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL `len` is over PTRDIFF_MAX, or `offset` and `len` together are over
 *     INT64_MAX.
 * @retval -XSOCK_EOPNOTSUPP The socket is not a stream.
 * @retval -XSOCK_ESPIPE `file` has no positions (a pipe).
 * @retval -XSOCK_EISDIR `file` is a folder.
 * @retval -XSOCK_EIO The file cannot be read. (The system may give other errors for this.)
 * @retval -XSOCK_EAGAIN The call would block and may not, or XSOCK_SO_SNDTIMEO has passed and
 *     nothing was sent.
 * @retval -XSOCK_EPIPE This end was shut down for sending, or the peer has closed. No signal is
 *     raised.
 * @retval -XSOCK_ECONNREFUSED The stream could not be connected, because nobody listens at the
 *     address, and no call has told that. (Other reasons have their errors of xsock_connect().)
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ETIMEDOUT The peer did not answer for so long that the system gave the connection
 *     up. Or the deadline of sending has passed (xsock_set_deadline()).
 * @retval -XSOCK_ENOTCONN The stream has no peer.
 * @retval -XSOCK_ENOBUFS The system has no buffer left.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ECANCELED Another thread closed `d`, or replaced it by xsock_dup2(), while the
 *     call waited.
 *
 * @par Blocking
 * The call blocks until everything is sent.
 * @par Portability
 * Windows moves the position of a file that was not opened as overlapped.
 * @since 0.1
 */
XSOCK_API ptrdiff_t xsock_sendfile(int d, uintptr_t file, uint64_t offset, size_t len);

/** @} */

/** @defgroup xsock_waiting Waiting
 * Waiting for a few descriptors. Pollers wait for many.
 * @{ */

/** What xsock_poll() waits for and tells. Numbers as in wasix-libc; PRI is xsock's own. */
enum xsock_poll_event {
    XSOCK_POLLIN = 0x1,     /**< The socket can receive or accept, or the stream has ended. */
    XSOCK_POLLOUT = 0x2,    /**< The socket can send, or connecting has ended, well or not. */
    XSOCK_POLLPRI = 0x4,    /**< There is out-of-band data. */
    XSOCK_POLLERR = 0x1000, /**< Result: the socket has failed. */
    XSOCK_POLLHUP = 0x2000, /**< Result: the peer has hung up, both ways. */
    /** Result: the descriptor is not open, is a poller, or is a number that is reserved. */
    XSOCK_POLLNVAL = 0x4000
};

/** A descriptor to wait for. */
struct xsock_pollfd {
    int fd;       /**< The descriptor. A negative one is left out, and its `revents` is 0. */
    short events; /**< What to wait for: XSOCK_POLLIN, POLLOUT and POLLPRI, or-ed. */
    /** Set by the call: the `events` that hold, and POLLERR, POLLHUP and POLLNVAL. */
    short revents;
};

/**
 * Waits until one or more descriptors are ready, or until a time has passed. The time never ends
 * early. A descriptor that is closed while the call waits has POLLNVAL at once.
 *
 * @param[in,out] v The descriptors.
 * @param[in] n The number of descriptors.
 * @param[in] timeout_ns The time in nanoseconds. -1: no limit. 0: not at all.
 * @return How many `revents` are not 0. 0 if the time has passed.
 * @retval -XSOCK_EFAULT `v` is NULL and `n` is not 0.
 * @retval -XSOCK_EINVAL `events` has unknown bits, `timeout_ns` is below -1, or `n` is over
 *     INT_MAX.
 * @retval -XSOCK_EINTR A signal came. The call returns so that Ctrl-C can end a loop.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached.
 *
 * @par Blocking
 * The call blocks until a descriptor is ready or the time has passed, also if the sockets are
 * NONBLOCK.
 * @par Portability
 * On every system a socket that failed to connect has POLLOUT and POLLERR.
 * @par Standards
 * POSIX poll().
 * @par Examples
 * @code{.c}
 * // Waits for whichever of two sockets has something, for at most a second.
 * int ends[2];
 * if (xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, ends) == 0) {
 *     struct xsock_pollfd v[2] = {{ends[0], XSOCK_POLLIN, 0}, {ends[1], XSOCK_POLLIN, 0}};
 *     if (xsock_poll(v, 2, INT64_C(1000000000)) > 0)
 *         printf("%d is ready\n", v[0].revents ? v[0].fd : v[1].fd);
 * }
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_poll(struct xsock_pollfd *v, size_t n, int64_t timeout_ns) XSOCK_UPDATES(1, 2);

/** @} */

/**
 * @defgroup xsock_names Names
 * Hosts and services to addresses, and back. Numbers are read by xsock, in the same way on every
 * system. Names are looked up by the system (in its files, by DNS and so on), which may take
 * seconds. xsock_strerror() has a sentence for each `XSOCK_EAI_...` error.
 * @{
 */

/** Flags of xsock_resolve(), numbered as in wasix-libc. */
enum xsock_resolve_flag {
    XSOCK_AI_PASSIVE = 0x1, /**< If host is NULL the answer is "any address", for xsock_bind(). */
    XSOCK_AI_NUMERICHOST = 0x4, /**< The host must be an address. Nothing is looked up. */
    /** With INET6: a host without INET6 addresses has IPv4-mapped ones. */
    XSOCK_AI_V4MAPPED = 0x8,
    /** Names: only families that this machine has an address in. localhost has all families. */
    XSOCK_AI_ADDRCONFIG = 0x20,
    XSOCK_AI_NUMERICSERV = 0x400 /**< The service must be a number. */
};

/**
 * Looks up a host and a service. The best address to connect to comes first: the order is the
 * system's (RFC 6724). An address is given once, however many types have the service.
 *
 * @param[in] host A name in UTF-8, an address, or NULL, with at most 254 bytes. A name is given to
 *     the system as it is: of names that are not ASCII the `xn--` form works everywhere. An address
 *     is as in xsock_addr_parse(), without brackets and port. The reader is strict: a name of a
 *     host has no colon and does not end in a number, as 127.1 and 010.0.0.1 do. NULL is this
 *     machine: `::1` and `127.0.0.1`, or with PASSIVE `::` and `0.0.0.0`, of the families that the
 *     system has. The name `localhost`, and names that end in `.localhost`, are `::1` and
 *     `127.0.0.1` (RFC 6761). The system is not asked for them.
 * @param[in] service A port in decimal, 0..65535, without a sign and a leading zero, or a name:
 *     "http". NULL: port 0. `host` and `service` may not both be NULL.
 * @param[in] af XSOCK_AF_UNSPEC (both families), XSOCK_AF_INET or XSOCK_AF_INET6.
 * @param[in] type XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM, XSOCK_SOCK_SEQPACKET (only services by
 *     number) or XSOCK_SOCK_RAW (no service). 0: any. The type decides only which services there
 *     are.
 * @param[in] flags `XSOCK_AI_...`, or-ed, or 0.
 * @param[out] out The addresses. May be NULL if `cap` is 0.
 * @param[in] cap The capacity of `out`. 0: only the number is wanted.
 * @return How many addresses there are. This may be more than `cap`; then the first `cap` are
 *     stored.
 * @retval -XSOCK_EFAULT `out` is NULL and `cap` is not 0.
 * @retval -XSOCK_EAI_BADFLAGS `flags` has unknown bits.
 * @retval -XSOCK_EAI_FAMILY `af` is another number, or this system lacks the family.
 * @retval -XSOCK_EAI_SOCKTYPE `type` is another number.
 * @retval -XSOCK_EAI_SERVICE There is no such service, or the type does not have it.
 * @retval -XSOCK_EAI_NONAME There is no such host; or `host` is not an address and NUMERICHOST is
 *     set; or `service` is not a number and NUMERICSERV is set; or `host` and `service` are NULL.
 * @retval -XSOCK_EAI_ADDRFAMILY The address is not of family `af`. For a name, systems give this
 *     error, EAI_NODATA or EAI_NONAME.
 * @retval -XSOCK_EAI_NODATA The host has no address.
 * @retval -XSOCK_EAI_AGAIN There was no answer. There may be one at another time. (Also if there is
 *     no network.)
 * @retval -XSOCK_EAI_FAIL The name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 *
 * @par Blocking
 * The call blocks while the system looks up a name.
 * @par Portability
 * The order of the addresses, and the error for a name without an address in the family, are the
 * system's.
 * @par Standards
 * POSIX getaddrinfo(), RFC 3493, section 6.1.
 * @par Examples
 * @code{.c}
 * struct xsock_addr found[8];
 * char text[XSOCK_ADDR_TEXT_SIZE];
 * int n = xsock_resolve("localhost", "80", XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0, found, 8);
 * for (int i = 0; i < n && i < 8; i++)
 *     if (xsock_addr_format(&found[i], text, sizeof text) > 0)
 *         printf("%s\n", text);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_resolve(const char *host, const char *service, int af, int type, int flags,
                            struct xsock_addr *out, size_t cap) XSOCK_WRITES(6, 7);

/**
 * Begins a look-up, and returns a descriptor that is ready to be read when the answer is there.
 * xsock_poll() and pollers wait for the answer. XSOCK_POLLIN and XSOCK_POLLER_IN are the only
 * events of the descriptor. xsock_resolve_end() gives the answer. xsock_close() ends the look-up,
 * and nobody waits for the answer then. The look-up runs in a thread of the library (see
 * xsock_set_lookup_threads()).
 *
 * The descriptor is not a socket. Calls for sockets give ENOTSOCK, and xsock_dup() and
 * xsock_dup2() give EINVAL. The descriptor is CLOEXEC. xsock_set_flags() changes this flag, and
 * does not set NONBLOCK.
 * xsock_native() gives a handle that becomes readable with the answer; the program does not read
 * from it. While the descriptor is open, xsock_cleanup() gives EBUSY. A forked child has no part in
 * the look-up: its descriptor gives EBADF and can only be closed.
 *
 * @param[in] host As for xsock_resolve().
 * @param[in] service As for xsock_resolve().
 * @param[in] af As for xsock_resolve().
 * @param[in] type As for xsock_resolve().
 * @param[in] flags As for xsock_resolve().
 * @return The new descriptor, the lowest number that is free.
 * @retval -XSOCK_EAI_BADFLAGS `flags` has unknown bits.
 * @retval -XSOCK_EAI_FAMILY `af` is another number, or this system lacks the family.
 * @retval -XSOCK_EAI_SOCKTYPE `type` is another number.
 * @retval -XSOCK_EAI_SERVICE `service` is not well-formed, or the type has no services.
 * @retval -XSOCK_EAI_NONAME `host` is not well-formed; or `host` is not an address and NUMERICHOST
 *     is set; or `service` is not a number and NUMERICSERV is set; or `host` and `service` are
 *     NULL.
 * @retval -XSOCK_EAI_ADDRFAMILY `host` is an address, and not of family `af`.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory to look up the zone of an address.
 * @retval -XSOCK_EAI_SYSTEM The zone of an address could not be looked up. xsock_oserror() returns
 *     the code.
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached. A look-up takes two handles.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ESYSNOTREADY Windows: the network is not ready to be used.
 * @retval -XSOCK_EVERNOTSUPPORTED Windows: the system has no Winsock 2.2.
 * @retval -XSOCK_EPROVIDERFAILEDINIT Windows: a provider of Winsock could not start.
 * @retval -XSOCK_ENETDOWN The network is down.
 * @retval -XSOCK_EAGAIN Windows: too many programs use Winsock.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_resolve_begin(const char *host, const char *service, int af, int type,
                                  int flags) XSOCK_MUST_USE;

/**
 * Gives the answer of a look-up that xsock_resolve_begin() has begun, and closes the descriptor. If
 * there are more addresses than `cap`, the first `cap` are stored and the descriptor stays open:
 * the call can be made again with a larger array. The descriptor also stays open after EAGAIN,
 * EFAULT and EINVAL. With every other result it is closed.
 *
 * @param[in] d The descriptor.
 * @param[out] out The addresses. May be NULL if `cap` is 0.
 * @param[in] cap The capacity of `out`. 0: only the number is wanted.
 * @return How many addresses there are, as xsock_resolve() returns it.
 * @retval -XSOCK_EBADF `d` is not open, or was begun by the process that this one was forked from.
 * @retval -XSOCK_ENOTSOCK `d` is a number that xsock_reserve() (xsock_native.h) has reserved.
 * @retval -XSOCK_EINVAL `d` is not a look-up.
 * @retval -XSOCK_EFAULT `out` is NULL and `cap` is not 0.
 * @retval -XSOCK_EAGAIN There is no answer yet.
 * @retval -XSOCK_EAI_SERVICE There is no such service, or the type does not have it.
 * @retval -XSOCK_EAI_NONAME There is no such host.
 * @retval -XSOCK_EAI_ADDRFAMILY The host has no address of the family. Systems give this error,
 *     EAI_NODATA or EAI_NONAME.
 * @retval -XSOCK_EAI_NODATA The host has no address.
 * @retval -XSOCK_EAI_AGAIN There was no answer. There may be one at another time. (Also if there is
 *     no network, or if the system has no thread for the look-up.)
 * @retval -XSOCK_EAI_FAIL The name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EMFILE The process's limit of open handles was reached in the look-up.
 * @retval -XSOCK_ENFILE The system's limit of open handles was reached in the look-up.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_resolve_end(int d, struct xsock_addr *out, size_t cap) XSOCK_WRITES(2, 3);

/**
 * Finds the canonical name of a host: the name that its aliases stand for. A host without aliases
 * has its own name, if the system does not know a longer one. An address gives itself, as
 * xsock_addr_format() writes it, without brackets and port.
 *
 * @param[in] host The name of a host, or an address, as for xsock_resolve().
 * @param[in] af XSOCK_AF_UNSPEC, or XSOCK_AF_INET or XSOCK_AF_INET6: the host must have an address
 *     of this family.
 * @param[out] buf The name, NUL-terminated. Unchanged on failure. May be NULL if `len` is 0.
 * @param[in] len The size of `buf`. 1,025 bytes are enough. 0: only the length is wanted.
 * @return The length of the name, without the NUL.
 * @retval -XSOCK_EFAULT `host` is NULL, or `buf` is NULL and `len` is not 0.
 * @retval -XSOCK_EAI_FAMILY `af` is another number, or this system lacks the family.
 * @retval -XSOCK_EAI_NONAME There is no such host.
 * @retval -XSOCK_EAI_ADDRFAMILY The address is not of family `af`. For a name, systems give this
 *     error, EAI_NODATA or EAI_NONAME.
 * @retval -XSOCK_EAI_NODATA The host has no address.
 * @retval -XSOCK_EAI_OVERFLOW The name and its NUL need more than `len` bytes.
 * @retval -XSOCK_EAI_AGAIN There was no answer. There may be one at another time. (Also if there is
 *     no network.)
 * @retval -XSOCK_EAI_FAIL The name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 *
 * @par Blocking
 * The call blocks while the system looks up a name.
 * @par Standards
 * AI_CANONNAME of POSIX getaddrinfo().
 * @since 0.1
 */
XSOCK_API int xsock_canonical_name(const char *host, int af, char *buf, size_t len)
    XSOCK_WRITES(3, 4);

/**
 * The callback of xsock_set_resolver(): finds the addresses of a host. It may be called in several
 * threads at once. A thread of the library has 256 KiB of stack and blocks all signals. The
 * callback may call any function of this library, but a look-up of a name comes back to the
 * callback. It must return normally, and not in a forked child.
 *
 * @param[in] host The name, with at most 254 bytes. It is never an address.
 * @param[in] af XSOCK_AF_UNSPEC (both families), XSOCK_AF_INET or XSOCK_AF_INET6.
 * @param[in] user What xsock_set_resolver() was given.
 * @param[out] out The addresses, the best one first. Ports are ignored. Addresses that are
 *     malformed or not of family `af` are left out.
 * @param[in] cap The capacity of `out`: 64.
 * @return How many addresses were stored. 0: the system's resolver is to be asked. Otherwise the
 *     negative `XSOCK_EAI_...` error that the look-up gives. Any other number counts as
 *     -XSOCK_EAI_FAIL.
 *
 * @since 0.1
 */
typedef int xsock_resolver_fn(const char *host, int af, void *user, struct xsock_addr *out,
                              size_t cap);

/**
 * Sets a resolver of the program's own, which looks up the names of hosts instead of the system.
 * xsock_resolve(), xsock_resolve_begin(), xsock_connect_host(), xsock_listen_host() and the
 * look-ups of WebAssembly guests use it. Services, canonical names and the names of addresses are
 * still the system's. The flag ADDRCONFIG has no effect on what the resolver answers.
 *
 * The resolver is called in the thread that looks up, or in a thread of the library (see
 * xsock_set_lookup_threads()). In a thread of the library a call may go on after its look-up has
 * ended. Before a program frees what the resolver uses, it sets NULL until the result is 0.
 *
 * @param[in] fn The resolver. NULL: the system's.
 * @param[in] user Is given to `fn`. May be NULL.
 * @return How many calls of resolvers that were set before have not returned.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_set_resolver(xsock_resolver_fn *fn, void *user);

/**
 * Returns how many threads the library may have for look-ups: 8 unless the program has set another
 * number.
 *
 * @return The number.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_get_lookup_threads(void);

/**
 * Sets how many threads the library may have for look-ups. A look-up of xsock_connect_host() with a
 * time limit runs in such a thread, and so does every look-up of xsock_resolve_begin() and of a
 * WebAssembly guest. If all
 * threads are busy, the look-up waits for one, and the time limit goes on. A system's resolver
 * cannot be stopped, so that a look-up whose time has passed may keep its thread for a while. One
 * guest has at most a quarter of the threads, and all guests together have three quarters, but at
 * least one. A thread ends when nothing is left to look up.
 *
 * @param[in] n The new number, 1..1024. If more threads are running, the surplus end with their
 *     present look-ups.
 * @return 0.
 * @retval -XSOCK_EINVAL `n` is not between 1 and 1024.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_set_lookup_threads(int n);

/** Flags of xsock_reverse(), numbered as in wasix-libc. */
enum xsock_reverse_flag {
    XSOCK_NI_NUMERICHOST = 0x1, /**< The address instead of a name. Nothing is looked up. */
    XSOCK_NI_NUMERICSERV = 0x2, /**< The number of the port instead of a name. */
    XSOCK_NI_NOFQDN = 0x4, /**< Only the first part of the name of a host in the local domain. */
    /** A host without a name is an error. Otherwise its address is written. */
    XSOCK_NI_NAMEREQD = 0x8,
    XSOCK_NI_DGRAM = 0x10 /**< The name of the service for datagrams. */
};

/**
 * Finds the name of an INET or INET6 address, and the name of its port's service. An address or a
 * port without a name is written as a number; addresses are as in xsock_addr_format(), without
 * brackets and port. On failure nothing is written.
 *
 * @param[in] a The address.
 * @param[out] host The name of the host, NUL-terminated. NULL with length 0: not wanted.
 * @param[in] host_len The size of `host`. 1,025 bytes are enough.
 * @param[out] service The name of the service, NUL-terminated. NULL with length 0: not wanted.
 * @param[in] service_len The size of `service`. 32 bytes are enough.
 * @param[in] flags `XSOCK_NI_...`, or-ed, or 0.
 * @return 0.
 * @retval -XSOCK_EFAULT `a` is NULL, or `host` or `service` is NULL and its length is not 0.
 * @retval -XSOCK_EINVAL `a` is malformed.
 * @retval -XSOCK_EAI_BADFLAGS `flags` has unknown bits.
 * @retval -XSOCK_EAI_FAMILY The address is of another family.
 * @retval -XSOCK_EAI_NONAME The address has no name and NAMEREQD is set, or neither `host` nor
 *     `service` is wanted.
 * @retval -XSOCK_EAI_OVERFLOW A buffer is too small.
 * @retval -XSOCK_EAI_NODATA With NAMEREQD: the address has no name.
 * @retval -XSOCK_EAI_AGAIN With NAMEREQD: there was no answer. There may be one at another time.
 * @retval -XSOCK_EAI_FAIL With NAMEREQD: the name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EMFILE The process's limit of open handles is reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 *
 * @par Blocking
 * The call blocks while the system looks up a name.
 * @par Standards
 * POSIX getnameinfo(), RFC 3493, section 6.2.
 * @since 0.1
 */
XSOCK_API int xsock_reverse(const struct xsock_addr *a, char *host, size_t host_len, char *service,
                            size_t service_len, int flags) XSOCK_WRITES(2, 3) XSOCK_WRITES(4, 5);

/**
 * Connects a stream to a service by name. The call looks the name up as xsock_resolve() does, and
 * connects to the first of its addresses that answers. The families take turns, beginning with the
 * better one. Every 250 ms, or at once if an attempt fails, the next address is tried as well. When
 * one answers, the other attempts are dropped.
 *
 * @param[in] host The host, as for xsock_resolve(). NULL: this machine. Also `unix:` and a path, as
 *     for xsock_connect_host_with(), which describes the errors of paths.
 * @param[in] service The service, as for xsock_resolve(). NULL with `unix:`.
 * @param[in] timeout_ns The time in nanoseconds for everything, looking up included. -1: no limit.
 *     0: only what needs no waiting succeeds.
 * @return A descriptor that is CLOEXEC and not NONBLOCK. xsock_set_flags() changes that.
 * @retval -XSOCK_EFAULT `service` is NULL and `host` does not begin with `unix:`.
 * @retval -XSOCK_EINVAL `timeout_ns` is below -1.
 * @retval -XSOCK_EAI_SERVICE There is no such service, or the type does not have it.
 * @retval -XSOCK_EAI_NONAME There is no such host.
 * @retval -XSOCK_EAI_NODATA The host has no address.
 * @retval -XSOCK_EAI_AGAIN There was no answer. There may be one at another time. (Also if there is
 *     no network.)
 * @retval -XSOCK_EAI_FAIL The name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 * @retval -XSOCK_EAI_ADDRFAMILY The host has no address in the families that this system has.
 * @retval -XSOCK_EAI_FAMILY This system lacks both families.
 * @retval -XSOCK_ETIMEDOUT The time has passed, or the system gave all attempts up.
 * @retval -XSOCK_ECONNREFUSED Nobody listens at any of the addresses.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ENETUNREACH There is no route to the peer's network.
 * @retval -XSOCK_EHOSTUNREACH There is no route to the peer.
 * @retval -XSOCK_EADDRNOTAVAIL No port is left, or the address cannot be reached from here.
 * @retval -XSOCK_EACCES The system forbids the attempt.
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_EAGAIN The system has no thread left for the look-up.
 *
 * @par Blocking
 * The call blocks until it is connected or the time has passed, and goes on after signals. The
 * look-up itself cannot be stopped: after the time has passed it may go on for a while in a thread
 * of the library.
 * @par Portability
 * Of several errors the call returns the first that a peer gave. If no peer gave one, it returns
 * the first that says there is no way to a peer.
 * @par Standards
 * RFC 8305 ("Happy Eyeballs"), sections 4 and 5.
 * @par Examples
 * @code{.c}
 * int d = xsock_connect_host("example.org", "80", 5 * INT64_C(1000000000));
 * if (d < 0)
 *     printf("cannot connect: %s\n", xsock_strerror(d));
 * else
 *     xsock_close(d);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_connect_host(const char *host, const char *service,
                                 int64_t timeout_ns) XSOCK_MUST_USE;

/**
 * Opens a stream that listens on the first address of a host that is this machine's. The socket has
 * XSOCK_SO_REUSEADDR set: a server that was stopped can start again at once.
 *
 * @param[in] host The host, as for xsock_resolve(). NULL or `::`: all addresses, INET and INET6
 *     both if the system has them. Also `unix:` and a path, as for xsock_listen_host_with(), which
 *     describes the errors of paths.
 * @param[in] service The service, as for xsock_resolve(). NULL: the system chooses a port, and
 *     xsock_local_addr() tells it. NULL with `unix:`.
 * @param[in] backlog A hint for how many connections may be queued, as for xsock_listen().
 * @return A descriptor that is CLOEXEC and not NONBLOCK. xsock_set_flags() changes that.
 * @retval -XSOCK_EAI_SERVICE There is no such service, or the type does not have it.
 * @retval -XSOCK_EAI_NONAME There is no such host.
 * @retval -XSOCK_EAI_NODATA The host has no address.
 * @retval -XSOCK_EAI_AGAIN There was no answer. There may be one at another time. (Also if there is
 *     no network.)
 * @retval -XSOCK_EAI_FAIL The name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 * @retval -XSOCK_EAI_ADDRFAMILY The host has no address in the families that this system has.
 * @retval -XSOCK_EAI_FAMILY This system lacks both families.
 * @retval -XSOCK_EADDRINUSE Another socket has the address.
 * @retval -XSOCK_EADDRNOTAVAIL No address of the host is an address of this machine.
 * @retval -XSOCK_EACCES The program may not use the port (below 1024, without privilege).
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call blocks while the system looks up a name.
 * @par Examples
 * @code{.c}
 * // All addresses of this machine, IPv6 and IPv4.
 * int d = xsock_listen_host(NULL, "7777", 128);
 * if (d < 0)
 *     printf("cannot listen: %s\n", xsock_strerror(d));
 * else
 *     xsock_close(d);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_listen_host(const char *host, const char *service, int backlog) XSOCK_MUST_USE;

/** Flags of struct xsock_connect_options and struct xsock_listen_options. The first three are
 * numbered as in enum xsock_resolve_flag and enum xsock_type. */
enum xsock_host_flag {
    XSOCK_HOST_NUMERICHOST = 0x4,   /**< The host must be an address. Nothing is looked up. */
    XSOCK_HOST_NUMERICSERV = 0x400, /**< The service must be a number. */
    XSOCK_HOST_NONBLOCK = 0x4000,   /**< The descriptor is NONBLOCK. The call itself still waits. */
    XSOCK_HOST_INHERIT = 0x10000,   /**< The descriptor is not CLOEXEC. */
    /** Only to listen: sets XSOCK_SO_REUSEPORT, so that several sockets share the port. */
    XSOCK_HOST_REUSEPORT = 0x20000,
    /** Only to listen, and only for paths: removes a socket file that its server left behind. The
     * file is removed if it is a socket and connecting to it is refused. A bound socket that does
     * not listen yet refuses too, so the call holds a lock until it listens: the lock file is the
     * path with ".lock" at its end, and stays. Servers of one path should all use this flag. The
     * flag changes nothing for other hosts. */
    XSOCK_HOST_REMOVE_STALE = 0x40000
};

/** What a program chooses beside a host and a service to connect to. All zeros are the defaults. */
struct xsock_connect_options {
    /** XSOCK_AF_INET, XSOCK_AF_INET6 or XSOCK_AF_LOCAL. XSOCK_AF_UNSPEC: whatever the host has. */
    int af;
    /** XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM or, for `unix:`, XSOCK_SOCK_SEQPACKET. 0: STREAM. */
    int type;
    int protocol; /**< As for xsock_open(), 0: the default. */
    int flags;    /**< `XSOCK_HOST_...`, or-ed, or 0. */
    /** The address to bind to before connecting. Only addresses of its family are tried. A port of
     * 0 is chosen by the system. NULL: the system chooses the address. */
    const struct xsock_addr *local;
    uint64_t reserved[4]; /**< 0. */
};

/**
 * Connects to a service by name, as xsock_connect_host() does, with options.
 *
 * A stream is connected as there. A datagram socket is connected to the first address of the host
 * that the system accepts; the addresses are tried in the order of xsock_resolve(), and nothing is
 * sent. A host that begins with `unix:` is an address as xsock_addr_parse() reads it
 * (`unix:/path`, or `unix:@name` for an abstract name). Such a host has no service.
 *
 * @param[in] host The host, as for xsock_resolve(), or `unix:` and a path. NULL: this machine.
 * @param[in] service The service, as for xsock_resolve(). NULL with `unix:`.
 * @param[in] timeout_ns The time in nanoseconds for everything, looking up included. -1: no limit.
 *     0: only what needs no waiting succeeds.
 * @param[in] options What else is chosen. NULL: the defaults.
 * @return A descriptor. It is CLOEXEC unless INHERIT is set, and not NONBLOCK unless NONBLOCK is
 *     set.
 * @retval -XSOCK_EFAULT `service` is NULL and `host` does not begin with `unix:`.
 * @retval -XSOCK_EINVAL `timeout_ns` is below -1, `flags` has unknown bits or a flag that is only
 *     to listen, a reserved field is not 0, `protocol` is negative, `local` is malformed or is not
 *     of a family that `af` and `host` allow, or what follows `unix:` is empty or malformed.
 * @retval -XSOCK_ENAMETOOLONG The path is too long for a LOCAL address, in xsock or on this system.
 * @retval -XSOCK_EPROTONOSUPPORT The type does not have the protocol, or this system lacks it.
 * @retval -XSOCK_ESOCKTNOSUPPORT This system lacks the type in the family.
 * @retval -XSOCK_EAFNOSUPPORT This system lacks the family.
 * @retval -XSOCK_EAI_FAMILY `af` is another number, or this system lacks both families.
 * @retval -XSOCK_EAI_SOCKTYPE `type` is another number, or SEQPACKET without `unix:`.
 * @retval -XSOCK_EAI_ADDRFAMILY The host has no address of family `af`, or in the families that
 *     this system has. Also: `af` is LOCAL without `unix:`, or `unix:` with another family.
 * @retval -XSOCK_EAI_SERVICE There is no such service, the type does not have it, or `service` is
 *     given with `unix:`.
 * @retval -XSOCK_EAI_NONAME There is no such host; or `host` is not an address and NUMERICHOST is
 *     set; or `service` is not a number and NUMERICSERV is set.
 * @retval -XSOCK_EAI_NODATA The host has no address.
 * @retval -XSOCK_EAI_AGAIN There was no answer. There may be one at another time. (Also if there is
 *     no network.)
 * @retval -XSOCK_EAI_FAIL The name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 * @retval -XSOCK_ETIMEDOUT The time has passed, or the system gave all attempts up.
 * @retval -XSOCK_ECONNREFUSED Nobody listens at any of the addresses.
 * @retval -XSOCK_ECONNRESET The peer has reset the connection.
 * @retval -XSOCK_ENETUNREACH There is no route to the peer's network.
 * @retval -XSOCK_EHOSTUNREACH There is no route to the peer.
 * @retval -XSOCK_EADDRNOTAVAIL `local` is not an address of this machine, no port is left, or the
 *     address cannot be reached from here.
 * @retval -XSOCK_EADDRINUSE Another socket has the address `local`.
 * @retval -XSOCK_ENOENT LOCAL: nothing is at the path.
 * @retval -XSOCK_ENOTDIR LOCAL: a part of the path is not a folder.
 * @retval -XSOCK_ELOOP LOCAL: the path goes through too many symbolic links.
 * @retval -XSOCK_EPROTOTYPE LOCAL: the socket at the path is of another type.
 * @retval -XSOCK_EACCES The system forbids the attempt.
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_EAGAIN The system has no thread left for the look-up.
 *
 * @par Blocking
 * The call blocks until it is connected or the time has passed, also with NONBLOCK, and goes on
 * after signals. The look-up itself cannot be stopped: after the time has passed it may go on for a
 * while in a thread of the library.
 * @par Portability
 * Of several errors the call returns the first that a peer gave. If no peer gave one, it returns
 * the first that says there is no way to a peer. Windows lets only one attempt at a time use a
 * `local` with a port: while it runs, attempts at further addresses fail. If `local` is a path, its
 * file stays also if the call fails.
 * @par Standards
 * RFC 8305 ("Happy Eyeballs"), sections 4 and 5, for streams.
 * @since 0.1
 */
XSOCK_API int xsock_connect_host_with(const char *host, const char *service, int64_t timeout_ns,
                                      const struct xsock_connect_options *options) XSOCK_MUST_USE;

/** What a program chooses beside a host and a service to listen at. All zeros are the defaults. */
struct xsock_listen_options {
    /** XSOCK_AF_INET, XSOCK_AF_INET6 or XSOCK_AF_LOCAL. XSOCK_AF_UNSPEC: whatever the host has. */
    int af;
    /** XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM or, for `unix:`, XSOCK_SOCK_SEQPACKET. 0: STREAM. */
    int type;
    int protocol;         /**< As for xsock_open(), 0: the default. */
    int flags;            /**< `XSOCK_HOST_...`, or-ed, or 0. */
    uint64_t reserved[4]; /**< 0. */
};

/**
 * Opens a socket at the first address of a host that is this machine's, as xsock_listen_host()
 * does, with options. A datagram socket is bound and does not listen. XSOCK_SO_REUSEADDR is set
 * only on streams of INET and INET6. A host that begins with `unix:` is an address as
 * xsock_addr_parse() reads it (`unix:/path`, or `unix:@name` for an abstract name). Such a host has
 * no service. The program removes the file of a path when it ends; XSOCK_HOST_REMOVE_STALE helps if
 * it could not.
 *
 * @param[in] host The host, as for xsock_resolve(), or `unix:` and a path. NULL or `::`: all
 *     addresses, INET and INET6 both if the system has them and `af` does not choose one.
 * @param[in] service The service, as for xsock_resolve(). NULL: the system chooses a port, and
 *     xsock_local_addr() tells it. NULL with `unix:`.
 * @param[in] backlog A hint for how many connections may be queued, as for xsock_listen(). It means
 *     nothing for datagrams.
 * @param[in] options What else is chosen. NULL: the defaults.
 * @return A descriptor. It is CLOEXEC unless INHERIT is set, and not NONBLOCK unless NONBLOCK is
 *     set.
 * @retval -XSOCK_EINVAL `flags` has unknown bits, a reserved field is not 0, `protocol` is
 *     negative, or what follows `unix:` is empty or malformed.
 * @retval -XSOCK_ENAMETOOLONG The path is too long for a LOCAL address, in xsock or on this system.
 * @retval -XSOCK_EPROTONOSUPPORT The type does not have the protocol, or this system lacks it.
 * @retval -XSOCK_ESOCKTNOSUPPORT This system lacks the type in the family.
 * @retval -XSOCK_EAFNOSUPPORT This system lacks the family.
 * @retval -XSOCK_EAI_FAMILY `af` is another number, or this system lacks both families.
 * @retval -XSOCK_EAI_SOCKTYPE `type` is another number, or SEQPACKET without `unix:`.
 * @retval -XSOCK_EAI_ADDRFAMILY The host has no address of family `af`, or in the families that
 *     this system has. Also: `af` is LOCAL without `unix:`, or `unix:` with another family.
 * @retval -XSOCK_EAI_SERVICE There is no such service, the type does not have it, or `service` is
 *     given with `unix:`.
 * @retval -XSOCK_EAI_NONAME There is no such host; or `host` is not an address and NUMERICHOST is
 *     set; or `service` is not a number and NUMERICSERV is set.
 * @retval -XSOCK_EAI_NODATA The host has no address.
 * @retval -XSOCK_EAI_AGAIN There was no answer. There may be one at another time. (Also if there is
 *     no network.)
 * @retval -XSOCK_EAI_FAIL The name server failed for good.
 * @retval -XSOCK_EAI_MEMORY There is not enough memory.
 * @retval -XSOCK_EAI_SYSTEM Something else failed. xsock_oserror() returns the code.
 * @retval -XSOCK_EADDRINUSE Another socket has the address, or a file has the path. With
 *     REMOVE_STALE: the file is not a socket, or somebody may be behind it.
 * @retval -XSOCK_EADDRNOTAVAIL No address of the host is an address of this machine.
 * @retval -XSOCK_EBUSY With REMOVE_STALE: another call holds the lock file at this moment.
 * @retval -XSOCK_ENOPROTOOPT With REUSEPORT: this system or the family lacks XSOCK_SO_REUSEPORT.
 * @retval -XSOCK_ENOENT LOCAL: a folder of the path does not exist.
 * @retval -XSOCK_ENOTDIR LOCAL: a part of the path is not a folder.
 * @retval -XSOCK_ELOOP LOCAL: the path goes through too many symbolic links, or the lock file of
 *     REMOVE_STALE is one.
 * @retval -XSOCK_EROFS LOCAL: the path is on a file system that cannot be written.
 * @retval -XSOCK_EACCES The program may not use the port (below 1024, without privilege), or may
 *     not write the path.
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call blocks while the system looks up a name. It does not wait for the lock file.
 * @par Portability
 * A live server notices that REMOVE_STALE connects and hangs up.
 * @since 0.1
 */
XSOCK_API int xsock_listen_host_with(const char *host, const char *service, int backlog,
                                     const struct xsock_listen_options *options) XSOCK_MUST_USE;

/** @} */

/**
 * @defgroup xsock_pollers Pollers
 * A poller watches any number of sockets, its members. The cost of a wait depends on how many
 * members are ready, not on how many there are.
 *
 * A poller is a descriptor. xsock_close() closes it, and ends the waits in it with ECANCELED.
 * xsock_get_flags() and xsock_set_flags() know its CLOEXEC; NONBLOCK gives EINVAL. Its system
 * handle is never inherited, as no other program could use it. xsock_dup() and xsock_dup2() give
 * EINVAL for a poller, the calls of sockets ENOTSOCK, and xsock_poll() POLLNVAL.
 *
 * After fork() a poller of the parent is dead in the child: calls give EBADF. Its number is taken
 * in the child until the child closes it. Nothing that the child does reaches the parent's poller.
 * @{
 */

/** What to do with a member. Numbers as in WASIX. */
enum xsock_poller_op {
    XSOCK_POLLER_ADD = 0, /**< Make a socket a member. */
    XSOCK_POLLER_MOD = 1, /**< Change what a member is watched for, and its data. */
    XSOCK_POLLER_DEL = 2  /**< Remove a member. */
};

/** What a member is watched for and how, and what is reported. Numbers as in WASIX. */
enum xsock_poller_event {
    XSOCK_POLLER_IN = 0x1,    /**< The socket can receive or accept, or the stream has ended. */
    XSOCK_POLLER_OUT = 0x2,   /**< The socket can send, or connecting has ended, well or not. */
    XSOCK_POLLER_RDHUP = 0x4, /**< The peer has ended sending. */
    XSOCK_POLLER_PRI = 0x8,   /**< There is out-of-band data. */
    XSOCK_POLLER_ERR = 0x10,  /**< The socket has failed. Always reported. */
    XSOCK_POLLER_HUP = 0x20,  /**< The connection has ended both ways. Always reported. */
    /** Edge-triggered: report when a condition begins, not while it lasts. */
    XSOCK_POLLER_ET = 0x40,
    XSOCK_POLLER_ONESHOT = 0x80 /**< Report once, and then not again until XSOCK_POLLER_MOD. */
};

/** A member that is ready. */
struct xsock_event {
    uint64_t data; /**< What xsock_poller_ctl() was given. */
    /** `XSOCK_POLLER_...`, or-ed: the requested ones that hold, and ERR and HUP. */
    uint32_t events;
    int fd;            /**< The member, by the number that it was added with. */
    uint64_t reserved; /**< 0. */
};

/**
 * Opens a poller without members.
 *
 * @param[in] flags XSOCK_SOCK_CLOEXEC or 0.
 * @return The new descriptor, the lowest number that is free.
 * @retval -XSOCK_EINVAL `flags` has unknown bits, or NONBLOCK.
 * @retval -XSOCK_EMFILE The limit of xsock's table, or the process's limit of open handles, is
 *     reached.
 * @retval -XSOCK_ENFILE The system's limit of open handles is reached.
 * @retval -XSOCK_ENOBUFS The system has no buffer left for a socket.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ESYSNOTREADY Windows: the network is not ready to be used.
 * @retval -XSOCK_EVERNOTSUPPORTED Windows: the system has no Winsock 2.2.
 * @retval -XSOCK_EPROVIDERFAILEDINIT Windows: a provider of Winsock could not start.
 * @retval -XSOCK_ENETDOWN The network is down.
 * @retval -XSOCK_EAGAIN Windows: too many programs use Winsock.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_poller_open(int flags) XSOCK_MUST_USE;

/**
 * Adds a member to a poller, changes what a member is watched for, or removes a member.
 *
 * A descriptor may be a member of any number of pollers, and of each poller once. Each duplicate of
 * a descriptor is a member of its own. Conditions that already hold are reported after ADD and MOD,
 * also for edge-triggered and one-shot members. An edge may be reported more often than it happens:
 * receive or send until EAGAIN before you wait for the next.
 *
 * If a member is closed, released (xsock_release()) or replaced (xsock_dup2()), it is removed
 * silently, also if a duplicate stays open or a call still uses it. No later report is about this
 * member.
 *
 * @param[in] p The descriptor of a poller.
 * @param[in] op XSOCK_POLLER_ADD, XSOCK_POLLER_MOD or XSOCK_POLLER_DEL.
 * @param[in] d The descriptor of a socket, or of a look-up (xsock_resolve_begin()).
 * @param[in] events What to watch for, `XSOCK_POLLER_...`, or-ed. Ignored for DEL.
 * @param[in] data A number that comes with each report. Ignored for DEL.
 * @return 0.
 * @retval -XSOCK_EBADF `p` or `d` is not open.
 * @retval -XSOCK_ENOTSOCK `p` or `d` is a number that xsock_reserve() (xsock_native.h) has
 *     reserved.
 * @retval -XSOCK_EINVAL `p` is not a poller, `d` is one, `op` is another number, or `events` has
 *     unknown bits.
 * @retval -XSOCK_EEXIST ADD: `d` is a member already.
 * @retval -XSOCK_ENOENT MOD or DEL: `d` is not a member.
 * @retval -XSOCK_ENOSPC The system's limit of members is reached.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @par Standards
 * epoll_ctl() of Linux.
 * @since 0.1
 */
XSOCK_API int xsock_poller_ctl(int p, int op, int d, uint32_t events, uint64_t data);

/**
 * Waits until a member is ready, until the poller is woken, or until a time has passed. The time
 * never ends early. Any number of threads may wait in a poller. A level-triggered member may be
 * reported to several of them, an edge is reported to one.
 *
 * @param[in] p The descriptor of a poller.
 * @param[out] out The members that are ready, one entry for each. Entries behind them may have been
 *     overwritten.
 * @param[in] n The capacity of `out`. At most `n` are stored, possibly fewer than are ready. Later
 *     waits return the rest, and no member is starved.
 * @param[in] timeout_ns The time in nanoseconds. -1: no limit. 0: not at all.
 * @return How many entries were stored. 0 if the time has passed or the poller was woken.
 * @retval -XSOCK_EBADF `p` is not open.
 * @retval -XSOCK_ENOTSOCK `p` is a number that xsock_reserve() (xsock_native.h) has reserved.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EINVAL `p` is not a poller, `n` is 0, or `timeout_ns` is below -1.
 * @retval -XSOCK_EINTR A signal came. The call returns so that Ctrl-C can end a loop.
 * @retval -XSOCK_ECANCELED Another thread closed `p` while the call waited.
 *
 * @par Blocking
 * The call blocks until a member is ready, the poller is woken or the time has passed.
 * @par Portability
 * On every system a socket that failed to connect has OUT and ERR.
 * @par Standards
 * epoll_wait() of Linux.
 * @par Examples
 * @code{.c}
 * struct xsock_event events[64];
 * int poller = xsock_poller_open(XSOCK_SOCK_CLOEXEC);
 * int listener = xsock_listen_host(NULL, "7777", 128);
 * xsock_poller_ctl(poller, XSOCK_POLLER_ADD, listener, XSOCK_POLLER_IN, 0);
 * int n = xsock_poller_wait(poller, events, 64, -1);
 * for (int i = 0; i < n; i++)
 *     printf("%d is ready\n", events[i].fd);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_poller_wait(int p, struct xsock_event *out, size_t n, int64_t timeout_ns)
    XSOCK_WRITES(2, 3);

/**
 * Makes one wait in a poller return at once, with 0 or with what is ready: a wait that is under
 * way, otherwise the next one. Several wakes before that count as one. Async-signal-safe while no
 * thread closes `p`.
 *
 * @param[in] p The descriptor of a poller.
 * @return 0.
 * @retval -XSOCK_EBADF `p` is not open.
 * @retval -XSOCK_ENOTSOCK `p` is a number that xsock_reserve() (xsock_native.h) has reserved.
 * @retval -XSOCK_EINVAL `p` is not a poller.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_poller_wake(int p);

/** @} */

/**
 * @defgroup xsock_time Time
 * The clock, and the deadlines of sockets.
 * @{
 */

/** Which calls a deadline concerns. */
enum xsock_deadline {
    /** The calls that receive, in any form, and xsock_accept(). */
    XSOCK_DEADLINE_RECV = 1,
    /** The calls that send, in any form, xsock_sendfile() and xsock_connect(). */
    XSOCK_DEADLINE_SEND = 2
};

/**
 * Tells the time that deadlines go by. The clock never goes back, and setting the time of day does
 * not change it. Async-signal-safe.
 *
 * @return Nanoseconds since some moment in the past.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Linux does not count the time a machine sleeps. Other systems may count it.
 * @since 0.1
 */
XSOCK_API int64_t xsock_now(void);

/**
 * Sets a deadline of a socket: a moment after which its calls wait no longer, and give ETIMEDOUT.
 *
 * The deadline belongs to the socket, and all duplicates share it. The deadline stays until it is
 * changed. It holds at once, also for calls that wait already. A deadline that has passed ends new
 * calls too, before they do anything, non-blocking ones included. So a thread can interrupt the
 * calls of others by the deadline 0, and the socket stays open. xsock_poll() and pollers ignore
 * deadlines.
 *
 * A call that has moved bytes or datagrams before the deadline returns how many. If
 * XSOCK_SO_RCVTIMEO, XSOCK_SO_SNDTIMEO or XSOCK_SO_ACCPTIMEO passes first, the call gives EAGAIN.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] which Which deadlines to set: XSOCK_DEADLINE_RECV, XSOCK_DEADLINE_SEND, or both,
 *     or-ed.
 * @param[in] at_ns A moment of xsock_now(). 0 and any other moment of the past have passed at once.
 *     -1 removes the deadline.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EINVAL `which` is 0 or has unknown bits, or `at_ns` is less than -1.
 *
 * @par Blocking
 * The call does not block.
 * @par Examples
 * @code{.c}
 * // All that is received must have come within ten seconds, whatever the number of calls.
 * int d = xsock_connect_host("localhost", "7777", -1);
 * if (d >= 0)
 *     xsock_set_deadline(d, XSOCK_DEADLINE_RECV, xsock_now() + 10 * INT64_C(1000000000));
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_set_deadline(int d, int which, int64_t at_ns);

/**
 * Tells a deadline of a socket, as it was set.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] which XSOCK_DEADLINE_RECV or XSOCK_DEADLINE_SEND.
 * @param[out] out_at_ns The moment, or -1 if there is no deadline.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up, not a socket.
 * @retval -XSOCK_EFAULT `out_at_ns` is NULL.
 * @retval -XSOCK_EINVAL `which` is neither of the two.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_get_deadline(int d, int which, int64_t *out_at_ns);

/** @} */

/** @defgroup xsock_library Library
 * Starting and ending the library, and its version.
 * @{ */

/**
 * Starts the library. The call is optional, as opening a socket starts the library too; this call
 * lets a program tell the failures apart. It may be made any number of times.
 *
 * @return 0.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 * @retval -XSOCK_ESYSNOTREADY Windows: the network is not ready to be used.
 * @retval -XSOCK_EVERNOTSUPPORTED Windows: the system has no Winsock 2.2.
 * @retval -XSOCK_EPROVIDERFAILEDINIT Windows: a provider of Winsock could not start.
 * @retval -XSOCK_ENETDOWN The network is down.
 * @retval -XSOCK_EAGAIN Windows: too many programs use Winsock.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * The errors other than ENOMEM come from WSAStartup() on Windows.
 * @since 0.1
 */
XSOCK_API int xsock_startup(void);

/**
 * Gives back what starting the library took. The call is optional, and the library can be started
 * again.
 *
 * @return 0.
 * @retval -XSOCK_EBUSY A descriptor is open, or a call still uses one that was closed. Nothing is
 *     changed.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * On Windows the call ends Winsock (WSACleanup()).
 * @since 0.1
 */
XSOCK_API int xsock_cleanup(void);

/**
 * Tells the version of the library that runs. XSOCK_VERSION_MAJOR, XSOCK_VERSION_MINOR and
 * XSOCK_VERSION_PATCH tell the version of the header. Async-signal-safe.
 *
 * @return A constant text: "MAJOR.MINOR.PATCH".
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const char *xsock_version(void);

/** @} */

#ifdef __cplusplus
}
#endif

#include "xsock_families.h"

#endif
