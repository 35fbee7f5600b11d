#include "wasix_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void play_check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}

uint8_t play_byte(struct play *p)
{
    if (p->left == 0)
        return 0;
    p->left--;
    return *p->data++;
}

static uint64_t take(struct play *p, unsigned bytes)
{
    uint64_t v = 0;
    while (bytes-- > 0)
        v = v << 8 | play_byte(p);
    return v;
}

/* ---- The guest's memory ---------------------------------------------------------------------- */

/* The layout: areas for the structures that calls take. The rest is for data. */
enum {
    ADDRS = 0,      /* addr_port, 112 bytes apart */
    VECS32 = 0x400, /* four */
    VECS64 = 0x440,
    SUBSCRIPTIONS = 0x500, /* four of 48 bytes */
    EVENTS = 0x600,        /* epoll_event, 32 bytes apart */
    TIME = 0x680,          /* option_timestamp */
    HOSTS = 0x6a0,         /* 16 bytes apart */
    WORDS = 0x700,         /* small numbers, such as counts that calls read and write */
    DATA = 0x800
};

static void put(unsigned char *at, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, v >>= 8)
        at[i] = (unsigned char)(v & 0xff);
}

static void put_addr(unsigned char *at, int family, unsigned port, unsigned first, unsigned last)
{
    at[0] = (unsigned char)family;
    put(at + 2, family == XSOCK_AF_LOCAL ? first : port, 2);
    if (family == XSOCK_AF_LOCAL)
        return;
    at[4] = (unsigned char)first;
    at[family == XSOCK_AF_INET ? 7 : 19] = (unsigned char)last;
}

static void put_addrs(unsigned char *base)
{
    static const struct {
        unsigned char family, port, first, last;
    } v[] = {{XSOCK_AF_INET, 80, 127, 1}, {XSOCK_AF_INET, 0, 0, 0},   {XSOCK_AF_INET, 81, 127, 1},
             {XSOCK_AF_INET6, 80, 0, 1},  {XSOCK_AF_INET6, 0, 0, 0},  {XSOCK_AF_LOCAL, 0, 0, 0},
             {XSOCK_AF_LOCAL, 0, 'a', 0}, {XSOCK_AF_UNSPEC, 0, 0, 0}, {XSOCK_AF_INET, 80, 239, 1}};
    for (unsigned i = 0; i < sizeof v / sizeof v[0]; i++)
        put_addr(base + ADDRS + 112 * i, v[i].family, v[i].port, v[i].first, v[i].last);
}

static void put_vecs(unsigned char *base)
{
    static const unsigned short v[4][2] = {
        {DATA, 16}, {0, 0}, {DATA + 0x100, 100}, {DATA + 0x200, 1024}};
    for (unsigned i = 0; i < 4; i++) {
        put(base + VECS32 + 8 * i, v[i][0], 4);
        put(base + VECS32 + 8 * i + 4, v[i][1], 4);
        put(base + VECS64 + 16 * i, v[i][0], 8);
        put(base + VECS64 + 16 * i + 8, v[i][1], 8);
    }
}

static void put_waits(unsigned char *base)
{
    unsigned char *s = base + SUBSCRIPTIONS;
    put(s, 1, 8); /* one of a clock, the others of descriptors: userdata, tag, descriptor */
    put(s + 16, 1, 4);
    put(s + 24, 1000000, 8);
    for (unsigned i = 1; i < 4; i++) {
        put(s + 48 * i, i, 8);
        s[48 * i + 8] = (unsigned char)(1 + i % 2);
        put(s + 48 * i + 16, 2 + i, 4);
    }
    for (unsigned i = 0; i < 4; i++) {
        put(base + EVENTS + 32 * i, 1 + i, 4);
        put(base + EVENTS + 32 * i + 12, 3 + i, 4);
    }
}

static void put_all(unsigned char *base)
{
    put_addrs(base);
    put_vecs(base);
    put_waits(base);
    base[TIME] = 1;
    put(base + TIME + 8, 5000000, 8);
    memcpy(base + HOSTS, "127.0.0.1", 9);
    memcpy(base + HOSTS + 16, "host.example", 12);
    for (unsigned i = 0; i < 8; i++)
        put(base + WORDS + 8 * i, i, 8);
}

