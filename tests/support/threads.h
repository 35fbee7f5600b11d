/* Threads for tests, made by the system's own calls. Most systems lack C11's <threads.h>. */
#ifndef XSOCK_TEST_THREADS_H
#define XSOCK_TEST_THREADS_H

#include <stdbool.h>

struct thread;

/* Runs run(user) in a new thread. Returns NULL if the system cannot make a thread. */
struct thread *thread_start(void (*run)(void *user), void *user);

/* Waits until the thread has ended, and frees it. If the thread has not ended within
 * THREAD_PATIENCE_S, the process ends with a sentence: the thread may use memory of the test, and
 * the test can't go on. */
enum { THREAD_PATIENCE_S = 120 };
void thread_join(struct thread *t);

/* Lets another thread run. */
void thread_yield(void);

/* A gate that holds threads until it is opened, so that they begin together. */
struct gate;
struct gate *gate_create(void);
void gate_wait(struct gate *g);
void gate_open(struct gate *g);
void gate_destroy(struct gate *g); /* call this after all waiting threads have left */

#endif
