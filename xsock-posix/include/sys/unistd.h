/* <sys/unistd.h> of xsock-posix. */
#include <unistd.h>
