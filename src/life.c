/* The life of the library, and of the process's own table. */
#include "call/call.h"

#include "facts/translate.h"
#include "facts/triple.h"
#include "names.h"
#include "socket/sock.h"
#include "sys.h"
#include "xsock.h"

static xsock__atomic_ptr process_table; /* never freed: another thread may be in it at any time */
static xsock__atomic_int running;       /* the system is started */

struct xsock__fdtab *xsock__library_table(void)
{
    return xsock__atomic_load_ptr(&process_table);
}

int xsock__library_ensure_table(struct xsock__fdtab **out)
{
    struct xsock__fdtab *mine, *theirs;
    *out = xsock__library_table();
    if (*out != NULL)
        return 0;
    int rc = xsock__lookup_create_table(&mine);
    if (rc != 0)
        return rc;
    xsock__sys_lock_global();
    theirs = xsock__library_table();
    if (theirs == NULL)
        xsock__atomic_store_ptr(&process_table, mine);
    xsock__sys_unlock_global();
    if (theirs != NULL)
        xsock__fdtab_destroy(mine);
    *out = theirs != NULL ? theirs : mine;
    return 0;
}

/* The caller has the global lock. */
static int start(void)
{
    int rc = 0;
    if (!xsock__atomic_load(&running)) {
        rc = xsock__finish(xsock__sys_startup());
        xsock__atomic_store(&running, rc == 0);
    }
    return rc;
}

/* Nobody can stop the system between this and the caller's use of it: the caller has reserved a number before,
 * and xsock_cleanup looks for one after it has said that it stops. */
int xsock__start(void)
{
    if (xsock__atomic_load(&running))
        return 0;
    xsock__sys_lock_global();
    int rc = start();
    xsock__sys_unlock_global();
    return rc;
}

int xsock_startup(void)
{
    struct xsock__fdtab *t;
    int rc = xsock__library_ensure_table(&t);
    return rc != 0 ? rc : xsock__start();
}

int xsock_cleanup(void)
{
    int rc = 0;
    xsock__sys_lock_global();
    if (xsock__atomic_load(&running)) {
        xsock__atomic_store(&running, 0);
        if (xsock__fdtab_any_open()) {
            xsock__atomic_store(&running, 1);
            rc = -XSOCK_EBUSY;
        } else {
            xsock__sys_cleanup();
        }
    }
    xsock__sys_unlock_global();
    return rc;
}

const char *xsock_version(void)
{
    return XSOCK_VERSION;
}

/* ---- Discovery ----------------------------------------------------------------------------------- */

/* Under the global lock, as it has no number to keep the system from being stopped. */
int xsock_probe(int af, int type, int protocol)
{
    xsock__sys_lock_global();
    int rc = start();
    if (rc == 0)
        rc = xsock__sock_probe(af, type, protocol);
    xsock__sys_unlock_global();
    return rc;
}

int xsock__probe_pair(int af, int type, int protocol)
{
    xsock__sys_lock_global();
    int rc = start();
    if (rc == 0)
        rc = xsock__sock_check_pair(af, type, &protocol);
    xsock__sys_unlock_global();
    return rc;
}

int xsock__probe_handle(uintptr_t handle)
{
    xsock__sys_lock_global();
    int rc = start();
    if (rc == 0)
        rc = xsock__sock_check_handle(handle);
    xsock__sys_unlock_global();
    return rc;
}

/* No lock and no reference is held while fn runs: an exception may leave it (xsock.h). */
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

/* The first protocol of a row that is reported, or the next after `last`: of a range, the ones with a name. */
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
