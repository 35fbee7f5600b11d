/* For tests of src/wasix without wasm: a guest, its memory, and calls by name. */
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

/* A guest with this configuration (NULL: all zeros); it fails the test if there is none. */
void guest_start(struct guest *g, const struct xsock_wasix_config *config);
void guest_stop(struct guest *g);

/* Calls an import by name with as many arguments as its signature has. In wasix_64v1 they all count
 * whole; else the high half of an i32's word is filled with rubbish, which must not matter. */
uint32_t guest_call(struct guest *g, const char *name, ...);
#define GUEST_ARG(n) ((uint64_t)(n))

uint32_t guest_get32(const struct guest *g, uint64_t at);
uint64_t guest_get64(const struct guest *g, uint64_t at);
void guest_put16(struct guest *g, uint64_t at, uint16_t v);
void guest_put32(struct guest *g, uint64_t at, uint32_t v);
void guest_put64(struct guest *g, uint64_t at, uint64_t v);

/* An addr_port of 127.0.0.1, and one iovec of the module's width. */
void guest_put_loopback(struct guest *g, uint64_t at, uint16_t port);
void guest_put_vec(struct guest *g, uint64_t at, uint64_t base, uint64_t len);

/* Each argument after the name as uint64_t, as many as there are. */
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

/* The errno of a call, by name when it differs. */
#define ASSERT_ERRNO(expected, call)                                                               \
    do {                                                                                           \
        uint32_t guest_errno = (call);                                                             \
        ASSERT_THAT(guest_errno == (uint32_t)(expected), "%s: errno %u (%s) instead of %d", #call, \
                    (unsigned)guest_errno, xsock_errname((int)guest_errno), (int)(expected));      \
    } while (0)

#endif
