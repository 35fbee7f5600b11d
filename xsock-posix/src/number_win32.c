/* Numbers on Windows: the C runtime hands them out. Each socket has a descriptor of the runtime
 * that is open on the null device, so that no file gets the number, whoever opens the file. The
 * runtime has 2,048 numbers, or 8,192. Sockets beyond that have numbers that the runtime lacks. */
#include "posix.h"

#include <io.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <windows.h>

enum {
#if defined(_UCRT)
    NUMBER_MAX = 8192, /* the numbers of the runtime */
#else
    NUMBER_MAX = 2048
#endif
};

static SRWLOCK lock = SRWLOCK_INIT;

void xsock_posix__lock(void)
{
    AcquireSRWLockExclusive(&lock);
}

void xsock_posix__unlock(void)
{
    ReleaseSRWLockExclusive(&lock);
}

/* A bad number, or one that is not open, must give EBADF. The runtime's default is to end the
 * program instead. */
static void ignore(const wchar_t *expression, const wchar_t *function, const wchar_t *file,
                   unsigned int line, uintptr_t reserved)
{
    (void)expression, (void)function, (void)file, (void)line, (void)reserved;
}

/* Files are opened binary, by fopen() and pipe() too, as POSIX knows no other mode. The runtime
 * hands 0, 1 and 2 out in text mode. */
static void start(void)
{
    _fmode = _O_BINARY;
    for (int number = 0; number <= 2; number++) {
        if (_get_osfhandle(number) >= 0)
            _setmode(number, _O_BINARY);
    }
}

#if defined(__GNUC__)
__attribute__((constructor)) static void start_early(void)
{
    _set_invalid_parameter_handler(ignore);
    start();
}
#else
static int start_early(void)
{
    _set_invalid_parameter_handler(ignore);
    start();
    return 0;
}
#pragma section(".CRT$XCU", read)
__declspec(allocate(".CRT$XCU")) int (*xsock_posix__start)(void) = start_early;
#endif

/* A number beyond the runtime's. The lock keeps two threads from the same number. */
static int add_beyond(int d, int min)
{
    xsock_posix__lock();
    int number = xsock_posix__unmapped(min > NUMBER_MAX ? min : NUMBER_MAX);
    int result = number < 0 ? -1 : xsock_posix__map(number, d);
    xsock_posix__unlock();
    return result < 0 ? -1 : number;
}

/* A socket beyond the runtime's numbers is open, too. */
int xsock_posix__numbers_end(int n)
{
    int end = n;
    while (end > XSOCK_POSIX__SET_MIN && xsock_posix__of(end - 1) == 0
           && (end > NUMBER_MAX || _get_osfhandle(end - 1) == -1))
        end--;
    return end;
}

int xsock_posix_getdtablesize(void)
{
    return NUMBER_MAX;
}

/* The handle may neither read nor write. A stream of the runtime that has a socket's number fails
 * then, and does not lose its bytes in silence. */
