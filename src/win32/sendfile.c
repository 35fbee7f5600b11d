/* Part of a file to a stream: read, and sent. TransmitFile would have to be waited for, or be
 * cancelled when its socket is closed, with no telling how much of the file had gone; and client
 * editions of Windows serve two at a time. */
#include "win32/native.h"

#include <string.h>

enum { BUFFER = 1 << 15, FEW = 4096 };

/* At an offset, whatever the file's own position; a file that was opened as overlapped may answer
 * later. */
static int read_at(HANDLE file, uint64_t offset, void *buf, DWORD len, DWORD *out)
{
    OVERLAPPED at;
    int code = 0;

    memset(&at, 0, sizeof at);
    at.Offset = (DWORD)offset;
    at.OffsetHigh = (DWORD)(offset >> 32);
    at.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (at.hEvent == NULL)
        return xsock__win32_error();
    /* The event's lowest bit keeps the answer from the completion port that the file may belong to.
     */
    HANDLE event = at.hEvent;
    at.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    if (!ReadFile(file, buf, len, out, &at)) {
        code = xsock__win32_error();
        if (code == ERROR_IO_PENDING)
            code = GetOverlappedResult(file, &at, out, TRUE) ? 0 : xsock__win32_error();
    }
    CloseHandle(event);
    if (code == ERROR_HANDLE_EOF) {
        *out = 0;
        return 0;
    }
    return code;
}

int xsock__sys_sendfile(uintptr_t h, uintptr_t file, uint64_t offset, size_t len, int flags,
                        size_t *out)
{
    char few[FEW];
    char *buffer;
    DWORD room = BUFFER, got = 0;
    size_t n = 0;
    int code;

    (void)flags; /* no call waits in the system */
    if (GetFileType((HANDLE)file) == FILE_TYPE_PIPE)
        return ERROR_SEEK_ON_DEVICE;
    buffer = xsock__sys_alloc(BUFFER);
    if (buffer == NULL) { /* it goes more slowly, and does not fail for that */
        buffer = few;
        room = FEW;
    }
    code = read_at((HANDLE)file, offset, buffer, len < room ? (DWORD)len : room, &got);
    if (code == 0 && got > 0)
        code = xsock__sys_send(h, buffer, got, 0, NULL, &n);
    if (buffer != few)
        xsock__sys_free(buffer, BUFFER);
    if (code == 0)
        *out = n;
    return code;
}
