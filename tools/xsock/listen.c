/* xsock listen: waits for a connection, or datagrams, and relays them to the standard streams. */
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "relay.h"
#include "target.h"
#include "term.h"

enum { BACKLOG = 128 };

static int serve(const struct args *args, int listener)
{
    bool keep = (args->options & OPTION_KEEP) != 0;
    const struct relay_options options = {.args = args, .stream = true};
    int status = DONE;

    do {
        struct xsock_addr peer;
        int d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC, &peer);

        if (d < 0)
            return complain_error(d == -XSOCK_EAGAIN ? -XSOCK_ETIMEDOUT : d);
        target_print(args, "connection from", &peer);
        target_print_options(args, d);
        status = relay(&d, &options);
        target_print(args, "end of the connection from", &peer);
        xsock_close(d);
    } while (keep && !out_failed());
    return status;
}

static int serve_datagrams(const struct args *args, int d)
{
    struct xsock_addr peer;
    const struct relay_options options = {.args = args, .to = &peer};

    memset(&peer, 0, sizeof peer);
    return relay(&d, &options);
}

/* Accepting may take --timeout at most. */
static int serve_at(const struct args *args, int d)
{
    bool udp = (args->options & OPTION_UDP) != 0;
    struct xsock_addr self;
    int rc = udp ? 0 : xsock_set_opt_time(d, XSOCK_SO_ACCPTIMEO, args->timeout_ns);

    if (rc == 0)
        rc = xsock_local_addr(d, &self);
    if (rc < 0)
        return complain_error(rc);
    target_print(args, "listening on", &self);
    return udp ? serve_datagrams(args, d) : serve(args, d);
}

/* ---- Addresses without a host ---------------------------------------------------------------- */

/* Returns the path of the file that binding creates, or NULL if binding creates none. */
static const char *file_of(const struct xsock_addr *a)
{
    static char path[XSOCK_ADDR_DATA + 1];

    if (a->family != XSOCK_AF_LOCAL || a->length == 0 || a->data[0] == '\0')
        return NULL;
    memcpy(path, a->data, a->length);
    return path;
}

static int serve_address(const struct args *args, const struct xsock_addr *a)
{
    const char *path = file_of(a);
    int d = xsock_open(a->family, target_type(args) | XSOCK_SOCK_CLOEXEC, 0);

    if (d < 0)
        return complain_error(d);
    int rc = xsock_bind(d, a);
    if (rc < 0) {
        xsock_close(d);
        return complain_error(rc);
    }
    term_remove_if_interrupted(path);
    rc = args->options & OPTION_UDP ? 0 : xsock_listen(d, BACKLOG);
    int status = rc < 0 ? complain_error(rc) : serve_at(args, d);
    xsock_close(d);
    /* The system leaves the file, and no program could listen at the path again. */
    if (path)
        remove(path);
    term_remove_if_interrupted(NULL);
    return status;
}

/* ---- Hosts and ports ------------------------------------------------------------------------- */

static int serve_host(const struct args *args, const struct target *target)
{
    const struct xsock_listen_options options = {
        .af = target_family(args),
        .type = target_type(args),
        .flags =
            args->options & OPTION_NUMERIC ? XSOCK_HOST_NUMERICHOST | XSOCK_HOST_NUMERICSERV : 0};
    int d = xsock_listen_host_with(target->host, target->service, BACKLOG, &options);

    if (d < 0)
        return complain_error(d);
    int status = serve_at(args, d);
    xsock_close(d);
    return status;
}

/* As in nc, -s and -p may also give the address and the port. */
static int add_operands(const struct args *given, struct args *out)
{
    const char *source = given->text[OPTION_INDEX_SOURCE], *port = given->text[OPTION_INDEX_PORT];

    *out = *given;
    if ((port || source) && (given->options & OPTION_LOCAL))
        return misuse("--local takes a path, and neither --port nor --source");
    if (port && out->count > 0)
        return misuse("the port is given twice: use --port, or '%s'",
                      given->operand[given->count - 1]);
    if (port)
        out->operand[out->count++] = port;
    if (out->count == 0)
        return misuse("too few arguments; it is used as: xsock %s", command_listen.usage);
    if (source && out->count == 2)
        return misuse("the address is given twice: use --source, or '%s'", out->operand[0]);
    if (source) {
        out->operand[1] = out->operand[0];
        out->operand[0] = source;
        out->count = 2;
    }
    return DONE;
}

static int run(const struct args *given)
{
    struct args args;
    struct target target;
    int status = add_operands(given, &args);

    if (status != DONE)
        return status;
    if ((args.options & OPTION_UDP) && (args.options & OPTION_KEEP))
        return misuse("--keep is for connections; --udp goes on without it");
    status = target_parse(&args, &target);
    if (status != DONE)
        return status;
    return target.is_address ? serve_address(&args, &target.address) : serve_host(&args, &target);
}

const struct command command_listen = {
    .name = "listen",
    .usage = "listen [OPTION...] PORT | HOST PORT | HOST:PORT | ADDRESS",
    .summary = "wait for a connection, and relay it to the standard streams",
    .help = "Accepts a connection, sends it what comes on standard input, and prints what it\n"
            "sends. At the end of the input the connection is closed for sending only. The\n"
            "program ends when the peer has ended too, or at once if the input is typed on a\n"
            "terminal.\n"
            "\n"
            "  PORT        Every address of this machine. Port 0 is any free one; --verbose\n"
            "              says which. '-p PORT' is the same.\n"
            "  HOST PORT   A name or an address of this machine. '-s ADDRESS' is the same.\n"
            "  HOST:PORT   The same in one word: localhost:80, 127.0.0.1:80, [::1]:80.\n"
            "  ADDRESS     unix:/path, or what else 'man 3 xsock' reads as an address.\n"
            "\n"
            "Datagrams: the input goes to whoever sent last, and there is no end but\n"
            "--timeout and --quit.\n",
    .epilogue = "Exit status: 0 done, 1 an error, 2 wrong usage.\n",
    .options = OPTION_IPV4 | OPTION_IPV6 | OPTION_UDP | OPTION_LOCAL | OPTION_LISTEN | OPTION_KEEP
               | OPTION_NUMERIC | OPTION_PORT | OPTION_SOURCE | OPTION_TIMEOUT | OPTION_QUIT
               | OPTION_SHUTDOWN | OPTION_CRLF | OPTION_RATE | OPTION_HEX | OPTION_VERBOSE,
    .min = 0,
    .max = 2,
    .operand = OPERAND_HOST,
    .run = run,
};
