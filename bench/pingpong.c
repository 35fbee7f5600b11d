/* The time of a round trip of 64 bytes between two threads that block in receiving. If each thread
 * has a processor of its own, the elapsed time counts. If both share one processor, the processor
 * time of both counts, and nothing hides what a library adds. */
#include "library.h"
#include "machine.h"
#include "threads.h"

enum { MAX_LIBRARIES = 16 };

struct table_tennis {
    struct library_pair *pair;
    int processor; /* of the thread that answers */
    struct thread *thread;
};

static void recv_all(const struct library *l, void *end, char *buf, size_t len, bool *out_ended)
{
    size_t n = 0, got;
    do {
        got = l->recv(end, buf + n, len - n);
        n += got;
    } while (got > 0 && n < len);
    *out_ended = got == 0;
}

static void answer(void *user)
{
    struct table_tennis *t = user;
    const struct library *l = t->pair->library;
    char buf[SMALL];
    bool ended;
    machine_pin(t->processor);
    for (;;) {
        recv_all(l, t->pair->ends[1], buf, sizeof buf, &ended);
        if (ended)
            return;
        l->send(t->pair->ends[1], buf, sizeof buf);
    }
}

static void serve(void *state, long n)
{
    struct table_tennis *t = state;
    const struct library *l = t->pair->library;
    char buf[SMALL] = {0};
    bool ended;
    while (n-- > 0) {
        l->send(t->pair->ends[0], buf, sizeof buf);
        recv_all(l, t->pair->ends[0], buf, sizeof buf, &ended);
        bench_must(!ended, "an answer");
    }
}

static void play(enum stream_kind kind, int processor, const char *parameter)
{
    struct library_pair pairs[MAX_LIBRARIES];
    struct table_tennis tables[MAX_LIBRARIES];
    struct bench_variant v[MAX_LIBRARIES];
    size_t n = library_pairs(kind, pairs, MAX_LIBRARIES);
    for (size_t i = 0; i < n; i++) {
        tables[i] = (struct table_tennis){&pairs[i], processor, NULL};
        tables[i].thread = thread_start(answer, &tables[i]);
        bench_must(tables[i].thread != NULL, "a thread");
        v[i] = (struct bench_variant){pairs[i].library->name, serve, &tables[i]};
    }
    bench_compare("pingpong", parameter, processor == 0 ? BENCH_PROCESS : BENCH_WALL, 1, v, n);
    for (size_t i = 0; i < n; i++) {
        pairs[i].library->hang_up(pairs[i].ends[0]);
        thread_join(tables[i].thread);
    }
    library_close_pairs(pairs, n);
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    libraries_start();
    play(STREAM_LOCAL, 1, "local");
    play(STREAM_TCP, 1, "tcp");
    play(STREAM_LOCAL, 0, "local, one processor");
    play(STREAM_TCP, 0, "tcp, one processor");
    if (library_use_wake_signal()) {
        play(STREAM_LOCAL, 0, "local, one processor, wake signal");
        play(STREAM_TCP, 0, "tcp, one processor, wake signal");
    }
    return 0;
}
