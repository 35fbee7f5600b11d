/* The errors of each call that cannot succeed, as in test_errors_talk.c: messages, batches, files,
 * options, groups, pollers and descriptors. */
#include "harness.h"
#include "native_io.h"
#include "xsock_native.h"
#include "states.h"

static char data[16];
static struct xsock_vec no_bytes[1025]; /* one byte more than a datagram may have */
static int poller;

/* ---- sendmsg and recvmsg --------------------------------------------------------------------- */

static int send_vec(int d, void *base, size_t len, int flags, struct xsock_control *c)
{
    struct xsock_vec v = {base, len};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = c};
    return (int)xsock_sendmsg(d, &m, flags);
}

static uintptr_t handles[XSOCK_CONTROL_HANDLES_MAX + 1];

static int send_handles(int d, uintptr_t *h, size_t n)
{
    struct xsock_control c = {.has = XSOCK_CONTROL_HANDLES, .handles = h, .handle_count = n};
    return send_vec(d, data, 1, 0, &c);
}

static int recv_vec(int d, void *base, size_t len, int flags, struct xsock_control *c)
{
    struct xsock_vec v = {base, len};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = c};
    return (int)xsock_recvmsg(d, &m, flags);
}

static struct xsock_addr inet6(void)
{
    return (struct xsock_addr){
        .family = XSOCK_AF_INET6, .port = 9, .length = 16, .data = {[15] = 1}};
}

