/* Waiting with the wake of a call. Every wait with a wake of a table goes through here.
 *
 * A wake can fail in three ways. The system may give none. The program may close the wake's handle,
 * as a daemon does that closes all numbers when it begins: such a wake wakes nobody, and waits with
 * it may end at once. And the system may refuse to wait with the wake, which is one entry more than
 * the program has asked for.
 *
 * A wake may have been kept since an earlier call, so it is trusted only once it was looked at. A
 * wait with a wake that is not trusted, or without one, lasts for a slice of time at most. After a
 * wait in which nothing has happened the call looks at the wake. If the wake is lost, the call
 * gives it up, and looks at its marks after each slice. The only thread of a process does not need
 * this while the thread has a wake. No other thread can set a mark, and a signal handler of its own
 * interrupts the system's wait. */
#ifndef XSOCK__WAIT_WAKE_H
#define XSOCK__WAIT_WAKE_H

#include "table/fdtab.h"
#include "wait/wait.h"

/* Waits as xsock__sys_wait does, for `left` at most. k may be NULL. Returns the native code. */
int xsock__wake_refused(int code, struct xsock__sys_wait *v, size_t n, int64_t left);
static inline int xsock__wake_wait(const struct xsock__waker *k, bool trusted,
                                   struct xsock__sys_wait *v, size_t n, int64_t left)
{
    const bool whole = k != NULL && (trusted || xsock__sys_alone());
    const int64_t ns = whole ? left : xsock__wait_slice(left);
    int code = xsock__sys_wait(v, n, k != NULL ? &k->wake : NULL, ns);
    return code == 0 || k == NULL ? code : xsock__wake_refused(code, v, n, left);
}

/* Whether the wake is lost. Otherwise it is trusted from now on. */
bool xsock__wake_is_lost(const struct xsock__waker *k, bool *trusted);

#endif
