/* Every option on every kind of socket. The value that is read must be the value that was set, or
 * the call must fail with the error that the header lists. */
#include "harness.h"
#include "header.h"
#include "qemu.h"
#include "wine.h"

/* ---- Sockets --------------------------------------------------------------------------------- */

enum {
    TCP4 = 1,
    TCP6 = 2,
    UDP4 = 4,
    UDP6 = 8,
    LOCAL_STREAM = 16,
    LOCAL_DGRAM = 32,
    LISTENING = 64, /* TCP over INET, like CONNECTED */
    CONNECTED = 128,
    TCP = TCP4 | TCP6 | LISTENING | CONNECTED,
    UDP = UDP4 | UDP6,
    V4 = TCP4 | UDP4 | LISTENING | CONNECTED,
    V6 = TCP6 | UDP6,
    INTERNET = V4 | V6,
    EACH = 255,
    KINDS = 8
};

static const char *const kind_names[KINDS] = {
    "tcp4", "tcp6", "udp4", "udp6", "local stream", "local dgram", "listening", "connected"};

struct sockets {
    int d[KINDS];  /* -1 if this system lacks the family */
    int others[3]; /* the peers */
};

static int open_or_none(int af, int type)
{
    int d = xsock_open(af, type, 0);
    ASSERT_THAT(d >= 0 || d == -XSOCK_EAFNOSUPPORT, "%s", harness_name(d));
    if (d < 0)
        print_message("no sockets of family %d: not tried\n", af);
    return d >= 0 ? d : -1;
}

static void open_all(struct sockets *s)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int pair[2];
    s->d[0] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    s->d[1] = open_or_none(XSOCK_AF_INET6, XSOCK_SOCK_STREAM);
    s->d[2] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    s->d[3] = open_or_none(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM);
    for (int i = 0; i < 2; i++) {
        ASSERT_RESULT(
            0, xsock_pair(XSOCK_AF_LOCAL, i == 0 ? XSOCK_SOCK_STREAM : XSOCK_SOCK_DGRAM, 0, pair));
        s->d[4 + i] = pair[0];
        s->others[i] = pair[1];
    }
    s->d[6] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(s->d[6], &a));
    ASSERT_RESULT(0, xsock_listen(s->d[6], 4));
    ASSERT_RESULT(0, xsock_local_addr(s->d[6], &a));
    s->d[7] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(s->d[7], &a));
    s->others[2] = ASSERT_OPENS(xsock_accept(s->d[6], 0, NULL));
}

static void close_all(const struct sockets *s)
{
    for (int i = 0; i < KINDS; i++)
        if (s->d[i] >= 0)
            ASSERT_RESULT(0, xsock_close(s->d[i]));
    for (int i = 0; i < 3; i++)
        ASSERT_RESULT(0, xsock_close(s->others[i]));
}

/* ---- The options, as in the header ----------------------------------------------------------- */

enum { LINUX = 1, FREEBSD = 2, MACOS = 4, WINDOWS = 8, ALL = 15, POSIX = LINUX | FREEBSD | MACOS };
#if defined(__linux__)
static const int here = LINUX;
#elif defined(__FreeBSD__)
static const int here = FREEBSD;
#elif defined(__APPLE__)
static const int here = MACOS;
#else
static const int here = WINDOWS;
#endif

enum { FLAG = XSOCK_OPT_FLAG, TIME = XSOCK_OPT_TIME, SIZE = XSOCK_OPT_SIZE };
enum { READ = 1, WRITE = 2, BOTH = 3 };
enum {
    EXACT,
    MINIMUM,
    WITHIN,     /* at least the value, and smaller than the value that is out of range */
    PRIVILEGED, /* exactly the value, or EACCES */
    MAY_LACK    /* exactly the value, or ENOPROTOOPT */
};

#define MS INT64_C(1000000)
#define S (1000 * MS)

