#include "fake_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_sys.h"

enum { HOSTS = 64, SERVICES = 16, THREADS = 64 };

static struct {
    struct {
        const char *name;
        struct xsock_addr addr;
    } hosts[HOSTS];
    struct {
        const char *name;
        int type;
        unsigned port;
    } services[SERVICES];
    size_t host_count, service_count;
    int error, code;
    const char *canonical;
    struct fake_names_asked asked;
    void (*watch)(const char *host, void *user);
    void *watch_user;
    bool threads_wait;
    int thread_code;
    struct {
        void (*fn)(void *arg);
        void *arg;
    } threads[THREADS];
    size_t thread_count;
} set;

static void die(const char *sentence)
{
    fflush(stdout);
    fprintf(stderr, "fake_names: %s\n", sentence);
    abort();
}

void fake_names_reset(void)
{
    if (set.thread_count != 0)
        die("a thread was never run");
    memset(&set, 0, sizeof set);
    set.canonical = "";
}

void fake_names_add_host(const char *host, const struct xsock_addr *a)
{
    if (set.host_count == HOSTS)
        die("too many hosts");
    set.hosts[set.host_count].name = host;
    set.hosts[set.host_count++].addr = *a;
}

void fake_names_add_service(const char *service, int type, unsigned port)
{
    if (set.service_count == SERVICES)
        die("too many services");
    set.services[set.service_count].name = service;
    set.services[set.service_count].type = type;
    set.services[set.service_count++].port = port;
}

void fake_names_canonical(const char *name)
{
    set.canonical = name;
}

void fake_names_fail(int error, int code)
{
    set.error = error;
    set.code = code;
}

void fake_names_watch(void (*fn)(const char *host, void *user), void *user)
{
    set.watch = fn;
    set.watch_user = user;
}

struct fake_names_asked fake_names_asked(void)
{
    return set.asked;
}

/* ---- Look-ups -------------------------------------------------------------------------------- */

enum { FAKE_GAI = -700 }; /* the codes are negative, as in glibc */

static int fail(int error, int *out_code)
{
    *out_code = FAKE_GAI - error % 1000;
    return error;
}

static bool type_matches(const struct xsock__sys_query *q, size_t service)
{
    return q->type == 0 || q->type == FAKE_TYPE_BASE + set.services[service].type;
}

/* Reports the address with each port of the service, or with port 0 if no service is asked for.
 * Returns false if the caller wants no more. */
static bool report(const struct xsock__sys_query *q, struct xsock_addr a, xsock__sys_found *found,
                   void *user, bool *out_any)
{
    struct xsock__sys_addr native;
    size_t n = q->service != NULL ? set.service_count : 1;
    for (size_t i = 0; i < n; i++) {
        if (q->service != NULL
            && (strcmp(q->service, set.services[i].name) != 0 || !type_matches(q, i)))
            continue;
        a.port = q->service != NULL ? set.services[i].port : 0;
        if (xsock__sys_addr_to_native(&a, &native) != 0)
            die("an address that can't be");
        *out_any = true;
        if (!found(&native, user))
            return false;
    }
    return true;
}

static bool family_matches(const struct xsock__sys_query *q, int family)
{
    int native;
    return q->family == 0 || (xsock__sys_family(family, &native) && native == q->family);
}

static void note(const struct xsock__sys_query *q)
{
    if (q->host == NULL && q->service == NULL)
        die("asked for nothing");
    set.asked.count++;
    snprintf(set.asked.host, sizeof set.asked.host, "%s", q->host != NULL ? q->host : "");
    snprintf(set.asked.service, sizeof set.asked.service, "%s",
             q->service != NULL ? q->service : "");
    set.asked.family = q->family;
    set.asked.type = q->type;
    set.asked.addrconfig = q->addrconfig;
    if (set.watch != NULL)
        set.watch(set.asked.host, set.watch_user);
}

