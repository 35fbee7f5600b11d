/* A guest for wasm64, where pointers and sizes have 8 bytes. No libc supports wasm64 yet, so this
 * guest uses none. It exits with 0, or with the number of the line that failed. */
#include "wasix.h"

FROM("wasi_snapshot_preview1", "proc_exit") _Noreturn void proc_exit(int status);

#define CHECK(expected, got)              \
    do {                                  \
        if ((int64_t)(got) != (expected)) \
            proc_exit(__LINE__);          \
    } while (0)

enum { SIZE = 3000 };

static uint8_t out[SIZE], in[SIZE];

static void a_datagram_is_echoed(void)
{
    static struct addr_port at = {.tag = AF_INET}, from;
    struct vec v[] = {{out, 1000}, {out + 1000, SIZE - 1000}}, w = {in, sizeof in};
    size_t n = (size_t)-1;
    uint16_t flags = 77;
    fd_t d = -1;
    at.v4.ip[0] = 127;
    at.v4.ip[3] = 1;
    CHECK(SUCCESS, sock_open(AF_INET, DGRAM, 0, &d));
    CHECK(3, d);
    CHECK(SUCCESS, sock_bind(d, &at));
    CHECK(SUCCESS, sock_addr_local(d, &at));
    for (unsigned i = 0; i < SIZE; i++)
        out[i] = (uint8_t)(i * 7);
    CHECK(SUCCESS, sock_send_to(d, v, 2, 0, &at, &n));
    CHECK(SIZE, n); /* all of its 8 bytes were written */
    n = (size_t)-1;
    CHECK(SUCCESS, sock_recv_from(d, &w, 1, 0, &n, &flags, &from));
    CHECK(SIZE, n);
    CHECK(0, flags);
    CHECK(at.v4.port, from.v4.port);
    for (unsigned i = 0; i < SIZE; i++)
        CHECK(out[i], in[i]);
    CHECK(SUCCESS, fd_close(d));
}

/* Arguments that would be valid without their high half are refused. */
static void pointers_are_whole(void)
{
    uint64_t beyond = (uint64_t)&in | UINT64_C(0x100000000);
    struct vec v = {(const void *)beyond, 1}, w = {in, UINT64_C(0x100000001)};
    fd_t two[2];
    size_t n = 77;
    CHECK(EMEMVIOLATION, sock_open(AF_INET, STREAM, 0, (fd_t *)beyond));
    CHECK(SUCCESS, sock_pair(AF_LOCAL, STREAM, 0, &two[0], &two[1]));
    CHECK(3, two[0]);
    CHECK(EMEMVIOLATION, sock_send(two[0], &v, 1, 0, &n));
    CHECK(EMEMVIOLATION, sock_send(two[0], &w, 1, 0, &n));
    CHECK(EINVAL, sock_send(two[0], &w, UINT64_C(0x100000001), 0, &n));
    CHECK(77, n);
}

void _start(void);

__attribute__((export_name("_start"))) void _start(void)
{
    a_datagram_is_echoed();
    pointers_are_whole();
}
