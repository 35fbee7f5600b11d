/* A guest: its table, its end, and the numbers that belong to the engine. */
#include "wasix/guest.h"

#include <string.h>

#include "call/call.h"
#include "socket/sock.h"
#include "sys.h"

enum {
    FIRST = 3,
    MAX_DESCRIPTORS = 65536,
    MAX_WAITING = 1024,
    MAX_SCRATCH = 4 << 20,
    MAX_SOCKET_BUFFER = 4 << 20,
    MAX_BUFFERS = 64 << 20
};

/* The defaults of max_descriptors and max_waiting leave most handles of the process to others. An
 * event or an epoll has two handles, and a call that waits may have one: so a guest gets at most
 * five eighths of the handles. The numbers of the engine come on top. */
static int share(int most, int part)
{
    int n = xsock__sys_max_handles() / part;
    return n < 1 ? 1 : n < most ? n : most;
}

static int check(const struct xsock_wasix_config *c)
{
    for (size_t i = 0; i < sizeof c->reserved / sizeof c->reserved[0]; i++)
        if (c->reserved[i] != 0)
            return -XSOCK_EINVAL;
    if (c->first < -1 || c->max_descriptors < 0 || c->max_descriptors > XSOCK__FDTAB_LIMIT
        || c->max_waiting < 0)
        return -XSOCK_EINVAL;
    if (c->addr_port_size != 0 && c->addr_port_size != 20
        && c->addr_port_size != XSOCK__WASIX_ADDR_PORT)
        return -XSOCK_EINVAL;
    return 0;
}

static struct xsock_wasix_config with_defaults(const struct xsock_wasix_config *given)
{
    struct xsock_wasix_config c = *given;
    c.first = c.first == 0 ? FIRST : c.first < 0 ? 0 : c.first;
    if (c.max_descriptors == 0)
        c.max_descriptors = share(MAX_DESCRIPTORS - c.first, 4) + c.first;
    if (c.max_waiting == 0)
        c.max_waiting = share(MAX_WAITING, 8);
    if (c.max_scratch == 0)
        c.max_scratch = MAX_SCRATCH;
    if (c.max_socket_buffer == 0)
        c.max_socket_buffer = MAX_SOCKET_BUFFER;
    if (c.max_buffers == 0)
        c.max_buffers = MAX_BUFFERS;
    if (c.addr_port_size == 0)
        c.addr_port_size = XSOCK__WASIX_ADDR_PORT;
    return c;
}

/* Creates the table, and reserves the engine's first numbers in it. */
static int make_table(struct xsock_wasix *g)
{
    struct xsock__fdtab_rules rules = {
        .first = 0, .waiting = g->config.max_waiting, .private_handles = true, .ends = true};
    int rc = xsock__lookup_create_table(&g->table);
    if (rc != 0)
        return rc;
    xsock__fdtab_set_rules(g->table, &rules);
    rc = xsock__fdtab_set_limit(g->table, g->config.max_descriptors);
    for (int n = 0; n < g->config.first && rc >= 0; n++)
        rc = xsock_wasix_reserve(g, n);
    if (rc < 0)
        xsock__fdtab_destroy(g->table);
    return rc < 0 ? rc : 0;
}

int xsock_wasix_create(const struct xsock_wasix_config *config, struct xsock_wasix **out)
{
    static const struct xsock_wasix_config zeros;
    if (out == NULL)
        return -XSOCK_EFAULT;
    if (config == NULL)
        config = &zeros;
    int rc = check(config);
    if (rc != 0)
        return rc;
    struct xsock_wasix_config c = with_defaults(config);
    if (c.first > c.max_descriptors)
        return -XSOCK_EINVAL;
    struct xsock_wasix *g = xsock__sys_alloc(sizeof *g);
    if (g == NULL)
        return -XSOCK_ENOMEM;
    g->config = c;
    xsock__sys_lock_init(&g->lock);
    rc = make_table(g);
    if (rc == 0) {
        *out = g;
        return 0;
    }
    xsock__sys_lock_destroy(&g->lock);
    xsock__sys_free(g, sizeof *g);
    return rc;
}

void xsock_wasix_end(struct xsock_wasix *guest)
{
    if (guest != NULL)
        xsock__fdtab_seal(guest->table);
}

int xsock_wasix_exec(struct xsock_wasix *guest)
{
    if (guest == NULL)
        return -XSOCK_EFAULT;
    xsock__fdtab_close_marked(guest->table);
    return 0;
}

void xsock_wasix_destroy(struct xsock_wasix *guest)
{
    if (guest == NULL)
        return;
    xsock__fdtab_destroy(guest->table);
    xsock__sys_lock_destroy(&guest->lock);
    xsock__sys_free(guest, sizeof *guest);
}

/* ---- The engine's numbers -------------------------------------------------------------------- */

int xsock_wasix_reserve(struct xsock_wasix *guest, int number)
{
    struct xsock__held held = xsock__sock_foreign();
    if (guest == NULL)
        return -XSOCK_EFAULT;
    return number < -1 ? -XSOCK_EBADF : xsock__fdtab_reserve_foreign(guest->table, number, &held);
}

int xsock_wasix_unreserve(struct xsock_wasix *guest, int number)
{
    return guest == NULL ? -XSOCK_EFAULT : xsock__fdtab_release_foreign(guest->table, number);
}

int xsock_wasix_owner(struct xsock_wasix *guest, int number)
{
    struct xsock__fd *fd;
    if (guest == NULL)
        return -XSOCK_EFAULT;
    int rc = xsock__lookup_fd(guest->table, number, &fd);
    if (rc != 0)
        return rc == -XSOCK__EFOREIGN ? XSOCK_WASIX_OWNER_ENGINE : XSOCK_WASIX_OWNER_NONE;
    xsock__fdtab_put(guest->table, fd);
    return XSOCK_WASIX_OWNER_XSOCK;
}

int xsock_wasix_close(struct xsock_wasix *guest, int number)
{
    if (guest == NULL)
        return -XSOCK_EFAULT;
    int rc = xsock__call_close(guest->table, number);
    return rc == -XSOCK__EFOREIGN ? -XSOCK_EBADF : rc;
}

int xsock_wasix_adopt(struct xsock_wasix *guest, uintptr_t handle, int flags)
{
    return guest == NULL ? -XSOCK_EFAULT : xsock__call_adopt(guest->table, handle, flags);
}
