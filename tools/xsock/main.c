/* xsock: the socket library from the command line. */
#include <stddef.h>
#include <string.h>

#include "numbers.h"
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
        out_painted(BOLD, commands[i]->name, 8);
        out("  %s\n", commands[i]->summary);
    }
    out("  ");
    out_painted(BOLD, "help", 8);
    out("  explain a command: help COMMAND\n"
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
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool is_version(const char *word)
{
    return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0;
}

/* "-6" is an operand, as is "-". */
static bool is_option(const char *word)
{
    int64_t n;

    return word[0] == '-' && word[1] && number_parse(word, &n) == NOT_A_NUMBER;
}

/* Every option of a command, and whether a value follows it. */
static const struct option {
    const char *name;
    unsigned bit;
} known_options[] = {
    {"--json", OPTION_JSON},       {"--keep", OPTION_KEEP}, {"--local", OPTION_LOCAL},
    {"--timeout", OPTION_TIMEOUT}, {"--udp", OPTION_UDP},   {"--verbose", OPTION_VERBOSE},
};

enum { OPTION_COUNT = (int)(sizeof known_options / sizeof known_options[0]) };

static int unknown_option(const struct command *command, const char *word)
{
    struct suggestion s;

    suggest_start(&s, word);
    suggest_offer(&s, "--help");
    suggest_offer(&s, command ? NULL : "--version");
    for (int i = 0; i < OPTION_COUNT; i++)
        suggest_offer(&s, command && (command->options & known_options[i].bit)
                              ? known_options[i].name
                              : NULL);
    return misuse("unknown option '%s'" SUGGEST_FORMAT, word, SUGGEST_ARGS(&s));
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

static int take_operand(const struct command *command, struct args *args, const char *word)
{
    if (args->count == command->max)
        return misuse("unexpected argument '%s'", word);
    args->operand[args->count++] = word;
    return DONE;
}

/* Seconds, up to some 290 years; "2.5" is fine. */
static bool parse_seconds(const char *text, int64_t *out_ns)
{
    int64_t seconds = 0, fraction = 0, digit = 100000000;

    if (*text < '0' || *text > '9')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        seconds = 10 * seconds + (*text - '0');
        if (seconds > INT64_MAX / 1000000000 - 1)
            return false;
    }
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++, digit /= 10)
            fraction += digit * (*text - '0');
    *out_ns = seconds * 1000000000 + fraction;
    return *text == '\0';
}

/* *words is moved to the last word that belongs to the option. */
static int take_option(const struct command *command, struct args *args, char ***words)
{
    const char *word = **words;

    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!(command->options & known_options[i].bit) || strcmp(word, known_options[i].name) != 0)
            continue;
        args->options |= known_options[i].bit;
        if (known_options[i].bit != OPTION_TIMEOUT)
            return DONE;
        ++*words;
        if (!**words || !parse_seconds(**words, &args->timeout_ns)) {
            const char *given = **words ? **words : "";

            --*words;
            return misuse("--timeout wants seconds, like 5 or 0.5, not '%s'", given);
        }
        return DONE;
    }
    return unknown_option(command, word);
}

static int run_command(const struct command *command, char **words)
{
    struct args args = {.timeout_ns = -1};
    bool options = true;

    complain_about(command->name);
    for (; *words; words++) {
        int status = DONE;

        if (options && strcmp(*words, "--") == 0) {
            options = false;
        } else if (!options || !is_option(*words)) {
            status = take_operand(command, &args, *words);
        } else if (is_help(*words)) {
            print_help(command);
            return DONE;
        } else {
            status = take_option(command, &args, &words);
        }
        if (status != DONE)
            return status;
    }
    if (args.count < command->min)
        return misuse("too few arguments; it is used as: xsock %s", command->usage);
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
    if (is_option(words[0]))
        return unknown_option(NULL, words[0]);
    const struct command *command = command_find(words[0]);
    return command ? run_command(command, words + 1) : unknown_command(words[0]);
}

int main(int argc, char **argv)
{
    term_start();
    int status = run(argc > 0 ? argv + 1 : argv);
    return out_finish(status);
}
