/* The engine's side of xsock_wasix.h: one guest, its imports, and its table of files. */
#include "host.h"

#include <string.h>

/* ---- Files (their numbers are reserved in the guest's table, so that no socket gets them) ---- */

struct host_file *host_file(struct host *h, int number)
{
    for (int i = 0; i < HOST_FILES; i++)
        if (number >= 0 && h->files[i].number == number)
            return &h->files[i];
    return NULL;
}

static struct host_file *free_place(struct host *h)
{
    for (int i = 0; i < HOST_FILES; i++)
        if (h->files[i].number < 0)
            return &h->files[i];
    return NULL;
}

int host_add_file(struct host *h, FILE *stream, bool folder)
{
    struct host_file *f = free_place(h);
    int number = f != NULL ? xsock_wasix_reserve(h->guest, -1) : -XSOCK_EMFILE;
    if (number >= 0)
        *f = (struct host_file){number, folder, stream};
    else if (stream != NULL)
        (void)fclose(stream);
    return number;
}

/* Frees the entry. The caller has given the number to something else. */
void host_forget_file(struct host_file *f)
{
    if (f->stream != NULL && f->stream != stdin && f->stream != stdout && f->stream != stderr)
        (void)fclose(f->stream);
    *f = (struct host_file){.number = -1};
}

void host_close_file(struct host *h, struct host_file *f)
{
    int number = f->number;
    host_forget_file(f);
    (void)xsock_wasix_unreserve(h->guest, number);
}

/* sock_send_file from a file: xsock sends on the socket, and the engine reads the file here. */
static ptrdiff_t read_file(void *user, int number, uint64_t offset, void *buf, size_t len)
{
    struct host_file *f = host_file(user, number);
    if (f == NULL || f->stream == NULL || offset > INT32_MAX)
        return -XSOCK_EBADF;
    if (fseek(f->stream, (long)offset, SEEK_SET) != 0)
        return -XSOCK_ESPIPE;
    size_t n = fread(buf, 1, len, f->stream);
    return n == 0 && ferror(f->stream) ? -XSOCK_EIO : (ptrdiff_t)n;
}

/* ---- The guest ------------------------------------------------------------------------------- */

bool host_start(struct host *h, const char *folder)
{
    FILE *streams[] = {stdin, stdout, stderr};
    struct xsock_wasix_config config = {.read = read_file, .user = h};
    memset(h, 0, sizeof *h);
    h->folder = folder;
    for (int i = 0; i < HOST_FILES; i++)
        h->files[i].number = -1;
    int rc = xsock_wasix_create(&config, &h->guest); /* reserves 0 to 2 by itself */
    if (rc != 0) {
        fprintf(stderr, "no guest: %s\n", xsock_strerror(rc));
        return false;
    }
    for (int i = 0; i < 3; i++)
        h->files[i] = (struct host_file){i, false, streams[i]};
    return folder == NULL || host_add_file(h, NULL, true) == 3;
}

void host_stop(struct host *h)
{
    for (int i = 0; i < HOST_FILES; i++)
        if (h->files[i].number >= 0)
            host_close_file(h, &h->files[i]);
    xsock_wasix_destroy(h->guest); /* closes the sockets that the guest has left open */
}

/* ---- Imports --------------------------------------------------------------------------------- */

/* The engine's functions have the same parameters in both modules. They do not know 64-bit
 * pointers. wasix-libc imports most of them from preview 1, and some (proc_exit2, sched_yield, ...)
 * from WASIX alone or from both. */
static bool has_own(const char *module)
{
    return strcmp(module, "wasi_snapshot_preview1") == 0 || strcmp(module, "wasix_32v1") == 0;
}

void host_find(const char *module, const char *name, const char *signature, struct host_import *out)
{
    const struct host_own *own = has_own(module) ? host_own(name) : NULL;
    *out = (struct host_import){.socket = xsock_wasix_find(module, name)};
    if (out->socket != NULL)
        out->signature = out->socket->signature;
    if (own != NULL) {
        out->own = own->call;
        out->signature = own->signature;
    }
    bool known = out->signature != NULL && strlen(out->signature) <= HOST_ARGS;
    if (known && (signature == NULL || strcmp(signature, out->signature) == 0))
        return;
    *out = (struct host_import){0};
    fprintf(stderr, "%s.%s is not known%s, and answers ENOSYS\n", module, name,
            known ? " with these parameters" : "");
}

/* The error for a file if the engine has no function for the call. */
static uint32_t not_of_files(const char *name)
{
    if (strncmp(name, "sock_", 5) == 0)
        return XSOCK_ENOTSOCK;
    return strcmp(name, "epoll_ctl") == 0 ? XSOCK_EPERM : XSOCK_ENOTSUP;
}

/* xsock's function is called first. If the number belongs to the engine, the engine's function
 * is called. */
uint32_t host_call(struct host *h, const struct host_import *import,
                   const struct xsock_wasix_memory *memory, const uint64_t *args)
{
    uint32_t error = XSOCK_WASIX_CALL_ENGINE;
    if (import->signature == NULL)
        return XSOCK_ENOSYS;
    if (import->socket != NULL)
        error = import->socket->call(h->guest, memory, args);
    if (error != XSOCK_WASIX_CALL_ENGINE)
        return error;
    return import->own != NULL ? import->own(h, memory, args) : not_of_files(import->socket->name);
}