static struct xsock_addr port_0(void)
{
    return (struct xsock_addr){.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
}

static int sendmsg_to(int d, struct xsock_addr to)
{
    struct xsock_vec v = {data, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .addr = &to};
    return (int)xsock_sendmsg(d, &m, 0);
}

#define CALL(name, expression)    \
    static int do_##name(int d)   \
    {                             \
        return (int)(expression); \
    }

CALL(sendmsg, send_vec(d, data, 1, 0, NULL))
CALL(sendmsg_null, xsock_sendmsg(d, NULL, 0))
CALL(sendmsg_null_vec, xsock_sendmsg(d, &(struct xsock_msg){.vec_count = 1}, 0))
CALL(sendmsg_null_base, send_vec(d, NULL, 1, 0, NULL))
CALL(sendmsg_too_much, send_vec(d, data, (size_t)PTRDIFF_MAX + 1, 0, NULL))
CALL(sendmsg_most, send_vec(d, data, SIZE_MAX, 0, NULL))
CALL(sendmsg_badly, send_vec(d, data, 1, XSOCK_MSG_PEEK, NULL))
CALL(sendmsg_reserved, xsock_sendmsg(d, &(struct xsock_msg){.reserved = {0, 0, 1}}, 0))
CALL(sendmsg_nothing, xsock_sendmsg(d, &(struct xsock_msg){.flags = 0}, 0))
CALL(sendmsg_many, xsock_sendmsg(d, &(struct xsock_msg){.vec = no_bytes, .vec_count = 1025}, 0))
CALL(sendmsg_to, sendmsg_to(d, states->receiver))
CALL(sendmsg_port_0, sendmsg_to(d, port_0()))
CALL(sendmsg_inet6, sendmsg_to(d, inet6()))
CALL(sendmsg_control, send_vec(d, data, 1, 0, &(struct xsock_control){.has = 0x80}))
CALL(sendmsg_handles_null, send_handles(d, NULL, 1))
CALL(sendmsg_tos, send_vec(d, data, 1, 0, &(struct xsock_control){.has = XSOCK_CONTROL_TOS}))
CALL(sendmsg_tos_256,
     send_vec(d, data, 1, 0, &(struct xsock_control){.has = XSOCK_CONTROL_TOS, .tos = 256}))
CALL(sendmsg_hop_0,
     send_vec(d, data, 1, 0, &(struct xsock_control){.has = XSOCK_CONTROL_HOP_LIMIT}))

static int do_sendmsg_together(int d)
{
    struct xsock_vec v[] = {{data, PTRDIFF_MAX}, {data, 1}};
    return (int)xsock_sendmsg(d, &(struct xsock_msg){.vec = v, .vec_count = 2}, 0);
}

CALL(sendmsg_handles_254, send_handles(d, handles, XSOCK_CONTROL_HANDLES_MAX + 1))

CALL(recvmsg, recv_vec(d, data, 1, 0, NULL))
CALL(recvmsg_null, xsock_recvmsg(d, NULL, 0))
CALL(recvmsg_null_vec, xsock_recvmsg(d, &(struct xsock_msg){.vec_count = 1}, 0))
CALL(recvmsg_null_base, recv_vec(d, NULL, 1, 0, NULL))
CALL(recvmsg_too_much, recv_vec(d, data, (size_t)PTRDIFF_MAX + 1, 0, NULL))
CALL(recvmsg_most, recv_vec(d, data, SIZE_MAX, 0, NULL))
CALL(recvmsg_badly, recv_vec(d, data, 1, XSOCK_MSG_EOR, NULL))
CALL(recvmsg_reserved, xsock_recvmsg(d, &(struct xsock_msg){.reserved = {1}}, 0))
CALL(recvmsg_nothing, xsock_recvmsg(d, &(struct xsock_msg){.flags = 0}, 0))
CALL(recvmsg_many, xsock_recvmsg(d, &(struct xsock_msg){.vec = no_bytes, .vec_count = 1025}, 0))
CALL(recvmsg_oob, recv_vec(d, data, 1, XSOCK_MSG_OOB, NULL))
CALL(recvmsg_handles_null, recv_vec(d, data, 1, 0, &(struct xsock_control){.handle_capacity = 1}))
CALL(recvmsg_control, recv_vec(d, data, 1, 0, &(struct xsock_control){.reserved = {1}}))

/* ---- Batches and files ----------------------------------------------------------------------- */

static int batch(int d, bool sends, struct xsock_dgram second, int flags)
{
    struct xsock_dgram v[2] = {{.base = data, .len = 1}, second};
    return sends ? xsock_send_batch(d, v, 2, flags) : xsock_recv_batch(d, v, 2, flags);
}

static int batch_to(int d, struct xsock_addr to)
{
    struct xsock_dgram v = {.base = data, .len = 1, .addr = &to};
    return xsock_send_batch(d, &v, 1, 0);
}

static int do_sendto_port_0(int d)
{
    struct xsock_addr to = port_0();
    return (int)xsock_sendto(d, data, 1, 0, &to);
}

static int do_connect_broadcast(int d)
{
    struct xsock_addr to = {
        .family = XSOCK_AF_INET, .port = 9, .length = 4, .data = {255, 255, 255, 255}};
    return xsock_connect(d, &to);
}

#define GOOD (struct xsock_dgram){.base = data, .len = 1}
#define LONG(n)                  \
    (struct xsock_dgram)         \
    {                            \
        .base = data, .len = (n) \
    }
#define OVER_INT_MAX ((size_t)INT_MAX + 1)

CALL(send_batch, batch(d, true, GOOD, 0))
CALL(send_batch_empty, batch(d, true, (struct xsock_dgram){.len = 0}, 0))
CALL(send_batch_none, xsock_send_batch(d, NULL, 0, 0))
CALL(send_batch_null, xsock_send_batch(d, NULL, 1, 0))
CALL(send_batch_null_many, xsock_send_batch(d, NULL, SIZE_MAX, 0))
CALL(send_batch_many, xsock_send_batch(d, &GOOD, OVER_INT_MAX, 0))
CALL(send_batch_most, xsock_send_batch(d, &GOOD, SIZE_MAX, 0))
CALL(send_batch_null_base, batch(d, true, (struct xsock_dgram){.len = 1}, 0))
CALL(send_batch_too_much, batch(d, true, LONG((size_t)PTRDIFF_MAX + 1), 0))
CALL(send_batch_reserved, batch(d, true, (struct xsock_dgram){.reserved = {1}}, 0))
CALL(send_batch_badly, batch(d, true, GOOD, XSOCK_MSG_OOB))
CALL(send_batch_to, batch_to(d, states->receiver))
CALL(send_batch_port_0, batch_to(d, port_0()))
CALL(send_batch_inet6, batch_to(d, inet6()))

CALL(recv_batch, batch(d, false, GOOD, 0))
CALL(recv_batch_none, xsock_recv_batch(d, NULL, 0, 0))
CALL(recv_batch_null, xsock_recv_batch(d, NULL, 1, 0))
CALL(recv_batch_many, xsock_recv_batch(d, &GOOD, OVER_INT_MAX, 0))
CALL(recv_batch_null_base, batch(d, false, (struct xsock_dgram){.len = 1}, 0))
CALL(recv_batch_too_much, batch(d, false, LONG(SIZE_MAX), 0))
CALL(recv_batch_reserved, batch(d, false, (struct xsock_dgram){.reserved = {1}}, 0))
CALL(recv_batch_badly, batch(d, false, GOOD, XSOCK_MSG_PEEK))

CALL(sendfile_no_file, xsock_sendfile(d, native_no_handle(), 0, 1))
CALL(sendfile_nothing, xsock_sendfile(d, native_no_handle(), 0, 0))
CALL(sendfile_too_much, xsock_sendfile(d, native_no_handle(), 0, (size_t)PTRDIFF_MAX + 1))
CALL(sendfile_most, xsock_sendfile(d, native_no_handle(), 0, SIZE_MAX))
CALL(sendfile_offset, xsock_sendfile(d, native_no_handle(), (uint64_t)INT64_MAX + 1, 0))
CALL(sendfile_together, xsock_sendfile(d, native_no_handle(), INT64_MAX, 1))

/* ---- Options --------------------------------------------------------------------------------- */

static int get_flag(int d, int opt)
{
    bool on;
    return xsock_get_opt_flag(d, opt, &on);
}

static int get_time(int d, int opt)
{
    int64_t ns;
    return xsock_get_opt_time(d, opt, &ns);
}

static int get_size(int d, int opt)
{
    uint64_t n;
    return xsock_get_opt_size(d, opt, &n);
}

CALL(set_nodelay, xsock_set_opt_flag(d, XSOCK_SO_NODELAY, true))
CALL(get_nodelay, get_flag(d, XSOCK_SO_NODELAY))
CALL(set_broadcast, xsock_set_opt_flag(d, XSOCK_SO_BROADCAST, true))
CALL(set_onlyv6, xsock_set_opt_flag(d, XSOCK_SO_ONLYV6, true))
CALL(set_acceptconn, xsock_set_opt_flag(d, XSOCK_SO_ACCEPTCONN, true))
CALL(get_acceptconn, get_flag(d, XSOCK_SO_ACCEPTCONN))
CALL(get_flag_null, xsock_get_opt_flag(d, XSOCK_SO_NODELAY, NULL))
CALL(set_flag_of_time, xsock_set_opt_flag(d, XSOCK_SO_RCVTIMEO, true))
CALL(get_flag_of_size, get_flag(d, XSOCK_SO_RCVBUF))
CALL(set_flag_unknown, xsock_set_opt_flag(d, 0, true))
CALL(get_flag_unknown, get_flag(d, INT_MIN))

CALL(set_rcvtimeo, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, INT64_MAX))
CALL(set_rcvtimeo_none, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, -1))
CALL(set_rcvtimeo_below, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, -2))
CALL(set_rcvtimeo_least, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, INT64_MIN))
CALL(get_rcvtimeo, get_time(d, XSOCK_SO_RCVTIMEO))
CALL(get_time_null, xsock_get_opt_time(d, XSOCK_SO_RCVTIMEO, NULL))
CALL(set_time_of_flag, xsock_set_opt_time(d, XSOCK_SO_NODELAY, 1))
CALL(get_time_of_size, get_time(d, XSOCK_SO_RCVBUF))
CALL(set_time_unknown, xsock_set_opt_time(d, -1, 1))
CALL(get_time_unknown, get_time(d, INT_MAX))

