/* xsock's numbers to Windows' own. */
#include "win32/native.h"

#include "xsock.h"

struct row {
    int number, native;
};

static const struct row families[] = {
    {XSOCK_AF_INET, AF_INET},           {XSOCK_AF_INET6, AF_INET6},
    {XSOCK_AF_LOCAL, AF_UNIX}, /* from Windows 10 1803 on; the system says whether it has it */
    {XSOCK_AF_BLUETOOTH, AF_BTH},       {XSOCK_AF_IPX, AF_IPX},
    {XSOCK_AF_APPLETALK, AF_APPLETALK}, {XSOCK_AF_NETBIOS, AF_NETBIOS},
    {XSOCK_AF_IRDA, AF_IRDA},           {XSOCK_AF_HYPERV, AF_HYPERV},
};

static const struct row types[] = {
    {XSOCK_SOCK_STREAM, SOCK_STREAM}, {XSOCK_SOCK_DGRAM, SOCK_DGRAM},
    {XSOCK_SOCK_RAW, SOCK_RAW},       {XSOCK_SOCK_SEQPACKET, SOCK_SEQPACKET},
    {XSOCK_SOCK_RDM, SOCK_RDM},
};

static bool find(const struct row *rows, size_t count, int number, int *out)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].number == number) {
            *out = rows[i].native;
            return true;
        }
    }
    return false;
}

bool xsock__sys_family(int af, int *out)
{
    return find(families, sizeof families / sizeof families[0], af, out);
}

bool xsock__sys_type(int type, int *out)
{
    return find(types, sizeof types / sizeof types[0], type, out);
}

/* The numbers are the same, where there is one. (0x100 for L2CAP is Windows' number: Linux has 0,
 * which in xsock is "the default". The protocols of IPX, AppleTalk and Hyper-V are Windows' own,
 * NetBIOS's are negated adapter numbers.) */
bool xsock__sys_protocol(int af, int protocol, int *out)
{
    switch (af) {
    case XSOCK_AF_INET:
    case XSOCK_AF_INET6:
        if (protocol > 255) /* MPTCP: above 255 Windows has marks for its own use, no protocols */
            return false;
        break;
    case XSOCK_AF_BLUETOOTH:
        if (protocol == XSOCK_BTPROTO_HCI
            || protocol == XSOCK_BTPROTO_SCO) /* only inside its drivers */
            return false;
        break;
    default:
        break;
    }
    *out = protocol;
    return true;
}
