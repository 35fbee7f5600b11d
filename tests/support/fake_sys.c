#include "fake_private.h"
#include "fake_socket_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xsock.h"

/* ---- Facts ----------------------------------------------------------------------------------- */

static const short errors[] = {
    [FAKE_EPERM] = XSOCK_EPERM,
    [FAKE_ENOENT] = XSOCK_ENOENT,
    [FAKE_EINTR] = XSOCK_EINTR,
    [FAKE_EIO] = XSOCK_EIO,
    [FAKE_EBADF] = XSOCK_EBADF,
    [FAKE_EAGAIN] = XSOCK_EAGAIN,
    [FAKE_ENOMEM] = XSOCK_ENOMEM,
    [FAKE_EACCES] = XSOCK_EACCES,
    [FAKE_EFAULT] = XSOCK_EFAULT,
    [FAKE_EBUSY] = XSOCK_EBUSY,
    [FAKE_EINVAL] = XSOCK_EINVAL,
    [FAKE_ENFILE] = XSOCK_ENFILE,
    [FAKE_EMFILE] = XSOCK_EMFILE,
    [FAKE_EPIPE] = XSOCK_EPIPE,
    [FAKE_ENOTSOCK] = XSOCK_ENOTSOCK,
    [FAKE_EDESTADDRREQ] = XSOCK_EDESTADDRREQ,
    [FAKE_EMSGSIZE] = XSOCK_EMSGSIZE,
    [FAKE_EPROTOTYPE] = XSOCK_EPROTOTYPE,
    [FAKE_EPROTONOSUPPORT] = XSOCK_EPROTONOSUPPORT,
    [FAKE_ESOCKTNOSUPPORT] = XSOCK_ESOCKTNOSUPPORT,
    [FAKE_EOPNOTSUPP] = XSOCK_ENOTSUP,
    [FAKE_EAFNOSUPPORT] = XSOCK_EAFNOSUPPORT,
    [FAKE_EADDRINUSE] = XSOCK_EADDRINUSE,
    [FAKE_ENETDOWN] = XSOCK_ENETDOWN,
    [FAKE_ECONNABORTED] = XSOCK_ECONNABORTED,
    [FAKE_ECONNRESET] = XSOCK_ECONNRESET,
    [FAKE_ENOBUFS] = XSOCK_ENOBUFS,
    [FAKE_EISCONN] = XSOCK_EISCONN,
    [FAKE_ENOTCONN] = XSOCK_ENOTCONN,
    [FAKE_ETIMEDOUT] = XSOCK_ETIMEDOUT,
    [FAKE_ECONNREFUSED] = XSOCK_ECONNREFUSED,
    [FAKE_EHOSTUNREACH] = XSOCK_EHOSTUNREACH,
    [FAKE_EALREADY] = XSOCK_EALREADY,
    [FAKE_EINPROGRESS] = XSOCK_EINPROGRESS,
};

/* The system has LOCAL, and pairs are emulated, as on Windows since 1803. No other run of the tests
 * has both: POSIX systems need not emulate pairs, and Wine lacks LOCAL. */
static char is_alone;

const struct xsock__sys_facts xsock__sys_facts = {
    .alone = &is_alone,
    .errors = errors,
    .error_count = sizeof errors / sizeof *errors,
    .pair_emulated = true,
    .edges_need_use = true,
    .readiness_omits = true,
    .refusals_mislead = true,
    .two_may_wait = true,
    .shutdown_discards = true,  /* as on BSD and Windows */
    .shutdown_is_silent = true, /* as on Windows */
};

void fake__die(const char *sentence)
{
    fflush(stdout);
    fprintf(stderr, "fake_sys: %s\n", sentence);
    abort();
}

/* ---- What is set ----------------------------------------------------------------------------- */

enum { ROWS = 32 };

static struct {
    struct {
        int af, type, protocol, code;
    } hidden_families[ROWS], hidden_types[ROWS], hidden_protocols[ROWS], refused[ROWS];
    int hidden_family_count, hidden_type_count, hidden_protocol_count, refused_count;
    enum fake_call fail_call, failed_call;
    unsigned fail_in; /* 0 if no call must fail */
    int fail_code;
    int always_code; /* if not 0, every always_call fails with this code */
    enum fake_call always_call;
    bool failed;
    unsigned calls[FAKE_CALLS];
} set;

