/* The options of the program. The parser, --help and the completions use the same table. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "tool.h"

struct option {
    unsigned bit;      /* one of OPTION_... */
    char letter;       /* '\0' if the option has no letter */
    const char *name;  /* without the dashes */
    const char *value; /* the name of the value in --help, or NULL if the option has no value */
    const char *text;  /* the text of --help, or NULL if --help leaves the option out */
};

/* OPTION_COUNT rows, in the order of --help. */
extern const struct option options[];

/* Reads the words after a command's name. *command becomes the command that is meant, because -l
 * turns connect into listen. Sets *out_help if the user asks for help. Returns DONE, or MISUSED
 * after a message. */
int options_parse(const struct command **command, char **words, struct args *out, bool *out_help);

/* Returns whether the word is an option. A negative number is an operand, unless the command
 * accepts digits as letters. `command` may be NULL. */
bool option_is(const struct command *command, const char *word);

/* Prints the options of a command as --help does. */
void options_print(const struct command *command);

bool is_help(const char *word);
bool is_version(const char *word);

/* Complains about an option that no command has. `command` may be NULL. Returns MISUSED. */
int option_unknown(const struct command *command, const char *word);

#endif
