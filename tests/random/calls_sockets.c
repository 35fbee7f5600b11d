/* Random steps: what opens, names, joins and ends sockets, options, and values without a socket. */
#include "random.h"

#include <limits.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- What to call with ----------------------------------------------------------------------- */

unsigned pick(unsigned n)
{
    me->chance = me->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(me->chance >> 33) % n;
}

int pick_number(void)
{
    static const int odd[] = {-1, 0, 2, INT_MAX, INT_MIN, 1000};
    unsigned which = pick(200);
    return which < COUNT(odd) ? odd[which] : FIRST + (int)pick(SPAN);
}

int pick_type_flags(void)
{
    return (pick(3) == 0 ? XSOCK_SOCK_NONBLOCK : 0) | (pick(2) != 0 ? XSOCK_SOCK_CLOEXEC : 0);
}

static int pick_type(void)
{
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_STREAM,    XSOCK_SOCK_STREAM,
                                XSOCK_SOCK_DGRAM,  XSOCK_SOCK_SEQPACKET, XSOCK_SOCK_DGRAM};
    return types[pick(COUNT(types))] | pick_type_flags();
}

static int pick_family(void)
{
    static const int families[] = {XSOCK_AF_INET, XSOCK_AF_INET, XSOCK_AF_INET6, XSOCK_AF_LOCAL};
    return families[pick(COUNT(families))];
}

size_t pick_length(void)
{
    static const size_t lengths[] = {0, 1, 10, 1000, 5000, 60000, BUFFER};
    return lengths[pick(COUNT(lengths))];
}

int64_t pick_time(void)
{
    static const int64_t times[] = {0, 1000, MS, 5 * MS, 20 * MS, -1};
    return times[pick(COUNT(times))];
}

/* Mostly the address of a socket that is open, else one where nobody is. */
void pick_address(struct xsock_addr *out)
{
    for (int i = 0; i < 6; i++) {
        int d = pick_number();
        if (CALL(AT_ONCE, local_addr, (d, out), d, 0, 0) == 0
            && (out->port != 0 || out->family == XSOCK_AF_LOCAL) && pick(4) != 0)
            return;
    }
    (void)xsock_addr_loopback(pick(3) != 0 ? XSOCK_AF_INET : XSOCK_AF_INET6, pick(2), out);
    if (pick(10) == 0)
        out->family = XSOCK_AF_UNSPEC;
}

/* ---- Sockets --------------------------------------------------------------------------------- */

static void open_one(void)
{
    int af = pick_family(), type = pick_type();
    CALL(AT_ONCE, open, (af, type, 0), af, type, 0);
}

static void open_pair(void)
{
    int type = pick_type(), out[2];
    CALL(AT_ONCE, pair, (XSOCK_AF_LOCAL, type, 0, out), XSOCK_AF_LOCAL, type, 0);
}

static void open_listener(void)
{
    struct xsock_addr a;
    int type = XSOCK_SOCK_STREAM | pick_type_flags();
    int64_t d = CALL(AT_ONCE, open, (XSOCK_AF_INET, type, 0), XSOCK_AF_INET, type, 0);
    (void)xsock_addr_loopback(XSOCK_AF_INET, 0, &a);
    CALL(AT_ONCE, bind, ((int)d, &a), d, 0, 0);
    CALL(AT_ONCE, listen, ((int)d, 5), d, 5, 0);
}

static void bind_one(void)
{
    int d = pick_number();
    struct xsock_addr a;
    (void)xsock_addr_loopback(pick(3) != 0 ? XSOCK_AF_INET : XSOCK_AF_INET6, 0, &a);
    CALL(AT_ONCE, bind, (d, &a), d, a.family, 0);
}

static void listen_one(void)
{
    int d = pick_number(), backlog = (int)pick(4) - 1;
    CALL(AT_ONCE, listen, (d, backlog), d, backlog, 0);
}

static void connect_one(void)
{
    int d = pick_number();
    struct xsock_addr a;
    pick_address(&a);
    CALL(UNTIL_ENDED, connect, (d, &a), d, a.family, a.port);
    if (pick(4) == 0)
        CALL(AT_ONCE, connect_result, (d), d, 0, 0);
}

static void accept_one(void)
{
    int d = pick_number(), flags = pick_type_flags();
    struct xsock_addr a;
    CALL(UNTIL_ENDED, accept, (d, flags, pick(2) != 0 ? &a : NULL), d, flags, 0);
}

