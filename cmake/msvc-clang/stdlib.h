/* atexit() is in a static part of Microsoft's C library, which Wine does not have. */
#include_next <stdlib.h>
#ifndef atexit
#include <corecrt_startup.h>
#define atexit _crt_atexit
#endif
