/* poll_oneoff with sockets, a clock, and a stream of the engine in one call. */
#include <time.h>

#include "check.h"

enum { CLOCK = 0, READ = 1, WRITE = 2 };

static struct subscription on(uint8_t tag, fd_t fd, uint64_t user)
{
    struct subscription s = {.user = user, .tag = tag};
    s.fd = (uint32_t)fd;
    return s;
}

static struct subscription after(uint64_t ns, uint64_t user)
{
    struct subscription s = {.user = user, .tag = CLOCK};
    s.clock.id = 1;
    s.clock.timeout = ns;
    return s;
}

/* Returns the event of that subscription, or NULL if there is none. */
static const struct event *find(const struct event *v, size_t n, uint64_t user)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].user == user)
            return &v[i];
    return NULL;
}

static void the_clock_alone(void)
{
    struct subscription in = after(10000000, 9);
    struct event out;
    size_t n = 0;
    CHECK(SUCCESS, poll_oneoff(&in, &out, 1, &n));
    CHECK(1, n);
    CHECK(9, (int64_t)out.user);
    CHECK(CLOCK, out.type);
    CHECK(SUCCESS, out.error);
}

/* Sleeps by the C library, which reads the clock from the engine and waits by poll_oneoff. */
static void until_a_moment_of(clockid_t clock)
{
    struct timespec then, now;
    CHECK(0, clock_gettime(clock, &then));
    then.tv_nsec += 2000000;
    then.tv_sec += then.tv_nsec / 1000000000;
    then.tv_nsec %= 1000000000;
    CHECK(0, clock_nanosleep(clock, TIMER_ABSTIME, &then, NULL));
    CHECK(0, clock_gettime(clock, &now));
    CHECK(1,
          now.tv_sec > then.tv_sec || (now.tv_sec == then.tv_sec && now.tv_nsec >= then.tv_nsec));
}

static void the_socket_before_the_clock(fd_t two[2])
{
    struct subscription in[] = {on(READ, two[0], 1), after(60000000000, 2), on(WRITE, two[1], 3)};
    struct event out[3];
    size_t n = 0;
    send_all(two[1], "abc", 3);
    /* only for reading; the byte may take a moment to arrive */
    CHECK(SUCCESS, poll_oneoff(in, out, 1, &n));
    CHECK(1, n);
    CHECK(SUCCESS, poll_oneoff(in, out, 3, &n));
    CHECK(2, n);
    CHECK(1, find(out, n, 2) == NULL);
    CHECK(1, find(out, n, 1) != NULL && find(out, n, 3) != NULL);
    CHECK(SUCCESS, find(out, n, 1)->error);
    CHECK(3, (int64_t)find(out, n, 1)->bytes);
    CHECK(WRITE, find(out, n, 3)->type);
}

static void what_is_not_open_has_an_error_of_its_own(fd_t two[2])
{
    struct subscription in[] = {on(READ, 1000, 1), on(WRITE, two[0], 2)};
    struct event out[2];
    size_t n = 0;
    CHECK(SUCCESS, poll_oneoff(in, out, 2, &n));
    CHECK(2, n);
    CHECK(EBADF, find(out, n, 1)->error);
    CHECK(SUCCESS, find(out, n, 2)->error);
}

/* An engine may report whether a file is ready. In this engine, xsock assumes that files are always
 * ready. */
static void the_engines_streams_are_ready(void)
{
    struct subscription in = on(WRITE, 1, 5);
    struct event out;
    size_t n = 0;
    CHECK(SUCCESS, poll_oneoff(&in, &out, 1, &n));
    CHECK(1, n);
    CHECK(5, (int64_t)out.user);
    CHECK(SUCCESS, out.error);
}

int main(void)
{
    fd_t two[2];
    struct event e;
    size_t n;
    the_clock_alone();
    until_a_moment_of(CLOCK_MONOTONIC);
    until_a_moment_of(CLOCK_REALTIME);
    connect_two(two);
    the_socket_before_the_clock(two);
    what_is_not_open_has_an_error_of_its_own(two);
    the_engines_streams_are_ready();
    CHECK(EINVAL, poll_oneoff(&(struct subscription){0}, &e, 0, &n));
    return 0;
}
