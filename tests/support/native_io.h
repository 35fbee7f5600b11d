/* The system's own calls on a handle that xsock_native() gave: this issue has no xsock_send yet,
 * and a test that asks the system is an independent witness anyway. Every function fails the test
 * where the system does; handles are non-blocking, so those that wait do so with a watchdog of ten
 * seconds. */
#ifndef XSOCK_TEST_NATIVE_IO_H
#define XSOCK_TEST_NATIVE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The handle of a descriptor. */
uintptr_t native_of(int d);

void native_send(uintptr_t h, const void *data, size_t size);

/* Waits, and receives once. Returns how much it got; 0 is the end. */
size_t native_receive(uintptr_t h, void *data, size_t size);

/* Whether a receive right now says "would block", without waiting. */
bool native_receive_would_block(uintptr_t h);

/* Whether it is an open socket. */
bool native_is_open(uintptr_t h);

/* Whether a program that is started gets it: not FD_CLOEXEC, or HANDLE_FLAG_INHERIT. */
bool native_is_inheritable(uintptr_t h);

/* Whether it is in the system's non-blocking mode; where the system doesn't tell (Windows), by
 * trying, of a connected stream or a datagram socket. */
bool native_is_nonblocking(uintptr_t h);

int native_type(uintptr_t h); /* SO_TYPE */
bool native_is_dual_stack(uintptr_t h);

/* A UDP socket of INET, and a file, made without xsock. The file has no name left. */
uintptr_t native_socket(bool inheritable, bool nonblocking);
uintptr_t native_file(void);
void native_close_socket(uintptr_t h);
void native_close_file(uintptr_t h);
uintptr_t native_dup(uintptr_t h);

/* A handle that nothing can have. */
uintptr_t native_no_handle(void);

/* Handles of any kind that the process has. Threads of the system's own come and go: only a trend
 * means something. */
int native_handle_count(void);

/* Starts this program again with one argument more, "--is-open=HANDLE"; native_child_main(), called
 * first in main(), answers it there. Returns whether the child found that handle to be an open
 * socket. */
bool native_child_has(uintptr_t h);
int native_child_main(int argc, char **argv); /* -1: this is not the child; else its exit status */

#endif
