/* One, two, four and eight threads look descriptors up: each thread its own, or all the same one.
 * The figure is the elapsed time for one of all their look-ups. With perfect scaling, two threads
 * take half of it. */
#include <stdio.h>

#include "table/fdtab.h"
#include "table/find.h"
#include "harness.h"
#include "socket/sock.h"
#include "sys.h"
#include "team.h"

struct look_up {
    struct xsock__fdtab *t;
    int d;
    unsigned char apart[128]; /* keeps it on a cache line of its own */
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

static void let_go(const struct xsock__held *held)
{
    xsock__sys_free(held->sock, sizeof *held->sock);
}

static int open_one(struct xsock__fdtab *t)
{
    struct xsock__fd *fd = NULL;
    struct xsock__sock *s = xsock__sys_alloc(sizeof *s);
    bench_must(s != NULL && xsock__fdtab_reserve(t, 0, &fd) == 0, "a descriptor");
    fd->held = (struct xsock__held){7, s};
    return xsock__fdtab_publish(t, fd);
}

static void measure(struct look_up *own, int threads)
{
    void *apart[TEAM_MAX], *together[TEAM_MAX];
    char parameter[32];
    for (int i = 0; i < threads; i++) {
        apart[i] = &own[i];
        together[i] = &own[0];
    }
    struct team *teams[2] = {team_open(threads, look_up_and_drop, apart),
                             team_open(threads, look_up_and_drop, together)};
    const struct bench_variant v[] = {
        {"a descriptor each", team_run, teams[0]},
        {"one descriptor", team_run, teams[1]},
    };
    snprintf(parameter, sizeof parameter, "%d thread%s", threads, threads == 1 ? "" : "s");
    bench_compare("threads_lookup", parameter, BENCH_WALL, threads, v, 2);
    for (size_t i = 0; i < 2; i++)
        team_close(teams[i]);
}

int main(int argc, char **argv)
{
    static struct look_up own[TEAM_MAX];
    struct xsock__fdtab *t = NULL;
    bench_start(argc, argv);
    bench_must(xsock__fdtab_create(let_go, &t) == 0, "a table");
    for (int i = 0; i < TEAM_MAX; i++) { /* their numbers follow one another, as in a program */
        own[i].t = t;
        own[i].d = open_one(t);
    }
    for (int threads = 1; threads <= TEAM_MAX; threads *= 2)
        measure(own, threads);
    xsock__fdtab_destroy(t);
    return 0;
}
