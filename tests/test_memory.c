/* The memory that a million descriptors cost a process, by its resident size and not by our
 * arithmetic: the slots of the table, the descriptors, their sockets, and the overhead of the
 * system's allocator. System handles are not counted. */
#include "table/find.h"
#include "harness.h"
#include "socket/sock.h"
#include "sys.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <psapi.h>

static size_t resident(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    /* The function is looked up by name, because it moved from psapi.dll to kernel32.dll in Windows
     * 7. */
    BOOL(WINAPI * ask)(HANDLE, PROCESS_MEMORY_COUNTERS *, DWORD) =
        (BOOL(WINAPI *)(HANDLE, PROCESS_MEMORY_COUNTERS *, DWORD))(void (*)(void))GetProcAddress(
            GetModuleHandleW(L"kernel32.dll"), "K32GetProcessMemoryInfo");
    assert_true(ask != NULL && ask(GetCurrentProcess(), &counters, sizeof counters));
    return counters.WorkingSetSize;
}
#else
#include <sys/resource.h>

/* The peak of the resident size. The peak is right here, because nothing is freed before. */
static size_t resident(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
#ifdef __APPLE__
    return (size_t)usage.ru_maxrss;
#else
    return (size_t)usage.ru_maxrss * 1024;
#endif
}
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) \
    || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

/* musl's malloc has fewer sizes of blocks than glibc's, so more of each block is left over. */
#if defined(__linux__) && !defined(__GLIBC__)
enum { EACH_MAX = 208 };
#else
enum { EACH_MAX = 192 };
#endif

static void let_go(const struct xsock__held *held)
{
    xsock__sys_free(held->sock, sizeof *held->sock);
}

static int open_one(struct xsock__fdtab *t)
{
    struct xsock__fd *fd = NULL;
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, 0, &fd));
    fd->held.handle = 7;
    fd->held.sock = xsock__sys_alloc(sizeof *fd->held.sock);
    assert_non_null(fd->held.sock);
    return xsock__fdtab_publish(t, fd);
}

static void a_million_descriptors_cost_192_bytes_each_at_most_and_208_with_musl(void **state)
{
    enum { MILLION = 1000000 };
    struct xsock__fdtab *t = NULL;
    size_t before, each;
    (void)state;
#ifdef SANITIZED
    SKIP("a sanitizer's allocator adds more than any other");
#endif
    before = resident();
    ASSERT_RESULT(0, xsock__fdtab_create(let_go, &t));
    for (int d = 3; d < 3 + MILLION; d++)
        assert_int_equal(open_one(t), d);
    each = (resident() - before) / MILLION;
    print_message("%u bytes each\n", (unsigned)each);
    ASSERT_THAT(each >= 64 && each <= EACH_MAX, "%u bytes", (unsigned)each);
    xsock__fdtab_destroy(t);
}

/* The lowest number costs no more if a high number is open, because the slots between them do not
 * exist until they are used. */
static void a_high_number_costs_no_table_below_it(void **state)
{
    struct xsock__fdtab *t = NULL;
    struct xsock__held held = {7, NULL};
    size_t before = resident();
    (void)state;
#ifdef SANITIZED
    SKIP("a sanitizer's allocator touches all that it gives");
#endif
    held.sock = xsock__sys_alloc(sizeof *held.sock);
    ASSERT_RESULT(0, xsock__fdtab_create(let_go, &t));
    ASSERT_RESULT(XSOCK__FDTAB_LIMIT - 1,
                  xsock__fdtab_replace(t, XSOCK__FDTAB_LIMIT - 1, &held, false));
    ASSERT_THAT(resident() - before < 8u << 20, "%u bytes", (unsigned)(resident() - before));
    xsock__fdtab_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* This test is the first, because the peak never gets lower again. */
        TEST(a_high_number_costs_no_table_below_it),
        TEST(a_million_descriptors_cost_192_bytes_each_at_most_and_208_with_musl),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
