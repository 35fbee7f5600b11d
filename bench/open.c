/* The cost of opening a TCP socket and closing it. bench/run.sh also preloads support/stubs.c, and
 * calls the result open_stubbed: it is the library's own part of the cost. */
#include "library.h"

int main(int argc, char **argv)
{
    struct bench_variant v[16];
    size_t n = 0;
    bench_start(argc, argv);
    libraries_start();
    for (size_t i = 0; i < library_count; i++)
        if (libraries[i]->open_close != NULL)
            v[n++] = (struct bench_variant){libraries[i]->name, libraries[i]->open_close, NULL};
    bench_compare("open", "tcp", BENCH_OWN, 1, v, n);
    return 0;
}
