/* The system's own calls on a handle that xsock_native() gave. A test that asks the system does not
 * depend on xsock's answer. If the system's call fails, the test fails. Handles are non-blocking,
 * and the functions that wait give up after ten seconds. */
#ifndef XSOCK_TEST_NATIVE_IO_H
#define XSOCK_TEST_NATIVE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The handle of a descriptor. */
uintptr_t native_of(int d);

void native_send(uintptr_t h, const void *data, size_t size);

/* Waits, and receives once. Returns the number of bytes, or 0 at the end. */
size_t native_receive(uintptr_t h, void *data, size_t size);

/* Whether a receive would block now. Does not wait. */
bool native_receive_would_block(uintptr_t h);

void native_end_receiving(uintptr_t h);

/* Whether the handle is an open socket. */
bool native_is_open(uintptr_t h);

/* Whether a program that is started inherits the handle: FD_CLOEXEC is not set, or on Windows
 * HANDLE_FLAG_INHERIT is. */
bool native_is_inheritable(uintptr_t h);

/* Whether the handle is in the system's non-blocking mode. Windows does not report this, so the
 * function tries it there, which needs a connected stream or a datagram socket. */
bool native_is_nonblocking(uintptr_t h);

int native_type(uintptr_t h); /* SO_TYPE */
bool native_is_dual_stack(uintptr_t h);

/* Make a UDP socket of INET, and a file, without xsock. The file's name is already removed. */
uintptr_t native_socket(bool inheritable, bool nonblocking);
uintptr_t native_file(void);
void native_close_socket(uintptr_t h);
void native_close_file(uintptr_t h);
uintptr_t native_dup(uintptr_t h);

/* A handle that is never open. */
uintptr_t native_no_handle(void);

/* The number of handles of any kind that the process has. The system's own threads open and close
 * handles, so only a trend has a meaning. */
int native_handle_count(void);

/* Starts this program again with a further argument, "--is-open=HANDLE". main() must first call
 * native_child_main(), which answers the argument. Returns whether the handle is an open socket in
 * the child. */
bool native_child_has(uintptr_t h);
int native_child_main(int argc,
                      char **argv); /* the child's exit status; -1 in every other process */

#endif
