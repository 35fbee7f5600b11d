#include "socket/handle.h"

#include "base/atomic.h"
#include "facts/translate.h"
#include "facts/triple.h"
#include "sys.h"
#include "xsock.h"

/* ---- What the system has --------------------------------------------------------------------- */

/* Systems give different errors for a triple that they lack. The arguments are right, so these
 * errors mean nothing else here. Linux gives ENODEV for VSOCK DGRAM without a host. */
static bool means_not_supported(int error)
{
    switch (-error) {
    case XSOCK_EAFNOSUPPORT:
    case XSOCK_EPFNOSUPPORT:
    case XSOCK_ESOCKTNOSUPPORT:
    case XSOCK_EPROTONOSUPPORT:
    case XSOCK_EPROTOTYPE:
    case XSOCK_ENOPROTOOPT:
    case XSOCK_EOPNOTSUPP:
    case XSOCK_EINVAL:
    case XSOCK_ENODEV:
    case XSOCK_ENXIO:
    case XSOCK_ENOENT:
        return true;
    default:
        return false;
    }
}

static bool means_no_privilege(int error)
{
    return error == -XSOCK_EPERM || error == -XSOCK_EACCES;
}

/* Whether the system has a row: opens a socket and closes it. *out_certain becomes false if the
 * answer is not certain. */
static bool answers(const struct xsock__triple_row *row, bool *out_certain)
{
    struct xsock__sys_triple t;
    uintptr_t handle;
    if (!xsock__triple_to_native(row->af, row->type, row->first, &t))
        return false;
    int code = xsock__sys_open(&t, true, &handle);
    if (code == 0) {
        xsock__sys_close(handle);
        return true;
    }
    int error = xsock__error_from_native(code);
    if (means_not_supported(error))
        return false;
    /* No handle or no memory was left. The type may exist, and can be asked for again. */
    *out_certain = *out_certain && means_no_privilege(error);
    return true;
}

/* A type of a family exists if one of its protocols can be opened, or is refused to this process
 * only. The system is asked once. Threads that ask at the same time get the same answer. */
static bool type_is_there(int af, int type)
{
    enum { UNKNOWN, THERE, ABSENT };
    static xsock__atomic_int known[XSOCK__TRIPLE_KINDS];
    size_t count;
    const struct xsock__triple_row *rows = xsock__triple_rows(&count);
    int kind = xsock__triple_kind(af, type);
    bool there = false, certain = true;
    if (kind < 0)
        return false;
    if (xsock__atomic_load(&known[kind]) != UNKNOWN)
        return xsock__atomic_load(&known[kind]) == THERE;
    for (size_t i = 0; i < count && !there; i++)
        if (rows[i].af == af && rows[i].type == type)
            there = answers(&rows[i], &certain);
    if (certain)
        xsock__atomic_store(&known[kind], there ? THERE : ABSENT);
    return there;
}

static bool family_is_there(int af)
{
    size_t count;
    const struct xsock__triple_row *rows = xsock__triple_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].af == af && type_is_there(af, rows[i].type))
            return true;
    return false;
}

/* The order of the truth table: an error of the family comes before one of the type, and that
 * before one of the protocol, also if the system is what lacks them. */
static int first_missing(int af, int type, int verdict)
{
    if (!family_is_there(af))
        return -XSOCK_EAFNOSUPPORT;
    return type_is_there(af, type) ? verdict : -XSOCK_ESOCKTNOSUPPORT;
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* The result of a call that makes a handle, or a pair, for a triple that is in the table. */
static inline int made(int code)
{
    if (code == 0)
        return 0;
    int rc = xsock__finish(code);
    if (means_not_supported(rc))
        return -XSOCK_EPROTONOSUPPORT;
    return rc == -XSOCK_EPERM ? -XSOCK_EACCES : rc;
}

/* Checks a triple by the truth table, and finds the system's numbers for it. */
static int convert(int af, int type, int *protocol, struct xsock__sys_triple *out)
{
    int rc = xsock__triple_check_flags(af, type, *protocol);
    if (rc == 0)
        rc = xsock__triple_check(af, type & XSOCK__TYPE_MASK, protocol);
    if (rc == 0 && !xsock__triple_to_native(af, type & XSOCK__TYPE_MASK, *protocol, out))
        rc = -XSOCK_EPROTONOSUPPORT;
    return rc;
}

/* Of a triple that is not of the table, or that the system refuses. */
static int open_error(int af, int type, int rc)
{
    if (rc == -XSOCK_ESOCKTNOSUPPORT || rc == -XSOCK_EPROTONOSUPPORT)
        return first_missing(af, type & XSOCK__TYPE_MASK, rc);
    return rc;
}

int xsock__handle_refused(int af, int type, int code)
{
    return open_error(af, type, made(code));
}

int xsock__handle_convert(int af, int type, int *protocol, uintptr_t *out)
{
    struct xsock__sys_triple t;
    int rc = convert(af, type, protocol, &t);
    return rc == 0 ? xsock__handle_native(&t, af, type, out) : open_error(af, type, rc);
}

int xsock__handle_probe(int af, int type, int protocol)
{
    uintptr_t handle;
    int rc = xsock__handle_open(af, type, &protocol, &handle);
    if (rc == 0)
        xsock__sys_close(handle);
    return rc;
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

/* Checks a triple before a pair is made. If pairs are emulated, LOCAL exists for them whatever the
 * system has. */
int xsock__handle_check_pair(int af, int type, int *protocol)
{
    int given = *protocol;
    int rc = xsock__triple_check_flags(af, type, given);
    if (rc != 0)
        return rc;
    rc = xsock__triple_check(af, type & XSOCK__TYPE_MASK, protocol);
    if (af == XSOCK_AF_LOCAL && (rc == 0 || xsock__sys_facts.pair_emulated))
        return rc;
    rc = xsock__handle_probe(af, type, given);
    if (rc == -XSOCK_EAFNOSUPPORT || rc == -XSOCK_ESOCKTNOSUPPORT || rc == -XSOCK_EPROTONOSUPPORT)
        return rc;
    return -XSOCK_EOPNOTSUPP;
}

int xsock__handle_pair(int type, int protocol, uintptr_t out[2])
{
    struct xsock__sys_triple t;
    int rc = -XSOCK_EPROTONOSUPPORT;
    if (xsock__triple_to_native(XSOCK_AF_LOCAL, type & XSOCK__TYPE_MASK, protocol, &t))
        rc = made(xsock__sys_pair(&t, (type & XSOCK_SOCK_CLOEXEC) != 0, out));
    if (rc != -XSOCK_EPROTONOSUPPORT)
        return rc;
    /* Each type of LOCAL has one protocol. So the type is missing, or all of LOCAL. */
    if (xsock__sys_facts.pair_emulated)
        return -XSOCK_ESOCKTNOSUPPORT;
    return first_missing(XSOCK_AF_LOCAL, type & XSOCK__TYPE_MASK, -XSOCK_ESOCKTNOSUPPORT);
}
