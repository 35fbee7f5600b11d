/* What Wine does unlike Windows, in one place: a test that can't show something there asks
 * is_wine(), and prints the reason it skips for. Each names the versions that it was seen in. */
#ifndef XSOCK_TEST_WINE_H
#define XSOCK_TEST_WINE_H

#include <stdbool.h>

/* Whether this is a program for Windows that runs under Wine. */
bool is_wine(void);

/* One open and close take some 0.16 ms, as each asks the server process (8.0): loops are a
 * twentieth as long. */

/* AF_UNIX has no implementation in 8.0 and 10.0 (a header for it came with 10.13): opening LOCAL
 * gives EAFNOSUPPORT. Tests ask for that error, not for Wine, as Windows before 10 (1803) is no
 * different. */

/* A socket that was inherited is one to getsockname() and recv(), but getsockopt() says WSAENOTSOCK
 * of it (8.0): whether a handle is an open socket is asked with the former. */

/* That the peer has ended sending shows only once all that it had sent is received (8.0): RDHUP
 * comes late. */

/* A UDP peer that refuses is not reported. A UDP socket that is disconnected loses a port that the
 * system has chosen, as on the Linux below (8.0). */

/* WSASendMsg takes an ECN mark and does not send it (8.0). */

#endif
