/* Private to src/wasix: a guest, one call of it, and what the calls share.
 *
 *   guest.c     the guest: its table, its end, the numbers of its engine
 *   imports.c   the list of imports, and the way in and out of each (imports.def)
 *   memory.c    the guest's memory, checked: spans, vectors, and what is copied of them
 *   fold.c      errors that WASIX has no number for
 *   addr.c      addresses as they lie in the guest's memory
 *   policy.c    what a guest may do
 *
 * and a file of calls for each concern. A call does its beats in this order, so that nothing is
 * done in vain or half: the descriptor (whose is it?), pointers, the other arguments, the policy,
 * the call of the core, and the results into memory that was checked before. */
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
    struct xsock_wasix_config config; /* defaults filled in */
    struct xsock__lock lock;          /* of what follows */
    uint64_t scratch;                 /* bytes that calls in progress have copied */
    uint64_t members;                 /* of all its epolls together */
};

/* So many for each descriptor that a guest may have; over that, epoll_ctl gives ENOSPC. */
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

/* A descriptor: what is no int, is none. */
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

/* Where len bytes at the guest's address begin; NULL: they are not all in its memory. Of no bytes
 * any address will do, and then it is not NULL. What is there may change at any time: read it once.
 */
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

/* Little-endian, at any alignment. */
uint16_t xsock__wasix_get16(const unsigned char *p);
uint32_t xsock__wasix_get32(const unsigned char *p);
uint64_t xsock__wasix_get64(const unsigned char *p);
void xsock__wasix_put16(unsigned char *p, uint16_t v);
void xsock__wasix_put32(unsigned char *p, uint32_t v);
void xsock__wasix_put64(unsigned char *p, uint64_t v);

/* A pointer or size in the guest's memory, read once, and their width there: 4 bytes, or 8. */
uint64_t xsock__wasix_get_word(const struct xsock__wasix_call *c, const unsigned char *p);
void xsock__wasix_put_word(const struct xsock__wasix_call *c, unsigned char *p, uint64_t v);
static inline unsigned xsock__wasix_word(const struct xsock__wasix_call *c)
{
    return c->wide ? 8 : 4;
}

/* Memory of the host for a copy, counted against the guest's quota. NULL: over it, or none
 * (-XSOCK_ENOMEM). n may be 0. */
void *xsock__wasix_scratch(const struct xsock__wasix_call *c, size_t n);
void xsock__wasix_unscratch(const struct xsock__wasix_call *c, void *p, size_t n);

/* The same of memory that the core takes for a call. False: over the quota. */
bool xsock__wasix_charge(struct xsock_wasix *g, size_t n);
void xsock__wasix_discharge(struct xsock_wasix *g, size_t n);

/* Decodes one iovec or ciovec, whose two words are in memory. `before` is the total length of the
 * vectors before this one. -XSOCK_EMEMVIOLATION: the bytes are not all in memory. -XSOCK_EINVAL:
 * the lengths exceed 2^31 - 1 bytes. */
int xsock__wasix_vec(const struct xsock__wasix_call *c, const unsigned char *from, size_t before,
                     struct xsock_vec *out);

/* The guest's iovec or ciovec array, copied, each piece in its memory. Up to FEW stand in the
 * struct itself. -XSOCK_EMEMVIOLATION, -XSOCK_ENOMEM; -XSOCK_EINVAL: more than 1,024, or over 2^31
 * - 1 bytes in all. To be dropped if 0 was returned. */
enum { XSOCK__WASIX_FEW = 16 };
struct xsock__wasix_vecs {
    struct xsock_vec few[XSOCK__WASIX_FEW], *v;
    size_t count, total;
};
int xsock__wasix_vecs(const struct xsock__wasix_call *c, uint64_t ptr, uint64_t count,
                      struct xsock__wasix_vecs *out);
void xsock__wasix_drop_vecs(const struct xsock__wasix_call *c, struct xsock__wasix_vecs *v);

/* ---- Addresses (addr.c) ---------------------------------------------------------------------- */

enum { XSOCK__WASIX_ADDR_PORT = 110 }; /* bytes of the larger layout */

/* The addr_port at a guest's address. -XSOCK_EMEMVIOLATION; -XSOCK_EAFNOSUPPORT: a tag that is
 * none, -XSOCK_EINVAL. A null pointer is one like any other. */
int xsock__wasix_get_addr(const struct xsock__wasix_call *c, uint64_t ptr, struct xsock_addr *out);

/* Where one is to be written: NULL: not in memory. Then write it there: what fits the guest's
 * layout. */
unsigned char *xsock__wasix_addr_at(const struct xsock__wasix_call *c, uint64_t ptr);
void xsock__wasix_put_addr(const struct xsock__wasix_call *c, unsigned char *at,
                           const struct xsock_addr *a);

/* ---- Policy (policy.c) ----------------------------------------------------------------------- */

/* 0, or -XSOCK_EACCES. a may be NULL; it becomes what the policy makes of it. host may be NULL. */
int xsock__wasix_ask(const struct xsock__wasix_call *c, int action, int af, int type, int protocol,
                     struct xsock_addr *a, const char *host);

/* The same, of a call in a socket that the caller has, and keeps while it does what was allowed. */
int xsock__wasix_ask_in(const struct xsock__wasix_call *c, int action, const struct xsock__fd *fd,
                        struct xsock_addr *a);

/* ---- Errors (fold.c) ------------------------------------------------------------------------- */

/* WASIX's errno for a result of the core: 0 for >= 0. preview1: without what WASIX has added. */
uint32_t xsock__wasix_errno(int64_t rc, bool preview1);

/* ---- Calls (imports.def) --------------------------------------------------------------------- */

/* Each import is one of these: 0, or -XSOCK_E...; -XSOCK__EFOREIGN: a number of the engine's. */
typedef int xsock__wasix_impl(const struct xsock__wasix_call *c);

#define WASIX(name, signature) xsock__wasix_impl xsock__wasix_##name;
#define PREVIEW1(name, signature) xsock__wasix_impl xsock__wasix_##name;
#define P ""
#include "wasix/imports.def"

#endif
