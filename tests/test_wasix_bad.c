/* Each argument of the calls on endpoints and data is bad in turn. The test checks the errno, and
 * that nothing has changed. */
#include "guest_net.h"
#include "guests.h"

#include <string.h>

/* Sockets that the call would change if its arguments were good. */
enum { STREAM = 3, LISTENER = 4, DATAGRAMS = 5, FRESH = 6, FREE = 7, OTHERS = 12 };

static unsigned char before[GUEST_MEMORY];

enum { WORDS = -1, VECTOR = -2, ADDR = -3 }; /* sizes that depend on the module or the guest */

struct pointer {
    int arg; /* 0 after the last one */
    int size;
};

struct call {
    const char *name;
    uint64_t args[10];
    struct pointer pointers[7];
    int flags; /* the argument that holds flags (0 if there is none), and the known flags */
    uint32_t known;
};

static const struct call calls[] = {
    {"sock_bind", {FRESH, NET_ADDR}, {{1, ADDR}}, 0, 0},
    {"sock_connect", {FRESH, NET_ADDR}, {{1, ADDR}}, 0, 0},
    {"sock_listen", {FRESH, 1}, {{0, 0}}, 0, 0},
    {"sock_accept", {LISTENER, 0, NET_FD, NET_PEER}, {{2, 4}}, 1, 4},
    {"sock_accept_v2", {LISTENER, 0, NET_FD, NET_PEER}, {{2, 4}, {3, ADDR}}, 1, 4},
    {"sock_shutdown", {STREAM, 2}, {{0, 0}}, 0, 0},
    {"sock_status", {STREAM, NET_STATUS}, {{1, 1}}, 0, 0},
    {"sock_addr_local", {STREAM, NET_PEER}, {{1, ADDR}}, 0, 0},
    {"sock_addr_peer", {STREAM, NET_PEER}, {{1, ADDR}}, 0, 0},
    {"sock_recv",
     {STREAM, NET_VEC, 1, 0, NET_DONE, NET_FLAGS},
     {{1, VECTOR}, {4, WORDS}, {5, 2}},
     3,
     15},
    {"sock_recv_from",
     {DATAGRAMS, NET_VEC, 1, 0, NET_DONE, NET_FLAGS, NET_PEER},
     {{1, VECTOR}, {4, WORDS}, {5, 2}, {6, ADDR}},
     3,
     15},
    {"sock_recv_msg",
     {DATAGRAMS, NET_VEC, 1, 0, NET_PEER, NET_OUT, 16, NET_DONE, NET_FLAGS, NET_CONTROL},
     {{1, VECTOR}, {4, ADDR}, {5, 16}, {7, WORDS}, {8, 2}, {9, WORDS}},
     3,
     15},
    {"sock_send", {STREAM, NET_VEC, 1, 0, NET_DONE}, {{1, VECTOR}, {4, WORDS}}, 3, 1},
    {"sock_send_to",
     {DATAGRAMS, NET_VEC, 1, 0, NET_ADDR, NET_DONE},
     {{1, VECTOR}, {4, ADDR}, {5, WORDS}},
     3,
     1},
    {"sock_send_msg",
     {DATAGRAMS, NET_VEC, 1, 0, NET_ADDR, 0, 0, NET_DONE},
     {{1, VECTOR}, {4, ADDR}, {7, WORDS}},
     3,
     1},
    {"sock_send_file", {STREAM, 0, 0, 10, NET_DONE}, {{4, 8}}, 0, 0},
    {"fd_read", {STREAM, NET_VEC, 1, NET_DONE}, {{1, VECTOR}, {3, WORDS}}, 0, 0},
    {"fd_write", {STREAM, NET_VEC, 1, NET_DONE}, {{1, VECTOR}, {3, WORDS}}, 0, 0},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static const char *const modules[] = {"wasix_32v1", "wasix_64v1", "wasi_snapshot_preview1"};

static ptrdiff_t read_file(void *user, int number, uint64_t offset, void *buf, size_t len)
{
    (void)user;
    (void)number;
    (void)offset;
    memset(buf, 'f', len);
    return (ptrdiff_t)len;
}

/* Some data or connection is pending in each socket. */
static void fill(void)
{
    int d[2];
    unsigned port;
    guest_connect(&guest, &other, XSOCK_AF_INET, d);
    assert_int_equal(d[0], STREAM);
    ASSERT_ERRNO(0, guest_send(&other, d[1], "pending"));
    assert_int_equal(guest_listen(&guest, XSOCK_AF_INET, &port), LISTENER);
    int knocking = guest_open(&other, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&other, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&other, "sock_connect", knocking, NET_ADDR));
    assert_int_equal(guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM), DATAGRAMS);
    port = guest_bind(&guest, DATAGRAMS, XSOCK_AF_INET);
    int from = guest_open(&other, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    guest_put_addr(&other, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&other, "sock_connect", from, NET_ADDR));
    ASSERT_ERRNO(0, guest_send(&other, from, "datagram"));
    assert_int_equal(guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM), FRESH);
    for (int number = 3; number <= OTHERS;) {
        int opened = guest_open(&other, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
        ASSERT_THAT(opened >= number, "opened %d", opened);
        number = opened + 1;
    }
}

