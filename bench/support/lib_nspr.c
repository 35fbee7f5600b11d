/* Netscape Portable Runtime. It makes imported sockets non-blocking, and has no close-on-exec. */
#include <nspr.h>
#include <private/pprio.h>

#include "raw.h"

static void start(void)
{
    PR_Init(PR_USER_THREAD, PR_PRIORITY_NORMAL, 0);
}

static void open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        PRFileDesc *fd = PR_OpenTCPSocket(PR_AF_INET);
        bench_must(fd != NULL, "PR_OpenTCPSocket()");
        PR_Close(fd);
    }
}

static bool connect_ends(enum stream_kind kind, void *out[2])
{
    uintptr_t handles[2];
    if (!raw_stream_pair(kind, handles))
        return false;
    for (int i = 0; i < 2; i++) {
        out[i] = PR_ImportTCPSocket((PROsfd)handles[i]);
        bench_must(out[i] != NULL, "PR_ImportTCPSocket()");
    }
    return true;
}

static void disconnect(void *end)
{
    PR_Close(end);
}

static void hang_up(void *end)
{
    PR_Shutdown(end, PR_SHUTDOWN_SEND);
}

static void send_all(void *end, const void *buf, size_t len)
{
    for (size_t done = 0; done < len;) {
        PRInt32 n = PR_Send(end, (const char *)buf + done, (PRInt32)(len - done), 0,
                            PR_INTERVAL_NO_TIMEOUT);
        bench_must(n > 0, "PR_Send()");
        done += (size_t)n;
    }
}

static size_t recv_some(void *end, void *buf, size_t len)
{
    PRInt32 n = PR_Recv(end, buf, (PRInt32)len, 0, PR_INTERVAL_NO_TIMEOUT);
    bench_must(n >= 0, "PR_Recv()");
    return (size_t)n;
}

static void send_recv(void *ends, long n)
{
    void **e = ends;
    char buf[SMALL] = {0};
    while (n-- > 0)
        bench_must(PR_Send(e[0], buf, SMALL, 0, PR_INTERVAL_NO_TIMEOUT) == SMALL
                       && PR_Recv(e[1], buf, SMALL, 0, PR_INTERVAL_NO_TIMEOUT) == SMALL,
                   "PR_Send() and PR_Recv()");
}

extern const struct library library_nspr;
const struct library library_nspr = {
    .name = "NSPR",
    .version = PR_GetVersion,
    .start = start,
    .open_close = open_close,
    .connect = connect_ends,
    .disconnect = disconnect,
    .hang_up = hang_up,
    .send = send_all,
    .recv = recv_some,
    .send_recv = send_recv,
};
