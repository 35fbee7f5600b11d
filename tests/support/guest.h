/* For tests of src/wasix without WebAssembly: a guest, its memory, and calls by name. */
#ifndef XSOCK_TEST_GUEST_H
#define XSOCK_TEST_GUEST_H

#include "harness.h"
#include "xsock_wasix.h"

enum { GUEST_MEMORY = 65536 };

struct guest {
    struct xsock_wasix *process;
    struct xsock_wasix_memory memory;
    const char *module; /* "wasix_32v1" unless the test says otherwise */
    unsigned char bytes[GUEST_MEMORY];
};

/* Starts a guest with this configuration. NULL means all zeros. If the guest cannot be made, the
 * test fails. */
void guest_start(struct guest *g, const struct xsock_wasix_config *config);
void guest_stop(struct guest *g);

/* Calls an import by name, with the arguments of its signature. In wasix_64v1 each argument is
 * passed whole. In the other modules the high half of an i32 is filled with a pattern, which the
 * import must ignore. */
uint32_t guest_call(struct guest *g, const char *name, ...);
#define GUEST_ARG(n) ((uint64_t)(n))

uint32_t guest_get32(const struct guest *g, uint64_t at);
uint64_t guest_get64(const struct guest *g, uint64_t at);
void guest_put16(struct guest *g, uint64_t at, uint16_t v);
void guest_put32(struct guest *g, uint64_t at, uint32_t v);
void guest_put64(struct guest *g, uint64_t at, uint64_t v);

/* Store an addr_port of 127.0.0.1, and an iovec of the module's width. */
void guest_put_loopback(struct guest *g, uint64_t at, uint16_t port);
void guest_put_vec(struct guest *g, uint64_t at, uint64_t base, uint64_t len);

/* Call an import with this number of arguments, each as uint64_t. */
#define CALL0(g, name) guest_call(g, name, (uint64_t)0)
#define CALL1(g, name, a) guest_call(g, name, GUEST_ARG(a))
#define CALL2(g, name, a, b) guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b))
#define CALL3(g, name, a, b, c) guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b), GUEST_ARG(c))
#define CALL4(g, name, a, b, c, d) \
    guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b), GUEST_ARG(c), GUEST_ARG(d))
#define CALL5(g, name, a, b, c, d, e) \
    guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b), GUEST_ARG(c), GUEST_ARG(d), GUEST_ARG(e))
#define CALL6(g, name, a, b, c, d, e, f)                                                      \
    guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b), GUEST_ARG(c), GUEST_ARG(d), GUEST_ARG(e), \
               GUEST_ARG(f))
#define CALL7(g, name, a, b, c, d, e, f, h)                                                   \
    guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b), GUEST_ARG(c), GUEST_ARG(d), GUEST_ARG(e), \
               GUEST_ARG(f), GUEST_ARG(h))

/* Asserts the errno of a call. If it differs, the message has its name. */
#define ASSERT_ERRNO(expected, call)                                                               \
    do {                                                                                           \
        uint32_t guest_errno = (call);                                                             \
        ASSERT_THAT(guest_errno == (uint32_t)(expected), "%s: errno %u (%s) instead of %d", #call, \
                    (unsigned)guest_errno, xsock_errname((int)guest_errno), (int)(expected));      \
    } while (0)

#endif
