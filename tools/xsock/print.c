#include "print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "term.h"
#include "tool.h"
#include "xsock.h"

/* ---- Results --------------------------------------------------------------------------------- */

static bool write_failed;
static int write_errno;

/* Stores the first failure, because later failures may be its consequences. */
static void keep_failure(void)
{
    if (!write_failed)
        write_errno = term_write_error();
    write_failed = true;
}

void out(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    errno = 0;
    /* Some C libraries of Windows report a failure of vfprintf only by ferror. */
    if (vfprintf(stdout, format, list) < 0 || (!write_failed && ferror(stdout)))
        keep_failure();
    va_end(list);
}

bool out_bytes(const void *bytes, int size)
{
    errno = 0;
    if (!write_failed && !term_write(bytes, size))
        keep_failure();
    return !write_failed;
}

bool out_failed(void)
{
    return write_failed;
}

void out_painted(enum paint paint, const char *text, int width)
{
    static const char *const codes[] = {"", "\033[32m", "\033[33m", "\033[2m", "\033[1m"};
    static int color = -1; /* asked once */
    int length = (int)strlen(text);

    if (color < 0)
        color = term_color(stdout);
    if (color && paint != PLAIN)
        out("%s%s\033[0m", codes[paint], text);
    else
        out("%s", text);
    if (length < width)
        out("%*s", width - length, "");
}

void out_unsigned(uint64_t n)
{
    char text[24];
    char *p = text + sizeof text - 1;

    *p = '\0';
    do {
        *--p = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    out("%s", p);
}

void out_json_string(const char *text)
{
    if (!text) {
        out("null");
        return;
    }
    out("\"");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            out("\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            out("\\u%04x", (unsigned)c);
        else
            out("%c", c);
    }
    out("\"");
}

int out_finish(int status)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout))
        keep_failure();
    term_end();
    /* Some file systems report a full disk only at the end (NFS, quotas). */
    errno = 0;
    if (fclose(stdout) != 0)
        keep_failure();
    if (!write_failed)
        return status;
    if (write_errno != EPIPE)
        complain("cannot write to standard output: %s",
                 write_errno ? strerror(write_errno) : "write error");
    return status == DONE ? FAILED : status;
}

/* ---- Complaints ------------------------------------------------------------------------------ */

static const char *about;

void complain_about(const char *command)
{
    about = command;
}

static void put_safely(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c >= 0x20 && c < 0x7f)
            putc(c, stderr);
        else
            fprintf(stderr, "\\x%02x", (unsigned)c);
    }
}

static void put_formatted(const char *format, va_list list)
{
    for (; *format; format++) {
        if (*format != '%') {
            putc(*format, stderr);
            continue;
        }
        format++;
        if (*format == 's')
            put_safely(va_arg(list, const char *));
        else if (*format == 'd')
            fprintf(stderr, "%d", va_arg(list, int));
        else
            putc(*format, stderr);
    }
}

static void put_line(const char *format, va_list list)
{
    static char buffer[1024];
    static bool buffered;

    /* Standard error is not buffered. Without a buffer of our own, a line would be written byte by
     * byte, between the lines of other programs. */
    if (!buffered)
        setvbuf(stderr, buffer, _IOFBF, sizeof buffer);
    buffered = true;

    fputs("xsock: ", stderr);
    if (about)
        fprintf(stderr, "%s: ", about);
    put_formatted(format, list);
    putc('\n', stderr);
    fflush(stderr);
}

void complain(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    put_line(format, list);
    va_end(list);
}

int misuse(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    put_line(format, list);
    va_end(list);
    fprintf(stderr, "Try 'xsock %s%s--help'.\n", about ? about : "", about ? " " : "");
    fflush(stderr);
    return MISUSED;
}

/* Returns the text that says what to do next. */
static const char *hint_of(int error)
{
    static const struct {
        int error;
        const char *text;
    } hints[] = {
#define HINT(error, text) {XSOCK_##error, text},
#include "hints.def"
#undef HINT
    };

    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].error == -error)
            return hints[i].text;
    return "'xsock doctor', which shows what this machine has and lacks.";
}

int complain_error(int error)
{
    const char *name = xsock_errname(error);
    int code = xsock_oserror();

    if (code)
        complain("%s: %s (%s:%d)", name ? name : "?", xsock_strerror(error), term_code_kind(),
                 code);
    else
        complain("%s: %s (no system code)", name ? name : "?", xsock_strerror(error));
    fprintf(stderr, "Try %s\n", hint_of(error));
    fflush(stderr);
    return FAILED;
}
