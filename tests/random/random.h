/* Random calls of several threads. ci/suites/random.sh compiles these files, with a table of the
 * errors that the headers document (ci/documented.py). main.c tells how the program is called. */
#ifndef XSOCK_TEST_RANDOM_H
#define XSOCK_TEST_RANDOM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsock.h"
#include "xsock_native.h"

enum {
    FIRST = 3, /* the threads use the numbers from FIRST up to FIRST + SPAN */
    SPAN = 14,
    LIMIT = FIRST + SPAN + 10, /* a thread may open more than it asked for by number */
    BUFFERS = 4,
    BUFFER = 65536
};

#define MS INT64_C(1000000)

/* How long a call may take that does not wait, and how much longer than its timeout a call may
 * wait. A busy machine stays far below. */
#define PATIENCE (INT64_C(30) * 1000 * MS)

/* One thread. What `call` and the lines below it hold is for the thread that watches. */
struct caller {
    const char *_Atomic call; /* the call that the thread is in, or NULL */
    _Atomic int64_t numbers[3];
    _Atomic int64_t since;
    atomic_long calls;
    atomic_bool done;
    int64_t limit;   /* how long this call may wait */
    uint64_t chance; /* see pick() */
    bool memory_may_fail;
    unsigned char buffer[BUFFERS][BUFFER];
};
extern _Thread_local struct caller *me;

/* ---- watch.c: what calls answer -------------------------------------------------------------- */

/* How long a call may wait: not at all, until another thread ends the wait, or up to a timeout. */
#define AT_ONCE INT64_C(0)
#define UNTIL_ENDED INT64_C(-1)

/* Makes the call xsock_VERB ARGUMENTS, and gives its answer. Three numbers describe the call when
 * something is wrong with its answer. */
#define CALL(limit, verb, arguments, one, two, three)                                       \
    (call_begin("xsock_" #verb, (limit), (int64_t)(one), (int64_t)(two), (int64_t)(three)), \
     call_end((int64_t)(xsock_##verb arguments)))

void call_begin(const char *name, int64_t limit, int64_t one, int64_t two, int64_t three);
int64_t call_end(int64_t answer);

/* A call that cannot fail, and returns a value. */
#define CALL_VALUE(verb, arguments)                   \
    do {                                              \
        call_begin("xsock_" #verb, AT_ONCE, 0, 0, 0); \
        (void)xsock_##verb arguments;                 \
        (void)call_end(0);                            \
    } while (0)

/* Remembers a sentence about something wrong. */
void find(const char *format, ...);

/* Prints the sentence for ci/script.awk with what was found below it. Returns true if nothing was
 * found. */
bool tell_result(const char *mode, int seed);
void tell_answers(void);

/* A thread is in one call for so long that something is wrong. */
bool is_stuck(const struct caller *c);
void tell_call(const struct caller *c);

extern atomic_bool memory_fails;

/* ---- calls_*.c: one random step of the calling thread ---------------------------------------- */

unsigned pick(unsigned n); /* a number below n */
int pick_number(void);     /* mostly one that may be a descriptor */
int pick_type_flags(void);
size_t pick_length(void);
int64_t pick_time(void);
void pick_address(struct xsock_addr *out);

void socket_step(void);
void option_step(void);
void value_step(void);
void data_step(void);
void wait_step(void);

/* ---- system.c -------------------------------------------------------------------------------- */

bool system_begin(void); /* opens the file */
void system_end(void);
extern uintptr_t system_file; /* a file of FILE_SIZE bytes */
enum { FILE_SIZE = 100 * 1000 };

bool system_socket(uintptr_t *out);  /* a new stream socket */
void system_close(uintptr_t handle); /* a socket, or a file that was received */
int system_handles(void);
void system_print_handles(void);

/* Begins what a mode asks of the system. Returns false if the system does not have the mode. */
bool system_mode(const char *mode);
void system_mode_end(void);
void system_hold_signals(bool hold); /* for the calling thread */

#endif
