/* A daemon that has waited, then closes every number that it does not know, and perhaps uses the
 * numbers for something else. The library's wakes are among them. Calls that wait afterwards still
 * wait, and are still woken. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "harness.h"

#ifdef _WIN32
static void a_daemon_that_closes_all_numbers_still_wakes_its_calls(void **state)
{
    (void)state;
    SKIP("Windows has no numbers that a program could close blindly");
}

#else
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/library.h"
#include "base/atomic.h"
#include "child.h"
#include "sockets.h"
#include "threads.h"
#include "xsock_native.h"

enum { NUMBERS = 64, PATIENCE_S = 20, SECOND = 1000000000 };

/* ---- What the numbers are used for afterwards ------------------------------------------------ */

static void nothing(void)
{
}

/* Always ready. */
static void files(void)
{
    int fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd < NUMBERS)
        fd = open("/dev/null", O_RDONLY);
}

/* Never ready. */
static void pipes(void)
{
    int two[2] = {0, 0};
    while (two[1] < NUMBERS && pipe(two) == 0)
        ;
}

static const struct use {
    const char *name;
    void (*take_numbers)(void);
} uses[] = {{"closed", nothing}, {"files", files}, {"pipes", pipes}};
enum { USES = sizeof uses / sizeof *uses };

/* ---- Calls ----------------------------------------------------------------------------------- */

static int recv_in(int d)
{
    char byte;
    return (int)xsock_recv(d, &byte, 1, 0);
}

static int poll_in(int d)
{
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
    int rc = xsock_poll(&p, 1, -1);
    return rc == 1 && p.revents == XSOCK_POLLNVAL ? -XSOCK_ECANCELED : rc;
}

/* The poller is made by the call, after the numbers were closed. */
static xsock__atomic_int poller;

static int poller_in(int d)
{
    struct xsock_event e;
    int p = xsock_poller_open(0);
    CHECK(p >= 0 && xsock_poller_ctl(p, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, 0) == 0);
    xsock__atomic_store(&poller, p);
    return xsock_poller_wait(p, &e, 1, -1);
}

static struct xsock_addr name;

static int connect_in(int d)
{
    return xsock_connect(d, &name);
}

static const struct call {
    const char *name;
    int (*run)(int d);
} calls[] = {
    {"recv", recv_in},
    {"poll", poll_in},
    {"poller", poller_in},
#ifdef __linux__ /* elsewhere the connect is refused */
    {"connect", connect_in},
#endif
};
enum { CALLS = sizeof calls / sizeof *calls };

/* A LOCAL listener whose queue is full lets a connect wait, and *out_keep is its handle. */
static int full_listener(int *out_keep)
{
    uintptr_t h = 0;
    int l = xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0), c, rc = 0;
    name = (struct xsock_addr){.family = XSOCK_AF_LOCAL};
    name.length = (uint32_t)snprintf((char *)name.data, sizeof name.data, "/tmp/xsock-closed-%ld",
                                     (long)getpid());
    CHECK(xsock_bind(l, &name) == 0 && xsock_listen(l, 1) == 0);
    for (int i = 0; i < 16 && rc == 0; i++) {
        c = xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0);
        rc = xsock_connect(c, &name);
    }
    CHECK(xsock_native(l, &h) == 0);
    *out_keep = (int)h;
    return xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0);
}

static int stream(int *out_keep)
{
    uintptr_t h = 0;
    int d[2];
    sockets_pair(XSOCK_SOCK_STREAM, d);
    CHECK(xsock_set_flags(d[0], 0) == 0 && xsock_native(d[1], &h) == 0);
    *out_keep = (int)h;
    return d[0];
}

/* ---- The thread that closes ------------------------------------------------------------------ */

struct closer {
    int d;
    bool is_poller;
    int64_t at_ns;
};

/* Whether a call is in the list of the calls that wait in d. */
static bool waits_in(int d)
{
    struct xsock__fdtab *t = xsock__library_table();
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    xsock__fdtab_lock(t);
    bool waits = fd->waiters != NULL;
    xsock__fdtab_unlock(t);
    xsock__fdtab_put(t, fd);
    return waits;
}

static void close_it(void *user)
{
    struct closer *c = user;
    if (c->is_poller) {
        while (xsock__atomic_load(&poller) == 0)
            thread_yield();
        c->d = xsock__atomic_load(&poller);
    } else {
        while (!waits_in(c->d))
            thread_yield();
    }
    c->at_ns = xsock_now();
    CHECK(xsock_close(c->d) == 0);
}

/* ---- The daemon ------------------------------------------------------------------------------ */

/* The call has waited once, so that the library keeps a wake. */
static void make_a_wake(void)
{
    struct xsock_pollfd p = {.fd = -1};
    CHECK(xsock_poll(&p, 1, 1) == 0);
}

static void close_all_but(int d, int keep)
{
    uintptr_t h = 0;
    CHECK(xsock_native(d, &h) == 0);
    for (int fd = 3; fd < NUMBERS; fd++)
        if (fd != (int)h && fd != keep)
            close(fd);
}

static bool ends_a_wait(int rc)
{
    return rc == -XSOCK_ECANCELED || rc == -XSOCK_EBADF;
}

static void be_a_daemon(const struct call *call, const struct use *use)
{
    int keep, d = call->run == connect_in ? full_listener(&keep) : stream(&keep);
    struct closer c = {.d = d, .is_poller = call->run == poller_in};
    alarm(PATIENCE_S); /* a call that nobody wakes ends here */
    make_a_wake();
    close_all_but(d, keep);
    use->take_numbers();
    struct thread *t = thread_start(close_it, &c);
    CHECK(t != NULL);
    int rc = call->run(d);
    int64_t late_ns = xsock_now() - c.at_ns;
    thread_join(t);
    if (call->run == connect_in)
        unlink((const char *)name.data);
    CHECK(ends_a_wait(rc));
    CHECK(late_ns < 2 * (int64_t)SECOND);
    _exit(0);
}

static void look_up(const struct use *use)
{
    struct xsock_addr a;
    alarm(PATIENCE_S);
    make_a_wake();
    for (int fd = 3; fd < NUMBERS; fd++)
        close(fd);
    use->take_numbers();
    int d = xsock_connect_host("localhost", "1", 10 * (int64_t)SECOND);
    CHECK(d == -XSOCK_ECONNREFUSED);
    CHECK(xsock_resolve("localhost", "1", XSOCK_AF_UNSPEC, 0, 0, &a, 1) > 0);
    _exit(0);
}

static void join(pid_t child, const char *call, const char *use)
{
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    ASSERT_THAT(status == 0, "%s, %s: status %d", call, use, status);
}

static void a_daemon_that_closes_all_numbers_still_wakes_its_calls(void **state)
{
    (void)state;
    for (int u = 0; u < USES; u++) {
        for (int c = 0; c < CALLS; c++) {
            pid_t child = fork();
            if (child == 0)
                be_a_daemon(&calls[c], &uses[u]);
            join(child, calls[c].name, uses[u].name);
        }
        pid_t child = fork();
        if (child == 0)
            look_up(&uses[u]);
        join(child, "look-up", uses[u].name);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_daemon_that_closes_all_numbers_still_wakes_its_calls),
    };
    return cmocka_run_group_tests_name("closed handles", tests, NULL, NULL);
}
