/* The time to send much data over TCP on loopback, from one thread to another, in writes of 256
 * KiB. A run ends when all data has been received. The figures are the elapsed time of a write,
 * and the processor time of both threads for a write. */
#include <stdint.h>
#include <string.h>

#include "library.h"
#include "machine.h"
#include "threads.h"

enum { MAX_LIBRARIES = 16, BLOCK = 256 * 1024 };

struct flow {
    struct library_pair *pair;
    struct thread *thread;
    char in[BLOCK];
};

static char out[BLOCK];

/* Receives len bytes. Returns false if the stream has ended. */
static bool receive(struct flow *f, uint64_t len)
{
    const struct library *l = f->pair->library;
    while (len > 0) {
        size_t n = l->recv(f->pair->ends[1], f->in, len < BLOCK ? (size_t)len : BLOCK);
        if (n == 0)
            return false;
        len -= n;
    }
    return true;
}

/* Each run begins with a message that has the number of bytes. At its end the receiver sends one
 * byte. */
static void drain(void *user)
{
    struct flow *f = user;
    uint64_t len;
    machine_pin(1);
    while (receive(f, sizeof len)) {
        memcpy(&len, f->in, sizeof len);
        bench_must(receive(f, len), "all that was sent");
        f->pair->library->send(f->pair->ends[1], "", 1);
    }
}

static void pour(void *state, long n)
{
    struct flow *f = state;
    const struct library *l = f->pair->library;
    uint64_t len = (uint64_t)n * BLOCK;
    char done;
    l->send(f->pair->ends[0], &len, sizeof len);
    while (n-- > 0)
        l->send(f->pair->ends[0], out, BLOCK);
    bench_must(l->recv(f->pair->ends[0], &done, 1) == 1, "a receipt");
}

static void flow(const char *elapsed, const char *processors)
{
    static struct flow flows[MAX_LIBRARIES];
    struct library_pair pairs[MAX_LIBRARIES];
    struct bench_variant v[MAX_LIBRARIES];
    size_t n = 0;
    size_t count = library_pairs(STREAM_TCP, pairs, MAX_LIBRARIES);
    for (size_t i = 0; i < count; i++) {
        const struct library *l = pairs[i].library;
        flows[i].pair = &pairs[i];
        flows[i].thread = thread_start(drain, &flows[i]);
        bench_must(flows[i].thread != NULL, "a thread");
        if (strcmp(l->name, "libuv") != 0) /* libuv has no send that blocks, and would spin here */
            v[n++] = (struct bench_variant){l->name, pour, &flows[i]};
    }
    bench_compare("bulk", elapsed, BENCH_WALL, 1, v, n);
    bench_compare("bulk", processors, BENCH_PROCESS, 1, v, n);
    for (size_t i = 0; i < count; i++) {
        pairs[i].library->hang_up(pairs[i].ends[0]);
        thread_join(flows[i].thread);
    }
    library_close_pairs(pairs, count);
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    libraries_start();
    flow("256 KiB", "256 KiB, processors' time");
    if (library_use_wake_signal())
        flow("256 KiB, wake signal", "256 KiB, wake signal, processors' time");
    return 0;
}
