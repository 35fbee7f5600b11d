/* xsock connect: connects, and relays to the standard streams. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"
#include "print.h"
#include "relay.h"
#include "target.h"

enum { ADDRESSES_CAPACITY = 64 };

/* ---- Opening and connecting ------------------------------------------------------------------ */

/* Binds a LOCAL datagram socket to a name that the system chooses, so that the peer can answer.
 * Only some systems choose a name. The other systems refuse, which is not an error here. */
static void take_a_name(int d)
{
    struct xsock_addr none = {.family = XSOCK_AF_LOCAL};

    xsock_bind(d, &none);
}

/* `local` may be NULL. Returns the descriptor or an error. */
static int connect_address(const struct args *args, const struct xsock_addr *a,
                           const struct xsock_addr *local)
{
    int d = xsock_open(a->family, target_type(args) | XSOCK_SOCK_CLOEXEC, 0);

    if (d < 0)
        return d;
    if (a->family == XSOCK_AF_LOCAL && args->options & OPTION_UDP)
        take_a_name(d);
    int rc = local ? xsock_bind(d, local) : 0;
    if (rc == 0)
        rc = xsock_set_opt_time(d, XSOCK_SO_CONNTIMEO, args->timeout_ns);
    if (rc == 0)
        rc = xsock_connect(d, a);
    if (rc < 0)
        xsock_close(d);
    return rc < 0 ? rc : d;
}

static int connect_host(const struct args *args, const struct target *target,
                        const struct xsock_addr *local)
{
    const struct xsock_connect_options options = {
        .af = target_family(args),
        .type = target_type(args),
        .flags =
            args->options & OPTION_NUMERIC ? XSOCK_HOST_NUMERICHOST | XSOCK_HOST_NUMERICSERV : 0,
        .local = local};

    return xsock_connect_host_with(target->host, target->service, args->timeout_ns, &options);
}

/* The address to bind to, from --source and --port. */
static int read_source(const struct args *args, struct xsock_addr *out)
{
    const char *port = args->text[OPTION_INDEX_PORT], *source = args->text[OPTION_INDEX_SOURCE];
    int64_t n = 0;

    if (port && !target_is_port(port))
        return misuse("--port wants a number from 0 to 65535, not '%s'", port);
    if (port)
        number_parse(port, &n);
    xsock_addr_any(args->options & OPTION_IPV6 ? XSOCK_AF_INET6 : XSOCK_AF_INET, 0, out);
    if (source
        && (xsock_addr_parse(source, out) < 0
            || (out->family != XSOCK_AF_INET && out->family != XSOCK_AF_INET6)))
        return misuse("--source wants an address of this machine, like 127.0.0.1 or ::1, not '%s'",
                      source);
    if (port)
        out->port = (uint32_t)n;
    return DONE;
}

/* Returns the descriptor or an error. */
static int connect_target(const struct args *args, const struct target *target,
                          const struct xsock_addr *source)
{
    struct xsock_addr any;

    if (target->is_address)
        return connect_address(args, &target->address, source);
    int d = connect_host(args, target, source);
    /* A port alone belongs to no family, so the IPv4 addresses are tried first. */
    if (d < 0 && source && !args->text[OPTION_INDEX_SOURCE] && target_family(args) == 0
        && xsock_addr_any(XSOCK_AF_INET6, source->port, &any) == 0) {
        int other = connect_host(args, target, &any);

        d = other >= 0 || d == -XSOCK_EAI_ADDRFAMILY ? other : d;
    }
    return d;
}

/* ---- Datagrams: the next address of a name --------------------------------------------------- */

struct addresses {
    const struct args *args;
    const struct target *target;
    const struct xsock_addr *source;
    struct xsock_addr *v; /* looked up after the first refusal */
    int count, next;
    int d;
};

static int look_up(struct addresses *a)
{
    a->v = calloc(ADDRESSES_CAPACITY, sizeof *a->v);
    if (!a->v)
        return -XSOCK_ENOMEM;
    int flags = a->args->options & OPTION_NUMERIC ? XSOCK_AI_NUMERICHOST | XSOCK_AI_NUMERICSERV : 0;
    a->count = xsock_resolve(a->target->host, a->target->service, target_family(a->args),
                             XSOCK_SOCK_DGRAM, flags, a->v, ADDRESSES_CAPACITY);
    if (a->count > ADDRESSES_CAPACITY)
        a->count = ADDRESSES_CAPACITY;
    return a->count < 0 ? a->count : 0;
}

/* Called by relay(). The look-up returns the addresses in the order from which the first was
 * chosen, so the addresses after the refused one are left. */
static int connect_to_next(void *user)
{
    struct addresses *a = user;
    struct xsock_addr refused;
    int error = a->v ? 0 : look_up(a);

    if (error < 0)
        return error;
    if (a->next == 0 && xsock_peer_addr(a->d, &refused) == 0)
        while (a->next < a->count && !xsock_addr_equal(&a->v[a->next++], &refused))
            continue;
    while (a->next < a->count) {
        int d = connect_address(a->args, &a->v[a->next++], a->source);

        if (d < 0)
            continue;
        target_print(a->args, "refused; trying", &a->v[a->next - 1]);
        xsock_close(a->d);
        a->d = d;
        return d;
    }
    return -XSOCK_ECONNREFUSED;
}

