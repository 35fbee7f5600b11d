/* The options of TCP that are more than a number: congestion control, and what the system knows of
 * a connection. */
#include "posix/native.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>

/* ---- Congestion control ---------------------------------------------------------------------- */

int xsock__sys_set_congestion(uintptr_t h, const char *name)
{
#ifdef TCP_CONGESTION
    if (setsockopt((int)h, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)strlen(name)) == 0)
        return 0;
    return errno == ESRCH ? ENOENT : errno; /* FreeBSD: "no such process" */
#else
    (void)h;
    (void)name;
    return XSOCK__SYS_NO_OPTION;
#endif
}

int xsock__sys_get_congestion(uintptr_t h, char out[XSOCK__CONGESTION_SIZE])
{
#ifdef TCP_CONGESTION
    char name[XSOCK__CONGESTION_SIZE] = {0};
    socklen_t size = sizeof name - 1;
    if (getsockopt((int)h, IPPROTO_TCP, TCP_CONGESTION, name, &size) != 0)
        return errno;
    memcpy(out, name, sizeof name);
    return 0;
#else
    (void)h;
    (void)out;
    return XSOCK__SYS_NO_OPTION;
#endif
}

/* ---- What is known --------------------------------------------------------------------------- */

#if defined(__linux__)

/* The kernel's struct tcp_info, which is longer than that of old C libraries. A kernel writes as
 * much as it has. What is not written does not count. */
struct linux_info {
    uint8_t state, ca_state, retransmits, probes, backoff, options, scales, limits;
    uint32_t rto_us, ato_us, send_mss, receive_mss;
    uint32_t unacked, sacked, lost, retrans, fackets; /* segments */
    uint32_t last_data_sent, last_ack_sent, last_data_received, last_ack_received;
    uint32_t path_mtu, receive_ssthresh, rtt_us, rtt_variance_us;
    uint32_t send_ssthresh, send_cwnd; /* segments */
    uint32_t advertised_mss, reordering, receive_rtt, receive_space, total_retrans;
    uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received; /* 3.15, 4.1 */
    uint32_t segments_out, segments_in, unsent_bytes, rtt_min_us;       /* 4.2, 4.6 */
    uint32_t data_segments_in, data_segments_out;
    uint64_t delivery_rate, busy_time, window_limited, buffer_limited;
    uint32_t delivered, delivered_ce;
    uint64_t bytes_sent, bytes_repeated;                     /* 4.19 */
    uint32_t dsacks, reorderings, out_of_order, send_window; /* 5.4 */
    uint32_t receive_window;                                 /* 6.2 */
};

static int state_from_linux(int state)
{
    static const signed char states[] = {-1,
                                         XSOCK_TCP_ESTABLISHED,
                                         XSOCK_TCP_SYN_SENT,
                                         XSOCK_TCP_SYN_RECEIVED,
                                         XSOCK_TCP_FIN_WAIT_1,
                                         XSOCK_TCP_FIN_WAIT_2,
                                         XSOCK_TCP_TIME_WAIT,
                                         XSOCK_TCP_CLOSED,
                                         XSOCK_TCP_CLOSE_WAIT,
                                         XSOCK_TCP_LAST_ACK,
                                         XSOCK_TCP_LISTEN,
                                         XSOCK_TCP_CLOSING,
                                         XSOCK_TCP_SYN_RECEIVED};
    return state < (int)sizeof states ? states[state] : -1;
}

/* Before the first measurement the value is 0, or all ones for the minimum. */
static int64_t ns_or_unknown(uint32_t us)
{
    return us != 0 && us != UINT32_MAX ? (int64_t)us * 1000 : -1;
}

static void fill_new(const struct linux_info *i, size_t size, struct xsock_tcp_info *out)
{
#define HAS(field) (size >= offsetof(struct linux_info, field) + sizeof i->field)
    if (HAS(bytes_received))
        out->bytes_received = (int64_t)i->bytes_received;
    if (HAS(rtt_min_us))
        out->rtt_min_ns = ns_or_unknown(i->rtt_min_us);
    if (HAS(bytes_repeated)) {
        out->bytes_sent = (int64_t)i->bytes_sent;
        out->bytes_repeated = (int64_t)i->bytes_repeated;
    }
    if (HAS(send_window))
        out->send_window = i->send_window;
    if (HAS(receive_window))
        out->receive_window = i->receive_window;
#undef HAS
}