CALL(set_rcvbuf, xsock_set_opt_size(d, XSOCK_SO_RCVBUF, 65536))
CALL(set_rcvbuf_0, xsock_set_opt_size(d, XSOCK_SO_RCVBUF, 0))
CALL(set_rcvbuf_most, xsock_set_opt_size(d, XSOCK_SO_RCVBUF, UINT64_MAX))
CALL(get_rcvbuf, get_size(d, XSOCK_SO_RCVBUF))
CALL(set_ttl_0, xsock_set_opt_size(d, XSOCK_SO_TTL, 0))
CALL(set_ttl_256, xsock_set_opt_size(d, XSOCK_SO_TTL, 256))
CALL(set_type, xsock_set_opt_size(d, XSOCK_SO_TYPE, XSOCK_SOCK_STREAM))
CALL(get_type, get_size(d, XSOCK_SO_TYPE))
CALL(get_error, get_size(d, XSOCK_SO_ERROR))
CALL(get_size_null, xsock_get_opt_size(d, XSOCK_SO_RCVBUF, NULL))
CALL(set_size_of_flag, xsock_set_opt_size(d, XSOCK_SO_NODELAY, 1))
CALL(get_size_of_time, get_size(d, XSOCK_SO_RCVTIMEO))
CALL(set_size_unknown, xsock_set_opt_size(d, INT_MAX, 1))
CALL(get_size_unknown, get_size(d, 0))

CALL(set_raw_null, xsock_set_opt_raw(d, 0, 0, NULL, 1))
CALL(set_raw_too_much, xsock_set_opt_raw(d, 0, 0, data, OVER_INT_MAX))
CALL(set_raw_most, xsock_set_opt_raw(d, 0, 0, data, SIZE_MAX))
CALL(get_raw_null, xsock_get_opt_raw(d, 0, 0, NULL, &(size_t){1}))
CALL(get_raw_null_size, xsock_get_opt_raw(d, 0, 0, data, NULL))
CALL(get_raw_too_much, xsock_get_opt_raw(d, 0, 0, data, &(size_t){OVER_INT_MAX}))

CALL(set_congestion_null, xsock_set_congestion(d, NULL))
CALL(set_congestion_empty, xsock_set_congestion(d, ""))
CALL(set_congestion_unknown, xsock_set_congestion(d, "no such one"))
CALL(get_congestion_null, xsock_get_congestion(d, NULL, 1))
CALL(get_congestion_null_most, xsock_get_congestion(d, NULL, SIZE_MAX))
CALL(get_congestion_nothing, xsock_get_congestion(d, NULL, 0))
CALL(get_congestion, xsock_get_congestion(d, data, sizeof data))
CALL(set_device, xsock_set_device(d, 0))
CALL(set_device_none, xsock_set_device(d, UINT32_MAX))
CALL(get_device, xsock_get_device(d, &(uint32_t){0}))
CALL(get_device_null, xsock_get_device(d, NULL))
CALL(tcp_info, xsock_get_tcp_info(d, &(struct xsock_tcp_info){0}))
CALL(tcp_info_null, xsock_get_tcp_info(d, NULL))

/* ---- Groups ---------------------------------------------------------------------------------- */

#define INET_ADDR(a, n)                                                \
    &(struct xsock_addr)                                               \
    {                                                                  \
        .family = XSOCK_AF_INET, .length = (n), .data = {(a), 1, 2, 3} \
    }
