/* Sends messages to a multicast group, and prints those that others send.
 *
 *     multicast_chat hear 239.255.77.77:7777            prints messages until it is interrupted
 *     multicast_chat say 239.255.77.77:7777 "Hello!"    sends one message
 *     multicast_chat --try                              sends and receives on loopback
 *
 * With --try, the exit status is 0 if every message was received.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "xsock.h"

static int complain(const char *what, ptrdiff_t error)
{
    fprintf(stderr, "multicast_chat: %s: %s\n", what, xsock_strerror((int)error));
    return 1;
}

/* Programs on this machine also receive the messages that the socket sends. Unix-like systems look
 * at this option of the sender, and Windows at this option of the receiver. */
static int open_for(const struct xsock_addr *group)
{
    bool v6 = group->family == XSOCK_AF_INET6;
    int d = xsock_open(group->family, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
    int rc =
        d < 0 ? d : xsock_set_opt_flag(d, v6 ? XSOCK_SO_MCASTLOOPV6 : XSOCK_SO_MCASTLOOPV4, true);
    if (rc < 0 && d >= 0)
        xsock_close(d);
    return rc < 0 ? rc : d;
}

/* REUSEADDR lets other programs on this machine listen too. Windows cannot bind to a group, so the
 * socket is bound to any address. */
static int join(const struct xsock_addr *group, uint32_t iface)
{
    struct xsock_addr any = {.family = group->family, .port = group->port, .length = group->length};
    int d = open_for(group);
    if (d < 0)
        return d;
    int rc = xsock_set_opt_flag(d, XSOCK_SO_REUSEADDR, true);
    if (rc == 0)
        rc = xsock_bind(d, &any);
    if (rc == 0)
        rc = xsock_join_group(d, group, NULL, iface);
    if (rc < 0)
        xsock_close(d);
    return rc < 0 ? rc : d;
}

static ptrdiff_t say(const struct xsock_addr *group, uint32_t iface, const char *text)
{
    int d = open_for(group);
    ptrdiff_t rc = d;
    if (rc >= 0 && iface != 0)
        rc = xsock_set_multicast_if(d, iface);
    if (rc >= 0)
        rc = xsock_sendto(d, text, strlen(text), 0, group);
    if (d >= 0)
        xsock_close(d);
    return rc;
}

/* Prints a message with its sender, and stores the message in `text`. */
static ptrdiff_t hear(int d, char *text, size_t size)
{
    char name[XSOCK_ADDR_TEXT_SIZE];
    struct xsock_addr from;
    ptrdiff_t n = xsock_recvfrom(d, text, size - 1, 0, &from);
    if (n < 0)
        return n;
    text[n] = '\0';
    int rc = xsock_addr_format(&from, name, sizeof name);
    printf("%s: %s\n", rc < 0 ? "?" : name, text);
    fflush(stdout);
    return n;
}

static int remember_loopback(const struct xsock_interface *iface, void *user)
{
    if (!(iface->flags & XSOCK_IF_LOOPBACK))
        return 0;
    *(uint32_t *)user = iface->index;
    return 1;
}

static int try_it(void)
{
    struct xsock_addr group;
    uint32_t loopback = 0;
    char text[256] = "";
    xsock_interfaces(remember_loopback, &loopback);
    struct xsock_addr self;
    xsock_addr_parse("239.255.77.77", &group);
    int d = join(&group, loopback); /* port 0 means any free port */
    if (d < 0)
        return complain("joining", d);
    ptrdiff_t rc = xsock_local_addr(d, &self);
    if (rc >= 0) {
        group.port = self.port;
        rc = xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, 10000000000);
    }
    if (rc >= 0)
        rc = say(&group, loopback, "Is anybody there?");
    if (rc >= 0)
        rc = hear(d, text, sizeof text);
    xsock_close(d);
    return rc < 0 ? complain("chatting", rc) : strcmp(text, "Is anybody there?") != 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    bool saying = argc == 4 && strcmp(verb, "say") == 0,
         hearing = argc == 3 && strcmp(verb, "hear") == 0;
    struct xsock_addr group;
    static char text[65536];
    if (argc == 2 && strcmp(verb, "--try") == 0)
        return try_it();
    if ((!saying && !hearing) || xsock_addr_parse(argv[2], &group) < 0) {
        fprintf(stderr, "usage: multicast_chat hear GROUP:PORT | say GROUP:PORT TEXT | --try\n");
        return 2;
    }
    ptrdiff_t rc = saying ? say(&group, 0, argv[3]) : join(&group, 0);
    for (int d = (int)rc; hearing && rc >= 0;)
        rc = hear(d, text, sizeof text);
    return rc < 0 ? complain(argv[2], rc) : 0;
}
