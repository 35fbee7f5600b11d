/* xsock open: opens one socket, and shows its names, xsock's numbers and the system's own
 * numbers. */
#include "numbers.h"
#include "print.h"
#include "tool.h"
#include "xsock_native.h"

static void print_socket(int d, int af, int type, int protocol, const int triple[3],
                         uintptr_t handle)
{
    char buffer[16];
    int flags = xsock_get_flags(d);
    const char *family_name = xsock_family_name(af);
    const char *type_name = xsock_type_name(type);

    out("descriptor %d: %s %s%s%s %s", d, family_name ? family_name : "?",
        type_name ? type_name : "?", flags >= 0 && (flags & XSOCK_SOCK_CLOEXEC) ? "+cloexec" : "",
        flags >= 0 && (flags & XSOCK_SOCK_NONBLOCK) ? "+nonblock" : "",
        protocol_label(af, type, protocol, buffer));
    out(" (system: family %d, type %d, protocol %d, handle ", triple[0], triple[1], triple[2]);
    out_unsigned(handle);
    out(")\n");
}

static int run(const struct args *args)
{
    int af, type, protocol = 0;
    int triple[3];
    uintptr_t handle;

    if (!family_parse(args->operand[0], &af) || !type_parse(args->operand[1], &type))
        return MISUSED;
    if (args->count > 2 && !protocol_parse(af, args->operand[2], &protocol))
        return MISUSED;

    int d = xsock_open(af, type, protocol);
    if (d < 0)
        return complain_error(d);

    type &= ~(XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
    int error = xsock_native_triple(af, type, protocol, triple);
    if (error == 0)
        error = xsock_native(d, &handle);
    if (error == 0)
        print_socket(d, af, type, protocol, triple, handle);
    xsock_close(d);
    return error < 0 ? complain_error(error) : DONE;
}

const struct command command_open = {
    .name = "open",
    .usage = "open FAMILY TYPE [PROTOCOL]",
    .summary = "open a socket, and show what the system made of it",
    .help = "Opens a socket, prints one line, and closes it again. The line has the\n"
            "descriptor, the names, and the system's own numbers for them.\n"
            "\n"
            "  FAMILY    inet, inet6, local, netlink, ...\n"
            "  TYPE      stream, dgram, raw, seqpacket or rdm; flags are added to it:\n"
            "            stream+cloexec+nonblock\n"
            "  PROTOCOL  tcp, udp, icmp, ...; default, or none: the one that the family\n"
            "            has for this type\n"
            "\n"
            "Each may also be a number of xsock's, decimal or in hex (0x10a). What there is,\n"
            "'xsock catalog' lists.\n"
            "\n"
            "If it can't be opened, the error's name and sentence and the system's code go\n"
            "to standard error: 'xsock: open: EACCES: Permission denied (errno:1)'.\n",
    .epilogue = "Exit status: 0 opened, 1 an error, 2 wrong usage.\n",
    .min = 2,
    .max = 3,
    .operand = OPERAND_FAMILY,
    .run = run,
};