static int setup(void **state)
{
    struct xsock_wasix_config config = {.read = read_file};
    int rc = guests_setup_with(state, &config);
    fill();
    return rc;
}

/* Everything pending is still there, and nothing more is. All the pending data can be received, and
 * the numbers are as before. */
static void assert_untouched(void)
{
    guest.module = "wasix_32v1";
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, FREE));
    assert_int_equal(guest_status(&guest, FRESH), 0);
    assert_int_equal(guest_port(&guest, FRESH), 0);
    ASSERT_ERRNO(0, guest_recv(&guest, STREAM, 0, 64));
    ASSERT_GOT(&guest, "pending");
    ASSERT_ERRNO(0, guest_recv(&guest, DATAGRAMS, 0, 64));
    ASSERT_GOT(&guest, "datagram");
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, DATAGRAMS, WAIT_NOT, 64));
    ASSERT_ERRNO(0, guest_send(&guest, STREAM, "last")); /* the first datagram that the peer gets */
    ASSERT_ERRNO(0, guest_recv(&other, 4, 0, 64));
    ASSERT_GOT(&other, "last");
    ASSERT_ERRNO(0, CALL4(&guest, "sock_accept", LISTENER, 4, NET_FD, NET_PEER));
    assert_int_equal(guest_get32(&guest, NET_FD), FREE);
}

static uint32_t run(const struct call *c, const char *module, const uint64_t args[10])
{
    const struct xsock_wasix_import *import = xsock_wasix_find(module, c->name);
    memcpy(before, guest.bytes, sizeof before);
    uint32_t e = import->call(guest.process, &guest.memory, args);
    ASSERT_THAT(memcmp(before, guest.bytes, sizeof before) == 0, "%s of %s wrote", c->name, module);
    return e;
}

static void prepare(const char *module)
{
    guest.module = module;
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 9);
    guest_put_vec(&guest, NET_VEC, NET_IN, 64);
}

static unsigned bytes_of(int size)
{
    unsigned word = strcmp(guest.module, "wasix_64v1") == 0 ? 8 : 4;
    return size == WORDS ? word : size == VECTOR ? 2 * word : size == ADDR ? 110 : (unsigned)size;
}

/* Makes one call after the other, in each module that has it, with a copy of its arguments. The
 * callback makes the copy bad. */
typedef void spoil_fn(const struct call *c, uint64_t args[10]);

static void for_each_call(spoil_fn *spoil)
{
    for (int i = 0; i < CALLS; i++) {
        for (int m = 0; m < 3; m++) {
            uint64_t args[10];
            memcpy(args, calls[i].args, sizeof args);
            prepare(modules[m]);
            if (xsock_wasix_find(modules[m], calls[i].name) != NULL)
                spoil(&calls[i], args);
        }
    }
}

static void spoil_pointers(const struct call *c, uint64_t args[10])
{
    bool wide = strcmp(guest.module, "wasix_64v1") == 0;
    uint32_t expected = strcmp(guest.module, modules[2]) == 0 ? XSOCK_EFAULT : XSOCK_EMEMVIOLATION;
    for (const struct pointer *p = c->pointers; p->arg != 0; p++) {
        unsigned size = bytes_of(p->size);
        const uint64_t bad[] = {GUEST_MEMORY - size + 1,
                                GUEST_MEMORY,
                                UINT32_MAX - size + 1,
                                UINT32_MAX,
                                wide ? UINT64_MAX : GUEST_MEMORY,
                                wide ? UINT64_MAX - size + 1 : GUEST_MEMORY,
                                wide ? UINT64_C(0x100000000) + NET_IN : GUEST_MEMORY};
        uint64_t good = args[p->arg];
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            args[p->arg] = bad[i];
            uint32_t e = run(c, guest.module, args);
            ASSERT_THAT(e == expected, "%s of %s, argument %d is %#llx: errno %u", c->name,
                        guest.module, p->arg, (unsigned long long)bad[i], (unsigned)e);
        }
        args[p->arg] = good;
    }
}

static void no_pointer_leads_outside(void **state)
{
    (void)state;
    for_each_call(spoil_pointers);
    assert_untouched();
}