static void shutdown_one(void)
{
    int d = pick_number(), how = (int)pick(5);
    CALL(AT_ONCE, shutdown, (d, how), d, how, 0);
}

static void close_one(void)
{
    int d = pick_number();
    CALL(AT_ONCE, close, (d), d, 0, 0);
}

static void dup_one(void)
{
    int d = pick_number(), to = pick_number(), flags = pick_type_flags() & XSOCK_SOCK_CLOEXEC;
    if (pick(2) != 0)
        CALL(AT_ONCE, dup, (d, to, flags), d, to, flags);
    else
        CALL(AT_ONCE, dup2, (d, to, flags), d, to, flags);
}

static void flags_one(void)
{
    int d = pick_number(), flags = pick_type_flags();
    if (pick(3) == 0)
        CALL(AT_ONCE, get_flags, (d), d, 0, 0);
    else
        CALL(AT_ONCE, set_flags, (d, flags), d, flags, 0);
}

static void look_at_one(void)
{
    int d = pick_number();
    struct xsock_addr a;
    struct xsock_cred cred;
    uintptr_t handle;
    CALL(AT_ONCE, peer_addr, (d, &a), d, 0, 0);
    CALL(AT_ONCE, peer_cred, (d, &cred), d, 0, 0);
    CALL(AT_ONCE, available, (d), d, 0, 0);
    CALL(AT_ONCE, at_mark, (d), d, 0, 0);
    CALL(AT_ONCE, native, (d, &handle), d, 0, 0);
}

static void release_one(void)
{
    int d = pick_number();
    uintptr_t handle;
    if (CALL(AT_ONCE, release, (d, &handle), d, 0, 0) == 0)
        system_close(handle);
}

/* A socket of the system's own. A handle that was released is never adopted: a duplicate of the
 * socket may be open, and xsock_release() says what the blocking mode would do to that one. */
static void adopt_one(void)
{
    int flags = pick_type_flags();
    uintptr_t handle;
    if (system_socket(&handle) && CALL(AT_ONCE, adopt, (handle, flags), handle, flags, 0) < 0)
        system_close(handle);
}

static void reserve_one(void)
{
    int d = pick(2) != 0 ? -1 : pick_number();
    int64_t reserved = CALL(AT_ONCE, reserve, (d), d, 0, 0);
    if (pick(2) != 0)
        CALL(AT_ONCE, unreserve, ((int)reserved), reserved, 0, 0);
}

/* Otherwise most numbers would be reserved in the end. */
static void unreserve_all(void)
{
    for (int d = FIRST; d < LIMIT; d++)
        (void)xsock_unreserve(d); /* mostly EBADF, so not counted */
}

static void library_one(void)
{
    if (pick(2) != 0)
        CALL(AT_ONCE, startup, (), 0, 0, 0);
    else
        CALL(AT_ONCE, cleanup, (), 0, 0, 0);
    CALL(AT_ONCE, get_limit, (), 0, 0, 0);
    CALL(AT_ONCE, set_limit, (LIMIT - (int)pick(2) * LIMIT), 0, 0, 0);
}

void socket_step(void)
{
    static void (*const steps[])(void) = {
        open_one,      open_one,   open_pair,   open_pair,   open_pair,     open_listener,
        open_listener, bind_one,   listen_one,  connect_one, connect_one,   connect_one,
        accept_one,    accept_one, accept_one,  close_one,   close_one,     close_one,
        shutdown_one,  dup_one,    dup_one,     flags_one,   open_listener, look_at_one,
        release_one,   adopt_one,  reserve_one, library_one, accept_one,    unreserve_all,
    };
    steps[pick(COUNT(steps))]();
}

/* ---- Options --------------------------------------------------------------------------------- */

static int pick_option(void)
{
    return pick(2) != 0 ? 1 + (int)pick(26) : XSOCK_SO_FAMILY + (int)pick(26);
}

/* A close may wait as long as SO_LINGER says, so only 0 and "off" are set. */
static void set_time(int d)
{
    int opt = pick(3) != 0 ? XSOCK_SO_RCVTIMEO + (int)pick(4) : pick_option();
    int64_t ns = opt == XSOCK_SO_LINGER ? -(int64_t)pick(2) : pick_time();
    CALL(AT_ONCE, set_opt_time, (d, opt, ns), d, opt, ns);
}

