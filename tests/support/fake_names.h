/* The fake system's resolver: it knows only the names that a test gives it. */
#ifndef XSOCK_FAKE_NAMES_H
#define XSOCK_FAKE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "sys.h"

/* Removes all names and failures. */
void fake_names_reset(void);

/* Adds an address to a host. An address that is added twice is found twice. The string must stay
 * valid. */
void fake_names_add_host(const char *host, const struct xsock_addr *a);

/* Gives a service this port, for this type (XSOCK_SOCK_...). */
void fake_names_add_service(const char *service, int type, unsigned port);

/* Sets the canonical name of every host. If the name is "", as at first, the system reports none.
 * The string must stay valid. */
void fake_names_canonical(const char *name);

/* Every look-up fails with this error (XSOCK_EAI_...) and this code until fake_names_reset(). */
void fake_names_fail(int error, int code);

/* Calls fn at each look-up of a host until fake_names_reset(). */
void fake_names_watch(void (*fn)(const char *host, void *user), void *user);

/* The number of look-ups so far, and the arguments of the last one. A NULL host or service is ""
 * here. */
struct fake_names_asked {
    unsigned count;
    char host[256], service[64];
    int family, type;
    bool addrconfig;
};
struct fake_names_asked fake_names_asked(void);

/* Chooses when threads run. If on, fake_threads_run_one() runs them, one after the other, in the
 * order in which they were started. If off, a thread runs in the call that starts it. */
void fake_threads_wait(bool on);
bool fake_threads_run_one(void);  /* returns false if no thread waits to run */
size_t fake_threads(void);        /* the number of threads that were started and have not run */
void fake_threads_fail(int code); /* starting a thread fails with this code; 0 ends this */

#endif
