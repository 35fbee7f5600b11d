/* The list of interfaces, by GetAdaptersAddresses(). */
#include "win32/native.h"

#include <iphlpapi.h>
#include <netioapi.h>
#include <string.h>

/* FriendlyName has at most 256 characters (MAX_ADAPTER_NAME_LENGTH), each of up to 3 bytes in
 * UTF-8. */
enum { LABEL_SIZE = 3 * 256 + 1 };

int xsock__sys_if_index(const char *name, uint32_t *out)
{
    *out = if_nametoindex(name);
    return 0;
}

/* if_indextoname() wants IF_MAX_STRING_SIZE + 1 bytes, as XSOCK__IF_NAME_SIZE is. */
int xsock__sys_if_name(uint32_t index, char out[XSOCK__IF_NAME_SIZE])
{
    char name[XSOCK__IF_NAME_SIZE] = "";

    if (!if_indextoname(index, name))
        name[0] = 0;
    memcpy(out, name, sizeof name);
    return 0;
}

static uint32_t flags_of(const IP_ADAPTER_ADDRESSES *adapter)
{
    bool loopback = adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK;
    bool link = adapter->IfType == IF_TYPE_PPP || adapter->IfType == IF_TYPE_TUNNEL;

    return (adapter->OperStatus == IfOperStatusUp ? (uint32_t)XSOCK_IF_UP : 0)
           | (loopback ? (uint32_t)XSOCK_IF_LOOPBACK : 0)
           | (link ? (uint32_t)XSOCK_IF_POINTTOPOINT : 0)
           | (adapter->Flags & IP_ADAPTER_NO_MULTICAST ? 0 : (uint32_t)XSOCK_IF_MULTICAST);
}

static size_t count_addrs(const IP_ADAPTER_ADDRESSES *adapter)
{
    const IP_ADAPTER_UNICAST_ADDRESS *a;
    size_t n = 0;

    for (a = adapter->FirstUnicastAddress; a; a = a->Next)
        n++;
    return n;
}

static size_t get_addrs(const IP_ADAPTER_ADDRESSES *adapter, struct xsock_interface_addr *out)
{
    const IP_ADAPTER_UNICAST_ADDRESS *a;
    size_t n = 0;

    for (a = adapter->FirstUnicastAddress; a; a = a->Next) {
        struct xsock__sys_addr native = {0, {0}};
        int family = a->Address.lpSockaddr->sa_family;

        native.length = (uint32_t)a->Address.iSockaddrLength;
        if ((family != AF_INET && family != AF_INET6) || native.length > sizeof native.bytes)
            continue;
        memcpy(native.bytes, a->Address.lpSockaddr, native.length);
        if (xsock__sys_addr_from_native(&native, &out[n].addr) == 0) {
            out[n].prefix_length = a->OnLinkPrefixLength;
            n++;
        }
    }
    return n;
}

/* An adapter that lacks one of the two protocols has 0 for that one's index. */
static uint32_t index_of(const IP_ADAPTER_ADDRESSES *adapter)
{
    return adapter->IfIndex ? adapter->IfIndex : adapter->Ipv6IfIndex;
}

static bool call_one(const IP_ADAPTER_ADDRESSES *adapter, struct xsock_interface_addr *addrs,
                     xsock_interface_fn *fn, void *user)
{
    char name[XSOCK__IF_NAME_SIZE];
    char label[LABEL_SIZE] = "";
    struct xsock_interface iface;

    memset(&iface, 0, sizeof iface);
    iface.index = index_of(adapter);
    (void)xsock__sys_if_name(iface.index, name); /* "" where there is none: the GUID, then */
    iface.name = name[0] ? name : adapter->AdapterName;
    if (!WideCharToMultiByte(CP_UTF8, 0, adapter->FriendlyName, -1, label, sizeof label, NULL,
                             NULL))
        label[0] = 0;
    iface.label = label[0] ? label : iface.name;
    iface.flags = flags_of(adapter);
    iface.addrs = addrs;
    iface.addr_count = get_addrs(adapter, addrs);
    if (adapter->PhysicalAddressLength <= sizeof iface.hardware) {
        iface.hardware_length = adapter->PhysicalAddressLength;
        memcpy(iface.hardware, adapter->PhysicalAddress, iface.hardware_length);
    }
    return fn(&iface, user) == 0;
}

static int call_each(const IP_ADAPTER_ADDRESSES *list, xsock_interface_fn *fn, void *user, int *out)
{
    const IP_ADAPTER_ADDRESSES *adapter;
    struct xsock_interface_addr *addrs;
    size_t most = 1;
    int called = 0;
    bool go_on = true;

    for (adapter = list; adapter; adapter = adapter->Next) {
        size_t n = count_addrs(adapter);
        most = n > most ? n : most;
    }
    addrs = xsock__sys_alloc(most * sizeof *addrs);
    if (!addrs)
        return ERROR_NOT_ENOUGH_MEMORY;
    for (adapter = list; adapter && go_on; adapter = adapter->Next) {
        if (index_of(adapter) != 0) {
            go_on = call_one(adapter, addrs, fn, user);
            called++;
        }
    }
    xsock__sys_free(addrs, most * sizeof *addrs);
    *out = called;
    return 0;
}

int xsock__sys_interfaces(xsock_interface_fn *fn, void *user, int *out)
{
    const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    ULONG size = 16 * 1024;
    int code = ERROR_BUFFER_OVERFLOW;
    int tries;

    /* The list can grow between being told its size and asking again: not for ever. */
    for (tries = 0; tries < 8 && code == ERROR_BUFFER_OVERFLOW; tries++) {
        size_t allocated = size;
        IP_ADAPTER_ADDRESSES *list = xsock__sys_alloc(allocated);
        if (!list)
            return ERROR_NOT_ENOUGH_MEMORY;
        code = (int)GetAdaptersAddresses(AF_UNSPEC, flags, NULL, list, &size);
        if (code == 0) {
            code = call_each(list, fn, user, out);
        } else if (code == ERROR_NO_DATA || code == ERROR_ADDRESS_NOT_ASSOCIATED) {
            *out = 0; /* no interfaces, or none with an address yet: an empty list */
            code = 0;
        }
        xsock__sys_free(list, allocated);
    }
    return code;
}
