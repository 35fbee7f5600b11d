/* <sys/types.h> of xsock-posix: what programs for BSD and Linux expect there. */
#if defined(__GNUC__)
#pragma GCC system_header
#endif
#include_next <sys/types.h>
#include <xsock_posix/types.h>
