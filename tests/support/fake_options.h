/* The fake system's options: kept in memory, refused to order, and what the core asked for last. */
#ifndef XSOCK_FAKE_OPTIONS_H
#define XSOCK_FAKE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "sys.h"

/* Nothing set, nothing refused, counts at zero. */
void fake_options_reset(void);

/* Every option call gives this code from now on, and does nothing; 0: no more. */
void fake_options_refuse(int code);

/* How many option calls of any sort the core has made. */
unsigned fake_options_calls(void);

/* What the last of them was given. */
struct fake_options_last {
    int option;
    int64_t value; /* of an option; an interface's index otherwise */
    struct xsock__sys_target target;
    bool join;
    struct xsock__sys_group group;
    char text[XSOCK__CONGESTION_SIZE];
};
struct fake_options_last fake_options_last(void);

/* From now on the system does not tell where multicast leaves. */
void fake_options_hide_multicast_if(void);

/* Somebody sets it without xsock. */
void fake_options_set_multicast_if(uintptr_t h, uint32_t index);

/* What xsock__sys_tcp_info is to say; the call changes these two fields. */
void fake_options_tcp(int64_t state, int64_t rtt_ns);

#endif
