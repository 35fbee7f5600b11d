#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "numbers.h"
#include "print.h"
#include "suggest.h"

enum { LINE = 80, TEXT_COLUMN = 26 };

const struct option options[] = {
#define OPTION(name, letter, long_name, value, text) \
    {OPTION_##name, letter, long_name, value, text},
#include "options.def"
#undef OPTION
};

bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

bool is_version(const char *word)
{
    return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0;
}

bool option_is(const struct command *command, const char *word)
{
    int64_t n;

    if (word[0] != '-' || !word[1])
        return false;
    return (command && (command->options & OPTION_IPV4)) || number_parse(word, &n) == NOT_A_NUMBER;
}

/* ---- Values ---------------------------------------------------------------------------------- */

/* Reads seconds, up to about 290 years. The number may have a fraction, as in "2.5". */
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

static int take_value(struct args *args, const struct option *option, const char *value)
{
    args->text[option - options] = value;
    if (option->bit == OPTION_TIMEOUT && !parse_seconds(value, &args->timeout_ns))
        return misuse("--timeout wants seconds, like 5 or 0.5, not '%s'", value);
    if (option->bit == OPTION_QUIT && strcmp(value, "-1") == 0)
        args->quit_ns = -1;
    else if (option->bit == OPTION_QUIT && !parse_seconds(value, &args->quit_ns))
        return misuse("--quit wants seconds, like 5 or 0.5, or -1, not '%s'", value);
    return DONE;
}

/* ---- Parsing --------------------------------------------------------------------------------- */

int option_unknown(const struct command *command, const char *word)
{
    struct suggestion s;
    char names[OPTION_COUNT][16];

    suggest_start(&s, word);
    suggest_offer(&s, "--help");
    suggest_offer(&s, command ? NULL : "--version");
    for (int i = 0; i < OPTION_COUNT; i++) {
        snprintf(names[i], sizeof names[i], "--%s", options[i].name);
        if (command && options[i].text && (command->options & options[i].bit))
            suggest_offer(&s, names[i]);
    }
    return misuse("unknown option '%s'" SUGGEST_FORMAT, word, SUGGEST_ARGS(&s));
}

static int needs_value(const struct option *option)
{
    if (option->bit == OPTION_TIMEOUT || option->bit == OPTION_QUIT)
        return misuse("--%s wants seconds, like 5 or 0.5, not ''", option->name);
    return misuse("--%s needs a value: --%s %s", option->name, option->name, option->value);
}

/* Reads "--name", "--name=value" or "--name value". Moves *words to the last word of the option. */
static int take_long(const struct command *command, struct args *args, char ***words)
{
    const char *word = **words + 2;
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);

    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];

        if (strlen(option->name) != length || strncmp(option->name, word, length) != 0)
            continue;
        args->options |= option->bit;
        if (!option->value)
            return equals ? misuse("--%s takes no value", option->name) : DONE;
        if (equals)
            return take_value(args, option, equals + 1);
        if (!(*words)[1])
            return needs_value(option);
        return take_value(args, option, *++*words);
    }
    return option_unknown(command, **words);
}

/* Reads "-v", "-vk", "-w5" or "-w 5". */
static int take_letters(const struct command *command, struct args *args, char ***words)
{
    const char *word = **words;

    for (const char *letter = word + 1; *letter; letter++) {
        const struct option *option = NULL;

        for (int i = 0; i < OPTION_COUNT; i++)
            if (options[i].letter == *letter)
                option = &options[i];
        if (!option)
            return option_unknown(command, word);
        args->options |= option->bit;
        if (!option->value)
            continue;
        if (letter[1])
            return take_value(args, option, letter + 1);
        if (!(*words)[1])
            return needs_value(option);
        return take_value(args, option, *++*words);
    }
    return DONE;
}

/* Complains about an option that another command has. The message names the commands that have
 * it. */
static int foreign_option(const struct command *command, unsigned foreign)
{
    char takers[128] = "";
    const struct option *option = options;

    if (foreign & OPTION_TLS)
        return misuse("there is no TLS here: use 'openssl s_client -connect HOST:PORT', or 'ncat "
                      "--ssl HOST PORT'");
    while (!(option->bit & foreign))
        option++;
    for (int i = 0; commands[i]; i++)
        if (commands[i]->options & option->bit)
            snprintf(takers + strlen(takers), sizeof takers - strlen(takers), "%s%s",
                     takers[0] ? ", " : "", commands[i]->name);
    return misuse("%s does not take --%s, which is an option of: %s", command->name, option->name,
                  takers);
}

static int judge(const struct command **command, const struct args *args)
{
    const struct command *c = *command;

    if ((args->options & OPTION_LISTEN) && c == &command_connect) {
        *command = c = &command_listen;
        complain_about(c->name);
    }
    if (args->options & ~c->options)
        return foreign_option(c, args->options & ~c->options);
    if (args->count > c->max)
        return misuse("unexpected argument '%s'", args->operand[c->max]);
    if (args->count < c->min)
        return misuse("too few arguments; it is used as: xsock %s", c->usage);
    return DONE;
}

int options_parse(const struct command **command, char **words, struct args *out, bool *out_help)
{
    bool open = true;

    *out = (struct args){.timeout_ns = -1, .quit_ns = -1};
    *out_help = false;
    for (; *words; words++) {
        int status = DONE;

        if (open && strcmp(*words, "--") == 0) {
            open = false;
        } else if (!open || !option_is(*command, *words)) {
            if (out->count == MAX_OPERANDS)
                return misuse("unexpected argument '%s'", *words);
            out->operand[out->count++] = *words;
        } else if (is_help(*words)) {
            *out_help = true;
            return DONE;
        } else if ((*words)[1] == '-') {
            status = take_long(*command, out, &words);
        } else {
            status = take_letters(*command, out, &words);
        }
        if (status != DONE)
            return status;
    }
    return judge(command, out);
}

/* ---- Help ------------------------------------------------------------------------------------ */

/* Prints words from a column on, and breaks lines before LINE. */
static void print_wrapped(const char *text, int column)
{
    int at = column;

    while (*text) {
        int length = (int)strcspn(text, " ");

        if (at > column && at + 1 + length > LINE) {
            out("\n%*s", column, "");
            at = column;
        }
        out("%s%.*s", at > column ? " " : "", length, text);
        at += length + (at > column);
        text += length + (text[length] == ' ');
    }
    out("\n");
}

void options_print(const struct command *command)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option *o = &options[i];
        char left[64];

        if (!o->text || !(command->options & o->bit))
            continue;
        snprintf(left, sizeof left, "  %c%c%c --%s%s%s", o->letter ? '-' : ' ',
                 o->letter ? o->letter : ' ', o->letter ? ',' : ' ', o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        out("%-*s", TEXT_COLUMN, left);
        print_wrapped(o->text, TEXT_COLUMN);
    }
}
