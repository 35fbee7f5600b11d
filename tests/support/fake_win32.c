/* Puts functions in front of those that this program imports. */
#include "fake_win32.h"

#include "harness.h"

#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <windows.h>

struct fake_win32 fake_win32;

/* ---- The import table ------------------------------------------------------------------------ */

static void write_pointer(ULONG_PTR *at, ULONG_PTR value)
{
    DWORD before, ignored;
    assert_true(VirtualProtect(at, sizeof *at, PAGE_READWRITE, &before));
    *at = value;
    assert_true(VirtualProtect(at, sizeof *at, before, &ignored));
}

/* Imports are found by the address that the loader has stored, because an import may have a number
 * for a name. */
static void redirect(char *base, ULONG_PTR from, ULONG_PTR to)
{
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)(void *)base;
    const IMAGE_NT_HEADERS *nt = (const IMAGE_NT_HEADERS *)(void *)(base + dos->e_lfanew);
    const IMAGE_DATA_DIRECTORY *imports =
        &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    const IMAGE_IMPORT_DESCRIPTOR *dll =
        (const IMAGE_IMPORT_DESCRIPTOR *)(void *)(base + imports->VirtualAddress);
    for (; dll->FirstThunk != 0; dll++) {
        ULONG_PTR *function = (ULONG_PTR *)(void *)(base + dll->FirstThunk);
        for (; *function != 0; function++)
            if (*function == from)
                write_pointer(function, to);
    }
}

fake_win32_function *fake_win32_replace(const char *dll, const char *name,
                                        fake_win32_function *replacement)
{
    HMODULE module = LoadLibraryA(dll);
    assert_non_null(module);
    fake_win32_function *own = (fake_win32_function *)GetProcAddress(module, name);
    ASSERT_THAT(own != NULL, "%s has no %s", dll, name);
    redirect((char *)GetModuleHandleW(NULL), (ULONG_PTR)own, (ULONG_PTR)replacement);
    return own;
}

/* ---- Fixtures -------------------------------------------------------------------------------- */

void fake_win32_install_parts(void)
{
    fake_win32_install_accept();
    fake_win32_install_afd();
    fake_win32_install_connect();
    fake_win32_install_ioctl();
    fake_win32_install_message();
    fake_win32_install_reports();
    fake_win32_install_transfer();
    fake_win32_install_device();
}

int fake_win32_install(void **state)
{
    (void)state;
    fake_win32_install_parts();
    return 0;
}

int fake_win32_setup(void **state)
{
    memset(&fake_win32, 0, sizeof fake_win32);
    return harness_setup(state);
}

int fake_win32_teardown(void **state)
{
    memset(&fake_win32, 0, sizeof fake_win32);
    return harness_teardown(state);
}
