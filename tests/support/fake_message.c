/* The fake system's messages, made of its send and recv. Vectors are joined in a buffer. Messages
 * have no control data. */
#include "backend/one_by_one.h"
#include "fake_private.h"

#include <stdlib.h>
#include <string.h>

static bool joins, segments, full;
static size_t largest; /* the longest message that is sent as one */
static unsigned controls_sent;

unsigned fake_controls_sent(void)
{
    return controls_sent;
}

void fake__reset_messages(void)
{
    controls_sent = 0;
    full = false;
}

void fake_lack_room(bool on)
{
    full = on;
}

void fake_join(bool on)
{
    joins = on;
}

void fake_segment(bool on, size_t most_bytes)
{
    segments = on;
    largest = most_bytes;
}

/* Further vectors are left to the next call. Empty ones count too, as on real systems. */
static size_t vectors(const struct xsock__sys_msg *m)
{
    return m->vec_count < XSOCK__VEC_MAX ? m->vec_count : XSOCK__VEC_MAX;
}

static size_t total(const struct xsock__sys_msg *m)
{
    size_t n = 0;
    for (size_t i = 0; i < vectors(m); i++)
        n += m->vec[i].len;
    return n - m->skip;
}

static unsigned char *allocate(size_t n)
{
    unsigned char *p = malloc(n + 1);
    if (p == NULL)
        fake__die("no memory");
    return p;
}

/* Copies between the vectors and a buffer, in either direction. */
static void copy(const struct xsock__sys_msg *m, unsigned char *buf, size_t n, bool into_vectors)
{
    size_t done = 0, skip = m->skip;
    for (size_t i = 0; i < vectors(m) && done < n; i++) {
        size_t part = m->vec[i].len - skip < n - done ? m->vec[i].len - skip : n - done;
        if (part > 0) { /* the base of an empty vector may be NULL */
            unsigned char *base = (unsigned char *)m->vec[i].base + skip;
            memcpy(into_vectors ? base : buf + done, into_vectors ? buf + done : base, part);
        }
        done += part;
        skip = 0;
    }
}

/* Sends the datagrams of a message that is cut. */
static int send_cut(uintptr_t h, const struct xsock__sys_msg *m, const unsigned char *buf, size_t n,
                    int flags)
{
    int code = segments && n <= largest ? 0 : FAKE_EMSGSIZE;
    for (size_t at = 0, sent; at < n && code == 0; at += m->segment)
        code = xsock__sys_send(h, buf + at, n - at < m->segment ? n - at : m->segment, flags,
                               m->addr, &sent);
    return code;
}

/* A backend need not ask the system what the core knows. */
static void check_kind(uintptr_t h, const struct xsock__sys_msg *m)
{
    struct fake__endpoint *e = fake__endpoint(h, "moved a message on what is no open socket");
    if (m->stream != (e->type == XSOCK_SOCK_STREAM))
        fake__die("told the wrong type of a socket");
}

int xsock__sys_sendmsg(uintptr_t h, struct xsock__sys_msg *m, int flags)
{
    size_t n = total(m);
    unsigned char *buf = allocate(n);
    int code;
    check_kind(h, m);
    if (m->vec_count > 0 && m->skip > m->vec[0].len)
        fake__die("more of a vector is done than there is");
    copy(m, buf, n, false);
    if (m->segment != 0) {
        code = send_cut(h, m, buf, n, flags);
        m->done = n;
    } else {
        code = xsock__sys_send(h, buf, n, flags, m->addr, &m->done);
    }
    controls_sent += code == 0 && m->control != NULL && (m->done > 0 || n == 0);
    free(buf);
    return code;
}

enum { JOINED = 65535 };

/* Joins datagrams as Linux does: those of the size of the first, and then one shorter one. */
static void join_more(uintptr_t h, struct xsock__sys_msg *m, unsigned char *buf)
{
    struct fake__endpoint *e = fake__endpoint(h, "received on what is no open socket");
    const size_t size = m->done;
    while (size > 0 && e->first != NULL && e->first->size > 0 && e->first->size <= size
           && JOINED - m->done >= size) {
        size_t n = 0;
        int flags = 0;
        if (fake__recv(h, buf + m->done, size, 0, NULL, &n, &flags) != 0)
            fake__die("failed a receive among those that are joined");
        m->done += n;
        m->segment = size;
        if (n < size)
            break;
    }
}

int xsock__sys_recvmsg(uintptr_t h, struct xsock__sys_msg *m, int flags, bool cloexec)
{
    bool join = joins && m->coalesces && (flags & XSOCK_MSG_PEEK) == 0;
    size_t n = total(m), size = join ? JOINED : n;
    unsigned char *buf = allocate(size);
    (void)cloexec;
    check_kind(h, m);
    int code = fake__recv(h, buf, size, flags, m->addr, &m->done, &m->flags);
    if (code == 0) {
        m->segment = 0;
        if (join)
            join_more(h, m, buf);
        if (m->done > n) {
            m->done = n;
            m->flags |= XSOCK_MSG_TRUNC;
        }
        copy(m, buf, m->done, true);
        if (m->control != NULL)
            m->control->has = 0;
    }
    free(buf);
    return code;
}

int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, size_t *out)
{
    return send_one_by_one(h, v, n, flags, out);
}

int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, size_t *out,
                          int *out_ended)
{
    size_t done = 0;
    int code = 0;
    while (done < n && code == 0) {
        code = xsock__sys_recvmsg(h, &v[done], 0, true);
        done += code == 0;
    }
    if (done == 0)
        return code;
    *out_ended = code;
    *out = done;
    return 0;
}

bool xsock__sys_can_segment(uintptr_t h)
{
    (void)h;
    return segments;
}

bool xsock__sys_lacks_room(uintptr_t h)
{
    (void)h;
    return full;
}

bool xsock__sys_coalesces(uintptr_t h)
{
    (void)h;
    return joins;
}

/* A file has 100 letters: the alphabet, repeated, from the letter of the file's number on. */
int xsock__sys_sendfile(uintptr_t h, uintptr_t file, uint64_t offset, size_t len, int flags,
                        size_t *out)
{
    char bytes[100];
    size_t left = offset < sizeof bytes ? sizeof bytes - (size_t)offset : 0;
    if (file >= 26)
        return FAKE_EBADF;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)('a' + (file + i) % 26);
    if (left == 0) {
        *out = 0;
        return 0;
    }
    return xsock__sys_send(h, bytes + offset, len < left ? len : left, flags, NULL, out);
}
