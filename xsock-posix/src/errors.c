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

/* The runtime's strerror() does not know the errors of sockets. The texts of xsock are in the
 * library, and nobody changes them: strerror() returns char * for reasons of history. */
char *xsock_posix_strerror(int number)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number)
            return (char *)(uintptr_t)xsock_strerror(rows[i].error);
    }
    static char unknown[] = "Unknown error";
    return number == 0 ? (char *)(uintptr_t)xsock_strerror(0) : unknown;
}

int xsock_posix_strerror_r(int number, char *buf, size_t size)
{
    const char *text = xsock_posix_strerror(number);
    if (strlen(text) >= size)
        return ERANGE;
    memcpy(buf, text, strlen(text) + 1);
    return 0;
}

void xsock_posix_perror(const char *text)
{
    int number = errno;
    if (text != NULL && text[0] != '\0')
        fprintf(stderr, "%s: ", text);
    fprintf(stderr, "%s\n", xsock_posix_strerror(number));
}

#else

int xsock_posix__errno_of(int error)
{
    int number = xsock_error_to_os(error);
    return number > 0 ? number : EIO;
}

#endif
