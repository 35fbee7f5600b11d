/* The fake system's resolver: it knows the names a test gives it, and no others. */
#ifndef XSOCK_FAKE_NAMES_H
#define XSOCK_FAKE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "sys.h"

/* No names; nothing fails. */
void fake_names_reset(void);

/* This host has this address, too. Given more than once it is found more than once. The string
 * stays the test's. */
void fake_names_add_host(const char *host, const struct xsock_addr *a);

/* This service has this port, for a type of xsock's. */
void fake_names_add_service(const char *service, int type, unsigned port);

/* The canonical name of every host. "", as at first: the system tells none. The string stays the
 * test's. */
void fake_names_canonical(const char *name);

/* Every look-up fails with this error (XSOCK_EAI_...) and this code, until it is reset. */
void fake_names_fail(int error, int code);

/* Calls fn at each look-up of a host, until it is reset. */
void fake_names_watch(void (*fn)(const char *host, void *user), void *user);

/* Look-ups so far, and the last one as it came: a host or service of "" was NULL. */
struct fake_names_asked {
    unsigned count;
    char host[256], service[64];
    int family, type;
    bool addrconfig;
};
struct fake_names_asked fake_names_asked(void);

/* How threads run: at once, in the call that starts them; or when the test says so, one after the
 * other, in the order in which they were started. */
void fake_threads_wait(bool on);
bool fake_threads_run_one(void);  /* false: there was none */
size_t fake_threads(void);        /* how many were started and have not run */
void fake_threads_fail(int code); /* none can be started; 0: they can */

#endif
