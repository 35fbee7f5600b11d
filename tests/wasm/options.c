/* Options, flags and addresses. A guest reads back the values that it has set. */
#include "check.h"

static void flags(fd_t fd)
{
    static const int options[] = {OPT_REUSE_ADDR, OPT_NO_DELAY, OPT_KEEP_ALIVE};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        uint8_t value = 77;
        CHECK(SUCCESS, sock_set_opt_flag(fd, options[i], 1));
        CHECK(SUCCESS, sock_get_opt_flag(fd, options[i], &value));
        CHECK(1, value);
        CHECK(SUCCESS, sock_set_opt_flag(fd, options[i], 0));
        CHECK(SUCCESS, sock_get_opt_flag(fd, options[i], &value));
        CHECK(0, value);
    }
}

static void times(fd_t fd)
{
    struct timestamp in = {1, 1500000000}, out = {77, 77};
    CHECK(SUCCESS, sock_get_opt_time(fd, OPT_RECV_TIMEOUT, &out));
    CHECK(0, out.there);
    CHECK(SUCCESS, sock_set_opt_time(fd, OPT_RECV_TIMEOUT, &in));
    CHECK(SUCCESS, sock_get_opt_time(fd, OPT_RECV_TIMEOUT, &out));
    CHECK(1, out.there);
    CHECK(1500000000, (int64_t)out.ns);
    in.there = 0;
    CHECK(SUCCESS, sock_set_opt_time(fd, OPT_RECV_TIMEOUT, &in));
    CHECK(SUCCESS, sock_get_opt_time(fd, OPT_RECV_TIMEOUT, &out));
    CHECK(0, out.there);
}

static void sizes(fd_t fd)
{
    uint64_t value = 0;
    CHECK(SUCCESS, sock_set_opt_size(fd, OPT_RECV_BUF, 65536));
    CHECK(SUCCESS, sock_get_opt_size(fd, OPT_RECV_BUF, &value));
    CHECK(1, value >= 65536);
    CHECK(SUCCESS, sock_set_opt_size(fd, OPT_TTL, 17));
    CHECK(SUCCESS, sock_get_opt_size(fd, OPT_TTL, &value));
    CHECK(17, (int64_t)value);
    CHECK(SUCCESS, sock_get_opt_size(fd, OPT_TYPE, &value));
    CHECK(STREAM, (int64_t)value);
    CHECK(SUCCESS, sock_get_opt_size(fd, OPT_PROTO, &value));
    CHECK(TCP, (int64_t)value);
    CHECK(SUCCESS, sock_get_opt_size(fd, OPT_LAST_ERROR, &value));
    CHECK(0, (int64_t)value);
}

static void not_every_number_is_an_option(fd_t fd)
{
    uint8_t flag = 77;
    uint64_t size = 77;
    CHECK(ENOPROTOOPT, sock_get_opt_flag(fd, 200, &flag));
    CHECK(ENOPROTOOPT, sock_get_opt_size(fd, 200, &size));
    CHECK(1, sock_get_opt_flag(fd, OPT_RECV_BUF, &flag) != SUCCESS); /* not a flag */
    CHECK(77, flag);
    CHECK(77, (int64_t)size);
}

static void a_descriptor_has_flags(fd_t fd)
{
    struct vec v = {&(char){0}, 1};
    struct addr_port at;
    fd_t listener = open_listener(&at), accepted = -1;
    size_t n;
    uint16_t flags;
    uint8_t status = 77;
    CHECK(SUCCESS, sock_connect(fd, &at));
    CHECK(SUCCESS, sock_accept_v2(listener, FLAG_NONBLOCK, &accepted, &at));
    CHECK(EAGAIN, sock_recv(accepted, &v, 1, 0, &n, &flags));
    CHECK(SUCCESS, fd_fdstat_set_flags(listener, FLAG_NONBLOCK));
    CHECK(EAGAIN, sock_accept(listener, 0, &accepted));
    CHECK(SUCCESS, sock_status(fd, &status));
    CHECK(1, status); /* opened */
    CHECK(SUCCESS, fd_fdflags_set(fd, EXTRA_CLOEXEC));
    CHECK(SUCCESS, fd_fdflags_get(fd, &flags));
    CHECK(EXTRA_CLOEXEC, flags);
}

static void names_have_addresses(void)
{
    struct addr_ip found[4];
    size_t n = 0;
    CHECK(SUCCESS, resolve("127.0.0.1", 9, 80, found, 4, &n));
    CHECK(1, n >= 1);
    CHECK(AF_INET, found[0].tag);
    CHECK(127, found[0].ip[0]);
    CHECK(SUCCESS, resolve("localhost", 9, 0, found, 4, &n));
    CHECK(1, n >= 1 && n <= 4);
}

int main(void)
{
    fd_t fd = open_socket(STREAM);
    flags(fd);
    times(fd);
    sizes(fd);
    not_every_number_is_an_option(fd);
    a_descriptor_has_flags(fd);
    names_have_addresses();
    return 0; /* the engine closes the sockets that are still open */
}
