/* Atomic words for the core. They are C11's if the compiler has them. MSVC 2019 has no
 * <stdatomic.h> in C, so its intrinsics do the same there. Every operation is sequentially
 * consistent unless its comment says otherwise; look-up and close in fdtab.c depend on that. */
#ifndef XSOCK__BASE_ATOMIC_H
#define XSOCK__BASE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>

typedef struct {
    volatile long v;
} xsock__atomic_int;
typedef struct {
    void *volatile v;
} xsock__atomic_ptr;
typedef struct {
    volatile int64_t v;
} xsock__atomic_i64;
typedef struct {
    volatile unsigned char v;
} xsock__atomic_byte;

static inline int xsock__atomic_load(const xsock__atomic_int *a)
{
    return (int)_InterlockedOr((volatile long *)&a->v, 0);
}
/* Relaxed: for a hint, or where a lock orders it. */
static inline int xsock__atomic_peek(const xsock__atomic_int *a)
{
    return (int)a->v;
}
/* The same for storing: before any other thread can see it, or where a lock orders it. */
static inline void xsock__atomic_set(xsock__atomic_int *a, int v)
{
    a->v = (long)v;
}
static inline void xsock__atomic_set_i64(xsock__atomic_i64 *a, int64_t v)
{
    a->v = v;
}
static inline void xsock__atomic_set_ptr(xsock__atomic_ptr *a, void *p)
{
    a->v = p;
}
static inline unsigned char xsock__atomic_peek_byte(const xsock__atomic_byte *a)
{
    return a->v;
}
static inline void xsock__atomic_set_byte(xsock__atomic_byte *a, unsigned char v)
{
    a->v = v;
}
static inline void xsock__atomic_store(xsock__atomic_int *a, int v)
{
    _InterlockedExchange(&a->v, (long)v);
}
static inline int xsock__atomic_add(xsock__atomic_int *a, int n) /* returns the value before */
{
    return (int)_InterlockedExchangeAdd(&a->v, (long)n);
}
static inline int xsock__atomic_swap(xsock__atomic_int *a, int v)
{
    return (int)_InterlockedExchange(&a->v, (long)v);
}
static inline int xsock__atomic_or(xsock__atomic_int *a, int bits) /* returns the value before */
{
    return (int)_InterlockedOr(&a->v, (long)bits);
}
static inline bool xsock__atomic_cas(xsock__atomic_int *a, int from, int to)
{
    return _InterlockedCompareExchange(&a->v, (long)to, (long)from) == (long)from;
}
static inline int64_t xsock__atomic_load_i64(const xsock__atomic_i64 *a)
{
    return _InterlockedCompareExchange64((volatile int64_t *)&a->v, 0, 0);
}
static inline void xsock__atomic_store_i64(xsock__atomic_i64 *a, int64_t v)
{
    int64_t old = a->v; /* a 32-bit target has no 64-bit exchange */
    for (int64_t seen; (seen = _InterlockedCompareExchange64(&a->v, v, old)) != old; old = seen)
        ;
}
static inline void *xsock__atomic_load_ptr(const xsock__atomic_ptr *a)
{
    return _InterlockedCompareExchangePointer((void *volatile *)&a->v, NULL, NULL);
}
static inline void xsock__atomic_store_ptr(xsock__atomic_ptr *a, void *p)
{
    _InterlockedExchangePointer(&a->v, p);
}
/* Release: whoever loads p sees what was written before. Orders nothing that comes after. */
static inline void xsock__atomic_publish_ptr(xsock__atomic_ptr *a, void *p)
{
    _InterlockedExchangePointer(&a->v, p);
}
static inline void *xsock__atomic_swap_ptr(xsock__atomic_ptr *a, void *p)
{
    return _InterlockedExchangePointer(&a->v, p);
}

#else
#include <stdatomic.h>

typedef struct {
    _Atomic int v;
} xsock__atomic_int;
typedef struct {
    void *_Atomic v;
} xsock__atomic_ptr;
typedef struct {
    _Atomic int64_t v;
} xsock__atomic_i64;
typedef struct {
    _Atomic unsigned char v;
} xsock__atomic_byte;

static inline int xsock__atomic_load(const xsock__atomic_int *a)
{
    return atomic_load(&((xsock__atomic_int *)(uintptr_t)a)->v);
}
/* Relaxed: for a hint, or where a lock orders it. */
static inline int xsock__atomic_peek(const xsock__atomic_int *a)
{
    return atomic_load_explicit(&((xsock__atomic_int *)(uintptr_t)a)->v, memory_order_relaxed);
}
/* The same for storing: before any other thread can see it, or where a lock orders it. */
static inline void xsock__atomic_set(xsock__atomic_int *a, int v)
{
    atomic_store_explicit(&a->v, v, memory_order_relaxed);
}
static inline void xsock__atomic_set_i64(xsock__atomic_i64 *a, int64_t v)
{
    atomic_store_explicit(&a->v, v, memory_order_relaxed);
}
static inline void xsock__atomic_set_ptr(xsock__atomic_ptr *a, void *p)
{
    atomic_store_explicit(&a->v, p, memory_order_relaxed);
}
static inline unsigned char xsock__atomic_peek_byte(const xsock__atomic_byte *a)
{
    return atomic_load_explicit(&((xsock__atomic_byte *)(uintptr_t)a)->v, memory_order_relaxed);
}
static inline void xsock__atomic_set_byte(xsock__atomic_byte *a, unsigned char v)
{
    atomic_store_explicit(&a->v, v, memory_order_relaxed);
}
static inline void xsock__atomic_store(xsock__atomic_int *a, int v)
{
    atomic_store(&a->v, v);
}
static inline int xsock__atomic_add(xsock__atomic_int *a, int n) /* returns the value before */
{
    return atomic_fetch_add(&a->v, n);
}
static inline int xsock__atomic_swap(xsock__atomic_int *a, int v)
{
    return atomic_exchange(&a->v, v);
}
static inline int xsock__atomic_or(xsock__atomic_int *a, int bits) /* returns the value before */
{
    return atomic_fetch_or(&a->v, bits);
}
static inline bool xsock__atomic_cas(xsock__atomic_int *a, int from, int to)
{
    return atomic_compare_exchange_strong(&a->v, &from, to);
}
static inline int64_t xsock__atomic_load_i64(const xsock__atomic_i64 *a)
{
    return atomic_load(&((xsock__atomic_i64 *)(uintptr_t)a)->v);
}
static inline void xsock__atomic_store_i64(xsock__atomic_i64 *a, int64_t v)
{
    atomic_store(&a->v, v);
}
static inline void *xsock__atomic_load_ptr(const xsock__atomic_ptr *a)
{
    return atomic_load(&((xsock__atomic_ptr *)(uintptr_t)a)->v);
}
static inline void xsock__atomic_store_ptr(xsock__atomic_ptr *a, void *p)
{
    atomic_store(&a->v, p);
}
/* Release: whoever loads p sees what was written before. Orders nothing that comes after. */
static inline void xsock__atomic_publish_ptr(xsock__atomic_ptr *a, void *p)
{
    atomic_store_explicit(&a->v, p, memory_order_release);
}
static inline void *xsock__atomic_swap_ptr(xsock__atomic_ptr *a, void *p)
{
    return atomic_exchange(&a->v, p);
}
#endif

#endif
