/* The thread's last code, memory and locks. */
#include "win32/native.h"

#include <stdlib.h>

int xsock__win32_error(void)
{
    int code = WSAGetLastError();

    return code != 0 ? code : WSASYSCALLFAILURE;
}

/* A process may have 16 million handles, and usually lacks memory before that. */
int xsock__sys_max_handles(void)
{
    return INT32_MAX;
}

/* ---- The calling thread's last system code --------------------------------------------------
 * The code is in a slot of TlsAlloc. A thread-local variable would need helper functions of GCC,
 * which can bring in a library for threads, and the DLL must import system DLLs only. */

static INIT_ONCE slot_once = INIT_ONCE_STATIC_INIT;
static volatile LONG slot = (LONG)TLS_OUT_OF_INDEXES;

/* In a DLL the C runtime calls this when the DLL is unloaded, else when the program ends. Without
 * it, a host that loads and unloads the DLL again and again would run out of slots. */
static void free_slot(void)
{
    DWORD index = (DWORD)InterlockedExchange(&slot, (LONG)TLS_OUT_OF_INDEXES);

    if (index != TLS_OUT_OF_INDEXES)
        TlsFree(index);
}

static BOOL CALLBACK make_slot(PINIT_ONCE once, PVOID parameter, PVOID *context)
{
    DWORD index = TlsAlloc();

    (void)once;
    (void)parameter;
    (void)context;
    if (index == TLS_OUT_OF_INDEXES)
        return FALSE; /* tried again at the next call */
    InterlockedExchange(&slot, (LONG)index);
    (void)atexit(
        free_slot); /* if it can't be had, a slot is lost at unloading: no reason to fail */
    return TRUE;
}

int xsock__sys_last_error(void)
{
    DWORD kept =
        GetLastError(); /* which TlsGetValue resets: asking must not cost the program its own */
    int code = (int)(INT_PTR)TlsGetValue((DWORD)slot); /* NULL where there is no slot yet */

    SetLastError(kept);
    return code;
}

void xsock__sys_set_last_error(int code)
{
    DWORD kept = GetLastError();

    if (InitOnceExecuteOnce(&slot_once, make_slot, NULL, NULL))
        TlsSetValue((DWORD)slot, (LPVOID)(INT_PTR)code);
    SetLastError(kept);
}

/* ---- Memory ---------------------------------------------------------------------------------
 * The process heap aligns to 8 or 16 bytes. The word before an aligned block holds the address that
 * the heap gave. Large pieces come from the system directly, as pages that hold zeros when they are
 * first touched. */

enum { ALIGNMENT = 64, LARGE = 1 << 18 };

_Static_assert(MEMORY_ALLOCATION_ALIGNMENT >= sizeof(void *),
               "no room for a pointer below an aligned block");
_Static_assert(ALIGNMENT % MEMORY_ALLOCATION_ALIGNMENT == 0,
               "ours must be a multiple of the heap's");

void *xsock__sys_alloc(size_t size)
{
    void *block;
    void **aligned;

    if (size >= LARGE)
        return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (size < XSOCK__SYS_SMALL)
        return HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
    block = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size + ALIGNMENT);
    if (block == NULL)
        return NULL;
    aligned = (void **)(((uintptr_t)block + ALIGNMENT) & ~((uintptr_t)ALIGNMENT - 1));
    aligned[-1] = block;
    return aligned;
}

void xsock__sys_free(void *p, size_t size)
{
    if (p == NULL)
        return;
    if (size >= LARGE)
        VirtualFree(p, 0, MEM_RELEASE);
    else
        HeapFree(GetProcessHeap(), 0, size < XSOCK__SYS_SMALL ? p : ((void **)p)[-1]);
}

/* ---- Locks ----------------------------------------------------------------------------------- */

_Static_assert(sizeof(SRWLOCK) <= sizeof(struct xsock__lock), "a lock must hold an SRWLOCK");
_Static_assert(_Alignof(SRWLOCK) <= _Alignof(struct xsock__lock),
               "a lock must be aligned as an SRWLOCK");

static SRWLOCK global_lock = SRWLOCK_INIT;

static SRWLOCK *srw(struct xsock__lock *l)
{
    return (SRWLOCK *)(void *)l;
}

void xsock__sys_lock_init(struct xsock__lock *l)
{
    InitializeSRWLock(srw(l));
}

void xsock__sys_lock_destroy(struct xsock__lock *l)
{
    (void)l; /* an SRWLOCK holds nothing */
}

void xsock__sys_lock(struct xsock__lock *l)
{
    AcquireSRWLockExclusive(srw(l));
}

void xsock__sys_unlock(struct xsock__lock *l)
{
    ReleaseSRWLockExclusive(srw(l));
}

void xsock__sys_lock_global(void)
{
    AcquireSRWLockExclusive(&global_lock);
}

void xsock__sys_unlock_global(void)
{
    ReleaseSRWLockExclusive(&global_lock);
}

int xsock__sys_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    (void)before;
    (void)parent;
    (void)child;
    return 0;
}