static void set_option(int d)
{
    static const uint64_t sizes[] = {0, 1, 2, 1000, 100000};
    int opt = pick_option();
    uint64_t n = sizes[pick(COUNT(sizes))];
    bool on = pick(2) != 0;
    if (pick(2) != 0)
        CALL(AT_ONCE, set_opt_flag, (d, opt, on), d, opt, on);
    else
        CALL(AT_ONCE, set_opt_size, (d, opt, n), d, opt, n);
}

static void get_option(int d)
{
    int opt = pick_option();
    uint64_t n;
    int64_t ns;
    bool on;
    CALL(AT_ONCE, get_opt_size, (d, opt, &n), d, opt, 0);
    CALL(AT_ONCE, get_opt_time, (d, opt, &ns), d, opt, 0);
    CALL(AT_ONCE, get_opt_flag, (d, opt, &on), d, opt, 0);
    CALL(AT_ONCE, get_opt_size, (d, XSOCK_SO_ERROR, &n), d, XSOCK_SO_ERROR, 0);
}

static void own_option(int d)
{
    char name[32];
    static const uint32_t interfaces[] = {0, 1, 123456}; /* none, loopback, unknown */
    uint32_t i, wanted = interfaces[pick(COUNT(interfaces))];
    struct xsock_tcp_info info = {0};
    CALL(AT_ONCE, get_congestion, (d, name, sizeof name), d, 0, 0);
    CALL(AT_ONCE, set_congestion, (d, pick(2) != 0 ? "reno" : "unknown"), d, 0, 0);
    CALL(AT_ONCE, get_device, (d, &i), d, 0, 0);
    CALL(AT_ONCE, get_tcp_info, (d, &info), d, 0, 0);
    CALL(AT_ONCE, get_multicast_if, (d, &i), d, 0, 0);
    CALL(AT_ONCE, set_multicast_if, (d, wanted), d, wanted, 0);
}

void option_step(void)
{
    static void (*const steps[])(int d) = {set_time, set_time, set_option, get_option, own_option};
    int d = pick_number();
    steps[pick(COUNT(steps))](d);
}

/* ---- Values ---------------------------------------------------------------------------------- */

static void errors_step(void)
{
    int n = (int)pick(2100) - 50;
    CALL_VALUE(strerror, (n));
    CALL_VALUE(errname, (n));
    CALL_VALUE(oserror, ());
    CALL(AT_ONCE, errnumber, (xsock_errname(n)), n, 0, 0);
    /* The answer is an error that the code stands for. */
    CALL_VALUE(error_from_os, (n));
    CALL_VALUE(error_from_winsock, (10000 + n));
    CALL(AT_ONCE, error_to_os, (n), n, 0, 0);
}

static void names_step(void)
{
    int af = (int)pick(9) - 1, type = (int)pick(6), protocol = (int)pick(300) - 2;
    CALL(AT_ONCE, probe, (af, type, protocol), af, type, protocol);
    CALL(AT_ONCE, family_number, (xsock_family_name(af)), af, 0, 0);
    CALL(AT_ONCE, type_number, (xsock_type_name(type)), type, 0, 0);
    CALL(AT_ONCE, protocol_number, (af, xsock_protocol_name(af, protocol)), af, protocol, 0);
    CALL(AT_ONCE, opt_kind, (protocol), protocol, 0, 0);
    CALL(AT_ONCE, opt_number, (xsock_opt_name(protocol)), protocol, 0, 0);
}

static void addresses_step(void)
{
    struct xsock_addr a;
    unsigned char native[200] = {0};
    char text[160];
    int n = (int)pick(3) * (int)pick(80);
    pick_address(&a);
    CALL(AT_ONCE, addr_format, (&a, text, (size_t)n), a.family, n, 0);
    CALL(AT_ONCE, addr_format, (&a, text, sizeof text), a.family, 0, 0);
    CALL(AT_ONCE, addr_parse, (text, &a), a.family, 0, 0);
    CALL(AT_ONCE, addr_any, (n, 1, &a), n, 0, 0);
    CALL(AT_ONCE, addr_to_sockaddr, (&a, native, (size_t)n), a.family, n, 0);
    CALL(AT_ONCE, addr_from_sockaddr, (native, (size_t)n, &a), n, 0, 0);
}

static int interface_one(const struct xsock_interface *i, void *user)
{
    (void)i;
    (void)user;
    return 0;
}

static void interfaces_step(void)
{
    CALL(AT_ONCE, interfaces, (interface_one, NULL), 0, 0, 0);
}

void value_step(void)
{
    static void (*const steps[])(void) = {errors_step, names_step, addresses_step, interfaces_step};
    steps[pick(pick(8) == 0 ? 4 : 3)]();
}
