/* The program's own resolver of host names. */
#ifndef XSOCK__NAME_RESOLVER_H
#define XSOCK__NAME_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>

#include "xsock.h"

/* How many addresses a resolver may give. */
enum { XSOCK__RESOLVER_CAPACITY = 64 };

/* fn NULL removes the resolver. Returns how many calls of earlier resolvers have not returned. */
int xsock__resolver_set(xsock_resolver_fn *fn, void *user);

bool xsock__resolver_is_set(void);

/* Asks the resolver. Returns how many addresses it gives, all well-formed and of the family; 0 if
 * the system is to be asked; or an error of xsock_resolve. `v` has XSOCK__RESOLVER_CAPACITY
 * elements. */
int xsock__resolver_ask(const char *host, int af, struct xsock_addr *v);

#endif
