/* Starting, memory, locks and forks. */
#include "posix/native.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/atomic.h"
#include "posix/futex.h"

int xsock__sys_startup(void)
{
    return 0;
}

void xsock__sys_cleanup(void)
{
}

int xsock__sys_max_handles(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur > INT32_MAX) /* RLIM_INFINITY is above */
        return INT32_MAX;
    return (int)r.rlim_cur;
}

/* ---- Memory ---------------------------------------------------------------------------------- */

/* There are three sizes. Huge pieces come from the system, whose pages cost nothing before they are
 * touched. Leak checkers do not look into them, but only into what malloc gave (seen with clang
 * 14's LeakSanitizer), so nothing may be reached through a huge piece alone. Large pieces come from
 * malloc, and the address of the block stands before the aligned piece. */
enum { ALIGNMENT = 64, LARGE = 1 << 16, HUGE_PIECE = 1 << 20 };

static void *alloc_large(size_t size)
{
    unsigned char *block = calloc(1, size + ALIGNMENT);
    if (block == NULL)
        return NULL;
    /* A block is aligned for any type, so a pointer fits before the piece, also if ALIGNMENT bytes
     * are skipped. */
    unsigned char *p = block + (ALIGNMENT - (uintptr_t)block % ALIGNMENT);
    memcpy(p - sizeof block, &block, sizeof block);
    return p;
}

static void free_large(void *p)
{
    void *block;
    memcpy(&block, (unsigned char *)p - sizeof block, sizeof block);
    free(block);
}

static void *alloc_huge(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *xsock__sys_alloc(size_t size)
{
    void *p;
    if (size >= HUGE_PIECE)
        return alloc_huge(size);
    if (size >= LARGE)
        return alloc_large(size);
    if (size < XSOCK__SYS_SMALL)
        return calloc(1, size);
    if (posix_memalign(&p, ALIGNMENT, size) != 0)
        return NULL;
    memset(p, 0, size);
    return p;
}

void xsock__sys_free(void *p, size_t size)
{
    if (p == NULL)
        return;
    if (size >= HUGE_PIECE)
        munmap(p, size);
    else if (size >= LARGE)
        free_large(p);
    else
        free(p);
}

/* ---- Locks ----------------------------------------------------------------------------------- */

#if XSOCK__POSIX_FUTEX
static xsock__atomic_int *word_of(struct xsock__lock *l)
{
    return (xsock__atomic_int *)(void *)l->opaque;
}

void xsock__sys_lock_init(struct xsock__lock *l)
{
    xsock__atomic_set(word_of(l), XSOCK__FUTEX_OPEN);
}

void xsock__sys_lock_destroy(struct xsock__lock *l)
{
    (void)l;
}

/* If the process has one thread when we take a lock, it still has one when we release it. A signal
 * handler that takes the lock in between would wait for ever, as with any other lock. */
void xsock__sys_lock(struct xsock__lock *l)
{
    if (xsock__sys_alone() && xsock__atomic_peek(word_of(l)) == XSOCK__FUTEX_OPEN)
        xsock__atomic_set(word_of(l), XSOCK__FUTEX_HELD);
    else if (!xsock__atomic_cas(word_of(l), XSOCK__FUTEX_OPEN, XSOCK__FUTEX_HELD))
        xsock__posix_futex_lock(word_of(l));
}

void xsock__sys_unlock(struct xsock__lock *l)
{
    if (xsock__sys_alone())
        xsock__atomic_set(word_of(l), XSOCK__FUTEX_OPEN);
    else if (xsock__atomic_swap(word_of(l), XSOCK__FUTEX_OPEN) == XSOCK__FUTEX_WAITED_FOR)
        xsock__posix_futex_wake(word_of(l));
}

#else
_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct xsock__lock), "sys.h: opaque is too small");

static pthread_mutex_t *mutex_of(struct xsock__lock *l)
{
    return (pthread_mutex_t *)(void *)l->opaque;
}

void xsock__sys_lock_init(struct xsock__lock *l)
{
    pthread_mutex_init(mutex_of(l),
                       NULL); /* default attributes cannot fail on any of these systems */
}

void xsock__sys_lock_destroy(struct xsock__lock *l)
{
    pthread_mutex_destroy(mutex_of(l));
}

void xsock__sys_lock(struct xsock__lock *l)
{
    pthread_mutex_lock(mutex_of(l));
}

void xsock__sys_unlock(struct xsock__lock *l)
{
    pthread_mutex_unlock(mutex_of(l));
}

#endif

static pthread_mutex_t global = PTHREAD_MUTEX_INITIALIZER;

void xsock__sys_lock_global(void)
{
    pthread_mutex_lock(&global);
}

void xsock__sys_unlock_global(void)
{
    pthread_mutex_unlock(&global);
}

int xsock__sys_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    return pthread_atfork(before, parent, child);
}
