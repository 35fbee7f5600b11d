/* The xsock program: the structure of a command, and the services of main.c for each command. A new
 * command needs a file with its `struct command`, a line in commands.c, and a line in
 * sources.txt. */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stdint.h>

/* The exit status of the program. */
enum { DONE = 0, FAILED = 1, MISUSED = 2 };

enum { MAX_OPERANDS = 4 };

/* The options. Each has one row in options.def. */
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

/* The words after the command's name. Options may stand anywhere among them. */
struct args {
    const char *operand[MAX_OPERANDS];
    int count;
    unsigned options;               /* a bit of OPTION_... for each given option */
    const char *text[OPTION_COUNT]; /* the value of each option that has one */
    int64_t timeout_ns;             /* -1 without --timeout */
    int64_t quit_ns;                /* -1 without --quit, and with --quit -1 */
};

/* The kind of an operand, for completions. */
enum operand { OPERAND_NONE, OPERAND_HOST, OPERAND_FAMILY, OPERAND_ERROR, OPERAND_SHELL };

struct command {
    const char *name;
    const char *usage;   /* the text after "xsock " in the usage line */
    const char *summary; /* one line, for the list of commands */
    /* the text of --help below the usage line, in lines of at most 80 columns */
    const char *help;
    int min, max;         /* the number of operands; max is at most MAX_OPERANDS */
    unsigned options;     /* a bit of OPTION_... for each option that the command accepts */
    const char *epilogue; /* the text of --help below the options */
    enum operand operand; /* the completions for an operand */
    int (*run)(const struct args *args); /* returns DONE, or FAILED or MISUSED after a message */
};

extern const struct command command_open;
extern const struct command command_catalog;
extern const struct command command_errors;
extern const struct command command_listen;
extern const struct command command_connect;
extern const struct command command_doctor;
extern const struct command command_completions;

/* All commands, in the order of --help. NULL ends the list. */
extern const struct command *const commands[];

/* Returns the command of this name, or NULL. */
const struct command *command_find(const char *name);

#endif
