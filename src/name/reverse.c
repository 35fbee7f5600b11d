/* Addresses to names, and names to the canonical one. */
#include <string.h>

#include "addr/addr.h"
#include "name/resolve.h"
#include "sys.h"
#include "xsock.h"

enum {
    FLAGS = XSOCK_NI_NUMERICHOST | XSOCK_NI_NUMERICSERV | XSOCK_NI_NOFQDN | XSOCK_NI_NAMEREQD
            | XSOCK_NI_DGRAM
};

/* The address as xsock_addr_format writes it, less brackets and port. */
static int number_of_host(const struct xsock_addr *a, char out[XSOCK__NAME_SIZE])
{
    char text[XSOCK_ADDR_TEXT_SIZE];
    int n = xsock_addr_format(a, text, sizeof text);
    if (n < 0)
        return n;
    *strrchr(text, ':') = 0;
    bool brackets = text[0] == '[';
    size_t length = strlen(text) - (brackets ? 2 : 0);
    memcpy(out, text + brackets, length);
    out[length] = 0;
    return 0;
}

static void number_of_port(uint32_t port, char out[XSOCK__NAME_SIZE])
{
    char digits[16];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + port % 10);
        port /= 10;
    } while (port != 0);
    for (size_t i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    out[n] = 0;
}

/* What it means that the system found no name: an error, or that a number will do. */
static int judge(int error, int code, bool required)
{
    int rc = xsock__resolve_error(error, code);
    bool no_room = rc == -XSOCK_EMFILE || rc == -XSOCK_ENFILE || rc == -XSOCK_EAI_MEMORY;
    if (rc == 0 || (!required && !no_room))
        return 0;
    xsock__sys_set_last_error(code);
    return rc;
}

static int name_host(const struct xsock_addr *a, const struct xsock__sys_addr *native, int flags,
                     char out[XSOCK__NAME_SIZE])
{
    bool required = (flags & XSOCK_NI_NAMEREQD) != 0;
    if ((flags & XSOCK_NI_NUMERICHOST) != 0)
        return required ? -XSOCK_EAI_NONAME : number_of_host(a, out);
    int error, code = 0;
    do
        error = xsock__sys_reverse_host(native, (flags & XSOCK_NI_NOFQDN) != 0, out, &code);
    while (xsock__resolve_again(error, code));
    if (error == 0)
        return 0;
    int rc = judge(error, code, required);
    return rc != 0 ? rc : number_of_host(a, out);
}

static int name_service(const struct xsock_addr *a, const struct xsock__sys_addr *native, int flags,
                        char out[XSOCK__NAME_SIZE])
{
    int code = 0;
    if ((flags & XSOCK_NI_NUMERICSERV) == 0) {
        int error;
        do
            error = xsock__sys_reverse_service(native, (flags & XSOCK_NI_DGRAM) != 0, out, &code);
        while (xsock__resolve_again(error, code));
        if (error == 0)
            return 0;
        int rc = judge(error, code, false);
        if (rc != 0)
            return rc;
    }
    number_of_port(a->port, out);
    return 0;
}

/* The buffers are not const: gcc would warn that buffers which are only written to are read here.
 */
static int check(const struct xsock_addr *a, char *host, size_t host_len, char *service,
                 size_t service_len, int flags)
{
    if (a == NULL || (host == NULL && host_len > 0) || (service == NULL && service_len > 0))
        return -XSOCK_EFAULT;
    if ((flags & ~FLAGS) != 0)
        return -XSOCK_EAI_BADFLAGS;
    if (a->family != XSOCK_AF_INET && a->family != XSOCK_AF_INET6)
        return -XSOCK_EAI_FAMILY;
    if (xsock__addr_check(a) != 0)
        return -XSOCK_EINVAL;
    return host == NULL && service == NULL ? -XSOCK_EAI_NONAME : 0;
}

int xsock_reverse(const struct xsock_addr *a, char *host, size_t host_len, char *service,
                  size_t service_len, int flags)
{
    char host_name[XSOCK__NAME_SIZE], service_name[XSOCK__NAME_SIZE];
    struct xsock__sys_addr native;
    int rc = check(a, host, host_len, service, service_len, flags);
    if (rc == 0)
        rc = xsock__addr_to_native(a, &native) != 0 ? -XSOCK_EAI_FAMILY : 0;
    if (rc == 0 && host != NULL)
        rc = name_host(a, &native, flags, host_name);
    if (rc == 0 && service != NULL)
        rc = name_service(a, &native, flags, service_name);
    if (rc != 0)
        return rc;
    if ((host != NULL && strlen(host_name) >= host_len)
        || (service != NULL && strlen(service_name) >= service_len))
        return -XSOCK_EAI_OVERFLOW;
    if (host != NULL)
        memcpy(host, host_name, strlen(host_name) + 1);
    if (service != NULL)
        memcpy(service, service_name, strlen(service_name) + 1);
    return 0;
}

/* ---- The canonical name ---------------------------------------------------------------------- */

/* All addresses are the same to this question. */
static bool go_on(const struct xsock__sys_addr *a, void *user)
{
    (void)a;
    (void)user;
    return true;
}

static int ask_canonical(const struct xsock__question *q, char out[XSOCK__NAME_SIZE])
{
    struct xsock__sys_query query = {.host = q->host, .canonical = out};
    int code = 0;
    if ((q->af != XSOCK_AF_UNSPEC && !xsock__sys_family(q->af, &query.family))
        || !xsock__sys_type(XSOCK_SOCK_STREAM, &query.type))
        return -XSOCK_EAI_FAMILY;
    out[0] = 0;
    int error;
    do
        error = xsock__sys_resolve(&query, go_on, NULL, &code);
    while (xsock__resolve_again(error, code));
    if (q->is_localhost && error != 0)
        error = out[0] = 0;
    if (error == 0 && out[0] == 0) /* the system tells none */
        memcpy(out, q->host, strlen(q->host) + 1);
    return error == 0 ? 0 : judge(error, code, true);
}

int xsock_canonical_name(const char *host, int af, char *buf, size_t len)
{
    struct xsock__question q;
    char name[XSOCK__NAME_SIZE];
    if (host == NULL || (buf == NULL && len > 0))
        return -XSOCK_EFAULT;
    int rc = xsock__question_init(&q, host, NULL, af, 0, 0);
    if (rc == 0)
        rc = q.kind == XSOCK__HOST_ADDRESS ? number_of_host(&q.address, name)
                                           : ask_canonical(&q, name);
    if (rc != 0)
        return rc;
    size_t length = strlen(name);
    if (len > 0 && length >= len)
        return -XSOCK_EAI_OVERFLOW;
    if (len > 0)
        memcpy(buf, name, length + 1);
    return (int)length;
}
