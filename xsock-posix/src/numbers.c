/* Families, types and flags: those of include/ and of the system, and xsock's. */
#include "posix.h"

int xsock_posix__family_in(int family, int *out)
{
    switch (family) {
    case AF_INET:
        *out = XSOCK_AF_INET;
        return 0;
    case AF_INET6:
        *out = XSOCK_AF_INET6;
        return 0;
    case AF_UNIX:
        *out = XSOCK_AF_LOCAL;
        return 0;
    case AF_UNSPEC:
        *out = XSOCK_AF_UNSPEC;
        return 0;
    default:
        return -XSOCK_EAFNOSUPPORT;
    }
}

static const struct {
    int posix;
    int xsock;
} types[] = {
    {SOCK_STREAM, XSOCK_SOCK_STREAM},
    {SOCK_DGRAM, XSOCK_SOCK_DGRAM},
    {SOCK_RAW, XSOCK_SOCK_RAW},
    {SOCK_RDM, XSOCK_SOCK_RDM},
    {SOCK_SEQPACKET, XSOCK_SOCK_SEQPACKET},
};

static int type_in(int type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].posix == type)
            return types[i].xsock;
    }
    return -XSOCK_ESOCKTNOSUPPORT;
}

int xsock_posix__type_out(int type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].xsock == type)
            return types[i].posix;
    }
    return 0;
}

int xsock_posix__family_out(int family)
{
    switch (family) {
    case XSOCK_AF_INET:
        return AF_INET;
    case XSOCK_AF_INET6:
        return AF_INET6;
    case XSOCK_AF_LOCAL:
        return AF_UNIX;
    default:
        break;
    }
#if !defined(_WIN32)
    /* The family's number is the same for each type, so any type that the family has will do. */
    static const int usual[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM, XSOCK_SOCK_SEQPACKET,
                                XSOCK_SOCK_RAW};
    const int protocol = family == XSOCK_AF_KEY ? XSOCK_KEY_V2 : 0;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        int triple[3];
        if (xsock_native_triple(family, usual[i], protocol, triple) == 0)
            return triple[0];
    }
#endif
    return AF_UNSPEC;
}

/* Families that few programs use: only their number is converted here, as xsock has the protocols
 * of most of them by the system's numbers. */
static int other_family_in(int family, int out[3])
{
#if defined(_WIN32)
    (void)family, (void)out;
    return -XSOCK_EAFNOSUPPORT;
#else
    return xsock_triple_from_native(family, 0, 0, out);
#endif
}

/* macOS has no flags in a type. */
#if !defined(SOCK_CLOEXEC)
#define SOCK_CLOEXEC 0
#define SOCK_NONBLOCK 0
#endif

int xsock_posix__socket_flags_in(int flags)
{
    if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) != 0)
        return -XSOCK_EINVAL;
    return ((flags & SOCK_CLOEXEC) != 0 ? XSOCK_SOCK_CLOEXEC : 0)
           | ((flags & SOCK_NONBLOCK) != 0 ? XSOCK_SOCK_NONBLOCK : 0);
}

/* IPPROTO_MAX, SOCK_MAX and AF_MAX of Linux are one more. */
enum { PROTOCOL_MAX = 262, TYPE_MAX = 10, FAMILY_MAX = 45 };

/* Sockets of AF_UNIX have no protocols. Linux takes the family's number for 0, judges the protocol
 * before the type, and makes datagrams of SOCK_RAW. */
static int local_in(int *type, int *protocol)
{
    if (*protocol != 0 && *protocol != PF_UNIX)
        return -XSOCK_EPROTONOSUPPORT;
    *protocol = 0;
    if (*type == SOCK_RAW)
        *type = SOCK_DGRAM;
    return 0;
}

