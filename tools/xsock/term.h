/* What differs between systems: the standard streams, terminals, threads, and the kind of codes. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stdio.h>

/* Prepares the standard streams. Call it before anything is printed or opened. */
void term_start(void);

/* Puts back what term_color() changed. Call it when all is written and the stream is still open. */
void term_end(void);

/* Is colour wanted on this stream? The stream must be a terminal that can show it, and the user
 * must not have refused it (NO_COLOR, see https://no-color.org; TERM=dumb). */
bool term_color(FILE *stream);

/* Returns C's errno of a write that has just failed. It is EPIPE if the reader went away. */
int term_write_error(void);

/* Read standard input and write standard output as plain bytes. term_read() returns 0 at the end
 * and -1 on failure. term_write() writes all, or returns false. */
int term_read(void *buffer, int size);
bool term_write(const void *bytes, int size);

/* Is standard input a terminal? */
bool term_input_is_typed(void);

/* If the program is interrupted, the file is removed before the program ends. NULL: no file is
 * removed any more. The path must stay valid. */
void term_remove_if_interrupted(const char *path);

/* Runs fn(arg) in a thread. The end of the program ends the thread, too. */
bool term_start_thread(void (*fn)(void *arg), void *arg);

/* The kind of xsock_oserror()'s codes, as `xsock errors` takes it: "errno" or "wsa". */
const char *term_code_kind(void);
bool term_has_errno(void);

#endif
