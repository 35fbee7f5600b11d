/* The cost of sending 64 bytes over a LOCAL pair and receiving them, in one thread. No call
 * waits. */
#include "library.h"

enum { MAX_LIBRARIES = 16 };

int main(int argc, char **argv)
{
    struct library_pair pairs[MAX_LIBRARIES];
    struct bench_variant v[MAX_LIBRARIES];
    bench_start(argc, argv);
    libraries_start();
    size_t n = library_pairs(STREAM_LOCAL, pairs, MAX_LIBRARIES);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct bench_variant){pairs[i].library->name, pairs[i].library->send_recv,
                                      pairs[i].ends};
    bench_compare("local", "64 bytes", BENCH_OWN, 1, v, n);
    library_close_pairs(pairs, n);
    return 0;
}
