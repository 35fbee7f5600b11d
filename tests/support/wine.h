/* What Wine does unlike Windows, in one place: a test that can't show something there asks is_wine(), and
 * prints the reason it skips for. Versions tried are named with each. */
#ifndef XSOCK_TEST_WINE_H
#define XSOCK_TEST_WINE_H

#include <stdbool.h>

/* Whether this is a Windows program that runs under Wine. */
bool is_wine(void);

/* The handles that a program has are counted as Windows counts them, but those of the loader and of
 * threads come and go with Wine's own housekeeping (8.0). */
#define WINE_HANDLE_COUNT "Wine's own handles come and go"

/* AF_UNIX has no implementation in 8.0 and 10.0 (a header for it came with 10.13): opening LOCAL gives
 * EAFNOSUPPORT. xsock_pair is emulated, and works. */
#define WINE_NO_LOCAL "this system has no LOCAL family (Wine before 10.13 has none)"

/* One open and close take some 0.16 ms, as each asks the server process: loops are shorter. */
#define WINE_IS_SLOW "each call asks Wine's server"

#endif
