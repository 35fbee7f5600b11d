/* Guests that talk: their sockets, by the calls of the ABI alone. */
#ifndef XSOCK_TEST_GUEST_NET_H
#define XSOCK_TEST_GUEST_NET_H

#include "guest.h"

/* Where the calls below put what they need in the guest's memory. */
enum {
    NET_FD = 1024,   /* descriptors that come out */
    NET_DONE = 1040, /* words: bytes sent or received; control data received */
    NET_CONTROL = 1048,
    NET_FLAGS = 1056, /* roflags */
    NET_STATUS = 1064,
    NET_ADDR = 1280, /* an addr_port that goes in, and one that comes out */
    NET_PEER = 1536,
    NET_VEC = 2048,  /* up to 1,025 vectors */
    NET_OUT = 20480, /* data that goes out */
    NET_IN = 32768,  /* data that comes in, up to the end */
    NET_CAPACITY = GUEST_MEMORY - NET_IN,
    WAIT_NOT = 8, /* riflags: don't wait */
    LAST_BYTE = GUEST_MEMORY - 1
};

/* A word of the module's width, and the bytes that the last call has done. */
uint64_t guest_get_word(const struct guest *g, uint64_t at);
size_t guest_done(const struct guest *g);
unsigned guest_get16(const struct guest *g, uint64_t at);

/* A new socket; -1: this system has none of this family. type may have XSOCK_SOCK_NONBLOCK. */
int guest_open(struct guest *g, int af, int type);
void guest_pair(struct guest *g, int type, int out[2]);

/* Puts the loopback address of a family, and binds to it with any port; gives the port. */
void guest_put_addr(struct guest *g, uint64_t at, int af, unsigned port);
unsigned guest_bind(struct guest *g, int d, int af);
unsigned guest_port(struct guest *g, int d);
int guest_listen(struct guest *g, int af, unsigned *out_port);

/* A connection from one guest to the other (which may be the same): out[0] is of `from`, out[1] of
 * `to`. */
void guest_connect(struct guest *from, struct guest *to, int af, int out[2]);

/* The status of a socket, as the guest sees it. */
int guest_status(struct guest *g, int d);

/* sock_send of a text; sock_recv with these flags into NET_IN. The errno. */
uint32_t guest_send(struct guest *g, int d, const char *text);
uint32_t guest_recv(struct guest *g, int d, unsigned riflags, size_t capacity);

/* That the last call has received exactly this. */
#define ASSERT_GOT(g, text)                                             \
    do {                                                                \
        assert_int_equal(guest_done(g), strlen(text));                  \
        assert_memory_equal((g)->bytes + NET_IN, (text), strlen(text)); \
    } while (0)

#define CALL8(g, name, a, b, c, d, e, f, h, i)                                                \
    guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b), GUEST_ARG(c), GUEST_ARG(d), GUEST_ARG(e), \
               GUEST_ARG(f), GUEST_ARG(h), GUEST_ARG(i))
#define CALL10(g, name, a, b, c, d, e, f, h, i, j, k)                                         \
    guest_call(g, name, GUEST_ARG(a), GUEST_ARG(b), GUEST_ARG(c), GUEST_ARG(d), GUEST_ARG(e), \
               GUEST_ARG(f), GUEST_ARG(h), GUEST_ARG(i), GUEST_ARG(j), GUEST_ARG(k))

#endif
