/* A backtrace that starts in a callback of xsock_catalog passes through the call and reaches main.
 * The program must be linked with -rdynamic, because dladdr looks names up among the dynamic
 * symbols. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <string.h>

#include "xsock.h"

enum { FRAMES = 32 };

/* The call is the instruction before the return address. */
static const char *name_of(void *returns_to)
{
    Dl_info info;
    if (dladdr((char *)returns_to - 1, &info) == 0 || info.dli_sname == NULL)
        return "?";
    return info.dli_sname;
}

static int trace(const struct xsock_triple *t, void *user)
{
    void *frames[FRAMES];
    const char ***expected = user;
    int n = backtrace(frames, FRAMES);
    (void)t;
    for (int i = 0; i < n; i++) {
        const char *name = name_of(frames[i]);
        printf("%s\n", name);
        if (**expected != NULL && strcmp(name, **expected) == 0)
            ++*expected;
    }
    return 1; /* one trace is enough */
}

int main(void)
{
    const char *names[] = {"xsock_catalog", "main", NULL}, **expected = names;
    return xsock_catalog(trace, &expected) == 1 && *expected == NULL ? 0 : 1;
}
