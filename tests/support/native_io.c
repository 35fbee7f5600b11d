/* Must stand before any header: declares POSIX's functions in a build for plain C11. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "native_io.h"

#include "harness.h"
#include "xsock_native.h"

enum { WATCHDOG_MS = 10000 };

static const char *program;

uintptr_t native_of(int d)
{
    uintptr_t h = 0;
    ASSERT_RESULT(0, xsock_native(d, &h));
    return h;
}

static int parse_child(int argc, char **argv, uintptr_t *out_handle)
{
    static const char option[] = "--is-open=";
    program = argv[0];
    if (argc != 2 || strncmp(argv[1], option, sizeof option - 1) != 0)
        return -1;
    *out_handle = (uintptr_t)strtoull(argv[1] + sizeof option - 1, NULL, 10);
    return 0;
}

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

static void wait_readable(uintptr_t h)
{
    struct timeval watchdog = {WATCHDOG_MS / 1000, 0};
    fd_set readable = {1, {(SOCKET)h}};
    assert_int_equal(select(0, &readable, NULL, NULL, &watchdog), 1);
}

void native_send(uintptr_t h, const void *data, size_t size)
{
    assert_int_equal(send((SOCKET)h, data, (int)size, 0), (int)size);
}

size_t native_receive(uintptr_t h, void *data, size_t size)
{
    int got;
    wait_readable(h);
    got = recv((SOCKET)h, data, (int)size, 0);
    ASSERT_THAT(got >= 0, "recv gave %d", WSAGetLastError());
    return (size_t)got;
}

void native_end_receiving(uintptr_t h)
{
    assert_true(shutdown((SOCKET)h, SD_RECEIVE) == 0);
}

bool native_receive_would_block(uintptr_t h)
{
    char byte;
    return recv((SOCKET)h, &byte, 1, MSG_PEEK) == -1 && WSAGetLastError() == WSAEWOULDBLOCK;
}

static bool option(uintptr_t h, int level, int name, int *out)
{
    int size = sizeof *out;
    *out = 0; /* Windows writes only one byte for some options */
    return getsockopt((SOCKET)h, level, name, (char *)out, &size) == 0;
}

/* Asks for the name and not for an option: see wine.h. A socket that is not bound has no name, but
 * its error is one that only sockets give. */
bool native_is_open(uintptr_t h)
{
    struct sockaddr_storage name;
    int size = sizeof name;
    return getsockname((SOCKET)h, (struct sockaddr *)&name, &size) == 0
           || WSAGetLastError() == WSAEINVAL;
}

bool native_is_inheritable(uintptr_t h)
{
    DWORD flags = 0;
    assert_true(GetHandleInformation((HANDLE)h, &flags));
    return (flags & HANDLE_FLAG_INHERIT) != 0;
}

static int peek_code(uintptr_t h)
{
    char byte;
    assert_int_equal(recv((SOCKET)h, &byte, 1, MSG_PEEK), -1);
    return WSAGetLastError();
}

/* Windows does not report the mode, so a receive without data is tried. The receive gets a time
 * limit first, because it waits on a blocking socket. Windows does not receive on a datagram socket
 * that is not bound. Wine does. */
bool native_is_nonblocking(uintptr_t h)
{
    struct sockaddr_in loopback = {.sin_family = AF_INET};
    DWORD limit_ms = 200, none = 0;
    int code;
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        setsockopt((SOCKET)h, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit_ms, sizeof limit_ms), 0);
    code = peek_code(h);
    if (code == WSAEINVAL) {
        assert_int_equal(bind((SOCKET)h, (struct sockaddr *)&loopback, sizeof loopback), 0);
        code = peek_code(h);
    }
    setsockopt((SOCKET)h, SOL_SOCKET, SO_RCVTIMEO, (char *)&none, sizeof none);
    ASSERT_THAT(code == WSAEWOULDBLOCK || code == WSAETIMEDOUT, "recv gave %d", code);
    return code == WSAEWOULDBLOCK;
}

uintptr_t native_socket(bool inheritable, bool nonblocking)
{
    u_long on = nonblocking;
    SOCKET s = WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    assert_true(s != INVALID_SOCKET);
    assert_true(SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT,
                                     inheritable ? HANDLE_FLAG_INHERIT : 0));
    assert_int_equal(ioctlsocket(s, (long)FIONBIO, &on), 0);
    return s;
}

uintptr_t native_file(void)
{
    wchar_t folder[MAX_PATH], name[MAX_PATH];
    HANDLE h;
    assert_true(GetTempPathW(MAX_PATH, folder) != 0);
    assert_true(GetTempFileNameW(folder, L"xsk", 0, name) != 0);
    h = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                    FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    assert_true(h != INVALID_HANDLE_VALUE);
    return (uintptr_t)h;
}

void native_close_socket(uintptr_t h)
{
    assert_int_equal(closesocket((SOCKET)h), 0);
}

void native_close_file(uintptr_t h)
{
    assert_true(CloseHandle((HANDLE)h));
}

uintptr_t native_dup(uintptr_t h)
{
    WSAPROTOCOL_INFOW info;
    SOCKET s;
    assert_int_equal(WSADuplicateSocketW((SOCKET)h, GetCurrentProcessId(), &info), 0);
    s = WSASocketW(-1, -1, -1, &info, 0, WSA_FLAG_OVERLAPPED);
    assert_true(s != INVALID_SOCKET);
    return s;
}

