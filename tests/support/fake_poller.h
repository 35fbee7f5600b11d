/* The fake system's pollers. A test decides what is ready. */
#ifndef XSOCK_FAKE_POLLER_H
#define XSOCK_FAKE_POLLER_H

#include <stddef.h>
#include <stdint.h>

/* Removes all events and failures. */
void fake_poller_reset(void);

/* From now on the handle has these events (XSOCK_POLLER_...) in every poller. 0 removes them. */
void fake_poller_ready(uintptr_t handle, uint32_t events);

/* The next wait also reports this event, even if no member has the key. Such an event was already
 * on its way when the member was removed. */
void fake_poller_late(uint64_t key, uint32_t events);

/* Returns the key of the member that was added last. */
uint64_t fake_poller_last_key(void);

/* The next add, change or open fails with this code. */
void fake_poller_fail(int code);

/* Calls fn in the next wait before the wait looks for events, as another thread might run then. */
void fake_poller_meanwhile(void (*fn)(void *user), void *user);

size_t fake_pollers(void);        /* how many pollers are open */
size_t fake_poller_members(void); /* how many members all pollers have */

#endif
