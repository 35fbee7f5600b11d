/* The engine's own part of WASI preview 1 and WASIX: streams, one folder that can be read, the
 * clock, the arguments and the exit. These suffice for printf and fopen of wasi-libc and
 * wasix-libc. A real engine has all of them already. Errors are WASI's, and XSOCK_E... has the same
 * numbers. Everything else that a guest imports (such as the size of a file) answers ENOSYS. */
#include <string.h>

#include "host.h"

enum { CHARACTER_DEVICE = 2, DIRECTORY = 3, REGULAR_FILE = 4 };
enum { RIGHT_READ = 2, RIGHT_SEEK = 4, RIGHT_WRITE = 64 };
enum { CREATE = 1, MUST_BE_FOLDER = 2, EXCLUSIVE = 4, CUT = 8 }; /* oflags of path_open */

/* ---- The guest's memory ---------------------------------------------------------------------- */

static unsigned char *at(const struct xsock_wasix_memory *m, uint64_t ptr, uint64_t len)
{
    ptr &= UINT32_MAX;
    return len <= m->size && ptr <= m->size - len ? (unsigned char *)m->base + ptr : NULL;
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put(unsigned char *p, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, v >>= 8)
        p[i] = (unsigned char)(v & 0xff);
}

static struct host_file *file_of(struct host *h, uint64_t number)
{
    uint32_t n = (uint32_t)number;
    return n <= INT32_MAX ? host_file(h, (int)n) : NULL;
}

/* ---- Streams and files ----------------------------------------------------------------------- */

/* fd_read and fd_write. args[1] and args[2] are the vectors and their count. The sum is stored
 * at args[3]. */
static uint32_t transfer(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args,
                         bool write)
{
    struct host_file *f = file_of(h, args[0]);
    uint64_t count = (uint32_t)args[2];
    unsigned char *vecs = at(m, args[1], count * 8), *out = at(m, args[3], 4);
    size_t total = 0;
    if (f == NULL)
        return XSOCK_EBADF;
    if (f->folder)
        return XSOCK_EISDIR;
    if (vecs == NULL || out == NULL)
        return XSOCK_EFAULT;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t len = get32(vecs + 8 * i + 4);
        void *p = at(m, get32(vecs + 8 * i), len);
        if (p == NULL)
            return XSOCK_EFAULT;
        size_t n = write ? fwrite(p, 1, len, f->stream) : fread(p, 1, len, f->stream);
        total += n;
        if (n < len)
            break;
    }
    if (write)
        (void)fflush(f->stream);
    put(out, total, 4);
    return total == 0 && ferror(f->stream) ? XSOCK_EIO : 0;
}

static uint32_t fd_read(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    return transfer(h, m, args, false);
}

static uint32_t fd_write(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    return transfer(h, m, args, true);
}

static uint32_t fd_seek(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    static const int whence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    struct host_file *f = file_of(h, args[0]);
    int64_t offset = (int64_t)args[1];
    uint32_t from = (uint32_t)args[2];
    unsigned char *out = at(m, args[3], 8);
    if (f == NULL)
        return XSOCK_EBADF;
    if (out == NULL)
        return XSOCK_EFAULT;
    if (f->number < 3 || f->folder)
        return XSOCK_ESPIPE;
    if (from > 2 || offset > INT32_MAX || offset < INT32_MIN
        || fseek(f->stream, (long)offset, whence[from]) != 0)
        return XSOCK_EINVAL;
    put(out, (uint64_t)ftell(f->stream), 8);
    return 0;
}

static uint32_t fd_close(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    struct host_file *f = file_of(h, args[0]);
    (void)m;
    if (f == NULL)
        return XSOCK_EBADF;
    host_close_file(h, f);
    return 0;
}

/* At least one of the two numbers is a file. Whatever has the second number is closed. */
static uint32_t fd_renumber(struct host *h, const struct xsock_wasix_memory *m,
                            const uint64_t *args)
{
    struct host_file *from = file_of(h, args[0]), *to = file_of(h, args[1]);
    int first = (int)(uint32_t)args[0], second = (int)(uint32_t)args[1];
    (void)m;
    if (from == NULL && xsock_wasix_owner(h->guest, first) != XSOCK_WASIX_OWNER_XSOCK)
        return XSOCK_EBADF;
    if (to == NULL && xsock_wasix_owner(h->guest, second) != XSOCK_WASIX_OWNER_XSOCK)
        return XSOCK_EBADF;
    if (from == to)
        return 0;
    if (from == NULL) { /* a socket, which xsock moves */
        int rc = xsock_wasix_renumber(h->guest, first, second);
        if (rc == 0)
            host_forget_file(to);
        return (uint32_t)-rc;
    }
    if (to != NULL)
        host_close_file(h, to);
    else
        (void)xsock_wasix_close(h->guest, second);
    int rc = xsock_wasix_reserve(h->guest, second);
    if (rc < 0)
        return (uint32_t)-rc;
    (void)xsock_wasix_unreserve(h->guest, first);
    from->number = second;
    return 0;
}

