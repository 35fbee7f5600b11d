/* The system's own calls, for the columns called raw, in raw_posix*.c and raw_win32*.c. A failure
 * ends the program. */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "library.h"

/* Makes two connected stream sockets that block and are close-on-exec, TCP without delay. Returns
 * false if this system has none of this kind. */
bool raw_stream_pair(enum stream_kind kind, uintptr_t out[2]);
uintptr_t raw_open_udp(void);
void raw_close(uintptr_t handle);

/* ---- Datagrams: from one UDP socket to another that it is connected to, in one thread -------- */

enum { BATCH = 32 };

struct raw_udp;
struct raw_udp *raw_udp_open(size_t size);
void raw_udp_close(struct raw_udp *u);

/* n datagrams: BATCH are sent and as many received, and again. _singly sends or receives one
 * datagram by one call, _many as many as the system takes. */
void raw_udp_singly(void *udp, long n);
void raw_udp_many(void *udp, long n);
bool raw_udp_has_many(void);

/* Prepares the sockets for raw_udp_joined(), which sends BATCH datagrams by one call, and the
 * system cuts them apart (Linux, UDP_SEGMENT). The system also joins what it receives (UDP_GRO)
 * into buffers of JOINED bytes, and the call steps through every datagram. The sockets then serve
 * only this call. Returns false if the system cannot do this. */
enum { BUFFERS = 4, JOINED = 65535 };
bool raw_udp_join(struct raw_udp *u);

/* Steps through a buffer, looks at each datagram, and returns their number. If segment is 0, the
 * buffer holds one datagram. */
static inline unsigned count_segments(const char *bytes, size_t done, size_t segment,
                                      size_t expected)
{
    size_t size = segment != 0 ? segment : done;
    unsigned count = 0;
    for (size_t at = 0; at < done; at += size, count++)
        bench_must(done - at >= expected && bytes[at] == 0, "a datagram that was joined");
    return count;
}
void raw_udp_joined(void *udp, long n);

/* ---- The system's own poller: epoll, WSAPoll, poll ------------------------------------------- */

struct raw_poller;

/* Watches `count` handles for data to receive, or for space to send. */
struct raw_poller *raw_poller_open(const uintptr_t *handles, size_t count, bool for_sending);
void raw_poller_close(struct raw_poller *p);
/* Watches one more handle for data to receive, until the handle is closed. A poller that gets the
 * whole list in each wait does nothing here. */
void raw_poller_add(struct raw_poller *p, uintptr_t handle);
/* Waits until n events were reported. If more were reported, they count for the next run. */
void raw_poller_events(void *poller, long n);

#endif
