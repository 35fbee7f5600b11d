/* Files of LOCAL sockets: the lock under which one is replaced, and removing one. */
#include "posix/native.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posix/handle.h"

/* O_NONBLOCK: opening a named pipe would wait. flock and not fcntl: a lock of fcntl belongs to the
 * process, so two threads would both have it, and it ends when any handle of the file is closed. */
int xsock__sys_lock_file(const char *path, uintptr_t *out)
{
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int fd = xsock__posix_move_up(open(path, flags, 0600));
    if (fd < 0)
        return errno == EMLINK ? ELOOP : errno; /* FreeBSD's code for a symbolic link */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int code = errno;
        close(fd);
        return code;
    }
    *out = (uintptr_t)fd;
    return 0;
}

/* The lock belongs to the open file, which a child that was forked meanwhile has too: closing alone
 * would leave the lock with the child. */
void xsock__sys_unlock_file(uintptr_t lock)
{
    (void)flock((int)lock, LOCK_UN);
    close((int)lock);
}

int xsock__sys_remove_socket_file(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : errno;
    if (!S_ISSOCK(st.st_mode) || unlink(path) == 0)
        return 0;
    return errno == ENOENT ? 0 : errno;
}
