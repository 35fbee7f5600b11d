/* Threads. No number is given twice, no number is higher than necessary, and no call reaches a
 * socket that was released. This test also runs under ThreadSanitizer. */
#include "base/atomic.h"
#include "table/find.h"
#include "harness.h"
#include "threads.h"
#include "wine.h"
#include "xsock_native.h"

enum { THREADS = 8, NUMBERS = 256 };

/* CMocka's assertions can jump out of the test's own thread only. Other threads record their
 * results, and the test checks the results after it has joined the threads. */
static xsock__atomic_int wrong;
static char first_wrong[160];

static bool expect(bool condition, const char *what, int value)
{
    if (!condition && xsock__atomic_add(&wrong, 1) == 0)
        snprintf(first_wrong, sizeof first_wrong, "%s: %d", what, value);
    return condition;
}

struct worker {
    int index, rounds;
    uint32_t random;
    struct gate *gate;
    struct thread *thread;
    void (*work)(struct worker *w);
};

static uint32_t random_below(struct worker *w, uint32_t end)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return w->random % end;
}

static void start_together(void *user)
{
    struct worker *w = user;
    gate_wait(w->gate);
    w->work(w);
}

static void run_threads(void (*work)(struct worker *w), int rounds)
{
    struct worker workers[THREADS];
    struct gate *gate = gate_create();
    assert_non_null(gate);
    xsock__atomic_store(&wrong, 0);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){i, rounds, 2463534242u + 977u * (uint32_t)i, gate, NULL, work};
        workers[i].thread = thread_start(start_together, &workers[i]);
        assert_non_null(workers[i].thread);
    }
    gate_open(gate);
    for (int i = 0; i < THREADS; i++)
        thread_join(workers[i].thread);
    gate_destroy(gate);
    ASSERT_THAT(xsock__atomic_load(&wrong) == 0, "%d times wrong, first: %s",
                xsock__atomic_load(&wrong), first_wrong);
}

/* On Wine each call asks a server, which is slow. */
static int rounds(int native)
{
    return harness_rounds(is_wine() ? native / 20 : native);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static xsock__atomic_int owner[NUMBERS];  /* thread index + 1 */
static xsock__atomic_int busy, most_busy; /* from before opening until after closing */
static xsock__atomic_int highest;

static void raise_to(xsock__atomic_int *a, int value)
{
    int seen = xsock__atomic_load(a);
    while (seen < value && !xsock__atomic_cas(a, seen, value))
        seen = xsock__atomic_load(a);
}

static int take_one(struct worker *w)
{
    int d;
    raise_to(&most_busy, xsock__atomic_add(&busy, 1) + 1);
    d = xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0);
    if (d == -XSOCK_EAFNOSUPPORT)
        d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
    if (!expect(d >= 3 && d < NUMBERS, "opened", d))
        return -1;
    expect(xsock__atomic_cas(&owner[d], 0, w->index + 1), "handed out twice", d);
    expect(d <= xsock__atomic_load(&most_busy) + 2, "too high", d);
    raise_to(&highest, d);
    return d;
}

static void give_one_back(struct worker *w, int d)
{
    expect(xsock__atomic_cas(&owner[d], w->index + 1, 0), "taken by another", d);
    expect(xsock_close(d) == 0, "closed", d);
    xsock__atomic_add(&busy, -1);
}

static void open_and_close(struct worker *w)
{
    for (int done = 0; done < w->rounds;) {
        int held[4], count = 1 + (int)random_below(w, 4);
        for (int i = 0; i < count; i++) {
            held[i] = take_one(w);
            if (held[i] < 0)
                return;
        }
        for (int i = 0; i < count; i++)
            give_one_back(w, held[i]);
        done += count;
    }
}

static void no_number_is_handed_out_twice_and_none_is_too_high(void **state)
{
    int total = rounds(200000);
    (void)state;
    run_threads(open_and_close, total / THREADS);
    assert_int_equal(xsock__atomic_load(&busy), 0);
    print_message("%d times opened and closed, at most %d at once, the highest was %d\n", total,
                  xsock__atomic_load(&most_busy), xsock__atomic_load(&highest));
    assert_true(xsock__atomic_load(&highest) <= xsock__atomic_load(&most_busy) + 2);
}

/* ---- Lifetimes: the table alone. Its handles are ids, each of which is used once ------------- */

enum { IDS_EACH = 1 << 17, UNBORN = 0, ALIVE = 1, GONE = 2, HIGH = 24 };

static struct xsock__fdtab *table;
static xsock__atomic_int *life; /* the index is the id */

static void note_closed(const struct xsock__held *held)
{
    expect(xsock__atomic_cas(&life[held->handle], ALIVE, GONE), "let go twice", (int)held->handle);
}

static uintptr_t new_id(struct worker *w, int n)
{
    uintptr_t id = (uintptr_t)w->index * IDS_EACH + (uintptr_t)n;
    expect(xsock__atomic_cas(&life[id], UNBORN, ALIVE), "born twice", (int)id);
    return id;
}

static void open_id(struct worker *w, int n)
{
    struct xsock__fd *fd;
    int r = xsock__fdtab_reserve(table, 0, &fd);
    if (!expect(r == 0, "reserve", r))
        return;
    if (random_below(w, 8) == 0) {
        xsock__fdtab_cancel(table, fd);
        return;
    }
    fd->held.handle = new_id(w, n);
    xsock__fdtab_publish(table, fd);
}

static void replace_id(struct worker *w, int n)
{
    struct xsock__held held = {new_id(w, n), NULL};
    int number = 3 + (int)random_below(w, HIGH),
        r = xsock__fdtab_replace(table, number, &held, false);
    if (r == number)
        return;
    expect(r == -XSOCK_EBUSY, "replace", r);
    note_closed(&held);
}

