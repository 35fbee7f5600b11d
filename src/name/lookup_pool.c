#include "name/lookup_pool.h"

#include <string.h>

#include "base/atomic.h"
#include "facts/translate.h"
#include "table/fdtab.h"

/* What getaddrinfo() needs: glibc and musl stay below 64 KiB, and modules of glibc's name service
 * get the rest. */
enum { STACK_SIZE = 256 * 1024 };

enum state { QUEUED, RUNNING, DONE };

struct xsock__job {
    struct xsock__job *next;
    const void *guest;
    bool left; /* the asker has left */
    xsock__lookup_pool_done *done;
    void *user;
    xsock__atomic_int state;
    struct xsock__question question;
    struct xsock__answer answer;
    int rc;
};

/* The global lock guards all of it. That lock is held around every fork(), so a child finds the
 * pool in order. */
static struct {
    struct xsock__job *queue;   /* in the order in which they will run */
    struct xsock__job *running; /* those that a thread has */
    int threads, max;           /* max 0: XSOCK__LOOKUP_POOL_THREADS */
    int forks;
} pool;

static void destroy(struct xsock__job *j)
{
    xsock__answer_free(&j->answer);
    xsock__sys_free(j, sizeof *j);
}

/* ---- Under the lock -------------------------------------------------------------------------- */

static int max_threads(void)
{
    return pool.max != 0 ? pool.max : XSOCK__LOOKUP_POOL_THREADS;
}

static void push(struct xsock__job **list, struct xsock__job *j)
{
    while (*list != NULL)
        list = &(*list)->next;
    j->next = NULL;
    *list = j;
}

static void unlink_from(struct xsock__job **list, const struct xsock__job *j)
{
    while (*list != NULL && *list != j)
        list = &(*list)->next;
    if (*list != NULL)
        *list = j->next;
}

/* A forked child has none of the threads, and nobody waits for the answers. What a thread was just
 * writing may be half written, and is left alone. */
static void forget_parent(void)
{
    int forks = xsock__fdtab_forks();
    if (forks == pool.forks)
        return;
    pool.forks = forks;
    while (pool.queue != NULL) {
        struct xsock__job *j = pool.queue;
        pool.queue = j->next;
        destroy(j);
    }
    pool.running = NULL;
    pool.threads = 0;
}

static void lock(void)
{
    xsock__sys_lock_global();
    forget_parent();
}

/* A guest has a quarter of the threads, and all guests together have three quarters. Both have at
 * least one. If there are two or three threads, one of them is the process's. */
static bool may_run(const struct xsock__job *j)
{
    int max = max_threads(), share = max < 8 ? 1 : max / 4;
    int of_all = max == 1 ? 1 : max - (max < 4 ? 1 : max / 4);
    int running = 0, all_running = 0;
    for (const struct xsock__job *r = pool.running; r != NULL; r = r->next) {
        running += r->guest == j->guest;
        all_running += r->guest != NULL;
    }
    return j->guest == NULL || (running < share && all_running < of_all);
}

/* Moves the questions of this guest behind those of others, so that all of them take turns. */
static void move_to_end(const void *guest)
{
    struct xsock__job *moved = NULL, **end = &moved, **link = &pool.queue;
    while (*link != NULL) {
        struct xsock__job *j = *link;
        if (j->guest != guest) {
            link = &j->next;
            continue;
        }
        *link = j->next;
        j->next = NULL;
        *end = j;
        end = &j->next;
    }
    *link = moved;
}

/* Takes the first question off the queue that may run. NULL: none. */
static struct xsock__job *take_next(void)
{
    struct xsock__job *j = pool.queue;
    while (j != NULL && !may_run(j))
        j = j->next;
    if (j == NULL)
        return NULL;
    unlink_from(&pool.queue, j);
    move_to_end(j->guest);
    push(&pool.running, j);
    xsock__atomic_store(&j->state, RUNNING);
    return j;
}

