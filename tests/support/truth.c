#include "truth.h"

#include "harness.h"

struct row {
    int af, type, first, last, preset; /* preset: what protocol 0 stands for, here; -1: nothing */
};

enum { NO_PRESET = -1 };

static const struct row rows[] = {
    {XSOCK_AF_INET, XSOCK_SOCK_STREAM, 6, 6, 6},             /* TCP */
    {XSOCK_AF_INET, XSOCK_SOCK_STREAM, 132, 132, NO_PRESET}, /* SCTP, one-to-one */
    {XSOCK_AF_INET, XSOCK_SOCK_STREAM, 262, 262, NO_PRESET}, /* MPTCP */
    {XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 17, 17, 17},           /* UDP */
    {XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 136, 136, NO_PRESET},  /* UDP-Lite */
    {XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 1, 1, NO_PRESET},      /* ICMP echo without privilege */
    {XSOCK_AF_INET, XSOCK_SOCK_RAW, 1, 255, NO_PRESET},
    {XSOCK_AF_INET, XSOCK_SOCK_SEQPACKET, 132, 132, 132}, /* SCTP, one-to-many */
    {XSOCK_AF_INET, XSOCK_SOCK_RDM, 113, 113, 113},       /* PGM */
    {XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 6, 6, 6},
    {XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 132, 132, NO_PRESET},
    {XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 262, 262, NO_PRESET},
    {XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 17, 17, 17},
    {XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 136, 136, NO_PRESET},
    {XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 58, 58, NO_PRESET}, /* ICMPv6 echo */
    {XSOCK_AF_INET6, XSOCK_SOCK_RAW, 1, 255, NO_PRESET},
    {XSOCK_AF_INET6, XSOCK_SOCK_SEQPACKET, 132, 132, 132},
    {XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, 0, 0},
    {XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, 0, 0},
    {XSOCK_AF_LOCAL, XSOCK_SOCK_SEQPACKET, 0, 0, 0},
    {XSOCK_AF_ROUTE, XSOCK_SOCK_RAW, 0, 0, 0},
    {XSOCK_AF_LINK, XSOCK_SOCK_RAW, 0, 0, 0},
    /* PF_KEY_V2, RFC 2367: the only one, and never implied */
    {XSOCK_AF_KEY, XSOCK_SOCK_RAW, 2, 2, NO_PRESET},
    {XSOCK_AF_NATM, XSOCK_SOCK_STREAM, 1, 2, 2},
    {XSOCK_AF_NATM, XSOCK_SOCK_DGRAM, 2, 2, 2},
    {XSOCK_AF_NETGRAPH, XSOCK_SOCK_DGRAM, 1, 2, 2},
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_STREAM, 3, 3, 3}, /* RFCOMM */
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_STREAM, 0x100, 0x100, NO_PRESET},
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_DGRAM, 0x100, 0x100, 0x100}, /* L2CAP */
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_RAW, 1, 1, NO_PRESET},
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_RAW, 3, 3, NO_PRESET},
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_RAW, 0x100, 0x100, NO_PRESET},
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_SEQPACKET, 2, 2, NO_PRESET},
    {XSOCK_AF_BLUETOOTH, XSOCK_SOCK_SEQPACKET, 0x100, 0x100, 0x100},
    {XSOCK_AF_IEEE80211, XSOCK_SOCK_RAW, 0, 0, 0},
    {XSOCK_AF_INET_SDP, XSOCK_SOCK_STREAM, 0, 0, 0},
    {XSOCK_AF_INET6_SDP, XSOCK_SOCK_STREAM, 0, 0, 0},
    {XSOCK_AF_NETLINK, XSOCK_SOCK_DGRAM, 0, 22, 0}, /* 0 is ROUTE */
    {XSOCK_AF_NETLINK, XSOCK_SOCK_RAW, 0, 22, 0},
    {XSOCK_AF_PACKET, XSOCK_SOCK_DGRAM, 0, 0xffff, 0},
    {XSOCK_AF_PACKET, XSOCK_SOCK_RAW, 0, 0xffff, 0},
    {XSOCK_AF_VSOCK, XSOCK_SOCK_STREAM, 0, 0, 0},
    {XSOCK_AF_VSOCK, XSOCK_SOCK_DGRAM, 0, 0, 0},
    {XSOCK_AF_VSOCK, XSOCK_SOCK_SEQPACKET, 0, 0, 0},
    {XSOCK_AF_CAN, XSOCK_SOCK_DGRAM, 2, 2, 2}, /* broadcast manager */
    {XSOCK_AF_CAN, XSOCK_SOCK_DGRAM, 6, 7, NO_PRESET},
    {XSOCK_AF_CAN, XSOCK_SOCK_RAW, 1, 1, NO_PRESET},
    {XSOCK_AF_IPX, XSOCK_SOCK_STREAM, 1256, 1257, 1256},
    {XSOCK_AF_IPX, XSOCK_SOCK_DGRAM, 1000, 1255, 1000},
    {XSOCK_AF_IPX, XSOCK_SOCK_SEQPACKET, 1256, 1257, 1256},
    {XSOCK_AF_APPLETALK, XSOCK_SOCK_STREAM, 16022, 16022, 16022},
    {XSOCK_AF_APPLETALK, XSOCK_SOCK_DGRAM, 16000, 16000, 16000},
    {XSOCK_AF_APPLETALK, XSOCK_SOCK_RDM, 16023, 16023, 16023},
    {XSOCK_AF_NETBIOS, XSOCK_SOCK_DGRAM, INT32_MIN, 0, 0}, /* the adapter's number, negative */
    {XSOCK_AF_NETBIOS, XSOCK_SOCK_SEQPACKET, INT32_MIN, 0, 0},
    {XSOCK_AF_IRDA, XSOCK_SOCK_STREAM, 0, 0, 0},
    {XSOCK_AF_HYPERV, XSOCK_SOCK_STREAM, 1, 1, 1},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const int flag_sets[] = {0, XSOCK_SOCK_CLOEXEC, XSOCK_SOCK_NONBLOCK,
                                XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK};
