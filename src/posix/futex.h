/* The lock's word on Linux, and the rare part of locking. pthread's mutex costs some 50
 * instructions more for a lock and an unlock. */
#ifndef XSOCK__POSIX_FUTEX_H
#define XSOCK__POSIX_FUTEX_H

#include "base/atomic.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

#if defined(__linux__) && defined(SYS_futex)
#define XSOCK__POSIX_FUTEX 1

/* A thread that waits sets the last value, and only then an unlock wakes a thread. */
enum { XSOCK__FUTEX_OPEN, XSOCK__FUTEX_HELD, XSOCK__FUTEX_WAITED_FOR };

/* For a word that was not OPEN, and for a word that was set to OPEN while a thread waits. Both are
 * functions of a file of their own, so that nothing of them is compiled into the usual case. */
void xsock__posix_futex_lock(xsock__atomic_int *word);
void xsock__posix_futex_wake(xsock__atomic_int *word);
#else
#define XSOCK__POSIX_FUTEX 0
#endif

#endif
