/* xsock errors: prints the table of errors, or one row of it. */
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "numbers.h"
#include "print.h"
#include "suggest.h"
#include "term.h"
#include "tool.h"
#include "xsock.h"

/* Errors and the codes of systems are searched below these numbers. Errno ends at 4095, which is
 * the largest code that a Linux system call can return. Winsock ends at 11031, and Win32 codes are
 * below 16000. */
enum { ERRORS_END = 2000, ERRNO_END = 4096, WINSOCK_END = 16000 };

/* ---- One error, as text and as JSON ---------------------------------------------------------- */

static int widest_name(void)
{
    int width = 0;

    for (int number = 1; number <= ERRORS_END; number++) {
        const char *name = xsock_errname(number);

        if (name && (int)strlen(name) > width)
            width = (int)strlen(name);
    }
    return width;
}

static void print_row(int number, int width)
{
    out_painted(BOLD, xsock_errname(number), width);
    out("  %6d  %s\n", number, xsock_strerror(number));
}

static int from_errno(int code)
{
    return xsock_error_from_os(code);
}

static int from_winsock(int code)
{
    return xsock_error_from_winsock(code);
}

/* Prints the codes that become this error. EUNKNOWN gets none: every code without a row becomes
 * EUNKNOWN. */
static void print_json_codes(int number, int (*from)(int code), int end)
{
    const char *comma = "";

    out("[");
    for (int code = 1; code < end && number != XSOCK_EUNKNOWN; code++) {
        if (from(code) != -number)
            continue;
        out("%s%d", comma, code);
        comma = ", ";
    }
    out("]");
}

static void print_json(int number)
{
    out("{\"name\": ");
    out_json_string(xsock_errname(number));
    out(", \"number\": %d, \"sentence\": ", number);
    out_json_string(xsock_strerror(number));
    out(", \"errno\": ");
    if (term_has_errno())
        print_json_codes(number, from_errno, ERRNO_END);
    else
        out("null");
    out(", \"winsock\": ");
    print_json_codes(number, from_winsock, WINSOCK_END);
    out("}");
}

/* ---- All errors ------------------------------------------------------------------------------ */

static int print_all(bool json)
{
    int width = widest_name();
    const char *before = "[\n  ";

    if (!json) {
        out_painted(BOLD, "NAME", width);
        out("  ");
        out_painted(BOLD, "NUMBER", 0);
        out("  ");
        out_painted(BOLD, "SENTENCE", 0);
        out("\n");
    }
    for (int number = 1; number <= ERRORS_END; number++) {
        if (!xsock_errname(number))
            continue;
        if (json) {
            out("%s", before);
            print_json(number);
            before = ",\n  ";
        } else {
            print_row(number, width);
        }
    }
    if (json)
        out("\n]\n");
    return DONE;
}

/* ---- Finding an error ------------------------------------------------------------------------ */

/* Returns the text after "errno:" or "wsa:", in upper or lower case, or NULL if the text has
 * neither. */
static const char *after_kind(const char *text, const char *kind)
{
    while (*kind && tolower((unsigned char)*text) == *kind) {
        text++;
        kind++;
    }
    return *kind == '\0' && *text == ':' ? text + 1 : NULL;
}

/* Finds the error of a system's code. `text` is the whole operand. */
static int find_code(const char *text, const char *digits, int (*from)(int64_t code),
                     int *out_number)
{
    int64_t code = 0;
    enum number kind = number_parse(digits, &code);

    if (kind == NOT_A_NUMBER)
        return misuse("'%s' is not a number, in '%s'", digits, text);
    int error = kind == A_NUMBER ? from(code) : -XSOCK_EUNKNOWN;
    if (error == -XSOCK_EUNKNOWN) {
        complain(
            "no error stands for %s, and it would be reported as EUNKNOWN; 'xsock errors' lists "
            "all errors",
            text);
        return FAILED;
    }
    *out_number = -error;
    return DONE;
}

static int find_number(const char *text, enum number kind, int64_t n, int *out_number)
{
    if (n < 0)
        n = -n;
    if (kind == A_NUMBER && n <= INT_MAX && xsock_errname((int)n)) {
        *out_number = (int)n;
        return DONE;
    }
    const char *hint = "";
    if (kind == A_NUMBER && n <= INT_MAX && xsock_error_from_winsock(n) != -XSOCK_EUNKNOWN)
        hint = "wsa:";
    else if (kind == A_NUMBER && term_has_errno() && xsock_error_from_os(n) != -XSOCK_EUNKNOWN)
        hint = "errno:";
    if (*hint)
        complain("no error of xsock has the number %s (did you mean '%s%d'?)", text, hint, (int)n);
    else
        complain("no error of xsock has the number %s; 'xsock errors' lists all", text);
    return FAILED;
}

static int find_name(const char *text, int *out_number)
{
    struct suggestion s;
    int number = xsock_errnumber(text);

    if (number >= 0) {
        *out_number = number;
        return DONE;
    }
    suggest_start(&s, text);
    for (int candidate = 1; candidate <= ERRORS_END; candidate++)
        suggest_offer(&s, xsock_errname(candidate));
    complain("unknown error '%s'" SUGGEST_FORMAT "; 'xsock errors' lists all", text,
             SUGGEST_ARGS(&s));
    return FAILED;
}

static int find(const char *text, int *out_number)
{
    const char *digits;
    int64_t n = 0;
    enum number kind;

    if ((digits = after_kind(text, "errno")) != NULL) {
        if (!term_has_errno())
            return misuse(
                "the codes of this system are Winsock's: write wsa:CODE; it has no errno for '%s'",
                text);
        return find_code(text, digits, xsock_error_from_os, out_number);
    }
    if ((digits = after_kind(text, "wsa")) != NULL)
        return find_code(text, digits, xsock_error_from_winsock, out_number);
    if (strchr(text, ':'))
        return misuse("unknown kind of code '%s' (there are errno:CODE and wsa:CODE)", text);
    kind = number_parse(text, &n);
    if (kind != NOT_A_NUMBER)
        return find_number(text, kind, n, out_number);
    return find_name(text, out_number);
}

static int run(const struct args *args)
{
    int number = 0; /* gcc -O3 cannot tell that it is set on success */

    if (args->count == 0)
        return print_all((args->options & OPTION_JSON));
    int status = find(args->operand[0], &number);
    if (status != DONE)
        return status;
    if ((args->options & OPTION_JSON)) {
        print_json(number);
        out("\n");
    } else {
        print_row(number, widest_name());
    }
    return DONE;
}

const struct command command_errors = {
    .name = "errors",
    .usage = "errors [CODE|NAME] [--json]",
    .summary = "list the errors, or explain one",
    .help = "Lists every error of xsock: name, number, and a sentence; or only one of them:\n"
            "\n"
            "  xsock errors EAGAIN     by its name\n"
            "  xsock errors 6          by its number, of either sign\n"
            "  xsock errors errno:11   by this system's errno (not on Windows)\n"
            "  xsock errors wsa:10035  by the Winsock or Win32 code, on every system\n"
            "\n"
            "JSON is an object, or an array of them, with name, number, sentence, errno (the\n"
            "codes of this system that become this error; null: it has no errno) and winsock\n"
            "(those of Windows).\n",
    .epilogue = "Exit status: 0 printed, 1 there is no such error, 2 wrong usage.\n",
    .min = 0,
    .max = 1,
    .options = OPTION_JSON,
    .operand = OPERAND_ERROR,
    .run = run,
};
