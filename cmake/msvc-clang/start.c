/* Where programs begin. Microsoft's start-up code calls the functions that constructors put into
 * the section .CRT$XCU, and Wine's does not. The linker sorts the sections by their names. */
#pragma section(".CRT$XCA", read)
#pragma section(".CRT$XCZ", read)

typedef void initialiser(void);

__declspec(allocate(".CRT$XCA")) static initialiser *const first = 0;
__declspec(allocate(".CRT$XCZ")) static initialiser *const last = 0;

int mainCRTStartup(void);

int xsock_start(void)
{
    for (initialiser *const volatile *at = &first; at < &last; at++) {
        if (*at != 0)
            (*at)();
    }
    return mainCRTStartup();
}