static const struct option {
    int number, kind, systems, sockets, access, check;
    int64_t set, got; /* the value to set, and the value that is read afterwards */
    int64_t bad;      /* a value that is out of range; a flag has none */
} options[] = {
    {XSOCK_SO_REUSEPORT, FLAG, POSIX, INTERNET, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_REUSEADDR, FLAG, ALL, EACH, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_NODELAY, FLAG, ALL, TCP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_DONTROUTE, FLAG, ALL, INTERNET, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_ONLYV6, FLAG, ALL, V6, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_BROADCAST, FLAG, ALL, UDP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_MCASTLOOPV4, FLAG, ALL, UDP4, BOTH, EXACT, 0, 0, 0},
    {XSOCK_SO_MCASTLOOPV6, FLAG, ALL, UDP6, BOTH, EXACT, 0, 0, 0},
    {XSOCK_SO_PROMISCUOUS, FLAG, 0, 0, WRITE, EXACT, 1, 1, 0},
    {XSOCK_SO_KEEPALIVE, FLAG, ALL, TCP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_LINGER, TIME, ALL, TCP, BOTH, EXACT, 2500 * MS, 3 * S, 32768 * S},
    {XSOCK_SO_LINGER, TIME, ALL, TCP, BOTH, EXACT, 0, 0, -2},
    {XSOCK_SO_LINGER, TIME, ALL, TCP, BOTH, EXACT, -1, -1, INT64_MIN},
    {XSOCK_SO_OOBINLINE, FLAG, ALL, TCP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_RCVBUF, SIZE, ALL, EACH, BOTH, EXACT, 32768, 32768, 0},
    {XSOCK_SO_SNDBUF, SIZE, ALL, EACH, BOTH, EXACT, 32768, 32768, INT64_MAX},
    {XSOCK_SO_RCVLOWAT, SIZE, POSIX, EACH, BOTH, EXACT, 3, 3, 0},
    {XSOCK_SO_SNDLOWAT, SIZE, FREEBSD | MACOS, EACH, BOTH, MINIMUM, 3, 1, 0},
    {XSOCK_SO_RCVTIMEO, TIME, ALL, EACH, BOTH, EXACT, 1, 1, -2},
    {XSOCK_SO_SNDTIMEO, TIME, ALL, EACH, BOTH, EXACT, 0, 0, INT64_MIN},
    {XSOCK_SO_CONNTIMEO, TIME, ALL, EACH, BOTH, EXACT, INT64_MAX, INT64_MAX, -2},
    {XSOCK_SO_ACCPTIMEO, TIME, ALL, EACH, BOTH, EXACT, -1, -1, -2},
    {XSOCK_SO_TTL, SIZE, ALL, INTERNET, BOTH, EXACT, 7, 7, 0},
    {XSOCK_SO_TTL, SIZE, ALL, INTERNET, BOTH, EXACT, 255, 255, 256},
    {XSOCK_SO_MCASTTTLV4, SIZE, ALL, UDP4, BOTH, EXACT, 0, 0, 256},
    {XSOCK_SO_MCASTTTLV6, SIZE, ALL, UDP6, BOTH, EXACT, 255, 255, 256},
    {XSOCK_SO_KEEPIDLE, TIME, ALL, TCP, BOTH, EXACT, 90 * S + 1, 91 * S, 0},
    {XSOCK_SO_KEEPINTVL, TIME, ALL, TCP, BOTH, EXACT, 1, 1 * S, -1},
    {XSOCK_SO_KEEPCNT, SIZE, ALL, TCP, BOTH, EXACT, 4, 4, 128},
    {XSOCK_SO_CORK, FLAG, POSIX, TCP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_QUICKACK, FLAG, LINUX, TCP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_FASTOPEN, SIZE, ALL & ~MACOS, TCP & ~CONNECTED, BOTH, MINIMUM, 1, 1, 65536},
    {XSOCK_SO_FASTOPEN_CONNECT, FLAG, LINUX, TCP4 | TCP6, BOTH, MAY_LACK, 1, 1, 0},
    {XSOCK_SO_USER_TIMEOUT, TIME, LINUX, TCP, BOTH, EXACT, 1500 * MS, 1500 * MS, 0},
    {XSOCK_SO_USER_TIMEOUT, TIME, ALL & ~LINUX, TCP, BOTH, EXACT, 1500 * MS, 2 * S, 0},
    {XSOCK_SO_USER_TIMEOUT, TIME, ALL, TCP, BOTH, EXACT, -1, -1, -2},
    {XSOCK_SO_MAXSEG, SIZE, POSIX, TCP, BOTH, WITHIN, 1000, 64, 65536},
    {XSOCK_SO_NOTSENT_LOWAT, SIZE, LINUX | MACOS, TCP, BOTH, EXACT, 4096, 4096, INT64_MAX},
    {XSOCK_SO_DEFER_ACCEPT, TIME, LINUX, TCP, BOTH, MINIMUM, 2500 * MS, 3 * S, 0},
    {XSOCK_SO_DEFER_ACCEPT, TIME, LINUX, TCP, BOTH, EXACT, -1, -1, -2},
    {XSOCK_SO_DEFER_ACCEPT, TIME, LINUX, TCP, BOTH, EXACT, 29887 * S, 29887 * S, 29888 * S},
    {XSOCK_SO_TOS, SIZE, ALL, INTERNET, BOTH, EXACT, 0x28, 0x28, 256},
    {XSOCK_SO_RECVTOS, FLAG, ALL, UDP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_RECVTTL, FLAG, ALL, UDP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_RECVPKTINFO, FLAG, ALL, UDP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_DONTFRAG, FLAG, ALL, UDP, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_HDRINCL, FLAG, 0, 0, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_FREEBIND, FLAG, LINUX, INTERNET, BOTH, EXACT, 1, 1, 0},
    {XSOCK_SO_FREEBIND, FLAG, FREEBSD, INTERNET, BOTH, PRIVILEGED, 1, 1, 0},
    {XSOCK_SO_UDP_RECV_COALESCE, FLAG, LINUX | WINDOWS, UDP, BOTH, MAY_LACK, 1, 1, 0},
    {XSOCK_SO_MARK, SIZE, LINUX, EACH, BOTH, PRIVILEGED, 0xfffffff0, 0xfffffff0,
     INT64_C(0x100000000)},
    {XSOCK_SO_PRIORITY, SIZE, LINUX, EACH, BOTH, EXACT, 3, 3, INT64_MAX},
    {XSOCK_SO_BUSY_POLL, TIME, LINUX, EACH, BOTH, PRIVILEGED, 49 * 1000 + 1, 50 * 1000, 0},
    {XSOCK_SO_INCOMING_CPU, SIZE, LINUX, EACH, BOTH, EXACT, 0, 0, INT64_MAX},
};

