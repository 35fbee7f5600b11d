/* Several threads do the same at the same time, as one variant of a question. The threads stay for
 * all slices, because making a thread takes long (a millisecond under Wine). */
#ifndef BENCH_TEAM_H
#define BENCH_TEAM_H

enum { TEAM_MAX = 8 };

struct team;

/* Thread i gets state[i]. Each thread is on the next processor. */
struct team *team_open(int size, void (*run)(void *state, long n), void *const *state);
void team_close(struct team *t);

/* The run of a variant: the threads share n operations. */
void team_run(void *team, long n);

#endif
