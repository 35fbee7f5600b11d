/* The list of imports, and the entry point of each. An entry point turns raw arguments into a
 * call, and its result into an errno. */
#include <stddef.h>
#include <string.h>

#include "base/atomic.h"
#include "sys.h"
#include "wasix/guest.h"

/* ---- Entry points ---------------------------------------------------------------------------- */

enum { WIDE = 1, IS_PREVIEW1 = 2 };

/* The first three arguments are those of an entry point, which has nothing to move then. */
static uint32_t run(struct xsock_wasix *g, const struct xsock_wasix_memory *m, const uint64_t *args,
                    xsock__wasix_impl *impl, int how)
{
    if ((m->reserved[0] | m->reserved[1]) != 0)
        return XSOCK_EINVAL; /* preview 1 has the same number */
    struct xsock__wasix_call c = {g, m->base, m->base != NULL ? m->size : 0, args,
                                  (how & WIDE) != 0};
    int rc = impl(&c);
    return rc == 0 ? 0 : xsock__wasix_errno(rc, (how & IS_PREVIEW1) != 0);
}

#define CALL(name, suffix, how)                                                             \
    static uint32_t name##suffix(struct xsock_wasix *g, const struct xsock_wasix_memory *m, \
                                 const uint64_t *args)                                      \
    {                                                                                       \
        return run(g, m, args, xsock__wasix_##name, how);                                   \
    }
#define WASIX(name, signature) CALL(name, _32, 0) CALL(name, _64, WIDE)
#define PREVIEW1_ONLY(name, signature) CALL(name, _p1, IS_PREVIEW1)
#define PREVIEW1(name, signature) WASIX(name, signature) PREVIEW1_ONLY(name, signature)
#define P ""
#include "wasix/imports.def"

/* ---- The list -------------------------------------------------------------------------------- */

/* The list is made when it is first asked for. A constant list would have four pointers for each
 * import, and a pointer costs the shared library 8 bytes and 24 more for its relocation. The texts
 * are in one piece: the name, a zero, the signature, in which P stands for a pointer. */
static const struct texts {
#define P "P"
#define TEXT(name, signature) char name[sizeof #name "\0" signature];
#define SAME(name, same, signature) TEXT(same_##name, signature)
#define WASIX(name, signature) TEXT(name, signature)
#define PREVIEW1(name, signature) TEXT(name, signature)
#define PREVIEW1_ONLY(name, signature) TEXT(p1_##name, signature)
#include "wasix/imports.def"
#undef TEXT
} texts = {
#define P "P"
#define TEXT(name, signature) #name "\0" signature,
#define SAME(name, same, signature) TEXT(name, signature)
#define WASIX(name, signature) TEXT(name, signature)
#define PREVIEW1(name, signature) TEXT(name, signature)
#define PREVIEW1_ONLY(name, signature) TEXT(name, signature)
#include "wasix/imports.def"
};

/* Where the texts begin: of wasix_32v1 and wasix_64v1, and of wasi_snapshot_preview1. */
static const uint16_t wasix_at[] = {
#define P
#define AT(name) offsetof(struct texts, name),
#define SAME(name, same, signature) AT(same_##name)
#define WASIX(name, signature) AT(name)
#define PREVIEW1(name, signature) AT(name)
#include "wasix/imports.def"
};
static const uint16_t preview1_at[] = {
#define P
#define PREVIEW1(name, signature) AT(name)
#define PREVIEW1_ONLY(name, signature) AT(p1_##name)
#include "wasix/imports.def"
};

enum {
    EACH = sizeof wasix_at / sizeof wasix_at[0],
    OF_PREVIEW1 = sizeof preview1_at / sizeof preview1_at[0],
    COUNT = 2 * EACH + OF_PREVIEW1,
    SIGNATURE_SIZE = 16
};

#define P "P"
#define FITS(name, signature) \
    _Static_assert(sizeof("" signature) <= SIGNATURE_SIZE, "the signature of " #name);
#define SAME(name, same, signature) FITS(name, signature)
#define WASIX(name, signature) FITS(name, signature)
#define PREVIEW1(name, signature) FITS(name, signature)
#define PREVIEW1_ONLY(name, signature) FITS(name, signature)
#include "wasix/imports.def"

static struct xsock_wasix_import imports[COUNT];
static char signatures[COUNT][SIGNATURE_SIZE];

static void fill_calls(struct xsock_wasix_import *i)
{
#define P
#define SAME(name, same, signature) (i++)->call = same##_32;
#define WASIX(name, signature) SAME(name, name, signature)
#define PREVIEW1(name, signature) SAME(name, name, signature)
#include "wasix/imports.def"
#define P
#define SAME(name, same, signature) (i++)->call = same##_64;
#define WASIX(name, signature) SAME(name, name, signature)
#define PREVIEW1(name, signature) SAME(name, name, signature)
#include "wasix/imports.def"
#define P
#define PREVIEW1_ONLY(name, signature) (i++)->call = name##_p1;
#define PREVIEW1(name, signature) PREVIEW1_ONLY(name, signature)
#include "wasix/imports.def"
}

static void fill_texts(size_t first, const uint16_t *at, size_t count, const char *module,
                       char pointer)
{
    for (size_t i = 0; i < count; i++) {
        struct xsock_wasix_import *import = &imports[first + i];
        char *signature = signatures[first + i];
        import->module = module;
        import->name = (const char *)&texts + at[i];
        import->signature = signature;
        for (const char *from = import->name + strlen(import->name) + 1; *from != 0; from++)
            *signature++ = *from == 'P' ? pointer : *from;
    }
}

static const struct xsock_wasix_import *list(void)
{
    static xsock__atomic_int done;
    if (xsock__atomic_load(&done))
        return imports;
    xsock__sys_lock_global();
    if (!xsock__atomic_load(&done)) {
        fill_calls(imports);
        fill_texts(0, wasix_at, EACH, "wasix_32v1", 'i');
        fill_texts(EACH, wasix_at, EACH, "wasix_64v1", 'I');
        fill_texts(COUNT - OF_PREVIEW1, preview1_at, OF_PREVIEW1, "wasi_snapshot_preview1", 'i');
        xsock__atomic_store(&done, 1);
    }
    xsock__sys_unlock_global();
    return imports;
}

const struct xsock_wasix_import *xsock_wasix_imports(size_t *out_count)
{
    if (out_count != NULL)
        *out_count = COUNT;
    return list();
}

const struct xsock_wasix_import *xsock_wasix_find(const char *module, const char *name)
{
    if (module == NULL || name == NULL)
        return NULL;
    const struct xsock_wasix_import *all = list();
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(all[i].name, name) == 0 && strcmp(all[i].module, module) == 0)
            return &all[i];
    return NULL;
}
