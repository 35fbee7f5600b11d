/* Printing: results to standard output, complaints to standard error. */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PRINT_LIKE(at, first) __attribute__((format(printf, at, first)))
#else
#define PRINT_LIKE(at, first)
#endif

/* ---- Results. A failure to write is kept, and comes out of out_finish(). --------------------- */

/* Prints as printf does. Never give it text from the command line. */
void out(const char *format, ...) PRINT_LIKE(1, 2);

/* Writes bytes as they are, at once; do not mix it with out(). Returns false if they could not be
 * written. */
bool out_bytes(const void *bytes, int size);

/* Has writing failed? */
bool out_failed(void);

/* Prints in colour if colour is wanted. Spaces without colour pad the text to the width; 0: no
 * padding. */
enum paint { PLAIN, GOOD, WARN, DIM, BOLD };
void out_painted(enum paint paint, const char *text, int width);

/* Prints a number in decimal. (The C libraries of Windows differ in how printf takes 64 bits.) */
void out_unsigned(uint64_t n);

/* Prints a JSON string with its quotes, or null for NULL. */
void out_json_string(const char *text);

/* Writes out what is left. Returns `status`, or FAILED after a message if anything could not be
 * written. There is no message if the reader went away: the reader knows. */
int out_finish(int status);

/* ---- Complaints: "xsock: open: ..." ---------------------------------------------------------- */

/* Complaints name this command from now on. NULL: they name none. */
void complain_about(const char *command);

/* Prints one line. The format knows %s, %d and %%. The text for %s may come from the command line:
 * bytes that are not printable ASCII are printed as \xNN, so that they cannot change the
 * terminal. */
void complain(const char *format, ...) PRINT_LIKE(1, 2);

/* Does the same, and prints a line that names --help. Returns MISUSED. */
int misuse(const char *format, ...) PRINT_LIKE(1, 2);

/* Complains with the name and the sentence of an error of xsock (negative), and the system's code
 * if there is one. A second line says what to do next (hints.def). Returns FAILED. */
int complain_error(int error);

#endif
