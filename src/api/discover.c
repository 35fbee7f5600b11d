/* What this system has: the families, types and protocols. */
#include "facts/names.h"
#include "facts/triple.h"
#include "socket/start.h"
#include "xsock.h"

int xsock_probe(int af, int type, int protocol)
{
    return xsock__probe(af, type, protocol);
}

static int report(const struct xsock__triple_row *row, int protocol, xsock_catalog_fn *fn,
                  void *user)
{
    const char *name = xsock__protocol_own_name(row->af, protocol);
    struct xsock_triple t = {
        .af = row->af,
        .type = row->type,
        .protocol = protocol,
        .status = xsock_probe(row->af, row->type, protocol),
        .af_name = xsock_family_name(row->af),
        .type_name = xsock_type_name(row->type),
        .protocol_name = name != NULL ? name : "-",
        .is_default = row->is_default,
    };
    return fn(&t, user);
}

/* The first protocol of a row to report, or the next one after `last`. Of a range, only those with
 * a name are reported. */
static bool next_protocol(const struct xsock__triple_row *row, const int *last, int *out)
{
    if (row->first != row->last)
        return xsock__protocol_next(row->af, last != NULL ? *last + 1 : row->first, row->last, out);
    *out = row->first;
    return last == NULL;
}

int xsock_catalog(xsock_catalog_fn *fn, void *user)
{
    size_t count;
    const struct xsock__triple_row *rows = xsock__triple_rows(&count);
    int reported = 0, p;
    if (fn == NULL)
        return -XSOCK_EFAULT;
    for (size_t i = 0; i < count; i++)
        for (bool more = next_protocol(&rows[i], NULL, &p); more;
             more = next_protocol(&rows[i], &p, &p)) {
            reported++;
            if (report(&rows[i], p, fn, user) != 0)
                return reported;
        }
    return reported;
}
