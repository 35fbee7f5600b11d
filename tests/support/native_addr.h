/* The system's own addresses, with which tests compare xsock's. */
#ifndef XSOCK_TEST_NATIVE_ADDR_H
#define XSOCK_TEST_NATIVE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NATIVE_ADDR_SIZE = 256, NATIVE_TEXT_SIZE = 64 };

/* A sockaddr and its length. */
struct native_addr {
    size_t length;
    uint64_t bytes[NATIVE_ADDR_SIZE / 8];
};

/* inet_pton and inet_ntop; size of bytes is 4 or 16. */
bool native_pton(const char *text, uint8_t *bytes, size_t size);
void native_ntop(const uint8_t *bytes, size_t size, char out[NATIVE_TEXT_SIZE]);

/* Whether these two read and write exactly what POSIX and RFC 5952 say. Windows and Wine 8 do not:
 * they read numbers with leading zeros, write further prefixes (ISATAP) with a dotted end, and
 * write ::ffff:0:0 without a dotted end. */
bool native_text_is_strict(void);

/* Sockaddrs filled in by the system's structures; flow in host order. */
void native_inet(struct native_addr *out, const uint8_t bytes[4], uint16_t port);
void native_inet6(struct native_addr *out, const uint8_t bytes[16], uint16_t port, uint32_t flow,
                  uint32_t scope);
void native_local(struct native_addr *out, const uint8_t *path, size_t size);
void native_raw(struct native_addr *out, int family, const uint8_t *bytes, size_t size);

int native_family(const struct native_addr *a); /* the system's number */
size_t native_path_max(void);                   /* sizeof sun_path */
bool native_has_abstract(void);                 /* whether names of LOCAL may begin with a zero */
long native_process(void);                      /* this process's number, for unique names */

/* Binds a new socket to this address, at a port that the system chooses, and gives the address of
 * the socket. Returns false if the system lacks the family. */
bool native_bind(const struct native_addr *to, bool stream, struct native_addr *out);

#endif
