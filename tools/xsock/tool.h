/* The xsock program: what a command is, and what main.c does for every one of them. A new command
 * is a file with its `struct command`, a line in commands.c, and a line in sources.txt. */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stdint.h>

/* How the program ends. */
enum { DONE = 0, FAILED = 1, MISUSED = 2 };

enum { MAX_OPERANDS = 4 };

/* What stands on the command line after the command's name; options may stand anywhere in it. */
struct args {
    const char *operand[MAX_OPERANDS];
    int count;
    unsigned options;   /* OPTION_... that were given */
    int64_t timeout_ns; /* -1 without --timeout */
};

enum {
    OPTION_JSON = 1,
    OPTION_UDP = 2,
    OPTION_LOCAL = 4,
    OPTION_KEEP = 8,
    OPTION_VERBOSE = 16,
    OPTION_TIMEOUT = 32
};

struct command {
    const char *name;
    const char *usage;   /* what follows "xsock " in its usage line */
    const char *summary; /* one line, for the list of commands */
    const char *help;    /* what --help prints below the usage line; lines of at most 80 columns */
    int min, max;        /* operands; max is at most MAX_OPERANDS */
    unsigned options;    /* OPTION_... that it takes */
    int (*run)(const struct args *args); /* returns DONE, FAILED or MISUSED, having said why */
};

extern const struct command command_open;
extern const struct command command_catalog;
extern const struct command command_errors;
extern const struct command command_listen;
extern const struct command command_connect;

/* Every command, in the order of --help; ends with NULL. */
extern const struct command *const commands[];

/* By its name; NULL if there is none. */
const struct command *command_find(const char *name);

#endif
