/* Checked access to the guest's memory. No call touches anything outside that memory, whatever
 * the guest passes. */
#include "wasix/guest.h"

#include <string.h>

#include "sys.h"

/* ---- Words (read byte by byte, for any byte order and alignment of the host) ----------------- */

uint16_t xsock__wasix_get16(const unsigned char *p)
{
    return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}

uint64_t xsock__wasix_get64(const unsigned char *p)
{
    return xsock__wasix_get32(p) | (uint64_t)xsock__wasix_get32(p + 4) << 32;
}

void xsock__wasix_put16(unsigned char *p, uint16_t v)
{
    p[0] = (unsigned char)(v & 0xff);
    p[1] = (unsigned char)(v >> 8);
}

void xsock__wasix_put64(unsigned char *p, uint64_t v)
{
    xsock__wasix_put32(p, (uint32_t)(v & 0xffffffff));
    xsock__wasix_put32(p + 4, (uint32_t)(v >> 32));
}

/* ---- Copies ---------------------------------------------------------------------------------- */

bool xsock__wasix_charge(struct xsock_wasix *g, size_t n)
{
    xsock__sys_lock(&g->lock);
    bool allowed = n <= g->config.max_scratch && g->scratch <= g->config.max_scratch - n;
    if (allowed)
        g->scratch += n;
    xsock__sys_unlock(&g->lock);
    return allowed;
}

void xsock__wasix_discharge(struct xsock_wasix *g, size_t n)
{
    xsock__sys_lock(&g->lock);
    g->scratch -= n;
    xsock__sys_unlock(&g->lock);
}

void *xsock__wasix_scratch(const struct xsock__wasix_call *c, size_t n)
{
    if (!xsock__wasix_charge(c->guest, n))
        return NULL;
    void *p = xsock__sys_alloc(n == 0 ? 1 : n);
    if (p == NULL)
        xsock__wasix_discharge(c->guest, n);
    return p;
}

void xsock__wasix_unscratch(const struct xsock__wasix_call *c, void *p, size_t n)
{
    xsock__sys_free(p, n == 0 ? 1 : n);
    xsock__wasix_discharge(c->guest, n);
}

/* ---- Vectors --------------------------------------------------------------------------------- */

/* All vectors are looked at, even if there are too many bytes: memory comes before other values. */
static int copy_vecs(const struct xsock__wasix_call *c, const unsigned char *from,
                     struct xsock__wasix_vecs *v)
{
    int result = 0;
    for (size_t i = 0; i < v->count; i++, from += 2 * xsock__wasix_word(c)) {
        int rc = xsock__wasix_vec(c, from, v->total, &v->v[i]);
        if (rc == -XSOCK_EMEMVIOLATION)
            return rc;
        if (rc != 0)
            result = rc;
        else
            v->total += v->v[i].len;
    }
    return result;
}

int xsock__wasix_vecs(const struct xsock__wasix_call *c, uint64_t ptr, uint64_t count,
                      struct xsock__wasix_vecs *out)
{
    if (count > XSOCK__VEC_MAX)
        return -XSOCK_EINVAL;
    const unsigned char *from = xsock__wasix_at(c, ptr, count * 2 * xsock__wasix_word(c));
    if (from == NULL)
        return -XSOCK_EMEMVIOLATION;
    out->count = (size_t)count;
    out->total = 0;
    out->v = out->few;
    if (out->count > XSOCK__WASIX_FEW)
        out->v = xsock__wasix_scratch(c, out->count * sizeof *out->v);
    if (out->v == NULL)
        return -XSOCK_ENOMEM;
    int rc = copy_vecs(c, from, out);
    if (rc != 0)
        xsock__wasix_drop_vecs(c, out);
    return rc;
}

int xsock__wasix_after_vecs(const struct xsock__wasix_call *c, int error)
{
    struct xsock__wasix_vecs v;
    int rc = xsock__wasix_vecs(c, xsock__wasix_ptr(c, 1), xsock__wasix_ptr(c, 2), &v);
    if (rc != 0)
        return rc;
    xsock__wasix_drop_vecs(c, &v);
    return error;
}

void xsock__wasix_drop_vecs(const struct xsock__wasix_call *c, struct xsock__wasix_vecs *v)
{
    if (v->v != v->few)
        xsock__wasix_unscratch(c, v->v, v->count * sizeof *v->v);
}
