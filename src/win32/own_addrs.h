/* Which addresses are this machine, and which are none. */
#ifndef XSOCK__WIN32_OWN_ADDRS_H
#define XSOCK__WIN32_OWN_ADDRS_H

#include "win32/native.h"

/* AF_INET ...; AF_UNSPEC where there is no address. */
int xsock__own_addrs_family(const struct xsock__sys_addr *a);

/* An INET address, or one that is mapped to INET6: what goes there is an IPv4 packet. */
bool xsock__own_addrs_is_ipv4(const struct xsock__sys_addr *a);

/* The unspecified address of INET or INET6, port 0. */
void xsock__own_addrs_unspecified(int family, struct xsock__sys_addr *out);

/* Whether an address of INET or INET6 is a multicast group. If so, *out_any is its port at the
 * unspecified address. */
bool xsock__own_addrs_of_group(const struct xsock__sys_addr *a, struct xsock__sys_addr *out_any);

/* Does an address of INET or INET6 lead to this machine, as far as can be told at once? */
bool xsock__own_addrs_has(SOCKET s, const struct xsock__sys_addr *a);

#endif
