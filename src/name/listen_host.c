/* Listening by name. */
#include "name/connect_host.h"

#include "addr/addr.h"
#include "call/lookup.h"
#include "facts/translate.h"
#include "name/resolve.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "socket/start.h"
#include "sys.h"

static int set_up_listener(const struct xsock__held *held, const struct xsock_addr *a, int backlog)
{
    struct xsock__sys_addr native;
    int rc = xsock__addr_to_native(a, &native);
    if (rc != 0)
        return rc;
    rc = xsock__option_set(held, XSOCK_SO_REUSEADDR, XSOCK_OPT_FLAG, 1);
    if (rc == 0)
        rc = xsock__finish(xsock__sys_bind(held->handle, &native, false));
    if (rc == 0)
        rc = xsock__finish(xsock__sys_listen(held->handle, backlog < 0 ? 0 : backlog));
    if (rc == 0)
        xsock__sock_becomes(held->sock, XSOCK__SOCK_BOUND | XSOCK__SOCK_LISTENING, 0);
    return rc == -XSOCK_EPERM ? -XSOCK_EACCES : rc;
}

static int listen_on(const struct xsock_addr *a, int backlog, struct xsock__held *out)
{
    int rc = xsock__sock_open(a->family, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, out);
    if (rc != 0)
        return rc;
    rc = set_up_listener(out, a, backlog);
    if (rc != 0)
        xsock__sock_close(out);
    return rc;
}

/* Only an address that is not this machine's is passed over. One that is taken ends it: on another one the
 * server would run, and not be found. */
static int listen_on_first(const struct xsock__answer *answer, int backlog, struct xsock__held *out)
{
    int told = -XSOCK_EAFNOSUPPORT;
    for (size_t i = 0; i < answer->count; i++) {
        int rc = listen_on(&answer->v[i], backlog, out);
        if (rc != -XSOCK_EAFNOSUPPORT && rc != -XSOCK_EADDRNOTAVAIL)
            return rc;
        if (told == -XSOCK_EAFNOSUPPORT)
            told = rc;
    }
    return told;
}

static int listen_question(const struct xsock__question *q, int backlog, struct xsock__held *out)
{
    struct xsock__answer answer;
    int rc = xsock__question_ask(q, &answer);
    if (rc == 0)
        rc = listen_on_first(&answer, backlog, out);
    else if (answer.code != 0)
        xsock__sys_set_last_error(answer.code);
    xsock__answer_free(&answer);
    return rc;
}

int xsock__call_listen_host(struct xsock__fdtab *t, const char *host, const char *service,
                            int backlog)
{
    struct xsock__question q;
    struct xsock__held held;
    struct xsock__fd *fd;
    int rc = xsock__question_init(&q, host, service != NULL ? service : "0", XSOCK_AF_UNSPEC,
                                  XSOCK_SOCK_STREAM, XSOCK_AI_PASSIVE);
    if (rc == 0)
        rc = xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__start();
    if (rc == 0)
        rc = listen_question(&q, backlog, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    return xsock__lookup_publish(t, fd, &held, XSOCK_SOCK_CLOEXEC);
}