enum { OPTIONS = sizeof options / sizeof options[0] };

/* Options that Windows accepts and Wine 8 does not. Wine reports ENOPROTOOPT, or ignores
 * DONTROUTE. */
static bool wine_lacks(const struct option *o, int socket)
{
    switch (o->number) {
    case XSOCK_SO_KEEPCNT:
    case XSOCK_SO_FASTOPEN:
    case XSOCK_SO_USER_TIMEOUT:
    case XSOCK_SO_DONTROUTE:
        return is_wine();
    case XSOCK_SO_TOS:
        return is_wine() && (V6 & 1 << socket) != 0;
    default:
        return false;
    }
}

/* ---- Calls by kind --------------------------------------------------------------------------- */

static int set(int d, int number, int kind, int64_t value)
{
    if (kind == FLAG)
        return xsock_set_opt_flag(d, number, value != 0);
    if (kind == TIME)
        return xsock_set_opt_time(d, number, value);
    return xsock_set_opt_size(d, number, (uint64_t)value);
}

enum { UNTOUCHED = 77 };

static int get(int d, int number, int kind, int64_t *out)
{
    bool flag = true;
    int64_t time = UNTOUCHED;
    uint64_t size = UNTOUCHED;
    int rc = kind == FLAG   ? xsock_get_opt_flag(d, number, &flag)
             : kind == TIME ? xsock_get_opt_time(d, number, &time)
                            : xsock_get_opt_size(d, number, &size);
    if (rc == 0)
        *out = kind == FLAG ? flag : kind == TIME ? time : (int64_t)size;
    else
        assert_true(flag && time == UNTOUCHED && size == UNTOUCHED);
    return rc;
}

static bool exists_here(const struct option *o, int socket)
{
    return (o->systems & here) != 0 && (o->sockets & 1 << socket) != 0;
}

/* An option may have several rows. A socket has the option if one of the rows says so. */
static bool any_exists_here(int number, int socket)
{
    for (int i = 0; i < OPTIONS; i++)
        if (options[i].number == number && exists_here(&options[i], socket))
            return true;
    return false;
}

#define CONTEXT "%s on %s: %s", xsock_opt_name(o->number), kind_names[socket]

static void check_value(const struct option *o, int socket, int d)
{
    int64_t got = 0;
    int rc = get(d, o->number, o->kind, &got);
    ASSERT_THAT(rc == 0, CONTEXT, harness_name(rc));
    bool good = o->check == MINIMUM  ? got >= o->got
                : o->check == WITHIN ? got >= o->got && got < o->bad
                                     : got == o->got;
    ASSERT_THAT(good, "%s on %s: read %lld", xsock_opt_name(o->number), kind_names[socket],
                (long long)got);
}

