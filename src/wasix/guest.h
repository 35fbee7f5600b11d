/* Private to src/wasix: a guest, one call of a guest, and what the calls share.
 *
 *   guest.c     the guest: its table, its end, the numbers that belong to the engine
 *   imports.c   the list of imports, and the entry point of each (from imports.def)
 *   memory.c    checked access to the guest's memory: spans, vectors, copies
 *   errors.c    errors that WASIX has no number for
 *   buffers.c   the total of the socket buffers
 *   addr.c      addresses in the guest's memory
 *   policy.c    what a guest may do
 *
 * Each other file has the calls of one concern. A call does its steps in this order, so that a
 * call that fails has not done half of its work:
 *
 *   1. Look up the descriptor, and find out whether it belongs to xsock or to the engine.
 *   2. Check the pointers.
 *   3. Check the other arguments.
 *   4. Ask the policy.
 *   5. Call the core.
 *   6. Write the results into memory that step 2 has checked. */
#ifndef XSOCK__WASIX_GUEST_H
#define XSOCK__WASIX_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "sys.h"
#include "table/fdtab.h"
#include "xsock.h"
#include "xsock_wasix.h"

struct xsock_wasix {
    struct xsock__fdtab *table;
    struct xsock_wasix_config config; /* with defaults filled in */
    struct xsock__lock lock;          /* protects the fields below */
    uint64_t scratch;                 /* bytes of copies that calls in progress have */
    uint64_t members;                 /* in all of its epolls together */
    uint64_t buffers;                 /* bytes of socket buffers that were counted (buffers.c) */
};

/* The maximum of epoll members for each descriptor that a guest may have. Beyond it, epoll_ctl
 * returns ENOSPC. */
enum { XSOCK__WASIX_MEMBERS_EACH = 4 };

/* One call of a guest. */
struct xsock__wasix_call {
    struct xsock_wasix *guest;
    unsigned char *base; /* the guest's memory */
    uint64_t size;
    const uint64_t *args;
    bool wide; /* wasm64: pointers and sizes have 64 bits */
};

/* ---- Arguments ------------------------------------------------------------------------------- */

static inline uint32_t xsock__wasix_u32(const struct xsock__wasix_call *c, int i)
{
    return (uint32_t)c->args[i];
}

static inline uint64_t xsock__wasix_u64(const struct xsock__wasix_call *c, int i)
{
    return c->args[i];
}

/* A descriptor. A number that does not fit an int becomes -1, which is never open. */
static inline int xsock__wasix_fd(const struct xsock__wasix_call *c, int i)
{
    uint32_t n = (uint32_t)c->args[i];
    return n <= INT32_MAX ? (int)n : -1;
}

/* A pointer or a size. */
static inline uint64_t xsock__wasix_ptr(const struct xsock__wasix_call *c, int i)
{
    return c->wide ? c->args[i] : (uint32_t)c->args[i];
}

/* ---- Memory (memory.c) ----------------------------------------------------------------------- */

/* Returns where `len` bytes at the guest's address `ptr` begin, or NULL if they are not all in
 * its memory. If len is 0, any address is allowed and the result is not NULL. The guest may
 * change these bytes at any time, so read each of them once. */
static inline unsigned char *xsock__wasix_at(const struct xsock__wasix_call *c, uint64_t ptr,
                                             uint64_t len)
{
    static unsigned char nothing[1];
    if (len == 0)
        return nothing;
    if (len > c->size || ptr > c->size - len)
        return NULL;
    return c->base + (size_t)ptr;
}

/* Little-endian values at any alignment and byte order of the host. */
static inline uint32_t xsock__wasix_get32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline void xsock__wasix_put32(unsigned char *p, uint32_t v)
{
    p[0] = (unsigned char)(v & 0xff);
    p[1] = (unsigned char)(v >> 8 & 0xff);
    p[2] = (unsigned char)(v >> 16 & 0xff);
    p[3] = (unsigned char)(v >> 24);
}
uint16_t xsock__wasix_get16(const unsigned char *p);
uint64_t xsock__wasix_get64(const unsigned char *p);
void xsock__wasix_put16(unsigned char *p, uint16_t v);
void xsock__wasix_put64(unsigned char *p, uint64_t v);

/* Reads and writes a pointer or a size in the guest's memory. xsock__wasix_word is its width there,
 * 4 or 8 bytes.
 *
 * The volatile makes the compiler read the guest's memory once. Without it, the compiler may
 * read the memory again instead of keeping the value in a register. By then another thread of
 * the guest may have stored a larger value than the one that was checked. Data that is copied
 * whole before it is checked does not need a volatile. */
static inline uint64_t xsock__wasix_get_word(const struct xsock__wasix_call *c,
                                             const unsigned char *p)
{
    volatile uint64_t once = c->wide ? xsock__wasix_get64(p) : xsock__wasix_get32(p);
    return once;
}

static inline void xsock__wasix_put_word(const struct xsock__wasix_call *c, unsigned char *p,
                                         uint64_t v)
{
    if (c->wide)
        xsock__wasix_put64(p, v);
    else
        xsock__wasix_put32(p, (uint32_t)v);
}
static inline unsigned xsock__wasix_word(const struct xsock__wasix_call *c)
{
    return c->wide ? 8 : 4;
}

/* Allocates memory of the host for a copy, and counts it against the guest's quota. Returns NULL
 * (the caller returns -XSOCK_ENOMEM) if the quota is exceeded or if there is no memory. n may be
 * 0. */
void *xsock__wasix_scratch(const struct xsock__wasix_call *c, size_t n);
void xsock__wasix_unscratch(const struct xsock__wasix_call *c, void *p, size_t n);

