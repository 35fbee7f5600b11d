/* <sys/types.h> of xsock-posix: what programs for BSD and Linux expect there. */
#pragma GCC system_header
#include_next <sys/types.h>
#include <xsock_posix/types.h>
