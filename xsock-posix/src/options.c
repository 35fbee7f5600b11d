/* setsockopt() and getsockopt(). Most options are one number (options.def). Options that have no
 * number in xsock go to the system as they are, on POSIX systems. */
#include "posix.h"

#include <netinet/tcp.h>
#include <string.h>

static const int64_t second_ns = 1000000000;

enum unit { FLAG, SIZE, SECONDS, MILLISECONDS };

static const struct row {
    int level;
    int name;
    int opt;
    enum unit unit;
} rows[] = {
#define OPTION(level, name, opt, unit) {level, name, opt, unit},
#include "options.def"
#undef OPTION
};

static const struct row *row_of(int level, int name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].level == level && rows[i].name == name)
            return &rows[i];
    }
    return NULL;
}

static int64_t unit_ns(const struct row *row)
{
    return row->unit == SECONDS ? second_ns : second_ns / 1000;
}

/* Reads a number: an int, or a byte for the options of IP, as BSD has it. */
static int number_in(const struct row *row, const void *value, socklen_t len, int *out)
{
    if (len >= sizeof *out) {
        memcpy(out, value, sizeof *out);
        return 0;
    }
    if (len < 1 || row->level != IPPROTO_IP)
        return -XSOCK_EINVAL;
    *out = *(const unsigned char *)value;
    return 0;
}

/* Linux takes numbers that xsock refuses: -1 for the default, and sizes beyond the limits. */
static int taken_as(const struct row *row, int number)
{
    enum { HOPS = 64, HOPS_OF_GROUPS = 1, WAITING_MAX = 65535 };
    switch (row->opt) {
    case XSOCK_SO_FASTOPEN:
        return number > WAITING_MAX ? WAITING_MAX : number;
    case XSOCK_SO_SNDBUF:
    case XSOCK_SO_RCVBUF:
    case XSOCK_SO_RCVLOWAT:
        return number < 0 ? INT32_MAX : number == 0 ? 1 : number;
    case XSOCK_SO_TTL:
        return number == -1 ? HOPS : number;
    case XSOCK_SO_MCASTTTLV4:
    case XSOCK_SO_MCASTTTLV6:
        return number == -1 ? HOPS_OF_GROUPS : number;
    case XSOCK_SO_TOS:
        return row->level == IPPROTO_IP ? number & 0xff : number == -1 ? 0 : number;
    default:
        return number;
    }
}

static int set_row(int d, const struct row *row, const void *value, socklen_t len)
{
    int number;
    int error = number_in(row, value, len, &number);
    if (error < 0)
        return error;
    if (row->opt == XSOCK_SO_MCASTLOOPV6 && number != 0 && number != 1)
        return -XSOCK_EINVAL;
    if (row->unit == FLAG)
        return xsock_set_opt_flag(d, row->opt, number != 0);
    number = taken_as(row, number);
    if (number < 0)
        return -XSOCK_EINVAL;
    if (row->unit == SIZE)
        return xsock_set_opt_size(d, row->opt, (uint64_t)number);
    bool is_default = number == 0 && row->opt == XSOCK_SO_USER_TIMEOUT;
    return xsock_set_opt_time(d, row->opt, is_default ? -1 : number * unit_ns(row));
}

static int get_row(int d, const struct row *row, int *out)
{
    bool flag = false;
    uint64_t size = 0;
    int64_t time_ns = 0;
    int error = row->unit == FLAG   ? xsock_get_opt_flag(d, row->opt, &flag)
                : row->unit == SIZE ? xsock_get_opt_size(d, row->opt, &size)
                                    : xsock_get_opt_time(d, row->opt, &time_ns);
    if (error < 0)
        return error;
    *out = row->unit == FLAG   ? flag
           : row->unit == SIZE ? (int)(size > INT32_MAX ? INT32_MAX : size)
                               : (int)(time_ns < 0 ? 0 : time_ns / unit_ns(row));
    return 0;
}

/* ---- SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO: a structure each */

static int set_linger(int d, const void *value, socklen_t len)
{
    const int seconds_max = 32767; /* the field of Windows has 16 bits */
    struct linger linger;
    if (len < sizeof linger)
        return -XSOCK_EINVAL;
    memcpy(&linger, value, sizeof linger);
    bool is_long = linger.l_linger < 0 || linger.l_linger > seconds_max;
    int64_t seconds = is_long ? seconds_max : linger.l_linger; /* Linux reads it unsigned */
    return xsock_set_opt_time(d, XSOCK_SO_LINGER, linger.l_onoff == 0 ? -1 : seconds * second_ns);
}

