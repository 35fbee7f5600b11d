#include "facts/triple.h"

#include <limits.h>

#include "xsock.h"

static const struct xsock__triple_row rows[] = {
#define ROW(af, type, first, last, is_default) \
    {first, last, XSOCK_AF_##af, XSOCK_SOCK_##type, is_default},
#include "facts/triples.def"
#undef ROW
};

enum { COUNT = (int)(sizeof rows / sizeof rows[0]) };

const struct xsock__triple_row *xsock__triple_rows(size_t *out_count)
{
    *out_count = COUNT;
    return rows;
}

int xsock__triple_check_flags(int af, int type, int protocol)
{
    if ((type & ~(XSOCK__TYPE_MASK | XSOCK__TYPE_FLAGS)) != 0)
        return -XSOCK_EINVAL;
    if (protocol < 0 && af != XSOCK_AF_NETBIOS)
        return -XSOCK_EINVAL;
    return 0;
}

int xsock__triple_check(int af, int type, int *protocol)
{
    int verdict = -XSOCK_EAFNOSUPPORT;
    for (int i = 0; i < COUNT; i++) {
        const struct xsock__triple_row *r = &rows[i];
        if (r->af != af)
            continue;
        if (r->type != type) {
            if (verdict == -XSOCK_EAFNOSUPPORT)
                verdict = -XSOCK_ESOCKTNOSUPPORT;
            continue;
        }
        verdict = -XSOCK_EPROTONOSUPPORT;
        if (r->is_default && *protocol == 0) {
            *protocol = r->first;
            return 0;
        }
        if (r->first <= *protocol && *protocol <= r->last)
            return 0;
    }
    return verdict;
}

int xsock__triple_kind(int af, int type)
{
    int kind = -1;
    for (int i = 0; i < COUNT; i++) {
        if (i == 0 || rows[i].af != rows[i - 1].af || rows[i].type != rows[i - 1].type)
            kind++;
        if (rows[i].af == af && rows[i].type == type)
            return kind;
    }
    return -1;
}
