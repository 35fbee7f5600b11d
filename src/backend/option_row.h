/* What the options.c of both backends share. A row gives the system's name of an option that is one
 * number. Only these two files include this header, because their rows have the system's constants.
 */
#ifndef XSOCK__BACKEND_OPTION_ROW_H
#define XSOCK__BACKEND_OPTION_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "xsock.h"

struct name {
    int level, name; /* level -1: none */
};

struct row {
    struct name v4, v6; /* of INET6 sockets, and of all others */
    short option;
    unsigned char unit; /* an enum unit of the backend's: how the system has a value */
    bool dual;          /* an INET6 socket, being dual-stack, has v4's too */
};

#define NONE {-1, 0}
#define AT_SOCKET(option, name, unit) EITHER(option, SOL_SOCKET, name, unit)
#define TCP(option, name, unit) EITHER(option, IPPROTO_TCP, name, unit)
#define UDP(option, name, unit) EITHER(option, IPPROTO_UDP, name, unit)
#define IP(option, name, unit) ROW(option, unit, false, {IPPROTO_IP, name}, NONE)
#define IPV6(option, name, unit) ROW(option, unit, false, NONE, {IPPROTO_IPV6, name})
#define EITHER(option, level, name, unit) ROW(option, unit, false, {level, name}, {level, name})
#define EACH(option, name4, name6, unit) \
    ROW(option, unit, false, {IPPROTO_IP, name4}, {IPPROTO_IPV6, name6})
#define BOTH(option, name4, name6, unit) \
    ROW(option, unit, true, {IPPROTO_IP, name4}, {IPPROTO_IPV6, name6})
#define ROW(option, unit, dual, ...) \
    [PLACE(XSOCK_SO_##option)] = {__VA_ARGS__, XSOCK_SO_##option, unit, dual},

/* A row's place follows from the number: numbers begin with 1, and FAMILY follows PROTOCOL. A place
 * that has no row is zero. */
#define PLACE(number) \
    ((number) < XSOCK_SO_FAMILY ? (number) - 1 : (number) - XSOCK_SO_FAMILY + XSOCK_SO_PROTOCOL)

static const struct row *find_row(const struct row *rows, size_t count, int option)
{
    unsigned at = option > 0 ? (unsigned)PLACE(option) : (unsigned)count;
    return at < count && rows[at].option == option ? &rows[at] : NULL;
}

/* NULL if row is NULL, or if a socket of this family lacks the option here. */
static const struct name *name_for(const struct row *row, int af)
{
    if (row == NULL)
        return NULL;
    const struct name *n = af == XSOCK_AF_INET6 ? &row->v6 : &row->v4;
    return n->level >= 0 ? n : NULL;
}

#endif