/* Memory that does not exist. */
static void spoil_memory(const struct call *c, uint64_t args[10])
{
    const struct xsock_wasix_import *import = xsock_wasix_find(guest.module, c->name);
    const struct xsock_wasix_memory none[] = {{.size = GUEST_MEMORY}, {.base = guest.bytes}};
    uint32_t expected = strcmp(guest.module, modules[2]) == 0 ? XSOCK_EFAULT : XSOCK_EMEMVIOLATION;
    for (int i = 0; i < 2 && c->pointers[0].arg != 0; i++)
        ASSERT_ERRNO(expected, import->call(guest.process, &none[i], args));
}

/* Memory that a structure of a later version describes. */
static void set_reserved_words(const struct call *c, uint64_t args[10])
{
    const struct xsock_wasix_import *import = xsock_wasix_find(guest.module, c->name);
    for (int i = 0; i < 2; i++) {
        struct xsock_wasix_memory later = guest.memory;
        later.reserved[i] = UINT64_C(1) << 63;
        ASSERT_ERRNO(XSOCK_EINVAL, import->call(guest.process, &later, args));
    }
}

static void with_reserved_words_set_nothing_is_done(void **state)
{
    (void)state;
    for_each_call(set_reserved_words);
    assert_untouched();
}

static void without_memory_nothing_is_done(void **state)
{
    (void)state;
    for_each_call(spoil_memory);
    assert_untouched();
}

static void spoil_descriptor(const struct call *c, uint64_t args[10])
{
    static const struct {
        uint32_t number, error;
    } bad[] = {
        {FREE, XSOCK_EBADF},          {OTHERS, XSOCK_EBADF},        {65535, XSOCK_EBADF},
        {65536, XSOCK_EBADF},         {INT32_MAX, XSOCK_EBADF},     {0x80000000u, XSOCK_EBADF},
        {0x80000003u, XSOCK_EBADF},   {UINT32_MAX, XSOCK_EBADF},    {0, XSOCK_WASIX_CALL_ENGINE},
        {1, XSOCK_WASIX_CALL_ENGINE}, {2, XSOCK_WASIX_CALL_ENGINE},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        args[0] = UINT64_C(0xdeadbeef00000000) | bad[i].number;
        uint32_t e = run(c, guest.module, args);
        ASSERT_THAT(e == bad[i].error, "%s of %s, descriptor %u: errno %u", c->name, guest.module,
                    (unsigned)bad[i].number, (unsigned)e);
    }
    if (c->pointers[0].arg != 0) { /* this error comes first */
        args[c->pointers[0].arg] = UINT32_MAX;
        assert_int_equal(run(c, guest.module, args), XSOCK_WASIX_CALL_ENGINE);
    }
}

static void no_descriptor_is_somebody_elses(void **state)
{
    (void)state;
    ASSERT_RESULT(XSOCK_WASIX_OWNER_XSOCK, xsock_wasix_owner(other.process, OTHERS));
    for_each_call(spoil_descriptor);
    assert_untouched();
}

static void spoil_flags(const struct call *c, uint64_t args[10])
{
    for (int bit = 0; bit < 32 && c->flags != 0; bit++) {
        uint32_t flag = UINT32_C(1) << bit;
        if ((flag & c->known) != 0)
            continue;
        args[c->flags] = flag;
        ASSERT_ERRNO(XSOCK_EINVAL, run(c, guest.module, args));
        args[c->flags] = flag | c->known;
        ASSERT_ERRNO(XSOCK_EINVAL, run(c, guest.module, args));
    }
}

static void unknown_flags_are_refused(void **state)
{
    (void)state;
    for_each_call(spoil_flags);
    assert_untouched();
}

/* The numbers belong to the guest, and are freed when it ends. */
static void spoil_nothing(const struct call *c, uint64_t args[10])
{
    uint32_t e = run(c, guest.module, args);
    ASSERT_THAT(e == XSOCK_EBADF, "%s: errno %u", c->name, (unsigned)e);
}

static void after_the_end_nothing_is_open(void **state)
{
    (void)state;
    xsock_wasix_end(guest.process);
    for_each_call(spoil_nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST_AFTER(setup, no_pointer_leads_outside),
        GUEST_TEST_AFTER(setup, with_reserved_words_set_nothing_is_done),
        GUEST_TEST_AFTER(setup, without_memory_nothing_is_done),
        GUEST_TEST_AFTER(setup, no_descriptor_is_somebody_elses),
        GUEST_TEST_AFTER(setup, unknown_flags_are_refused),
        GUEST_TEST_AFTER(setup, after_the_end_nothing_is_open),
    };
    return cmocka_run_group_tests_name("bad arguments of guests", tests, NULL, NULL);
}
