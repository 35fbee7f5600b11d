/* The fake system's options. They are kept in memory. A test can let their calls fail, and see what
 * the core asked for last. */
#ifndef XSOCK_FAKE_OPTIONS_H
#define XSOCK_FAKE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "sys.h"

/* Clears all options, failures and counts. */
void fake_options_reset(void);

/* From now on every option call gives this code and does nothing. 0 ends this. */
void fake_options_refuse(int code);

/* How many option calls of any kind the core has made. */
unsigned fake_options_calls(void);

/* The arguments of the last option call. */
struct fake_options_last {
    int option;
    int64_t value; /* the option's value, or the index of an interface */
    struct xsock__sys_target target;
    bool join;
    struct xsock__sys_group group;
    char text[XSOCK__CONGESTION_SIZE];
};
struct fake_options_last fake_options_last(void);

/* From now on the system does not report the interface by which multicast leaves. */
void fake_options_hide_multicast_if(void);

/* Sets that interface as another program would do, without xsock. */
void fake_options_set_multicast_if(uintptr_t h, uint32_t index);

/* Sets the two fields that xsock__sys_tcp_info() fills in. */
void fake_options_tcp(int64_t state, int64_t rtt_ns);

#endif
