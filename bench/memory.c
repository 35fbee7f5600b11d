/* The memory and the handles that xsock takes: the memory of a poller for each member, the handles
 * of a thread while it waits and after it has ended, and the memory of a descriptor while a million
 * are open. The table counts its own part. The system counts all memory of the process, with the
 * sockets behind the descriptors and with what the allocator adds. The system's own memory for
 * handles is not included. */
#include "clock.h"
#include "harness.h"
#include "machine.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/fdtab.h"
#include "table/find.h"
#include "threads.h"
#include "xsock.h"

enum { MILLION = 1000000, MEMBERS = 8192, SPARE = 100, SETTLE_NS = 20000000 };

static void let_go(const struct xsock__held *held)
{
    xsock__sys_free(held->sock, sizeof *held->sock);
}

static void open_one(struct xsock__fdtab *t)
{
    struct xsock__fd *fd = NULL;
    struct xsock__sock *s = xsock__sys_alloc(sizeof *s);
    bench_must(s != NULL && xsock__fdtab_reserve(t, 0, &fd) == 0, "a descriptor");
    fd->held = (struct xsock__held){7, s};
    xsock__fdtab_publish(t, fd);
}

static void measure_descriptors(void)
{
    struct xsock__fdtab *t = NULL;
    size_t table, descriptors, before = machine_resident();
    bench_must(xsock__fdtab_create(let_go, &t) == 0, "a table");
    for (int i = 0; i < MILLION; i++)
        open_one(t);
    size_t all = machine_resident() - before;
    bench_print("memory", "all, resident", "1000000 open", (double)all / MILLION, "bytes");
    xsock__fdtab_memory(t, &table, &descriptors);
    bench_print("memory", "table", "1000000 open", (double)table / MILLION, "bytes");
    bench_print("memory", "descriptors", "1000000 open", (double)descriptors / MILLION, "bytes");
    bench_print("memory", "sockets", "1000000 open", (double)sizeof(struct xsock__sock), "bytes");
    xsock__fdtab_destroy(t);
}

static void measure_members(void)
{
    static int d[MEMBERS];
    if (!machine_allow_handles(MEMBERS + SPARE)) {
        bench_note("too few handles are allowed (ulimit -n): a poller's members are left out");
        return;
    }
    int p = xsock_poller_open(XSOCK_SOCK_CLOEXEC);
    for (int i = 0; i < MEMBERS; i++) {
        d[i] = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
        bench_must(d[i] >= 0, "xsock_open()");
    }
    size_t before = machine_resident();
    for (int i = 0; i < MEMBERS; i++)
        bench_must(xsock_poller_ctl(p, XSOCK_POLLER_ADD, d[i], XSOCK_POLLER_IN, 0) == 0,
                   "xsock_poller_ctl()");
    double all = (double)(machine_resident() - before);
    bench_print("memory", "a poller's member", "8192 members", all / MEMBERS, "bytes");
    for (int i = 0; i < MEMBERS; i++)
        xsock_close(d[i]);
    xsock_close(p);
}

static void receive(void *pair)
{
    char byte;
    bench_must(xsock_recv(((int *)pair)[1], &byte, 1, 0) == 1, "xsock_recv()");
}

static void measure_waiting(void)
{
    int pair[2];
    bench_must(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair) == 0, "xsock_pair()");
    size_t before = machine_handles();
    struct thread *t = thread_start(receive, pair);
    for (int64_t until = clock_now() + SETTLE_NS; clock_now() < until;)
        thread_yield();
    double during = (double)(machine_handles() - before);
    bench_must(t != NULL && xsock_send(pair[0], "x", 1, 0) == 1, "xsock_send()");
    thread_join(t);
    double after = (double)(machine_handles() - before);
    bench_print("memory", "while it waits", "a waiting thread", during, "handles");
    bench_print("memory", "kept when it has ended", "a waiting thread", after, "handles");
    for (int i = 0; i < 2; i++)
        xsock_close(pair[i]);
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    measure_waiting();
    measure_members(); /* this comes first because the system knows only the largest size so far */
    measure_descriptors();
    return 0;
}
