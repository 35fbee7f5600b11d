/* The cost of a look-up and of the drop of its reference. The same run measures what the machine
 * takes for a locked add and subtract, by which references are usually counted, and for two plain
 * stores. */
#include "base/atomic.h"
#include "table/fdtab.h"
#include "table/find.h"
#include "harness.h"
#include "socket/sock.h"
#include "sys.h"

struct look_up {
    struct xsock__fdtab *t;
    int d;
};

static void look_up_and_drop(void *state, long n)
{
    struct look_up *l = state;
    while (n-- > 0) {
        struct xsock__fd *fd = xsock__fdtab_get(l->t, l->d);
        bench_must(fd != NULL, "a look-up");
        xsock__fdtab_put(l->t, fd);
    }
}

static void locked_pair(void *state, long n)
{
    xsock__atomic_int *a = state;
    while (n-- > 0) {
        xsock__atomic_add(a, 1);
        xsock__atomic_add(a, -1);
    }
}

static void plain_stores(void *state, long n)
{
    volatile int *v = state;
    while (n-- > 0) {
        *v = 1;
        *v = 0;
    }
}

/* A descriptor that is not open takes no reference. */
static void miss(void *state, long n)
{
    struct look_up *l = state;
    while (n-- > 0)
        bench_must(xsock__fdtab_get(l->t, l->d + 1) == NULL, "nothing to be found");
}

static void let_go(const struct xsock__held *held)
{
    xsock__sys_free(held->sock, sizeof *held->sock);
}

int main(int argc, char **argv)
{
    static xsock__atomic_int counter;
    static volatile int stores[2];
    struct look_up l = {NULL, 0};
    struct xsock__fd *fd = NULL;
    bench_start(argc, argv);
    bench_must(xsock__fdtab_create(let_go, &l.t) == 0 && xsock__fdtab_reserve(l.t, 0, &fd) == 0,
               "a table");
    fd->held = (struct xsock__held){7, xsock__sys_alloc(sizeof *fd->held.sock)};
    l.d = xsock__fdtab_publish(l.t, fd);
    const struct bench_variant v[] = {
        {"xsock", look_up_and_drop, &l},
        {"locked add and subtract", locked_pair, &counter},
        {"two plain stores", plain_stores, (void *)(uintptr_t)stores},
        {"xsock, not open", miss, &l},
    };
    bench_compare("lookup", "one thread", BENCH_OWN, 1, v, sizeof v / sizeof *v);
    xsock__fdtab_destroy(l.t);
    return 0;
}
