/* The system's own calls, for the columns called raw: raw_posix*.c and raw_win32*.c. What fails
 * ends the program. */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "library.h"

/* Two connected stream sockets that block, close-on-exec, TCP without delay. False: this system has
 * none. */
bool raw_stream_pair(enum stream_kind kind, uintptr_t out[2]);
uintptr_t raw_open_udp(void);
void raw_close(uintptr_t handle);

/* ---- Datagrams: from one UDP socket to another that it is connected to, in one thread -------- */

enum { BATCH = 32 };

struct raw_udp;
struct raw_udp *raw_udp_open(size_t size);
void raw_udp_close(struct raw_udp *u);

/* n datagrams, BATCH sent and as many received, and again: one a call; as many a call as the system
 * takes. */
void raw_udp_singly(void *udp, long n);
void raw_udp_many(void *udp, long n);
bool raw_udp_has_many(void);

/* The same, BATCH sent by one call and cut apart by the system (Linux UDP_SEGMENT), and received
 * joined (UDP_GRO) into buffers of JOINED bytes, through which it steps. A socket for this receives
 * by this call only. False: this system has no such thing. */
enum { BUFFERS = 4, JOINED = 65535 };
bool raw_udp_join(struct raw_udp *u);

/* Steps through what was received, and looks at each datagram; segment 0: it is one. */
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

/* Watches `count` handles for what comes in, or for room to send. */
struct raw_poller *raw_poller_open(const uintptr_t *handles, size_t count, bool for_sending);
void raw_poller_close(struct raw_poller *p);
/* Waits until there were n events, or some more: those count for the next time. */
void raw_poller_events(void *poller, long n);

#endif
