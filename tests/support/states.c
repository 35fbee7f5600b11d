#include "states.h"

#include "harness.h"
#include "qemu.h"

const struct states *states;

static const char *const state_names[STATES] = {
    "never opened", "standard stream", "closed",          "stream",
    "bound",        "listener",        "connected",       "its peer",
    "shut down",    "datagrams",       "bound datagrams", "connected datagrams",
    "pair",         "its peer",        "datagram pair",   "its peer"};

int states_bind_new(int type, struct xsock_addr *out)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, type | XSOCK_SOCK_NONBLOCK, 0));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, out));
    return d;
}

static int connect_new(int listener, const struct xsock_addr *to, int *out_peer)
{
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(d, to));
    ASSERT_RESULT(0, xsock_set_flags(d, XSOCK_SOCK_NONBLOCK));
    struct xsock_pollfd p = {.fd = listener, .events = XSOCK_POLLIN};
    ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
    *out_peer = ASSERT_OPENS(xsock_accept(listener, XSOCK_SOCK_NONBLOCK, NULL));
    return d;
}

void states_open(struct states *all)
{
    struct xsock_addr unused;
    const int flag = XSOCK_SOCK_NONBLOCK;
    all->d[NEVER_OPENED] = 5000;
    all->d[STANDARD_STREAM] = 1;
    all->d[STREAM] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | flag, 0));
    all->d[BOUND] = states_bind_new(XSOCK_SOCK_STREAM, &unused);
    all->d[LISTENER] = states_bind_new(XSOCK_SOCK_STREAM, &all->listener);
    ASSERT_RESULT(0, xsock_listen(all->d[LISTENER], 8));
    all->d[CONNECTED] = connect_new(all->d[LISTENER], &all->listener, &all->d[CONNECTED_PEER]);
    all->d[SHUT] = connect_new(all->d[LISTENER], &all->listener, &all->more[0]);
    ASSERT_RESULT(0, xsock_shutdown(all->d[SHUT], XSOCK_SHUT_RDWR));
    all->d[DATAGRAMS] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | flag, 0));
    all->d[BOUND_DATAGRAMS] = states_bind_new(XSOCK_SOCK_DGRAM, &unused);
    all->more[1] = states_bind_new(XSOCK_SOCK_DGRAM, &all->receiver);
    all->d[CONNECTED_DATAGRAMS] = states_bind_new(XSOCK_SOCK_DGRAM, &unused);
    ASSERT_RESULT(0, xsock_connect(all->d[CONNECTED_DATAGRAMS], &all->receiver));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | flag, 0, &all->d[PAIR]));
    ASSERT_RESULT(0,
                  xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM | flag, 0, &all->d[DATAGRAM_PAIR]));
    all->d[CLOSED] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_close(all->d[CLOSED]));
}

void states_close(const struct states *all)
{
    for (int i = STREAM; i < STATES; i++)
        ASSERT_RESULT(0, xsock_close(all->d[i]));
    ASSERT_RESULT(0, xsock_close(all->more[0]));
    ASSERT_RESULT(0, xsock_close(all->more[1]));
}

static const enum state columns[STATES_COLUMNS] = {
    STREAM, BOUND,        LISTENER,        CONNECTED,
    SHUT,   DATAGRAMS,    BOUND_DATAGRAMS, CONNECTED_DATAGRAMS,
    PAIR,   DATAGRAM_PAIR};

/* Rows of calls that qemu does not pass on (qemu.h: QEMU_OPTIONS, QEMU_VECTORS). */
static bool is_lost_in_qemu(const char *name)
{
    return is_qemu() && (strstr(name, "multicast_if") != NULL || strstr(name, " vectors") != NULL);
}

static bool row_is_wrong(const struct states_row *row, int column)
{
    const enum state state = columns[column];
    const int want = row->results[column];
    int got;
    if (want == SKIPPED || is_lost_in_qemu(row->name))
        return false;
    got = row->run(states->d[state]);
    if (got == want || (want == ANY && got >= 0))
        return false;
    print_error("%s, %s: expected %s, got %s (system code %d)\n", row->name, state_names[state],
                want == ANY ? "no error" : harness_name(want), harness_name(got), xsock_oserror());
    return true;
}

void states_assert_rows(const struct states_row *rows, int count)
{
    struct states all;
    int wrong = 0;
    states_open(&all);
    states = &all;
    for (int r = 0; r < count; r++)
        for (int c = 0; c < STATES_COLUMNS; c++)
            wrong += row_is_wrong(&rows[r], c);
    states = NULL;
    states_close(&all);
    assert_int_equal(wrong, 0);
}

void states_assert_EBADF(const struct states_row *row, bool negative_too)
{
    const int d[] = {states->d[NEVER_OPENED],
                     states->d[STANDARD_STREAM],
                     states->d[CLOSED],
                     0,
                     2,
                     INT_MAX,
                     -1,
                     INT_MIN};
    for (int i = 0; i < (negative_too ? 8 : 6); i++) {
        int got = row->run(d[i]);
        ASSERT_THAT(got == E(BADF), "%s of %d: %s", row->name, d[i], harness_name(got));
    }
}
