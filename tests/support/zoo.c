#include "zoo.h"

#include "harness.h"

const struct zoo *zoo;

static const char *const state_names[STATES] = {
    "never opened", "standard stream", "closed",          "stream",
    "bound",        "listener",        "connected",       "its peer",
    "shut down",    "datagrams",       "bound datagrams", "connected datagrams",
    "pair",         "its peer",        "datagram pair",   "its peer"};

int zoo_bind_new(int type, struct xsock_addr *out)
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

void zoo_open(struct zoo *z)
{
    struct xsock_addr unused;
    const int flag = XSOCK_SOCK_NONBLOCK;
    z->d[NEVER_OPENED] = 5000;
    z->d[STANDARD_STREAM] = 1;
    z->d[STREAM] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | flag, 0));
    z->d[BOUND] = zoo_bind_new(XSOCK_SOCK_STREAM, &unused);
    z->d[LISTENER] = zoo_bind_new(XSOCK_SOCK_STREAM, &z->listener);
    ASSERT_RESULT(0, xsock_listen(z->d[LISTENER], 8));
    z->d[CONNECTED] = connect_new(z->d[LISTENER], &z->listener, &z->d[CONNECTED_PEER]);
    z->d[SHUT] = connect_new(z->d[LISTENER], &z->listener, &z->more[0]);
    ASSERT_RESULT(0, xsock_shutdown(z->d[SHUT], XSOCK_SHUT_RDWR));
    z->d[DATAGRAMS] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | flag, 0));
    z->d[BOUND_DATAGRAMS] = zoo_bind_new(XSOCK_SOCK_DGRAM, &unused);
    z->more[1] = zoo_bind_new(XSOCK_SOCK_DGRAM, &z->receiver);
    z->d[CONNECTED_DATAGRAMS] = zoo_bind_new(XSOCK_SOCK_DGRAM, &unused);
    ASSERT_RESULT(0, xsock_connect(z->d[CONNECTED_DATAGRAMS], &z->receiver));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | flag, 0, &z->d[PAIR]));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM | flag, 0, &z->d[DATAGRAM_PAIR]));
    z->d[CLOSED] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_close(z->d[CLOSED]));
}

void zoo_close(const struct zoo *z)
{
    for (int i = STREAM; i < STATES; i++)
        ASSERT_RESULT(0, xsock_close(z->d[i]));
    ASSERT_RESULT(0, xsock_close(z->more[0]));
    ASSERT_RESULT(0, xsock_close(z->more[1]));
}

static const enum state columns[ZOO_COLUMNS] = {
    STREAM, BOUND,        LISTENER,        CONNECTED,
    SHUT,   DATAGRAMS,    BOUND_DATAGRAMS, CONNECTED_DATAGRAMS,
    PAIR,   DATAGRAM_PAIR};

static bool row_is_wrong(const struct zoo_row *row, int column)
{
    const enum state state = columns[column];
    const int want = row->results[column];
    int got;
    if (want == SKIPPED)
        return false;
    got = row->run(zoo->d[state]);
    if (got == want || (want == ANY && got >= 0))
        return false;
    print_error("%s, %s: expected %s, got %s (system code %d)\n", row->name, state_names[state],
                want == ANY ? "no error" : harness_name(want), harness_name(got), xsock_oserror());
    return true;
}

void zoo_assert_rows(const struct zoo_row *rows, int count)
{
    struct zoo z;
    int wrong = 0;
    zoo_open(&z);
    zoo = &z;
    for (int r = 0; r < count; r++)
        for (int c = 0; c < ZOO_COLUMNS; c++)
            wrong += row_is_wrong(&rows[r], c);
    zoo = NULL;
    zoo_close(&z);
    assert_int_equal(wrong, 0);
}

void zoo_assert_EBADF(const struct zoo_row *row, bool negative_too)
{
    const int d[] = {
        zoo->d[NEVER_OPENED], zoo->d[STANDARD_STREAM], zoo->d[CLOSED], 0, 2, INT_MAX, -1, INT_MIN};
    for (int i = 0; i < (negative_too ? 8 : 6); i++) {
        int got = row->run(d[i]);
        ASSERT_THAT(got == E(BADF), "%s of %d: %s", row->name, d[i], harness_name(got));
    }
}
