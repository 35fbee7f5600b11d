/* xsock listen: waits for a connection, or datagrams, and relays them to the standard streams. */
#include <string.h>

#include "print.h"
#include "relay.h"

/* Accepts one, within --timeout. */
static int take_one(const struct args *args, int listener, struct xsock_addr *peer)
{
    struct xsock_pollfd v = {listener, XSOCK_POLLIN, 0};
    int rc;

    do
        rc = xsock_poll(&v, 1, args->timeout_ns);
    while (rc == -XSOCK_EINTR);
    if (rc == 0)
        return -XSOCK_ETIMEDOUT;
    return rc < 0 ? rc : xsock_accept(listener, XSOCK_SOCK_CLOEXEC, peer);
}

static int serve(const struct args *args, int listener)
{
    bool keep = (args->options & OPTION_KEEP) != 0;
    int status = DONE;

    do {
        struct xsock_addr peer;
        int d = take_one(args, listener, &peer);

        if (d == -XSOCK_ECONNABORTED)
            continue;
        if (d < 0)
            return complain_error(d);
        relay_tell(args, "connection from", &peer);
        relay_tell_options(args, d);
        status = relay(d, true, args->timeout_ns, NULL);
        xsock_close(d);
    } while (keep);
    return status;
}

static int serve_datagrams(const struct args *args, int d)
{
    struct xsock_addr peer;

    memset(&peer, 0, sizeof peer);
    return relay(d, false, args->timeout_ns, &peer);
}

static int listen_at(const struct args *args, int d, const struct xsock_addr *a)
{
    bool udp = (args->options & OPTION_UDP) != 0;
    struct xsock_addr self;
    int rc = xsock_bind(d, a);

    if (rc == 0 && !udp)
        rc = xsock_listen(d, 128);
    if (rc == 0)
        rc = xsock_local_addr(d, &self);
    if (rc < 0)
        return complain_error(rc);
    relay_tell(args, "listening on", &self);
    return udp ? serve_datagrams(args, d) : serve(args, d);
}

static int run(const struct args *args)
{
    struct xsock_addr a;
    int status = relay_address(args, true, &a);

    if (status != DONE)
        return status;
    int d = relay_open(args, &a);
    if (d < 0)
        return complain_error(d);
    status = listen_at(args, d, &a);
    xsock_close(d);
    return status;
}

const struct command command_listen = {
    .name = "listen",
    .usage = "listen [OPTION...] ADDRESS",
    .summary = "wait for a connection, and relay it to the standard streams",
    .help =
        "Accepts a connection, sends it what comes on standard input, and prints what it\n"
        "sends. At the end of the input the connection is closed for sending only; the\n"
        "program ends when the peer has ended too.\n"
        "\n"
        "  ADDRESS            127.0.0.1:80, [::1]:80, unix:/path, or a port alone, which\n"
        "                     is every address of this machine; port 0 is any free one\n"
        "  --udp              datagrams: input goes to whoever sent last; has no end but\n"
        "                     --timeout\n"
        "  --local            ADDRESS is the path of a local socket\n"
        "  --keep             go on accepting, one connection after the other\n"
        "  --timeout SECONDS  give up when nothing comes for so long\n"
        "  --verbose          tell addresses and option values on standard error\n"
        "\n"
        "Exit status: 0 done, 1 an error, 2 wrong usage.\n",
    .options = OPTION_UDP | OPTION_LOCAL | OPTION_KEEP | OPTION_TIMEOUT | OPTION_VERBOSE,
    .min = 1,
    .max = 1,
    .run = run,
};
