/* <sys/stat.h> of xsock-posix: fstat() knows sockets. On POSIX systems the system's own does. */
#ifndef XSOCK_POSIX_SYS_STAT_H
#define XSOCK_POSIX_SYS_STAT_H

#include <xsock_posix/declare.h>
#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include_next <sys/stat.h>

#if defined(_WIN32)
#include <string.h>
#ifndef S_IFSOCK
#define S_IFSOCK 0xc000
#define S_ISSOCK(mode) (((mode) & S_IFMT) == S_IFSOCK)
#endif

XSOCK_POSIX_BEGIN
int xsock_posix_is_socket(int d);
#ifndef XSOCK_POSIX_BUILD
/* The layout of struct stat is what the program chose by _FILE_OFFSET_BITS. */
static __inline int xsock_posix_fstat(int d, struct stat *out)
{
    if (!xsock_posix_is_socket(d))
        return fstat(d, out);
    memset(out, 0, sizeof *out);
    out->st_mode = S_IFSOCK | 0777;
    out->st_nlink = 1;
    return 0;
}
#undef fstat
#define fstat(d, out) xsock_posix_fstat(d, out)
#endif
XSOCK_POSIX_END
#endif
#endif
