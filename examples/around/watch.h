/* A loop of another library inside an xsock poller: the program waits in xsock_poller_wait()
 * alone. A poller watches sockets. Such a loop does not wait for a socket, but for an epoll, a
 * kqueue or an eventfd, and xsock_adopt() gives ENOTSOCK for them. A thread therefore waits for
 * these handles, and xsock_poller_wake() tells the poller. Thread and loop take turns: the thread
 * waits for a watch_next() before it looks at the handles again. Programs do the same on Windows,
 * where the thread waits in GetQueuedCompletionStatus(). */
#ifndef WATCH_H
#define WATCH_H

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "xsock.h"

struct watch {
    struct pollfd fds[16]; /* what the loop waits for, its count, and for how long */
    int n, timeout_ms;
    int poller;
    pthread_t thread;
    sem_t next;
    atomic_bool ready, over;
};

static inline void *watch_thread(void *arg)
{
    struct watch *w = arg;

    for (;;) {
        while (sem_wait(&w->next) < 0) /* a signal came */
            continue;
        if (w->over)
            return NULL;
        (void)poll(w->fds, (nfds_t)w->n, w->timeout_ms);
        w->ready = true;
        (void)xsock_poller_wake(w->poller);
    }
}

static inline bool watch_begin(struct watch *w, int poller)
{
    w->poller = poller;
    return sem_init(&w->next, 0, 0) == 0 && pthread_create(&w->thread, NULL, watch_thread, w) == 0;
}

static inline void watch_next(struct watch *w)
{
    w->ready = false;
    sem_post(&w->next);
}

/* The thread may be in poll(). The caller has woken the loop, which ends that call. */
static inline void watch_end(struct watch *w)
{
    w->over = true;
    sem_post(&w->next);
    pthread_join(w->thread, NULL);
    sem_destroy(&w->next);
}

#endif
