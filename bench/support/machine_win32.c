#include "machine.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <psapi.h>

#include "clock.h"

void machine_pin(int nth)
{
    DWORD_PTR process, machine;
    int count = 0;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &process, &machine))
        return;
    for (DWORD_PTR m = process; m != 0; m &= m - 1)
        count++;
    int skip = count > 0 ? nth % count : 0;
    for (DWORD_PTR bit = (DWORD_PTR)1 << (sizeof bit * 8 - 1); bit != 0; bit >>= 1)
        if ((process & bit) != 0 && skip-- == 0) {
            SetThreadAffinityMask(GetCurrentThread(), bit);
            return;
        }
}

/* Windows counts processor time in ticks of 15 ms, which is too coarse. */
int64_t machine_thread_time(void)
{
    return clock_now();
}

int64_t machine_process_time(void)
{
    return clock_now();
}

bool machine_allow_handles(size_t n)
{
    return n <= 1 << 20; /* Windows allows some 16 million */
}

size_t machine_resident(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    /* found by name, because Windows 7 moved it from psapi.dll to kernel32.dll */
    BOOL(WINAPI * ask)(HANDLE, PROCESS_MEMORY_COUNTERS *, DWORD) =
        (BOOL(WINAPI *)(HANDLE, PROCESS_MEMORY_COUNTERS *, DWORD))(void (*)(void))GetProcAddress(
            GetModuleHandleW(L"kernel32.dll"), "K32GetProcessMemoryInfo");
    if (ask == NULL || !ask(GetCurrentProcess(), &counters, sizeof counters))
        return 0;
    return counters.PeakWorkingSetSize;
}

size_t machine_handles(void)
{
    DWORD n = 0;
    GetProcessHandleCount(GetCurrentProcess(), &n);
    return n;
}
