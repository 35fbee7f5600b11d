/* The third backend: src/sys.h in memory, so that a test can make any call of the system fail,
 * count what is left, and see what the core asked for. It runs wherever C does. For one thread
 * only: a lock that would have to wait is a mistake, and aborts.
 *
 * Whatever a real system would leave undefined (a handle closed twice, a lock unlocked twice,
 * memory freed with another size) ends the program with a sentence on standard error. */
#ifndef XSOCK_FAKE_SYS_H
#define XSOCK_FAKE_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

/* ---- Numbers: none is equal to xsock's own, so that a number not translated is found out ----- */

enum {
    FAKE_FAMILY_BASE = 1000, /* family n of xsock is FAKE_FAMILY_BASE + n here */
    FAKE_TYPE_BASE = 50,
    FAKE_PROTOCOL_BIT = 0x1000000 /* flipped in every protocol but 0 */
};

/* Its errno numbers, which are Linux's. */
enum {
    FAKE_EPERM = 1,
    FAKE_ENOENT = 2,
    FAKE_EINTR = 4,
    FAKE_EIO = 5,
    FAKE_EBADF = 9,
    FAKE_EAGAIN = 11,
    FAKE_ENOMEM = 12,
    FAKE_EACCES = 13,
    FAKE_EFAULT = 14,
    FAKE_EBUSY = 16,
    FAKE_EINVAL = 22,
    FAKE_ENFILE = 23,
    FAKE_EMFILE = 24,
    FAKE_EPIPE = 32,
    FAKE_ENOTSOCK = 88,
    FAKE_EDESTADDRREQ = 89,
    FAKE_EMSGSIZE = 90,
    FAKE_EPROTOTYPE = 91,
    FAKE_EPROTONOSUPPORT = 93,
    FAKE_ESOCKTNOSUPPORT = 94,
    FAKE_EOPNOTSUPP = 95,
    FAKE_EAFNOSUPPORT = 97,
    FAKE_EADDRINUSE = 98,
    FAKE_ENETDOWN = 100,
    FAKE_ECONNABORTED = 103,
    FAKE_ECONNRESET = 104,
    FAKE_ENOBUFS = 105,
    FAKE_EISCONN = 106,
    FAKE_ENOTCONN = 107,
    FAKE_ETIMEDOUT = 110,
    FAKE_ECONNREFUSED = 111,
    FAKE_EHOSTUNREACH = 113,
    FAKE_EALREADY = 114,
    FAKE_EINPROGRESS = 115,
    FAKE_EUNLISTED = 4242 /* which no row names */
};

/* ---- The system as it is to be --------------------------------------------------------------- */

/* Everything as at the start: every family there, nothing set to fail, counts at zero. What is open
 * and allocated stays. */
void fake_reset(void);

/* This system has no number for it, as Windows has none for NETLINK. */
void fake_hide_family(int af);
void fake_hide_type(int type);
void fake_hide_protocol(int af, int protocol);

enum { FAKE_ANY = INT32_MIN };

/* Opening what matches gives this code, as a kernel does that knows the number and lacks the
 * module. FAKE_ANY matches anything; numbers are xsock's. */
void fake_refuse(int af, int type, int protocol, int code);

/* How many handles the process may have; without a call, a million. */
void fake_max_handles(int n);

/* ---- Failures -------------------------------------------------------------------------------- */

enum fake_call {
    FAKE_STARTUP,
    FAKE_OPEN,
    FAKE_PAIR,
    FAKE_DUP,
    FAKE_SET_CLOEXEC,
    FAKE_SET_NONBLOCK,
    FAKE_DESCRIBE,
    FAKE_AT_FORK,
    FAKE_ALLOC, /* gives NULL, whatever the code */
    FAKE_BIND,
    FAKE_LISTEN,
    FAKE_ACCEPT,
    FAKE_CONNECT,
    FAKE_FIND_LISTENER,
    FAKE_TAKE_ERROR,
    FAKE_SHUTDOWN,
    FAKE_LOCAL_ADDR,
    FAKE_PEER_ADDR,
    FAKE_PEER_CRED,
    FAKE_SEND,
    FAKE_RECV,
    FAKE_AVAILABLE,
    FAKE_AT_MARK,
    FAKE_WAKE_OPEN,
    FAKE_LOCK_FILE,
    FAKE_REMOVE_FILE,
    FAKE_WAIT,
    FAKE_NOW, /* can't fail, and is counted apart from FAKE_ANY_CALL: for fake_before() */
    FAKE_CALLS,
    FAKE_ANY_CALL = FAKE_CALLS
};

/* The nth call (1 is the next) of this kind fails with this code; once. FAKE_ANY_CALL counts all
 * kinds. */
void fake_fail(enum fake_call call, unsigned nth, int code);

/* Every call of this kind fails with this code, until fake_reset(). */
void fake_fail_always(enum fake_call call, int code);

/* Whether that failure was given since, and by which call. */
bool fake_failed(void);
enum fake_call fake_failed_call(void);

/* How often a call was made since fake_reset(). */
unsigned fake_calls(enum fake_call call);

/* ---- What there is --------------------------------------------------------------------------- */

size_t fake_handles(void);
size_t fake_allocations(void);
size_t fake_bytes(void);
int fake_startups(void);    /* startups less cleanups */
unsigned fake_closes(void); /* handles ever closed */
int fake_locks_held(void);  /* the global one included */

struct fake_look {
    bool open, is_socket, cloexec, nonblock;
    struct xsock__sys_triple triple;
    unsigned handles; /* of the same open socket */
};
struct fake_look fake_look(uintptr_t handle);

/* Handles that a program made without xsock; fake_close_foreign() closes any. */
uintptr_t fake_make_socket(int family, int type, int protocol, bool cloexec, bool nonblock);
uintptr_t fake_make_file(void);
void fake_close_foreign(uintptr_t handle);

/* A fork() as its child sees it, or its parent: runs what the core gave to xsock__sys_at_fork(). */
void fake_fork_child(void);
void fake_fork_parent(void);

/* ---- Fixture --------------------------------------------------------------------------------- */

/* CMocka's: resets, and afterwards finds out whether handles, starts or locks are left over. Memory
 * that a table keeps is for the test to judge, with fake_allocations(). */
int fake_setup(void **state);
int fake_teardown(void **state);
bool fake_is_clean(void);
#define FAKE_TEST(f) cmocka_unit_test_setup_teardown(f, fake_setup, fake_teardown)

#endif