/* In Linux the times of receiving and sending hold for accept() and connect() too. */
static int set_timeout(int d, int opt, int more, const void *value, socklen_t len)
{
    struct timeval time;
    if (len < sizeof time)
        return -XSOCK_EINVAL;
    memcpy(&time, value, sizeof time);
    bool is_past = time.tv_sec < 0;
    int64_t ns =
        xsock_posix__time_ns(is_past ? 0 : (int64_t)time.tv_sec, (int64_t)time.tv_usec, 1000);
    if (ns == -2)
        return -XSOCK_EDOM;
    if (is_past)
        ns = 1; /* no wait at all */
    else if (ns == 0)
        ns = -1; /* no limit */
    int error = xsock_set_opt_time(d, opt, ns);
    return error < 0 ? error : xsock_set_opt_time(d, more, ns);
}

static int set_special(int d, int level, int name, const void *value, socklen_t len)
{
    if (level != SOL_SOCKET)
        return 1;
    switch (name) {
    case SO_LINGER:
        return set_linger(d, value, len);
    case SO_RCVTIMEO:
        return set_timeout(d, XSOCK_SO_RCVTIMEO, XSOCK_SO_ACCPTIMEO, value, len);
    case SO_SNDTIMEO:
        return set_timeout(d, XSOCK_SO_SNDTIMEO, XSOCK_SO_CONNTIMEO, value, len);
    default:
        return 1;
    }
}

/* What getsockopt() gives: the bytes of a number or of a structure. */
struct answer {
    union {
        int number;
        struct linger linger;
        struct timeval time;
    } value;
    size_t size;
};

static int get_time(int d, int opt, struct answer *out)
{
    int64_t ns = 0;
    int error = xsock_get_opt_time(d, opt, &ns);
    if (error < 0)
        return error;
    if (ns < 0)
        ns = 0;
    out->value.time.tv_sec = (long)(ns / second_ns);
    out->value.time.tv_usec = (int)(ns % second_ns / 1000);
    out->size = sizeof out->value.time;
    return 0;
}

static int get_linger(int d, struct answer *out)
{
    int64_t ns = 0;
    int error = xsock_get_opt_time(d, XSOCK_SO_LINGER, &ns);
    if (error < 0)
        return error;
    out->value.linger.l_onoff = ns >= 0;
    out->value.linger.l_linger = ns < 0 ? 0 : (int)(ns / second_ns);
    out->size = sizeof out->value.linger;
    return 0;
}

/* A number that xsock has too, by a number of its own. */
static int get_number(int d, int opt, struct answer *out)
{
    uint64_t number = 0;
    int error = xsock_get_opt_size(d, opt, &number);
    if (error < 0)
        return error;
    out->value.number = opt == XSOCK_SO_ERROR
                            ? (number == 0 ? 0 : xsock_posix__errno_of((int)number))
                        : opt == XSOCK_SO_TYPE ? xsock_posix__type_out((int)number)
                                               : xsock_posix__family_out((int)number);
    return 0;
}

/* 1: the option is none of these. */
static int get_special(int d, int level, int name, struct answer *out)
{
    if (level != SOL_SOCKET)
        return 1;
    switch (name) {
    case SO_LINGER:
        return get_linger(d, out);
    case SO_RCVTIMEO:
        return get_time(d, XSOCK_SO_RCVTIMEO, out);
    case SO_SNDTIMEO:
        return get_time(d, XSOCK_SO_SNDTIMEO, out);
    case SO_ERROR:
        return get_number(d, XSOCK_SO_ERROR, out);
    case SO_TYPE:
        return get_number(d, XSOCK_SO_TYPE, out);
#ifdef SO_DOMAIN
    case SO_DOMAIN:
        return get_number(d, XSOCK_SO_FAMILY, out);
#endif
    default:
        return 1;
    }
}

/* Returns 1 if xsock does not know the option. */
static int set_known(int d, int level, int name, const void *value, socklen_t len)
{
    const struct row *row = row_of(level, name);
    int result =
        row != NULL ? set_row(d, row, value, len) : set_special(d, level, name, value, len);
    return result == 1 ? xsock_posix__group(d, level, name, value, len) : result;
}

static int get_known(int d, int level, int name, struct answer *out)
{
    const struct row *row = row_of(level, name);
    out->size = sizeof out->value.number;
    return row != NULL ? get_row(d, row, &out->value.number) : get_special(d, level, name, out);
}

static bool is_unknown(int result)
{
    return result == 1 || result == -XSOCK_ENOPROTOOPT;
}

/* POSIX systems judge everything that xsock refuses, with the bytes of the program: Linux takes
 * TCP_MAXSEG 0, for example. They also judge NULL and a negative length. Windows is not asked: an
 * option that xsock does not know gives the error of Linux. */
