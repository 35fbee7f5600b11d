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

/* May a zone's name have it? What would end a zone, or an address in a URI, may not. */
bool xsock__addr_zone_char(char c);

#endif
