/* fcntl, ioctl, isatty and the other questions that any number answers. */
#include "posix.h"

#include <stdarg.h>
#include <sys/ioctl.h>

static int set_flag(int d, int flag, bool on)
{
    int flags = xsock_get_flags(d);
    if (flags < 0)
        return flags;
    return xsock_set_flags(d, on ? flags | flag : flags & ~flag);
}

/* The handle of a socket that waits may be in non-blocking mode. The handle of a socket that must
 * not wait is never in blocking mode, in which it may have been shown to another program. */
static int set_mode(int number, int d, bool on)
{
    int result = set_flag(d, XSOCK_SOCK_NONBLOCK, on);
    if (result == 0 && on)
        xsock_posix__show_mode(number);
    else if (result == 0)
        xsock_posix__show_mode_of_stream(number);
    return result;
}

#if defined(_WIN32)
static int set_status(int number, int d, int flags)
{
    return set_mode(number, d, (flags & O_NONBLOCK) != 0);
}

static int status_of(int number, int d)
{
    int flags = xsock_get_flags(d);
    (void)number;
    return flags < 0 ? flags : O_RDWR | ((flags & XSOCK_SOCK_NONBLOCK) != 0 ? O_NONBLOCK : 0);
}
#else
/* The kernel judges the flags, and keeps O_ASYNC and O_APPEND. Only the mode of waiting is xsock's:
 * the handle has one of its own. */
static int set_status(int number, int d, int flags)
{
    int kept = xsock_posix__file_control(number, F_GETFL, 0);
    int whole = (flags & ~O_NONBLOCK) | (kept & O_NONBLOCK);
    if (kept < 0 || xsock_posix__file_control(number, F_SETFL, whole) < 0)
        return xsock_error_from_os(errno);
    return set_mode(number, d, (flags & O_NONBLOCK) != 0);
}

static int status_of(int number, int d)
{
    int flags = xsock_get_flags(d);
    int kept = xsock_posix__file_control(number, F_GETFL, 0);
    if (flags < 0 || kept < 0)
        return flags < 0 ? flags : xsock_error_from_os(errno);
    return (kept & ~O_NONBLOCK) | ((flags & XSOCK_SOCK_NONBLOCK) != 0 ? O_NONBLOCK : 0);
}
#endif

static int socket_control(int number, int d, int command, intptr_t argument)
{
    int flags;
    switch (command) {
    case F_GETFD:
        flags = xsock_get_flags(d);
        return flags < 0 ? flags : (flags & XSOCK_SOCK_CLOEXEC) != 0 ? FD_CLOEXEC : 0;
    case F_SETFD:
        return set_flag(d, XSOCK_SOCK_CLOEXEC, (argument & FD_CLOEXEC) != 0);
    case F_GETFL:
        return status_of(number, d);
    case F_SETFL:
        return set_status(number, d, (int)argument);
    default:
#if defined(_WIN32)
        return -XSOCK_EINVAL;
#else
        flags = xsock_posix__file_control(number, command, argument);
        return flags < 0 ? xsock_error_from_os(errno) : flags;
#endif
    }
}

static int duplicate(int number, int d, int min, bool is_cloexec)
{
    if (d == 0)
        return xsock_posix__file_dup(number, min, is_cloexec ? O_CLOEXEC : 0);
    if (min < 0 || xsock_posix__is_event(number))
        return xsock_posix__refuse(EINVAL);
    return xsock_posix__add_dup(d, min, is_cloexec ? XSOCK_SOCK_CLOEXEC : 0);
}

/* Only epoll_wait() waits in a poller, and has a time of its own. The mode of a poller therefore
 * has no meaning. The kernel, or the runtime of Windows, remembers the mode with the number. */
int xsock_posix_fcntl(int number, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    intptr_t argument = va_arg(arguments, intptr_t);
    va_end(arguments);
    int d = xsock_posix__of(number);
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        return duplicate(number, d, (int)argument, command == F_DUPFD_CLOEXEC);
    bool is_of_handle = command == F_GETFD || command == F_SETFD;
    bool is_mode = command == F_GETFL || command == F_SETFL;
    if (d == 0 || (is_of_handle && xsock_posix__has_own_handle(number))
        || (is_mode && xsock_posix__is_poller(number)))
        return xsock_posix__file_control(number, command, argument);
    return (int)xsock_posix__result(socket_control(number, d, command, argument));
}

/* A listener has no bytes, which Linux tells before it looks at the pointer. */
static int store_available(int d, int *out)
{
    ptrdiff_t n = xsock_available(d);
    if (n < 0)
        return (int)n;
    if (out == NULL)
        return -XSOCK_EFAULT;
    *out = n > INT32_MAX ? INT32_MAX : (int)n;
    return 0;
}

/* xsock has no urgent data of AF_UNIX, so a stream of that family is never at a mark. */
static int store_at_mark(int d, int *out)
{
    bool is_local = xsock_posix__is_local(d);
    if (is_local && !xsock_posix__is_stream(d))
        return -XSOCK_EOPNOTSUPP;
    if (out == NULL)
        return -XSOCK_EFAULT;
    int result = is_local ? 0 : xsock_at_mark(d);
    if (result < 0)
        return result == -XSOCK_EOPNOTSUPP ? -XSOCK_ENOTTY : result;
    *out = result;
    return 0;
}

/* The kernel answers what the library does not know, and all questions about a poller. Linux gives
 * EINVAL for a poller from 6.9 on. */
static int other_ioctl(int number, xsock_posix__request request, void *argument)
{
#if defined(_WIN32)
    (void)request, (void)argument;
    return xsock_posix__refuse(xsock_posix__is_poller(number) ? EINVAL : ENOTTY);
#else
    return xsock_posix__file_ioctl(number, request, argument);
#endif
}

int xsock_posix_ioctl(int number, xsock_posix__request request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    /* musl takes an int, and FIONBIO is larger where the system is for PowerPC or MIPS. */
    const unsigned int asked = (unsigned int)request;
    int d = xsock_posix__of(number);
    bool is_of_handle = asked == FIOCLEX || asked == FIONCLEX;
    bool is_poller = xsock_posix__is_poller(number);
    if (d == 0 || (is_of_handle && xsock_posix__has_own_handle(number))
        || (asked == FIONBIO && is_poller))
        return xsock_posix__file_ioctl(number, request, argument);
    if (is_of_handle)
        return (int)xsock_posix__result(set_flag(d, XSOCK_SOCK_CLOEXEC, asked == FIOCLEX));
    if (asked == FIONBIO && argument == NULL)
        return xsock_posix__refuse(EFAULT);
    if (asked == FIONBIO)
        return (int)xsock_posix__result(set_mode(number, d, *(const int *)argument != 0));
    if (xsock_posix__is_event(number))
        return xsock_posix__refuse(ENOTTY);
    if (is_poller || (asked != FIONREAD && asked != SIOCATMARK))
        return other_ioctl(number, request, argument);
    return (int)xsock_posix__result(asked == FIONREAD ? store_available(d, argument)
                                                      : store_at_mark(d, argument));
}

int xsock_posix_is_socket(int number)
{
    return xsock_posix__of(number) != 0;
}
