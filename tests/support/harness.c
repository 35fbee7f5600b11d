/* Must stand before any header: declares POSIX's functions in a build for plain C11. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "harness.h"
#include "wine.h"
#include "xsock_native.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <windows.h>
#else
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#endif

/* ---- Results by name ------------------------------------------------------------------------- */

const char *harness_name(int result)
{
    static char text[4][48];
    static int next;
    char *out = text[next++ % 4];
    const char *name = result < 0 ? xsock_errname(result) : NULL;
    if (name != NULL)
        snprintf(out, sizeof text[0], "-%s", name);
    else
        snprintf(out, sizeof text[0], "%d", result);
    return out;
}

bool harness_mismatch(int expected, int got, const char *call, char *out_text, size_t size)
{
    if (got == expected)
        return false;
    snprintf(out_text, size, "%s: expected %s, got %s (system code %d)", call,
             harness_name(expected), harness_name(got), xsock_oserror());
    return true;
}

void harness_assert_result(int expected, int got, const char *call, const char *file, int line)
{
    char text[400];
    if (!harness_mismatch(expected, got, call, text, sizeof text))
        return;
    print_error("%s\n", text);
    _fail(file, line);
}

int harness_assert_opens(int got, const char *call, const char *file, int line)
{
    if (got < 0) {
        print_error("%s: got %s (system code %d)\n", call, harness_name(got), xsock_oserror());
        _fail(file, line);
    }
    return got;
}

int64_t harness_patience(void)
{
    return clock_now() + HARNESS_PATIENCE_S * INT64_C(1000000000);
}

int harness_rounds(int rounds)
{
    return getenv("XSOCK_FULL") != NULL ? rounds * 5 : rounds;
}

/* ---- Counting -------------------------------------------------------------------------------- */

int harness_descriptors(int end)
{
    int count = 0;
    for (int d = 3; d < end; d++)
        count += xsock_get_flags(d) >= 0;
    return count;
}

/* Systems give out low numbers first, so a handle that leaks is among these. */
#ifdef _WIN32
enum { HANDLES_END = 4 * 1024 };

int harness_handles(void)
{
    int count = 0;
    for (uintptr_t h = 4; h < HANDLES_END; h += 4) {
        int type, size = sizeof type;
        count += getsockopt((SOCKET)h, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0;
    }
    return count;
}
#else
enum { HANDLES_END = 4 * 1024 };

int harness_handles(void)
{
    int count = 0;
    for (int fd = 0; fd < HANDLES_END; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}
#endif

/* ---- Wine and qemu --------------------------------------------------------------------------- */

bool is_wine(void)
{
#ifdef _WIN32
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    return ntdll != NULL && GetProcAddress(ntdll, "wine_get_version") != NULL;
#else
    return false;
#endif
}

/* ---- Fixture --------------------------------------------------------------------------------- */

enum { DESCRIPTORS_END = 8 * 1024 };
static int descriptors_before, handles_before;

/* Some programs run twice: the second time, calls that wait do so in the system (tests.txt). */
static int use_wake_signal(void)
{
#ifdef _WIN32
    return 0;
#else
    return getenv("XSOCK_TEST_WAKE_SIGNAL") != NULL ? xsock_set_wake_signal(SIGUSR2) : 0;
#endif
}

/* The library keeps a wake for each call that has waited at the same time as others, and whether
 * two calls do is chance. Ending the library frees the wakes. If something is open, nothing ends.
 * On Windows only sockets are counted, and a wake is none. The end of Winsock would close the
 * sockets that have leaked. */
static bool restart(void)
{
#ifndef _WIN32
    xsock_cleanup();
#endif
    return xsock_startup() >= 0;
}

int harness_setup(void **state)
{
    (void)state;
    if (use_wake_signal() < 0)
        return 1;
    /* The library starts before the count, so that its own handles are not counted as leaks. */
    if (!restart())
        return 1;
    descriptors_before = harness_descriptors(DESCRIPTORS_END);
    handles_before = harness_handles();
    return 0;
}

static bool counts_are_as_before(void)
{
    return harness_descriptors(DESCRIPTORS_END) == descriptors_before
           && harness_handles() == handles_before;
}

bool harness_is_clean(void)
{
    return counts_are_as_before() || (restart() && counts_are_as_before());
}

/* Closes what a test has left open, so that one failure does not make all later tests fail. */
static void close_leftovers(void)
{
    for (int d = 3; d < DESCRIPTORS_END; d++)
        xsock_close(d);
}

int harness_teardown(void **state)
{
    (void)state;
    if (harness_is_clean())
        return 0;
    fprintf(stderr, "harness: descriptors %d, then %d; system handles %d, then %d\n",
            descriptors_before, harness_descriptors(DESCRIPTORS_END), handles_before,
            harness_handles());
    close_leftovers();
    return 1;
}
