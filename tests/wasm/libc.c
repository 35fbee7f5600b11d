/* A program as wasix-libc makes it: its start, the arguments of its calls, and its end. The program
 * also imports a hundred and fifty functions that no host has. It exits with 0, or with 1 after it
 * has printed the number of the line that failed. */
#include "wasix_libc.h"

static void say(const char *text, uint32_t size)
{
    struct iovec v = {text, size};
    uint32_t n;
    (void)wasi_fd_write(2, &v, 1, &n);
}

static _Noreturn void fail(int line)
{
    char text[] = "libc.c:000 failed\n";
    for (int i = 9; i >= 7; i--, line /= 10)
        text[i] = (char)('0' + line % 10);
    say(text, sizeof text - 1);
    wasix_proc_exit2(1);
}

#define CHECK(expected, got)              \
    do {                                  \
        if ((int64_t)(got) != (expected)) \
            fail(__LINE__);               \
    } while (0)

/* ---- The start: arguments, environment, folders, the streams --------------------------------- */

static void it_starts(void)
{
    static char *argv[9], bytes[256];
    uint32_t count = 0, size = 0;
    uint64_t stat[3], at;
    int fd = 3;
    wasix_callback_signal("__wasm_signal", 13);
    CHECK(0, wasi_args_sizes_get(&count, &size));
    CHECK(1, count > 0 && count < 9 && size <= sizeof bytes);
    CHECK(0, wasi_args_get(argv, bytes));
    CHECK(1, argv[0] == bytes && bytes[0] != 0);
    CHECK(0, wasi_environ_sizes_get(&count, &size));
    CHECK(0, wasi_environ_get(argv, bytes));
    while (wasi_fd_prestat_get(fd, stat) == 0)
        fd++;
    CHECK(EBADF, wasi_fd_prestat_get(fd, stat));
    CHECK(0, wasi_fd_fdstat_get(1, stat));
    CHECK(2, stat[0] & 0xff); /* a character device */
    CHECK(70, wasi_fd_seek(1, 0, 1, &at));
    size = sizeof bytes;
    CHECK(0, wasix_getcwd(bytes, &size));
    CHECK(1, size);
    CHECK(0, wasi_sched_yield());
    CHECK(0, wasix_sched_yield());
}

/* ---- Sockets --------------------------------------------------------------------------------- */

static struct wasi_addr loopback(uint16_t port)
{
    struct wasi_addr a = {.tag = AF_INET, .port = port};
    a.bytes[0] = 127;
    a.bytes[3] = 1;
    return a;
}

/* Once, wasix-libc learns the byte order of its host's ports from a socket of its own. */
static void ports_are_native(void)
{
    struct wasi_addr any = {.tag = AF_INET, .port = 10275}, got = {0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(1, fd >= 3);
    if (wasix_sock_bind(fd, &any) == 0) { /* the port may be in use */
        CHECK(0, wasix_sock_addr_local(fd, &got));
        CHECK(10275, got.port);
    }
    CHECK(0, wasi_fd_close(fd));
}

static void a_connection_is_served(void)
{
    struct wasi_addr at = loopback(0), peer = {0};
    struct wasi_time second = {.tag = 1, .ns = 1000000000};
    char text[8] = "";
    int listener = socket(AF_INET, SOCK_STREAM, 0), client, server, other;
    CHECK(0, set_flag(listener, SO_REUSEADDR));
    CHECK(0, wasix_sock_bind(listener, &at));
    CHECK(0, wasix_sock_listen(listener, 128));
    CHECK(0, wasix_sock_addr_local(listener, &at));
    client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 6);
    CHECK(0, wasix_sock_connect(client, &at));
    server = accept4(listener, &peer, SOCK_NONBLOCK | SOCK_CLOEXEC);
    CHECK(1, server >= 3 && peer.tag == AF_INET && peer.port != 0);
    CHECK(O_NONBLOCK, get_flags(server));
    CHECK(-1, recv(server, text, 8, 0));
    CHECK(EAGAIN, errno);
    CHECK(0, set_flags(server, 0));
    CHECK(5, send(client, "hello", 5, MSG_NOSIGNAL));
    CHECK(5, recv(server, text, 5, MSG_PEEK | MSG_WAITALL));
    CHECK(5, recv(server, text, 8, MSG_TRUNC));
    CHECK('o', text[4]);
    CHECK(-1, recv(server, text, 8, MSG_DONTWAIT));
    CHECK(EAGAIN, errno);
    CHECK(0, get_error(client));
    CHECK(0, wasix_sock_set_opt_size(client, SO_RCVBUF, 65536));
    CHECK(0, wasix_sock_set_opt_time(client, SO_RCVTIMEO, &second));
    CHECK(0, wasi_sock_shutdown(client, SHUT_WR));
    CHECK(0, recv(server, text, 8, 0));
    CHECK(0, wasi_fd_close(client));
    CHECK(0, wasi_fd_close(server));
    /* the current host has the older name */
    client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(0, wasix_sock_connect(client, &at));
    peer.port = 0;
    CHECK(0, wasix_sock_accept(listener, 0, &other, &peer));
    CHECK(1, peer.port != 0);
    CHECK(0, wasi_fd_close(other));
    CHECK(0, wasi_fd_close(client));
    CHECK(0, wasi_fd_close(listener));
}

