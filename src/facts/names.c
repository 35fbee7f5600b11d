/* Names to numbers and back, of errors, families, types and protocols. */
#include "facts/names.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "xsock.h"

/* ---- Errors ---------------------------------------------------------------------------------- */

/* All texts are in one piece, and a row says where its text begins. A pointer would cost the shared
 * library 8 bytes and 24 more for its relocation, and each process a write to a page that could be
 * shared. */
static const struct error_texts {
#define ERROR(name, text) char name[sizeof #name "\0" text]; /* the name, a zero, the sentence */
#include "facts/errors.def"
} error_texts = {
#define ERROR(name, text) #name "\0" text,
#include "facts/errors.def"
};

static const struct error_row {
    short number;
    uint16_t at; /* in error_texts */
} errors[] = {
#define ERROR(name, text) {XSOCK_##name, offsetof(struct error_texts, name)},
#include "facts/errors.def"
};

static const char *error_name(const struct error_row *row)
{
    return (const char *)&error_texts + row->at;
}

static const struct error_row *find_error(int error)
{
    /* The range is checked before the negation: -INT_MIN does not exist. */
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
    if (row == NULL)
        return error == 0 ? "Success" : "Not an error of xsock";
    return error_name(row) + strlen(error_name(row)) + 1;
}

const char *xsock_errname(int error)
{
    const struct error_row *row = find_error(error);
    return row != NULL ? error_name(row) : error == 0 ? "SUCCESS" : NULL;
}

/* ---- Comparing ------------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The text after the prefix, in either case, or NULL if the prefix is not there. */
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

/* Removes "XSOCK_", and then one of the prefixes. The prefixes are a list, "AF_\0PF_\0". */
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
        char name[sizeof "EWOULDBLOCK"];
        short number;
    } aliases[] = {
#define ALIAS(name, of) {#name, XSOCK_##of},
#include "facts/errors.def"
    };
    if (name == NULL)
        return -XSOCK_EFAULT;
    name = strip(name, "");
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (same(name, error_name(&errors[i])))
            return errors[i].number;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (same(name, aliases[i].name))
            return aliases[i].number;
    return -XSOCK_ENOENT;
}

/* ---- Families, types, protocols, options ----------------------------------------------------- */

/* Like error_texts. Two protocols may have the same name, and a name and an alias may have the same
 * constant. */
static const struct texts {
#define FAMILY(constant, name) char family_##constant[sizeof name];
#define ALIAS_FAMILY(constant, name) char family_alias_##constant[sizeof name];
#define TYPE(constant, name) char type_##constant[sizeof name];
#define PROTOCOL(af, constant, name) char protocol_##af##_##constant[sizeof name];
#define ALIAS_PROTOCOL(af, constant, name) char protocol_alias_##af##_##constant[sizeof name];
#include "facts/numbers.def"
#define OPTION(constant, kind, access, families, sockets, least, most, name) \
    char option_##constant[sizeof name];
#include "facts/options.def"
} texts = {
#define FAMILY(constant, name) name,
#define ALIAS_FAMILY(constant, name) name,
#define TYPE(constant, name) name,
#define PROTOCOL(af, constant, name) name,
#define ALIAS_PROTOCOL(af, constant, name) name,
#include "facts/numbers.def"
#define OPTION(constant, kind, access, families, sockets, least, most, name) name,
#include "facts/options.def"
};

/* What a number is of. A family's protocols have the family itself; these are above all families.
 */
enum { FAMILIES = 0xfff1, TYPES, OPTIONS };

static const struct row {
    uint16_t space, number;
    uint16_t at; /* in texts */
    bool alias;
} rows[] = {
#define ROW(space, number, alias, text) {space, number, offsetof(struct texts, text), alias},
#define FAMILY(constant, name) ROW(FAMILIES, XSOCK_AF_##constant, false, family_##constant)
#define ALIAS_FAMILY(constant, name) \
    ROW(FAMILIES, XSOCK_AF_##constant, true, family_alias_##constant)
#define TYPE(constant, name) ROW(TYPES, XSOCK_SOCK_##constant, false, type_##constant)
#define PROTOCOL(af, constant, name) ROW(XSOCK_AF_##af, constant, false, protocol_##af##_##constant)
#define ALIAS_PROTOCOL(af, constant, name) \
    ROW(XSOCK_AF_##af, constant, true, protocol_alias_##af##_##constant)
#include "facts/numbers.def"
#define OPTION(constant, kind, access, families, sockets, least, most, name) \
    ROW(OPTIONS, XSOCK_SO_##constant, false, option_##constant)
#include "facts/options.def"
#undef ROW
};

#define FOR_EACH_ROW(r) \
    for (const struct row *r = rows; r < rows + sizeof rows / sizeof rows[0]; r++)

static const char *text_of(const struct row *r)
{
    return (const char *)&texts + r->at;
}

static const char *name_in(int space, int number)
{
    FOR_EACH_ROW(r)
    if (r->space == space && r->number == number && !r->alias)
        return text_of(r);
    return NULL;
}

static int number_in(int space, const char *name)
{
    FOR_EACH_ROW(r)
    if (r->space == space && same(name, text_of(r)))
        return r->number;
    return -XSOCK_ENOENT;
}

const char *xsock_family_name(int af)
{
    return name_in(FAMILIES, af);
}

int xsock_family_number(const char *name)
{
    return name == NULL ? -XSOCK_EFAULT : number_in(FAMILIES, strip(name, "AF_\0PF_\0"));
}

const char *xsock_type_name(int type)
{
    return name_in(TYPES, type);
}

int xsock_type_number(const char *name)
{
    return name == NULL ? -XSOCK_EFAULT : number_in(TYPES, strip(name, "SOCK_\0"));
}

/* The family whose protocols a family has: INET6 has those of INET. -1 for a number that is not a
 * family. */
static int namespace_of(int af)
{
    return af == XSOCK_AF_INET6 ? XSOCK_AF_INET : af < FAMILIES ? af : -1;
}

const char *xsock__protocol_own_name(int af, int protocol)
{
    return name_in(namespace_of(af), protocol);
}

bool xsock__protocol_next(int af, int from, int to, int *out)
{
    bool found = false;
    FOR_EACH_ROW(r)
    {
        if (r->space != namespace_of(af) || r->alias || r->number < from || r->number > to)
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
        short af;
        char list[sizeof "HV_PROTOCOL_\0"]; /* as strip() takes it */
    } prefixes[] = {
        {XSOCK_AF_INET, "IPPROTO_\0"},      {XSOCK_AF_BLUETOOTH, "BTPROTO_\0"},
        {XSOCK_AF_CAN, "CAN_\0"},           {XSOCK_AF_HYPERV, "HV_PROTOCOL_\0"},
        {XSOCK_AF_KEY, "KEY_\0"},           {XSOCK_AF_NATM, "NATM_\0"},
        {XSOCK_AF_NETGRAPH, "NETGRAPH_\0"}, {XSOCK_AF_NETLINK, "NETLINK_\0"},
        {XSOCK_AF_PACKET, "PACKET_\0"},     {XSOCK_AF_APPLETALK, "APPLETALK_\0"},
        {XSOCK_AF_IPX, "IPX_\0"},
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
    return number_in(namespace_of(af), name);
}

const char *xsock_opt_name(int opt)
{
    return name_in(OPTIONS, opt);
}

int xsock_opt_number(const char *name)
{
    return name == NULL ? -XSOCK_EFAULT : number_in(OPTIONS, strip(name, "SO_\0"));
}
