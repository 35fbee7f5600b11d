/* Before any header: what POSIX has, in a build that asks for C11 and no more. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "threads.h"

#include <stdlib.h>

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
    WaitForSingleObject(t->handle, INFINITE);
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

struct thread {
    struct work work;
    pthread_t id;
};

static void *body(void *arg)
{
    struct thread *t = arg;
    t->work.run(t->work.user);
    return NULL;
}

struct thread *thread_start(void (*run)(void *user), void *user)
{
    struct thread *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->work.run = run;
    t->work.user = user;
    if (pthread_create(&t->id, NULL, body, t) != 0) {
        free(t);
        return NULL;
    }
    return t;
}

void thread_join(struct thread *t)
{
    pthread_join(t->id, NULL);
    free(t);
}

void thread_yield(void)
{
    sched_yield();
}

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    bool open;
};

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
