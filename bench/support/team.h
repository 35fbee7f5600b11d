/* Several threads that do the same at the same time, as one variant of a question. They stay for
 * all its slices: making a thread takes long (a millisecond under Wine). */
#ifndef BENCH_TEAM_H
#define BENCH_TEAM_H

enum { TEAM_MAX = 8 };

struct team;

/* state[i] is what thread i works on, each on the next processor. */
struct team *team_open(int size, void (*run)(void *state, long n), void *const *state);
void team_close(struct team *t);

/* n operations, shared out among the threads: a variant's run. */
void team_run(void *team, long n);

#endif