static void pairs_and_pipes_talk(void)
{
    char text[8] = "";
    int two[2], copy;
    uint16_t flags = 0;
    CHECK(0, socketpair(AF_UNIX, SOCK_STREAM, 0, two));
    copy = dup_above(two[0], 20, 1);
    CHECK(20, copy);
    CHECK(0, wasix_fd_fdflags_get(copy, &flags));
    CHECK(1, flags);
    CHECK(3, send(copy, "abc", 3, MSG_DONTWAIT));
    CHECK(3, recv(two[1], text, 8, 0));
    CHECK(0, wasi_fd_close(two[0]));
    CHECK(0, wasi_fd_close(two[1]));
    CHECK(0, wasi_fd_close(copy));
    CHECK(0, wasix_fd_pipe(&two[0], &two[1]));
    CHECK(3, send(two[1], "def", 3, 0));
    CHECK(3, recv(two[0], text, 8, 0));
    CHECK('f', text[2]);
    CHECK(0, wasi_fd_close(two[0]));
    CHECK(-1, send(two[1], "g", 1, MSG_NOSIGNAL));
    CHECK(EPIPE, errno);
    CHECK(0, wasi_fd_close(two[1]));
}

/* Event loops make their wakers like this. */
static void an_epoll_is_woken_by_an_event(void)
{
    uint64_t value = 1;
    struct iovec v = {&value, 8};
    uint32_t n = 0;
    int epoll = epoll_create1(), event = eventfd(0, EFD_NONBLOCK | O_CLOEXEC), counter;
    CHECK(1, epoll >= 3 && event >= 3);
    CHECK(EAGAIN, wasi_fd_read(event, &v, 1, &n));
    CHECK(ENOENT, epoll_ctl(epoll, EPOLL_CTL_MOD, event, EPOLLIN, 1));
    CHECK(0, epoll_ctl(epoll, EPOLL_CTL_ADD, event, EPOLLIN | EPOLLRDHUP, 1));
    CHECK(EEXIST, epoll_ctl(epoll, EPOLL_CTL_ADD, event, EPOLLIN, 2));
    CHECK(-1, epoll_wait_one(epoll, 0));
    CHECK(0, wasi_fd_write(event, &v, 1, &n));
    CHECK(1, epoll_wait_one(epoll, -1));
    CHECK(0, epoll_ctl(epoll, EPOLL_CTL_MOD, event, EPOLLIN | EPOLLONESHOT, INT64_C(1) << 40));
    CHECK(INT64_C(1) << 40, epoll_wait_one(epoll, -1));
    CHECK(-1, epoll_wait_one(epoll, 0));
    CHECK(0, epoll_ctl(epoll, EPOLL_CTL_DEL, event, 0, 0));
    counter = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
    CHECK(0, wasi_fd_read(counter, &v, 1, &n));
    CHECK(1, (int64_t)value);
    CHECK(0, wasi_fd_read(counter, &v, 1, &n));
    CHECK(EAGAIN, wasi_fd_read(counter, &v, 1, &n));
    CHECK(0, wasi_fd_close(counter));
    CHECK(0, wasi_fd_close(event));
    CHECK(0, wasi_fd_close(epoll));
}

/* ---- Functions that no host has -------------------------------------------------------------- */

WASIX("no_such_call")
int wide_call(int a, int64_t b, double c, int d, int e, int f, int g, int h, int i, int j, int k,
              int l, int m, int n, int o, int p, int q, int r);
WASIX("sock_status") int other_signature(int fd);
FROM("nobody", "nothing") void no_result(float f);

#define FIVE(do_it, n, a, b, c, d, e) do_it(n##a) do_it(n##b) do_it(n##c) do_it(n##d) do_it(n##e)
#define TEN(do_it, n) FIVE(do_it, n, 0, 1, 2, 3, 4) FIVE(do_it, n, 5, 6, 7, 8, 9)
#define FIFTY(do_it, a, b, c, d, e) \
    TEN(do_it, a) TEN(do_it, b) TEN(do_it, c) TEN(do_it, d) TEN(do_it, e)
#define CALLS(do_it) \
    FIFTY(do_it, 1, 2, 3, 4, 5) FIFTY(do_it, 6, 7, 8, 9, 10) FIFTY(do_it, 11, 12, 13, 14, 15)
#define DECLARE(n) FROM("nobody", "call" #n) int call##n(int a);
#define CALL(n) CHECK(ENOSYS, call##n(1));

CALLS(DECLARE)

static void what_is_unknown_answers(void)
{
    CHECK(ENOSYS, wide_call(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18));
    CHECK(ENOSYS, other_signature(1));
    no_result(1);
    CALLS(CALL)
}

void _start(void);

__attribute__((export_name("_start"))) void _start(void)
{
    it_starts();
    ports_are_native();
    a_connection_is_served();
    pairs_and_pipes_talk();
    an_epoll_is_woken_by_an_event();
    what_is_unknown_answers();
    wasix_proc_exit2(0);
}
