/* Sends part of a file to a stream, by the system's sendfile if that is possible. */
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64 /* offsets of 64 bits on 32-bit systems too */
#endif
#include "posix/native.h"
#include "posix/wake_signal.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/sendfile.h>
#endif

/* The most that one try asks for. The system's own limit is near (Linux: 0x7ffff000). A call that
 * waits in the system notices a signal only if it has to wait, or at the end. */
enum { CHUNK = 1 << 30, CHUNK_THAT_WAITS = 1 << 20, BUFFER = 4096 };

/* ---- SIGPIPE: no flag of sendfile keeps it from being raised on Linux ------------------------ */

struct guard {
    sigset_t before;
    bool was_pending; /* a SIGPIPE was pending before, and stays */
};

static void only_pipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

static void guard_begin(struct guard *g)
{
    sigset_t pipe, pending;
    only_pipe(&pipe);
    sigemptyset(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &g->before);
    sigpending(&pending);
    g->was_pending = sigismember(&pending, SIGPIPE) == 1;
}

/* Takes a SIGPIPE away. The system raises it in the calling thread, so it is pending by now, also
 * if some bytes were sent before. */
static void guard_end(const struct guard *g)
{
    sigset_t pipe, pending;
    only_pipe(&pipe);
    sigemptyset(&pending);
    if (!g->was_pending && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1) {
#if defined(__APPLE__) || defined(__OpenBSD__)
        int taken;
        sigwait(&pipe, &taken);
#else
        const struct timespec now = {0, 0};
        while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR)
            ;
#endif
    }
    pthread_sigmask(SIG_SETMASK, &g->before, NULL);
}

/* ---- By the system --------------------------------------------------------------------------- */

static int send_natively(int s, int file, off_t offset, size_t len, size_t *out)
{
#if defined(__linux__)
    ssize_t n = sendfile(s, file, &offset, len);
    if (n < 0)
        return errno;
    *out = (size_t)n;
    return 0;
#elif defined(__FreeBSD__)
    off_t sent = 0;
    int rc = sendfile(file, s, offset, len, NULL, &sent, 0);
    if (rc != 0 && sent == 0)
        return errno;
    *out = (size_t)sent;
    return 0;
#elif defined(__APPLE__)
    off_t sent = (off_t)len;
    int rc = sendfile(file, s, offset, &sent, NULL, 0);
    if (rc != 0 && sent == 0)
        return errno;
    *out = (size_t)sent;
    return 0;
#else
    (void)s, (void)file, (void)offset, (void)len, (void)out;
    return ENOSYS;
#endif
}

/* ---- By hand --------------------------------------------------------------------------------- */

/* Reads and sends. Bytes that were read and not sent are read again by the next try. */
static int send_by_hand(int s, int file, off_t offset, size_t len, int flags, size_t *out)
{
    char buffer[BUFFER];
    size_t n = 0;
    ssize_t got = pread(file, buffer, len < sizeof buffer ? len : sizeof buffer, offset);
    if (got < 0)
        return errno;
    if (got > 0) {
        int code = xsock__sys_send((uintptr_t)s, buffer, (size_t)got, flags, NULL, &n);
        if (code != 0)
            return code;
    }
    *out = n;
    return 0;
}

/* Whether sendfile is missing, or refuses the file or the socket. It takes no files of some file
 * systems, no devices, and sockets of some families only. macOS has ENOTSUP for that. Linux has
 * EOVERFLOW for an offset that no file of the file system reaches: reading tells the end. */
static bool refuses(int code)
{
    return code == EINVAL || code == EOVERFLOW || xsock__posix_is_missing(code);
}

static bool is_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || (flags & O_NONBLOCK) != 0;
}

int xsock__sys_sendfile(uintptr_t h, uintptr_t file, uint64_t offset, size_t len, int flags,
                        size_t *out)
{
    struct guard g;
    off_t at = (off_t)offset;
    if (file > INT_MAX)
        return EBADF;
    if (at < 0 || (uint64_t)at != offset)
        return EINVAL;
    /* The system's sendfile has no flag that keeps it from waiting. It waits if the handle is in
     * blocking mode, as it may be if calls of this process, or of another one that shares the
     * socket, wait in the system (see xsock_set_wake_signal). */
    const bool waits = (flags & XSOCK__SYS_WAITS) != 0;
    if (!waits && (xsock__posix_handles_may_block() || !is_nonblocking((int)h)))
        return send_by_hand((int)h, (int)file, at, len, flags, out);
    const size_t most = waits ? CHUNK_THAT_WAITS : CHUNK;
    guard_begin(&g);
    int code = send_natively((int)h, (int)file, at, len < most ? len : most, out);
    guard_end(&g);
    return refuses(code) ? send_by_hand((int)h, (int)file, at, len, flags, out) : code;
}
