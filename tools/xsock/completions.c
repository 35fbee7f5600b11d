/* xsock completions: a script for a shell, which is made from the tables of commands and
 * options. */
#include <string.h>

#include "options.h"
#include "print.h"
#include "suggest.h"
#include "xsock.h"

/* Names are searched below these numbers, which are above all numbers of xsock. */
enum { FAMILIES_END = 0x200, ERRORS_END = 2000 };

static const char *const shells[] = {"bash", "zsh", "fish"};

enum { SHELL_COUNT = (int)(sizeof shells / sizeof shells[0]) };

static bool takes(const struct command *command, const struct option *option)
{
    return option->text && (command->options & option->bit);
}

/* Prints words without quotes, and a space before each word. */
static void print_words(enum operand operand)
{
    if (operand == OPERAND_FAMILY)
        for (int af = 1; af < FAMILIES_END; af++)
            if (xsock_family_name(af))
                out(" %s", xsock_family_name(af));
    if (operand == OPERAND_ERROR)
        for (int number = 1; number <= ERRORS_END; number++)
            if (xsock_errname(number))
                out(" %s", xsock_errname(number));
    if (operand == OPERAND_SHELL)
        for (int i = 0; i < SHELL_COUNT; i++)
            out(" %s", shells[i]);
}

static void print_commands(void)
{
    for (int i = 0; commands[i]; i++)
        out(" %s", commands[i]->name);
    out(" help");
}

/* Prints the first sentence of a text for use inside single quotes of a shell. '[' and ']' have a
 * meaning in zsh, but no text contains them. */
static void print_sentence(const char *text)
{
    for (; *text && !(text[0] == '.' && (text[1] == ' ' || !text[1])); text++) {
        if (*text == '\'')
            out("'\\''");
        else
            out("%c", *text);
    }
}

/* ---- bash ------------------------------------------------------------------------------------ */

static void print_bash_command(const struct command *command)
{
    out("    %s)\n        options='--help", command->name);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (takes(command, &options[i]))
            out(" --%s", options[i].name);
    out("'\n        words='");
    print_words(command->operand);
    out("'\n        hosts=%d ;;\n", command->operand == OPERAND_HOST);
}

static void print_bash(void)
{
    const char *bar = "";

    out("# bash completion of xsock\n"
        "_xsock() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "    local command=${COMP_WORDS[1]} options words hosts\n"
        "    COMPREPLY=()\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W '--help --version");
    print_commands();
    out("' -- \"$cur\"))\n"
        "        return\n"
        "    fi\n"
        "    case $prev in\n"
        "    ");
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!options[i].value)
            continue;
        out("%s--%s", bar, options[i].name);
        bar = " | ";
        if (options[i].letter)
            out("%s-%c", bar, options[i].letter);
    }
    out(") return ;;\n"
        "    esac\n"
        "    case $command in\n");
    for (int i = 0; commands[i]; i++)
        print_bash_command(commands[i]);
    out("    help) options= words='");
    print_commands();
    out("' hosts=0 ;;\n"
        "    *) return ;;\n"
        "    esac\n"
        "    case $cur in\n"
        "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
        "    *)\n"
        "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
        "        [ \"$hosts\" = 0 ] || COMPREPLY+=($(compgen -A hostname -A file -- \"$cur\"))\n"
        "        ;;\n"
        "    esac\n"
        "}\n"
        "complete -F _xsock xsock\n");
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* '(-w --timeout)'{-w,--timeout=}'[text]:SECONDS: ' */
static void print_zsh_option(const struct option *o)
{
    const char *equals = o->value ? "=" : "";

    if (o->letter)
        out("            '(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name, o->letter,
            o->value ? "+" : "", o->name, equals);
    else
        out("            '--%s%s[", o->name, equals);
    print_sentence(o->text);
    out(o->value ? "]:%s: ' \\\n" : "]' \\\n", o->value);
}

static void print_zsh_command(const struct command *command)
{
    out("        %s)\n            _arguments -s \\\n            '(-h --help)'{-h,--help}"
        "'[Explain the command]' \\\n",
        command->name);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (takes(command, &options[i]))
            print_zsh_option(&options[i]);
    if (command->operand == OPERAND_HOST) {
        out("            '*:host:_hosts' ;;\n");
        return;
    }
    out("            '1:word:(");
    print_words(command->operand);
    out(" )' ;;\n");
}

