/* <io.h> of Windows: its calls of the same names as POSIX's are the library's instead. */
#ifndef XSOCK_POSIX_IO_H
#define XSOCK_POSIX_IO_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

/* The runtime's declarations of these names have other types: they are hidden. */
#define read xsock_posix_hidden_read
#define write xsock_posix_hidden_write
#define close xsock_posix_hidden_close
#define dup xsock_posix_hidden_dup
#define dup2 xsock_posix_hidden_dup2
#define isatty xsock_posix_hidden_isatty
#define open xsock_posix_hidden_open
#define lseek xsock_posix_hidden_lseek
#define lseek64 xsock_posix_hidden_lseek64
#include_next <io.h>
#undef read
#undef write
#undef close
#undef dup
#undef dup2
#undef isatty
#undef open
#undef lseek
#undef lseek64

#include <xsock_posix/types.h>

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(ssize_t, read, (int d, void *buf, size_t n));
XSOCK_POSIX_CALL(ssize_t, write, (int d, const void *buf, size_t n));
XSOCK_POSIX_CALL(int, close, (int d));
XSOCK_POSIX_CALL(int, dup, (int d));
XSOCK_POSIX_CALL(int, dup2, (int d, int to));
XSOCK_POSIX_CALL(int, isatty, (int d));
XSOCK_POSIX_CALL(int, open, (const char *path, int flags, ...));
XSOCK_POSIX_CALL(int64_t, lseek64, (int d, int64_t offset, int whence));
/* The size of off_t is what the program chose. */
#if defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define lseek lseek64
#else
XSOCK_POSIX_CALL(long, lseek, (int d, long offset, int whence));
#endif
XSOCK_POSIX_END
#endif