#define INET6_GROUP                                                         \
    &(struct xsock_addr)                                                    \
    {                                                                       \
        .family = XSOCK_AF_INET6, .length = 16, .data = {0xff, 2, [15] = 9} \
    }

CALL(join_null, xsock_join_group(d, NULL, NULL, 0))
CALL(join_no_group, xsock_join_group(d, INET_ADDR(127, 4), NULL, 0))
CALL(join_malformed, xsock_join_group(d, INET_ADDR(239, 3), NULL, 0))
CALL(join_inet6, xsock_join_group(d, INET6_GROUP, NULL, 0))
CALL(join_source_group, xsock_join_group(d, INET_ADDR(239, 4), INET_ADDR(239, 4), 0))
CALL(join_source_inet6, xsock_join_group(d, INET_ADDR(239, 4), INET6_GROUP, 0))
CALL(join_no_interface, xsock_join_group(d, INET_ADDR(239, 4), NULL, UINT32_MAX))
CALL(leave_null, xsock_leave_group(d, NULL, NULL, 0))
CALL(leave_no_group, xsock_leave_group(d, INET_ADDR(127, 4), NULL, 0))
CALL(leave_malformed, xsock_leave_group(d, INET_ADDR(239, 3), NULL, 0))
CALL(leave_inet6, xsock_leave_group(d, INET6_GROUP, NULL, 0))
CALL(leave_no_interface, xsock_leave_group(d, INET_ADDR(239, 4), NULL, UINT32_MAX))
CALL(set_multicast_if, xsock_set_multicast_if(d, 0))
CALL(get_multicast_if, xsock_get_multicast_if(d, &(uint32_t){0}))
CALL(get_multicast_if_null, xsock_get_multicast_if(d, NULL))
CALL(set_multicast_if_none, xsock_set_multicast_if(d, UINT32_MAX))

/* ---- Pollers and descriptors ----------------------------------------------------------------- */

static int ctl(int op, int d, uint32_t events)
{
    return xsock_poller_ctl(poller, op, d, events, 0);
}

static int close_again(int d)
{
    return d < 0 ? d : xsock_close(d);
}

CALL(add, ctl(XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN))
CALL(add_badly, ctl(XSOCK_POLLER_ADD, d, 0x100))
CALL(mod, ctl(XSOCK_POLLER_MOD, d, XSOCK_POLLER_OUT))
CALL(del, ctl(XSOCK_POLLER_DEL, d, 0))
CALL(ctl_badly, ctl(3, d, 0))
CALL(ctl_in_it, xsock_poller_ctl(d, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, 0))
CALL(dup, close_again(xsock_dup(d, 0, 0)))
CALL(dup_badly, xsock_dup(d, 0, XSOCK_SOCK_NONBLOCK))
CALL(dup_negative, xsock_dup(d, -1, 0))
CALL(dup_over, xsock_dup(d, INT_MAX, 0))
CALL(dup2_badly, xsock_dup2(d, 6000, XSOCK_SOCK_NONBLOCK))
CALL(dup2_standard, xsock_dup2(d, 2, 0))
CALL(dup2_negative, xsock_dup2(d, INT_MIN, 0))
CALL(dup2_over, xsock_dup2(d, INT_MAX, 0))
CALL(get_flags, xsock_get_flags(d))
CALL(set_flags, xsock_set_flags(d, XSOCK_SOCK_NONBLOCK))
CALL(set_flags_badly, xsock_set_flags(d, 1))
CALL(set_flags_least, xsock_set_flags(d, INT_MIN))
CALL(native, xsock_native(d, &(uintptr_t){0}))
CALL(native_null, xsock_native(d, NULL))
CALL(release_null, xsock_release(d, NULL))

/* ---- The tables ------------------------------------------------------------------------------ */

/* The results of TCP sockets (five columns), UDP sockets (three), the stream pair and the datagram
 * pair. */
#define KINDS(tcp, udp, pair, datagram_pair) \
    {tcp, tcp, tcp, tcp, tcp, udp, udp, udp, pair, datagram_pair}
#define TCP_ONLY(e) KINDS(e, E(NOPROTOOPT), E(NOPROTOOPT), E(NOPROTOOPT))
#define UDP_ONLY(e) KINDS(E(NOPROTOOPT), e, E(NOPROTOOPT), E(NOPROTOOPT))
#define INTERNET(e) KINDS(e, e, E(NOPROTOOPT), E(NOPROTOOPT))
/* The columns of streams are: without a peer, connected, shut down. The columns of datagrams are:
 * without a peer, connected. */
#define TALK(connected, shut, lonely, datagrams)          \
    {E(NOTCONN), E(NOTCONN), E(NOTCONN), connected, shut, \
     lonely,     lonely,     datagrams,  connected, datagrams}

