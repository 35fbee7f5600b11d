/* Of TCP, what is more than a number: congestion control, and what is known of a connection. */
#include "win32/native.h"

#include <mstcpip.h>

/* The system has some, and lets no program choose. */
int xsock__sys_set_congestion(uintptr_t h, const char *name)
{
    (void)h;
    (void)name;
    return XSOCK__SYS_NO_OPTION;
}

int xsock__sys_get_congestion(uintptr_t h, char out[XSOCK__CONGESTION_SIZE])
{
    (void)h;
    (void)out;
    return XSOCK__SYS_NO_OPTION;
}

#ifndef SIO_TCP_INFO
#define SIO_TCP_INFO _WSAIORW(IOC_VENDOR, 39)
#endif

/* TCP_INFO_v0, of Windows 10 1703, which headers have only for programs that need that version.
 * https://learn.microsoft.com/windows/win32/api/mstcpip/ns-mstcpip-tcp_info_v0 */
struct info_v0 {
    int32_t state; /* numbered as XSOCK_TCP_... */
    ULONG mss;
    uint64_t connection_ms;
    BOOLEAN timestamps;
    ULONG rtt_us, rtt_min_us, bytes_in_flight, cwnd, send_window, receive_window, receive_buffer;
    uint64_t bytes_out, bytes_in;
    ULONG bytes_reordered, bytes_repeated, fast_repeats, duplicate_acks, timeout_episodes;
    UCHAR syn_repeats;
};

static int64_t ns_or_unknown(ULONG us)
{
    return us != 0 && us != MAXDWORD ? (int64_t)us * 1000 : -1;
}

int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out)
{
    struct info_v0 i;
    DWORD version = 0, size = 0;

    if (WSAIoctl(h, SIO_TCP_INFO, &version, sizeof version, &i, sizeof i, &size, NULL, NULL) != 0)
        return xsock__win32_error();
    if (size < sizeof i)
        return XSOCK__SYS_NO_OPTION;
    out->state = i.state;
    if (i.state == XSOCK_TCP_CLOSED || i.state == XSOCK_TCP_LISTEN)
        return 0;
    out->rtt_ns = ns_or_unknown(i.rtt_us);
    out->rtt_min_ns = ns_or_unknown(i.rtt_min_us);
    out->send_mss = i.mss;
    out->send_cwnd = i.cwnd;
    out->send_window = i.send_window;
    out->receive_window = i.receive_window;
    out->in_flight = i.bytes_in_flight;
    out->bytes_sent = (int64_t)i.bytes_out;
    out->bytes_received = (int64_t)i.bytes_in;
    out->bytes_repeated = i.bytes_repeated;
    return 0;
}
