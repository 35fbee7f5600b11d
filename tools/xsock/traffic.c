#include "traffic.h"

#include <stdio.h>
#include <string.h>

#include "print.h"
#include "xsock.h"

enum { SECOND = 1000000000, BYTES_A_LINE = 16, LINE_SIZE = 96 };

void traffic_start(struct traffic *t, bool rate, bool hex)
{
    *t = (struct traffic){.rate = rate, .hex = hex};
    t->began_ns = t->shown_ns = rate ? xsock_now() : 0;
}

/* ---- --hex ----------------------------------------------------------------------------------- */

/* "> 00000010  68 65 6c 6c 6f 0a                                 |hello.|", as `nc -o` and
 * hexdump -C have it. `sign` is '>' for what is sent and '<' for what is received. */
static void dump_line(char sign, uint64_t offset, const unsigned char *bytes, size_t n)
{
    char line[LINE_SIZE];
    int at = snprintf(line, sizeof line, "%c %08lx ", sign, (unsigned long)(offset & 0xffffffff));

    for (size_t i = 0; i < BYTES_A_LINE; i++) {
        if (i < n)
            at += snprintf(line + at, sizeof line - (size_t)at, " %02x", (unsigned)bytes[i]);
        else
            at += snprintf(line + at, sizeof line - (size_t)at, "   ");
        if (i == BYTES_A_LINE / 2 - 1)
            line[at++] = ' ';
    }
    at += snprintf(line + at, sizeof line - (size_t)at, "  |");
    for (size_t i = 0; i < n; i++)
        line[at++] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
    line[at++] = '|';
    line[at++] = '\n';
    fwrite(line, 1, (size_t)at, stderr);
}

static void dump(char sign, uint64_t offset, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i += BYTES_A_LINE)
        dump_line(sign, offset + i, p + i, n - i < BYTES_A_LINE ? n - i : BYTES_A_LINE);
    fflush(stderr);
}

void traffic_sent(struct traffic *t, const void *bytes, size_t n)
{
    if (t->hex)
        dump('>', t->sent, bytes, n);
    t->sent += n;
}

void traffic_received(struct traffic *t, const void *bytes, size_t n)
{
    if (t->hex)
        dump('<', t->received, bytes, n);
    t->received += n;
}

/* ---- --rate ---------------------------------------------------------------------------------- */

/* The C libraries of Windows differ in the printf format for 64 bits. */
static const char *decimal(uint64_t n, char buffer[24])
{
    char *p = buffer + 23;

    *p = '\0';
    do {
        *--p = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    return p;
}

static void print_rate(const struct traffic *t, uint64_t bytes, int64_t ns)
{
    char sent[24], received[24], rate[24];
    double per_second = ns > 0 ? (double)bytes * 1e9 / (double)ns : 0;

    complain("%s bytes sent, %s bytes received, %s bytes/s", decimal(t->sent, sent),
             decimal(t->received, received), decimal((uint64_t)per_second, rate));
}

int64_t traffic_due_ns(const struct traffic *t)
{
    return t->rate ? t->shown_ns + SECOND : -1;
}

void traffic_tick(struct traffic *t, int64_t now_ns)
{
    if (!t->rate || now_ns < traffic_due_ns(t))
        return;
    print_rate(t, t->sent + t->received - t->shown, now_ns - t->shown_ns);
    t->shown = t->sent + t->received;
    t->shown_ns = now_ns;
}

void traffic_end(const struct traffic *t)
{
    if (t->rate)
        print_rate(t, t->sent + t->received, xsock_now() - t->began_ns);
}
