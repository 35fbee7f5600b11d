/* Where to connect or to listen. Operands and options become a host and a service, or an
 * address. */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>

#include "tool.h"
#include "xsock.h"

enum { TARGET_HOST_SIZE = 256, TARGET_SERVICE_SIZE = 64 };

struct target {
    /* true if `address` holds the target: LOCAL, or a family without hosts and services */
    bool is_address;
    struct xsock_addr address;
    const char *host; /* NULL means this machine */
    const char *service;
    char host_text[TARGET_HOST_SIZE], service_text[TARGET_SERVICE_SIZE];
};

/* Reads HOST PORT, HOST:PORT, PORT, an address, or with --local a path. Returns DONE, or MISUSED or
 * FAILED after a message. */
int target_parse(const struct args *args, struct target *out);

/* Returns the family of -4 or -6, or XSOCK_AF_UNSPEC without them. */
int target_family(const struct args *args);

/* Returns STREAM, or DGRAM with --udp. */
int target_type(const struct args *args);

/* Returns whether the text is a port in decimal. */
bool target_is_port(const char *text);

/* With --verbose, prints "verb ADDRESS" on standard error. */
void target_print(const struct args *args, const char *verb, const struct xsock_addr *a);

/* With --verbose, prints the values of the options that people tune, on standard error. */
void target_print_options(const struct args *args, int d);

#endif