/* These calls take sockets only, so a poller gets ENOTSOCK. */
static const struct states_row socket_rows[] = {
    {"recvmsg", do_recvmsg, TALK(E(AGAIN), 0, E(AGAIN), E(AGAIN))},
    {"recvmsg NULL", do_recvmsg_null, ALL(E(FAULT))},
    {"recvmsg, NULL vectors", do_recvmsg_null_vec, ALL(E(FAULT))},
    {"recvmsg, NULL base", do_recvmsg_null_base, ALL(E(FAULT))},
    {"recvmsg over PTRDIFF_MAX", do_recvmsg_too_much, ALL(E(INVAL))},
    {"recvmsg of SIZE_MAX", do_recvmsg_most, ALL(E(INVAL))},
    {"recvmsg, unknown flags", do_recvmsg_badly, ALL(E(INVAL))},
    {"recvmsg, reserved words", do_recvmsg_reserved, ALL(E(INVAL))},
    {"recvmsg, no vectors", do_recvmsg_nothing, TALK(0, 0, E(AGAIN), E(AGAIN))},
    {"recvmsg, 1025 vectors", do_recvmsg_many, TALK(0, 0, E(MSGSIZE), E(MSGSIZE))},
    /* after a shutdown the systems differ: EINVAL, or the end */
    {"recvmsg OOB",
     do_recvmsg_oob,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(INVAL), SKIPPED, E(NOTSUP), E(NOTSUP), E(NOTSUP),
      E(NOTSUP), E(NOTSUP)}},
    {"recvmsg, NULL handles", do_recvmsg_handles_null, ALL(E(FAULT))},
    {"recvmsg, control's reserved words", do_recvmsg_control, ALL(E(INVAL))},
    {"recv_batch", do_recv_batch, KINDS(E(NOTSUP), E(AGAIN), E(NOTSUP), E(AGAIN))},
    {"recv_batch of none", do_recv_batch_none, KINDS(E(NOTSUP), 0, E(NOTSUP), 0)},
    {"recv_batch NULL", do_recv_batch_null, ALL(E(FAULT))},
    {"recv_batch over INT_MAX", do_recv_batch_many, ALL(E(INVAL))},
    {"recv_batch, NULL base", do_recv_batch_null_base, ALL(E(FAULT))},
    {"recv_batch of SIZE_MAX", do_recv_batch_too_much, ALL(E(INVAL))},
    {"recv_batch, reserved words", do_recv_batch_reserved, ALL(E(INVAL))},
    {"recv_batch, unknown flags", do_recv_batch_badly, ALL(E(INVAL))},
    {"sendmsg", do_sendmsg, TALK(1, E(PIPE), E(DESTADDRREQ), 1)},
    {"sendmsg NULL", do_sendmsg_null, ALL(E(FAULT))},
    {"sendmsg, NULL vectors", do_sendmsg_null_vec, ALL(E(FAULT))},
    {"sendmsg, NULL base", do_sendmsg_null_base, ALL(E(FAULT))},
    {"sendmsg over PTRDIFF_MAX", do_sendmsg_too_much, ALL(E(INVAL))},
    {"sendmsg over PTRDIFF_MAX together", do_sendmsg_together, ALL(E(INVAL))},
    {"sendmsg of SIZE_MAX", do_sendmsg_most, ALL(E(INVAL))},
    {"sendmsg, unknown flags", do_sendmsg_badly, ALL(E(INVAL))},
    {"sendmsg, reserved words", do_sendmsg_reserved, ALL(E(INVAL))},
    {"sendmsg, no vectors", do_sendmsg_nothing, TALK(0, E(PIPE), E(DESTADDRREQ), 0)},
    {"sendmsg, 1025 vectors", do_sendmsg_many, TALK(0, E(PIPE), E(MSGSIZE), E(MSGSIZE))},
    /* with an address on a connected datagram socket the systems differ, as the header says */
    {"sendmsg to",
     do_sendmsg_to,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(ISCONN), E(ISCONN), 1, 1, SKIPPED, E(AFNOSUPPORT),
      E(AFNOSUPPORT)}},
    {"sendto port 0",
     do_sendto_port_0,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(ISCONN), E(ISCONN), E(INVAL), E(INVAL), SKIPPED,
      E(AFNOSUPPORT), E(AFNOSUPPORT)}},
    {"sendmsg to port 0",
     do_sendmsg_port_0,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(ISCONN), E(ISCONN), E(INVAL), E(INVAL), SKIPPED,
      E(AFNOSUPPORT), E(AFNOSUPPORT)}},
    {"sendmsg to another family", do_sendmsg_inet6, ALL(E(AFNOSUPPORT))},
    {"sendmsg, unknown control", do_sendmsg_control, ALL(E(INVAL))},
    {"sendmsg, NULL handles", do_sendmsg_handles_null, ALL(E(FAULT))},
    {"sendmsg, 254 handles", do_sendmsg_handles_254, ALL(E(INVAL))},
    {"sendmsg, TOS 256", do_sendmsg_tos_256, ALL(E(INVAL))},
    {"sendmsg, hop limit 0", do_sendmsg_hop_0, ALL(E(INVAL))},
    /* some versions of Windows cannot do this for datagrams */
    {"sendmsg, TOS", do_sendmsg_tos, KINDS(E(NOTSUP), SKIPPED, E(NOTSUP), E(NOTSUP))},
    {"send_batch",
     do_send_batch,
     {E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(DESTADDRREQ), E(DESTADDRREQ), 2,
      E(NOTSUP), 2}},
    {"send_batch, an empty one",
     do_send_batch_empty,
     {E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(DESTADDRREQ), E(DESTADDRREQ), 2,
      E(NOTSUP), 2}},
    {"send_batch of none", do_send_batch_none, KINDS(E(NOTSUP), 0, E(NOTSUP), 0)},
    {"send_batch NULL", do_send_batch_null, ALL(E(FAULT))},
    {"send_batch NULL, SIZE_MAX", do_send_batch_null_many, ALL(E(FAULT))},
    {"send_batch over INT_MAX", do_send_batch_many, ALL(E(INVAL))},
    {"send_batch of SIZE_MAX", do_send_batch_most, ALL(E(INVAL))},
    {"send_batch, NULL base", do_send_batch_null_base, ALL(E(FAULT))},
    {"send_batch over PTRDIFF_MAX", do_send_batch_too_much, ALL(E(INVAL))},
    {"send_batch, reserved words", do_send_batch_reserved, ALL(E(INVAL))},
    {"send_batch, unknown flags", do_send_batch_badly, ALL(E(INVAL))},
    {"send_batch to",
     do_send_batch_to,
     {E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), 1, 1, SKIPPED, E(NOTSUP),
      E(AFNOSUPPORT)}},
    {"send_batch to port 0",
     do_send_batch_port_0,
     {E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(INVAL), E(INVAL), SKIPPED, E(NOTSUP),
      E(AFNOSUPPORT)}},
    {"connect to everybody",
     do_connect_broadcast,
     {SKIPPED, SKIPPED, SKIPPED, SKIPPED, SKIPPED, E(ACCES), E(ACCES), E(ACCES), SKIPPED,
      E(AFNOSUPPORT)}},
    {"send_batch to another family", do_send_batch_inet6,
     KINDS(E(NOTSUP), E(AFNOSUPPORT), E(NOTSUP), E(AFNOSUPPORT))},
    /* After a shutdown, the system decides whether it checks the file or the socket first. */
    {"sendfile, no file", do_sendfile_no_file, TALK(E(BADF), SKIPPED, E(NOTSUP), E(NOTSUP))},
    /* The library then checks neither the file nor a shutdown, and returns 0. The header also
     * allows EBADF and EPIPE. */
    {"sendfile of 0 bytes", do_sendfile_nothing, TALK(SKIPPED, SKIPPED, E(NOTSUP), E(NOTSUP))},
    {"sendfile over PTRDIFF_MAX", do_sendfile_too_much, ALL(E(INVAL))},
    {"sendfile of SIZE_MAX", do_sendfile_most, ALL(E(INVAL))},
    {"sendfile, offset over INT64_MAX", do_sendfile_offset, ALL(E(INVAL))},
    {"sendfile, both over INT64_MAX", do_sendfile_together, ALL(E(INVAL))},
    /* after a shutdown, macOS refuses to change the socket */
    {"set NODELAY",
     do_set_nodelay,
     {0, 0, 0, 0, SKIPPED, E(NOPROTOOPT), E(NOPROTOOPT), E(NOPROTOOPT), E(NOPROTOOPT),
      E(NOPROTOOPT)}},
    {"get NODELAY",
     do_get_nodelay,
     {0, 0, 0, 0, SKIPPED, E(NOPROTOOPT), E(NOPROTOOPT), E(NOPROTOOPT), E(NOPROTOOPT),
      E(NOPROTOOPT)}},
    {"set BROADCAST", do_set_broadcast, UDP_ONLY(0)},
    {"set ONLYV6", do_set_onlyv6, ALL(E(NOPROTOOPT))},
    {"set ACCEPTCONN", do_set_acceptconn, ALL(E(NOPROTOOPT))},
    {"get ACCEPTCONN", do_get_acceptconn, ALL(0)},
    {"get flag NULL", do_get_flag_null, ALL(E(FAULT))},
    {"set flag RCVTIMEO", do_set_flag_of_time, ALL(E(INVAL))},
    {"get flag RCVBUF", do_get_flag_of_size, ALL(E(INVAL))},
    {"set flag, unknown", do_set_flag_unknown, ALL(E(NOPROTOOPT))},
    {"get flag, unknown", do_get_flag_unknown, ALL(E(NOPROTOOPT))},
    {"set RCVTIMEO", do_set_rcvtimeo, ALL(0)},
    {"set RCVTIMEO -1", do_set_rcvtimeo_none, ALL(0)},
    {"set RCVTIMEO -2", do_set_rcvtimeo_below, ALL(E(INVAL))},
    {"set RCVTIMEO INT64_MIN", do_set_rcvtimeo_least, ALL(E(INVAL))},
    {"get RCVTIMEO", do_get_rcvtimeo, ALL(0)},
    {"get time NULL", do_get_time_null, ALL(E(FAULT))},
    {"set time NODELAY", do_set_time_of_flag, ALL(E(INVAL))},
    {"get time RCVBUF", do_get_time_of_size, ALL(E(INVAL))},
    {"set time, unknown", do_set_time_unknown, ALL(E(NOPROTOOPT))},
    {"get time, unknown", do_get_time_unknown, ALL(E(NOPROTOOPT))},
    {"set RCVBUF", do_set_rcvbuf, {0, 0, 0, 0, SKIPPED, 0, 0, 0, 0, 0}},
    {"set RCVBUF 0", do_set_rcvbuf_0, ALL(E(INVAL))},
    {"set RCVBUF UINT64_MAX", do_set_rcvbuf_most, ALL(E(INVAL))},
    {"get RCVBUF", do_get_rcvbuf, ALL(0)},
    {"set TTL 0", do_set_ttl_0, INTERNET(E(INVAL))},
    {"set TTL 256", do_set_ttl_256, INTERNET(E(INVAL))},
    {"set TYPE", do_set_type, ALL(E(NOPROTOOPT))},
    {"get TYPE", do_get_type, ALL(0)},
    {"get ERROR", do_get_error, ALL(0)},
    {"get size NULL", do_get_size_null, ALL(E(FAULT))},
    {"set size NODELAY", do_set_size_of_flag, ALL(E(INVAL))},
    {"get size RCVTIMEO", do_get_size_of_time, ALL(E(INVAL))},
    {"set size, unknown", do_set_size_unknown, ALL(E(NOPROTOOPT))},
    {"get size, unknown", do_get_size_unknown, ALL(E(NOPROTOOPT))},
    {"set_opt_raw NULL", do_set_raw_null, ALL(E(FAULT))},
    {"set_opt_raw over INT_MAX", do_set_raw_too_much, ALL(E(INVAL))},
    {"set_opt_raw of SIZE_MAX", do_set_raw_most, ALL(E(INVAL))},
    {"get_opt_raw NULL", do_get_raw_null, ALL(E(FAULT))},
    {"get_opt_raw, NULL size", do_get_raw_null_size, ALL(E(FAULT))},
    {"get_opt_raw over INT_MAX", do_get_raw_too_much, ALL(E(INVAL))},
    /* The header says that systems do not all have the following options. */
    {"set_congestion NULL", do_set_congestion_null, ALL(E(FAULT))},
    {"set_congestion, empty", do_set_congestion_empty, TCP_ONLY(E(INVAL))},
    {"set_congestion, unknown", do_set_congestion_unknown, TCP_ONLY(SKIPPED)},
    {"get_congestion NULL", do_get_congestion_null, ALL(E(FAULT))},
    {"get_congestion NULL, SIZE_MAX", do_get_congestion_null_most, ALL(E(FAULT))},
    {"get_congestion of 0 bytes", do_get_congestion_nothing, TCP_ONLY(SKIPPED)},
    {"get_congestion", do_get_congestion, TCP_ONLY(SKIPPED)},
    {"set_device 0", do_set_device, INTERNET(SKIPPED)},
    {"set_device, none", do_set_device_none, INTERNET(E(NODEV))},
    {"get_device", do_get_device, INTERNET(SKIPPED)},
    {"get_device NULL", do_get_device_null, ALL(E(FAULT))},
    {"tcp_info", do_tcp_info, TCP_ONLY(SKIPPED)},
    {"tcp_info NULL", do_tcp_info_null, ALL(E(FAULT))},
    {"join NULL", do_join_null, ALL(E(FAULT))},
    {"join, no group", do_join_no_group, UDP_ONLY(E(INVAL))},
    {"join, malformed", do_join_malformed, UDP_ONLY(E(INVAL))},
    {"join, another family", do_join_inet6, UDP_ONLY(E(AFNOSUPPORT))},
    {"join, a group as source", do_join_source_group, UDP_ONLY(E(INVAL))},
    {"join, a source of another family", do_join_source_inet6, UDP_ONLY(E(AFNOSUPPORT))},
    {"join, no interface", do_join_no_interface, UDP_ONLY(E(NODEV))},
    {"leave NULL", do_leave_null, ALL(E(FAULT))},
    {"leave, no group", do_leave_no_group, UDP_ONLY(E(INVAL))},
    {"leave, malformed", do_leave_malformed, UDP_ONLY(E(INVAL))},
    {"leave, another family", do_leave_inet6, UDP_ONLY(E(AFNOSUPPORT))},
    {"leave, no interface", do_leave_no_interface, UDP_ONLY(E(NODEV))},
    {"set_multicast_if 0", do_set_multicast_if, UDP_ONLY(0)},
    {"set_multicast_if, none", do_set_multicast_if_none, UDP_ONLY(E(NODEV))},
    {"get_multicast_if", do_get_multicast_if, UDP_ONLY(0)},
    {"get_multicast_if NULL", do_get_multicast_if_null, ALL(E(FAULT))},
};
enum { SOCKET_ROWS = sizeof socket_rows / sizeof *socket_rows };

