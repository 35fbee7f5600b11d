#include "socket/option.h"

#include "facts/translate.h"
#include "socket/kept_error.h"
#include "socket/sock.h"
#include "sys.h"
#include "xsock.h"

/* ---- The rows -------------------------------------------------------------------------------- */

enum { READ = 1, WRITE = 2, BOTH = READ | WRITE };

/* The sockets that have an option: one bit of each of these two sets must be among the socket's
 * bits. */
enum { V4 = 1, V6 = 2, LOCAL = 4, OTHER = 8 };
enum { INTERNET = V4 | V6, NOT_LOCAL = INTERNET | OTHER, ANY = NOT_LOCAL | LOCAL };
enum { TCP = 1, STREAM = 2, UDP = 4, PACKETS = 8, RAW = 16, ALL = 31 };

#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)

/* As the least value. NONE is -1 itself. NONE_OR_SPAN is -1, or a span that is not 0. */
enum { NONE = -1, NONE_OR_SPAN = -2 };

static const struct xsock__option rows[] = {
#define OPTION(constant, kind, access, families, sockets, min, max, name) \
    {max, min, XSOCK_OPT_##kind, access, families, sockets, XSOCK_SO_##constant},
#include "facts/options.def"
};

/* The rows are in the order of the numbers, which begin with 1, and with FAMILY after PROTOCOL. */
const struct xsock__option *xsock__option_find(int number)
{
    unsigned at = (unsigned)number - 1;
    if (number >= XSOCK_SO_FAMILY)
        at = (unsigned)(number - XSOCK_SO_FAMILY) + XSOCK_SO_PROTOCOL;
    return at < sizeof rows / sizeof rows[0] && rows[at].number == number ? &rows[at] : NULL;
}

int xsock_opt_kind(int opt)
{
    const struct xsock__option *row = xsock__option_find(opt);
    return row != NULL ? row->kind : -XSOCK_ENOPROTOOPT;
}

/* ---- Which socket has which ------------------------------------------------------------------ */

static unsigned family_bit(const struct xsock__sock *s)
{
    switch (s->af) {
    case XSOCK_AF_INET:
        return V4;
    case XSOCK_AF_INET6:
        return V6;
    case XSOCK_AF_LOCAL:
        return LOCAL;
    default:
        return OTHER;
    }
}

/* Protocol 0 means an adopted socket on a system that does not tell the protocol. It is nearly
 * always the default then. */
static unsigned socket_bits(const struct xsock__sock *s)
{
    bool internet = (family_bit(s) & INTERNET) != 0;
    int p = s->protocol;
    switch (s->type) {
    case XSOCK_SOCK_STREAM:
        if (internet && (p == XSOCK_IPPROTO_TCP || p == XSOCK_IPPROTO_MPTCP || p == 0))
            return STREAM | TCP;
        return STREAM;
    case XSOCK_SOCK_SEQPACKET:
        return STREAM;
    case XSOCK_SOCK_RAW:
        return PACKETS | RAW;
    default:
        return internet && (p == XSOCK_IPPROTO_UDP || p == 0) ? PACKETS | UDP : PACKETS;
    }
}

bool xsock__option_is_internet(const struct xsock__sock *s)
{
    return (family_bit(s) & INTERNET) != 0;
}

bool xsock__option_is_tcp(const struct xsock__sock *s)
{
    return (socket_bits(s) & TCP) != 0;
}

bool xsock__option_is_packets(const struct xsock__sock *s)
{
    return xsock__option_is_internet(s) && (socket_bits(s) & PACKETS) != 0;
}

static int judge(const struct xsock__sock *s, int number, int kind, unsigned access,
                 const struct xsock__option **out)
{
    const struct xsock__option *row = xsock__option_find(number);
    if (row == NULL)
        return -XSOCK_ENOPROTOOPT;
    if (row->kind != kind)
        return -XSOCK_EINVAL;
    if ((row->access & access) == 0 || (row->families & family_bit(s)) == 0
        || (row->sockets & socket_bits(s)) == 0)
        return -XSOCK_ENOPROTOOPT;
    *out = row;
    return 0;
}

static bool in_range(const struct xsock__option *row, int64_t value)
{
    if (row->min == NONE_OR_SPAN)
        return value == -1 || (value > 0 && value <= row->max);
    return value >= row->min && value <= row->max;
}

int xsock__option_finish(int code)
{
    if (code == XSOCK__SYS_NO_OPTION)
        return -XSOCK_ENOPROTOOPT;
    int rc = xsock__finish(code);
    if (rc == -XSOCK_EPERM)
        return -XSOCK_EACCES;
    return rc == -XSOCK_EOPNOTSUPP ? -XSOCK_ENOPROTOOPT : rc;
}

/* ---- What the library keeps ------------------------------------------------------------------ */

static xsock__atomic_i64 *kept_time(struct xsock__sock *s, int number)
{
    switch (number) {
    case XSOCK_SO_RCVTIMEO:
        return &s->recv_timeout;
    case XSOCK_SO_SNDTIMEO:
        return &s->send_timeout;
    case XSOCK_SO_CONNTIMEO:
        return &s->connect_timeout;
    case XSOCK_SO_ACCPTIMEO:
        return &s->accept_timeout;
    default:
        return NULL;
    }
}

/* The bit of `state` that notes an option once the system has taken it, 0 if there is none. */
static int kept_bit(int number)
{
    switch (number) {
    case XSOCK_SO_REUSEADDR:
        return XSOCK__SOCK_REUSE;
    case XSOCK_SO_UDP_RECV_COALESCE:
        return XSOCK__SOCK_COALESCE;
    default:
        return 0;
    }
}

static xsock__atomic_int *noted_time(struct xsock__sock *s, int number)
{
    switch (number) {
    case XSOCK_SO_KEEPIDLE:
        return &s->keep_idle_ms;
    case XSOCK_SO_KEEPINTVL:
        return &s->keep_interval_ms;
    default:
        return NULL;
    }
}

/* The system takes no time that is shorter than a millisecond, or too long for its field. */
static void note_time(xsock__atomic_int *ms, int64_t ns)
{
    xsock__atomic_store(ms, (int)((ns + MILLISECOND - 1) / MILLISECOND));
}

/* Whether there is more to an option than the system's own. */
static bool is_special(int number)
{
    switch (number) {
    case XSOCK_SO_REUSEADDR:
    case XSOCK_SO_ONLYV6:
    case XSOCK_SO_ACCEPTCONN:
    case XSOCK_SO_ERROR:
    case XSOCK_SO_LINGER:
    case XSOCK_SO_RCVLOWAT:
    case XSOCK_SO_RCVTIMEO:
    case XSOCK_SO_SNDTIMEO:
    case XSOCK_SO_CONNTIMEO:
    case XSOCK_SO_ACCPTIMEO:
    case XSOCK_SO_TYPE:
    case XSOCK_SO_PROTOCOL:
    case XSOCK_SO_FAMILY:
    case XSOCK_SO_KEEPIDLE:
    case XSOCK_SO_KEEPINTVL:
    case XSOCK_SO_UDP_RECV_COALESCE:
        return true;
    default:
        return false;
    }
}

static struct xsock__sys_target target_of(const struct xsock__held *held)
{
    const struct xsock__sock *s = held->sock;
    struct xsock__sys_target t = {held->handle, s->af, s->type,
                                  xsock__atomic_load(&s->keep_idle_ms),
                                  xsock__atomic_load(&s->keep_interval_ms)};
    return t;
}

/* ---- Setting --------------------------------------------------------------------------------- */

static int put(const struct xsock__held *held, int number, int64_t value)
{
    struct xsock__sys_target target = target_of(held);
    return xsock__option_finish(xsock__sys_set_option(&target, number, value));
}

static int set_in_system(const struct xsock__held *held, int number, int64_t value)
{
    /* LOCAL has nothing to reuse. Linux takes the option and does nothing, and other systems refuse
     * it. */
    if (number == XSOCK_SO_REUSEADDR && held->sock->af == XSOCK_AF_LOCAL)
        return 0;
    /* Windows would take the option and change nothing. */
    if (number == XSOCK_SO_ONLYV6 && xsock__sock_is(held->sock, XSOCK__SOCK_BOUND))
        return -XSOCK_EINVAL;
    return put(held, number, value);
}

static int set_special(const struct xsock__held *held, int number, int64_t value)
{
    struct xsock__sock *s = held->sock;
    xsock__atomic_i64 *time = kept_time(s, number);
    int rc = time == NULL ? set_in_system(held, number, value) : 0;
    if (rc != 0)
        return rc;
    if (noted_time(s, number) != NULL)
        note_time(noted_time(s, number), value);
    if (time != NULL)
        xsock__atomic_store_i64(time, value);
    if (number == XSOCK_SO_LINGER)
        xsock__sock_becomes(s, XSOCK__SOCK_LINGERS, 0);
    if (number == XSOCK_SO_RCVLOWAT)
        xsock__sock_becomes(s, XSOCK__SOCK_LOW_WATER, 0);
    if (kept_bit(number) != 0)
        xsock__sock_becomes(s, value != 0 ? kept_bit(number) : 0,
                            value != 0 ? 0 : kept_bit(number));
    return 0;
}

int xsock__option_set(const struct xsock__held *held, int number, int kind, int64_t value)
{
    const struct xsock__option *row;
    int rc = judge(held->sock, number, kind, WRITE, &row);
    if (rc != 0)
        return rc;
    if (!in_range(row, value))
        return -XSOCK_EINVAL;
    return is_special(number) ? set_special(held, number, value) : put(held, number, value);
}

/* ---- Getting --------------------------------------------------------------------------------- */

/* Whether an error of the socket tells how a connect has ended: one that is under way, or one that
 * was begun before the handle was adopted. */
static bool is_of_a_connect(const struct xsock__sock *s)
{
    int result = xsock__sock_connect_result(s);
    return result == -XSOCK_EALREADY || result == -XSOCK_ENOTCONN;
}

/* Windows cannot forget the error of a failed connect, and gives it again. */
static bool was_told(const struct xsock__sock *s, int code)
{
    return xsock__sys_facts.refusals_mislead && code != 0
           && xsock__finish(code) == xsock__sock_connect_result(s);
}

static int take_error(const struct xsock__held *held, int64_t *out)
{
    struct xsock__sock *s = held->sock;
    int code = 0;
    int kept = xsock__kept_error_take(s);
    if (kept != 0) {
        *out = -xsock__finish(kept);
        return 0;
    }
    bool may_connect = xsock__sock_is_stream(s)
                       && !xsock__sock_is(s, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_LISTENING);
    if (may_connect)
        xsock__sock_take_turn(s);
    int rc = xsock__finish(xsock__sys_take_error(held->handle, &code));
    if (may_connect && was_told(s, code))
        code = 0;
    if (rc == 0 && code != 0 && may_connect && is_of_a_connect(s))
        xsock__sock_connect_ended(s, xsock__finish(code), XSOCK__SOCK_ERROR_READ);
    else if (may_connect)
        xsock__sock_end_turn(s);
    if (rc == 0)
        *out = -xsock__finish(code);
    return rc;
}

/* Stores what xsock itself knows. False if the system must be asked. */
static bool known(struct xsock__sock *s, int number, int64_t *out)
{
    const xsock__atomic_i64 *time = kept_time(s, number);
    int bit = kept_bit(number);
    if (time != NULL) {
        *out = xsock__atomic_load_i64(time);
        return true;
    }
    switch (number) {
    case XSOCK_SO_TYPE:
        *out = s->type;
        return true;
    case XSOCK_SO_PROTOCOL:
        *out = s->protocol;
        return true;
    case XSOCK_SO_FAMILY:
        *out = s->af;
        return true;
    case XSOCK_SO_ACCEPTCONN: /* some systems have it for streams only, and some for all */
        *out = 0;
        return (socket_bits(s) & STREAM) == 0;
    /* if the bit is not set, the system may know better: the socket may be an adopted one */
    default:
        *out = bit != 0 && xsock__sock_is(s, bit);
        return *out != 0 || (number == XSOCK_SO_REUSEADDR && s->af == XSOCK_AF_LOCAL);
    }
}

int xsock__option_get(const struct xsock__held *held, int number, int kind, int64_t *out)
{
    const struct xsock__option *row;
    int rc = judge(held->sock, number, kind, READ, &row);
    if (rc != 0)
        return rc;
    if (number == XSOCK_SO_ERROR)
        return take_error(held, out);
    if (is_special(number) && known(held->sock, number, out))
        return 0;
    struct xsock__sys_target target = target_of(held);
    return xsock__option_finish(xsock__sys_get_option(&target, number, out));
}

static size_t ask_low_water(const struct xsock__held *held)
{
    int64_t mark = 0;
    int rc = xsock__option_get(held, XSOCK_SO_RCVLOWAT, XSOCK_OPT_SIZE, &mark);
    return rc == 0 && mark > 1 ? (size_t)mark : 1;
}

/* If the system has no mark, it is not asked again until the mark may have been set. Another thread
 * may set it just now, so the system is asked once more after the bit is gone. */
size_t xsock__option_low_water(const struct xsock__held *held)
{
    struct xsock__sock *s = held->sock;
    if (!xsock__sock_is(s, XSOCK__SOCK_LOW_WATER) || s->type != XSOCK_SOCK_STREAM)
        return 1;
    size_t mark = ask_low_water(held);
    if (mark > 1)
        return mark;
    xsock__sock_becomes(s, 0, XSOCK__SOCK_LOW_WATER);
    mark = ask_low_water(held);
    if (mark > 1)
        xsock__sock_becomes(s, XSOCK__SOCK_LOW_WATER, 0);
    return mark;
}
