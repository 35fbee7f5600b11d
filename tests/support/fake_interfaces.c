/* Addresses and interfaces of the fake system. Its "sockaddr" is the native number of the family
 * (which differs from xsock's, see fake_sys.h), followed by the xsock_addr. Paths may be as long as
 * in an xsock_addr. The system has two interfaces: "fake7" (index 7, loopback) and "fake9" (index
 * 9, down, without an address). */
#include <string.h>

#include "fake_private.h"

struct fake_sockaddr {
    int family;
    struct xsock_addr addr;
};

int xsock__sys_addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out)
{
    struct fake_sockaddr sa = {0, *a};

    if (a->family >= XSOCK_AF_NATIVE) {
        sa.family = a->family - XSOCK_AF_NATIVE;
    } else if (a->family != XSOCK_AF_UNSPEC && !xsock__sys_family(a->family, &sa.family)) {
        return FAKE_EAFNOSUPPORT;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->bytes, &sa, sizeof sa);
    out->length = sizeof sa;
    return 0;
}

int xsock__sys_addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out)
{
    struct fake_sockaddr sa = {0, {0}};

    if (native->length != 0) {
        if (native->length != sizeof sa)
            return FAKE_EINVAL;
        memcpy(&sa, native->bytes, sizeof sa);
    }
    *out = sa.addr;
    return 0;
}

int xsock__sys_if_index(const char *name, uint32_t *out)
{
    int code = fake__begin(FAKE_INTERFACES);

    if (code == 0)
        *out = strcmp(name, "fake7") == 0 ? 7 : strcmp(name, "fake9") == 0 ? 9 : 0;
    return code;
}

int xsock__sys_if_name(uint32_t index, char out[XSOCK__IF_NAME_SIZE])
{
    int code = fake__begin(FAKE_INTERFACES);

    if (code == 0)
        strcpy(out, index == 7 ? "fake7" : index == 9 ? "fake9" : "");
    return code;
}

int xsock__sys_interfaces(xsock_interface_fn *fn, void *user, int *out)
{
    static const struct xsock_interface_addr addrs[] = {
        {{XSOCK_AF_INET, 0, 0, 0, 4, {127, 0, 0, 1}}, 8},
        {{XSOCK_AF_INET6, 0, 0, 0, 16, {[15] = 1}}, 128},
    };
    static const struct xsock_interface interfaces[] = {
        {"fake7", "fake7", 7, XSOCK_IF_UP | XSOCK_IF_LOOPBACK, addrs, 2, 0, {0}},
        {"fake9", "fake9", 9, XSOCK_IF_MULTICAST, addrs, 0, 6, {2, 0, 0, 0, 0, 9}},
    };
    int called = 0;
    int code = fake__begin(FAKE_INTERFACES);

    if (code != 0)
        return code;
    while (called < 2 && fn(&interfaces[called++], user) == 0) {
    }
    *out = called;
    return 0;
}