static int relay_to(const struct args *args, const struct target *target,
                    const struct xsock_addr *source, int d)
{
    struct addresses addresses = {.args = args, .target = target, .source = source, .d = d};
    bool udp = (args->options & OPTION_UDP) != 0;
    struct relay_options options = {.args = args, .stream = !udp};
    struct xsock_addr a;

    if (xsock_peer_addr(d, &a) == 0)
        target_print(args, "connected to", &a);
    if (xsock_local_addr(d, &a) == 0)
        target_print(args, "from", &a);
    target_print_options(args, d);
    if (udp && !target->is_address) {
        options.next = connect_to_next;
        options.user = &addresses;
    }
    int status = relay(&d, &options);
    xsock_close(d);
    free(addresses.v);
    return status;
}

/* ---- --scan ---------------------------------------------------------------------------------- */

/* Reads "20-30". */
static bool parse_range(const char *text, int *out_first, int *out_last)
{
    char first[16] = "";
    const char *dash = strchr(text, '-');
    int64_t n;

    if (!dash || (size_t)(dash - text) >= sizeof first)
        return false;
    memcpy(first, text, (size_t)(dash - text));
    if (!target_is_port(first) || !target_is_port(dash + 1))
        return false;
    number_parse(first, &n);
    *out_first = (int)n;
    number_parse(dash + 1, &n);
    *out_last = (int)n;
    return *out_first <= *out_last;
}

/* With --verbose, prints whether the port answers, as nc does. A single port that does not answer
 * is an error with its name. */
static int scan_one(const struct args *args, const struct target *target,
                    const struct xsock_addr *source, bool single)
{
    struct xsock_addr peer;
    int d = connect_target(args, target, source);

    if (d < 0 && single)
        return complain_error(d);
    if (d < 0) {
        if (args->options & OPTION_VERBOSE)
            complain("%s: %s", target->service, xsock_errname(d));
        return FAILED;
    }
    if (xsock_peer_addr(d, &peer) == 0)
        target_print(args, "connected to", &peer);
    xsock_close(d);
    return DONE;
}

static int scan(const struct args *given, const struct xsock_addr *source)
{
    struct args args = *given;
    char port[16];
    int first, last, status = FAILED;
    struct target target;

    if (args.options & OPTION_UDP)
        return misuse("--scan is for streams: a datagram need not be answered. Send one, and see: "
                      "echo | xsock connect --udp HOST PORT");
    bool range = args.count == 2 && parse_range(args.operand[1], &first, &last);
    if (!range) {
        int rc = target_parse(&args, &target);

        return rc == DONE ? scan_one(&args, &target, source, true) : rc;
    }
    args.operand[1] = port;
    for (int n = first; n <= last; n++) {
        snprintf(port, sizeof port, "%d", n);
        int rc = target_parse(&args, &target);
        if (rc != DONE)
            return rc;
        if (scan_one(&args, &target, source, false) == DONE)
            status = DONE;
    }
    if (status != DONE)
        complain("no port from %d to %d answered; --verbose says why", first, last);
    return status;
}

static int run(const struct args *args)
{
    struct target target;
    struct xsock_addr source;
    bool bound = (args->options & (OPTION_SOURCE | OPTION_PORT)) != 0;
    int status = bound ? read_source(args, &source) : DONE;

    if (status != DONE)
        return status;
    if (args->options & OPTION_SCAN)
        return scan(args, bound ? &source : NULL);
    status = target_parse(args, &target);
    if (status != DONE)
        return status;
    int d = connect_target(args, &target, bound ? &source : NULL);
    if (d < 0)
        return complain_error(d);
    return relay_to(args, &target, bound ? &source : NULL, d);
}

const struct command command_connect = {
    .name = "connect",
    .usage = "connect [OPTION...] HOST PORT | HOST:PORT | ADDRESS | PORT",
    .summary = "connect, and relay to the standard streams",
    .help = "Connects, sends what comes on standard input, and prints what the peer sends. At\n"
            "the end of the input the connection is closed for sending only. The program ends\n"
            "when the peer has ended too, or at once if the input is typed on a terminal.\n"
            "\n"
            "  HOST PORT   A name or an address, and a port or its name. The first of the\n"
            "              host's addresses that answers is taken (RFC 8305). Datagrams go to\n"
            "              its next address if the system reports that one refuses them.\n"
            "  HOST:PORT   The same in one word: example.org:80, 127.0.0.1:80, [::1]:80.\n"
            "  ADDRESS     unix:/path, or what else 'man 3 xsock' reads as an address.\n"
            "  PORT        A port of this machine.\n"
            "\n"
            "Datagrams end a second after the input, or --timeout after the last one.\n"
            "With --port alone, the IPv4 addresses of the host are tried first.\n",
    .epilogue = "Exit status: 0 done, 1 an error, 2 wrong usage.\n",
    .options = OPTION_IPV4 | OPTION_IPV6 | OPTION_UDP | OPTION_LOCAL | OPTION_LISTEN
               | OPTION_NUMERIC | OPTION_PORT | OPTION_SOURCE | OPTION_TIMEOUT | OPTION_QUIT
               | OPTION_SHUTDOWN | OPTION_CRLF | OPTION_SCAN | OPTION_RATE | OPTION_HEX
               | OPTION_VERBOSE,
    .min = 1,
    .max = 2,
    .operand = OPERAND_HOST,
    .run = run,
};