/* The type, no flags, and the rights. wasi-libc treats a character device that cannot seek as a
 * terminal. */
static uint32_t fd_fdstat_get(struct host *h, const struct xsock_wasix_memory *m,
                              const uint64_t *args)
{
    struct host_file *f = file_of(h, args[0]);
    unsigned char *out = at(m, args[1], 24);
    if (f == NULL)
        return XSOCK_EBADF;
    if (out == NULL)
        return XSOCK_EFAULT;
    bool stream = f->number < 3;
    memset(out, 0, 24);
    out[0] = f->folder ? DIRECTORY : stream ? CHARACTER_DEVICE : REGULAR_FILE;
    put(out + 8,
        f->folder ? UINT64_MAX
        : stream  ? RIGHT_READ | RIGHT_WRITE
                  : RIGHT_READ | RIGHT_SEEK,
        8);
    put(out + 16, f->folder ? UINT64_MAX : 0, 8);
    return 0;
}

static uint32_t fd_fdstat_set_flags(struct host *h, const struct xsock_wasix_memory *m,
                                    const uint64_t *args)
{
    (void)m;
    if (file_of(h, args[0]) == NULL)
        return XSOCK_EBADF;
    return (uint32_t)args[1] == 0 ? 0 : XSOCK_ENOTSUP;
}

/* Called if all descriptors are files. The call may have clocks, too. Files are always ready, so
 * the call never waits for a clock. */
static uint32_t poll_oneoff(struct host *h, const struct xsock_wasix_memory *m,
                            const uint64_t *args)
{
    uint64_t n = (uint32_t)args[2], written = 0;
    unsigned char *in = at(m, args[0], n * 48), *out = at(m, args[1], n * 32),
                  *count = at(m, args[3], 4);
    if (in == NULL || out == NULL || count == NULL)
        return XSOCK_EFAULT;
    for (uint64_t i = 0; i < n; i++, in += 48) {
        if (in[8] == 0) /* a clock */
            continue;
        unsigned char event[32] = {0};
        memcpy(event, in, 8); /* the guest's own data */
        put(event + 8, file_of(h, get32(in + 16)) != NULL ? 0 : XSOCK_EBADF, 2);
        event[10] = in[8];
        put(event + 16, 1, 8);
        memcpy(out + 32 * written++, event, sizeof event);
    }
    put(count, written, 4);
    return 0;
}

/* ---- The folder ------------------------------------------------------------------------------ */

static uint32_t fd_prestat_get(struct host *h, const struct xsock_wasix_memory *m,
                               const uint64_t *args)
{
    struct host_file *f = file_of(h, args[0]);
    unsigned char *out = at(m, args[1], 8);
    if (f == NULL || !f->folder)
        return XSOCK_EBADF;
    if (out == NULL)
        return XSOCK_EFAULT;
    put(out, 0, 4);
    put(out + 4, 1, 4); /* the length of its name */
    return 0;
}

static uint32_t fd_prestat_dir_name(struct host *h, const struct xsock_wasix_memory *m,
                                    const uint64_t *args)
{
    struct host_file *f = file_of(h, args[0]);
    unsigned char *out = at(m, args[1], 1);
    if (f == NULL || !f->folder)
        return XSOCK_EBADF;
    if (out == NULL)
        return XSOCK_EFAULT;
    if ((uint32_t)args[2] < 1)
        return XSOCK_ENAMETOOLONG;
    *out = '/';
    return 0;
}

/* Only names of files directly in the folder are allowed. They do not lead out of the folder
 * unless the folder has links that do. */
static bool is_plain(const unsigned char *name, uint32_t len)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    for (uint32_t i = 0; i < len; i++)
        if (name[i] == 0 || strchr(good, name[i]) == NULL)
            return false;
    return len > 0 && name[0] != '.';
}

/* Arguments: fd, lookup flags, path, length of the path, oflags, rights, inherited rights,
 * flags, address of the new fd. */
static uint32_t path_open(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    struct host_file *f = file_of(h, args[0]);
    uint32_t len = (uint32_t)args[3], how = (uint32_t)args[4];
    unsigned char *name = at(m, args[2], len), *out = at(m, args[8], 4);
    /* The copy is checked and then opened, because another thread may change the name meanwhile. */
    unsigned char copy[256];
    char path[512];
    if (f == NULL)
        return XSOCK_EBADF;
    if (!f->folder || (how & MUST_BE_FOLDER) != 0)
        return XSOCK_ENOTDIR;
    if (name == NULL || out == NULL)
        return XSOCK_EFAULT;
    if ((how & (CREATE | EXCLUSIVE | CUT)) != 0)
        return XSOCK_EROFS;
    if (len >= sizeof copy || strlen(h->folder) + 1 + len >= sizeof path)
        return XSOCK_ENAMETOOLONG;
    memcpy(copy, name, len);
    if (!is_plain(copy, len))
        return XSOCK_ENOTCAPABLE;
    (void)snprintf(path, sizeof path, "%s/%.*s", h->folder, (int)len, (const char *)copy);
    FILE *stream = fopen(path, "rb");
    int number = stream != NULL ? host_add_file(h, stream, false) : -XSOCK_ENOENT;
    if (number < 0)
        return (uint32_t)-number;
    put(out, (uint32_t)number, 4);
    return 0;
}

