/* Sockets of guests, by the calls of the ABI alone. */
#ifndef XSOCK_TEST_GUEST_NET_H
#define XSOCK_TEST_GUEST_NET_H

#include "guest.h"

/* The places in the guest's memory that the functions below use. */
enum {
    NET_FD = 1024,   /* descriptors that a call returns */
    NET_DONE = 1040, /* words: bytes that were sent or received; control data that was received */
    NET_CONTROL = 1048,
    NET_FLAGS = 1056, /* roflags */
    NET_STATUS = 1064,
    NET_ADDR = 1280, /* the addr_port that is passed; NET_PEER is the one that is returned */
    NET_PEER = 1536,
    NET_VEC = 2048,  /* up to 1,025 vectors */
    NET_OUT = 20480, /* data to send */
    NET_IN = 32768,  /* received data, to the end of the memory */
    NET_CAPACITY = GUEST_MEMORY - NET_IN,
    WAIT_NOT = 8, /* riflags: do not wait */
    LAST_BYTE = GUEST_MEMORY - 1
};

/* Return a word of the module's width, the number of bytes that the last call moved, and a 16-bit
 * number. */
uint64_t guest_get_word(const struct guest *g, uint64_t at);
size_t guest_done(const struct guest *g);
unsigned guest_get16(const struct guest *g, uint64_t at);

/* Opens a socket. Returns -1 if the system lacks the family. type may have XSOCK_SOCK_NONBLOCK. */
int guest_open(struct guest *g, int af, int type);
void guest_pair(struct guest *g, int type, int out[2]);

/* Store the loopback address of a family, and bind to it at any port. Those that return a number
 * return the port, and guest_listen() the listener. */
void guest_put_addr(struct guest *g, uint64_t at, int af, unsigned port);
unsigned guest_bind(struct guest *g, int d, int af);
unsigned guest_port(struct guest *g, int d);
int guest_listen(struct guest *g, int af, unsigned *out_port);

/* Connects two guests, which may be the same. out[0] is a descriptor of `from`, out[1] of `to`. */
void guest_connect(struct guest *from, struct guest *to, int af, int out[2]);

/* The status of a socket, as the guest sees it. */
int guest_status(struct guest *g, int d);

/* sock_send of a text, and sock_recv into NET_IN with these flags. Both return the errno. */
uint32_t guest_send(struct guest *g, int d, const char *text);
uint32_t guest_recv(struct guest *g, int d, unsigned riflags, size_t capacity);

/* Asserts that the last call received exactly this text. */
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
