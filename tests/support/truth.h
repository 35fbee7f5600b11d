/* The truth table of xsock_open once more, written from design and manuals and not from
 * src/facts/triples.def, and the sweep that compares what the library answers with it. */
#ifndef XSOCK_TEST_TRUTH_H
#define XSOCK_TEST_TRUTH_H

#include <stdbool.h>

enum { TRUTH_FAMILIES = 0x112 }; /* numbers below it may be families */

/* What every system that has everything answers: 0, and the protocol that 0 stands for; or the
 * error. `type` has flags. Any ints. */
int truth_answer(int af, int type, int protocol, int *out_protocol);

/* What this system has of it. */
struct truth_system {
    bool family[TRUTH_FAMILIES];
    bool type[TRUTH_FAMILIES][6]; /* by type; RDM is 5 */
};

/* Asks the library, by opening one of each row: a row that opens, or is refused to us only, is
 * there. */
void truth_ask(struct truth_system *out_system);

/* The answer on this system, where `system` is what it has. A protocol that is in the table and not
 * on the system can't be told here: the answer is then 0. */
int truth_answer_here(const struct truth_system *system, int af, int type, int protocol);

/* Called with each descriptor that the sweep opens; protocol 0 is replaced by the default. */
typedef void truth_opened(int d, int af, int type, int protocol);

/* Opens families -2..300, types -1..20 and RDM with and without each flag, protocols -1..300, less
 * the triples of PACKET that are right (each costs Linux over 10 ms); fails the test where the
 * answer is another. Returns how many were opened. */
int truth_sweep(const struct truth_system *system, truth_opened *opened);

#endif
