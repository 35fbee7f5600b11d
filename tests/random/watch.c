/* Compares what calls answer with what the headers document, and how long they wait. */
#include "random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct documented {
    const char *name;
    int errors[64]; /* ends with 0 */
} documented[] = {
#include "documented.inc"
};

enum {
    CALLS = sizeof documented / sizeof *documented,
    ERRORS = 2048, /* every number is below */
    FINDINGS = 40,
    TEXT = 200
};

/* How often each call gave each answer. Index 0 is success. */
static atomic_long answers[CALLS][ERRORS];

static char findings[FINDINGS][TEXT];
static atomic_int found;

_Thread_local struct caller *me;
atomic_bool memory_fails;

void find(const char *format, ...)
{
    int i = atomic_fetch_add(&found, 1);
    va_list list;
    if (i >= FINDINGS)
        return;
    va_start(list, format);
    vsnprintf(findings[i], TEXT, format, list);
    va_end(list);
}

static int index_of(const char *name)
{
    for (int i = 0; i < CALLS; i++)
        if (strcmp(documented[i].name, name) == 0)
            return i;
    fprintf(stderr, "the headers do not document %s\n", name);
    abort();
}

/* Any error of the system can be the result of an attempt to connect, says the header. Wine ends a
 * few with WSAEINVAL while other threads use the socket. */
static bool is_systems_own(int call, int error)
{
#ifdef _WIN32
    return error == XSOCK_EINVAL && strcmp(documented[call].name, "xsock_connect_result") == 0;
#else
    (void)call;
    (void)error;
    return false;
#endif
}

static bool is_documented(int call, int error)
{
    for (const int *e = documented[call].errors; *e != 0; e++)
        if (*e == error)
            return true;
    return is_systems_own(call, error);
}

static void describe(const struct caller *c, char *out)
{
    snprintf(out, TEXT, "%s (%lld, %lld, %#llx)", c->call, (long long)c->numbers[0],
             (long long)c->numbers[1], (unsigned long long)c->numbers[2]);
}

void call_begin(const char *name, int64_t limit, int64_t one, int64_t two, int64_t three)
{
    me->numbers[0] = one;
    me->numbers[1] = two;
    me->numbers[2] = three;
    me->limit = limit;
    me->since = xsock_now();
    me->call = name;
    me->memory_may_fail = true;
}

static void judge_answer(int64_t answer)
{
    int call = index_of(me->call);
    char text[TEXT];
    describe(me, text);
    if (answer <= -ERRORS) {
        find("%s returned %lld", text, (long long)answer);
        return;
    }
    int error = answer < 0 ? (int)-answer : 0;
    if (atomic_fetch_add(&answers[call][error], 1) == 0 && error != 0
        && !is_documented(call, error))
        find("%s returned %s, which the header does not name; the system's code is %d", text,
             xsock_errname(error), xsock_oserror());
}

static void judge_time(int64_t answer)
{
    int64_t took = xsock_now() - me->since;
    char text[TEXT];
    describe(me, text);
    if (me->limit >= 0 && took > me->limit + PATIENCE)
        find("%s took %lld ms", text, (long long)(took / MS));
    if (me->limit > 0 && answer == 0 && took < me->limit)
        find("%s found nothing after %lld ns of %lld", text, (long long)took, (long long)me->limit);
}

int64_t call_end(int64_t answer)
{
    me->memory_may_fail = false;
    judge_answer(answer);
    judge_time(answer);
    me->call = NULL;
    me->calls++;
    return answer;
}

bool is_stuck(const struct caller *c)
{
    return c->call != NULL && xsock_now() - c->since > PATIENCE;
}

void tell_call(const struct caller *c)
{
    const char *name = c->call;
    if (name != NULL)
        find("a thread has been for %lld ms in %s (%lld, %lld, %#llx)",
             (long long)((xsock_now() - c->since) / MS), name, (long long)c->numbers[0],
             (long long)c->numbers[1], (unsigned long long)c->numbers[2]);
}

bool tell_result(const char *mode, int seed)
{
    long calls = 0, failed = 0;
    int kinds = 0, count = found;
    for (int i = 0; i < CALLS; i++) {
        long before = calls;
        calls += answers[i][0];
        for (int e = 1; e < ERRORS; e++) {
            calls += answers[i][e];
            failed += answers[i][e];
        }
        kinds += calls != before;
    }
    printf("%sok - %s, seeds up to %d: %ld calls of %d of %d functions, %ld of them failed\n",
           count != 0 ? "not " : "", mode, seed, calls, kinds, CALLS, failed);
    for (int i = 0; i < count && i < FINDINGS; i++)
        printf("# %s\n", findings[i]);
    if (count > FINDINGS)
        printf("# and %d more\n", count - FINDINGS);
    fflush(stdout);
    return count == 0;
}

void tell_answers(void)
{
    for (int i = 0; i < CALLS; i++) {
        printf("# %s: %ld", documented[i].name, (long)answers[i][0]);
        for (int e = 1; e < ERRORS; e++)
            if (answers[i][e] != 0)
                printf(", %ld %s", (long)answers[i][e], xsock_errname(e));
        puts("");
    }
}
