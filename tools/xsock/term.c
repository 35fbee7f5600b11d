/* This file and system.c are the only files of the program that depend on the system. */
#if !defined(_WIN32) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "term.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Returns whether the user wants colour. The terminal is checked later. */
static bool color_is_wanted(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (no_color && no_color[0])
        return false;
    return !term || strcmp(term, "dumb") != 0;
}

#ifdef _WIN32

#include <fcntl.h>
#include <io.h>
#include <windows.h>

/* Since Windows 10 1511. Older SDKs do not have the name. */
#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004
#endif

static HANDLE changed_console;
static DWORD changed_mode;

void term_start(void)
{
    /* Otherwise Windows adds carriage returns. */
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    _setmode(_fileno(stderr), _O_BINARY);
}

void term_end(void)
{
    if (changed_console)
        SetConsoleMode(changed_console, changed_mode);
    changed_console = NULL;
}

bool term_color(FILE *stream)
{
    HANDLE console = (HANDLE)_get_osfhandle(_fileno(stream));
    DWORD mode;

    /* _isatty is also true for NUL and for serial ports. Only a console has a console mode. */
    if (!color_is_wanted() || !GetConsoleMode(console, &mode))
        return false;
    if (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING)
        return true;
    if (!SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING))
        return false; /* before Windows 10 1511 */
    changed_console = console;
    changed_mode = mode;
    return true;
}

int term_write_error(void)
{
    /* The C library converts these codes to EINVAL, because it has no row for them. */
    switch (GetLastError()) {
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED:
        return EPIPE;
    default:
        return errno;
    }
}

int term_read(void *buffer, int size)
{
    return _read(_fileno(stdin), buffer, (unsigned)size);
}

bool term_write(const void *bytes, int size)
{
    for (int n, done = 0; done < size; done += n) {
        n = _write(_fileno(stdout), (const char *)bytes + done, (unsigned)(size - done));
        if (n < 0)
            return false;
    }
    return true;
}

bool term_input_is_typed(void)
{
    DWORD mode;

    return GetConsoleMode((HANDLE)_get_osfhandle(_fileno(stdin)), &mode) != 0;
}

static const char *volatile removed_path;

/* The system calls this function in a thread of its own. FALSE makes the other handlers run, and
 * they end the program. */
static BOOL WINAPI remove_path(DWORD event)
{
    const char *path = removed_path;

    (void)event;
    if (path)
        remove(path);
    return FALSE;
}

void term_remove_if_interrupted(const char *path)
{
    if (path && !removed_path)
        SetConsoleCtrlHandler(remove_path, TRUE);
    removed_path = path;
}

struct start {
    void (*fn)(void *arg);
    void *arg;
};

static DWORD WINAPI run_thread(void *given)
{
    struct start start = *(struct start *)given;

    free(given);
    start.fn(start.arg);
    return 0;
}

static HANDLE thread;

bool term_start_thread(void (*fn)(void *arg), void *arg)
{
    struct start *start = malloc(sizeof *start);

    if (!start)
        return false;
    start->fn = fn;
    start->arg = arg;
    thread = CreateThread(NULL, 0, run_thread, start, 0, NULL);
    if (!thread) {
        free(start);
        return false;
    }
    return true;
}

void term_join_thread(void)
{
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

const char *term_code_kind(void)
{
    return "wsa";
}

bool term_has_errno(void)
{
    return false;
}

#else

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* If the caller closed a standard stream (`>&-`), the next socket would get its number, and printed
 * text would go to that socket. So this function opens something at the number that fails every
 * read or write with EBADF, as the closed stream did. */
static void keep_number_taken(int fd, int mode)
{
    if (fcntl(fd, F_GETFD) != -1)
        return;
    int null = open("/dev/null", mode);
    if (null != -1 && null != fd) {
        dup2(null, fd);
        close(null);
    }
}

void term_start(void)
{
    keep_number_taken(STDIN_FILENO, O_WRONLY);
    keep_number_taken(STDOUT_FILENO, O_RDONLY);
    keep_number_taken(STDERR_FILENO, O_RDONLY);

    /* If the reader has closed the pipe, the failure is treated like any other write error, and
     * gives the same exit status. */
    signal(SIGPIPE, SIG_IGN);
}

void term_end(void)
{
}

bool term_color(FILE *stream)
{
    return color_is_wanted() && getenv("TERM") && isatty(fileno(stream));
}

int term_write_error(void)
{
    return errno;
}

int term_read(void *buffer, int size)
{
    ssize_t n;

    do
        n = read(STDIN_FILENO, buffer, (size_t)size);
    while (n < 0 && errno == EINTR);
    return (int)n;
}

bool term_write(const void *bytes, int size)
{
    for (int done = 0; done < size;) {
        ssize_t n = write(STDOUT_FILENO, (const char *)bytes + done, (size_t)(size - done));

        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (int)n : 0;
    }
    return true;
}

bool term_input_is_typed(void)
{
    return isatty(STDIN_FILENO);
}

static const char *volatile removed_path;

static void remove_path(int number)
{
    const char *path = removed_path;

    if (path)
        unlink(path);
    signal(number, SIG_DFL);
    raise(number);
}

void term_remove_if_interrupted(const char *path)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction ours = {.sa_handler = remove_path}, before;

    /* signal() is not used, because a second signal might end the program before the file is
     * removed. */
    removed_path = path;
    sigfillset(&ours.sa_mask);
    for (size_t i = 0; path && i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], &ours, &before) == 0 && before.sa_handler == SIG_IGN)
            sigaction(numbers[i], &before,
                      NULL); /* signals that nohup or a background shell ignores stay ignored */
}

struct start {
    void (*fn)(void *arg);
    void *arg;
};

static void *run_thread(void *given)
{
    struct start start = *(struct start *)given;

    free(given);
    start.fn(start.arg);
    return NULL;
}

static pthread_t thread;

bool term_start_thread(void (*fn)(void *arg), void *arg)
{
    struct start *start = malloc(sizeof *start);

    if (!start)
        return false;
    start->fn = fn;
    start->arg = arg;
    if (pthread_create(&thread, NULL, run_thread, start) != 0) {
        free(start);
        return false;
    }
    return true;
}

void term_join_thread(void)
{
    pthread_join(thread, NULL);
}

const char *term_code_kind(void)
{
    return "errno";
}

bool term_has_errno(void)
{
    return true;
}

#endif
