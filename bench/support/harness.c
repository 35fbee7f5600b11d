#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "machine.h"
#include "threads.h"

enum { VARIANTS = 16, ENOUGH = 1 << 28 };

static struct {
    long rounds, slice_us, most, threads;
    const char *name;
} options = {61, 10000, 0, 1, NULL};

/* ---- Options --------------------------------------------------------------------------------- */

static void usage(const char *program)
{
    fprintf(stderr,
            "usage: %s [--rounds N] [--slice-us N] [--most N] [--threads N] [--call-it NAME]\n",
            program);
    exit(2);
}

static long number(const char *program, const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*end != '\0' || n <= 0)
        usage(program);
    return n;
}

/* Sleeps until the process ends. The gate is never opened. */
static void sleep_on(void *gate)
{
    gate_wait(gate);
}

void bench_start(int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            usage(argv[0]);
        if (strcmp(argv[i], "--rounds") == 0)
            options.rounds = number(argv[0], argv[i + 1]);
        else if (strcmp(argv[i], "--slice-us") == 0)
            options.slice_us = number(argv[0], argv[i + 1]);
        else if (strcmp(argv[i], "--most") == 0)
            options.most = number(argv[0], argv[i + 1]);
        else if (strcmp(argv[i], "--threads") == 0)
            options.threads = number(argv[0], argv[i + 1]);
        else if (strcmp(argv[i], "--call-it") == 0)
            options.name = argv[i + 1];
        else
            usage(argv[0]);
    }
    machine_pin(0);
    for (long i = 1; i < options.threads; i++)
        bench_must(thread_start(sleep_on, gate_create()) != NULL, "a thread");
}

bool bench_wants(long parameter)
{
    return options.most == 0 || parameter <= options.most;
}

/* ---- Output ---------------------------------------------------------------------------------- */

void bench_print(const char *question, const char *variant, const char *parameter, double value,
                 const char *unit)
{
    const char *name = options.name != NULL ? options.name : question;
    printf("%s\t%s\t%s\t%.4f\t%s\n", name, variant, parameter, value, unit);
}

void bench_note(const char *sentence)
{
    fprintf(stderr, "note: %s\n", sentence);
}

void bench_must(bool good, const char *what)
{
    if (good)
        return;
    fflush(stdout);
    fprintf(stderr, "this failed, and should not have: %s\n", what);
    exit(1);
}

/* ---- Timing ---------------------------------------------------------------------------------- */

static int64_t (*given_clock)(const void *state);

void bench_give_clock(int64_t (*clock)(const void *state))
{
    given_clock = clock;
}

static int64_t now(enum bench_clock clock, const void *state)
{
    switch (clock) {
    case BENCH_GIVEN:
        return given_clock(state);
    case BENCH_OWN:
        return machine_thread_time();
    case BENCH_PROCESS:
        return machine_process_time();
    default:
        return clock_now();
    }
}

static int64_t time_of(const struct bench_variant *v, enum bench_clock clock, long n)
{
    int64_t start = now(clock, v->state);
    v->run(v->state, n);
    return now(clock, v->state) - start;
}

static long whole_groups(double n, long group)
{
    long groups = (long)(n / (double)group);
    return groups < 1 ? group : groups * group;
}

/* The number of operations that fill a slice. The number is doubled until a run takes a quarter
 * of a slice. This also warms up: the first run may do work that later runs need not do. The
 * fastest of three runs counts, because a run that was interrupted would make all slices too
 * small. */
static long operations(const struct bench_variant *v, enum bench_clock clock, long group)
{
    int64_t slice = options.slice_us * 1000;
    long n = group;
    v->run(v->state, n);
    for (;;) {
        int64_t took = time_of(v, clock, n);
        for (int again = 0; again < 2; again++) {
            int64_t t = time_of(v, clock, n);
            took = t < took ? t : took;
        }
        if (took >= slice / 4)
            return whole_groups((double)n * (double)slice / (double)took, group);
        if (n > ENOUGH)
            return n;
        n *= 2;
    }
}

void bench_compare(const char *question, const char *parameter, enum bench_clock clock, long group,
                   const struct bench_variant *v, size_t count)
{
    long n[VARIANTS];
    bench_must(count <= VARIANTS, "no more variants than there is room for");
    for (size_t i = 0; i < count; i++)
        n[i] = operations(&v[i], clock, group);
    for (long round = 0; round < options.rounds; round++)
        for (size_t i = 0; i < count; i++) {
            /* Each round begins with another variant. A slice leaves work behind, such as memory
             * that the kernel still frees, and this must burden each variant equally often. */
            size_t k = (i + (size_t)round) % count;
            int64_t took = time_of(&v[k], clock, n[k]);
            bench_print(question, v[k].name, parameter, (double)took / (double)n[k], "ns");
        }
    fflush(stdout);
}
