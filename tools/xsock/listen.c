/* xsock listen: waits for a connection, or datagrams, and relays them to the standard streams. */
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "relay.h"
#include "term.h"

static int serve(const struct args *args, int listener)
{
    bool keep = (args->options & OPTION_KEEP) != 0;
    int status = DONE;

    do {
        struct xsock_addr peer;
        int d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC, &peer);

        if (d == -XSOCK_ECONNABORTED)
            continue;
        if (d < 0)
            return complain_error(d == -XSOCK_EAGAIN ? -XSOCK_ETIMEDOUT : d);
        relay_tell(args, "connection from", &peer);
        relay_tell_options(args, d);
        status = relay(d, true, args->timeout_ns, NULL);
        relay_tell(args, "end of the connection from", &peer);
        xsock_close(d);
    } while (keep && !out_failed());
    return status;
}

static int serve_datagrams(const struct args *args, int d)
{
    struct xsock_addr peer;

    memset(&peer, 0, sizeof peer);
    return relay(d, false, args->timeout_ns, &peer);
}

/* A server that was stopped can start again at once; and accepting takes no longer than
 * --timeout. */
static int prepare_stream(const struct args *args, int d)
{
    int rc = xsock_set_opt_flag(d, XSOCK_SO_REUSEADDR, true);

    return rc < 0 ? rc : xsock_set_opt_time(d, XSOCK_SO_ACCPTIMEO, args->timeout_ns);
}

static int listen_at(const struct args *args, int d, const struct xsock_addr *a, const char *path)
{
    bool udp = (args->options & OPTION_UDP) != 0;
    struct xsock_addr self;
    int rc = udp ? 0 : prepare_stream(args, d);

    if (rc == 0)
        rc = xsock_bind(d, a);
    if (rc < 0)
        return complain_error(rc);
    term_remove_if_interrupted(path);
    if (!udp)
        rc = xsock_listen(d, 128);
    if (rc == 0)
        rc = xsock_local_addr(d, &self);
    if (rc == 0)
        relay_tell(args, "listening on", &self);
    int status = rc < 0 ? complain_error(rc) : udp ? serve_datagrams(args, d) : serve(args, d);
    if (path)
        remove(path); /* the system leaves it there, and nobody could listen at it again */
    term_remove_if_interrupted(NULL);
    return status;
}

/* The file that binding makes; NULL: none. */
static const char *file_of(const struct xsock_addr *a)
{
    static char path[XSOCK_ADDR_DATA + 1];

    if (a->family != XSOCK_AF_LOCAL || a->length == 0 || a->data[0] == '\0')
        return NULL;
    memcpy(path, a->data, a->length);
    return path;
}

static int run(const struct args *args)
{
    struct xsock_addr a;
    int status = relay_address(args, &a);

    if (status != DONE)
        return status;
    if ((args->options & OPTION_UDP) && (args->options & OPTION_KEEP))
        return misuse("--keep is for connections, and --udp has none");
    int d = relay_open(args, &a);
    if (d < 0)
        return complain_error(d);
    status = listen_at(args, d, &a, file_of(&a));
    xsock_close(d);
    return status;
}

const struct command command_listen = {
    .name = "listen",
    .usage = "listen [OPTION...] ADDRESS",
    .summary = "wait for a connection, and relay it to the standard streams",
    .help = "Accepts a connection, sends it what comes on standard input, and prints what it\n"
            "sends. At the end of the input the connection is closed for sending only; the\n"
            "program ends when the peer has ended too; if the input is typed, then at once.\n"
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
