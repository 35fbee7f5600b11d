/* The xsock program: what a command is, and what main.c does for each. A new command is a file with
 * its `struct command`, a line in commands.c, and a line in sources.txt. */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stdint.h>

/* How the program ends. */
enum { DONE = 0, FAILED = 1, MISUSED = 2 };

enum { MAX_OPERANDS = 4 };

/* The options that there are, one row each in options.def. */
enum option_index {
#define OPTION(name, ...) OPTION_INDEX_##name,
#include "options.def"
#undef OPTION
    OPTION_COUNT
};

/* A bit for each option: OPTION_JSON and so on. */
enum option_bit {
#define OPTION(name, ...) OPTION_##name = 1 << OPTION_INDEX_##name,
#include "options.def"
#undef OPTION
    OPTION_NONE = 0
};

/* What stands on the command line after the command's name. Options may stand anywhere in it. */
struct args {
    const char *operand[MAX_OPERANDS];
    int count;
    unsigned options;               /* OPTION_... that were given */
    const char *text[OPTION_COUNT]; /* the value of each option that has one */
    int64_t timeout_ns;             /* -1 without --timeout */
    int64_t quit_ns;                /* -1 without --quit, and with --quit -1 */
};

/* What an operand is, for completions. */
enum operand { OPERAND_NONE, OPERAND_HOST, OPERAND_FAMILY, OPERAND_ERROR, OPERAND_SHELL };

struct command {
    const char *name;
    const char *usage;    /* what follows "xsock " in its usage line */
    const char *summary;  /* one line, for the list of commands */
    const char *help;     /* what --help prints below the usage line; lines of at most 80 columns */
    int min, max;         /* operands; max is at most MAX_OPERANDS */
    unsigned options;     /* OPTION_... that it takes */
    const char *epilogue; /* what --help prints below the options */
    enum operand operand; /* what completions offer for an operand */
    int (*run)(const struct args *args); /* returns DONE, FAILED or MISUSED, having said why */
};

extern const struct command command_open;
extern const struct command command_catalog;
extern const struct command command_errors;
extern const struct command command_listen;
extern const struct command command_connect;
extern const struct command command_doctor;
extern const struct command command_completions;

/* Every command, in the order of --help. NULL ends the list. */
extern const struct command *const commands[];

/* Returns the command of this name, or NULL. */
const struct command *command_find(const char *name);

#endif
