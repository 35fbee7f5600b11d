#include "relay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "term.h"
#include "traffic.h"

enum { SIZE = 65536, DATAGRAM = 1400, REPEATED_COUNT = 16, SECOND = 1000000000 };

/* ---- Standard input -------------------------------------------------------------------------- */

static int input_pair[2] = {-1, -1};
static bool input_ended; /* of one connection, and then of the next */
/* C's errno of a read that failed, which is set before the pair is closed */
static int input_error;

static void copy_input(void *unused)
{
    static char bytes[SIZE];
    int n;

    (void)unused;
    while ((n = term_read(bytes, SIZE)) > 0)
        if (xsock_send(input_pair[1], bytes, (size_t)n, 0) < 0)
            break;
    /* EBADF means that there is no standard input, which is treated as an empty one. */
    if (n < 0 && errno != EBADF)
        input_error = errno;
    xsock_close(input_pair[1]);
}

/* Windows cannot wait for the standard input, so a thread copies the input into a pair. */
static int start_input(void)
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
    struct relay_options with;
    int d, input;
    bool input_open;  /* standard input has not ended */
    bool can_send;    /* the peer receives more */
    bool socket_open; /* the peer has not ended */
    bool has_peer;    /* datagrams can be sent */
    bool ends_in_cr;  /* the last byte of the input, for --crlf */
    char out[SIZE];
    size_t pending, sent;
    /* Datagrams that had no answer, and are sent again if the peer refuses them. */
    char repeated[REPEATED_COUNT][DATAGRAM];
    size_t repeated_size[REPEATED_COUNT];
    size_t repeated_count;
    bool can_repeat;
    int64_t active_ns; /* the time of the last send or receive */
    int64_t quit_ns;   /* the time at which --quit ends the program, or -1 for never */
    struct traffic traffic;
    int status;
};

static void end_input(struct relay *r)
{
    int64_t quit_ns = r->with.args->quit_ns;

    r->input_open = false;
    if (quit_ns >= 0)
        r->quit_ns = xsock_now() + quit_ns;
    /* Fails if the peer is gone, which is not an error here. */
    if (r->with.stream)
        xsock_shutdown(r->d, XSOCK_SHUT_WR);
}

/* Inserts a carriage return before every line feed that has none. `out` has space for twice n
 * bytes. */
static size_t add_carriage_returns(struct relay *r, const char *in, size_t n, char *out)
{
    size_t size = 0;

    for (size_t i = 0; i < n; i++) {
        if (in[i] == '\n' && !r->ends_in_cr)
            out[size++] = '\r';
        out[size++] = in[i];
        r->ends_in_cr = in[i] == '\r';
    }
    return size;
}

static int take_input(struct relay *r)
{
    static char bytes[SIZE / 2];
    bool crlf = (r->with.args->options & OPTION_CRLF) != 0;
    size_t capacity = r->with.stream ? SIZE : DATAGRAM;
    ptrdiff_t n = xsock_recv(r->input, crlf ? bytes : r->out, crlf ? capacity / 2 : capacity,
                             XSOCK_MSG_DONTWAIT);

    if (n < 0)
        return n == -XSOCK_EAGAIN ? 0 : (int)n;
    r->pending = crlf ? add_carriage_returns(r, bytes, (size_t)n, r->out) : (size_t)n;
    r->sent = 0;
    if (n == 0) {
        term_join_thread(); /* the thread has closed its end of the pair, and is about to end */
        end_input(r);
    }
    return 0;
}

/* A peer that receives no more may still send, so the program prints its data to the end. */
static int stop_sending(struct relay *r, int error)
{
    if (!r->with.stream)
        return error;
    r->status = complain_error(error);
    r->can_send = false;
    r->sent = r->pending = 0;
    return 0;
}

/* ---- Refused datagrams ----------------------------------------------------------------------- */

static void remember_datagram(struct relay *r)
{
    if (!r->can_repeat)
        return;
    if (r->repeated_count == REPEATED_COUNT) {
        r->can_repeat = false;
        return;
    }
    memcpy(r->repeated[r->repeated_count], r->out, r->pending);
    r->repeated_size[r->repeated_count++] = r->pending;
}

/* No program is at this address. The next address of the name gets the datagrams that the peers
 * before have not answered. */
static int use_next_address(struct relay *r, int error)
{
    int d = r->can_repeat && error == -XSOCK_ECONNREFUSED ? r->with.next(r->with.user) : error;

    if (d < 0)
        return error;
    r->d = d;
    for (size_t i = 0; i < r->repeated_count; i++) {
        ptrdiff_t n = xsock_send(d, r->repeated[i], r->repeated_size[i], XSOCK_MSG_DONTWAIT);

        if (n == -XSOCK_ECONNREFUSED)
            return 0; /* the next wait reports the refusal again */
        if (n < 0 && n != -XSOCK_EAGAIN)
            return (int)n;
    }
    return 0;
}

static int send_pending(struct relay *r)
{
    ptrdiff_t n =
        xsock_sendto(r->d, r->out + r->sent, r->pending - r->sent, XSOCK_MSG_DONTWAIT, r->with.to);

    /* The datagrams in `out` are then sent to the new peer. */
    if (n == -XSOCK_ECONNREFUSED && r->can_repeat)
        return use_next_address(r, (int)n);
    if (n < 0)
        return n == -XSOCK_EAGAIN ? 0 : stop_sending(r, (int)n);
    traffic_sent(&r->traffic, r->out + r->sent, (size_t)n);
    remember_datagram(r);
    r->sent += (size_t)n;
    if (r->sent == r->pending)
        r->sent = r->pending = 0;
    return 0;
}