int xsock_posix__triple_in(int family, int type, int protocol, int out[3])
{
    int flags = xsock_posix__socket_flags_in(type & ~0xf);
    if (flags < 0)
        return flags;
    out[2] = 0;
    type &= 0xf;
    if (type > TYPE_MAX && family >= 0 && family <= FAMILY_MAX)
        return -XSOCK_EINVAL;
    if (xsock_posix__family_in(family, &out[0]) < 0) {
        int error = other_family_in(family, out);
        if (error < 0)
            return error;
    }
    if (out[0] == XSOCK_AF_LOCAL) {
        int error = local_in(&type, &protocol);
        if (error < 0)
            return error;
    }
#ifdef AF_PACKET
    if (family == AF_PACKET) /* an EtherType in network order, which xsock has in host order */
        protocol = ntohs((uint16_t)protocol);
#endif
    if (protocol != 0) /* 0 stays what other_family_in() has stored */
        out[2] = protocol;
    bool is_inet = out[0] == XSOCK_AF_INET || out[0] == XSOCK_AF_INET6;
    if (is_inet && (protocol < 0 || protocol > PROTOCOL_MAX))
        return -XSOCK_EINVAL;
    int known = type_in(type);
    if (known < 0) /* the family is judged first */
        return xsock_probe(out[0], XSOCK_SOCK_STREAM, 0) == -XSOCK_EAFNOSUPPORT
                   ? -XSOCK_EAFNOSUPPORT
                   : known;
    out[1] = known | flags;
    return 0;
}

/* The flags that this library passes on. Others have no effect, as Linux has it. */
static const struct {
    int posix;
    int xsock;
} msg_flags[] = {
    {MSG_OOB, XSOCK_MSG_OOB},
    {MSG_PEEK, XSOCK_MSG_PEEK},
    {MSG_DONTROUTE, XSOCK_MSG_DONTROUTE},
    {MSG_CTRUNC, XSOCK_MSG_CTRUNC},
    {MSG_TRUNC, XSOCK_MSG_TRUNC},
    {MSG_DONTWAIT, XSOCK_MSG_DONTWAIT},
    {MSG_EOR, XSOCK_MSG_EOR},
    {MSG_WAITALL, XSOCK_MSG_WAITALL},
#ifdef MSG_MORE
    {MSG_MORE, XSOCK_MSG_MORE},
#endif
#ifdef MSG_CMSG_CLOEXEC
    {MSG_CMSG_CLOEXEC, XSOCK_MSG_CMSG_CLOEXEC},
#endif
};

/* The flags that have a meaning in this direction and for this type. xsock refuses others. */
static int allowed(int d, enum xsock_posix__direction direction)
{
    uint64_t type = 0;
    (void)xsock_get_opt_size(d, XSOCK_SO_TYPE, &type);
    bool is_stream = type == XSOCK_SOCK_STREAM;
    if (direction == XSOCK_POSIX__SEND) {
        return XSOCK_MSG_DONTWAIT | XSOCK_MSG_DONTROUTE | XSOCK_MSG_OOB
               | (is_stream ? XSOCK_MSG_MORE : 0)
               | (type == XSOCK_SOCK_SEQPACKET ? XSOCK_MSG_EOR : 0);
    }
    return XSOCK_MSG_DONTWAIT | XSOCK_MSG_PEEK
           | (direction == XSOCK_POSIX__RECVMSG ? XSOCK_MSG_CMSG_CLOEXEC : 0)
           | (is_stream ? XSOCK_MSG_WAITALL : XSOCK_MSG_TRUNC)
           | (is_stream || type == XSOCK_SOCK_RAW || xsock_posix__is_local(d) ? XSOCK_MSG_OOB : 0);
}

int xsock_posix__msg_flags_in(int d, enum xsock_posix__direction direction, int flags)
{
#ifdef MSG_NOSIGNAL
    flags &= ~MSG_NOSIGNAL; /* no call raises a signal */
#endif
    if (flags == 0)
        return 0;
#if MSG_DONTWAIT == 0x40
    if (flags == MSG_DONTWAIT)
        return XSOCK_MSG_DONTWAIT;
#endif
    int out = 0;
    for (size_t i = 0; i < sizeof msg_flags / sizeof msg_flags[0]; i++) {
        if ((flags & msg_flags[i].posix) != 0)
            out |= msg_flags[i].xsock;
    }
    return out & allowed(d, direction);
}

int xsock_posix__msg_flags_out(int flags)
{
    int out = 0;
    for (size_t i = 0; i < sizeof msg_flags / sizeof msg_flags[0]; i++) {
        if ((flags & msg_flags[i].xsock) != 0)
            out |= msg_flags[i].posix;
    }
    return out;
}
