/* Any process of the machine can connect to a loopback port, so a connection is the client's only
 * if each end has the other's address as its peer's (see CVE-2024-3219 for what happens otherwise).
 * Software that redirects connections, as Proxifier does, shows other addresses. From the first
 * connection on that has others, addresses are not believed any more: the client sends a random
 * cookie, and the connection that brings the cookie is the client's. */
#include "win32/meet.h"

#include <string.h>

enum { COOKIE = 16, CANDIDATES = 16 };

struct meeting {
    SOCKET listener, client;
    ULONGLONG deadline;
    bool has_cookie;
    char cookie[COOKIE];
    SOCKET candidates[CANDIDATES]; /* connections with other addresses; the oldest is the first */
    size_t count;
};

/* ---- Addresses ------------------------------------------------------------------------------- */

typedef int WSAAPI get_name(SOCKET s, struct sockaddr *name, int *size);

static bool ask(get_name *which, SOCKET s, struct sockaddr_in *out)
{
    int size = (int)sizeof *out;

    memset(out, 0, sizeof *out);
    return which(s, (struct sockaddr *)out, &size) == 0;
}

static bool equal(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    return a->sin_family == b->sin_family && a->sin_port == b->sin_port
           && a->sin_addr.s_addr == b->sin_addr.s_addr;
}

/* An end that is gone already has no peer. No two connections have the same two addresses at a
 * time. */
static bool are_peers(SOCKET a, SOCKET b)
{
    struct sockaddr_in name_a, name_b, peer_a, peer_b;

    return ask(getsockname, a, &name_a) && ask(getsockname, b, &name_b)
           && ask(getpeername, a, &peer_a) && ask(getpeername, b, &peer_b)
           && equal(&name_a, &peer_b) && equal(&name_b, &peer_a);
}

/* ---- The cookie ------------------------------------------------------------------------------ */

typedef LONG WINAPI gen_random(void *algorithm, UCHAR *out, ULONG size, ULONG flags);
typedef void any_function(void);

/* bcrypt.dll is loaded from the system's folder and for this only: few programs need it. */
static bool make_random(char out[COOKIE])
{
    const DWORD from_system = 0x800; /* LOAD_LIBRARY_SEARCH_SYSTEM32 */
    const ULONG preferred = 2;       /* BCRYPT_USE_SYSTEM_PREFERRED_RNG */
    HMODULE dll = LoadLibraryExW(L"bcrypt.dll", NULL, from_system);
    gen_random *generate = NULL;
    bool made;

    if (dll == NULL)
        return false;
    generate = (gen_random *)(any_function *)GetProcAddress(dll, "BCryptGenRandom");
    made = generate != NULL && generate(NULL, (UCHAR *)out, COOKIE, preferred) == 0;
    FreeLibrary(dll);
    return made;
}

/* Without a cookie, a connection with other addresses is a stranger's. */
static void send_cookie(struct meeting *m)
{
    m->has_cookie = m->has_cookie
                    || (make_random(m->cookie)
                        && send(m->client, m->cookie, COOKIE, 0) == (int)sizeof m->cookie);
}

/* A small piece that was sent at once is received at once. */
static bool brings_cookie(const struct meeting *m, SOCKET s)
{
    char got[COOKIE];

    return recv(s, got, COOKIE, 0) == (int)sizeof got && memcmp(got, m->cookie, COOKIE) == 0;
}

/* ---- Candidates ------------------------------------------------------------------------------ */

static SOCKET take_candidate(struct meeting *m, size_t at)
{
    SOCKET s = m->candidates[at];

    m->count--;
    memmove(&m->candidates[at], &m->candidates[at + 1], (m->count - at) * sizeof s);
    return s;
}

static void add_candidate(struct meeting *m, SOCKET s)
{
    send_cookie(m);
    if (m->count == CANDIDATES)
        xsock__sys_close(take_candidate(m, 0));
    m->candidates[m->count++] = s;
}

/* The first that has something to be received, if it is the cookie. */
static bool judge_candidates(struct meeting *m, fd_set *ready, SOCKET *out)
{
    for (size_t i = m->count; i > 0; i--) {
        SOCKET s;

        if (!FD_ISSET(m->candidates[i - 1], ready))
            continue;
        s = take_candidate(m, i - 1);
        *out = s;
        if (m->has_cookie && brings_cookie(m, s))
            return true;
        xsock__sys_close(s);
    }
    return false;
}

/* ---- Meeting --------------------------------------------------------------------------------- */

static int wait_for_any(const struct meeting *m, fd_set *out_ready)
{
    ULONGLONG now = GetTickCount64();
    long ms = now < m->deadline ? (long)(m->deadline - now) : 0;
    struct timeval timeout = {ms / 1000, ms % 1000 * 1000};
    int n;

    out_ready->fd_count = (u_int)m->count + 1;
    out_ready->fd_array[0] = m->listener;
    memcpy(&out_ready->fd_array[1], m->candidates, m->count * sizeof m->candidates[0]);
    n = select(0, out_ready, NULL, NULL, &timeout);
    if (n == SOCKET_ERROR)
        return xsock__win32_error();
    return n > 0 && ms > 0 ? 0 : WSAETIMEDOUT; /* strangers may come without end */
}

static int meet(struct meeting *m, SOCKET *out)
{
    const struct xsock__sys_triple tcp = {AF_INET, SOCK_STREAM, IPPROTO_TCP};

    for (;;) {
        struct xsock__sys_addr peer;
        uintptr_t s;
        fd_set ready;
        int code = wait_for_any(m, &ready);

        if (code != 0)
            return code;
        if (judge_candidates(m, &ready, out))
            return 0;
        if (!FD_ISSET(m->listener, &ready))
            continue;
        code = xsock__sys_accept(m->listener, &tcp, true, true, &s, &peer);
        if (code == WSAEWOULDBLOCK || code == WSAECONNABORTED) /* it was a stranger's, who left */
            continue;
        if (code != 0)
            return code;
        if (!m->has_cookie && are_peers(m->client, s)) {
            *out = s;
            return 0;
        }
        add_candidate(m, s);
    }
}

int xsock__meet(SOCKET listener, SOCKET client, ULONGLONG deadline, SOCKET *out_server)
{
    struct meeting m;
    int code;

    memset(&m, 0, sizeof m);
    m.listener = listener;
    m.client = client;
    m.deadline = deadline;
    code = meet(&m, out_server);
    while (m.count > 0)
        xsock__sys_close(take_candidate(&m, 0));
    return code;
}