static void round_trip(const struct option *o, int socket, int d)
{
    int rc = set(d, o->number, o->kind, o->set);
    if ((o->check == PRIVILEGED && rc == -XSOCK_EACCES)
        || (o->check == MAY_LACK && rc == -XSOCK_ENOPROTOOPT)) {
        print_message("%s on %s: %s, so not tried\n", xsock_opt_name(o->number), kind_names[socket],
                      harness_name(rc));
        return;
    }
    ASSERT_THAT(rc == 0, CONTEXT, harness_name(rc));
    check_value(o, socket, d);
    if (o->bad != 0 || o->kind != FLAG) {
        rc = set(d, o->number, o->kind, o->bad);
        ASSERT_THAT(rc == -XSOCK_EINVAL, CONTEXT, harness_name(rc));
        check_value(o, socket, d);
    }
    if (o->kind != FLAG)
        return;
    ASSERT_RESULT(0, xsock_set_opt_flag(d, o->number, o->set == 0));
    int64_t got = 0;
    ASSERT_RESULT(0, get(d, o->number, FLAG, &got));
    ASSERT_THAT(got == (o->set == 0), CONTEXT, "not changed back");
}

/* Options of a socket that is not connected yet, and that does not listen. */
static bool is_too_late(const struct option *o, int socket)
{
    int late = o->number == XSOCK_SO_FASTOPEN           ? CONNECTED
               : o->number == XSOCK_SO_FASTOPEN_CONNECT ? CONNECTED | LISTENING
                                                        : 0;
    return here == LINUX && (late & 1 << socket) != 0;
}

static void is_absent(const struct option *o, int socket, int d)
{
    int64_t got;
    int rc = set(d, o->number, o->kind, o->set);
    if (is_too_late(o, socket)) {
        bool is_off = o->number == XSOCK_SO_FASTOPEN_CONNECT && rc == -XSOCK_ENOPROTOOPT;
        ASSERT_THAT(rc == -XSOCK_EINVAL || is_off, CONTEXT, harness_name(rc));
        return;
    }
    ASSERT_THAT(rc == -XSOCK_ENOPROTOOPT, CONTEXT, harness_name(rc));
    rc = get(d, o->number, o->kind, &got);
    if (here == LINUX && o->number == XSOCK_SO_SNDLOWAT)
        ASSERT_THAT(rc == 0 && got == 1, CONTEXT, harness_name(rc));
    else if (!(here == WINDOWS && o->number == XSOCK_SO_MAXSEG))
        ASSERT_THAT(rc == -XSOCK_ENOPROTOOPT, CONTEXT, harness_name(rc));
}

static void every_option_on_every_socket(void **state)
{
    struct sockets s;
    SKIP_ON_QEMU(QEMU_OPTIONS);
    (void)state;
    open_all(&s);
    for (int i = 0; i < OPTIONS; i++) {
        const struct option *o = &options[i];
        for (int socket = 0; socket < KINDS; socket++) {
            if (s.d[socket] < 0 || wine_lacks(o, socket))
                continue;
            if (exists_here(o, socket))
                round_trip(o, socket, s.d[socket]);
            else if (!any_exists_here(o->number, socket))
                is_absent(o, socket, s.d[socket]);
        }
    }
    close_all(&s);
}

static void an_option_is_of_one_kind(void **state)
{
    struct sockets s;
    (void)state;
    open_all(&s);
    for (int number = -2; number < 0x200; number++) {
        int own = xsock_opt_kind(number);
        for (int kind = FLAG; kind <= SIZE; kind++) {
            int64_t got;
            int expected = own < 0 ? -XSOCK_ENOPROTOOPT : -XSOCK_EINVAL;
            if (kind == own)
                continue;
            for (int socket = 0; socket < KINDS; socket += 2) {
                ASSERT_RESULT(expected, set(s.d[socket], number, kind, 1));
                ASSERT_RESULT(expected, get(s.d[socket], number, kind, &got));
            }
        }
    }
    close_all(&s);
}

/* ---- Options that can only be read ----------------------------------------------------------- */

