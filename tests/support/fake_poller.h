/* The fake system's pollers: a test says what is ready. */
#ifndef XSOCK_FAKE_POLLER_H
#define XSOCK_FAKE_POLLER_H

#include <stddef.h>
#include <stdint.h>

/* Nothing is ready, late or to fail. */
void fake_poller_reset(void);

/* The handle has these events (XSOCK_POLLER bits) from now on, in every poller; 0: none. */
void fake_poller_ready(uintptr_t handle, uint32_t events);

/* The next wait reports this too, whatever its members are: what another thread's wait had in
 * hand. */
void fake_poller_late(uint64_t key, uint32_t events);

/* The key of the member that was added last. */
uint64_t fake_poller_last_key(void);

/* The next add, change or open fails with this code. */
void fake_poller_fail(int code);

/* Runs in the next wait, before it looks: as another thread would, meanwhile. */
void fake_poller_meanwhile(void (*fn)(void *user), void *user);

size_t fake_pollers(void);        /* open */
size_t fake_poller_members(void); /* in all of them */

#endif
