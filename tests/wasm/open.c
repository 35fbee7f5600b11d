/* Numbers are always the lowest free ones, and a descriptor that is not a socket is not treated as
 * one. */
#include "check.h"

static void the_lowest_number_is_given_again(void)
{
    fd_t a = -1, b = -1, c = -1;
    CHECK(SUCCESS, sock_open(AF_INET, STREAM, 0, &a));
    CHECK(SUCCESS, sock_open(AF_INET6, DGRAM, UDP, &b));
    CHECK(3, a);
    CHECK(4, b);
    CHECK(SUCCESS, fd_close(a));
    CHECK(SUCCESS, sock_open(AF_INET, STREAM, TCP, &c));
    CHECK(3, c);
    CHECK(SUCCESS, fd_close(b));
    CHECK(SUCCESS, fd_close(c));
    CHECK(EBADF, fd_close(c));
}

static void what_is_none_is_refused(void)
{
    static const struct {
        int af, type, protocol, error;
    } bad[] = {
        {0, STREAM, 0, EAFNOSUPPORT},
        {4, STREAM, 0, EAFNOSUPPORT},
        {257, STREAM, 0, EAFNOSUPPORT},
        {-1, STREAM, 0, EAFNOSUPPORT},
        {AF_INET, 0, 0, ENOTSUP},
        {AF_INET, 5, 0, ENOTSUP},
        {AF_INET, STREAM | 0x8000, 0, EINVAL},
        {AF_INET, -1, 0, EINVAL},
        {AF_INET, STREAM, UDP, EPROTONOSUPPORT},
        {AF_INET, DGRAM, TCP, EPROTONOSUPPORT},
        {AF_INET, STREAM, 264, EPROTONOSUPPORT},
        {AF_INET, STREAM, -1, EPROTONOSUPPORT},
        {AF_INET, RAW, 1, EACCES},
    };
    fd_t untouched = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(bad[i].error, sock_open(bad[i].af, bad[i].type, bad[i].protocol, &untouched));
    CHECK(77, untouched);
}

/* Whether a family exists depends on the system. The value that wasix-libc passes if a program
 * passes 0 does not. */
static void local_takes_the_protocols_that_libc_sends(void)
{
    fd_t plain = -1, as_libc = -1;
    int error = sock_open(AF_LOCAL, STREAM, 0, &plain);
    CHECK(error, sock_open(AF_LOCAL, STREAM, TCP, &as_libc));
    if (error != SUCCESS) {
        CHECK(EAFNOSUPPORT, error);
        return;
    }
    CHECK(SUCCESS, fd_close(plain));
    CHECK(SUCCESS, fd_close(as_libc));
}

static void the_out_pointer_is_checked_to_the_byte(void)
{
    uintptr_t end = __builtin_wasm_memory_size(0) * 65536;
    fd_t *last = (fd_t *)(end - 4);
    fd_t d = -1;
    CHECK(SUCCESS, sock_open(AF_INET, STREAM, 0, last));
    CHECK(3, *last);
    for (uintptr_t past = 3; past > 0; past--)
        CHECK(EMEMVIOLATION, sock_open(AF_INET, STREAM, 0, (fd_t *)(end - past)));
    CHECK(EMEMVIOLATION, sock_open(AF_INET, STREAM, 0, (fd_t *)end));
    CHECK(EMEMVIOLATION, sock_open(AF_INET, STREAM, 0, (fd_t *)UINT32_MAX));
    CHECK(SUCCESS, sock_open(AF_INET, STREAM, 0, &d));
    CHECK(4, d); /* none of these calls has opened a socket */
    CHECK(SUCCESS, fd_close(d));
    CHECK(SUCCESS, fd_close(3));
}

int main(void)
{
    the_lowest_number_is_given_again();
    what_is_none_is_refused();
    local_takes_the_protocols_that_libc_sends();
    the_out_pointer_is_checked_to_the_byte();
    return 0;
}
