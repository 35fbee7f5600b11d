/* Waiting without the driver's device, which a sandbox may refuse: by select(). */
#ifndef XSOCK__WIN32_SELECT_H
#define XSOCK__WIN32_SELECT_H

#include "win32/native.h"

/* As xsock__sys_wait. wake may be NULL, and ms may be INFINITE. */
int xsock__select_wait(struct xsock__sys_wait *v, size_t n, HANDLE wake, DWORD ms);

#endif
