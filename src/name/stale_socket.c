#include "name/stale_socket.h"

#include <stdbool.h>
#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"

static const char lock_suffix[] = ".lock";

struct path {
    char text[XSOCK_ADDR_DATA + sizeof lock_suffix];
};

static struct path path_of(const struct xsock_addr *a, const char *suffix)
{
    struct path p;
    memset(&p, 0, sizeof p);
    memcpy(p.text, a->data, a->length);
    memcpy(p.text + a->length, suffix, strlen(suffix));
    return p;
}

/* Only a refusal shows that nobody is there. A full queue, another type and a missing permission do
 * not. */
static int is_refused(const struct xsock_addr *a, int type, bool *out)
{
    struct xsock__sys_addr native;
    struct xsock__held held;
    int rc = xsock__addr_to_native(a, &native);
    if (rc == 0)
        rc = xsock__sock_open(XSOCK_AF_LOCAL, type | XSOCK_SOCK_CLOEXEC, 0, &held);
    if (rc != 0)
        return rc;
    int code = xsock__sys_connect(held.handle, type != XSOCK_SOCK_DGRAM, &native);
    *out = xsock__error_from_native(code) == -XSOCK_ECONNREFUSED;
    xsock__sock_close(&held);
    return 0;
}

int xsock__stale_socket_remove(const struct xsock_addr *a, int type, uintptr_t *out_lock)
{
    struct path path = path_of(a, ""), lock_path = path_of(a, lock_suffix);
    uintptr_t lock;
    bool refused = false;
    int rc;
    do
        rc = xsock__finish(xsock__sys_lock_file(lock_path.text, &lock));
    while (rc != 0 && xsock__fdtab_makes_room(rc));
    if (rc != 0)
        return rc == -XSOCK_EAGAIN ? -XSOCK_EBUSY : rc;
    rc = is_refused(a, type, &refused);
    if (rc == 0 && refused)
        rc = xsock__finish(xsock__sys_remove_socket_file(path.text));
    if (rc != 0)
        xsock__sys_unlock_file(lock);
    else
        *out_lock = lock;
    return rc;
}
