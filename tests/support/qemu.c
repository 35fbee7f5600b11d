/* Whether an emulator runs this program. xsock-posix's tests, which know nothing of xsock, use this
 * file too. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <stdbool.h>

#ifdef __linux__
#include <string.h>
#include <unistd.h>
#endif

bool is_qemu(void);

/* The link names the program that the kernel runs. (qemu has its own answer for /proc/self/exe.) */
bool is_qemu(void)
{
#ifdef __linux__
    char path[256];
    ssize_t length = readlink("/proc/thread-self/exe", path, sizeof path - 1);
    if (length <= 0)
        return false;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    return name != NULL && strncmp(name, "/qemu-", 6) == 0;
#else
    return false;
#endif
}
