/* The fake system's files: the files that a test makes, and lock files. */
#ifndef XSOCK_FAKE_SOCKET_FILE_H
#define XSOCK_FAKE_SOCKET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "sys.h"

/* A file at a LOCAL path with no open socket behind it. fake_reset() removes it. */
void fake_add_file(const char *path, bool is_socket);
bool fake_has_file(const char *path);

/* How many lock files the library has locked now. */
size_t fake_files_locked(void);

/* Locks this file, as another program would do, until the next fake_reset(). */
void fake_lock_foreign(const char *path);

/* For the fake system itself. */
bool fake__has_file_of(const struct xsock_addr *a);
void fake__reset_files(void);

#endif
