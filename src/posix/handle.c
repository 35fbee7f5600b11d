#include "posix/handle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int xsock__posix_move_low_up(int fd)
{
    if (fd < 0)
        return fd;
    int flags = fcntl(fd, F_GETFD);
    bool cloexec = flags >= 0 && (flags & FD_CLOEXEC) != 0;
    int moved = fcntl(fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, XSOCK__POSIX_FIRST_HANDLE);
    int code = errno;
    close(fd);
    errno = code;
    return moved;
}

int xsock__posix_move_both_up(int fd[2])
{
    int code = 0;
    for (int i = 0; i < 2; i++) {
        fd[i] = xsock__posix_move_up(fd[i]);
        if (fd[i] < 0)
            code = errno;
    }
    for (int i = 0; i < 2 && code != 0; i++)
        if (fd[i] >= 0)
            close(fd[i]);
    return code;
}

bool xsock__posix_identify(int fd, uint64_t out[2])
{
    struct stat s;
    if (fstat(fd, &s) != 0)
        return false;
    /* BSD tells no number of a kqueue or a socket, but what kind of file each is. */
    out[0] = (uint64_t)s.st_dev << 16 ^ (uint64_t)(s.st_mode & S_IFMT);
    out[1] = (uint64_t)s.st_ino;
    return true;
}

bool xsock__posix_is_same(int fd, const uint64_t id[2])
{
    uint64_t now[2];
    return xsock__posix_identify(fd, now) && now[0] == id[0] && now[1] == id[1];
}
