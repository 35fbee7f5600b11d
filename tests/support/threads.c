/* Must stand before any header: declares POSIX's functions in a build for plain C11. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "threads.h"

#include <stdio.h>
#include <stdlib.h>

static void give_up(void)
{
    fprintf(stderr, "a thread of the test has not ended within %d s\n", THREAD_PATIENCE_S);
    abort();
}

struct work {
    void (*run)(void *user);
    void *user;
};

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

struct thread {
    struct work work;
    HANDLE handle;
};

static DWORD WINAPI body(void *arg)
{
    struct thread *t = arg;
    t->work.run(t->work.user);
    return 0;
}

struct thread *thread_start(void (*run)(void *user), void *user)
{
    struct thread *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->work.run = run;
    t->work.user = user;
    t->handle = CreateThread(NULL, 0, body, t, 0, NULL);
    if (t->handle == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

void thread_join(struct thread *t)
{
    if (WaitForSingleObject(t->handle, THREAD_PATIENCE_S * 1000) != WAIT_OBJECT_0)
        give_up();
    CloseHandle(t->handle);
    free(t);
}

void thread_yield(void)
{
    SwitchToThread();
}

struct gate {
    HANDLE event;
};

struct gate *gate_create(void)
{
    struct gate *g = calloc(1, sizeof *g);
    if (g != NULL)
        g->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    return g;
}

void gate_wait(struct gate *g)
{
    WaitForSingleObject(g->event, INFINITE);
}

void gate_open(struct gate *g)
{
    SetEvent(g->event);
}

void gate_destroy(struct gate *g)
{
    CloseHandle(g->event);
    free(g);
}

#else
#include <pthread.h>
#include <sched.h>
#include <time.h>

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    bool open;
};

struct thread {
    struct work work;
    pthread_t id;
    struct gate *ended;
};

static void *body(void *arg)
{
    struct thread *t = arg;
    t->work.run(t->work.user);
    gate_open(t->ended);
    return NULL;
}

static void discard(struct thread *t)
{
    if (t->ended != NULL)
        gate_destroy(t->ended);
    free(t);
}

struct thread *thread_start(void (*run)(void *user), void *user)
{
    struct thread *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->work.run = run;
    t->work.user = user;
    t->ended = gate_create();
    if (t->ended == NULL || pthread_create(&t->id, NULL, body, t) != 0) {
        discard(t);
        return NULL;
    }
    return t;
}

/* Returns false if the gate is still closed at that time of day. */
static bool wait_until(struct gate *g, const struct timespec *end)
{
    int rc = 0;
    pthread_mutex_lock(&g->lock);
    while (!g->open && rc == 0)
        rc = pthread_cond_timedwait(&g->opened, &g->lock, end);
    bool open = g->open;
    pthread_mutex_unlock(&g->lock);
    return open;
}

void thread_join(struct thread *t)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += THREAD_PATIENCE_S;
    if (!wait_until(t->ended, &end))
        give_up();
    pthread_join(t->id, NULL);
    discard(t);
}

void thread_yield(void)
{
    sched_yield();
}

struct gate *gate_create(void)
{
    struct gate *g = calloc(1, sizeof *g);
    if (g != NULL) {
        pthread_mutex_init(&g->lock, NULL);
        pthread_cond_init(&g->opened, NULL);
    }
    return g;
}

void gate_wait(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    while (!g->open)
        pthread_cond_wait(&g->opened, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

void gate_open(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->opened);
    pthread_mutex_unlock(&g->lock);
}

void gate_destroy(struct gate *g)
{
    pthread_cond_destroy(&g->opened);
    pthread_mutex_destroy(&g->lock);
    free(g);
}
#endif
