/* What the tests of xsock-posix share. They are programs for POSIX, and know nothing of xsock. */
#ifndef XSOCK_POSIX_TEST_SUPPORT_H
#define XSOCK_POSIX_TEST_SUPPORT_H

#ifdef NDEBUG
#undef NDEBUG
#endif

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <cmocka.h>

/* The call fails with this errno. */
#define ASSERT_ERRNO(number, call) assert_errno((number), (call), #call, __FILE__, __LINE__)

/* The call succeeds with this result. */
#define ASSERT_IS(expected, call) assert_is((expected), (call), #call, __FILE__, __LINE__)

/* The call gives a number; returns it. */
#define ASSERT_OPENS(call) assert_opens((call), #call, __FILE__, __LINE__)

void assert_errno(int number, long long result, const char *call, const char *file, int line);
void assert_is(long long expected, long long result, const char *call, const char *file, int line);
int assert_opens(int result, const char *call, const char *file, int line);

/* A listener of INET on a port that the system chose, and that port. */
int listener_open(struct sockaddr_in *out);

/* Two connected streams of INET: out[0] connected, out[1] was accepted. */
void streams_open(int out[2]);

/* Two UDP sockets of INET that know each other. */
void datagrams_open(int out[2]);

/* A file without content, open for reading and writing. */
int file_open(void);
void file_remove(void);

/* Whether the number is open at all. */
bool is_open(int number);

/* Whether the system has sockets of this family. */
bool has_family(int family);

/* CMocka's fixture of a group: waits once in each way. On POSIX systems xsock keeps a handle of its
 * own from the first wait on, which takes a number. */
int warm_up(void **state);

#define TEST(f) cmocka_unit_test(f)

/* musl's CMSG_NXTHDR compares numbers of different signs. */
#if defined(__clang__)
#pragma GCC diagnostic ignored "-Wsign-compare"
#endif

/* musl's ioctl() takes an int, and FIONBIO is larger on PowerPC and MIPS. */
#if defined(__linux__) && !defined(__GLIBC__)
#define REQUEST(number) ((int)(number))
#else
#define REQUEST(number) (number)
#endif

/* Whether qemu runs this program, which is for another processor. */
bool is_qemu(void);

#define SKIP(reason)                     \
    do {                                 \
        print_message("%s\n", (reason)); \
        skip();                          \
    } while (0)

#define SKIP_ON_QEMU(reason) \
    do {                     \
        if (is_qemu())       \
            SKIP(reason);    \
    } while (0)

/* Where the processor has another byte order than the machine, qemu has to swap what it passes. */
#define SKIP_ON_SWAPPING_QEMU(reason)          \
    do {                                       \
        if (((const char *)&(int){1})[0] == 0) \
            SKIP_ON_QEMU(reason);              \
    } while (0)

/* The library asks for interfaces when a socket joins a group, too. */
#define SKIP_WITHOUT_INTERFACES()                                           \
    SKIP_ON_SWAPPING_QEMU("getifaddrs() never ends, because qemu does not " \
                          "swap all answers of netlink")

#define SKIP_WITHOUT_INET6()                                \
    do {                                                    \
        if (!has_family(AF_INET6))                          \
            SKIP("this system has no sockets of AF_INET6"); \
    } while (0)

#endif
