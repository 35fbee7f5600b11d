/* xsock connect: connects, and relays to the standard streams. */
#include "print.h"
#include "relay.h"

/* A name for a LOCAL datagram socket, so that it can be answered: only some systems choose one. */
static void take_a_name(int d)
{
    struct xsock_addr none = {.family = XSOCK_AF_LOCAL};

    xsock_bind(d, &none);
}

static int connect_address(const struct args *args, const struct xsock_addr *a)
{
    int d = relay_open(args, a);

    if (d < 0)
        return d;
    if (a->family == XSOCK_AF_LOCAL && args->options & OPTION_UDP)
        take_a_name(d);
    int rc = xsock_set_opt_time(d, XSOCK_SO_CONNTIMEO, args->timeout_ns);
    if (rc == 0)
        rc = xsock_connect(d, a);
    if (rc < 0)
        xsock_close(d);
    return rc < 0 ? rc : d;
}

/* A name; host NULL: this machine. */
static int connect_name(const struct args *args, const char *host, const char *service)
{
    const struct xsock_connect_options options = {
        .type = (args->options & OPTION_UDP) != 0 ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM};

    return xsock_connect_host_with(host, service, args->timeout_ns, &options);
}

/* The descriptor, or an error; or MISUSED in *out_status, having said why. */
static int connect_to(const struct args *args, int *out_status)
{
    bool local = (args->options & OPTION_LOCAL) != 0;
    struct xsock_addr a;

    *out_status = DONE;
    if (args->count == 2 && local)
        *out_status = misuse("--local takes a path alone");
    else if (args->count == 2)
        return connect_name(args, args->operand[0], args->operand[1]);
    else if (!local && relay_is_port(args->operand[0]))
        return connect_name(args, NULL, args->operand[0]);
    else
        *out_status = relay_address(args, &a);
    return *out_status == DONE ? connect_address(args, &a) : -XSOCK_EINVAL;
}

static int run(const struct args *args)
{
    struct xsock_addr a;
    int status, d = connect_to(args, &status);

    if (status != DONE)
        return status;
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
    .help = "Connects, sends what comes on standard input, and prints what the peer sends. At\n"
            "the end of the input the connection is closed for sending only; the program ends\n"
            "when the peer has ended too; if the input is typed, then at once.\n"
            "\n"
            "  HOST SERVICE       a name, and a port or its name; the first of its addresses\n"
            "                     that answers is taken (RFC 8305)\n"
            "  ADDRESS            127.0.0.1:80, [::1]:80, unix:/path, or a port alone, of\n"
            "                     this machine\n"
            "  --udp              datagrams; ends a second after the input, or --timeout\n"
            "                     after the last one\n"
            "  --local            ADDRESS is the path of a local socket\n"
            "  --timeout SECONDS  give up when connecting takes so long, or nothing comes for\n"
            "                     so long\n"
            "  --verbose          tell addresses and option values on standard error\n"
            "\n"
            "Exit status: 0 done, 1 an error, 2 wrong usage.\n",
    .options = OPTION_UDP | OPTION_LOCAL | OPTION_TIMEOUT | OPTION_VERBOSE,
    .min = 1,
    .max = 2,
    .run = run,
};