static void peer_has_ended(struct relay *r)
{
    r->socket_open = false;
    if (term_input_is_typed()) /* the user should not have to press Ctrl-D if the peer is gone */
        r->can_send = false;
}

static int take_from_socket(struct relay *r)
{
    static char bytes[SIZE];
    struct xsock_addr *from = r->with.to;
    ptrdiff_t n = xsock_recvfrom(r->d, bytes, SIZE, XSOCK_MSG_DONTWAIT, from);

    if (n == -XSOCK_ECONNREFUSED && r->can_repeat)
        return use_next_address(r, (int)n);
    if (n < 0)
        return n == -XSOCK_EAGAIN ? 0 : (int)n;
    r->can_repeat = false;
    /* A LOCAL sender may have no name. Such a sender cannot be answered. */
    r->has_peer = !from || from->family != XSOCK_AF_LOCAL || from->length > 0;
    traffic_received(&r->traffic, bytes, (size_t)n);
    if (n == 0 && r->with.stream)
        peer_has_ended(r);
    else if (!out_bytes(bytes, (int)n))
        return -XSOCK_EPIPE;
    return 0;
}

/* ---- Time ------------------------------------------------------------------------------------ */

/* The maximum of the silence. A datagram peer cannot report its end, so silence after the end of
 * the input counts as the end. */
static int64_t silence_ns(const struct relay *r)
{
    const struct args *args = r->with.args;

    if (args->timeout_ns >= 0 || r->with.stream || r->with.to || r->input_open)
        return args->timeout_ns;
    return args->options & OPTION_QUIT ? -1 : SECOND;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* The time at which the silence becomes too long, or -1 for never. */
static int64_t silence_ends_ns(const struct relay *r)
{
    int64_t silence = silence_ns(r);

    return silence < 0 || silence > INT64_MAX - r->active_ns ? -1 : r->active_ns + silence;
}

/* Returns 0 to go on, or -XSOCK_ETIMEDOUT. */
static int judge_time(struct relay *r, int64_t now_ns)
{
    int64_t end_ns = silence_ends_ns(r);

    traffic_tick(&r->traffic, now_ns);
    return end_ns >= 0 && now_ns >= end_ns ? -XSOCK_ETIMEDOUT : 0;
}

/* ---- The loop -------------------------------------------------------------------------------- */

static int move(struct relay *r, const struct xsock_pollfd v[2], bool sending)
{
    enum { GONE = XSOCK_POLLERR | XSOCK_POLLHUP };
    int rc = 0;

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

static int wait_and_relay(struct relay *r)
{
    bool sending = r->pending > r->sent;
    struct xsock_pollfd v[2] = {
        {r->d, 0, 0},
        {r->input_open && r->can_send && !sending && r->has_peer ? r->input : -1, XSOCK_POLLIN, 0},
    };
    if (r->socket_open)
        v[0].events |= XSOCK_POLLIN;
    if (sending)
        v[0].events |= XSOCK_POLLOUT;

    int64_t now_ns = xsock_now();
    int64_t end_ns = sooner(sooner(silence_ends_ns(r), r->quit_ns), traffic_due_ns(&r->traffic));
    int rc = xsock_poll(v, 2, end_ns < 0 ? -1 : end_ns > now_ns ? end_ns - now_ns : 0);
    if (rc < 0)
        return rc == -XSOCK_EINTR ? 0 : rc;
    now_ns = xsock_now();
    if (rc > 0) {
        r->active_ns = now_ns;
        rc = move(r, v, sending);
    }
    return rc < 0 ? rc : judge_time(r, now_ns);
}

static bool is_over(const struct relay *r)
{
    if (r->quit_ns >= 0 && xsock_now() >= r->quit_ns)
        return true;
    return !r->socket_open && (!r->can_send || (!r->input_open && r->pending == r->sent));
}

static int finish(const struct relay *r, int error)
{
    if (out_failed())
        return FAILED; /* out_finish reports the reason */
    if (error != 0 && (r->with.stream || error != -XSOCK_ETIMEDOUT))
        return complain_error(error);
    if (!r->input_open && input_error != 0) {
        complain("cannot read standard input: %s", strerror(input_error));
        return FAILED;
    }
    return r->status;
}

int relay(int *d, const struct relay_options *options)
{
    static struct relay r; /* static, because its buffers are large */
    unsigned given = options->args->options;
    int rc = 0;

    r = (struct relay){.with = *options,
                       .d = *d,
                       .can_send = true,
                       .socket_open = true,
                       .has_peer = !options->to,
                       .can_repeat = options->next != NULL,
                       .active_ns = xsock_now(),
                       .quit_ns = -1};
    traffic_start(&r.traffic, (given & OPTION_RATE) != 0, (given & OPTION_HEX) != 0);
    r.input = start_input();
    if (r.input < 0)
        return complain_error(r.input);
    r.input_open = true;
    if (input_ended)
        end_input(&r);
    while (rc == 0 && !is_over(&r))
        rc = wait_and_relay(&r);
    input_ended = !r.input_open;
    traffic_end(&r.traffic);
    *d = r.d;
    return finish(&r, rc);
}