#if defined(_WIN32)
static int set_native(int d, int level, int name, const void *value, socklen_t len, int refusal)
{
    (void)value, (void)len;
    if (refusal != -XSOCK_ENOPROTOOPT)
        return refusal;
    if (level == IPPROTO_IP && xsock_posix__is_stream(d)) {
        switch (name) {
        case IP_ADD_MEMBERSHIP:
        case IP_DROP_MEMBERSHIP:
        case IP_ADD_SOURCE_MEMBERSHIP:
        case IP_DROP_SOURCE_MEMBERSHIP:
            return -XSOCK_EPROTO;
        case IP_MULTICAST_TTL:
        case IP_MULTICAST_IF:
            return -XSOCK_EINVAL;
        default:
            break;
        }
    }
    return xsock_posix__option_error(d, level, false);
}

static int get_native(int d, int level, int name, void *value, socklen_t *len)
{
    (void)name, (void)value, (void)len;
    return xsock_posix__option_error(d, level, true);
}

/* An unknown option comes before the pointer. A known one refuses a length of 0. */
static int set_null(int number, int level, int name, socklen_t len)
{
    int d = xsock_posix__of(number);
    bool is_refused = is_unknown(set_known(d, level, name, NULL, 0));
    int refusal = is_refused ? -XSOCK_ENOPROTOOPT : -XSOCK_EFAULT;
    return xsock_posix__fail(set_native(d, level, name, NULL, len, refusal));
}

/* An unknown level comes before the length, and an unknown option before the pointer. */
static int get_null(int number, int level, int name, void *value, socklen_t *len)
{
    int d = xsock_posix__of(number);
    struct answer answer;
    bool is_level =
        level == SOL_SOCKET || level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP;
    int error = !is_level       ? -XSOCK_ENOPROTOOPT
                : len == NULL   ? -XSOCK_EFAULT
                : (int)*len < 0 ? -XSOCK_EINVAL
                                : get_known(d, level, name, &answer);
    if (is_unknown(error))
        error = get_native(d, level, name, value, len);
    return xsock_posix__fail(error < 0 ? error : -XSOCK_EFAULT);
}
#else
static int set_native(int d, int level, int name, const void *value, socklen_t len, int refusal)
{
    (void)refusal;
    return xsock_set_opt_raw(d, level, name, value, len);
}

static int get_native(int d, int level, int name, void *value, socklen_t *len)
{
    size_t size = *len;
    char none; /* NULL stands for no bytes, which xsock does not take */
    int error = xsock_get_opt_raw(d, level, name, value == NULL ? &none : value, &size);
    if (error == 0)
        *len = (socklen_t)size;
    return error;
}

static int set_null(int number, int level, int name, socklen_t len)
{
    return setsockopt(number, level, name, NULL, len);
}

static int get_null(int number, int level, int name, void *value, socklen_t *len)
{
    return getsockopt(number, level, name, value, len);
}
#endif

int xsock_posix_setsockopt(int number, int level, int name, const void *value, socklen_t len)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    if ((int)len < 0)
        return xsock_posix__refuse(EINVAL);
    int error = xsock_posix__level_error(d, level, false);
    if (error < 0)
        return xsock_posix__fail(error);
    if (value == NULL && len > 0)
        return set_null(number, level, name, len);
    int result = set_known(d, level, name, value, len);
    if (result != 0)
        result = set_native(d, level, name, value, len, result == 1 ? -XSOCK_ENOPROTOOPT : result);
    return (int)xsock_posix__result(result);
}

int xsock_posix_getsockopt(int number, int level, int name, void *value, socklen_t *len)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    int error = xsock_posix__level_error(d, level, true);
    if (error < 0)
        return xsock_posix__fail(error);
    if (len == NULL || (int)*len < 0 || (value == NULL && *len > 0))
        return get_null(number, level, name, value, len);
    struct answer answer;
    int result = get_known(d, level, name, &answer);
    if (is_unknown(result))
        return (int)xsock_posix__result(get_native(d, level, name, value, len));
    if (result < 0)
        return xsock_posix__fail(result);
    /* The options of IP can be read as one byte, too. */
    int whole = answer.value.number;
    if (level == IPPROTO_IP && *len > 0 && *len < sizeof whole && whole >= 0 && whole <= 255) {
        *(unsigned char *)value = (unsigned char)whole;
        *len = 1;
        return 0;
    }
    if (*len > answer.size)
        *len = (socklen_t)answer.size;
    if (*len > 0)
        memcpy(value, &answer.value, *len);
    return 0;
}
