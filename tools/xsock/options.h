/* The options of the program: one table, from which they are parsed, explained and completed. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "tool.h"

struct option {
    unsigned bit;      /* OPTION_... */
    char letter;       /* '\0' if the option has no letter */
    const char *name;  /* without the dashes */
    const char *value; /* what --help calls the value; NULL if the option has none */
    const char *text;  /* what --help says; NULL if it says nothing */
};

/* OPTION_COUNT rows, in the order of --help. */
extern const struct option options[];

/* Reads the words after a command's name. *command becomes the command that is meant: -l turns
 * connect into listen. *out_help is set if help is asked for. Returns DONE, or MISUSED after a
 * message. */
int options_parse(const struct command **command, char **words, struct args *out, bool *out_help);

/* Is the word an option? A negative number is an operand, unless the command takes digits as
 * letters. `command` may be NULL. */
bool option_is(const struct command *command, const char *word);

/* Prints the options of a command as --help does. */
void options_print(const struct command *command);

bool is_help(const char *word);
bool is_version(const char *word);

/* Complains about an option that no command has. `command` may be NULL. Returns MISUSED. */
int option_unknown(const struct command *command, const char *word);

#endif
