/* What `xsock doctor` asks the system itself. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

/* "Linux 6.1.0 x86_64". Returns text that stays until the next call. */
const char *system_name(void);

/* The process's limit of open handles; -1: the system has none, or does not tell. */
int64_t system_handle_limit(void);

/* The level and the name of the option that makes the system cut a large send into datagrams. False
 * if the system has none. */
bool system_segment_option(int *out_level, int *out_name);

/* Calls fn once for each Winsock provider, with its name in UTF-8 and its family, type and protocol
 * in Winsock's numbers. Returns how many there are; -1 where there is no Winsock. */
int system_providers(void (*fn)(const char *name, int family, int type, int protocol));

#endif
