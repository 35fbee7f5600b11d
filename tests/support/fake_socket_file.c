#include "fake_socket_file.h"

#include <string.h>

#include "fake_private.h"

enum { FILES = 8, PATH_CAPACITY = XSOCK_ADDR_DATA + 16 };

static struct file {
    char path[PATH_CAPACITY]; /* "" if this entry is free */
    bool is_socket, locked, foreign;
} files[FILES];

static struct file *find(const char *path)
{
    for (size_t i = 0; i < FILES; i++)
        if (strcmp(files[i].path, path) == 0)
            return &files[i];
    return NULL;
}

static struct file *add(const char *path, bool is_socket)
{
    struct file *f = find("");
    if (f == NULL || strlen(path) >= sizeof f->path)
        fake__die("too many files, or a path that is too long");
    strcpy(f->path, path);
    f->is_socket = is_socket;
    return f;
}

void fake_add_file(const char *path, bool is_socket)
{
    add(path, is_socket);
}

bool fake_has_file(const char *path)
{
    return find(path) != NULL;
}

size_t fake_files_locked(void)
{
    size_t n = 0;
    for (size_t i = 0; i < FILES; i++)
        n += files[i].locked && !files[i].foreign;
    return n;
}

void fake_lock_foreign(const char *path)
{
    struct file *f = add(path, false);
    f->locked = f->foreign = true;
}

bool fake__has_file_of(const struct xsock_addr *a)
{
    char path[PATH_CAPACITY] = "";
    if (a->family != XSOCK_AF_LOCAL || a->length == 0)
        return false;
    memcpy(path, a->data, a->length);
    return path[0] != 0 && find(path) != NULL;
}

void fake__reset_files(void)
{
    if (fake_files_locked() > 0)
        fake__die("a file is still locked");
    memset(files, 0, sizeof files);
}

int xsock__sys_lock_file(const char *path, uintptr_t *out)
{
    struct file *f = find(path);
    int code = fake__begin(FAKE_LOCK_FILE);
    if (code != 0)
        return code;
    if (f != NULL && f->locked)
        return FAKE_EAGAIN;
    if (f == NULL)
        f = add(path, false);
    f->locked = true;
    *out = (uintptr_t)(f - files);
    return 0;
}

void xsock__sys_unlock_file(uintptr_t lock)
{
    if (lock >= FILES || !files[lock].locked || files[lock].foreign)
        fake__die("unlocked what was not locked");
    files[lock].locked = false;
}

int xsock__sys_remove_socket_file(const char *path)
{
    struct file *f = find(path);
    int code = fake__begin(FAKE_REMOVE_FILE);
    if (code == 0 && f != NULL && f->is_socket)
        memset(f, 0, sizeof *f);
    return code;
}
