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

/* As printf. Nothing from the command line goes in here. */
void out(const char *format, ...) PRINT_LIKE(1, 2);

/* Bytes as they are, at once, and apart from out(). False: they could not be written. */
bool out_bytes(const void *bytes, int size);

/* Has writing failed? */
bool out_failed(void);

/* In colour, where that is wanted, and padded to a width outside of it; 0: not padded. */
enum paint { PLAIN, GOOD, WARN, DIM, BOLD };
void out_painted(enum paint paint, const char *text, int width);

/* In decimal. (printf's macros for wide integers are not the same thing in every C library of
 * Windows.) */
void out_unsigned(uint64_t n);

/* As a JSON string, quotes included; NULL is null. */
void out_json_string(const char *text);

/* Writes out what is left, and returns `status`, or FAILED, having said why, if anything could not
 * be written. Only a reader that went away is not worth a word: it knows. */
int out_finish(int status);

/* ---- Complaints: "xsock: open: ..." ---------------------------------------------------------- */

/* Names the command in complaints from now on; NULL: none. */
void complain_about(const char *command);

/* Prints one line. The format knows %s, %d and %%. What %s prints may come from the command line:
 * whatever is not printable ASCII in it is printed as \xNN, so that it can do nothing to the
 * terminal. */
void complain(const char *format, ...) PRINT_LIKE(1, 2);

/* The same, then a line that names --help; returns MISUSED. */
int misuse(const char *format, ...) PRINT_LIKE(1, 2);

/* Complains with the name and the sentence of an error of xsock (negative), and the system's code
 * if there is one. A second line says what to do next (hints.def). Returns FAILED. */
int complain_error(int error);

#endif
