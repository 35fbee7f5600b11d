/* A second truth table of xsock_open, written from the manuals and not from src/facts/triples.def,
 * and a sweep that compares the library's answers with the table. */
#ifndef XSOCK_TEST_TRUTH_H
#define XSOCK_TEST_TRUTH_H

#include <stdbool.h>

enum { TRUTH_FAMILIES = 0x112 }; /* numbers below it may be families */

/* Returns the answer of a system that has everything: 0 and the protocol that 0 stands for, or the
 * error. `type` includes the flags. Any ints are allowed. */
int truth_answer(int af, int type, int protocol, int *out_protocol);

/* What this system has. */
struct truth_system {
    bool family[TRUTH_FAMILIES];
    bool type[TRUTH_FAMILIES][6]; /* by type; RDM is 5 */
};

/* Asks the library, by opening a socket of each row. The system has a row if the socket opens, or
 * if only a privilege is missing. */
void truth_ask(struct truth_system *out_system);

/* Returns the answer on this system, which has `system`. `system` does not say which protocols are
 * missing. For those of the table the answer is 0. */
int truth_answer_here(const struct truth_system *system, int af, int type, int protocol);

/* Called with each descriptor that the sweep opens; protocol 0 is replaced by the default. */
typedef void truth_opened(int d, int af, int type, int protocol);

/* Opens families -2..300, types -1..20 and RDM with and without each flag, and protocols -1..300.
 * Of a family that the table does not have, protocols above 3 are tried only if XSOCK_FULL is in
 * the environment. Valid triples of PACKET are left out, because each takes Linux over 10 ms. If an
 * answer differs, the test fails. Returns how many sockets were opened. */
int truth_sweep(const struct truth_system *system, truth_opened *opened);

#endif
