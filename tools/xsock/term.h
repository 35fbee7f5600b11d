/* What of the surroundings differs between systems: the standard streams, terminals, the kind of
 * codes. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stdio.h>

/* Before anything is printed or opened: the standard streams as this program wants them. */
void term_start(void);

/* Puts back what term_color changed: when all is written, but the stream is still open. */
void term_end(void);

/* May this stream be written to in colour? Only a terminal that can, and a user who has not said no
 * (NO_COLOR, see https://no-color.org; TERM=dumb). */
bool term_color(FILE *stream);

/* C's errno of a write that failed just now; EPIPE if its reader went away. */
int term_write_error(void);

/* Standard input and output as plain bytes. Read: 0 at the end, -1 on failure. Write: all, or
 * false. */
int term_read(void *buffer, int size);
bool term_write(const void *bytes, int size);

/* Is standard input a terminal? */
bool term_input_is_typed(void);

/* Removes a file when the program is interrupted, before it ends of that; NULL: none any more. The
 * path stays. */
void term_remove_if_interrupted(const char *path);

/* Runs fn(arg) in a thread of its own, which ends with the program at the latest. */
bool term_start_thread(void (*fn)(void *arg), void *arg);

/* The kind of xsock_oserror()'s codes, as `xsock errors` takes it: "errno" or "wsa". */
const char *term_code_kind(void);
bool term_has_errno(void);

#endif
