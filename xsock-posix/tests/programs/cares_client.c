/* Uses c-ares against a peer: many queries at once by UDP, an answer that needs TCP, queries by TCP
 * alone, and a name that does not exist. Every address must be the one that dns_peer.py gives. */
#include <sys/select.h>
#include <netinet/in.h>

#include <ares.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL(...)                     \
    do {                              \
        fprintf(stderr, __VA_ARGS__); \
        return 1;                     \
    } while (0)

enum { FEW = 200, MANY = 200 };

struct result {
    int calls, status;
    int count;
    unsigned char addresses[MANY + 1][4];
};

static void keep(void *user, int status, int timeouts, struct hostent *host)
{
    struct result *r = user;
    (void)timeouts;
    r->calls++;
    r->status = status;
    for (r->count = 0; host != NULL && host->h_addr_list[r->count] != NULL; r->count++)
        if (r->count <= MANY)
            memcpy(r->addresses[r->count], host->h_addr_list[r->count], 4);
}

static void wait_for_all(ares_channel channel)
{
    for (;;) {
        fd_set readers, writers;
        FD_ZERO(&readers);
        FD_ZERO(&writers);
        int n = ares_fds(channel, &readers, &writers);
        if (n == 0)
            return;
        struct timeval time, most = {600, 0};
        select(n, &readers, &writers, NULL, ares_timeout(channel, &most, &time));
        ares_process(channel, &readers, &writers);
    }
}

static int open_channel(ares_channel *channel, const char *port, int flags)
{
    struct ares_options options = {.flags = flags, .timeout = 600000, .lookups = "b"};
    char server[32];
    snprintf(server, sizeof server, "127.0.0.1:%s", port);
    if (ares_init_options(channel, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_LOOKUPS)
            != ARES_SUCCESS
        || ares_set_servers_ports_csv(*channel, server) != ARES_SUCCESS)
        FAIL("the channel for %s\n", server);
    return 0;
}

static int ask_few(ares_channel channel)
{
    static struct result few[FEW];
    memset(few, 0, sizeof few);
    for (int i = 0; i < FEW; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.few.test", i);
        ares_gethostbyname(channel, name, AF_INET, keep, &few[i]);
    }
    wait_for_all(channel);
    for (int i = 0; i < FEW; i++) {
        unsigned char want[4] = {10, 0, 0, (unsigned char)i};
        if (few[i].calls != 1 || few[i].status != ARES_SUCCESS || few[i].count != 1
            || memcmp(few[i].addresses[0], want, 4) != 0)
            FAIL("name %d: %d calls, %s\n", i, few[i].calls, ares_strerror(few[i].status));
    }
    return 0;
}

/* The peer's order is kept by no promise of c-ares: each address must be there once. */
static int ask_many(ares_channel channel)
{
    static struct result many;
    static char seen[MANY];
    memset(&many, 0, sizeof many);
    memset(seen, 0, sizeof seen);
    ares_gethostbyname(channel, "many.test", AF_INET, keep, &many);
    wait_for_all(channel);
    if (many.calls != 1 || many.status != ARES_SUCCESS || many.count != MANY)
        FAIL("many: %d calls, %s, %d\n", many.calls, ares_strerror(many.status), many.count);
    for (int i = 0; i < MANY; i++) {
        const unsigned char *a = many.addresses[i];
        if (a[0] != 10 || a[1] != 1 || a[2] != 0 || a[3] >= MANY || seen[a[3]]++)
            FAIL("address %d is %d.%d.%d.%d\n", i, a[0], a[1], a[2], a[3]);
    }
    return 0;
}

static int ask_missing(ares_channel channel)
{
    struct result missing = {0};
    ares_gethostbyname(channel, "missing.test", AF_INET, keep, &missing);
    wait_for_all(channel);
    if (missing.calls != 1 || missing.status != ARES_ENOTFOUND)
        FAIL("missing: %d calls, %s\n", missing.calls, ares_strerror(missing.status));
    return 0;
}

int main(int argc, char **argv)
{
    static const int ways[] = {ARES_FLAG_NOSEARCH, ARES_FLAG_NOSEARCH | ARES_FLAG_USEVC};
    if (argc != 2)
        FAIL("usage: cares_client PORT\n");
    ares_library_init(ARES_LIB_INIT_ALL);
    for (int i = 0; i < 2; i++) {
        ares_channel channel;
        if (open_channel(&channel, argv[1], ways[i]) != 0 || ask_few(channel) != 0
            || ask_many(channel) != 0 || ask_missing(channel) != 0)
            return 1;
        ares_destroy(channel);
    }
    ares_library_cleanup();
    return 0;
}
