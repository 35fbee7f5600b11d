/* Between a socket and the standard streams, both ways: what listen and connect share. */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "tool.h"
#include "xsock.h"

/* What is typed or piped in, as a descriptor that can be waited for: on Windows the standard input
 * can't be. A thread copies it into a pair. Starts at the first call; negative: an error. */
int relay_input(void);

/* Relays. A stream: until both sides have ended; timeout_ns (-1: none) is how long it may stay
 * silent, else it is a complaint. If the input is typed on a terminal, the peer's end is enough.
 * Input that the peer doesn't take is a complaint, after all is printed that the peer has sent.
 * Datagrams have no end: until nothing has come for timeout_ns, or, without, a second after the end
 * of the input. `to`, if not NULL, is for datagrams of an unconnected socket: they go to whoever
 * sent last, who is stored there. Returns DONE or FAILED, having said why (but of standard output:
 * that is told by out_finish). Leaves the socket open. */
int relay(int d, bool stream, int64_t timeout_ns, struct xsock_addr *to);

/* Is it a port, which stands alone for this machine? */
bool relay_is_port(const char *text);

/* Reads an address from a command line: as xsock_addr_parse; --local: a path; else also a port
 * alone, on any address of this machine. Returns MISUSED or FAILED, having said why, or DONE. */
int relay_address(const struct args *args, struct xsock_addr *out);

/* "verb ADDRESS" to standard error, if --verbose is given; NULL prints nothing of an address. */
void relay_tell(const struct args *args, const char *verb, const struct xsock_addr *a);

/* The values of what people tune, to standard error, if --verbose is given. */
void relay_tell_options(const struct args *args, int d);

/* A socket for an address: stream, or datagrams with --udp. The descriptor or an error. */
int relay_open(const struct args *args, const struct xsock_addr *a);

#endif
