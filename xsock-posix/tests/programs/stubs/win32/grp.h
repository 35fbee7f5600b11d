/* Windows has no groups by number: none is ever found. */
#ifndef STUB_GRP_H
#define STUB_GRP_H
#include <pwd.h>
struct group {
    char *gr_name;
    gid_t gr_gid;
};
#define getgrnam(name) ((void)(name), (struct group *)NULL)
#define getgid() 1
#define setgid(id) ((void)(id), -1)
#define setgroups(n, list) ((void)(list), -1)
#endif