static const int all_flags = XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK;

/* ---- Every system ---------------------------------------------------------------------------- */

int truth_answer(int af, int type, int protocol, int *out_protocol)
{
    int verdict = -XSOCK_EAFNOSUPPORT;
    if ((type & ~(0x1fff | all_flags)) != 0 || (protocol < 0 && af != XSOCK_AF_NETBIOS))
        return -XSOCK_EINVAL;
    for (int i = 0; i < ROWS; i++) {
        const struct row *r = &rows[i];
        if (r->af != af)
            continue;
        if (r->type != (type & ~all_flags)) {
            if (verdict == -XSOCK_EAFNOSUPPORT)
                verdict = -XSOCK_ESOCKTNOSUPPORT;
            continue;
        }
        verdict = -XSOCK_EPROTONOSUPPORT;
        if (protocol == 0 ? r->preset != NO_PRESET : protocol >= r->first && protocol <= r->last) {
            *out_protocol = protocol == 0 ? r->preset : protocol;
            return 0;
        }
    }
    return verdict;
}

/* ---- This system ----------------------------------------------------------------------------- */

static int type_index(int type)
{
    type &= ~all_flags;
    return type == XSOCK_SOCK_RDM ? 5 : type >= 0 && type < 5 ? type : 0;
}

void truth_ask(struct truth_system *out_system)
{
    memset(out_system, 0, sizeof *out_system);
    for (int i = 0; i < ROWS; i++) {
        int d = xsock_open(rows[i].af, rows[i].type, rows[i].first);
        bool there = d >= 0 || d == -XSOCK_EACCES;
        if (d >= 0)
            ASSERT_RESULT(0, xsock_close(d));
        ASSERT_THAT(there || d == -XSOCK_EAFNOSUPPORT || d == -XSOCK_ESOCKTNOSUPPORT
                        || d == -XSOCK_EPROTONOSUPPORT,
                    "(%d, %d, %d) gives %s", rows[i].af, rows[i].type, rows[i].first,
                    harness_name(d));
        /* If the system has the type and lacks this protocol, the error is that for protocols. */
        out_system->family[rows[i].af] |= there || d != -XSOCK_EAFNOSUPPORT;
        out_system->type[rows[i].af][type_index(rows[i].type)] |=
            there || d == -XSOCK_EPROTONOSUPPORT;
    }
}

int truth_answer_here(const struct truth_system *system, int af, int type, int protocol)
{
    int meant, answer = truth_answer(af, type, protocol, &meant);
    if (answer == -XSOCK_EINVAL || answer == -XSOCK_EAFNOSUPPORT)
        return answer;
    if (!system->family[af])
        return -XSOCK_EAFNOSUPPORT;
    if (answer == -XSOCK_ESOCKTNOSUPPORT || !system->type[af][type_index(type)])
        return -XSOCK_ESOCKTNOSUPPORT;
    return answer;
}

/* ---- The sweep ------------------------------------------------------------------------------- */

static void check_opened(int d, int af, int type, int protocol, truth_opened *opened)
{
    int meant = protocol;
    ASSERT_RESULT(3, d);
    ASSERT_RESULT(type & all_flags, xsock_get_flags(d));
    assert_int_equal(truth_answer(af, type, protocol, &meant), 0);
    if (opened != NULL)
        opened(d, af, type, meant);
    ASSERT_RESULT(0, xsock_close(d));
}

static int sweep_one(const struct truth_system *system, int af, int type, int protocol,
                     truth_opened *opened)
{
    int d, expected = truth_answer_here(system, af, type, protocol);
    if (expected == 0 && af == XSOCK_AF_PACKET)
        return 0;
    d = xsock_open(af, type, protocol);
    if (d >= 0 && expected == 0) {
        check_opened(d, af, type, protocol, opened);
        return 1;
    }
    ASSERT_THAT(d == expected
                    || (expected == 0 && (d == -XSOCK_EACCES || d == -XSOCK_EPROTONOSUPPORT)),
                "(%d, %#x, %d) gives %s, expected %s", af, (unsigned)type, protocol,
                harness_name(d), harness_name(expected));
    return 0;
}

/* A family without a row has the same answer for every protocol from 0. The sweep tries all of them
 * in ci/full.sh only. */
static int last_protocol(int af)
{
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].af == af)
            return 300;
    }
    return getenv("XSOCK_FULL") != NULL ? 300 : 3;
}

static int sweep_type(const struct truth_system *system, int af, int type, truth_opened *opened)
{
    int count = 0, last = last_protocol(af);
    for (int f = 0; f < 4; f++) {
        for (int protocol = -1; protocol <= last; protocol++)
            count += sweep_one(system, af, type | flag_sets[f], protocol, opened);
    }
    return count;
}

int truth_sweep(const struct truth_system *system, truth_opened *opened)
{
    int count = 0;
    for (int af = -2; af <= 300; af++) {
        for (int type = -1; type <= 20; type++)
            count += sweep_type(system, af, type, opened);
        count += sweep_type(system, af, XSOCK_SOCK_RDM, opened);
    }
    return count;
}
