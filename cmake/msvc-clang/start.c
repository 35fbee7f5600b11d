/* Where programs begin. Microsoft's start-up code calls the functions that constructors put into
 * the section .CRT$XCU, and Wine's does not. The linker sorts the sections by their names. */
#pragma section(".CRT$XCA", read)
#pragma section(".CRT$XCZ", read)

typedef void initialiser(void);

__declspec(allocate(".CRT$XCA")) static initialiser *const first = 0;
__declspec(allocate(".CRT$XCZ")) static initialiser *const last = 0;

/* Microsoft's start-up code has these too: where the variables of a thread begin and end, and the
 * number that the loader gives to this program's. The linker finds _tls_used by its name. */
#pragma section(".tls", read, write)
#pragma section(".tls$ZZZ", read, write)
#pragma section(".CRT$XLA", read)

typedef void __stdcall thread_callback(void *, unsigned long, void *);

unsigned long _tls_index;
__declspec(allocate(".tls")) char _tls_start;
__declspec(allocate(".tls$ZZZ")) char _tls_end;
__declspec(allocate(".CRT$XLA")) static thread_callback *const callbacks[] = {0};

const struct {
    void *start, *end;
    unsigned long *index;
    thread_callback *const *callbacks;
    unsigned long zeros, characteristics;
} _tls_used = {&_tls_start, &_tls_end, &_tls_index, callbacks, 0, 0};

int mainCRTStartup(void);

int xsock_start(void)
{
    for (initialiser *const volatile *at = &first; at < &last; at++) {
        if (*at != 0)
            (*at)();
    }
    return mainCRTStartup();
}