/* Calls of descriptors. The order of the rows of a poller's members matters, because each row
 * starts from the state that the row before has left. */
static const struct states_row descriptor_rows[] = {
    {"poller_ctl ADD, unknown events", do_add_badly, ALL(E(INVAL))},
    {"poller_ctl, unknown op", do_ctl_badly, ALL(E(INVAL))},
    {"poller_ctl MOD of none", do_mod, ALL(E(NOENT))},
    {"poller_ctl ADD", do_add, ALL(0)},
    {"poller_ctl ADD again", do_add, ALL(E(EXIST))},
    {"poller_ctl MOD", do_mod, ALL(0)},
    {"poller_ctl DEL", do_del, ALL(0)},
    {"poller_ctl DEL of none", do_del, ALL(E(NOENT))},
    {"poller_ctl in no poller", do_ctl_in_it, ALL(E(INVAL))},
    {"poller_wake", xsock_poller_wake, ALL(E(INVAL))},
    {"dup", do_dup, ALL(0)},
    {"dup, unknown flags", do_dup_badly, ALL(E(INVAL))},
    {"dup, negative", do_dup_negative, ALL(E(INVAL))},
    {"dup over the limit", do_dup_over, ALL(E(INVAL))},
    {"dup2, unknown flags", do_dup2_badly, ALL(E(INVAL))},
    {"dup2, standard stream", do_dup2_standard, ALL(E(BADF))},
    {"dup2, negative", do_dup2_negative, ALL(E(BADF))},
    {"dup2 over the limit", do_dup2_over, ALL(E(BADF))},
    {"get_flags", do_get_flags, ALL(XSOCK_SOCK_NONBLOCK)},
    {"set_flags", do_set_flags, ALL(0)},
    {"set_flags, unknown", do_set_flags_badly, ALL(E(INVAL))},
    {"set_flags INT_MIN", do_set_flags_least, ALL(E(INVAL))},
    {"native", do_native, ALL(0)},
    {"native NULL", do_native_null, ALL(E(FAULT))},
    {"release NULL", do_release_null, ALL(E(FAULT))},
};
enum { DESCRIPTOR_ROWS = sizeof descriptor_rows / sizeof *descriptor_rows };

