/* Reads addresses from text. Every take_...() reads what its name says at *text, and moves *text
 * past that. If it returns false or an error, nothing has changed. Letters and digits are ASCII,
 * whatever the locale is. */
#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"

enum { PORT_LAST = 0xffff, FAMILY_NAME_SIZE = 32 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* -1: not a hexadecimal digit */
static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* No sign and no leading zero are allowed: inet_aton takes 010 for eight, and others take it for
 * ten. */
static bool take_decimal(const char **text, uint32_t last, uint32_t *out)
{
    const char *p = *text;
    uint64_t n = 0;

    if (!is_digit(*p) || (*p == '0' && is_digit(p[1])))
        return false;
    for (; is_digit(*p); p++) {
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > last)
            return false;
    }
    *text = p;
    *out = (uint32_t)n;
    return true;
}

static bool take_char(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static bool take_prefix(const char **text, const char *prefix)
{
    size_t n = strlen(prefix);
    if (strncmp(*text, prefix, n) != 0)
        return false;
    *text += n;
    return true;
}

static bool take_byte(const char **text, uint8_t *out)
{
    int high = hex_value((*text)[0]);
    int low = high < 0 ? -1 : hex_value((*text)[1]);
    if (low < 0)
        return false;
    *text += 2;
    *out = (uint8_t)(high << 4 | low);
    return true;
}

/* ---- INET and INET6 -------------------------------------------------------------------------- */

static bool take_inet(const char **text, uint8_t out[4])
{
    const char *p = *text;
    uint8_t bytes[4];
    size_t i;

    for (i = 0; i < sizeof bytes; i++) {
        uint32_t n;
        if ((i > 0 && !take_char(&p, '.')) || !take_decimal(&p, 255, &n))
            return false;
        bytes[i] = (uint8_t)n;
    }
    memcpy(out, bytes, sizeof bytes);
    *text = p;
    return true;
}

/* One to four hexadecimal digits */
static bool take_group(const char **text, uint8_t out[2])
{
    const char *p = *text;
    unsigned n = 0;

    for (; hex_value(*p) >= 0 && p - *text < 4; p++)
        n = n << 4 | (unsigned)hex_value(*p);
    if (p == *text)
        return false;
    out[0] = (uint8_t)(n >> 8);
    out[1] = (uint8_t)n;
    *text = p;
    return true;
}

/* The groups of an INET6 address, and the place of the "::" among them. */
struct groups {
    uint8_t bytes[16];
    size_t length;
    size_t gap;
    bool has_gap;
};

static bool take_gap(const char **text, struct groups *g)
{
    if (g->has_gap || !take_prefix(text, "::"))
        return false;
    g->has_gap = true;
    g->gap = g->length;
    return true;
}

/* RFC 4291, section 2.2: groups with colons between them. The last two may be written as dotted
 * decimal. */
static bool take_groups(const char **text, struct groups *g)
{
    const char *p = *text;

    if (take_gap(&p, g) && hex_value(*p) < 0) {
        *text = p;
        return true;
    }
    for (;;) {
        if (g->length <= 12 && take_inet(&p, g->bytes + g->length)) {
            g->length += 4;
            break;
        }
        if (g->length == 16 || !take_group(&p, g->bytes + g->length))
            return false;
        g->length += 2;
        if (*p != ':')
            break;
        if (p[1] != ':') {
            p++;
        } else if (!take_gap(&p, g)) {
            return false;
        } else if (hex_value(*p) < 0) {
            break;
        }
    }
    *text = p;
    return true;
}

static bool take_inet6(const char **text, uint8_t out[16])
{
    const char *p = *text;
    struct groups g = {{0}, 0, 0, false};
    size_t tail;

    /* "::" is one group of zeros at least */
    if (!take_groups(&p, &g) || (g.has_gap ? g.length > 14 : g.length != 16))
        return false;
    tail = g.has_gap ? g.length - g.gap : 0;
    memset(out, 0, 16);
    memcpy(out, g.bytes, g.length - tail);
    memcpy(out + 16 - tail, g.bytes + g.length - tail, tail);
    *text = p;
    return true;
}

bool xsock__addr_zone_char(char c)
{
    return c > ' ' && c <= '~' && !strchr("%/:[]", c);
}

/* The text after the '%'. The length is 0 if there is none. */
struct zone {
    const char *chars;
    size_t length;
};

static bool take_zone(const char **text, struct zone *out)
{
    const char *p = *text;

    if (!take_char(&p, '%'))
        return true;
    out->chars = p;
    while (xsock__addr_zone_char(*p))
        p++;
    out->length = (size_t)(p - out->chars);
    *text = p;
    return out->length > 0;
}

/* An index, or the name of an interface. Digits alone are an index. The zone is looked up last:
 * whether a text is an address does not depend on the interfaces, and a text that is not an address
 * costs no call of the system. */
static int scope_of_zone(const struct zone *zone, uint32_t *out)
{
    const char *p = zone->chars;
    char name[XSOCK__IF_NAME_SIZE];
    int code;

    while (p < zone->chars + zone->length && is_digit(*p))
        p++;
    if (p == zone->chars + zone->length) {
        p = zone->chars;
        return take_decimal(&p, UINT32_MAX, out) ? 0 : -XSOCK_EINVAL;
    }
    if (zone->length >= sizeof name)
        return -XSOCK_ENODEV;
    memcpy(name, zone->chars, zone->length);
    name[zone->length] = 0;
    do
        code = xsock__sys_if_index(name, out);
    while (xsock__addr_tries_again(code));
    if (code)
        return xsock__finish(code);
    return *out ? 0 : -XSOCK_ENODEV;
}

/* The rest of the text: nothing, or a colon and a port. */
static bool take_port(const char **text, uint32_t *out)
{
    *out = 0;
    return (!take_char(text, ':') || take_decimal(text, PORT_LAST, out)) && **text == 0;
}

static int parse_inet6(struct xsock_addr *out, const char *text, bool bracket)
{
    struct zone zone = {NULL, 0};

    out->family = XSOCK_AF_INET6;
    out->length = 16;
    if (!take_inet6(&text, out->data) || !take_zone(&text, &zone))
        return -XSOCK_EINVAL;
    if (bracket ? !take_char(&text, ']') || !take_port(&text, &out->port) : *text != 0)
        return -XSOCK_EINVAL;
    return zone.length > 0 ? scope_of_zone(&zone, &out->scope) : 0;
}

/* ---- The other families ---------------------------------------------------------------------- */

/* A plain character, or %XX. */
static bool take_name_byte(const char **text, uint8_t *out)
{
    const char *p = *text;

    if (*p != '%') {
        *out = (uint8_t)*p;
        *text = p + 1;
        return true;
    }
    p++;
    if (!take_byte(&p, out))
        return false;
    *text = p;
    return true;
}

static int parse_local(struct xsock_addr *out, const char *text)
{
    bool is_abstract = take_char(&text, '@');

    out->family = XSOCK_AF_LOCAL;
    if (is_abstract)
        out->data[out->length++] = 0;
    while (*text) {
        uint8_t byte;
        if (!take_name_byte(&text, &byte) || (byte == 0 && !is_abstract))
            return -XSOCK_EINVAL;
        if (out->length == XSOCK_ADDR_DATA)
            return -XSOCK_ENAMETOOLONG;
        out->data[out->length++] = byte;
    }
    return 0;
}

static int parse_vsock(struct xsock_addr *out, const char *text)
{
    uint32_t cid;

    out->family = XSOCK_AF_VSOCK;
    out->length = 4;
    if (!take_decimal(&text, UINT32_MAX, &cid) || !take_char(&text, ':')
        || !take_decimal(&text, UINT32_MAX, &out->port) || *text) {
        return -XSOCK_EINVAL;
    }
    out->data[0] = (uint8_t)(cid >> 24);
    out->data[1] = (uint8_t)(cid >> 16);
    out->data[2] = (uint8_t)(cid >> 8);
    out->data[3] = (uint8_t)cid;
    return 0;
}

/* Reads a family: its name, exactly as xsock_addr_format writes it, or "af" and a number if it has
 * no name. */
static bool family_from_name(const char *name, int *out)
{
    uint32_t number;
    const char *known;
    const char *digits = name;

    if (take_prefix(&digits, "af") && take_decimal(&digits, XSOCK_AF_NATIVE_LAST, &number)
        && !*digits) {
        *out = (int)number;
        return number >= XSOCK_AF_NATIVE;
    }
    *out = xsock_family_number(name);
    known = *out < 0 ? NULL : xsock_family_name(*out);
    return known && strcmp(name, known) == 0 && *out != XSOCK_AF_INET && *out != XSOCK_AF_INET6
           && *out != XSOCK_AF_LOCAL && *out != XSOCK_AF_VSOCK;
}

static int parse_raw(struct xsock_addr *out, const char *text)
{
    char name[FAMILY_NAME_SIZE];
    const char *colon = strchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;

    if (n == 0 || n >= sizeof name)
        return -XSOCK_EINVAL;
    memcpy(name, text, n);
    name[n] = 0;
    if (!family_from_name(name, &out->family))
        return -XSOCK_EINVAL;
    for (text = colon + 1; *text; out->length++) {
        if (out->length == XSOCK_ADDR_DATA || !take_byte(&text, &out->data[out->length]))
            return -XSOCK_EINVAL;
    }
    return 0;
}

static int parse(struct xsock_addr *out, const char *text)
{
    if (take_prefix(&text, "unix:"))
        return parse_local(out, text);
    if (take_prefix(&text, "vsock:"))
        return parse_vsock(out, text);
    if (take_char(&text, '['))
        return parse_inet6(out, text, true);
    if (take_inet(&text, out->data)) {
        out->family = XSOCK_AF_INET;
        out->length = 4;
        return take_port(&text, &out->port) ? 0 : -XSOCK_EINVAL;
    }
    /* A family's name has one colon after it, an INET6 address two or more in all: no text is both.
     */
    if (strchr(text, ':') != strrchr(text, ':'))
        return parse_inet6(out, text, false);
    return parse_raw(out, text);
}

int xsock_addr_parse(const char *text, struct xsock_addr *out)
{
    struct xsock_addr a = {0, 0, 0, 0, 0, {0}};
    int error;

    if (!out || !text)
        return -XSOCK_EFAULT;
    error = parse(&a, text);
    if (!error)
        *out = a;
    return error;
}
