/* The part that all benchmarks share. The variants of a question take turns in short slices, so
 * that a disturbance of the machine burdens all of them alike. Each slice prints one line:
 *
 *     question TAB variant TAB parameter TAB value TAB unit
 *
 * The nth line of a variant belongs to the nth round. bench/report compares within rounds. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_variant {
    const char *name;
    void (*run)(void *state, long n); /* does n operations */
    void *state;
};

/* Which time counts. OWN is the time for which this thread had a processor, where the system knows
 * it exactly. Other programs do not disturb it, and a question that never waits in one thread is
 * measured by it. PROCESS is the same for all threads together. WALL is elapsed time. GIVEN is what
 * the function given to bench_give_clock() returns for a variant's state. */
enum bench_clock { BENCH_OWN, BENCH_PROCESS, BENCH_WALL, BENCH_GIVEN };
void bench_give_clock(int64_t (*clock)(const void *state));

/* Reads the options, and pins this thread to a processor:
 *   --rounds N  --slice-us N   the rounds, and the length of a slice (61, 10000)
 *   --call-it NAME             the question's name in the output, if not its own
 *   --most N                   leaves out parameters above N
 *   --threads N                N threads exist; all but this one sleep */
void bench_start(int argc, char **argv);

/* Returns false if the option --most excludes this parameter. */
bool bench_wants(long parameter);

/* Times all variants. If a run does its operations in groups, `group` is the size of a group, and
 * otherwise 1. The number of operations of a slice is a multiple of `group`. */
void bench_compare(const char *question, const char *parameter, enum bench_clock clock, long group,
                   const struct bench_variant *v, size_t count);

/* Prints a single figure that is not a time. */
void bench_print(const char *question, const char *variant, const char *parameter, double value,
                 const char *unit);

/* Prints a note on standard error, such as what was left out and why. */
void bench_note(const char *sentence);

/* Ends the program with a sentence unless `good` is true. */
void bench_must(bool good, const char *what);

#endif
