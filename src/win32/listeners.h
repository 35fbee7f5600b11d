/* Which ports of this machine have a TCP listener, of any process. */
#ifndef XSOCK__WIN32_LISTENERS_H
#define XSOCK__WIN32_LISTENERS_H

#include "win32/native.h"

/* Whether somebody may listen at this address of INET or INET6. True also if the system does not
 * tell. */
bool xsock__listeners_may_have(const struct xsock__sys_addr *a);

#endif
