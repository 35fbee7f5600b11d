/* A hostile guest on the real system. Its data reaches this program only: the guest binds to
 * loopback addresses at ports that the system chooses, and connects and sends to sockets of this
 * program. No call waits, because the quota of waiting calls is used up at the start. Afterwards no
 * descriptor of the system may be left. This target needs POSIX, where poll() finds the open
 * descriptors. */
#include <poll.h>
#include <string.h>

#include "wasix/guest.h"
#include "wasix_play.h"
#include "xsock_native.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- What the guest can reach ---------------------------------------------------------------- */

static struct {
    int listener, datagrams;
    uint32_t stream_port, dgram_port;
} own = {-1, -1, 0, 0};

static int open_own(int type, uint32_t *out_port)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int d = xsock_open(XSOCK_AF_INET, type | XSOCK_SOCK_NONBLOCK, 0);
    play_check(d >= 0 && xsock_bind(d, &a) == 0 && xsock_local_addr(d, &a) == 0,
               "no socket of our own");
    *out_port = a.port;
    return d;
}

static void open_all(void)
{
    if (own.listener >= 0)
        return;
    own.listener = open_own(XSOCK_SOCK_STREAM, &own.stream_port);
    own.datagrams = open_own(XSOCK_SOCK_DGRAM, &own.dgram_port);
    play_check(xsock_listen(own.listener, 128) == 0, "no listener");
}

static void take_what_came(void)
{
    unsigned char buf[16];
    for (int d; (d = xsock_accept(own.listener, 0, NULL)) >= 0;)
        (void)xsock_close(d);
    while (xsock_recv(own.datagrams, buf, sizeof buf, 0) >= 0) {
    }
}

static bool is_loopback(const struct xsock_addr *a)
{
    static const uint8_t v6[16] = {[15] = 1};
    if (a->family == XSOCK_AF_INET)
        return a->data[0] == 127;
    return a->family == XSOCK_AF_INET6 && memcmp(a->data, v6, sizeof v6) == 0;
}

static bool policy(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    switch (r->action) {
    case XSOCK_WASIX_OPEN:
        return r->type != XSOCK_SOCK_RAW;
    case XSOCK_WASIX_BIND:
        r->addr.port = 0;
        return is_loopback(&r->addr) || (r->addr.family == XSOCK_AF_LOCAL && r->addr.length == 0);
    case XSOCK_WASIX_CONNECT:
    case XSOCK_WASIX_SEND:
        r->addr.port = r->type == XSOCK_SOCK_STREAM ? own.stream_port : own.dgram_port;
        return is_loopback(&r->addr) && r->addr.family == XSOCK_AF_INET && r->af == XSOCK_AF_INET;
    default:
        return r->action != XSOCK_WASIX_JOIN;
    }
}

/* Gives the guest a descriptor of this program: the other end of a connection that the guest made,
 * a listener, or an end of a pair. */
static void give(struct play *p, int d, int flags)
{
    uintptr_t h;
    if (d < 0)
        return;
    play_check(xsock_release(d, &h) == 0, "not released");
    if (xsock_wasix_adopt(p->guest, h, flags) >= 0)
        return;
    d = xsock_adopt(h, 0);
    play_check(d >= 0 && xsock_close(d) == 0, "not taken back");
}

static void something_happens(struct play *p)
{
    int pair[2];
    uint8_t what = play_byte(p);
    int flags = (what & 4) != 0 ? XSOCK_SOCK_NONBLOCK : 0;
    switch (what % 4) {
    case 0:
        give(p, xsock_accept(own.listener, 0, NULL), flags);
        break;
    case 1:
        give(p, xsock_dup(own.listener, 0, 0), flags);
        break;
    case 2:
        if (xsock_pair(XSOCK_AF_LOCAL, (what & 8) != 0 ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM, 0,
                       pair)
            == 0) {
            give(p, pair[0], flags);
            give(p, pair[1], flags);
        }
        break;
    default:
        take_what_came();
        break;
    }
}

/* ---- Running an input ------------------------------------------------------------------------ */

enum { DESCRIPTORS = 1024 };

static int open_descriptors(void)
{
    struct pollfd v[DESCRIPTORS];
    int n = 0;
    for (int i = 0; i < DESCRIPTORS; i++)
        v[i] = (struct pollfd){i, 0, 0};
    play_check(poll(v, DESCRIPTORS, 0) >= 0, "poll failed");
    for (int i = 0; i < DESCRIPTORS; i++)
        n += (v[i].revents & POLLNVAL) == 0;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play p = {.host = something_happens};
    const struct xsock_wasix_config callbacks = {
        .policy = policy, .ready = play_ready, .read = play_read, .max_waiting = 1};
    open_all();
    int before = open_descriptors();
    play_begin(&p, data, size, callbacks);
    play_check(xsock__fdtab_enter_wait(p.guest->table) == 0, "the quota is not there");
    while (play_step(&p)) {
    }
    play_end(&p);
    take_what_came();
    play_check(open_descriptors() == before, "a descriptor is left");
    return 0;
}
