/* Sends every datagram back to its sender, many datagrams at a time.
 *
 *     udp_echo 0.0.0.0:7777     serves until it is interrupted
 *     udp_echo --try            sends 10,000 datagrams to itself on loopback
 *
 * With --try, the exit status is 0 if every datagram came back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xsock.h"

/* The system may join datagrams that arrive together. A buffer of CAPACITY bytes holds all that the
 * system joins, which are at most MAX_JOINED datagrams. */
enum { BUFFERS = 4, CAPACITY = 65535, MAX_JOINED = 64 };

struct batch {
    struct xsock_dgram received[BUFFERS], answers[BUFFERS * MAX_JOINED];
    struct xsock_addr addrs[BUFFERS];
    unsigned char bytes[BUFFERS][CAPACITY];
};

static int complain(const char *what, ptrdiff_t error)
{
    fprintf(stderr, "udp_echo: %s: %s\n", what, xsock_strerror((int)error));
    return 1;
}

static int open_at(const char *text)
{
    struct xsock_addr a;
    int rc = xsock_addr_parse(text, &a);
    if (rc < 0)
        return rc;
    int d = xsock_open(a.family, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
    if (d < 0)
        return d;
    rc = xsock_bind(d, &a);
    if (rc < 0) {
        xsock_close(d);
        return rc;
    }
    /* Lets the system join datagrams. If the system cannot, `segment` is always 0. */
    (void)xsock_set_opt_flag(d, XSOCK_SO_UDP_RECV_COALESCE, true);
    return d;
}

static int send_all(int d, struct xsock_dgram *v, int n)
{
    for (int done = 0; done < n;) {
        int rc = xsock_send_batch(d, v + done, (size_t)(n - done), 0);
        if (rc < 0)
            return rc;
        done += rc;
    }
    return n;
}

/* Steps through one buffer, and makes an answer for each datagram in it. Returns how many. */
static int answer(const struct xsock_dgram *r, struct xsock_dgram *out)
{
    unsigned char *at = r->base;
    size_t left = r->done, size = r->segment != 0 ? r->segment : r->done;
    int n = 0;
    do {                                        /* at least once: a datagram may be empty */
        size_t len = left < size ? left : size; /* the last may be shorter */
        out[n++] = (struct xsock_dgram){.base = at, .len = len, .addr = r->addr};
        at += len;
        left -= len;
    } while (left > 0 && n < MAX_JOINED);
    return n;
}

/* Waits for datagrams, and sends them back. */
static int echo_some(int d, struct batch *b)
{
    int count = 0;
    for (int i = 0; i < BUFFERS; i++)
        b->received[i] =
            (struct xsock_dgram){.base = b->bytes[i], .len = CAPACITY, .addr = &b->addrs[i]};
    int n = xsock_recv_batch(d, b->received, BUFFERS, 0);
    for (int i = 0; i < n; i++)
        count += answer(&b->received[i], &b->answers[count]);
    return n < 0 ? n : send_all(d, b->answers, count);
}

/* Receives the numbers that came back. Each datagram must hold the next one, from *next on. */
static int check_some(int d, struct batch *b, uint32_t *next)
{
    struct xsock_dgram *r = b->received, each[MAX_JOINED];
    *r = (struct xsock_dgram){.base = b->bytes[0], .len = CAPACITY};
    int rc = xsock_recv_batch(d, r, 1, 0);
    int n = rc > 0 ? answer(r, each) : 0;
    for (int i = 0; i < n; i++, ++*next)
        if (each[i].len != sizeof *next || memcmp(each[i].base, next, sizeof *next) != 0) {
            fprintf(stderr, "udp_echo: %" PRIu32 " came back as something else\n", *next);
            return -XSOCK_EIO;
        }
    return rc;
}

static int serve(const char *text)
{
    static struct batch b;
    int d = open_at(text), rc = d;
    while (rc >= 0)
        rc = echo_some(d, &b);
    return complain(text, rc);
}

/* Sends small numbers to the server in bursts. After each burst it receives the answers. */
static int try_it(void)
{
    enum { TOTAL = 10000, BURST = 32 };
    static struct batch b;
    struct xsock_dgram burst[BURST];
    uint32_t numbers[BURST], back = 0;
    struct xsock_addr name;
    int server = open_at("127.0.0.1:0"), client = open_at("127.0.0.1:0");
    int rc = server < 0 ? server : client < 0 ? client : xsock_local_addr(server, &name);
    if (rc >= 0)
        rc = xsock_set_opt_time(client, XSOCK_SO_RCVTIMEO, 10000000000);
    for (uint32_t sent = 0; sent < TOTAL && rc >= 0;) {
        int echoed = 0;
        for (int i = 0; i < BURST; i++) {
            numbers[i] = sent++;
            burst[i] =
                (struct xsock_dgram){.base = &numbers[i], .len = sizeof numbers[i], .addr = &name};
        }
        rc = send_all(client, burst, BURST);
        for (; rc >= 0 && echoed < BURST; echoed += rc)
            rc = echo_some(server, &b);
        while (rc >= 0 && back < sent)
            rc = check_some(client, &b, &back);
    }
    xsock_close(client);
    xsock_close(server);
    return rc < 0 ? complain("it went wrong", rc) : 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: udp_echo ADDRESS:PORT | --try\n");
        return 2;
    }
    return strcmp(argv[1], "--try") == 0 ? try_it() : serve(argv[1]);
}
