/* Families, types and protocols on the command line: names, or xsock's numbers. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* A whole number, decimal or 0x hex, with or without a sign. */
enum number { NOT_A_NUMBER, TOO_LARGE, A_NUMBER };
enum number number_parse(const char *text, int64_t *out);

/* Each function prints a message and returns false if the text is wrong. The command line is then
 * misused. */
bool family_parse(const char *text, int *out);
bool type_parse(const char *text, int *out); /* with flags, as in "stream+cloexec+nonblock" */
bool protocol_parse(int af, const char *text, int *out);

/* Returns the name of the protocol, or its number, which is written to `buffer`. For protocol 0,
 * the name is that of the protocol that 0 picks, or "-" as in the catalog. */
const char *protocol_label(int af, int type, int protocol, char buffer[16]);

#endif
