/* Errors that WASIX or preview 1 has no number for become the nearest error that it has.
 * docs/wasix.md has the same tables for users. */
#include "wasix/guest.h"

struct mapping {
    short from, to;
};

/* The numbers of WASIX end at 80. */
static const struct mapping wasix_mappings[] = {
    {XSOCK_ESOCKTNOSUPPORT, XSOCK_ENOTSUP},
    {XSOCK_EPFNOSUPPORT, XSOCK_EAFNOSUPPORT},
    {XSOCK_ETOOMANYREFS, XSOCK_ENOBUFS},
    {XSOCK_EHOSTDOWN, XSOCK_EHOSTUNREACH},
    {XSOCK_ENONET, XSOCK_ENETDOWN},
    {XSOCK_ENODATA, XSOCK_EADDRNOTAVAIL},
    {XSOCK_EUSERS, XSOCK_ENOBUFS},
    {XSOCK_ENOSR, XSOCK_ENOBUFS},
    {XSOCK_ETIME, XSOCK_ETIMEDOUT},
    {XSOCK_EBADFD, XSOCK_EBADF},
    {XSOCK_ENOTUNIQ, XSOCK_EADDRINUSE},
    {XSOCK_EREMOTEIO, XSOCK_EIO},
    {XSOCK_ECOMM, XSOCK_EIO},
    {XSOCK_ERFKILL, XSOCK_ENETDOWN},
    {XSOCK_EAI_ADDRFAMILY, XSOCK_EADDRNOTAVAIL},
    {XSOCK_EAI_AGAIN, XSOCK_EAGAIN},
    {XSOCK_EAI_BADFLAGS, XSOCK_EINVAL},
    {XSOCK_EAI_FAIL, XSOCK_EIO},
    {XSOCK_EAI_FAMILY, XSOCK_EAFNOSUPPORT},
    {XSOCK_EAI_MEMORY, XSOCK_ENOMEM},
    {XSOCK_EAI_NODATA, XSOCK_EADDRNOTAVAIL},
    {XSOCK_EAI_NONAME, XSOCK_ENOENT},
    {XSOCK_EAI_OVERFLOW, XSOCK_EOVERFLOW},
    {XSOCK_EAI_SERVICE, XSOCK_ENOTSUP},
    {XSOCK_EAI_SOCKTYPE, XSOCK_ENOTSUP},
    {XSOCK_EAI_SYSTEM, XSOCK_EIO},
    {XSOCK_ESYSNOTREADY, XSOCK_ENETDOWN},
    {XSOCK_EVERNOTSUPPORTED, XSOCK_ENETDOWN},
    {XSOCK_ENOTINITIALISED, XSOCK_ENETDOWN},
    {XSOCK_EINVALIDPROCTABLE, XSOCK_ENETDOWN},
    {XSOCK_EINVALIDPROVIDER, XSOCK_ENETDOWN},
    {XSOCK_EPROVIDERFAILEDINIT, XSOCK_ENETDOWN},
    {XSOCK_ESYSCALLFAILURE, XSOCK_EIO},
};

/* The numbers of preview 1 end at 76. */
static const struct mapping preview1_mappings[] = {
    {XSOCK_ESHUTDOWN, XSOCK_EPIPE},
    {XSOCK_EMEMVIOLATION, XSOCK_EFAULT},
    {XSOCK_EUNKNOWN, XSOCK_EIO},
    {XSOCK_EPENDING, XSOCK_EAGAIN},
};

static int map_error(const struct mapping *v, size_t n, int error, int otherwise)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].from == error)
            return v[i].to;
    return otherwise;
}

uint32_t xsock__wasix_errno(int64_t rc, bool preview1)
{
    if (rc >= 0)
        return 0;
    if (rc == -XSOCK__EFOREIGN)
        return XSOCK_WASIX_CALL_ENGINE;
    int error = (int)-rc;
    if (error > XSOCK_EPENDING)
        error = map_error(wasix_mappings, sizeof wasix_mappings / sizeof wasix_mappings[0], error,
                          XSOCK_EUNKNOWN);
    if (preview1 && error > XSOCK_ENOTCAPABLE)
        error = map_error(preview1_mappings, sizeof preview1_mappings / sizeof preview1_mappings[0],
                          error, error);
    return (uint32_t)error;
}
