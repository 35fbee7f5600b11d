/* Addresses as text: inet_pton and its kin, and the byte order of the network. */
#include "posix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#if defined(_WIN32)
const struct in6_addr xsock_posix_in6_any = IN6ADDR_ANY_INIT;
const struct in6_addr xsock_posix_in6_loopback = IN6ADDR_LOOPBACK_INIT;

uint16_t xsock_posix_ntohs(uint16_t n)
{
    uint8_t bytes[sizeof n];
    memcpy(bytes, &n, sizeof n);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint16_t xsock_posix_htons(uint16_t n)
{
    return xsock_posix_ntohs(n);
}

uint32_t xsock_posix_ntohl(uint32_t n)
{
    uint8_t bytes[sizeof n];
    memcpy(bytes, &n, sizeof n);
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

uint32_t xsock_posix_htonl(uint32_t n)
{
    return xsock_posix_ntohl(n);
}
#endif

/* xsock's reader is as strict as POSIX wants inet_pton(), but takes ports, brackets and zones. */
int xsock_posix_inet_pton(int family, const char *text, void *out)
{
    struct xsock_addr a;
    if (family != AF_INET && family != AF_INET6)
        return xsock_posix__refuse(EAFNOSUPPORT);
    bool is_inet = family == AF_INET;
    if (text[strcspn(text, is_inet ? ":" : "[%")] != '\0' || xsock_addr_parse(text, &a) < 0
        || a.family != (is_inet ? XSOCK_AF_INET : XSOCK_AF_INET6))
        return 0;
    memcpy(out, a.data, is_inet ? sizeof(struct in_addr) : sizeof(struct in6_addr));
    return 1;
}

/* "1.2.3.4:0" and "[::1]:0" without the port and the brackets. */
const char *xsock_posix_inet_ntop(int family, const void *addr, char *buf, socklen_t size)
{
    struct xsock_addr a;
    char text[XSOCK_ADDR_TEXT_SIZE];
    int error = family == AF_INET    ? xsock_addr_inet(addr, 0, &a)
                : family == AF_INET6 ? xsock_addr_inet6(addr, 0, 0, &a)
                                     : -XSOCK_EAFNOSUPPORT;
    if (error == 0)
        error = xsock_addr_format(&a, text, sizeof text);
    if (error < 0) {
        xsock_posix__fail(error);
        return NULL;
    }
    const char *begin = text[0] == '[' ? text + 1 : text;
    size_t len = strcspn(begin, family == AF_INET ? ":" : "]");
    if (len >= size) {
        errno = ENOSPC;
        return NULL;
    }
    memcpy(buf, begin, len);
    buf[len] = '\0';
    return buf;
}

/* A number as C writes it: octal after 0, hexadecimal after 0x. NULL: this is none. */
static const char *number_in(const char *text, uint32_t *out)
{
    uint32_t base = 10;
    uint64_t value = 0;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    } else if (text[0] == '0') {
        base = 8;
    }
    const char *begin = text;
    for (;; text++) {
        static const char digits[] = "0123456789abcdef";
        char c = *text >= 'A' && *text <= 'F' ? (char)(*text - 'A' + 'a') : *text;
        const char *digit = c == '\0' ? NULL : strchr(digits, c);
        if (digit == NULL || (uint32_t)(digit - digits) >= base)
            break;
        value = value * base + (uint32_t)(digit - digits);
        if (value > UINT32_MAX)
            return NULL;
    }
    *out = (uint32_t)value;
    return text == begin ? NULL : text;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* One to four numbers, the last of which fills what is left. What follows a space is ignored. */
int xsock_posix_inet_aton(const char *text, struct in_addr *out)
{
    enum { PARTS_MAX = 4 };
    uint32_t parts[PARTS_MAX];
    size_t n = 0;
    for (;;) {
        text = number_in(text, &parts[n++]);
        if (text == NULL)
            return 0;
        if (*text != '.')
            break;
        if (n == PARTS_MAX)
            return 0;
        text++;
    }
    if (*text != '\0' && !is_space(*text))
        return 0;
    uint32_t value = parts[n - 1];
    if (n > 1 && value > UINT32_MAX >> (8 * (n - 1)))
        return 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (parts[i] > 255)
            return 0;
        value |= parts[i] << (24 - 8 * i);
    }
    if (out != NULL) {
        uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                           (uint8_t)value};
        memcpy(out, bytes, sizeof bytes);
    }
    return 1;
}

in_addr_t xsock_posix_inet_addr(const char *text)
{
    struct in_addr addr;
    return xsock_posix_inet_aton(text, &addr) ? addr.s_addr : INADDR_NONE;
}

/* Each thread has an answer of its own, as with glibc and with Winsock. */
char *xsock_posix_inet_ntoa(struct in_addr addr)
{
    static _Thread_local char text[INET_ADDRSTRLEN];
    return (char *)(uintptr_t)xsock_posix_inet_ntop(AF_INET, &addr, text, sizeof text);
}
