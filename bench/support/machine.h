/* What benchmarks need from the system and C11 does not have. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keeps the calling thread on the nth processor that this process may use. The count begins with
 * the last one, because most interrupts go to the first, and goes around. A system without such a
 * call does nothing. */
void machine_pin(int nth);

/* The nanoseconds for which the calling thread, or this whole process, has had a processor. If the
 * system does not know them exactly, the result is elapsed time. */
int64_t machine_thread_time(void);
int64_t machine_process_time(void);

/* Lets this process open n system handles. Returns false if the system refuses. */
bool machine_allow_handles(size_t n);

/* The largest number of bytes that the process has had in memory so far. */
size_t machine_resident(void);

/* The number of system handles that the process has open. */
size_t machine_handles(void);

#endif