static int take_row(int *count)
{
    if (*count == ROWS)
        fake__die("too many rows were set");
    return (*count)++;
}

static int max_handles = 1000000;

void fake_reset(void)
{
    memset(&set, 0, sizeof set);
    is_alone = 0;
    max_handles = 1000000;
    fake__reset_net();
    fake__reset_messages();
    fake__reset_wait();
    fake__reset_files();
}

void fake_be_alone(void)
{
    is_alone = 1;
}

void fake_hide_family(int af)
{
    set.hidden_families[take_row(&set.hidden_family_count)].af = af;
}

void fake_hide_type(int type)
{
    set.hidden_types[take_row(&set.hidden_type_count)].type = type;
}

void fake_hide_protocol(int af, int protocol)
{
    int row = take_row(&set.hidden_protocol_count);
    set.hidden_protocols[row].af = af;
    set.hidden_protocols[row].protocol = protocol;
}

void fake_refuse(int af, int type, int protocol, int code)
{
    int row = take_row(&set.refused_count);
    set.refused[row].af = af;
    set.refused[row].type = type;
    set.refused[row].protocol = protocol;
    set.refused[row].code = code;
}

void fake_fail(enum fake_call call, unsigned nth, int code)
{
    set.fail_call = call;
    set.fail_in = nth;
    set.fail_code = code;
    set.failed = false;
}

void fake_fail_always(enum fake_call call, int code)
{
    set.always_call = call;
    set.always_code = code;
}

bool fake_failed(void)
{
    return set.failed;
}

enum fake_call fake_failed_call(void)
{
    return set.failed_call;
}

unsigned fake_calls(enum fake_call call)
{
    unsigned sum = 0;
    if (call != FAKE_ANY_CALL)
        return set.calls[call];
    for (int i = 0; i < FAKE_CALLS; i++)
        sum += i == FAKE_NOW ? 0 : set.calls[i];
    return sum;
}

/* Every call that can fail begins with this. Returns 0, or the code that the call fails with. */
int fake__begin(enum fake_call call)
{
    set.calls[call]++;
    fake__run_hooks_before(call, set.calls[call]);
    if (set.always_code != 0 && set.always_call == call)
        return set.always_code;
    if (set.fail_in == 0 || (set.fail_call != call && set.fail_call != FAKE_ANY_CALL))
        return 0;
    if (--set.fail_in > 0)
        return 0;
    set.failed = true;
    set.failed_call = call;
    return set.fail_code;
}