static void a_socket_tells_what_it_is(void **state)
{
    static const int families[KINDS] = {XSOCK_AF_INET,  XSOCK_AF_INET6, XSOCK_AF_INET,
                                        XSOCK_AF_INET6, XSOCK_AF_LOCAL, XSOCK_AF_LOCAL,
                                        XSOCK_AF_INET,  XSOCK_AF_INET};
    static const int numbers[] = {XSOCK_SO_FAMILY, XSOCK_SO_TYPE, XSOCK_SO_PROTOCOL,
                                  XSOCK_SO_ERROR};
    struct sockets s;
    (void)state;
    open_all(&s);
    for (int socket = 0; socket < KINDS; socket++) {
        bool stream = ((TCP | LOCAL_STREAM) & 1 << socket) != 0,
             local = families[socket] == XSOCK_AF_LOCAL;
        int64_t expected[] = {families[socket], stream ? XSOCK_SOCK_STREAM : XSOCK_SOCK_DGRAM,
                              local    ? 0
                              : stream ? XSOCK_IPPROTO_TCP
                                       : XSOCK_IPPROTO_UDP,
                              0};
        bool listens = !(1 << socket & LISTENING);
        if (s.d[socket] < 0)
            continue;
        for (int i = 0; i < 4; i++) {
            int64_t got = -1;
            ASSERT_RESULT(0, get(s.d[socket], numbers[i], SIZE, &got));
            ASSERT_THAT(got == expected[i], "%s of %s is %lld", xsock_opt_name(numbers[i]),
                        kind_names[socket], (long long)got);
            ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_opt_size(s.d[socket], numbers[i], 1));
        }
        ASSERT_RESULT(0, xsock_get_opt_flag(s.d[socket], XSOCK_SO_ACCEPTCONN, &listens));
        assert_int_equal(listens, (1 << socket & LISTENING) != 0);
        ASSERT_RESULT(-XSOCK_ENOPROTOOPT,
                      xsock_set_opt_flag(s.d[socket], XSOCK_SO_ACCEPTCONN, true));
    }
    close_all(&s);
}

static void the_mtu_is_known_of_a_path(void **state)
{
    struct sockets s;
    uint64_t mtu = 0;
    SKIP_ON_QEMU(QEMU_OPTIONS);
    (void)state;
    if (here != LINUX) {
        int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
        int rc = xsock_get_opt_size(d, XSOCK_SO_MTU, &mtu);
        ASSERT_THAT(rc == -XSOCK_ENOPROTOOPT || (here == WINDOWS && rc == -XSOCK_ENOTCONN), "%s",
                    harness_name(rc));
        ASSERT_RESULT(0, xsock_close(d));
        return;
    }
    open_all(&s);
    ASSERT_RESULT(0, xsock_get_opt_size(s.d[7], XSOCK_SO_MTU, &mtu));
    ASSERT_THAT(mtu >= 576, "%llu", (unsigned long long)mtu);
    ASSERT_RESULT(-XSOCK_ENOTCONN, xsock_get_opt_size(s.d[0], XSOCK_SO_MTU, &mtu));
    ASSERT_RESULT(-XSOCK_ENOTCONN, xsock_get_opt_size(s.d[2], XSOCK_SO_MTU, &mtu));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_get_opt_size(s.d[4], XSOCK_SO_MTU, &mtu));
    close_all(&s);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void every_option_has_a_name_and_a_kind(void **state)
{
    struct header_number *numbers = header_numbers();
    int count = 0;
    (void)state;
    for (const struct header_number *n = header_next(numbers, "XSOCK_SO_"); n;
         n = header_next(n + 1, "XSOCK_SO_")) {
        const char *name = xsock_opt_name(n->value);
        count++;
        ASSERT_THAT(name != NULL, "%s", n->name);
        ASSERT_RESULT(n->value, xsock_opt_number(n->name));
        ASSERT_RESULT(n->value, xsock_opt_number(name));
        ASSERT_RESULT(n->value, xsock_opt_number(n->name + strlen("XSOCK_")));
        ASSERT_THAT(xsock_opt_kind(n->value) >= FLAG && xsock_opt_kind(n->value) <= SIZE, "%s",
                    n->name);
    }
    for (int number = -1; number < 0x1000; number++)
        count -= xsock_opt_name(number) != NULL;
    assert_int_equal(count, 0); /* and every name has a number */
    free(numbers);
    assert_null(xsock_opt_name(0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_opt_number(NULL));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_opt_number("noop"));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_opt_kind(0));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_opt_kind(INT32_MIN));
}

/* A connect that waits makes a wake, which the library keeps for the next call. */
static int wait_once(void **state)
{
    struct sockets s;
    (void)state;
    open_all(&s);
    close_all(&s);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_option_on_every_socket),       TEST(an_option_is_of_one_kind),
        TEST(a_socket_tells_what_it_is),          TEST(the_mtu_is_known_of_a_path),
        TEST(every_option_has_a_name_and_a_kind),
    };
    return cmocka_run_group_tests(tests, wait_once, NULL);
}
