#include "facts/translate.h"

#include <string.h>

#include "facts/triple.h"
#include "xsock.h"

/* ---- Errors ---------------------------------------------------------------------------------- */

/* In the order of winsock.def, whose first rows are the everyday ones. */
static const struct winsock_row {
    uint16_t code;
    uint16_t error;
} winsock_rows[] = {
#define WSA(code, error) {code, XSOCK_##error},
#include "facts/winsock.def"
#undef WSA
};

int xsock__error_from_winsock(int64_t code)
{
    if (code == 0)
        return 0;
    for (size_t i = 0; i < sizeof winsock_rows / sizeof winsock_rows[0]; i++)
        if (winsock_rows[i].code == code)
            return -winsock_rows[i].error;
    return -XSOCK_EUNKNOWN;
}

int xsock__error_from_native(int64_t code)
{
    if (xsock__sys_facts.errors == NULL)
        return xsock__error_from_winsock(code);
    if (code == 0)
        return 0;
    if (code < 0 || (uint64_t)code >= xsock__sys_facts.error_count
        || xsock__sys_facts.errors[code] == 0)
        return -XSOCK_EUNKNOWN;
    return -xsock__sys_facts.errors[code];
}

/* If two codes have one error, the usual one is the first row of winsock.def, or the lowest errno.
 * (macOS: ENOTSUP is below EOPNOTSUPP. BSD: EAGAIN is below EPROCLIM, and ENOTCAPABLE below
 * ECAPMODE.) */
int xsock__error_to_native(int error)
{
    int wanted = error < 0 ? error : -error;
    if (wanted == 0)
        return 0;
    if (xsock__sys_facts.errors == NULL) {
        for (size_t i = 0; i < sizeof winsock_rows / sizeof winsock_rows[0]; i++)
            if (-winsock_rows[i].error == wanted)
                return winsock_rows[i].code;
        return -XSOCK_EINVAL;
    }
    for (size_t code = 0; code < xsock__sys_facts.error_count; code++)
        if (-xsock__sys_facts.errors[code] == wanted)
            return (int)code;
    return -XSOCK_EINVAL;
}

int xsock__finish_failed(int code)
{
    xsock__sys_set_last_error(code);
    return xsock__error_from_native(code);
}

/* ---- Triples --------------------------------------------------------------------------------- */

bool xsock__triple_to_native(int af, int type, int protocol, struct xsock__sys_triple *out)
{
    return xsock__sys_family(af, &out->family) && xsock__sys_type(type, &out->type)
           && xsock__sys_protocol(af, protocol, &out->protocol);
}

/* The protocol is that of a row, or 0 if the system does not tell it. The numbers of a range are
 * the system's own, or are in network order, so that the conversion also converts back. */
static int protocol_from_native(const struct xsock__sys_triple *t, int af, int type)
{
    size_t count;
    const struct xsock__triple_row *rows = xsock__triple_rows(&count);
    for (size_t i = 0; i < count; i++) {
        int native, number;
        if (rows[i].af != af || rows[i].type != type)
            continue;
        if (rows[i].first == rows[i].last && xsock__sys_protocol(af, rows[i].first, &native)
            && native == t->protocol)
            return rows[i].first;
        if (xsock__sys_protocol(af, t->protocol, &number) && rows[i].first <= number
            && number <= rows[i].last && xsock__sys_protocol(af, number, &native)
            && native == t->protocol)
            return number;
    }
    return 0;
}

/* The row of a native family and type (0: of the family alone). */
static int row_from_native(const struct xsock__sys_triple *t, const struct xsock__triple_row **out)
{
    size_t count;
    const struct xsock__triple_row *rows = xsock__triple_rows(&count);
    int native, verdict = -XSOCK_EAFNOSUPPORT;
    for (size_t i = 0; i < count; i++) {
        if (!xsock__sys_family(rows[i].af, &native) || native != t->family)
            continue;
        verdict = -XSOCK_ESOCKTNOSUPPORT;
        if (t->type == 0 || (xsock__sys_type(rows[i].type, &native) && native == t->type)) {
            *out = &rows[i];
            return 0;
        }
    }
    return verdict;
}

int xsock__triple_from_native(const struct xsock__sys_triple *t, int *out_af, int *out_type,
                              int *out_protocol)
{
    const struct xsock__triple_row *row;
    int rc = row_from_native(t, &row);
    if (rc == 0 && t->type == 0)
        rc = -XSOCK_ESOCKTNOSUPPORT;
    if (rc != 0)
        return rc;
    *out_af = row->af;
    *out_type = row->type;
    *out_protocol = protocol_from_native(t, row->af, row->type);
    return 0;
}

int xsock__numbers_from_native(const struct xsock__sys_triple *t, int out[3])
{
    const struct xsock__triple_row *row;
    if (t->type == 0 && t->protocol != 0)
        return -XSOCK_EINVAL;
    int rc = row_from_native(t, &row);
    if (rc != 0)
        return rc;
    int protocol = t->type != 0 ? protocol_from_native(t, row->af, row->type) : 0;
    if (protocol == 0 && t->protocol != 0)
        return -XSOCK_EPROTONOSUPPORT;
    out[0] = row->af;
    out[1] = t->type != 0 ? row->type : 0;
    out[2] = protocol;
    return 0;
}
