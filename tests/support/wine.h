/* What Wine does unlike Windows. A test that cannot show something under Wine asks is_wine(), and
 * prints the reason why it skips. Each entry names the versions that were seen to differ. */
#ifndef XSOCK_TEST_WINE_H
#define XSOCK_TEST_WINE_H

#include <stdbool.h>

/* Whether this is a program for Windows that runs under Wine. */
bool is_wine(void);

/* An open and a close take some 0.16 ms, because each asks the server process (8.0). Loops are a
 * twentieth as long under Wine. */

/* AF_UNIX has no implementation in 8.0 and 10.0 (a header for it came with 10.13): opening LOCAL
 * gives EAFNOSUPPORT. Tests ask for this error and not for Wine, because Windows before 10 (1803)
 * gives the same error. */

/* getsockname() and recv() work on a socket that was inherited, but getsockopt() gives WSAENOTSOCK
 * (8.0). Tests call getsockname() to find out whether a handle is an open socket. */

/* RDHUP is late. The end of the peer's sending is reported only after all data was received
 * (8.0). */

/* A UDP peer that refuses is not reported. A UDP socket that is disconnected loses the port that
 * the system had chosen, as on the Linux under Wine (8.0). */

/* WSASendMsg takes an ECN mark and does not send it (8.0). */

#endif
