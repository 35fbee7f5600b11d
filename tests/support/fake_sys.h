/* The third backend: src/sys.h in memory. A test can let any call of the system fail, count what is
 * still open, and see what the core asked for. The backend needs nothing of the operating system.
 * It serves one thread only: if a lock would have to wait, the program aborts.
 *
 * What a real system leaves undefined (a handle closed twice, a lock unlocked twice, memory freed
 * with another size) ends the program with a message on standard error. */
#ifndef XSOCK_FAKE_SYS_H
#define XSOCK_FAKE_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

/* ---- Numbers. They differ from xsock's, so that tests find a number that is not translated. -- */

enum {
    FAKE_FAMILY_BASE = 1000, /* family n of xsock is FAKE_FAMILY_BASE + n here */
    FAKE_TYPE_BASE = 50,
    FAKE_PROTOCOL_BIT = 0x1000000 /* flipped in every protocol but 0 */
};

/* The errno numbers of the fake system, which are those of Linux. */
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
    FAKE_EUNLISTED = 4242 /* no row has this code */
};

/* ---- What the system has --------------------------------------------------------------------- */

/* Restores the first state: the system has every family, no call is set to fail, and counts are
 * zero. What is open or allocated stays so. */
void fake_reset(void);

/* The process has one thread. */
void fake_be_alone(void);

/* The system has no number for this, as Windows has none for NETLINK. */
void fake_hide_family(int af);
void fake_hide_type(int type);
void fake_hide_protocol(int af, int protocol);

enum { FAKE_ANY = INT32_MIN };

/* Opening a matching socket gives this code, as a kernel does that knows the number and lacks the
 * module. FAKE_ANY matches every number. The numbers are xsock's. */
void fake_refuse(int af, int type, int protocol, int code);

/* Sets how many handles the process may have. At first the limit is a million. */
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
    FAKE_ALLOC, /* returns NULL, whatever the code is */
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
    FAKE_INTERFACES, /* the list, a name or an index */
    FAKE_WAIT,
    FAKE_NOW, /* cannot fail, serves fake_before(), and is not part of FAKE_ANY_CALL */
    FAKE_CALLS,
    FAKE_ANY_CALL = FAKE_CALLS
};

/* The nth call of this kind from now on fails once with this code. 1 is the next call.
 * FAKE_ANY_CALL counts all kinds. */
void fake_fail(enum fake_call call, unsigned nth, int code);

/* Every call of this kind fails with this code until fake_reset(). */
void fake_fail_always(enum fake_call call, int code);

/* Whether the failure of fake_fail() has happened, and in which call. */
bool fake_failed(void);
enum fake_call fake_failed_call(void);

/* How many calls of this kind were made since fake_reset(). */
unsigned fake_calls(enum fake_call call);

/* ---- What is open or allocated --------------------------------------------------------------- */

size_t fake_handles(void);
size_t fake_allocations(void);
size_t fake_bytes(void);
int fake_startups(void);    /* startups minus cleanups */
unsigned fake_closes(void); /* handles that were closed so far */
int fake_locks_held(void);  /* includes the global lock */

struct fake_look {
    bool open, is_socket, cloexec, nonblock;
    struct xsock__sys_triple triple;
    unsigned handles; /* how many handles the open socket has */
};
struct fake_look fake_look(uintptr_t handle);

/* Make handles as a program does without xsock. fake_close_foreign() closes any handle. */
uintptr_t fake_make_socket(int family, int type, int protocol, bool cloexec, bool nonblock);
uintptr_t fake_make_file(void);
void fake_close_foreign(uintptr_t handle);

/* Do what fork() does in the child or the parent: run the functions that the core gave to
 * xsock__sys_at_fork(). */
void fake_fork_child(void);
void fake_fork_parent(void);

/* ---- Fixture --------------------------------------------------------------------------------- */

/* Fixtures of CMocka. fake_setup() resets the system. fake_teardown() fails the test if handles,
 * startups or locks are left. Tables keep memory: a test compares fake_allocations() itself. */
int fake_setup(void **state);
int fake_teardown(void **state);
bool fake_is_clean(void);
#define FAKE_TEST(f) cmocka_unit_test_setup_teardown(f, fake_setup, fake_teardown)

#endif
