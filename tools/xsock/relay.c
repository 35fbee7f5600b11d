#include "relay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "numbers.h"
#include "print.h"
#include "term.h"

enum { SIZE = 65536, DATAGRAM = 1400, SECOND = 1000000000 };

/* ---- Standard input -------------------------------------------------------------------------- */

static int input_pair[2] = {-1, -1};
static bool input_ended; /* of one connection, and so for the next */
static int input_error;  /* C's errno of a read that failed; set before the pair is closed */

static void copy_input(void *unused)
{
    static char bytes[SIZE];
    int n;

    (void)unused;
    while ((n = term_read(bytes, SIZE)) > 0)
        if (xsock_send(input_pair[1], bytes, (size_t)n, 0) < 0)
            break;
    /* EBADF means that there is no standard input, which counts as an empty one. */
    if (n < 0 && errno != EBADF)
        input_error = errno;
    xsock_close(input_pair[1]);
}

int relay_input(void)
{
    if (input_pair[0] < 0) {
        int rc = xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, input_pair);

        if (rc < 0)
            return rc;
        if (!term_start_thread(copy_input, NULL))
            return -XSOCK_EAGAIN;
    }
    return input_pair[0];
}

/* ---- Relaying -------------------------------------------------------------------------------- */

struct relay {
    int d, input;
    bool stream;
    bool input_open;  /* standard input has not ended */
    bool can_send;    /* the peer takes more */
    bool socket_open; /* the peer has not ended */
    struct xsock_addr *to;
    bool has_peer; /* datagrams can be sent */
    char out[SIZE];
    size_t pending, sent;
    int status;
};

static void end_input(struct relay *r)
{
    r->input_open = false;
    if (r->stream)
        xsock_shutdown(r->d, XSOCK_SHUT_WR); /* a peer that is gone already needs no telling */
}

static int take_input(struct relay *r)
{
    ptrdiff_t n = xsock_recv(r->input, r->out, r->stream ? SIZE : DATAGRAM, XSOCK_MSG_DONTWAIT);

    if (n < 0)
        return n == -XSOCK_EAGAIN ? 0 : (int)n;
    r->pending = (size_t)n;
    r->sent = 0;
    if (n == 0)
        end_input(r);
    return 0;
}

/* A peer that takes no more may still have something to say: it is heard to its end. */
static int stop_sending(struct relay *r, int error)
{
    if (!r->stream)
        return error;
    r->status = complain_error(error);
    r->can_send = false;
    r->sent = r->pending = 0;
    return 0;
}

static int send_pending(struct relay *r)
{
    ptrdiff_t n =
        xsock_sendto(r->d, r->out + r->sent, r->pending - r->sent, XSOCK_MSG_DONTWAIT, r->to);

    if (n < 0)
        return n == -XSOCK_EAGAIN ? 0 : stop_sending(r, (int)n);
    r->sent += (size_t)n;
    if (r->sent == r->pending)
        r->sent = r->pending = 0;
    return 0;
}

static void peer_has_ended(struct relay *r)
{
    r->socket_open = false;
    if (term_input_is_typed()) /* nobody wants to press Ctrl-D for a peer that is gone */
        r->can_send = false;
}

static int take_from_socket(struct relay *r)
{
    static char bytes[SIZE];
    ptrdiff_t n = xsock_recvfrom(r->d, bytes, SIZE, XSOCK_MSG_DONTWAIT, r->to);

    if (n < 0)
        return n == -XSOCK_EAGAIN ? 0 : (int)n;
    /* A LOCAL sender need not have a name; there is no answering that one. */
    r->has_peer = !r->to || r->to->family != XSOCK_AF_LOCAL || r->to->length > 0;
    if (n == 0 && r->stream)
        peer_has_ended(r);
    else if (!out_bytes(bytes, (int)n))
        return -XSOCK_EPIPE;
    return 0;
}

static int wait_and_relay(struct relay *r, int64_t timeout_ns)
{
    enum { GONE = XSOCK_POLLERR | XSOCK_POLLHUP };
    bool sending = r->pending > r->sent;
    struct xsock_pollfd v[2] = {
        {r->d, 0, 0},
        {r->input_open && r->can_send && !sending && r->has_peer ? r->input : -1, XSOCK_POLLIN, 0},
    };
    if (r->socket_open)
        v[0].events |= XSOCK_POLLIN;
    if (sending)
        v[0].events |= XSOCK_POLLOUT;

    int rc = xsock_poll(v, 2, timeout_ns);
    if (rc <= 0)
        return rc == 0 ? -XSOCK_ETIMEDOUT : rc == -XSOCK_EINTR ? 0 : rc;
    rc = 0;
    if (sending && v[0].revents != 0)
        rc = send_pending(r);
    if (rc == 0 && r->socket_open && v[0].revents != 0)
        rc = take_from_socket(r);
    else if (!r->socket_open && !sending && v[0].revents & GONE && v[1].revents == 0)
        r->can_send = false;
    if (rc == 0 && v[1].revents != 0)
        rc = take_input(r);
    return rc;
}

