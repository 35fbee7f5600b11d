/* xsock connect: connects, and relays to the standard streams. */
#include "print.h"
#include "relay.h"

/* Connects within --timeout: without blocking, and then waiting. */
static int connect_within(const struct args *args, int d, const struct xsock_addr *a)
{
    struct xsock_pollfd v = {d, XSOCK_POLLOUT, 0};
    int rc = xsock_set_flags(d, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);

    if (rc == 0)
        rc = xsock_connect(d, a);
    if (rc == -XSOCK_EINPROGRESS) {
        do
            rc = xsock_poll(&v, 1, args->timeout_ns);
        while (rc == -XSOCK_EINTR);
        if (rc >= 0)
            rc = rc == 0 ? -XSOCK_ETIMEDOUT : xsock_connect(d, a);
    }
    return rc < 0 ? rc : xsock_set_flags(d, XSOCK_SOCK_CLOEXEC);
}

static int connect_address(const struct args *args, const struct xsock_addr *a)
{
    int d = relay_open(args, a);
    int rc = d < 0 ? d : connect_within(args, d, a);

    if (rc < 0 && d >= 0)
        xsock_close(d);
    return rc < 0 ? rc : d;
}

/* Datagrams: the first address that the name has. */
static int connect_name_udp(const char *host, const char *service)
{
    struct xsock_addr a;
    int rc = xsock_resolve(host, service, XSOCK_AF_UNSPEC, XSOCK_SOCK_DGRAM, 0, &a, 1);

    if (rc < 0)
        return rc;
    int d = xsock_open(a.family, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
    rc = d < 0 ? d : xsock_connect(d, &a);
    if (rc < 0 && d >= 0)
        xsock_close(d);
    return rc < 0 ? rc : d;
}

static int connect_name(const struct args *args)
{
    const char *host = args->operand[0], *service = args->operand[1];
    return args->options & OPTION_UDP ? connect_name_udp(host, service)
                                      : xsock_connect_host(host, service, args->timeout_ns);
}

static int run(const struct args *args)
{
    struct xsock_addr a;

    if (args->count == 2 && args->options & OPTION_LOCAL)
        return misuse("--local takes a path alone");
    int status = args->count == 2 ? DONE : relay_address(args, false, &a);
    if (status != DONE)
        return status;
    int d = args->count == 2 ? connect_name(args) : connect_address(args, &a);
    if (d < 0)
        return complain_error(d);
    if (xsock_peer_addr(d, &a) == 0)
        relay_tell(args, "connected to", &a);
    if (xsock_local_addr(d, &a) == 0)
        relay_tell(args, "from", &a);
    relay_tell_options(args, d);
    status = relay(d, !(args->options & OPTION_UDP), args->timeout_ns, NULL);
    xsock_close(d);
    return status;
}

const struct command command_connect = {
    .name = "connect",
    .usage = "connect [OPTION...] HOST SERVICE | ADDRESS",
    .summary = "connect, and relay to the standard streams",
    .help =
        "Connects, sends what comes on standard input, and prints what the peer sends. At\n"
        "the end of the input the connection is closed for sending only; the program ends\n"
        "when the peer has ended too.\n"
        "\n"
        "  HOST SERVICE       a name and a port or its name; of its addresses the one that\n"
        "                     answers first is taken (RFC 8305)\n"
        "  ADDRESS            127.0.0.1:80, [::1]:80, unix:/path, or a port alone, which\n"
        "                     is this machine's ::1\n"
        "  --udp              datagrams; ends a second after the input, or --timeout after\n"
        "                     the last one\n"
        "  --local            ADDRESS is the path of a local socket\n"
        "  --timeout SECONDS  give up when connecting takes, or nothing comes for, so long\n"
        "  --verbose          tell addresses and option values on standard error\n"
        "\n"
        "Exit status: 0 done, 1 an error, 2 wrong usage.\n",
    .options = OPTION_UDP | OPTION_LOCAL | OPTION_TIMEOUT | OPTION_VERBOSE,
    .min = 1,
    .max = 2,
    .run = run,
};
