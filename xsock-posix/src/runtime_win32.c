/* Calls of POSIX on files that the C runtime of Windows lacks, or has with other flags. */
#include "posix.h"

#include <io.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <windows.h>

int xsock_posix_isatty(int number)
{
    DWORD mode;
    if (xsock_posix__of(number) != 0)
        return xsock_posix__refuse(ENOTTY) + 1;
    intptr_t handle = number < 0 ? -1 : _get_osfhandle(number);
    if (handle == -1)
        return xsock_posix__refuse(EBADF) + 1;
    return GetConsoleMode((HANDLE)handle, &mode) ? 1 : xsock_posix__refuse(ENOTTY) + 1;
}

/* Files are binary unless the program asks for text. */
int xsock_posix_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int mode = (flags & _O_CREAT) != 0 ? va_arg(arguments, int) : 0;
    va_end(arguments);
    if (path == NULL)
        return xsock_posix__refuse(EFAULT);
    flags &= ~O_NONBLOCK;
    if ((flags & (_O_TEXT | _O_WTEXT | _O_U16TEXT | _O_U8TEXT)) == 0)
        flags |= _O_BINARY;
    int permission = _S_IREAD | ((mode & 0200) != 0 ? _S_IWRITE : 0);
    return _open(strcmp(path, "/dev/null") == 0 ? "NUL" : path, flags, permission);
}

/* The runtime moves in the null device that holds a socket's number, and says EINVAL of a pipe. */
int64_t xsock_posix_lseek64(int number, int64_t offset, int whence)
{
    intptr_t handle = number < 0 ? -1 : _get_osfhandle(number);
    bool is_socket = xsock_posix__of(number) != 0;
    if (!is_socket && handle == -1)
        return xsock_posix__refuse(EBADF);
    if (is_socket || GetFileType((HANDLE)handle) == FILE_TYPE_PIPE)
        return xsock_posix__refuse(ESPIPE);
    return _lseeki64(number, offset, whence);
}

long xsock_posix_lseek(int number, long offset, int whence)
{
    int64_t result = xsock_posix_lseek64(number, offset, whence);
    return result > LONG_MAX ? xsock_posix__refuse(EOVERFLOW) : (long)result;
}

int xsock_posix_pipe2(int out[2], int flags)
{
    enum { PIPE_SIZE = 65536 }; /* as in Linux */
    if (out == NULL)
        return xsock_posix__refuse(EFAULT);
    if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0)
        return xsock_posix__refuse(EINVAL);
    if (_pipe(out, PIPE_SIZE, _O_BINARY | ((flags & O_CLOEXEC) != 0 ? _O_NOINHERIT : 0)) < 0)
        return -1;
    if ((flags & O_NONBLOCK) != 0) {
        xsock_posix__file_control(out[0], F_SETFL, O_NONBLOCK);
        xsock_posix__file_control(out[1], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

int xsock_posix_pipe(int out[2])
{
    return xsock_posix_pipe2(out, 0);
}

/* A stream reads and writes by the runtime, which does not know sockets. */
FILE *xsock_posix_fdopen(int number, const char *mode)
{
    if (xsock_posix__of(number) == 0)
        return _fdopen(number, mode);
    errno = EOPNOTSUPP;
    return NULL;
}

/* Writes text to any number. The text is written as a whole, as far as write() takes it. */
int xsock_posix_vdprintf(int number, const char *format, va_list arguments)
{
    va_list copy;
    va_copy(copy, arguments);
    int size = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    if (text == NULL)
        return xsock_posix__refuse(size < 0 ? EINVAL : ENOMEM);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    ssize_t written = xsock_posix_write(number, text, (size_t)size);
    free(text);
    return (int)written;
}

int xsock_posix_dprintf(int number, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = xsock_posix_vdprintf(number, format, arguments);
    va_end(arguments);
    return result;
}

int xsock_posix_gethostname(char *name, size_t size)
{
    DWORD n = size > MAXDWORD ? MAXDWORD : (DWORD)size;
    if (name == NULL)
        return xsock_posix__refuse(EFAULT);
    if (GetComputerNameExA(ComputerNameDnsHostname, name, &n))
        return 0;
    return xsock_posix__refuse(GetLastError() == ERROR_MORE_DATA ? ENAMETOOLONG : EIO);
}

/* The signals that the runtime lacks: a handler is kept and told again, and nobody raises them. */
static union {
    xsock_posix_handler *handler;
    void *volatile word; /* a function's address has the size of a pointer on Windows */
} handlers[NSIG];

static xsock_posix_handler *exchange(int number, xsock_posix_handler *handler)
{
    union {
        xsock_posix_handler *handler;
        void *word;
    } value = {handler};
    value.word = InterlockedExchangePointer(&handlers[number].word, value.word);
    return value.handler;
}

xsock_posix_handler *xsock_posix_signal(int number, xsock_posix_handler *handler)
{
    switch (number) {
    case SIGHUP:
    case SIGQUIT:
    case SIGUSR1:
    case SIGUSR2:
    case SIGPIPE:
    case SIGALRM:
    case SIGCHLD:
        return exchange(number, handler);
    default:
        return (xsock_posix_handler *)signal(number, handler);
    }
}

/* The runtime tells a handler only by setting another. */
int xsock_posix_sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    xsock_posix_handler *before =
        xsock_posix_signal(number, action == NULL ? SIG_DFL : action->sa_handler);
    if (before == SIG_ERR)
        return -1;
    if (action == NULL)
        xsock_posix_signal(number, before);
    if (old != NULL)
        *old = (struct sigaction){.sa_handler = before};
    return 0;
}

int xsock_posix_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    static sigset_t mask;
    sigset_t before = mask;
    if (set != NULL) {
        if (how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
            return xsock_posix__refuse(EINVAL);
        mask = how == SIG_BLOCK ? before | *set : how == SIG_UNBLOCK ? before & ~*set : *set;
    }
    if (old != NULL)
        *old = before;
    return 0;
}

#if defined(_MSC_VER)

/* What mingw-w64's headers have, and Microsoft's lack. */

unsigned int xsock_posix_sleep(unsigned int seconds)
{
    for (; seconds > 0; seconds--)
        Sleep(1000);
    return 0;
}

int xsock_posix_usleep(useconds_t us)
{
    Sleep(us / 1000 + (us % 1000 != 0));
    return 0;
}

/* Windows counts from 1601, in units of 100 ns. */
int xsock_posix_gettimeofday(struct timeval *out, void *zone)
{
    enum { UNITS_OF_US = 10, US_OF_SECOND = 1000000 };
    FILETIME time;
    (void)zone;
    GetSystemTimeAsFileTime(&time);
    int64_t units = (int64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    int64_t us = units / UNITS_OF_US - INT64_C(11644473600) * US_OF_SECOND;
    out->tv_sec = (long)(us / US_OF_SECOND);
    out->tv_usec = (long)(us % US_OF_SECOND);
    return 0;
}

#endif
