#include "wait/wake.h"

#include "facts/translate.h"
#include "sys.h"
#include "xsock.h"

int xsock__wake_refused(int code, struct xsock__sys_wait *v, size_t n, int64_t left)
{
    if (xsock__error_from_native(code) == -XSOCK_EINTR)
        return code;
    return xsock__sys_wait(v, n, NULL, xsock__wait_slice(left));
}

bool xsock__wake_is_lost(const struct xsock__waker *k, bool *trusted)
{
    *trusted = true;
    return k != NULL && !xsock__sys_wake_is_valid(&k->wake);
}
