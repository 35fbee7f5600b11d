/* A sandbox that refuses AFD's device. NtCreateFile is found by name, so GetProcAddress is what is
 * replaced. */
#include "fake_win32.h"

#include <string.h>
#include <windows.h>
#include <winternl.h>

#define ACCESS_DENIED ((NTSTATUS)0xc0000022u)

typedef NTSTATUS NTAPI create_file(HANDLE *handle, ACCESS_MASK access,
                                   OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *status,
                                   LARGE_INTEGER *size, ULONG file_attributes, ULONG share,
                                   ULONG disposition, ULONG options, void *ea, ULONG ea_size);
typedef FARPROC WINAPI get_address(HMODULE module, const char *name);

static get_address *own_get_address;
static create_file *own_create_file;

static NTSTATUS NTAPI fake_create_file(HANDLE *handle, ACCESS_MASK access,
                                       OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *status,
                                       LARGE_INTEGER *size, ULONG file_attributes, ULONG share,
                                       ULONG disposition, ULONG options, void *ea, ULONG ea_size)
{
    if (fake_win32.lacks_device) {
        fake_win32.refused_devices++;
        return ACCESS_DENIED;
    }
    return own_create_file(handle, access, attributes, status, size, file_attributes, share,
                           disposition, options, ea, ea_size);
}

static FARPROC WINAPI fake_get_address(HMODULE module, const char *name)
{
    FARPROC own = own_get_address(module, name);
    if ((ULONG_PTR)name < 0x10000 || strcmp(name, "NtCreateFile") != 0)
        return own;
    own_create_file = (create_file *)(fake_win32_function *)own;
    return (FARPROC)(fake_win32_function *)fake_create_file;
}

void fake_win32_install_device(void)
{
    own_get_address = (get_address *)fake_win32_replace("kernel32.dll", "GetProcAddress",
                                                        (fake_win32_function *)fake_get_address);
}