int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out)
{
    struct linux_info i;
    socklen_t size = sizeof i;
    memset(&i, 0, sizeof i);
    if (getsockopt((int)h, IPPROTO_TCP, TCP_INFO, &i, &size) != 0)
        return errno;
    out->state = state_from_linux(i.state);
    if (out->state == XSOCK_TCP_LISTEN || out->state == XSOCK_TCP_CLOSED)
        /* a listener has its queue in these fields, and a closed socket has first guesses */
        return 0;
    out->rtt_ns = ns_or_unknown(i.rtt_us);
    out->rtt_variance_ns = i.rtt_us != 0 ? (int64_t)i.rtt_variance_us * 1000 : -1;
    out->rto_ns = ns_or_unknown(i.rto_us);
    out->send_mss = i.send_mss;
    out->receive_mss = i.receive_mss;
    out->send_cwnd = (int64_t)i.send_cwnd * i.send_mss;
    if (i.send_ssthresh < INT32_MAX) /* which means none */
        out->send_ssthresh = (int64_t)i.send_ssthresh * i.send_mss;
    out->in_flight = (int64_t)i.unacked * i.send_mss;
    out->segments_repeated = i.total_retrans;
    out->timeouts = i.retransmits;
    fill_new(&i, size, out);
    return 0;
}

#elif defined(TCP_INFO) || defined(TCP_CONNECTION_INFO)

/* netinet/tcp_fsm.h, on FreeBSD and macOS alike */
static int state_from_bsd(int state)
{
    static const signed char states[] = {
        XSOCK_TCP_CLOSED,      XSOCK_TCP_LISTEN,     XSOCK_TCP_SYN_SENT,   XSOCK_TCP_SYN_RECEIVED,
        XSOCK_TCP_ESTABLISHED, XSOCK_TCP_CLOSE_WAIT, XSOCK_TCP_FIN_WAIT_1, XSOCK_TCP_CLOSING,
        XSOCK_TCP_LAST_ACK,    XSOCK_TCP_FIN_WAIT_2, XSOCK_TCP_TIME_WAIT};
    return state < (int)sizeof states ? states[state] : -1;
}

static int64_t ns_or_unknown(uint32_t n, int64_t unit)
{
    return n != 0 ? (int64_t)n * unit : -1;
}

#ifdef TCP_CONNECTION_INFO /* macOS; times in milliseconds */

int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out)
{
    enum { MS = 1000000 };
    struct tcp_connection_info i;
    socklen_t size = sizeof i;
    memset(&i, 0, sizeof i);
    if (getsockopt((int)h, IPPROTO_TCP, TCP_CONNECTION_INFO, &i, &size) != 0)
        return errno;
    out->state = state_from_bsd(i.tcpi_state);
    if (out->state == XSOCK_TCP_LISTEN || out->state == XSOCK_TCP_CLOSED)
        return 0;
    out->rtt_ns = ns_or_unknown(i.tcpi_srtt, MS);
    out->rtt_variance_ns = i.tcpi_srtt != 0 ? (int64_t)i.tcpi_rttvar * MS : -1;
    out->rto_ns = ns_or_unknown(i.tcpi_rto, MS);
    out->send_mss = i.tcpi_maxseg;
    out->send_cwnd = i.tcpi_snd_cwnd;
    out->send_ssthresh = i.tcpi_snd_ssthresh;
    out->send_window = i.tcpi_snd_wnd;
    out->receive_window = i.tcpi_rcv_wnd;
    out->bytes_sent = (int64_t)i.tcpi_txbytes;
    out->bytes_received = (int64_t)i.tcpi_rxbytes;
    out->bytes_repeated = (int64_t)i.tcpi_txretransmitbytes;
    out->segments_repeated = (int64_t)i.tcpi_txretransmitpackets;
    return 0;
}

#else /* FreeBSD; times in microseconds, windows in bytes */

int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out)
{
    enum { US = 1000 };
    struct tcp_info i;
    socklen_t size = sizeof i;
    memset(&i, 0, sizeof i);
    if (getsockopt((int)h, IPPROTO_TCP, TCP_INFO, &i, &size) != 0)
        return errno;
    out->state = state_from_bsd(i.tcpi_state);
    if (out->state == XSOCK_TCP_LISTEN || out->state == XSOCK_TCP_CLOSED)
        return 0;
    out->rtt_ns = ns_or_unknown(i.tcpi_rtt, US);
    out->rtt_variance_ns = i.tcpi_rtt != 0 ? (int64_t)i.tcpi_rttvar * US : -1;
    out->rto_ns = ns_or_unknown(i.tcpi_rto, US);
    out->send_mss = i.tcpi_snd_mss;
    out->receive_mss = i.tcpi_rcv_mss;
    out->send_cwnd = i.tcpi_snd_cwnd;
    out->send_ssthresh = i.tcpi_snd_ssthresh;
    out->send_window = i.tcpi_snd_wnd;
    out->receive_window = i.tcpi_rcv_space;
    out->segments_repeated = i.tcpi_snd_rexmitpack;
    return 0;
}

#endif

#else

int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out)
{
    (void)h;
    (void)out;
    return XSOCK__SYS_NO_OPTION;
}

#endif
