/* One, two, four and eight threads open TCP sockets and close them. The figure is the elapsed time
 * for one of all their operations. With perfect scaling, two threads take half of it. */
#include <stdio.h>

#include "library.h"
#include "team.h"

static void measure(int threads)
{
    struct team *teams[2];
    struct bench_variant v[2];
    char parameter[32];
    for (size_t i = 0; i < 2; i++) { /* raw and xsock */
        teams[i] = team_open(threads, libraries[i]->open_close, NULL);
        v[i] = (struct bench_variant){libraries[i]->name, team_run, teams[i]};
    }
    snprintf(parameter, sizeof parameter, "%d thread%s", threads, threads == 1 ? "" : "s");
    bench_compare("threads_open", parameter, BENCH_WALL, threads, v, 2);
    for (size_t i = 0; i < 2; i++)
        team_close(teams[i]);
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    libraries_start();
    for (int threads = 1; threads <= TEAM_MAX; threads *= 2)
        measure(threads);
    return 0;
}
