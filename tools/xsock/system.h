/* The facts that `xsock doctor` asks the system itself. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

/* Returns text like "Linux 6.1.0 x86_64". The text is valid until the next call. */
const char *system_name(void);

/* Returns the process's limit of open handles, or -1 if the system has none or does not report
 * it. */
int64_t system_handle_limit(void);

/* Sets the level and the name of the option that makes the system cut a large send into datagrams.
 * Returns false if the system has no such option. */
bool system_segment_option(int *out_level, int *out_name);

/* Calls fn once for each Winsock provider, with its name in UTF-8 and its family, type and protocol
 * in Winsock's numbers. Returns the number of providers, or -1 if there is no Winsock. */
int system_providers(void (*fn)(const char *name, int family, int type, int protocol));

#endif
