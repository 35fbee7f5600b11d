#include "posix/native.h"

#include "posix/futex.h"

#if XSOCK__POSIX_FUTEX
#include <unistd.h>

/* FUTEX_WAIT_PRIVATE and FUTEX_WAKE_PRIVATE of linux/futex.h. musl can be installed without the
 * kernel's headers, so the numbers are here. */
enum { WAIT_PRIVATE = 0 | 128, WAKE_PRIVATE = 1 | 128, TRIES = 64 };

/* The lock is held for so short a time that trying again is nearly always enough. */
void xsock__posix_futex_lock(xsock__atomic_int *word)
{
    for (int i = 0; i < TRIES; i++)
        if (xsock__atomic_peek(word) == XSOCK__FUTEX_OPEN
            && xsock__atomic_cas(word, XSOCK__FUTEX_OPEN, XSOCK__FUTEX_HELD))
            return;
    while (xsock__atomic_swap(word, XSOCK__FUTEX_WAITED_FOR) != XSOCK__FUTEX_OPEN)
        syscall(SYS_futex, word, WAIT_PRIVATE, XSOCK__FUTEX_WAITED_FOR, NULL, NULL, 0);
}

void xsock__posix_futex_wake(xsock__atomic_int *word)
{
    syscall(SYS_futex, word, WAKE_PRIVATE, 1, NULL, NULL, 0);
}
#endif
