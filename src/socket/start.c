/* Starts the system's sockets, and answers the questions that need no descriptor. */
#include "socket/start.h"

#include "base/atomic.h"
#include "facts/translate.h"
#include "socket/handle.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/fdtab.h"
#include "xsock.h"

xsock__atomic_int xsock__start_running;

/* The caller has the global lock. */
static int start(void)
{
    int rc = 0;
    if (!xsock__atomic_load(&xsock__start_running)) {
        rc = xsock__finish(xsock__sys_startup());
        xsock__atomic_store(&xsock__start_running, rc == 0);
    }
    return rc;
}

int xsock__start_first(void)
{
    xsock__sys_lock_global();
    int rc = start();
    xsock__sys_unlock_global();
    return rc;
}

/* Marks the system as stopped first, and looks for descriptors then. A call that opens one at the
 * same time has either reserved a number by then, or finds that it must start the system. */
int xsock__stop(void)
{
    int rc = 0;
    xsock__sys_lock_global();
    if (xsock__atomic_load(&xsock__start_running)) {
        xsock__atomic_store(&xsock__start_running, 0);
        if (xsock__fdtab_any_open()) {
            xsock__atomic_store(&xsock__start_running, 1);
            rc = -XSOCK_EBUSY;
        } else {
            xsock__sys_cleanup();
        }
    }
    xsock__sys_unlock_global();
    return rc;
}

/* ---- Questions ------------------------------------------------------------------------------- */

/* The global lock keeps the system from being stopped, because no number does. */
static int probe(int af, int type, int protocol)
{
    xsock__sys_lock_global();
    int rc = start();
    if (rc == 0)
        rc = xsock__handle_probe(af, type, protocol);
    xsock__sys_unlock_global();
    return rc;
}

int xsock__probe(int af, int type, int protocol)
{
    int rc;
    do
        rc = probe(af, type, protocol);
    while (rc != 0 && xsock__fdtab_makes_room(rc));
    return rc;
}

int xsock__probe_pair(int af, int type, int protocol)
{
    xsock__sys_lock_global();
    int rc = start();
    if (rc == 0)
        rc = xsock__handle_check_pair(af, type, &protocol);
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
