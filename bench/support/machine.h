/* What benchmarks ask of the machine, and C11 does not have. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keeps the calling thread on one of the processors that this process may use: the nth from the
 * end, around and around. (The first is where most interrupts go.) Where a system can't, nothing
 * happens. */
void machine_pin(int nth);

/* Nanoseconds that the calling thread, or all of this process, has had a processor for; where that
 * is not known exactly, time as it passes. */
int64_t machine_thread_time(void);
int64_t machine_process_time(void);

/* Lets this process have so many system handles; false: it may not. */
bool machine_allow_handles(size_t n);

/* Bytes of memory that the process has taken in: the most it ever was. */
size_t machine_resident(void);

#endif
