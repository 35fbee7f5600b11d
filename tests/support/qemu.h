/* What user-mode emulation by qemu (qemu-s390x and its kin) cannot do. A test that cannot show
 * something there asks is_qemu(), and prints the reason why it skips. All were seen with 7.2. */
#ifndef XSOCK_TEST_QEMU_H
#define XSOCK_TEST_QEMU_H

#include <stdbool.h>

#include "harness.h"

/* Whether qemu runs this program, which is for another processor. */
bool is_qemu(void);

#define SKIP_ON_QEMU(reason) \
    do {                     \
        if (is_qemu())       \
            SKIP(reason);    \
    } while (0)

/* Whether the processor has another byte order than the machine, which qemu must swap. */
static inline bool is_swapping_qemu(void)
{
    return is_qemu() && ((const char *)&(int){1})[0] == 0;
}

#define SKIP_ON_SWAPPING_QEMU(reason) \
    do {                              \
        if (is_swapping_qemu())       \
            SKIP(reason);             \
    } while (0)

/* A group's interface, the MTU and others give ENOPROTOOPT. Groups of IPv4 cannot be joined by the
 * index of an interface. */
#define QEMU_OPTIONS "qemu does not translate every option"

/* sendmsg() and recvmsg() then give 0, and move nothing. */
#define QEMU_VECTORS "qemu does nothing if the count of vectors is 0 or over the system's limit"

/* The child of a program that has threads ends by an assertion of qemu's own. */
#define QEMU_FORK "qemu's own threads do not survive fork()"

/* The kernel knows by binfmt_misc which qemu runs a program, if it is set up. */
#define QEMU_EXEC "the kernel starts no program for qemu"

/* A segment's size, the TOS and the hop limit come and go in the wrong byte order. */
#define QEMU_CONTROL "qemu does not swap all control data"

/* A program of musl alone, without xsock, does not end either. */
#define QEMU_NETLINK "getifaddrs() never ends, because qemu does not swap all answers of netlink"

#endif