uintptr_t native_no_handle(void)
{
    return (uintptr_t)INVALID_SOCKET;
}

int native_handle_count(void)
{
    DWORD count = 0;
    assert_true(GetProcessHandleCount(GetCurrentProcess(), &count));
    return (int)count;
}

bool native_child_has(uintptr_t h)
{
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION child;
    wchar_t path[1024], line[1200];
    DWORD status = 99, length = GetModuleFileNameW(NULL, path, 1024);
    assert_true(length > 0 && length < 1024);
    _snwprintf(line, 1200, L"\"%ls\" --is-open=%llu", path, (unsigned long long)h);
    assert_true(CreateProcessW(path, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child));
    assert_int_equal(WaitForSingleObject(child.hProcess, 6 * WATCHDOG_MS), WAIT_OBJECT_0);
    assert_true(GetExitCodeProcess(child.hProcess, &status));
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    ASSERT_THAT(status <= 1, "the child ended with %lu", (unsigned long)status);
    return status == 1;
}

int native_child_main(int argc, char **argv)
{
    WSADATA data;
    uintptr_t h;
    if (parse_child(argc, argv, &h) != 0)
        return -1;
    if (WSAStartup(0x0202, &data) != 0)
        return 2;
    return native_is_open(h);
}

#else
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void wait_readable(uintptr_t h)
{
    struct pollfd p = {.fd = (int)h, .events = POLLIN};
    assert_int_equal(poll(&p, 1, WATCHDOG_MS), 1);
}

void native_send(uintptr_t h, const void *data, size_t size)
{
    assert_int_equal(send((int)h, data, size, 0), (ssize_t)size);
}

size_t native_receive(uintptr_t h, void *data, size_t size)
{
    ssize_t got;
    wait_readable(h);
    got = recv((int)h, data, size, 0);
    ASSERT_THAT(got >= 0, "recv gave %d", errno);
    return (size_t)got;
}

void native_end_receiving(uintptr_t h)
{
    assert_true(shutdown((int)h, SHUT_RD) == 0);
}

bool native_receive_would_block(uintptr_t h)
{
    char byte;
    return recv((int)h, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1
           && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static bool option(uintptr_t h, int level, int name, int *out)
{
    socklen_t size = sizeof *out;
    return getsockopt((int)h, level, name, out, &size) == 0;
}

bool native_is_open(uintptr_t h)
{
    int type;
    return option(h, SOL_SOCKET, SO_TYPE, &type);
}

bool native_is_inheritable(uintptr_t h)
{
    int flags = fcntl((int)h, F_GETFD);
    assert_true(flags != -1);
    return (flags & FD_CLOEXEC) == 0;
}

bool native_is_nonblocking(uintptr_t h)
{
    int flags = fcntl((int)h, F_GETFL);
    assert_true(flags != -1);
    return (flags & O_NONBLOCK) != 0;
}

uintptr_t native_socket(bool inheritable, bool nonblocking)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFD, inheritable ? 0 : FD_CLOEXEC), 0);
    assert_int_equal(fcntl(fd, F_SETFL, nonblocking ? O_NONBLOCK : 0), 0);
    return (uintptr_t)fd;
}

uintptr_t native_file(void)
{
    char name[] = "/tmp/xsock-test-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    return (uintptr_t)fd;
}

void native_close_socket(uintptr_t h)
{
    assert_int_equal(close((int)h), 0);
}

void native_close_file(uintptr_t h)
{
    native_close_socket(h);
}

uintptr_t native_dup(uintptr_t h)
{
    int fd = fcntl((int)h, F_DUPFD, 3);
    assert_true(fd >= 0);
    return (uintptr_t)fd;
}

uintptr_t native_no_handle(void)
{
    return UINTPTR_MAX;
}

int native_handle_count(void)
{
    return harness_handles();
}

bool native_child_has(uintptr_t h)
{
    char argument[48];
    char *argv[3];
    int status = 0;
    pid_t child;
    snprintf(argument, sizeof argument, "--is-open=%llu", (unsigned long long)h);
    argv[0] = (char *)(uintptr_t)program;
    argv[1] = argument;
    argv[2] = NULL;
    child = fork();
    if (child == 0) {
        execv(program, argv);
        _exit(99);
    }
    assert_true(child > 0);
    assert_true(waitpid(child, &status, 0) == child);
    ASSERT_THAT(WIFEXITED(status) && WEXITSTATUS(status) <= 1, "the child ended with %#x",
                (unsigned)status);
    return WEXITSTATUS(status) == 1;
}

int native_child_main(int argc, char **argv)
{
    uintptr_t h;
    if (parse_child(argc, argv, &h) != 0)
        return -1;
    return native_is_open(h);
}
#endif

int native_type(uintptr_t h)
{
    int type = -1;
    assert_true(option(h, SOL_SOCKET, SO_TYPE, &type));
    return type;
}

bool native_is_dual_stack(uintptr_t h)
{
    int v6only = -1;
    assert_true(option(h, IPPROTO_IPV6, IPV6_V6ONLY, &v6only));
    return v6only == 0;
}
