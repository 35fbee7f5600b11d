/* The public calls of options, on the process's table. */
#include "api/library.h"
#include "call/options.h"
#include "xsock.h"
#include "xsock_native.h"

int xsock_set_opt_flag(int d, int opt, bool on)
{
    return xsock__call_set_opt(xsock__library_table(), d, opt, XSOCK_OPT_FLAG, on);
}

int xsock_set_opt_time(int d, int opt, int64_t ns)
{
    return xsock__call_set_opt(xsock__library_table(), d, opt, XSOCK_OPT_TIME, ns);
}

int xsock_set_opt_size(int d, int opt, uint64_t n)
{
    /* No option has a size that large. -1 is refused because it is out of range. */
    return xsock__call_set_opt(xsock__library_table(), d, opt, XSOCK_OPT_SIZE,
                               n <= INT64_MAX ? (int64_t)n : -1);
}

int xsock_get_opt_flag(int d, int opt, bool *out)
{
    return xsock__call_get_opt_flag(xsock__library_table(), d, opt, out);
}

int xsock_get_opt_time(int d, int opt, int64_t *out)
{
    return xsock__call_get_opt_time(xsock__library_table(), d, opt, out);
}

int xsock_get_opt_size(int d, int opt, uint64_t *out)
{
    return xsock__call_get_opt_size(xsock__library_table(), d, opt, out);
}

int xsock_set_congestion(int d, const char *name)
{
    return xsock__call_set_congestion(xsock__library_table(), d, name);
}

int xsock_get_congestion(int d, char *buf, size_t len)
{
    return xsock__call_get_congestion(xsock__library_table(), d, buf, len);
}

int xsock_set_device(int d, uint32_t interface_index)
{
    return xsock__call_set_device(xsock__library_table(), d, interface_index);
}

int xsock_get_device(int d, uint32_t *out_index)
{
    return xsock__call_get_device(xsock__library_table(), d, out_index);
}

int xsock_get_tcp_info(int d, struct xsock_tcp_info *out)
{
    return xsock__call_tcp_info(xsock__library_table(), d, out);
}

int xsock_join_group(int d, const struct xsock_addr *group, const struct xsock_addr *source,
                     uint32_t interface_index)
{
    return xsock__call_change_group(xsock__library_table(), d, true, group, source,
                                    interface_index);
}

int xsock_leave_group(int d, const struct xsock_addr *group, const struct xsock_addr *source,
                      uint32_t interface_index)
{
    return xsock__call_change_group(xsock__library_table(), d, false, group, source,
                                    interface_index);
}

int xsock_set_multicast_if(int d, uint32_t interface_index)
{
    return xsock__call_set_multicast_if(xsock__library_table(), d, interface_index);
}

int xsock_get_multicast_if(int d, uint32_t *out_index)
{
    return xsock__call_get_multicast_if(xsock__library_table(), d, out_index);
}

int xsock_set_opt_raw(int d, int level, int name, const void *value, size_t size)
{
    return xsock__call_set_opt_raw(xsock__library_table(), d, level, name, value, size);
}

int xsock_get_opt_raw(int d, int level, int name, void *out, size_t *inout_size)
{
    return xsock__call_get_opt_raw(xsock__library_table(), d, level, name, out, inout_size);
}
