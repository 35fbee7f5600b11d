/* Addresses: what is one, and to and from the system's sockaddr. */
#ifndef XSOCK__ADDR_ADDR_H
#define XSOCK__ADDR_ADDR_H

#include "sys.h"
#include "xsock.h"

/* Is it as the table in xsock.h says? 0; -XSOCK_EAFNOSUPPORT: the family is no number;
 * -XSOCK_EINVAL. Asks nothing of the system: a family it lacks is fine here. */
int xsock__addr_check(const struct xsock_addr *a);

/* Checked and converted; -XSOCK_E... Neither touches xsock_oserror(): the system was not asked. */
int xsock__addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out);
int xsock__addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out);

bool xsock__addr_is_internet(int family); /* INET or INET6 */

/* A question about interfaces takes a handle for a moment on POSIX systems. Whether the question
 * makes sense once more after this code: no handle was left, and idle wakes have been given back.
 */
bool xsock__addr_tries_again(int code);

/* As xsock__sys_if_name, which is asked again if that makes sense. */
int xsock__addr_interface_name(uint32_t index, char out[XSOCK__IF_NAME_SIZE]);

/* May a zone's name have it? What would end a zone, or an address in a URI, may not. */
bool xsock__addr_zone_char(char c);

#endif
