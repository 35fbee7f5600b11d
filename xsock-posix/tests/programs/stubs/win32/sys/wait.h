/* Windows has no children to wait for by this call. */
#ifndef STUB_SYS_WAIT_H
#define STUB_SYS_WAIT_H
#define WNOHANG 1
#define waitpid(pid, status, options) ((void)(status), -1)
#define fork() (-1)
#define setsid() (-1)
#endif
