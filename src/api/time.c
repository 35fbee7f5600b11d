/* The public calls of time: the clock, and the deadlines of sockets. */
#include "api/library.h"
#include "call/call.h"
#include "sys.h"
#include "xsock.h"

int64_t xsock_now(void)
{
    return xsock__sys_now();
}

int xsock_set_deadline(int d, int which, int64_t at_ns)
{
    return xsock__call_set_deadline(xsock__library_table(), d, which, at_ns);
}

int xsock_get_deadline(int d, int which, int64_t *out_at_ns)
{
    return xsock__call_get_deadline(xsock__library_table(), d, which, out_at_ns);
}
