/* Printing: results go to standard output, and complaints to standard error. */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PRINT_LIKE(at, first) __attribute__((format(printf, at, first)))
#else
#define PRINT_LIKE(at, first)
#endif

/* ---- Results. If writing fails, out_finish() reports the failure. ---------------------------- */

/* Prints like printf. The format must never come from the command line. */
void out(const char *format, ...) PRINT_LIKE(1, 2);

/* Writes bytes unchanged and at once. Do not mix this function with out(). Returns false if the
 * bytes could not be written. */
bool out_bytes(const void *bytes, int size);

/* Returns whether writing has failed. */
bool out_failed(void);

/* Prints in colour if colour is wanted. Spaces without colour pad the text to the width. A width of
 * 0 means no padding. */
enum paint { PLAIN, GOOD, WARN, DIM, BOLD };
void out_painted(enum paint paint, const char *text, int width);

/* Prints a number in decimal. (The C libraries of Windows differ in the printf format for 64
 * bits.) */
void out_unsigned(uint64_t n);

/* Prints a JSON string with its quotes, or null for NULL. */
void out_json_string(const char *text);

/* Writes the buffered output. Returns `status`, or FAILED after a message if anything could not be
 * written. There is no message if the reader has closed the pipe, because the reader knows. */
int out_finish(int status);

/* ---- Complaints: "xsock: open: ..." ---------------------------------------------------------- */

/* Complaints name this command from now on. With NULL they name no command. */
void complain_about(const char *command);

/* Prints one line. The format may contain %s, %d and %%. The text for %s may come from the command
 * line, so bytes that are not printable ASCII are printed as \xNN. They cannot change the
 * terminal. */
void complain(const char *format, ...) PRINT_LIKE(1, 2);

/* Prints the same, and a line that names --help. Returns MISUSED. */
int misuse(const char *format, ...) PRINT_LIKE(1, 2);

/* Complains with the name and the sentence of an error of xsock (negative), and with the system's
 * code if there is one. A second line says what to do next (hints.def). Returns FAILED. */
int complain_error(int error);

#endif
