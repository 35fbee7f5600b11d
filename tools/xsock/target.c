#include "target.h"

#include <stdio.h>
#include <string.h>

#include "numbers.h"
#include "print.h"

bool target_is_port(const char *text)
{
    int64_t n;

    return text[0] >= '0' && text[0] <= '9' && number_parse(text, &n) == A_NUMBER && n <= 65535;
}

int target_family(const struct args *args)
{
    if (args->options & OPTION_IPV4)
        return XSOCK_AF_INET;
    return args->options & OPTION_IPV6 ? XSOCK_AF_INET6 : XSOCK_AF_UNSPEC;
}

int target_type(const struct args *args)
{
    return args->options & OPTION_UDP ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM;
}

/* ---- Operands -------------------------------------------------------------------------------- */

static int local_path(const char *path, struct target *out)
{
    if (xsock_addr_local(path, &out->address) < 0)
        return misuse("'%s' is no path for a local socket: it needs 1 to %d bytes", path,
                      XSOCK_ADDR_DATA);
    out->is_address = true;
    return DONE;
}

static int bad_address(const char *text)
{
    return misuse(
        "'%s' is no address; it looks like HOST:PORT, 127.0.0.1:80, [::1]:80, unix:/path, "
        "or is a port",
        text);
}

/* Tries the last word as a service. Numbers that are not ports are not looked up. */
static int set_service(const char *whole, const char *service, struct target *out)
{
    int64_t n;

    if (!service[0] || strlen(service) >= sizeof out->service_text)
        return bad_address(whole);
    if (number_parse(service, &n) != NOT_A_NUMBER && !target_is_port(service))
        return misuse("'%s' is no address: a port is a number from 0 to 65535", whole);
    strcpy(out->service_text, service);
    out->service = out->service_text;
    return DONE;
}

static int set_host(const char *whole, const char *host, size_t length, struct target *out)
{
    /* "[::1]" means ::1, as in an address with a port. */
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof out->host_text)
        return bad_address(whole);
    memcpy(out->host_text, host, length);
    out->host_text[length] = '\0';
    out->host = out->host_text;
    return DONE;
}

/* Splits "HOST:PORT". A host that contains a colon stands in brackets. */
static int split(const char *text, struct target *out)
{
    const char *colon = strrchr(text, ':');
    int64_t n;

    if (number_parse(text, &n) != NOT_A_NUMBER)
        return misuse("'%s' is no port: a port is a number from 0 to 65535", text);
    if (!colon)
        return misuse("'%s' is no address, as it has no port: write '%s PORT' or '%s:PORT'", text,
                      text, text);
    if (memchr(text, ':', (size_t)(colon - text)) && text[0] != '[')
        return bad_address(text);
    int status = set_host(text, text, (size_t)(colon - text), out);
    return status == DONE ? set_service(text, colon + 1, out) : status;
}

static int one_operand(const char *text, struct target *out)
{
    if (target_is_port(text))
        return set_service(text, text, out);
    int rc = xsock_addr_parse(text, &out->address);
    if (rc == -XSOCK_ENODEV)
        return complain_error(rc);
    if (rc < 0)
        return split(text, out);
    if (out->address.family != XSOCK_AF_INET && out->address.family != XSOCK_AF_INET6) {
        out->is_address = true;
        return DONE;
    }
    /* An address without a port. */
    if (!strchr(text, ':') || (text[0] != '[' && out->address.family == XSOCK_AF_INET6)
        || text[strlen(text) - 1] == ']')
        return misuse("'%s' has no port: write '%s PORT'", text, text);
    return split(text, out);
}

int target_parse(const struct args *args, struct target *out)
{
    memset(out, 0, sizeof *out);
    if (args->options & OPTION_LOCAL) {
        if (args->count != 1)
            return misuse("--local takes a path alone");
        return local_path(args->operand[0], out);
    }
    if ((args->options & OPTION_IPV4) && (args->options & OPTION_IPV6))
        return misuse("-4 and -6 exclude each other; without both, all addresses are tried");
    if (args->count == 1)
        return one_operand(args->operand[0], out);
    int status = set_host(args->operand[0], args->operand[0], strlen(args->operand[0]), out);
    return status == DONE ? set_service(args->operand[1], args->operand[1], out) : status;
}

/* ---- --verbose ------------------------------------------------------------------------------- */

void target_print(const struct args *args, const char *verb, const struct xsock_addr *a)
{
    char text[XSOCK_ADDR_TEXT_SIZE];

    if (!(args->options & OPTION_VERBOSE))
        return;
    if (xsock_addr_format(a, text, sizeof text) < 0)
        snprintf(text, sizeof text, "?");
    complain("%s %s", verb, text);
}

void target_print_options(const struct args *args, int d)
{
    static const int sizes[] = {XSOCK_SO_RCVBUF, XSOCK_SO_SNDBUF, XSOCK_SO_TTL, XSOCK_SO_MAXSEG};
    static const int flags[] = {XSOCK_SO_NODELAY, XSOCK_SO_KEEPALIVE};
    char line[256] = "options:";
    uint64_t n;
    bool on;

    if (!(args->options & OPTION_VERBOSE))
        return;
    /* If a socket lacks an option, the option is left out. */
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (xsock_get_opt_size(d, sizes[i], &n) == 0)
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s %lu",
                     xsock_opt_name(sizes[i]), (unsigned long)n);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (xsock_get_opt_flag(d, flags[i], &on) == 0)
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s %s",
                     xsock_opt_name(flags[i]), on ? "on" : "off");
    complain("%s", line);
}
