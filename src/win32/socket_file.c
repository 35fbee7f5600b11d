/* Files of LOCAL sockets: the lock under which one is replaced, and removing one. */
#include "win32/native.h"

#include <string.h>

enum { PATH_ROOM = 300 }; /* a LOCAL path has 108 bytes at most */

#ifndef IO_REPARSE_TAG_AF_UNIX /* in the SDK since Windows 10 1803 */
#define IO_REPARSE_TAG_AF_UNIX 0x80000023UL
#endif

static int widen(const char *path, wchar_t out[PATH_ROOM])
{
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, out, PATH_ROOM) == 0)
        return WSAEINVAL;
    return 0;
}

/* Nobody else can open a file that was opened to share nothing: the handle is the lock. */
int xsock__sys_lock_file(const char *path, uintptr_t *out)
{
    wchar_t wide[PATH_ROOM];
    int code = widen(path, wide);
    HANDLE file;

    if (code != 0)
        return code;
    file = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS,
                       FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        code = xsock__win32_error();
        return code == ERROR_SHARING_VIOLATION ? WSAEWOULDBLOCK : code;
    }
    *out = (uintptr_t)file;
    return 0;
}

void xsock__sys_unlock_file(uintptr_t lock)
{
    CloseHandle((HANDLE)lock);
}

static bool is_socket_file(HANDLE file)
{
    FILE_ATTRIBUTE_TAG_INFO info;

    return GetFileInformationByHandleEx(file, FileAttributeTagInfo, &info, sizeof info)
           && (info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0
           && info.ReparseTag == IO_REPARSE_TAG_AF_UNIX;
}

/* The file is asked what it is and is removed by one handle, so it is one file all the time. */
int xsock__sys_remove_socket_file(const char *path)
{
    wchar_t wide[PATH_ROOM];
    FILE_DISPOSITION_INFO remove = {TRUE};
    int code = widen(path, wide);
    HANDLE file;

    if (code != 0)
        return code;
    file = CreateFileW(wide, DELETE | FILE_READ_ATTRIBUTES,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        code = xsock__win32_error();
        return code == ERROR_FILE_NOT_FOUND ? 0 : code;
    }
    if (is_socket_file(file)
        && !SetFileInformationByHandle(file, FileDispositionInfo, &remove, sizeof remove))
        code = xsock__win32_error();
    CloseHandle(file);
    return code;
}
