#include "team.h"

#include <stdlib.h>

#include "base/atomic.h"
#include "harness.h"
#include "machine.h"
#include "threads.h"

/* A gate opens once. So each run makes two gates: the one that ends it, and the one that starts the
 * next run. */
struct team {
    int size;
    void (*run)(void *state, long n);
    struct gate *start, *next_start, *done, *last_done;
    xsock__atomic_int working;
    bool over;
    struct worker {
        struct team *team;
        int index;
        long n;
        void *state;
        struct thread *thread;
    } worker[TEAM_MAX];
};

static struct gate *new_gate(void)
{
    struct gate *g = gate_create();
    bench_must(g != NULL, "a gate");
    return g;
}

static void work(void *user)
{
    struct worker *w = user;
    struct team *t = w->team;
    struct gate *start = t->start;
    machine_pin(w->index);
    for (;;) {
        gate_wait(start);
        if (t->over)
            return;
        start = t->next_start;
        struct gate *done = t->done;
        t->run(w->state, w->n);
        if (xsock__atomic_add(&t->working, -1) == 1)
            gate_open(done);
    }
}

struct team *team_open(int size, void (*run)(void *state, long n), void *const *state)
{
    struct team *t = calloc(1, sizeof *t);
    bench_must(t != NULL && size <= TEAM_MAX, "memory");
    t->size = size;
    t->run = run;
    t->start = new_gate();
    for (int i = 0; i < size; i++) {
        t->worker[i] = (struct worker){t, i, 0, state == NULL ? NULL : state[i], NULL};
        t->worker[i].thread = thread_start(work, &t->worker[i]);
        bench_must(t->worker[i].thread != NULL, "a thread");
    }
    return t;
}

void team_run(void *team, long n)
{
    struct team *t = team;
    struct gate *start = t->start;
    t->done = new_gate();
    t->next_start = new_gate();
    xsock__atomic_store(&t->working, t->size);
    for (int i = 0; i < t->size; i++)
        t->worker[i].n = n / t->size + (i < n % t->size);
    gate_open(start);
    gate_wait(t->done);
    gate_destroy(start); /* all threads have passed it */
    if (t->last_done != NULL)
        gate_destroy(t->last_done); /* the thread that opened it in the last run has left it */
    t->last_done = t->done;
    t->start = t->next_start;
}

void team_close(struct team *t)
{
    t->over = true;
    gate_open(t->start);
    for (int i = 0; i < t->size; i++)
        thread_join(t->worker[i].thread);
    gate_destroy(t->start);
    if (t->last_done != NULL)
        gate_destroy(t->last_done);
    free(t);
}
