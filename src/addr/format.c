/* Addresses to text, as addr_parse.c reads it. */
#include <string.h>

#include "addr/addr.h"

/* Nothing is longer than XSOCK_ADDR_TEXT_SIZE: 5 for "unix:", 3 for each of 128 bytes, and the NUL.
 */
struct text {
    size_t length;
    char chars[XSOCK_ADDR_TEXT_SIZE];
};

static void put_char(struct text *t, char c)
{
    t->chars[t->length++] = c;
}

static void put_string(struct text *t, const char *s)
{
    for (; *s; s++)
        put_char(t, *s);
}

static void put_decimal(struct text *t, uint32_t n)
{
    char digits[10];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    while (count > 0)
        put_char(t, digits[--count]);
}

/* At least `width` digits */
static void put_hex(struct text *t, unsigned n, unsigned width, const char *digits)
{
    unsigned shift = 12;

    for (; shift > 0 && n >> shift == 0 && shift / 4 >= width; shift -= 4) {
    }
    for (; shift > 0; shift -= 4)
        put_char(t, digits[n >> shift & 15]);
    put_char(t, digits[n & 15]);
}

static const char lower[] = "0123456789abcdef";
static const char upper[] = "0123456789ABCDEF";

static void put_port(struct text *t, uint32_t port)
{
    put_char(t, ':');
    put_decimal(t, port);
}

static void put_inet(struct text *t, const uint8_t bytes[4])
{
    int i;
    for (i = 0; i < 4; i++) {
        if (i > 0)
            put_char(t, '.');
        put_decimal(t, bytes[i]);
    }
}

static bool is_v4_mapped(const uint8_t bytes[16])
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(bytes, prefix, sizeof prefix) == 0;
}

/* The first of the longest runs of zero groups, two at least (RFC 5952, section 4.2). */
static void longest_zeros(const uint8_t bytes[16], int *out_start, int *out_count)
{
    int best = -1, best_count = 1, run = 0, i;

    for (i = 0; i < 8; i++) {
        run = bytes[2 * i] == 0 && bytes[2 * i + 1] == 0 ? run + 1 : 0;
        if (run > best_count) {
            best_count = run;
            best = i + 1 - run;
        }
    }
    *out_start = best;
    *out_count = best_count;
}

static void put_inet6(struct text *t, const uint8_t bytes[16])
{
    int start, count, i;

    if (is_v4_mapped(bytes)) {
        put_string(t, "::ffff:");
        put_inet(t, bytes + 12);
        return;
    }
    longest_zeros(bytes, &start, &count);
    for (i = 0; i < 8; i++) {
        if (i == start) {
            put_string(t, "::");
            i += count - 1;
            continue;
        }
        if (i > 0 && i != start + count)
            put_char(t, ':');
        put_hex(t, (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1], 1, lower);
    }
}

/* Would it be read back as a name? */
static bool is_zone_name(const char *name)
{
    bool digits = true;

    if (!*name)
        return false;
    for (; *name; name++) {
        if (!xsock__addr_zone_char(*name))
            return false;
        digits = digits && *name >= '0' && *name <= '9';
    }
    return !digits;
}

/* The index says as much as the name: where the system can't tell that now, nothing is lost. */
static void put_zone(struct text *t, uint32_t index)
{
    char name[XSOCK__IF_NAME_SIZE];

    put_char(t, '%');
    if (xsock__addr_interface_name(index, name) == 0 && is_zone_name(name)) {
        put_string(t, name);
    } else {
        put_decimal(t, index);
    }
}

static void put_local(struct text *t, const struct xsock_addr *a)
{
    uint32_t i = 0;

    put_string(t, "unix:");
    if (a->length > 0 && a->data[0] == 0) {
        put_char(t, '@');
        i = 1;
    }
    for (; i < a->length; i++) {
        uint8_t byte = a->data[i];
        if (byte < ' ' || byte == 0x7f || byte == '%' || (byte == '@' && i == 0)) {
            put_char(t, '%');
            put_hex(t, byte, 2, upper);
        } else {
            put_char(t, (char)byte);
        }
    }
}

static void put_vsock(struct text *t, const struct xsock_addr *a)
{
    const uint8_t *cid = a->data;

    put_string(t, "vsock:");
    put_decimal(t,
                (uint32_t)cid[0] << 24 | (uint32_t)cid[1] << 16 | (uint32_t)cid[2] << 8 | cid[3]);
    put_port(t, a->port);
}

static void put_raw(struct text *t, const struct xsock_addr *a)
{
    uint32_t i;

    if (a->family >= XSOCK_AF_NATIVE) {
        put_string(t, "af");
        put_decimal(t, (uint32_t)a->family);
    } else {
        put_string(t, xsock_family_name(a->family));
    }
    put_char(t, ':');
    for (i = 0; i < a->length; i++)
        put_hex(t, a->data[i], 2, lower);
}

static void put_addr(struct text *t, const struct xsock_addr *a)
{
    switch (a->family) {
    case XSOCK_AF_INET:
        put_inet(t, a->data);
        put_port(t, a->port);
        break;
    case XSOCK_AF_INET6:
        put_char(t, '[');
        put_inet6(t, a->data);
        if (a->scope != 0)
            put_zone(t, a->scope);
        put_char(t, ']');
        put_port(t, a->port);
        break;
    case XSOCK_AF_LOCAL:
        put_local(t, a);
        break;
    case XSOCK_AF_VSOCK:
        put_vsock(t, a);
        break;
    default:
        put_raw(t, a);
        break;
    }
}

int xsock_addr_format(const struct xsock_addr *a, char *buf, size_t len)
{
    struct text t;
    int error;

    if (!a || (!buf && len > 0))
        return -XSOCK_EFAULT;
    error = xsock__addr_check(a);
    if (error)
        return error;
    t.length = 0;
    put_addr(&t, a);
    if (len > 0) {
        if (t.length >= len)
            return -XSOCK_ENOSPC;
        memcpy(buf, t.chars, t.length);
        buf[t.length] = 0;
    }
    return (int)t.length;
}
