/* Names, by GetAddrInfoW and GetNameInfoW (the "A" functions use the code page of the machine), and
 * the thread that waits for them. */
#include "win32/native.h"

#include <string.h>

#include "xsock.h"

/* ---- Codes ----------------------------------------------------------------------------------- */

/* Resolvers give some codes of Winsock another meaning than winsock.def has. Wine returns glibc's
 * codes if it has none of its own (8.0: -9 for an address of another family). */
static int error_from_resolver(int code)
{
    switch (code) {
    case 0:
        return 0;
    case WSAHOST_NOT_FOUND:
        return XSOCK_EAI_NONAME;
    case WSANO_DATA:
    case -5:
        return XSOCK_EAI_NODATA;
    case WSATRY_AGAIN:
        return XSOCK_EAI_AGAIN;
    case WSANO_RECOVERY:
        return XSOCK_EAI_FAIL;
    case WSATYPE_NOT_FOUND:
        return XSOCK_EAI_SERVICE;
    case WSAEINVAL:
        return XSOCK_EAI_BADFLAGS;
    case WSAEAFNOSUPPORT:
        return XSOCK_EAI_FAMILY;
    case WSAESOCKTNOSUPPORT:
        return XSOCK_EAI_SOCKTYPE;
    case WSA_NOT_ENOUGH_MEMORY:
        return XSOCK_EAI_MEMORY;
    case ERROR_INSUFFICIENT_BUFFER:
    case WSAEFAULT: /* GetNameInfoW's code for a short buffer before Windows Vista */
        return XSOCK_EAI_OVERFLOW;
    case -9:
        return XSOCK_EAI_ADDRFAMILY;
    default:
        return XSOCK_EAI_SYSTEM;
    }
}

static int fail(int code, int *out_code)
{
    *out_code = code;
    return error_from_resolver(code);
}

/* A look-up may go on after xsock_cleanup, so it starts Winsock for itself. Winsock counts the
 * starts. */
static int start(int *out_code)
{
    WSADATA data;
    int code = WSAStartup(MAKEWORD(2, 2), &data);

    if (code == 0)
        return 0;
    *out_code = code;
    return XSOCK_EAI_SYSTEM;
}

/* ---- Looking up ------------------------------------------------------------------------------ */

enum { WIDE = 300 }; /* the core lets through 254 bytes at most */

/* NULL for NULL. False: not UTF-8. */
static bool widen(const char *text, wchar_t buffer[WIDE], const wchar_t **out)
{
    *out = text != NULL ? buffer : NULL;
    return text == NULL
           || MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, buffer, WIDE) > 0;
}

static void report(const ADDRINFOW *list, xsock__sys_found *found, void *user)
{
    const ADDRINFOW *i;

    for (i = list; i != NULL; i = i->ai_next) {
        struct xsock__sys_addr a;

        if (i->ai_addr == NULL || i->ai_addrlen > sizeof a.bytes)
            continue;
        memset(&a, 0, sizeof a);
        a.length = (uint32_t)i->ai_addrlen;
        memcpy(a.bytes, i->ai_addr, i->ai_addrlen);
        if (!found(&a, user))
            return;
    }
}

/* The first element of the list has the name. */
static void report_canonical(const ADDRINFOW *list, char *out)
{
    if (list->ai_canonname == NULL
        || WideCharToMultiByte(CP_UTF8, 0, list->ai_canonname, -1, out, XSOCK__NAME_SIZE, NULL,
                               NULL)
               == 0)
        out[0] = 0;
}

int xsock__sys_resolve(const struct xsock__sys_query *q, xsock__sys_found *found, void *user,
                       int *out_code)
{
    wchar_t host_buffer[WIDE], service_buffer[WIDE];
    const wchar_t *host, *service;
    ADDRINFOW hints, *list = NULL;
    int error, code;

    if (!widen(q->host, host_buffer, &host))
        return fail(WSAHOST_NOT_FOUND, out_code);
    if (!widen(q->service, service_buffer, &service))
        return fail(WSATYPE_NOT_FOUND, out_code);
    error = start(out_code);
    if (error != 0)
        return error;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = q->family;
    hints.ai_socktype = q->type;
    hints.ai_flags =
        (q->addrconfig ? AI_ADDRCONFIG : 0) | (q->canonical != NULL ? AI_CANONNAME : 0);
    code = GetAddrInfoW(host, service, &hints, &list);
    if (code == 0) {
        if (q->canonical != NULL)
            report_canonical(list, q->canonical);
        report(list, found, user);
        FreeAddrInfoW(list);
    }
    WSACleanup();
    return fail(code, out_code);
}

static int reverse(const struct xsock__sys_addr *a, wchar_t *host, wchar_t *service, int flags,
                   char out[XSOCK__NAME_SIZE], int *out_code)
{
    DWORD size = host != NULL ? XSOCK__NAME_SIZE : 0,
          service_size = service != NULL ? XSOCK__NAME_SIZE : 0;
    char name[XSOCK__NAME_SIZE];
    const wchar_t *wide;
    int error = start(out_code), code;

    if (error != 0)
        return error;
    code = GetNameInfoW((const SOCKADDR *)a->bytes, (socklen_t)a->length, host, size, service,
                        service_size, flags);
    /* Documented as 0 or "non-zero": nearly always it is the code. */
    if (error_from_resolver(code) == XSOCK_EAI_SYSTEM && WSAGetLastError() != 0)
        code = WSAGetLastError();
    wide = host != NULL ? host : service;
    if (code == 0
        && WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, (int)sizeof name, NULL, NULL) == 0)
        code = ERROR_INSUFFICIENT_BUFFER;
    WSACleanup();
    if (code != 0)
        return fail(code, out_code);
    memcpy(out, name, sizeof name);
    return 0;
}

int xsock__sys_reverse_host(const struct xsock__sys_addr *a, bool no_fqdn,
                            char out[XSOCK__NAME_SIZE], int *out_code)
{
    wchar_t name[XSOCK__NAME_SIZE];

    return reverse(a, name, NULL, NI_NAMEREQD | (no_fqdn ? NI_NOFQDN : 0), out, out_code);
}

int xsock__sys_reverse_service(const struct xsock__sys_addr *a, bool dgram,
                               char out[XSOCK__NAME_SIZE], int *out_code)
{
    wchar_t name[XSOCK__NAME_SIZE];

    return reverse(a, NULL, name, dgram ? NI_DGRAM : 0, out, out_code);
}

/* ---- The thread ------------------------------------------------------------------------------ */

struct beginning {
    void (*fn)(void *arg);
    void *arg;
};

static DWORD WINAPI run(LPVOID user)
{
    struct beginning b = *(struct beginning *)user;

    xsock__sys_free(user, sizeof b);
    b.fn(b.arg);
    return 0;
}

/* Uses CreateThread and not the C runtime's function, because the thread uses nothing of the
 * runtime that needs data of its own for a thread. The module is pinned by an address inside it, be
 * it the DLL or the program. */
int xsock__sys_thread_start(void (*fn)(void *arg), void *arg, size_t stack_size)
{
    struct beginning *b;
    HMODULE self;
    HANDLE thread;
    int code;

    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            (LPCWSTR)(uintptr_t)run, &self))
        return xsock__win32_error();
    b = xsock__sys_alloc(sizeof *b);
    if (b == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    b->fn = fn;
    b->arg = arg;
    thread = CreateThread(NULL, stack_size, run, b, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (thread == NULL) {
        code = xsock__win32_error();
        xsock__sys_free(b, sizeof *b);
        return code;
    }
    CloseHandle(thread);
    return 0;
}