int xsock__sys_resolve(const struct xsock__sys_query *q, xsock__sys_found *found, void *user,
                       int *out_code)
{
    static const struct xsock_addr any = {.family = XSOCK_AF_INET, .length = 4};
    bool known = q->host == NULL, any_service = false;
    note(q);
    if (set.error != 0) {
        *out_code = set.code;
        return set.error;
    }
    if (q->host == NULL)
        report(q, any, found, user, &any_service);
    for (size_t i = 0; i < set.host_count && q->host != NULL; i++) {
        if (strcmp(q->host, set.hosts[i].name) != 0 || !family_matches(q, set.hosts[i].addr.family))
            continue;
        if (q->canonical != NULL && !known)
            snprintf(q->canonical, XSOCK__NAME_SIZE, "%s", set.canonical);
        known = true;
        if (!report(q, set.hosts[i].addr, found, user, &any_service))
            break;
    }
    if (!known)
        return fail(XSOCK_EAI_NONAME, out_code);
    return any_service ? 0 : fail(XSOCK_EAI_SERVICE, out_code);
}

static struct xsock_addr unpack(const struct xsock__sys_addr *native)
{
    struct xsock_addr a;
    if (xsock__sys_addr_from_native(native, &a) != 0)
        die("reversing what is no address");
    return a;
}

int xsock__sys_reverse_host(const struct xsock__sys_addr *native, bool no_fqdn,
                            char out[XSOCK__NAME_SIZE], int *out_code)
{
    struct xsock_addr a = unpack(native);
    set.asked.count++;
    if (set.error != 0) {
        *out_code = set.code;
        return set.error;
    }
    a.port = 0;
    for (size_t i = 0; i < set.host_count; i++) {
        if (!xsock_addr_equal(&set.hosts[i].addr, &a))
            continue;
        snprintf(out, XSOCK__NAME_SIZE, "%s", set.hosts[i].name);
        if (no_fqdn && strchr(out, '.') != NULL)
            *strchr(out, '.') = 0;
        return 0;
    }
    return fail(XSOCK_EAI_NONAME, out_code);
}

int xsock__sys_reverse_service(const struct xsock__sys_addr *native, bool dgram,
                               char out[XSOCK__NAME_SIZE], int *out_code)
{
    struct xsock_addr a = unpack(native);
    int type = dgram ? XSOCK_SOCK_DGRAM : XSOCK_SOCK_STREAM;
    set.asked.count++;
    if (set.error != 0) {
        *out_code = set.code;
        return set.error;
    }
    snprintf(out, XSOCK__NAME_SIZE, "%u", (unsigned)a.port);
    for (size_t i = 0; i < set.service_count; i++)
        if (set.services[i].port == a.port && set.services[i].type == type)
            snprintf(out, XSOCK__NAME_SIZE, "%s", set.services[i].name);
    return 0;
}

/* ---- Threads, which run in the calling thread ------------------------------------------------ */

void fake_threads_wait(bool on)
{
    set.threads_wait = on;
}

void fake_threads_fail(int code)
{
    set.thread_code = code;
}

bool fake_threads_run_one(void)
{
    if (set.thread_count == 0)
        return false;
    void (*fn)(void *arg) = set.threads[0].fn;
    void *arg = set.threads[0].arg;
    set.thread_count--;
    memmove(set.threads, set.threads + 1, set.thread_count * sizeof set.threads[0]);
    fn(arg);
    return true;
}

size_t fake_threads(void)
{
    return set.thread_count;
}

int xsock__sys_thread_start(void (*fn)(void *arg), void *arg, size_t stack_size)
{
    if (set.thread_code != 0)
        return set.thread_code;
    if (stack_size == 0 || stack_size > 256 * 1024)
        die("a thread with a large stack");
    if (set.thread_count == THREADS)
        die("too many threads");
    set.threads[set.thread_count].fn = fn;
    set.threads[set.thread_count++].arg = arg;
    if (!set.threads_wait)
        fake_threads_run_one();
    return 0;
}
