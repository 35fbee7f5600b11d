/* <sys/fcntl.h> of xsock-posix. */
#include <fcntl.h>