static void each_call_of_sockets_says_the_same_of_each_state(void **state)
{
    (void)state;
    states_assert_rows(socket_rows, SOCKET_ROWS);
}

static void each_call_of_descriptors_says_the_same_of_each_state(void **state)
{
    (void)state;
    poller = ASSERT_OPENS(xsock_poller_open(0));
    states_assert_rows(descriptor_rows, DESCRIPTOR_ROWS);
    ASSERT_RESULT(0, xsock_close(poller));
}

static void each_call_says_EBADF_of_what_is_not_open(void **state)
{
    struct states all;
    (void)state;
    poller = ASSERT_OPENS(xsock_poller_open(0));
    states_open(&all);
    states = &all;
    for (int r = 0; r < SOCKET_ROWS; r++)
        states_assert_EBADF(&socket_rows[r], true);
    for (int r = 0; r < DESCRIPTOR_ROWS; r++)
        states_assert_EBADF(&descriptor_rows[r], true);
    states_close(&all);
    ASSERT_RESULT(0, xsock_close(poller));
}

static void each_call_of_sockets_says_ENOTSOCK_of_a_poller(void **state)
{
    struct states all;
    (void)state;
    poller = ASSERT_OPENS(xsock_poller_open(0));
    states_open(&all);
    states = &all;
    for (int r = 0; r < SOCKET_ROWS; r++) {
        int got = socket_rows[r].run(poller);
        ASSERT_THAT(got == E(NOTSOCK), "%s: %s", socket_rows[r].name, harness_name(got));
    }
    states_close(&all);
    ASSERT_RESULT(0, xsock_close(poller));
}

