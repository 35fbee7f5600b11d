/* The cost of opening a socket and closing it while 10 to 100,000 sockets are open, by the system
 * and by xsock. */
#include <stdio.h>
#include <stdlib.h>

#include "library.h"
#include "machine.h"
#include "xsock.h"

enum { SPARE = 200 };

static void measure(const struct bench_variant *v, size_t count, int open_ones)
{
    char parameter[32];
    int *d = calloc((size_t)open_ones, sizeof *d);
    bench_must(d != NULL, "memory");
    for (int i = 0; i < open_ones; i++) {
        d[i] = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
        bench_must(d[i] >= 0, "xsock_open()");
    }
    snprintf(parameter, sizeof parameter, "%d open", open_ones);
    bench_compare("many", parameter, BENCH_OWN, 1, v, count);
    for (int i = 0; i < open_ones; i++)
        xsock_close(d[i]);
    free(d);
}

int main(int argc, char **argv)
{
    static const int open_ones[] = {10, 1000, 10000, 100000};
    bench_start(argc, argv);
    libraries_start();
    /* raw and xsock; both have the same number of the system's descriptors beside them */
    const struct bench_variant v[] = {
        {libraries[0]->name, libraries[0]->open_close, NULL},
        {libraries[1]->name, libraries[1]->open_close, NULL},
    };
    for (size_t i = 0; i < sizeof open_ones / sizeof *open_ones; i++) {
        if (!bench_wants(open_ones[i]))
            continue;
        if (machine_allow_handles((size_t)open_ones[i] + SPARE))
            measure(v, 2, open_ones[i]);
        else
            bench_note("too few sockets are allowed (ulimit -n): rows that need more are left out");
    }
    return 0;
}
