/* poll_oneoff for tests. The subscriptions are in the guest's memory from GUEST_SUBS on, and the
 * events that the call returns from GUEST_EVENTS on. */
#ifndef XSOCK_TEST_GUEST_POLL_H
#define XSOCK_TEST_GUEST_POLL_H

#include "guest.h"

enum { GUEST_CLOCK = 0, GUEST_READ = 1, GUEST_WRITE = 2 };
enum { GUEST_REALTIME = 0, GUEST_MONOTONIC = 1, GUEST_ABSTIME = 1 };
enum { GUEST_SUBS = 16384, GUEST_EVENTS = 20480, GUEST_COUNT = 4200 };

/* Removes the subscriptions that an earlier test has left. */
void guest_want_nothing(void);

/* Add a subscription. */
void guest_want(struct guest *g, int tag, int d);
void guest_want_time(struct guest *g, uint32_t id, uint64_t timeout, uint16_t flags);

/* Polls for all subscriptions, and then removes them. */
uint32_t guest_poll(struct guest *g);

/* Assert that n events were returned, and that event i is of the subscription at this place and has
 * no flag. */
void guest_assert_events(const struct guest *g, uint32_t n);
void guest_assert_event(const struct guest *g, uint32_t i, uint64_t place, int error, int type,
                        uint64_t bytes);

#endif