static bool is_over(const struct relay *r)
{
    return !r->socket_open && (!r->can_send || (!r->input_open && r->pending == r->sent));
}

/* How long nothing may happen. A peer of datagrams can't say that it has ended: silence after the
 * input does. */
static int64_t patience_ns(const struct relay *r, int64_t timeout_ns)
{
    return !r->stream && !r->to && !r->input_open && timeout_ns < 0 ? SECOND : timeout_ns;
}

static int finish(const struct relay *r, int error)
{
    if (out_failed())
        return FAILED; /* out_finish says why */
    if (error != 0 && (r->stream || error != -XSOCK_ETIMEDOUT))
        return complain_error(error);
    if (!r->input_open && input_error != 0) {
        complain("cannot read standard input: %s", strerror(input_error));
        return FAILED;
    }
    return r->status;
}

int relay(int d, bool stream, int64_t timeout_ns, struct xsock_addr *to)
{
    static struct relay r; /* its buffer is large */
    int rc = 0;

    r = (struct relay){
        .d = d, .stream = stream, .can_send = true, .socket_open = true, .to = to, .has_peer = !to};
    r.input = relay_input();
    if (r.input < 0)
        return complain_error(r.input);
    r.input_open = true;
    if (input_ended)
        end_input(&r);
    while (rc == 0 && !is_over(&r))
        rc = wait_and_relay(&r, patience_ns(&r, timeout_ns));
    input_ended = !r.input_open;
    return finish(&r, rc);
}

/* ---- Addresses ------------------------------------------------------------------------------- */

bool relay_is_port(const char *text)
{
    int64_t n;

    return number_parse(text, &n) == A_NUMBER && n >= 0 && n <= 65535;
}

static int local_path(const char *path, struct xsock_addr *out)
{
    size_t length = strlen(path);

    if (length == 0 || length > XSOCK_ADDR_DATA)
        return misuse("'%s' is no path for a local socket", path);
    memset(out, 0, sizeof *out);
    out->family = XSOCK_AF_LOCAL;
    out->length = (uint32_t)length;
    memcpy(out->data, path, length);
    return DONE;
}

int relay_address(const struct args *args, struct xsock_addr *out)
{
    const char *text = args->operand[0];

    if (args->options & OPTION_LOCAL)
        return local_path(text, out);
    if (relay_is_port(text)) {
        int64_t port = 0;

        number_parse(text, &port);
        bool has_inet6 = xsock_probe(XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0) == 0;
        if (xsock_addr_parse(has_inet6 ? "::" : "0.0.0.0", out) == 0)
            out->port = (uint32_t)port;
        return DONE;
    }
    int rc = xsock_addr_parse(text, out);
    if (rc == -XSOCK_ENODEV)
        return complain_error(rc);
    if (rc < 0)
        return misuse(
            "'%s' is no address; it looks like 127.0.0.1:80, [::1]:80, unix:/path, or is a port",
            text);
    return DONE;
}

int relay_open(const struct args *args, const struct xsock_addr *a)
{
    bool udp = (args->options & OPTION_UDP) != 0;

    return xsock_open(a->family, (udp ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM) | XSOCK_SOCK_CLOEXEC,
                      0);
}

/* ---- --verbose ------------------------------------------------------------------------------- */

void relay_tell(const struct args *args, const char *verb, const struct xsock_addr *a)
{
    char text[XSOCK_ADDR_TEXT_SIZE];

    if (!(args->options & OPTION_VERBOSE))
        return;
    if (xsock_addr_format(a, text, sizeof text) < 0)
        snprintf(text, sizeof text, "?");
    complain("%s %s", verb, text);
}

void relay_tell_options(const struct args *args, int d)
{
    static const int shown[] = {XSOCK_SO_RCVBUF, XSOCK_SO_SNDBUF, XSOCK_SO_TTL, XSOCK_SO_MAXSEG};
    static const int flags[] = {XSOCK_SO_NODELAY, XSOCK_SO_KEEPALIVE};
    char line[256] = "options:";
    uint64_t n;
    bool on;

    if (!(args->options & OPTION_VERBOSE))
        return;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (xsock_get_opt_size(d, shown[i], &n)
            == 0) /* a socket that does not have one is not shown with it */
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s %lu",
                     xsock_opt_name(shown[i]), (unsigned long)n);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (xsock_get_opt_flag(d, flags[i], &on) == 0)
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s %s",
                     xsock_opt_name(flags[i]), on ? "on" : "off");
    complain("%s", line);
}