/* ---- The rest -------------------------------------------------------------------------------- */

static uint32_t clock_time_get(struct host *h, const struct xsock_wasix_memory *m,
                               const uint64_t *args)
{
    unsigned char *out = at(m, args[2], 8);
    (void)h;
    if (out == NULL)
        return XSOCK_EFAULT;
    int64_t now = xsock_wasix_now((uint32_t)args[0]); /* the clock that poll_oneoff uses */
    if (now == -XSOCK_EINVAL)
        return XSOCK_EINVAL;
    put(out, (uint64_t)now, 8);
    return 0;
}

/* There is one argument, the name of the program, and no environment. */
static const char program[] = "guest";

static uint32_t args_sizes_get(struct host *h, const struct xsock_wasix_memory *m,
                               const uint64_t *args)
{
    unsigned char *count = at(m, args[0], 4), *bytes = at(m, args[1], 4);
    (void)h;
    if (count == NULL || bytes == NULL)
        return XSOCK_EFAULT;
    put(count, 1, 4);
    put(bytes, sizeof program, 4);
    return 0;
}

static uint32_t args_get(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    unsigned char *pointers = at(m, args[0], 4), *bytes = at(m, args[1], sizeof program);
    (void)h;
    if (pointers == NULL || bytes == NULL)
        return XSOCK_EFAULT;
    put(pointers, (uint32_t)args[1], 4);
    memcpy(bytes, program, sizeof program);
    return 0;
}

static uint32_t no_sizes(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    unsigned char *count = at(m, args[0], 4), *bytes = at(m, args[1], 4);
    (void)h;
    if (count == NULL || bytes == NULL)
        return XSOCK_EFAULT;
    put(count, 0, 4);
    put(bytes, 0, 4);
    return 0;
}

static uint32_t no_strings(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    (void)h, (void)m, (void)args;
    return 0;
}

static uint32_t proc_exit(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    (void)m;
    h->exited = true;
    h->status = (int)(args[0] & 0xff);
    return 0;
}

/* The working folder is "/". The length goes in as the space, and out as the length. */
static uint32_t getcwd(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    unsigned char *len = at(m, args[1], 4);
    unsigned char *path = len != NULL ? at(m, args[0], get32(len)) : NULL;
    (void)h;
    if (path == NULL)
        return XSOCK_EFAULT;
    bool fits = get32(len) >= 1;
    put(len, 1, 4);
    if (fits)
        *path = '/';
    return fits ? 0 : XSOCK_EOVERFLOW;
}

/* A guest has one thread, and gets no signals. wasix-libc tells the name of its signal handler when
 * it starts, and yields in its locks. */
static uint32_t nothing(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    (void)h, (void)m, (void)args;
    return 0;
}

static uint32_t thread_id(struct host *h, const struct xsock_wasix_memory *m, const uint64_t *args)
{
    unsigned char *out = at(m, args[0], 4);
    (void)h;
    if (out == NULL)
        return XSOCK_EFAULT;
    put(out, 1, 4);
    return 0;
}

static const struct host_own own[] = {
    {"args_get", "ii", args_get},
    {"args_sizes_get", "ii", args_sizes_get},
    {"callback_signal", "ii", nothing},
    {"clock_time_get", "iIi", clock_time_get},
    {"environ_get", "ii", no_strings},
    {"environ_sizes_get", "ii", no_sizes},
    {"fd_close", "i", fd_close},
    {"fd_fdstat_get", "ii", fd_fdstat_get},
    {"fd_fdstat_set_flags", "ii", fd_fdstat_set_flags},
    {"fd_prestat_dir_name", "iii", fd_prestat_dir_name},
    {"fd_prestat_get", "ii", fd_prestat_get},
    {"fd_read", "iiii", fd_read},
    {"fd_renumber", "ii", fd_renumber},
    {"fd_seek", "iIii", fd_seek},
    {"fd_write", "iiii", fd_write},
    {"getcwd", "ii", getcwd},
    {"path_open", "iiiiiIIii", path_open},
    {"poll_oneoff", "iiii", poll_oneoff},
    {"proc_exit", "i", proc_exit},
    {"proc_exit2", "i", proc_exit},
    {"sched_yield", "", nothing},
    {"thread_id", "i", thread_id},
};

const struct host_own *host_own(const char *name)
{
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(own[i].name, name) == 0)
            return &own[i];
    return NULL;
}