/* Counts memory that the core allocates for a call against the same quota. Returns false if the
 * quota is exceeded. */
bool xsock__wasix_charge(struct xsock_wasix *g, size_t n);
void xsock__wasix_discharge(struct xsock_wasix *g, size_t n);

/* Decodes one iovec or ciovec, whose two words are in memory. `before` is the total length of
 * the vectors before this one. Returns -XSOCK_EMEMVIOLATION if the bytes are not all in memory,
 * and -XSOCK_EINVAL if the lengths exceed 2^31 - 1 bytes. Each word of the guest is read once,
 * because another thread of the guest may change it meanwhile. */
static inline int xsock__wasix_vec(const struct xsock__wasix_call *c, const unsigned char *from,
                                   size_t before, struct xsock_vec *out)
{
    uint64_t ptr = xsock__wasix_get_word(c, from);
    uint64_t len = xsock__wasix_get_word(c, from + xsock__wasix_word(c));
    unsigned char *at = xsock__wasix_at(c, ptr, len);
    if (at == NULL)
        return -XSOCK_EMEMVIOLATION;
    if (len > INT32_MAX - before)
        return -XSOCK_EINVAL;
    *out = (struct xsock_vec){at, (size_t)len};
    return 0;
}

/* Copies the guest's iovec or ciovec array, and checks that each piece is in its memory. The
 * struct itself has space for XSOCK__WASIX_FEW vectors. Call xsock__wasix_drop_vecs if 0 was
 * returned. Errors:
 *
 *   - -XSOCK_EMEMVIOLATION if the array or a piece is not all in memory;
 *   - -XSOCK_EINVAL if there are more than 1,024 vectors, or more than 2^31 - 1 bytes in all;
 *   - -XSOCK_ENOMEM if there is no memory for the copy, or the quota is exceeded. */
enum { XSOCK__WASIX_FEW = 16 };
struct xsock__wasix_vecs {
    struct xsock_vec few[XSOCK__WASIX_FEW], *v;
    size_t count, total;
};
int xsock__wasix_vecs(const struct xsock__wasix_call *c, uint64_t ptr, uint64_t count,
                      struct xsock__wasix_vecs *out);
void xsock__wasix_drop_vecs(const struct xsock__wasix_call *c, struct xsock__wasix_vecs *v);

/* For a call that fails because of another argument than the vectors in arguments 1 and 2. Memory
 * comes before other values, so the vectors are looked at first. Returns their error, or else
 * this one. */
int xsock__wasix_after_vecs(const struct xsock__wasix_call *c, int error);

/* ---- Socket buffers (buffers.c) -------------------------------------------------------------- */

/* Counts a buffer of this size, for sending or for receiving, against the guest's quota. Returns
 * the size that the socket may have, which is less if the quota has less left. The caller has a
 * reference to a descriptor of the socket. */
uint64_t xsock__wasix_count_buffer(struct xsock_wasix *g, struct xsock__sock *s, bool send,
                                   uint64_t size);

/* Counts the buffers of a connection, which has the sizes that the guest set for its listener. A
 * size that the quota has no place for is set to what is left. */
void xsock__wasix_count_inherited(struct xsock_wasix *g, struct xsock__sock *listener, int d);

/* ---- Addresses (addr.c) ---------------------------------------------------------------------- */

enum { XSOCK__WASIX_ADDR_PORT = 110 }; /* bytes in the larger layout */

/* Reads the addr_port at a guest's address. Returns -XSOCK_EMEMVIOLATION if it is not in memory,
 * and -XSOCK_EAFNOSUPPORT if its family is unknown or the guest's layout cannot hold it. Address 0
 * is an address like any other. */
int xsock__wasix_get_addr(const struct xsock__wasix_call *c, uint64_t ptr, struct xsock_addr *out);

/* xsock__wasix_addr_at returns where an addr_port is to be written, or NULL if that is not in
 * memory. xsock__wasix_put_addr writes the part of the address that fits the guest's layout
 * there. */
unsigned char *xsock__wasix_addr_at(const struct xsock__wasix_call *c, uint64_t ptr);
void xsock__wasix_put_addr(const struct xsock__wasix_call *c, unsigned char *at,
                           const struct xsock_addr *a);

/* ---- Policy (policy.c) ----------------------------------------------------------------------- */

/* Asks the policy. Returns 0 or -XSOCK_EACCES. `a` may be NULL; if it is not, the policy may
 * change the address. `host` may be NULL. */
int xsock__wasix_ask(const struct xsock__wasix_call *c, int action, int af, int type, int protocol,
                     struct xsock_addr *a, const char *host);

/* Asks the policy about a call on a socket. The caller has a reference to fd, and keeps it until
 * the call is done. */
int xsock__wasix_ask_in(const struct xsock__wasix_call *c, int action, const struct xsock__fd *fd,
                        struct xsock_addr *a);

/* ---- Errors (errors.c) ----------------------------------------------------------------------- */

/* Converts a result of the core to WASIX's errno. 0 and above become 0. With preview1, numbers
 * that only WASIX has are converted too. */
uint32_t xsock__wasix_errno(int64_t rc, bool preview1);

/* ---- Calls (imports.def) --------------------------------------------------------------------- */

/* The implementation of one import. Returns 0 or -XSOCK_E..., or -XSOCK__EFOREIGN if the number
 * belongs to the engine. */
typedef int xsock__wasix_impl(const struct xsock__wasix_call *c);

#define WASIX(name, signature) xsock__wasix_impl xsock__wasix_##name;
#define PREVIEW1(name, signature) WASIX(name, signature)
#define PREVIEW1_ONLY(name, signature) WASIX(name, signature)
#define P ""
#include "wasix/imports.def"

#endif
