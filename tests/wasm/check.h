/* Checks for guests. Each call is checked. The first wrong result is reported, and ends the guest
 * with 1. The messages do not use printf, because fd_write is the only function of the engine that
 * most guests should need. */
#ifndef XSOCK_TEST_CHECK_H
#define XSOCK_TEST_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "wasix.h"

static inline void say_text(const char *text)
{
    struct vec v = {text, strlen(text)};
    size_t n;
    (void)fd_write(2, &v, 1, &n);
}

static inline void say_number(int64_t value)
{
    char text[24], *p = text + sizeof text - 1;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    *p = 0;
    do
        *--p = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0)
        *--p = '-';
    say_text(p);
}

static inline void check_equal(int64_t expected, int64_t got, const char *what, const char *file,
                               int line)
{
    if (expected == got)
        return;
    say_text(file);
    say_text(":");
    say_number(line);
    say_text(": ");
    say_text(what);
    say_text(" is ");
    say_number(got);
    say_text(", not ");
    say_number(expected);
    say_text("\n");
    exit(1);
}

/* The value, or errno, of an expression. */
#define CHECK(expected, got) check_equal((expected), (got), #got, __FILE__, __LINE__)

/* ---- Steps that most guests take ------------------------------------------------------------- */

static inline struct addr_port loopback(uint16_t port)
{
    struct addr_port a = {.tag = AF_INET};
    a.v4.port = port;
    a.v4.ip[0] = 127;
    a.v4.ip[3] = 1;
    return a;
}

static inline fd_t open_socket(int type)
{
    fd_t fd = -1;
    CHECK(SUCCESS, sock_open(AF_INET, type, 0, &fd));
    return fd;
}

/* A socket that is bound to a free port of the loopback address, and its address. */
static inline fd_t open_bound(int type, struct addr_port *out)
{
    fd_t fd = open_socket(type);
    struct addr_port any = loopback(0);
    CHECK(SUCCESS, sock_bind(fd, &any));
    CHECK(SUCCESS, sock_addr_local(fd, out));
    CHECK(AF_INET, out->tag);
    CHECK(1, out->v4.port != 0);
    return fd;
}

static inline fd_t open_listener(struct addr_port *out)
{
    fd_t fd = open_bound(STREAM, out);
    CHECK(SUCCESS, sock_listen(fd, 16));
    return fd;
}

/* The two ends of a TCP connection. */
static inline void connect_two(fd_t out[2])
{
    struct addr_port at, from;
    fd_t listener = open_listener(&at);
    out[0] = open_socket(STREAM);
    CHECK(SUCCESS, sock_connect(out[0], &at));
    CHECK(SUCCESS, sock_accept_v2(listener, 0, &out[1], &from));
    CHECK(SUCCESS, fd_close(listener));
}

static inline void send_all(fd_t fd, const void *data, size_t size)
{
    const char *p = data;
    while (size > 0) {
        struct vec v = {p, size};
        size_t n = 0;
        CHECK(SUCCESS, sock_send(fd, &v, 1, 0, &n));
        p += n;
        size -= n;
    }
}

/* Reads up to `size` bytes. Returns 0 at the end. */
static inline size_t receive(fd_t fd, void *data, size_t size)
{
    struct vec v = {data, size};
    size_t n = 0;
    uint16_t flags = 0;
    CHECK(SUCCESS, sock_recv(fd, &v, 1, 0, &n, &flags));
    return n;
}

static inline void receive_all(fd_t fd, void *data, size_t size)
{
    for (size_t got = 0; got < size;) {
        size_t n = receive(fd, (char *)data + got, size - got);
        CHECK(1, n > 0);
        got += n;
    }
}

#endif
