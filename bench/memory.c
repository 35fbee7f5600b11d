/* What a million descriptors take of memory, each: the table's own part as it counts it, and
 * everything as the system counts it (the sockets behind them, and what the allocator adds), system
 * handles aside. */
#include "table/fdtab.h"
#include "harness.h"
#include "machine.h"
#include "socket/sock.h"
#include "sys.h"

enum { MILLION = 1000000 };

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

int main(int argc, char **argv)
{
    struct xsock__fdtab *t = NULL;
    size_t table, descriptors, before;
    bench_start(argc, argv);
    before = machine_resident();
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
    return 0;
}
