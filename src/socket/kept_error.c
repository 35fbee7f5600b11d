#include "socket/kept_error.h"

#include "facts/translate.h"
#include "xsock.h"

/* Whether the network has reported the error. The system gives a report once. */
static bool is_report(int error)
{
    switch (-error) {
    case XSOCK_ECONNREFUSED:
    case XSOCK_ECONNRESET:
    case XSOCK_EHOSTUNREACH:
    case XSOCK_EHOSTDOWN:
    case XSOCK_ENETUNREACH:
    case XSOCK_ENETDOWN:
    case XSOCK_ENETRESET:
    case XSOCK_ENOPROTOOPT:
    case XSOCK_EPROTO:
    case XSOCK_ETIMEDOUT:
        return true;
    default:
        return false;
    }
}

bool xsock__kept_error_put(struct xsock__sock *s, int code)
{
    if (!is_report(xsock__error_from_native(code)))
        return false;
    xsock__atomic_store(&s->kept_error, code);
    xsock__sock_becomes(s, XSOCK__SOCK_KEPT_ERROR, 0);
    return true;
}

int xsock__kept_error_take(struct xsock__sock *s)
{
    if (!xsock__sock_is(s, XSOCK__SOCK_KEPT_ERROR))
        return 0;
    /* In this order an error that another thread keeps meanwhile is not lost. */
    xsock__sock_becomes(s, 0, XSOCK__SOCK_KEPT_ERROR);
    int code = xsock__atomic_swap(&s->kept_error, -1);
    return code > 0 ? code : 0;
}
