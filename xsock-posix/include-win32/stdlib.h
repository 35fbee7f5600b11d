/* <stdlib.h> of xsock-posix: Windows declares perror() there too. */
#ifndef XSOCK_POSIX_STDLIB_H
#define XSOCK_POSIX_STDLIB_H

#pragma GCC system_header

#define perror xsock_posix_hidden_perror
#include_next <stdlib.h>
#undef perror
#endif