static void print_zsh(void)
{
    out("#compdef xsock\n"
        "_xsock() {\n"
        "    local context state state_descr line\n"
        "    local -a commands\n"
        "    typeset -A opt_args\n"
        "    _arguments -C '--help[Explain the program]' '--version[Print the version]' \\\n"
        "        '1:command:->command' '*::argument:->argument'\n"
        "    case $state in\n"
        "    command)\n"
        "        commands=(\n");
    for (int i = 0; commands[i]; i++) {
        out("            '%s:", commands[i]->name);
        print_sentence(commands[i]->summary);
        out("'\n");
    }
    out("            'help:explain a command'\n"
        "        )\n"
        "        _describe command commands ;;\n"
        "    argument)\n"
        "        case $words[1] in\n");
    for (int i = 0; commands[i]; i++)
        print_zsh_command(commands[i]);
    out("        help) _arguments '1:command:(");
    print_commands();
    out(" )' ;;\n"
        "        esac ;;\n"
        "    esac\n"
        "}\n"
        "# A folder of $fpath may hold this file as _xsock, or a script may source it.\n"
        "if [ \"$funcstack[1]\" = _xsock ]; then _xsock \"$@\"; else compdef _xsock xsock; fi\n");
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void print_fish_command(const struct command *command)
{
    const char *name = command->name;

    out("complete -c xsock -n __fish_use_subcommand -a %s -d '", name);
    print_sentence(command->summary);
    out("'\n");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option *o = &options[i];

        if (!takes(command, o))
            continue;
        out("complete -c xsock -n '__fish_seen_subcommand_from %s'", name);
        if (o->letter)
            out(" -s %c", o->letter);
        out(" -l %s%s -d '", o->name, o->value ? " -x" : "");
        print_sentence(o->text);
        out("'\n");
    }
    if (command->operand == OPERAND_NONE)
        return;
    out("complete -c xsock -n '__fish_seen_subcommand_from %s' -a '", name);
    if (command->operand == OPERAND_HOST)
        out("(__fish_print_hostnames)");
    print_words(command->operand);
    out("'\n");
}

static void print_fish(void)
{
    out("# fish completion of xsock\n"
        "complete -c xsock -f\n"
        "complete -c xsock -s h -l help -d 'Explain the program or a command'\n"
        "complete -c xsock -n __fish_use_subcommand -s V -l version -d 'Print the version'\n");
    for (int i = 0; commands[i]; i++)
        print_fish_command(commands[i]);
    out("complete -c xsock -n __fish_use_subcommand -a help -d 'explain a command'\n"
        "complete -c xsock -n '__fish_seen_subcommand_from help' -a '");
    print_commands();
    out("'\n");
}

static int run(const struct args *args)
{
    static void (*const print[])(void) = {print_bash, print_zsh, print_fish};
    struct suggestion s;

    suggest_start(&s, args->operand[0]);
    for (int i = 0; i < SHELL_COUNT; i++) {
        if (strcmp(args->operand[0], shells[i]) == 0) {
            print[i]();
            return DONE;
        }
        suggest_offer(&s, shells[i]);
    }
    return misuse("there are completions for bash, zsh and fish, not for '%s'" SUGGEST_FORMAT,
                  args->operand[0], SUGGEST_ARGS(&s));
}

const struct command command_completions = {
    .name = "completions",
    .usage = "completions bash|zsh|fish",
    .summary = "print the completions for a shell",
    .help = "Prints a script with which a shell completes the commands, options and words of\n"
            "xsock. Where the shells look for it:\n"
            "\n"
            "  xsock completions bash > ~/.local/share/bash-completion/completions/xsock\n"
            "  xsock completions fish > ~/.config/fish/completions/xsock.fish\n"
            "  xsock completions zsh > _xsock    in a folder of $fpath\n",
    .epilogue = "Exit status: 0 printed, 1 an error, 2 wrong usage.\n",
    .operand = OPERAND_SHELL,
    .min = 1,
    .max = 1,
    .run = run,
};
