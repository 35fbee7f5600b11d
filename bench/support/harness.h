/* What every benchmark shares: variants of one question, timed in turns in short slices, so that
 * what disturbs the machine disturbs all of them alike. Prints one line a slice:
 *
 *     question TAB variant TAB parameter TAB value TAB unit
 *
 * The nth line of a variant belongs to the nth round: bench/report compares within rounds. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_variant {
    const char *name;
    void (*run)(void *state, long n); /* n operations */
    void *state;
};

/* Which time counts. OWN is the time for which this thread had a processor, where the system knows
 * it exactly. Other programs do not disturb it, and a question that never waits in one thread is
 * measured by it. PROCESS is the same for all threads together. WALL is elapsed time. GIVEN is what
 * the function given to bench_give_clock() returns for a variant's state. */
enum bench_clock { BENCH_OWN, BENCH_PROCESS, BENCH_WALL, BENCH_GIVEN };
void bench_give_clock(int64_t (*clock)(const void *state));

/* Reads the options, and pins this thread to a processor:
 *   --rounds N  --slice-us N   how often, how long (61, 10000)
 *   --call-it NAME             the question's name in the output, if not its own
 *   --most N                   leaves out parameters above N
 *   --threads N                so many threads exist; all but this one sleep */
void bench_start(int argc, char **argv);

/* False: the user wants no parameter as large as this. */
bool bench_wants(long parameter);

/* Times all variants. A run may do a few operations more than n, in whole groups: `group` of them,
 * 1 if it doesn't. What a slice does is always a multiple of it. */
void bench_compare(const char *question, const char *parameter, enum bench_clock clock, long group,
                   const struct bench_variant *v, size_t count);

/* Prints a single figure, which needs no timing. */
void bench_print(const char *question, const char *variant, const char *parameter, double value,
                 const char *unit);

/* Prints a note on standard error: what was left out, and why. */
void bench_note(const char *sentence);

/* Ends the program with a sentence if a call failed that never should. */
void bench_must(bool good, const char *what);

#endif
