/* <sys/time.h> of xsock-posix: select() is declared there too, as in Linux and in BSD. */
#ifndef XSOCK_POSIX_SYS_TIME_H
#define XSOCK_POSIX_SYS_TIME_H
#if defined(__GNUC__)
#pragma GCC system_header
#endif
#include_next <sys/time.h>
#include <sys/select.h>
#endif
