/* <sys/un.h> of xsock-posix. */
#ifndef XSOCK_POSIX_SYS_UN_H
#define XSOCK_POSIX_SYS_UN_H

#pragma GCC system_header

#if defined(_WIN32)
#include <string.h>
#include <xsock_posix/types.h>

struct sockaddr_un {
    sa_family_t sun_family;
    char sun_path[108];
};
#define SUN_LEN(a) (offsetof(struct sockaddr_un, sun_path) + strlen((a)->sun_path))
#else
#include_next <sys/un.h>
#endif
#endif
