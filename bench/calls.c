/* The time of single operations (support/calls.def), each beside the same by the system's own
 * calls. */
#include "calls.h"
#include "library.h"
#include "machine.h"

enum { HANDLES = 1400 };

static const struct {
    const char *name;
    void (*raw)(void *unused, long n);
    void (*own)(void *unused, long n);
} calls[] = {
#define CALL(function, name) {name, raw_calls_##function, xsock_calls_##function},
#include "calls.def"
#undef CALL
};

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    libraries_start();
    bench_must(machine_allow_handles(HANDLES), "enough handles (ulimit -n)");
    raw_calls_prepare();
    xsock_calls_prepare();
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const struct bench_variant v[] = {{"raw", calls[i].raw, NULL},
                                          {"xsock", calls[i].own, NULL}};
        bench_compare("calls", calls[i].name, BENCH_OWN, 1, v, 2);
    }
    return 0;
}
