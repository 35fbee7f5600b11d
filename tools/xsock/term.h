/* The parts of the program that depend on the system: the standard streams, terminals, threads, and
 * the kind of error codes. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stdio.h>

/* Prepares the standard streams. Call this function before anything is printed or opened. */
void term_start(void);

/* Undoes the changes of term_color(). Call this function after all output is written, while the
 * stream is still open. */
void term_end(void);

/* Returns whether colour is wanted on this stream. The stream must be a terminal that can show
 * colour, and the user must not have refused it (NO_COLOR, see https://no-color.org; TERM=dumb). */
bool term_color(FILE *stream);

/* Returns C's errno of a write that has just failed. The code is EPIPE if the reader has closed the
 * pipe. */
int term_write_error(void);

/* Read standard input and write standard output as plain bytes. term_read() returns 0 at the end
 * and -1 on failure. term_write() writes all, or returns false. */
int term_read(void *buffer, int size);
bool term_write(const void *bytes, int size);

/* Returns whether standard input is a terminal. */
bool term_input_is_typed(void);

/* If the program is interrupted, the file is removed before the program ends. NULL means that no
 * file is removed any more. The path must stay valid. */
void term_remove_if_interrupted(const char *path);

/* Runs fn(arg) in a thread, of which the program has one. The end of the program ends the thread,
 * too. */
bool term_start_thread(void (*fn)(void *arg), void *arg);

/* Waits until the thread has ended. Call this function once, when fn is about to return. Under Wine
 * 8, a process that ends at the same moment as one of its threads may hang. */
void term_join_thread(void);

/* The kind of xsock_oserror()'s codes, in the words of `xsock errors`: "errno" or "wsa". */
const char *term_code_kind(void);
bool term_has_errno(void);

#endif
