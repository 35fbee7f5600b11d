/* xsock doctor: the features that this machine has and lacks, in sentences for people and for bug
 * reports. */
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "system.h"
#include "tool.h"
#include "xsock_native.h"

enum { NAMES_SIZE = 512, WIDTH = 76 };

/* ---- Sentences ------------------------------------------------------------------------------- */

static void say(bool good, const char *sentence)
{
    out_painted(good ? GOOD : WARN, good ? "ok    " : "lacks ", 0);
    out("%s\n", sentence);
}

/* Prints the sentence, and the name of an error if there is one. */
static void say_result(const char *what, int rc, const char *good, const char *bad)
{
    const char *name = xsock_errname(rc);
    char text[256];

    if (rc >= 0)
        snprintf(text, sizeof text, "%s %s.", what, good);
    else
        snprintf(text, sizeof text, "%s %s (%s).", what, bad, name ? name : "?");
    say(rc >= 0, text);
}

/* Prints a heading, and wraps words below it. */
static void say_words(const char *heading, const char *words)
{
    int at = 0;

    out("%s", heading);
    while (*words) {
        int length = (int)strcspn(words, " ");

        if (at == 0 || at + 1 + length > WIDTH) {
            out("\n   ");
            at = 0;
        }
        out(" %.*s", length, words);
        at += length + 1;
        words += length + (words[length] == ' ');
    }
    out("\n");
}

/* ---- Families -------------------------------------------------------------------------------- */

struct families {
    char there[NAMES_SIZE], missing[NAMES_SIZE], forbidden[NAMES_SIZE];
    int last; /* the family of the previous row */
    int status;
    const char *name;
};

static void append(char names[NAMES_SIZE], const char *name)
{
    size_t length = strlen(names);

    snprintf(names + length, NAMES_SIZE - length, "%s%s", length ? " " : "", name);
}

static void end_family(struct families *f)
{
    if (f->name)
        append(f->status == 0               ? f->there
               : f->status == -XSOCK_EACCES ? f->forbidden
                                            : f->missing,
               f->name);
}

/* The rows of a family stand together. A family is available if one of its rows opens. */
static int take_row(const struct xsock_triple *t, void *user)
{
    struct families *f = user;

    if (t->af != f->last || !f->name) {
        end_family(f);
        f->last = t->af;
        f->name = t->af_name;
        f->status = t->status;
    }
    if (t->status == 0 || (f->status != 0 && t->status == -XSOCK_EACCES))
        f->status = t->status;
    return 0;
}

static int examine_families(void)
{
    struct families f = {.last = -1};
    int rc = xsock_catalog(take_row, &f);

    if (rc < 0)
        return complain_error(rc);
    end_family(&f);
    say_words("Families that open:", f.there);
    if (f.forbidden[0])
        say_words("Families that need more privilege:", f.forbidden);
    say_words("Families that this system lacks:", f.missing);
    say_result("Raw sockets", xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_RAW, XSOCK_IPPROTO_ICMP),
               "open", "do not open");
    return DONE;
}

/* ---- Loopback, dual-stack, LOCAL ------------------------------------------------------------- */

/* Connects to a listener at `host`, from an address of the family `af`. */
static int try_connection(const char *host, int af)
{
    struct xsock_addr self, to;
    int listener = xsock_listen_host(host, NULL, 1);

    if (listener < 0)
        return listener;
    int rc = xsock_local_addr(listener, &self);
    if (rc == 0)
        rc = xsock_addr_loopback(af, self.port, &to);
    int d = rc == 0 ? xsock_open(af, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0) : rc;
    if (d >= 0) {
        rc = xsock_connect(d, &to);
        xsock_close(d);
    } else {
        rc = d;
    }
    xsock_close(listener);
    return rc;
}

static int try_pair(int type)
{
    int d[2];
    int rc = xsock_probe(XSOCK_AF_LOCAL, type, 0);

    if (rc == 0)
        rc = xsock_pair(XSOCK_AF_LOCAL, type | XSOCK_SOCK_CLOEXEC, 0, d);
    if (rc == 0) {
        xsock_close(d[0]);
        xsock_close(d[1]);
    }
    return rc;
}

