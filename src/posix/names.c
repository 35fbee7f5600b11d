/* Names, by getaddrinfo and getnameinfo, and the thread that waits for them. */
#include "posix/native.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

/* ---- Codes ----------------------------------------------------------------------------------- */

/* The codes are negative on glibc and musl, and positive on BSD. Some systems lack some codes, or
 * have two names for one. A table, because the constants may repeat, which a switch does not allow.
 */
static int error_from_gai(int gai)
{
    static const struct {
        int gai, error;
    } rows[] = {
        {EAI_AGAIN, XSOCK_EAI_AGAIN},
        {EAI_BADFLAGS, XSOCK_EAI_BADFLAGS},
        {EAI_FAIL, XSOCK_EAI_FAIL},
        {EAI_FAMILY, XSOCK_EAI_FAMILY},
        {EAI_MEMORY, XSOCK_EAI_MEMORY},
        {EAI_NONAME, XSOCK_EAI_NONAME},
        {EAI_OVERFLOW, XSOCK_EAI_OVERFLOW},
        {EAI_SERVICE, XSOCK_EAI_SERVICE},
        {EAI_SOCKTYPE, XSOCK_EAI_SOCKTYPE},
        {EAI_SYSTEM, XSOCK_EAI_SYSTEM},
#ifdef EAI_ADDRFAMILY
        {EAI_ADDRFAMILY, XSOCK_EAI_ADDRFAMILY},
#endif
#ifdef EAI_NODATA
        {EAI_NODATA, XSOCK_EAI_NODATA},
#endif
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].gai == gai)
            return rows[i].error;
    return gai == 0 ? 0 : XSOCK_EUNKNOWN;
}

/* What a resolver's answer means: 0 or XSOCK_EAI_... Resolvers give final answers if they could not
 * read their files: a host or a service that "does not exist", or the number of a port that has a
 * name (glibc 2.36, musl 1.2). errno was 0 before the resolver was asked. `before` is the thread's
 * errno before the question, which it gets back. `incomplete`: the resolver had success, but lacks
 * a name. */
static int judge(int gai, bool incomplete, int before, int *out_code)
{
    int error = error_from_gai(gai), code = error == XSOCK_EAI_SYSTEM ? errno : gai;
    int shortage = error != 0 || incomplete ? xsock__posix_shortage() : 0;
    errno = before;
    if (shortage != 0) {
        error = XSOCK_EAI_SYSTEM;
        code = shortage;
    }
    if (error != 0)
        *out_code = code;
    return error;
}

/* ---- Looking up ------------------------------------------------------------------------------ */

/* The first element of the list has the name. No host has a name that does not fit. */
static void report_canonical(const struct addrinfo *list, char *out)
{
    bool fits = list->ai_canonname != NULL && strlen(list->ai_canonname) < XSOCK__NAME_SIZE;
    if (fits)
        memcpy(out, list->ai_canonname, strlen(list->ai_canonname) + 1);
    else
        out[0] = 0;
}

int xsock__sys_resolve(const struct xsock__sys_query *q, xsock__sys_found *found, void *user,
                       int *out_code)
{
    struct addrinfo hints, *list = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = q->family;
    hints.ai_socktype = q->type;
    hints.ai_flags =
        (q->addrconfig ? AI_ADDRCONFIG : 0) | (q->canonical != NULL ? AI_CANONNAME : 0);
    int before = errno;
    errno = 0;
    int error = judge(getaddrinfo(q->host, q->service, &hints, &list), false, before, out_code);
    if (error != 0)
        return error;
    if (q->canonical != NULL)
        report_canonical(list, q->canonical);
    for (const struct addrinfo *i = list; i != NULL; i = i->ai_next) {
        struct xsock__sys_addr a;
        if (i->ai_addr == NULL || i->ai_addrlen > sizeof a.bytes)
            continue;
        memset(&a, 0, sizeof a);
        a.length = (uint32_t)i->ai_addrlen;
        memcpy(a.bytes, i->ai_addr, i->ai_addrlen);
        if (!found(&a, user))
            break;
    }
    freeaddrinfo(list);
    return 0;
}

int xsock__sys_reverse_host(const struct xsock__sys_addr *a, bool no_fqdn,
                            char out[XSOCK__NAME_SIZE], int *out_code)
{
    char name[XSOCK__NAME_SIZE];
    int flags = NI_NAMEREQD | (no_fqdn ? NI_NOFQDN : 0);
    int before = errno;
    errno = 0;
    int gai = getnameinfo((const struct sockaddr *)a->bytes, a->length, name, sizeof name, NULL, 0,
                          flags);
    int error = judge(gai, false, before, out_code);
    if (error == 0)
        memcpy(out, name, sizeof name);
    return error;
}

int xsock__sys_reverse_service(const struct xsock__sys_addr *a, bool dgram,
                               char out[XSOCK__NAME_SIZE], int *out_code)
{
    char name[XSOCK__NAME_SIZE];
    int before = errno;
    errno = 0;
    int gai = getnameinfo((const struct sockaddr *)a->bytes, a->length, NULL, 0, name, sizeof name,
                          dgram ? NI_DGRAM : 0);
    bool is_number = gai == 0 && name[strspn(name, "0123456789")] == '\0';
    int error = judge(gai, is_number, before, out_code);
    if (error == 0)
        memcpy(out, name, sizeof name);
    return error;
}

/* ---- The thread ------------------------------------------------------------------------------ */

struct start {
    void (*fn)(void *arg);
    void *arg;
};

static void *run(void *user)
{
    struct start s = *(struct start *)user;
    xsock__sys_free(user, sizeof s);
    s.fn(s.arg);
    return NULL;
}

/* stack_size 0: the system's default. */
static int start_detached(struct start *s, size_t stack_size)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int code = pthread_attr_init(&attributes);
    if (code != 0)
        return code;
    code = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (code == 0 && stack_size != 0)
        code = pthread_attr_setstacksize(&attributes, stack_size);
    if (code == 0)
        code = pthread_create(&thread, &attributes, run, s);
    pthread_attr_destroy(&attributes);
    return code;
}

/* The linker keeps the library loaded (-z nodelete), which the fork handlers need, too. A thread
 * inherits the signal mask of its maker. All signals are blocked, so that the program's handlers do
 * not run in a thread that the program does not know. glibc puts thread-local variables on the
 * stack, and gives EINVAL if a program has so many of them that the stack is too small. */
int xsock__sys_thread_start(void (*fn)(void *arg), void *arg, size_t stack_size)
{
    sigset_t all, before;
    struct start *s = xsock__sys_alloc(sizeof *s);
    if (s == NULL)
        return ENOMEM;
    s->fn = fn;
    s->arg = arg;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = start_detached(s, stack_size);
    if (code == EINVAL)
        code = start_detached(s, 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0)
        xsock__sys_free(s, sizeof *s);
    return code;
}
