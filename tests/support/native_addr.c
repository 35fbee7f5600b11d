#ifdef _WIN32
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
typedef SOCKET native_socket_t;
#define close closesocket
#else
#define _GNU_SOURCE
#define __BSD_VISIBLE 1
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
typedef int native_socket_t;
#define INVALID_SOCKET (-1)
#endif

#include "native_addr.h"

#include "harness.h"

bool native_pton(const char *text, uint8_t *bytes, size_t size)
{
    return inet_pton(size == 4 ? AF_INET : AF_INET6, text, bytes) == 1;
}

void native_ntop(const uint8_t *bytes, size_t size, char out[NATIVE_TEXT_SIZE])
{
    int family = size == 4 ? AF_INET : AF_INET6;
    /* mingw-w64 declares the parameter as a pointer that is not const */
    const char *text = inet_ntop(family, (void *)(uintptr_t)bytes, out, NATIVE_TEXT_SIZE);
    assert_non_null(text);
}

bool native_text_is_strict(void)
{
#ifdef _WIN32
    return false;
#else
    return true;
#endif
}

static void set(struct native_addr *out, const void *sa, size_t length)
{
    memset(out, 0, sizeof *out);
    memcpy(out->bytes, sa, length);
#ifdef SIN6_LEN
    ((uint8_t *)out->bytes)[0] = (uint8_t)length;
#endif
    out->length = length;
}

void native_inet(struct native_addr *out, const uint8_t bytes[4], uint16_t port)
{
    struct sockaddr_in in;
    memset(&in, 0, sizeof in);
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    memcpy(&in.sin_addr, bytes, 4);
    set(out, &in, sizeof in);
}

void native_inet6(struct native_addr *out, const uint8_t bytes[16], uint16_t port, uint32_t flow,
                  uint32_t scope)
{
    struct sockaddr_in6 in6;
    memset(&in6, 0, sizeof in6);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    in6.sin6_flowinfo = htonl(flow);
    in6.sin6_scope_id = scope;
    memcpy(&in6.sin6_addr, bytes, 16);
    set(out, &in6, sizeof in6);
}

void native_raw(struct native_addr *out, int family, const uint8_t *bytes, size_t size)
{
    struct {
        struct sockaddr head;
        uint8_t rest[NATIVE_ADDR_SIZE - sizeof(struct sockaddr)];
    } sa;
    memset(&sa, 0, sizeof sa);
#ifdef _WIN32
    sa.head.sa_family = (u_short)family;
#else
    sa.head.sa_family = (sa_family_t)family;
#endif
    if (size > 0)
        memcpy((uint8_t *)&sa + 2, bytes, size);
    set(out, &sa, 2 + size);
}

void native_local(struct native_addr *out, const uint8_t *path, size_t size)
{
    native_raw(out, AF_UNIX, path, size);
}

int native_family(const struct native_addr *a)
{
    struct sockaddr sa;
    memcpy(&sa, a->bytes, sizeof sa);
    return sa.sa_family;
}

size_t native_path_max(void)
{
#ifdef _WIN32
    return 108;
#else
    return sizeof((struct sockaddr_un *)0)->sun_path;
#endif
}

bool native_has_abstract(void)
{
#ifdef __linux__
    return true;
#else
    return false;
#endif
}

long native_process(void)
{
#ifdef _WIN32
    return (long)GetCurrentProcessId();
#else
    return (long)getpid();
#endif
}

bool native_bind(const struct native_addr *to, bool stream, struct native_addr *out)
{
    socklen_t size = sizeof out->bytes;
    native_socket_t s;
    int bound;

    s = socket(native_family(to), stream ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (s == INVALID_SOCKET)
        return false;
    memset(out, 0, sizeof *out);
    bound = bind(s, (const void *)to->bytes, (socklen_t)to->length);
    if (bound == 0)
        assert_int_equal(getsockname(s, (void *)out->bytes, &size), 0);
    out->length = (size_t)size;
    close(s);
    return bound == 0;
}
