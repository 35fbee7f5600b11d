/* Names to numbers and back, of errors, families, types and protocols. */
#include "names.h"

#include <string.h>

#include "xsock.h"

/* ---- Errors -------------------------------------------------------------------------------------- */

static const struct error_row {
    short number;
    const char *name, *text;
} errors[] = {
#define ERROR(name, text) {XSOCK_##name, #name, text},
#include "errors.def"
};

static const struct error_row *find_error(int error)
{
    /* No negation before the range is known: INT_MIN has none. */
    if (error < 0)
        error = error < -XSOCK_ESYSCALLFAILURE ? 0 : -error;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (errors[i].number == error)
            return &errors[i];
    return NULL;
}

const char *xsock_strerror(int error)
{
    const struct error_row *row = find_error(error);
    return row != NULL ? row->text : error == 0 ? "Success" : "Not an error of xsock";
}

const char *xsock_errname(int error)
{
    const struct error_row *row = find_error(error);
    return row != NULL ? row->name : error == 0 ? "SUCCESS" : NULL;
}

/* ---- Comparing ----------------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What follows the prefix, in either case; NULL if it is not there. */
static const char *after(const char *text, const char *prefix)
{
    for (; *prefix != '\0'; text++, prefix++)
        if (lower(*text) != lower(*prefix))
            return NULL;
    return text;
}

static bool same(const char *a, const char *b)
{
    const char *rest = after(a, b);
    return rest != NULL && *rest == '\0';
}

/* Without "XSOCK_", and then without one of the prefixes, which are a list "AF_\0PF_\0". */
static const char *strip(const char *name, const char *prefixes)
{
    const char *rest = after(name, "XSOCK_");
    if (rest != NULL)
        name = rest;
    for (; *prefixes != '\0'; prefixes += strlen(prefixes) + 1)
        if ((rest = after(name, prefixes)) != NULL)
            return rest;
    return name;
}

int xsock_errnumber(const char *name)
{
    static const struct alias {
        const char *name;
        int number;
    } aliases[] = {
#define ALIAS(name, of) {#name, XSOCK_##of},
#include "errors.def"
    };
    if (name == NULL)
        return -XSOCK_EFAULT;
    name = strip(name, "");
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (same(name, errors[i].name))
            return errors[i].number;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (same(name, aliases[i].name))
            return aliases[i].number;
    return -XSOCK_ENOENT;
}

/* ---- Families, types, protocols ------------------------------------------------------------------ */

struct row {
    int af; /* of a protocol */
    int number;
    const char *name;
    bool alias;
};

static const struct row families[] = {
#define FAMILY(constant, name) {0, XSOCK_AF_##constant, name, false},
#define ALIAS_FAMILY(constant, name) {0, XSOCK_AF_##constant, name, true},
#include "numbers.def"
};

static const struct row types[] = {
#define TYPE(constant, name) {0, XSOCK_SOCK_##constant, name, false},
#include "numbers.def"
};

static const struct row protocols[] = {
#define PROTOCOL(af, constant, name) {XSOCK_AF_##af, constant, name, false},
#define ALIAS_PROTOCOL(af, constant, name) {XSOCK_AF_##af, constant, name, true},
#include "numbers.def"
};

static const char *name_in(const struct row *rows, size_t count, int af, int number)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].af == af && rows[i].number == number && !rows[i].alias)
            return rows[i].name;
    return NULL;
}

static int number_in(const struct row *rows, size_t count, int af, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].af == af && same(name, rows[i].name))
            return rows[i].number;
    return -XSOCK_ENOENT;
}

#define ROWS(table) table, sizeof table / sizeof table[0]

const char *xsock_family_name(int af)
{
    return name_in(ROWS(families), 0, af);
}

int xsock_family_number(const char *name)
{
    return name == NULL ? -XSOCK_EFAULT : number_in(ROWS(families), 0, strip(name, "AF_\0PF_\0"));
}

const char *xsock_type_name(int type)
{
    return name_in(ROWS(types), 0, type);
}

int xsock_type_number(const char *name)
{
    return name == NULL ? -XSOCK_EFAULT : number_in(ROWS(types), 0, strip(name, "SOCK_\0"));
}

/* INET6 has INET's protocols. */
static int namespace_of(int af)
{
    return af == XSOCK_AF_INET6 ? XSOCK_AF_INET : af;
}

const char *xsock__protocol_own_name(int af, int protocol)
{
    return name_in(ROWS(protocols), namespace_of(af), protocol);
}

bool xsock__protocol_next(int af, int from, int to, int *out)
{
    bool found = false;
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        const struct row *r = &protocols[i];
        if (r->af != namespace_of(af) || r->alias || r->number < from || r->number > to)
            continue;
        if (!found || r->number < *out)
            *out = r->number;
        found = true;
    }
    return found;
}

const char *xsock_protocol_name(int af, int protocol)
{
    const char *name = xsock__protocol_own_name(af, protocol);
    if (name == NULL && protocol == 0 && xsock_family_name(af) != NULL)
        return "default";
    return name;
}

/* Each family's own: "BTPROTO_TCP" names nothing. */
static const char *protocol_prefix(int af)
{
    static const struct prefix {
        int af;
        const char *list;
    } prefixes[] = {
        {XSOCK_AF_INET, "IPPROTO_\0"},        {XSOCK_AF_BLUETOOTH, "BTPROTO_\0"}, {XSOCK_AF_CAN, "CAN_\0"},
        {XSOCK_AF_HYPERV, "HV_PROTOCOL_\0"},  {XSOCK_AF_KEY, "KEY_\0"},           {XSOCK_AF_NATM, "NATM_\0"},
        {XSOCK_AF_NETGRAPH, "NETGRAPH_\0"},   {XSOCK_AF_NETLINK, "NETLINK_\0"},   {XSOCK_AF_PACKET, "PACKET_\0"},
        {XSOCK_AF_APPLETALK, "APPLETALK_\0"}, {XSOCK_AF_IPX, "IPX_\0"},
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (prefixes[i].af == af)
            return prefixes[i].list;
    return "";
}

int xsock_protocol_number(int af, const char *name)
{
    if (name == NULL)
        return -XSOCK_EFAULT;
    if (xsock_family_name(af) == NULL)
        return -XSOCK_ENOENT;
    if (same(name, "default"))
        return 0;
    name = strip(name, protocol_prefix(namespace_of(af)));
    return number_in(ROWS(protocols), namespace_of(af), name);
}

/* ---- Options ------------------------------------------------------------------------------------- */

static const struct row options[] = {
#define OPTION(constant, kind, access, families, sockets, least, most, name)                                 \
    {0, XSOCK_SO_##constant, name, false},
#include "options.def"
};

const char *xsock_opt_name(int opt)
{
    return name_in(ROWS(options), 0, opt);
}

int xsock_opt_number(const char *name)
{
    return name == NULL ? -XSOCK_EFAULT : number_in(ROWS(options), 0, strip(name, "SO_\0"));
}