/* ---- Arguments ------------------------------------------------------------------------------- */

static uint64_t wild(struct play *p, uint8_t which)
{
    static const uint64_t v[] = {UINT64_MAX, UINT32_MAX,        PLAY_MEMORY,       PLAY_MEMORY - 1,
                                 INT32_MAX,  UINT64_C(1) << 31, UINT64_C(1) << 32, INT64_MAX};
    if (which < sizeof v / sizeof v[0])
        return v[which];
    if (which < 12)
        return PLAY_MEMORY - (uint64_t)play_byte(p);
    return take(p, which < 14 ? 4 : 8);
}

static uint64_t pointer(uint8_t m)
{
    uint64_t n = m >> 3;
    switch (m & 7) {
    case 0:
    case 1:
        return ADDRS + 112 * (n % 9);
    case 2:
        return n % 2 == 0 ? VECS32 : VECS64;
    case 3:
        return SUBSCRIPTIONS + 48 * (n % 4);
    case 4:
        return n % 2 == 0 ? EVENTS : TIME;
    case 5:
        return n % 2 == 0 ? HOSTS + 16 * (n / 2 % 2) : WORDS + 8 * (n / 2);
    default:
        return DATA + 64 * n;
    }
}

/* An argument is narrow if it is an i32 in wasm64 too. The first narrow one is a descriptor. */
static uint64_t argument(struct play *p, bool narrow, bool first)
{
    uint8_t m = play_byte(p);
    if ((m & 0xf0) == 0xf0)
        return wild(p, m & 0x0f);
    if (narrow)
        return first ? m % 12 : m < 0x80 ? m % 32 : m % 4;
    return m < 0xc0 ? pointer(m) : m % 20;
}

/* ---- Steps ----------------------------------------------------------------------------------- */

enum { NUMBERS = 16 };

struct before {
    unsigned char bytes[PLAY_MEMORY];
    unsigned char owners[NUMBERS];
    unsigned steps;
};

static void remember(const struct play *p, struct before *b)
{
    memcpy(b->bytes, p->memory.base, PLAY_MEMORY);
    for (int n = 0; n < NUMBERS; n++)
        b->owners[n] = (unsigned char)xsock_wasix_owner(p->guest, n);
    b->steps = p->steps;
}

/* A call that returns MEMVIOLATION must have changed nothing. Steps that were played while the call
 * waited may have changed something. */
static void check_nothing_done(const struct play *p, const struct before *b)
{
    if (b->steps != p->steps)
        return;
    play_check(memcmp(b->bytes, p->memory.base, PLAY_MEMORY) == 0, "a refused call has written");
    for (int n = 0; n < NUMBERS; n++)
        play_check(b->owners[n] == xsock_wasix_owner(p->guest, n),
                   "a refused call has opened or closed");
}

/* Calls an import. The signature for wasm64 shows the kinds of its arguments: an i64 is a pointer
 * or a size. */
struct row {
    const struct xsock_wasix_import *import;
    const char *wide;
    bool preview1;
};

enum { ROWS = 512 };

static const struct row *all_rows(size_t *out_count)
{
    static struct row rows[ROWS];
    static size_t count;
    const struct xsock_wasix_import *v = xsock_wasix_imports(out_count);
    play_check(*out_count > 0 && *out_count <= ROWS, "no imports, or too many");
    for (; count < *out_count; count++) {
        const struct xsock_wasix_import *wide = xsock_wasix_find("wasix_64v1", v[count].name);
        /* An import of preview 1 may have fewer arguments than the one of WASIX (sock_accept). */
        play_check(wide != NULL && strlen(wide->signature) >= strlen(v[count].signature),
                   "not the same in wasm64");
        bool preview1 = strcmp(v[count].module, "wasi_snapshot_preview1") == 0;
        rows[count] = (struct row){&v[count], wide->signature, preview1};
    }
    return rows;
}

