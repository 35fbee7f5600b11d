/* <sys/stat.h> of xsock-posix: fstat() knows sockets. On POSIX systems the system's own does. */
#ifndef XSOCK_POSIX_SYS_STAT_H
#define XSOCK_POSIX_SYS_STAT_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#include_next <sys/stat.h>

#if defined(_WIN32)
#include <string.h>
#if !defined(S_ISREG) /* Microsoft's header has no such macro */
#define S_IFIFO _S_IFIFO
#define S_IRUSR _S_IREAD
#define S_IWUSR _S_IWRITE
#define S_IXUSR _S_IEXEC
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISCHR(mode) (((mode) & S_IFMT) == S_IFCHR)
#define S_ISFIFO(mode) (((mode) & S_IFMT) == S_IFIFO)
#endif
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
