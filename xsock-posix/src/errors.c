/* Errors of xsock as errno, and their texts. The library is compiled for the program's own C
 * runtime, so errno is the program's. */
#include "posix.h"

#include <stdio.h>
#include <string.h>

int xsock_posix__refuse(int number)
{
    errno = number;
    return -1;
}

int xsock_posix__fail(ptrdiff_t result)
{
    errno = xsock_posix__errno_of((int)result);
    return -1;
}

#if defined(_WIN32)

static const struct row {
    int error;
    int number;
} rows[] = {
#define ROW(name) {XSOCK_##name, name},
#include "errno.def"
#undef ROW
};

int xsock_posix__errno_of(int error)
{
    int positive = error < 0 ? -error : error;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].error == positive)
            return rows[i].number;
    }
    return EIO;
}

/* The runtime's strerror() does not know the errors of sockets. Returns NULL for a number that no
 * error has. */
static const char *text_of(int number)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number)
            return xsock_strerror(rows[i].error);
    }
    return number == 0 ? xsock_strerror(0) : NULL;
}

/* The texts of xsock are in the library, and nobody changes them: strerror() returns char * for
 * reasons of history. */
char *xsock_posix_strerror(int number)
{
    static _Thread_local char unknown[sizeof "Unknown error -2147483648"];
    const char *text = text_of(number);
    if (text != NULL)
        return (char *)(uintptr_t)text;
    snprintf(unknown, sizeof unknown, "Unknown error %d", number);
    return unknown;
}

/* A program may print the text whatever the call returns. */
int xsock_posix_strerror_r(int number, char *buf, size_t size)
{
    const char *text = xsock_posix_strerror(number);
    if (size > 0) {
        size_t n = strlen(text) < size ? strlen(text) : size - 1;
        memcpy(buf, text, n);
        buf[n] = '\0';
    }
    return text_of(number) == NULL ? EINVAL : strlen(text) >= size ? ERANGE : 0;
}

void xsock_posix_perror(const char *text)
{
    int number = errno;
    if (text != NULL && text[0] != '\0')
        fprintf(stderr, "%s: ", text);
    fprintf(stderr, "%s\n", xsock_posix_strerror(number));
}

#else

/* xsock says EACCES wherever a privilege is missing, and Linux says EPERM in most places. A
 * positive error was kept by the socket, so the system's last code does not belong to it. */
int xsock_posix__errno_of(int error)
{
    if (error == -XSOCK_EACCES && xsock_oserror() == EPERM)
        return EPERM;
    int number = xsock_error_to_os(error);
    return number > 0 ? number : EIO;
}

#endif