static void call_import(struct play *p, const struct row *row)
{
    bool preview1 = row->preview1;
    uint64_t args[12] = {0};
    struct before before;
    for (size_t i = 0; row->wide[i] != 0; i++)
        args[i] = argument(p, row->wide[i] == 'i', i == 0);
    remember(p, &before);
    uint32_t e = row->import->call(p->guest, &p->memory, args);
    play_check(e <= (preview1 ? XSOCK_ENOTCAPABLE : XSOCK_EPENDING) || e == XSOCK_WASIX_CALL_ENGINE,
               "an errno that is none");
    if (e == (preview1 ? XSOCK_EFAULT : XSOCK_EMEMVIOLATION) || e == XSOCK_WASIX_CALL_ENGINE)
        check_nothing_done(p, &before);
}

static void end_or_move(struct play *p, int n)
{
    if (n == 0)
        xsock_wasix_end(p->guest);
    else if (n == 1)
        (void)xsock_wasix_exec(p->guest);
    else
        (void)xsock_wasix_renumber(p->guest, n, play_byte(p) % NUMBERS);
}

/* What the engine, or another thread of the guest, may do at any time. */
static void do_something_else(struct play *p, uint8_t what)
{
    int n = play_byte(p) % NUMBERS;
    switch (what % 8) {
    case 0: {
        int number = xsock_wasix_reserve(p->guest, n - 1); /* the number may be in use */
        (void)number;
    } break;
    case 1:
        (void)xsock_wasix_unreserve(p->guest, n);
        break;
    case 2:
        (void)xsock_wasix_close(p->guest, n);
        break;
    case 3:
        xsock_wasix_wake(p->guest);
        break;
    case 4:
        end_or_move(p, n);
        break;
    case 5:
        put_all(p->memory.base);
        break;
    case 6:
        ((unsigned char *)p->memory.base)[take(p, 2) % PLAY_MEMORY] = (unsigned char)n;
        break;
    default:
        p->host(p);
        break;
    }
}

bool play_step(struct play *p)
{
    size_t count;
    const struct row *rows = all_rows(&count);
    if (p->left == 0 || p->steps == PLAY_STEPS)
        return false;
    p->steps++;
    uint8_t which = play_byte(p);
    if (which >= 0xe0) {
        do_something_else(p, which);
        return true;
    }
    if (which < 0xa0)
        p->row = ((size_t)which << 8 | play_byte(p)) % count;
    else /* the same import again, or one near it: related imports are neighbours in the list */
        p->row = (p->row + which % 8 + count - 4) % count;
    call_import(p, &rows[p->row]);
    return true;
}

/* ---- Begin and end --------------------------------------------------------------------------- */

void play_begin(struct play *p, const uint8_t *data, size_t size,
                struct xsock_wasix_config callbacks)
{
    void (*host)(struct play *p) = p->host;
    struct xsock_wasix_config c = callbacks;
    *p = (struct play){.data = data, .left = size, .host = host};
    uint8_t b = play_byte(p);
    c.addr_port_size = (b & 1) != 0 ? 20 : 110;
    c.first = (b & 2) != 0 ? -1 : 3;
    c.max_descriptors = (b & 4) != 0 ? 8 : 0;
    c.max_scratch = (b & 8) != 0 ? 512 : 0;
    c.max_socket_buffer = (b & 16) != 0 ? 4096 : 0;
    p->memory.base = calloc(1, PLAY_MEMORY);
    p->memory.size = PLAY_MEMORY;
    play_check(p->memory.base != NULL, "no memory");
    put_all(p->memory.base);
    play_check(xsock_wasix_create(&c, &p->guest) == 0, "no guest");
}

void play_end(struct play *p)
{
    xsock_wasix_destroy(p->guest);
    free(p->memory.base);
}

/* ---- What the engine answers ----------------------------------------------------------------- */

int play_ready(void *user, int number, bool write, uint64_t *out_bytes)
{
    (void)user;
    *out_bytes = (uint64_t)number;
    return number == 0 && !write ? 0 : number == 2 ? -XSOCK_EIO : 1;
}

ptrdiff_t play_read(void *user, int number, uint64_t offset, void *buf, size_t len)
{
    enum { END = 1000 };
    (void)user;
    if (number == 2)
        return -XSOCK_EIO;
    size_t n = offset >= END ? 0 : END - (size_t)offset;
    n = n < len ? n : len;
    if (n > 0)
        memset(buf, number, n);
    return (ptrdiff_t)n;
}
