#include "name/happy_eyeballs.h"

#include <string.h>

void xsock__happy_begin(struct xsock__happy *h, const struct xsock__deadline *end)
{
    memset(h, 0, sizeof *h);
    h->end = *end;
    h->resolving = true;
}

void xsock__happy_resolved(struct xsock__happy *h, size_t count)
{
    h->resolving = false;
    h->count = count;
}

/* ---- Time ------------------------------------------------------------------------------------ */

static bool is_over(const struct xsock__happy *h, int64_t now)
{
    return !h->end.never && h->end.at_ns <= now;
}

/* With no time at all, one attempt is made, because it may need no waiting. */
static bool is_first_of_no_time(const struct xsock__happy *h)
{
    return !h->end.never && h->end.at_ns == 0 && !h->resolving && h->started == 0 && h->count > 0;
}

static int64_t until(int64_t at, int64_t now)
{
    return at > now ? at - now : 0;
}

static int64_t time_to_wait(const struct xsock__happy *h, int64_t now)
{
    bool more = !h->resolving && h->started < h->count;
    if (h->end.never)
        return more ? until(h->next_at_ns, now) : -1;
    int64_t at = more && h->next_at_ns < h->end.at_ns ? h->next_at_ns : h->end.at_ns;
    return until(at, now);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static struct xsock__happy_step give_up(int error)
{
    struct xsock__happy_step step = {XSOCK__HAPPY_GIVE_UP, 0, 0, error};
    return step;
}

struct xsock__happy_step xsock__happy_next(struct xsock__happy *h, int64_t now_ns)
{
    struct xsock__happy_step step = {XSOCK__HAPPY_START, h->started, 0, 0};
    bool more = !h->resolving && h->started < h->count;
    if (!h->resolving && !more && h->running == 0)
        return give_up(h->error);
    if (is_over(h, now_ns) && !is_first_of_no_time(h))
        return give_up(-XSOCK_ETIMEDOUT);
    if (more && (h->running == 0 || h->next_at_ns <= now_ns)) {
        h->started++;
        h->running++;
        h->next_at_ns = now_ns + XSOCK__HAPPY_DELAY_NS;
        return step;
    }
    step.what = XSOCK__HAPPY_WAIT;
    step.wait_ns = time_to_wait(h, now_ns);
    return step;
}

/* How much a failure tells. If an address of one family was refused, it is of little use to know
 * that this machine lacks the other family, or a route to it. */
static int weight_of(int error)
{
    switch (-error) {
    case XSOCK_EAFNOSUPPORT:
    case XSOCK_ESOCKTNOSUPPORT:
    case XSOCK_EPROTONOSUPPORT:
        return 1;
    case XSOCK_EADDRNOTAVAIL:
    case XSOCK_ENETUNREACH:
    case XSOCK_ENETDOWN:
        return 2;
    case XSOCK_EHOSTUNREACH:
    case XSOCK_EHOSTDOWN:
        return 3;
    default:
        return 4;
    }
}

void xsock__happy_failed(struct xsock__happy *h, int error, int code)
{
    int weight = weight_of(error);
    h->running--;
    h->next_at_ns = INT64_MIN; /* at once */
    if (weight > h->weight) {
        h->weight = weight;
        h->error = error;
        h->code = code;
    }
}

/* ---- The order ------------------------------------------------------------------------------- */

/* The next address at `at` or after it that is, or is not, of this family. n if there is none. */
static size_t find(const struct xsock_addr *v, size_t n, size_t at, int family, bool same)
{
    while (at < n && (v[at].family == family) != same)
        at++;
    return at;
}

void xsock__happy_interleave(const struct xsock_addr *v, size_t n, const struct xsock_addr **out)
{
    size_t at[2] = {0, 0}; /* of the first family, and of the other */
    for (size_t i = 0; i < n; i++) {
        size_t turn = i % 2;
        for (size_t k = 0; k < 2; k++)
            at[k] = find(v, n, at[k], v[0].family, k == 0);
        if (at[turn] == n)
            turn = 1 - turn;
        out[i] = &v[at[turn]++];
    }
}
