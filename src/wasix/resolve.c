/* resolve: the addresses of a host. The port is a hint, and no answer depends on it. Addresses
 * that do not fit are left out, and the stored number counts the addresses written. Other hosts
 * of WASIX do the same. */
#include <string.h>

#include "name/ask.h"
#include "wasix/guest.h"

/* An addr_ip: a tag, a padding byte, and 4 or 16 bytes of address. */
enum { ADDR_IP = 18, ADDR_IP_DATA = 2, PORT_LAST = 0xffff };

struct arguments {
    char host[XSOCK__HOST_MAX + 1];
    uint64_t capacity; /* in addresses */
    unsigned char *addrs, *count;
};

/* Checks the pointers first, then the data that they point to. */
static int read_arguments(const struct xsock__wasix_call *c, struct arguments *a)
{
    uint64_t len = xsock__wasix_ptr(c, 1);
    const unsigned char *host = xsock__wasix_at(c, xsock__wasix_ptr(c, 0), len);
    a->capacity = xsock__wasix_ptr(c, 4);
    a->addrs = a->capacity <= c->size
                   ? xsock__wasix_at(c, xsock__wasix_ptr(c, 3), a->capacity * ADDR_IP)
                   : NULL;
    a->count = xsock__wasix_at(c, xsock__wasix_ptr(c, 5), xsock__wasix_word(c));
    if (host == NULL || a->addrs == NULL || a->count == NULL)
        return -XSOCK_EMEMVIOLATION;
    if (len > XSOCK__HOST_MAX)
        return -XSOCK_ENAMETOOLONG;
    memcpy(a->host, host, (size_t)len);
    a->host[len] = 0;
    if (memchr(a->host, 0, (size_t)len) != NULL || xsock__wasix_u32(c, 2) > PORT_LAST)
        return -XSOCK_EINVAL;
    return 0;
}

static void write_answer(const struct xsock__wasix_call *c, const struct arguments *a,
                         const struct xsock__answer *answer)
{
    size_t n = a->capacity < answer->count ? (size_t)a->capacity : answer->count;
    for (size_t i = 0; i < n; i++) {
        unsigned char entry[ADDR_IP] = {(unsigned char)answer->v[i].family};
        memcpy(entry + ADDR_IP_DATA, answer->v[i].data, answer->v[i].length);
        memcpy(a->addrs + i * ADDR_IP, entry, ADDR_IP);
    }
    xsock__wasix_put_word(c, a->count, n);
}

int xsock__wasix_resolve(const struct xsock__wasix_call *c)
{
    struct arguments a;
    struct xsock__question q;
    struct xsock__answer answer;
    int rc = read_arguments(c, &a);
    if (rc == 0)
        rc = xsock__wasix_ask(c, XSOCK_WASIX_RESOLVE, 0, 0, 0, NULL, a.host);
    if (rc == 0)
        rc = xsock__question_init(&q, a.host, NULL, XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0);
    if (rc != 0)
        return rc;
    rc = xsock__ask_for_guest(c->guest->table, &q, &answer);
    if (rc == 0)
        write_answer(c, &a, &answer);
    else if (answer.code != 0)
        xsock__sys_set_last_error(answer.code);
    xsock__answer_free(&answer);
    return rc;
}