void fake__notice(enum fake_call call)
{
    set.calls[call]++;
    fake__run_hooks_before(call, set.calls[call]);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static int flip(int protocol)
{
    return protocol == 0 ? 0 : (int)((unsigned)protocol ^ (unsigned)FAKE_PROTOCOL_BIT);
}

bool xsock__sys_family(int af, int *out)
{
    bool known = (af >= XSOCK_AF_INET && af <= XSOCK_AF_LOCAL)
                 || (af >= XSOCK_AF_ROUTE && af <= XSOCK_AF_HYPERV);
    for (int i = 0; i < set.hidden_family_count; i++)
        known = known && set.hidden_families[i].af != af;
    if (known)
        *out = FAKE_FAMILY_BASE + af;
    return known;
}

bool xsock__sys_type(int type, int *out)
{
    bool known =
        (type >= XSOCK_SOCK_STREAM && type <= XSOCK_SOCK_SEQPACKET) || type == XSOCK_SOCK_RDM;
    for (int i = 0; i < set.hidden_type_count; i++)
        known = known && set.hidden_types[i].type != type;
    if (known)
        *out = FAKE_TYPE_BASE + type;
    return known;
}

bool xsock__sys_protocol(int af, int protocol, int *out)
{
    for (int i = 0; i < set.hidden_protocol_count; i++) {
        if (set.hidden_protocols[i].af == af && set.hidden_protocols[i].protocol == protocol)
            return false;
    }
    *out = flip(protocol);
    return true;
}

/* ---- Handles --------------------------------------------------------------------------------- */

struct slot {
    struct fake__socket *open; /* NULL if this number is free */
    bool cloexec;
    size_t next_free;
};

enum { HANDLE_BASE = 0x30, HANDLE_STEP = 4 }; /* numbers as on Windows */

static struct slot *slots;
static size_t slot_count, slot_room, live;
static size_t first_free = SIZE_MAX;
static unsigned closes;

/* The number that was closed last is given out first, so that a use after the close does harm at
 * once. */
static uintptr_t add_handle(struct fake__socket *open, bool cloexec)
{
    size_t i = first_free;
    if (i != SIZE_MAX) {
        first_free = slots[i].next_free;
    } else {
        if (slot_count == slot_room) {
            slot_room = slot_room == 0 ? 64 : 2 * slot_room;
            slots = realloc(slots, slot_room * sizeof *slots);
            if (slots == NULL)
                fake__die("no memory");
        }
        i = slot_count++;
    }
    slots[i].open = open;
    slots[i].cloexec = cloexec;
    open->handles++;
    live++;
    return HANDLE_BASE + HANDLE_STEP * (uintptr_t)i;
}

uintptr_t fake__add_socket(const struct xsock__sys_triple *t, bool cloexec, bool nonblock,
                           bool is_socket)
{
    struct fake__socket *open = calloc(1, sizeof *open);
    if (open == NULL)
        fake__die("no memory");
    open->is_socket = is_socket;
    open->nonblock = nonblock;
    if (t != NULL)
        open->triple = *t;
    return add_handle(open, cloexec);
}

static struct slot *find(uintptr_t h)
{
    uintptr_t i = (h - HANDLE_BASE) / HANDLE_STEP;
    if (h < HANDLE_BASE || (h - HANDLE_BASE) % HANDLE_STEP != 0 || i >= slot_count
        || slots[i].open == NULL)
        return NULL;
    return &slots[i];
}

static struct slot *find_socket(uintptr_t h, const char *otherwise)
{
    struct slot *s = find(h);
    if (s == NULL || !s->open->is_socket)
        fake__die(otherwise);
    return s;
}

struct fake__socket *fake__find(uintptr_t h, const char *otherwise)
{
    return find_socket(h, otherwise)->open;
}

static void drop(struct slot *s)
{
    if (--s->open->handles == 0) {
        fake__net_gone(s->open);
        free(s->open);
    }
    s->open = NULL;
    s->next_free = first_free;
    first_free = (size_t)(s - slots);
    live--;
    closes++;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static int startups;

int xsock__sys_startup(void)
{
    int code = fake__begin(FAKE_STARTUP);
    if (code == 0)
        startups++;
    return code;
}

void xsock__sys_cleanup(void)
{
    if (startups == 0)
        fake__die("cleaned up without a start");
    startups--;
}

static int matches(int set_to, int native, int expected)
{
    return set_to == FAKE_ANY || native == expected;
}

static int refused(const struct xsock__sys_triple *t)
{
    for (int i = 0; i < set.refused_count; i++) {
        if (matches(set.refused[i].af, t->family, FAKE_FAMILY_BASE + set.refused[i].af)
            && matches(set.refused[i].type, t->type, FAKE_TYPE_BASE + set.refused[i].type)
            && matches(set.refused[i].protocol, t->protocol, flip(set.refused[i].protocol)))
            return set.refused[i].code;
    }
    return 0;
}

/* No call works before startup, as in Winsock. */
static void check_started(void)
{
    if (startups == 0)
        fake__die("used without a start");
}

static int judge(enum fake_call call, const struct xsock__sys_triple *t)
{
    int code = fake__begin(call);
    check_started();
    if (t->family < FAKE_FAMILY_BASE || t->type <= FAKE_TYPE_BASE
        || (t->protocol != 0 && (t->protocol & FAKE_PROTOCOL_BIT) == 0 && t->protocol > 0))
        fake__die("a number was not translated");
    return code != 0 ? code : refused(t);
}

int xsock__sys_open(const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out)
{
    int code = judge(FAKE_OPEN, t);
    if (code == 0)
        *out = fake__add_socket(t, cloexec, true, true);
    return code;
}

int xsock__sys_pair(const struct xsock__sys_triple *t, bool cloexec, uintptr_t out[2])
{
    int code = fake__begin(FAKE_PAIR);
    check_started();
    if (code != 0)
        return code;
    out[0] = fake__add_socket(t, cloexec, true, true);
    out[1] = fake__add_socket(t, cloexec, true, true);
    fake__net_pair(find(out[0])->open, find(out[1])->open);
    return 0;
}

int xsock__sys_dup(uintptr_t h, bool cloexec, uintptr_t *out)
{
    struct slot *s = find_socket(h, "duplicated what is no open socket");
    int code = fake__begin(FAKE_DUP);
    if (code == 0)
        *out = add_handle(s->open, cloexec); /* this may move s */
    return code;
}

void xsock__sys_close(uintptr_t h)
{
    drop(find_socket(h, "closed what is no open socket"));
}

void xsock__sys_forget_linger(uintptr_t h)
{
    find_socket(h, "was told not to linger, and is no open socket");
}

int xsock__sys_set_cloexec(uintptr_t h, bool on)
{
    struct slot *s = find_socket(h, "set a flag of what is no open socket");
    int code = fake__begin(FAKE_SET_CLOEXEC);
    if (code == 0)
        s->cloexec = on;
    return code;
}

int xsock__sys_set_nonblock(uintptr_t h, bool on)
{
    struct slot *s = find_socket(h, "set the mode of what is no open socket");
    int code = fake__begin(FAKE_SET_NONBLOCK);
    if (code == 0)
        s->open->nonblock = on;
    return code;
}

int xsock__sys_describe(uintptr_t h, struct xsock__sys_description *out)
{
    struct slot *s = find(h);
    int code = fake__begin(FAKE_DESCRIBE);
    check_started();
    if (code != 0)
        return code;
    if (s == NULL)
        return FAKE_EBADF;
    if (!s->open->is_socket)
        return FAKE_ENOTSOCK;
    out->triple = s->open->triple;
    out->cloexec = s->cloexec;
    out->nonblock = s->open->nonblock;
    return 0;
}

/* ---- What there is --------------------------------------------------------------------------- */

size_t fake_handles(void)
{
    return live;
}

int fake_startups(void)
{
    return startups;
}

unsigned fake_closes(void)
{
    return closes;
}

struct fake_look fake_look(uintptr_t handle)
{
    struct fake_look look = {0};
    const struct slot *s = find(handle);
    if (s == NULL)
        return look;
    look.open = true;
    look.is_socket = s->open->is_socket;
    look.cloexec = s->cloexec;
    look.nonblock = s->open->nonblock;
    look.triple = s->open->triple;
    look.handles = s->open->handles;
    return look;
}

uintptr_t fake_make_socket(int family, int type, int protocol, bool cloexec, bool nonblock)
{
    struct xsock__sys_triple t = {family, type, protocol};
    return fake__add_socket(&t, cloexec, nonblock, true);
}

uintptr_t fake_make_file(void)
{
    return fake__add_socket(NULL, false, false, false);
}

void fake_close_foreign(uintptr_t handle)
{
    struct slot *s = find(handle);
    if (s == NULL)
        fake__die("a foreign handle was closed twice");
    drop(s);
}

/* ---- The process's limit --------------------------------------------------------------------- */

void fake_max_handles(int n)
{
    max_handles = n;
}

int xsock__sys_max_handles(void)
{
    return max_handles;
}

/* ---- The last system code -------------------------------------------------------------------- */

static int last_error;

int xsock__sys_last_error(void)
{
    return last_error;
}

void xsock__sys_set_last_error(int code)
{
    last_error = code;
}

/* ---- Memory ---------------------------------------------------------------------------------- */

struct block {
    void *start;
    size_t size;
    uint64_t magic;
};

enum { ALIGNMENT = 64 };
static const uint64_t LIVE_BLOCK = 0x6c69766520626c6bu;
static size_t allocations, bytes;

void *xsock__sys_alloc(size_t size)
{
    struct block head = {NULL, size, LIVE_BLOCK};
    char *p;
    if (fake__begin(FAKE_ALLOC) != 0 || size > SIZE_MAX / 2)
        return NULL;
    head.start = calloc(1, size + sizeof head + ALIGNMENT + 16);
    if (head.start == NULL)
        return NULL;
    p = (char *)head.start + sizeof head;
    p += ALIGNMENT - (uintptr_t)p % ALIGNMENT;
    if (size < XSOCK__SYS_SMALL) /* only the promised alignment */
        p += 16;
    memcpy(p - sizeof head, &head, sizeof head);
    allocations++;
    bytes += size;
    return p;
}

void xsock__sys_free(void *p, size_t size)
{
    struct block head;
    if (p == NULL)
        return;
    memcpy(&head, (char *)p - sizeof head, sizeof head);
    if (head.magic != LIVE_BLOCK)
        fake__die("freed what is no live block");
    if (head.size != size)
        fake__die("freed with another size than it was allocated with");
    memset((char *)p - sizeof head, 0xdd,
           size + sizeof head); /* so that a use after free is noticed */
    allocations--;
    bytes -= size;
    free(head.start);
}

size_t fake_allocations(void)
{
    return allocations;
}

size_t fake_bytes(void)
{
    return bytes;
}

/* ---- Locks ----------------------------------------------------------------------------------- */

static const uint64_t UNLOCKED = 0x756e6c6f636b6564u, LOCKED = 0x6c6f636b6564u;
static int locks_held;
static bool global_held;

void xsock__sys_lock_init(struct xsock__lock *l)
{
    l->opaque[0] = UNLOCKED;
}

void xsock__sys_lock_destroy(struct xsock__lock *l)
{
    if (l->opaque[0] != UNLOCKED)
        fake__die("destroyed a lock that is held, or is none");
    l->opaque[0] = 0;
}

void xsock__sys_lock(struct xsock__lock *l)
{
    if (l->opaque[0] != UNLOCKED)
        fake__die("locked twice, or locked what is no lock");
    l->opaque[0] = LOCKED;
    locks_held++;
}

void xsock__sys_unlock(struct xsock__lock *l)
{
    if (l->opaque[0] != LOCKED)
        fake__die("unlocked what is not locked");
    l->opaque[0] = UNLOCKED;
    locks_held--;
}

void xsock__sys_lock_global(void)
{
    if (global_held)
        fake__die("took the global lock twice");
    global_held = true;
    locks_held++;
}

void xsock__sys_unlock_global(void)
{
    if (!global_held)
        fake__die("unlocked the global lock, which is not locked");
    global_held = false;
    locks_held--;
}

int fake_locks_held(void)
{
    return locks_held;
}

/* ---- Forks ----------------------------------------------------------------------------------- */

static void (*before_fork)(void), (*parent_after)(void), (*child_after)(void);

int xsock__sys_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    int code = fake__begin(FAKE_AT_FORK);
    if (code != 0)
        return code;
    if (before_fork != NULL)
        fake__die("fork handlers were set twice");
    before_fork = before;
    parent_after = parent;
    child_after = child;
    return 0;
}

void fake_fork_child(void)
{
    if (before_fork != NULL)
        before_fork();
    if (child_after != NULL)
        child_after();
}

void fake_fork_parent(void)
{
    if (before_fork != NULL)
        before_fork();
    if (parent_after != NULL)
        parent_after();
}

/* ---- Fixture --------------------------------------------------------------------------------- */

static size_t handles_before;

int fake_setup(void **state)
{
    (void)state;
    fake_reset();
    handles_before = live;
    return 0;
}

bool fake_is_clean(void)
{
    return live == handles_before && locks_held == 0;
}

int fake_teardown(void **state)
{
    (void)state;
    fake_reset();
    if (fake_is_clean())
        return 0;
    fprintf(stderr, "fake_sys: %ld handles left open, %d locks left locked\n",
            (long)live - (long)handles_before, locks_held);
    return 1;
}