static void calls_of_descriptors_know_a_poller(void **state)
{
    uintptr_t h;
    (void)state;
    poller = ASSERT_OPENS(xsock_poller_open(0));
    ASSERT_RESULT(E(INVAL), do_add(poller));
    ASSERT_RESULT(E(INVAL), do_mod(poller));
    ASSERT_RESULT(E(INVAL), do_del(poller));
    ASSERT_RESULT(0, xsock_poller_wake(poller));
    ASSERT_RESULT(E(INVAL), do_dup(poller));
    ASSERT_RESULT(E(INVAL), xsock_dup2(poller, 6000, 0));
    ASSERT_RESULT(0, xsock_get_flags(poller));
    ASSERT_RESULT(E(INVAL), do_set_flags(poller));
    ASSERT_RESULT(E(INVAL), do_set_flags_badly(poller));
    ASSERT_RESULT(0, do_native(poller)); /* a poller has a system handle, as every descriptor has */
    ASSERT_RESULT(E(FAULT), do_native_null(poller));
    ASSERT_RESULT(E(NOTSOCK), xsock_release(poller, &h));
    ASSERT_RESULT(0, xsock_close(poller));
    ASSERT_RESULT(E(BADF), do_add(poller));
    ASSERT_RESULT(E(BADF), xsock_poller_wake(poller));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_call_of_sockets_says_the_same_of_each_state),
        TEST(each_call_of_descriptors_says_the_same_of_each_state),
        TEST(each_call_says_EBADF_of_what_is_not_open),
        TEST(each_call_of_sockets_says_ENOTSOCK_of_a_poller),
        TEST(calls_of_descriptors_know_a_poller),
    };
    return cmocka_run_group_tests_name("errors_more", tests, NULL, NULL);
}