static void take_id(struct worker *w)
{
    struct xsock__held held = {UINTPTR_MAX, NULL};
    struct xsock__fd *fd = xsock__fdtab_get(table, 3 + (int)random_below(w, HIGH));
    if (fd == NULL)
        return;
    int r = xsock__fdtab_take(table, fd, &held);
    if (r == 0) {
        note_closed(&held);
        return;
    }
    expect((r == -XSOCK_EBADF || r == -XSOCK_EBUSY) && held.handle == UINTPTR_MAX, "take", r);
    xsock__fdtab_put(table, fd);
}

static void look_up(struct worker *w)
{
    int number = 3 + (int)random_below(w, HIGH);
    struct xsock__fd *fd = xsock__fdtab_get(table, number);
    if (fd == NULL)
        return;
    expect(fd->number == number, "another number's", fd->number);
    for (int i = 0; i < 3; i++) {
        expect(xsock__atomic_load(&life[fd->held.handle]) == ALIVE, "let go while a call is in it",
               number);
        if (i == 1)
            thread_yield();
    }
    xsock__fdtab_put(table, fd);
}

static void live_and_let_go(struct worker *w)
{
    for (int n = 0; n < w->rounds; n++) {
        switch (random_below(w, 8)) {
        case 0:
        case 1:
            open_id(w, n);
            break;
        case 2:
            replace_id(w, n);
            break;
        case 3:
            take_id(w);
            break;
        case 4: {
            int r = xsock__fdtab_remove(table, 3 + (int)random_below(w, HIGH));
            expect(r == 0 || r == -XSOCK_EBADF, "remove", r);
            break;
        }
        default:
            look_up(w);
            break;
        }
    }
}

static void nothing_is_let_go_while_a_call_is_in_it_or_twice(void **state)
{
    int born = 0, alive = 0;
    (void)state;
    life = calloc((size_t)THREADS * IDS_EACH, sizeof *life);
    assert_non_null(life);
    ASSERT_RESULT(0, xsock__fdtab_create(note_closed, &table));
    run_threads(live_and_let_go, IDS_EACH);
    xsock__fdtab_destroy(table);
    for (int i = 0; i < THREADS * IDS_EACH; i++) {
        born += xsock__atomic_load(&life[i]) != UNBORN;
        alive += xsock__atomic_load(&life[i]) == ALIVE;
    }
    free(life);
    assert_true(born > IDS_EACH);
    assert_int_equal(alive, 0);
}

/* ---- Calls ----------------------------------------------------------------------------------- */

static bool one_of(int r, int a, int b)
{
    return r >= 0 || r == a || r == b;
}

/* Makes any call on any descriptor, while other threads close it. */
static void call_anything(struct worker *w)
{
    for (int n = 0; n < w->rounds; n++) {
        int d = 3 + (int)random_below(w, 8), to = 3 + (int)random_below(w, 8), r;
        uintptr_t h;
        switch (random_below(w, 8)) {
        case 0:
            r = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
            expect(r >= 3 && r < 3 + THREADS + 40, "open", r);
            if (r >= 11)
                xsock_close(r);
            break;
        case 1:
            r = xsock_dup(d, 0, 0);
            expect(one_of(r, -XSOCK_EBADF, -XSOCK_EBADF), "dup", r);
            if (r >= 11)
                xsock_close(r);
            break;
        case 2:
            r = xsock_dup2(d, to, XSOCK_SOCK_CLOEXEC);
            expect(one_of(r, -XSOCK_EBADF, -XSOCK_EBUSY) && (r < 0 || r == to), "dup2", r);
            break;
        case 3:
            r = xsock_set_flags(d, XSOCK_SOCK_NONBLOCK);
            expect(one_of(r, -XSOCK_EBADF, -XSOCK_EBADF), "set_flags", r);
            break;
        case 4:
            r = xsock_native(d, &h);
            expect(one_of(r, -XSOCK_EBADF, -XSOCK_EBADF), "native", r);
            break;
        case 5:
            r = xsock_get_flags(d);
            expect(one_of(r, -XSOCK_EBADF, -XSOCK_EBADF), "get_flags", r);
            break;
        default:
            r = xsock_close(d);
            expect(one_of(r, -XSOCK_EBADF, -XSOCK_EBADF), "close", r);
            break;
        }
    }
}

static void any_call_may_meet_any_other(void **state)
{
    (void)state;
    run_threads(call_anything, rounds(20000));
    for (int d = 3; d < 100; d++)
        xsock_close(d);
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0)); /* no number got lost */
    ASSERT_RESULT(0, xsock_close(3));
    ASSERT_RESULT(0, xsock_cleanup()); /* and no number is counted twice */
}

/* The library starts and stops while other threads open sockets. A socket is never made after the
 * system was stopped. */
static void start_and_stop(struct worker *w)
{
    for (int n = 0; n < w->rounds; n++) {
        int d = -1, r;
        if (w->index % 2 == 0) {
            r = xsock_cleanup();
            expect(r == 0 || r == -XSOCK_EBUSY, "cleanup", r);
        } else {
            d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
            if (expect(d >= 0, "open", d))
                expect(xsock_close(d) == 0, "close", d);
        }
    }
}

static void the_library_may_be_stopped_at_any_time(void **state)
{
    (void)state;
    run_threads(start_and_stop, rounds(5000));
    ASSERT_RESULT(0, xsock_startup());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_number_is_handed_out_twice_and_none_is_too_high),
        TEST(nothing_is_let_go_while_a_call_is_in_it_or_twice),
        TEST(any_call_may_meet_any_other),
        TEST(the_library_may_be_stopped_at_any_time),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
