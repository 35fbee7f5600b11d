/* Two faults in one call. The order in which faults are checked is the same for every call. */
#include <limits.h>

#include "fault_rows.h"
#include "harness.h"
#include "sockets.h"
#include "xsock_native.h"

enum { NO_INTERFACE = 0x7ffffff0, VECS = 1025 };

/* Everything that the rows' pointers point to. Nothing of it may change. */
static struct world {
    int closed, poller, lookup, stream, listener, udp, pair[2];
    struct xsock_addr fine, malformed, other, out;
    struct xsock_vec vecs[VECS], null_vec;
    struct xsock_control null_handles, null_handles_tos, tos, reserved;
    struct {
        struct xsock_msg fine, no_buffers, no_buffers_many, no_buffer, too_many;
        struct xsock_msg no_handles, no_handles_tos, no_handles_many, tos;
        struct xsock_msg reserved_other, reserved_control, malformed, malformed_1025;
    } m;
    struct {
        struct xsock_dgram fine, no_buffer, no_handles, no_handles_reserved, reserved, malformed;
    } g;
    struct xsock_pollfd poll;
    struct xsock_event event;
    struct xsock_connect_options connect_flags, connect_reserved;
    struct xsock_listen_options listen_flags, listen_reserved;
    int ints[3];
    uint8_t bytes[16];
    char text[256];
    size_t too_big;
    bool flag;
    int64_t ns;
    uint64_t number;
} w;

#define ROW FAULT_FUNCTION
#include "two_faults.def"
#undef ROW

#define ROW FAULT_ROW
static const struct fault_row rows[] = {
#include "two_faults.def"
};
#undef ROW
enum { ROWS = sizeof rows / sizeof *rows };

static const struct fault_exempt exempt[] = {
    {"xsock_protocol_name", "no argument is refused", 0},
    {"xsock_addr_equal", "no argument is refused", 0},
    {"xsock_catalog", "any user is good", 0},
    {"xsock_interfaces", "any user is good", 0},
    {"xsock_set_resolver", "fn and user may be NULL", 0},
    {"xsock_resolve_begin", "host and service may be NULL", -XSOCK_EFAULT},
    {"xsock_accept", "out_peer may be NULL", -XSOCK_EFAULT},
    {"xsock_listen_host", "host and service may be NULL", -XSOCK_EFAULT},
    {"xsock_listen_host_with", "host, service and options may be NULL", -XSOCK_EFAULT},
};
enum { EXEMPT = sizeof exempt / sizeof *exempt };

static void make_messages(void)
{
    struct xsock_msg one = {.vec = w.vecs, .vec_count = 1}, null_buffer = one;
    null_buffer.vec = &w.null_vec;
    w.m.fine = w.m.no_handles = w.m.no_handles_tos = w.m.tos = one;
    w.m.reserved_other = w.m.reserved_control = w.m.malformed = w.m.malformed_1025 = one;
    w.m.no_buffer = w.m.too_many = w.m.no_handles_many = null_buffer;
    w.m.too_many.vec_count = w.m.no_handles_many.vec_count = SIZE_MAX;
    w.m.no_buffers.vec_count = 1;
    w.m.no_buffers_many.vec_count = SIZE_MAX;
    w.m.no_handles.control = w.m.no_handles_many.control = &w.null_handles;
    w.m.no_handles_tos.control = &w.null_handles_tos;
    w.m.tos.control = &w.tos;
    w.m.reserved_other.reserved[2] = 1;
    w.m.reserved_other.addr = &w.other;
    w.m.reserved_control.control = &w.reserved;
    w.m.malformed.addr = w.m.malformed_1025.addr = &w.malformed;
    w.m.malformed_1025.vec_count = VECS;
}

static void make_options(void)
{
    w.connect_flags.flags = w.listen_flags.flags = -1;
    w.connect_reserved.af = w.listen_reserved.af = 9999;
    w.connect_reserved.reserved[3] = w.listen_reserved.reserved[3] = 1;
}

static void make_datagrams(void)
{
    struct xsock_dgram one = {.base = w.text, .len = 1};
    w.g.fine = w.g.no_handles = w.g.no_handles_reserved = w.g.reserved = w.g.malformed = one;
    w.g.no_buffer.len = 1;
    w.g.no_handles.control = w.g.no_handles_reserved.control = &w.null_handles;
    w.g.no_handles_reserved.reserved[0] = w.g.reserved.reserved[0] = 1;
    w.g.malformed.addr = &w.malformed;
}

static void make_values(void)
{
    w.fine = w.malformed = sockets_loopback();
    w.fine.port = 9;
    w.malformed.length = 3;
    w.other = (struct xsock_addr){.family = XSOCK_AF_INET6, .length = 16, .port = 9};
    for (int i = 0; i < VECS; i++)
        w.vecs[i] = (struct xsock_vec){w.text, 1};
    w.null_vec.len = 1;
    w.null_handles.has = w.null_handles_tos.has = XSOCK_CONTROL_HANDLES;
    w.null_handles.handle_count = w.null_handles.handle_capacity = 1;
    w.null_handles_tos.handle_count = 1;
    w.null_handles_tos.has |= XSOCK_CONTROL_TOS;
    w.null_handles_tos.tos = w.tos.tos = 256;
    w.tos.has = XSOCK_CONTROL_TOS;
    w.reserved.reserved[2] = 1;
    w.poll = (struct xsock_pollfd){.fd = 1 << 20, .events = 0x4000, .revents = 7};
    w.too_big = SIZE_MAX;
    make_messages();
    make_datagrams();
    make_options();
}

static void make_sockets(void)
{
    struct xsock_addr a = sockets_loopback();
    w.stream = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    w.listener =
        ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    ASSERT_RESULT(0, xsock_bind(w.listener, &a));
    ASSERT_RESULT(0, xsock_listen(w.listener, 1));
    w.udp = sockets_udp(&a);
    sockets_pair(XSOCK_SOCK_STREAM, w.pair);
    w.poller = ASSERT_OPENS(xsock_poller_open(0));
    w.lookup = ASSERT_OPENS(xsock_resolve_begin("127.0.0.1", "80", XSOCK_AF_INET, 0, 0));
    ASSERT_RESULT(0, xsock_poller_ctl(w.poller, XSOCK_POLLER_ADD, w.stream, 0, 0));
    w.closed = ASSERT_OPENS(xsock_dup(w.udp, 0, 0));
    ASSERT_RESULT(0, xsock_close(w.closed));
}

static void of_two_faults_the_one_that_comes_first_is_reported(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    make_values();
    make_sockets();
    fault_rows_assert(rows, ROWS, &w, sizeof w);
    const int all[] = {w.poller, w.lookup, w.stream, w.listener, w.udp, w.pair[0], w.pair[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ASSERT_RESULT(0, xsock_close(all[i]));
}

static void every_call_has_its_rows(void **state)
{
    (void)state;
    fault_rows_assert_complete("xsock.h", rows, ROWS, exempt, EXEMPT);
    fault_rows_assert_complete("xsock_native.h", rows, ROWS, exempt, EXEMPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_two_faults_the_one_that_comes_first_is_reported),
        TEST(every_call_has_its_rows),
    };
    return cmocka_run_group_tests_name("two faults", tests, NULL, NULL);
}
