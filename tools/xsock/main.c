/* xsock: the socket library from the command line. */
#include <stddef.h>
#include <string.h>

#include "options.h"
#include "print.h"
#include "suggest.h"
#include "term.h"
#include "tool.h"
#include "xsock.h"

static void print_overview(void)
{
    out("Usage: xsock COMMAND [ARGUMENT...]\n"
        "\n"
        "One socket API that means the same on Linux, FreeBSD, macOS and Windows, from\n"
        "the command line.\n"
        "\n"
        "Commands:\n");
    for (int i = 0; commands[i]; i++) {
        out("  ");
        out_painted(BOLD, commands[i]->name, 11);
        out("  %s\n", commands[i]->summary);
    }
    out("  ");
    out_painted(BOLD, "help", 11);
    out("  explain a command: help COMMAND\n"
        "\n"
        "As netcat is called: 'xsock -l 8080' listens, 'xsock -v HOST PORT' connects.\n"
        "\n"
        "Options:\n"
        "  --help     this text; after a command, the command's\n"
        "  --version  the library's version\n"
        "\n"
        "Exit status: 0 done, 1 an error, 2 wrong usage.\n"
        "Colour is for terminals; NO_COLOR=1 turns it off.\n");
}

static void print_help(const struct command *command)
{
    out("Usage: xsock %s\n\n%s", command->usage, command->help);
    if (command->options) {
        out("\nOptions:\n");
        options_print(command);
    }
    out("\n%s", command->epilogue);
}

static int unknown_command(const char *word)
{
    struct suggestion s;

    suggest_start(&s, word);
    for (int i = 0; commands[i]; i++)
        suggest_offer(&s, commands[i]->name);
    suggest_offer(&s, "help");
    return misuse("unknown command '%s'" SUGGEST_FORMAT, word, SUGGEST_ARGS(&s));
}

static int run_command(const struct command *command, char **words)
{
    struct args args;
    bool help;

    complain_about(command->name);
    int status = options_parse(&command, words, &args, &help);
    if (status != DONE)
        return status;
    if (help) {
        print_help(command);
        return DONE;
    }
    return command->run(&args);
}

static int run_help(char **words)
{
    complain_about("help");
    if (!words[0] || is_help(words[0])) {
        print_overview();
        return DONE;
    }
    if (words[1])
        return misuse("unexpected argument '%s'", words[1]);
    const struct command *command = command_find(words[0]);
    if (!command)
        return strcmp(words[0], "help") == 0 ? run_help(words + 1) : unknown_command(words[0]);
    print_help(command);
    return DONE;
}

static int run(char **words)
{
    if (!words[0])
        return misuse("no command is given");
    if (is_help(words[0]) || is_version(words[0])) {
        if (words[1])
            return misuse("unexpected argument '%s'", words[1]);
        if (is_help(words[0]))
            print_overview();
        else
            out("xsock %s\n", xsock_version());
        return DONE;
    }
    if (strcmp(words[0], "help") == 0)
        return run_help(words + 1);
    /* Command lines as for netcat: "-l 8080", "-zv localhost 22". */
    if (option_is(&command_connect, words[0]) && words[0][1] != '-')
        return run_command(&command_connect, words);
    if (option_is(NULL, words[0]))
        return option_unknown(NULL, words[0]);
    const struct command *command = command_find(words[0]);
    return command ? run_command(command, words + 1) : unknown_command(words[0]);
}

int main(int argc, char **argv)
{
    term_start();
    int status = run(argc > 0 ? argv + 1 : argv);
    return out_finish(status);
}
