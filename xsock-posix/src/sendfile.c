/* sendfile(), with the parameters of Linux. To a file it copies by read() and write(). */
#include "posix.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>

#if defined(_WIN32)
#include <io.h>
#define file_seek _lseeki64
#define file_handle(number) ((uintptr_t)_get_osfhandle(number))
#else
#define file_seek lseek
#define file_handle(number) ((uintptr_t)(number))
#endif

enum { COPY_MAX = 65536 };

/* One piece: what a pipe takes without waiting for a reader. */
static ptrdiff_t copy_piece(int out, int in, int64_t offset, size_t n)
{
    char *buf = malloc(COPY_MAX);
    if (buf == NULL)
        return xsock_posix__refuse(ENOMEM);
    ptrdiff_t got = -1;
    if (file_seek(in, offset, SEEK_SET) >= 0)
        got = xsock_posix__file_read(in, buf, n < COPY_MAX ? n : COPY_MAX);
    if (got > 0)
        got = xsock_posix__file_write(out, buf, (size_t)got);
    int number = errno;
    free(buf);
    errno = number;
    return got;
}

/* A file takes all pieces. What has no position is a pipe or a device. */
static ptrdiff_t copy(int out, int in, int64_t offset, size_t n)
{
    bool is_pipe = file_seek(out, 0, SEEK_CUR) < 0;
    size_t done = 0;
    for (;;) {
        ptrdiff_t got = copy_piece(out, in, offset + (int64_t)done, n - done);
        if (got <= 0)
            return done > 0 ? (ptrdiff_t)done : got;
        done += (size_t)got;
        if (done == n || is_pipe)
            return (ptrdiff_t)done;
    }
}

/* A file that is not open, or not for this direction. Linux writes at positions only. */
static int refuse_mode(int number, int mode)
{
    int flags = xsock_posix__file_control(number, F_GETFL, 0);
    if (flags < 0)
        return -1;
    if ((flags & O_ACCMODE) == mode)
        return xsock_posix__refuse(EBADF);
    return mode == O_RDONLY && (flags & O_APPEND) != 0 ? xsock_posix__refuse(EINVAL) : 0;
}

ssize_t xsock_posix_sendfile(int out, int in, int64_t *offset, size_t n)
{
    int d = xsock_posix__of(out);
    bool is_socket = xsock_posix__of(in) != 0;
    if (!is_socket && refuse_mode(in, O_WRONLY) < 0)
        return -1;
    int64_t position = is_socket ? -1 : file_seek(in, 0, SEEK_CUR);
    if (position < 0) /* a socket or a pipe */
        return xsock_posix__refuse(offset != NULL ? ESPIPE : EINVAL);
    int64_t begin = offset != NULL ? *offset : position;
    if (begin < 0)
        return xsock_posix__refuse(EINVAL);
    if (d == 0 && refuse_mode(out, O_RDONLY) < 0)
        return -1;
    if (n == 0)
        return 0; /* Linux looks no further */
    if (xsock_posix__is_event(out) || xsock_posix__is_poller(out))
        return xsock_posix__refuse(EINVAL);
    ptrdiff_t sent = d == 0 ? copy(out, in, begin, n)
                            : xsock_posix__result(xsock_posix__send_error(
                                  d, xsock_sendfile(d, file_handle(in), (uint64_t)begin, n)));
    int number = errno == EISDIR ? EINVAL : errno; /* Linux cannot map a folder */
    if (offset != NULL)
        *offset = sent > 0 ? begin + sent : begin;
    /* The file's position moves if the program gives no offset, and only then. */
    file_seek(in, offset != NULL || sent < 0 ? position : begin + sent, SEEK_SET);
    errno = number;
    return sent;
}
