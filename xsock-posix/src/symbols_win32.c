/* The calls by the symbols of POSIX. The headers give a program the symbols of the library, so that
 * no program needs these. But AC_CHECK_FUNCS of autoconf and check_function_exists() of CMake link
 * a program without headers, and would say that the system lacks a call. Each symbol jumps to the
 * call. Calls whose symbols the libraries of Windows have are not here: both may be linked. */
#include "posix.h"

#if defined(__aarch64__) || defined(__arm__)
#define JUMP "b "
#else
#define JUMP "jmp "
#endif

#define PREFIX XSOCK_POSIX_TEXT(__USER_LABEL_PREFIX__)
#define SYMBOL(name)                                                            \
    __asm__(".text\n.globl " PREFIX #name "\n" PREFIX #name ":\n\t" JUMP PREFIX \
            "xsock_posix_" #name "\n");
#include "symbols.def"

#if defined(_MSC_VER)
SYMBOL(sleep)
SYMBOL(usleep)
SYMBOL(gettimeofday)
#endif

/* There the calls of Winsock have symbols with the size of their parameters. */
#if defined(__i386__)
#include "symbols_winsock.def"
#endif