static void examine_connections(void)
{
    say_result("IPv4 connections to this machine", try_connection("127.0.0.1", XSOCK_AF_INET),
               "work", "fail");
    say_result("IPv6 connections to this machine", try_connection("::1", XSOCK_AF_INET6), "work",
               "fail");
    say_result("One dual-stack socket", try_connection("::", XSOCK_AF_INET), "serves IPv4 and IPv6",
               "does not serve IPv4");
    say_result("Local stream sockets", try_pair(XSOCK_SOCK_STREAM), "work",
               "are emulated, for pairs only");
    say_result("Local datagram sockets", try_pair(XSOCK_SOCK_DGRAM), "work",
               "are emulated, for pairs only");
    say_result("Local seqpacket sockets", try_pair(XSOCK_SOCK_SEQPACKET), "work", "are not there");
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

static int try_segments(int d)
{
    int level, name, value = 0;
    size_t size = sizeof value;

    if (!system_segment_option(&level, &name))
        return -XSOCK_ENOPROTOOPT;
    return xsock_get_opt_raw(d, level, name, &value, &size);
}

static void examine_datagrams(void)
{
    int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);

    if (d < 0) {
        say_result("UDP sockets", d, "open", "do not open");
        return;
    }
    say_result("Sending many datagrams at once (GSO)", try_segments(d), "is there", "is not there");
    say_result("Receiving many datagrams at once (GRO)",
               xsock_set_opt_flag(d, XSOCK_SO_UDP_RECV_COALESCE, true), "is there", "is not there");
    xsock_close(d);
}

/* ---- Limits, names, interfaces --------------------------------------------------------------- */

static void print_size(int d, const char *what, int option)
{
    uint64_t n;

    if (xsock_get_opt_size(d, option, &n) < 0)
        return;
    out("%s is ", what);
    out_unsigned(n);
    out(" bytes.\n");
}

static void examine_limits(void)
{
    int64_t handles = system_handle_limit();
    int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);

    out("xsock's table takes descriptors below %d.\n", xsock_get_limit());
    if (handles >= 0)
        out("The system lets this process open %d files and sockets (ulimit -n).\n", (int)handles);
    else
        out("The system names no limit of open files and sockets.\n");
    if (d < 0)
        return;
    print_size(d, "The receive buffer of a new TCP socket", XSOCK_SO_RCVBUF);
    print_size(d, "The send buffer of a new TCP socket", XSOCK_SO_SNDBUF);
    xsock_close(d);
}

/* The text of an address always has a port, which is ":0" here and has no meaning. */
static void append_address(char names[NAMES_SIZE], const struct xsock_addr *a)
{
    char text[XSOCK_ADDR_TEXT_SIZE];
    int length = xsock_addr_format(a, text, sizeof text);

    if (length < 0)
        return;
    if (length > 2 && strcmp(text + length - 2, ":0") == 0)
        text[length - 2] = '\0';
    append(names, text);
}

static void examine_names(void)
{
    struct xsock_addr v[8];
    char names[NAMES_SIZE] = "";
    int n = xsock_resolve("localhost", NULL, XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0, v, 8);

    say_result("The name localhost", n, "has an address", "has no address");
    for (int i = 0; i < n && i < 8; i++)
        append_address(names, &v[i]);
    if (n > 0)
        say_words("Addresses of localhost:", names);
}

static int print_interface(const struct xsock_interface *i, void *user)
{
    char names[NAMES_SIZE] = "", heading[128];

    (void)user;
    snprintf(heading, sizeof heading, "Interface %.60s (%s):", i->name,
             i->flags & XSOCK_IF_UP ? "up" : "down");
    for (size_t k = 0; k < i->addr_count; k++)
        append_address(names, &i->addrs[k].addr);
    say_words(heading, names[0] ? names : "no address");
    return 0;
}

static int provider_count;

static void print_provider(const char *name, int family, int type, int protocol)
{
    if (provider_count++ == 0)
        out("Winsock's providers, with family, type and protocol in Winsock's numbers:\n");
    out("    %s: %d %d %d\n", name, family, type, protocol);
}

static int run(const struct args *args)
{
    (void)args;
    out("xsock %s on %s.\n", xsock_version(), system_name());
    int status = examine_families();
    if (status != DONE)
        return status;
    examine_connections();
    examine_datagrams();
    examine_limits();
    examine_names();
    int rc = xsock_interfaces(print_interface, NULL);
    if (rc < 0)
        say_result("The list of interfaces", rc, "", "cannot be read");
    system_providers(print_provider);
    return DONE;
}

const struct command command_doctor = {
    .name = "doctor",
    .usage = "doctor",
    .summary = "tell what this machine has and lacks",
    .help = "Tries what programs need of sockets, and prints a line for each: families,\n"
            "connections over loopback, dual-stack, local sockets, many datagrams at once\n"
            "(GSO and GRO), limits, names, interfaces, and on Windows Winsock's providers.\n"
            "Lines that begin with 'lacks' name what is missing, and the error.\n"
            "\n"
            "Nothing leaves this machine. Put the output into a bug report; it has the\n"
            "machine's addresses.\n",
    .epilogue = "Exit status: 0 printed, 1 an error, 2 wrong usage.\n",
    .min = 0,
    .max = 0,
    .run = run,
};
