/* Prints a line for each library that is compared: version TAB NAME TAB VERSION. */
#include <stdio.h>

#include "library.h"
#include "pollers.h"

static void print(const char *name, const char *(*version)(void))
{
    if (version != NULL)
        printf("version\t%s\t%s\n", name, version());
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    libraries_start();
    for (size_t i = 1; i < library_count; i++)
        print(libraries[i]->name, libraries[i]->version);
#ifdef BENCH_LIBEVENT
    print(poller_libevent.name, poller_libevent.version);
#endif
    return 0;
}
