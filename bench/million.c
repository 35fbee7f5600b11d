/* The cost of opening while up to 1,000,000 descriptors are open. Few systems allow that many
 * sockets, so the program uses the tests' system in memory, whose own part does not depend on the
 * number. One descriptor is closed, and the next open fills the hole, because the hole is the
 * lowest free number. The hole is at the low end, in the middle, or at the high end. */
#include <stdio.h>

#include "call/call.h"
#include "table/fdtab.h"
#include "harness.h"
#include "xsock.h"

enum { MILLION = 1000000, TYPE = XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC };

struct hole {
    int d;
};

static void fill_hole(void *state, long n)
{
    struct hole *h = state;
    while (n-- > 0) {
        bench_must(xsock_close(h->d) == 0, "xsock_close()");
        bench_must(xsock_open(XSOCK_AF_INET, TYPE, 0) == h->d, "the lowest free number");
    }
}

static void measure(int from, int until)
{
    static struct hole holes[3];
    char parameter[32];
    for (int d = from; d < until; d++)
        bench_must(xsock_open(XSOCK_AF_INET, TYPE, 0) == XSOCK__FDTAB_FIRST + d, "xsock_open()");
    holes[0].d = XSOCK__FDTAB_FIRST;
    holes[1].d = XSOCK__FDTAB_FIRST + until / 2;
    holes[2].d = XSOCK__FDTAB_FIRST + until - 1;
    const struct bench_variant v[] = {{"low", fill_hole, &holes[0]},
                                      {"middle", fill_hole, &holes[1]},
                                      {"high", fill_hole, &holes[2]}};
    snprintf(parameter, sizeof parameter, "%d open", until);
    bench_compare("million", parameter, BENCH_OWN, 1, v, 3);
}

int main(int argc, char **argv)
{
    static const int counts[] = {10, 1000, 100000, MILLION};
    int done = 0;
    bench_start(argc, argv);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (bench_wants(counts[i])) {
            measure(done, counts[i]);
            done = counts[i];
        }
    for (int d = 0; d < done; d++)
        xsock_close(XSOCK__FDTAB_FIRST + d);
    return 0;
}
