/* The calls of options, for any table (see calls.h). */
#ifndef XSOCK__CALL_OPTIONS_H
#define XSOCK__CALL_OPTIONS_H

#include "table/fdtab.h"
#include "xsock.h"

int xsock__call_set_opt(struct xsock__fdtab *t, int d, int opt, int kind, int64_t value);
int xsock__call_get_opt_flag(struct xsock__fdtab *t, int d, int opt, bool *out);
int xsock__call_get_opt_time(struct xsock__fdtab *t, int d, int opt, int64_t *out);
int xsock__call_get_opt_size(struct xsock__fdtab *t, int d, int opt, uint64_t *out);

int xsock__call_set_congestion(struct xsock__fdtab *t, int d, const char *name);
int xsock__call_get_congestion(struct xsock__fdtab *t, int d, char *buf, size_t len);
int xsock__call_set_device(struct xsock__fdtab *t, int d, uint32_t index);
int xsock__call_get_device(struct xsock__fdtab *t, int d, uint32_t *out);
int xsock__call_tcp_info(struct xsock__fdtab *t, int d, struct xsock_tcp_info *out);
int xsock__call_change_group(struct xsock__fdtab *t, int d, bool join,
                             const struct xsock_addr *group, const struct xsock_addr *source,
                             uint32_t index);

/* The same in a socket that the caller has (see calls.h). */
int xsock__change_group_in(struct xsock__fd *fd, bool join, const struct xsock_addr *group,
                           const struct xsock_addr *source, uint32_t index);
int xsock__call_set_multicast_if(struct xsock__fdtab *t, int d, uint32_t index);
int xsock__call_get_multicast_if(struct xsock__fdtab *t, int d, uint32_t *out);
int xsock__call_set_opt_raw(struct xsock__fdtab *t, int d, int level, int name, const void *value,
                            size_t size);
int xsock__call_get_opt_raw(struct xsock__fdtab *t, int d, int level, int name, void *out,
                            size_t *inout_size);

#endif
