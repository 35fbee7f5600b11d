/* Counting zeros in a word. */
#ifndef XSOCK__BASE_BITS_H
#define XSOCK__BASE_BITS_H

#include <stdint.h>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>

/* The position of the lowest bit; v is not 0. (By halves: a 32-bit target has no 64-bit scan.) */
static inline unsigned xsock__low_bit(uint64_t v)
{
    unsigned long at;
    if (_BitScanForward(&at, (unsigned long)v))
        return (unsigned)at;
    _BitScanForward(&at, (unsigned long)(v >> 32));
    return (unsigned)at + 32;
}
/* The position of the highest bit; v is not 0. */
static inline unsigned xsock__high_bit(uint32_t v)
{
    unsigned long at;
    _BitScanReverse(&at, v);
    return (unsigned)at;
}
#else
/* The position of the lowest bit; v is not 0. */
static inline unsigned xsock__low_bit(uint64_t v)
{
    return (unsigned)__builtin_ctzll(v);
}
/* The position of the highest bit; v is not 0. */
static inline unsigned xsock__high_bit(uint32_t v)
{
    return 31u ^ (unsigned)__builtin_clz(v); /* compilers know this as one instruction */
}
#endif

#endif