/* Hands the answer to the asker. False if the asker has left, and the caller must destroy the
 * job. */
static bool hand_over(struct xsock__job *j)
{
    if (j->left)
        return false;
    xsock__atomic_store(&j->state, DONE);
    j->done(j->user);
    return true;
}

/* ---- Threads --------------------------------------------------------------------------------- */

static void work(void *arg)
{
    struct xsock__job *j = arg;
    while (j != NULL) {
        j->rc = xsock__resolve_ask(&j->question, &j->answer);
        lock();
        struct xsock__job *done = j;
        unlink_from(&pool.running, done);
        bool handed_over = hand_over(done);
        j = pool.threads <= max_threads() ? take_next() : NULL;
        if (j == NULL)
            pool.threads--;
        xsock__sys_unlock_global();
        if (!handed_over)
            destroy(done);
    }
}

static void fail(struct xsock__job *j, int code)
{
    j->rc = xsock__error_from_native(code);
    j->answer.code = code;
    (void)hand_over(j);
}

/* The system has no thread for j, which no thread of the pool has begun. If there are other
 * threads, they will take the question. Otherwise nobody will take any. */
static void give_up(struct xsock__job *j, int code)
{
    lock();
    pool.threads--;
    unlink_from(&pool.running, j);
    bool left_behind = j->left;
    if (!left_behind) {
        xsock__atomic_store(&j->state, QUEUED);
        j->next = pool.queue;
        pool.queue = j;
    }
    while (pool.threads == 0 && pool.queue != NULL) {
        struct xsock__job *next = pool.queue;
        pool.queue = next->next;
        fail(next, code);
    }
    xsock__sys_unlock_global();
    if (left_behind)
        destroy(j);
}

/* Starts as many threads as there are questions to take, and as there may be. */
static void start_threads(void)
{
    for (;;) {
        lock();
        struct xsock__job *j = pool.threads < max_threads() ? take_next() : NULL;
        pool.threads += j != NULL;
        xsock__sys_unlock_global();
        if (j == NULL)
            return;
        int code = xsock__sys_thread_start(work, j, STACK_SIZE);
        if (code != 0) {
            give_up(j, code);
            return;
        }
    }
}

/* ---- Askers ---------------------------------------------------------------------------------- */

struct xsock__job *xsock__lookup_pool_begin(const struct xsock__question *q, const void *guest,
                                            xsock__lookup_pool_done *done, void *user)
{
    struct xsock__job *j = xsock__sys_alloc(sizeof *j);
    if (j == NULL)
        return NULL;
    j->guest = guest;
    j->done = done;
    j->user = user;
    j->question = *q;
    xsock__atomic_set(&j->state, QUEUED);
    lock();
    push(&pool.queue, j);
    xsock__sys_unlock_global();
    start_threads();
    return j;
}

bool xsock__lookup_pool_is_done(const struct xsock__job *j)
{
    return xsock__atomic_load(&j->state) == DONE;
}

int xsock__lookup_pool_end(struct xsock__job *j, struct xsock__answer *out)
{
    int rc = -XSOCK_ECANCELED;
    lock();
    int state = xsock__atomic_load(&j->state);
    if (state == QUEUED)
        unlink_from(&pool.queue, j);
    j->left = true;
    xsock__sys_unlock_global();
    memset(out, 0, sizeof *out);
    if (state == RUNNING) /* the thread destroys it */
        return rc;
    if (state == DONE) {
        rc = j->rc;
        *out = j->answer;
        memset(&j->answer, 0, sizeof j->answer);
    }
    destroy(j);
    return rc;
}

int xsock__lookup_pool_max(void)
{
    lock();
    int n = max_threads();
    xsock__sys_unlock_global();
    return n;
}

void xsock__lookup_pool_set_max(int n)
{
    lock();
    pool.max = n;
    xsock__sys_unlock_global();
    start_threads();
}