static int placeholder(void)
{
    HANDLE handle = CreateFileA("NUL", 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                                FILE_ATTRIBUTE_NORMAL, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return -1;
    int number = _open_osfhandle((intptr_t)handle, _O_BINARY | _O_NOINHERIT);
    if (number < 0)
        CloseHandle(handle);
    return number;
}

/* Opens placeholders, or duplicates of a file, until one is not below `min`, and closes the others
 * then. `file` is -1 for placeholders. */
static int open_from(int file, int min)
{
    int number = file < 0 ? placeholder() : _dup(file);
    if (number < 0 || number >= min)
        return number;
    int result = open_from(file, min);
    _close(number);
    return result;
}

static int add_from(int d, int min)
{
    int number = min >= NUMBER_MAX ? -1 : open_from(-1, min);
    if (number < 0)
        number = add_beyond(d, min);
    else if (xsock_posix__map(number, d) < 0)
        number = -1;
    if (number < 0) {
        xsock_close(d);
        return xsock_posix__refuse(EMFILE);
    }
    return number;
}

int xsock_posix__add(int d)
{
    return add_from(d, 0);
}

int xsock_posix__add_dup(int d, int min, int flags)
{
    if (xsock_posix__unmapped(min) < 0)
        return xsock_posix__refuse(EINVAL);
    int result = xsock_dup(d, 0, flags);
    return result < 0 ? xsock_posix__fail(result) : add_from(result, min);
}

/* Puts a placeholder at a number. The runtime closes a file that is there. */
static int hold(int to)
{
    int number = placeholder();
    if (number < 0 || number == to)
        return number;
    int result = _dup2(number, to);
    _close(number);
    return result;
}

int xsock_posix__add_dup_at(int d, int to, int flags)
{
    if (to < 0 || to >= NUMBER_MAX)
        return xsock_posix__refuse(EBADF);
    int result = xsock_dup(d, 0, flags);
    if (result < 0)
        return xsock_posix__fail(result);
    if (xsock_posix__of(to) == 0 && hold(to) < 0) {
        xsock_close(result);
        return xsock_posix__refuse(EBADF);
    }
    int old = xsock_posix__map(to, result);
    if (old > 0)
        xsock_close(old);
    return to;
}

int xsock_posix__remove(int number, int d)
{
    if (!xsock_posix__unmap(number, d))
        return xsock_posix__refuse(EBADF); /* another thread was faster */
    int result = (int)xsock_posix__result(xsock_close(d));
    if (number < NUMBER_MAX)
        _close(number);
    return result;
}

int xsock_posix__adopt(int number)
{
    return number < 0 || _get_osfhandle(number) == -1 ? -XSOCK_EBADF : -XSOCK_ENOTSOCK;
}

static bool is_pipe(int number)
{
    return GetFileType((HANDLE)_get_osfhandle(number)) == FILE_TYPE_PIPE;
}

/* The runtime says EINVAL of a null pointer, and does not look at the number if there is nothing to
 * read or to write. Returns 0 where the call goes on. */
static int check_call(int number, const void *buf, size_t n)
{
    if (number < 0 || _get_osfhandle(number) == -1)
        return xsock_posix__refuse(EBADF);
    return n > 0 && buf == NULL ? xsock_posix__refuse(EFAULT) : 0;
}

/* The runtime says EPIPE of a pipe that is empty and does not wait. */
ssize_t xsock_posix__file_read(int number, void *buf, size_t n)
{
    if (check_call(number, buf, n) < 0)
        return -1;
    int result = _read(number, buf, n > INT_MAX ? INT_MAX : (unsigned int)n);
    if (result < 0 && errno != EBADF && _doserrno == ERROR_NO_DATA)
        errno = EAGAIN;
    return result;
}

/* Writing nothing fails if the reader is gone. */
static bool has_reader(int number)
{
    DWORD n = 0;
    return WriteFile((HANDLE)_get_osfhandle(number), "", 0, &n, NULL) != 0;
}

/* The runtime says EINVAL, EPIPE or ENOSPC of a pipe that does not take the bytes: because the
 * reader is gone, or because the pipe is full and does not wait. */
static int write_errno(int number)
{
    if ((errno == EINVAL || errno == EPIPE || errno == ENOSPC) && is_pipe(number))
        return has_reader(number) ? EAGAIN : EPIPE;
    return errno;
}

/* A pipe that does not wait may take all bytes or none, however much room there is. POSIX wants a
 * part of what is more than PIPE_BUF, so that less is tried then. */
ssize_t xsock_posix__file_write(int number, const void *buf, size_t n)
{
    enum { WHOLE_MAX = 4096 }; /* PIPE_BUF of Linux */
    if (check_call(number, buf, n) < 0)
        return -1;
    if (n == 0)
        return 0;
    for (size_t part = n > INT_MAX ? INT_MAX : n;;) {
        SetLastError(ERROR_SUCCESS); /* the runtime may take it for the error of a full pipe */
        int result = _write(number, buf, (unsigned int)part);
        if (result >= 0)
            return result;
        int error = write_errno(number);
        if (error != EAGAIN || part <= WHOLE_MAX)
            return xsock_posix__refuse(error);
        part = part / 2 > WHOLE_MAX ? part / 2 : WHOLE_MAX;
    }
}

/* Windows has no call for several pieces. A disk file is read piece by piece, until a piece is not
 * filled. Any other file might have no more than the first piece, and the next read would wait. */
ssize_t xsock_posix__file_readv(int number, const struct iovec *v, int n)
{
    if (check_call(number, "", 0) < 0)
        return -1;
    HANDLE handle = (HANDLE)_get_osfhandle(number);
    bool is_disk = GetFileType(handle) == FILE_TYPE_DISK;
    ssize_t total = 0;
    for (int i = 0; i < n; i++) {
        if (v[i].iov_len == 0 && i + 1 < n)
            continue;
        ssize_t got = xsock_posix__file_read(number, v[i].iov_base, v[i].iov_len);
        if (got < 0)
            return total > 0 ? total : -1;
        total += got;
        if (!is_disk || (size_t)got < v[i].iov_len)
            break;
    }
    return total;
}

/* A piece that is not written whole ends the call. */
ssize_t xsock_posix__file_writev(int number, const struct iovec *v, int n)
{
    if (check_call(number, "", 0) < 0)
        return -1;
    ssize_t total = 0;
    for (int i = 0; i < n; i++) {
        ssize_t put = xsock_posix__file_write(number, v[i].iov_base, v[i].iov_len);
        if (put < 0)
            return total > 0 ? total : -1;
        total += put;
        if ((size_t)put < v[i].iov_len)
            break;
    }
    return total;
}

int xsock_posix__file_close(int number)
{
    return _close(number);
}

static void set_inherit(int number, int flags)
{
    SetHandleInformation((HANDLE)_get_osfhandle(number), HANDLE_FLAG_INHERIT,
                         (flags & O_CLOEXEC) != 0 ? 0 : HANDLE_FLAG_INHERIT);
}

int xsock_posix__file_dup(int number, int min, int flags)
{
    if (number < 0 || _get_osfhandle(number) == -1)
        return xsock_posix__refuse(EBADF);
    if (min < 0 || min >= NUMBER_MAX)
        return xsock_posix__refuse(EINVAL);
    int result = open_from(number, min);
    if (result >= 0)
        set_inherit(result, flags);
    return result;
}

int xsock_posix__file_dup_at(int number, int to, int flags)
{
    if (number < 0 || to < 0 || to >= NUMBER_MAX || _get_osfhandle(number) == -1)
        return xsock_posix__refuse(EBADF);
    if (_dup2(number, to) < 0)
        return -1;
    set_inherit(to, flags);
    return to;
}

/* The runtime takes the number over from the placeholder, so that no other thread gets it. */
int xsock_posix__file_dup_over(int number, int to, int old, int flags)
{
    if (xsock_posix__file_dup_at(number, to, flags) < 0)
        return -1;
    if (xsock_posix__is_event(to))
        xsock_posix__event_close(to);
    if (xsock_posix__unmap(to, old))
        xsock_close(old);
    return to;
}

/* Whether the handle may read, write or both. Before Windows 8 the kernel does not know the handle
 * of a console. */
static int access_mode(HANDLE handle)
{
    enum { ACCESS_INFORMATION = 8 };
    typedef LONG NTAPI query(HANDLE file, void *status, void *out, ULONG size, int what);
    union {
        FARPROC symbol;
        query *call;
    } ask = {GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryInformationFile")};
    ULONG_PTR status[2];
    ACCESS_MASK granted = 0;
    if (ask.symbol == NULL
        || ask.call(handle, status, &granted, sizeof granted, ACCESS_INFORMATION) < 0)
        return O_RDWR;
    bool reads = (granted & FILE_READ_DATA) != 0;
    bool writes = (granted & FILE_WRITE_DATA) != 0;
    return reads == writes ? O_RDWR : reads ? O_RDONLY : O_WRONLY;
}

int xsock_posix__file_control(int number, int command, intptr_t argument)
{
    HANDLE handle = (HANDLE)(number < 0 ? -1 : _get_osfhandle(number));
    DWORD flags = 0;
    if (handle == INVALID_HANDLE_VALUE)
        return xsock_posix__refuse(EBADF);
    switch (command) {
    case F_GETFD:
        GetHandleInformation(handle, &flags);
        return (flags & HANDLE_FLAG_INHERIT) != 0 ? 0 : FD_CLOEXEC;
    case F_SETFD:
        set_inherit(number, (argument & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0);
        return 0;
    case F_GETFL:
        if (GetNamedPipeHandleStateA(handle, &flags, NULL, NULL, NULL, NULL, 0)
            && (flags & PIPE_NOWAIT) != 0)
            return access_mode(handle) | O_NONBLOCK;
        return access_mode(handle);
    case F_SETFL:
        if (is_pipe(number)) {
            flags = (argument & O_NONBLOCK) != 0 ? PIPE_NOWAIT : PIPE_WAIT;
            SetNamedPipeHandleState(handle, &flags, NULL, NULL);
        }
        return 0;
    default:
        return xsock_posix__refuse(EINVAL);
    }
}

void xsock_posix__show_mode(int number)
{
    (void)number; /* no numbers are passed */
}

void xsock_posix__show_mode_of_stream(int number)
{
    (void)number;
}

bool xsock_posix__has_own_handle(int number)
{
    (void)number;
    return false;
}

/* Stores how many bytes can be read without waiting. */
static int file_available(HANDLE handle, int *out)
{
    LARGE_INTEGER size;
    LARGE_INTEGER at;
    DWORD available = 0;
    const LARGE_INTEGER nowhere = {.QuadPart = 0};
    if (GetFileType(handle) == FILE_TYPE_DISK && GetFileSizeEx(handle, &size)
        && SetFilePointerEx(handle, nowhere, &at, FILE_CURRENT)) {
        int64_t left = size.QuadPart - at.QuadPart;
        *out = left > INT_MAX ? INT_MAX : left < 0 ? 0 : (int)left;
        return 0;
    }
    if (!PeekNamedPipe(handle, NULL, 0, NULL, &available, NULL)
        && GetLastError() != ERROR_BROKEN_PIPE)
        return xsock_posix__refuse(ENOTTY);
    *out = (int)available;
    return 0;
}

int xsock_posix__file_ioctl(int number, xsock_posix__request request, void *argument)
{
    HANDLE handle = (HANDLE)(number < 0 ? -1 : _get_osfhandle(number));
    if (handle == INVALID_HANDLE_VALUE)
        return xsock_posix__refuse(EBADF);
    if (request == FIOCLEX || request == FIONCLEX)
        return xsock_posix__file_control(number, F_SETFD, request == FIOCLEX ? FD_CLOEXEC : 0);
    if (request != FIONREAD && request != FIONBIO)
        return xsock_posix__refuse(ENOTTY);
    if (argument == NULL)
        return xsock_posix__refuse(EFAULT);
    if (request == FIONREAD)
        return file_available(handle, argument);
    return xsock_posix__file_control(number, F_SETFL, *(int *)argument != 0 ? O_NONBLOCK : 0);
}
