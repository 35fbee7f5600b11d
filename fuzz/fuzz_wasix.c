/* A hostile guest on the fake system (tests/support/fake_*.c). The same input gives the same run,
 * and runs are fast. The clock advances when a call waits. Then the next step is played, as if
 * another thread of the guest did so. At the end of the input the guest is ended, which must wake
 * all waiting calls. Any call of the system may fail. Afterwards no handle and no memory may be
 * left. */
#include "call/call.h"
#include "wasix/guest.h"
#include "fake_names.h"
#include "fake_net.h"
#include "fake_options.h"
#include "fake_poller.h"
#include "fake_sys.h"
#include "wasix_play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MS = 1000000, DESCRIPTORS = 12 };

static void go_on(void *user)
{
    struct play *p = user;
    if (p->left == 0 || p->steps == PLAY_STEPS) {
        xsock_wasix_end(p->guest);
        return;
    }
    fake_at(fake_now() + MS, go_on, p); /* comes first, because the step may wait too */
    (void)play_step(p);
}

static bool policy(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    if (r->action == XSOCK_WASIX_CONNECT && r->addr.family == XSOCK_AF_INET && r->addr.port == 81)
        r->addr.port = 80;
    return r->action != XSOCK_WASIX_BIND || r->addr.port != 82;
}

/* Returns the system's handle of a descriptor of the guest, or 0 if the descriptor is not open. */
static uintptr_t handle(const struct play *p, uint8_t n)
{
    uintptr_t h = 0;
    return xsock__call_native(p->guest->table, n % DESCRIPTORS, &h) == 0 ? h : 0;
}

static void fail_a_call(uint8_t b)
{
    static const int codes[] = {FAKE_ENOMEM, FAKE_EMFILE,  FAKE_EINTR,      FAKE_EAGAIN,
                                FAKE_EIO,    FAKE_ENOBUFS, FAKE_ECONNRESET, FAKE_EUNLISTED};
    fake_fail(FAKE_ANY_CALL, 1 + (b & 15), codes[b >> 5]);
}

static void give_a_socket(struct play *p, uint8_t b)
{
    uintptr_t h = (b & 1) != 0
                      ? fake_make_file()
                      : fake_make_socket(FAKE_FAMILY_BASE + XSOCK_AF_INET,
                                         FAKE_TYPE_BASE + XSOCK_SOCK_DGRAM, 0, false, (b & 2) != 0);
    if (xsock_wasix_adopt(p->guest, h, (b & 4) != 0 ? XSOCK_SOCK_NONBLOCK : 0) < 0)
        fake_close_foreign(h);
}

/* Only a connected socket can break. */
static void break_a_connection(struct play *p, uint8_t b)
{
    struct xsock_addr peer;
    if (handle(p, b) != 0 && xsock__call_peer_addr(p->guest->table, b % DESCRIPTORS, &peer) == 0)
        fake_break(handle(p, b), FAKE_ECONNRESET);
}

static void something_happens(struct play *p)
{
    uint8_t what = play_byte(p), b = play_byte(p);
    switch (what % 8) {
    case 0:
        fail_a_call(b);
        break;
    case 1:
        fake_connects_take(b % 4 * MS, (b & 64) != 0 ? FAKE_ECONNREFUSED : 0);
        break;
    case 2:
        fake_set_buffer(1 + (size_t)b * 8);
        break;
    case 3:
        fake_interrupt_every(b % 4 * (MS / 2));
        break;
    case 4:
        if (handle(p, b) != 0)
            fake_poller_ready(handle(p, b), b >> 4);
        break;
    case 5:
        give_a_socket(p, b);
        break;
    case 6:
        break_a_connection(p, b);
        break;
    default:
        fake_threads_fail((b & 1) != 0 ? FAKE_EAGAIN : 0);
        break;
    }
}

static void reset(void)
{
    static const struct xsock_addr v4 = {
        .family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 2}};
    static const struct xsock_addr v6 = {
        .family = XSOCK_AF_INET6, .length = 16, .data = {[15] = 1}};
    fake_reset();
    fake_options_reset();
    fake_poller_reset();
    fake_names_reset();
    fake_names_add_host("host.example", &v4);
    fake_names_add_host("host.example", &v6);
    fake_advance(6 * MS - fake_now() % (6 * MS)); /* so that each input begins at a similar time */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play p = {.host = something_happens};
    reset();
    play_check(xsock_startup() == 0,
               "no start"); /* once: the library's own memory is not the guest's */
    size_t handles = fake_handles(), allocations = fake_allocations();
    struct xsock_wasix_config callbacks = {
        .policy = policy, .ready = play_ready, .read = play_read};
    if (size > 0 && (data[0] & 32) != 0)
        callbacks.policy = NULL; /* the default rules */
    play_begin(&p, data, size, callbacks);
    fake_at(fake_now() + MS, go_on, &p);
    while (play_step(&p)) {
    }
    play_end(&p);
    reset();
    play_check(fake_handles() == handles, "a handle is left");
    play_check(fake_allocations() == allocations, "memory is left");
    play_check(fake_wakes() == 0 && fake_pollers() == 0, "a wake or a poller is left");
    play_check(fake_locks_held() == 0, "a lock is held");
    return 0;
}
